"""The interest rates of the page: looked up in the table by kind and date, so that a refresh reaches the printed page."""

import csv
import dataclasses
import datetime
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from xl_flexextra import sample
from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.inputs.dated_series import rate_date
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.update.build import build

UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"
HEAD = ["effective_date", "kind", "rate"]


def page(path, rows):
    """The lines of rates of the page: dates, rates and the note, of the other kind, of kinds that have no line."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Update"]
    first = next(row for row in range(1, 60) if sheet.cell(row, 2).value == "Declared rate") - 1
    cells = [[cell.value for cell in line] for line in sheet.iter_rows(first, first + rows - 1)]
    return [[value.date() if isinstance(value, datetime.datetime) else value for value in line] for line in cells]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """The shipped update after two refreshes of its rates, the page read after each."""
    folder = tmp_path_factory.mktemp("rates")
    book, source = Path(shutil.copy(UPDATE, folder)), folder / "rates.csv"
    pages = []
    for rows in (
        [*sample.rows("InterestRates"), ["2008-08-15", "declared", "0.0375"]],
        [
            HEAD,
            ["2008-08-15", "declared", "0.0375"],
            ["2007-01-01", "secondary guaranteed", "0.03"],
            ["2008-08-15", "new", "0.01"],
        ],
    ):
        with source.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        request = Request(book, str(source), "InterestRates", accept_revisions=True)
        outcome = refresh(request)
        assert outcome.written
        assert outcome.dependents.stale == []
        assert not [one for one in outcome.findings if "by place" in one.what]
        pages.append(page(book, 4))
    return pages


def test_a_new_months_declared_rate_reached_the_table_and_not_the_page(refreshed):
    days, rates, _, other = refreshed[0]
    assert days[-2:] == [datetime.date(2008, 8, 1), datetime.date(2008, 8, 15)]
    assert rates[-2:] == [0.035, 0.0375]
    assert rates[2] == "earlier ones: sheet Interest rates"  # March has no room any more, and that is said
    assert other[1] in (None, "")


def test_a_rate_of_another_kind_was_printed_as_declared_where_rows_were_replaced(refreshed):
    days, rates, guaranteed, other = refreshed[1]
    assert [days[-1], rates[-1]] == [datetime.date(2008, 8, 15), 0.0375]
    assert {*days[4:-1], *rates[4:-1]} <= {None, ""}  # fewer dates than there is room for
    assert rates[2] in (None, "")
    assert guaranteed[2:4] == [datetime.date(2007, 1, 1), 0.03]
    assert other[1] == "Another kind of rate: see the sheet Interest rates"


@pytest.mark.parametrize("name", ["Interest rates", "R&D rates"])
def test_a_page_of_an_earlier_version_showed_other_rates_and_nobody_said_so(tmp_path, name):
    """Its cells refer to rows of the table; the page of today does not."""
    book = openpyxl.Workbook()
    rates = book.active
    rates.title = name
    for row in (HEAD, [datetime.date(2008, 7, 1), "declared", 0.035], [datetime.date(2007, 1, 1), "guaranteed", 0.03]):
        rates.append(row)
    rates.add_table(Table(displayName="InterestRates", ref="A1:C3"))
    page = book.create_sheet("Update")
    page["B2"], page["B3"] = f"='{name}'!A2", f"=DECLARED_RATE(InterestRates[#All],B2,'{name}'!B2)"
    book.save(tmp_path / "u.xlsx")
    (tmp_path / "r.csv").write_text("effective_date,kind,rate\n2008-08-01,declared,0.04\n")
    outcome = refresh(Request(tmp_path / "u.xlsx", str(tmp_path / "r.csv"), dry_run=True))
    found = [one.what for one in outcome.findings if "by place" in one.what]
    assert len(found) == 1
    assert found[0].startswith("2 cells of the sheet Update")


def test_kinds_of_rates_ran_into_the_notes_of_the_page(tmp_path):
    """There was room for three kinds."""
    rows = [HEAD, *(["2008-07-01", kind, 0.03] for kind in ("one", "two", "Declared", "three", "four", "declared"))]
    inputs = dataclasses.replace(update_inputs.sample_inputs(), rate_rows=rows)
    build(report.compute(inputs), tmp_path / "u.xlsx")
    lines = page(tmp_path / "u.xlsx", 8)
    assert [line[1] for line in lines[1:6]] == ["Declared rate", "One rate", "Two rate", "Three rate", "Four rate"]
    assert [line[3] for line in lines[2:6]] == [0.03] * 4
    assert lines[6][1] in (None, "")


def test_dates_of_rates_count_once_newest_first_in_any_order():
    rows = [["2008-07-01", 0.03], ["2008-08-01", 0.04], ["2008-06-01", 0.02], ["2008-08-01", 0.04]]
    assert [rate_date(rows, None, place).month for place in (1, 2, 3)] == [8, 7, 6]
    with pytest.raises(MissingData):
        rate_date(rows, None, 4)
    with pytest.raises(BadInput):
        rate_date(rows, None, 1.5)


@pytest.mark.parametrize("first", [39447.0, "2007-12-31", "Dec 31, 2007"])
def test_the_first_of_rates_without_a_header_was_lost_where_its_day_was_no_date_of_a_file(first):
    rows = [[first, 0.03], [39600.0, 0.04]]
    inputs = dataclasses.replace(update_inputs.sample_inputs(), rate_rows=rows)
    assert inputs.rate_rows == [["effective_date", "rate"], *rows]
