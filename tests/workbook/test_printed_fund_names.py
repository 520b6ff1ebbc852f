"""Inputs that name funds as people print them: built workbooks carry the fund codes, and survive a recalculation."""

import csv
import datetime
import zipfile

import openpyxl
import pytest
from programs import needs_calc
from typer.testing import CliRunner

from xl_flexextra import sample, workbook
from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.inputs import input_tables
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.review import data_checks
from xl_flexextra.terms import load
from xl_flexextra.update import report, update_inputs
from xl_flexextra.update.update_inputs import Inputs

PRINTED = {row[0]: row[1] for row in sample.rows("Funds")[1:]}
MIXED = PRINTED | {"EQUITY": "equity", "BLEND": "BLEND", "MANAGED_BOND": "Babson Bond"}  # another case, a code, an alias


def named(rows, column, names):
    """Rows whose funds, in one column, go by other names."""
    return [rows[0], *([*row[:column], names[row[column]], *row[column + 1 :]] for row in rows[1:])]


def headed(names):
    """The sample's unit values below other names."""
    head, *rows = sample.rows("UnitValues")
    return [["Valuation Date", *(names[code] for code in head[1:])], *rows]


def files(folder, names):
    """The sample's inputs as people's files: unit values wide, below these names."""
    tables = {
        "values": headed(names),
        "funds": sample.rows("Funds"),
        "shares": named(sample.rows("Shares"), 0, names),
        "published": named(sample.rows("Published"), 3, names),
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    given = [text for name in ("funds", "shares", "published") for text in (f"--{name}", str(folder / f"{name}.csv"))]
    return ["--unit-values", str(folder / "values.csv"), "--terms", "flexible", "--terms", "single", *given]


def run(*given, code=0):
    done = CliRunner().invoke(app, [str(one) for one in given])
    assert done.exit_code == code, done.output
    return done.output


def parts(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


MADE = {"printed names": ("report", PRINTED), "aliases": ("report", MIXED), "review": ("review", MIXED)}


@pytest.fixture(scope="module", params=MADE)
def made(request, tmp_path_factory):
    """A report or review of such files, beside them, and the command that made it."""
    command, names = MADE[request.param]
    path = tmp_path_factory.mktemp("named") / "made.xlsx"
    assert "112 of 112" in run(command, *files(path.parent, names), "--out", path)
    return path, command


def test_a_workbook_of_named_funds_is_the_one_of_their_codes(made, tmp_path):
    path, command = made
    run(command, *files(tmp_path, {code: code for code in PRINTED}), "--out", tmp_path / "codes.xlsx")
    assert parts(path) == parts(tmp_path / "codes.xlsx")


@needs_calc
def test_it_survives_a_recalculation(made):
    result = calc.recalculate(made[0], timeout=300)
    assert result.differences == []
    assert result.errors == []


def test_every_table_lists_the_codes(made):
    book = openpyxl.load_workbook(made[0])
    heads = [cell.value for cell in book["Unit values"][4]]
    assert sorted(heads[1:]) == sorted(PRINTED)
    for sheet, column in (("Shares", 1), ("Published", 4)):
        assert {row[column - 1].value for row in book[sheet].iter_rows(min_row=5)} == set(PRINTED)


def test_a_workbook_of_codes_is_refreshed_from_the_files_it_was_made_of(made):
    for file in ("values", "shares", "published"):
        table = {"values": "UnitValues", "shares": "Shares", "published": "Published"}[file]
        said = run("refresh", made[0], "--from", made[0].parent / f"{file}.csv", "--table", table)
        assert "holds this data already" in said, said


def test_shares_lie_on_their_sheet_as_fund_and_share_however_they_came(tmp_path):
    """Lying across, with a total, without our heads: formulas of the review ask for the columns by these names."""
    values = parse("unit_values", "unit_values", [["date", "A", "B"], ["2007-12-31", 10, 10], ["2008-12-31", 11, 9]])
    funds = parse("funds", "funds", [["fund", "printed name", "aliases"], ["A", "Alpha", ""], ["B", "Beta", "Old Beta"]])
    for rows in (
        [["Alpha", 0.25], ["Old Beta", 0.75], ["Total", 1.0]],
        [["sub-account", "Alpha", "b"], ["part", 0.25, 0.75]],
    ):
        inputs = Inputs(
            values, funds, (load("flex_extra_flexible"),), datetime.date(2008, 12, 31),
            shares=parse("shares", "shares", rows), share_rows=rows,
        )  # fmt: skip
        assert inputs.share_rows == [["fund", "share"], ["A", 0.25], ["B", 0.75]]
        assert [inputs.shares.on(fund, inputs.as_of) for fund in "AB"] == [0.25, 0.75]


def test_shares_of_one_fund_under_two_names_are_one_history():
    funds = parse("funds", "funds", [["fund", "aliases"], ["A", "Old A"]])
    values = parse("unit_values", "unit_values", [["date", "Old A"], ["2007-12-31", 10], ["2008-12-31", 11]])
    rows = [["from", "fund", "share"], ["2006-01-01", "Old A", 0.5], ["2008-01-01", "A", 0.25]]
    inputs = Inputs(
        values, funds, (load("flex_extra_flexible"),), datetime.date(2008, 12, 31), parse("shares", "shares", rows), rows
    )
    first, second = datetime.date(2006, 1, 1), datetime.date(2008, 1, 1)
    assert inputs.share_rows == [["effective_date", "fund", "share"], [first, "A", 0.5], [second, "A", 0.25]]
    assert inputs.unit_values.funds == ("A",)


def test_a_name_that_is_another_funds_code_stays_that_funds():
    """An old name of NEW is a fund of its own in the unit values: its column, share and figures are its own."""
    funds = parse("funds", "funds", [["fund", "aliases"], ["NEW", "OLD"]])
    values = parse("unit_values", "unit_values", [["date", "OLD", "NEW"], ["2007-12-31", 10, 20], ["2008-12-31", 11, 30]])
    figure = input_tables.Published("", "", datetime.date(2008, 12, 31), "OLD", "1Y", 0.1)
    inputs = Inputs(values, funds, (load("flex_extra_flexible"),), datetime.date(2008, 12, 31), published=(figure,))
    assert inputs.unit_values.funds == ("OLD", "NEW")
    assert report.compute(inputs).headline == "1 of 1 published figures tie"  # by hand: 11 / 10 - 1


def test_a_report_made_in_python_has_the_codes_too(tmp_path):
    """Not only the command: whoever makes Inputs."""
    rows = [["date", "Alpha"], ["2007-12-31", 10], ["2008-12-31", 11]]
    funds = parse("funds", "funds", [["fund", "printed_name"], ["A", "Alpha"]])
    inputs = Inputs(
        parse("unit_values", "unit_values", rows), funds, (load("flex_extra_flexible"),), datetime.date(2008, 12, 31)
    )
    assert inputs.unit_values.funds == ("A",)
    path = tmp_path / "one.xlsx"
    workbook.build(report.compute(inputs), path)
    assert openpyxl.load_workbook(path)["Unit values"]["B4"].value == "A"


def test_evidence_of_a_review_may_go_by_names(tmp_path):
    """A second source headed by printed names is compared with the codes' values."""
    second = parse("unit_values", "unit_values", headed(PRINTED))
    found = data_checks.checks(update_inputs.sample_inputs(), data_checks.Evidence(second=second))
    compared = next(check.compared for check in found if check.name == "second source")
    assert compared == sum(cell is not None for row in sample.rows("UnitValues")[1:] for cell in row[1:])
