"""Dates of periods and of use."""

from __future__ import annotations

import datetime

from xl_flexextra.calculation import calendar_days, periods
from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions.declaration import Example
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs import dated_series

CATEGORY = "Flex Extra dates"


@worksheet_function(
    CATEGORY,
    examples=(
        Example(("1998-07-31", "2008-07-31"), 10.0, source="ten whole years, leap days or not"),
        Example(("2001-01-02", "2002-12-31"), 1.994521, 6, source="Pacific One, Exhibit 13 (2003): 728 / 365"),
        Example(
            ("2001-01-12", "2002-12-31", "days_365"),
            1.967,
            3,
            source="AdvisorDesigns, 31 Dec 2002: 1.967 years",
        ),
        Example(
            ("1999-01-04", "2000-12-31", "days_365_inclusive"),
            1.994521,
            6,
            source="by hand: both days counted, 728 / 365",
        ),
        Example(("2008-01-31", "2008-02-29", 4), 0.080556, 6, source="by hand, 30E/360: 29 / 360"),
        Example(("2002-12-31", "2001-01-02"), VALUE, source="the finish lies before the start"),
    ),
    arguments={
        "basis": "How years are counted: whole_else_days_365 (left out), days_365, days_365_inclusive, actual_360, "
        "actual_actual, thirty_360, thirty_e_360 … as the term years.basis, or 0 to 4 as in Excel's YEARFRAC."
    },
)
def YEARS_BETWEEN(start_date: datetime.date, finish_date: datetime.date, basis: str = "whole_else_days_365") -> float:
    """Number of years between two dates by a named count.

    whole_else_days_365: whole years exactly, else days / 365. Others: days_365, days_365_25, actual_360, actual_actual
    (ISDA), thirty_360 (US), thirty_e_360, days_365_inclusive (the first day counts too), whole_plus_days_365; whole_else_
    before them keeps whole years whole. Or 0 to 4: the basis numbers of Excel's YEARFRAC, 1 being actual_actual_excel.

    >>> YEARS_BETWEEN("1998-07-31", "2008-07-31")
    10.0
    """
    return calendar_days.years_between(start_date, finish_date, basis)


@worksheet_function(
    CATEGORY,
    examples=(
        Example(("2008-07-31", "YTD"), 39447, source="31 December 2007, not 1 January 2008"),
        Example(("2008-07-31", "5Y"), 37833, source="31 July 2003"),
        Example(("2008-07-31", "10Y_OR_SI", "2002-05-28"), 37404, source="inception, 28 May 2002, is later"),
        Example(("2008-07-31", "SI_FUND"), NA, source="no inception given"),
        Example(("2008-07-31", "5X"), VALUE, source="no such period"),
    ),
    returns="date",
    arguments={"inception": "Inception date, for periods since inception."},
)
def PERIOD_BASE_DATE(as_of: datetime.date, period: str, inception: datetime.date | None = None) -> datetime.date:
    """The date from which a period to as_of is measured.

    YTD counts from 31 December, MTD and QTD from the month or quarter end before; a month end stays a month end.

    >>> PERIOD_BASE_DATE("2008-07-31", "YTD")
    datetime.date(2007, 12, 31)
    """
    return periods.base_date(periods.parse(period), as_of, inception)


@worksheet_function(
    CATEGORY,
    examples=(
        Example(("2008-07-31",), 39629, source="30 June 2008"),
        Example(("2008-06-30",), 39629, source="a quarter end is its own"),
    ),
    returns="date",
)
def LATEST_QUARTER_END(as_of: datetime.date) -> datetime.date:
    """The latest calendar quarter end on or before a date: where standardized returns end.

    Source: SEC rule 482(d).

    >>> LATEST_QUARTER_END("2008-07-31")
    datetime.date(2008, 6, 30)
    """
    return calendar_days.quarter_end(as_of)


@worksheet_function(
    CATEGORY,
    examples=(
        Example(("2008-08-11",), 39660, source="by hand: August 1, 4, 5, 6, 7, 8, 11 are 7 business days"),
        Example(("2008-08-08",), 39629, source="by hand: 6 business days after 31 July"),
        Example(("2008-09-09", [["2008-09-01"]]), 39660, source="Labor Day is no business day"),
        Example(("2008-09-09", [["date", "name"], ["2008-09-01", "Labor Day"]]), 39660, source="with a header and names"),
    ),
    returns="date",
    arguments={
        "use_date": "Day on which the material is to be used.",
        "holidays": "Days that are not business days besides Saturdays and Sundays: a range of dates, or of date and name. "
        "Left out: none.",
    },
)
def USABLE_MONTH_END(use_date: datetime.date, holidays: list[list[object]] | None = None) -> datetime.date:
    """The latest month end that ended at least 7 business days before the day of use.

    Business days after the month end are counted up to and including the day of use; Saturdays, Sundays and the given
    holidays do not count. Source: SEC rule 482(g).

    >>> USABLE_MONTH_END("2008-08-11")
    datetime.date(2008, 7, 31)
    """
    return calendar_days.usable_month_end(use_date, dated_series.holidays(holidays) if holidays else [])


__all__ = ["LATEST_QUARTER_END", "PERIOD_BASE_DATE", "USABLE_MONTH_END", "YEARS_BETWEEN"]
