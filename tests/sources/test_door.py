"""The door: devices, pipes, bombs, far cells, odd texts. Each is refused in a sentence, within 500 MB and 10 s of work."""

from __future__ import annotations

import datetime
import io
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from fuzz.more_doors import ods_bytes
from measured import CPU, measured
from openpyxl.worksheet.table import Table
from pyarrow import parquet

from xl_flexextra import sample
from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.files import child, door, in_child
from xl_flexextra.files.child import Child

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")]

MB = 500
CSV = "valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,10.5\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> int:
    """MB that --help takes."""
    return measured(tmp_path_factory.mktemp("help"), "--help").memory


@pytest.fixture(scope="module")
def update(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An update of the sample, as a workbook."""
    folder = tmp_path_factory.mktemp("update")
    assert measured(folder, "report", "--out", "update.xlsx", cpu=60).code == 0
    return folder / "update.xlsx"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A small workbook with a table of unit values."""
    return small(tmp_path / "book.xlsx")


def small(path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["valuation_date", "EQUITY"])
    sheet.append([datetime.date(2008, 6, 30), 10.0])
    sheet.append([datetime.date(2008, 7, 31), 10.5])
    sheet.add_table(Table(displayName="UnitValues", ref="A1:B3"))
    made.save(path)
    return path


def edited(source: Path, target: Path, edit: Callable[[str, bytes], bytes]) -> Path:
    """A workbook with other parts, packed as small as can be."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for info in old.infolist():
            new.writestr(info.filename, edit(info.filename, old.read(info)))
    assert target.stat().st_size < door.HONEST
    return target


def refused(folder: Path, plain: int, *args: object, said: str = "", patience: int = 0) -> None:
    done = measured(folder, *args, door=patience)
    assert done.code == 2, done
    assert "Error" in done.said  # also in the box that a wrong argument gets
    assert "Traceback" not in done.said
    assert "panicked" not in done.said
    assert re.search(said, done.said), done.said
    assert done.memory - plain < MB
    assert done.seconds < CPU


def bounded(folder: Path, plain: int, *args: object) -> None:
    """Done or refused, within the bounds."""
    done = measured(folder, *args, cpu=2 * CPU)
    assert done.code in (0, 1, 2), done
    assert done.memory - plain < MB, done
    assert done.seconds < CPU, done


FAR = {
    "a TAB before r": b'<c\tr="XFD1048576"><v>1</v></c>',
    "a line end before r": b'<c\nr="XFD1048576"><v>1</v></c>',
    "blanks around =": b'<c r = "XFD1048576"><v>1</v></c>',
    "another attribute first": b'<c s="0" r="XFD1048576"><v>1</v></c>',
    "single quotes": b"<c\tr='XFD1048576'><v>1</v></c>",
    "sixteen columns": b'<c r="P1048576"><v>1</v></c>',
    "an error": b'<c r="XFD1048576" t="e"><v>#N/A</v></c>',
}


@pytest.mark.parametrize("cell", FAR.values(), ids=FAR)
@pytest.mark.parametrize("kind", ["refresh", "report"])
def test_a_far_cell_ended_the_process_with_a_trace(cell: bytes, kind: str, book: Path, plain: int) -> None:
    def far(name: str, data: bytes) -> bytes:
        row = b'<row r="1048576">' + cell + b"</row></sheetData>"
        return data.replace(b"</sheetData>", row) if name == "xl/worksheets/sheet1.xml" else data

    edited(book, book.with_name("far.xlsx"), far)
    args = ["refresh", book, "--from", "far.xlsx#Sheet", "--table", "UnitValues"]
    if kind == "refresh":
        (book.parent / "m.toml").write_text('[[table]]\nname = "UnitValues"\nsource = "far.xlsx"\nsheet = "Sheet"\n')
        args = ["refresh", book, "--mapping", "m.toml", "--no-calc"]
    else:
        args = ["report", "--unit-values", "far.xlsx#Sheet", "--terms", "flexible", "--out", "o.xlsx"]
    refused(book.parent, plain, *args, said=r"far|cells|memory")


def ods(path: Path, rows: list[bytes]) -> Path:
    path.write_bytes(ods_bytes(*rows))
    return path


CELL = b'<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
REPEATED = b'<table:table-cell table:number-columns-repeated="%d" office:value-type="float" office:value="1"/>'
ODS = {
    "many cells": [(b"<table:table-row>" + CELL * 100 + b"</table:table-row>") * 200] * 300,
    "repeated cells": [b'<table:table-row table:number-rows-repeated="1048576">' + REPEATED % 16384 + b"</table:table-row>"],
    "repeated errors": [
        b'<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16000" '
        b'table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>'
    ]
    * 60,
}


@pytest.mark.parametrize("rows", ODS.values(), ids=ODS)
def test_an_ods_of_two_megabytes_took_gigabytes(rows: list[bytes], book: Path, plain: int) -> None:
    ods(book.with_name("bomb.ods"), rows)
    refused(book.parent, plain, "refresh", book, "--from", "bomb.ods", "--table", "UnitValues", "--no-calc")
    refused(book.parent, plain, "report", "--unit-values", "bomb.ods", "--terms", "flexible", "--out", "o.xlsx")


def test_a_parquet_file_of_repeated_texts_took_gigabytes(book: Path, plain: int) -> None:
    texts = pa.array(["x" * 100]).take(np.zeros(2_000_000, np.int32))
    parquet.write_table(pa.table({"valuation_date": texts, "a": texts, "b": texts}), book.with_name("bomb.parquet"))
    refused(book.parent, plain, "refresh", book, "--from", "bomb.parquet", "--table", "UnitValues", said="would unpack")
    refused(book.parent, plain, "report", "--unit-values", "bomb.parquet", "--terms", "flexible", said="would unpack")
    refused(book.parent, plain, "store", "load", "s.sqlite", "--from", "bomb.parquet", said="would unpack")


def test_a_parquet_file_of_one_long_text_is_stopped(book: Path, plain: int) -> None:
    table = pa.table({"valuation_date": pa.array(["x" * (300 << 20)])})
    plainly = {"use_dictionary": False, "write_statistics": False}
    parquet.write_table(table, book.with_name("long.parquet"), compression="zstd", **plainly)
    refused(book.parent, plain, "refresh", book, "--from", "long.parquet", "--table", "UnitValues", said="memory")


def test_a_broken_parquet_file_is_a_sentence(book: Path, plain: int) -> None:
    parquet.write_table(pa.table({"valuation_date": ["2008-07-31"], "EQUITY": [1.0]}), book.with_name("v.parquet"))
    data = bytearray(book.with_name("v.parquet").read_bytes())
    for place in range(4, len(data) - 8, 7):
        data[place] ^= 0xFF
    book.with_name("v.parquet").write_bytes(data)
    refused(book.parent, plain, "refresh", book, "--from", "v.parquet", "--table", "UnitValues", said="v.parquet")


def many(part: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, data: re.sub(old, lambda m: new + m[0], data, count=1) if name == part else data


NAMES = b"".join(b'<definedName name="n%d">Data!$A$1</definedName>' % i for i in range(400_000))
MERGED = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (i, i) for i in range(100_000, 600_000))
BOOKS: dict[str, tuple[Callable[[str, bytes], bytes], bool]] = {
    "names": (many("xl/workbook.xml", rb"</definedNames>", NAMES), True),
    "styles": (many("xl/styles.xml", rb"</cellXfs>", b"<xf/>" * 1_000_000), True),
    "texts": (many("xl/sharedStrings.xml", rb"</sst>", b"<si><t>a</t></si>" * 1_000_000), False),
    "merged cells": (many("xl/worksheets/sheet1.xml", rb"</mergeCells>", MERGED), False),
    "blanks": (many("xl/worksheets/sheet2.xml", rb"</sheetData>", b" " * (300 << 20)), True),
    "empty cells": (many("xl/worksheets/sheet2.xml", rb"</row></sheetData>", b"<c/>" * 8_000_000), True),
}


@pytest.mark.parametrize(("edit", "never"), BOOKS.values(), ids=BOOKS)
def test_a_small_workbook_took_gigabytes_in_review_and_diff(
    edit: Callable[[str, bytes], bytes], never: bool, update: Path, tmp_path: Path, plain: int
) -> None:
    bad = edited(update, tmp_path / "bad.xlsx", edit)
    shutil.copy(sample.path("UnitValues"), tmp_path / "v.csv")
    shutil.copy(update, tmp_path / "good.xlsx")
    for args in (
        ["refresh", bad, "--from", "v.csv", "--table", "UnitValues", "--no-calc", "--accept-revisions"],
        ["refresh", "good.xlsx", "--from", bad, "--table", "UnitValues", "--no-calc", "--dry-run", "--accept-revisions"],
        ["review", bad, "--out", "r.xlsx", "--force"],
        ["diff", "good.xlsx", bad],
        ["report", "--unit-values", f"{bad}#UnitValues", "--terms", "single", "--out", "o.xlsx", "--force"],
    ):
        (refused if never else bounded)(tmp_path, plain, *args)
    for args in (["calc", "recalculate", bad], ["pdf", bad]) if never else ():
        refused(
            tmp_path, plain, *args, said="more than|times its size|would unpack|are not read"
        )  # LibreOffice never sees it


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "A1:ZZ1048576"])
def test_a_table_over_the_whole_sheet_was_laid_out(ref: str, update: Path, tmp_path: Path, plain: int) -> None:
    columns = 16384 if ref.startswith("A1:XFD") else 702
    listed = b"".join(b'<tableColumn id="%d" name="c%d"/>' % (i, i) for i in range(1, columns + 1))

    def wide(name: str, data: bytes) -> bytes:
        if b'displayName="Published"' not in data:
            return data
        data = re.sub(rb'ref="[A-Z]+\d+:[A-Z]+\d+"', b'ref="%s"' % ref.encode(), data)
        return re.sub(rb"<tableColumns.*</tableColumns>", b"<tableColumns>" + listed + b"</tableColumns>", data)

    bad = edited(update, tmp_path / "bad.xlsx", wide)
    for args in (["review", bad, "--out", "r.xlsx"], ["diff", update, bad]):
        bounded(tmp_path, plain, *args)
    bounded(tmp_path, plain, "report", "--unit-values", f"{bad}#Published", "--terms", "flexible", "--out", "o.xlsx")


QUERIES = {
    "endless rows": "with recursive r(n) as (select 1 union all select n+1 from r) select n a, n b, n c, n d, n e from r",
    "endless without a row": "with recursive r(n) as (select 1 union all select n+1 from r) select count(*) from r",
    "endless, kept apart": "with recursive r(n) as (select 1 union select n+1 from r) select max(n) from r",
    "long blobs": "select zeroblob(900000000) a, zeroblob(900000000) b",
    "long texts": "with recursive r(n) as (select 1 union all select n+1 from r) "
    "select printf('%.*c', 130000, 'x') a, printf('%.*c', 130000, 'y') b, printf('%.*c', 130000, 'z') c from r",
    "a long sort": "with recursive r(n) as (select 1 union all select n+1 from r limit 9999999) select n from r order by -n",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_without_end_is_stopped(query: str, book: Path, plain: int) -> None:
    sqlite3.connect(book.with_name("d.sqlite")).execute("create table t(a)")
    lines = f'[[table]]\nname = "UnitValues"\nsource = "d.sqlite"\nquery = """{query}"""\n'
    book.with_name("m.toml").write_text(lines)
    refused(book.parent, plain, "refresh", book, "--mapping", "m.toml", "--no-calc", said="d.sqlite", patience=1)


def test_a_journal_that_is_a_link_was_written_through(book: Path, plain: int) -> None:
    book.with_name("v.csv").write_text(CSV)
    victim = book.with_name("victim.txt")
    victim.write_text("keep me\n")
    book.with_name("book.xlsx.journal.jsonl").symlink_to(victim)
    for args in (["refresh", book, "--from", "v.csv", "--no-calc"], ["journal", book], ["restore", book]):
        refused(book.parent, plain, *args, said="link|backup")
    assert victim.read_text() == "keep me\n"


@pytest.mark.parametrize("name", ["book.xlsx.backups", ".book.xlsx.flexextra.lock"])
def test_a_lock_or_a_folder_of_backups_that_is_a_link_is_refused(name: str, book: Path, plain: int) -> None:
    elsewhere = book.parent / "elsewhere"
    elsewhere.mkdir()
    book.with_name(name).symlink_to(elsewhere if name.endswith("s") else elsewhere / "lock")
    book.with_name("v.csv").write_text(CSV.replace("10.5", "10.6"))
    before = book.read_bytes()
    refused(book.parent, plain, "refresh", book, "--from", "v.csv", "--accept-revisions", "--no-calc", said="is a link")
    assert book.read_bytes() == before
    assert not list(elsewhere.iterdir())


def test_a_backup_that_is_a_link_never_ended(book: Path, plain: int) -> None:
    folder = book.with_name("book.xlsx.backups")
    folder.mkdir()
    (folder / "20260101T000000000000Z-before-refresh.xlsx").symlink_to("/dev/zero")
    refused(book.parent, plain, "restore", book, said="is a link")


def test_a_book_with_a_second_name_on_the_disk_is_named(book: Path) -> None:
    os.link(book, book.with_name("same.xlsx"))
    book.with_name("v.csv").write_text(CSV.replace("10.5", "10.6"))
    done = measured(book.parent, "refresh", book, "--from", "v.csv", "--accept-revisions", "--no-calc")
    assert done.code in (0, 1)
    assert "hard link" in done.said
    book.with_name("same.xlsx").unlink()
    os.link(book, book.with_name("same.xlsx"))
    done = measured(book.parent, "restore", book)
    assert done.code == 0
    assert "hard link" in done.said


def test_an_honest_large_file_is_read_where_the_person_says_so(book: Path) -> None:
    row = b'<row r="%d"><c r="A%d"><v>0</v></c></row>'
    rows = b"".join(row % (n, n) for n in range(10, 1_000_000)) + b"</sheetData>"
    with zipfile.ZipFile(book) as old:
        second = old.read("xl/worksheets/sheet1.xml")

    def large(name: str, data: bytes) -> bytes:
        return second.replace(b"</sheetData>", rows) if name == "xl/worksheets/sheet1.xml" else data

    edited(book, book.with_name("large.xlsx"), large)
    book.with_name("v.csv").write_text(CSV)
    args = ["refresh", "large.xlsx", "--from", "v.csv", "--no-calc", "--dry-run"]
    done = measured(book.parent, *args)
    if done.code == 2:
        assert "--allow-large" in done.said
    assert measured(book.parent, *args, "--allow-large", cpu=60).code == 0


def test_a_child_that_sends_more_than_values_is_not_believed() -> None:
    class Evil:
        def __reduce__(self) -> object:
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError):
        child._Plain(io.BytesIO(pickle.dumps(("done", Evil())))).load()


@pytest.mark.parametrize("large", [b"", b"PAR1" * 100])
def test_what_follows_a_message_as_it_stands_arrives_whole_even_if_it_is_nothing(large: bytes) -> None:
    pipe = io.BytesIO()
    in_child.send(pipe, ("open", pickle.PickleBuffer(large), 7))
    in_child.send(pipe, ("next",))
    pipe.seek(0)
    data, follows = in_child.received(pipe)
    assert child._Plain(io.BytesIO(data), buffers=[follows]).load() == ("open", large, 7)
    assert pickle.loads(in_child.received(pipe)[0]) == ("next",)
    with pytest.raises(EOFError):
        in_child.received(pipe)


def test_what_follows_a_message_counts_among_its_bytes_before_it_is_taken_in() -> None:
    pipe = io.BytesIO()
    in_child.send(pipe, ("done", pickle.PickleBuffer(b"x" * 1000)))
    pipe.seek(0)
    with pytest.raises(ValueError, match="too long"):
        in_child.received(pipe, 1000)
    assert pipe.tell() == 16  # two numbers of eight bytes


def test_time_in_which_nobody_waits_for_a_child_is_not_its_time() -> None:
    ended = threading.Event()
    process = SimpleNamespace(kill=ended.set, pid=0)
    with child.watched(process, 1 << 40, 1 << 20, 0.05) as waited:
        waited(False)
        assert not ended.wait(0.2)
        waited(True)
        assert ended.wait(30)


def test_a_child_beyond_its_limits_is_a_sentence() -> None:
    started = Child("xl_flexextra.sources.parquet_child", "p.parquet", 10)
    started.ask("open", b"PAR1" * 10, 100)
    with pytest.raises((FlexExtraError, child.Failed)):
        started.ask("next")
    started._process.kill()
    with pytest.raises(Refused, match="cannot be read within"):
        started.ask("next")


SCRIPT = """
import sys, threading
from xl_flexextra.files.child import Child
held = Child("xl_flexextra.recalculation.ironcalc_child", "IronCalc", 10)
held.ask([], [], [], "")
def none(*_given, **_named):
    raise RuntimeError("can't start new thread")
if sys.argv[1] == "no thread":
    threading.Thread.start = none
held.let_go()
print(held._process.pid, flush=True)
if sys.argv[1] == "killed":
    held._process.kill()
held.let_go()
"""


@pytest.mark.skipif(os.name == "nt", reason="there a child is waited for")
@pytest.mark.parametrize("how", ["as usual", "no thread", "killed"])
def test_a_child_that_is_let_go_is_gone_with_its_parent(how: str) -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT, how], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.raises(ProcessLookupError):  # not even a zombie that nobody waited for
        os.kill(int(done.stdout), 0)
