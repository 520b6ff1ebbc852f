"""Printed figures into a workbook's table of fractions, from the files that ``report --published`` takes."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from xl_flexextra.sync.refresh import Request, refresh

from .test_nothing_lost import body, table
from .test_refresh import found, run

JULY, AUGUST = datetime.datetime(2008, 7, 31), datetime.date(2008, 8, 31)
HEAD = ["table", "as_of", "fund", "period"]
NEW = "t,2008-08-31,EQ,1Y,-23.83\nt,2008-08-31,BL,1Y,4.53\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two figures of July, as a built workbook has them."""
    data: list[list[object]] = [["t", JULY, "EQ", "1Y", -0.1491], ["t", JULY, "BL", "1Y", 0.0569]]
    return table(tmp_path / "b.xlsx", "Published", [*HEAD, "return"], data, dates=(1,))


@pytest.mark.parametrize(
    ("text", "toml"),
    [
        ("table,as_of,fund,period,return_pct\n" + NEW, ""),
        (
            "table,as_of,fund,period,return_pct\n" + NEW,
            '[[table]]\nname = "Published"\n[table.columns]\nreturn = "return_pct"\n',
        ),
        ("table,as_of,fund,period,return_pct\nt,2008-08-31,EQ,1Y,-23.83%\nt,2008-08-31,BL,1Y,4.53\n", ""),
        ("table,as_of,fund,period,return,return_pct\nt,2008-08-31,EQ,1Y,9,-23.83\nt,2008-08-31,BL,1Y,9,4.53\n", ""),
        ("table,as_of,fund,period,return\nt,2008-08-31,EQ,1Y,-0.2383\nt,2008-08-31,BL,1Y,4.53%\n", ""),
    ],
    ids=["by name", "mapped", "with its sign", "beside fractions", "fractions"],
)
def test_printed_percentages_become_fractions(book: Path, text: str, toml: str) -> None:
    outcome = run(book, text, toml)
    assert outcome.written, outcome.stopped
    assert body(book, "Published") == [["t", AUGUST, "EQ", "1Y", -0.2383], ["t", AUGUST, "BL", "1Y", 0.0453]]


def test_a_percentage_that_excel_shows_is_taken_as_shown(book: Path, tmp_path: Path) -> None:
    """One cell is typed as 4.53, the other one shows -23.83% and holds -0.2383."""
    with xlsxwriter.Workbook(tmp_path / "printed.xlsx") as made:
        sheet, percent = made.add_worksheet("printed"), made.add_format({"num_format": "0.00%"})
        sheet.write_row(0, 0, [*HEAD, "return_pct"])
        sheet.write_row(1, 0, ["t", "2008-08-31", "EQ", "1Y"])
        sheet.write_row(2, 0, ["t", "2008-08-31", "BL", "1Y", 4.53])
        sheet.write_number(1, 4, -0.2383, percent)
    outcome = refresh(Request(book, str(tmp_path / "printed.xlsx"), "Published"))
    assert outcome.written, outcome.stopped
    assert [row[4] for row in body(book, "Published")] == [-0.2383, 0.0453]


def test_a_percentage_that_is_no_number_is_found(book: Path) -> None:
    old = book.read_bytes()
    outcome = run(book, "table,as_of,fund,period,return_pct\nt,2008-08-31,EQ,1Y,n/a?\nt,2008-08-31,BL,1Y,4.53\n")
    assert "not a number: 'n/a?' in row 1" in found(outcome, "error")
    assert book.read_bytes() == old


def test_values_that_go_for_want_of_a_column_have_to_be_accepted(book: Path) -> None:
    old = book.read_bytes()
    misspelt = "table,as_of,fund,period,retrun\n" + NEW
    outcome = run(book, misspelt)
    assert "column return: the source has nothing for it" in found(outcome, "revision")
    assert "2 new rows get none in place of 2 that hold one" in found(outcome, "revision")
    assert book.read_bytes() == old
    assert run(book, misspelt, accept_revisions=True).written
    assert [row[4] for row in body(book, "Published")] == [None, None]
