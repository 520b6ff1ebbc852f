"""An update as data: its last day, its tables, the route to a published figure, and published figures from rows."""

import dataclasses
import datetime

import pytest

from xl_flexextra import terms
from xl_flexextra.errors import BadInput, FlexExtraError, MissingData
from xl_flexextra.inputs import published_figures
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.update import report, update_inputs

D = datetime.date
FLEX = terms.load("flex_extra_flexible")
JULY, JUNE = D(2008, 7, 31), D(2008, 6, 30)


@pytest.fixture(scope="module")
def sample():
    return report.compute(update_inputs.sample_inputs())


# --- the last day ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "closed", "day"),
    [
        (D(2000, 12, 29), [], D(2000, 12, 31)),  # Friday; Monday is 1 January
        (D(2008, 8, 29), [], D(2008, 8, 31)),
        (D(2008, 8, 30), [], D(2008, 8, 31)),  # a value of a Saturday
        (D(2008, 7, 30), [], D(2008, 7, 30)),  # Wednesday: Thursday the 31st is a business day
        (D(2008, 7, 30), [D(2008, 7, 31)], D(2008, 7, 31)),  # unless it is none
        (D(2008, 7, 31), [], D(2008, 7, 31)),
        (D(2008, 7, 15), [], D(2008, 7, 15)),
    ],
)
def test_the_last_business_day_stands_for_the_month_end(last, closed, day):
    assert report.latest_day(last, [FLEX], closed) == day


@pytest.mark.parametrize(
    ("changed", "reaches"),
    [
        ({}, True),
        ({"valuation__max_age_days": 3}, True),
        ({"valuation__max_age_days": 2}, False),  # a weekend with a holiday beside it is three days
        ({"valuation__rule": "on_or_after"}, False),
        ({"valuation__rule": "exact"}, False),
    ],
)
def test_only_where_the_terms_reach_back_so_far(changed, reaches):
    by_terms = FLEX.replace(**changed) if changed else FLEX
    assert report.reaches_month_end([by_terms]) == reaches
    assert report.reaches_month_end([FLEX, by_terms]) == reaches  # every contract's
    assert report.latest_day(D(2000, 12, 29), [by_terms]) == (D(2000, 12, 31) if reaches else D(2000, 12, 29))


# --- tables ---------------------------------------------------------------------------------------------------


def test_the_tables_of_the_sample(sample):
    assert [(t.spec.id, t.spec.contract_code, t.spec.charges, t.as_of) for t in sample.tables] == [
        ("fund_and_separate_account", "", "asset", JULY),
        ("after_contract_charges", "FLEX", "all", JULY),
        ("standardized", "FLEX", "all", JUNE),
        ("standardized", "SINGLE", "all", JUNE),
    ]
    assert [t.values.shape for t in sample.tables] == [(7, 5), (7, 5), (7, 3), (7, 3)]


def test_a_contract_without_a_code_goes_by_its_name():
    given = {k: v for k, v in FLEX.given.items() if k != "contract.code"}
    inputs = dataclasses.replace(
        update_inputs.sample_inputs(), contracts=(terms.Terms({**given, "contract.name": "Plain"}),)
    )
    assert [spec.contract_code for spec in report.specs(inputs)] == ["", "Plain", "Plain"]


@pytest.mark.parametrize(
    ("fund", "subaccount", "monthly", "standard"),
    [
        (D(1990, 1, 1), D(1995, 1, 1), "10Y_OR_SI_FUND", "10Y_OR_SI_SUBACCOUNT"),
        (D(1990, 1, 1), None, "10Y_OR_SI_FUND", "10Y"),
        (None, D(1995, 1, 1), "10Y", "10Y_OR_SI_SUBACCOUNT"),
        (None, None, "10Y", "10Y"),
    ],
)
def test_ten_years_or_since_inception_where_inceptions_are_known(fund, subaccount, monthly, standard):
    inputs = update_inputs.sample_inputs()
    items = [dataclasses.replace(f, fund_inception=fund, subaccount_inception=subaccount) for f in inputs.funds.items]
    specs = report.specs(dataclasses.replace(inputs, funds=Funds(tuple(items))))
    assert [spec.periods[-1] for spec in specs] == [monthly, monthly, standard, standard]


# --- the route to a published figure --------------------------------------------------------------------------


def published(**changed):
    given = {
        "table": "after_contract_charges",
        "contract": "FLEX",
        "as_of": JULY,
        "fund": "EQUITY",
        "period": "5Y",
        "value": 0,
    }
    return Published(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "place", "same_day", "code", "charges"),
    [
        ({}, (1, 1, 3), True, "5Y", "all"),
        ({"contract": "flex", "fund": "MML Equity"}, (1, 1, 3), True, "5Y", "all"),
        ({"period": "10Y"}, (1, 1, 4), True, "10Y_OR_SI_FUND", "all"),
        ({"as_of": JUNE}, (1, 1, 3), False, "5Y", "all"),  # the table has moved on
        ({"charges": "all"}, (1, 1, 3), True, "5Y", "all"),
        ({"charges": "annual"}, None, False, "5Y", "annual"),  # no table is of contracts that are held
        ({"period": "7Y"}, None, False, "7Y", "all"),
        ({"table": "fund_and_separate_account", "contract": ""}, (0, 1, 3), True, "5Y", "asset"),
        ({"table": "elsewhere", "contract": ""}, None, False, "5Y", "asset"),
        ({"table": "elsewhere"}, None, False, "5Y", "all"),
        ({"table": "standardized", "contract": "SINGLE", "as_of": JUNE}, (3, 1, 1), True, "5Y", "all"),
        ({"fund": "NO SUCH"}, None, False, "5Y", "all"),
    ],
)
def test_routes(sample, changed, place, same_day, code, charges):
    row = sample.tables[0].grid.row_labels().index("EQUITY")
    found = report.route(sample, published(**changed))
    assert found.place == (place and (place[0], row, place[2]))
    assert (found.same_day, found.code, found.charges) == (same_day, code, charges)


def test_a_figure_of_another_day_is_computed_for_its_own(sample):
    inputs = sample.inputs
    figures = (
        published(as_of=JUNE, period="1Y", value=-0.2),
        published(charges="annual", period="1Y", value=-0.2),
        published(contract="", table="elsewhere", period="1Y", value=-0.2),
        published(fund="NO SUCH"),
    )
    tied = report.compute(dataclasses.replace(inputs, published=figures)).tied
    grid = {charges: report._grid(inputs, inputs.contracts[0], JULY, charges) for charges in ("asset", "annual")}
    june = report._grid(inputs, inputs.contracts[0], JUNE, "all")
    assert tied[0].recomputed == june.figure("EQUITY", "1Y")
    assert tied[1].recomputed == grid["annual"].figure("EQUITY", "1Y")
    assert tied[2].recomputed == grid["asset"].figure("EQUITY", "1Y")
    assert isinstance(tied[3].recomputed, FlexExtraError)
    assert tied[3].verdict.startswith("open: 'fund' 'NO SUCH' is not in the unit values")


def test_a_contract_that_the_terms_do_not_have(sample):
    with pytest.raises(BadInput, match="the contract 'OTHER', but the terms are of FLEX, SINGLE"):
        report.route(sample, published(contract="OTHER"))
    assert report.route(sample, published(contract="flex_extra_single", table="x")).terms["contract.code"] == "SINGLE"


# --- from rows ------------------------------------------------------------------------------------------------

HEAD = ["table", "contract", "as_of", "fund", "period", "return_pct"]
ROW = ["t", "FLEX", "2008-07-31", "EQUITY", "1Y"]


def read(head, *rows):
    return published_figures.published_from_rows([list(head), *map(list, rows)])


@pytest.mark.parametrize(
    ("heading", "written", "value"),
    [
        ("return_pct", -14.91, -0.1491),
        ("return_pct", "-14.91%", -0.1491),
        ("return_pct", " 5.69% ", 0.0569),
        ("return_pct", "5.69", 0.0569),
        ("return_pct", 0, 0.0),
        ("return", -0.1491, -0.1491),
        ("return", "-14.91%", -0.1491),  # a sign of percent is one in any column
        (" Return_Pct ", 3.47, 0.0347),
    ],
)
def test_a_printed_percentage_in_any_writing(heading, written, value):
    assert read([*HEAD[:5], heading], [*ROW, written])[0].value == value


def test_the_percentage_counts_where_both_are_given():
    assert read([*HEAD, "return"], [*ROW, 5.69, 0.0])[0].value == 0.0569


def test_what_may_be_left_out():
    one = read(["as_of", "fund", "period", "return_pct"], [*ROW[2:], 1.0])[0]
    assert one == Published("", "", JULY, "EQUITY", "1Y", 0.01)
    full = read([*HEAD, "known_break", "charges"], [*ROW, 1.0, "a reason", "Annual"])[0]
    assert full == Published("t", "FLEX", JULY, "EQUITY", "1Y", 0.01, "a reason", "annual")


def test_blank_rows_are_skipped_and_a_row_without_its_figure_is_named():
    assert len(read(HEAD, [*ROW, 1.0], [None] * 6, [*ROW, 2.0])) == 2
    with pytest.raises(MissingData, match="no return_pct in row 4"):
        read(HEAD, [*ROW, 1.0], [None] * 6, [*ROW, None])
    with pytest.raises(BadInput, match="'as_of, row 3'"):
        read(HEAD, [*ROW, 1.0], [*ROW[:2], "soon", *ROW[3:], 1.0])
    with pytest.raises(BadInput, match="'charges, row 2'"):
        read([*HEAD, "charges"], [*ROW, 1.0, "some"])


@pytest.mark.parametrize("without", ["as_of", "fund", "period", "return_pct"])
def test_a_column_that_is_missing_is_named(without):
    head = [name for name in HEAD if name != without]
    with pytest.raises(BadInput, match=f"no column '{without}'"):
        read(head, ["x"] * 5)
