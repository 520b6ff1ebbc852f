"""The blank template: every term with its choices, tables to fill, a calculator that answers once they are filled."""

import datetime

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_flexextra import terms
from xl_flexextra.cli.main import app
from xl_flexextra.sources import files
from xl_flexextra.terms.keys import KEYS


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "mine.xlsx"
    done = CliRunner().invoke(app, ["new", str(path), "--fund", "A", "--fund", "B"])
    assert done.exit_code == 0, done.output
    return path


def test_its_terms_have_every_key_and_are_valid_as_they_stand(template):
    rows = files.rows(f"{template}#ContractTerms")
    keys = {row[0].removesuffix(".1") for row in rows[1:]}
    assert keys == set(KEYS)
    contract = terms.from_rows(rows)
    assert contract["annual_charge.form"] == "none"


def test_its_calculator_says_what_is_missing(template):
    sheet = openpyxl.load_workbook(template, data_only=True)["Calculator"]
    shown = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(3, 19)}
    assert shown["return after all charges"] is None  # and no error before anything is filled in
    assert shown["why"].endswith(".")


def test_filled_by_a_refresh_it_makes_a_report(template, tmp_path):
    (tmp_path / "values.csv").write_text("date,A,B\n2006-12-31,10,10\n2007-12-31,11,9\n2008-12-31,12.1,8.1\n")
    done = CliRunner().invoke(
        app, ["refresh", str(template), "--from", str(tmp_path / "values.csv"), "--table", "UnitValues"]
    )
    assert done.exit_code == 1, done.output  # done, with a warning of the months between
    dates = [row[0] for row in files.rows(f"{template}#UnitValues")[1:]]
    assert dates == [datetime.date(year, 12, 31) for year in (2006, 2007, 2008)]
    given = [
        "--unit-values",
        f"{template}#UnitValues",
        "--terms",
        f"{template}#ContractTerms",
        "--out",
        str(tmp_path / "out.xlsx"),
    ]
    done = CliRunner().invoke(app, ["report", *given])
    assert done.exit_code == 0, done.output
    assert "10.00%" in done.output  # by hand: 12.1 / 11 - 1, no charge in the blank terms
    assert "-10.00%" in done.output  # 8.1 / 9 - 1
