"""What a refresh leaves behind: the journal, the tables of sources and of refreshes, the way back."""
