"""A VBA project written and put into a workbook."""
