"""A closed file and the open book are refreshed and restored in one way; what Excel starts by name is there."""

from __future__ import annotations

import importlib
import json
import re
import shutil

import pytest

from xl_flexextra import catalogue
from xl_flexextra.buttons import run as buttons
from xl_flexextra.hosts.excel import live, log, settings
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.restore import restore

from .openpyxl_engine import open_book
from .test_buttons import source


def lines(book):
    """The journal beside a workbook, without what differs from run to run."""
    found = [json.loads(line) for line in book.with_name(f"{book.name}.journal.jsonl").read_text().splitlines()]
    loose = ("id", "of", "at", "before", "after", "backup", "host", "recalculated", "restored")
    return [{key: value for key, value in line.items() if key not in loose} for line in found]


def kept(book):
    return [re.sub(r"^\w+Z-", "", path.name) for path in sorted(book.with_name(f"{book.name}.backups").iterdir())]


def test_the_open_book_and_the_closed_file_leave_the_same_journal_backups_and_table(update, tmp_path, monkeypatch):
    """The button had a journal of its own that lacked the cells, keys and findings."""
    monkeypatch.setattr(log, "folder", lambda: tmp_path / "flexextra" / "logs")
    file, held = tmp_path / "closed" / "update.xlsx", tmp_path / "open" / "update.xlsx"
    for path in (file, held):
        path.parent.mkdir()
        shutil.copy(update / "update.xlsx", path)
    data = source(tmp_path, revise=12.5)
    refresh(Request(file, data, accept_revisions=True))
    book = open_book(held)
    assert buttons.run(book, "refresh_apply", data)[0] == "OK"
    ours, theirs = lines(held), lines(file)
    for told in (*ours, *theirs):
        told.pop("stale", None), told.pop("notes", None)  # Excel recalculates, and the sheet of sources is the file's
    assert ours == theirs
    assert ours[0]["tables"]["UnitValues"]["cells"][0]["new"] == 12.5
    assert ours[0]["tables"]["UnitValues"]["added_keys"] == ["2008-08-31"]
    assert kept(held) == kept(file) == ["before-refresh.xlsx"]
    again = open_book(file)
    assert [c.value for c in column(book)] == [c.value for c in column(again)]
    restore(file)
    assert buttons.run(book, "restore_last_apply")[0] == "OK"
    assert [line["event"] for line in lines(held)] == [line["event"] for line in lines(file)]
    assert kept(held) == kept(file) == ["before-restore.xlsx"]


def column(book):
    """The cells of a fund in the table of unit values."""
    sheet, table = live.find_table(book, "UnitValues")
    top, height = table.range.row, table.range.shape[0]
    return [sheet.impl.cells.cell(top + row, 3) for row in range(height)]


def test_an_open_book_whose_tables_are_blocked_is_left_before_anything_is_kept(update, tmp_path, monkeypatch):
    monkeypatch.setattr(log, "folder", lambda: tmp_path / "flexextra" / "logs")
    shutil.copy(update / "update.xlsx", tmp_path / "update.xlsx")
    book = open_book(tmp_path / "update.xlsx")
    assert buttons.run(book, "refresh_apply", source(tmp_path))[0] == "OK"
    book.impl.filtered.add("UnitValues")
    before = kept(tmp_path / "update.xlsx")
    for action in ("restore_last", "restore_last_apply"):
        kind, text = buttons.run(book, action)
        assert kind == "ERR"
        assert "filter" in text
    assert kept(tmp_path / "update.xlsx") == before
    assert [line["event"] for line in lines(tmp_path / "update.xlsx")] == ["refresh", "outcome"]


@pytest.mark.parametrize("text", [settings.BUTTON, settings.SERVE])
def test_what_excel_starts_by_its_name_is_there(text):
    """No linter sees a module that is named in a string."""
    module, alias, call = re.fullmatch(r"import ([\w.]+) as (\w+);(.+)", text).groups()
    assert call.startswith(f"{alias}.")
    name = re.match(rf"{alias}\.(\w+)\(", call)[1]
    assert callable(getattr(importlib.import_module(module), name))


def test_the_module_that_serves_the_functions_is_there():
    served = importlib.import_module(settings.SERVED)
    assert set(served.__all__) == set(catalogue.names())
    assert all(callable(getattr(served, name)) for name in served.__all__)
