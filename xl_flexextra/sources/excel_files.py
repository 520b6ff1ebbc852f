"""Excel and OpenDocument files: opened once, their sheets and tables as rows of cells."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cells.scalars import nearest
from ..errors import BadInput, MissingData, agreed, counted
from ..files.door import refuse_cells
from ..inputs.published_figures import AS_PRINTED
from .arrays import NOTHING, Columns, Grid, as_text
from .column_kinds import with_texts
from .headers import header_place
from .mapping import TableMapping
from .number_formats import as_code, as_percentage
from .odd_cells import Odd
from .source import choose
from .spreadsheet import Spreadsheet

if TYPE_CHECKING:
    from ..ooxml.tables.body import Body
    from ..ooxml.workbook import Area, Workbook
    from .odd_cells_elsewhere import Looks

EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xltx", ".xltm")
OPEN_XML = (".xlsx", ".xlsm", ".xltx", ".xltm")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row(?=\s)[^>]*?\sr=\"(\d+)\"[^>]*\shidden=\"(?:1|true)\"")
_TABLE = 1 << 18  # cells of a table that may be laid out however few of them hold something
QUICK_WIDTH = 1_000  # columns beyond which the pattern of a row costs more than it saves
QUICK_FROM = 2_000  # rows of a table from which it is read by columns where it can be


class ExcelFile:
    """One file, opened once; each sheet is laid out once."""

    def __init__(self, data: bytes, name: str) -> None:
        from ..ooxml.package import Package
        from ..ooxml.workbook import Workbook

        self.name = name
        self._apart = Spreadsheet(data, name)
        self._sheets: dict[str, Grid] = {}
        self._looks: dict[str, Looks] = {}
        self.workbook: Workbook | None = None
        if data[:2] == b"PK":
            package = Package(io.BytesIO(data), name)  # its limits hold for sources too
            if Path(name).suffix.lower() in OPEN_XML:
                self.workbook = Workbook(package)

    @property
    def sheets(self) -> list[str]:
        """The names of its sheets."""
        return list(self._hidden_sheets)

    @cached_property
    def _hidden_sheets(self) -> dict[str, bool]:
        return self._apart.sheets()

    @property
    def tables(self) -> Sequence[Area]:
        """Its Excel tables."""
        return self.workbook.tables if self.workbook is not None else ()

    @property
    def date1904(self) -> bool:
        """Whether its numbers of dates count from 1904."""
        return self.workbook.date1904 if self.workbook is not None else self._apart.date1904()

    def sheet(self, name: str) -> Grid:
        """All cells of a sheet; not one whose few cells are so far apart that laying it out would fill the memory."""
        from .scattered import refuse_scattered

        if name not in self._sheets:
            if self.workbook is not None:
                refuse_scattered(self.workbook, name)
            top, left, rows = self._apart.sheet(name)
            grid = Grid(rows, top, left, self.date1904)
            self._sheets[name] = grid.with_cells(self._odd(name))
        return self._sheets[name]

    @cached_property
    def _odd(self) -> Callable[[str], Odd]:
        from . import odd_cells

        if self.workbook is not None:
            workbook, codes = self.workbook, odd_cells.styles(self.workbook, as_code)
            parts = {sheet.name: sheet.part for sheet in workbook.sheets}
            return lambda name: odd_cells.of_sheet(workbook, parts[name], codes) if name in parts else Odd()
        return lambda name: self._look(name).odd

    def _look(self, name: str) -> Looks:
        """What a sheet of a file that is no Open XML holds besides its values."""
        if name not in self._looks:
            self._looks[name] = self._apart.look(name)
        return self._looks[name]

    def _part(self, sheet: str) -> str | None:
        sheets = self.workbook.sheets if self.workbook is not None else ()
        return next((one.part for one in sheets if one.name == sheet), None)

    def hidden(self, sheet: str, first: int, last: int) -> list[str]:
        """That rows of a sheet are hidden, by hand or by a filter: they are data all the same."""
        rows = sorted(number for number in self._hidden_rows(sheet) if first <= number <= last)
        if not rows:
            return []
        what = f"{counted(len(rows), 'row')} of {self.name} {agreed(len(rows), 'is', 'are')} hidden, first row {rows[0]}"
        return [f"{what}, and {agreed(len(rows), 'was', 'were')} read as the others."]

    def _hidden_rows(self, sheet: str) -> list[int]:
        if self.workbook is None:
            return self._look(sheet).hidden
        part = self._part(sheet)
        return [] if part is None else [int(number) for number in _HIDDEN_ROW.findall(self.workbook.package.read(part))]

    def percentages(self, sheet: str) -> Odd:
        """The cells of a sheet that show their numbers as percentages."""
        from . import odd_cells

        if self.workbook is None:
            return self._look(sheet).percentages
        part = self._part(sheet)
        if part is None:
            return Odd()
        styles = odd_cells.styles(self.workbook, as_percentage)
        if not styles:  # no look at the sheet
            return Odd()
        found = odd_cells.of_sheet(self.workbook, part, styles)
        return {place: cell for place, cell in found.items() if isinstance(cell, odd_cells.Shown)}

    def table(self, area: Area) -> Grid:
        """The cells of an Excel table: its header as the table has it, and its body."""
        whole = self.sheet(area.sheet.name)
        last = min(area.last, whole.bottom)
        held = sum(cell not in (None, "") for row in whole.rows for cell in row)
        refuse_cells((last - area.first + 1) * len(area.columns), held, f"The table {area.name!r} of {self.name}", _TABLE)
        body = whole.part(area.first, area.left, last, area.right)
        return body.below([column.name for column in area.columns])

    def all_tables(self) -> dict[str, list[list[Any]]]:
        """The cells of every Excel table that holds anything, by its name; the first row is its header."""
        found = {area.name: self.table(area).cells() for area in self.tables}
        return {name: rows for name, rows in found.items() if any(cell is not None for row in rows[1:] for cell in row)}

    def named_cells(self, name: str) -> list[list[Any]]:
        """The cells that a defined name stands for; none where there is no such name."""
        found = self.workbook.named_range(name) if self.workbook is not None else None
        if found is None:
            return []
        sheet, bounds = found
        return self.sheet(sheet.name).part(bounds.top, bounds.left, bounds.bottom, bounds.right).cells()

    def quick_table(self, area: Area) -> Any:
        """A large table whose rows are alike, by columns: many times quicker than cell by cell; None for others."""
        from ..ooxml.strings import SharedStrings
        from ..ooxml.tables.body import Body

        if self.workbook is None or area.last - area.first + 1 < QUICK_FROM or len(area.columns) > QUICK_WIDTH:
            return None
        body = Body(self.workbook, SharedStrings(self.workbook), area)
        return _plain_table(body, self.workbook) if body.regular is not None else None

    def choose(self, mapping: TableMapping, first: bool = False) -> Area | str:
        """The table or the sheet that is meant; the ``first`` sheet where nothing is said, or the only one."""
        wanted, where = mapping.source_table or mapping.name, f"The source {self.name}"
        if not mapping.sheet and self.tables:
            names = [table.name for table in self.tables]
            name = choose(wanted, names, where)
            if name is not None and (name == wanted or wanted not in self.sheets):
                return next(table for table in self.tables if table.name == name)
        return self._sheet(mapping, where, first)

    def _sheet(self, mapping: TableMapping, where: str, first: bool) -> str:
        known, given = self.sheets, mapping.sheet or mapping.source_table
        found = choose(given or mapping.name, known, where)
        if found is not None:
            return found
        if given:
            names = known if mapping.sheet else [*(table.name for table in self.tables), *known]
            what = "no sheet" if mapping.sheet or not self.tables else "no table or sheet"
            raise MissingData(f"{where} has {what} {given!r}{nearest(given, names)}; it has {', '.join(known)}.")
        if len(known) != 1 and not first:
            said = f"say which one is meant: {self.name}#{self._first}, or 'sheet' in a mapping"
            raise BadInput(f"{where} has the sheets {', '.join(known)}; {said}.")
        return self._first

    @property
    def _first(self) -> str:
        """The first sheet that is not hidden."""
        return next((name for name, hidden in self._hidden_sheets.items() if not hidden), self.sheets[0])


def read_excel(file: ExcelFile, mapping: TableMapping, first: bool = False) -> tuple[Columns, list[str]]:
    """The table or sheet that is meant, and what was found out about it."""
    chosen = file.choose(mapping, first)
    if isinstance(chosen, str):
        grid = file.sheet(chosen)
        place = header_place(grid.rows)
        cells = _with_percentages(file, chosen, Columns.of(grid, file.name, place))
        return cells, [*_skipped(file, grid, place), *file.hidden(chosen, grid.top, grid.top + place + cells.rows)]
    quick, notes = file.quick_table(chosen), file.hidden(chosen.sheet.name, chosen.first, chosen.last)
    if quick is not None:
        return Columns(list(quick.column_names), list(quick.columns), date1904=file.date1904), notes
    grid = file.table(chosen)
    return _with_percentages(file, chosen.sheet.name, Columns.of(grid, file.name)), notes


def _skipped(file: ExcelFile, grid: Grid, place: int) -> list[str]:
    rows = [grid.top + i for i, row in enumerate(grid.rows[:place]) if any(cell not in (None, "") for cell in row)]
    if not rows:
        return []
    which = f"rows {rows[0]} to {rows[-1]} stand" if len(rows) > 1 else f"row {rows[0]} stands"
    passed = "were" if len(rows) > 1 else "was"
    return [f"{which.capitalize()} before the header of {file.name} and {passed} skipped."]


def _with_percentages(file: ExcelFile, sheet: str, cells: Columns) -> Columns:
    """Which columns show percentages; printed ones as Excel shows them, as such a cell holds a fraction."""
    if cells.corner is None or not (shown := file.percentages(sheet)):
        return cells
    top, left = cells.corner
    inside = sorted((column - left, row - top, cell.text) for (row, column), cell in shown.items() if row >= top)
    first = {place: (row, text) for place, row, text in reversed(inside)}
    heads = [as_text(head).strip().lower() for head in cells.heads]
    printed = next((heads.index(head) for head in AS_PRINTED if head in heads), None)
    texts = {row: text for place, row, text in inside if place == printed}
    arrays = [with_texts(a, texts) if texts and i == printed else a for i, a in enumerate(cells.arrays)]
    return replace(cells, arrays=arrays, percentages=first)


def _plain_table(body: Body, workbook: Workbook) -> Any:
    """A table by columns; None where a column holds dates and numbers, codes, percentages, or a formula without a value."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from ..cells.date_system import SHIFT_1904
    from ..ooxml.fast.column_writer import UNIX_EPOCH
    from ..ooxml.styles import date_styles
    from .odd_cells import styles as styles_shown

    dates, codes = date_styles(workbook), styles_shown(workbook, as_code) | styles_shown(workbook, as_percentage)
    shift = float(UNIX_EPOCH - (SHIFT_1904 if workbook.date1904 else 0))
    columns, last = [], 0
    for index in range(len(body.area.columns)):
        values, styles = body.values(index), body.styles[index]
        if values.null_count and body.regular is not None and body.regular.columns[index].formula is not None:
            return None
        filled = np.flatnonzero(values.is_valid().to_numpy())
        last = max([last, *(filled[-1:] + 1)])
        if pa.types.is_string(values.type):
            values = pc.if_else(pc.is_in(values, pa.array(NOTHING, pa.string())), None, values)
        else:
            used = {styles.names[code] for code in np.unique(styles.codes[filled])}
            if used & codes.keys() or len({style in dates for style in used}) > 1:
                return None
            if used & dates:
                values = pc.subtract(pc.floor(values), shift).cast(pa.int32()).cast(pa.date32())
        columns.append(values)
    table = pa.Table.from_arrays(columns, names=[column.name for column in body.area.columns])
    return table.slice(0, last)  # without blank rows at the end
