"""Zip and disk, nothing of Excel: a file replaced at once or not at all, compression, zip records."""
