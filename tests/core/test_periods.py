"""Periods and dates: inceptions, late starts, gaps, leap days, month ends, substituted and renamed funds."""

import datetime
import math

import pytest
from flexextra_udfs import (
    CALENDAR_YEAR_RETURNS,
    CONTRACT_AATR,
    CONTRACT_PATH,
    GROWTH_OF_PAYMENT,
    LATEST_QUARTER_END,
    PERFORMANCE_TABLE,
    PERIOD_BASE_DATE,
    UNIT_VALUE_AT,
    USABLE_MONTH_END,
    YEARS_BETWEEN,
)
from hypothesis import given
from hypothesis import strategies as st

from xl_flexextra import catalogue, sample, terms
from xl_flexextra.calculation import calendar_days, periods
from xl_flexextra.errors import NA, BadInput, MissingData
from xl_flexextra.functions import registry

D = datetime.date
BARE = {"contract.name": "bare", "contract.inception": "1999-03-31", "annual_charge.form": "none", "cdsc.schedule": [0.0]}
FUNDS = [["fund", "fund_inception", "subaccount_inception"], ["S", "1990-06-30", "2001-05-31"]]


def month_ends(first, last):
    day = first
    while day <= last:
        yield day
        day = calendar_days.month_end(day.year, day.month + 1)


FIRST, LAST = D(1998, 1, 31), D(2008, 7, 31)


def series(first=FIRST, last=LAST, skip=()):
    """Month ends with a value that tells its day: 10 at the first, growing by the serial of the month."""
    rows = [[day, 10 + 0.05 * i] for i, day in enumerate(month_ends(first, last)) if day not in skip]
    return [["date", "S"], *rows]


VALUES = series()
LEVEL = {row[0]: row[1] for row in VALUES[1:]}


def aatr(period, values=VALUES, as_of="2008-07-31", funds=FUNDS, **changed):
    given_terms = {**BARE, **{k.replace("__", "."): v for k, v in changed.items()}}
    return CONTRACT_AATR(terms.Terms(given_terms), values, "S", as_of, period, None, funds)


def change(start, finish, years):
    return (LEVEL[finish] / LEVEL[start]) ** (1 / years) - 1


# --- base dates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "period", "base"),
    [
        ("2008-07-31", "YTD", "2007-12-31"),
        ("2008-01-31", "YTD", "2007-12-31"),
        ("2007-12-31", "YTD", "2006-12-31"),  # a whole year
        ("2008-07-31", "MTD", "2008-06-30"),
        ("2008-03-15", "MTD", "2008-02-29"),
        ("2008-07-31", "QTD", "2008-06-30"),
        ("2008-09-30", "QTD", "2008-06-30"),
        ("2008-02-10", "QTD", "2007-12-31"),
        ("2008-07-31", "1Y", "2007-07-31"),
        ("2008-06-30", "10Y", "1998-06-30"),
        ("2008-02-29", "1Y", "2007-02-28"),
        ("2009-02-28", "1Y", "2008-02-29"),  # a month end stays a month end
        ("2008-02-28", "1Y", "2007-02-28"),
        ("2008-11-30", "6M", "2008-05-31"),
        ("2008-05-15", "3M", "2008-02-15"),
        ("2008-05-30", "3M", "2008-02-29"),
        ("2008-07-31", "CY2007", "2006-12-31"),
        ("2008-07-31", "39M", "2005-04-30"),
        ("2008-07-31", "7D", "2008-07-24"),
        ("2008-03-01", "1 day", "2008-02-29"),
        ("2008-07-31", "2001-05-01..2003-12-31", "2001-05-01"),
    ],
)
def test_base_dates(as_of, period, base):
    assert PERIOD_BASE_DATE(as_of, period).isoformat() == base


def test_base_dates_by_inception():
    assert PERIOD_BASE_DATE("2008-07-31", "SI_FUND", "2001-05-31") == D(2001, 5, 31)
    assert PERIOD_BASE_DATE("2008-07-31", "10Y_OR_SI", "2001-05-31") == D(2001, 5, 31)
    assert PERIOD_BASE_DATE("2008-07-31", "10Y_OR_SI", "1990-05-31") == D(1998, 7, 31)


@pytest.mark.parametrize("period", ["SI_FUND", "SI_SUBACCOUNT", "SI_CONTRACT", "10Y_OR_SI", "5Y_OR_SI_FUND"])
def test_an_inception_that_is_missing_or_not_before_the_end(period):
    with pytest.raises(MissingData, match="needs an inception date"):
        PERIOD_BASE_DATE("2008-07-31", period)
    for inception in ("2008-07-31", "2009-01-01"):
        with pytest.raises(MissingData, match="no period yet"):
            PERIOD_BASE_DATE("2008-07-31", period, inception)


@pytest.mark.parametrize("period", ["CY2008", "CY2009"])
def test_a_calendar_year_that_is_not_over(period):
    with pytest.raises(MissingData, match="not over"):
        PERIOD_BASE_DATE("2008-07-31", period)


@pytest.mark.parametrize(
    ("written", "code"),
    [("1y", "1Y"), ("1 year", "1Y"), ("3 Years", "3Y"), ("03Y", "3Y"), ("10yr", "10Y"), ("10y or si", "10Y_OR_SI"),
     ("10Y-OR-SI", "10Y_OR_SI"), ("si sub-account", "SI_SUBACCOUNT"), ("cy 2007", "CY2007"),
     ("6 months", "6M"), ("ytd", "YTD"), ("1-Year", "1Y"), ("1 Yr.", "1Y"), ("One Year", "1Y"), ("Ten Years", "10Y"),
     ("ten-year", "10Y"), ("Year to Date", "YTD"), ("year-to-date", "YTD"), ("Quarter to date", "QTD"), ("3 Mos.", "3M")],
)  # fmt: skip
def test_a_period_in_any_writing_is_one_period(written, code):
    assert periods.parse(written).code == code


@pytest.mark.parametrize(
    "written", ["", "Y", "0Y", "0M", "-1Y", "1.5Y", "100Y", "CY", "CY07", "CY0000", "CY1800", "SI_", "YTD1", "1Y.Y", "²Y"]
)
def test_a_period_that_is_none(written):
    with pytest.raises(BadInput, match="is not known"):
        periods.parse(written)


@pytest.mark.parametrize("written", ["Since Inception", "since-inception", "SI", "Inception", "ITD", "Life"])
def test_an_inception_of_what_is_asked_for(written):
    with pytest.raises(BadInput, match="use SI_FUND, SI_SUBACCOUNT or SI_CONTRACT"):
        periods.parse(written)


def test_quarter_ends_and_usable_month_ends():
    quarters = {
        "2008-01-01": "2007-12-31",
        "2008-03-30": "2007-12-31",
        "2008-03-31": "2008-03-31",
        "2008-12-31": "2008-12-31",
    }
    for day, end in quarters.items():
        assert LATEST_QUARTER_END(day).isoformat() == end
    # July 2008: 1-3, 7-9 and 10 are seven business days when the 4th is none; the 10th is the first day of use
    assert USABLE_MONTH_END("2008-07-10", ["2008-07-04"]) == D(2008, 6, 30)
    assert USABLE_MONTH_END("2008-07-09", ["2008-07-04"]) == D(2008, 5, 31)


# --- counts of years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "finish", "years"),
    [
        ("2007-02-28", "2008-02-28", 1.0),  # by the day
        ("2007-02-28", "2008-02-29", 1.0),  # by the month end
        ("2008-02-29", "2009-02-28", 1.0),
        ("2004-02-29", "2008-02-29", 4.0),
        ("2004-02-29", "2008-02-28", 1460 / 365),  # a day short of four years
        ("2007-04-30", "2008-04-30", 1.0),
        ("2007-07-31", "2008-07-31", 1.0),
        ("2007-07-31", "2008-07-30", 365 / 365),
        ("2008-07-31", "2008-07-31", 0.0),
        ("2001-01-02", "2002-12-31", 728 / 365),
    ],
)
def test_whole_years_exactly_else_days(start, finish, years):
    assert YEARS_BETWEEN(start, finish) == pytest.approx(years, rel=1e-15)


@pytest.mark.parametrize(
    ("basis", "start", "finish", "years"),
    [
        ("actual/actual", "2007-10-01", "2008-04-01", 92 / 365 + 91 / 366),
        ("thirty 360", "2007-01-31", "2007-02-28", 28 / 360),
        ("thirty_360", "2007-02-28", "2007-03-31", 30 / 360),
        ("thirty_360", "2008-02-29", "2009-02-28", 1.0),
        ("whole_plus_days_365", "2004-02-29", "2008-02-28", 3 + 365 / 365),
        ("30/360", "2007-07-31", "2008-01-30", 180 / 360),
        ("whole else 30/360", "2007-07-31", "2008-07-31", 1.0),
        ("days/365.25", "1998-07-31", "2008-07-31", 3653 / 365.25),
    ],
)
def test_other_counts(basis, start, finish, years):
    assert YEARS_BETWEEN(start, finish, basis) == pytest.approx(years, rel=1e-14)


@given(st.dates(D(1950, 1, 1), D(2050, 1, 1)), st.integers(0, 40))
def test_anniversaries_of_month_ends_are_month_ends(day, years):
    end = calendar_days.month_end(day.year, day.month)
    later = calendar_days.add_years(end, years)
    assert (later.year, later.month) == (end.year + years, end.month)
    assert calendar_days.is_month_end(later)
    assert YEARS_BETWEEN(end, later) == years
    assert len(calendar_days.anniversaries(end, later)) == years


@given(
    st.dates(D(1950, 1, 1), D(2050, 1, 1)),
    st.dates(D(1950, 1, 1), D(2050, 1, 1)),
    st.sampled_from(sorted(calendar_days.COUNTS)),
)
def test_counts_are_about_a_year_a_year_and_never_negative(one, other, basis):
    start, finish = min(one, other), max(one, other)
    days = (finish - start).days
    # a year has 360 to 366 days; a count of months is up to three days off, an inclusive one is a day longer
    assert max(0, days - 3) / 366 <= YEARS_BETWEEN(start, finish, basis) <= (days + 3) / 360


# --- inceptions ---------------------------------------------------------------------------------------------


def test_three_kinds_of_inception():
    long = series(D(1990, 6, 30))
    level = {row[0]: row[1] for row in long[1:]}
    last = level[D(2008, 7, 31)]

    def expected(start):
        return (last / level[start]) ** (365 / (D(2008, 7, 31) - start).days) - 1

    assert aatr("SI_FUND", long) == pytest.approx(expected(D(1990, 6, 30)), rel=1e-12)
    assert aatr("SI_SUBACCOUNT", long) == pytest.approx(expected(D(2001, 5, 31)), rel=1e-12)
    assert aatr("SI_CONTRACT", long) == pytest.approx(expected(D(1999, 3, 31)), rel=1e-12)


def test_ten_years_or_since_inception_whichever_is_shorter():
    for which, start, years in (
        ("10Y_OR_SI_SUBACCOUNT", D(2001, 5, 31), 2618 / 365),
        ("10Y_OR_SI_CONTRACT", D(1999, 3, 31), 3410 / 365),
        ("10Y_OR_SI_FUND", D(1998, 7, 31), 10),
        ("5Y_OR_SI_SUBACCOUNT", D(2003, 7, 31), 5),
    ):
        assert aatr(which) == pytest.approx(change(start, D(2008, 7, 31), years), rel=1e-12)


@pytest.mark.parametrize("which", ["fund", "subaccount", "contract"])
def test_the_terms_say_which_inception_10y_or_si_means(which):
    assert aatr("10Y_OR_SI", periods__inception=which) == aatr(f"10Y_OR_SI_{which}")


def test_without_an_inception_date_there_is_no_such_period():
    with pytest.raises(MissingData, match="subaccount inception date; fill in the funds table"):
        aatr("SI_SUBACCOUNT", funds=None)
    blank = [FUNDS[0], ["S", "1990-06-30", None]]
    with pytest.raises(MissingData, match="funds table"):
        aatr("SI_SUBACCOUNT", funds=blank)


def test_an_inception_after_the_end_is_missing_data():
    young = [FUNDS[0], ["S", "1990-06-30", "2008-12-31"]]
    for period in ("SI_SUBACCOUNT", "10Y_OR_SI"):
        with pytest.raises(MissingData, match="no period yet"):
            aatr(period, funds=young)


# --- history that begins late, or has gaps ------------------------------------------------------------------


def test_a_fund_that_starts_late_is_an_error_by_default():
    late = series(D(2006, 1, 31))
    with pytest.raises(MissingData, match="on or before 2003-07-31; the first is of 2006-01-31"):
        aatr("5Y", late)
    assert math.isfinite(aatr("1Y", late))


def test_a_fund_that_starts_late_may_stay_blank():
    assert aatr("5Y", series(D(2006, 1, 31)), periods__without_history="blank") == ""


@pytest.mark.parametrize(("which", "start"), [("since_subaccount", D(2001, 5, 31)), ("since_contract", D(1999, 3, 31))])
def test_a_period_before_the_inception_may_begin_there(which, start):
    years = (D(2008, 7, 31) - start).days / 365
    assert aatr("10Y", periods__without_history=which) == pytest.approx(change(start, D(2008, 7, 31), years), rel=1e-12)
    assert aatr("5Y", periods__without_history=which) == aatr("5Y")


def test_since_the_fund_where_that_is_later():
    funds = [FUNDS[0], ["S", "2002-08-31", "2002-10-31"]]
    got = aatr("10Y", funds=funds, periods__without_history="since_fund")
    years = (D(2008, 7, 31) - D(2002, 8, 31)).days / 365
    assert got == pytest.approx(change(D(2002, 8, 31), D(2008, 7, 31), years), rel=1e-12)


def test_a_period_wholly_before_the_inception_stays_blank():
    values = series(D(1990, 6, 30))
    assert aatr("CY1997", values, periods__without_history="since_subaccount") == ""


@pytest.mark.parametrize("choice", ["error", "blank", "since_fund", "since_subaccount", "since_contract"])
def test_a_missing_month_is_an_error_and_never_a_stale_value(choice):
    gap = series(skip={D(2003, 7, 31)})
    with pytest.raises(MissingData, match="within 10 days of 2003-07-31; the last one on or before it is of 2003-06-30"):
        aatr("5Y", gap, periods__without_history=choice)
    assert aatr("3Y", gap, periods__without_history=choice) == aatr("3Y")
    with pytest.raises(MissingData, match="within 10 days of 2008-07-31"):
        aatr("1Y", series(skip={D(2008, 7, 31)}), periods__without_history=choice)


def test_a_missing_anniversary_matters_only_where_a_charge_falls_on_it():
    gap = series(skip={D(2006, 7, 31)})
    flexible = terms.load("flex_extra_flexible")
    with pytest.raises(MissingData, match="2006-07-31"):
        CONTRACT_AATR(flexible, gap, "S", "2008-07-31", "5Y", [["S", 0.1]])
    assert CONTRACT_AATR(flexible, gap, "S", "2008-07-31", "5Y", None, None, "asset") == pytest.approx(aatr("5Y"), rel=1e-15)
    assert aatr("5Y", gap) == aatr("5Y")  # no charge, no need


def test_a_missing_month_in_one_fund_does_not_touch_another():
    rows = [[*row, row[1]] if i else ["date", "S", "T"] for i, row in enumerate(VALUES)]
    rows = [[row[0], None if row[0] == D(2003, 7, 31) else row[1], row[2]] if i else row for i, row in enumerate(rows)]
    asked = [terms.Terms(BARE), rows, "2008-07-31", [["3Y", "5Y"]]]
    got = registry.evaluate(catalogue.get("PERFORMANCE_TABLE"), asked)
    assert got[0][1] == NA
    assert got[0][0] == got[1][0] == pytest.approx(aatr("3Y"))
    assert got[1][1] == pytest.approx(aatr("5Y"))
    with pytest.raises(MissingData):
        PERFORMANCE_TABLE(*asked)


def test_growth_and_calendar_years_refuse_a_gap():
    gap = series(skip={D(2003, 12, 31)})
    with pytest.raises(MissingData, match="within 10 days of 2003-12-31"):
        CALENDAR_YEAR_RETURNS(gap, "S", 2003, 2004)
    rows = [[*row, row[1]] if i else ["date", "S", "T"] for i, row in enumerate(VALUES)]
    rows = [[row[0], None if row[0] == D(2003, 7, 31) else row[1], row[2]] if i else row for i, row in enumerate(rows)]
    with pytest.raises(MissingData, match="2003-07-31"):
        GROWTH_OF_PAYMENT(rows)
    assert len(GROWTH_OF_PAYMENT(rows, "T")) == len(rows)


def test_ends_before_the_first_and_after_the_last_value():
    with pytest.raises(MissingData, match="no unit value of S on or before 1997-12-31"):
        aatr("1Y", as_of="1998-12-31")
    with pytest.raises(MissingData, match="within 10 days of 2008-08-31"):
        aatr("1Y", as_of="2008-08-31")
    assert UNIT_VALUE_AT(VALUES, "S", "2020-01-01") == LEVEL[D(2008, 7, 31)]  # any age, unless said
    with pytest.raises(MissingData):
        UNIT_VALUE_AT(VALUES, "S", "2020-01-01", 31)


# --- contract years over leap days --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "finish", "charged"),
    [
        ("2004-02-29", "2008-02-29", ["2005-02-28", "2006-02-28", "2007-02-28", "2008-02-29"]),
        ("2006-02-28", "2008-02-28", ["2007-02-28", "2008-02-28"]),
        ("2006-02-28", "2008-02-29", ["2007-02-28", "2008-02-29"]),
        ("2006-03-31", "2008-03-31", ["2007-03-31", "2008-03-31"]),
        ("2006-04-30", "2008-06-30", ["2007-04-30", "2008-04-30", "2008-06-30"]),
    ],
)
def test_charges_fall_on_anniversaries(start, finish, charged):
    day, last = D.fromisoformat(start), D.fromisoformat(finish)
    daily = [["date", "S"], *([day + datetime.timedelta(days=i), 10.0] for i in range((last - day).days + 1))]
    funds = [["fund", "subaccount_inception"], ["S", start]]
    path = CONTRACT_PATH("flex_extra_flexible", daily, "S", finish, "SI_SUBACCOUNT", [["S", 0.1]], funds)[1:]
    assert [row[0].isoformat() for row in path if row[3]] == charged
    assert path[-1][4] == pytest.approx(1000 - 3.5 * len(charged))


# --- substituted and renamed funds, shares from a day on ----------------------------------------------------


def test_a_substituted_fund_carries_its_predecessors_returns():
    rows = [["date", "OLD", "NEW"], ["2005-07-31", 20.0, None], ["2006-07-31", 22.0, 5.0], ["2007-07-31", 99.0, 6.0]]
    funds = [["fund", "predecessor", "substituted_on"], ["NEW", "OLD", "2006-07-31"]]
    got = CONTRACT_AATR(terms.Terms(BARE), rows, "NEW", "2007-07-31", "2Y", None, funds)
    assert got == pytest.approx((22 / 20 * 6 / 5) ** 0.5 - 1, rel=1e-12)
    with pytest.raises(MissingData):
        CONTRACT_AATR(terms.Terms(BARE), rows, "NEW", "2007-07-31", "2Y")


def test_a_chain_of_substitutions():
    rows = [["date", "A", "B", "C"], ["2004-07-31", 10.0, None, None], ["2005-07-31", 11.0, 50.0, None],
            ["2006-07-31", None, 60.0, 7.0], ["2007-07-31", None, None, 7.7]]  # fmt: skip
    funds = [["fund", "predecessor", "substituted_on"], ["C", "B", "2006-07-31"], ["B", "A", "2005-07-31"]]
    got = CONTRACT_AATR(terms.Terms(BARE), rows, "C", "2007-07-31", "3Y", None, funds)
    assert got == pytest.approx((1.1 * 1.2 * 1.1) ** (1 / 3) - 1, rel=1e-12)


def test_a_substitution_does_not_splice_stale_values():
    rows = [["date", "OLD", "NEW"], ["2005-07-31", 20.0, None], ["2006-07-31", None, 5.0], ["2007-07-31", None, 6.0]]
    funds = [["fund", "predecessor", "substituted_on"], ["NEW", "OLD", "2006-07-31"]]
    with pytest.raises(MissingData, match="OLD within 10 days of 2006-07-31"):
        CONTRACT_AATR(terms.Terms(BARE), rows, "NEW", "2007-07-31", "2Y", None, funds)


def test_a_renamed_fund_is_found_under_every_name():
    funds = [["fund", "printed_name", "aliases"], ["S", "Strategic", "Former One; Former Two"]]
    values = {name: CONTRACT_AATR(terms.Terms(BARE), VALUES, name, "2008-07-31", "5Y", None, funds) for name in
              ("S", "strategic", "FORMER ONE", " Former Two ")}  # fmt: skip
    assert len(set(values.values())) == 1
    with pytest.raises(BadInput, match=r"did you mean 'Former One'"):
        CONTRACT_AATR(terms.Terms(BARE), VALUES, "Former On", "2008-07-31", "5Y", None, funds)


def test_a_name_of_two_funds_is_refused():
    with pytest.raises(BadInput, match="'bond' for A and B"):
        CONTRACT_AATR(
            terms.Terms(BARE), VALUES, "A", "2008-07-31", "1Y", None, [["fund", "aliases"], ["A", "Bond"], ["B", "bond"]]
        )


def held(shares, funds=None, period="3Y"):
    return CONTRACT_PATH("flex_extra_flexible", VALUES, "S", "2008-07-31", period, shares, funds)[1:]


def test_shares_from_a_day_on():
    steps = [["effective", "fund", "share"], ["2000-01-01", "S", 0.1], ["2007-07-31", "S", 0.2], ["2008-08-01", "S", 0.9]]
    assert [row[3] for row in held(steps)] == pytest.approx([0, 3.5, 7.0, 7.0])
    with pytest.raises(MissingData, match="in force on 2006-07-31"):
        held([["2007-01-01", "S", 0.1]])


def test_shares_under_a_funds_former_name_go_on():
    funds = [["fund", "aliases"], ["S", "Former"]]
    steps = [["2000-01-01", "Former", 0.1], ["2007-07-31", "S", 0.2]]
    assert [row[3] for row in held(steps, funds)] == pytest.approx([0, 3.5, 7.0, 7.0])


def test_a_share_given_twice_for_a_day_is_refused():
    with pytest.raises(BadInput, match="twice"):
        held([["S", 0.1], ["s", 0.2]])


# --- holidays -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "holidays",
    [
        "2008-09-01",
        ["2008-09-01", "2008-11-27"],
        [["2008-09-01", "2008-11-27", None]],
        [["date"], ["2008-09-01"], ["2008-11-27"], [None]],
        [["date", "name"], ["2008-09-01", "Labor Day"], ["2008-11-27", "Thanksgiving"]],
        [["2008-09-01", "Labor Day"], ["2008-11-27", None]],
        [["2008-09-01", "Labor Day"]],
        [["date", "2008-09-01", "2008-11-27"], ["name", "Labor Day", "Thanksgiving"]],
        [[39692.0, "Labor Day"], [39779.0, "Thanksgiving"]],
    ],
)
def test_holidays_as_people_keep_them(holidays):
    # after 31 August 2008: Labor Day on the 1st, then 2, 3, 4, 5, 8, 9 are six business days, the 10th the seventh
    assert USABLE_MONTH_END("2008-09-09", holidays) == D(2008, 7, 31)
    assert USABLE_MONTH_END("2008-09-10", holidays) == D(2008, 8, 31)
    assert USABLE_MONTH_END("2008-09-09") == D(2008, 8, 31)


@pytest.mark.parametrize(
    ("holidays", "error", "says"),
    [
        ([["2008-09-01", "2008-11-27"], ["2009-09-07", "2009-11-26"]], BadInput, "second column"),
        ([["date", "name"], ["2008-09-31", "Labor Day"]], BadInput, "must be a date"),
        ([["2008-09-01", "2008-09-31"]], BadInput, "must be a date"),
        ([["2008-09-01"], [None], ["2008-11-27"]], MissingData, "blank at place 2"),
    ],
)
def test_holidays_that_cannot_be_read(holidays, error, says):
    with pytest.raises(error, match=f"'holidays' .*{says}"):
        USABLE_MONTH_END("2008-09-09", holidays)


def test_a_substitution_without_a_joint_value_costs_only_the_figures_that_need_it():
    rows = [["date", "OLD", "NEW", "OTHER"], ["2004-07-31", 18.0, None, 8.0], ["2005-07-31", 20.0, None, 9.0],
            ["2006-06-30", 22.0, None, 9.5], ["2006-07-31", 22.0, 5.0, 10.0], ["2007-07-31", 99.0, 6.0, 11.0]]  # fmt: skip
    funds = [["fund", "predecessor", "substituted_on"], ["NEW", "OLD", "2006-07-14"], ["OTHER", None, None],
             ["NEWER", "NEW", "2007-07-31"]]  # fmt: skip
    given = [[*row, "NEWER" if not i else 7.0 if i == 5 else None] for i, row in enumerate(rows)]
    for blank in ({}, {"periods.without_history": "blank"}):
        policy = terms.Terms({**BARE, **blank})

        def got(fund, period, policy=policy):
            return CONTRACT_AATR(policy, given, fund, "2007-07-31", period, None, funds)

        assert got("NEW", "1Y") == pytest.approx(6 / 5 - 1, rel=1e-12)  # begins after the substitution
        assert got("OTHER", "2Y") == pytest.approx((11 / 9) ** 0.5 - 1, rel=1e-12)
        assert got("NEWER", "1Y") == pytest.approx(6 / 5 - 1, rel=1e-12)
        for fund in ("NEW", "NEWER"):  # the successor's history lacks what its predecessor's lacks
            with pytest.raises(MissingData) as caught:
                got(fund, "2Y")
            assert str(caught.value) == (
                "'substituted_on' of NEW is 2006-07-14: there is no unit value of NEW on or before 2006-07-14; the first "
                "is of 2006-07-31; give a day on which NEW and OLD both have a unit value."
            )


def test_a_table_for_no_fund_is_missing_data_and_not_an_empty_array() -> None:
    """Excel has no empty arrays: the cell showed an error that said nothing."""
    asked = ["flex_extra_flexible", sample.rows("UnitValues"), "2008-07-31", [["1Y"]], None, [["code", "name"]]]
    assert registry.evaluate(catalogue.get("PERFORMANCE_TABLE"), asked) == NA
    with pytest.raises(MissingData, match="'funds' holds no fund"):
        PERFORMANCE_TABLE(*asked)


# --- from a date to a date ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["2001-05-31..2003-12-31", " 2001-05-31 .. 2003-12-31 ", "31 May 2001 to 31-Dec-2003", "May 31, 2001 TO 2003-12-31",
     "37042..37986", "2001-05-31…2003-12-31", "20010531 ... 20031231"],
)  # fmt: skip
def test_a_period_from_a_date_to_a_date(written):
    """943 days or 944, as the terms count them; whatever the last day of the table, if it is not before."""
    period = periods.parse(written)
    assert (period.code, period.first, period.last) == ("2001-05-31..2003-12-31", D(2001, 5, 31), D(2003, 12, 31))
    wanted = change(D(2001, 5, 31), D(2003, 12, 31), 944 / 365)
    assert (D(2003, 12, 31) - D(2001, 5, 31)).days == 944
    assert aatr(written) == aatr(written, as_of="2003-12-31") == pytest.approx(wanted, rel=1e-12)
    inclusive = change(D(2001, 5, 31), D(2003, 12, 31), 945 / 365)
    assert aatr(written, years__basis="days_365_inclusive") == pytest.approx(inclusive, rel=1e-12)


def test_a_period_of_whole_years_by_its_dates_is_that_of_its_years():
    assert aatr("2003-07-31..2008-07-31") == aatr("5Y")
    assert aatr("2006-12-31..2007-12-31") == aatr("CY2007")
    assert aatr("2001-05-31..2008-07-31") == aatr("SI_SUBACCOUNT")


def test_a_period_of_dates_ends_by_the_last_day_and_begins_before_it_ends():
    with pytest.raises(MissingData, match=r"'period' 2001-05-31\.\.2003-12-31 ends after 'as_of' 2003-11-30"):
        aatr("2001-05-31..2003-12-31", as_of="2003-11-30")
    with pytest.raises(BadInput, match="must begin before it ends; exchange"):
        aatr("2003-12-31..2001-05-31")
    with pytest.raises(BadInput, match="must begin before it ends"):
        aatr("2003-12-31..2003-12-31")
    with pytest.raises(BadInput, match=r"'last day of period 2003-12-31\.\.soon' must be a date"):
        aatr("2003-12-31..soon")
    with pytest.raises(BadInput, match="must be a date such as 2008-07-31"):
        aatr("1/2/2003..5/6/2004")
    with pytest.raises(BadInput, match="lies before 1900-03-01"):
        aatr("1800-01-01..2003-12-31")


@pytest.mark.parametrize("words", ["year to date", "Inception to date", "quarter-to-date"])
def test_words_with_to_in_them_are_no_dates(words):
    if words.startswith("Inc"):
        with pytest.raises(BadInput, match="SI_FUND, SI_SUBACCOUNT or SI_CONTRACT"):
            periods.parse(words)
    else:
        assert periods.parse(words).kind == words[0].upper() + "TD"


def test_days_back_that_are_none_or_too_many():
    with pytest.raises(BadInput, match="before the calendar"):
        periods.base_date(periods.parse("999D"), D(2, 7, 31))
    with pytest.raises(BadInput, match="is not known"):
        aatr("0D")


def test_an_error_of_a_period_since_inception_says_which_periods_would_work():
    blank = [FUNDS[0], ["S", "1990-06-30", None]]
    use = r"or use SI_FUND \(since 1990-06-30\) or SI_CONTRACT \(since 1999-03-31\)\.$"
    with pytest.raises(MissingData, match=f"fill in the funds table for S, {use}"):
        aatr("SI_SUBACCOUNT", funds=blank)
    young = [FUNDS[0], ["S", "1990-06-30", "2008-12-31"]]
    with pytest.raises(MissingData, match=r"no period yet, or use 10Y_OR_SI_FUND .*10Y_OR_SI_CONTRACT \(since 1999"):
        aatr("10Y_OR_SI", funds=young)
    with pytest.raises(MissingData, match=r"needs the fund inception date; fill in the funds table for S, or use SI_CON"):
        aatr("SI_FUND", funds=None)
    late = series(D(2003, 1, 31))
    with pytest.raises(MissingData, match=r"the first is of 2003-01-31; .* period 2003-01-31\.\.2008-07-31\.$"):
        aatr("SI_SUBACCOUNT", late)
    assert aatr("2003-01-31..2008-07-31", late) > 0


def test_every_kind_of_period_that_is_listed_is_one():
    assert {periods.parse(code).kind for code, _ in periods.KINDS} == {
        "YTD", "QTD", "MTD", "months", "days", "calendar", "since", "dates",
    }  # fmt: skip


def test_a_fund_that_closed_has_no_figure_to_a_later_day():
    """The figures to its last day and before stay as they are; in the page they are beside those of the others."""
    closed = [[*row, more] for row, more in zip(FUNDS, ["closed_on", "2007-12-31"], strict=True)]
    assert aatr("1Y", funds=closed) == ""
    assert aatr("SI_FUND", funds=closed) == ""
    assert aatr("1Y", funds=closed, as_of="2007-12-31") == aatr("1Y", as_of="2007-12-31") != ""
    assert aatr("CY2006", funds=closed) == aatr("CY2006") != ""
    both = [["date", "S", "OPEN"], *([*row, row[-1]] for row in VALUES[1:])]
    rows = [*closed, ["OPEN", "1990-06-30", "2001-05-31", None]]
    table = PERFORMANCE_TABLE(terms.Terms(BARE), both, "2008-07-31", [["1Y", "CY2006"]], None, rows)
    assert table.tolist() == [["", aatr("CY2006")], [aatr("1Y"), aatr("CY2006")]]


def test_a_period_since_an_inception_to_come_is_blank_where_the_terms_say_so():
    young = [FUNDS[0], ["S", "2008-07-31", "2008-09-30"]]
    assert aatr("10Y_OR_SI_SUBACCOUNT", funds=young, periods__without_history="blank") == ""
    assert aatr("SI_FUND", funds=young, periods__without_history="blank") == ""
    with pytest.raises(MissingData, match="there is no period yet"):
        aatr("SI_FUND", funds=young)
