"""New fund data into a workbook: planned, checked, written to a copy, put in its place, and undone."""
