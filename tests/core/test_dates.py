"""Calendar arithmetic at its edges: leap years, month ends, the ends of the calendar, the days of use."""

import calendar
import datetime

import pytest
from flexextra_udfs import ADJUSTED_UNIT_VALUES, MONEY_WEIGHTED_RETURN, PERIOD_BASE_DATE, YEARS_BETWEEN

from xl_flexextra.calculation import calendar_days
from xl_flexextra.cells import scalars
from xl_flexextra.errors import BadInput
from xl_flexextra.inputs.dated_series import holidays, rate_date
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.published_figures import published_from_rows
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.terms.terms import from_rows

D = datetime.date


def days(*texts):
    return [D.fromisoformat(text) for text in texts]


def test_leap_years_and_lengths_of_months_are_the_calendars():
    for year in range(1890, 2110):
        assert calendar_days.is_leap(year) == calendar.isleap(year)
        for month in range(1, 13):
            assert calendar_days.days_in_month(year, month) == calendar.monthrange(year, month)[1]


@pytest.mark.parametrize(
    ("start", "finish", "months", "found"),
    [
        # a month end stays a month end, also where the last day is none
        ("2006-04-30", "2007-06-30", 3, ["2006-07-31", "2006-10-31", "2007-01-31", "2007-04-30"]),
        ("2006-04-30", "2007-06-15", 3, ["2006-07-31", "2006-10-31", "2007-01-31", "2007-04-30"]),
        ("2007-02-28", "2008-07-15", 12, ["2008-02-29"]),
        # but where the whole period is years (or quarters) by the day, so is each
        ("2007-02-28", "2008-02-28", 12, ["2008-02-28"]),
        ("2007-02-28", "2009-04-28", 12, ["2008-02-29", "2009-02-28"]),  # two years and two months
        ("2008-04-30", "2008-07-30", 3, ["2008-07-30"]),  # 3M to 30 July
        ("2008-04-30", "2008-08-30", 3, ["2008-07-31"]),
        ("2006-04-15", "2007-01-14", 3, ["2006-07-15", "2006-10-15"]),
        ("2007-12-15", "2008-02-14", 12, []),
        ("9998-12-31", "9999-12-31", 12, ["9999-12-31"]),
    ],
)
def test_anniversaries_and_quarters(start, finish, months, found):
    assert calendar_days.anniversaries(D.fromisoformat(start), D.fromisoformat(finish), months) == days(*found)


def test_the_ends_of_the_calendar():
    assert (calendar_days.month_end(1, 1), calendar_days.month_end(9999, 12)) == (D(1, 1, 31), D(9999, 12, 31))
    assert calendar_days.month_end(2008, 0) == D(2007, 12, 31)
    assert calendar_days.month_end(2008, 14) == D(2009, 2, 28)
    for year, month in ((1, 0), (9999, 13)):
        with pytest.raises(BadInput, match="outside the calendar"):
            calendar_days.month_end(year, month)


@pytest.mark.parametrize(
    ("start", "finish", "years"),
    [
        ("2007-02-28", "2008-02-28", 358 / 360),  # the first is an end of February, the second none
        ("2007-02-28", "2008-02-29", 360 / 360),
        ("2008-01-15", "2008-03-31", 76 / 360),  # the 31st counts as 30 only after a 30th or a 31st
        ("2008-01-30", "2008-03-31", 60 / 360),
        ("2008-01-31", "2008-03-30", 60 / 360),
        ("2008-02-29", "2008-03-30", 30 / 360),
        ("2008-02-15", "2009-02-28", 373 / 360),
        ("2008-02-29", "2009-03-31", 390 / 360),  # a 30th by the rule, and so is the 31st
    ],
)
def test_months_of_30_days(start, finish, years):
    assert YEARS_BETWEEN(start, finish, "thirty_360") == pytest.approx(years, rel=1e-14)


@pytest.mark.parametrize(
    ("start", "finish", "years"),
    [
        ("2007-07-01", "2008-01-01", 184 / 365),  # no day of 2008
        ("2008-01-01", "2008-12-31", 365 / 366),
        ("2007-12-31", "2009-01-01", 1 / 365 + 1),  # a day of 2007, all 366 of 2008
        ("9999-01-01", "9999-12-31", 364 / 365),
    ],
)
def test_days_of_leap_years_and_of_others(start, finish, years):
    assert YEARS_BETWEEN(start, finish, "actual_actual") == pytest.approx(years, rel=1e-14)


@pytest.mark.parametrize(
    ("start", "finish", "basis", "years"),
    [
        ("1999-01-04", "2000-12-31", "days_365_inclusive", 728 / 365),  # 362 days of 1999 and 366 of 2000
        ("1999-01-04", "2000-12-31", "whole_else_days_365_inclusive", 728 / 365),
        ("1999-01-04", "2000-12-31", "days_365_25_inclusive", 728 / 365.25),
        ("1999-01-04", "2000-12-31", "actual_360_inclusive", 728 / 360),
        ("1999-01-04", "2000-12-31", "actual_actual_inclusive", 362 / 365 + 1),
        ("1999-12-31", "2000-12-31", "days_365_inclusive", 367 / 365),
        ("1999-12-31", "2000-12-31", "whole_else_days_365_inclusive", 1),  # by the anniversary
        ("1999-01-01", "2000-12-31", "whole_else_days_365_inclusive", 2),  # by whole calendar years
        ("9999-01-04", "9999-12-31", "days_365_inclusive", 362 / 365),
        ("2008-01-31", "2008-03-31", "actual_360", 60 / 360),
        ("2007-07-31", "2008-07-31", "whole_else_actual_360", 1),
        ("2008-01-31", "2008-02-29", "thirty_e_360", 29 / 360),  # from a 30th to the 29th
        ("2008-02-29", "2008-03-31", "thirty_e_360", 31 / 360),  # the end of February is no 30th
        ("2007-02-28", "2009-12-31", "thirty_e_360", 1022 / 360),  # 2 years, 10 months, 2 days
        ("2008-02-29", "2009-03-31", "thirty_360_excel", 391 / 360),  # the 31st stays one
        ("2008-01-30", "2009-03-31", "thirty_360_excel", 420 / 360),
        ("2007-07-31", "2008-02-28", "actual_actual_excel", 212 / 365),  # no 29 February
        ("2007-07-31", "2008-02-29", "actual_actual_excel", 213 / 366),
        ("2007-07-31", "2008-07-31", "actual_actual_excel", 1),
        ("2008-03-01", "2008-12-31", "actual_actual_excel", 305 / 366),  # within a leap year
        ("2008-03-01", "2009-02-28", "actual_actual_excel", 364 / 365),
        ("1999-01-04", "2000-12-31", "actual_actual_excel", 727 / 365.5),  # the mean of 365 and 366
        ("2000-02-28", "2004-02-29", "actual_actual_excel", 1462 / 365.4),
        ("9998-12-31", "9999-12-31", "actual_actual_excel", 1),
    ],
)
def test_counts_of_both_days_of_360_and_as_excel_counts(start, finish, basis, years):
    assert YEARS_BETWEEN(start, finish, basis) == pytest.approx(years, rel=1e-14)


def test_the_basis_numbers_of_yearfrac_are_taken_and_others_refused():
    """4 January 1999 to 31 December 2000: 1 year, 11 months and 27 or 26 days of 360; 727 days."""
    wanted = {0: 717 / 360, 1: 727 / 365.5, 2: 727 / 360, 3: 727 / 365, "4": 716 / 360}
    for basis, years in wanted.items():
        assert YEARS_BETWEEN("1999-01-04", "2000-12-31", basis) == pytest.approx(years, rel=1e-14)
    with pytest.raises(BadInput, match="'basis' must be one of"):
        YEARS_BETWEEN("1999-01-04", "2000-12-31", 5)


def test_how_long_a_month_end_may_be_used():
    """Rule 482: 1, 4 to 8 and 11 August 2008 are the seven business days after July; from the 11th July must be shown."""
    july, august = D(2008, 7, 31), D(2008, 8, 31)
    assert calendar_days.usable_month_end(D(2008, 8, 10)) == D(2008, 6, 30)
    assert calendar_days.usable_month_end(D(2008, 8, 11)) == july
    assert calendar_days.last_use_date(D(2008, 6, 30)) == D(2008, 8, 10)
    # 1 September is Labor Day: 2 to 5 and 8 to 10 are seven; without it the seventh is the 9th
    assert calendar_days.last_use_date(july, [D(2008, 9, 1)]) == D(2008, 9, 9)
    assert calendar_days.last_use_date(july) == D(2008, 9, 8)
    assert calendar_days.last_use_date(august) == D(2008, 10, 8)  # 1 to 3, 6 to 9 October


@pytest.mark.parametrize("use_date", ["2008-05-30", "2008-05-31", "2008-06-01", "2008-06-10"])
def test_a_month_end_that_is_yet_to_come_or_not_seven_days_old_is_not_usable(use_date):
    # 2 to 6 and 9 to 10 June are seven: from the 10th it is May
    may = use_date == "2008-06-10"
    assert calendar_days.usable_month_end(D.fromisoformat(use_date)) == (D(2008, 5, 31) if may else D(2008, 4, 30))


READERS = {
    "a printed figure": lambda day: published_from_rows(
        [["contract", "fund", "period", "as_of", "return_pct"], ["c", "EQ", "1Y", day, 5.0]]
    ),
    "a fund": lambda day: Funds.from_rows([["fund", "name", "fund_inception"], ["EQ", "Equity", day]]),
    "a share": lambda day: Shares.from_rows([["effective_date", "fund", "share"], [day, "EQ", 1.0]]),
    "a rate": lambda day: rate_date([["effective_date", "rate"], [day, 0.03]], None),
    "a holiday": lambda day: holidays([["date", "name"], [day, "New Year"]]),
    "a term": lambda day: from_rows([["Term", "Value"], ["contract.code", "x"], ["contract.inception", day]]),
    "a change of terms": lambda day: from_rows(
        [["Term", "Value"], ["contract.code", "x"], [f"payment.amount from {day}", 2]]
    ),
    "a net asset value": lambda day: ADJUSTED_UNIT_VALUES(
        [["date", "nav"], [day, 10.0], ["2008-12-31", 11.0]], None, 0.0125
    ),
    "a payment": lambda day: MONEY_WEIGHTED_RETURN([-100, 110], [day, "2008-12-31"]),
    "a period": lambda day: PERIOD_BASE_DATE("2008-12-31", f"{day}..2008-12-31"),
}


@pytest.mark.parametrize("where", READERS)
@pytest.mark.parametrize("day", [2008, "2008", 200807])
def test_a_year_alone_was_a_day_of_1905(where, day):
    with pytest.raises(BadInput, match=r"2008(07)?, a (year|month) alone"):
        READERS[where](day)


def test_a_day_that_is_none_was_named_without_its_row():
    with pytest.raises(BadInput, match=r"^'funds, fund_inception, row 3' must be a date \(got 1965, a year alone\)"):
        Funds.from_rows([["fund", "fund_inception"], ["EQ", D(1990, 1, 2)], ["BD", 1965]])
    with pytest.raises(BadInput, match=r"^'shares, row 3' must be a date"):
        Shares.from_rows([["effective_date", "fund", "share"], [D(2008, 1, 1), "EQ", 0.5], [2008, "BD", 0.5]])


def test_a_cell_may_hold_the_number_of_a_day_of_1905():
    assert scalars.to_date("as_of", 2008) == datetime.date(1905, 6, 30)
    assert scalars.to_day("as_of", 39660) == scalars.to_day("as_of", "20080731") == datetime.date(2008, 7, 31)
