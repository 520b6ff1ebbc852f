"""What a range of cells is before it is read: which way it lies, what heads it, what sums it up at its end."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from ..errors import CELL_ERRORS, FlexExtraError
from . import scalars

Rows = list[list[Any]]
TOTALS = {"total", "totals", "grand total", "sum"}
FROM = " from "  # "annual_charge.dollars from 2006-05-01" on a sheet of terms


def is_totals_label(cell: Any) -> bool:
    """Whether a cell says no more than 'Total': a fund may be called 'Total Return'."""
    return isinstance(cell, str) and cell.strip().rstrip(":").strip().lower() in TOTALS


def _is(convert: Callable[[str, Any], Any], cell: Any) -> bool:
    """Whether a cell that is not blank can be converted."""
    if scalars.is_blank(cell):
        return False
    try:
        convert("", cell)
    except FlexExtraError:
        return False
    return True


def is_date(cell: Any) -> bool:
    """Whether a cell holds a date."""
    return _is(scalars.to_date, cell)


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number, be it as text."""
    return _is(scalars.number, cell)


def is_heading(cell: Any) -> bool:
    """Whether a cell heads a column of numbers or dates: a text that is neither."""
    plain = isinstance(cell, str) and cell not in CELL_ERRORS and not scalars.is_blank(cell)
    return plain and not is_number(cell) and not is_date(cell)


def turned(table: Rows) -> Rows:
    """Rows as columns."""
    return [list(row) for row in itertools.zip_longest(*table)]


def upright(table: Rows, *readings: Callable[[Rows], bool]) -> Rows:
    """A table in columns, from columns or from rows: the first reading that fits it as it is, or turned, decides.

    One that fits neither way is left as it is, so that the error names what stands in it.
    """
    for fits in readings:
        for one in (table, turned(table)):
            if fits(one):
                return one
    return table
