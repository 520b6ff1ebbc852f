"""What a refresh leaves behind: the journal, and the tables of sources and of refreshes in the workbook."""
