"""Which cell styles show dates."""

from __future__ import annotations

import re

from . import xmlbytes
from .workbook import Workbook
from .xmlbytes import local

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})


def date_styles(workbook: Workbook) -> frozenset[bytes]:
    """The numbers of the cell styles whose format shows a date or a time."""
    relation = next((r for r in workbook.relations(workbook.part) if r.kind == "styles"), None)
    part = workbook.package.find(relation.target) if relation else None
    if part is None:
        return frozenset()
    tree = xmlbytes.parse(part, workbook.package.read(part))
    own: dict[str, str] = {}
    for parent in tree:
        if local(parent.tag) == "numFmts":
            own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in parent}
    dates = set()
    for parent in tree:
        if local(parent.tag) == "cellXfs":
            for number, element in enumerate(parent):
                identity = element.get("numFmtId", "0")
                code = own.get(identity)
                builtin = identity.isdigit() and int(identity) in _BUILT_IN_DATES
                if builtin if code is None else _shows_date(code):
                    dates.add(str(number).encode())
    return frozenset(dates)


def _shows_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code)
    return re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None and "General" not in bare
