"""The values of a sheet as the file holds them: a large table's by columns, the others by cell."""

from __future__ import annotations

import re
from typing import Any

from ..errors import Refused
from ..ooxml import xml_bytes
from ..ooxml.fast.column_reader import FROM_ROWS
from ..ooxml.refs import MAX_ROW, Range
from ..ooxml.sheet import SheetPart
from ..ooxml.strings import SharedStrings
from ..ooxml.tables.body import Body
from ..ooxml.workbook import Sheet, Workbook
from .cell_values import Column

_HIDES_ALL = re.compile(rb"<(?:\w+:)?sheetFormatPr(?=\s)[^>]*\szeroHeight=[\"'](?:1|true)")
_HIDDEN = (b"1", b"true")


class StoredValues:
    """The values of one sheet, how far they reach, which of its rows are hidden, and which cells cannot be read."""

    def __init__(self, workbook: Workbook, strings: SharedStrings, sheet: Sheet) -> None:
        self._cells: dict[tuple[int, int], Any] = {}
        self._columns: dict[int, Column] = {}
        self._lists: dict[int, list[Any]] = {}
        self.unreadable: set[tuple[int, int]] = set()  # such as True without a type, which no program writes
        self._rows = range(0)  # of the table that is read by columns
        hidden: set[int] = set()
        body = _plain_body(workbook, strings, sheet)
        if body is not None:
            self._take(body, hidden)
        part = SheetPart(workbook.package.read(sheet.part), sheet.part) if body is None else body.sheet
        for row in part.rows(1, MAX_ROW):
            if xml_bytes.get(row.tag, b"hidden") in _HIDDEN:
                hidden.add(row.number)
            for cell in row.cells:
                try:
                    value = cell.value(part.marks, strings, sheet.part) if cell.inside else None
                except Refused:
                    self.unreadable.add((row.number, cell.column))
                    continue
                if value is None and xml_bytes.get(cell.tag, b"t") == b"str" and not cell.blank:
                    value = ""
                if value is not None:
                    self._cells[row.number, cell.column] = value
        self.hidden = range(MAX_ROW + 1) if _HIDES_ALL.search(part.head) else hidden
        self.extent = self._reach()

    def _take(self, body: Body, hidden: set[int]) -> None:
        area, regular = body.area, body.regular
        assert regular is not None
        self._rows = range(area.first, area.last + 1)
        self._columns = {column: Column(body.values(column - area.left)) for column in range(area.left, area.right + 1)}
        rests = regular.rests
        tags = [b"<row" + rest + b">" for rest in rests.names]
        hides = [code for code, tag in enumerate(tags) if xml_bytes.get(tag, b"hidden") in _HIDDEN]
        if hides:
            hidden.update(area.first + row for row, code in enumerate(rests.codes.tolist()) if code in hides)

    def _reach(self) -> Range:
        bottom = max((row for row, _ in (*self._cells, *self.unreadable)), default=1)
        right = max((column for _, column in (*self._cells, *self.unreadable)), default=1)
        for column, values in self._columns.items():
            filled = values.last
            if filled is not None:
                bottom, right = max(bottom, self._rows.start + filled), max(right, column)
        return Range(1, 1, bottom, right)

    def get(self, row: int, column: int) -> Any:
        """The value of a cell."""
        if row in self._rows and column in self._columns:
            return self._list(column)[row - self._rows.start]
        return self._cells.get((row, column))

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is not blank."""
        return self.get(row, column) is not None or (row, column) in self.unreadable

    def column(self, bounds: Range) -> Column | None:
        """A stretch of one column of the table that is read by columns."""
        whole = self._columns.get(bounds.left)
        if whole is None or bounds.right != bounds.left or not (bounds.top in self._rows and bounds.bottom in self._rows):
            return None
        return Column(whole.values[bounds.top - self._rows.start : bounds.bottom - self._rows.start + 1])

    def line(self, column: int, top: int, bottom: int) -> list[Any]:
        """The values of a column from one row to another."""
        cells = self._cells
        if column not in self._columns or bottom < self._rows.start or top >= self._rows.stop:
            return [cells.get((row, column)) for row in range(top, bottom + 1)]
        first, last = max(top, self._rows.start), min(bottom + 1, self._rows.stop)
        return [
            *(cells.get((row, column)) for row in range(top, first)),
            *self._list(column)[first - self._rows.start : last - self._rows.start],
            *(cells.get((row, column)) for row in range(last, bottom + 1)),
        ]

    def _list(self, column: int) -> list[Any]:
        if column not in self._lists:
            self._lists[column] = list(self._columns[column])
        return self._lists[column]


def _plain_body(workbook: Workbook, strings: SharedStrings, sheet: Sheet) -> Body | None:
    """The longest table of a sheet, if it is large and can be read by columns with nothing lost."""
    tables = [area for area in workbook.tables if area.sheet.part == sheet.part and area.last - area.first >= FROM_ROWS]
    if not tables:
        return None
    body = Body(workbook, strings, max(tables, key=lambda area: area.last - area.first))
    if body.regular is None:
        return None
    for column in body.regular.columns:
        if str(column.values.type) == "string" and column.values.null_count:  # "" of a formula is no blank cell
            return None
    return body
