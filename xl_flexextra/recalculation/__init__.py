"""The graph of references of a workbook, and what depends on refreshed data computed again."""
