"""What a payment has grown to, day by day, and what unit values did in each calendar year."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, MissingData, PassedError
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from ..terms.keys import KEYS
from . import calendar_days, charge_dates, returns
from .charge_schedule import charging_of, share_of
from .valuation import valued
from .walk import walk

Date = datetime.date
MAX_AGE_DAYS = int(KEYS["valuation.max_age_days"].default)  # type: ignore[call-overload]
YEAR_END_DAYS = 3  # before 31 December a series may end and the year be over: a weekend, and a holiday beside it


def growth_of_payment(
    unit_values: UnitValues, columns: Sequence[int], start: Date | None, payment: float,
    terms: Terms | None = None, shares: Shares | None = None, funds: Funds | None = None,
) -> tuple[list[Date], np.ndarray]:  # fmt: skip
    """Dates and ``(dates, funds)`` values of a payment made on ``start`` and held.

    Without terms by unit values alone; with terms after load, bonus, annual and rider charges on their days, not redeemed.
    ``funds``: substituted funds carry on their predecessors' histories.
    """
    if payment <= 0:
        raise BadInput(f"'payment' must be positive (got {payment:g}).")
    spliced = splice(unit_values, funds, terms["valuation.max_age_days"] if terms else MAX_AGE_DAYS)
    unit_values = spliced.unit_values
    first = start or max(unit_values.first_date(c) for c in columns)
    days = [d for d in unit_values.dates.tolist() if d > first]
    if not days:
        raise MissingData(f"There is no unit value after {first}; the growth has no length.")
    days = [first, *days]
    lines = []
    for column in columns:
        spliced.check(column, first)
        if terms is None:
            level = np.array([unit_values.at(column, day, max_age_days=MAX_AGE_DAYS) for day in days])
            lines.append(payment * level / level[0])
        else:
            lines.append(_after_charges(unit_values, column, days, payment, terms, shares, funds))
    return days, without_noise(np.stack(lines, axis=1))


def _after_charges(
    unit_values: UnitValues,
    column: int,
    days: list[Date],
    payment: float,
    terms: Terms,
    shares: Shares | None,
    funds: Funds | None,
) -> np.ndarray:
    """One fund's line: a walk over every day and every charge date; a charge shows from its own day on."""
    fund = unit_values.funds[column]
    due = charge_dates.charge_dates(terms, days[0], days[-1], redeemed=False)
    by_day = {day: charge_dates.ChargeDate(day) for day in days}
    for one in due:
        by_day[one.day] = one
    every = [by_day[day] for day in sorted(by_day)]
    invested, charging = charging_of(terms, every, payment, lambda day: share_of(terms, shares, fund, day, funds))
    level = np.array([valued(terms, unit_values, column, d.day) for d in every])
    path = walk(level, invested, charging)
    shown = set(days)
    kept = [i for i, d in enumerate(every) if d.day in shown]
    return np.asarray(path.value)[kept]


def calendar_year_returns(
    unit_values: UnitValues,
    columns: Sequence[int],
    first_year: int | None,
    last_year: int | None,
    funds: Funds | None = None,
) -> list[list[Any]]:
    """Rows of year, return for each fund (None where there is none), and a note on part years.

    A year end without a value in the midst of a fund's history makes its two years errors, which stand in their places.
    ``funds``: substituted funds carry on their predecessors' histories.
    """
    if not len(unit_values.dates):
        raise MissingData("'unit_values' has no dates; fill in the table.")
    spliced = splice(unit_values, funds, MAX_AGE_DAYS)
    unit_values = spliced.unit_values
    table = []
    for year in _years(unit_values, first_year, last_year):
        row: list[Any] = [year]
        partial = []
        for column in columns:
            try:
                spliced.check(column, Date(year - 1, 12, 31))
                value, part = _calendar_year(unit_values, column, year)
            except (MissingData, PassedError) as error:
                row.append(error)
                continue
            row.append(value)
            if part:
                partial.append(unit_values.funds[column])
        note = "" if not partial else "part year" if len(partial) == len(columns) else f"part year: {', '.join(partial)}"
        table.append([*row, note])
    return table


def _years(unit_values: UnitValues, first_year: int | None, last_year: int | None) -> range:
    """The calendar years to show: those given, else those that the unit values reach into."""
    begins, ends = unit_values.dates[0].item(), unit_values.dates[-1].item()
    opening = calendar_days.month_end(begins.year, 12)
    first = first_year or (begins.year + 1 if (opening - begins).days <= MAX_AGE_DAYS else begins.year)
    last = last_year or ends.year
    if first <= last:
        return range(first, last + 1)
    if first_year and last_year:
        raise BadInput(f"'first_year' {first} lies after 'last_year' {last}; exchange them.")
    if first_year:
        raise MissingData(f"'first_year' {first} lies after the last of 'unit_values', {ends}; give an earlier year.")
    if last_year:
        raise MissingData(
            f"'last_year' {last} lies before the years of 'unit_values', which begin {begins}; give a later one."
        )
    raise MissingData(f"'unit_values' has no value after the year end {begins}; add later ones for a return.")


def _calendar_year(unit_values: UnitValues, column: int, year: int) -> tuple[float | None, bool]:
    """One fund's return in a calendar year, and whether its history covers only a part of it."""
    known = unit_values.days(column)
    start, finish = Date(year - 1, 12, 31), Date(year, 12, 31)
    inside = [d for d in known.tolist() if start < d <= finish]
    if not inside:
        if len(known) and known[0] <= np.datetime64(start) and known[-1] > np.datetime64(finish):
            raise MissingData(f"There is no unit value of {unit_values.funds[column]} in {year}; fill in its column.")
        return None, False
    part = False
    try:
        begin = unit_values.at(column, start, max_age_days=MAX_AGE_DAYS)
    except MissingData:
        if known[0] < np.datetime64(start):
            raise
        part, begin = True, unit_values.at(column, known[0].item())
    age = (finish - inside[-1]).days
    if known[-1] > np.datetime64(finish):  # the year is over: its end may be as old as any other value
        if age > MAX_AGE_DAYS:
            raise MissingData(
                f"There is no unit value of {unit_values.funds[column]} within {MAX_AGE_DAYS} days of {finish}."
            )
    elif age > YEAR_END_DAYS:
        part = True
    if part and inside[-1] == known[0].item():
        return None, True  # one value only: no return yet
    return returns.change(unit_values.at(column, inside[-1]) / begin), part
