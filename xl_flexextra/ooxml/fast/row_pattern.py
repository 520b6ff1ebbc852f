"""What all rows of a large body share, and the values of such rows by columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import Refused
from ..refs import column_letters
from ..xml_bytes import check, plain_text, unescape
from .texts_by_row import TextsByRow

SAMPLE_ROWS = 50  # rows that may be looked at for the type of a column whose first cells are empty
ROW_END = b"</row>"
INLINE = 12  # bytes of a text that a string view holds itself


@dataclass(frozen=True, slots=True)
class CellPattern:
    """What is the same in every cell of a column."""

    rest: bytes
    formula: str | None = None  # as it stands in the XML
    valued: bool = True  # whether there is a value; one that is to be calculated may be missing
    opens: str = "<v>"
    closes: str = "</v>"

    @property
    def texts(self) -> bool:
        return b't="str"' in self.rest or b't="inlineStr"' in self.rest

    @property
    def style(self) -> bytes:
        """The style number, blank where there is none."""
        match = re.search(rb' s="(\d+)"', self.rest)
        return match[1] if match else b""

    @property
    def sound(self) -> bool:
        """Whether its attributes stand there once, and its type and the place of its value agree."""
        once = self.rest.count(b" t=") < 2 and self.rest.count(b" s=") < 2
        return once and (self.opens != "<v>") == (b't="inlineStr"' in self.rest)

    @property
    def kind(self) -> Any:
        """The type of its values: texts, places of shared strings, or numbers."""
        import pyarrow as pa

        return pa.string() if self.texts else pa.int32() if b't="s"' in self.rest else pa.float64()


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Some rows: the values and the styles of each column, the rest of the rows' tags, and the odd rows as they stand."""

    columns: list[Any]
    styles: list[TextsByRow]
    rests: TextsByRow
    odd: list[bytes]


@dataclass(frozen=True)
class RowPattern:
    """What is the same in every row."""

    left: int
    row_rest: bytes
    cells: list[CellPattern]

    @cached_property
    def runs(self) -> list[list[Any]]:
        """The markup before each value, and that behind the last one."""
        from .row_markup import NUMBER

        runs: list[list[Any]] = []
        run: list[Any] = ['<row r="', NUMBER, f'"{self.row_rest.decode()}>']
        for place, cell in enumerate(self.cells):
            formula = "" if cell.formula is None else f"<f>{cell.formula}</f>"
            run += [f'<c r="{column_letters(self.left + place)}', NUMBER, f'"{cell.rest.decode()}>{formula}']
            if cell.valued:
                runs.append([*run, cell.opens])
                run = [cell.closes]
            run.append("</c>")
        return [*runs, [*run, "</row>"]]

    @cached_property
    def mark(self) -> str:
        """What no value holds: '/', which is rarer, or '<' where there are texts."""
        return "<" if any(cell.texts for cell in self.cells) else "/"

    @cached_property
    def marks(self) -> list[int]:
        """How many marks each run holds."""
        return [sum(piece.count(self.mark) for piece in run if isinstance(piece, str)) for run in self.runs]

    def values(self, block: bytes, first: int, last: int) -> list[Any] | None:
        """The values of a block of rows by columns; None where anything is not as it has to be.

        The first mark behind a value is that of its end tag. So the places of the marks give where values end, and the
        markup from there to the next value is compared as a whole.
        """
        import numpy as np
        import pyarrow as pa

        from .row_markup import RowNumbers

        data = np.frombuffer(block, np.uint8)
        places: Any = np.flatnonzero(data == ord(self.mark))
        width, count = sum(self.marks), last - first + 1
        if len(places) != count * width:
            return None
        places = places.reshape(count, width)
        numbers = RowNumbers(first, last)
        inside = "</row>".index(self.mark)  # of an end tag
        ends = places[:, -1] + len("</row>") - inside
        if ends[-1] != len(block):
            return None
        starts = np.concatenate([[0], ends[:-1]])
        found = []
        before = 0
        valued = [cell for cell in self.cells if cell.valued]
        for cell, run, marks in zip(valued, self.runs[:-1], self.marks[:-1], strict=True):
            expected = numbers.matrix(run)
            before += marks
            begins, ends = starts + expected.shape[1], places[:, before] - inside
            texts = _behind(data, starts, expected, INLINE)
            if texts is None or (ends < begins).any():
                return None
            column = column_of(block, begins, ends, texts, cell.kind)
            if column is None:
                return None
            found.append(column)
            starts = ends
        if _behind(data, starts, numbers.matrix(self.runs[-1]), 0) is None:
            return None
        values = iter(found)
        return [next(values) if cell.valued else pa.nulls(count, pa.float64()) for cell in self.cells]


def _behind(data: Any, starts: Any, expected: Any, more: int) -> Any:
    """What follows the rows of a matrix, if these are the bytes from each of the starts on: some ``more`` bytes."""
    import numpy as np

    count, width = expected.shape
    if starts[-1] + width + more > len(data):
        return None
    windows: Any = np.ndarray((len(data) - width - more + 1,), f"V{width + more}", data, 0, (1,))
    found = windows[starts].view(np.uint8).reshape(count, width + more)
    return found[:, width:] if np.array_equal(found[:, :width], expected) else None


def column_of(block: bytes, begins: Any, ends: Any, texts: Any, kind: Any) -> Any:
    """What stands between offsets, given the first bytes from each offset on, as values of a kind; None where
    anything is no such value.

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
        return _texts(array) if kind == pa.string() else array.cast(kind)
    except (pa.ArrowInvalid, UnicodeDecodeError, Refused):
        return None


def _texts(views: Any) -> Any:
    """Character data as texts; each is looked at once."""
    import pyarrow as pa

    encoded = views.cast(pa.binary()).dictionary_encode()
    raw = encoded.dictionary.to_pylist()
    check("", b"<a><a>", b"</a><a>".join(raw), b"</a></a>")
    return pa.array([plain_text(unescape(data)) or None for data in raw], pa.string()).take(encoded.indices)


_TYPES = rb'((?: s="\d+"| t="(?:n|s|str|inlineStr)")*)'
_INSIDE = rb"(?:<f>([^<]*)</f>)?(<v>[^<]*</v>|<is><t(?: xml:space=\"preserve\")?>[^<]*</t></is>)?</c>"
_CELL = _TYPES + rb"(?:/>|>" + _INSIDE + rb")"
_REST = rb'([^<>"/]*(?:"[^<>"/]*"[^<>"/]*)*)>'
CELL, REST = re.compile(_CELL), re.compile(_REST)
_ROW_START, _CELL_AT = re.compile(rb'<row r="(\d{1,7})"' + _REST), re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"' + _CELL)
"""A cell from behind its address on: its attributes, its formula, its value. A row's tag from behind its number on."""


def pattern_of(data: bytes, first: int, last: int, left: int, right: int) -> RowPattern | None:
    """What the rows look like: the rest of their start tags and of their cells' start tags, and the formulas.

    Notes stand beside the first rows, if anywhere; so some rows far down in what is known of the sheet are looked at.
    """
    row_rest: bytes | None = None
    cells: list[CellPattern | None] = [None] * (right - left + 1)
    empty: dict[int, CellPattern] = {}  # what is known of the columns that are blank in all of these rows
    letters = [column_letters(column).encode() for column in range(left, right + 1)]
    at, number = _far_down(data, first, last)
    for row in range(number, number + SAMPLE_ROWS):
        found = _row_at(data, at, row, letters)
        if found is not None:
            row_rest = found[0] if row_rest is None else row_rest
            for place, parts in enumerate(found[1]):
                if parts[1] is None and parts[2] is None:
                    empty.setdefault(place, CellPattern(parts[0] or b""))
                elif cells[place] is None:
                    cells[place] = cell_pattern(*parts)
            if None not in cells:
                break
        at = data.find(b'<row r="%d"' % (row + 1), at)
        if at < 0:
            break
    if row_rest is None:
        return None
    for place, name in enumerate(letters):
        if cells[place] is None:
            filled = re.search(rb'<c r="%s\d+"%s>%s' % (name, _TYPES, _INSIDE), data)
            cells[place] = cell_pattern(*filled.groups()) if filled else empty[place]
    known = [cell for cell in cells if cell is not None and cell.sound]
    formulas = "".join(f"<f>{cell.formula}</f>" for cell in known if cell.formula is not None)
    try:
        check("", b'<row r="1"%s>' % row_rest, formulas.encode(), ROW_END)  # what all rows have is looked at once
    except Refused:
        return None
    whole = len(known) == len(cells) and "\ufffd" not in formulas  # which stands for bytes that are no UTF-8
    return RowPattern(left, row_rest, known) if whole else None


def _row_at(data: bytes, at: int, row: int, letters: list[bytes]) -> tuple[bytes, list[tuple[Any, ...]]] | None:
    """The rest of a row's start tag, and the parts of its cell in each column; None where it holds anything else."""
    start = _ROW_START.match(data, at)
    if start is None or start[1] != b"%d" % row:
        return None
    parts: list[tuple[Any, ...]] = [(None, None, None)] * len(letters)
    places = {name: place for place, name in enumerate(letters)}
    at, last = start.end(), -1
    while (cell := _CELL_AT.match(data, at)) is not None:
        place = places.get(cell[1], -1)
        if place <= last or cell[2] != start[1]:
            return None
        parts[place], last, at = cell.groups()[2:], place, cell.end()
    return (start[2], parts) if data.startswith(ROW_END, at) else None


def _far_down(data: bytes, first: int, last: int) -> tuple[int, int]:
    """Where some rows before the last whole one stand, and the number of the first of them."""
    end = data.rfind(ROW_END)
    tag = re.compile(rb'<row r="(\d{1,7})"').match(data, max(data.rfind(b"<row ", 0, max(end, 0)), 0))
    number = max(min(int(tag[1]), last) - SAMPLE_ROWS + 1, first) if tag else first
    at = data.find(b'<row r="%d"' % number)
    return (at, number) if at >= 0 else (0, first)


def cell_pattern(rest: bytes, formula: bytes | None, value: bytes | None) -> CellPattern:
    """A cell from its parts; one without a value is empty, or a formula that was not calculated."""
    text = None if formula is None else formula.decode("utf-8", "replace")
    if value is None:
        return CellPattern(rest, text, valued=formula is None)
    opens = value[: value.index(b">", 4 if value.startswith(b"<is>") else 0) + 1].decode()
    return CellPattern(rest, text, True, opens, "</v>" if opens == "<v>" else "</t></is>")
