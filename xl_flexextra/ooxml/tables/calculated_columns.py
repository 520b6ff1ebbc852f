"""Calculated columns: their formulas stay, new rows get theirs, and cached values are left to who can compute them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ...errors import Refused
from .. import xml_bytes
from ..fast.row_markup import NUMBER
from ..formulas import has_relative, moved
from ..refs import column_letters
from ..sheet import Cell
from ..xml_bytes import escape
from .body import Body


@dataclass
class Calculated:
    """A column of formulas: the formula element of each old row, and how a new row gets its own."""

    prefix: bytes
    column: int
    first: int
    kept: list[bytes | None]  # for each old row: what stands in the cell behind its style
    text: str  # the formula of row ``origin``
    origin: int
    array: bool
    extra: str  # further attributes of a new cell, such as cm="1"
    notes: list[str] = field(default_factory=list)

    def pieces(self, start: int, end: int, styles: Any, letters: str) -> list[Any]:
        """What to join for the cells of these rows."""
        if self.array or start - self.first < len(self.kept) or has_relative(self.text):
            return [self._each(start, end, styles, letters)]
        p = self.prefix.decode()
        formula = f"{self.extra}><{p}f>{escape(self.text).decode()}</{p}f></{p}c>"
        return [f'<{p}c r="{letters}', NUMBER, '"', styles, formula]

    def _each(self, start: int, end: int, styles: Any, letters: str) -> Any:
        p = self.prefix.decode()
        out = []
        each = styles.to_pylist() if hasattr(styles, "to_pylist") else [styles] * (end - start + 1)
        relative = has_relative(self.text)
        same = None if relative else escape(self.text).decode()
        for number, style in zip(range(start, end + 1), each, strict=True):
            address = f"{letters}{number}"
            place = number - self.first
            if place < len(self.kept):
                inside = self.kept[place]
                out.append(f'<{p}c r="{address}"{style}' + (inside.decode() if inside else "/>"))
                continue
            text = (
                same
                if same is not None
                else escape(moved(self.text, (self.origin, self.column), (number, self.column))).decode()
            )
            tag = f'<{p}f t="array" ref="{address}">' if self.array else f"<{p}f>"
            out.append(f'<{p}c r="{address}"{style}{self.extra}>{tag}{text}</{p}f></{p}c>')
        return pa.array(out, pa.string())


def calculated_columns(body: Body, fed: list[bool], last: int) -> list[Calculated | None]:
    """The columns that no data fills, ready to be written down to row ``last``."""
    return [None if fed[i] else _calculated(body, i, last) for i in range(len(body.area.columns))]


def _calculated(body: Body, index: int, last: int) -> Calculated:
    area, marks = body.area, body.sheet.marks
    column = area.columns[index]
    number = area.left + index
    formulas = body.formulas[index]
    if body.regular is not None:
        return Calculated(marks.prefix, number, area.first, [], formulas[area.first].text, area.first, False, "")
    masters = {f.group: (f.text, row) for row, f in formulas.items() if f.kind == "shared" and f.text}
    texts: dict[int, str] = {}
    kept: list[bytes | None] = []
    typed: list[str] = []
    last_cell: Cell | None = None
    for place, cell in enumerate(body.grid[index]):
        row = area.first + place
        formula = formulas.get(row)
        if cell is None or formula is None:
            kept.append(None if cell is None or cell.blank else _inside(cell, cell.inside, marks.close_cell, keep_type=True))
            if cell is not None and not cell.blank:
                typed.append(f"{column_letters(number)}{row}")
            continue
        last_cell = cell
        if formula.kind == "shared":
            if formula.group not in masters:
                raise Refused(
                    f"The column {column.name!r} of {area.name!r} belongs to a shared formula that starts "
                    "outside the table; enter it again in Excel."
                )
            text, origin = masters[formula.group]
            texts[row] = moved(text, (origin, number), (row, number))
            element = b"<" + marks.prefix + b"f>" + escape(texts[row]) + b"</" + marks.prefix + b"f>"
        else:
            texts[row] = formula.text
            found = marks.formula.search(cell.inside)
            assert found is not None
            element = found[0]
        kept.append(_inside(cell, element, marks.close_cell, keep_type=False))
    if texts:
        origin = max(texts)
        text, array = texts[origin], formulas[origin].kind == "array"
        if column.formula is None and last > area.last:
            for row, other in texts.items():
                if moved(text, (origin, number), (row, number)) != other:
                    raise Refused(
                        f"The column {column.name!r} of {area.name!r} holds different formulas (row {row}); "
                        "make it a calculated column or map data to it."
                    )
        grows_torn = last > area.last and len(texts) != area.last - area.first + 1
        if column.formula is None and (grows_torn or min(texts) > last):  # no row would be left to have it from
            raise Refused(
                f"The column {column.name!r} of {area.name!r} holds formulas in some rows only; make it "
                "a calculated column or map data to it."
            )
    else:
        origin, text, array = area.first, column.formula or "", column.array
        if last > area.last and has_relative(text):
            raise Refused(
                f"The calculated column {column.name!r} of {area.name!r} has no formula in any row to copy; "
                "fill one row in Excel first."
            )
    notes = []
    if typed:
        what = (
            f"a typed value at {typed[0]}; it was"
            if len(typed) == 1
            else f"{len(typed)} typed values, first at {typed[0]}; they were"
        )
        notes = [f"The calculated column {column.name!r} of {area.name!r} holds {what} kept, check that."]
    extra = ""
    if last_cell is not None and (metadata := xml_bytes.get(last_cell.tag, b"cm")):
        extra = f' cm="{metadata.decode()}"'
    return Calculated(marks.prefix, number, area.first, kept, text, origin, array, extra, notes)


def _inside(cell: Cell, content: bytes, close: bytes, keep_type: bool) -> bytes:
    """A cell's XML behind its style: the attributes that stay, and its content."""
    out = b""
    for attribute in (b"t", b"cm", b"vm", b"ph") if keep_type else (b"cm", b"ph"):
        value = xml_bytes.get(cell.tag, attribute)
        if value is not None:
            out += b" " + attribute + b'="' + value + b'"'
    return out + b">" + content + close
