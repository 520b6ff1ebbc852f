"""Tables of many rows: the file is the same, and no object is kept for each cell."""

import datetime
import zipfile

import openpyxl

from xl_flexextra import workbook
from xl_flexextra.workbook import book, laid_rows


def parts(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_workbook_with_its_unit_values_laid_is_the_same_to_the_byte(update, built, tmp_path, monkeypatch):
    monkeypatch.setattr(laid_rows, "FROM_ROWS", 100)
    laid = []
    lay = book.Sheet.lay
    monkeypatch.setattr(book.Sheet, "lay", lambda sheet, rows: laid.append(sheet) or lay(sheet, rows))
    workbook.build(update, tmp_path / "laid.xlsx")
    assert [sheet.name for sheet in laid] == ["Unit values"]
    assert max(laid[0].table) < laid_rows.FROM_ROWS < laid[0].dim_rowmax  # rows that XlsxWriter keeps
    assert parts(tmp_path / "laid.xlsx") == parts(built)


def test_blanks_dates_and_every_digit_of_a_long_table(tmp_path, monkeypatch):
    monkeypatch.setattr(laid_rows, "FROM_ROWS", 3)
    rows = [[datetime.date(2008, 1, 31), 0.1 + 0.2, None], [datetime.date(2008, 2, 29), None, 5], [None, 1e-7, 10.307045]]
    made = book.Book(tmp_path / "t.xlsx", "table")
    sheet = made.sheet("Values", "#000000", [10])
    made.table(
        sheet, 2, "Values", ["day", "EQ", "BD"], rows, [made.format(num_format="yyyy-mm-dd"), None, made.format("bold")]
    )
    made.value(sheet, 7, 0, "below")
    made.close()
    found = openpyxl.load_workbook(tmp_path / "t.xlsx")["Values"]
    assert [[cell.value for cell in row] for row in found["A4:C6"]] == [
        [datetime.datetime(2008, 1, 31), 0.30000000000000004, None],
        [datetime.datetime(2008, 2, 29), None, 5],
        [None, 1e-7, 10.307045],
    ]
    assert (found["A8"].value, found.tables["Values"].ref) == ("below", "A3:C6")
    assert found["C4"].font.b  # a blank cell keeps its look


def test_a_long_table_with_a_text_or_an_error_is_written_cell_by_cell():
    rows = [[1.0, 2.0]] * laid_rows.FROM_ROWS
    assert laid_rows.may_be_laid(rows, [None, None])
    for odd in ("n/a", True, datetime.datetime(2008, 1, 31, 12)):
        assert not laid_rows.may_be_laid([*rows, [1.0, odd]], [None, None])
    assert not laid_rows.may_be_laid([*rows, [1.0]], [None, None])
    assert not laid_rows.may_be_laid(rows, [None, lambda row: None])
