"""What a formula sees from its cell: the ranges and values of its references, those of parts of formulas among them."""

from __future__ import annotations

from typing import Any

from ..ooxml.refs import MAX_COLUMN, MAX_ROW, Range
from .cell_values import Cells, Column
from .formula_cells import FormulaCell
from .formula_tree import Beyond, Reference
from .workbook_model import Model

PARTS = ""  # the name of no sheet: where parts of formulas stand, each in rows of its own
_MARK = "\0"


class Parts:
    """Values of parts of formulas: calls of our functions amid native ones, and what such a call is given."""

    def __init__(self) -> None:
        self._rows: list[Cells | None] = []
        self._tops: dict[int, int] = {}
        self._next = 1

    def reserve(self) -> int:
        """The number of a new part, without a value."""
        self._rows.append(None)
        return len(self._rows) - 1

    def set(self, number: int, rows: list[list[Any]]) -> None:
        """The rows of a part."""
        self.refuse_beyond(len(rows))
        self._rows[number] = Cells(rows)
        self._tops[number] = self._next
        self._next += len(rows)

    def refuse_beyond(self, rows: int) -> None:
        """Raise where there is no place for so many rows more."""
        if self._next + rows > MAX_ROW:
            raise Beyond("more parts of formulas than a sheet has rows")

    def rows(self, number: int) -> Cells:
        """What a part holds."""
        found = self._rows[number]
        if found is None:
            raise Beyond("a part without a value")
        return found

    def bounds(self, number: int) -> Range:
        """Where a part stands among all of them."""
        rows = self.rows(number)
        return Range(self._tops[number], 1, self._tops[number] + len(rows) - 1, max(map(len, rows)))


def reference_to(part: int) -> Reference:
    """The reference to a part in a tree."""
    return Reference(f"{_MARK}{part}")


def part_of(text: str) -> int | None:
    """The part that a reference means; None for one as people write it."""
    return int(text[1:]) if text[:1] == _MARK else None


class View:
    """The workbook and the parts, seen from one cell."""

    def __init__(self, model: Model, parts: Parts, cell: FormulaCell) -> None:
        self.model, self.parts, self.cell = model, parts, cell
        self._ranges: dict[str, tuple[str, Range]] = {}

    def range_of(self, text: str) -> tuple[str, Range]:
        """The one range that a reference means, with its sheet in lower case."""
        known = self._ranges.get(text)
        if known is not None:
            return known
        part = part_of(text)
        found = self.model.resolve(text, self.cell) if part is None else [(PARTS, self.parts.bounds(part))]
        if len(found) != 1:
            raise Beyond(text)
        self._ranges[text] = found[0]
        return found[0]

    def values(self, text: str) -> Cells | Column:
        """The cells of a reference; those of a column that is too large to be read as it was written."""
        part = part_of(text)
        if part is not None:
            return self.parts.rows(part)
        sheet, bounds = self.range_of(text)
        column = self.model.column(sheet, bounds)
        if column is None:
            return self.model.rows(sheet, bounds)
        return column if len(column) > 1 else column.rows

    def letter(self, text: str) -> str:
        """The form of a reference as an argument: c a cell, r a range, w whole columns or rows."""
        _, bounds = self.range_of(text)
        if bounds.bottom == MAX_ROW or bounds.right == MAX_COLUMN:
            return "w"
        return "c" if (bounds.top, bounds.left) == (bounds.bottom, bounds.right) else "r"

    def are_formulas(self, text: str, most: int) -> list[list[bool]]:
        """Which cells of a reference (of ``most`` so many) hold a formula; programs differ on what an array fills beyond
        its first cell."""
        sheet, bounds = self.range_of(text)
        rows, columns = range(bounds.top, bounds.bottom + 1), range(bounds.left, bounds.right + 1)
        if any(one.name.lower() == sheet for one in self.model.unread) or len(rows) * len(columns) > most:
            raise Beyond("a very large range")
        self.parts.refuse_beyond(len(rows))
        for cell in self.model.arrays:
            if cell.place[0] == sheet and any(one.meets(bounds) for one in _beyond_first(cell.covers)):
                raise Beyond("an array of formulas")
        return [[(sheet, row, column) in self.model.formulas for column in columns] for row in rows]


def _beyond_first(covers: Range) -> list[Range]:
    """The cells that an array fills without its first one."""
    beside = Range(covers.top, covers.left + 1, covers.top, covers.right)
    below = Range(covers.top + 1, covers.left, covers.bottom, covers.right)
    return [one for one in (beside, below) if one.top <= one.bottom and one.left <= one.right]
