"""Calendar arithmetic of the field: anniversaries, numbers of years, quarter ends, usable month ends."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable

import numpy as np

from ..cells.scalars import choice
from ..errors import BadInput

Date = datetime.date
BUSINESS_DAYS = 7  # after which rule 482 asks for the next month end


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """28 to 31. (The standard library's calendar costs a cell's first call more than the rest of this module.)"""
    return 29 if month == 2 and is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def is_month_end(day: Date) -> bool:
    """Whether ``day`` is the last of its month."""
    return day.day == days_in_month(day.year, day.month)


def month_end(year: int, month: int) -> Date:
    """The last day of a month; months beyond 1 to 12 run into other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not Date.min.year <= year <= Date.max.year:
        raise BadInput(f"A date in the year {year} is outside the calendar; check the dates and the period.")
    return Date(year, month, days_in_month(year, month))


def add_months(day: Date, months: int, keep_month_end: bool = True) -> Date:
    """The same day of another month; a month end stays a month end (unless ``keep_month_end`` is False).

    >>> add_months(Date(2008, 2, 29), -12), add_months(Date(2007, 2, 28), 12)
    (datetime.date(2007, 2, 28), datetime.date(2008, 2, 29))
    """
    last = month_end(day.year, day.month + months)
    return last if keep_month_end and is_month_end(day) else last.replace(day=min(day.day, last.day))


def add_years(day: Date, years: int) -> Date:
    """The anniversary ``years`` later (or earlier, if negative); a month end stays a month end."""
    return add_months(day, 12 * years)


def _months_between(start: Date, finish: Date) -> int:
    return 12 * (finish.year - start.year) + finish.month - start.month


def _keeps_month_end(start: Date, finish: Date, months: int) -> bool:
    """28 February 2007 to 28 February 2008 is one year by the day, though the first is a month end; so is 30 April to
    30 July a quarter. A period that is no whole number of such steps keeps to month ends."""
    return is_month_end(finish) or finish.day != start.day or _months_between(start, finish) % months != 0


def anniversaries(start: Date, finish: Date, months: int = 12) -> list[Date]:
    """Every anniversary after ``start`` up to ``finish``, that day included; each is counted from ``start``.

    >>> anniversaries(Date(2006, 2, 28), Date(2008, 2, 29))
    [datetime.date(2007, 2, 28), datetime.date(2008, 2, 29)]
    """
    days = []
    step = months
    keep = _keeps_month_end(start, finish, months)
    whole = _months_between(start, finish)
    while step <= whole and (day := add_months(start, step, keep)) <= finish:
        days.append(day)
        step += months
    return days


def quarter_end(as_of: Date) -> Date:
    """The latest calendar quarter end on or before a date.

    >>> quarter_end(Date(2008, 7, 31))
    datetime.date(2008, 6, 30)
    """
    last = month_end(as_of.year, (as_of.month + 2) // 3 * 3)
    return last if last <= as_of else month_end(last.year, last.month - 3)


def usable_month_end(use_date: Date, holidays: Iterable[Date] = ()) -> Date:
    """The latest month end that ended at least seven business days before the day of use.

    Counted as business days after the month end, up to and including the day of use. Source: SEC rule 482(g).

    >>> usable_month_end(Date(2008, 8, 11)), usable_month_end(Date(2008, 8, 8))
    (datetime.date(2008, 7, 31), datetime.date(2008, 6, 30))
    """
    closed = np.array(list(holidays), dtype="datetime64[D]")
    ended = month_end(use_date.year, use_date.month)
    day = np.timedelta64(1, "D")
    while True:
        first, past = np.datetime64(ended) + day, np.datetime64(use_date) + day
        if np.busday_count(first, past, holidays=closed) >= BUSINESS_DAYS:
            return ended
        ended = month_end(ended.year, ended.month - 1)


def last_use_date(as_of: Date, holidays: Iterable[Date] = ()) -> Date:
    """The last day on which figures to the month end ``as_of`` are still the latest that rule 482 asks for."""
    day = month_end(as_of.year, as_of.month + 1)
    closed = list(holidays)
    while usable_month_end(day + datetime.timedelta(days=1), closed) <= as_of:
        day += datetime.timedelta(days=1)
    return day


# --- numbers of years -------------------------------------------------------------------------------------------------


def split_years(start: Date, finish: Date) -> tuple[int, Date]:
    """Completed years between two dates, and the last anniversary (the start itself if there is none)."""
    years = finish.year - start.year
    keep = _keeps_month_end(start, finish, 12)
    if (day := add_months(start, 12 * years, keep)) <= finish:
        return years, day
    return years - 1, add_months(start, 12 * (years - 1), keep)


def days_365(start: Date, finish: Date) -> float:
    """Days / 365."""
    return (finish - start).days / 365.0


def days_365_25(start: Date, finish: Date) -> float:
    """Days / 365.25."""
    return (finish - start).days / 365.25


def actual_actual(start: Date, finish: Date) -> float:
    """Days in leap years / 366 + other days / 365 (ISDA 2006, section 4.16(b))."""
    years = 0.0
    for year in range(start.year, finish.year + 1):
        first, past = (
            max(start, Date(year, 1, 1)),
            min(finish, Date(year + 1, 1, 1)) if year < 9999 else finish,
        )
        years += max((past - first).days, 0) / (366.0 if is_leap(year) else 365.0)
    return years


def thirty_360(start: Date, finish: Date) -> float:
    """Months of 30 days / 360, US rule with its end of February, as Excel's YEARFRAC with basis 0."""
    first, last = start.day, finish.day
    february_end = start.month == 2 and is_month_end(start)
    if february_end and finish.month == 2 and is_month_end(finish):
        last = 30
    if february_end:
        first = 30
    if last == 31 and first >= 30:
        last = 30
    if first == 31:
        first = 30
    return (finish.year - start.year) + (finish.month - start.month) / 12 + (last - first) / 360


def whole_plus_days_365(start: Date, finish: Date) -> float:
    """Whole years + days since the last anniversary / 365."""
    years, anniversary = split_years(start, finish)
    return years + (finish - anniversary).days / 365.0


_FRACTIONS: dict[str, Callable[[Date, Date], float]] = {
    "days_365": days_365,
    "days_365_25": days_365_25,
    "actual_actual": actual_actual,
    "thirty_360": thirty_360,
    "whole_plus_days_365": whole_plus_days_365,
}


def _exact_if_whole(count: Callable[[Date, Date], float]) -> Callable[[Date, Date], float]:
    def years(start: Date, finish: Date) -> float:
        whole, anniversary = split_years(start, finish)
        return float(whole) if anniversary == finish else count(start, finish)

    return years


COUNTS: dict[str, Callable[[Date, Date], float]] = {
    **_FRACTIONS,
    **{f"whole_else_{n}": _exact_if_whole(f) for n, f in _FRACTIONS.items() if not n.startswith("whole")},
}
"""Every way to count years, by name."""


def years_between(start: Date, finish: Date, basis: str = "whole_else_days_365") -> float:
    """The number of years between two dates by a named count of :data:`COUNTS`.

    >>> years_between(Date(1998, 7, 31), Date(2008, 7, 31)), round(years_between(Date(2001, 1, 2), Date(2002, 12, 31)), 6)
    (10.0, 1.994521)
    """
    if finish < start:
        raise BadInput(f"'finish_date' {finish} lies before 'start_date' {start}; exchange them.")
    return COUNTS[choice(basis, COUNTS, "basis")](start, finish)
