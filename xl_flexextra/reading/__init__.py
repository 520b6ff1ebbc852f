"""A published update read: its figures, funds, rates and terms, each with its place, and what was not understood."""
