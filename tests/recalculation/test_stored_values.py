"""The values of a sheet with a large table, read by columns, as openpyxl reads them cell by cell."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
import xlsxwriter

from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.refs import Range
from xl_flexextra.ooxml.sheet import SheetPart
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.stored_values import StoredValues
from xl_flexextra.recalculation.workbook_model import Model

from .without_calc import turned

ROWS = 2_500


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A table of numbers with blanks, texts and a calculated column; notes beside it, cells around it, a hidden row."""
    path = tmp_path_factory.mktemp("large") / "large.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet, day = made.add_worksheet("Data"), made.add_format({"num_format": "yyyy-mm-dd"})
    heads = [{"header": "day", "format": day}, {"header": "EQ"}, {"header": "note"}]
    heads.append({"header": "twice", "formula": "=2*[@EQ]"})
    sheet.add_table(2, 1, ROWS + 2, 4, {"name": "Values", "columns": heads})
    sheet.write(0, 0, "above")
    for n in range(ROWS):
        sheet.write_number(3 + n, 1, 30_000 + n, day)
        if n % 7:
            sheet.write_number(3 + n, 2, n / 8)
        sheet.write_string(3 + n, 3, f"n & {n % 5}")
        sheet.write_formula(3 + n, 4, "=2*Values[[#This Row],[EQ]]", None, n / 4 if n % 7 else 0)
        if n % 900 == 5:
            sheet.write(3 + n, 6, "beside")
    sheet.write(ROWS + 9, 7, True)
    sheet.set_row(40, None, None, {"hidden": True})
    page = made.add_worksheet("Page")
    page.write_formula("A1", "=SUM(Values[EQ])", None, 1)
    made.close()
    return path


def test_a_large_table_reads_by_columns_as_cell_by_cell(book, monkeypatch):
    parsed = []
    rows = SheetPart.rows
    monkeypatch.setattr(SheetPart, "rows", lambda *given: parsed.append(rows(*given)) or parsed[-1])
    workbook = Workbook(Package.open(book))
    read = StoredValues(workbook, SharedStrings(workbook), workbook.sheets[0])
    assert sum(map(len, parsed)) < 20  # the heads, what stands above and below, and the rows with notes
    monkeypatch.undo()
    sheet = openpyxl.load_workbook(book, data_only=True)["Data"]
    expected = {
        (cell.row, cell.column): cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")
    }
    dates = {place: float(30_000 + place[0] - 4) for place in expected if place[1] == 2 and place[0] > 3}
    found = {(row, column): read.get(row, column) for row in range(1, ROWS + 20) for column in range(1, 10)}
    assert {place: value for place, value in found.items() if value is not None} == expected | dates
    assert read.extent == Range(1, 1, ROWS + 10, 8)
    assert set(read.hidden) == {41}
    for column in range(1, 9):
        assert read.line(column, 2, ROWS + 10) == [found[row, column] for row in range(2, ROWS + 11)]
    assert list(read.column(Range(4, 3, ROWS + 3, 3))) == [found[row, 3] for row in range(4, ROWS + 4)]


def test_a_value_computed_since_lies_over_a_large_table(book):
    workbook = Workbook(Package.open(book))
    model = Model(workbook, SharedStrings(workbook))
    everything, calculated = Range(4, 2, ROWS + 3, 5), Range(4, 5, ROWS + 3, 5)
    assert model.column("data", calculated) is None  # formulas stand in it
    assert model.column("data", Range(4, 3, ROWS + 3, 3)) is not None
    before = model.rows("data", everything)[9][3]
    model.set(("data", 13, 5), before + 1)
    assert model.rows("data", everything)[9][3] == before + 1
    assert model.rows("data", Range(1, 1, 1_048_576, 5))[12][4] == before + 1


UNREADABLE = {
    "a truth value without a type": "<v>True</v>",
    "a text without a type": "<v>n/a</v>",
    "no number": "<v>NaN</v>",
    "a number of Python's": "<v>1_0</v>",
    "a digit of another script": "<v>\N{FULLWIDTH DIGIT ONE}</v>",
    "a shared text that is not there": ' t="s"><v>99</v>',
}
OVER_IT = ["A1+A2", "A3+1", "SUM(A1:A64)", "C1*2", "C2*2", "SUM(A5:A64)"]


@pytest.mark.parametrize("what", UNREADABLE)
def test_one_unreadable_stored_value_had_every_formula_of_its_sheet_listed(tmp_path, what):
    """Or was computed with: NaN, and 1_0 as 10."""
    made = xlsxwriter.Workbook(str(tmp_path / "whole.xlsx"))
    sheet = made.add_worksheet("Data")
    sheet.write_column("A1", [1, 2, 77, 4] + [5] * 60)
    for row, formula in enumerate(OVER_IT):
        sheet.write_formula(row, 2, formula, None, -1)
    made.close()
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            tag, value = b'<c r="A3"', UNREADABLE[what].encode()
            value = value if value.startswith(b" ") else b">" + value
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                assert data.count(tag + b"><v>77</v>") == 1
                data = data.replace(tag + b"><v>77</v>", tag + value)
            new.writestr(name, data)
    model, turns = turned(path)
    results = {place[1]: value for place, value in turns.results.items() if not turns.failed(model.formulas[place])}
    assert results == {1: 3.0, 4: 6.0, 6: 300.0}
    assert model.unreadable() == [("data", Range(3, 1, 3, 1))]
