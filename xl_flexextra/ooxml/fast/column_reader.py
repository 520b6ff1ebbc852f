"""Large bodies of a table read by columns, without a Python step for each cell.

A body is *plain* where its rows are the same but for their numbers, heights and values, the styles of their cells and cells
that are left out, as sheets written by programs and by Excel for a block of data are; a few rows may be odd, with cells
beside the table. It is read as it is unpacked, block by block, and what stands between the values is compared
byte for byte with what it has to be. Whatever is not plain is read row by row elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from ...files.deflate import in_threads
from ..sheet import markup
from ..xml_bytes import unescape
from . import irregular_rows
from .irregular_rows import ODD_MOST
from .row_pattern import ROW_END, CellPattern, RowBlock, RowPattern, pattern_of
from .texts_by_row import TextsByRow

FROM_ROWS = 2_000  # below that the general way is as fast
HEAD_MOST = 16 << 20  # bytes before the body; where there are more, the general way reads the sheet


@dataclass(frozen=True, slots=True)
class BodyColumn:
    """A column of a plain body: its values, the styles of its cells, its formula."""

    values: Any  # a pyarrow chunked array: float64, texts, or int32 places of shared strings
    styles: TextsByRow
    formula: str | None  # of every cell

    @property
    def shared(self) -> bool:
        """Whether the values are places in the shared strings."""
        return str(self.values.type) == "int32"


@dataclass(frozen=True, slots=True)
class RegularBody:
    """A plain body: what follows the number in its rows' start tags, and its columns."""

    rests: TextsByRow
    columns: list[BodyColumn]


@dataclass(frozen=True, slots=True)
class BodyFound:
    """A plain body, the sheet before and behind it, and its odd rows."""

    body: RegularBody
    head: bytes
    odd: bytes
    foot: bytes


def read(content: Iterator[bytes], first: int, last: int, left: int, right: int) -> BodyFound | None:
    """The rows ``first`` to ``last`` of a sheet that comes block by block, if they are plain and hold these columns
    and no others."""
    if last - first + 1 < FROM_ROWS:
        return None
    start = _start(content, first)
    if start is None:
        return None
    head, data = start
    pattern = pattern_of(data, first, last, left, right)
    if pattern is None:
        return None
    cutter = _Cutter(data, content, first, last)
    blocks: list[RowBlock] = []
    odd = 0
    for block in in_threads(partial(_block, pattern, *rows) for rows in cutter):
        if block is None or odd + len(block.odd) > ODD_MOST:
            return None
        odd += len(block.odd)
        blocks.append(block)
    if not cutter.whole:
        return None
    columns = [column for place, cell in enumerate(pattern.cells) if (column := _joined(blocks, place, cell)) is not None]
    if len(columns) < len(pattern.cells):
        return None
    body = RegularBody(TextsByRow.joined([block.rests for block in blocks]), columns)
    return BodyFound(body, head, b"".join(row for block in blocks for row in block.odd), cutter.rest)


def _block(pattern: RowPattern, block: bytes, first: int, last: int) -> RowBlock | None:
    """A block of rows; None where they are too different."""
    columns = pattern.values(block, first, last)
    if columns is None:
        return irregular_rows.read(pattern, block, first, last)
    count = last - first + 1
    styles = [TextsByRow.same(cell.style, count) for cell in pattern.cells]
    return RowBlock(columns, styles, TextsByRow.same(pattern.row_rest, count), [])


def _joined(blocks: list[RowBlock], place: int, cell: CellPattern) -> BodyColumn | None:
    """A column from its pieces; None where its values are of several kinds."""
    import pyarrow as pa

    pieces = [block.columns[place] for block in blocks]
    kinds = {piece.type for piece in pieces} - {pa.null()}
    if len(kinds) > 1:
        return None
    kind = kinds.pop() if kinds else pa.float64()
    values = pa.chunked_array([piece.cast(kind) if pa.types.is_null(piece.type) else piece for piece in pieces], kind)
    formula = None if cell.formula is None else unescape(cell.formula.encode())
    return BodyColumn(values, TextsByRow.joined([block.styles[place] for block in blocks]), formula)


def _start(content: Iterator[bytes], first: int) -> tuple[bytes, bytes] | None:
    """The sheet up to the row ``first``, and what is known of it from there on: some whole rows."""
    data = b""
    for piece in content:
        data += piece
        at = data.find(b'<row r="%d"' % first)
        if at >= 0 and (data.find(ROW_END, at) >= 0 or len(data) - at > HEAD_MOST):
            opened = markup(b"").open_data.search(data)
            if opened is None or opened.end() > at or opened[0].endswith(b"/>"):
                return None
            return data[:at], data[at:]
        if len(data) > HEAD_MOST:
            return None
    return None


class _Cutter:
    """Blocks of whole rows with the numbers of their first and last one; ``rest`` is what follows the last block."""

    def __init__(self, data: bytes, content: Iterator[bytes], first: int, last: int) -> None:
        self.rest, self.whole = b"", False
        self._content, self._number, self._last = chain([data], content), first, last

    def __iter__(self) -> Iterator[tuple[bytes, int, int]]:
        for piece in self._content:
            cut = piece.rfind(ROW_END) + len(ROW_END)
            if cut < len(ROW_END):  # none, or one that is torn
                piece, self.rest = self.rest + piece, b""
                cut = piece.rfind(ROW_END) + len(ROW_END)
            if cut < len(ROW_END):
                self.rest = piece
                continue
            rows = b"".join([self.rest, memoryview(piece)[:cut]])  # one copy
            self.rest = piece[cut:]
            while rows and self._number <= self._last:
                block = self._block(rows)
                if block is None:
                    return
                yield block
                rows = rows[len(block[0]) :]
            if self._number > self._last:
                self.rest = b"".join([rows, self.rest, *self._content])
                self.whole = self._ends()
                return

    def _block(self, rows: bytes) -> tuple[bytes, int, int] | None:
        """The first rows of some whole ones: those of the body, with numbers of equally many digits."""
        tag = re.compile(rb'<row r="(\d{1,7})"').match(rows, max(rows.rfind(b"<row "), 0))
        if tag is None:
            return None
        first, last = self._number, int(tag[1])
        most = min(self._last, 10 ** len(str(first)) - 1)
        cut = len(rows)
        if last > most:
            at = rows.find(b'<row r="%d"' % most)
            cut, last = rows.find(ROW_END, at) + len(ROW_END) if at >= 0 else 0, most  # the next row may be far below
        if cut <= 0 or last < first:
            return None
        self._number = last + 1
        return rows[:cut], first, last

    def _ends(self) -> bool:
        """Whether what follows is a later row or the end of the rows."""
        follows = re.match(rb'<row r="(\d+)"|</sheetData', self.rest)
        return follows is not None and (follows[1] is None or int(follows[1]) > self._last)
