"""What a person has made in a workbook: all in which it differs from a fresh build of its own inputs but computed values."""

from __future__ import annotations

import itertools
import math
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from ..ooxml import formulas, xml_bytes
from ..ooxml.package import Package
from ..ooxml.refs import MAX_ROW, Range, column_letters, parse_range
from ..ooxml.sheet import Cell, Row, SheetPart
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Area, Sheet, Workbook
from ..ooxml.xml_bytes import local
from . import own_looks
from .book import HERE, NOT_COMPUTED

_SAID = 3  # things that a sentence names
_ROWS = 2_000  # that are taken apart at once
_KINDS = {
    "media": "pictures", "charts": "charts", "pivotTables": "pivot tables", "embeddings": "embedded files",
    "slicers": "slicers", "timelines": "timelines", "queryTables": "queries", "ctrlProps": "controls",
    "activeX": "controls", "customUI": "menus",
}  # fmt: skip
_SETTINGS: dict[str, tuple[str, dict[str, str]]] = {
    "calcPr": ("a way of calculation of your own", {"calcMode": "auto", "iterate": "0", "fullPrecision": "1"}),
    "workbookProtection": ("a protection", {"lockStructure": "0", "lockWindows": "0"}),
    "fileSharing": ("a protection", {"readOnlyRecommended": "0"}),
}
_ELSEWHERE = re.compile(r"\[\d+\]!|_xlfn\.|_xlws\.|_xlpm\.|_xludf\.|\s+")
_GUARDED = re.compile(rf"IF\({HERE},(.*),(?:NA\(\)|T\({HERE}\)|#[^,()]*|{NOT_COMPUTED})\)", re.DOTALL)
"""A formula as it is built where its value is an error or an empty text, which changes with the inputs."""


def listed(held: Workbook, *built: Workbook) -> str:
    """What a person made in a workbook, for a sentence: the first three such things; else empty.

    ``built``: fresh builds of its inputs, of which one is right for each part of it, as not all inputs need have been there
    when it was built.
    """
    try:
        found = list(dict.fromkeys(itertools.islice(_own(held, built), _SAID + 1)))
    except ValueError as error:  # of an attribute that is no number
        return f"markup that is not understood ({error})"
    *some, last = [*found[:_SAID], "more"] if len(found) > _SAID else found or [""]
    return f"{', '.join(some)} and {last}" if some else last


def _own(held: Workbook, built: Sequence[Workbook]) -> Iterator[str]:
    """What no build has, a part of the workbook at a time."""
    for part in (_sheets, _added, _settings, _names, _properties, _charts, _tables):
        yield from _of_all(part(held, one) for one in built)
    old, new = _Book(held), [_Book(one) for one in built]
    for sheet in held.sheets:
        yield from _of_all(_sheet(old, one, sheet) for one in new)


def _of_all(parts: Iterable[Iterator[str]]) -> list[str]:
    """What is found against each of the builds; nothing where one of them has it all."""
    first: list[str] = []
    for part in parts:
        found = list(itertools.islice(part, _SAID + 1))
        if not found:
            return []
        first = first or found
    return first


def _sheets(held: Workbook, built: Workbook) -> Iterator[str]:
    names, known = _sheet_names(held), _sheet_names(built)
    yield from (f"the sheet {name!r}" for name in names if name not in known)
    if [name for name in known if name in names] != [name for name in names if name in known]:
        yield "its sheets in an order of your own"


def _added(held: Workbook, built: Workbook) -> Iterator[str]:
    ours, theirs = _parts(built.package), _parts(held.package)
    yield from (f"{what} of your own" for folder, what in _KINDS.items() if theirs[folder] > ours[folder])


def _settings(held: Workbook, built: Workbook) -> Iterator[str]:
    if held.date1904 != built.date1904:
        yield "dates that count from 1904"
    for name, (what, seen) in _SETTINGS.items():
        mine, ours = ([one for one in book.tree if local(one.tag) == name] for book in (held, built))
        if [_seen(one, seen) for one in mine] != [_seen(one, seen) for one in ours]:
            yield what


def _seen(element: ElementTree.Element, names: dict[str, str]) -> list[str]:
    return [element.get(name, default) for name, default in names.items()]


def _charts(held: Workbook, built: Workbook) -> Iterator[str]:
    if own_looks.charts(held) - own_looks.charts(built):
        yield "a chart that you changed"


def _sheet_names(workbook: Workbook) -> list[str]:
    """All sheets in their order, those of charts too."""
    return [one.get("name", "") for parent in workbook.tree if local(parent.tag) == "sheets" for one in parent]


def _parts(package: Package) -> Counter[str]:
    return Counter(posixpath.basename(posixpath.dirname(name)) for name in package.names if "/_rels/" not in name)


def _names(held: Workbook, built: Workbook) -> Iterator[str]:
    fresh = _defined(built)
    for (name, sheet), text in _defined(held).items():
        if fresh.get((name, sheet)) == text:
            continue
        if name.lower().startswith("_xlnm.print"):
            yield f"a print area or title of your own on the sheet {sheet!r}"
        elif not name.startswith("_xl"):
            yield f"the name {name!r}, which is your own or changed"


def _defined(workbook: Workbook) -> dict[tuple[str, str], str]:
    sheets = _sheet_names(workbook)
    return {
        (one.name, sheets[one.sheet] if one.sheet is not None else ""): re.sub(r"\s|^=", "", one.text)
        for one in workbook.names
        if one.sheet is None or one.sheet < len(sheets)
    }


def _properties(held: Workbook, built: Workbook) -> Iterator[str]:
    fresh = own_looks.properties(built)
    for name, said in own_looks.properties(held).items():
        if said and _undated(said) != _undated(fresh.get(name, "")):
            yield f"the property {name!r} of the document"


def _undated(text: str) -> str:
    """The title names the day of the update, which was another one when it was built."""
    return re.sub(r"\d{4}-\d\d-\d\d", "", text)


def _tables(held: Workbook, built: Workbook) -> Iterator[str]:
    fresh = {area.name: area for area in built.tables}
    for area in held.tables:
        if area.name not in fresh:
            yield f"the table {area.name!r}"
            continue
        known = {column.name for column in fresh[area.name].columns}
        yield from (f"the column {one.name!r} in the table {area.name}" for one in area.columns if one.name not in known)
        if area.totals and not fresh[area.name].totals:
            yield f"a totals row in the table {area.name}"
        if _style(held, area) != _style(built, fresh[area.name]):
            yield f"a style of your own for the table {area.name}"


def _style(workbook: Workbook, area: Area) -> list[own_looks.Look]:
    tree = xml_bytes.parse(area.part or "", workbook.package.read(area.part or ""))
    return [own_looks.canonical(one) for one in tree.iter() if local(one.tag) in ("tableStyleInfo", "filterColumn")]


@dataclass
class _Book:
    """A workbook with its texts and formats."""

    workbook: Workbook
    strings: SharedStrings = field(init=False)
    styles: own_looks.Styles = field(init=False)

    def __post_init__(self) -> None:
        self.strings = SharedStrings(self.workbook)
        self.styles = own_looks.Styles(self.workbook)


def _sheet(old: _Book, new: _Book, sheet: Sheet) -> Iterator[str]:
    fresh = next((one for one in new.workbook.sheets if one.name == sheet.name), None)
    if fresh is None:
        return
    if sheet.state != fresh.state:
        yield f"the sheet {sheet.name!r} {'shown' if sheet.state == 'visible' else 'hidden'}"
    mine, ours = _Cells(old, sheet), _Cells(new, fresh)
    for place in own_looks.comments(old.workbook, sheet):
        if place not in own_looks.comments(new.workbook, fresh):
            yield f"a comment in {sheet.name}!{place}"
    if own_looks.shapes(old.workbook, sheet) - own_looks.shapes(new.workbook, fresh):
        yield f"a chart, picture or shape that you set on the sheet {sheet.name!r}"
    for what, _ in own_looks.marks(mine.part, old.styles) - own_looks.marks(ours.part, new.styles):
        yield f"{what} of your own on the sheet {sheet.name!r}"
    known = own_looks.widths(ours.part)
    for column, width in own_looks.widths(mine.part).items():
        if known.get(column) != width:
            of_sheet = f"the column {column_letters(column)} of the sheet {sheet.name!r}"
            yield f"{of_sheet} hidden" if width[1] else f"a width of your own in {of_sheet}"
    for start in range(1, max(mine.last, ours.last) + 1, _ROWS):
        rows = {row.number: row for row in ours.part.rows(start, start + _ROWS - 1)}
        for row in mine.part.rows(start, start + _ROWS - 1):
            yield from _row(mine, ours, row, rows.pop(row.number, Row(row.number, b"")))
        for row in rows.values():
            yield from _row(mine, ours, Row(row.number, b""), row)


class _Cells:
    """The cells of a sheet, in the order of its rows: what is computed in them is told from what was written."""

    def __init__(self, book: _Book, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        self.part = SheetPart(book.workbook.package.read(sheet.part), sheet.part)
        self.tables = [one.whole for one in book.workbook.tables if one.sheet.part == sheet.part]
        last = self.part.data.rfind(b"<" + self.part.marks.prefix + b"row", self.part.rows_start, self.part.rows_end)
        found = self.part.marks.row_tag.match(self.part.data, last) if last >= 0 else None
        self.last = xml_bytes.number(found[0], b"r", MAX_ROW, sheet.part) if found else 0
        self._shared: dict[bytes, tuple[str, tuple[int, int]]] = {}
        self._spills: list[Range] = []

    def formula(self, row: int, cell: Cell) -> str:
        """The formula of a cell as it reads there; empty where it has none."""
        found = cell.formula(self.part.marks)
        if found is None:
            return ""
        text, place = found.text, (row, cell.column)
        if found.kind == "shared" and found.group is not None:
            if text:
                self._shared[found.group] = text, place
            elif found.group in self._shared:
                text = formulas.moved(*self._shared[found.group], place)
        if found.kind == "array" and (bounds := parse_range(found.ref)):
            self._spills.append(bounds)
        text = _ELSEWHERE.sub("", text) or "?"
        guarded = _GUARDED.fullmatch(text)
        return guarded[1] if guarded else text

    def value(self, row: int, cell: Cell) -> Any:
        """What was written into a cell; None of one that is computed."""
        if cell.blank or any(one.holds(row, cell.column) for one in self._spills):
            return None
        value = cell.value(self.part.marks, self.book.strings, self.part.part)
        place = cell.inside if xml_bytes.get(cell.tag, b"t") == b"s" else b""
        found = self.part.marks.value.search(place)
        rich = found is not None and int(found[1] or 0) in self.book.strings.rich
        return (value, "with formats within") if rich else value

    def in_table(self, row: int, column: int) -> bool:
        """Whether a cell belongs to a table."""
        return any(table.holds(row, column) for table in self.tables)


def _row(mine: _Cells, ours: _Cells, held: Row, built: Row) -> Iterator[str]:
    """What differs in one row."""
    if held.tag and _height(held) != _height(built):
        of_sheet = f"the row {held.number} of the sheet {mine.sheet.name!r}"
        yield f"{of_sheet} hidden" if _height(held)[1] else f"a height of your own in {of_sheet}"
    fresh = {cell.column: cell for cell in built.cells}
    for cell in held.cells:
        other = fresh.pop(cell.column, Cell(cell.column, b"", b""))
        if found := _differs(mine, ours, held.number, cell, other):
            yield found.format(f"{mine.sheet.name}!{column_letters(cell.column)}{held.number}")
    for other in fresh.values():
        if found := _differs(mine, ours, held.number, Cell(other.column, b"", b""), other):
            yield found.format(f"{mine.sheet.name}!{column_letters(other.column)}{held.number}")


def _differs(mine: _Cells, ours: _Cells, row: int, cell: Cell, other: Cell) -> str:
    """What of a cell is the person's own."""
    said, ask = mine.formula(row, cell), ours.formula(row, other)
    value, known = mine.value(row, cell), ours.value(row, other)
    blank = cell.blank or (not said and value in (None, ""))
    if said != ask:
        return "the cell {0}, which you emptied" if blank else "a formula of your own in {0}" if said else "the cell {0}"
    if not said and not _same(value, known, mine.in_table(row, cell.column)):
        return "the cell {0}, which you emptied" if blank else "the cell {0}"
    seen = cell.style not in (b"", b"0") or not blank
    if seen and mine.book.styles.of(cell.style) != ours.book.styles.of(other.style):
        return "a format of your own in {0}"
    return ""


def _same(value: Any, known: Any, in_table: bool) -> bool:
    """Whether a written value is that of the build; in a table one thing may be spelt in two ways."""
    if value in (None, "") or known in (None, ""):
        return value in (None, "") and known in (None, "")
    if isinstance(value, float) and isinstance(known, float):
        return math.isclose(value, known, rel_tol=1e-12, abs_tol=1e-15)
    if type(value) is not type(known):
        return in_table and not isinstance(value, tuple)
    return bool(value == known)


def _height(row: Row) -> tuple[float, bool]:
    """The height that a person gave a row, and whether it is hidden."""
    own = xml_bytes.get(row.tag, b"customHeight") in (b"1", b"true")
    height = float(xml_bytes.get(row.tag, b"ht") or 0) if own else 0.0
    return round(height, 1), xml_bytes.get(row.tag, b"hidden") in (b"1", b"true")
