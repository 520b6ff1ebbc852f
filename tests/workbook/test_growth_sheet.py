"""The growth sheet where funds are younger than its first row, or carry on another's history."""

import datetime

import openpyxl
import pytest

from xl_flexextra import terms, workbook
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update import report, update_inputs

DAYS = ["2008-03-31", "2008-04-30", "2008-05-31", "2008-06-30", "2008-07-31"]
VALUES = [
    ["date", "FULL", "YOUNG", "OLD", "NEW", "EMPTY"],
    *([datetime.date.fromisoformat(day), *row] for day, row in zip(DAYS, (
        [8.0, None, 20.0, None, None],
        [10.0, None, 22.0, None, None],
        [None, 5.0, 33.0, 6.0, None],
        [12.0, 6.0, 99.0, 9.0, None],
        [16.0, 4.5, None, 12.0, None],
    ), strict=True)),
]  # fmt: skip
FUNDS = [["fund", "predecessor", "substituted_on"], ["FULL", None, None], ["YOUNG", None, None],
         ["NEW", "OLD", datetime.date(2008, 5, 31)], ["EMPTY", None, None]]  # fmt: skip
NONE = "#N/A"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    inputs = update_inputs.Inputs(
        unit_values=parse("unit_values", "unit_values", VALUES),
        funds=parse("funds", "funds", FUNDS),
        contracts=(terms.load("flex_extra_flexible"),),
        as_of=datetime.date(2008, 7, 31),
    )
    place = tmp_path_factory.mktemp("growth") / "update.xlsx"
    workbook.build(report.compute(inputs), place)
    return place


def test_a_line_begins_at_the_payment_with_the_first_unit_value_and_a_gap_is_no_point(path):
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path, data_only=True)["Growth"]["B7:E12"]]
    assert rows[0] == ["FULL", "YOUNG", "NEW", "EMPTY"]
    lines = list(zip(*rows[1:], strict=True))
    assert lines[0] == (10000, 12500, NONE, 15000, 20000)
    assert lines[1] == (NONE, NONE, 10000, 12000, 9000)
    assert lines[2] == pytest.approx([10000, 11000, 16500, 24750, 33000])  # by OLD's 20, 22, 33, then NEW's 6, 9, 12
    assert lines[3] == (NONE,) * 5


def test_only_a_substituted_funds_unit_values_need_a_worksheet_function(path):
    sheet = openpyxl.load_workbook(path)["Growth"]
    by_function = {cell.column for row in sheet["A1:I12"] for cell in row if "UNIT_VALUE_AT" in str(cell.value)}
    assert by_function == {8}  # the unit values of NEW, the third of four beside the four lines
    assert sheet["H9"].value == "=UNIT_VALUE_AT(UnitValues[#All],H$7,$A9,,Funds[#All],FlexibleTerms[#All])"
