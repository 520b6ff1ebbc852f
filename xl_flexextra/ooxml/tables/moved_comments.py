"""Comments on cells whose rows move go with them: notes, threaded comments, and the boxes in which notes are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .. import xml_bytes
from ..refs import Range, column_letters, parse_range
from .body import Body

COMMENTS = {"comments": rb"comment", "threadedComment": rb"threadedComment"}
_BOX = re.compile(rb"<(?:\w+:)?ClientData(?=\s)[^>]*ObjectType=[\"']Note[\"'].*?</(?:\w+:)?ClientData>", re.DOTALL)
_ROW, _COLUMN, _ANCHOR = (
    re.compile(rb"(<(?:\w+:)?%s>)\s*([^<]*?)\s*(?=</)" % name) for name in (b"Row", b"Column", b"Anchor")
)

Place = tuple[int, int]


def places(body: Body) -> list[Place]:
    """The cells with a comment, row and column."""
    found: list[Place] = []
    for part, pattern in _parts(body):
        for tag in pattern.findall(body.workbook.package.read(part)):
            bounds = parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b""))
            if bounds is not None:
                found.append((bounds.top, bounds.left))
    return found


def moved(body: Body, new_of: Any) -> dict[Place, Place]:
    """Where comments go; none of them moves where one has no row to go to, or its box is not found."""
    area = body.area
    last = area.first + len(new_of) - 1
    inside = Range(area.first, area.left, last, area.right)
    commented = set(places(body))
    goes: dict[Place, Place] = {}
    for row, column in commented:
        if inside.holds(row, column):
            new = int(new_of[row - area.first])
            if new < 0:
                return {}
            goes[row, column] = (area.first + new, column)
    goes = {old: new for old, new in goes.items() if old != new}
    boxes = {place for part in _drawings(body) for place in map(_place_of, _BOX.findall(body.workbook.package.read(part)))}
    free = commented - goes.keys()
    return goes if goes.keys() <= boxes and not free.intersection(goes.values()) else {}


def move(body: Body, goes: Mapping[Place, Place]) -> None:
    """Write the comments and their boxes where they go."""
    if not goes:
        return
    package = body.workbook.package

    def put(part: str, pattern: re.Pattern[bytes], changed: Callable[[bytes], bytes]) -> None:
        old = package.read(part)
        new = pattern.sub(lambda match: changed(match[0]), old)
        if new != old:
            package.put(part, new)

    for part, pattern in _parts(body):
        put(part, pattern, lambda tag: _tag_moved(tag, goes))
    for part in _drawings(body):
        put(part, _BOX, lambda box: _box_moved(box, goes))


def _parts(body: Body) -> list[tuple[str, re.Pattern[bytes]]]:
    relations = body.workbook.relations(body.area.sheet.part)
    found = [(body.workbook.package.find(one.target), COMMENTS[one.kind]) for one in relations if one.kind in COMMENTS]
    return [(part, re.compile(rb"<(?:[\w.\-]+:)?" + name + rb"(?=\s)[^>]*>")) for part, name in found if part is not None]


def _drawings(body: Body) -> list[str]:
    relations = body.workbook.relations(body.area.sheet.part)
    found = (body.workbook.package.find(one.target) for one in relations if one.kind == "vmlDrawing")
    return [part for part in found if part is not None]


def _tag_moved(tag: bytes, goes: Mapping[Place, Place]) -> bytes:
    bounds = parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b""))
    new = goes.get((bounds.top, bounds.left)) if bounds is not None else None
    return tag if new is None else xml_bytes.put(tag, b"ref", f"{column_letters(new[1])}{new[0]}".encode())


def _place_of(box: bytes) -> Place:
    row, column = _ROW.search(box), _COLUMN.search(box)
    if row is None or column is None or not (row[2].isdigit() and column[2].isdigit()):
        return 0, 0
    return int(row[2]) + 1, int(column[2]) + 1


def _box_moved(box: bytes, goes: Mapping[Place, Place]) -> bytes:
    """The box with its cell's new row; it lies as many rows further down or up."""
    old = _place_of(box)
    new = goes.get(old)
    if new is None:
        return box
    box = _ROW.sub(lambda match: match[1] + b"%d" % (new[0] - 1), box)
    return _ANCHOR.sub(lambda match: match[1] + _anchor(match[2], new[0] - old[0]), box)


def _anchor(text: bytes, down: int) -> bytes:
    """Left column, offset, top row, offset, right column, offset, bottom row, offset."""
    numbers = [piece.strip() for piece in text.split(b",")]
    if len(numbers) != 8 or not all(number.isdigit() for number in numbers):
        return text
    top = max(int(numbers[2]) + down, 0)
    height = int(numbers[6]) - int(numbers[2])
    return b", ".join([*numbers[:2], b"%d" % top, *numbers[3:6], b"%d" % (top + height), numbers[7]])
