"""How far the values of a sheet reach: a reader that lays out a whole sheet needs memory for all that lies between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import Refused
from ..files.door import CELLS, SPARSE, large_allowed
from ..ooxml.package import Package
from ..ooxml.refs import MAX_COLUMN, MAX_ROW, column_letters
from ..ooxml.workbook import Workbook

_DENSE = 8 << 20  # bytes of a sheet beyond which it cannot be so empty; who reads it has limits besides
_ROW = re.compile(rb"row\s[^>]*?\br\s*=\s*\"(\d{1,7})\"")
_LONGEST = 512  # bytes of a start tag that may be cut in two by the end of a block


def refuse_scattered(workbook: Workbook, name: str) -> None:
    """Refuse a worksheet of which next to nothing is filled, because of a cell far off; one that is not there is fine."""
    for sheet in workbook.sheets:
        if sheet.name == name and not large_allowed():
            _refuse(workbook.package, sheet.part, name)


def _refuse(package: Package, part: str, sheet: str) -> None:
    if package.size(part) > _DENSE or _cell_beyond(package, part, max(CELLS // MAX_ROW, 1)) is None:
        return
    last, held = 0, 0
    for block in _overlapping(package, part):
        held += block.count(b"v>") + block.count(b"is>")
        tag = _ROW.search(block, max(block.rfind(b"row ", 0, block.rfind(b">")), 0))
        last = int(tag[1]) if tag else last
    held //= 2  # of start tags and end tags
    far = _cell_beyond(package, part, max(max(CELLS, SPARSE * held) // max(last, 1), 1))
    if far is not None:
        raise Refused(
            f"The sheet {sheet!r} of {package.name} has {held} values in {last} rows, one of them as far off as the cell "
            f"{far}; delete what stands far from the data."
        )


def _cell_beyond(package: Package, part: str, column: int) -> str | None:
    """The first cell with a value that stands further right than a column."""
    if column >= MAX_COLUMN:
        return None
    later = re.compile(rb"\sr\s*=\s*\"(" + _later_than(column_letters(column)) + rb"\d{1,7})\"[^>/]*>")
    found = (later.search(block) for block in _overlapping(package, part))
    return next((match[1].decode() for match in found if match), None)


def _overlapping(package: Package, part: str) -> Iterator[bytes]:
    tail = b""
    for block in package.stream(part):
        block = tail + block
        yield block.replace(b"'", b'"') if b"'" in block else block
        tail = block[-_LONGEST:]


def _later_than(letters: str) -> bytes:
    """A pattern for the columns behind one."""
    found = ["[A-Z]" * longer for longer in range(len(letters) + 1, 4)]
    for place, letter in enumerate(letters):
        if letter < "Z":
            found.append(f"{letters[:place]}[{chr(ord(letter) + 1)}-Z]" + "[A-Z]" * (len(letters) - place - 1))
    return f"(?:{'|'.join(found)})".encode()
