"""The documented monthly cycle: last month's update kept, this month's refreshed, reviewed, and the review checked."""

import csv
import shutil
import warnings

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_flexextra import sample, workbook
from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.review import fingerprints


@pytest.fixture(scope="module")
def cycle(tmp_path_factory, reviewed):
    """A folder with last_month.xlsx, update.xlsx (refreshed with August) and its review."""
    folder = tmp_path_factory.mktemp("cycle")
    workbook.build(reviewed, folder / "last_month.xlsx")
    shutil.copy(folder / "last_month.xlsx", folder / "update.xlsx")
    lines = list(csv.reader(sample.path("UnitValues").read_text().splitlines()))
    more = [["2008-08-31", fund, repr(float(v) * 1.01)] for day, fund, v in lines[1:] if day == "2008-07-31"]
    with (folder / "prices.csv").open("w", newline="") as file:
        csv.writer(file).writerows([*lines, *more])
    run("refresh", folder / "update.xlsx", "--from", folder / "prices.csv")
    run("review", folder / "update.xlsx", "--previous", folder / "last_month.xlsx", "--out", folder / "review.xlsx")
    return folder


def run(*arguments):
    done = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def read(path, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **how)


def test_an_untouched_review_of_a_refreshed_update_is_as_built(cycle):
    assert "is as built from its inputs" in run("review", cycle / "review.xlsx", "--check")
    told = run("review", cycle / "review.xlsx", "--check", "--previous", cycle / "last_month.xlsx")
    assert "is as built from its inputs" in told


def test_it_reads_back_with_its_own_last_day_and_every_digit(cycle):
    from xl_flexextra.cli import review_data

    update, review = (review_data.from_workbook(cycle / name) for name in ("update.xlsx", "review.xlsx"))
    assert str(review.as_of) == "2008-08-31"
    assert fingerprints.of_inputs(review) == fingerprints.of_inputs(update)


def test_its_stored_values_are_those_of_a_recalculation(cycle):
    """What changed shows August's figures beside July's prints: each is of the day that its row names."""
    result = calc.recalculate(cycle / "review.xlsx")
    assert result.differences == []
    page = read(cycle / "review.xlsx")["What changed"]
    assert all(str(row[7].value).startswith("=") for row in page.iter_rows(min_row=16) if row[6].value is not None)


def test_periods_are_those_of_the_page_also_for_another_day(cycle):
    codes = [row[5].value for row in read(cycle / "review.xlsx")["Workings"].iter_rows(min_row=8)]
    assert "10Y_OR_SI_FUND" in codes
    assert "10Y" not in codes
