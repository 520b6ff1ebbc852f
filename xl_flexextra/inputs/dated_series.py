"""Small dated series given as ranges: net asset values, declared rates, holidays."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import numpy as np

from ..cells import ranges, scalars
from ..errors import BadInput, MissingData

Date = datetime.date


def _body(argument: str, rows: list[list[Any]], ascending: bool) -> list[list[Any]]:
    """Rows of date and number (further columns between) without a header, from columns or from rows."""
    rows = ranges.upright(rows, lambda table: _is_series(table, ascending))
    if len(rows[0]) < 2:
        raise BadInput(f"'{argument}' must have 2 columns (got {len(rows[0])}); widen the range, or lay it out in columns.")
    for cell in rows[0]:
        scalars.cell_error(argument, cell)
    return rows[1:] if _has_header(rows) else rows


def _has_header(table: list[list[Any]]) -> bool:
    return len(table) > 1 and ranges.is_heading(table[0][0]) and ranges.is_heading(table[0][-1])


def _is_series(table: list[list[Any]], ascending: bool) -> bool:
    """Whether a table reads as a dated series in columns: dates down the first column, numbers down the last."""
    if len(table[0]) < 2:
        return False
    body = table[1:] if _has_header(table) else table
    blank, last = scalars.is_blank, len(table[0]) - 1
    if not all(blank(row[0]) or ranges.is_date(row[0]) for row in body):
        return False
    if not all(blank(row[last]) or ranges.is_number(row[last]) for row in body):
        return False
    days = [scalars.to_date("", row[0]) for row in body if not blank(row[0])]
    # a net asset value of 100 could be a day of the year 1900, but not one that follows on
    return not ascending or all(one < other for one, other in itertools.pairwise(days))


def dated_values(argument: str, rows: list[list[Any]], first: Date | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Dates and positive values of a two-column range, oldest first; from ``first`` on, if given."""
    days: list[Date] = []
    values: list[float] = []
    for row in _body(argument, rows, ascending=True):
        if scalars.is_blank(row[0]) or scalars.is_blank(row[1]):
            raise MissingData(f"'{argument}' has a row with a blank; fill it in.")
        day, value = scalars.to_day(argument, row[0]), scalars.number(argument, row[1])
        if days and day <= days[-1]:
            raise BadInput(f"'{argument}' is not in order of dates at {day}; sort the rows and keep one a date.")
        if value <= 0:
            raise BadInput(f"'{argument}' has {value:g} on {day}; a value is positive.")
        if first is None or day >= first:
            days.append(day)
            values.append(value)
    if not days:
        raise MissingData(f"'{argument}' has no value on or after {first}.")
    if first is not None and days[0] != first:
        raise MissingData(f"'{argument}' has no value on the splice date {first}; it begins on {days[0]}.")
    return np.array(days, dtype="datetime64[D]"), np.array(values)


def rate_in_force(rows: list[list[Any]], day: Date, kind: str | None) -> float:
    """The rate with the latest effective date on or before a day, of one kind where the range has several."""
    known = [(start, cell) for start, cell in _rates_of(rows, kind) if start <= day]
    if not known:
        raise MissingData(f"'rates' has no rate in force on {day}.")
    latest = max(start for start, _ in known)
    rates = {_rate(start, cell) for start, cell in known if start == latest}
    if len(rates) > 1:
        raise BadInput(f"'rates' has two rates from {latest} on; keep one.")
    return rates.pop()


def rate_date(rows: list[list[Any]], kind: str | None, place: float = 1.0) -> Date:
    """An effective date of the rates of one kind: the newest is at place 1, the one before it at place 2."""
    back = scalars.whole("place", place, 1, 1_048_576)
    days = sorted({start for start, _ in _rates_of(rows, kind)}, reverse=True)
    if back > len(days):
        raise MissingData(f"'rates' has fewer than {back} effective dates (it has {len(days)}).")
    return days[back - 1]


def _rates_of(rows: list[list[Any]], kind: str | None) -> list[tuple[Date, Any]]:
    """Effective date and cell of each rate of one kind, as they stand; all of them where the range has no kinds."""
    body = _body("rates", rows, ascending=False)
    width = len(body[0])
    if width not in (2, 3):
        raise BadInput(
            f"'rates' must have 2 columns (date, rate) or 3 (date, kind, rate), not {width}; lay the range out in columns."
        )
    kinds = {str(row[1]).strip().lower() for row in body} if width == 3 else set()
    if kind is None and len(kinds) > 1:
        raise BadInput(f"'rate_kind' is missing; the range has {', '.join(sorted(kinds))}.")
    wanted = kind.strip().lower() if kind else None
    if wanted and kinds and wanted not in kinds:
        raise BadInput(f"'rate_kind' {kind!r} is not in 'rates'{scalars.nearest(wanted, kinds)}.")
    return [(scalars.to_day("rates", row[0]), row[-1]) for row in body if _of_kind(row, kinds, wanted)]


def _of_kind(row: list[Any], kinds: set[str], wanted: str | None) -> bool:
    return not (kinds and wanted) or str(row[1]).strip().lower() == wanted


def _rate(start: Date, cell: Any) -> float:
    """The rate of a cell; the error of one that is not in force does not count."""
    if scalars.is_blank(cell):
        raise MissingData(f"'rates' has no rate for {start}; fill it in.")
    rate = scalars.number("rates", cell)
    scalars.fraction("'rates'", rate, f" from {start} on")
    return rate


def holidays(rows: list[list[Any]]) -> list[Date]:
    """Dates from a row or a column of them, or from a table of date and name; a heading is skipped."""
    if len(rows) > 1 and len(rows[0]) > 1 and not any(map(ranges.is_date, rows[1])):
        rows = ranges.turned(rows)  # dates along the first row, names along the second
    line = [row[0] for row in rows]
    if len(rows) == 1 and not (len(rows[0]) == 2 and _is_name(rows[0][1])):
        line = rows[0]
    elif any(not (scalars.is_blank(cell) or ranges.is_heading(cell)) for row in rows for cell in row[1:]):
        raise BadInput(
            "'holidays' must be a row or a column of dates, or a table of date and name; correct its second column."
        )
    if len(line) > 1 and ranges.is_heading(line[0]):
        line = line[1:]
    days = []
    for place, cell in enumerate(line, start=1):
        if scalars.is_blank(cell):
            raise MissingData(f"'holidays' is blank at place {place}; fill it in.")
        days.append(scalars.to_day("holidays", cell))
    return days


def _is_name(cell: Any) -> bool:
    """Whether a cell beside a single date is its name, not a date that was mistyped."""
    return ranges.is_heading(cell) and not any(mark.isdigit() for mark in cell)
