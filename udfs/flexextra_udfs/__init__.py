"""The worksheet functions, callable as plain Python: ``from flexextra_udfs import AATR``."""

from .returns import AATR, UNIT_VALUE_RETURN

__all__ = ["AATR", "UNIT_VALUE_RETURN"]
