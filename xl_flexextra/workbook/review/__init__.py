"""The workbook of a review: what changed, controls, workings, probe."""
