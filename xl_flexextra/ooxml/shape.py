"""What is the same in every row of a large body, and the values of its rows by columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import Refused
from .refs import column_letters
from .sheet import Cell as SheetCell
from .sheet import markup, parse_rows
from .xmlbytes import check, plain_text, unescape

SAMPLE_ROWS = 50  # rows that may be looked at for the type of a column whose first cells are empty
LEAF_ROWS = 256  # so many rows are read cell by cell where one of them is odd
ODD_MOST = 5_000  # rows of a body that may be odd; with more of them the general way is as good
ROW_END = b"</row>"
INLINE = 12  # bytes of a text that a string view holds itself


@dataclass(frozen=True, slots=True)
class Cell:
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
    def typed(self) -> bool:
        return b" t=" in self.rest

    @property
    def sound(self) -> bool:
        """Whether its type and the place of its value agree."""
        return self.rest.count(b" t=") < 2 and (self.opens != "<v>") == (b't="inlineStr"' in self.rest)

    @property
    def kind(self) -> Any:
        """The type of its values: texts, places of shared strings, or numbers."""
        import pyarrow as pa

        return pa.string() if self.texts else pa.int32() if b't="s"' in self.rest else pa.float64()


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: the pieces of each column, and the rows that are odd as they stand."""

    columns: list[list[Any]]
    odd: list[bytes]


@dataclass(frozen=True)
class Shape:
    """What is the same in every row."""

    left: int
    row_rest: bytes
    cells: list[Cell]

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

        from .numbered import Numbers

        data, places = _places(block, self.mark)
        width, count = sum(self.marks), last - first + 1
        if len(places) != count * width and b'"/>' in block:
            block = self._filled(block)
            data, places = _places(block, self.mark)
        if len(places) != count * width:
            return None
        places = places.reshape(count, width)
        numbers = Numbers(first, last)
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
            column = _column(block, begins, ends, texts, cell.kind)
            if column is None:
                return None
            found.append(column)
            starts = ends
        if _behind(data, starts, numbers.matrix(self.runs[-1]), 0) is None:
            return None
        values = iter(found)
        return [next(values) if cell.valued else pa.nulls(count, pa.float64()) for cell in self.cells]

    def read(self, block: bytes, first: int, last: int) -> Block | None:
        """A block of rows; where some are odd, they are found by halves."""
        columns = self.values(block, first, last)
        if columns is not None:
            return Block([[column] for column in columns], [])
        if last - first < LEAF_ROWS:
            return self._leaf(block, first, last)
        middle = (first + last + 1) // 2
        cut = block.find(b'<row r="%d"' % middle)
        upper = self.read(block[:cut], first, middle - 1) if cut > 0 else None
        lower = self.read(block[cut:], middle, last) if upper is not None else None
        if upper is None or lower is None or len(upper.odd) + len(lower.odd) > ODD_MOST:
            return None
        return Block([a + b for a, b in zip(upper.columns, lower.columns, strict=True)], upper.odd + lower.odd)

    def _leaf(self, block: bytes, first: int, last: int) -> Block | None:
        """A few rows, cell by cell: what is odd is set aside, and the rest has to be plain."""
        marks = markup(b"")
        try:
            rows = parse_rows(block, marks, "", first - 1)
        except Refused:
            return None
        if [row.number for row in rows] != list(range(first, last + 1)):
            return None
        plain, odd = [], []
        for row in rows:
            tag = b'<row r="%d"%s' % (row.number, self.row_rest)
            own = {cell.column - self.left: cell for cell in row.cells}
            plain.append(tag + b">" + b"".join(self._own(own.pop(i, None), i, row.number) for i in range(len(self.cells))))
            if row.tail:
                return None
            if own or row.tag != tag:
                odd.append(row.render(marks))
        columns = self.values(ROW_END.join([*plain, b""]), first, last)
        return None if columns is None else Block([[column] for column in columns], odd)

    def _own(self, cell: SheetCell | None, place: int, row: int) -> bytes:
        """A cell of the table; a missing one, which has no style, as an empty one without style."""
        if cell is not None:
            return cell.render(markup(b""))
        return f'<c r="{column_letters(self.left + place)}{row}"/>'.encode()

    def _filled(self, block: bytes) -> bytes:
        """Empty cells, which have no type and no value, written as those with one."""
        for place, cell in enumerate(self.cells):
            if cell.typed:
                letters, untyped = column_letters(self.left + place).encode(), re.sub(rb' t="\w+"', b"", cell.rest)
                empty = rb'(<c r="%s\d+")%s/>' % (letters, re.escape(untyped))
                full = cell.rest + f">{cell.opens}{cell.closes}</c>".encode()
                block = re.sub(empty, rb"\1" + full, block)
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


def _places(block: bytes, mark: str) -> tuple[Any, Any]:
    """A block as an array, and where a mark stands in it."""
    import numpy as np

    data = np.frombuffer(block, np.uint8)
    return data, np.flatnonzero(data == ord(mark))


def _column(block: bytes, begins: Any, ends: Any, texts: Any, kind: Any) -> Any:
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


def shape_of(data: bytes, first: int, last: int, left: int, right: int) -> Shape | None:
    """What the rows look like: the rest of their start tags and of their cells' start tags, and the formulas.

    Notes stand beside the first rows, if anywhere; so some rows far down in what is known of the sheet are looked at.
    """
    row_rest = b""
    cells: list[Cell | None] = [None] * (right - left + 1)
    empty: dict[int, Cell] = {}  # what is known of the columns that are blank in all of these rows
    letters = [column_letters(column).encode() for column in range(left, right + 1)]
    at, number = _far_down(data, first, last)
    for row in range(number, number + SAMPLE_ROWS):
        pattern = rb'<row r="%d"([^<>"/]*(?:"[^<>"/]*"[^<>"/]*)*)>' % row
        pattern += b"".join(rb'<c r="%s%d"%s(?:/>|>%s)' % (name, row, _TYPES, _INSIDE) for name in letters) + ROW_END
        match = re.compile(pattern).match(data, at)
        if match is not None:
            row_rest = match[1]
            for place, parts in enumerate(zip(*[iter(match.groups()[1:])] * 3, strict=True)):
                if parts[1] is None and parts[2] is None:
                    empty.setdefault(place, Cell(parts[0]))
                elif cells[place] is None:
                    cells[place] = _cell(*parts)
            if None not in cells:
                break
        at = data.find(b'<row r="%d"' % (row + 1), at)
        if at < 0:
            break
    for place, name in enumerate(letters):
        if cells[place] is None and place in empty:
            filled = re.search(rb'<c r="%s\d+"%s>%s' % (name, _TYPES, _INSIDE), data)
            cells[place] = _cell(*filled.groups()) if filled else empty[place]
    known = [cell for cell in cells if cell is not None and cell.sound]
    return Shape(left, row_rest, known) if len(known) == len(cells) else None


def _far_down(data: bytes, first: int, last: int) -> tuple[int, int]:
    """Where some rows before the last whole one stand, and the number of the first of them."""
    end = data.rfind(ROW_END)
    tag = re.compile(rb'<row r="(\d{1,7})"').match(data, max(data.rfind(b"<row ", 0, max(end, 0)), 0))
    number = max(min(int(tag[1]), last) - SAMPLE_ROWS + 1, first) if tag else first
    at = data.find(b'<row r="%d"' % number)
    return (at, number) if at >= 0 else (0, first)


def _cell(rest: bytes, formula: bytes | None, value: bytes | None) -> Cell:
    """A cell from its parts; one without a value is empty, or a formula that was not calculated."""
    text = None if formula is None else formula.decode("utf-8", "replace")
    if value is None:
        return Cell(rest, text, valued=formula is None)
    opens = value[: value.index(b">", 4 if value.startswith(b"<is>") else 0) + 1].decode()
    return Cell(rest, text, True, opens, "</v>" if opens == "<v>" else "</t></is>")
