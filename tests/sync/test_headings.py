"""Headings of people's files: a column is known by each that docs/tables.md lists; funds are never matched by place."""

import datetime
import sqlite3

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from commands import run
from openpyxl.worksheet.table import Table

DAY = datetime.date(2008, 7, 31)
FUNDS = [["fund", "printed_name", "subaccount_inception"], ["EQ", "Equity", DAY], ["BD", "Bond", DAY]]
SHARES = [["fund", "share"], ["EQ", 0.6], ["BD", 0.4]]
RATES = [["effective_date", "rate"], [DAY, 0.03]]
PUBLISHED = [["as_of", "fund", "period", "return_pct"], [DAY, "EQ", "1Y", 1.5]]


@pytest.fixture
def book(tmp_path):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in {"Funds": FUNDS, "Shares": SHARES, "InterestRates": RATES, "Published": PUBLISHED}.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.add_table(Table(displayName=name, ref=sheet.dimensions))
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def refreshed(book, table, source, *more):
    """Code, what is said, and the cells of the table afterwards; a refused refresh writes nothing."""
    if isinstance(source, str):
        text, source = source, book.with_name("new.csv")
        source.write_text(text)
    before = book.read_bytes()
    code, said = run("refresh", book, "--from", source, "--table", table, "--no-calc", "--accept-revisions", *more)
    assert (code == 2) == (book.read_bytes() == before), said
    return code, said, [[cell.value for cell in row] for row in openpyxl.load_workbook(book)[table].iter_rows()][1:]


def test_shares_whose_funds_had_another_heading_went_to_the_funds_in_their_places(book):
    code, said, cells = refreshed(book, "Shares", "investment choice,share\nBD,0.3\nEQ,0.7\n")
    assert (code, cells) == (2, SHARES[1:])
    assert (
        "Shares, column fund: the source names no funds for it, so it is not known which row belongs to which fund" in said
    )
    assert refreshed(book, "Shares", "sub-account,share\nBD,0.3\nEQ,0.7\n")[2] == [["EQ", 0.7], ["BD", 0.3]]
    book.with_name("book.sync.toml").write_text("[[table]]\nname = 'Shares'\nfund = 'investment choice'\n")
    assert refreshed(book, "Shares", "investment choice,share\nBD,0.2\nEQ,0.8\n")[2] == [["EQ", 0.8], ["BD", 0.2]]


def test_documented_headings_of_funds_were_not_used(book):
    code, said, cells = refreshed(book, "Funds", "code,name,date added\nBD,Core Bond,1999-05-03\nEQ,Equity,1998-05-01\n")
    assert (code, "not used" in said) == (0, False)
    assert [[*row[:2], row[2].date()] for row in cells] == [
        ["EQ", "Equity", datetime.date(1998, 5, 1)], ["BD", "Core Bond", datetime.date(1999, 5, 3)],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["parquet", "sqlite"])
def test_shares_in_whole_percent_passed_where_the_source_holds_whole_numbers(book, kind):
    path = book.with_name(f"new.{kind}")
    if kind == "parquet":
        pyarrow.parquet.write_table(pa.table({"fund": ["EQ", "BD"], "share": [45, 55]}), path)
    else:
        with sqlite3.connect(path) as made:
            made.executescript("create table Shares(fund, share); insert into Shares values('EQ', 45), ('BD', 55)")
        made.close()
    code, said, cells = refreshed(book, "Shares", path)
    assert (code, cells) == (2, SHARES[1:])
    assert "'share' of EQ must be between 0 and 1 (got 45)" in said


def test_rates_in_percent_without_a_sign_were_written(book):
    code, said, _ = refreshed(book, "InterestRates", "effective_date,rate\n2008-01-31,0.035\n2008-04-30,3.25\n")
    assert code == 2
    assert "InterestRates, column rate: 1 number is not between 0 and 1, first 3.25 — give fractions at the source" in said
    assert [row[1] for row in refreshed(book, "InterestRates", "effective_date,rate\n2008-01-31,3.5%\n")[2]] == [0.035]
    pyarrow.parquet.write_table(pa.table({"effective_date": [DAY], "rate": [4]}), book.with_name("new.parquet"))
    assert refreshed(book, "InterestRates", book.with_name("new.parquet"))[0] == 2


def test_printed_fractions_were_dropped_where_the_table_has_percentages(book):
    """The other way round, percentages into a table of fractions, has tests of its own."""
    text = "as_of,fund,period,return\n2008-07-31,EQ,1Y,-0.1491\n"
    assert refreshed(book, "Published", text)[2][0][1:] == ["EQ", "1Y", -14.91]
    code, said, _ = refreshed(book, "Published", text.replace("-0.1491", "-14.91"))
    assert (code, "first -1491 — no return is below -100%" in said) == (2, True)


def test_a_measure_that_the_table_cannot_hold_made_dollars_a_return(book):
    code, said, cells = refreshed(book, "Published", "as_of,fund,period,return_pct,measure\n2008-07-31,EQ,1Y,871.2,erv\n")
    assert (code, cells[0][3]) == (2, 1.5)
    assert "the table has no column 'measure', on which figures depend" in said


def test_figures_as_read_writes_them_were_refused_where_the_table_has_no_decimals(book):
    """They always have decimals, and a measure too; a built table has neither column until some row needs it."""
    text = "as_of,fund,period,return_pct,measure,decimals\n2008-07-31,EQ,1Y,2.5,,2\n2008-07-31,BD,1Y,3.5,return,2\n"
    code, said, cells = refreshed(book, "Published", text)
    assert (code, [row[3] for row in cells]) == (0, [2.5, 3.5]), said
    assert "column 'decimals' is not used" in said


def test_a_limit_that_is_no_number_let_every_jump_pass(book):
    mapping = "[[table]]\nname = 'Shares'\nsource = 'new.csv'\n[table.checks]\nmax_jump = nan\n"
    book.with_name("book.sync.toml").write_text(mapping)
    code, said, _ = refreshed(book, "Shares", "fund,share\nEQ,1\nBD,0\n")
    assert (code, "the limit 'max_jump' is nan; give a number" in said) == (2, True)
