"""What stands in the cells that a formula refers to, and where programs differ on it.

A cell that is referred to is not the value in it: a blank one counts as nothing in a sum and as 0 in a product. Where
Excel, Calc and IronCalc differ, or text would have to be read as a number or a date, :class:`Beyond` is raised.
"""

from __future__ import annotations

import decimal
import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import CellError
from .formula_tree import Beyond


class Cells(list[list[Any]]):
    """The rows of a reference."""

    @functools.cached_property
    def ascending(self) -> bool:
        """Whether they hold numbers only, each above the one before; asked by every cell that looks something up."""
        return self.all_numbers and all(before < after for before, after in pairwise(self.line))

    @functools.cached_property
    def all_numbers(self) -> bool:
        """Whether each is a number."""
        return all(map(is_number, self.line))

    @functools.cached_property
    def line(self) -> list[Any]:
        """All of them behind each other, by rows."""
        return [cell for row in self for cell in row]

    @functools.cached_property
    def inputs(self) -> dict[str, Any]:
        """What they are as a table of inputs, by its kind; many figures need the same."""
        return {}

    @functools.cached_property
    def errors(self) -> frozenset[CellError]:
        """The errors among them."""
        return frozenset(cell for row in self for cell in row if isinstance(cell, CellError))


@dataclass(frozen=True, eq=False)
class Column:
    """A long column of a table as it is stored, for functions that go through values one by one."""

    values: Any  # a pyarrow array, or a list

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self.values), 1 << 16):
            piece = self.values[start : start + (1 << 16)]
            yield from piece if isinstance(piece, list) else piece.to_pylist()

    def __len__(self) -> int:
        return len(self.values)

    @functools.cached_property
    def numbers(self) -> np.ndarray | None:
        """As numbers, blank ones as NaN; None where it may hold anything else."""
        import pyarrow

        values = self.values
        if not isinstance(values, pyarrow.Array | pyarrow.ChunkedArray):
            return None
        if not (pyarrow.types.is_floating(values.type) or pyarrow.types.is_integer(values.type)):
            return None
        return np.asarray(values.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)

    @functools.cached_property
    def rows(self) -> Cells:
        """The same as rows of one cell."""
        return Cells([float(v) if type(v) is int else v] for v in self)

    @property
    def last(self) -> int | None:
        """The place of the last value that is not blank."""
        import pyarrow.compute as pc

        filled = pc.indices_nonzero(pc.is_valid(self.values))
        return filled[-1].as_py() if len(filled) else None


def single(value: Any) -> Any:
    """One value; a range of one cell is its value, a larger one is beyond us."""
    if isinstance(value, list):
        if len(value) == 1 and len(value[0]) == 1:
            return value[0][0]
        raise Beyond("an operator on a range")
    if isinstance(value, Column):
        raise Beyond("an operator on a range")
    return value


def is_text(value: Any) -> bool:
    """Whether a value is text, and no error."""
    return isinstance(value, str) and not isinstance(value, CellError)


def is_number(value: Any) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


SNAPPED = 2.0**-48
"""Numbers of a smaller relative difference are the same for Calc."""


def near(a: float, b: float) -> bool:
    """Whether two numbers are the same but for the noise of binary fractions."""
    if a == b:
        return True
    gap, size = abs(a - b), min(abs(a), abs(b))
    if gap > 1e-13 * size:
        return False
    if gap < SNAPPED / 2 * size and not (a.is_integer() and b.is_integer()) and f"{a:.15g}" == f"{b:.15g}":
        return True
    raise Beyond("numbers that differ in their last digits")


def same(a: Any, b: Any) -> bool:
    """Whether two values are equal, as '=' and a search for one have it; capitals do not count."""
    if is_number(a) and is_number(b):
        return near(float(a), float(b))
    if isinstance(a, bool) or isinstance(b, bool):
        if isinstance(a, bool) and isinstance(b, bool):
            return a == b
        raise Beyond("a truth value against another")  # 1 for Calc, and no number for Excel
    return is_text(a) and is_text(b) and same_text(a, b)


def same_text(a: str, b: str) -> bool:
    """Whether two texts are equal but for capitals."""
    if a == b:
        return True
    if a.isascii() and b.isascii():
        return a.lower() == b.lower()
    if len(a) == len(b) and a.lower() == b.lower() and a.upper() == b.upper() and len(a.upper()) == len(a):
        return True
    if _letters(a) != _letters(b):
        return False
    raise Beyond("texts that differ in signs that may count as the same")


def _letters(text: str) -> str:
    """A text without capitals, accents and widths."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


_FIFTEEN = decimal.Context(prec=15, rounding=decimal.ROUND_HALF_UP)


def as_text(value: Any) -> str:
    """A value as '&' joins it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Beyond("a truth value as text")
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = f"{value:.15g}"
        if "e" in text:
            raise Beyond("the text of a very large or small number")
        if decimal.Decimal(text) != _FIFTEEN.create_decimal(repr(value)):
            raise Beyond("a number whose last digit programs round otherwise")  # half way in decimals, not in binary
        return text
    return str(value)
