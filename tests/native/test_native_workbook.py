"""The workbook that carries its functions: as the add-in's in every cell, computed by engines that are not ours."""

import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from book_checks import computed, formulas, is_aside, wrong
from call_book import ENGINES
from programs import needs_calc
from typer.testing import CliRunner

from xl_flexextra import catalogue
from xl_flexextra.cli.main import app
from xl_flexextra.hosts.calc import office
from xl_flexextra.hosts.native.definitions import definitions

FOLDER = Path(__file__).parents[2] / "workbooks"
BOOK, ADDIN = FOLDER / "flex_extra_native.xlsx", FOLDER / "flex_extra_performance_update.xlsx"
OWN_SHEETS = {"Native", "Functions", "Definitions"}


@pytest.fixture(scope="module")
def texts():
    return formulas(BOOK)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_every_cell_is_what_the_engine_computes(engine, tmp_path, texts):
    copy = tmp_path / BOOK.name
    copy.write_bytes(BOOK.read_bytes())
    cells = computed(copy, engine)
    assert {key: pair for key, pair in wrong(cells).items() if not is_aside(key, texts, engine)} == {}
    verdicts = [value for (sheet, address), (value, _) in cells.items() if sheet == "Tie-out" and re.match(r"I\d", address)]
    assert verdicts.count("ties") == 112
    assert cells["Tie-out", "D3"] == (112, 112)
    assert len(texts) > 3500


def test_the_text_of_every_cell_is_that_of_the_addins_workbook(texts):
    assert {key: text for key, text in texts.items() if key[0] not in OWN_SHEETS} == formulas(ADDIN)


def test_every_cell_that_calls_a_function_is_a_dynamic_array_and_nothing_is_calculated_on_opening(texts):
    with zipfile.ZipFile(BOOK) as file:
        book = file.read("xl/workbook.xml").decode()
        sheets = [file.read(part).decode() for part in file.namelist() if part.startswith("xl/worksheets/sheet")]
        assert "xl/metadata.xml" in file.namelist()
    assert "fullCalcOnLoad" not in book
    comments = re.findall(r'<definedName name="\w+" comment="([^"]*)"', book)
    assert len(comments) > 50
    assert max(map(len, comments)) < 256
    calls = re.compile(rf"\b(?:{'|'.join(catalogue.names())}|FX_HELP)\(")
    cells = [cell for sheet in sheets for cell in re.findall(r"<c [^>]*>(?:(?!</c>).)*</c>", sheet) if "<f" in cell]
    calling = [cell for cell in cells if calls.search(cell.partition("<f")[2].partition("</f>")[0])]
    assert len(calling) > 500
    assert not [cell for cell in calling if ' cm="1"' not in cell.partition(">")[0]]


def test_a_spilled_result_is_stored_whole():
    """By hand: the help of a function has a row for its first argument, and names its page last."""
    sheet = openpyxl.load_workbook(BOOK, data_only=True)["Functions"]
    rows = [[cell.value for cell in row] for row in sheet["A5:B40"]]
    assert ["terms", "Name of a shipped contract, or a range of term and value."] in rows
    assert ["page", "docs/functions.md#contract_aatr"] in rows


def test_every_function_has_a_live_example(texts):
    shown = " ".join(text for (sheet, _), text in texts.items() if sheet == "Functions")
    assert [name for name in definitions({}) if not name.startswith("FX_") and f"{name}(" not in shown] == []
    assert '=FX_HELP("CONTRACT_AATR")' in shown


def test_the_first_sheet_says_what_it_needs_and_who_answers(texts):
    sheet = openpyxl.load_workbook(BOOK, data_only=True).worksheets[0]
    said = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for word in ("Microsoft 365", "Excel 2024", "Excel for the web", "Mac", "add-in", "report THIS.xlsx --values"):
        assert word in said
    assert sheet["B4"].value == "the native formulas of this workbook"
    assert "FLEXEXTRA_VERSION()" in texts["Native", "B4"]


@needs_calc
def test_libreoffice_shows_no_count_of_ties_over_errors(tmp_path):
    """It has no LAMBDA, and shows the stored values of cells that call none."""
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    soffice, profile = str(office.find().soffice), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", filter_, "--outdir", str(tmp_path), str(BOOK)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    tie_out = [line.split(",") for line in (tmp_path / "flex_extra_native-Tie-out.csv").read_text().splitlines()]
    assert tie_out[8][6:9] == ["Err:508"] * 3  # a figure, its difference and its verdict
    assert tie_out[2][3:5] == ["Err:508"] * 2  # 112 of 112 tie
    assert tie_out[3][3] == "Err:508"  # none without a figure
    assert "Err:508" in (tmp_path / "flex_extra_native-Native.csv").read_text().splitlines()[3]


def test_native_and_values_are_two_things(tmp_path):
    done = CliRunner().invoke(app, ["report", "--native", "--values", "--out", str(tmp_path / "x.xlsx")])
    assert done.exit_code != 0
    assert "give one of the two" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
