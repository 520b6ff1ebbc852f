"""Whatever happens: the old file or the new one, no other; a true journal; nothing left behind."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.files import atomic
from xl_flexextra.ooxml.package import Package
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.restore import restore
from xl_flexextra.sync.target import ClosedFile

from .conftest import long_csv, template

pytestmark = pytest.mark.windows
KILLS = int(os.environ.get("XL_FLEXEXTRA_KILLS", "60"))

# A server that forks a child for each refresh, so that hundreds of kills take seconds.
_WORKER = """
import os, sys
from pathlib import Path
from xl_flexextra.sync.refresh import Request, refresh
import pyarrow.csv, pyarrow.compute, xl_flexextra.recalculation.dependents
book, source = Path(sys.argv[1]), sys.argv[2]
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.close(0)
        try:
            refresh(Request(book, source, accept_revisions=True))
        except BaseException:
            os._exit(3)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print('over', flush=True)
"""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob("*") if p.name.startswith(".~flexextra")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX: needs fork")
def test_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    old = template(6)
    book, source = tmp_path / "update.xlsx", tmp_path / "prices.csv"
    source.write_text(long_csv(30))
    book.write_bytes(old)
    refresh(Request(book, str(source)))
    book.write_bytes(old)
    took = time.perf_counter()
    refresh(Request(book, str(source)))
    took = time.perf_counter() - took
    new = digest(book)
    before = hashlib.sha256(old).hexdigest()
    chance = random.Random(20260611)
    seen = {before: 0, new: 0}
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(book), str(source)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for _ in range(KILLS):
            book.write_bytes(old)
            journal.repair(book)
            known = len(journal.read(book))
            worker.stdin.write("go\n")
            worker.stdin.flush()
            child = int(worker.stdout.readline())
            time.sleep(chance.uniform(0, took * 1.3))
            with contextlib.suppress(ProcessLookupError):  # it was faster
                os.kill(child, signal.SIGKILL)
            assert worker.stdout.readline().strip() == "over"
            after = digest(book)
            assert after in seen, "neither the old file nor the new one"
            seen[after] += 1
            events = journal.current(book)
            if len(events) > known:  # it came as far as announcing the change: the journal says how it ended
                assert (events[-1].outcome == journal.DONE) == (after == new)
            else:
                assert after == before
        worker.stdin.close()
    assert seen[before] > 0
    book.write_bytes(old)
    refresh(Request(book, str(source), accept_revisions=True))
    assert digest(book) == new
    assert leftovers(tmp_path) == []
    assert all(e.outcome != journal.PLANNED for e in journal.read(book))
    assert journal.read(book)[-1].outcome == journal.DONE


def test_a_run_killed_after_the_replacement_is_found_out_from_the_hashes(
    book: Path, more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = journal.append

    def die_at_the_end(path: Path, record: dict) -> None:
        if record.get("event") == "outcome":
            raise KeyboardInterrupt
        real(path, record)

    monkeypatch.setattr(journal, "append", die_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        refresh(Request(book, str(more)))
    monkeypatch.undo()
    assert [e.outcome for e in journal.read(book)] == [journal.PLANNED]
    assert [e.outcome for e in journal.current(book)] == [journal.DONE]
    with journal.path_of(book).open("ab") as file:
        file.write(b'{"event": "refresh", "half a li')
    refresh(Request(book, str(more)))
    assert [e.outcome for e in journal.read(book)] == [journal.DONE, journal.UNCHANGED]


def test_a_planned_change_that_never_came_is_said_so(book: Path) -> None:
    journal.append(book, {"event": "refresh", "id": "1", "before": digest(book), "after": "0" * 64})
    assert [e.outcome for e in journal.current(book)] == [journal.FAILED]
    book.write_bytes(template(7))
    assert [e.outcome for e in journal.current(book)] == [journal.UNKNOWN]


def _full_disk(tmp_path: Path) -> Path:
    """A folder on a file system of 400 KB, or a skip where none can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("POSIX: mounting a small file system needs root")
    ran = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True)
    if ran.returncode:
        pytest.skip("POSIX: a small file system cannot be mounted here")
    return folder


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    folder = _full_disk(tmp_path)
    try:
        book, source = folder / "update.xlsx", tmp_path / "prices.csv"
        book.write_bytes(template(6))
        source.write_text(long_csv(8))
        old = digest(book)
        refusals = []
        for free in range(0, 120_000, 4_096):
            room = os.statvfs(folder)
            fill = room.f_bavail * room.f_frsize - free
            (folder / "filler").write_bytes(b"\0" * max(fill, 0))
            try:
                refresh(Request(book, str(source)))
            except Refused as error:
                refusals.append(str(error))
                assert digest(book) == old
                assert leftovers(folder) == []
                (folder / "filler").unlink()
                continue
            break
        assert len(refusals) > 3
        assert all("space" in sentence for sentence in refusals)
        assert digest(book) != old
        assert {e.outcome for e in journal.current(book)} <= {journal.DONE, journal.FAILED}
        assert journal.current(book)[-1].outcome == journal.DONE
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("step", ["write", "fsync", "replace", "backup", "journal"])
def test_an_error_at_any_step_leaves_the_old_file(
    book: Path, more: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    old = digest(book)

    def fail(*_args: object, **_keywords: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "write":
        monkeypatch.setattr("xl_flexextra.ooxml.package.Package.write", fail)
    elif step == "fsync":
        monkeypatch.setattr(atomic.os, "fsync", fail)
    elif step == "replace":
        monkeypatch.setattr(atomic, "_put", fail)
    elif step == "backup":
        monkeypatch.setattr(atomic.shutil, "copyfileobj", fail)
    else:
        real = os.fsync
        monkeypatch.setattr(journal.os, "fsync", lambda handle: fail() if _is_journal(handle, book) else real(handle))
    with pytest.raises(Refused):
        refresh(Request(book, str(more)))
    monkeypatch.undo()
    assert digest(book) == old
    assert leftovers(book.parent) == []
    assert all(e.outcome == journal.FAILED for e in journal.current(book))


def _is_journal(handle: int, book: Path) -> bool:
    path = journal.path_of(book)
    return path.exists() and os.path.samestat(os.fstat(handle), path.stat())


def test_a_source_that_ends_midway_changes_nothing(book: Path, more: Path) -> None:
    old = digest(book)
    text = more.read_bytes()
    for end in range(30, len(text) - 1, 37):
        more.write_bytes(text[:end])
        try:
            outcome = refresh(Request(book, str(more)))
        except FlexExtraError:
            continue
        finally:
            assert not leftovers(book.parent)
        if outcome.written:  # cut at a place where the file is whole as far as it goes: only new rows may come of it
            assert all(not p.removed and not p.revised_cells for p in outcome.plans)
            assert any("end" in f.what for f in outcome.findings)
            restore(book)
        assert digest(book) == old


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="POSIX: rights do not bind root")
def test_a_read_only_folder_is_refused(book: Path, more: Path) -> None:
    book.parent.chmod(0o555)
    try:
        with pytest.raises(Refused, match="rights"):
            refresh(Request(book, str(more)))
    finally:
        book.parent.chmod(0o755)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="POSIX: needs root to become somebody else")
def test_a_read_only_folder_is_refused_for_an_ordinary_user(book: Path, more: Path) -> None:
    old = digest(book)
    book.parent.chmod(0o555)
    for folder in book.parents:
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            refresh(Request(book, str(more)))
        except Refused:
            os._exit(7)
        except BaseException:
            os._exit(8)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    book.parent.chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 7
    assert digest(book) == old


@pytest.mark.skipif(os.name == "nt", reason="POSIX: modes of files")
def test_the_mode_is_kept_and_a_link_stays_a_link(book: Path, more: Path, tmp_path: Path) -> None:
    book.chmod(0o640)
    link = tmp_path / "elsewhere"
    link.mkdir()
    (link / "link.xlsx").symlink_to(book)
    refresh(Request(link / "link.xlsx", str(more)))
    assert stat.S_IMODE(book.stat().st_mode) == 0o640
    assert (link / "link.xlsx").is_symlink()


def test_temporary_files_of_the_dead_are_swept_and_those_of_the_living_stay(book: Path, more: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (book.parent / f".~flexextra-abc-{dead.pid}.tmp").write_bytes(b"half")
    (book.parent / f".~flexextra-abc-{living.pid}.tmp").write_bytes(b"at work")
    refresh(Request(book, str(more)))
    assert leftovers(book.parent) == [f".~flexextra-abc-{living.pid}.tmp"]
    living.communicate(b"\n")


@pytest.mark.parametrize(
    ("name", "content", "who"),
    [
        ("~$update.xlsx", b"\x0aJane Smith" + b" " * 44 + b"\x0a\x00J\x00a\x00", "Excel by Jane Smith"),
        (".~lock.update.xlsx#", b",jane,host,23.11.2026 10:00,file:///x;", "LibreOffice by jane"),
    ],
)
def test_a_workbook_that_is_open_is_refused_and_who_has_it_is_named(
    book: Path, more: Path, name: str, content: bytes, who: str
) -> None:
    (book.parent / name).write_bytes(content)
    with pytest.raises(Refused, match=who):
        refresh(Request(book, str(more)))
    with pytest.raises(Refused, match=who):
        restore(book)


def test_two_refreshes_at_once_are_refused(book: Path, more: Path) -> None:
    with atomic.lock(book), pytest.raises(Refused, match="Another refresh"):
        refresh(Request(book, str(more)))
    assert not list(book.parent.glob("*.lock"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX: Windows takes no file away that is open")
def test_a_lock_whose_file_its_holder_takes_away_in_between_is_taken_anew(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    calls: list[int] = []
    lock, flock = book.with_name(f".{book.name}.flexextra.lock"), fcntl.flock

    def late(handle: int, how: int) -> None:
        if not calls:
            lock.unlink()  # opened, and not yet locked
        calls.append(how)
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with atomic.lock(book):
        assert lock.is_file()
        with pytest.raises(Refused, match="Another refresh"), atomic.lock(book):
            pass
    assert not lock.exists()
    assert len(calls) == 3


@pytest.mark.skipif(os.name == "nt", reason="POSIX: filelock is the lock of Windows")
@pytest.mark.parametrize(("number", "works"), [(errno.ENOSYS, True), (errno.EIO, False)])
def test_a_file_system_without_locks_has_those_of_filelock_and_another_error_is_said(
    book: Path, monkeypatch: pytest.MonkeyPatch, number: int, works: bool
) -> None:
    import fcntl

    def none(_handle: int, _how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", none)
    if not works:
        with pytest.raises(Refused, match="so nothing was changed"), atomic.lock(book):
            pass
        return
    with pytest.warns(UserWarning, match="SoftFileLock"), atomic.lock(book):
        assert list(book.parent.glob(".*.lock"))
    assert not list(book.parent.glob(".*.lock"))


def test_a_workbook_that_somebody_else_saves_meanwhile_is_not_overwritten(book: Path, more: Path) -> None:
    other = template(3)

    def step(text: str) -> None:
        if text == "Writing the workbook":
            book.write_bytes(other)

    with pytest.raises(Refused, match="somebody else"):
        refresh(Request(book, str(more), progress=step))
    assert book.read_bytes() == other
    assert leftovers(book.parent) == []


def test_backups_are_pruned_oldest_first(book: Path) -> None:
    for _ in range(atomic.KEEP_BACKUPS + 3):
        atomic.back_up(book, "before-refresh")
    kept = atomic.backups(book)
    assert len(kept) == atomic.KEEP_BACKUPS
    assert kept == sorted(kept)
    shutil.rmtree(atomic.backup_folder(book))


def test_restore_goes_back_step_by_step(book: Path, tmp_path: Path) -> None:
    states = [book.read_bytes()]
    for months in (7, 8):
        source = tmp_path / f"{months}.csv"
        source.write_text(long_csv(months))
        assert refresh(Request(book, str(source))).written
        states.append(book.read_bytes())
    assert re.match(r"as it was before the refresh of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", restore(book).state)
    assert book.read_bytes() == states[1]
    restore(book)
    assert book.read_bytes() == states[0]
    newest = atomic.backups(book)[-1]
    with pytest.raises(FlexExtraError, match=f"nothing to restore .*--backup {newest.name}"):
        restore(book)
    assert restore(book, newest.name).state.startswith("as it was before the restore of ")
    assert book.read_bytes() == states[1]
    restore(book, atomic.backups(book)[0].name)
    assert book.read_bytes() == states[2]
    events = [(e.data["event"], e.outcome) for e in journal.read(book)]
    assert events == [("refresh", "done")] * 2 + [("restore", "done")] * 4


def test_a_restore_takes_no_backup_but_the_one_it_brings_back(book: Path, more: Path) -> None:
    refresh(Request(book, str(more)))
    for _ in range(atomic.KEEP_BACKUPS + 3):
        atomic.back_up(book, "before-restore")
    book.write_bytes(template(3))
    before = atomic.backups(book)
    brought = before[5].name
    restore(book, brought)
    assert [p.name for p in before if p not in atomic.backups(book)] == [brought]
    assert len(atomic.backups(book)) == atomic.KEEP_BACKUPS


def test_a_damaged_backup_is_not_brought_back(book: Path, more: Path) -> None:
    refresh(Request(book, str(more)))
    now = book.read_bytes()
    backup = atomic.backups(book)[0]
    backup.write_bytes(backup.read_bytes()[:2000])
    with pytest.raises(Refused, match="damaged"):
        restore(book)
    assert book.read_bytes() == now


def test_a_copy_that_is_not_sound_is_still_read_to_its_end_before_it_goes(tmp_path, monkeypatch):
    """Its hash is taken beside the check; Windows would leave a file behind that is open when it is to go."""
    book = tmp_path / "Book.xlsx"
    book.write_bytes(template())
    there: list[bool] = []

    def slow(path: Path) -> str:
        time.sleep(0.2)
        there.append(path.exists())
        return digest(path)

    def unsound(_package: Package, _path: Path) -> None:
        raise Refused("The new file could not be verified, so nothing was replaced.")

    package = Package.open(book)
    monkeypatch.setattr(atomic, "sha256", slow)
    monkeypatch.setattr(Package, "verify", unsound)
    with pytest.raises(Refused, match="could not be verified"):
        ClosedFile(book).write(package, [], lambda _digest: None)
    assert there == [True]
    assert leftovers(tmp_path) == []
