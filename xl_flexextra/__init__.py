"""The numbers in a variable annuity performance report as live, explainable worksheet formulas."""

__version__ = "0.1.0"
