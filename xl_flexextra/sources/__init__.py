"""People's files and databases, read once and one way."""
