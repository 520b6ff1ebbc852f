"""Values as COM carries them, and as the registry's functions take and give them.

A number is a float; a whole number is the code of a cell error, because ``Value2`` gives every number as a double and
errors as their code; an empty cell is None; what was omitted is the code of a missing argument.
"""

from __future__ import annotations

import datetime
import decimal
import marshal
from collections import OrderedDict
from typing import Any

from ...cells.scalars import OMITTED
from ...errors import CELL_ERRORS, DIV0, NA, NAME, NULL, NUM, REF, VALUE, CellError

_BASE = -2146828288  # 0x800A0000; the code of a cell error is this plus Excel's number of it
MISSING = frozenset({-2147352572, _BASE + 448})
"""An optional argument that was not given: DISP_E_PARAMNOTFOUND, and the mark that our glue puts in its place."""

_NUMBERS = {NULL: 2000, DIV0: 2007, VALUE: 2015, REF: 2023, NAME: 2029, NUM: 2036, NA: 2042}
_CODES = {str(error): _BASE + number for error, number in _NUMBERS.items()}
_ERRORS = {code: CELL_ERRORS[text] for text, code in _CODES.items()}
_OTHER_ERRORS = range(_BASE + 2000, _BASE + 2100)  # #SPILL!, #CALC! and whatever else Excel has
_PLAIN = (float, str, type(None), bool)


class Ranges:
    """The last ranges by content: a range that comes again is not looked through again."""

    def __init__(self, entries: int = 64, size: int = 4_000_000) -> None:
        self.entries, self.size = entries, size
        self.read = 0  # how often a range was really looked through; tests count it
        self._known: OrderedDict[bytes, list[list[Any]]] = OrderedDict()

    def clear(self) -> None:
        """Forget everything."""
        self._known.clear()
        self.read = 0

    def rows(self, value: tuple[Any, ...]) -> list[list[Any]]:
        """Rows of cells; a flat sequence is one row, as an array constant of one row comes."""
        try:
            key = marshal.dumps(value, 2)
        except ValueError:  # dates and currency, which only other callers of the wrappers send
            return self._look(value)
        known = self._known.get(key)
        if known is None:
            known = self._look(value)
            if len(key) <= self.size:
                self._known[key] = known
                while len(self._known) > self.entries:
                    self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known

    def _look(self, value: tuple[Any, ...]) -> list[list[Any]]:
        self.read += 1
        table = value if value and isinstance(value[0], list | tuple) else (value,)
        return [[item if type(item) in _PLAIN else cell(item) for item in row] for row in table]


RANGES = Ranges()


def cell(value: Any) -> Any:
    """One value of COM as a cell's value."""
    if isinstance(value, bool) or value is None or isinstance(value, float | str):
        return value
    if isinstance(value, int):
        if value in _ERRORS:
            return _ERRORS[value]
        return VALUE if value in _OTHER_ERRORS else float(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)  # pywin32 marks every time as UTC; the cell knows no zone
    return value


def from_com(value: Any) -> Any:
    """An argument as :func:`xl_flexextra.functions.registry.evaluate` takes it."""
    if isinstance(value, tuple | list):
        return RANGES.rows(tuple(value))
    if type(value) is int and value in MISSING:
        return OMITTED
    return cell(value)


def _out(value: Any) -> Any:
    return _CODES[value] if isinstance(value, CellError) else value


def to_com(result: Any) -> list[list[Any]]:
    """A result as rows of float, text and error codes: nothing else crosses the border.

    Lists, never tuples: pywin32 reads a tuple as a result and the values of arguments by reference, and hands on its
    first item only.
    """
    if isinstance(result, list):
        return [[_out(item) for item in row] for row in result]
    return [[_out(result)]]
