"""What of a workbook a person has put there: what a fresh build of its own inputs does not have."""

from __future__ import annotations

import posixpath
from collections import Counter

from ..ooxml.package import Package
from ..ooxml.refs import MAX_ROW, Range, column_letters
from ..ooxml.sheet import SheetPart
from ..ooxml.workbook import Sheet, Workbook

_KINDS = {"media": "pictures", "charts": "charts", "pivotTables": "pivot tables", "embeddings": "embedded files"}


def first(held: Workbook, built: Workbook) -> str:
    """The first thing that a workbook has and its build has not, for a sentence: a sheet, a picture, a cell; else empty."""
    fresh = {sheet.name: sheet for sheet in built.sheets}
    for sheet in held.sheets:
        if sheet.name not in fresh:
            return f"the sheet {sheet.name!r}"
    ours, theirs = _parts(built.package), _parts(held.package)
    for folder, what in _KINDS.items():
        if theirs[folder] > ours[folder]:
            return f"{what} of your own"
    for sheet in held.sheets:
        own = _filled(held, sheet) - _filled(built, fresh[sheet.name])
        tables = [one.whole for name in (held, built) for one in name.tables if one.sheet.name == sheet.name]
        beside = sorted(cell for cell in own if not any(table.holds(*cell) for table in tables))
        if beside:
            row, column = beside[0]
            return f"the cell {sheet.name}!{column_letters(column)}{row}"
    return ""


def _parts(package: Package) -> Counter[str]:
    return Counter(posixpath.basename(posixpath.dirname(name)) for name in package.names if "/_rels/" not in name)


def _filled(workbook: Workbook, sheet: Sheet) -> set[tuple[int, int]]:
    """The cells of a sheet that hold something, outside of its tables."""
    part = SheetPart(workbook.package.read(sheet.part), sheet.part)
    tables: list[Range] = [one.body for one in workbook.tables if one.sheet.part == sheet.part]
    return {
        (row.number, cell.column)
        for row in part.rows(1, MAX_ROW)
        for cell in row.cells
        if not cell.blank and not any(table.holds(row.number, cell.column) for table in tables)
    }
