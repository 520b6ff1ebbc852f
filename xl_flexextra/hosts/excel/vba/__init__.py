"""The hand-written VBA; wrappers and help are generated."""
