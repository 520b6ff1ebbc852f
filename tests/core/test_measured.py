"""Figures that are no returns: dollars, units, years and yields, and what a figure that does not tie looks like."""

import datetime

import numpy as np
import pytest
from flexextra_udfs import CONTRACT_FIGURE, TIE_DIFFERENCE, TIE_NEIGHBOUR, TIE_VERDICT

from xl_flexextra import terms
from xl_flexextra.calculation import tie_out
from xl_flexextra.errors import BadInput
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.measures import MEASURES
from xl_flexextra.inputs.published_figures import published_from_rows

END = datetime.date(2001, 12, 31)
# by hand: 1,000 x 90 / 100 = 900; the charge of 1% is 9.00, which leaves 891.00 in 9.9 units of 90; 10% of it is free;
# the CDSC of 6% on 801.90 is 48.114; 842.886 remain
OWN = terms.Terms({
    "contract.name": "own", "annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.01,
    "cdsc.schedule": [0.06], "cdsc.thereafter": 0.0, "free_withdrawal.form": "percent_of_value", "free_withdrawal.rate": 0.1,
})  # fmt: skip
VALUES = [["date", "A"], ["2000-12-31", 100.0], ["2001-12-24", 89.99], ["2001-12-31", 90.0]]


@pytest.mark.parametrize(
    ("measure", "period", "charges", "figure"),
    [
        ("value", "1Y", "all", 891.0),
        ("value", "1Y", "asset", 900.0),
        ("charge", "1Y", "all", 9.0),
        ("free", "1Y", "all", 89.1),
        ("cdsc", "1Y", "all", 48.114),
        ("erv", "1Y", "all", 842.886),
        ("erv", "1Y", "asset", 900.0),
        ("units", "1Y", "all", 9.9),
        ("units", "1Y", "asset", 10.0),
        ("years", "1Y", "all", 1.0),
        ("cumulative", "1Y", "all", -0.157114),
        ("return", "1Y", "asset", -0.1),
        ("unit_value", "1Y", "all", 90.0),
    ],
)
def test_dollars_units_and_years_by_hand(measure, period, charges, figure):
    given = CONTRACT_FIGURE(measure, OWN, VALUES, "A", END, period, None, None, charges)
    assert given == pytest.approx(figure, abs=1e-9)


def test_every_measure_has_a_figure():
    by_terms = OWN.replace(
        expense__fund_expenses=0.01, expense__lowest_fund_expenses=0.01, expense__highest_fund_expenses=0.02
    )
    for name in MEASURES:
        period = "7D" if name in {"base_return", "yield", "effective_yield"} else "1Y"
        assert isinstance(CONTRACT_FIGURE(name, by_terms, VALUES, "A", END, period), float), name


def test_money_market_yields_by_hand_and_less_the_contracts_charges():
    # by hand: 90 / 89.99 - 1 = 0.0001111235; x 365 / 7 = 0.0057943; less 1% x 7 / 365 = 0.0001917808
    asked = OWN, VALUES, "A", END, "7D", None, None
    assert CONTRACT_FIGURE("base_return", *asked, "asset") == pytest.approx(0.0001111235, abs=1e-10)
    assert CONTRACT_FIGURE("yield", *asked, "asset") == pytest.approx(0.0057943, abs=1e-7)
    assert CONTRACT_FIGURE("base_return", *asked, "all") == pytest.approx(0.0001111235 - 0.0001917808, abs=1e-10)


def test_the_cdsc_of_a_contract_that_is_held_is_refused():
    with pytest.raises(BadInput, match="of a contract that is redeemed"):
        CONTRACT_FIGURE("cdsc", OWN, VALUES, "A", END, "1Y", None, None, "annual")


@pytest.mark.parametrize(
    ("recomputed", "published", "word"),
    [
        (0.0854, 8.54, "percent, not fraction"),
        (8.54, 0.0854, "fraction, not percent"),
        (-0.4472, -0.1472, "open: one digit differs"),
        (0.0854, 0.0845, "open: two digits swapped"),
        (0.1234, 0.3214, "open: two digits swapped"),
        (0.0569, -0.0569, "open: sign lost"),
        (0.0854, 0.00854, "open: decimal point moved"),
        (0.0854, 0.854, "open: decimal point moved"),
        (0.01, 0.0001, "open"),  # 1.00% and 0.01%: one digit tells nothing
        (0.12, 0.1234, "open"),
        (0.0, 0.05, "open"),
        (0.12345, 0.1234, "rounding"),
    ],
)
def test_what_a_return_that_does_not_tie_looks_like(recomputed, published, word):
    assert TIE_VERDICT(recomputed, published) == word


def test_a_percentage_beside_a_fraction_has_no_difference():
    with pytest.raises(BadInput, match="percent, not fraction"):
        TIE_DIFFERENCE(0.0854, 8.54)
    assert TIE_DIFFERENCE(0.01, 0.0001) == 99


def test_hints_on_dollars_and_base_returns_of_filings():
    # Pacific Innovations, FY2000: 1,000 x 6.43199 / 10.141653 - 0.4615 - 81 = 552.75, printed 152.75
    assert TIE_VERDICT(1000 * 6.43199 / 10.141653 - 0.4615 - 81, 152.75, 2, None, None, "erv") == "open: one digit differs"
    # SecureDesigns, FY2000: 999.908353 / 999.999225 - 1, printed with a decimal place lost
    base = 999.908353 / 999.999225 - 1
    assert TIE_VERDICT(base, -0.000908721, 9, None, None, "base_return") == "open: decimal point moved"
    assert TIE_VERDICT(871.2012, 871.20, 2, None, None, "value") == "ties"


def figure(fund, period, value, **more):
    return Published("page", "", END, fund, period, value, **more)


def test_a_neighbours_figure_is_named():
    tied = tie_out.with_neighbours([
        tie_out.tie(figure("A", "1Y", 0.0512), 0.0734), tie_out.tie(figure("A", "5Y", 0.0734), 0.0512),
        tie_out.tie(figure("B", "1Y", 0.0734), 0.0615), tie_out.tie(figure("C", "5Y", 0.0615), 0.0199),
    ])  # fmt: skip
    assert [one.hint for one in tied] == ["neighbour's column: 5Y", "neighbour's column: 1Y", "neighbour's row: A", ""]
    page = [
        ["fund", "period", "published"],
        ["A", "1Y", 0.0512],
        ["A", "5Y", 0.0734],
        ["B", "1Y", 0.0734],
        ["C", "5Y", 0.0615],
    ]
    ours = [[0.0734], [0.0512], [0.0615], ["no figure"]]
    assert [TIE_NEIGHBOUR(page, ours, n) for n in (1, 2, 3, 4)] == [one.hint for one in tied]
    assert not any(one.ties for one in tied)


def test_a_neighbour_of_another_measure_is_none():
    tied = tie_out.with_neighbours([
        tie_out.tie(figure("A", "1Y", 750.58, measure="value"), 808.82),
        tie_out.tie(figure("B", "1Y", 1.0, measure="erv"), 750.58),
    ])  # fmt: skip
    assert [one.hint for one in tied] == ["", ""]


HEAD = ["measure", "printed", "period", "fund", "as_of"]


@pytest.mark.parametrize(
    ("measure", "cell", "value", "decimals"),
    [
        ("erv", "764.20", 764.2, 2),
        ("erv", 764.2, 764.2, 2),
        ("expense" if "expense" in MEASURES else "erv", "1,686.00", 1686.0, 2),
        ("years", "2.00", 2.0, 2),
        ("", "-12.9%", -0.129, 1),
        ("return", "-12.90", -0.129, 2),
        ("base_return", "-.000908721", -0.000908721, 9),
        ("base_return", "0.0851%", 0.000851, 4),
        ("units", 98.467203, 98.467203, 6),
        ("yield", 4.44, 0.0444, None),
    ],
)
def test_printed_figures_count_their_own_decimals(measure, cell, value, decimals):
    one = published_from_rows([HEAD, [measure, cell, "1Y", "A", "2001-12-31"]])[0]
    assert (one.value, one.decimals) == (value, decimals)


def test_other_column_names_are_suggested_and_not_guessed():
    with pytest.raises(BadInput, match="If its column 'date' is that, call it 'as_of'"):
        published_from_rows([["date", "fund", "period", "return_pct"], ["2001-12-31", "A", "1Y", 1.0]])
    with pytest.raises(BadInput, match="If its column 'amount' is that, call it 'return_pct'"):
        published_from_rows([["as_of", "fund", "period", "amount"], ["2001-12-31", "A", "1Y", 1.0]])
    with pytest.raises(BadInput, match="it may be 'erv'"):
        published_from_rows([HEAD, ["Ending Redeemable Value", 1.0, "1Y", "A", "2001-12-31"]])


def test_a_neighbour_among_figures_of_an_array_was_something_unexpected():
    """As other functions give them to Python; a drawn example found it."""
    page = [["fund", "period", "published"], ["A", "1Y", 0.0512], ["B", "1Y", 0]]
    assert TIE_NEIGHBOUR(page, np.array([[0.07], [0.0512]]), 1) == "neighbour's row: B"
