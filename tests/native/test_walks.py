"""The walk by the native functions: CONTRACT_FIGURE by every measure, CONTRACT_PATH, growth, calendar years, expenses."""

import itertools

import pytest
from beside_python import EVERY, differing
from call_book import ALL

from xl_flexextra.inputs.measures import MEASURES

SIMPLE = [
    ["annual_charge.form", "share"], ["annual_charge.dollars", 30], ["annual_charge.dollars from 2006-07-01", 40],
    ["cdsc.schedule.1", 0.06], ["cdsc.schedule.2", 0.03], ["cdsc.schedule.3", 0],
    ["free_withdrawal.form", "percent_of_value"], ["free_withdrawal.rate", 0.1],
]  # fmt: skip
LOADED = [
    ["cdsc.schedule", 0.05], ["cdsc.thereafter", 0.01], ["payment.front_end_load", 0.04], ["payment.bonus_rate", 0.02],
    ["premium_tax.when", "at_payment"], ["premium_tax.rate", 0.02], ["rider.rate", 0.003], ["charge.1.base", "dollars"],
    ["charge.1.dollars", 15.5], ["charge.1.timing", "payment"], ["charge.1.name", "policy fee"],
    ["charge.2.base", "value"], ["charge.2.rate", 0.01], ["charge.2.timing", "daily"],
    ["charge.3.base", "average_size"], ["charge.3.dollars", 30], ["charge.3.average_contract_size", 40000],
    ["charge.4.base", "payment"], ["charge.4.rate", 0], ["charge.5.base", "highest_anniversary_value"],
    ["charge.5.rate", 0.002], ["charge.5.timing", "contract_quarter"],
]  # fmt: skip
TAXED = [
    ["annual_charge.form", "none"], ["cdsc.schedule", 0.02], ["cdsc.thereafter", 0], ["premium_tax.when", "at_redemption"],
    ["premium_tax.rate", 0.015], ["carry.precision", "cents"], ["years.long_period", "cumulative"],
]  # fmt: skip
MONTHS = [f"{year}-{month:02d}-28" for year in (2005, 2006, 2007) for month in range(1, 13)]
VALUES = [
    ["date", "A", "B"],
    *([day, 10 + (k % 5) * 0.37 + 0.05 * k, 7 + 0.09 * k if k > 8 else None] for k, day in enumerate(MONTHS)),
]
SHARES = [["fund", "share"], ["A", 0.4], ["B", 0.1]]
FUNDS = [
    ["fund", "predecessor", "substituted_on", "subaccount_inception"],
    ["B", "A", "2006-02-28", "2005-01-28"],
    ["A", None, None, None],
]


def figures():
    asked = itertools.cycle((("A", "1Y", "all"), ("B", "2Y", "annual"), ("B", "SI_SUBACCOUNT", "all"), ("A", "9M", "asset")))
    for measure in (*MEASURES, "fee"):
        for terms in (SIMPLE, LOADED, TAXED):
            fund, period, how = next(asked)
            yield "CONTRACT_FIGURE", [measure, terms, VALUES, fund, "2007-12-28", period, SHARES, FUNDS, how]
    for name in ("rider", "policy fee", "3", "charge.3", "Charge 3", "charge 4", "annual charge"):
        for terms in (SIMPLE, LOADED, TAXED):
            yield "CONTRACT_FIGURE", ["charge", terms, VALUES, "A", "2007-12-28", "2Y", SHARES, None, "all", name]
    yield "CONTRACT_FIGURE", ["erv", SIMPLE, VALUES, None, "2007-12-28", "2Y", SHARES]
    yield "CONTRACT_FIGURE", ["erv", SIMPLE, VALUES, "A", "2007-12-28", "1Y", SHARES, None, None, None, 5000]
    week = [*SIMPLE, ["yield.dates", "days_between"]]
    yield from (
        ("CONTRACT_FIGURE", [kind, week, VALUES, "A", "2007-12-28", "30D", SHARES])
        for kind in ("base_return", "yield", "effective_yield")
    )


def paths():
    for terms in (
        SIMPLE,
        LOADED,
        TAXED,
        [*LOADED, ["payment.amount", 100]],
        [["annual_charge.form", "none"], ["cdsc.schedule", 0]],
    ):
        for fund, period in (("A", "1Y"), ("B", "2Y"), ("B", "17M"), ("A", "20Y")):
            yield "CONTRACT_PATH", [terms, VALUES, fund, "2007-12-28", period, SHARES, FUNDS]
    yield "CONTRACT_PATH", [[*SIMPLE, ["periods.without_history", "blank"]], VALUES, "A", "2007-12-28", "20Y", SHARES]
    yield "CONTRACT_PATH", [SIMPLE, VALUES, "A", "2007-12-28", "1Y_CUMULATIVE", SHARES, None, 2500]


def growth():
    for terms in (None, SIMPLE, LOADED, TAXED):
        for fund, start in ((None, "2006-11-28"), ("A", "2007-01-05"), ("B", None), ("C", None), ("A", "2008-01-31")):
            yield "GROWTH_OF_PAYMENT", [VALUES[:1] + VALUES[18:], fund, start, 10000 if start else None, terms, SHARES]
    yield "GROWTH_OF_PAYMENT", [VALUES, None, "2005-12-28", 1000, None, None, FUNDS]
    yearly = [VALUES[0], *VALUES[12::12]]
    yield "GROWTH_OF_PAYMENT", [yearly, "A", "2006-12-28", 1000, SIMPLE, SHARES]  # no day on which nothing falls
    rider = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["rider.rate", 0.01]]
    yield "MAINTENANCE_CHARGE", [rider, None, 25000]
    yield "MAINTENANCE_CHARGE", [[*rider, ["charge.1.base", "dollars"], ["charge.1.dollars", 12]], None, 25000]
    yield "GROWTH_OF_PAYMENT", [VALUES, "A", "2007-06-28", -5]
    yield "GROWTH_OF_PAYMENT", [VALUES, "A", "2007-06-28", 1000, SIMPLE]


HOLES = [
    ["date", "A", "B", "C"], ["2003-12-29", 10, None, None], ["2004-06-30", 10.5, 5, None],
    ["2004-12-31", 11, 5.1, None], ["2005-12-31", 12, None, None], ["2006-12-27", 12.5, 5.3, None],
    ["2007-12-29", 13, 5.5, None], ["2008-07-31", 12, 5.2, 8],
]  # fmt: skip


def calendar_years():
    for fund in (None, "A", "B", "C", "D"):
        for years in ((None, None), (2005, 2007), (2002, None), (None, 2005), (2009, None), (2007, 2005), (2005.5, None)):
            yield "CALENDAR_YEAR_RETURNS", [HOLES, fund, *years]
    yield "CALENDAR_YEAR_RETURNS", [VALUES, None, None, None, FUNDS]


def expenses():
    more = [["separate_account.charge", 0.0115], ["expense.fund_expenses", 0.0085], ["expense.lowest_fund_expenses", 0.0056],
            ["expense.highest_fund_expenses", 0.0359], ["expense.optional_benefits", 0.004]]  # fmt: skip
    for read in ("average_value", "year_end_value", "year_start_value", "monthly_value"):
        for rule in ("discounted_average", "plain_average", "first_year"):
            for base in (LOADED,) if rule == "plain_average" else (SIMPLE,):
                terms = [*base, *more, ["expense.asset_charge_on", read], ["expense.annual_cost", rule]]
                yield from (("ANNUAL_COST", [terms, which]) for which in ("lowest", "Highest"))
    for terms in (SIMPLE, LOADED, TAXED):
        yield from (
            ("EXPENSE_EXAMPLE", [[*terms, *more], years, how])
            for years in (1, 3)
            for how in ("surrendered", "annuitised", "kept")
        )
        yield "EXPENSE_EXAMPLE", [[*terms, *more, ["expense.annuitised", "as_surrendered"]], 2, "annuitised", 0.002, 5000]
        yield "EXPENSE_EXAMPLE", [terms, 1]
        yield "EXPENSE_EXAMPLE", [[*terms, *more], 1.5]
        yield "EXPENSE_EXAMPLE", [[*terms, *more], 1, "lost"]
        yield "EXPENSE_EXAMPLE", [[*terms, *more], 1, "kept", 1.2]
        yield "ANNUAL_COST", [terms, "lowest"]
        for measure in ("expense", "annuitised_expense", "lowest_annual_cost", "highest_annual_cost"):
            yield "CONTRACT_FIGURE", [measure, [*terms, *more], VALUES, None, None, "3Y"]
            yield "CONTRACT_FIGURE", [measure, [*terms, *more], VALUES, None, None, "30M", None, None, "annual"]


@pytest.mark.parametrize("engine", ALL)
def test_walks_as_python_has_them(engine, tmp_path):
    calls = [*figures(), *paths(), *growth(), *calendar_years(), *expenses()]
    wrong, good = differing(tmp_path / "walks.xlsx", engine, calls)
    assert not wrong
    assert good > len(calls) / EVERY[engine] / 3
