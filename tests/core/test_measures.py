"""Measures beside the returns: money market, 30-day yield, adjusted unit values, calendar years, money-weighted return.

Worked examples with their source. Where the environment variable XL_FLEXEXTRA_VECTORS names a folder of others' test
values, those that fit our functions are checked, too.
"""

import csv
import datetime
import json
import math
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from flexextra_udfs import (
    AATR,
    ADJUSTED_UNIT_VALUES,
    CALENDAR_YEAR_RETURNS,
    CDSC_RATE,
    DECLARED_RATE,
    FREE_WITHDRAWAL,
    GROWTH_OF_PAYMENT,
    IMPLIED_CHARGE,
    MONEY_MARKET_BASE_RETURN,
    MONEY_MARKET_EFFECTIVE_YIELD,
    MONEY_MARKET_YIELD,
    MONEY_WEIGHTED_RETURN,
    NET_INVESTMENT_FACTOR,
    SEC_YIELD_30DAY,
    UNIT_VALUE_AT,
    UNIT_VALUE_RETURN,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xl_flexextra import catalogue
from xl_flexextra.calculation import growth
from xl_flexextra.errors import NA, BadInput, CellError, MissingData, NoSolution
from xl_flexextra.functions import registry
from xl_flexextra.inputs.unit_values import UnitValues

HALF_BP = 5e-5
D = datetime.date


# --- money market and 30-day yield --------------------------------------------------------------------------


def test_the_published_money_market_example():
    base = 0.000654546  # gives 3.41% and 3.47%
    assert MONEY_MARKET_YIELD(base) == pytest.approx(0.0341, abs=HALF_BP)
    assert MONEY_MARKET_EFFECTIVE_YIELD(base) == pytest.approx(0.0347, abs=HALF_BP)
    assert MONEY_MARKET_YIELD(base) == pytest.approx(base * 365 / 7, rel=1e-15)
    assert MONEY_MARKET_EFFECTIVE_YIELD(base) == pytest.approx((1 + base) ** (365 / 7) - 1, rel=1e-15)


def test_the_base_return_leaves_capital_changes_and_charges_out():
    # one unit of 10: 0.012 more, of which 0.002 is a capital gain; 30 a year at an average account of 40,000 for 7 days
    charge = 10 * 30 / 40_000 * 7 / 365
    got = MONEY_MARKET_BASE_RETURN(10, 10.012, 0.002, charge)
    assert got == pytest.approx((0.012 - 0.002 - charge) / 10, rel=1e-12)
    assert got < MONEY_MARKET_BASE_RETURN(10, 10.012, 0.002)


def test_the_30_day_yield_is_the_formula_of_form_n_4():
    # a = 12,500, b = 2,300, c = 150,000 units, d = 11.25: 10,200 / 1,687,500 = 0.6044% a month
    assert SEC_YIELD_30DAY(12_500, 2_300, 150_000, 11.25) == pytest.approx(2 * (1.0060444444444444**6 - 1), rel=1e-12)
    assert SEC_YIELD_30DAY(100, 200, 1000, 10) < 0  # expenses beyond income


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: MONEY_MARKET_BASE_RETURN(10, -1), BadInput),
        (lambda: MONEY_MARKET_BASE_RETURN(10, 10, 0, -1), BadInput),
        (lambda: MONEY_MARKET_YIELD(0.001, 0), BadInput),
        (lambda: MONEY_MARKET_EFFECTIVE_YIELD(-1), NoSolution),
        (lambda: MONEY_MARKET_EFFECTIVE_YIELD(1e300), NoSolution),
        (lambda: SEC_YIELD_30DAY(0, 1e9, 1, 1), NoSolution),
        (lambda: SEC_YIELD_30DAY(1e300, 0, 1, 1), NoSolution),
        (lambda: NET_INVESTMENT_FACTOR(10, 0.1, None, 0.9, 365), NoSolution),
        (lambda: NET_INVESTMENT_FACTOR(10, 10, None, 1.3), BadInput),
    ],
)
def test_what_has_no_yield(call, error):
    with pytest.raises(error):
        call()


# --- net investment factor and adjusted unit values ---------------------------------------------------------


def test_the_three_forms_of_the_daily_charge():
    gross = (25.10 + 0.15) / 25.00
    assert NET_INVESTMENT_FACTOR(25, 25.10, 0.15, 0.013, 3) == pytest.approx(gross - 0.013 / 365 * 3, rel=1e-14)
    assert NET_INVESTMENT_FACTOR(25, 25.10, 0.15, 0.013, 3, "compound") == pytest.approx(
        gross * 0.987 ** (3 / 365), rel=1e-14
    )
    got = NET_INVESTMENT_FACTOR(25, 25.10, 0.15, 0.013, 3, "proportional")
    assert got == pytest.approx(gross * (1 - 0.013 * 3 / 365), rel=1e-14)
    taxed = NET_INVESTMENT_FACTOR(25, 25.10, [0.15, -0.02], 0.013, 3)
    assert taxed == pytest.approx((25.10 + 0.15 - 0.02) / 25 - 0.013 / 365 * 3, rel=1e-14)


def test_adjusted_unit_values_meet_the_actual_ones():
    navs = [["2007-12-31", 20.0], ["2008-01-31", 19.0], ["2008-02-29", 21.0], ["2008-03-31", 22.0]]
    actual = [["2008-02-29", 10.0], ["2008-03-31", 10.4]]
    head, *rows = ADJUSTED_UNIT_VALUES(navs, [0, 0.5, 0, 0], 0.0125, "daily", actual)
    assert head == ["date", "unit value", "status"]
    one = (19 + 0.5) / 20 - 0.0125 / 365 * 31
    two = 21 / 19 - 0.0125 / 365 * 29  # 29 days of February 2008
    assert [row[1] for row in rows] == pytest.approx([10 / two / one, 10 / two, 10.0, 10.4], rel=1e-12)
    assert [row[2] for row in rows] == ["hypothetical", "hypothetical", "actual", "actual"]
    later = ADJUSTED_UNIT_VALUES(navs, [0, 0.5, 0, 0], 0.0125, "daily", actual, "2008-03-31")[1:]
    assert [row[2] for row in later] == ["hypothetical"] * 3 + ["actual"]
    assert later[-1][1] == 10.4


# --- calendar years and growth ------------------------------------------------------------------------------


def test_calendar_years_by_hand():
    rows = [["date", "A", "B"], ["2005-12-30", 10, None], ["2006-06-30", 11, 5], ["2006-12-29", 12, 6], ["2007-12-31", 9, 9],
            ["2008-03-31", 10, 8]]  # fmt: skip
    head, *years = CALENDAR_YEAR_RETURNS(rows)
    assert head == ["year", "A", "B", "note"]
    assert [row[0] for row in years] == [2006, 2007, 2008]
    assert [row[1] for row in years] == pytest.approx([12 / 10 - 1, 9 / 12 - 1, 10 / 9 - 1])
    assert [row[2] for row in years] == pytest.approx([6 / 5 - 1, 9 / 6 - 1, 8 / 9 - 1])
    assert [row[3] for row in years] == ["part year: B", "", "part year"]


@pytest.mark.parametrize("years", [(2006.5, None), (1, None), (None, 1e9), (2008, 2007)])
def test_calendar_years_that_are_none(years):
    with pytest.raises(BadInput, match="year"):
        CALENDAR_YEAR_RETURNS([["date", "A"], ["2005-12-31", 10], ["2006-12-31", 11]], None, *years)


@pytest.mark.parametrize(
    ("last", "note"),
    [
        ("2005-12-22", "part year"),  # nine days short: the year is not over
        ("2005-12-27", "part year"),
        ("2005-12-28", ""),  # at most a long weekend before 31 December
        ("2005-12-30", ""),  # Friday; 31 December 2005 was a Saturday
        ("2005-12-31", ""),
    ],
)
def test_a_year_is_complete_only_with_a_value_of_its_last_days(last, note):
    got = CALENDAR_YEAR_RETURNS([["date", "A"], ["2004-12-31", 10], [last, 12.308]])
    assert got[1:] == [[2005, pytest.approx(0.2308), note]]


def test_a_missing_year_end_costs_its_own_two_years_only():
    rows = [["date", "A", "B"], ["2004-12-31", 10, 10], ["2005-12-31", 11, 11], ["2006-06-30", 10, 10],
            ["2006-12-29", None, 12], ["2007-12-31", 12, 15], ["2008-12-31", 18, 30]]  # fmt: skip
    got = registry.evaluate(catalogue.get("CALENDAR_YEAR_RETURNS"), [rows])
    assert [row[0] for row in got[1:]] == [2005, 2006, 2007, 2008]
    assert [row[1] for row in got[1:]] == [pytest.approx(0.1), NA, NA, pytest.approx(0.5)]  # 11/10, -, -, 18/12
    assert [row[2] for row in got[1:]] == pytest.approx([0.1, 12 / 11 - 1, 0.25, 1.0])
    assert isinstance(got[2][1], CellError)
    with pytest.raises(MissingData, match="within 10 days of 2006-12-31"):
        CALENDAR_YEAR_RETURNS(rows)
    without = [row for row in rows if not str(row[0]).startswith("2006")]  # a whole year is missing
    got = registry.evaluate(catalogue.get("CALENDAR_YEAR_RETURNS"), [without, "A"])
    assert [row[1] for row in got[1:]] == [pytest.approx(0.1), NA, NA, pytest.approx(0.5)]


@pytest.mark.parametrize(
    ("years", "says"),
    [
        ((), "no value after the year end 2008-12-31"),
        ((2009,), "'first_year' 2009 lies after the last of 'unit_values', 2008-12-31"),
        ((None, 2007), "'last_year' 2007 lies before the years of 'unit_values'"),
    ],
)
def test_years_that_were_not_asked_for_are_not_blamed(years, says):
    with pytest.raises(MissingData, match=says):
        CALENDAR_YEAR_RETURNS([["date", "A"], ["2008-12-31", 10]], None, *years)


def test_calendar_years_chain_to_the_whole():
    from xl_flexextra import sample

    values = sample.rows("UnitValues")
    years = CALENDAR_YEAR_RETURNS(values, "EQUITY", 1999, 2007)[1:]
    place = values[0].index("EQUITY")
    level = {row[0]: row[place] for row in values[1:]}
    whole = level[D(2007, 12, 31)] / level[D(1998, 12, 31)]
    assert math.prod(1 + row[1] for row in years) == pytest.approx(whole, rel=1e-12)


def test_growth_after_charges_while_the_contract_is_held():
    """Charges on anniversaries; none on 31 December, on the last day or for a part year: nothing is redeemed."""
    days = [(2006, 6), (2006, 12), (2007, 6), (2007, 12), (2008, 6), (2008, 12)]
    rows = [
        ["date", "S"],
        *([D(y, m, 30 if m == 6 else 31), v] for (y, m), v in zip(days, (10, 11, 12, 11, 10, 12), strict=True)),
    ]
    got = [row[1] for row in GROWTH_OF_PAYMENT(rows, "S", None, 1000, "flex_extra_flexible", [["S", 0.2]])[1:]]
    v1 = 1200 - 7.0
    v2 = v1 * 10 / 12 - 7
    assert got == pytest.approx([1000, 1100, v1, v1 * 11 / 12, v2, v2 * 12 / 10], rel=1e-12)
    assert [row[1] for row in GROWTH_OF_PAYMENT(rows, "S", payment=1000)[1:]] == pytest.approx(
        [1000, 1100, 1200, 1100, 1000, 1200]
    )


def test_growth_needs_a_payment_a_length_and_the_shares_that_the_terms_charge_by():
    rows = [["date", "S"], ["2007-12-31", 10], ["2008-01-31", 11]]
    for payment in (0, -1):
        with pytest.raises(BadInput, match="'payment' must be positive"):
            GROWTH_OF_PAYMENT(rows, "S", payment=payment)
    assert [row[1] for row in GROWTH_OF_PAYMENT(rows, "S", payment=0.5)[1:]] == pytest.approx([0.5, 0.55])
    with pytest.raises(MissingData, match="no unit value after 2008-01-31; the growth has no length"):
        GROWTH_OF_PAYMENT(rows, "S", "2008-01-31")
    years = [["date", "S"], ["2006-12-31", 10], ["2007-12-31", 11]]
    with pytest.raises(MissingData, match="'shares' is missing"):
        GROWTH_OF_PAYMENT(years, "S", None, 1000, "flex_extra_flexible")


def test_growth_from_a_day_of_inception_before_the_first_value():
    """1 January 2005 is a Saturday, the first value of Monday the 3rd: 2% of the payment a year, on the anniversary."""
    given = {"annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.02, "cdsc.schedule": 0,
             "contract.inception": "2005-01-01", "valuation.inception": "first_value"}  # fmt: skip
    rows = [["date", "S"], ["2005-01-03", 10], ["2005-07-01", 11], ["2006-01-01", 12]]
    got = GROWTH_OF_PAYMENT(rows, "S", "2005-01-01", 1000, [list(pair) for pair in given.items()])
    assert [row[1] for row in got[1:]] == pytest.approx([1000, 1000, 1100, 1200 * 0.98])
    without = [[k, v] for k, v in given.items() if k != "valuation.inception"]
    with pytest.raises(MissingData, match="first_value"):
        GROWTH_OF_PAYMENT(rows, "S", "2005-01-01", 1000, without)


@pytest.mark.slow
def test_growth_over_a_century_of_days_takes_no_square_of_them():
    first = datetime.date(1901, 1, 1)
    rows = [["date", "S"], *([first + datetime.timedelta(days=k), 10.0] for k in range(36525))]
    got = GROWTH_OF_PAYMENT(rows, "S", None, 1000, [["annual_charge.form", "none"], ["cdsc.schedule", 0]])
    assert (len(got), got[-1][1]) == (36526, 1000.0)


SUBSTITUTED = [["date", "OLD", "NEW"], ["2004-12-31", 20.0, None], ["2005-12-31", 22.0, None], ["2006-06-30", 33.0, 6.0],
               ["2006-12-31", 99.0, 9.0]]  # fmt: skip
SUBSTITUTION = [["fund", "printed_name", "predecessor", "substituted_on"], ["NEW", "New Fund", "OLD", "2006-06-30"]]


def test_growth_calendar_years_and_unit_values_of_a_substituted_fund():
    # before 30 June 2006 NEW is OLD x 6 / 33: 3.636363, 4, 6
    years = CALENDAR_YEAR_RETURNS(SUBSTITUTED, funds=SUBSTITUTION)
    assert [row[:2] for row in years] == [["year", "NEW"], [2005, pytest.approx(0.1)], [2006, pytest.approx(9 / 4 - 1)]]
    grown = GROWTH_OF_PAYMENT(SUBSTITUTED, payment=100, funds=SUBSTITUTION)
    assert grown[0] == ["date", "NEW"]
    assert [row[1] for row in grown[1:]] == pytest.approx([100, 110, 165, 247.5])
    charged = GROWTH_OF_PAYMENT(SUBSTITUTED, "NEW", None, 1000, "flex_extra_flexible", [["New Fund", 0.2]], SUBSTITUTION)
    assert [row[1] for row in charged[1:]] == pytest.approx([1000, 1093, 1639.5, 1093 * 9 / 4 - 7])  # 7 dollars a year
    assert UNIT_VALUE_AT(SUBSTITUTED, "New Fund", "2005-12-31", None, SUBSTITUTION) == pytest.approx(4.0)
    assert UNIT_VALUE_AT(SUBSTITUTED, "NEW", "2006-12-31", None, SUBSTITUTION) == 9.0
    with pytest.raises(MissingData):
        UNIT_VALUE_AT(SUBSTITUTED, "NEW", "2005-12-31")


def test_what_cannot_be_joined_to_its_predecessor_is_missing_before_the_substitution_only():
    early = [SUBSTITUTION[0], ["NEW", "New Fund", "OLD", "2006-06-15"]]
    later = [*SUBSTITUTED, ["2007-12-31", None, 10.8]]
    years = registry.evaluate(catalogue.get("CALENDAR_YEAR_RETURNS"), [later, None, None, None, early])
    assert [str(row[1]) for row in years[1:3]] == ["#N/A", "#N/A"]
    assert years[3][1] == pytest.approx(0.2)
    with pytest.raises(MissingData, match="'substituted_on' of NEW is 2006-06-15"):
        CALENDAR_YEAR_RETURNS(later, funds=early)
    grown = GROWTH_OF_PAYMENT(SUBSTITUTED, payment=100, funds=early)
    assert [row[1] for row in grown[1:]] == pytest.approx([100, 150])
    for call in (
        lambda: GROWTH_OF_PAYMENT(SUBSTITUTED, "NEW", "2005-12-31", funds=early),
        lambda: UNIT_VALUE_AT(SUBSTITUTED, "NEW", "2005-12-31", None, early),
    ):
        with pytest.raises(MissingData, match="'substituted_on' of NEW is 2006-06-15"):
            call()


def test_a_year_outside_a_funds_history_is_blank_and_no_part_year():
    rows = [["date", "A", "B", "C"], ["2004-12-31", 10, 5, None], ["2005-12-31", 11, 6, None],
            ["2006-12-31", 12, None, 8], ["2007-12-21", 15, None, None], ["2008-12-31", 18, None, 12]]  # fmt: skip
    got = registry.evaluate(catalogue.get("CALENDAR_YEAR_RETURNS"), [rows])
    assert [row[0] for row in got[1:]] == [2005, 2006, 2007, 2008]
    assert [row[1] for row in got[1:]] == pytest.approx([0.1, 12 / 11 - 1, 0.25, 0.2])  # ten days old is not too old
    assert [row[2] for row in got[1:]] == [pytest.approx(0.2), "", "", ""]
    # one value only in 2006: no return yet; none in 2007, and so no year end for 2008
    assert [row[3] for row in got[1:]] == ["", "", NA, NA]
    assert [row[4] for row in got[1:]] == ["", "part year: C", "", ""]
    blank = registry.evaluate(
        catalogue.get("CALENDAR_YEAR_RETURNS"), [[[*row, "D" if i == 0 else None] for i, row in enumerate(rows)]]
    )
    assert [row[4] for row in blank[1:]] == [""] * 4
    with pytest.raises(MissingData, match="'unit_values' has no dates"):
        growth.calendar_year_returns(UnitValues([], ("A",), []), [0], None, None)


@pytest.mark.parametrize(("first", "years"), [("2004-12-20", [2004, 2005]), ("2004-12-21", [2005])])
def test_the_first_year_is_the_next_where_the_history_begins_at_a_year_end(first, years):
    rows = [["date", "A"], [first, 10], ["2005-12-30", 11]]
    assert [row[0] for row in registry.evaluate(catalogue.get("CALENDAR_YEAR_RETURNS"), [rows])[1:]] == years


# --- the charge that two printed returns imply --------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=60)
@given(st.floats(-0.4, 0.6), st.floats(0, 30), st.sampled_from(["1Y", "YTD", "CY2007", "6M"]))
def test_an_implied_charge_is_the_one_that_was_taken(before, charge, period):
    value = 1000 * (1 + before) - charge
    after = (value - 0.08 * 0.9 * value) / 1000 - 1
    (low, best, high), *_ = IMPLIED_CHARGE("flex_extra_flexible", before, after, period, 10)
    assert best == pytest.approx(charge, abs=1e-6)
    assert low <= best <= high
    rounded = (round(before, 4), round(after, 4))
    (low, _, high), *_ = IMPLIED_CHARGE("flex_extra_flexible", *rounded, period)
    assert low - 1e-9 <= charge <= high + 1e-9


# --- declared rates -----------------------------------------------------------------------------------------


def test_a_declared_rate_in_percent_is_refused():
    assert DECLARED_RATE([["2008-07-01", 0.035]], "2008-07-31") == 0.035
    assert DECLARED_RATE([["2008-07-01", "3.5%"]], "2008-07-31") == 0.035
    with pytest.raises(BadInput, match=r"'rates' .* \(got 3.5 from 2008-07-01 on\); use 0.035 for 3.5%"):
        DECLARED_RATE([["2008-07-01", 3.5]], "2008-07-31")
    with pytest.raises(BadInput, match="between 0 and 1"):
        DECLARED_RATE([["2008-07-01", -0.01]], "2008-07-31")


# --- money-weighted return ----------------------------------------------------------------------------------

XIRR_EXAMPLE = ([-10000, 2750, 4250, 3250, 2750], ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"])


def test_excels_own_example_of_xirr():
    # printed so in Excel's help, which promises 0.000001 percent
    assert MONEY_WEIGHTED_RETURN(*XIRR_EXAMPLE) == pytest.approx(0.373362535, abs=1e-8)


@pytest.mark.parametrize(
    ("amounts", "dates", "rate"),
    [
        ([-1000, 1100], ["2007-12-31", "2008-12-30"], 0.10),  # 365 days
        ([-1000, 1210], ["2006-01-01", "2008-01-01"], 0.10),  # 730 days
        ([1100, -1000], ["2008-12-30", "2007-12-31"], 0.10),  # in any order
        ([-1000, 500], ["2007-01-01", "2008-01-01"], -0.50),
        ([1000, -1100], ["2007-01-01", "2008-01-01"], 0.10),  # a loan
        ([-1000, 1000], ["2007-01-01", "2008-01-01"], 0.0),
        ([-0.5, 0.55], ["2007-01-01", "2008-01-01"], 0.10),  # of a dollar
        ([-1000, 10], ["2007-01-01", "2008-01-01"], -0.99),
        ([-1000, 1e-7], ["2007-01-01", "2008-01-01"], 1e-10 - 1),  # a loss of all but a ten-billionth
        ([-100, 230, -132], ["2009-01-01", "2010-01-01", "2011-01-01"], 0.10),  # 20%, too: the one next to the total return
    ],
)
def test_by_hand(amounts, dates, rate):
    assert MONEY_WEIGHTED_RETURN(amounts, dates) == pytest.approx(rate, abs=1e-12)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.floats(1, 1e5), st.integers(1, 4000)), min_size=1, max_size=12), st.floats(0.3, 3))
@example([(2.0, 3)], 0.75)
@example([(99999.0, 2), (1.0, 141)], 0.3)
def test_the_rate_balances_the_flows(receipts, factor):
    days = sorted({d for _, d in receipts})
    amounts = [receipts[i][0] for i in range(len(days))]
    flows = [-sum(amounts) / factor, *amounts]
    dates = [D(2000, 1, 1), *(D(2000, 1, 1) + datetime.timedelta(days=d) for d in days)]
    after = [(day - dates[0]).days / 365 for day in dates]

    def balance(growth):
        """What is left of all flows at a year's growth, as a part of what moves; it falls as the growth rises."""
        present = [amount * growth**-years for amount, years in zip(flows, after, strict=True)]
        return sum(present) / sum(map(abs, present))

    try:
        rate = MONEY_WEIGHTED_RETURN(flows, dates)
    except NoSolution:  # nearer to -100% than a number can be
        assert balance(2.4e-16) <= 1e-12
        return
    noise = 5e-15 * max(1, abs(rate))  # a figure is no finer: a quarter lost in three days is -100% a year
    assert rate - noise <= -1 or balance(1 + rate - noise) >= -1e-12
    assert balance(1 + rate + noise) <= 1e-12


@pytest.mark.parametrize(
    ("amounts", "dates", "says"),
    [
        ([1, 2], ["2008-01-01", "2009-01-01"], "both payments .* and receipts"),
        ([-1, -2], ["2008-01-01", "2009-01-01"], "both payments .* and receipts"),
        ([0.5, 0.6], ["2008-01-01", "2009-01-01"], "both payments .* and receipts"),
        ([0, 0], ["2008-01-01", "2009-01-01"], "both payments .* and receipts"),
        ([-1, 2], ["2008-01-01", "2008-01-01"], "all the same day"),
        ([-100, 200, -200], ["2009-01-01", "2010-01-01", "2011-01-01"], "No annual rate balances"),  # 1 - 2x + 2x² > 0
    ],
)
def test_flows_without_a_rate(amounts, dates, says):
    with pytest.raises(NoSolution, match=says):
        MONEY_WEIGHTED_RETURN(amounts, dates)


@pytest.mark.parametrize(
    ("amounts", "dates", "rate"),
    [
        ([-100, 300], ["2008-01-01", "2008-01-02"], 3.0**365),  # 10^174: three times as much every day
        ([-1e-6, 1e9], ["2007-01-01", "2008-01-01"], 1e15 - 1),
        # a root of 20 each ten days and one of 30: the nearer one to the start, 20^36.5
        ([-1, 50, -600], ["2008-01-01", "2008-01-11", "2008-01-21"], 20.0**36.5),
    ],
)
def test_rates_outside_the_usual_range_are_found(amounts, dates, rate):
    assert MONEY_WEIGHTED_RETURN(amounts, dates) == pytest.approx(rate, rel=1e-9)


@pytest.mark.parametrize(
    ("amounts", "dates", "says"),
    [
        ([-1, 1000], ["2008-01-01", "2008-01-02"], "larger than a number can hold"),  # 10^1095
        ([-1000, 1], ["2008-01-01", "2008-01-02"], "too near to -100% for a number"),
        ([-100, 100, -5, 5], ["2008-01-01", "2008-01-01", "2009-01-01", "2009-01-01"], "every rate fits"),
    ],
)
def test_rates_that_no_number_holds_are_refused_with_a_sentence(amounts, dates, says):
    with pytest.raises(NoSolution, match=says):
        MONEY_WEIGHTED_RETURN(amounts, dates)


def test_twenty_thousand_flows_need_little_memory():
    """Without a root every rate is looked at: 1 - 2x + 2x² > 0 each three days, so for their sum."""
    dates = [D(1950, 1, 1) + datetime.timedelta(days=i) for i in range(20_001)]
    amounts = [(-100.0, 200.0, -200.0)[i % 3] for i in range(20_001)]
    tracemalloc.start()
    with pytest.raises(NoSolution, match="No annual rate"):
        MONEY_WEIGHTED_RETURN(amounts, dates)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


# --- others' test values, where they are at hand ------------------------------------------------------------

FOLDER = os.environ.get("XL_FLEXEXTRA_VECTORS", "")
others = pytest.mark.skipif(not FOLDER, reason="XL_FLEXEXTRA_VECTORS names no folder of test values")


def read(name):
    with (Path(FOLDER) / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def near(got, row):
    wanted = float(row["expected"])
    return abs(got - wanted) <= max(float(row["tolerance"]), 1e-9 * max(1.0, abs(wanted)))


@others
def test_money_weighted_returns_of_others():
    flows = {}
    for line in read("xirr_flows.csv"):
        flows.setdefault(line["case"], []).append((line["date"], float(line["amount"])))
    wrong, count = [], 0
    for row in read("xirr_expected.csv"):
        how = json.loads(row["inputs_json"])
        if how.get("day_count", "act/365F") != "act/365F":
            continue
        dates, amounts = zip(*flows[how["flows"].partition("#")[2]], strict=True)
        count += 1
        try:
            got = MONEY_WEIGHTED_RETURN(list(amounts), list(dates))
        except NoSolution:
            got = math.nan
        if row["expected"] in {"", "nan"}:  # others find none: then none, or one that balances the flows
            fits = math.isnan(got) or balances(got, amounts, dates)
        else:
            fits = near(got, row) and balances(got, amounts, dates)
        if not fits:
            wrong.append((row["case_id"], got, row["expected"], row["note"]))
    assert count > 50
    assert not wrong


def balances(rate, amounts, dates):
    days = [D.fromisoformat(day) for day in dates]
    present = [a * (1 + rate) ** (-(day - min(days)).days / 365) for a, day in zip(amounts, days, strict=True)]
    return abs(sum(present)) <= 1e-8 * sum(map(abs, present))


@others
def test_returns_of_others():
    wrong, count = [], 0
    for name in ("returns_ffn.csv", "returns_empyrical.csv"):
        for row in read(name):
            given_inputs = json.loads(row["inputs_json"])
            if row["function"] == "UNIT_VALUE_RETURN":
                prices = prices_of(given_inputs)
                got = UNIT_VALUE_RETURN(prices[0], prices[-1])
            elif row["function"] == "CUMULATIVE_RETURN":
                growth = np.prod([1 + x for x in given_inputs if x is not None])
                got = UNIT_VALUE_RETURN(1, growth)
            else:
                continue
            count += 1
            if not near(got, row):
                wrong.append((row["case_id"], got, row["expected"]))
    assert count >= 6
    assert not wrong


def prices_of(given_inputs):
    name, _, column = given_inputs["prices"].partition("#")
    return [float(line[column]) for line in read(name)][: given_inputs["rows"]]


@others
def test_variable_annuity_values_of_others():
    wrong, count = [], 0
    for row in read("va_lifelib.csv"):
        v = json.loads(row["inputs_json"])
        if row["function"] == "NET_INVESTMENT_FACTOR":  # the fund's expense, then the separate account charge, by months
            days = 365 / 12 * v["months"]
            fund = NET_INVESTMENT_FACTOR(1, v["gross"], None, v["fund_expense"], days, "proportional")
            got = NET_INVESTMENT_FACTOR(1, fund, None, v["asset_charge"], days, "proportional")
        elif row["function"] == "CDSC_RATE":
            terms = [
                ["annual_charge.form", "none"],
                ["cdsc.schedule", ",".join(map(str, v["schedule"]))],
                ["cdsc.thereafter", 0],
            ]
            got = CDSC_RATE(terms, v["completed_years"] + 1)
        elif row["function"] == "FREE_WITHDRAWAL":
            terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0.085], ["free_withdrawal.rate", v["free_share"]],
                     ["free_withdrawal.form", "greater_of_earnings_and_percent_of_payments"]]  # fmt: skip
            premium = v["remaining_premium"]
            got = FREE_WITHDRAWAL(terms, 1, premium + v["earnings"], premium)
        else:
            continue
        count += 1
        if not near(got, row):
            wrong.append((row["case_id"], got, row["expected"]))
    assert count >= 12
    assert not wrong


def test_the_average_annual_total_return_by_hand():
    assert AATR(1000, 1331, 3) == pytest.approx(0.10, rel=1e-12)
    assert AATR(1000, 0, 5) == -1.0
    assert AATR(1000, 1100, 1) == AATR(1000, 1100, 0.5) == pytest.approx(0.10)
    assert AATR(1000, 1100, 0.5, True) == pytest.approx(0.21)
    assert AATR(1000, 585.97, 728 / 365) == pytest.approx(-0.2351, abs=HALF_BP)  # Pacific One, Blue Chip (2003)
