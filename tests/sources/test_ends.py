"""Where data end: sums, means and notes below them were taken for funds and days, or stopped everything."""

import datetime
import struct
import zipfile

import openpyxl
import pytest
from commands import run
from openpyxl.worksheet.table import Table

from xl_flexextra.hosts.calc import session
from xl_flexextra.sources.ends import end_of_data

DAYS = [datetime.date(2008, month, 1) - datetime.timedelta(1) for month in (6, 7, 8)]
VALUES = [[day, 13.5 + i / 8, 20 - i / 8] for i, day in enumerate(DAYS)]
SHARES = [["EQ", 0.75], ["BD", 0.25]]
BLANK = [None, None, None]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (VALUES, [["Total", 40.875, 59.625]]),
        (VALUES, [["Total:", "#N/A", "#N/A"]]),
        (VALUES, [[None, 40.875, 59.625]]),
        (VALUES, [BLANK, ["grand total", 40.875, 59.625]]),
        (VALUES, [["Average", 13.625, 19.875]]),
        (VALUES, [BLANK, ["Source: custodian", None, None], ["unaudited", None, None]]),
        (VALUES, [["Total", 40.875, 59.625], BLANK, ["unaudited", None, None]]),
        (SHARES, [["Total", 1.0]]),
        (SHARES, [["All sub-accounts", 1]]),
        (SHARES, [["TOTAL", 1.0], ["Mean", 0.5]]),
        ([["EQ", "75%"], ["BD", "25%"]], [["Total", "100%"]]),
        ([["2008-07-31", "EQ", "0.75"], ["2008-07-31", "BD", "0.25"]], [["2008-07-31", "Total", "1"]]),
    ],
)
def test_rows_that_sum_up_are_no_data(rows, more):
    end, said = end_of_data([*rows, *more], "f.xls")
    assert (end, bool(said)) == (len(rows), True)


@pytest.mark.parametrize(
    "rows",
    [
        VALUES,
        [*SHARES, ["CASH", 0.5]],
        [["EQ", 0.5], ["Total", 0.5], ["BD", 0.25]],  # a fund called Total
        [["EQ", 0.5], ["Total", 0.25]],
        [*VALUES, [None, 14.0, 19.5]],  # a day that is missing
        [["EQ", "Equity"], ["BD", None]],
        [["EQ", 100.0]],
        [["2008-06-30", "EQ", 1.0], ["2008-07-31", "EQ", 1.0]],
        [*VALUES, ["unaudited", None, None]],  # no blank row before it: it is said what it is not
    ],
)
def test_rows_of_data_stay(rows):
    assert end_of_data(rows, "f.xls") == (len(rows), [])


def target(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "UnitValues"
    for row in [["date", "EQ", "BD"], *VALUES[:2]]:
        sheet.append(row)
    for row in (2, 3):
        sheet.cell(row, 1).number_format = "yyyy-mm-dd"
    sheet.add_table(Table(displayName="UnitValues", ref="A1:C3"))
    sheet = book.create_sheet("Shares")
    for row in [["fund", "share"], ["EQ", 0.5], ["BD", 0.5]]:
        sheet.append(row)
    sheet.add_table(Table(displayName="Shares", ref="A1:B3"))
    book.save(path)
    return path


def held(path, sheet):
    return [[c.date() if isinstance(c, datetime.datetime) else c for c in row] for row in
            openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2, values_only=True)]  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """One report of a custodian as .ods, .xls and .xlsx, its sums as formulas; and a file of shares."""
    folder = tmp_path_factory.mktemp("sources")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "UnitValues"
    title = [["Custodian report"], ["as of 2008-07-31"], []]
    for row in [*title, ["date", "EQ", "BD"], *VALUES, [], ["Total", "=SUM(B5:B7)", "=SUM(C5:C7)"], [], ["unaudited"]]:
        sheet.append(row)
    sheet = book.create_sheet("Shares")
    for row in [*title, ["fund", "share"], *SHARES, ["Total", "=SUM(B5:B6)"]]:
        sheet.append(row)
    book.save(folder / "f.xlsx")
    kinds = {".ods": "calc8", ".xls": "MS Excel 97", ".xlsx": "Calc MS Excel 2007 XML"}
    session.run([
        {"path": str(folder / "f.xlsx"), "recalculate": True, "save": str(folder / f"report{suffix}"), "filter": kind}
        for suffix, kind in kinds.items()
    ])  # fmt: skip
    return folder


@pytest.mark.parametrize("suffix", [".ods", ".xls", ".xlsx"])
def test_a_total_below_and_lines_above_the_data_of_a_sheet(sources, tmp_path, suffix):
    book, source = target(tmp_path / "book.xlsx"), sources / f"report{suffix}"
    for table, rows in (("UnitValues", VALUES), ("Shares", SHARES)):
        _, said = run("refresh", book, "--from", f"{source}#{table}", "--table", table, "--no-calc")
        assert held(book, table) == rows, said
        assert "('Total') sums up the rows above and was skipped" in said
        assert "rows 1 to 2 stand before the header" in said
    _, said = run("store", "load", tmp_path / "s.sqlite", "--from", f"{source}#UnitValues")
    assert ("6 new values" in said, "sums up the rows above" in said) == (True, True)


def test_a_total_of_a_text_file_with_decimal_commas(tmp_path):
    book, source = target(tmp_path / "book.xlsx"), tmp_path / "s.csv"
    source.write_text("fund;share\nEQ;0,75\nBD;0,25\nSumme;1,0\n")
    code, said = run("refresh", book, "--from", source, "--table", "Shares", "--decimal", ",", "--no-calc")
    assert (code, held(book, "Shares")) == (0, SHARES), said


def record(kind, data=b""):
    return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + bytes([len(data)]) + data


def binary_workbook(path, rows):
    """A sheet of [MS-XLSB]: texts in their cells, numbers as doubles, dates in the style of built-in format 14."""
    wide = lambda text: struct.pack("<I", len(text)) + text.encode("utf-16-le")  # noqa: E731
    sheet = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, 2)) + record(145)
    for number, row in enumerate(rows):
        sheet += record(0, struct.pack("<I", number) + bytes(13))
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet += record(6, struct.pack("<II", column, 0) + wide(cell))
            elif isinstance(cell, datetime.date):
                sheet += record(5, struct.pack("<IId", column, 1, (cell - datetime.date(1899, 12, 30)).days))
            elif cell is not None:
                sheet += record(5, struct.pack("<IId", column, 0, cell))
    sheet += record(146) + record(130)
    styles = record(278) + record(617, struct.pack("<I", 2))
    for number_format in (0, 14):
        styles += record(47, struct.pack("<HH", 0, number_format) + bytes(12))
    styles += record(618) + record(279)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("UnitValues"))
    book += record(144) + record(132)
    head = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    line = b'<Relationship Id="%s" Type="' + kind + b'%s" Target="%s"/>'
    relations = line % (b"rId1", b"worksheet", b"worksheets/sheet1.bin") + line % (b"rId2", b"styles", b"styles.bin")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", head + relations + b"</Relationships>")
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        archive.writestr("xl/styles.bin", styles)
    return path


def test_a_binary_workbook_is_read_as_any_other(tmp_path):
    rows = [["Custodian report", None, None], ["date", "EQ", "BD"], *VALUES, ["Total", 40.875, 59.625]]
    source = binary_workbook(tmp_path / "report.xlsb", rows)
    book = target(tmp_path / "book.xlsx")
    _, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc")
    assert held(book, "UnitValues") == VALUES, said
    assert "sums up the rows above" in said
    _, said = run("store", "load", tmp_path / "s.sqlite", "--from", source)
    assert "6 new values" in said
