"""Codes of funds that look like numbers, dates or blanks come out of every reader and command as they went in."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from commands import run

from xl_flexextra.sources import files
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source

from .conftest import as_kind, excel, month_ends

CODES = ["0101", "101", "1E5", "nan", "inf", "NA", "2008-01-31", "N/A", "null", "TRUE", "1.10", "12345678901234567890"]
DAYS = month_ends()


def values() -> list[list[float]]:
    return [[10 + i / 8 + j / 100 for j in range(len(CODES))] for i in range(len(DAYS))]


def wide() -> list[list[object]]:
    return [["date", *CODES], *([day.isoformat(), *line] for day, line in zip(DAYS, values(), strict=True))]


def long() -> list[list[object]]:
    rows: list[list[object]] = [["date", "fund", "unit value"]]
    for day, line in zip(DAYS, values(), strict=True):
        rows += [[day.isoformat(), code, value] for code, value in zip(CODES, line, strict=True)]
    return rows


def write(path: Path, rows: list[list[object]]) -> Path:
    if path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        path.write_text(text.getvalue())
    elif path.suffix == ".parquet":
        columns = list(zip(*rows[1:], strict=True))
        table = pa.Table.from_arrays([pa.array(column) for column in columns], names=[str(head) for head in rows[0]])
        pa.parquet.write_table(table, path)
    else:
        excel(path, rows)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
@pytest.mark.parametrize("shape", [wide, long])
def test_a_report_a_refresh_and_a_store_keep_the_codes(tmp_path, terms, suffix, shape):
    source = write(tmp_path / f"v{suffix}", shape())
    funds = write(tmp_path / f"f{suffix}", [["fund", "printed_name"], *([code, f"Fund {code}"] for code in CODES)])
    shares = write(tmp_path / "s.csv", [["fund", "share"], *([code, 0.05] for code in CODES)])
    by_share = tmp_path / "by_share.toml"
    form = 'form = "share"\ndollars = 30\ntiming = "contract_anniversary"'
    by_share.write_text(terms.read_text().replace('form = "none"', form))
    out = tmp_path / "o.xlsx"
    words = ["report", "--unit-values", source, "--funds", funds, "--shares", shares, "--terms", by_share]
    code, said = run(*words, "--as-of", "2008-07-31", "--out", out)
    assert code == 0, said
    sheet = openpyxl.load_workbook(out)["Unit values"]
    heads = [cell.value for row in sheet.iter_rows(min_row=1, max_row=8) for cell in row if cell.value in CODES]
    assert heads == CODES
    before = values()
    code, said = run("refresh", out, "--from", source, "--table", "UnitValues", "--no-calc")
    assert (code, "holds this data already" in said) == (0, True), said
    assert run("store", "load", tmp_path / "s.sqlite", "--from", source)[0] == 0
    assert run("store", "as-of", tmp_path / "s.sqlite", "1", "--out", tmp_path / "then.csv")[0] == 0
    kept = list(csv.reader((tmp_path / "then.csv").open(newline="")))
    assert {row[1] for row in kept[1:]} == set(CODES)
    asked = ["call", "UNIT_VALUE_AT", f"@{source}"]
    for place, name in enumerate(CODES):
        if name == "TRUE":
            continue  # which on the command line is the value TRUE
        code, said = run(*asked, name, "2008-07-31")
        assert (code, float(said)) == (0, pytest.approx(before[-1][place])), name


def test_shares_without_a_header_keep_the_codes(tmp_path):
    path = write(tmp_path / "s.csv", [[code, 0.25] for code in CODES])
    rows = files.Files().rows(str(path), text=-2)
    assert [row[0] for row in rows] == CODES
    assert [row[1] for row in rows] == [0.25] * len(CODES)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_a_code_comes_out_as_excel_shows_it(tmp_path, suffix):
    """0101 and 0202 are the numbers 101 and 202 in the format 0000; the values beside them are amounts."""

    def shown(sheet) -> None:
        for row in (2, 3):
            sheet[f"B{row}"].number_format = "0000"
            sheet[f"C{row}"].number_format = "#,##0.00"
        sheet["D1"].number_format = "000-00"

    rows = [["date", "fund", "unit value", 12345], [DAYS[0], 101, 1010, "x"], [DAYS[0], 202, 20.5, "y"]]
    path = excel(tmp_path / "v.xlsx", rows, shown)
    path = path if suffix == ".xlsx" else as_kind(path, suffix)
    found = files.rows(str(path))
    assert found == [["date", "fund", "unit value", "123-45"], [DAYS[0], "0101", 1010.0, "x"], [DAYS[0], "0202", 20.5, "y"]]
    source = read_source(TableMapping("t", str(path)), tmp_path)
    assert source.columns == ["date", "fund", "unit value", "123-45"]
    assert source.convert("fund", None, "t")[0].to_pylist() == ["0101", "0202"]
    assert source.convert("fund", "number", "t")[0].to_pylist() == [101.0, 202.0]


def test_codes_among_names_in_a_sheet_without_a_header_were_those_of_the_row_below(tmp_path):
    """Each value went to another fund: A1 had that of 0101, in silence."""
    made = openpyxl.Workbook()
    for day, code in itertools.product(DAYS[:2], ("A1", 101, 102)):
        made.active.append([day, code, 10.0])
        made.active.cell(made.active.max_row, 2).number_format = "0000"
    made.save(tmp_path / "x.xlsx")
    assert [row[1] for row in files.Files().rows(str(tmp_path / "x.xlsx"))] == ["A1", "0101", "0102"] * 2


def test_a_refresh_that_matches_no_fund_is_an_error_and_not_done(tmp_path):
    book, source = tmp_path / "t.xlsx", tmp_path / "v.csv"
    assert run("new", book)[0] == 0
    before = book.read_bytes()
    source.write_text("date,0101,0202\n" + "".join(f"{day},10,20\n" for day in DAYS))
    code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc")
    assert code != 0
    assert "none of the 2 funds of v.csv is in the workbook (it has FUND_1, FUND_2, FUND_3)" in " ".join(said.split())
    assert "is not used" not in said  # said of all of them once
    assert book.read_bytes() == before
