"""LibreOffice Calc as a host: the same formulas recalculated by a real spreadsheet program."""

from __future__ import annotations

from .recalculation import FILTERS, Printed, RecalculatedCell, Recalculation, recalculate, to_pdf

__all__ = ["FILTERS", "Printed", "RecalculatedCell", "Recalculation", "recalculate", "to_pdf"]
