"""The types of the public signatures: what a function takes for one value, a range or a table, and what a cell holds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Cell", "Column", "Day", "Flag", "Frame", "Number", "Range", "Table", "Text"]


class Column(Protocol):
    """A column of a data frame, such as a pandas or polars Series or an Arrow array."""

    def to_numpy(self) -> NDArray[np.generic]:
        """Its values."""

    def __len__(self) -> int:
        """How many there are."""


class Frame(Protocol):
    """A data frame of pandas or polars, or an Arrow table: its columns' names are the header of the table."""

    @property
    def columns(self) -> Iterable[object]:
        """Its columns, or their names."""


Cell: TypeAlias = float | str | bool | datetime.date | None
"""What a cell holds: a number, text (also a :class:`~xl_flexextra.errors.CellError`), a flag, a date, or nothing."""

Number: TypeAlias = float | int | Decimal | np.integer | np.floating | str
"""One number; as text too, with a percent sign or not."""

Text: TypeAlias = str | int
"""One text; a whole number counts as its digits."""

Day: TypeAlias = datetime.date | np.datetime64 | str | float
"""One date: a date, a text such as 2008-07-31, or a serial number."""

Flag: TypeAlias = bool | np.bool_ | int | str
"""True or false, 1 or 0, or the words."""

Range: TypeAlias = Sequence[object] | NDArray[np.generic] | Column
"""Several values in a row, a column or a grid: what a function takes in place of one value, and calculates one by one."""

Table: TypeAlias = Sequence[Sequence[object]] | Mapping[str, object] | NDArray[np.generic] | Frame
"""A table in rows, with its header where there is one; a mapping is two columns."""

Array: TypeAlias = NDArray[np.float64] | NDArray[np.object_]
"""Results for a range: numbers, or objects where text or dates are among them."""
