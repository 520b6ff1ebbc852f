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


class Values(NamedTuple):
    """Values by day and fund: days as ``datetime64[D]``, the place of each fund among ``names``, NaN for a blank."""

    days: np.ndarray
    funds: np.ndarray
    numbers: np.ndarray
    names: list[str]

    @property
    def places(self) -> np.ndarray:
        """Day and fund as one number each."""
        return np.asarray(self.funds * _DAYS + self.days.astype(np.int64))

    def only(self, which: np.ndarray) -> Values:
        """Some of them."""
        return self._replace(days=self.days[which], funds=self.funds[which], numbers=self.numbers[which])

    def in_order(self) -> Values:
        """By day, then by the name of the fund."""
        rank = np.argsort(np.argsort(np.array(self.names, dtype=object), kind="stable"), kind="stable")
        return self.only(np.lexsort((rank[self.funds] if len(self.names) else self.funds, self.days)))

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
    """One value for each day and fund: a number where there is one beside blanks; a fund goes by the name that it has first.

    Raises:
        BadInput: two numbers for one fund and day, or one that is none.
    """
    values = _named_alike(values)
    endless = np.flatnonzero(np.isinf(values.numbers))
    if len(endless):
        day, fund, number = next(values.rows(int(endless[0]), int(endless[0]) + 1))
        raise BadInput(f"The source gives {number} for {fund} on {day}, which is no value; correct it.")
    places = values.places
    order = np.lexsort((np.isnan(values.numbers), places))  # stable: numbers first, as they came
    places, numbers = places[order], values.numbers[order]
    again = places[1:] == places[:-1]
    first = np.concatenate(([True], ~again)) if len(places) else np.array([], dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(places)), 0)) if len(places) else np.array([], dtype=int)
    other = np.flatnonzero((numbers != numbers[start]) & ~np.isnan(numbers))
    if len(other):
        k = int(other[np.argmin(order[other])])
        day, fund, number = next(values.rows(int(order[k]), int(order[k]) + 1))
        raise BadInput(
            f"The source gives two values for {fund} on {day} ({float(numbers[start[k]])!r} and {number!r}); keep one."
        )
    return values.only(np.sort(order[first]))


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


def newest(cursor: Any) -> Values:
    """The last version of each value from a cursor over day, fund, number and load; each fund under its first name."""
    codes: dict[str, int] = {}
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    while chunk := cursor.fetchmany(_AT_ONCE):
        days, funds, numbers, loads = zip(*chunk, strict=True)
        parts.append(
            (
                np.array(days, dtype="datetime64[D]"),
                np.fromiter((codes.setdefault(fund, len(codes)) for fund in funds), dtype=np.int64, count=len(funds)),
                np.array(numbers, dtype=float),
                np.array(loads, dtype=np.int64),
            )
        )
    if not parts:
        return Values(np.array([], dtype="datetime64[D]"), np.array([], dtype=np.int64), np.array([]), [])
    day, fund, number, load = (np.concatenate(part) for part in zip(*parts, strict=True))
    parts.clear()
    found = _named_by_load(Values(day, fund, number, list(codes)), load)
    places = found.places
    order = np.lexsort((load, places))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = places[order[1:]] != places[order[:-1]]
    return found.only(order[last])


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
    codes = np.array([place.setdefault(held[name], len(place)) for name in values.names], dtype=np.int64)
    names = list(place)
    values = values._replace(funds=codes[values.funds] if len(codes) else values.funds, names=names)
    order = np.argsort(known.places)
    places = known.places[order]
    at = np.searchsorted(places, values.places)
    inside = at < len(places)
    there = np.zeros(len(values.days), dtype=bool)
    there[inside] = places[at[inside]] == values.places[inside]
    before = np.full(len(values.days), np.nan)
    before[there] = known.numbers[order[at[there]]]
    return values, there, before
