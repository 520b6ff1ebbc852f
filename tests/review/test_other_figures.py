"""A review with dollars and units among its figures: they stand on a sheet of their own and count like the returns."""

import dataclasses
import datetime

import openpyxl
import pytest

from xl_flexextra.errors import BadInput
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.review import data_checks
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build

JULY = datetime.date(2008, 7, 31)
# by hand: 1,000 x 10.307045 / 12.591726 - 35 x 0.2782 = 808.82; 8% of 90% of it is 58.24; 750.58 remain
DOLLARS = [("value", 808.82), ("cdsc", 58.24), ("erv", 150.58)]


def inputs_with(figures):
    inputs = update_inputs.sample_inputs()
    more = [Published("dollars", "FLEX", JULY, "EQUITY", "1Y", value, measure=name, decimals=2) for name, value in figures]
    return dataclasses.replace(inputs, published=(*more, *inputs.published[:3]))


def test_dollars_have_their_sheet_and_count_as_open_figures(tmp_path):
    made = build.make(report.compute(inputs_with(DOLLARS)), tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)
    rows = [[cell.value for cell in row] for row in book["Other figures"].iter_rows(min_row=6)]
    assert [(row[5], row[9]) for row in rows] == [("value", "ties"), ("cdsc", "ties"), ("erv", "open: one digit differs")]
    assert [row[8] for row in rows] == [0, 0, 60000]
    assert [one.published.measure for one in made.open] == ["erv"]
    controls = {row[0].value: row[3].value for row in book["Controls"].iter_rows()}
    assert controls["published figures under review"] == 6
    assert [row[6].value for row in book["Review"].iter_rows(min_row=8, max_row=10)].count(None) == 0


def test_only_returns_without_surrender_are_refused():
    """Dollars of a contract that is held need no closed form."""
    inputs = inputs_with(DOLLARS)
    held = dataclasses.replace(inputs.published[0], charges="annual")
    build.refuse(dataclasses.replace(inputs, published=(held, *inputs.published[1:])), data_checks.Evidence())


def test_a_review_without_a_return_is_refused():
    inputs = inputs_with(DOLLARS)
    only = dataclasses.replace(inputs, published=inputs.published[:3])
    with pytest.raises(BadInput, match="none is a return"):
        build.make(report.compute(only), "never_written.xlsx")


def test_surrendered_figures_without_a_contract_belong_to_the_only_one():
    """A page that never names its contract, as `read` writes it: 'all' under charges, nothing under contract."""
    inputs = inputs_with(DOLLARS)
    page = [Published("page", "", JULY, "EQUITY", "5Y", 0.0394, charges="all"), inputs.published[-1]]
    one = dataclasses.replace(inputs, contracts=inputs.contracts[:1], published=(*page,))
    assert [figure.contract for figure in one.published] == ["FLEX", inputs.published[-1].contract]
    build.refuse(one, data_checks.Evidence())
    two = dataclasses.replace(inputs, published=(*page,))
    with pytest.raises(BadInput, match=r"EQUITY 5Y is after contract charges and names no contract.*write FLEX or SINGLE"):
        build.refuse(two, data_checks.Evidence())


def test_names_of_tables_and_verdicts_are_shown_whole(tmp_path):
    """By hand: 3.94% printed as 3.49% is two digits swapped; both texts were cut at the next column."""
    title, verdict = "Table 1. Average annual total returns", "open: two digits swapped"
    inputs = inputs_with([])
    figure = Published(title, "FLEX", JULY, "EQUITY", "5Y", 0.0349)
    build.make(report.compute(dataclasses.replace(inputs, published=(figure,))), tmp_path / "review.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)["Review"]
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=8, max_row=8) for cell in row}
    for text in (title, verdict):
        assert sheet.column_dimensions[cells[text].column_letter].width > len(text)
