"""A table rewritten: new rows, and whatever refers to the old ones follows."""
