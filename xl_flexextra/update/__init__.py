"""One update as data: its inputs, its tables, its figures and how they tie."""
