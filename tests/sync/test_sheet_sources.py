"""The sheet of sources after a refresh: a reviewer signs for the files that the figures come from."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.report import summary

from .test_nothing_lost import body, merging
from .test_refresh import run

OLD = [
    ["Unit values", "july.csv", "given by the user"],
    ["Published figures", "printed.csv", "given by the user"],
    ["Contract terms", "own.toml", "given by the user"],
]
TEXT = "valuation_date,EQUITY\n2008-07-31,10\n2008-08-31,11\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Unit values of July, and the sources with text right below them."""
    path = tmp_path / "b.xlsx"
    made = xlsxwriter.Workbook(path)
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    heads = [{"header": "valuation_date", "format": date}, {"header": "EQUITY"}]
    data = [[datetime.datetime(2008, 7, 31), 10.0]]
    made.add_worksheet("Values").add_table("A1:B2", {"name": "UnitValues", "data": data, "columns": heads})
    page = made.add_worksheet("Where from")
    heads = [{"header": name} for name in ("input", "source", "status")]
    page.add_table("A3:C6", {"name": "Sources", "data": OLD, "columns": heads})
    page.write("A7", "How the figures are computed")
    made.close()
    return path


def test_a_refresh_names_its_file_among_the_sources(book: Path) -> None:
    began = datetime.date.today()
    outcome = run(book, TEXT)
    assert outcome.written, outcome.stopped
    renewed, *others = body(book, "Sources")
    assert renewed in [["Unit values", "source.csv", f"refreshed on {day}"] for day in (began, datetime.date.today())]
    assert others == OLD[1:]
    assert "The table Sources of the workbook names the new sources." in summary.text(outcome)
    held = book.read_bytes()
    assert not run(book, TEXT).changed
    assert book.read_bytes() == held


def test_a_merge_stands_beside_the_source_of_the_other_rows(book: Path) -> None:
    new = "valuation_date,EQUITY\n2008-08-31,11\n"
    began = datetime.date.today()
    assert run(book, new, merging("UnitValues")).written
    assert run(book, new.replace("08-31,11", "09-30,12"), merging("UnitValues")).written
    both = [["Unit values", "july.csv; source.csv", f"merged on {day}"] for day in (began, datetime.date.today())]
    assert body(book, "Sources")[0] in both


def test_a_table_of_sources_of_another_make_stays(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    made = xlsxwriter.Workbook(other)
    heads = [{"header": "valuation_date"}, {"header": "EQUITY"}]
    data = [[39660, 10.0]]
    made.add_worksheet("Values").add_table("A1:B2", {"name": "UnitValues", "data": data, "columns": heads})
    heads = [{"header": "input"}, {"header": "source"}]
    page = made.add_worksheet("Where from")
    page.add_table("A1:B2", {"name": "Sources", "data": [["Unit values", "july.csv"]], "columns": heads})
    made.close()
    (tmp_path / "more.csv").write_text("valuation_date,EQUITY\n2008-07-31,10\n2008-08-31,11\n")
    assert refresh(Request(other, str(tmp_path / "more.csv"), "UnitValues")).written
    assert body(other, "Sources") == [["Unit values", "july.csv"]]
