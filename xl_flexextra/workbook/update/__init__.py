"""The workbook of an update: page, calculation, tie-out, charts."""
