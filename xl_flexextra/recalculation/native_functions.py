"""The native functions that are answered, each with the forms of call that are proved against LibreOffice.

A form of call is a letter for each argument (:func:`values.form`): c a cell, r a range, w whole columns or rows,
a an array, v a value, - left out. What is not in the table, and what a function refuses by :class:`Beyond`, is left to
a host. ``tests/recalculation/test_proof.py`` calls every function in every form over values of every kind.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..cells.rounding import round_half_away
from ..cells.scalars import EPOCH, FIRST_SERIAL, LAST_SERIAL
from ..errors import DIV0, NA, CellError
from .formula import Beyond
from .values import MISSING, Cells, Column, form, is_number, is_text, near, number, same, single

_Values = list[Any]


@functools.lru_cache(maxsize=4096)
def _fits(forms: str, given: str) -> bool:
    return re.fullmatch(forms, given) is not None


@dataclass(frozen=True, slots=True)
class Native:
    """A native function: its value for its arguments, and the forms of call that are answered."""

    compute: Callable[[_Values], Any]
    forms: str  # a regular expression over the letters of the arguments
    of_dates: bool = False  # whether it counts days from 1900

    def __call__(self, values: _Values) -> Any:
        if not _fits(self.forms, "".join(map(form, values))):
            raise Beyond("a form of call that is not proved")
        return self.compute(values)


# aggregates: what stands in cells counts if it is a number, what is given as a value has to be one


def _cells(value: Any) -> Iterator[Any]:
    """The cells of a range, or of a long column."""
    return iter(value) if isinstance(value, Column) else (cell for row in value for cell in row)


def _found(values: _Values) -> Iterator[Any]:
    """The numbers and errors among arguments; text and blank cells are passed over."""
    for value in values:
        if not isinstance(value, Cells | Column) and not is_number(value) and not isinstance(value, CellError):
            raise Beyond("a value that is no number among what is counted")
        for cell in _cells(value) if isinstance(value, Cells | Column) else (value,):
            if is_number(cell) or isinstance(cell, CellError):
                yield cell
            elif isinstance(cell, bool):
                raise Beyond("a truth value among what is counted")  # a number for Calc


def _aggregate(compute: Callable[[list[float]], Any]) -> Callable[[_Values], Any]:
    def function(values: _Values) -> Any:
        found = list(_found(values))
        errors = [value for value in found if isinstance(value, CellError)]
        if len(set(errors)) > 1:
            raise Beyond("one of several errors")
        return errors[0] if errors else compute([float(value) for value in found])

    return function


def _sum(found: list[float]) -> float:
    """The exact sum; where the plain one in order is another, hosts differ."""
    total, exact = 0.0, math.fsum(found)
    for value in found:
        total += value
    if not math.isclose(total, exact, rel_tol=1e-13):
        raise Beyond("a sum that nearly cancels")
    return exact


def _average(found: list[float]) -> Any:
    return _sum(found) / len(found) if found else DIV0


def _count(values: _Values) -> float:
    return float(sum(not isinstance(value, CellError) for value in _found(values)))


def _count_all(values: _Values) -> float:
    return float(sum(cell is not None for value in values for cell in _cells(value)))


# numbers


def _scalars(values: _Values, compute: Callable[..., Any]) -> Any:
    """A function of numbers, each a value or a cell; truth values are left to hosts."""
    found = [single(value) for value in values]
    if len(found) == 1 and isinstance(found[0], CellError):
        return found[0]
    if not all(value is None or is_number(value) for value in found):  # hosts name different errors
        raise Beyond("what is no number")
    return compute(*map(number, found))


def _of(compute: Callable[..., Any]) -> Callable[[_Values], Any]:
    return lambda values: _scalars(values, compute)


def _whole(value: float) -> int:
    if not value.is_integer():
        raise Beyond("a part of a whole number")
    return int(value)


def _round(value: float, places: float) -> float:
    """Rounded. What is half way but for noise, as 21.9/0.2 is, is left to hosts; a short decimal such as 1.005 is plain."""
    digits = _whole(places)
    if not -9 <= digits <= 9 or abs(value) > 1e11 / 10.0**digits:
        raise Beyond("many digits")
    scaled = abs(value) * 10.0**digits
    doubtful = abs(scaled - math.floor(scaled) - 0.5) < 1e-9 * max(scaled, 1.0)
    if doubtful and len(f"{abs(value)!r}".replace(".", "").strip("0")) > 13:
        raise Beyond("nearly half way")
    return float(round_half_away(value, digits))


# logic and tests


def _logic(combine: Callable[[list[bool]], bool]) -> Callable[[_Values], Any]:
    def function(values: _Values) -> Any:
        found = [single(value) for value in values]
        errors = {value for value in found if isinstance(value, CellError)}
        if len(errors) > 1 or any(value is None or is_text(value) for value in found):
            raise Beyond("a condition that is blank or text")
        return errors.pop() if errors else combine([bool(value) for value in found])

    return function


def _test(check: Callable[[Any], bool]) -> Callable[[_Values], Any]:
    return lambda values: check(single(values[0]))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        raise Beyond("a truth value")  # a number for Calc
    return is_number(value)


# look-ups


def _index(values: _Values) -> Any:
    table, row, column = values[0], values[1], values[2] if len(values) > 2 else MISSING
    places = [0 if v is MISSING else _place(v) for v in (row, column)]
    errors = [place for place in places if isinstance(place, CellError)]
    places = [1 if isinstance(place, CellError) else place for place in places]
    height, width = len(table), len(table[0])
    if len(values) == 2 and height == 1:
        places = [1 if width > 1 or places[0] else 0, places[0]]
    elif len(values) == 2 and width == 1:
        places = [places[0], 1]
    elif len(values) == 2:
        raise Beyond("INDEX of a block by its row only")
    r, c = int(places[0]), int(places[1])
    if not 0 <= r <= height or not 0 <= c <= width or len(errors) > 1:
        raise Beyond("a place outside the range")  # hosts name different errors
    if errors:
        return errors[0]
    rows = [table[r - 1]] if r else table
    picked = [[line[c - 1]] for line in rows] if c else [list(line) for line in rows]
    return Cells(picked) if isinstance(table, Cells) else picked


def _place(value: Any) -> int | CellError:
    one = single(value)
    if one is None or isinstance(one, bool):
        raise Beyond("a place that is no number")
    place = number(one)
    return place if isinstance(place, CellError) else math.floor(place)


def _line(values: Cells) -> list[Any]:
    if len(values) == 1:
        return list(values[0])
    if len(values[0]) == 1:
        return [row[0] for row in values]
    raise Beyond("a block where a line has to be")


_WILD = frozenset("*?~")


def _match(values: _Values) -> Any:
    wanted, line, kind = single(values[0]), _line(values[1]), single(values[2]) if len(values) > 2 else 1.0
    if wanted is None or isinstance(kind, CellError | str) or kind not in (0, 1):
        raise Beyond("MATCH")
    if isinstance(wanted, CellError):
        if not isinstance(values[1], Cells):
            raise Beyond("MATCH of an error in an array")
        return wanted
    if kind == 1:
        return _match_sorted(wanted, line, values[1])
    if is_text(wanted) and _WILD.intersection(wanted):
        raise Beyond("MATCH of a pattern")
    if is_text(wanted) and re.search(r"\d", wanted) and any(map(is_number, line)):
        raise Beyond("MATCH of text that may be a number")
    for place, value in enumerate(line, start=1):
        if value is not None and not isinstance(value, CellError) and same(wanted, value):
            return float(place)
    return NA


def _match_sorted(wanted: Any, line: list[Any], cells: Any) -> Any:
    """The last of ascending numbers that is not above the wanted one."""
    if not is_number(wanted) or not isinstance(cells, Cells) or not cells.ascending:
        raise Beyond("MATCH in what does not ascend, or is no number")
    place = bisect_right(line, wanted)
    if place < len(line) and near(line[place], float(wanted)):
        raise Beyond("MATCH of a number that is one of the line but for noise")
    return float(place) if place else NA


_COUNTED = re.compile(r"[^\W\d_][^\W\d_ ]*( [^\W\d_]+)*")  # words of letters: no number, no date, no pattern
_NO_WORDS = frozenset({"TRUE", "FALSE"})


def _count_if(values: _Values) -> Any:
    """COUNTIF for a number, or for words of letters; criteria, and text that hosts may read, are left to them."""
    table, wanted = values[0], single(values[1])
    cells = list(_cells(table))
    if is_text(wanted):
        if not _COUNTED.fullmatch(wanted) or wanted.upper() in _NO_WORDS:
            raise Beyond("COUNTIF")
    elif not is_number(wanted) or any(isinstance(c, bool) or (is_text(c) and re.search(r"\d", c)) for c in cells):
        raise Beyond("COUNTIF")
    return float(sum(same(wanted, cell) for cell in cells if is_text(cell) == is_text(wanted) and cell is not None))


def _rows(values: _Values) -> float:
    return float(len(values[0]))


def _columns(values: _Values) -> float:
    return float(len(values[0][0]))


def _sum_of_squares(values: _Values) -> Any:
    """SUMXMY2: the sum of squared differences of two ranges of one size that hold numbers only."""
    left, right = values
    if [len(row) for row in left] != [len(row) for row in right]:
        raise Beyond("ranges of two sizes")
    pairs = [pair for one, other in zip(left, right, strict=True) for pair in zip(one, other, strict=True)]
    errors = {value for pair in pairs for value in pair if isinstance(value, CellError)}
    if len(errors) > 1 or not all(is_number(v) or isinstance(v, CellError) for pair in pairs for v in pair):
        raise Beyond("SUMXMY2 of what is no number")
    return errors.pop() if errors else math.fsum((a - b) ** 2 for a, b in pairs)


# dates


def _date_of(serial: float) -> datetime.date:
    if not FIRST_SERIAL <= serial < LAST_SERIAL + 1:
        raise Beyond("an early date")
    return EPOCH + datetime.timedelta(days=math.floor(serial))


def _serial(date: datetime.date) -> float:
    return float((date - EPOCH).days)


def _months(serial: float, months: float, month_end: bool) -> float:
    date, count = _date_of(serial), _whole(months)
    year, month = divmod(date.year * 12 + date.month - 1 + count, 12)
    if not 1901 <= year <= 9999:
        raise Beyond("an early date")
    last = calendar.monthrange(year, month + 1)[1]
    return _serial(datetime.date(year, month + 1, last if month_end else min(date.day, last)))


def _date(year: float, month: float, day: float) -> float:
    y, m = divmod(_whole(year) * 12 + _whole(month) - 1, 12)
    if not 1901 <= year <= 9999 or not 1901 <= y <= 9999 or max(abs(month), abs(_whole(day))) > 1000:
        raise Beyond("DATE")
    serial = _serial(datetime.date(y, m + 1, 1)) + int(day) - 1
    _date_of(serial)
    return serial


def _workday(values: _Values) -> Any:
    """WORKDAY; holidays are numbers, blank cells among them are none."""
    closed: set[int] = set()
    for day in (cell for value in values[2:] if isinstance(value, Cells) for row in value for cell in row):
        if day is not None:
            if not is_number(day):
                raise Beyond("a holiday that is no number")
            closed.add(_whole(float(day)))

    def moved(serial: float, days: float) -> float:
        date, left = _date_of(serial), _whole(days)
        if not 0 < abs(left) <= 10_000:
            raise Beyond("WORKDAY")
        step = 1 if left > 0 else -1
        while left:
            date = _date_of(_serial(date) + step)
            if date.weekday() < 5 and int(_serial(date)) not in closed:
                left -= step
        return _serial(date)

    return _scalars(values[:2], moved)


NATIVES: dict[str, Native] = {
    "SUM": Native(_aggregate(_sum), "[crwv]+"),
    "AVERAGE": Native(_aggregate(_average), "[crwv]+"),
    "MIN": Native(_aggregate(lambda found: min(found, default=0.0)), "[crwv]+"),
    "MAX": Native(_aggregate(lambda found: max(found, default=0.0)), "[crwv]+"),
    "COUNT": Native(_count, "[crw]+"),
    "COUNTA": Native(_count_all, "[crw]+"),
    "COUNTIF": Native(_count_if, "[crw][cv]"),
    "SUMXMY2": Native(_sum_of_squares, "rr"),
    "ROUND": Native(_of(_round), "[cv][cv]"),
    "ABS": Native(_of(abs), "[cv]"),
    "AND": Native(_logic(all), "[cv]+"),
    "OR": Native(_logic(any), "[cv]+"),
    "NOT": Native(_logic(lambda found: not found[0]), "[cv]"),
    "TRUE": Native(lambda _values: True, ""),
    "FALSE": Native(lambda _values: False, ""),
    "NA": Native(lambda _values: NA, ""),
    "ISNUMBER": Native(_test(_is_number), "[cv]"),
    "ISTEXT": Native(_test(is_text), "[cv]"),
    "ISBLANK": Native(_test(lambda value: value is None), "c"),
    "ISERROR": Native(_test(lambda value: isinstance(value, CellError)), "[cv]"),
    "ISNA": Native(_test(lambda value: isinstance(value, CellError) and value == NA), "[cv]"),
    "INDEX": Native(_index, "[cr][cv][cv]?|a-"),
    "MATCH": Native(_match, "[cv][cr][cv]?|[cv]w[cv]|vav"),
    "ROWS": Native(_rows, "[cr]"),
    "COLUMNS": Native(_columns, "[cr]"),
    "DATE": Native(_of(_date), "[cv][cv][cv]", of_dates=True),
    "YEAR": Native(_of(lambda serial: float(_date_of(serial).year)), "[cv]", of_dates=True),
    "MONTH": Native(_of(lambda serial: float(_date_of(serial).month)), "[cv]", of_dates=True),
    "DAY": Native(_of(lambda serial: float(_date_of(serial).day)), "[cv]", of_dates=True),
    "EOMONTH": Native(_of(lambda serial, months: _months(serial, months, True)), "[cv][cv]", of_dates=True),
    "EDATE": Native(_of(lambda serial, months: _months(serial, months, False)), "[cv][cv]", of_dates=True),
    "WORKDAY": Native(_workday, "[cv][cv][cr]?", of_dates=True),
}
_OF_COLUMNS = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "COUNTIF", "ROWS"})


def native(name: str, from_1904: bool = False) -> Callable[[_Values], Any] | None:
    """A native function by its name, for a workbook of that date system; None where it is not answered."""
    function = NATIVES.get(name)
    if function is None or (from_1904 and function.of_dates):
        return None
    if name in _OF_COLUMNS:
        return function
    return lambda values: function([value.rows if isinstance(value, Column) else value for value in values])
