"""The first sheet of each workbook says what to do with it: the month, where to sign, what to send."""

from __future__ import annotations

import shlex
from pathlib import Path

import openpyxl
import pytest
import typer

from xl_flexextra.cli import main

FOLDER = Path(__file__).parents[2] / "workbooks"
FIRST = {
    "flex_extra_performance_update.xlsx": "Start", "flex_extra_performance_update.xlsm": "Start",
    "flex_extra_review.xlsx": "Start", "blank_template.xlsx": "Start", "flex_extra_native.xlsx": "Native",
}  # fmt: skip
OPENS_ON = {"flex_extra_performance_update.xlsx": "Update", "flex_extra_review.xlsx": "Review"}


@pytest.fixture(scope="module", params=FIRST)
def book(request):
    return openpyxl.load_workbook(FOLDER / request.param, read_only=True), request.param


def test_the_first_sheet_tells_the_month_where_to_sign_and_what_to_send(book):
    workbook, name = book
    sheet = workbook.worksheets[0]
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert sheet.title == FIRST[name]
    assert any(text.startswith("xl-flexextra month ") for text in texts)
    assert any("Sheet Controls" in text or "sheet Controls" in text for text in texts) or name == "blank_template.xlsx"
    assert any("names, dates" in text for text in texts)
    assert "What to send" in texts
    assert any("pdf" in text.split() for text in texts)
    for text in texts:
        if text.startswith("xl-flexextra "):
            is_a_command(text)


def is_a_command(line):
    command, words = typer.main.get_command(main.app), shlex.split(line)[1:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("name", OPENS_ON)
def test_a_workbook_opens_on_what_a_reader_wants_to_see(name):
    workbook = openpyxl.load_workbook(FOLDER / name)
    assert workbook.active.title == OPENS_ON[name]
    assert [sheet.title for sheet in workbook.worksheets if sheet.sheet_view.tabSelected] == [OPENS_ON[name]]


def test_a_copy_of_values_is_for_reading(tmp_path):
    from xl_flexextra import workbook
    from xl_flexextra.update import report, update_inputs

    update = report.compute(update_inputs.sample_inputs())
    workbook.build(update, tmp_path / "v.xlsx", values_only=True)
    assert openpyxl.load_workbook(tmp_path / "v.xlsx", read_only=True).sheetnames[0] == "Update"


def test_start_named_a_sheet_that_an_update_without_printed_figures_has_not(tmp_path):
    from commands import run

    from xl_flexextra import sample

    given = [
        f"--unit-values={sample.path('UnitValues')}",
        "--terms=flexible",
        "--terms=single",
        f"--shares={sample.path('Shares')}",
    ]
    for more, tied in (((), False), ((f"--published={sample.path('Published')}",), True)):
        code, said = run("report", *given, *more, "--force", "--out", tmp_path / "u.xlsx")
        assert code in (0, 1), said
        workbook = openpyxl.load_workbook(tmp_path / "u.xlsx", read_only=True)
        texts = [str(cell) for row in workbook["Start"].iter_rows(values_only=True) for cell in row if cell]
        assert ("Tie-out" in workbook.sheetnames) is tied
        assert any(text.startswith("Sheet Tie-out") for text in texts) is tied
        assert any("has no sheet Tie-out" in text for text in texts) is not tied
