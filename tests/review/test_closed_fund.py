"""The review of a figure that is printed after its fund closed: no route gives one, and none says that another is wrong."""

import dataclasses
import datetime

import openpyxl
import pytest
from programs import needs_calc

from xl_flexextra import terms
from xl_flexextra.hosts import calc as host
from xl_flexextra.inputs import published_figures
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build, second_sheet

D = datetime.date
VALUES = [
    ["date", "OPEN", "SHUT"],
    [D(2006, 7, 31), 10.0, 10.0],
    [D(2007, 7, 31), 11.0, 11.0],
    [D(2008, 7, 31), 12.1, 12.1],
]
FUNDS = [["fund", "closed_on"], ["OPEN", None], ["SHUT", D(2008, 5, 30)]]
PUBLISHED = [  # by hand: 12.1 / 11 - 1; 11 / 10 - 1
    ["table", "contract", "as_of", "fund", "period", "return_pct"],
    ["fund_and_separate_account", "", D(2008, 7, 31), "OPEN", "1Y", 10.0],
    ["fund_and_separate_account", "", D(2008, 7, 31), "SHUT", "1Y", 10.0],
    ["fund_and_separate_account", "", D(2007, 7, 31), "SHUT", "1Y", 10.0],
]


@pytest.fixture(scope="module")
def inputs():
    return update_inputs.Inputs(
        unit_values=parse("unit_values", "unit_values", VALUES),
        funds=parse("funds", "funds", FUNDS),
        contracts=(terms.load("flex_extra_flexible"),),
        as_of=D(2008, 7, 31),
        published=published_figures.published_from_rows(PUBLISHED),
    )


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_route_has_a_figure_of_a_period_that_ends_after_its_fund_closed(inputs, tmp_path):
    """The closed form gave 10%, and the second route said APART where neither program gives a figure."""
    build.build(report.compute(inputs), tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)
    rows = [[cell.value for cell in book["Review"][row]] for row in (8, 9, 10)]
    assert [(row[7], row[8]) for row in rows] == [
        (pytest.approx(0.1), pytest.approx(0.1)),
        (None, "outside"),
        (pytest.approx(0.1), pytest.approx(0.1)),
    ]
    assert [row[12] for row in rows] == ["ties", "open", "ties"]
    words = [book["Second route"].cell(second_sheet.TOP + place, second_sheet.WORD + 1).value for place in (1, 2, 3)]
    assert words == ["agree", "no figure", "agree"]
    formulas = openpyxl.load_workbook(tmp_path / "review.xlsx")
    for sheet in ("Workings", "Probe"):
        assert any("Funds[closed_on]" in str(cell.value) for row in formulas[sheet].iter_rows() for cell in row), sheet


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_review_without_a_closed_fund_has_no_rule_for_one(inputs, tmp_path):
    funds = parse("funds", "funds", [["fund"], ["OPEN"], ["SHUT"]])
    build.build(report.compute(dataclasses.replace(inputs, funds=funds)), tmp_path / "review.xlsx")
    workings = openpyxl.load_workbook(tmp_path / "review.xlsx")["Workings"]
    assert not any("closed_on" in str(cell.value) for row in workings.iter_rows() for cell in row)


@needs_calc
def test_calc_finds_the_same_in_every_cell(inputs, tmp_path):
    build.build(report.compute(inputs), tmp_path / "review.xlsx")
    recalculated = host.recalculate(tmp_path / "review.xlsx", timeout=300)
    assert recalculated.differences == []
    assert [recalculated.value("Review", f"I{row}") for row in (8, 9, 10)] == [
        pytest.approx(0.1),
        "outside",
        pytest.approx(0.1),
    ]
