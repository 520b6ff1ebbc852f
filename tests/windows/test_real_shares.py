"""A refresh on a network share and beyond 260 letters, spelled as Windows takes it, through Windows' own calls."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import wine
from commands import command
from sync.conftest import long_csv, template

from xl_flexextra.errors import Refused
from xl_flexextra.files import atomic
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.restore import restore
from xl_flexextra.sync.store import load_source, loads

pytestmark = pytest.mark.windows


def on_share(folder: Path) -> Path:
    """A new folder on a share: Wine's is a folder of its own, Windows' the drive that everybody with rights sees."""
    share = r"\\flexextra\share" if wine.UNDER_WINE else rf"\\localhost\{folder.drive[0]}$\Windows\Temp"
    return Path(share) / f"{uuid.uuid4().hex} Söhne 基"


def beyond(folder: Path) -> Path:
    """A folder whose name is just short enough, so that what stands beside a workbook in it is too long."""
    return folder.joinpath(*["d" * 40] * ((200 - len(str(folder))) // 41))


@pytest.fixture(params=[on_share, beyond])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made: Path = request.param(tmp_path)
    made.mkdir(parents=True)
    if wine.UNDER_WINE:  # its own gives the place that a share or a long name has on Linux, or none; Windows gives this
        monkeypatch.setattr(os.path, "realpath", lambda path, strict=False: os.path.abspath(os.fspath(path)))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_workbook_is_refreshed_and_restored_and_all_beside_it_is_there(folder: Path) -> None:
    book, more = folder / f"{'update ' * 4}Ü.xlsx", folder / "prices.csv"
    old = template(6)
    book.write_bytes(old)
    more.write_text(long_csv(8))
    real = atomic.resolve(book)
    assert str(real).startswith("\\\\")
    done = refresh(Request(book, str(more)))
    assert done.written
    assert len(atomic.backups(real)) == 1
    with atomic.lock(real), pytest.raises(Refused, match="Another refresh"):
        refresh(Request(book, str(more)))
    restore(book)
    assert book.read_bytes() == old
    assert [entry.outcome for entry in journal.read(real)] == [journal.DONE] * 2
    assert [path.name for path in folder.iterdir() if path.name.endswith((".lock", ".tmp", ".old"))] == []


def test_a_database_there_is_loaded_and_read_from(folder: Path) -> None:
    """For reading it is opened by an address, in which a share was taken for the name of a machine."""
    store, more, book = folder / "funds #1 基.sqlite", folder / "prices.csv", folder / "update.xlsx"
    more.write_text(long_csv(8))
    load_source(str(store), str(more), "unit_values")
    assert len(loads(str(store))) == 1
    store.unlink()  # nothing holds it
    with contextlib.closing(sqlite3.connect(store)) as made:
        made.execute("create table v (valuation_date text, EQUITY real)")
        made.execute("insert into v values ('2008-08-31', 10.5)")
        made.commit()
    book.write_bytes(template(6))
    read = read_source(TableMapping("UnitValues", str(store)), folder)
    assert read.table.to_pydict() == {"valuation_date": ["2008-08-31"], "EQUITY": [10.5]}


def test_a_report_is_written_there(folder: Path) -> None:
    out = folder / "update.xlsx"
    done = command("report", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 10_000
