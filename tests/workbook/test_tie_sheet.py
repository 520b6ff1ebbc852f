"""The tie-out sheet: live for each figure's own day, whether the page is of that day or has moved on."""

import csv
import dataclasses
import shutil

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_flexextra import sample, workbook
from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.inputs import published_figures
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.update import report
from xl_flexextra.workbook.update.tie_out_sheet import COMPUTED, HEADER_ROW, RECOMPUTED

FIRST, LAST = HEADER_ROW + 2, HEADER_ROW + 113  # rows of the 112 figures, counted from 1


@pytest.fixture(scope="module")
def august(tmp_path_factory):
    """Unit values with a month more: each fund 1% up."""
    path = tmp_path_factory.mktemp("august") / "prices.csv"
    lines = list(csv.reader(sample.path("UnitValues").read_text().splitlines()))
    more = [["2008-08-31", fund, repr(float(v) * 1.01)] for day, fund, v in lines[1:] if day == "2008-07-31"]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([*lines, *more])
    return path


@pytest.fixture(scope="module")
def refreshed(built, august, tmp_path_factory):
    """The July update after a refresh with August's prices."""
    path = tmp_path_factory.mktemp("refreshed") / "update.xlsx"
    shutil.copy(built, path)
    done = CliRunner().invoke(app, ["refresh", str(path), "--from", str(august)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="module")
def in_may(tmp_path_factory):
    """A page of 31 May 2008, the July prints beside it."""
    path = tmp_path_factory.mktemp("may") / "may.xlsx"
    done = CliRunner().invoke(app, ["report", "--as-of", "2008-05-31", "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert "112 of 112" in done.output
    return path


def counts(path):
    """Ties, figures, and those of another day than the page, as the file shows them."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Tie-out"]
    return sheet["D3"].value, sheet["E3"].value, sheet["D5"].value


def test_every_recomputed_cell_is_a_formula_for_its_own_day(built, in_may, refreshed):
    for path in (built, in_may, refreshed):
        sheet = openpyxl.load_workbook(path)["Tie-out"]
        texts = [str(sheet.cell(row, RECOMPUTED + 1).value) for row in range(FIRST, LAST + 1)]
        assert all(text.startswith("=IF(C") and "CONTRACT_AATR(" in text for text in texts)
        assert len(set(texts)) == 112


def test_the_head_says_how_many_are_of_another_day_than_the_page(built, in_may, refreshed):
    # Tables 1 and 2 have 35 figures each; the standardized ones stay at 30 June when August comes, not when May does
    assert counts(built) == (112, 112, 0)
    assert counts(refreshed) == (112, 112, 70)
    assert counts(in_may) == (112, 112, 112)
    sheet = openpyxl.load_workbook(refreshed, data_only=True)["Tie-out"]
    words = [sheet.cell(row, COMPUTED + 1).value for row in range(FIRST, LAST + 1)]
    assert (words.count("own day"), words.count("page")) == (70, 42)


@pytest.mark.parametrize("case", ["in_may", "refreshed"])
def test_stored_values_are_those_of_a_recalculation(case, request):
    result = calc.recalculate(request.getfixturevalue(case))
    assert result.differences == []


def test_another_charge_breaks_the_ties_of_a_page_of_another_day(in_may, built):
    terms = openpyxl.load_workbook(in_may)["Flexible terms"]
    row = next(r for r in range(1, 60) if terms.cell(r, 1).value == "annual_charge.dollars")
    override = {f"Flexible terms!B{row}": 3500}
    there, here = (calc.recalculate(path, overrides=override) for path in (in_may, built))
    assert there.value("Tie-out", "D3") < 112
    assert there.value("Tie-out", "D3") == here.value("Tie-out", "D3")


def test_screen_review_and_sheet_give_the_same_count(refreshed, tmp_path):
    done = CliRunner().invoke(app, ["review", str(refreshed), "--out", str(tmp_path / "review.xlsx")])
    assert done.exit_code == 0, done.output
    assert "112 of 112" in done.output
    review = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)["Review"]
    assert (review["B4"].value, review["C4"].value) == counts(refreshed)[:2]


def test_a_figure_on_no_table_is_a_call_of_its_own(update, tmp_path):
    inputs = update.inputs
    values = UnitValues.from_rows(sample.rows("UnitValues"))
    column = values.column("EQUITY")
    seven = {day: values.at(column, day) for day in (inputs.as_of.replace(year=2001), inputs.as_of)}
    first, last = seven.values()
    expected = (last / first) ** (1 / 7) - 1  # before contract charges, by the definition
    one = Published("a flyer", "", inputs.as_of, "EQUITY", "7Y", round(expected, 4))
    page = report.compute(dataclasses.replace(inputs, published=(one, inputs.published[0])))
    assert page.headline == "2 of 2 published figures tie"
    path = tmp_path / "flyer.xlsx"
    workbook.build(page, path)
    sheet = openpyxl.load_workbook(path)["Tie-out"]
    assert sheet["G8"].value == "=CONTRACT_AATR(FlexibleTerms[#All],UnitValues[#All],D8,C8,E8,,Funds[#All],Basis)"
    values_of = openpyxl.load_workbook(path, data_only=True)["Tie-out"]
    assert (values_of["D3"].value, values_of["D5"].value, values_of["D6"].value) == (2, 0, 1)
    assert (values_of["K8"].value, values_of["K9"].value) == ("no table", "page")
    assert calc.recalculate(path).differences == []


def test_a_period_left_blank_is_open_and_not_a_crash(update):
    """The terms may leave a period without history blank: the table holds an empty text there."""
    terms = update.inputs.contracts[0].replace(periods__without_history="blank")
    early = dataclasses.replace(
        update.inputs, contracts=(terms, update.inputs.contracts[1]), as_of=sample.AS_OF.replace(month=5)
    )
    one = Published("after_contract_charges", "FLEX", early.as_of, "EQUITY", "10Y", 0.01)
    page = report.compute(dataclasses.replace(early, published=(one,)))
    assert page.headline == "0 of 1 published figures tie"
    assert page.tied[0].verdict == "open: no history for the period"


def test_the_published_table_of_a_workbook_reads_back(built, tmp_path):
    """Its column is 'return', as fractions; a file has 'return_pct'."""
    done = CliRunner().invoke(app, ["tie-out", "--published", f"{built}#Published"])
    assert done.exit_code == 0, done.output
    assert "112 of 112" in done.output
    rows = [["as_of", "fund", "period", "return", "return_pct"], ["2008-07-31", "EQUITY", "1Y", 5.0, -18.14]]
    assert published_figures.published_from_rows(rows)[0].value == -0.1814  # the percentage, where both are there


def test_a_published_figure_that_is_blank_is_none_and_not_zero(built, tmp_path):
    """Its source had no such column, and the loss was accepted."""
    path = tmp_path / "update.xlsx"
    shutil.copy(built, path)
    rows = sample.rows("Published")
    keep = [place for place, head in enumerate(rows[0]) if head != "return_pct"]
    with (tmp_path / "printed.csv").open("w", newline="") as file:
        head, *figures = [[row[place] for place in keep] for row in rows]
        at = head.index("as_of")
        csv.writer(file).writerows([head, *([*row[:at], "2008-05-31", *row[at + 1 :]] for row in figures)])
    given = ["refresh", str(path), "--from", str(tmp_path / "printed.csv"), "--table", "Published", "--accept-revisions"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    for row in openpyxl.load_workbook(path, data_only=True)["Tie-out"].iter_rows(min_row=FIRST, max_row=LAST):
        assert [row[place].value or None for place in (5, 7, 8)] == [None, "#N/A", "#N/A"], row[0].row
    assert calc.recalculate(path).differences == []
