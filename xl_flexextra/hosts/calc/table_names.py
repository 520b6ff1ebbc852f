"""A table's name by itself is its data for Excel, and the whole of it, header and totals too, for LibreOffice.

So that ``SUM(Shares)`` counts no totals twice there, the copy of a workbook that LibreOffice opens says ``Shares[]``.
"""

from __future__ import annotations

import re
from pathlib import Path

from ...ooxml import xml_bytes
from ...ooxml.package import Package
from ...ooxml.workbook import Workbook

LARGE_SHEET = 64 << 20
"""Bytes; the formulas of a larger sheet are not looked at."""

_WORD = re.compile(
    r"\"[^\"]*\"|'(?:[^']|'')*'!?|\[(?:[^\[\]']|'.)*\]"  # texts, sheets, columns
    r"|(?<![\w.\\!\]])([^\W\d][\w.]*)(?![\w.\\(\[!])"
)


def with_data_named(text: str, tables: frozenset[str]) -> str:
    """A formula in which each bare name of a table (of ``tables``, in lower case) says that it means the data."""

    def named(found: re.Match[str]) -> str:
        return f"{found[0]}[]" if found[1] and found[1].lower() in tables else found[0]

    return _WORD.sub(named, text)


def name_the_data(path: Path, copy: Path) -> None:
    """Write ``copy`` anew with such names changed, in cells and in defined names; it stays where there are none."""
    with path.open("rb") as file:
        package = Package(file, path.name)
        if not package.find("[Content_Types].xml"):
            return
        workbook = Workbook(package)
        tables = frozenset(table.name.lower() for table in workbook.tables)
        if not tables:
            return
        parts = {sheet.part: b"f" for sheet in workbook.sheets if package.size(sheet.part) <= LARGE_SHEET}
        for part, element in (parts | {workbook.part: b"definedName"}).items():
            old = package.read(part)
            new = xml_bytes.edit_texts(old, element, lambda _name, text: with_data_named(text, tables))
            if new != old:
                package.put(part, new)
        if package.dirty:
            with copy.open("wb") as target:
                package.write(target)
