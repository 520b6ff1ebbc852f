"""The functions as native LAMBDAs of a workbook: Excel 365 and 2024 calculate with nothing installed."""
