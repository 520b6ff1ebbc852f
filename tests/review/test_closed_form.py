"""The second route against the core, on the page and on random contracts."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.calculation import calendar_days, contract_figures, tie_out
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import closed_form as cf
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import controls_sheet
from xl_flexextra.workbook.review.figures import Figure

AS_OF = datetime.date(2008, 7, 31)
MONTHS = [calendar_days.month_end(1998, 1 + k) for k in range(127)]
FIGURES_AGREE = 1e-10


def test_all_112_published_figures_by_both_routes():
    inputs = update_inputs.sample_inputs()
    found = report.compute(inputs)
    before = cf.before_charges(inputs.contracts[0])
    for tied in found.tied:
        figure = tied.published
        terms = {"FLEX": inputs.contracts[0], "SINGLE": inputs.contracts[1]}.get(figure.contract, before)
        closed = cf.closed_form(inputs, terms, figure.fund, figure.period, figure.as_of, not figure.contract)
        assert closed.outside == 0
        assert closed.result == pytest.approx(tied.recomputed, rel=FIGURES_AGREE)


@settings(max_examples=40)
@given(
    st.lists(st.floats(-0.1, 0.1), min_size=127, max_size=127),
    st.floats(0, 40),
    st.floats(0, 1),
    st.lists(st.floats(0, 0.09), min_size=1, max_size=9),
    st.floats(0, 0.3),
    st.sampled_from(["YTD", "6M", "1Y", "18M", "3Y", "7Y", "10Y"]),
)
def test_the_closed_form_is_the_walk(moves, dollars, share, schedule, free, period):
    values = 10 * np.cumprod(1 + np.array(moves))
    given = {
        "contract.name": "random", "annual_charge.form": "share", "annual_charge.dollars": dollars,
        "cdsc.schedule": schedule, "cdsc.thereafter": 0.0, "free_withdrawal.form": "percent_of_value",
        "free_withdrawal.rate": free,
    }  # fmt: skip
    terms = Terms(given)
    rows = [["fund", "share"], ["A", share]]
    inputs = update_inputs.Inputs(
        UnitValues(MONTHS, ("A",), values[:, None]), Funds.from_rows([["fund"], ["A"]]), (terms,), AS_OF,
        parse("shares", "shares", rows), rows,
    )  # fmt: skip
    core = contract_figures.ContractFigures(terms, inputs.unit_values, AS_OF, inputs.shares).result("A", period)
    closed = cf.closed_form(inputs, terms, "A", period, AS_OF, False)
    if core.erv > 1:  # a charge that takes all there is ends the walk, and the closed form's domain
        assert closed.erv == pytest.approx(core.erv, rel=FIGURES_AGREE)
        assert closed.result == pytest.approx(core.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"annual_charge__taken_as": "units"}, ["annual_charge.taken_as"]),
        ({"years__basis": "days_365"}, ["years.basis"]),
        ({"rider__rate": 0.01}, ["rider.rate"]),
        ({"years__decimals": 2}, ["years.decimals"]),
        ({"free_withdrawal__measured": "before_charge"}, ["free_withdrawal.measured"]),
        ({"cdsc__base": "lesser", "carry__precision": "cents"}, ["cdsc.base", "carry.precision"]),
    ],
)
def test_outside_its_domain_the_closed_form_gives_no_figure(changed, broken):
    inputs = update_inputs.sample_inputs()
    terms = inputs.contracts[0].replace(**changed)
    assert cf.broken_rules(terms, before=False) == broken
    closed = cf.closed_form(inputs, terms, "EQUITY", "5Y", AS_OF, False)
    assert (closed.outside, closed.result) == (len(broken), None)


def test_an_end_within_a_month_a_later_inception_and_other_periods_are_outside():
    inputs = update_inputs.sample_inputs()
    terms = inputs.contracts[0]
    assert cf.closed_form(inputs, terms, "EQUITY", "5Y", datetime.date(2008, 7, 30), False).result is None
    assert cf.closed_form(inputs, terms, "EQUITY", "SI_FUND", AS_OF, False).result is None
    items = [dataclasses.replace(f, fund_inception=datetime.date(2001, 1, 1)) for f in inputs.funds.items]
    young = dataclasses.replace(inputs, funds=Funds(tuple(items)))
    assert cf.closed_form(young, terms, "EQUITY", "10Y_OR_SI_FUND", AS_OF, False).outside == 1
    assert cf.closed_form(young, terms, "EQUITY", "5Y", AS_OF, False).outside == 0


def own(values, days, **changed):
    """Inputs of one fund with a share of 0.4 and the terms of the closed form, changed."""
    given = {
        "contract.name": "own", "annual_charge.form": "share", "annual_charge.dollars": 35.0, "cdsc.schedule": [0.08, 0.07],
        "cdsc.thereafter": 0.05, "free_withdrawal.form": "percent_of_value", "free_withdrawal.rate": 0.1,
        **{key.replace("__", "."): value for key, value in changed.items()},
    }  # fmt: skip
    rows = [["fund", "share"], ["A", 0.4]]
    return update_inputs.Inputs(
        UnitValues(days, ("A",), values), Funds.from_rows([["fund"], ["A"]]), (Terms(given),), days[-1],
        parse("shares", "shares", rows), rows,
    )  # fmt: skip


def figure(inputs, code, as_of=None, fund="A", before=False):
    terms = cf.before_charges(inputs.contracts[0]) if before else inputs.contracts[0]
    return cf.closed_form(inputs, terms, fund, code, as_of or inputs.as_of, before)


def test_a_part_of_the_contracts_charged_by_hand():
    inputs = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF], annual_charge__charged_fraction=0.5)
    value = 1100 - 35 * 0.4 * 0.5
    assert figure(inputs, "1Y").erv == pytest.approx(value - 0.08 * 0.9 * value, rel=1e-12)


def test_charges_take_no_more_than_there_is():
    days = [datetime.date(2006, 7, 31), datetime.date(2007, 7, 31), AS_OF]
    inputs = own([10.0, 10.0, 10.0], days, annual_charge__dollars=1500.0)  # 600 a year of 1,000
    assert figure(inputs, "1Y").result == pytest.approx(0.4 * (1 - 0.08 * 0.9) - 1, rel=1e-12)
    assert (figure(inputs, "2Y").outside, figure(inputs, "2Y").erv, figure(inputs, "2Y").result) == (0, 0.0, -1.0)


def test_where_the_free_amount_is_measured_goes_without_saying():
    assert cf.broken_rules(own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF]).contracts[0], before=False) == []


def test_a_year_to_date_in_the_midst_of_the_history_ends_on_its_own_day():
    days = [datetime.date(2007, 12, 31), datetime.date(2008, 6, 30), AS_OF]
    inputs = own([10.0, 11.0, 22.0], days)
    value = 1100 - 14  # charged on 30 June, whatever comes after
    assert figure(inputs, "YTD", days[1]).erv == pytest.approx(value * 0.928, rel=1e-12)


def test_thirteen_months_bear_a_second_charge():
    days = [datetime.date(2007, 6, 30), datetime.date(2008, 6, 30), AS_OF]
    inputs = own([10.0, 11.0, 12.0], days)
    value = (1100 - 14) * 12 / 11 - 14
    erv = value - 0.07 * 0.9 * value  # in the second contract year
    got = figure(inputs, "13M")
    assert got.erv == pytest.approx(erv, rel=1e-12)
    assert got.result == pytest.approx((erv / 1000) ** (365 / 397) - 1, rel=1e-12)  # 30 June 2007 to 31 July 2008


@pytest.mark.parametrize(
    ("code", "months"),
    [
        ("5Y", cf.Months("5Y", 60, 0, 0, 0)),
        ("YTD", cf.Months("YTD", 0, 1, 0, 0)),
        ("10Y_OR_SI_FUND", cf.Months("10Y_OR_SI_FUND", 120, 0, 1, 0)),
        ("10Y_OR_SI_SUBACCOUNT", cf.Months("10Y_OR_SI_SUBACCOUNT", 120, 0, 2, 0)),
    ],
)
def test_the_months_of_a_period(code, months):
    assert cf.months_of(code) == months


@pytest.mark.parametrize("code", ["10Y_OR_SI", "10Y_OR_SI_CONTRACT", "SI_SUBACCOUNT", "QTD", "CY2007"])
def test_periods_that_are_not_counted_in_months_are_outside(code):
    assert cf.months_of(code).outside == 1


def test_an_inception_on_the_first_day_shortens_nothing_and_one_in_between_only_where_it_is_asked_for():
    inputs = update_inputs.sample_inputs()
    terms = inputs.contracts[0]

    def outside(code, inception):
        items = [dataclasses.replace(f, fund_inception=inception) for f in inputs.funds.items]
        return cf.closed_form(
            dataclasses.replace(inputs, funds=Funds(tuple(items))), terms, "EQUITY", code, AS_OF, False
        ).outside

    first = datetime.date(1998, 7, 31)
    assert outside("10Y_OR_SI_FUND", first) == 0
    assert outside("10Y_OR_SI_FUND", first - datetime.timedelta(days=1)) == 0
    assert outside("10Y_OR_SI_FUND", first + datetime.timedelta(days=1)) == 1
    assert outside("5Y", datetime.date(2005, 1, 31)) == 0  # a plain period is of the unit values that there are


def test_a_choice_for_inceptions_is_a_rule_only_where_the_first_day_has_no_unit_value():
    inputs = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF], valuation__inception="first_value")
    assert cf.broken_rules(inputs.contracts[0], before=False) == []
    assert (figure(inputs, "1Y").outside, figure(inputs, "2Y").outside) == (0, 1)
    assert (figure(inputs, "1Y", before=True).outside, figure(inputs, "2Y", before=True).outside) == (0, 1)
    other = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF])
    assert figure(other, "2Y").outside == 0  # there it is a missing unit value, #N/A


def test_a_period_that_begins_before_its_fund_was_substituted_is_outside():
    days = [datetime.date(year, 7, 31) for year in (2005, 2006, 2007, 2008)]
    inputs = own([10.0, 11.0, 12.0, 13.0], days)
    old = [np.nan, 5.0, 6.0, 7.0]
    values = UnitValues(days, ("B", "OLD"), np.array([[10.0, 11.0, 12.0, 13.0], old]).T)
    for substituted, expected in (("2006-07-31", (0, 0, 1)), ("2006-08-01", (0, 1, 1))):
        funds = parse("funds", "funds", [["fund", "predecessor", "substituted_on"], ["B", "OLD", substituted]])
        given = dataclasses.replace(inputs, funds=funds, unit_values=values)
        before = cf.before_charges(given.contracts[0])
        found = [cf.closed_form(given, before, "B", code, AS_OF, True) for code in ("1Y", "2Y", "3Y")]
        assert tuple(one.outside for one in found) == expected
        assert [one.result is None for one in found] == [bool(one) for one in expected]
    assert np.isnan(cf.unit_value(given, "OLD", days[0]))  # a blank cell, as the sheet's look-up finds it


def test_what_is_missing_is_no_number():
    inputs = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF])
    short = Terms({key: value for key, value in inputs.contracts[0].given.items() if key != "cdsc.thereafter"})
    inputs = dataclasses.replace(inputs, contracts=(short,))
    assert np.isnan(cf.closed_form(inputs, inputs.contracts[0], "B", "1Y", AS_OF, False).share)
    assert np.isnan(figure(inputs, "3Y").first_unit_value)
    assert np.isnan(figure(inputs, "3Y").cdsc_rate)  # the schedule has two years
    assert figure(inputs, "1Y").cdsc_rate == 0.08


def test_before_charges_there_is_neither_share_nor_charge_and_fewer_rules_count():
    inputs = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF], rider__rate=0.01, years__basis="days_365")
    terms = inputs.contracts[0]
    assert cf.broken_rules(terms, before=False) == ["rider.rate", "years.basis"]
    assert cf.broken_rules(terms, before=True) == ["years.basis"]
    got = figure(inputs, "1Y", before=True)
    assert (got.share, got.charge, got.cdsc) == (0, 0, 0)
    assert got.erv == pytest.approx(1100, rel=1e-14)


def test_terms_before_charges_keep_dates_and_rounding_only():
    terms = update_inputs.sample_inputs().contracts[0]
    before = cf.before_charges(terms)
    assert before["contract.inception"] == datetime.date(1987, 4, 27)
    assert before["annual_charge.form"] == "none"
    assert before.cdsc_rate(1) == before.cdsc_rate(12) == 0
    assert all(not source or key in before.given for key, source in before.sources.items())
    without = Terms({k: v for k, v in terms.given.items() if k != "contract.inception"})
    assert cf.before_charges(without)["contract.inception"] is None


def test_the_first_row_of_a_fund_was_its_share_for_all_time():
    days = [datetime.date(year, 7, 31) for year in (2004, 2005, 2006)]
    inputs = own([10.0, 11.0, 12.0], days, annual_charge__dollars=40.0)
    rows = [
        ["effective_date", "fund", "share"],
        [datetime.date(2006, 1, 31), "A", 0.25],
        [datetime.date(1996, 8, 30), "A", 0.5],
    ]
    inputs = dataclasses.replace(inputs, shares=parse("shares", "shares", rows), share_rows=rows)
    value = (1100 - 20) * 12 / 11 - 10  # 40 x 0.5 in 2005, 40 x 0.25 in 2006
    assert figure(inputs, "2Y").erv == pytest.approx(value - 0.07 * 0.9 * value, rel=1e-12)
    assert (figure(inputs, "2Y").share, figure(inputs, "1Y").share) == (0.5, 0.25)


def test_a_figure_that_only_the_native_route_has_otherwise_was_a_crash():
    inputs = own([10.0, 11.0], [datetime.date(2007, 7, 31), AS_OF])
    closed = dataclasses.replace(figure(inputs, "1Y"), result=0.02)
    tied = tie_out.tie(Published("", "own", AS_OF, "A", "1Y", 0.01, ""), 0.01)
    one = Figure(tied, "1Y", "A", inputs.contracts[0], 0, closed, 1)
    assert (tied.ties, controls_sheet._open(one).verdict) == (True, "rounding: the native route differs")
