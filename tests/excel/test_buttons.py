"""The buttons' own code: on a closed file through a small xlwings engine, and through the command line of the VBA."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xl_flexextra import sample
from xl_flexextra.buttons import run as excel_buttons
from xl_flexextra.errors import Refused
from xl_flexextra.hosts.excel import live, log, wrappers

from .openpyxl_engine import Rejected, open_book

pytestmark = pytest.mark.windows

NEW_MONTH = {"EQUITY": 12.345678}


@pytest.fixture
def built(update):
    return update / "update.xlsx"


@pytest.fixture
def book(built, tmp_path, monkeypatch):
    monkeypatch.setattr(log, "folder", lambda: tmp_path / "flexextra" / "logs")
    shutil.copy(built, tmp_path / "update.xlsx")
    return open_book(tmp_path / "update.xlsx")


def source(tmp_path, extra_month=True, revise=None, drop=0):
    """The sample's long CSV of unit values, with a month more, a value revised, or months less."""
    with sample.path("UnitValues").open(newline="") as file:
        rows = list(csv.reader(file))
    head, rows = rows[0], rows[1:]
    if drop:
        days = sorted({row[0] for row in rows})[:-drop]
        rows = [row for row in rows if row[0] in days]
    if revise:
        rows = [[d, f, str(revise)] if (d, f) == ("2008-06-30", "EQUITY") else [d, f, v] for d, f, v in rows]
    if extra_month:
        rows += [["2008-08-31", f, repr(round(float(v) * 1.01, 6))] for d, f, v in rows if d == "2008-07-31"]
    path = tmp_path / "new.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return str(path)


def table_of(book, name="UnitValues"):
    """Rows of a table as they are now in the open book."""
    sheet, table = live.find_table(book, name)
    top, left = table.range.row, table.range.column
    height, width = table.range.shape
    cells = sheet.impl.cells
    return [[cells.cell(top + r, left + c).value for c in range(width)] for r in range(height)]


def state(book):
    app = book.app.impl
    chosen = app.chosen
    return app.calculation, app.screen_updating, app.status_bar, book.impl.current, chosen.sheet.name, chosen.bounds


@pytest.mark.parametrize("name", ["update.xlsx.sync.toml", "update.sync.toml"])
@pytest.mark.parametrize("linked", [False, True])
def test_the_mapping_beside_the_workbook_is_the_one_that_the_command_takes(book, tmp_path, name, linked):
    """By either of its names, and beside the file that a link leads to."""
    if linked:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "update.xlsx").symlink_to(tmp_path / "update.xlsx")
        book = open_book(tmp_path / "home" / "update.xlsx")
    fewer = source(tmp_path, extra_month=False, drop=3)
    assert "3 rows removed" in excel_buttons.run(book, "refresh_plan", fewer)[1]
    (tmp_path / name).write_text('[[table]]\nname = "UnitValues"\nmode = "merge"\n')  # what the source lacks stays
    assert excel_buttons.run(book, "refresh_plan", fewer) == ("OK", excel_buttons._NOTHING)


def test_the_plan_is_shown_and_nothing_is_touched(book, tmp_path):
    before, was = table_of(book), state(book)
    kind, text = excel_buttons.run(book, "refresh_plan", source(tmp_path))
    assert kind == "ASK"
    assert "UnitValues: 1 row added, 0 cells changed, 0 rows removed (122 to 123 rows)" in text
    assert table_of(book) == before
    assert state(book)[:2] == was[:2]
    assert state(book)[3:] == was[3:]
    assert not (tmp_path / "update.xlsx.backups").exists()
    assert not (tmp_path / "update.xlsx.journal.jsonl").exists()


def test_a_refresh_fills_the_table_keeps_a_copy_and_writes_a_journal(book, tmp_path):
    before = table_of(book)
    kind, text = excel_buttons.run(book, "refresh_apply", source(tmp_path, revise=12.5))
    assert kind == "OK", text
    after = table_of(book)
    assert len(after) == len(before) + 1
    assert after[-1][0] == 39691  # 2008-08-31
    assert after[-1][1] == pytest.approx(before[-1][1] * 1.01, abs=1e-6)
    column = before[0].index("EQUITY")
    changed = [(o[0], n[column]) for o, n in zip(before[1:], after[1:], strict=False) if o[1:] != n[1:]]
    assert len(changed) == 1
    assert changed[0][1] == 12.5
    assert [line for line in before if line[0] == changed[0][0]]
    sheet, table = live.find_table(book, "UnitValues")
    last = table.range.row + len(after) - 1
    assert sheet.range((last, 1)).number_format == sheet.range((last - 1, 1)).number_format
    kept = list((tmp_path / "update.xlsx.backups").iterdir())
    assert len(kept) == 1
    assert kept[0].name.endswith("-before-refresh.xlsx")
    lines = [json.loads(line) for line in (tmp_path / "update.xlsx.journal.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["refresh", "outcome"]
    assert lines[0]["tables"]["UnitValues"]["added"] == 1
    assert lines[0]["tables"]["UnitValues"]["changed_cells"] == 1
    assert lines[1]["outcome"] == "done"


def test_everything_on_the_screen_is_as_it_was(book, tmp_path):
    book.app.impl._calculation = "semiautomatic"
    was = state(book)
    for action in ("refresh_plan", "refresh_apply", "restore_last", "restore_last_apply", "tie_out", "export_pdf"):
        excel_buttons.run(book, action, source(tmp_path))
        now = state(book)
        assert (now[0], now[1], now[3:]) == (was[0], was[1], was[3:]), action
        assert not now[2], action
    shown = [text for what, text in book.app.impl.seen if what == "status" and text]
    assert any("UnitValues" in text for text in shown)


def test_the_state_comes_back_after_an_error_in_the_middle(book, tmp_path, monkeypatch):
    was = state(book)
    monkeypatch.setattr(live, "write_table", lambda *_: 1 / 0)
    kind, text = excel_buttons.run(book, "refresh_apply", source(tmp_path))
    assert kind == "ERR"
    assert text.count(".") >= 1
    assert "ZeroDivisionError" in text
    assert "Traceback" not in text
    assert state(book)[0:2] == was[0:2]
    lines = [json.loads(line) for line in (tmp_path / "update.xlsx.journal.jsonl").read_text().splitlines()]
    assert lines[-1]["outcome"] == "not done"


def test_restore_last_takes_back_one_refresh_after_the_other(book, tmp_path):
    first = table_of(book)
    excel_buttons.run(book, "refresh_apply", source(tmp_path))
    second = table_of(book)
    excel_buttons.run(book, "refresh_apply", source(tmp_path, revise=12.5))
    assert table_of(book) != second
    kind, text = excel_buttons.run(book, "restore_last")
    assert (kind, "Take the last refresh back?" in text) == ("ASK", True)
    assert excel_buttons.run(book, "restore_last_apply")[0] == "OK"
    assert rounded(table_of(book)) == rounded(second)
    assert excel_buttons.run(book, "restore_last_apply")[0] == "OK"
    assert rounded(table_of(book))[: len(first)] == rounded(first)
    kind, text = excel_buttons.run(book, "restore_last")
    assert kind == "ERR"
    assert "nothing to restore" in text


def rounded(rows):
    """Dates as serials, so that what was never touched compares with what was written back."""
    import datetime

    epoch = datetime.datetime(1899, 12, 30)
    return [[(c - epoch).days if isinstance(c, datetime.datetime) else c for c in row] for row in rows]


def test_a_table_that_shrinks_leaves_nothing_below(book, tmp_path):
    excel_buttons.run(book, "refresh_apply", source(tmp_path, extra_month=False, drop=3))
    sheet, table = live.find_table(book, "UnitValues")
    assert table.range.shape[0] == 120
    below = table.range.row + 120
    assert all(sheet.impl.cells.cell(below + r, 1 + c).value is None for r in range(3) for c in range(8))


def test_the_same_data_changes_nothing(book, tmp_path):
    data = source(tmp_path, extra_month=False)
    for action in ("refresh_plan", "refresh_apply"):
        assert excel_buttons.run(book, action, data) == ("OK", excel_buttons._NOTHING)
    assert not (tmp_path / "update.xlsx.backups").exists()


def test_a_filtered_table_is_refused_by_name(book, tmp_path):
    book.impl.filtered.add("UnitValues")
    kind, text = excel_buttons.run(book, "refresh_plan", source(tmp_path))
    assert kind == "ERR"
    assert "'UnitValues'" in text
    assert "filter" in text


def test_a_protected_sheet_is_refused_by_name(book, tmp_path):
    sheet, _ = live.find_table(book, "UnitValues")
    book.impl.protected.add(sheet.name)
    kind, text = excel_buttons.run(book, "refresh_apply", source(tmp_path))
    assert kind == "ERR"
    assert repr(sheet.name) in text
    assert not (tmp_path / "update.xlsx.backups").exists()


def test_a_workbook_that_counts_from_1904_is_refused(book, tmp_path):
    book.impl.date1904 = True
    kind, text = excel_buttons.run(book, "refresh_plan", source(tmp_path))
    assert (kind, "1904" in text) == ("ERR", True)


def test_faults_in_the_data_stop_it_with_one_sentence(book, tmp_path):
    path = Path(source(tmp_path))
    path.write_text(path.read_text().replace("2008-08-31,EQUITY,", "2008-08-31,EQUITY,-"))
    before = table_of(book)
    kind, text = excel_buttons.run(book, "refresh_apply", str(path))
    assert kind == "ERR"
    assert "EQUITY" in text
    assert table_of(book) == before


def test_a_missing_file_is_one_sentence(book, tmp_path):
    kind, text = excel_buttons.run(book, "refresh_plan", str(tmp_path / "gone.csv"))
    assert kind == "ERR"
    assert "gone.csv" in text


def test_a_cell_in_edit_mode_is_waited_for_and_then_said(book, tmp_path, monkeypatch):
    monkeypatch.setattr(live, "PAUSE", 0.0)
    book.app.impl.busy = 3
    assert excel_buttons.run(book, "refresh_plan", source(tmp_path))[0] == "ASK"
    book.app.impl.busy = 10_000
    kind, text = excel_buttons.run(book, "refresh_plan", source(tmp_path))
    assert (kind, "Enter or Esc" in text) == ("ERR", True)
    assert book.app.impl.busy == 10_000 - live.ATTEMPTS


def test_other_errors_are_not_repeated(monkeypatch):
    monkeypatch.setattr(live, "PAUSE", 0.0)
    calls = []

    def fails():
        calls.append(1)
        raise KeyError("x")

    with pytest.raises(KeyError):
        live.patiently(fails)
    assert len(calls) == 1
    with pytest.raises(Refused):
        live.patiently(lambda: (_ for _ in ()).throw(Rejected()))


def test_tie_out_reads_112_of_112_and_names_what_is_open(book):
    assert excel_buttons.run(book, "tie_out") == ("OK", "112 of 112 published figures tie.")
    sheet = book.impl.shown["Tie-out"]
    sheet["I9"].value, sheet["I10"].value = "open", "#NAME?"
    kind, text = excel_buttons.run(book, "tie_out")
    assert kind == "OK"
    assert text.startswith("110 of 112")
    assert "1 cell holds an error" in text
    assert "open" in text


def test_the_pdf_stands_beside_the_workbook_and_holds_the_printed_sheets(book, tmp_path):
    kind, text = excel_buttons.run(book, "export_pdf")
    assert kind == "OK"
    assert str(tmp_path / "update.pdf") in text
    written = (tmp_path / "update.pdf").read_bytes()
    assert b"Tie-out" in written
    assert b"Unit values" not in written
    assert all(s.visible for s in book.sheets)


def test_a_pdf_that_is_open_elsewhere_is_one_sentence(book, monkeypatch):
    def held(*_args, **_options):
        raise RuntimeError(-2147352567, "Exception occurred.")

    monkeypatch.setattr(type(book.impl), "to_pdf", held)
    kind, text = excel_buttons.run(book, "export_pdf")
    assert kind == "ERR"
    assert text.startswith("update.pdf cannot be written; close it")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49", "-x", "@a", "12.5", "1,000", "5%", "'q", "0101", "1E5", "2008-01-31", "5 March", "1/2", "2 pm", "TRUE"],
)
def test_text_stays_text_when_it_is_written(text):
    assert live._cell(text) == "'" + text


@pytest.mark.parametrize("value", ["Equity", "2 pairs", 1.5, None, True])
def test_other_values_are_written_as_they_are(value):
    assert live._cell(value) is value


def test_a_book_that_was_never_saved_is_refused(tmp_path):
    import types

    book = types.SimpleNamespace(name="Book1", fullname="Book1")
    with pytest.raises(Refused, match="not been saved"):
        live.local_path(book, tmp_path)
    web = types.SimpleNamespace(name="u.xlsm", fullname="https://x.sharepoint.com/u.xlsm")
    assert live.local_path(web, tmp_path / "books") == tmp_path / "books" / "u.xlsm"


# the command line that the VBA builds


def vba_command(**values):
    """FlexButtonCommand, evaluated as VBA does: a chain of texts, Chr(34) and arguments."""
    source = wrappers.source(wrappers.SERVER)
    text = re.search(r"^    FlexButtonCommand = (.*)$", source, re.MULTILINE)[1]
    parts = re.findall(r'"((?:[^"]|"")*)"|Chr\((\d+)\)|(\w+)', text)
    assert " & ".join(f'"{a}"' if not (b or c) else f"Chr({b})" if b else c for a, b, c in parts) == text
    return "".join(values[c] if c else chr(int(b)) if b else a.replace('""', '"') for a, b, c in parts)


def windows_arguments(command):
    """How Windows splits a command: quotes group, blanks part."""
    return [a.replace('"', "") for a in re.findall(r'(?:[^\s"]|"[^"]*")+', command)]


def bare(folder):
    """The environment of a process with next to nothing in it; Wine tells Python the processor by this name alone."""
    kept = {name: os.environ[name] for name in ("PROCESSOR_ARCHITECTURE",) if name in os.environ}
    return {**kept, "LOCALAPPDATA": str(folder), "PATH": ""}


@pytest.mark.parametrize("action", ["tie_out", "refresh_plan"])
def test_the_very_command_line_of_the_vba_runs_the_button(built, tmp_path, action):
    folder = tmp_path / "My work"
    folder.mkdir()
    shutil.copy(built, folder / "update book.xlsx")
    answer = tmp_path / "answer file.txt"
    command = vba_command(
        python=sys.executable, action=action, bookName="update book.xlsx", window="4711", chosen=source(tmp_path),
        answerFile=str(answer),
    )  # fmt: skip
    program, *rest = windows_arguments(command)
    assert rest[:3] == ["-I", "-B", "-c"]
    code, arguments = rest[3], rest[4:]
    prelude = (  # Excel's place is taken by the engine over a closed file; everything else is the command's own
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "import pathlib; from excel.openpyxl_engine import open_book\n"
        f"open_book(pathlib.Path({str(folder / 'update book.xlsx')!r}))\n"
    )
    done = subprocess.run(
        [program, "-I", "-B", "-c", prelude + code, *arguments],
        env=bare(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = answer.read_text("utf-16")
    assert text.startswith("OK\n112 of 112" if action == "tie_out" else "ASK\nUnitValues: 1 row added")
    assert "--wb=update book.xlsx" in arguments
    assert "--hwnd=4711" in arguments


def test_without_excel_the_command_line_answers_with_one_sentence(tmp_path):
    answer = tmp_path / "a.txt"
    command = vba_command(
        python=sys.executable, action="tie_out", bookName="x.xlsm", window="1", chosen="", answerFile=str(answer)
    )
    done = subprocess.run(windows_arguments(command), env=bare(tmp_path), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    kind, _, text = answer.read_text("utf-16").partition("\n")
    assert kind == "ERR"
    assert "did not find the workbook" in text


class Broken:
    """A module that is found and does not load, as one of Rust on a processor that it does not know."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, name, *_):
        if name == self.name:
            raise RuntimeError("unknown feature flag")


@pytest.mark.parametrize(
    ("module", "said"), [("polars", "did not find the workbook"), ("xlwings", r"xlwings does not load \(RuntimeError\)")]
)
def test_a_library_that_does_not_load_never_leaves_the_button_without_an_answer(tmp_path, monkeypatch, module, said):
    """polars raised RuntimeError where it did not know the processor; the macro got no answer at all."""
    monkeypatch.setattr(log, "folder", lambda: tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] in (module, "xlwings")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(module), *sys.meta_path])
    answer = tmp_path / "a.txt"
    excel_buttons.main([f"--answer={answer}", "--action=tie_out", "--wb=none.xlsm"])
    assert re.match(rf"ERR\n.*{said}", answer.read_text("utf-16"))
