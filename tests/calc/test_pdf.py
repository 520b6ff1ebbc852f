"""What ``pdf`` prints, and what it says of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.errors import Refused

UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def book(path: Path, page: str = "Open") -> Path:
    made = xlsxwriter.Workbook(path)
    for name in (page, "Other", "Secret", "Deep"):
        sheet = made.add_worksheet(name)
        sheet.write_string("A1", f"text of {name}")
        if name != "Other":
            sheet.print_area("A1:B9")
    made.get_worksheet_by_name("Secret").hide()
    made.get_worksheet_by_name("Deep").very_hidden()
    sheet = made.get_worksheet_by_name("Other")
    for row, formula in enumerate(("=1/0", '=MATCH("x",A1:A1,0)', "=NoSuchName+1", "=1+1"), start=1):
        sheet.write_formula(row, 0, formula, None, 1)
    sheet.write_formula("D1", "=1/0", None, 1)
    sheet.set_column("D:D", None, None, {"hidden": True})
    made.get_worksheet_by_name(page).write_formula("A20", "=1/0", None, 1)  # outside of what is printed
    made.close()
    return path


def test_hidden_sheets_are_not_printed_though_they_have_print_areas(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx")
    CliRunner().invoke(app, ["pdf", str(path)])
    text = text_of(tmp_path / "book.pdf")
    assert "text of Open" in text
    assert "text of Other" in text
    assert "Secret" not in text
    assert "Deep" not in text


@pytest.mark.parametrize("sheet", ["Secret", "Deep"])
def test_a_hidden_sheet_is_not_printed_by_its_name(tmp_path: Path, sheet: str) -> None:
    path = book(tmp_path / "book.xlsx")
    result = CliRunner().invoke(app, ["pdf", str(path), "--sheet", "Open", "--sheet", sheet])
    assert isinstance(result.exception, Refused)
    assert f"its sheet '{sheet}' is hidden, and hidden sheets are not printed; show it first" in str(result.exception)
    assert not (tmp_path / "book.pdf").exists()


def test_errors_on_printed_sheets_are_named_and_end_with_1(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx")
    result = CliRunner().invoke(app, ["pdf", str(path)])
    assert result.exit_code == 1
    assert "3 printed cells show errors: Other!A2 #DIV/0!, Other!A3 #N/A, Other!A4 #NAME?." in result.output
    result = CliRunner().invoke(app, ["pdf", str(path), "--sheet", "Open", "--force"])
    assert result.exit_code == 0, result.output


def test_the_published_page_is_what_is_printed(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", page="Update")
    result = CliRunner().invoke(app, ["pdf", str(path)])
    assert result.exit_code == 0, result.output
    assert text_of(tmp_path / "book.pdf").split() == ["text", "of", "Update"]
    shutil.copy(UPDATE, tmp_path / "u.xlsx")
    result = CliRunner().invoke(app, ["pdf", str(tmp_path / "u.xlsx")])
    assert result.exit_code == 0, result.output
    assert result.output.strip().endswith("u.pdf (Update)")
    pages = subprocess.run(["pdfinfo", str(tmp_path / "u.pdf")], check=True, capture_output=True, text=True).stdout
    assert "Pages:           2" in pages


def test_what_libreoffice_cannot_compute_is_printed_as_the_file_has_it(tmp_path: Path) -> None:
    """Else a page shows the fallback of IFERROR for a good value."""
    made = xlsxwriter.Workbook(tmp_path / "vba.xlsx")
    page = made.add_worksheet("Update")
    page.write_formula("A1", "=IFERROR(MyVba(1),0)", None, 12.5)
    page.write_formula("A2", "=A1*2", None, 25)
    page.write_formula("A3", "=2+2", None, 7)
    made.close()
    result = CliRunner().invoke(app, ["pdf", str(tmp_path / "vba.xlsx")])
    assert text_of(tmp_path / "vba.pdf").split() == ["12.5", "25", "4"]
    assert "LibreOffice cannot compute Update!A1, Update!A2: it lacks a function" in result.output
    assert "They are printed as the file has them." in result.output
    assert result.exit_code == 0
    result = CliRunner().invoke(app, ["calc", "recalculate", str(tmp_path / "vba.xlsx")])
    assert "LibreOffice cannot compute Update!A1, Update!A2" in result.output


def test_an_array_of_a_function_that_libreoffice_lacks_is_printed_as_the_file_has_it(tmp_path: Path) -> None:
    """A native workbook could not be printed: a cell of an array formula cannot be set alone."""
    path = tmp_path / "native.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Update")
    sheet.write_dynamic_array_formula("A1:A2", "=NO_SUCH_FUNCTION(1)", None, 4711)
    sheet.write_number("A2", 4712)
    sheet.write_dynamic_array_formula("C1:C1", "=NO_SUCH_FUNCTION(2)", None, 4713)
    made.close()
    done = CliRunner().invoke(app, ["pdf", str(path)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    text = text_of(tmp_path / "native.pdf")
    assert "4711" in text
    assert "4713" in text
