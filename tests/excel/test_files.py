"""The .xlsm and the .xlam: complete, reproducible, read back by others, and opened by LibreOffice without repair."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from programs import needs_calc
from pyopenvba import ExcelFile, check_file

from xl_flexextra import catalogue
from xl_flexextra.errors import Refused
from xl_flexextra.hosts.excel import files, wrappers
from xl_flexextra.ooxml.vba import embed

from . import checks, office

FUNCTIONS = catalogue.functions()
NAMES = [f.name for f in FUNCTIONS]
ROOT = Path(__file__).parents[2]


def small(path=None, **cells):
    """A workbook of two sheets, one hidden, with plain, nested, spilling and native formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(path or out, {} if path else {"in_memory": True})
    sheet = book.add_worksheet("First")
    sheet.write_formula("A1", "=AATR(1000,1506.43,5)", None, 0.0854)
    sheet.write_formula("A2", "=IF(A1>0,ROUND(aatr(1000,1506.43,5),4),0)", None, 0.0854)
    sheet.write_formula("A3", '=IF(A1>0,"AATR(x)",SUM(A1:A2))', None, "AATR(x)")
    sheet.write_formula("A4", "=MY_AATR(1)", None, 1)
    sheet.write_dynamic_array_formula("C1:C2", "=AATR({1000;2000},1506.43,5)", None, 0.0854)
    sheet.write_number("C2", -0.05)
    sheet.write_formula("F3", "=AATR(1000,1506.43,5)", None, 0.0854)
    sheet.add_table("E2:F3", {"columns": [{"header": "a"}, {"header": "b"}]})
    sheet.write_formula("F3", "=AATR(1000,1506.43,5)", None, 0.0854)
    sheet.insert_button("H1", {"macro": cells.get("macro", "FlexRefresh"), "caption": "Refresh data"})
    sheet.set_tab_color("#112233")
    book.add_worksheet("Second").hide()
    book.close()
    return out.getvalue()


def test_the_update_is_complete(update):
    assert checks.file_problems((update / "update.xlsm").read_bytes(), NAMES) == []


def test_the_add_in_is_complete(update):
    assert checks.file_problems((update / "FlexExtra.xlam").read_bytes(), NAMES, addin=True) == []


def test_the_same_input_gives_the_same_file(update):
    again = files.macro_workbook(update / "update.xlsx", FUNCTIONS)
    assert again == (update / "update.xlsm").read_bytes()
    assert files.addin(FUNCTIONS) == (update / "FlexExtra.xlam").read_bytes()


def test_parts_that_macros_do_not_touch_keep_their_bytes(update):
    before = zipfile.ZipFile(update / "update.xlsx")
    after = zipfile.ZipFile(update / "update.xlsm")
    same = [n for n in before.namelist() if before.read(n) == after.read(n)]
    changed = set(before.namelist()) - set(same)
    touched = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    assert all(n in touched or n.startswith("xl/worksheets/sheet") for n in changed)
    assert len(same) > 20


@pytest.mark.parametrize("name", ["update.xlsm", "FlexExtra.xlam"])
def test_two_other_readers_get_the_same_source(update, name):
    data = zipfile.ZipFile(update / name).read("xl/vbaProject.bin")
    by_olevba = checks.sources(data)
    count = len(zipfile.ZipFile(update / name).read("xl/workbook.xml").split(b"<sheet ")) - 1
    wanted = wrappers.modules(FUNCTIONS, [f"Sheet{n}" for n in range(1, count + 1)], addin=name.endswith("xlam"))
    assert set(by_olevba) == {m.name for m in wanted}
    with ExcelFile(str(update / name)) as other:
        for module in wanted:
            text = module.text.replace("\r\n", "\n").strip()
            assert by_olevba[module.name].replace("\r\n", "\n").strip() == text
            read = other.vba_project().get_module(module.name).source
            assert read.replace("\r\n", "\n").strip() == text


@pytest.mark.parametrize("name", ["update.xlsm", "FlexExtra.xlam"])
def test_another_tools_check_of_the_whole_file_finds_nothing(update, name):
    checked = check_file(str(update / name))
    assert checked.complete
    assert not checked.issues


def test_every_button_of_the_update_has_its_macro_and_none_is_missing(update):
    archive = zipfile.ZipFile(update / "update.xlsm")
    drawn = [n for n in archive.namelist() if n.endswith(".vml")]
    text = "".join(archive.read(n).decode() for n in drawn)
    assert all(f"<x:FmlaMacro>[0]!{macro}</x:FmlaMacro>" in text for macro in wrappers.BUTTON_MACROS.values())
    assert all(caption in text for caption in wrappers.BUTTON_MACROS)


def test_stored_values_are_kept_and_nothing_is_computed_on_opening(update):
    before = openpyxl.load_workbook(update / "update.xlsx", data_only=True)
    after = openpyxl.load_workbook(update / "update.xlsm", data_only=True)
    compared = 0
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                assert after[sheet.title][cell.coordinate].value == cell.value
                compared += cell.value is not None
    assert compared > 3000
    assert b"fullCalcOnLoad" not in zipfile.ZipFile(update / "update.xlsm").read("xl/workbook.xml")


def test_formulas_of_one_cell_stay_plain_and_spilling_ones_arrays():
    """LibreOffice computes array formulas on opening: without the functions a true stored value would become an error."""
    data = files.with_macros(small(), "small.xlsm", FUNCTIONS)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A1"><f>AATR(' in sheet
    assert '<c r="A2"><f>' in sheet
    assert '<c r="A3" t="str"><f>' in sheet
    assert '<c r="A4"><f>' in sheet
    assert '<c r="C1" cm="1"><f t="array" ref="C1:C2">' in sheet
    assert '<c r="F3"><f>AATR(' in sheet
    assert sheet.count('cm="1"') == sheet.count('t="array"') == 1


def test_a_button_without_its_macro_is_refused():
    with pytest.raises(Refused, match="FlexRefesh"):
        files.with_macros(small(macro="FlexRefesh"), "small.xlsm", FUNCTIONS)


def test_a_workbook_with_macros_is_refused():
    once = files.with_macros(small(), "small.xlsm", FUNCTIONS)
    with pytest.raises(Refused, match="macros already"):
        files.with_macros(once, "small.xlsm", FUNCTIONS)


def test_chart_sheets_are_refused_by_name():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet().write("A1", 1)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet1!$A$1:$A$1"})
    book.add_chartsheet().set_chart(chart)
    book.close()
    with pytest.raises(Refused, match="chart sheets"):
        files.with_macros(out.getvalue(), "charts.xlsm", FUNCTIONS)


@pytest.mark.parametrize(
    ("formula", "calls"),
    [
        ("AATR(1,2,3)", True),
        ("IF(A1,aatr (1,2,3),0)", True),
        ('"AATR("&A1', False),
        ('"say ""AATR("" "&AATR(1,2,3)', True),
        ("MY_AATR(1)", False),
        ("AATR", False),
        ("[1]!AATR(1,2,3)", False),
        ("CONTRACT_AATR(A1)", False),
    ],
)
def test_what_counts_as_a_call(formula, calls):
    assert embed.mentions(formula, ["AATR"]) is calls


@needs_calc
def test_libreoffice_opens_the_update_with_its_macros(update, tmp_path):
    started = office.Office(tmp_path)
    try:
        document = started.open(update / "update.xlsm")
        assert document.Sheets.Count == 15
        assert set(wrappers.BUTTON_MACROS.values()) <= set(procedures(document))
        document.close(True)
    finally:
        started.close()


def procedures(document):
    """The procedures of the buttons' module as LibreOffice holds them."""
    import re

    text = document.BasicLibraries.getByName("FlexExtra").getByName("FlexButtons")
    return re.findall(r"^Public Sub (\w+)", text, re.MULTILINE)
