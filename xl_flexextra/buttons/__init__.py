"""The buttons in Excel: sync, review and printing on the workbook that is open there."""
