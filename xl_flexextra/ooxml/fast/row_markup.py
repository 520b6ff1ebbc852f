"""Markup that repeats from row to row with only the row's number changing, as a matrix of bytes.

Within rows whose numbers have equally many digits, ``<c r="B17" s="3"><v>`` is equally long in every row. So it is
laid out, or compared, for a whole block at once; joining it cell by cell from its pieces takes twice the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NUMBER = object()
"""Stands in a sequence of pieces for the number of the row."""

BLOCK_CELLS = 1 << 17  # cells that are built or read at once: some 5 MB of XML


def blocks(first: int, last: int, columns: int) -> Iterator[tuple[int, int]]:
    """Rows ``first`` to ``last`` in blocks (first, last) whose numbers have equally many digits."""
    most = max(BLOCK_CELLS // max(columns, 1), 1024)
    while first <= last:
        end = min(first + most - 1, last, 10 ** len(str(first)) - 1)
        yield first, end
        first = end + 1


class RowNumbers:
    """The numbers of consecutive rows of one block."""

    def __init__(self, first: int, last: int) -> None:
        self.count = last - first + 1
        self.width = len(str(last))
        digits = np.empty((self.count, self.width), np.uint8)
        left = np.arange(first, last + 1, dtype=np.int32)
        for place in range(self.width - 1, -1, -1):
            rest = left // 10
            digits[:, place] = left - rest * 10 + ord("0")
            left = rest
        self.digits: Any = digits.reshape(-1).view(f"V{self.width}")  # one item a row

    def matrix(self, pieces: Sequence[Any]) -> Any:
        """Each row's bytes of text pieces and NUMBERs."""
        width = self.width
        texts = [b"0" * width if piece is NUMBER else piece.encode() for piece in pieces]
        whole = b"".join(texts)
        rows = bytearray(whole) * self.count  # the quickest way to repeat it
        at = 0
        for piece, text in zip(pieces, texts, strict=True):
            if piece is NUMBER:
                place: Any = np.ndarray((self.count,), f"V{width}", rows, at, (len(whole),))
                place[:] = self.digits
            at += len(text)
        return np.frombuffer(rows, np.uint8).reshape(self.count, len(whole))

    def array(self, pieces: Sequence[Any]) -> Any:
        """The same as an array of strings, without another copy."""
        matrix = self.matrix(pieces)
        ends = np.arange(0, matrix.size + 1, matrix.shape[1], dtype=np.int32)
        return pa.StringArray.from_buffers(self.count, pa.py_buffer(ends), pa.py_buffer(matrix.reshape(-1)))

    def joined(self, pieces: Sequence[Any]) -> Any:
        """Texts, NUMBERs and arrays of strings joined row by row."""
        parts: list[Any] = []
        run: list[Any] = []
        for piece in [*pieces, None]:
            if isinstance(piece, str) or piece is NUMBER:
                run.append(piece)
                continue
            if run:
                numbered = any(one is NUMBER for one in run)
                parts.append(self.array(run) if numbered else "".join(run))
                run = []
            if piece is not None:
                parts.append(piece)
        return pc.binary_join_element_wise(*parts, "")


def raw(array: Any) -> memoryview:
    """The bytes of joined rows, one behind the other, without a copy."""
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int32)
    return memoryview(data)[int(ends[array.offset]) : int(ends[array.offset + len(array)])]
