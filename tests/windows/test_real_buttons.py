"""The buttons as the macro presses them: the very command line through Windows' own shell, and its answer read back."""

from __future__ import annotations

import os
import re
import shutil
import site
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from excel.test_buttons import source, vba_command
from excel.vba_client import call, create

from xl_flexextra.hosts.excel import doctor, wrappers

pytestmark = pytest.mark.windows

# Excel's place is taken by an engine over a closed file, loaded when Python starts; the command stays the product's own
HOOK = "import os; exec(open(os.environ['FLEXEXTRA_TEST_HOOK']).read() if 'FLEXEXTRA_TEST_HOOK' in os.environ else '')\n"
OPEN = f"""
import pathlib, sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from excel.openpyxl_engine import open_book
open_book(pathlib.Path(os.environ['FLEXEXTRA_TEST_BOOK']))
"""


def temporary() -> Path:
    """As FlexTemporary asks for it."""
    folder = call(create("Scripting.FileSystemObject"), "GetSpecialFolder", 2, as_vba=False)
    return Path(call(folder, "Path", as_vba=False))


def press(action: str, answer: Path, chosen: str = "", book: str = "update book.xlsx") -> str:
    """As FlexRun and FlexRead do: WScript.Shell starts Python hidden and waits, and the answer is read as UTF-16."""
    command = vba_command(
        python=sys.executable, action=action, bookName=book, window="4711", chosen=chosen, answerFile=str(answer)
    )
    call(create("WScript.Shell"), "Run", command, 0, True, as_vba=False)
    files = create("Scripting.FileSystemObject")
    assert call(files, "FileExists", str(answer), as_vba=False) is True
    stream = call(files, "OpenTextFile", str(answer), 1, False, -1, as_vba=False)
    text = call(stream, "ReadAll", as_vba=False)
    call(stream, "Close", as_vba=False)
    call(files, "DeleteFile", str(answer), as_vba=False)
    assert call(files, "FileExists", str(answer), as_vba=False) is False
    return str(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder, with blanks and letters of other scripts."""
    made = tmp_path / "Jürgen 基 & Söhne"
    made.mkdir()
    monkeypatch.setenv("LOCALAPPDATA", str(made))
    return made


@pytest.fixture
def opened(folder: Path, update: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The update, open in what stands for Excel."""
    book = folder / "update book.xlsx"
    shutil.copy(update / "update.xlsx", book)
    hook = folder / "hook.py"
    hook.write_text(OPEN, encoding="utf-8")
    monkeypatch.setenv("FLEXEXTRA_TEST_BOOK", str(book))
    monkeypatch.setenv("FLEXEXTRA_TEST_HOOK", str(hook))
    started = Path(site.getsitepackages()[-1]) / "flexextra_test.pth"
    started.write_text(HOOK)
    yield book
    started.unlink()


def test_the_vba_asks_windows_objects_for_nothing_else() -> None:
    """What is tried here is what the macro does: its objects and their members, read from its source."""
    source = wrappers.source(wrappers.BUTTONS)
    made = re.findall(r'CreateObject\("([\w.]+)"\)(?:\.(\w+))?(?:\(\d\)\.(\w+))?', source)
    assert {name for name, *_ in made} == {"WScript.Shell", "Scripting.FileSystemObject", "htmlfile"}  # Wine has no htmlfile
    members = {member for name, *rest in made if name != "htmlfile" for member in rest if member}
    members |= set(re.findall(r"\b(?:files|stream)\.(\w+)", source))
    assert members == {
        "Run", "GetSpecialFolder", "Path", "FileExists", "OpenTextFile", "ReadAll", "Close", "DeleteFile",
    }  # fmt: skip
    assert not re.findall(r"\b(Kill|GetAttr|Open|Dir)\b", re.sub(r"'.*", "", source))  # which lose letters


def test_the_answer_stands_in_the_users_own_folder_whatever_the_letters_of_the_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VBA's Environ gave "?" for letters beyond the machine's code page: such a user's buttons got no answer."""
    for name in ("TMP", "TEMP"):
        monkeypatch.setenv(name, str(folder))
    assert temporary().samefile(folder)
    assert press("tie_out", temporary() / "flexextra-1.txt").startswith("ERR\nPython did not find the workbook")


def test_without_excel_the_button_answers_with_one_sentence(folder: Path) -> None:
    text = press("tie_out", folder / "answer Ü 基.txt")
    assert text.startswith("ERR\nPython did not find the workbook")


def test_the_diagnostics_reach_the_macro_whole(opened: Path, folder: Path) -> None:
    text = press("diagnostics", folder / "answer.txt")
    assert text.startswith("OK\nxl_flexextra ")
    assert "] Office: " in text.splitlines()[-1] or "[ok]" in text.splitlines()[-1]  # its last check: nothing is cut off
    assert text.count("\n[") == len(doctor.CHECKS)


def test_the_tie_out_of_the_update_is_counted(opened: Path, folder: Path) -> None:
    assert press("tie_out", folder / "answer.txt").startswith("OK\n112 of 112 published figures tie.")


def test_a_refresh_is_planned_and_done_from_a_file_with_any_name(opened: Path, folder: Path) -> None:
    named = folder / "Preise Ü 基 (2008).csv"
    shutil.move(source(folder), named)
    plan = press("refresh_plan", folder / "answer.txt", str(named))
    assert plan.startswith("ASK\nUnitValues: 1 row added")
    done = press("refresh_apply", folder / "answer.txt", str(named))
    assert done.startswith("OK\n")
    assert list(opened.with_name(f"{opened.name}.backups").iterdir())
    assert os.path.getsize(opened.with_name(f"{opened.name}.journal.jsonl")) > 0


def test_a_file_that_is_none_is_named(opened: Path, folder: Path) -> None:
    text = press("refresh_plan", folder / "answer.txt", str(folder / "none 基.csv"))
    assert text.startswith("ERR\n")
    assert "none 基.csv" in text
