"""Small dated series given as ranges: net asset values, declared rates."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from . import arguments
from .errors import BadInput, FlexExtraError, MissingData
from .numbers import shortest

Date = datetime.date


def _body(argument: str, rows: list[list[Any]], width: int) -> list[list[Any]]:
    """Rows without a header."""
    if len(rows[0]) < width:
        raise BadInput(f"'{argument}' must have {width} columns (got {len(rows[0])}); widen the range.")
    for cell in rows[0]:
        arguments.cell_error(argument, cell)
    if len(rows) > 1 and all(isinstance(cell, str) and not _is_value(cell) for cell in (rows[0][0], rows[0][-1])):
        return rows[1:]
    return rows


def _is_value(cell: str) -> bool:
    """Whether a text is a number or a date rather than a heading."""
    for convert in (arguments.number, arguments.to_date):
        try:
            convert("", cell)
        except FlexExtraError:
            continue
        return True
    return False


def dated_values(argument: str, rows: list[list[Any]], first: Date | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Dates and positive values of a two-column range, oldest first; from ``first`` on, if given."""
    days: list[Date] = []
    values: list[float] = []
    for row in _body(argument, rows, 2):
        if arguments.is_blank(row[0]) or arguments.is_blank(row[1]):
            raise MissingData(f"'{argument}' has a row with a blank; fill it in.")
        day, value = arguments.to_date(argument, row[0]), arguments.number(argument, row[1])
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
    if len(rows[0]) not in (2, 3):
        raise BadInput(f"'rates' must have 2 columns (date, rate) or 3 (date, kind, rate), not {len(rows[0])}.")
    body = _body("rates", rows, 2)
    kinds = {str(row[1]).strip().lower() for row in body} if len(rows[0]) == 3 else set()
    if kind is None and len(kinds) > 1:
        raise BadInput(f"'rate_kind' is missing; the range has {', '.join(sorted(kinds))}.")
    wanted = kind.strip().lower() if kind else None
    if wanted and kinds and wanted not in kinds:
        raise BadInput(f"'rate_kind' {kind!r} is not in 'rates'{arguments.nearest(wanted, kinds)}.")
    found: tuple[Date, float] | None = None
    for row in body:
        if kinds and wanted and str(row[1]).strip().lower() != wanted:
            continue
        start = arguments.to_date("rates", row[0])
        if start > day or (found is not None and start < found[0]):
            continue
        if arguments.is_blank(row[-1]):
            raise MissingData(f"'rates' has no rate for {start}; fill it in.")
        rate = arguments.number("rates", row[-1])
        if not 0 <= rate <= 1:
            hint = f"; use {shortest(rate / 100)} for {shortest(rate)}%" if 1 < rate <= 100 else ""
            raise BadInput(f"'rates' must be between 0 and 1 (got {shortest(rate)} from {start} on){hint}.")
        if found is not None and start == found[0] and rate != found[1]:
            raise BadInput(f"'rates' has two rates from {start} on; keep one.")
        found = start, rate
    if found is None:
        raise MissingData(f"'rates' has no rate in force on {day}.")
    return found[1]
