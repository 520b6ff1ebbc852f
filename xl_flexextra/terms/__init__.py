"""The terms of a contract: read from a TOML file, from rows of cells, or shipped under a name; valid once made."""

from .terms import Terms, TermValue, TermValues, from_rows, from_toml, load, shipped

__all__ = ["TermValue", "TermValues", "Terms", "from_rows", "from_toml", "load", "shipped"]
