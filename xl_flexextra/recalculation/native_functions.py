"""The few native functions that stand around ours on a page; everything else is left to Calc or Excel."""

from __future__ import annotations

import calendar
import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from ..arguments import EPOCH, FIRST_SERIAL
from ..errors import DIV0, NA, NUM, REF, VALUE, CellError
from ..numbers import round_half_away
from .formula import MISSING, Beyond, Column, number, single, truth

_Values = list[Any]


def _flat(values: _Values) -> Iterator[tuple[Any, bool]]:
    """Every value, and whether it stood in a range (where text and truth values are passed over)."""
    for value in values:
        if isinstance(value, list):
            for row in value:
                for cell in row:
                    yield cell, True
        elif isinstance(value, Column):
            for cell in value:
                yield cell, True
        else:
            yield (None if value is MISSING else value), False


def _numbers(values: _Values) -> list[float] | CellError:
    found = []
    for value, in_range in _flat(values):
        if isinstance(value, CellError):
            return value
        if in_range and (value is None or isinstance(value, str | bool)):
            continue
        converted = number(value)
        if isinstance(converted, CellError):
            return converted
        found.append(converted)
    return found


def _aggregate(compute: Callable[[list[float]], Any]) -> Callable[[_Values], Any]:
    def function(values: _Values) -> Any:
        found = _numbers(values)
        return found if isinstance(found, CellError) else compute(found)

    return function


def _sum(found: list[float]) -> float:
    total = 0.0
    for value in found:
        total += value
    return total


def _average(found: list[float]) -> Any:
    return _sum(found) / len(found) if found else DIV0


def _count(values: _Values) -> float:
    return float(sum(isinstance(v, int | float) and not (isinstance(v, bool) and r) for v, r in _flat(values)))


def _count_all(values: _Values) -> float:
    return float(sum(v is not None for v, _ in _flat(values)))


def _args(values: _Values, least: int, most: int) -> _Values:
    if not least <= len(values) <= most:
        raise Beyond("arguments")
    return values + [MISSING] * (most - len(values))


def _scalars(values: _Values, least: int, most: int) -> list[Any] | CellError:
    found = []
    for value in _args(values, least, most):
        one = MISSING if value is MISSING else number(single(value))
        if isinstance(one, CellError):
            return one
        found.append(one)
    return found


def _round(values: _Values) -> Any:
    found = _scalars(values, 2, 2)
    if isinstance(found, CellError):
        return found
    return float(round_half_away(found[0], int(found[1])))


def _abs(values: _Values) -> Any:
    found = _scalars(values, 1, 1)
    return found if isinstance(found, CellError) else abs(found[0])


def _logic(combine: Callable[[list[bool]], bool]) -> Callable[[_Values], Any]:
    def function(values: _Values) -> Any:
        found = []
        for value, in_range in _flat(values):
            if in_range and (value is None or (isinstance(value, str) and not isinstance(value, CellError))):
                continue
            one = truth(value)
            if isinstance(one, CellError):
                return one
            found.append(one)
        return combine(found) if found else VALUE

    return function


def _not(values: _Values) -> Any:
    one = truth(_args(values, 1, 1)[0])
    return one if isinstance(one, CellError) else not one


def _test(check: Callable[[Any], bool]) -> Callable[[_Values], Any]:
    return lambda values: check(single(_args(values, 1, 1)[0]))


def _index(values: _Values) -> Any:
    table, row, column = _args(values, 2, 3)
    rows = table if isinstance(table, list) else [[table]]
    place = number(single(row))
    across = 0.0 if column is MISSING else number(single(column))
    if isinstance(place, CellError) or isinstance(across, CellError):
        return place if isinstance(place, CellError) else across
    if column is MISSING and len(rows) == 1:
        place, across = 1.0, place
    if column is MISSING and len(rows) > 1 and len(rows[0]) == 1:
        across = 1.0
    r, c = int(place), int(across)
    if r < 0 or c < 0:
        return VALUE
    if r > len(rows) or c > len(rows[0]):
        return REF
    if r == 0 or c == 0:
        picked = rows if r == 0 else [rows[r - 1]]
        return [[line[c - 1]] for line in picked] if c else [list(line) for line in picked]
    return rows[r - 1][c - 1]


def _line(values: Any) -> list[Any]:
    rows = values if isinstance(values, list) else [[values]]
    if len(rows) == 1:
        return list(rows[0])
    if len(rows[0]) == 1:
        return [row[0] for row in rows]
    raise Beyond("a block where a line has to be")


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool) and a == b
    if isinstance(a, str) and isinstance(b, str):
        return a.casefold() == b.casefold()
    return isinstance(a, int | float) and isinstance(b, int | float) and a == b


def _match(values: _Values) -> Any:
    wanted, line, kind = _args(values, 2, 3)
    wanted = single(wanted)
    if isinstance(wanted, CellError):
        return wanted
    how = 1.0 if kind is MISSING else number(single(kind))
    if how == 1:
        return _match_sorted(wanted, _line(line))
    if how != 0 or (isinstance(wanted, str) and any(mark in wanted for mark in "*?~")):
        raise Beyond("MATCH")
    for place, value in enumerate(_line(line), start=1):
        if _same(wanted, value):
            return float(place)
    return NA


def _match_sorted(wanted: Any, line: list[Any]) -> Any:
    """The last of ascending numbers that is not above the wanted one."""
    found = [v for v in line if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(found) != len(line) or not isinstance(wanted, int | float) or isinstance(wanted, bool):
        raise Beyond("MATCH")
    if any(after < before for before, after in pairwise(found)):
        raise Beyond("MATCH in numbers that do not ascend")
    place = bisect_right(found, wanted)
    return float(place) if place else NA


def _xlookup(values: _Values) -> Any:
    if len(values) > 4:
        raise Beyond("XLOOKUP")
    wanted, line, results, otherwise = _args(values, 3, 4)
    place = _match([wanted, line, 0.0])
    if isinstance(place, CellError):
        return place if otherwise is MISSING or place != NA else otherwise
    return _line(results)[int(place) - 1]


def _date_of(serial: Any) -> datetime.date | CellError:
    value = number(single(serial))
    if isinstance(value, CellError):
        return value
    if value < FIRST_SERIAL or value > 2_958_465:
        raise Beyond("an early date")
    return EPOCH + datetime.timedelta(days=int(value))


def _serial(date: datetime.date) -> float:
    return float((date - EPOCH).days)


def _part(pick: Callable[[datetime.date], int]) -> Callable[[_Values], Any]:
    def function(values: _Values) -> Any:
        date = _date_of(_args(values, 1, 1)[0])
        return date if isinstance(date, CellError) else float(pick(date))

    return function


def _months(values: _Values, month_end: bool) -> Any:
    start, months = _args(values, 2, 2)
    date, count = _date_of(start), number(single(months))
    if isinstance(date, CellError) or isinstance(count, CellError):
        return date if isinstance(date, CellError) else count
    year, month = divmod(date.year * 12 + date.month - 1 + int(count), 12)
    if not 1900 <= year <= 9999:
        return NUM
    last = calendar.monthrange(year, month + 1)[1]
    return _serial(datetime.date(year, month + 1, last if month_end else min(date.day, last)))


def _date(values: _Values) -> Any:
    found = _scalars(values, 3, 3)
    if isinstance(found, CellError):
        return found
    year, month = divmod(int(found[0]) * 12 + int(found[1]) - 1, 12)
    if not 1900 < year <= 9999:
        raise Beyond("DATE")
    return _serial(datetime.date(year, month + 1, 1)) + int(found[2]) - 1


def _rows(values: _Values) -> float:
    table = _args(values, 1, 1)[0]
    return float(len(table)) if isinstance(table, list | Column) else 1.0


def _columns(values: _Values) -> float:
    table = _args(values, 1, 1)[0]
    return float(len(table[0])) if isinstance(table, list) else 1.0


def _constant(value: bool) -> Callable[[_Values], Any]:
    return lambda values: value if not values else VALUE


def _sum_of_squares(values: _Values) -> Any:
    """SUMXMY2: the sum of squared differences of two ranges of one size."""
    left, right = (v if isinstance(v, list) else [[v]] for v in _args(values, 2, 2))
    if [len(row) for row in left] != [len(row) for row in right]:
        return NA
    total = 0.0
    for a, b in zip(_flat([left]), _flat([right]), strict=True):
        for value in (a[0], b[0]):
            if isinstance(value, CellError):
                return value
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (a[0], b[0])):
            total += (a[0] - b[0]) ** 2
    return total


def _count_if(values: _Values) -> Any:
    """COUNTIF for a plain value; criteria with operators or wildcards are left to others."""
    table, wanted = _args(values, 2, 2)
    wanted = single(wanted)
    if (
        wanted is None
        or isinstance(wanted, CellError)
        or (isinstance(wanted, str) and (not wanted or set(wanted) & set("<>=*?~")))
    ):
        raise Beyond("COUNTIF")
    if isinstance(wanted, str) and not isinstance(number(wanted), CellError):
        raise Beyond("COUNTIF")
    return float(sum(_same(wanted, cell) for cell, _ in _flat([table])))


def _workday(values: _Values) -> Any:
    start, days, holidays = _args(values, 2, 3)
    date, count = _date_of(start), number(single(days))
    if isinstance(date, CellError) or isinstance(count, CellError):
        return date if isinstance(date, CellError) else count
    free = _numbers([] if holidays is MISSING else [holidays])
    if isinstance(free, CellError):
        return free
    closed = {int(day) for day in free}
    left, step = abs(int(count)), 1 if count > 0 else -1
    if left > 100_000:
        raise Beyond("WORKDAY")
    while left:
        date += datetime.timedelta(days=step)
        if date.weekday() < 5 and int(_serial(date)) not in closed:
            left -= 1
    return _serial(date)


_sum_all, _mean_all = _aggregate(_sum), _aggregate(_average)
_min_all, _max_all = _aggregate(lambda f: min(f, default=0.0)), _aggregate(lambda f: max(f, default=0.0))
_SUBTOTALS: dict[int, Callable[[_Values], Any]] = {
    1: _mean_all,
    2: _count,
    3: _count_all,
    4: _max_all,
    5: _min_all,
    9: _sum_all,
}


def _subtotal(values: _Values) -> Any:
    """Right where no row is hidden, which a refresh sees to in filtered tables."""
    which = number(single(values[0]))
    function = _SUBTOTALS.get(int(which) % 100) if not isinstance(which, CellError) else None
    if function is None:
        raise Beyond("SUBTOTAL")
    return function(values[1:])


NATIVES: dict[str, Callable[[_Values], Any]] = {
    "SUM": _sum_all, "AVERAGE": _mean_all, "MIN": _min_all, "MAX": _max_all, "COUNT": _count, "COUNTA": _count_all,
    "TRUE": _constant(True), "FALSE": _constant(False),
    "COUNTIF": _count_if, "SUMXMY2": _sum_of_squares, "WORKDAY": _workday,
    "SUBTOTAL": _subtotal, "ROUND": _round, "ABS": _abs, "AND": _logic(all), "OR": _logic(any), "NOT": _not,
    "ISNUMBER": _test(lambda v: isinstance(v, int | float) and not isinstance(v, bool)),
    "ISTEXT": _test(lambda v: isinstance(v, str) and not isinstance(v, CellError)),
    "ISBLANK": _test(lambda v: v is None), "ISERROR": _test(lambda v: isinstance(v, CellError)),
    "ISNA": _test(lambda v: isinstance(v, CellError) and v == NA),
    "INDEX": _index, "MATCH": _match, "XLOOKUP": _xlookup, "DATE": _date,
    "YEAR": _part(lambda d: d.year), "MONTH": _part(lambda d: d.month), "DAY": _part(lambda d: d.day),
    "EOMONTH": lambda v: _months(v, True), "EDATE": lambda v: _months(v, False), "ROWS": _rows, "COLUMNS": _columns,
}  # fmt: skip

_OF_COLUMNS = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "COUNTIF", "SUBTOTAL", "ROWS"})


def with_columns(name: str, function: Callable[[_Values], Any]) -> Callable[[_Values], Any]:
    """A function that may be given a :class:`Column`: most take it as rows."""
    if name in _OF_COLUMNS:
        return function
    return lambda values: function([value.rows if isinstance(value, Column) else value for value in values])
