"""Files, processes and locks of Windows itself: held by other programs in every way, by processes that live and that end."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest
from sync.conftest import long_csv, template

import xl_flexextra
from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.files import atomic, open_elsewhere, targets, windows
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.restore import restore
from xl_flexextra.sync.store import load_source, loads

pytestmark = pytest.mark.windows

READ, WRITE, DELETE = 1, 2, 4  # what a program that opens a file lets others do with it
GENERIC_READ, OPEN_EXISTING = 0x80000000, 3
MOMENT = 0.5


@contextlib.contextmanager
def held(path: Path, shares: int) -> Iterator[None]:
    """Another program has the file open and shares no more than this."""
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateFileW.restype = ctypes.c_void_p
    handle = kernel.CreateFileW(str(path), GENERIC_READ, shares, None, OPEN_EXISTING, 0, None)
    assert handle != ctypes.c_void_p(-1).value
    try:
        yield
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


@contextlib.contextmanager
def held_for_a_moment(path: Path, shares: int) -> Iterator[None]:
    """The same, let go of after half a second."""
    there = threading.Event()

    def hold() -> None:
        with held(path, shares):
            there.set()
            time.sleep(MOMENT)

    thread = threading.Thread(target=hold)
    thread.start()
    there.wait(30)
    try:
        yield
    finally:
        thread.join()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "update.xlsx"
    path.write_bytes(template(6))
    return path


@pytest.fixture
def more(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(long_csv(8))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("rf"))  # rf*.tmp: Wine's own


NOT_FOR_US = [0, READ, READ | WRITE]
WAYS = [sum(way) for count in range(4) for way in itertools.combinations((READ, WRITE, DELETE), count)]


@pytest.mark.parametrize("shares", NOT_FOR_US)
def test_a_file_that_another_program_holds_for_a_moment_is_replaced(tmp_path: Path, shares: int) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with held_for_a_moment(path, shares):
        atomic.replace(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.xlsx"]


@pytest.mark.parametrize("shares", WAYS)
def test_a_file_that_stays_held_is_replaced_or_left_as_it_was_and_never_a_third_thing(tmp_path: Path, shares: int) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with held(path, shares):
        wanted = b"new"
        try:
            atomic.replace(path, lambda file: file.write(b"new"))
        except Refused:
            wanted = b"old"
    assert shares not in NOT_FOR_US or wanted == b"old"
    assert path.read_bytes() == wanted
    assert [name for name in names(tmp_path) if not name.endswith(".old")] == ["a.xlsx"]
    atomic.sweep(tmp_path)
    assert names(tmp_path) == ["a.xlsx"]


@pytest.mark.parametrize("shares", NOT_FOR_US)
def test_a_scanner_that_looks_at_the_workbook_for_a_moment_does_not_stop_a_refresh(
    book: Path, more: Path, shares: int
) -> None:
    with held_for_a_moment(book, shares):
        assert refresh(Request(book, str(more))).written
    assert refresh(Request(book, str(more))).changed is False


def test_a_workbook_that_excel_holds_is_refused_at_once_and_stays(book: Path, more: Path) -> None:
    old = book.read_bytes()
    with held(book, READ):
        with pytest.raises(Refused, match="open in another program"):
            refresh(Request(book, str(more)))
        assert book.read_bytes() == old
    assert names(book.parent) == ["prices.csv", "update.xlsx"]


def test_a_file_that_is_mapped_into_memory_for_a_moment_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old" * 1000)
    there = threading.Event()

    def hold() -> None:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ):
            there.set()
            time.sleep(MOMENT)

    thread = threading.Thread(target=hold)
    thread.start()
    there.wait(30)
    atomic.replace(path, lambda file: file.write(b"new"))
    thread.join()
    assert path.read_bytes() == b"new"


def test_a_write_protected_workbook_is_refused_and_stays_so(book: Path, more: Path) -> None:
    old = book.read_bytes()
    book.chmod(0o444)
    try:
        with pytest.raises(Refused, match="write-protected"):
            refresh(Request(book, str(more)))
    finally:
        book.chmod(0o644)
    assert book.read_bytes() == old


def test_a_process_lives_until_it_ends(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert windows.runs(child.pid)
    assert windows.runs(os.getpid())
    child.communicate(b"\n")
    assert not windows.runs(child.pid)
    number = child.pid
    del child  # its handle is closed: the number is nobody's now
    assert not windows.runs(number)


def test_a_process_that_ended_with_the_number_that_means_still_active_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import os; os._exit(259)"])
    child.wait()
    assert not windows.runs(child.pid)


REPLACE = """
import sys, pathlib, time
from xl_flexextra.files import atomic
def wait(path):
    print(path.name, flush=True)
    sys.stdin.readline()
atomic.replace(pathlib.Path(sys.argv[1]), lambda file: file.write(b"new"), wait)
"""


def test_a_refresh_leaves_the_finished_file_of_another_one_in_the_same_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", REPLACE, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().startswith(".~flexextra-")  # written, closed, being checked
        assert atomic.sweep(tmp_path) == []
        other.stdin.write("\n")
        other.stdin.close()
        assert other.wait(60) == 0
    assert path.read_bytes() == b"new"


def test_a_lock_is_held_against_other_processes_and_leaves_no_file(book: Path, more: Path) -> None:
    code = (
        "import sys, pathlib\nfrom xl_flexextra.files import atomic\n"
        "with atomic.lock(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code, str(book)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        with pytest.raises(Refused, match="Another refresh"):
            refresh(Request(book, str(more)))
        other.kill()  # a lock of a process that was killed holds nobody up
        other.wait()
    assert refresh(Request(book, str(more))).written
    assert not list(book.parent.glob("*.lock"))


KILLED = """
import sys, pathlib, os
from xl_flexextra.files import atomic
from xl_flexextra.sync.record import journal
import filelock
book, wanted, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), 0
def audit(event, arguments):
    global count
    changes = event in ("os.rename", "os.remove", "os.rmdir", "ctypes.call_function", "os.mkdir", "os.truncate")
    if changes or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        count += 1
        if count == wanted:
            os._exit(77)
def announce(temporary):
    entry = {"event": "refresh", "id": "x" + sys.argv[2], "before": atomic.sha256(book), "after": atomic.sha256(temporary)}
    entry["backup"] = atomic.back_up(book, "before-refresh").name
    journal.append(book, entry)
sys.addaudithook(audit)
with atomic.lock(book):
    atomic.sweep(book.parent)
    journal.repair(book)
    atomic.replace(book, lambda file: file.write(b"new"), before=announce)
    journal.conclude(book, "x" + sys.argv[2], journal.DONE)
"""


def test_a_run_killed_between_any_two_steps_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """The steps of a refresh from its lock to its journal's last line: the process ends before each one in turn."""
    book = tmp_path / "update.xlsx"
    seen = set()
    packages = os.pathsep.join({str(Path(module.__file__ or "").parents[1]) for module in (filelock, xl_flexextra)})
    for step in range(1, 200):
        book.write_bytes(b"old")
        before = len(journal.read(book))
        run = [sys.executable, "-S", "-c", KILLED, str(book), str(step)]  # -S: 40 starts are quicker so
        done = subprocess.run(run, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": packages})
        content = atomic.resolve(book).read_bytes()
        assert content in (b"old", b"new")
        seen.add(content)
        events = journal.current(book)[before:]
        assert [event.outcome for event in events] == (
            [journal.DONE] if content == b"new" else [journal.FAILED] * len(events)
        )
        if done.returncode == 0:
            break
        assert done.returncode == 77, done.stderr.decode(errors="replace")[-500:]
    assert step > 8
    assert seen == {b"old", b"new"}
    assert [name for name in names(tmp_path) if "flexextra" in name] == []  # the last run swept what the others left


def test_a_run_that_another_program_ends_leaves_the_old_file_or_the_new_one(book: Path, more: Path) -> None:
    old = book.read_bytes()
    refresh(Request(book, str(more)))
    new = book.read_bytes()
    book.write_bytes(old)
    command = [sys.executable, "-m", "xl_flexextra.cli.main", "refresh", str(book), "--from", str(more), "--no-calc"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(3000):
        if list(book.parent.glob(".~flexextra-*.tmp")) or child.poll() is not None:
            break
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGTERM)  # TerminateProcess
    child.wait()
    assert atomic.resolve(book).read_bytes() in (old, new)
    with contextlib.suppress(FlexExtraError):
        refresh(Request(book, str(more)))
    assert book.read_bytes() == new
    assert [name for name in names(book.parent) if "flexextra" in name] == []


@pytest.mark.parametrize("name", ["nul.xlsx", "NUL", "con.xlsx", "com1.xlsx"])
def test_the_name_of_a_device_is_refused(tmp_path: Path, more: Path, name: str) -> None:
    with pytest.raises(FlexExtraError, match="device"):
        targets.refuse(tmp_path / name, True)
    with pytest.raises(FlexExtraError, match="device"):
        load_source(str(tmp_path / name), str(more), "unit_values")


def spellings(path: Path) -> Iterator[str]:
    yield str(path)
    yield path.as_posix()
    yield str(path).lower()
    yield rf"\\?\{path}"
    yield f"{path.drive}{path.name}"  # of this drive's own folder
    yield rf"{path.parent}\.\x\..\{path.name}"
    yield path.name


def test_every_way_to_write_a_path_leads_to_the_same_workbook(
    book: Path, more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.parent)
    for months, spelling in enumerate(spellings(book), start=8):
        more.write_text(long_csv(months + 1))
        assert refresh(Request(Path(spelling), str(more))).written, spelling
        restore(Path(spelling))
        assert refresh(Request(Path(spelling), str(more))).written, spelling
    assert len(journal.read(book)) == 3 * 7
    assert not [
        path
        for path in book.parent.iterdir()
        if path.name not in ("prices.csv", "update.xlsx") and "update" not in path.name
    ]


@pytest.mark.parametrize(
    "name", ["Übersicht 基金.xlsx", "e\u0301.xlsx", "a & b (1)!.xlsx", "100%.xlsx", "'x'.xlsx", "^caret.xlsx"]
)
def test_names_with_any_letter_are_refreshed_and_restored(tmp_path: Path, more: Path, name: str) -> None:
    book = tmp_path / name
    book.write_bytes(template(6))
    refresh(Request(book, str(more)))
    restore(book)
    assert atomic.backups(book)
    assert [entry.outcome for entry in journal.read(book)] == [journal.DONE] * 2


def test_a_store_lies_under_any_name_and_is_let_go_of(tmp_path: Path, more: Path) -> None:
    for name in ("store.sqlite", "Söhne 基 #1.sqlite", "a%20b.sqlite"):
        path = tmp_path / name
        load_source(str(path), str(more), "unit_values")
        assert len(loads(str(path))) == 1
        path.unlink()  # nothing holds it any more


def test_the_owner_file_of_excel_is_read_while_excel_holds_it(book: Path) -> None:
    owner = book.with_name(f"~${book.name}")
    owner.write_bytes(b"\x0aJane Smith" + b" " * 44)
    with held(owner, 0), pytest.raises(Refused, match="open in Excel"):
        open_elsewhere.refuse_open(book)
