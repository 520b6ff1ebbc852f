"""A column of a database as it comes, batch by batch: kept as Arrow arrays, never as a million Python objects."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import gc
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from ..errors import BadInput
from .arrays import to_array

ROWS = 2_000  # of a batch: PostgreSQL gives 300,000 rows in 0.34 s so, in 0.37 s by 500 or by 20,000
_KEPT = ({bool}, {int}, {float}, {str}, {datetime.date}, {datetime.datetime})  # Arrow gives them back as they were
_WHOLE_AS_WRITTEN = 10**15  # below it a float without a fraction becomes the text that a whole number does


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """While rows are taken, Python does not look for circles of objects: a third of the time, and rows have none."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


class Column:
    """The values of a column; its kind is that of all of them, as if they had come at once."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._pieces: list[Any] = []  # Arrow arrays; lists where a batch is of several kinds, or of others

    def add(self, values: Sequence[Any]) -> None:
        """The values of the next rows."""
        self._pieces.append(_piece(_plain(values)))

    def array(self) -> Any:
        """All of them as one Arrow array.

        Raises:
            BadInput: they are binary or nested.
        """
        arrays = [piece for piece in self._pieces if not isinstance(piece, list)]
        kinds = {array.type for array in arrays} - {pa.null()}
        if kinds == {pa.int64(), pa.float64()}:
            kinds = {pa.float64()}
        if len(arrays) < len(self._pieces) or len(kinds) > 1:
            return whole([value for piece in self._pieces for value in _listed(piece)], self._name)
        kind = kinds.pop() if kinds else pa.null()
        return pa.chunked_array([array.cast(kind, safe=False) for array in arrays], kind).combine_chunks()


def whole(values: list[Any], name: str = "") -> Any:
    """A column whose values are all there: as PyArrow takes it, else by cells."""
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return to_array(values)
    if pa.types.is_binary(array.type) or pa.types.is_nested(array.type):
        raise BadInput(
            f"The column{name and f' {name!r}'} of the database holds binary or nested values, which a cell cannot; "
            "leave it out of the query, or turn it into text or numbers there."
        )
    return array


def _plain(values: Sequence[Any]) -> Sequence[Any]:
    """Decimals as numbers; times with a zone as the day it is there, as the database gives it."""
    kinds = set(map(type, values))
    if decimal.Decimal in kinds:
        values = [float(v) if isinstance(v, decimal.Decimal) else v for v in values]
    if datetime.datetime in kinds:
        values = [v.replace(tzinfo=None) if isinstance(v, datetime.datetime) else v for v in values]
    return values


def _piece(values: Sequence[Any]) -> Any:
    """A batch as an Arrow array, if whatever comes later can be decided from that as well as from the values."""
    kinds = set(map(type, values)) - {type(None)}
    numbers = kinds == {int, float} and all(abs(v) < _WHOLE_AS_WRITTEN for v in values if type(v) is int)
    if not kinds or kinds in _KEPT or numbers:
        try:
            return pa.array(values)
        except OverflowError:  # a whole number of more than 64 bits
            pass
    return list(values)


def _listed(piece: Any) -> list[Any]:
    return piece if isinstance(piece, list) else piece.to_pylist()
