"""Rows of a large body that differ in height, in styles or in cells that are left out, read all at once.

All rows of a block are read at once, from column to column: a place in each row moves on where what stands there is
compared byte for byte with what a cell may look like. What cells look like is found out on the way. A row in which the
last place is not its end is odd: it is put into order by itself, or the block is left to the general way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from ...errors import Refused
from ..refs import column_letters
from ..sheet import markup, parse_rows
from ..xml_bytes import check
from .row_markup import NUMBER, RowNumbers
from .row_pattern import CELL, INLINE, REST, ROW_END, CellPattern, RowBlock, RowPattern, cell_pattern, column_of
from .texts_by_row import LEFT_OUT, TextsByRow

ODD_MOST = 5_000  # rows of a body that may be odd; with more of them the general way is as good
LOOKS_MOST = 64  # of the cells of a column in a block
_PAD = 1 << 15  # bytes behind a block, so that what is looked at may reach beyond it


@dataclass(frozen=True, slots=True)
class _Look:
    """How some cells of a column look: all that stands between address and value, and behind the value. Or rows' tags."""

    text: bytes  # the style; the rest of a tag
    opens: bytes
    closes: bytes = b""  # blank where there is no value


@dataclass(slots=True)
class _ScannedColumn:
    """Where the values of a column stand, and which of the styles each row has; of the rows' tags which rest."""

    begins: Any
    ends: Any
    codes: Any
    texts: list[bytes] = field(default_factory=lambda: [LEFT_OUT])
    kind: Any = None  # of the values that there are

    def code(self, text: bytes) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)


def read(pattern: RowPattern, block: bytes, first: int, last: int) -> RowBlock | None:
    """A block of rows; None where more than their styles and blanks tells them apart."""
    scan = _Scan(pattern, block, first, last)
    kept: list[bytes] = []
    if scan.whole and len(scan.odd):
        ordered = scan.ordered()
        if ordered is None:
            return None
        block, kept = ordered
        scan = _Scan(pattern, block, first, last)
    if not scan.whole or len(scan.odd):
        return None
    values = [scan.values(column) for column in scan.columns]
    if any(value is None for value in values):
        return None
    rests, *styles = [TextsByRow(column.texts, column.codes) for column in (scan.tags, *scan.columns)]
    return RowBlock(values, styles, rests, kept)


class _Scan:
    """The rows of a block: the places of their values, and which rows are odd."""

    def __init__(self, pattern: RowPattern, block: bytes, first: int, last: int) -> None:
        self.pattern, self.block, self.first = pattern, block, first
        self.columns: list[_ScannedColumn] = []
        self._padded = block + bytes(_PAD)
        self._numbers = RowNumbers(first, last)
        tags = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("<"))
        closing = np.flatnonzero(self._same(tags, ROW_END))
        self._ends = tags[closing] + len(ROW_END)
        self.whole = len(closing) == last - first + 1 and int(self._ends[-1]) == len(block)
        if self.whole:
            self._starts = np.concatenate([[0], self._ends[:-1]])
            self._tags = np.concatenate([tags, np.full(8, len(block))])
            self._tag = np.concatenate([[0], closing[:-1] + 1])  # of each row: the next of the tags
            self._at = self._starts.copy()  # and where it stands
            self.odd = self._rows()

    def _rows(self) -> Any:
        """Read all columns; the rows that are odd."""
        there, width = self._numbered(['<row r="', NUMBER, '"'])
        self.tags = self._column(self._tag_look, np.flatnonzero(there), width)
        fits = self._at > self._starts
        for place, cell in enumerate(self.pattern.cells):
            there, width = self._numbered([f'<c r="{column_letters(self.pattern.left + place)}', NUMBER, '"'])
            if cell.formula is not None:
                fits &= there
            self.columns.append(self._column(partial(self._look, cell), np.flatnonzero(there), width))
        fits &= self._same(self._at, ROW_END)
        return np.flatnonzero(~fits | (self._at + len(ROW_END) != self._ends))

    def _column(self, look_at: Callable[[int, _ScannedColumn], _Look | None], rows: Any, width: int) -> _ScannedColumn:
        """The cells of a column in the rows where there are any; the places move behind them."""
        column = _ScannedColumn(self._at.copy(), self._at.copy(), np.zeros(len(self._at), np.int32))
        places = self._at[rows] + width
        for _ in range(LOOKS_MOST):
            if not len(rows):
                break
            look = look_at(int(places[0]), column)
            if look is None:
                rows, places = rows[1:], places[1:]
                continue
            same = self._same(places, look.opens)
            self._move(column, look, rows[same], places[same] + len(look.opens))
            rows, places = rows[~same], places[~same]
        return column

    def _tag_look(self, at: int, _column: _ScannedColumn) -> _Look | None:
        """How the tag of a row goes on."""
        match = REST.match(self.block, at)
        return _Look(match[1], match[0]) if match is not None and _is_rest(match[1]) else None

    def _look(self, cell: CellPattern, at: int, column: _ScannedColumn) -> _Look | None:
        """How the cell at a place looks, if its column may hold it."""
        match = CELL.match(self.block, at)
        if match is None:
            return None
        found, opens, closes = cell_pattern(*match.groups()), match[0], b""
        kind = None
        if match[3] is not None:
            opens, closes = opens[: match.start(3) - at] + found.opens.encode(), found.closes.encode() + b"</c>"
            kind = found.kind
        if not found.sound or found.formula != cell.formula or len(opens) > _PAD:
            return None
        if kind is not None and column.kind not in (None, kind):
            return None
        column.kind = column.kind or kind
        return _Look(found.style, opens, closes)

    def _move(self, column: _ScannedColumn, look: _Look, rows: Any, begins: Any) -> None:
        """Move the places of some rows behind their cells, which look so as far as their values begin."""
        tags = 1 + look.opens.count(b"<")
        ends = begins
        if look.closes:
            ends = self._tags[self._tag[rows] + tags]
            sound = self._same(ends, look.closes)
            rows, begins, ends = rows[sound], begins[sound], ends[sound]
        column.begins[rows], column.ends[rows] = begins, ends
        column.codes[rows] = column.code(look.text)
        self._at[rows] = ends + len(look.closes)
        self._tag[rows] += tags + look.closes.count(b"<")

    def values(self, column: _ScannedColumn) -> Any:
        """The values of a column; None where they are no such values."""
        if column.kind is None:
            return pa.nulls(len(column.begins))
        texts = self._windows(INLINE)[column.begins].view(np.uint8).reshape(-1, INLINE)
        return column_of(self.block, column.begins, column.ends, texts, column.kind)

    def ordered(self) -> tuple[bytes, list[bytes]] | None:
        """The block with its odd rows as the others are, and the odd rows as they stand; None where one cannot be so."""
        if len(self.odd) > ODD_MOST:
            return None
        marks = markup(b"")
        pieces, kept = [], []
        behind = 0
        for place in self.odd.tolist():
            number, start, end = self.first + place, int(self._starts[place]), int(self._ends[place])
            try:
                rows = parse_rows(self.block[start:end], marks, "", number - 1)
            except Refused:
                return None
            if [row.number for row in rows] != [number] or rows[0].tail:
                return None
            row, tag = rows[0], b'<row r="%d"' % number
            usual = row.tag.startswith(tag) and REST.fullmatch(row.tag[len(tag) :] + b">") is not None
            if not usual and b"customFormat" in row.tag:
                return None  # the style of its cells that are left out would be lost
            own = [cell for cell in row.cells if 0 <= cell.column - self.pattern.left < len(self.pattern.cells)]
            pieces += [self.block[behind:start], row.tag if usual else tag, b">"]
            pieces += [*(cell.render(marks) for cell in own), ROW_END]
            behind = end
            if len(own) < len(row.cells) or not usual:
                kept.append(row.render(marks))
        return b"".join([*pieces, self.block[behind:]]), kept

    def _windows(self, width: int) -> Any:
        """All stretches of so many bytes, by where they begin."""
        return np.ndarray((len(self._padded) - width + 1,), f"V{width}", self._padded, 0, (1,))

    def _same(self, places: Any, expected: bytes) -> Any:
        """At which places these bytes stand."""
        return self._windows(len(expected))[places] == np.void(expected)

    def _numbered(self, pieces: list[Any]) -> tuple[Any, int]:
        """In which rows the next thing are some pieces with the row's number, and how long they are."""
        expected = self._numbers.matrix(pieces)
        width = expected.shape[1]
        return self._windows(width)[self._at] == expected.reshape(-1).view(f"V{width}"), width


def _is_rest(rest: bytes) -> bool:
    """Whether attributes are sound XML."""
    try:
        check("", b'<row r="1"%s/>' % rest)
    except Refused:
        return False
    return True
