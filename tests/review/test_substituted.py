"""The review of a fund that was substituted: what the closed form leaves out, and what the data page counts."""

import datetime

import openpyxl
import pytest

from xl_flexextra import terms
from xl_flexextra.inputs import published_figures
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build

D = datetime.date
VALUES = [
    ["date", "NEW", "OLD"],
    [D(2005, 7, 31), None, 20.0],
    [D(2006, 7, 31), 6.0, 30.0],
    [D(2007, 7, 31), 9.0, None],
    [D(2008, 7, 31), 9.9, None],
]
FUNDS = [["fund", "predecessor", "substituted_on"], ["NEW", "OLD", D(2006, 7, 31)]]
PUBLISHED = [  # by hand: 9.9 / 9 - 1; (9.9 / 6 x 30 / 20)^(1/3) - 1, by OLD's return in the first year
    ["table", "contract", "as_of", "fund", "period", "return_pct"],
    ["fund_and_separate_account", "", D(2008, 7, 31), "NEW", "1Y", 10.0],
    ["fund_and_separate_account", "", D(2008, 7, 31), "NEW", "3Y", 35.27],
]


@pytest.fixture(scope="module")
def substituted(tmp_path_factory):
    inputs = update_inputs.Inputs(
        unit_values=parse("unit_values", "unit_values", VALUES),
        funds=parse("funds", "funds", FUNDS),
        contracts=(terms.load("flex_extra_flexible"),),
        as_of=D(2008, 7, 31),
        published=published_figures.published_from_rows(PUBLISHED),
    )
    computed = report.compute(inputs)
    place = tmp_path_factory.mktemp("substituted") / "review.xlsx"
    build.build(computed, place)
    return computed, place


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_sheet_counts_the_ties_that_the_terminal_counts(substituted):
    computed, place = substituted
    assert computed.headline == "2 of 2 published figures tie"
    sheet = openpyxl.load_workbook(place, data_only=True)["Review"]
    assert (sheet["B4"].value, sheet["C4"].value) == (2, 2)
    one, three = (sheet.cell(row, 9).value for row in (8, 9))
    assert one == pytest.approx(0.1)
    assert three == "outside"  # the closed form knows no predecessor
    workings = openpyxl.load_workbook(place)["Workings"]
    outside = [str(cell.value) for cell in workings[8] if "Funds[substituted_on]" in str(cell.value)]
    assert len(outside) == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_data_page_shows_the_first_and_last_value_that_there_is_of_both_funds(substituted):
    rows = list(openpyxl.load_workbook(substituted[1], data_only=True)["Data"].values)
    new, old = ([row[2], row[3], row[4]] for row in rows if row[0] in {"NEW", "OLD"})
    assert new == [3, 6.0, 9.9]
    assert old == [2, 20.0, 30.0]
