"""Ranges of inputs parsed once and remembered by content.

Remembered by what is in the range, never by its address, its caller or the time, and bounded: a result is the same
with or without. Objects that are parsed already pass through.
"""

from __future__ import annotations

import marshal
from _thread import allocate_lock
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import terms
from ..cells import data_frames, date_system, scalars
from ..errors import BadInput, PassedError
from .funds import Funds
from .shares import Shares
from .unit_values import OutOfOrder, UnitValues, in_order

_PARSERS: dict[str, tuple[type, Callable[[list[list[Any]]], Any]]] = {
    "unit_values": (UnitValues, UnitValues.from_rows),
    "terms": (terms.Terms, terms.from_rows),
    "shares": (Shares, Shares.from_rows),
    "funds": (Funds, Funds.from_rows),
}
KINDS = frozenset(_PARSERS)
_LEAST = {"terms": 2, "shares": 3}  # columns that stay where they are blank: what they hold is missing, not they


class Memory:
    """The last parsed ranges by content, at most ``entries`` of at most ``size`` bytes each."""

    def __init__(self, entries: int = 48, size: int = 4_000_000) -> None:
        self.entries, self.size = entries, size
        self.parsed = 0  # how often a range was really parsed; tests count it
        self._known: OrderedDict[tuple[str, int, Any], Any] = OrderedDict()
        self._lock = allocate_lock()

    def clear(self) -> None:
        """Forget everything."""
        self._known.clear()
        self.parsed = 0

    def parse(self, kind: str, rows: list[list[Any]], parser: Callable[[list[list[Any]]], Any]) -> Any:
        """The parsed range, from memory where the same content was seen before."""
        key = (kind, date_system.shift(), _content(rows))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        result = parser(rows)
        with self._lock:
            self.parsed += 1
            if len(key[2]) <= self.size:
                self._known[key] = result
                while len(self._known) > self.entries:
                    self._known.popitem(last=False)
        return result


MEMORY = Memory()


_PLAIN = frozenset({float, int, str, bool, type(None)})


def _content(rows: list[list[Any]]) -> Any:
    try:
        return marshal.dumps(rows, 2)
    except ValueError:  # dates and error values
        told = [[cell if type(cell) in _PLAIN else (type(cell).__name__, str(cell)) for cell in row] for row in rows]
        return marshal.dumps(told, 2)


def parse(argument: str, kind: str, value: Any) -> Any:
    """A unit values, terms, shares or funds argument as its object."""
    made, parser = _PARSERS[kind]
    if isinstance(value, made):
        return value
    scalars.cell_error(argument, value)
    if kind == "terms" and isinstance(value, str):
        return terms.load(value)
    if not isinstance(value, list | tuple | dict | np.ndarray) and not data_frames.is_frame(value):
        what = scalars.short(value)
        raise BadInput(f"'{argument}' must be a range (got {what}); select the table with its headers.")
    table = scalars.rows(argument, value, _LEAST.get(kind, 0))
    if len(table) == 1 and len(table[0]) == 1:
        scalars.cell_error(argument, table[0][0])
        if kind == "terms" and isinstance(table[0][0], str):
            return terms.load(table[0][0])
    try:
        return MEMORY.parse(kind, table, parser)
    except PassedError as error:
        raise PassedError(argument, error.cell_error) from None


def unit_values_of_file(argument: str, rows: list[list[Any]]) -> UnitValues:
    """The unit values of a file, whose rows come in any order, as a database writes them; in cells disorder is refused."""
    try:
        found: UnitValues = parse(argument, "unit_values", rows)
    except OutOfOrder:
        found = parse(argument, "unit_values", in_order(rows))
    return found
