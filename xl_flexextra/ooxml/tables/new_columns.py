"""New columns at the right end of a table: a heading, and blank cells that look as those of another column do."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import NamedTuple

from ...errors import Refused
from .. import xml_bytes
from ..refs import MAX_COLUMN, Range, column_letters, parse_range
from ..sheet import Cell, Row, SheetPart
from ..strings import inline
from ..workbook import Area, TableColumn, Workbook


class NewColumn(NamedTuple):
    """The name of a column, and the place of the column whose looks it takes."""

    name: str
    like: int


def add_columns(workbook: Workbook, area: Area, new: Sequence[NewColumn]) -> Area:
    """Widen an Excel table by columns without data; the workbook has to be read anew afterwards.

    Raises:
        Refused: something stands where they have to go; the package is as it was.
    """
    wide = dataclasses.replace(
        area, right=area.right + len(new), columns=(*area.columns, *(TableColumn(one.name) for one in new))
    )
    sheet = SheetPart(workbook.package.read(area.sheet.part), area.sheet.part)
    sheet.check()
    _refuse(workbook, area, wide, sheet)
    assert area.part is not None
    rows = {row.number: row for row in sheet.rows(area.whole.top, area.whole.bottom)}
    out = []
    for number in range(area.whole.top, area.whole.bottom + 1):
        row = rows.get(number) or Row(number, b"<" + sheet.marks.prefix + b'row r="%d"' % number)
        out.append(_widened(row, area, new, sheet).render(sheet.marks))
    start, end = sheet.row_at(area.whole.top), sheet.row_at(area.whole.bottom + 1)
    data = sheet.data
    above = _sheet_head(sheet.head, area, wide) + data[sheet.rows_start : start]
    workbook.package.put(area.sheet.part, above + b"".join(out) + data[end : sheet.rows_end] + sheet.foot)
    workbook.package.put(area.part, _table(workbook.package.read(area.part), area, wide, new))
    return wide


def _refuse(workbook: Workbook, area: Area, wide: Area, sheet: SheetPart) -> None:
    """Refuse what the new columns would overwrite or tear."""
    names = ", ".join(one.name for one in wide.columns[len(area.columns) :])
    if area.part is None or area.kind:
        by = "a query or an XML map of the workbook" if area.kind else "a named range"
        raise Refused(f"{area.name!r} needs the new column {names}, but it is {by}; add the column there.")
    if wide.right > MAX_COLUMN:
        raise Refused(f"{area.name!r} needs the new column {names}, and its sheet has no column left.")
    room = Range(wide.whole.top, area.right + 1, wide.whole.bottom, wide.right)
    said = f"{area.name!r} needs the new column {names} at {room}, but"
    for other in workbook.tables:
        if other.sheet.part == area.sheet.part and other.name != area.name and other.whole.meets(room):
            raise Refused(f"{said} the table {other.name!r} lies there; move it away.")
    for match in re.finditer(rb"<(?:[\w.\-]+:)?mergeCell(?=\s)[^>]*>", sheet.foot):
        merged = parse_range(xml_bytes.unescape(xml_bytes.get(match[0], b"ref") or b""))
        if merged is not None and merged.meets(room):
            raise Refused(f"{said} the merged cells {merged} lie there; unmerge them first.")
    for row in sheet.rows(room.top, room.bottom):
        for cell in row.cells:
            if room.left <= cell.column <= room.right and not cell.blank:
                where = f"{column_letters(cell.column)}{row.number}"
                raise Refused(f"{said} the cell {where} is not empty; move what stands there.")


def _widened(row: Row, area: Area, new: Sequence[NewColumn], sheet: SheetPart) -> Row:
    """A row of the table with the cells of its new columns."""
    held = {cell.column: cell for cell in row.cells}
    p, cells = sheet.marks.prefix, []
    for place, one in enumerate(new, start=area.right + 1):
        like = held.get(area.left + one.like)
        style = b' s="%s"' % like.style if like is not None and like.style else b""
        tag = b"<" + p + b'c r="%s"' % f"{column_letters(place)}{row.number}".encode() + style
        if row.number == area.header:
            cells.append(Cell(place, tag + b' t="inlineStr"', inline(p, one.name)))
        elif style:
            cells.append(Cell(place, tag, b""))
    end = area.right + len(new)
    left = [cell for cell in row.cells if cell.column <= area.right]
    right = [cell for cell in row.cells if cell.column > end]
    tag = row.tag
    if (spans := xml_bytes.get(tag + b">", b"spans")) is not None:
        ends = [int(n) for n in re.findall(rb"\d+", spans)]
        if ends:
            tag = xml_bytes.put(tag + b">", b"spans", f"{min(ends)}:{max(*ends, end)}".encode())[:-1]
    return Row(row.number, tag, [*left, *cells, *right], row.tail)


def _sheet_head(head: bytes, area: Area, wide: Area) -> bytes:
    """The used range, and the width of the last column for the new ones where no other column has its own."""

    def dimension(_name: bytes, tag: bytes) -> bytes:
        bounds = parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b""))
        if bounds is None:
            return tag
        right = max(bounds.right, wide.right)
        return xml_bytes.put(tag, b"ref", str(Range(bounds.top, bounds.left, bounds.bottom, right)).encode())

    def width(_name: bytes, tag: bytes) -> bytes:
        low, high = (xml_bytes.number(tag, end, 0, area.sheet.part) for end in (b"min", b"max"))
        return xml_bytes.put(tag, b"max", b"%d" % wide.right) if low <= area.right <= high < wide.right else tag

    later: list[int] = []

    def beginnings(_name: bytes, tag: bytes) -> bytes:
        later.append(xml_bytes.number(tag, b"min", 0, area.sheet.part))
        return tag

    xml_bytes.edit_tags(head, b"col", beginnings)
    head = xml_bytes.edit_tags(head, b"dimension", dimension, most=1)
    free = not any(area.right < low <= wide.right for low in later)
    return xml_bytes.edit_tags(head, b"col", width) if free else head


def _table(data: bytes, area: Area, wide: Area, new: Sequence[NewColumn]) -> bytes:
    """The part of the table with its new columns."""
    whole = wide.whole.full.encode()
    filtered = Range(wide.header or wide.first, wide.left, wide.last, wide.right).full.encode()
    data = xml_bytes.edit_tags(data, b"table", lambda _name, tag: xml_bytes.put(tag, b"ref", whole), most=1)
    data = xml_bytes.edit_tags(data, b"autoFilter", lambda _name, tag: xml_bytes.put(tag, b"ref", filtered), most=1)
    ids: list[int] = []

    def identify(_name: bytes, tag: bytes) -> bytes:
        ids.append(xml_bytes.number(tag, b"id", 0, area.part or ""))
        return tag

    xml_bytes.edit_tags(data, b"tableColumn", identify)
    count = b"%d" % len(wide.columns)
    data = xml_bytes.edit_tags(data, b"tableColumns", lambda _name, tag: xml_bytes.put(tag, b"count", count), most=1)
    close = re.search(rb"</((?:[\w.\-]+:)?)tableColumns\s*>", data)
    if close is None:
        raise Refused(
            f"The part {area.part} has no columns that are understood; open the workbook in Excel and save it once."
        )
    first = max(ids, default=0) + 1
    added = b"".join(
        b"<" + close[1] + b'tableColumn id="%d" name="%s"/>' % (number, _attribute(one.name))
        for number, one in enumerate(new, start=first)
    )
    return data[: close.start()] + added + data[close.start() :]


def _attribute(text: str) -> bytes:
    return xml_bytes.escape(xml_bytes.cell_text(text)).replace(b'"', b"&quot;")
