"""Large bodies of a table read by columns, without a Python step for each cell.

A body is *plain* where every row is the same but for its number and its values, as sheets written by programs and by
Excel for a block of data are. It is read as it is unpacked, block by block, and what stands between the values is
compared byte for byte with what it has to be. Whatever is not plain is read row by row elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any

from .deflate import in_threads
from .refs import column_letters
from .sheet import markup
from .xmlbytes import unescape

FROM_ROWS = 2_000  # below that the general way is as fast
HEAD_MOST = 16 << 20  # bytes before the body; where there are more, the general way reads the sheet
SAMPLE_ROWS = 50  # rows that may be looked at for the type of a column whose first cells are empty
ROW_END = b"</row>"
INLINE = 12  # bytes of a text that a string view holds itself


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column of a plain body: the inside of its cells' start tags behind the address, its values, its formula."""

    rest: bytes  # such as b' s="3" t="s"'
    values: Any  # a pyarrow chunked array: float64, or int32 places of shared strings
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
    """A plain body, and the sheet before and behind it."""

    body: Plain
    head: bytes
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
    shape = _shape(data, first, left, right)
    if shape is None:
        return None
    cutter = _Cutter(data, content, first, last)
    pieces: list[list[Any]] = [[] for _ in shape.cells]
    for values in in_threads(partial(shape.values, *block) for block in cutter):
        if values is None:
            return None
        for place, piece in enumerate(values):
            pieces[place].append(piece)
    if not cutter.whole:
        return None
    formulas = [None if cell.formula is None else unescape(cell.formula.encode()) for cell in shape.cells]
    columns = [PlainColumn(c.rest, pa.chunked_array(pieces[i]), formulas[i]) for i, c in enumerate(shape.cells)]
    return Found(Plain(shape.row_rest, columns), head, cutter.rest)


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


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is the same in every cell of a column."""

    rest: bytes
    formula: str | None  # as it stands in the XML
    valued: bool  # whether there is a value; one that is to be calculated may be missing

    @property
    def shared(self) -> bool:
        return b't="s"' in self.rest


@dataclass(frozen=True)
class _Shape:
    """What is the same in every row."""

    left: int
    row_rest: bytes
    cells: list[_Cell]

    @cached_property
    def runs(self) -> list[list[Any]]:
        """The markup before each value, and that behind the last one."""
        from .numbered import NUMBER

        runs: list[list[Any]] = []
        run: list[Any] = ['<row r="', NUMBER, f'"{self.row_rest.decode()}>']
        for place, cell in enumerate(self.cells):
            formula = "" if cell.formula is None else f"<f>{cell.formula}</f>"
            run += [f'<c r="{column_letters(self.left + place)}', NUMBER, f'"{cell.rest.decode()}>{formula}']
            if cell.valued:
                runs.append([*run, "<v>"])
                run = ["</v>"]
            run.append("</c>")
        return [*runs, [*run, "</row>"]]

    @cached_property
    def slashes(self) -> list[int]:
        """How many '/' each run holds."""
        return [sum(piece.count("/") for piece in run if isinstance(piece, str)) for run in self.runs]

    def values(self, block: bytes, first: int, last: int) -> list[Any] | None:
        """The values of a block of rows by columns; None where anything is not as it has to be.

        The first '/' behind a value is that of its end tag. So the places of '/' give where values end, and the markup
        from there to the next value is compared as a whole.
        """
        import numpy as np
        import pyarrow as pa

        from .numbered import Numbers

        data, places = _slashes(block)
        width, count = sum(self.slashes), last - first + 1
        if len(places) != count * width and b'"/>' in block:
            block = self._filled(block)
            data, places = _slashes(block)
        if len(places) != count * width:
            return None
        places = places.reshape(count, width)
        numbers = Numbers(first, last)
        ends = places[:, -1] + len("/row>")
        if ends[-1] != len(block):
            return None
        starts = np.concatenate([[0], ends[:-1]])
        found = []
        before = 0
        valued = [cell for cell in self.cells if cell.valued]
        for cell, run, slashes in zip(valued, self.runs[:-1], self.slashes[:-1], strict=True):
            expected = numbers.matrix(run)
            before += slashes
            begins, ends = starts + expected.shape[1], places[:, before] - 1
            texts = _behind(data, starts, expected, INLINE)
            if texts is None or (ends < begins).any():
                return None
            column = _numbers(block, begins, ends, texts, cell.shared)
            if column is None:
                return None
            found.append(column)
            starts = ends
        if _behind(data, starts, numbers.matrix(self.runs[-1]), 0) is None:
            return None
        values = iter(found)
        return [next(values) if cell.valued else pa.nulls(count, pa.float64()) for cell in self.cells]

    def _filled(self, block: bytes) -> bytes:
        """Empty cells, which have no type and no value, written as those with one."""
        for place, cell in enumerate(self.cells):
            untyped, typed, kind = cell.rest.partition(b" t=")
            if typed:
                letters = column_letters(self.left + place).encode()
                empty = rb'(<c r="%s\d+"%s)/>' % (letters, re.escape(untyped))
                block = re.sub(empty, rb"\1" + typed + kind + b"><v></v></c>", block)
        return block.replace(b'"/>', b'"><v></v></c>')


def _behind(data: Any, starts: Any, expected: Any, more: int) -> Any:
    """What follows the rows of a matrix, if these are the bytes from each of the starts on: some ``more`` bytes."""
    import numpy as np

    count, width = expected.shape
    if starts[-1] + width + more > len(data):
        return None
    windows: Any = np.ndarray((len(data) - width - more + 1,), f"V{width + more}", data, 0, (1,))
    found = windows[starts].view(np.uint8).reshape(count, width + more)
    return found[:, width:] if np.array_equal(found[:, :width], expected) else None


def _slashes(block: bytes) -> tuple[Any, Any]:
    """A block as an array, and where '/' stands in it."""
    import numpy as np

    data = np.frombuffer(block, np.uint8)
    return data, np.flatnonzero(data == ord("/"))


def _numbers(block: bytes, begins: Any, ends: Any, texts: Any, whole: bool) -> Any:
    """The texts between offsets as numbers, given the first bytes from each offset on; None where one is no number.

    They are laid out as Arrow's string views, which need no copy of each text: its length, then up to 12 bytes of it,
    or its first 4 and where it stands.
    """
    import numpy as np
    import pyarrow as pa

    views = np.empty((len(begins), 4), np.int32)
    views[:, 0] = ends - begins
    views[:, 1:] = np.ascontiguousarray(texts).view(np.int32)
    long = np.flatnonzero(views[:, 0] > INLINE)
    views[long, 2], views[long, 3] = 0, begins[long]
    filled = views[:, 0] > 0
    valid = None if filled.all() else pa.py_buffer(np.packbits(filled, bitorder="little"))
    array = pa.Array.from_buffers(pa.string_view(), len(begins), [valid, pa.py_buffer(views), pa.py_buffer(block)])
    try:
        return array.cast(pa.int32() if whole else pa.float64())
    except pa.ArrowInvalid:
        return None


def _shape(data: bytes, first: int, left: int, right: int) -> _Shape | None:
    """What the first rows look like: the rest of their start tags and of their cells' start tags, and the formulas."""
    row_rest = b""
    cells: list[_Cell] = []
    at = 0
    for number in range(first, first + SAMPLE_ROWS):
        pattern = rb'<row r="%d"([^<>"/]*(?:"[^<>"/]*"[^<>"/]*)*)>' % number
        for column in range(left, right + 1):
            pattern += rb'<c r="%s%d"((?: s="\d+")?(?: t="[ns]")?)' % (column_letters(column).encode(), number)
            pattern += rb"(?:/>|>(?:<f>([^<]*)</f>)?(<v>[^<]*</v>)?</c>)"
        match = re.compile(pattern + ROW_END).match(data, at)
        if match is None:
            break
        try:
            match[0].decode()
        except UnicodeDecodeError:
            return None
        blank = b'"/>' in match[0]
        found = []
        for rest, formula, value in zip(*[iter(match.groups()[1:])] * 3, strict=True):
            empty = formula is None and value is None
            found.append(_Cell(rest, None if formula is None else formula.decode(), empty or value is not None))
        if not cells:
            row_rest, cells = match[1], found
        cells = [
            new if b" t=" in new.rest and b" t=" not in old.rest else old for old, new in zip(cells, found, strict=True)
        ]
        at = match.end()
        if not blank:
            break
    return _Shape(left, row_rest, cells) if cells else None
