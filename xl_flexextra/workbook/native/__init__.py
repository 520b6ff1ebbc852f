"""Workbooks that calculate by native LAMBDAs: nothing is installed, and the text of every cell is the add-in's."""
