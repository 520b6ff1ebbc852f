"""Checks of the unit values by hand: what is counted, what is found, and what is left out of a count."""

import dataclasses
import datetime

import numpy as np
import pytest

from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import data_checks
from xl_flexextra.terms import Terms
from xl_flexextra.update import update_inputs

D = datetime.date
BARE = {"contract.name": "bare", "annual_charge.form": "none", "cdsc.schedule": [0.0], "separate_account.charge": 0.013}


def table(days, **funds):
    return UnitValues([D.fromisoformat(day) for day in days], tuple(funds), np.array(list(funds.values()), dtype=float).T)


def update(values, as_of="2008-07-31", **changed):
    funds = Funds.from_rows([["fund"], *([name] for name in values.funds)])
    return update_inputs.Inputs(values, funds, (Terms({**BARE, **changed}),), D.fromisoformat(as_of))


# --- coverage -----------------------------------------------------------------------------------------------


def test_what_there_is_of_a_fund_and_what_the_update_uses():
    # 30 June 2007 was a Saturday: its last value is of the 29th. July 2007 has one on the very day, and so on
    values = table(
        ["2007-06-29", "2007-07-31", "2007-12-31", "2008-06-30", "2008-07-31"],
        A=[10.0, 12.0, 9.0, 10.0, 11.0],
        B=[np.nan, np.nan, np.nan, np.nan, 11.0],
        C=[np.nan] * 5,
    )
    a, b, c = data_checks.coverage(update(values))
    assert (a.fund, a.first, a.last, a.count) == ("A", D(2007, 6, 29), D(2008, 7, 31), 5)
    # year to date and one year to 31 July, one year to 30 June: six ends, two of them the same day
    assert (a.used, a.exact, a.oldest_days) == (5, 4, 1)
    assert (a.largest_move, a.largest_on) == (0.25, D(2007, 12, 31))  # 12 to 9; 10 to 12 is a fifth
    assert dataclasses.astuple(b) == ("B", D(2008, 7, 31), D(2008, 7, 31), 1, 0, 0, 0, 0.0, D(2008, 7, 31), "")
    assert dataclasses.astuple(c) == ("C", None, None, 0, 0, 0, 0, 0.0, None, "")


def test_a_substituted_funds_days_are_those_of_its_whole_history_and_its_predecessor_has_a_row():
    nan = np.nan
    values = table(
        ["2007-06-29", "2007-07-31", "2007-12-31", "2008-06-30", "2008-07-31"],
        NEW=[nan, nan, 9.0, 10.0, 11.0],
        OLD=[20.0, 24.0, 18.0, nan, nan],
    )
    funds = Funds.from_rows([["fund", "predecessor", "substituted_on"], ["NEW", "OLD", "2007-12-31"]])
    new, old = data_checks.coverage(dataclasses.replace(update(values), funds=funds))
    # as fund A above: five ends, that of 30 June 2007 a day old; two of them lie before the substitution
    assert (new.fund, new.first, new.count, new.used, new.exact, new.oldest_days) == ("NEW", D(2007, 12, 31), 3, 5, 4, 1)
    assert (old.fund, old.last, old.count, old.used, old.exact, old.oldest_days) == ("OLD", D(2007, 12, 31), 3, 2, 1, 1)
    assert (new.carried_on_by, old.carried_on_by) == ("", "NEW")


@pytest.mark.parametrize(("series", "day"), [([10.0, 15.0, 16.0], D(2008, 6, 30)), ([10.0, 10.0, 15.0], D(2008, 7, 31))])
def test_the_largest_move_may_be_the_first_or_the_last(series, day):
    one = data_checks.coverage(update(table(["2008-05-31", "2008-06-30", "2008-07-31"], A=series)))[0]
    assert (one.largest_move, one.largest_on) == (0.5, day)


# --- the series itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["2007-11-30", "2008-02-29"], ["no value for 2 month(s) after 2007-11-30"]),
        (["2007-12-31", "2008-01-31"], []),
        (["2007-12-01", "2008-01-31"], []),  # there is a value in every month
        (["2006-12-31", "2008-01-31"], ["no value for 12 month(s) after 2006-12-31"]),
    ],
)
def test_a_gap_counts_the_months_without_a_value(days, found):
    assert [f.found for f in data_checks.series_findings(table(days, A=[10.0, 10.1]))] == found


@pytest.mark.parametrize(
    ("series", "found"),
    [
        ([10, 10, 11, 11], []),  # a value may be the same once
        ([10, 10, 10, 11], [("stale", "10.000000 again, 3 times in a row")]),
        ([10, 10, 10, 10], [("stale", "10.000000 again, 3 times in a row")]),  # said once
        ([10, 12.5, 10, 7.5], []),  # a quarter is not more than a quarter: +25%, -20%, -25%
        ([10, 12.6, 12.6, 9.4], [("jump", "+26.00% since 2008-01-31"), ("jump", "-25.40% since 2008-03-31")]),
    ],
)
def test_values_that_do_not_move_and_values_that_jump(series, found):
    days = ["2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30"]
    assert [(f.check, f.found) for f in data_checks.series_findings(table(days, A=series))] == found


# --- other evidence -----------------------------------------------------------------------------------------


def test_only_values_that_both_have_are_compared(monkeypatch):
    ours = table(["2008-01-31", "2008-02-29", "2008-03-31"], A=[10.0, 11.0, 12.0], B=[5.0, 5.0, 5.0])
    theirs = table(["2008-02-29", "2008-03-31", "2008-04-30"], C=[1.0, 1.0, 1.0], a=[11.5, 12.0, 13.0])
    monkeypatch.setattr(data_checks, "AGREEMENT", 0.5)
    assert data_checks.second_source(ours, theirs) == (2, [])  # half a dollar apart is within half a dollar
    monkeypatch.setattr(data_checks, "AGREEMENT", 0.4)
    count, found = data_checks.second_source(ours, theirs)
    assert (count, [(f.fund, f.day) for f in found]) == (2, [("A", D(2008, 2, 29))])


NAV_DAYS = ["2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30"]


def test_a_nav_without_its_unit_value_is_left_out():
    navs = table(NAV_DAYS, A=[20.0, 21.0, 22.0, 23.0], Z=[1.0, 1.0, 1.0, 1.0])
    # the value of 29 February is missing: neither February nor March can be re-performed
    values = table(["2008-01-31", "2008-03-31", "2008-04-30"], A=[10.0, 11.0, 11.0 * 23 / 22])
    assert data_checks.reperformed(values, navs, {}, 0.0) == (1, [])


@pytest.mark.parametrize(("fund", "paid_on"), [("A", "2008-02-29"), (" a", "2008-02-01"), ("A", "2008-02-15")])
def test_a_distribution_counts_to_the_next_nav(fund, paid_on):
    navs = table(NAV_DAYS, A=[20.0, 19.0, 19.0, 19.0])
    february = (19.0 + 1.5) / 20 - 0.013 * 29 / 365
    march, april = 1 - 0.013 * 31 / 365, 1 - 0.013 * 30 / 365
    values = table(NAV_DAYS, A=10 * np.cumprod([1, february, march, april]))
    other = {("B", D(2008, 3, 31)): 0.7}  # another fund's
    paid = {(fund, D.fromisoformat(paid_on)): 1.5, **other}
    assert data_checks.reperformed(values, navs, paid, 0.013) == (3, [])
    count, found = data_checks.reperformed(values, navs, other, 0.013)
    assert (count, [f.day for f in found]) == (3, [D(2008, 2, 29)])


@pytest.mark.parametrize(
    ("period", "published", "years"),
    [
        ("YTD", 0.10, 213 / 365),  # 31 December to 31 July in a leap year; the charge of these days only
        ("1Y", 0.10, 1),
        ("3Y", 0.10, 1),  # a return a year bears a year's charge
    ],
)
def test_a_funds_own_return_less_the_charge_of_the_period(period, published, years):
    net = (1 + published) * 0.987**years - 1
    grown = {"YTD": 1 + net, "1Y": 1 + net, "3Y": (1 + net) ** 3}[period]
    start = {"YTD": "2007-12-31", "1Y": "2007-07-31", "3Y": "2005-07-31"}[period]
    for off, expected in ((0.0, 0), (0.0024, 0), (-0.0024, 0), (0.0026, 1), (-0.0026, 1)):
        values = table([start, "2008-07-31"], A=[10.0, 10 * (grown if not off else _moved(grown, off, period))])
        count, found = data_checks.reasonable(update(values), {("A", period): published}, 0.013)
        assert (count, len(found)) == (1, expected), off


def _moved(grown, off, period):
    """The growth that gives a return higher by ``off`` a year, or over the period."""
    n = 3 if period == "3Y" else 1
    return (grown ** (1 / n) + off) ** n


def test_all_checks_and_their_states():
    days = ["2007-12-31", "2008-01-31", "2008-02-29"]
    values = table(days, A=[10.0, 11.0, 12.0], B=[5.0, 5.0, np.nan])
    given = update(values, "2008-02-29")
    alone = data_checks.checks(given, data_checks.Evidence())
    names = ["gaps", "stale values", "jumps", "revisions", "second source", "re-performance", "reasonableness"]
    assert [c.name for c in alone] == names
    assert [c.state for c in alone] == ["nothing found"] * 3 + ["not given"] * 4
    assert [c.compared for c in alone] == [5, 5, 5, 0, 0, 0, 0]

    navs = table(days, A=[20.0, 22.0, 24.0])  # as the unit values grow: without the charge
    other = table(days, A=[10.0, 11.0, 12.5])
    evidence = data_checks.Evidence(values, other, navs, None, {("A", "YTD"): 0.5})
    found = data_checks.checks(given, evidence)[3:]
    assert [(c.state, c.compared) for c in found] == [("nothing found", 5), ("off", 3), ("off", 2), ("look", 1)]

    uncharged = Terms({key: value for key, value in BARE.items() if key != "separate_account.charge"})
    without = data_checks.checks(dataclasses.replace(given, contracts=(uncharged,)), evidence)
    assert [(c.given, c.state, c.compared) for c in without[5:]] == [(False, "not given", 0)] * 2


def test_each_finding_stands_with_its_own_check():
    days = ["2007-12-31", "2008-01-31", "2008-02-29", "2008-03-31"]
    values = table(days, A=[10.0, 10.0, 10.0, 10.1], B=[5.0, 5.0, np.nan, 5.1], C=[5.0, 5.1, 7.0, 7.1])
    found = data_checks.checks(update(values, "2008-03-31"), data_checks.Evidence())[:3]
    assert [[f.fund for f in check.findings] for check in found] == [["B"], ["A"], ["C"]]


@pytest.mark.parametrize(("levels", "state"), [([], "nothing found"), (["look"], "look"), (["look", "off"], "off")])
def test_the_state_of_a_check_is_its_worst_finding(levels, state):
    found = tuple(data_checks.Finding("x", "A", None, "y", level) for level in levels)
    assert data_checks.Check("x", "?", True, 1, found).state == state
    assert data_checks.Check("x", "?", False, 0, found).state == "not given"
