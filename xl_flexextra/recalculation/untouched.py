"""A second check of the engine: the workbook as it was, each native formula computed there from what was stored.

A formula that does not come to its own stored value is not left to the engine after a refresh, either, whatever its text
says. It is never the only check: a fallback such as ``IFERROR(AGGREGATE(…),0)`` agrees while a table is empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Area, Workbook
from .embedded_engine import IronCalc
from .formula_cells import FormulaCell, Place
from .formula_tree import Beyond, parse, shape
from .own_calls import is_guarded, is_own
from .turns import Turns
from .workbook_model import Model

SAMPLE = 8
"""Of formulas that are alike but for their addresses, so many are computed; all of them where one comes to another value."""

LARGE_SHEET = 8 << 20
"""Bytes; formulas over a larger sheet are not computed a second time, as that would take as long as the refresh itself."""


def doubted(before: Workbook, areas: list[tuple[Area, Area]], cells: Iterable[FormulaCell], engine: IronCalc) -> set[Place]:
    """The places of those cells that the engine has otherwise than stored in the workbook as it was before.

    ``areas``: where each table lies now, and where it lay.
    """
    if before.calculates_later or before.date1904:
        return set()
    model = Model(before, SharedStrings(before), large=LARGE_SHEET)
    now = {cell.place: _before(cell.place, areas) for cell in cells}
    alike: dict[str, list[FormulaCell]] = {}
    for cell in map(model.formulas.get, dict.fromkeys(now.values())):
        if cell is not None and _native(cell):
            alike.setdefault(shape(cell.text)[0], []).append(cell)
    other = _differing(model, [cell for cells in alike.values() for cell in _some(cells)], engine)
    if other:
        suspect = [cells for cells in alike.values() if any(cell.place in other for cell in cells)]
        other |= _differing(model, [cell for cells in suspect for cell in cells], engine)
    return {place for place, old in now.items() if old in other}


def _differing(model: Model, cells: list[FormulaCell], engine: IronCalc) -> set[Place]:
    turns = Turns(model, cells, engine, from_stored=True)
    turns.run()
    return {place for place, value in turns.results.items() if not _agree(model.stored(place), value)}


def _some(cells: list[FormulaCell]) -> list[FormulaCell]:
    """First and last, and some between."""
    if len(cells) <= SAMPLE:
        return cells
    return [cells[at * (len(cells) - 1) // (SAMPLE - 1)] for at in range(SAMPLE)]


def _native(cell: FormulaCell) -> bool:
    try:
        cell.tree = parse(cell.text) if cell.text else None
    except Beyond:
        return False
    return cell.tree is not None and not is_own(cell.tree) and not is_guarded(cell.tree)


def _before(place: Place, areas: list[tuple[Area, Area]]) -> Place:
    """Where a formula stood: rows of a table's end have moved, new rows have the formula of the last one."""
    sheet, row, column = place
    for new, old in areas:
        if new.sheet.name.lower() == sheet and new.left <= column <= new.right:
            if new.totals and row == new.totals:
                return sheet, old.totals, column
            if new.first <= row <= new.last:
                return sheet, min(row - new.first + old.first, old.last), column
    return place


def _agree(stored: Any, value: Any) -> bool:
    """Whether a value is the stored one; where none is stored, nothing was claimed."""
    if stored is None or (stored == "" and value == 0):
        return True
    if isinstance(stored, bool | int | float) and isinstance(value, bool | int | float):
        return math.isclose(stored, value, rel_tol=1e-9, abs_tol=1e-12)
    return bool(stored == value)
