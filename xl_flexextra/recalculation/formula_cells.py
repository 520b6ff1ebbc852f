"""The cells that hold formulas: how they are found in a sheet, what each is, and which of them need a range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..ooxml import xml_bytes
from ..ooxml.refs import MAX_ROW, Range, column_letters, parse_range
from ..ooxml.sheet import Formula, SheetPart
from ..ooxml.workbook import Sheet
from ..ooxml.xml_bytes import unescape
from .formula_tree import Node, bare_name

Place = tuple[str, int, int]  # sheet in lower case, row, column


@dataclass
class FormulaCell:
    """A cell with a formula: where it is, what it covers, and its tree once it is parsed."""

    sheet: Sheet
    row: int
    column: int
    text: str
    covers: Range
    array: bool
    spills: bool = False  # whether Excel gives its result as many cells as it has
    tree: Node | None = None
    needs: list[tuple[str, Range]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)  # as the file writes them, those of defined names too
    unclear: bool = False  # it may depend on anything

    @property
    def place(self) -> Place:
        """Its key."""
        return self.sheet.name.lower(), self.row, self.column

    @property
    def bare_functions(self) -> set[str]:
        """The functions without what Excel puts before them."""
        return {bare_name(name) for name in self.functions}

    @property
    def address(self) -> str:
        """As a person writes it."""
        return f"{self.sheet.name}!{column_letters(self.column)}{self.row}"


class Needing:
    """The formulas that need a range: those that name one cell by the cell, the others by their ranges, each range once."""

    def __init__(self, cells: Sequence[FormulaCell]) -> None:
        self._of_cell: dict[Place, list[FormulaCell]] = {}
        self._of_range: dict[str, dict[Range, list[FormulaCell]]] = {}
        for cell in cells:
            for sheet, b in cell.needs:
                if (b.top, b.left) == (b.bottom, b.right):
                    self._of_cell.setdefault((sheet, b.top, b.left), []).append(cell)
                else:
                    self._of_range.setdefault(sheet, {}).setdefault(b, []).append(cell)
        self._tables = {
            sheet: (np.array([(b.top, b.left, b.bottom, b.right) for b in ranges], dtype=np.int64), list(ranges.values()))
            for sheet, ranges in self._of_range.items()
        }
        self._places = {
            sheet: [place for place in self._of_cell if place[0] == sheet] for sheet in {p[0] for p in self._of_cell}
        }

    def of(self, sheet: str, b: Range) -> Iterator[FormulaCell]:
        """Those that need a cell of a range; some more than once."""
        if (b.top, b.left) == (b.bottom, b.right):
            yield from self._of_cell.get((sheet, b.top, b.left), ())
        else:
            for place in self._places.get(sheet, ()):
                if b.holds(*place[1:]):
                    yield from self._of_cell[place]
        if sheet in self._tables:
            table, found = self._tables[sheet]
            hit = (table[:, 0] <= b.bottom) & (table[:, 2] >= b.top) & (table[:, 1] <= b.right) & (table[:, 3] >= b.left)
            for index in np.flatnonzero(hit):
                yield from found[index]


def formula_cells(part: SheetPart) -> list[tuple[tuple[int, int], Formula, bool]]:
    """The places and formulas of a sheet, and whether Excel lets each spill. Where cells say no places it takes longer."""
    p = part.marks.prefix
    if re.compile(rb"<" + p + rb"f[\s/>]").search(part.data, part.rows_start, part.rows_end) is None:
        return []
    pattern = re.compile(rb"<" + p + rb"c(\s[^>]*)?>\s*(<" + p + rb"f[\s/>].*?)</" + p + rb"c\s*>", re.DOTALL)
    cells = []
    for match in pattern.finditer(part.data, part.rows_start, part.rows_end):
        bounds = parse_range((xml_bytes.get(match[1] or b"", b"r") or b"").decode())
        if bounds is None:
            every = ((row.number, cell) for row in part.rows(1, MAX_ROW) for cell in row.cells)
            found = [((n, c.column), c.formula(part.marks), xml_bytes.get(c.tag, b"cm")) for n, c in every]
            return [(place, formula, spills is not None) for place, formula, spills in found if formula is not None]
        formula = part.marks.formula.search(match[2])
        if formula is not None:
            spills = xml_bytes.get(match[1] or b"", b"cm") is not None
            cells.append(((bounds.top, bounds.left), Formula(formula[1], unescape(formula[2] or b"")), spills))
    return cells
