"""Yields, factors and returns at their edges: what is still a figure by its formula, and what is refused by name."""

import pytest
from flexextra_udfs import (
    AATR,
    ADJUSTED_UNIT_VALUES,
    MONEY_MARKET_BASE_RETURN,
    MONEY_MARKET_EFFECTIVE_YIELD,
    MONEY_MARKET_YIELD,
    NET_INVESTMENT_FACTOR,
    SEC_YIELD_30DAY,
    UNIT_VALUE_RETURN,
)

from xl_flexextra import terms
from xl_flexextra.errors import BadInput, MissingData, NoSolution

NAVS = [["2007-12-31", 20.0], ["2008-01-31", 19.0], ["2008-02-29", 21.0]]


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [
        (lambda: MONEY_MARKET_BASE_RETURN(1, 1.0006), 0.0006),  # a unit of one dollar
        (lambda: MONEY_MARKET_BASE_RETURN(0.5, 0.5003), 0.0006),
        (lambda: MONEY_MARKET_BASE_RETURN(10, 0), -1),  # all is lost
        (lambda: MONEY_MARKET_BASE_RETURN(10, 0.5), -0.95),
        (lambda: MONEY_MARKET_YIELD(0.001, 1), 0.365),
        (lambda: MONEY_MARKET_YIELD(0.001, 0.5), 0.73),
        (lambda: MONEY_MARKET_EFFECTIVE_YIELD(-0.0001), 0.9999 ** (365 / 7) - 1),
        (lambda: NET_INVESTMENT_FACTOR(10, 0, 5, 0.0, 1), 0.5),  # nothing but what was distributed
        (lambda: NET_INVESTMENT_FACTOR(0.5, 0.4, None, 0.0, 1), 0.8),
        (lambda: NET_INVESTMENT_FACTOR(10, 0, None, 0.013, 1, "compound"), 0),
        (lambda: SEC_YIELD_30DAY(0, 500, 100, 10), 2 * (0.5**6 - 1)),
        (lambda: SEC_YIELD_30DAY(0.003, 0, 0.5, 0.5), 2 * (1.012**6 - 1)),
        (lambda: AATR(0.5, 0.6, 0.25), 0.2),
        (lambda: AATR(1, 4, 2), 1.0),
        (lambda: UNIT_VALUE_RETURN(0.5, 0.25), -0.5),
    ],
)
def test_still_a_figure(figure, wanted):
    assert figure() == pytest.approx(wanted, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("figure", "error", "says"),
    [
        (lambda: MONEY_MARKET_BASE_RETURN(0, 1), BadInput, "'begin_value' must be positive"),
        (lambda: SEC_YIELD_30DAY(0, 1000, 100, 10), NoSolution, "there is no yield"),  # all of the account
        (lambda: SEC_YIELD_30DAY(1, 0, 0, 10), BadInput, "must be positive"),
        (lambda: SEC_YIELD_30DAY(1, 0, 10, 0), BadInput, "must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(0, 10), BadInput, "'nav_start' must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(10, -1), BadInput, "'nav_finish' must not be negative"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 0.013, 0), BadInput, "'days' must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 1.3), BadInput, r"got 1.3\); use 0.013 for 1.3%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 1), BadInput, r"got 1\); use 0.01 for 1%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 100), BadInput, r"got 100\); use 1 for 100%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 101), BadInput, r"got 101\)\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, -0.01), BadInput, r"got -0.01\)\.$"),
        (
            lambda: ADJUSTED_UNIT_VALUES(NAVS, None, 0.013, "daily", [["2008-02-15", 10.0]]),
            BadInput,
            "'navs' has no net asset value on 2008-02-15",
        ),
        (lambda: UNIT_VALUE_RETURN(-10, 12), BadInput, r"'begin_value' must be positive \(got -10\)"),
        (lambda: UNIT_VALUE_RETURN(10, 0), BadInput, r"'end_value' must be positive \(got 0\)"),
        (lambda: AATR(-1000, 1100, 1), BadInput, "'begin_value' must be positive"),
        (lambda: AATR(0, 1100, 1), BadInput, "'begin_value' must be positive"),
        (lambda: AATR(1000, 1100, -1), BadInput, "'years' must be positive"),
        (lambda: AATR(1000, -1, 2), BadInput, "'end_value' must not be negative"),
    ],
)
def test_refused_by_name(figure, error, says):
    with pytest.raises(error, match=says):
        figure()


# --- base periods with dates, years of 366 days, charges from the terms ------------------------------------------------

NO_CHARGE = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]
SIZE = [["annual_charge.form", "average_size"], ["annual_charge.dollars", 30], ["cdsc.schedule", 0],
        ["annual_charge.average_contract_size", 40000]]  # fmt: skip
NINE = {"start_date": "2000-12-22", "finish_date": "2000-12-31"}
WEEK = {"start_date": "2000-12-24", "finish_date": "2000-12-31"}


def contract(rows=NO_CHARGE, **changed):
    return terms.from_rows(rows).replace(**changed)


@pytest.mark.parametrize("function", [MONEY_MARKET_YIELD, MONEY_MARKET_EFFECTIVE_YIELD])
def test_a_seven_day_yield_over_nine_days_is_noticed(function):
    with pytest.raises(BadInput, match="2000-12-22 and 2000-12-31 are 9 days apart, but the yield is one of 7 days"):
        function(0.000851, **NINE)
    with pytest.raises(BadInput, match="are 9 days apart"):
        function(0.000851, terms=contract(), **NINE)
    with pytest.raises(BadInput, match="are 7 days apart, but the yield is one of 9 days"):
        function(0.000851, 9, **WEEK)
    with pytest.raises(BadInput, match="are 9 days apart, but the yield is one of 8 days"):
        function(0.000851, 8, terms=contract(yield__dates="days_between"), **NINE)
    assert function(0.000851, **WEEK) == function(0.000851)
    assert function(0.000851, 9, **NINE) == function(0.000851, 9)
    with pytest.raises(BadInput, match="'finish_date' is missing; a base period with 'start_date' needs both"):
        function(0.000851, start_date="2000-12-22")
    with pytest.raises(BadInput, match="'finish_date' 2000-12-22 must lie after 'start_date' 2000-12-31"):
        function(0.000851, start_date="2000-12-31", finish_date="2000-12-22")


def test_the_days_of_a_yield_by_the_terms():
    base, between, stated = 0.0009, contract(yield__dates="days_between"), contract(yield__dates="base_days")
    assert MONEY_MARKET_YIELD(base, terms=between, **NINE) == pytest.approx(0.0009 * 365 / 9, rel=1e-12)
    assert MONEY_MARKET_YIELD(base, terms=stated, **NINE) == pytest.approx(0.0009 * 365 / 7, rel=1e-12)
    assert MONEY_MARKET_YIELD(base, terms=contract(yield__base_days=14)) == pytest.approx(0.0009 * 365 / 14, rel=1e-12)
    assert MONEY_MARKET_YIELD(base, 10, terms=contract(yield__base_days=14)) == pytest.approx(0.0009 * 36.5, rel=1e-12)
    with pytest.raises(BadInput, match=r"'yield\.base_days' must be positive"):
        contract(yield__base_days=0)


@pytest.mark.parametrize(
    ("choice", "finish", "year"),
    [("days_365", "2000-12-31", 365), ("days_366", "2001-12-31", 366), ("days_of_year", "2000-12-31", 366),
     ("days_of_year", "2001-01-05", 365)],
)  # fmt: skip
def test_the_year_of_a_yield(choice, finish, year):
    base, day = 0.001, {"finish_date": finish, "start_date": finish[:8] + "01"}
    rule = {"yield__dates": "base_days"}
    current, effective = contract(**rule, yield__current_year=choice), contract(**rule, yield__effective_year=choice)
    assert MONEY_MARKET_YIELD(base, terms=current, **day) == pytest.approx(0.001 * year / 7, rel=1e-12)
    assert MONEY_MARKET_YIELD(base, terms=effective, **day) == pytest.approx(0.001 * 365 / 7, rel=1e-12)
    assert MONEY_MARKET_EFFECTIVE_YIELD(base, terms=effective, **day) == pytest.approx(1.001 ** (year / 7) - 1, rel=1e-12)
    assert MONEY_MARKET_EFFECTIVE_YIELD(base, terms=current, **day) == pytest.approx(1.001 ** (365 / 7) - 1, rel=1e-12)
    assert MONEY_MARKET_YIELD(base, 7, 366, terms=current, **{**day, **WEEK}) == pytest.approx(0.001 * 366 / 7, rel=1e-12)


def test_a_year_that_is_none_is_refused_and_one_that_needs_a_date_says_so():
    for year in (0, 7, 367):
        with pytest.raises(BadInput, match="'year_days' must be the days of a year"):
            MONEY_MARKET_YIELD(0.001, 7, year)
    with pytest.raises(MissingData, match=r"'finish_date' is missing; 'yield\.current_year' of the terms counts"):
        MONEY_MARKET_YIELD(0.001, terms=contract(yield__current_year="days_of_year"))


@pytest.mark.parametrize(
    ("rows", "changed", "charge"),
    [
        (SIZE, {}, 30 / 40_000 * 12 * 7 / 365),  # 30 a year of a contract of 40,000, for an account of 12
        (SIZE, {"annual_charge__charged_fraction": 0.5}, 0.5 * 30 / 40_000 * 12 * 7 / 365),
        (SIZE, {"annual_charge__waived_above": 50_000}, 30 / 40_000 * 12 * 7 / 365),
        (SIZE, {"annual_charge__waived_above": 30_000}, 0),
        (SIZE, {"annual_charge__timing": "redemption"}, 0),
        (SIZE, {"yield__base_days": 14}, 30 / 40_000 * 12 * 14 / 365),
        (SIZE, {"rider__rate": 0.0025}, (30 / 40_000 + 0.0025) * 12 * 7 / 365),
        (NO_CHARGE, {"annual_charge__form": "share", "annual_charge__dollars": 35}, 35 / 1000 * 0.02 * 12 * 7 / 365),
        (NO_CHARGE, {"annual_charge__form": "fraction_of_end_value", "annual_charge__rate": 0.0125}, 0.0125 * 12 * 7 / 365),
        (NO_CHARGE, {}, 0),
    ],
)
def test_a_base_return_with_the_charge_of_the_terms(rows, changed, charge):
    share = 0.02 if changed.get("annual_charge__form") == "share" else None
    got = MONEY_MARKET_BASE_RETURN(12, 12.01, 0.001, terms=contract(rows, **changed), share=share)
    assert got == pytest.approx((12.01 - 12 - 0.001 - charge) / 12, rel=1e-10)


def test_a_charge_by_share_needs_the_share_and_one_that_is_given_stands():
    by_share = contract(NO_CHARGE, annual_charge__form="share", annual_charge__dollars=35)
    with pytest.raises(MissingData, match="'share' is missing"):
        MONEY_MARKET_BASE_RETURN(12, 12.01, terms=by_share)
    assert MONEY_MARKET_BASE_RETURN(12, 12.01, 0, 0.004, by_share) == pytest.approx(0.006 / 12, rel=1e-9)
    with pytest.raises(BadInput, match="'charge' and 'share' are both given"):
        MONEY_MARKET_BASE_RETURN(12, 12.01, 0, 0.004, by_share, 0.02)
    nine = contract(SIZE, yield__dates="days_between")
    got = MONEY_MARKET_BASE_RETURN(12, 12.01, terms=nine, **NINE)
    assert got == pytest.approx((0.01 - 30 / 40_000 * 12 * 9 / 365) / 12, rel=1e-10)
    assert MONEY_MARKET_BASE_RETURN(12, 12.01, charge=0.004, **WEEK) == pytest.approx(0.006 / 12, rel=1e-9)
    with pytest.raises(BadInput, match="are 9 days apart"):
        MONEY_MARKET_BASE_RETURN(12, 12.01, **NINE)
