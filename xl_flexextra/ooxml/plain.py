"""Large bodies of a table read by columns, without a Python step for each cell.

A body is *plain* where its rows are the same but for their numbers and values, as sheets written by programs and by
Excel for a block of data are; a few rows may be odd: of another height, with cells beside the table. It is read as it is
unpacked, block by block, and what stands between the values is compared byte for byte with what it has to be. Whatever
is not plain is read row by row elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from .deflate import in_threads
from .shape import ODD_MOST, ROW_END, shape_of
from .sheet import markup
from .xmlbytes import unescape

FROM_ROWS = 2_000  # below that the general way is as fast
HEAD_MOST = 16 << 20  # bytes before the body; where there are more, the general way reads the sheet


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column of a plain body: the inside of its cells' start tags behind the address, its values, its formula."""

    rest: bytes  # such as b' s="3" t="s"'
    values: Any  # a pyarrow chunked array: float64, texts, or int32 places of shared strings
    formula: str | None  # of every cell

    @property
    def shared(self) -> bool:
        """Whether the values are places in the shared strings."""
        return b't="s"' in self.rest


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain body: what follows the number in its rows' start tags, and its columns."""

    row_rest: bytes
    columns: list[PlainColumn]


@dataclass(frozen=True, slots=True)
class Found:
    """A plain body, the sheet before and behind it, and its odd rows."""

    body: Plain
    head: bytes
    odd: bytes
    foot: bytes


def read(content: Iterator[bytes], first: int, last: int, left: int, right: int) -> Found | None:
    """The rows ``first`` to ``last`` of a sheet that comes block by block, if they are plain and hold these columns
    and no others."""
    import pyarrow as pa

    if last - first + 1 < FROM_ROWS:
        return None
    start = _start(content, first)
    if start is None:
        return None
    head, data = start
    shape = shape_of(data, first, last, left, right)
    if shape is None:
        return None
    cutter = _Cutter(data, content, first, last)
    pieces: list[list[Any]] = [[] for _ in shape.cells]
    odd: list[bytes] = []
    for block in in_threads(partial(shape.read, *rows) for rows in cutter):
        if block is None or len(odd) + len(block.odd) > ODD_MOST:
            return None
        odd += block.odd
        for column, piece in zip(pieces, block.columns, strict=True):
            column += piece
    if not cutter.whole:
        return None
    formulas = [None if cell.formula is None else unescape(cell.formula.encode()) for cell in shape.cells]
    columns = [PlainColumn(c.rest, pa.chunked_array(pieces[i]), formulas[i]) for i, c in enumerate(shape.cells)]
    return Found(Plain(shape.row_rest, columns), head, b"".join(odd), cutter.rest)


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
            cut, last = rows.find(b'<row r="%d"' % (most + 1)), most
        if cut <= 0 or last < first:
            return None
        self._number = last + 1
        return rows[:cut], first, last

    def _ends(self) -> bool:
        """Whether what follows is a later row or the end of the rows."""
        follows = re.match(rb'<row r="(\d+)"|</sheetData', self.rest)
        return follows is not None and (follows[1] is None or int(follows[1]) > self._last)
