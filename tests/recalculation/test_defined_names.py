"""What a formula needs through defined names: ranges, values, LAMBDAs that call one another."""

from pathlib import Path

import xlsxwriter

from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.refs import Range
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.formula_tree import ARRAY, ROW, Call, Literal, parse
from xl_flexextra.recalculation.workbook_model import Model

NATIVE = Path(__file__).parents[2] / "workbooks" / "flex_extra_native.xlsx"


def prepared(path: Path) -> Model:
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    model.prepare()
    return model


def test_the_help_of_a_native_workbook_was_listed_as_not_recomputed_after_every_refresh() -> None:
    model = prepared(NATIVE)
    assert [cell.address for cell in model.formulas.values() if cell.unclear] == []
    assert model.formulas["functions", 5, 1].text.startswith("FX_HELP(")
    assert model.formulas["functions", 5, 1].needs == []


def test_names_that_call_one_another_are_followed_to_their_ends_however_deep(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "names.xlsx")
    sheet = book.add_worksheet("Data")
    sheet.write_column("A1", [1, 2, 3])
    for at in range(1, 15):  # each calls the next one twice
        book.define_name(f"Step_{at}", f"=_xlfn.LAMBDA(_xlpm.x,Step_{at + 1}(_xlpm.x)+Step_{at + 1}(1))")
    book.define_name("Step_15", '=_xlfn.LAMBDA(_xlpm.x,SUM(Data!$A$1:$A$3)+SUM({1,-2;"a",TRUE}))')
    book.define_name("Again", "=_xlfn.LAMBDA(_xlop.n,IF(_xlfn.ISOMITTED(_xlop.n),Data!$A$2,Again(_xlop.n-1)))")
    book.define_name("Moving", "=INDIRECT(Data!$A$3)")
    for row, text in enumerate(["Step_1(2)", "Again(3)", "Moving+1", "Again()+Step_9(1)"]):
        sheet.write_formula(row, 3, f"={text}", None, 0)
    book.close()
    model = prepared(tmp_path / "names.xlsx")
    cells = [model.formulas["data", row, 4] for row in range(1, 5)]
    whole, second = ("data", Range(1, 1, 3, 1)), ("data", Range(2, 1, 2, 1))
    assert [cell.unclear for cell in cells] == [False, False, True, False]
    assert [set(cell.needs) for cell in cells] == [{whole}, {second}, {("data", Range(3, 1, 3, 1))}, {whole, second}]
    assert "SUM" in cells[0].functions
    assert "INDIRECT" in cells[2].functions


def test_arrays_of_constants_are_read() -> None:
    rows = [[Literal(1.0), Literal(-2.0)], [Literal("a;b"), Literal(True)]]
    assert parse('{1,-2;"a;b",TRUE}') == Call(ARRAY, tuple(Call(ROW, tuple(row), ROW) for row in rows), ARRAY)
