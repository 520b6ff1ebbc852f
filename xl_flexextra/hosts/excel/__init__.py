"""Excel on Windows: worksheet functions and buttons through xlwings, in files whose VBA is written from source."""
