"""The body of a table or named range as it stands in the workbook."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ...errors import BadInput, Refused
from .. import xml_bytes
from ..fast import column_reader
from ..fast.column_writer import number_text
from ..fast.texts_by_row import TextsByRow
from ..formulas import has_relative
from ..refs import Range
from ..sheet import Cell, Formula, Row, SheetPart
from ..strings import SharedStrings
from ..workbook import Area, TableColumn, Workbook


def find_area(workbook: Workbook, strings: SharedStrings, name: str, header: bool = True) -> Area:
    """The Excel table of that name, or the named range (whose first row is its header, if ``header``)."""
    table = workbook.table(name)
    if table is not None:
        return table
    found = workbook.named_range(name)
    if found is None:
        if any(defined.name.lower() == name.lower() for defined in workbook.names):
            raise Refused(
                f"The name {name!r} belongs to one sheet only; define it for the whole workbook, or make it a table."
            )
        known = ", ".join(repr(t.name) for t in workbook.tables)
        has = f"its tables are {known}" if known else "it has no table"
        raise BadInput(f"{workbook.package.name} has no table or named range {name!r}; {has}.")
    sheet, bounds = found
    if header and bounds.bottom == bounds.top:
        raise Refused(f"The named range {name!r} has one row only; let it hold its header and at least one row below.")
    names = [f"column {n}" for n in range(1, bounds.right - bounds.left + 2)]
    if header:
        part = SheetPart(workbook.package.read(sheet.part), sheet.part)
        part.check()
        for row in part.rows(bounds.top, bounds.top):
            for cell in row.cells:
                if bounds.left <= cell.column <= bounds.right:
                    value = cell.value(part.marks, strings, sheet.part)
                    if value is not None:
                        text = number_text(value) if isinstance(value, float) else str(value)
                        names[cell.column - bounds.left] = text.strip()
    columns = tuple(TableColumn(n) for n in names)
    first = bounds.top + int(header)
    return Area(name, sheet, bounds.left, bounds.right, bounds.top if header else 0, first, bounds.bottom, 0, columns)


_COLUMN = re.compile(rb"<(?:[\w.\-]+:)?col(?=\s)" + xml_bytes.ATTRS + rb"/?>")


def _cell_style(tag: bytes) -> bytes:
    """The style that a row's tag, or the rest of it, says for cells that are not there; blank where it says none."""
    tag = b"<row " + tag.removeprefix(b"<row") + b">"
    return (xml_bytes.get(tag, b"s") or b"") if xml_bytes.get(tag, b"customFormat") in (b"1", b"true") else b""


class Body:
    """A body read for comparison and for writing: by columns where it is plain, else row by row."""

    def __init__(self, workbook: Workbook, strings: SharedStrings, area: Area) -> None:
        self.workbook = workbook
        self.strings = strings
        self.area = area
        self.regular: column_reader.RegularBody | None = None
        self._read_plain()
        if self.regular is None:
            self.sheet = SheetPart(workbook.package.read(area.sheet.part), area.sheet.part)
            self.start = self.sheet.row_at(area.first)
            self.end = self.sheet.row_at(area.last + 1)
        self.sheet.check()

    def _read_plain(self) -> None:
        """A large plain body, read as the sheet is unpacked; the sheet is kept without its rows but the odd ones."""
        area = self.area
        content = self.workbook.package.stream(area.sheet.part)
        found = column_reader.read(content, area.first, area.last, area.left, area.right)
        if found is not None:
            sheet = SheetPart(found.head + found.odd + found.foot, area.sheet.part)
            typed = any(
                column.formula is not None and read.formula is None  # typed over, all of it; kept row by row
                for column, read in zip(area.columns, found.body.columns, strict=True)
            )
            moving = any(has_relative(read.formula) for read in found.body.columns if read.formula is not None)
            if not (sheet.marks.prefix or typed or moving):
                self.regular, self.sheet = found.body, sheet
                self.start = len(found.head)
                self.end = self.start + len(found.odd)

    @cached_property
    def rows(self) -> dict[int, Row]:
        """The rows of the sheet from the first of the body to the last; of a plain body the odd ones."""
        return {row.number: row for row in self.sheet.rows(self.area.first, self.area.last)}

    @cached_property
    def grid(self) -> list[list[Cell | None]]:
        """The cells of the body, one list for each column."""
        area = self.area
        columns: list[list[Cell | None]] = [[None] * (area.last - area.first + 1) for _ in area.columns]
        for number, row in self.rows.items():
            for cell in row.cells:
                if area.left <= cell.column <= area.right:
                    columns[cell.column - area.left][number - area.first] = cell
        return columns

    @cached_property
    def formulas(self) -> list[dict[int, Formula]]:
        """The formulas of each column by row number."""
        if self.regular is not None:  # the first row's stands for all, which are the same
            texts = [read.formula for read in self.regular.columns]
            return [{} if text is None else {self.area.first: Formula(b"<f", text)} for text in texts]
        marks = self.sheet.marks
        found = []
        for cells in self.grid:
            column = {}
            for place, cell in enumerate(cells):
                formula = cell.formula(marks) if cell is not None and cell.inside else None
                if formula is not None:
                    column[self.area.first + place] = formula
            found.append(column)
        return found

    def calculated(self, column: int) -> bool:
        """Whether a column is filled by formulas, not by data."""
        return self.area.columns[column].formula is not None or bool(self.formulas[column])

    @cached_property
    def count(self) -> int:
        """How many rows of data there are; an empty table keeps one blank row, which is none."""
        area = self.area
        if area.first != area.last or self.regular is not None:
            return area.last - area.first + 1
        data = [c for i, c in enumerate(self.grid) if not self.calculated(i)]
        return int(any(cell is not None and self._value(cell) is not None for cells in data for cell in cells))

    def _value(self, cell: Cell) -> Any:
        return cell.value(self.sheet.marks, self.strings, self.area.sheet.part)

    @cached_property
    def _values(self) -> dict[int, Any]:
        return {}

    def values(self, column: int) -> Any:
        """A column's values: a pyarrow array where the body is plain, else a list of float, text, bool,
        error, None."""
        if column not in self._values:
            self._values[column] = self._read(column)
        return self._values[column]

    def _read(self, column: int) -> Any:
        if self.regular is None:
            cells: Sequence[Cell | None] = self.grid[column][: self.count]
            return [None if cell is None else self._value(cell) for cell in cells]
        read = self.regular.columns[column]
        if not read.shared:
            return read.values
        import pyarrow as pa
        import pyarrow.compute as pc

        bounds = pc.min_max(read.values).as_py()
        if bounds["min"] is not None and (bounds["min"] < 0 or bounds["max"] >= len(self.strings)):
            raise Refused(
                f"The table {self.area.name!r} holds a text that the workbook does not have; correct it in Excel first."
            )
        return pa.chunked_array([pa.array(self.strings.texts, pa.string())]).take(read.values)

    def texts_used(self, column: int) -> set[int]:
        """The places of the shared strings that a column shows."""
        if self.regular is not None:
            read = self.regular.columns[column]
            return set(read.values.drop_null().unique().to_pylist()) if read.shared else set()
        return {place for cell in self.grid[column] if cell is not None and (place := self.shared(cell)) is not None}

    def text_cells(self, column: int) -> int:
        """How many cells of a column show shared strings."""
        if self.regular is not None:
            read = self.regular.columns[column]
            return len(read.values) - read.values.null_count if read.shared else 0
        return sum(cell is not None and self.shared(cell) is not None for cell in self.grid[column])

    def shared(self, cell: Cell) -> int | None:
        """The place of the shared string that a cell shows."""
        if xml_bytes.get(cell.tag, b"t") != b"s":
            return None
        match = self.sheet.marks.value.search(cell.inside)
        return int(match[1]) if match and match[1] and match[1].strip().isdigit() else None

    @cached_property
    def styles(self) -> list[TextsByRow]:
        """The style numbers of each column's cells from the first row down."""
        if self.regular is not None:
            by_row = self.regular.rests.changed(_cell_style)
            columns = enumerate(self.regular.columns, start=self.area.left)
            return [column.styles.filled(by_row, self._column_style(place)) for place, column in columns]
        placed = enumerate(self.grid, start=self.area.left)
        return [TextsByRow.of(self._shown_styles(column, cells)) for column, cells in placed]

    def _shown_styles(self, column: int, cells: list[Cell | None]) -> list[bytes]:
        """The styles of a column's cells. One that is not there looks as its row or its column of the sheet says, and
        takes the style of the cell above it where these say nothing."""
        if None not in cells:
            return [cell.style for cell in cells if cell is not None]
        above = next((cell.style for cell in cells if cell is not None), b"")
        rows, column_style = self._row_styles, self._column_style(column)
        found = []
        for number, cell in enumerate(cells, start=self.area.first):
            above = cell.style if cell is not None else rows.get(number) or column_style or above
            found.append(above)
        return found

    @cached_property
    def _row_styles(self) -> dict[int, bytes]:
        """The styles that rows say for cells that are not there."""
        return {n: _cell_style(row.tag) for n, row in self.rows.items() if b"customFormat" in row.tag}

    def _column_style(self, column: int) -> bytes:
        for match in _COLUMN.finditer(self.sheet.head):
            low, high = (xml_bytes.number(match[0], end, 0, self.sheet.part) for end in (b"min", b"max"))
            if low <= column <= high:
                return xml_bytes.get(match[0], b"style") or b""
        return b""

    @cached_property
    def row_rest(self) -> str:
        """What new rows get in their start tags behind the number: what the last row of the body says of no
        row."""
        last = self.rows.get(self.area.last)
        tag = last.tag if last is not None else b"<row" + self.regular.rests[-1] if self.regular is not None else b""
        spans = xml_bytes.get(tag + b">", b"spans")
        ends = [int(n) for n in re.findall(rb"\d+", spans or b"")]
        if not ends or min(ends) > self.area.left or max(ends) < self.area.right:
            return ""
        own_names = b"xmlns" in tag  # a prefix that only this row knows
        descent = None if own_names else re.search(rb"\s[\w.\-]+:dyDescent=\"[^\"<>]*\"", tag)
        return f' spans="{(spans or b"").decode()}"' + (descent[0].decode() if descent else "")

    def range(self) -> Range:
        """The cells of the body."""
        return self.area.body

    def reread(self, area: Area) -> Body:
        """The body anew, after the package changed."""
        return Body(self.workbook, self.strings, dataclasses.replace(area))
