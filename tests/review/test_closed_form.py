"""The second route against the core, on the page and on random contracts."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra import dates, report, tables
from xl_flexextra.inputs import parse
from xl_flexextra.review import closed_form as cf
from xl_flexextra.terms import Terms
from xl_flexextra.unit_values import Funds, UnitValues

AS_OF = datetime.date(2008, 7, 31)
MONTHS = [dates.month_end(1998, 1 + k) for k in range(127)]
FIGURES_AGREE = 1e-10


def test_all_112_published_figures_by_both_routes():
    inputs = report.sample_inputs()
    found = report.compute(inputs)
    before = cf.before_charges(inputs.contracts[0])
    for tied in found.tied:
        figure = tied.published
        terms = {"FLEX": inputs.contracts[0], "SINGLE": inputs.contracts[1]}.get(figure.contract, before)
        closed = cf.closed_form(inputs, terms, figure.fund, figure.period, figure.as_of, not figure.contract)
        assert closed.outside == 0
        assert closed.result == pytest.approx(tied.recomputed, rel=FIGURES_AGREE)


@settings(max_examples=40, deadline=None)
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
    inputs = report.Inputs(
        UnitValues(MONTHS, ("A",), values[:, None]), Funds.from_rows([["fund"], ["A"]]), (terms,), AS_OF,
        parse("shares", "shares", rows), rows,
    )  # fmt: skip
    core = tables.Grid(terms, inputs.unit_values, AS_OF, inputs.shares).result("A", period)
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
        ({"cdsc__base": "lesser", "carry__precision": "cents"}, ["cdsc.base", "carry.precision"]),
    ],
)
def test_outside_its_domain_the_closed_form_gives_no_figure(changed, broken):
    inputs = report.sample_inputs()
    terms = inputs.contracts[0].replace(**changed)
    assert cf.broken_rules(terms, before=False) == broken
    closed = cf.closed_form(inputs, terms, "EQUITY", "5Y", AS_OF, False)
    assert (closed.outside, closed.result) == (len(broken), None)


def test_an_end_within_a_month_a_later_inception_and_other_periods_are_outside():
    inputs = report.sample_inputs()
    terms = inputs.contracts[0]
    assert cf.closed_form(inputs, terms, "EQUITY", "5Y", datetime.date(2008, 7, 30), False).result is None
    assert cf.closed_form(inputs, terms, "EQUITY", "SI_FUND", AS_OF, False).result is None
    items = [dataclasses.replace(f, fund_inception=datetime.date(2001, 1, 1)) for f in inputs.funds.items]
    young = dataclasses.replace(inputs, funds=Funds(tuple(items)))
    assert cf.closed_form(young, terms, "EQUITY", "10Y_OR_SI_FUND", AS_OF, False).outside == 1
    assert cf.closed_form(young, terms, "EQUITY", "5Y", AS_OF, False).outside == 0
