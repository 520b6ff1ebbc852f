"""Which cell styles show dates, and in which number format each style shows numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import xml_bytes
from .workbook import Workbook
from .xml_bytes import local

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILT_IN = {"2": "0.00", "4": "#,##0.00", "9": "0%", "10": "0.00%"}


def date_styles(workbook: Workbook) -> frozenset[bytes]:
    """The numbers of the cell styles whose format shows a date or a time."""
    dates = set()
    for style, identity, code in _formats(workbook):
        builtin = identity.isdigit() and int(identity) in _BUILT_IN_DATES
        if builtin if code is None else _shows_date(code):
            dates.add(style)
    return frozenset(dates)


def number_formats(workbook: Workbook) -> dict[bytes, str]:
    """The format of each cell style that has one of its own, such as 0000."""
    return {style: code for style, _, code in _formats(workbook) if code is not None}


def _formats(workbook: Workbook) -> Iterator[tuple[bytes, str, str | None]]:
    """Each cell style's number, the number of its format, and the format where it is the workbook's own."""
    relation = next((r for r in workbook.relations(workbook.part) if r.kind == "styles"), None)
    part = workbook.package.find(relation.target) if relation else None
    if part is None:
        return
    tree = xml_bytes.parse(part, workbook.package.read(part))
    own: dict[str, str] = {}
    for parent in tree:
        if local(parent.tag) == "numFmts":
            own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in parent}
    for parent in tree:
        if local(parent.tag) == "cellXfs":
            for number, element in enumerate(parent):
                identity = element.get("numFmtId", "0")
                yield str(number).encode(), identity, own.get(identity, _BUILT_IN.get(identity))


def _shows_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code)
    return re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None and "General" not in bare
