"""Which new row is which old one, and in which order the rows stand."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import BadInput
from ..ooxml.fast import column_writer
from ..ooxml.fast.coded_texts import coded, reordered
from ..sources import column_kinds
from ..sources.mapping import TableMapping
from ..sources.source import simple
from .fit.task import FittedRows, tells_apart

NOISE = 2e-15  # of a number; cells show 15 digits
_NEAR = 2**22  # more days than a calendar has
_MOST_CODES = 2**62  # of rows, so that their products stay whole numbers


def find_keys(
    names: list[str], mapping: TableMapping, fitted: FittedRows, old: dict[int, Any], new: dict[int, Any], count: int
) -> list[int]:
    """The columns that tell rows apart: the stated ones, else the date and what is named so, else the first columns that
    are together unique; [] is by place."""
    if mapping.keys:
        found = []
        for key in mapping.keys:
            place = next((i for i, n in enumerate(names) if simple(n) == simple(key)), None)
            if place is None or place not in new:
                raise BadInput(
                    f"The mapping of {mapping.name!r} has the key {key!r}, which is not a column that the source fills."
                )
            found.append(place)
        return found
    named = [i for i in new if i != fitted.date and tells_apart(names[i])]
    if fitted.date in new:
        named.insert(0, fitted.date)
    if named:  # what its names say tells rows apart, even where less would do by chance
        return named if fitted.date in new or _unique([old[i] for i in named], count) else []
    candidates = [i for i in new if i not in fitted.series and fitted.kinds[i] in (column_kinds.DATE, column_kinds.TEXT)]
    for length in range(1, len(candidates) + 1):
        some = candidates[:length]
        if _unique([new[i] for i in some], fitted.rows) and _unique([old[i] for i in some], count):
            return some
    return []


def _codes(columns: list[Any]) -> Any:
    """One number for each row: equal where all the columns are equal."""
    total, total_size = None, 1
    for column in columns:
        if isinstance(column, list):
            seen: dict[Any, int] = {}
            codes = np.array([seen.setdefault((type(v), v), len(seen)) for v in column], dtype=np.int64)
            size = max(len(seen), 1)
        elif (days := _whole(column)) is not None:
            codes, size = days, int(days.max()) + 1
        else:
            encoded = _coded(column)
            blank = len(encoded.dictionary)
            codes, size = encoded.indices.fill_null(blank).to_numpy().astype(np.int64), blank + 1
        if total_size > _MOST_CODES // size:
            total, total_size = _compact(total)
        total, total_size = codes if total is None else total * size + codes, total_size * size
    return total


def _whole(column: Any) -> Any:
    """Whole numbers near each other, such as days, from 0 on; None for others."""
    if not len(column) or column.null_count or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    numbers = column.to_numpy() if isinstance(column, pa.ChunkedArray) else column.to_numpy(zero_copy_only=False)
    first = numbers.min()
    if not numbers.max() - first < _NEAR:  # or NaN
        return None
    steps = numbers - first
    whole = steps.astype(np.int64)
    return whole if (whole == steps).all() else None


def _coded(column: Any) -> Any:
    """A column as a dictionary array."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # an empty chunked array stays one in some versions
        array = pa.array([], array.type)
    return array if pa.types.is_dictionary(array.type) else coded(array)


def _compact(codes: Any) -> tuple[Any, int]:
    """The same numbers from 0 on, and how many there are, so that products of several columns do not overflow."""
    encoded = pa.array(codes).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), max(len(encoded.dictionary), 1)


def _distinct(codes: Any) -> int:
    if len(codes) and codes.max() < 4 * len(codes):
        return int(np.count_nonzero(np.bincount(codes)))
    ordered = np.sort(codes)  # many times quicker than np.unique
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(len(codes), 1)


def _unique(columns: list[Any], rows: int) -> bool:
    if rows < 2:
        return True
    codes = _codes(columns)
    return _distinct(codes) == len(codes)


def _uniform(values: list[Any]) -> Any:
    """A list of numbers only, or of texts only, as an array; else the list."""
    kinds_seen = {type(value) for value in values if value is not None}
    if kinds_seen <= {float}:
        return pa.array(values, pa.float64())
    return pa.array(values, pa.string()) if kinds_seen == {str} else values


def _joined(old: Any, new: Any, count: int) -> Any:
    """Old and new values of a column behind each other, comparable."""
    old = _uniform(old)[:count] if isinstance(old, list) and not isinstance(new, list) else old
    if not isinstance(old, list) and not isinstance(new, list):
        old = old.combine_chunks() if isinstance(old, pa.ChunkedArray) else old
        texts = pa.types.is_string(old.type)
        if texts == pa.types.is_string(new.type):
            kind = pa.string() if texts else pa.float64()
            return pa.concat_arrays([old.cast(kind), new.cast(kind)])
    left, right = column_writer.to_list(old)[:count], column_writer.to_list(new)
    return [float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in left + right]


def _both(old: Any, new: Any, count: int) -> Any:
    """The same, to be told apart and no more: texts as places among all those of both columns."""
    if not isinstance(new, list) and pa.types.is_string(new.type):
        old = _uniform(old)[:count] if isinstance(old, list) else old
        if not isinstance(old, list) and pa.types.is_string(old.type):
            return pa.chunked_array([_coded(old), _coded(new)]).unify_dictionaries().combine_chunks()
    return _joined(old, new, count)


class Match:
    """For each new row the old row with the same key, or -1."""

    def __init__(self, keys: list[int], old: dict[int, Any], new: dict[int, Any], old_rows: int, rows: int) -> None:
        self.rows = rows
        self.repeats = 0
        if not keys:
            self.old_of = np.where(np.arange(rows) < old_rows, np.arange(rows), -1)
            self.lost = np.arange(min(rows, old_rows), old_rows)
            return
        if (
            old_rows == rows
            and all(column_writer.equal(old[k], new[k]) for k in keys)
            and _unique([new[k] for k in keys], rows)
        ):
            self.old_of, self.lost = np.arange(rows), np.arange(0)
            return
        codes = _codes([_both(old[k], new[k], old_rows) for k in keys])
        before, after = codes[:old_rows], codes[old_rows:]
        self.repeats = len(after) - _distinct(after)
        order = np.argsort(before, kind="stable")
        ranked = before[order]
        place = np.searchsorted(ranked, after)
        place[place == len(ranked)] = 0
        found = ranked[place] == after if len(ranked) else np.zeros(rows, bool)
        self.old_of = np.where(found, order[place] if len(order) else -1, -1)
        lost = np.ones(old_rows, bool)
        lost[self.old_of[self.old_of >= 0]] = False
        self.lost = np.flatnonzero(lost)

    def ordered(self, order: Any) -> Match:
        """The match of the same new rows in another order, where they have keys."""
        other = copy.copy(self)
        other.old_of = self.old_of[order]
        return other


def take(column: Any, places: Any) -> Any:
    """Values at places; -1 gives a blank."""
    if isinstance(column, list):
        return [None if p < 0 else column[p] for p in places.tolist()]
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.take(pa.array(places, mask=places < 0))


def moved(match: Match) -> bool:
    """Whether the source has known rows in another order than the workbook."""
    known = match.old_of[match.old_of >= 0]
    return bool((np.diff(known) < 0).any())


def in_order(
    by_date: int | None, keys: list[int], old: dict[int, Any], new: dict[int, Any], match: Match, count: int
) -> Match:
    """Rows in the workbook's own order: a series by date, ascending or descending as it is; other rows that are known as
    they stand, before those that are new, if the source has them in another order."""
    places = np.where(match.old_of < 0, count + np.arange(match.rows), match.old_of)  # new rows behind the known ones
    days = _days(old.get(by_date), new.get(by_date), count) if by_date is not None else None
    if days is not None:
        later, after = days[1:] > days[:-1], places[1:] > places[:-1]
        if (later | ((days[1:] == days[:-1]) & after)).all():
            return match
        order = np.lexsort((places, days))
    elif keys and moved(match):
        order = np.argsort(places, kind="stable")
    else:
        return match
    if (np.diff(order) > 0).all():
        return match
    for i in new:
        texts = not isinstance(new[i], list) and pa.types.is_string(new[i].type)
        new[i] = reordered(new[i], pa.array(order)) if texts else take(new[i], order)
    return match.ordered(order) if keys else Match(keys, old, new, count, match.rows)


def _days(old: Any, new: Any, count: int) -> Any:
    """The dates of a series, to be ascending in the workbook's order; None where the workbook has it in no such order."""
    if new is None or isinstance(new, list) or new.null_count:
        return None
    before = _uniform(old)[:count] if isinstance(old, list) else old
    falling = False
    if not isinstance(before, list) and len(before) > 1:
        steps = np.diff(before.cast(pa.float64()).to_numpy(zero_copy_only=False) if isinstance(before, pa.Array) else before)
        falling = bool((steps <= 0).all() and (steps < 0).any())
        if not falling and not (steps >= 0).all():
            return None
    days = new.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return -days if falling else days


def by_day(date: int | None, old: dict[int, Any], new: dict[int, Any]) -> dict[int, Any]:
    """The old values with days for dates that have a time of day, where the new ones have none: days are compared."""
    if date is None or date not in new or isinstance(new[date], list) or not pa.types.is_integer(new[date].type):
        return old
    held = _uniform(old[date]) if isinstance(old[date], list) else old[date]
    if isinstance(held, list) or not pa.types.is_floating(held.type):
        return old
    days = pc.floor(held)
    return old if days.equals(held) else old | {date: days}


def without_noise(keys: list[int], old: dict[int, Any], new: dict[int, Any], match: Match, single: bool) -> None:
    """A number that differs from the workbook's behind the 15th digit only, as a database may give it back, is that one.

    ``single``: so is one of single precision that stands for the workbook's.
    """
    known = np.flatnonzero(match.old_of >= 0)
    for i in new:
        if i in keys or isinstance(new[i], list) or not pa.types.is_floating(new[i].type) or not len(known):
            continue
        held = _like(take(old[i], match.old_of[known]), new[i])
        if isinstance(held, list) or not pa.types.is_floating(held.type):
            continue
        was, comes = held.to_numpy(zero_copy_only=False), new[i].to_numpy(zero_copy_only=False)[known]
        noise = (np.abs(comes - was) <= NOISE * np.abs(was)) & (comes != was)
        if single:
            noise |= stands_for(comes, was)
        if noise.any():
            places = np.zeros(len(new[i]), bool)
            places[known[noise]] = True
            new[i] = pc.replace_with_mask(new[i], pa.array(places), held.filter(pa.array(noise)).cast(new[i].type))


def stands_for(single: Any, number: Any) -> Any:
    """Whether each number, read as the shortest decimal of one of single precision, stands for another of more digits."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = (single != number) & (single.astype(np.float32) == number.astype(np.float32))
    for place in np.flatnonzero(found):
        found[place] = float(str(np.float32(single[place]))) == single[place]
    return found


def keep_where_blank(keys: list[int], old: dict[int, Any], new: dict[int, Any], match: Match) -> None:
    """A merge takes nothing away: where the source has a blank for a row that is known, the value stays."""
    for i in new:
        if i not in keys and len(old[i]):
            held = take(old[i], match.old_of)
            if isinstance(new[i], list) or isinstance(held := _like(held, new[i]), list):
                pairs = zip(column_writer.to_list(new[i]), column_writer.to_list(held), strict=True)
                new[i] = [was if value is None else value for value, was in pairs]
            elif new[i].null_count:
                new[i] = pc.coalesce(new[i].cast(held.type), held)


def _like(held: Any, new: Any) -> Any:
    """Values of the workbook as an array that goes with a new column, else as a list."""
    held = _uniform(held) if isinstance(held, list) else held
    fits = not isinstance(held, list) and pa.types.is_string(held.type) == pa.types.is_string(new.type)
    return held if fits else column_writer.to_list(held)


def with_lost_rows(keys: list[int], old: dict[int, Any], new: dict[int, Any], match: Match, count: int) -> Match:
    """A merge takes no row away: those that the source lacks stay."""
    stay = match.lost
    if not len(stay):
        return match
    for i in list(new):
        new[i] = _joined(take(old[i], stay), new[i], len(stay))
    return Match(keys, old, new, count, len(stay) + match.rows)
