"""Ranges given where one value is declared: the function is evaluated cell by cell.

The ranges of one call keep their common size: none is cut shorter than another, and none is spread over the others'
rows because all but one of its cells are blank. A blank of a required argument is an error in its own place; a blank of
an optional one counts as left out there. Only an end that is blank in every range of that height falls away, so that
whole columns stay usable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import FlexExtraError, MissingData
from . import data_frames, scalars
from .argument import Argument
from .scalars import is_blank

WHOLE = (1_048_576, 16_384)  # rows and columns of a worksheet


def is_range(value: Any) -> bool:
    """Whether an argument is a range, a list, an array or a column of a data frame rather than one value."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, list | tuple) or data_frames.is_column(value) or data_frames.is_frame(value)


class _GivenRange:
    """A range as given: its cells, its size, and up to where it is filled. Arrays of Python code are kept whole."""

    __slots__ = ("filled", "is_array", "shape", "table")

    def __init__(self, value: Any) -> None:
        if data_frames.is_frame(value):
            value = data_frames.rows(value)[1:]
        elif not isinstance(value, list | tuple | np.ndarray):
            kept = data_frames.cells(value)
            value = np.empty(len(kept), dtype=object)
            value[:] = kept
        self.is_array = isinstance(value, np.ndarray)
        if isinstance(value, np.ndarray):
            value = scalars.as_cells_have_it(value)
        table: Sequence[Any] = value.tolist() if isinstance(value, np.ndarray) and value.ndim < 3 else value
        if not all(isinstance(row, list) for row in table):
            table = [list(row) if isinstance(row, list | tuple | np.ndarray) else [row] for row in table]
        self.table: Sequence[list[Any]] = table
        self.shape = len(table), max(map(len, table), default=0)
        rows, columns = self.shape[0], 0
        while rows and all(map(is_blank, table[rows - 1])):
            rows -= 1
        for row in table[:rows]:
            for place in range(len(row) - 1, columns - 1, -1):
                if not is_blank(row[place]):
                    columns = place + 1
                    break
        self.filled = rows, columns


def convert(given: Sequence[tuple[Argument, Any]], fills_a_table: bool) -> list[Any]:
    """The ranges of one call as arrays of converted cells, each error kept in its place; one value where one is left.

    ``fills_a_table``: the function gives a table already, so that blanks behind one value mean nothing.
    """
    ranges = [_GivenRange(value) for _, value in given]
    left_out = [argument.optional and not r.filled[0] for (argument, _), r in zip(given, ranges, strict=True)]
    used = [(argument, r) for (argument, _), r, out in zip(given, ranges, left_out, strict=True) if not out]
    ends = [_common_end(used, axis, fills_a_table) for axis in (0, 1)]
    return [
        argument.default if out else _cells(argument, r, ends)
        for (argument, _), r, out in zip(given, ranges, left_out, strict=True)
    ]


def _common_end(used: Sequence[tuple[Argument, _GivenRange]], axis: int, fills_a_table: bool) -> int | None:
    """Where all ranges of more than one row (column) may end; None where they keep the size they have."""
    long = [(argument, r) for argument, r in used if r.shape[axis] > 1]
    if not long or any(r.is_array for _, r in long):
        return None
    if not fills_a_table and all(argument.optional and r.shape[axis] < WHOLE[axis] for argument, r in long):
        return None  # a blank of an optional argument is a row to work out, with that argument left out
    end = max(r.filled[axis] for _, r in long)
    return max(end, 1) if end <= min(r.shape[axis] for _, r in long) else None


def _cells(argument: Argument, given: _GivenRange, ends: Sequence[int | None]) -> Any:
    """The cells of one range up to the common ends, converted."""
    height, width = (size if size == 1 or end is None else end for size, end in zip(given.shape, ends, strict=True))
    grid = np.empty((max(height, 1), max(width, 1)), dtype=object)
    convert_one: Callable[[str, Any], Any] = scalars.SCALAR[argument.kind]
    for r in range(grid.shape[0]):
        row = given.table[r] if r < len(given.table) else []
        for c in range(grid.shape[1]):
            cell = row[c] if c < len(row) else None
            try:
                if not is_blank(cell):
                    grid[r, c] = convert_one(argument.name, cell)
                elif argument.optional:
                    grid[r, c] = argument.default
                else:
                    grid[r, c] = MissingData(f"'{argument.name}' is blank; fill in the cell it comes from.")
            except FlexExtraError as error:
                grid[r, c] = error
    if grid.size > 1:
        return grid
    if isinstance(grid[0, 0], FlexExtraError):
        raise grid[0, 0]
    return grid[0, 0]
