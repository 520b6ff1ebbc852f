"""The rows of a source fitted to the columns of a table: matched by name, or turned between long and wide."""
