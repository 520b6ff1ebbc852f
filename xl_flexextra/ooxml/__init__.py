"""A workbook as the parts of a zip file: sheets, tables, strings, styles, VBA."""
