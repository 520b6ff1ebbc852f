"""Results that spill from a table that grows, and sums under headers with blanks: true cached values, or kept and listed."""

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from commands import run

from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.refs import MAX_COLUMN, MAX_ROW
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.formula_cells import FormulaCell
from xl_flexextra.recalculation.formula_tree import parse
from xl_flexextra.recalculation.spilling import gives_one_cell, keeps_its_size
from xl_flexextra.recalculation.workbook_model import Model

from .test_refreshed import listed

HEADS = ["date", "Equity Fund", " BD ", "GL  X"]
ROWS = [("2008-04-30", 14.0, 20.0, None), ("2008-05-31", 14.1, None, 30.0), ("2008-06-30", 14.2, 20.2, 30.1)]
MORE = [*ROWS, ("2008-07-31", 14.3, 20.3, None)]
SUMS = {  # by hand, of the four rows
    "SUBTOTAL(9,UnitValues[Equity Fund])": 56.6,
    "SUBTOTAL(109,UnitValues[[ BD ]])": 60.5,
    "SUBTOTAL(101,UnitValues[GL  X])": 30.05,
    "SUBTOTAL(2,UnitValues[[ BD ]])": 3,
    "SUBTOTAL(103,UnitValues[[#Data],[ BD ]])": 3,
    "SUM(UnitValues[[Equity Fund]:[ BD ]])": 117.1,
}


def made(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet, page = book.add_worksheet("UV"), book.add_worksheet("Page")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, (one, *values) in enumerate(ROWS, start=1):
        sheet.write_datetime(row, 0, datetime.datetime.fromisoformat(one), day)
        for column, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value)
    columns = [{"header": head} for head in HEADS]
    columns[1] |= {"total_function": "sum", "total_value": 42.3}
    sheet.add_table(0, 0, 4, 3, {"name": "UnitValues", "columns": columns, "total_row": True})
    for row, formula in enumerate(SUMS):
        page.write_formula(row, 0, f"={formula}", None, -1)
    page.write_dynamic_array_formula("C1:C3", "=UnitValues[Equity Fund]*2", None, 28)
    page.write_dynamic_array_formula(
        "E1", "=_xlfn._xlws.FILTER(UnitValues[Equity Fund],UnitValues[Equity Fund]>14.15)", None, 14.2
    )
    page.write_dynamic_array_formula(
        "F1", "=SUM(_xlfn._xlws.FILTER(UnitValues[Equity Fund],UnitValues[Equity Fund]>14.15))", None, -1
    )
    page.write_array_formula("G1:G3", "{=UnitValues[Equity Fund]*3}", None, 42)
    for row, (spilled, array) in enumerate([(28.2, 42.3), (28.4, 42.6)], start=1):
        page.write_number(row, 2, spilled)
        page.write_number(row, 6, array)
    page.write_dynamic_array_formula("H1", "=_xlfn.XLOOKUP(14.2,UnitValues[Equity Fund],UnitValues[[ BD ]],-1)", None, 20.2)
    page.write_formula("I1", "=SUM(C1:C9)", None, 84.6)
    page.write_formula("J1", "=C4+1", None, 1)  # a blank cell, into which the column above grows
    page.write_formula("J4", "=IF(SUM(UnitValues[Equity Fund])>1,1,E1)", None, 1)  # the spilled one is not looked at
    page.write_formula("J2", "=SUM(C5:C6)+D1", None, 0)
    page.write_formula("J3", "=C21+1", None, 2)
    page.write_number("C20", 0)  # no spilled column passes it
    page.write_number("C21", 1)
    book.define_name("All", "=SUM(UnitValues[Equity Fund])*2")
    book.define_name("Round", "=SUM(Round)")
    book.define_name("Each", "=UnitValues[Equity Fund]*2")
    book.close()
    return path


@pytest.fixture
def of_page(tmp_path: Path) -> tuple[Model, FormulaCell]:
    """The model of a workbook, and a formula of its sheet Page."""
    workbook = Workbook(Package.open(made(tmp_path / "book.xlsx")))
    model = Model(workbook, SharedStrings(workbook))
    return model, next(cell for cell in model.formulas.values() if cell.sheet.name == "Page")


ONE_CELL = {
    'XLOOKUP("x",UnitValues[date],UnitValues[[ BD ]],-1)': True,
    "IFERROR(XLOOKUP(A1,UnitValues[date],UnitValues[[ BD ]]),0)*2": True,
    'XLOOKUP("x",UnitValues[date],UnitValues[[Equity Fund]:[ BD ]])': False,
    "XLOOKUP(A1:A3,UnitValues[date],UnitValues[[ BD ]])": False,
    "INDEX(UnitValues[[ BD ]],2)+SUM(UnitValues[[ BD ]])": True,
    "INDEX(UnitValues[[ BD ]],0)": False,
    "INDEX(UnitValues[[ BD ]],A1)": False,
    'INDEX(UnitValues[[ BD ]],MATCH("x",UnitValues[date],0))': True,
    'VLOOKUP("x",UnitValues[#All],2,FALSE)': True,
    "VLOOKUP(UnitValues[date],UnitValues[#All],2,FALSE)": False,
    "ROUND(UnitValues[[ BD ]],2)": False,
    "SEQUENCE(A1)": False,
    "LARGE(UnitValues[[ BD ]],1)": True,
    "UNIQUE(UnitValues[date])": False,
    "IFERROR(AATR(1000,All+A1,3),XLOOKUP(1,UnitValues[date],UnitValues[[ BD ]]))": True,
    "AATR(1000,UnitValues[[ BD ]],3)": False,
    "AATR(1000,Each,3)": False,
    'UNIT_VALUE_AT(UnitValues[#All],"x",A1)': True,
    'UNIT_VALUE_AT(UnitValues[#All],"x",UnitValues[date])': False,
    "COUNTIF(UnitValues[date],UnitValues[date])": False,
    "SUMIFS(UnitValues[date],UnitValues[date],UnitValues[date])": False,
    "SUMIFS(UnitValues[[ BD ]],UnitValues[date],A1)": True,
    "SUBTOTAL(A1:A2,UnitValues[[ BD ]])": False,
    "SUBTOTAL(9,UnitValues[[ BD ]])": True,
    "AGGREGATE(14,6,UnitValues[[ BD ]],A1:A2)": False,
    "INDEX(SORT(UnitValues[[ BD ]]),2)": True,
    "INDEX(SORT(UnitValues[[Equity Fund]:[ BD ]]),2)": False,
    "INDEX(FILTER(UnitValues[[ BD ]],UnitValues[[ BD ]]>1,A1:C1),1)": False,
    "LET(_xlpm.x,XLOOKUP(1,UnitValues[date],UnitValues[[ BD ]]),_xlpm.x*2)": True,
    "LET(_xlpm.x,UnitValues[[ BD ]],_xlpm.x*2)": False,
    "LET(_xlpm.x,UnitValues[[ BD ]],_xlpm.y,SUM(_xlpm.x),_xlpm.y+A1)": True,
    "LET(_xlpm.x,1,LET(_xlpm.x,UnitValues[date],_xlpm.x))": False,
    "PERFORMANCE_TABLE(UnitValues[#All],A1)": False,
    "Round*2": False,
}


@pytest.mark.parametrize(("formula", "one"), ONE_CELL.items(), ids=list(ONE_CELL))
def test_what_gives_one_cell_is_told_by_its_text(of_page: tuple[Model, FormulaCell], formula: str, one: bool) -> None:
    model, cell = of_page
    assert gives_one_cell(parse(formula), cell, model) is one


SAME_SIZE = {
    "UnitValues[[ BD ]]*2": True,
    "SORT(UnitValues[[ BD ]])": True,
    "XLOOKUP(UnitValues[date],UnitValues[date],UnitValues[[ BD ]])": True,
    "XLOOKUP(A1,UnitValues[date],UnitValues[[Equity Fund]:[ BD ]])": False,  # one cell where nothing is found
    "IF(UnitValues[[ BD ]]>1,UnitValues[date],0)": True,
    "IF(A1>1,UnitValues[date],0)": False,
    "IFERROR(UnitValues[[ BD ]]/2,0)": True,
    "CHOOSE({1,2},UnitValues[date],UnitValues[[ BD ]])": True,
    "CHOOSE(A1,UnitValues[date],0)": False,
    "FILTER(UnitValues[[ BD ]],UnitValues[[ BD ]]>1)": False,
    "SORT(UNIQUE(UnitValues[date]))": False,
    "SEQUENCE(A1)": False,
    "INDEX(UnitValues[[ BD ]],0)": True,
    "INDEX(UnitValues[[ BD ]],A1)": False,
    "AATR(1000,UnitValues[[ BD ]],3)": True,
    "CONTRACT_PATH(UnitValues[#All],A1)": False,
    "SUM(FILTER(UnitValues[[ BD ]],UnitValues[[ BD ]]>1))": True,
}


@pytest.mark.parametrize(("formula", "keeps"), SAME_SIZE.items(), ids=list(SAME_SIZE))
def test_whose_size_hangs_on_values_is_told_by_the_text(
    of_page: tuple[Model, FormulaCell], formula: str, keeps: bool
) -> None:
    model, cell = of_page
    assert keeps_its_size(parse(formula), cell, model) is keeps


def test_a_filter_that_lets_more_through_was_cut_off_and_summed(tmp_path: Path) -> None:
    """As many rows as before, but other values: Excel fills more cells than are stored, LibreOffice those alone."""
    path, source = made(tmp_path / "book.xlsx"), tmp_path / "values.csv"
    lines = [[day, 14.3, *values] for day, _first, *values in ROWS]  # all three are above 14.15 now, one was
    lines = [",".join("" if value is None else str(value) for value in row) for row in [HEADS, *lines]]
    source.write_text("\n".join(lines) + "\n")
    _, output = run("refresh", path, "--from", source, "--table", "UnitValues", "--accept-revisions")
    page = openpyxl.load_workbook(path, data_only=True)["Page"]
    assert listed(output) == {"Page!E1"}
    assert page["E1"].value == 14.2
    assert [page.cell(row, 3).value for row in (1, 2, 3)] == pytest.approx([28.6] * 3)
    assert (page["F1"].value, page["I1"].value) == pytest.approx((42.9, 85.8))


@pytest.mark.parametrize("calc", [True, False])
def test_a_result_that_spills_anew_was_cut_off_and_summed(tmp_path: Path, calc: bool) -> None:
    path, source = made(tmp_path / "book.xlsx"), tmp_path / "values.csv"
    lines = [",".join("" if value is None else str(value) for value in row) for row in [HEADS, *MORE]]
    source.write_text("\n".join(lines) + "\n")
    _, output = run("refresh", path, "--from", source, "--table", "UnitValues", *([] if calc else ["--no-calc"]))
    book = openpyxl.load_workbook(path, data_only=True)
    page = book["Page"]
    assert [page.cell(row, 1).value for row in range(1, 1 + len(SUMS))] == pytest.approx(list(SUMS.values()))
    assert book["UV"]["B6"].value == pytest.approx(56.6)
    assert listed(output) >= {"Page!C1", "Page!E1", "Page!I1", "Page!J1", "Page!J2"}
    assert not {"Page!J3", "Page!J4"} & listed(output)
    assert [page.cell(row, 3).value for row in (1, 2, 3)] == [28, 28.2, 28.4]  # whole, as they were
    assert (page["E1"].value, page["I1"].value, page["J1"].value) == (14.2, 84.6, 1)
    if calc:  # one value, and an array that is fixed to its cells, are no matter of size
        assert "Page!H1" not in listed(output)
        assert page["F1"].value == pytest.approx(28.5)
        assert [page.cell(row, 7).value for row in (1, 2, 3)] == pytest.approx([42, 42.3, 42.6])


def test_arrays_of_two_sizes_had_what_libreoffice_leaves_out(tmp_path: Path) -> None:
    """Excel gives #N/A where one of two arrays has no cell; LibreOffice computes what both have."""
    path, source = tmp_path / "book.xlsx", tmp_path / "values.csv"
    book = xlsxwriter.Workbook(str(path))
    sheet, page = book.add_worksheet("UV"), book.add_worksheet("Page")
    columns = [{"header": "fund"}, {"header": "value"}]
    sheet.add_table("A1:B4", {"name": "Prices", "data": [["A", 1], ["B", 2], ["C", 3]], "columns": columns})
    sheet.write_column("H1", [1, 2, 3])
    page.write_formula("A1", "=SUMPRODUCT((Prices[value]=UV!H1:H3)*1)", None, 3)
    page.write_formula("A2", "=A1+1", None, 4)
    page.write_formula(
        "A3", '=IF(ROWS(Prices[value])=ROWS(UV!H1:H3),SUMPRODUCT(--(Prices[value]=UV!H1:H3)),"other")', None, 3
    )
    book.close()
    source.write_text("fund,value\nA,1\nB,2\nC,4\nD,5\n")
    _, output = run("refresh", path, "--from", source, "--table", "Prices")
    values = openpyxl.load_workbook(path, data_only=True)["Page"]
    assert listed(output) == {"Page!A1", "Page!A2"}
    assert [values.cell(row, 1).value for row in (1, 2, 3)] == [3, 4, "other"]


def test_the_room_below_a_whole_row_was_looked_at_cell_by_cell(tmp_path: Path) -> None:
    """A million rows of 16,384 cells up to one far below: all of them are taken for room."""
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Page")
    page.write_formula("A1", "=1", None, 1)
    page.write_number("D1000000", 1)
    book.close()
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    columns = range(1, MAX_COLUMN + 1)
    assert model.blank_until("page", 3, MAX_ROW, lambda row: [(row, column) for column in columns]) == MAX_ROW
    assert model.blank_until("page", 3, MAX_ROW, lambda row: [(row, 4)]) == 999_999
