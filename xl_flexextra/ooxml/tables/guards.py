"""What a rewrite must not harm: looked for before a byte is written, refused by name."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from ...errors import Refused
from .. import xml_bytes
from ..fast.coded_texts import coded
from ..refs import Range, column_letters, parse_range
from . import moved_rows
from .body import Body


def check(body: Body, fed: list[bool], last: int) -> None:
    """Refuse what a body that ends at row ``last`` would overwrite or tear."""
    area = body.area
    old, new = area.whole, area.resized(last).whole
    _formulas(body, fed)
    _merged(body, new)
    for other in body.workbook.tables:
        if other.sheet.part == area.sheet.part and other.name != area.name and other.whole.meets(new):
            raise Refused(
                f"The table {area.name!r} would grow to {new} and reach the table {other.name!r} at "
                f"{other.whole}; move that table away."
            )
    if new.bottom > old.bottom:
        _below(body, old.bottom + 1, new.bottom)
        _spills(body, Range(old.bottom + 1, old.left, new.bottom, old.right))
        _pivots(body, Range(old.bottom + 1, old.left, new.bottom, old.right))
    if area.totals and last != area.last:
        _totals(body)


def _formulas(body: Body, fed: list[bool]) -> None:
    area = body.area
    for index, column in enumerate(area.columns):
        if fed[index] and body.calculated(index):
            rows = body.formulas[index]
            where = f" (cell {column_letters(area.left + index)}{min(rows)})" if rows else ""
            raise Refused(
                f"The column {column.name!r} of {area.name!r} holds formulas{where}, which data would "
                "overwrite; leave it out of the mapping."
            )
        for row, formula in body.formulas[index].items():
            if formula.kind == "dataTable":
                raise Refused(
                    f"{area.name!r} holds a what-if data table at {column_letters(area.left + index)}{row}; "
                    "move it out of the table."
                )
            if formula.kind == "array":
                covered = parse_range(formula.ref)
                if covered is None or covered.top != covered.bottom or covered.left != covered.right:
                    raise Refused(f"{area.name!r} holds an array formula over {formula.ref}; move it out of the table.")
    _spills(body, area.body)


def _spills(body: Body, where: Range) -> None:
    """Array formulas that start elsewhere and cover cells of ``where``."""
    sheet, area = body.sheet, body.area
    if not any(mark in sheet.data for mark in (b't="array"', b't="dataTable"', b"t='")):
        return
    for match in sheet.marks.formula.finditer(sheet.data):
        if xml_bytes.get(match[1], b"t") in (b"array", b"dataTable"):
            covered = parse_range(xml_bytes.unescape(xml_bytes.get(match[1], b"ref") or b""))
            single = covered is not None and covered.top == covered.bottom and covered.left == covered.right
            if covered is not None and covered.meets(where) and not (single and area.body.holds(covered.top, covered.left)):
                raise Refused(
                    f"An array formula on {area.sheet.name!r} covers {covered}, which {area.name!r} needs; move it away."
                )


def _merged(body: Body, new: Range) -> None:
    area = body.area
    data = Range(area.first, area.left, max(new.bottom, area.whole.bottom), area.right)
    for match in re.finditer(rb"<(?:[\w.\-]+:)?mergeCell(?=\s)[^>]*>", body.sheet.foot):
        merged = parse_range(xml_bytes.unescape(xml_bytes.get(match[0], b"ref") or b""))
        if merged is not None and merged.meets(data):
            if merged.top > area.whole.bottom:
                raise Refused(
                    f"{area.name!r} would grow into the merged cells {merged} on {area.sheet.name!r}; unmerge them first."
                )
            raise Refused(
                f"Merged cells {merged} on {area.sheet.name!r} lie in the rows of {area.name!r}; unmerge them first."
            )


def _below(body: Body, first: int, last: int) -> None:
    area = body.area
    for row in body.sheet.rows(first, last):
        for cell in row.cells:
            if area.left <= cell.column <= area.right and not cell.blank:
                where = f"{column_letters(cell.column)}{row.number}"
                raise Refused(
                    f"{area.name!r} has to grow down to row {last}, but the cell {where} below it on "
                    f"{area.sheet.name!r} is not empty; move what stands there."
                )


def _pivots(body: Body, where: Range) -> None:
    workbook, area = body.workbook, body.area
    for relation in workbook.relations(area.sheet.part):
        part = workbook.package.find(relation.target) if relation.kind == "pivotTable" else None
        if part is None:
            continue
        for element in xml_bytes.parse(part, workbook.package.read(part)).iter():
            if xml_bytes.local(element.tag) == "location":
                bounds = parse_range(element.get("ref", ""))
                if bounds is not None and bounds.meets(where):
                    raise Refused(
                        f"{area.name!r} would grow into the pivot table at {bounds} on {area.sheet.name!r}; "
                        "move the pivot table away."
                    )


def _totals(body: Body) -> None:
    """A comment or link on the totals row would stay behind when the row moves."""
    area = body.area
    totals = Range(area.totals, area.left, area.totals, area.right)
    for bounds in moved_rows.references(body):
        if bounds.meets(totals):
            raise Refused(
                f"The totals row of {area.name!r} has to move, but a comment or link stands on it at "
                f"{bounds}; take it off the totals row."
            )


_CRITERIA = re.compile(
    rb"<((?:[\w.\-]+:)?)filterColumn(?=[\s/>])(" + xml_bytes.ATTRS + rb")(/>|>.*?</(?:[\w.\-]+:)?filterColumn\s*>)",
    re.DOTALL,
)


def without_criteria(data: bytes) -> bytes:
    """Filter criteria taken out; columns whose filter button is only hidden keep that."""

    def clear(match: re.Match[bytes]) -> bytes:
        tag = b"<" + match[1] + b"filterColumn" + match[2].rstrip() + b"/>"
        hides = xml_bytes.get(tag, b"hiddenButton") in (b"1", b"true") or xml_bytes.get(tag, b"showButton") in (
            b"0",
            b"false",
        )
        return tag if hides else b""

    return _CRITERIA.sub(clear, data)


_SHEET_FILTER = re.compile(
    rb"<(?:[\w.\-]+:)?autoFilter(?=\s)(" + xml_bytes.ATTRS + rb")>.*?</(?:[\w.\-]+:)?autoFilter\s*>", re.DOTALL
)


def sheet_filter(foot: bytes, area: Range) -> tuple[int, int] | None:
    """Where the sheet's own filter stands, if it has criteria and filters rows of an area."""
    views = foot.find(b"customSheetViews")  # which have filters of their own
    match = _SHEET_FILTER.search(foot, 0, views if views >= 0 else len(foot))
    bounds = parse_range(xml_bytes.unescape(xml_bytes.get(match[0], b"ref") or b"")) if match else None
    if match is None or bounds is None or not bounds.meets(area) or b"filterColumn" not in match[0]:
        return None
    return match.span()


def drop_texts(body: Body, new: list[Any], old: set[int]) -> None:
    """Cut texts that only the old body shows off the end of the shared strings, before new ones are added.

    So the strings do not grow from refresh to refresh, and data that comes back finds them as they were.
    """
    strings = body.strings
    if not old or len(strings) - 1 not in old:
        return
    wanted: set[Any] = set()
    for column in new:
        if isinstance(column, list):
            wanted.update(v for v in column if isinstance(v, str))
        elif column is not None and pa.types.is_string(column.type):
            wanted.update(coded(column).dictionary.to_pylist())
    lost = {place for place in old if place < len(strings) and strings.texts[place] not in wanted}
    strings.trim(lost - _shown_elsewhere(body, lost))


_SHOWS = re.compile(rb"<(?:[\w.\-]+:)?c(?=\s)(" + xml_bytes.ATTRS + rb")>\s*<(?:[\w.\-]+:)?v>\s*(\d+)\s*<")


def _shown_elsewhere(body: Body, places: set[int]) -> set[int]:
    """Which of these shared strings a cell outside the body's columns shows."""
    shown: set[int] = set()
    area, package = body.area, body.workbook.package

    def look(data: bytes) -> None:
        for match in _SHOWS.finditer(data):
            place = int(match[2])
            if place in places and xml_bytes.get(match[1], b"t") == b"s":
                shown.add(place)

    for sheet in body.workbook.sheets:
        if sheet.part != area.sheet.part:
            look(package.read(sheet.part))
            continue
        look(body.sheet.data[: body.start])
        look(body.sheet.data[body.end :])
        for row in body.rows.values():
            kept = [
                cell for cell in row.cells
                if not area.left <= cell.column <= area.right or body.calculated(cell.column - area.left)
            ]  # fmt: skip
            look(b"".join(cell.render(body.sheet.marks) for cell in kept))
    return shown
