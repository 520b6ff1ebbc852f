"""Calendar arithmetic of the field: anniversaries, numbers of years, quarter ends, usable month ends."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable

import numpy as np

from ..cells.scalars import choice
from ..errors import BadInput
from ..terms.keys import YEARFRAC

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


@functools.lru_cache(maxsize=4096)  # each fund of a page asks for the same
def add_months(day: Date, months: int, keep_month_end: bool = True) -> Date:
    """The same day of another month; a month end stays a month end (unless ``keep_month_end`` is False).

    >>> add_months(Date(2008, 2, 29), -12), add_months(Date(2007, 2, 28), 12)
    (datetime.date(2007, 2, 28), datetime.date(2008, 2, 29))
    """
    return _in_month(day.year, day.month + months, 31 if keep_month_end and is_month_end(day) else day.day)


def _in_month(year: int, month: int, day: int) -> Date:
    """A day of a month, or its last one where it has no such day; months beyond 1 to 12 run into other years."""
    last = month_end(year, month)
    return last if day >= last.day else last.replace(day=day)


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
    return list(_anniversaries(start, finish, months))


@functools.lru_cache(maxsize=4096)  # the charges of a contract ask for the same ones, and so do contracts
def _anniversaries(start: Date, finish: Date, months: int) -> tuple[Date, ...]:
    of_month = 31 if _keeps_month_end(start, finish, months) and is_month_end(start) else start.day
    steps = range(months, _months_between(start, finish) + 1, months)
    days = [_in_month(start.year, start.month + step, of_month) for step in steps]
    return tuple(days if not days or days[-1] <= finish else days[:-1])


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


@functools.lru_cache(maxsize=4096)  # the years of a walk, its contract year and its charges ask for the same
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
    """Months of 30 days / 360, US rule with its end of February."""
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


def actual_360(start: Date, finish: Date) -> float:
    """Days / 360."""
    return (finish - start).days / 360.0


def thirty_e_360(start: Date, finish: Date) -> float:
    """Months of 30 days / 360, European rule: the 31st is the 30th, and the end of February as it is (YEARFRAC, basis 4)."""
    days = min(finish.day, 30) - min(start.day, 30)
    return (finish.year - start.year) + (finish.month - start.month) / 12 + days / 360


def actual_actual_excel(start: Date, finish: Date) -> float:
    """Days / the length of a year, as Excel's YEARFRAC with basis 1.

    Up to a year its length is 366 where a 29 February lies in it, or the year that both days are of is a leap year;
    beyond, the mean length of all calendar years that are touched.
    """
    days = (finish - start).days
    if (finish.year - 1, finish.month, finish.day) > (start.year, start.month, start.day):
        touched = range(start.year, finish.year + 1)
        return days / ((365 * len(touched) + sum(map(is_leap, touched))) / len(touched))
    if start.year == finish.year:
        leap = is_leap(start.year)
    else:
        leap_days = [Date(year, 2, 29) for year in (start.year, finish.year) if is_leap(year)]
        leap = any(start <= day <= finish for day in leap_days)
    return days / (366.0 if leap else 365.0)


def thirty_360_excel(start: Date, finish: Date) -> float:
    """Months of 30 days / 360 as Excel's YEARFRAC with basis 0: a 31st after an end of February stays a 31st."""
    of_february = start.month == 2 and is_month_end(start)
    return thirty_360(start, finish) + (1 / 360 if of_february and finish.day == 31 else 0.0)


def whole_plus_days_365(start: Date, finish: Date) -> float:
    """Whole years + days since the last anniversary / 365."""
    years, anniversary = split_years(start, finish)
    return years + (finish - anniversary).days / 365.0


Count = Callable[[Date, Date], float]


def _inclusive(count: Count) -> Count:
    """A count of actual days in which the first day and the last both count."""

    def years(start: Date, finish: Date) -> float:
        if finish == Date.max:  # the day after it is none; the days before the first are as many
            return count(start - datetime.timedelta(days=1), finish)
        return count(start, finish + datetime.timedelta(days=1))

    return years


def _exact_if_whole(count: Count, inclusive: bool = False) -> Count:
    """A count that leaves whole years whole. Where both days count, 1 January to 31 December is a whole year too."""

    def years(start: Date, finish: Date) -> float:
        lasts = (finish, finish + datetime.timedelta(days=1)) if inclusive and finish < Date.max else (finish,)
        for last in lasts:
            whole, anniversary = split_years(start, last)
            if anniversary == last:
                return float(whole)
        return count(start, finish)

    return years


_FRACTIONS: dict[str, Count] = {
    "days_365": days_365,
    "days_365_25": days_365_25,
    "actual_360": actual_360,
    "actual_actual": actual_actual,
    "actual_actual_excel": actual_actual_excel,
    "thirty_360": thirty_360,
    "thirty_360_excel": thirty_360_excel,
    "thirty_e_360": thirty_e_360,
}
_INCLUSIVE = {
    f"{name}_inclusive": _inclusive(_FRACTIONS[name]) for name in ("days_365", "days_365_25", "actual_360", "actual_actual")
}

COUNTS: dict[str, Count] = {
    **_FRACTIONS,
    **_INCLUSIVE,
    "whole_plus_days_365": whole_plus_days_365,
    **{f"whole_else_{name}": _exact_if_whole(count) for name, count in _FRACTIONS.items()},
    **{f"whole_else_{name}": _exact_if_whole(count, inclusive=True) for name, count in _INCLUSIVE.items()},
}
"""Every way to count years, by name; what each does says the term 'years.basis'."""


def years_between(start: Date, finish: Date, basis: str = "whole_else_days_365") -> float:
    """The number of years between two dates by a named count of :data:`COUNTS`, or by a basis number of YEARFRAC.

    >>> years_between(Date(1998, 7, 31), Date(2008, 7, 31)), round(years_between(Date(2001, 1, 2), Date(2002, 12, 31)), 6)
    (10.0, 1.994521)
    """
    if finish < start:
        raise BadInput(f"'finish_date' {finish} lies before 'start_date' {start}; exchange them.")
    return COUNTS[choice(basis, COUNTS, "basis", YEARFRAC)](start, finish)
