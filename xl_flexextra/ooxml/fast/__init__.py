"""The fast path: table bodies of a million rows read and written as columns of bytes (see README.md beside this)."""
