"""Versions of values as columns: days, funds and numbers of millions of values, compared without a Python step for each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import BadInput
from ..inputs.fund_names import key, names_before, tidy

Row = tuple[datetime.date, str, float | None]
_AT_ONCE = 50_000  # rows that a database hands over
_DAYS = 1 << 22  # more than a calendar has days


def ordered(*keys: np.ndarray) -> np.ndarray:
    """The order of some whole numbers, by the last of them first, as ``np.lexsort`` has it; many times quicker where they
    lie within 65,536, as days and funds do."""
    order: np.ndarray | None = None
    for one in keys:
        if order is None and not (one[1:] < one[:-1]).any():
            continue  # in order already, as days mostly are
        some = one if order is None else one[order]
        if len(some):
            some = some - some.min()
            some = some.astype(np.uint16) if some.max() < 1 << 16 else some
        step = np.argsort(some, kind="stable")
        order = step if order is None else order[step]
    return np.arange(len(keys[0]) if keys else 0) if order is None else order


class Values(NamedTuple):
    """Values by day and fund: days as ``datetime64[D]``, the place of each fund among ``names``, NaN for a blank."""

    days: np.ndarray
    funds: np.ndarray
    numbers: np.ndarray
    names: list[str]

    @property
    def places(self) -> np.ndarray:
        """Day and fund as one number each."""
        return np.asarray(self.funds.astype(np.int64) * _DAYS + self.days.astype(np.int64))

    def only(self, which: np.ndarray) -> Values:
        """Some of them."""
        return self._replace(days=self.days[which], funds=self.funds[which], numbers=self.numbers[which])

    def in_order(self) -> Values:
        """By day, then by the name of the fund."""
        rank = np.argsort(np.argsort(np.array(self.names, dtype=object), kind="stable"), kind="stable")
        return self.only(ordered(rank[self.funds] if len(self.names) else self.funds, self.days.astype(np.int64)))

    def in_parts(self, size: int = 500) -> Iterator[Values]:
        """Some funds at a time of values in the order of funds."""
        edges = (
            np.flatnonzero(np.concatenate(([True], self.funds[1:] != self.funds[:-1]))) if len(self.funds) else self.funds
        )
        for begin in range(0, len(edges), size):
            some = slice(int(edges[begin]), int(edges[begin + size]) if begin + size < len(edges) else len(self.funds))
            which, codes = np.unique(self.funds[some], return_inverse=True)
            yield Values(self.days[some], codes, self.numbers[some], [self.names[code] for code in which.tolist()])

    def by_fund(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Each fund's name, its days and their numbers, of values in the order of funds."""
        for part in self.in_parts(1):
            yield part.names[0], part.days, part.numbers

    def rows(self, first: int = 0, last: int | None = None) -> Iterator[tuple[datetime.date, str, float]]:
        """Day, name and number of each."""
        some = slice(first, last)
        days, funds, numbers = (part[some].tolist() for part in (self.days, self.funds, self.numbers))
        return zip(days, map(self.names.__getitem__, funds), numbers, strict=True)


def of_rows(rows: Sequence[Row]) -> Values:
    """Rows of day, name and number as columns."""
    codes: dict[str, int] = {}
    funds = np.fromiter((codes.setdefault(row[1], len(codes)) for row in rows), dtype=np.int64, count=len(rows))
    days = np.array([row[0] for row in rows], dtype="datetime64[D]")
    numbers = np.array([row[2] for row in rows], dtype=float)
    return Values(days, funds, numbers, list(codes))


def one_a_place(values: Values) -> Values:
    """One value for each day and fund, in the order of funds: a number where there is one beside blanks; a fund goes by the
    name that it has first.

    Raises:
        BadInput: two numbers for one fund and day, or one that is none.
    """
    values = _named_alike(values)
    endless = np.flatnonzero(np.isinf(values.numbers))
    if len(endless):
        day, fund, number = next(values.rows(int(endless[0]), int(endless[0]) + 1))
        raise BadInput(f"The source gives {number} for {fund} on {day}, which is not a value; correct it.")
    blank = np.isnan(values.numbers).astype(np.int8)
    order = ordered(blank, values.days.astype(np.int64), values.funds)  # stable: numbers first, as they came
    values = values.only(order)
    days, funds, numbers = values.days, values.funds, values.numbers
    again = (days[1:] == days[:-1]) & (funds[1:] == funds[:-1])
    if not again.any():
        return values
    first = np.concatenate(([True], ~again))
    start = np.maximum.accumulate(np.where(first, np.arange(len(days)), 0))
    other = np.flatnonzero((numbers != numbers[start]) & ~np.isnan(numbers))
    if len(other):
        k = int(other[np.argmin(order[other])])
        day, fund, number = next(values.rows(k, k + 1))
        raise BadInput(
            f"The source gives two values for {fund} on {day} ({float(numbers[start[k]])!r} and {number!r}); keep one."
        )
    return values.only(first)


def _named_alike(values: Values, names: dict[str, str] | None = None) -> Values:
    """The same values with each fund under one name: the first of its names, or that of ``names``."""
    called: dict[str, int] = {}
    codes = np.array([called.setdefault(key(name), len(called)) for name in values.names], dtype=np.int64)
    first: dict[int, str] = {}
    order = np.unique(values.funds, return_index=True)
    for code in order[0][np.argsort(order[1])].tolist() if len(values.funds) else ():
        first.setdefault(int(codes[code]), values.names[code])
    known = names or {}
    shown = [known.get(name, tidy(first.get(place, name))) for name, place in called.items()]
    return values._replace(funds=codes[values.funds] if len(codes) else values.funds, names=shown)


DAMAGED = (
    "The store holds rows without a day, a fund or a number; load the data into a new one."  # it may come from elsewhere
)
_FIRST, _LAST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


class Versions:
    """Every version of some values, gathered part by part: day, fund, number and load of each."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add_rows(self, cursor: Any) -> None:
        """Rows of day, fund, number and load."""
        while chunk := cursor.fetchmany(_AT_ONCE):
            days, funds, numbers, loads = zip(*chunk, strict=True)
            try:
                codes = np.fromiter(map(self._code, funds), dtype=np.int32, count=len(funds))
                day, load = np.array(days, dtype="datetime64[D]"), np.array(loads, np.int32)
                self._parts.append((day, codes, np.array(numbers, float), load))
            except (ValueError, TypeError, OverflowError, AttributeError):
                raise BadInput(DAMAGED) from None

    def add_series(self, fund: str, days: bytes, numbers: bytes, load: int) -> None:
        """What one load has of one fund, packed (:func:`packed`)."""
        try:
            found = np.frombuffer(days, dtype="<i4").astype("datetime64[D]")
            number = np.frombuffer(numbers, dtype="<f8")
            each = np.ones(len(found), dtype=np.int32)
            part = found, each * self._code(fund), number, each * load
        except (ValueError, TypeError, OverflowError, AttributeError):
            raise BadInput(DAMAGED) from None
        if len(found) != len(number) or (len(found) and not (found.min() >= _FIRST and found.max() <= _LAST)):
            raise BadInput(DAMAGED)
        self._parts.append(part)

    def _code(self, fund: str) -> int:
        if not isinstance(fund, str):
            raise TypeError(fund)
        return self._codes.setdefault(fund, len(self._codes))

    def all(self) -> tuple[Values, np.ndarray]:
        """All of them, each fund under the name of its first load, and the load of each."""
        if not self._parts:
            return Values(np.array([], dtype="datetime64[D]"), np.array([], np.int32), np.array([]), []), np.array(
                [], np.int32
            )
        day, fund, number, load = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        self._parts.clear()
        return _named_by_load(Values(day, fund, number, list(self._codes)), load), load

    def newest(self) -> Values:
        """The last version of each value."""
        found, load = self.all()
        places = found.places
        if (places[1:] > places[:-1]).all():  # each once, and in order
            return found
        order = ordered(load, found.days.astype(np.int64), found.funds)
        places = places[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = places[1:] != places[:-1]
        return found.only(order[last])

    def changes(self) -> tuple[Values, np.ndarray, np.ndarray]:
        """The values that a later load changed, the load of each, and the number before; by fund, day and load."""
        found, load = self.all()
        order = ordered(load, found.days.astype(np.int64), found.funds)
        places = found.places[order]
        again = np.flatnonzero(places[1:] == places[:-1])
        return found.only(order[again + 1]), load[order[again + 1]], found.numbers[order[again]]


def packed(days: np.ndarray, numbers: np.ndarray) -> tuple[bytes, bytes]:
    """Days and numbers as bytes, on any machine the same."""
    return days.astype("datetime64[D]").astype("<i4").tobytes(), np.asarray(numbers, dtype="<f8").tobytes()


def _named_by_load(values: Values, loads: np.ndarray) -> Values:
    """Each fund under the name of its first load: a store may hold EQ beside eq."""
    if len({key(name) for name in values.names}) == len(values.names):
        return values
    first = np.full(len(values.names), np.iinfo(np.int64).max)
    np.minimum.at(first, values.funds, loads)
    names: dict[str, tuple[int, str]] = {}
    for name, load in zip(values.names, first.tolist(), strict=True):
        names[key(name)] = min(names.get(key(name), (load, name)), (load, name))
    return _named_alike(values, {alike: name for alike, (_, name) in names.items()})


def against(values: Values, known: Values) -> tuple[Values, np.ndarray, np.ndarray]:
    """New values under the names that are known already; which of them are known, and the numbers that those have."""
    place = {name: number for number, name in enumerate(known.names)}
    held = names_before(values.names, known.names)
    codes = np.array([place.setdefault(held[name], len(place)) for name in values.names], dtype=np.int32)
    names = list(place)
    values = values._replace(funds=codes[values.funds] if len(codes) else values.funds, names=names)
    places = known.places
    order = np.argsort(places, kind="stable")  # they mostly are in order
    places = places[order]
    at = np.searchsorted(places, values.places)
    inside = at < len(places)
    there = np.zeros(len(values.days), dtype=bool)
    there[inside] = places[at[inside]] == values.places[inside]
    before = np.full(len(values.days), np.nan)
    before[there] = known.numbers[order[at[there]]]
    return values, there, before
