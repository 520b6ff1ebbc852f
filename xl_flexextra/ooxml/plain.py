"""Large bodies of a table read by columns, without a Python step for each cell.

A body is *plain* where every row is the same but for its number and its values, as sheets written by programs
and by
Excel for a block of data are. Whatever is not plain is read row by row elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .refs import column_letters
from .sheet import Markup

FROM_ROWS = 2_000  # below that the general way is as fast
BLOCK = 8 << 20  # bytes that are taken apart at once
ROW_MARK = b"</row>"
BLANK = b'"><v></v></c>'  # what an empty cell is read as


@dataclass(slots=True)
class PlainColumn:
    """A column of a plain body: the inside of its cells' start tags behind the address, and its values."""

    rest: bytes  # such as b' s="3" t="s"'
    values: Any  # a pyarrow chunked array: float64, or int32 places of shared strings

    @property
    def shared(self) -> bool:
        """Whether the values are places in the shared strings."""
        return b't="s"' in self.rest


@dataclass(slots=True)
class Plain:
    """A plain body: what follows the number in its rows' start tags, and its columns."""

    row_rest: bytes
    columns: list[PlainColumn]


def read(data: bytes, start: int, end: int, first: int, last: int, left: int, right: int, marks: Markup) -> Plain | None:
    """The rows ``first`` to ``last`` between two offsets, if they are plain and hold these columns and no
    others."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    if marks.prefix or last - first + 1 < FROM_ROWS:
        return None
    shape = _shape(data[start : start + 65536], first, left, right)
    if shape is None:
        return None
    row_rest, rests = shape
    names = ["", "row"]
    for column in range(left, right + 1):
        names += [f"c{column}", f"v{column}", f"x{column}", f"y{column}"]
    names += ["end"]
    wanted = ["row", *[f"{kind}{column}" for column in range(left, right + 1) for kind in "cv"]]
    options = {
        "read_options": csv.ReadOptions(column_names=names, block_size=1 << 22),
        "parse_options": csv.ParseOptions(delimiter="<", quote_char=False, escape_char=False, newlines_in_values=False),
        "convert_options": csv.ConvertOptions(
            column_types={name: pa.string() for name in wanted},
            include_columns=wanted,
            strings_can_be_null=False,
            null_values=[],
        ),
    }
    pieces: list[list[Any]] = [[] for _ in rests]
    at, number = start, first
    while at < end:
        stop = data.rfind(ROW_MARK, at, min(at + BLOCK, end)) + len(ROW_MARK)
        if stop <= len(ROW_MARK):
            return None
        block = data[at:stop]
        if b"\r" in block or b"\n" in block:
            return None
        block = block.replace(ROW_MARK, b"</row>\n")
        blanks = b'"/>' in block
        if blanks:
            block = block.replace(b'"/>', BLANK)
        try:
            table = csv.read_csv(pa.py_buffer(block), **options)
        except pa.ArrowInvalid:
            return None
        count = table.num_rows
        rows = pc.cast(pa.array(np.arange(number, number + count, dtype=np.int32)), pa.string())

        def same(name: str, expected: Any, table: Any = table) -> bool:
            return bool(pc.all(pc.equal(table.column(name), expected)).as_py())

        if not same("row", pc.binary_join_element_wise('row r="', rows, f'"{row_rest.decode()}>', "")):
            return None
        # with as many '<' as fields, these counts leave no room for anything else between the cells
        cells = count * len(rests)
        if block.count(b"</v></c>") != cells or block.count(b"><v>") != cells or block.count(b"</c></row>\n") != count:
            return None
        for place, column in enumerate(range(left, right + 1)):
            tags = table.column(f"c{column}")
            texts = table.column(f"v{column}")
            letters = f'c r="{column_letters(column)}'
            equal = pc.equal(tags, pc.binary_join_element_wise(letters, rows, f'"{rests[place].decode()}>', ""))
            if not pc.all(equal).as_py():  # empty cells have no type
                untyped = pc.binary_join_element_wise(letters, rows, f'"{_untyped(rests[place]).decode()}>', "")
                blank = pc.and_(pc.equal(texts, "v>"), pc.equal(tags, untyped))
                if not pc.all(pc.or_(equal, blank)).as_py():
                    return None
            kind = pa.int32() if b't="s"' in rests[place] else pa.float64()
            try:
                digits = pc.utf8_slice_codeunits(texts, 2)
                if blanks and pc.any(pc.equal(digits, "")).as_py():
                    digits = pc.if_else(pc.equal(digits, ""), pa.scalar(None, pa.string()), digits)
                pieces[place].append(pc.cast(digits, kind))
            except pa.ArrowInvalid:
                return None
        number += count
        at = stop
    if number != last + 1:
        return None
    columns = [
        PlainColumn(rest, pa.chunked_array([c for piece in pieces[place] for c in piece.chunks]))
        for place, rest in enumerate(rests)
    ]
    return Plain(row_rest, columns)


def _untyped(rest: bytes) -> bytes:
    return re.sub(rb' t="[ns]"', b"", rest)


def _shape(data: bytes, first: int, left: int, right: int) -> tuple[bytes, list[bytes]] | None:
    """What the first row looks like: the rest of its start tag and of its cells' start tags."""
    pattern = rb'<row r="%d"([^<>"]*(?:"[^<>"]*"[^<>"]*)*)>' % first
    for column in range(left, right + 1):
        pattern += rb'<c r="%s%d"((?: s="\d+")?(?: t="[ns]")?)(?:/>|><v>[^<]*</v></c>)' % (
            column_letters(column).encode(),
            first,
        )
    match = re.match(pattern + rb"</row>", data)
    if match is None or b"/" in match[1]:
        return None
    return match[1], list(match.groups()[1:])
