"""A grid of funds and periods: whose terms count on which day, what stays blank, and what is refused by name."""

import datetime

import pytest
from days_of import nine_columns
from flexextra_udfs import CONTRACT_AATR, EXPLAIN_RETURN

from xl_flexextra import terms
from xl_flexextra.calculation import contract_figures, page_walks, periods
from xl_flexextra.calculation.walk import walk
from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.update import update_inputs

D = datetime.date
VALUES = [["date", "S"], ["2005-07-31", 10], ["2006-07-31", 11], ["2007-07-31", 9], ["2008-07-31", 12]]
FUNDS = [["fund", "sub-account inception"], ["S", "2005-07-31"]]
BARE = {"contract.name": "bare", "annual_charge.form": "none", "cdsc.schedule": [0.0]}
SHARE = {
    "contract.name": "by share", "annual_charge.form": "share", "annual_charge.dollars": 35.0,
    "cdsc.schedule": [0.08, 0.08, 0.07], "free_withdrawal.form": "percent_of_value", "free_withdrawal.rate": 0.1,
}  # fmt: skip


def last(given, as_of, *, changes=(), shares=(("S", 0.4),)):
    by_terms = terms.Terms(given, changes)
    return nine_columns(by_terms, VALUES, "S", as_of, "SI_SUBACCOUNT", [list(row) for row in shares], FUNDS)[-1]


def close(value):
    return pytest.approx(value, rel=1e-12)


# --- by the terms in force ----------------------------------------------------------------------------------


def test_the_load_is_that_of_the_day_of_payment():
    for day, invested in ((D(2005, 7, 31), 970), (D(2005, 8, 1), 950)):  # 3% from that day on, 5% before
        changes = [(day, {"payment.front_end_load": 0.03})]
        got = last({**BARE, "payment.front_end_load": 0.05}, "2006-07-31", changes=changes)
        assert got[4] == close(invested * 1.1)


def test_the_free_amount_is_measured_where_the_cdsc_is_unless_the_terms_say_otherwise():
    after = last(SHARE, "2006-07-31")
    assert after[5] == close(108.6)  # of 1,100 - 14
    assert after[7] == close(1086 - 0.08 * 0.9 * 1086)
    before = last({**SHARE, "cdsc.order": "before_annual_charge"}, "2006-07-31")
    assert before[5] == close(110)
    assert before[7] == close(1100 - 0.08 * 0.9 * 1100 - 14)


def test_a_fraction_of_the_value_at_the_start_of_each_year():
    given = {**BARE, "annual_charge.rate": 0.01, "annual_charge.timing": "start_of_contract_year",
             "annual_charge.form": "fraction_of_start_value"}  # fmt: skip
    assert last(given, "2008-07-31")[4] == close(1200 * 0.99**3)  # at once, and at the start of years two and three
    assert last({**given, "annual_charge.charged_fraction": 0.5}, "2008-07-31")[4] == close(1200 * 0.995**3)


def test_the_charge_of_a_day_is_annual_and_rider_together():
    got = last({**SHARE, "rider.rate": 0.01}, "2006-07-31")
    assert got[3] == close(14 + 11)
    assert got[4] == close(1100 - 25)


def test_charges_that_take_all_of_the_payment_are_refused():
    taken = {**SHARE, "annual_charge.taken_as": "from_payment", "annual_charge.dollars": 1000.0}
    with pytest.raises(BadInput, match="take all of 'payment' 1000"):
        last(taken, "2006-07-31", shares=[("S", 1)])
    assert last({**taken, "annual_charge.dollars": 999.5}, "2006-07-31", shares=[("S", 1)])[4] == close(0.5 * 1.1)


# --- without history ----------------------------------------------------------------------------------------


def blank(**changed):
    return terms.Terms({**BARE, **{key.replace("__", "."): value for key, value in changed.items()}})


def test_a_blank_figure_has_no_path():
    by_terms = blank(periods__without_history="blank")
    assert CONTRACT_AATR(by_terms, VALUES, "S", "2008-07-31", "5Y") == ""
    with pytest.raises(MissingData, match="S has no history for 'period' 5Y; the terms leave it blank"):
        nine_columns(by_terms, VALUES, "S", "2008-07-31", "5Y")


def test_history_begins_with_the_value_that_the_rule_takes_for_the_first_day():
    # the first value is of Monday, 1 August; the period begins on Sunday
    rows = [["date", "S"], ["2005-08-01", 10], ["2006-07-31", 11]]
    asked = (rows, "S", "2006-07-31", "1Y")
    assert CONTRACT_AATR(blank(periods__without_history="blank"), *asked) == ""
    after = blank(periods__without_history="blank", valuation__rule="on_or_after")
    assert CONTRACT_AATR(after, *asked) == close(0.1)
    late = [["date", "S"], ["2005-08-11", 10], ["2006-07-31", 11]]  # eleven days: further than the terms allow
    assert CONTRACT_AATR(after, late, "S", "2006-07-31", "1Y") == ""


def test_a_period_that_would_begin_at_an_inception_nobody_knows():
    by_terms = blank(periods__without_history="since_subaccount")
    with pytest.raises(MissingData, match="no subaccount inception date of S for 'period' 5Y"):
        CONTRACT_AATR(by_terms, VALUES, "S", "2008-07-31", "5Y")


def test_an_inception_on_the_last_day_leaves_no_period():
    by_terms = blank(periods__without_history="since_subaccount")
    for inception, wanted in (("2008-07-31", ""), ("2007-07-31", close(12 / 9 - 1))):
        funds = [FUNDS[0], ["S", inception]]
        assert CONTRACT_AATR(by_terms, VALUES, "S", "2008-07-31", "3Y", None, funds) == wanted


def test_a_period_whose_years_round_to_none_has_no_length():
    rows = [["date", "S"], ["2008-06-30", 10], ["2008-07-31", 11]]
    with pytest.raises(BadInput, match="'period' MTD to 2008-07-31 has no length"):
        CONTRACT_AATR(blank(years__decimals=0), rows, "S", "2008-07-31", "MTD")


# --- periods ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "wanted", "printed"),
    [
        ("5Y", periods.Period("5Y", "months", 60), "5Y"),
        ("6M", periods.Period("6M", "months", 6), "6M"),
        ("10Y_OR_SI", periods.Period("10Y_OR_SI", "months", 120, or_since=True), "10Y"),
        ("5Y_OR_SI_FUND", periods.Period("5Y_OR_SI_FUND", "months", 60, since="FUND", or_since=True), "5Y"),
        ("CY2007", periods.Period("CY2007", "calendar", year=2007), "CY2007"),
        ("SI_CONTRACT", periods.Period("SI_CONTRACT", "since", since="CONTRACT"), "SI_CONTRACT"),
        ("ytd", periods.Period("YTD", "YTD"), "YTD"),
    ],
)
def test_what_a_code_says(code, wanted, printed):
    assert periods.parse(code) == wanted
    assert periods.parse(code).printed == printed


def test_a_calendar_year_is_over_on_its_last_day():
    assert periods.base_date(periods.parse("CY2007"), D(2007, 12, 31)) == D(2006, 12, 31)
    with pytest.raises(MissingData, match="not over"):
        periods.base_date(periods.parse("CY2007"), D(2007, 12, 30))


# --- one calculation a column, and its words ----------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """The figures of July's flexible contract, and what is walked for them."""
    walks = []
    monkeypatch.setattr(page_walks, "walk", lambda *inputs: walks.append(inputs) or walk(*inputs))
    inputs = update_inputs.sample_inputs()
    grid = contract_figures.ContractFigures(
        inputs.contracts[0], inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds
    )
    return grid, walks


def test_the_figures_of_a_column_are_worked_out_once(counted):
    grid, walks = counted
    for fund in grid.row_labels():
        for code in ("1Y", "5Y", "1 year"):
            grid.figure(fund, code)
    assert len(walks) == 2  # "1 year" is 1Y, and the seven funds of a column walk together


def test_the_periods_of_a_table_are_one_walk(counted):
    grid, walks = counted
    assert grid.table(["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]).shape == (7, 5)
    assert len(walks) == 1


def test_what_is_invested_is_said_in_cents():
    # 100 + 0.005% of 100 = 100.005, which as a binary number is a little less
    given = {**BARE, "payment.amount": 100, "payment.bonus_rate": 0.00005, "carry.precision": "cents"}
    said = EXPLAIN_RETURN(terms.Terms(given), VALUES, "S", "2006-07-31", "1Y")
    assert "$100.00 paid in; of which $100.01 is invested" in said
