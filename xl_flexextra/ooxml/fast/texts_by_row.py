"""A few texts, such as styles, and which of them each row has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

LEFT_OUT = b"?"  # in place of the style of a cell that is not there


@dataclass(frozen=True, slots=True)
class TextsByRow:
    """One of a few texts for each row, such as the number of a cell's style, blank where it has none."""

    names: list[bytes]
    codes: Any  # for each row the place of its text in the names

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> TextsByRow:
        """The texts of some rows."""
        places: dict[bytes, int] = {}
        codes = np.fromiter((places.setdefault(text, len(places)) for text in texts), np.int32)
        return cls(list(places), codes)

    @classmethod
    def same(cls, text: bytes, count: int) -> TextsByRow:
        """One text for all rows, which takes no memory for each."""
        return cls([text], np.broadcast_to(np.int32(0), count))

    @classmethod
    def joined(cls, parts: Sequence[TextsByRow]) -> TextsByRow:
        """The texts of rows that follow each other."""
        places: dict[bytes, int] = {}
        own = [[places.setdefault(name, len(places)) for name in part.names] for part in parts]
        if len(places) == 1:
            return cls.same(next(iter(places)), sum(map(len, parts)))
        return cls(list(places), np.concatenate([np.array(o, np.int32)[p.codes] for o, p in zip(own, parts, strict=True)]))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> bytes:
        return self.names[self.codes[row]]

    def changed(self, change: Callable[[bytes], bytes]) -> TextsByRow:
        """The same rows with other texts."""
        return TextsByRow([change(name) for name in self.names], self.codes)

    def filled(self, by_row: TextsByRow, usual: bytes) -> TextsByRow:
        """The same rows with a text for what is left out: that of the row, else the usual one, else, where these are
        blank, the last one above; before the first one that is there, that one."""
        if LEFT_OUT not in self.names:
            return self
        places = {name: place for place, name in enumerate(dict.fromkeys([b"", *self.names, *by_row.names, usual]))}
        own = np.array([places[name] for name in self.names], np.int32)[self.codes]
        rows = np.array([places[name] for name in by_row.names], np.int32)[by_row.codes]
        out = own == places[LEFT_OUT]
        codes = np.where(out, np.where(rows > 0, rows, places[usual]), own)
        known = ~out | (codes > 0)
        above = np.maximum.accumulate(np.where(known, np.arange(len(codes)), -1))
        first = own[~out][:1] if not out.all() else np.zeros(1, np.int32)
        return TextsByRow(list(places), np.where(above >= 0, codes[above], first))

    def texts(self, start: int, count: int) -> Any:
        """The texts from a row on: one for all, or an array; rows beyond the last are as that one."""
        last = self.codes[-1]
        codes = self.codes[start : start + count]
        if (codes == last).all():
            return self.names[last].decode()
        codes = np.concatenate([codes, np.full(count - len(codes), last, codes.dtype)])
        return pa.array([name.decode() for name in self.names], pa.string()).take(pa.array(codes))
