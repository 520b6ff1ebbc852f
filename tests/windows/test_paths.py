"""Paths and files that Wine cannot show, by Windows' documentation: long ones, shares, rights, clouds, lost networks."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest
from sync.conftest import long_csv, template

from xl_flexextra.errors import MissingData, Refused
from xl_flexextra.files import atomic, door, open_elsewhere, targets, windows
from xl_flexextra.sources import trust
from xl_flexextra.sources.read import one_table, parted
from xl_flexextra.sources.sql import _engine, sqlite_file
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Request, refresh

from .test_files import OfWindows

BOOK = "update.xlsx"


@pytest.fixture
def stood_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOWS", True)
    monkeypatch.setattr(windows, "PAUSES", (0.0,) * 5)


def spelled(text: str, beside: bool = False) -> str:
    return str(windows.spelled(PureWindowsPath(text), beside))  # type: ignore[arg-type, type-var]


def letters(start: str, count: int) -> str:
    """A path of so many letters."""
    folder = start + "\\"
    while count - len(folder) > 100:
        folder += "d" * 50 + "\\"
    return folder + "x" * (count - len(folder) - 5) + ".xlsx"


@pytest.mark.usefixtures("stood_in")
@pytest.mark.parametrize(("start", "long"), [("C:", "\\\\?\\C:"), (r"\\server\share", r"\\?\UNC\server\share")])
@pytest.mark.parametrize("count", [248, 259, 260, 261, 1000, 32000])
def test_a_path_beyond_the_limit_is_spelled_as_windows_wants_it(start: str, long: str, count: int) -> None:
    text = letters(start, count)
    assert len(text) == count
    assert spelled(text) == long + text[len(start) :]
    assert spelled(spelled(text)) == spelled(text)  # once


@pytest.mark.usefixtures("stood_in")
def test_a_path_within_the_limit_stays_as_a_person_writes_it() -> None:
    for text in (r"C:\a\b.xlsx", r"b.xlsx", r"\\server\share\b.xlsx", letters("C:", 247), "a\0b", r"\\?\C:\a" + "b" * 300):
        assert spelled(text) == text


@pytest.mark.usefixtures("stood_in")
def test_a_long_path_is_made_whole_because_behind_the_mark_nothing_is_left_out() -> None:
    folder = "\\".join(["d" * 50] * 5)
    wanted = rf"\\?\C:\{folder}\b.xlsx"
    assert spelled(rf"C:\{folder}\x\..\.\b.xlsx") == wanted
    assert spelled(f"C:/{folder}/b.xlsx".replace("\\", "/")) == wanted


@pytest.mark.usefixtures("stood_in")
def test_letters_count_as_windows_counts_them() -> None:
    """𝄞 is two of them."""
    assert spelled("C:\\" + "\U0001d11e" * 122) == "C:\\" + "\U0001d11e" * 122
    assert spelled("C:\\" + "\U0001d11e" * 123).startswith("\\\\?\\")


@pytest.mark.usefixtures("stood_in")
def test_a_workbook_whose_backups_would_be_beyond_the_limit_is_spelled_so_before_they_are() -> None:
    for count in range(150, 260):
        text = letters("C:", count)
        book = Path(spelled(text, beside=True).replace("\\", "/")) if os.name != "nt" else Path(spelled(text, beside=True))
        if not str(book).startswith(("//?/", "\\\\?\\")):
            stamp = "20260101T000000000000Z-before-restore.xlsx"
            beside = [atomic.backup_folder(book) / stamp, journal.path_of(book), atomic._kept(book)]
            beside += [
                book.with_name(f".{book.name}.flexextra.lock"), book.with_name(f".~flexextra-{'0' * 12}-4294967295.tmp"),
                atomic.backup_folder(book) / ".~flexextra-backup-4294967295.tmp",
            ]  # fmt: skip
            assert max(len(str(path)) for path in beside) < 260, count


def test_elsewhere_no_path_is_changed() -> None:
    assert windows.spelled(Path("/a" * 2000)) == Path("/a" * 2000) or os.name == "nt"


def test_files_are_asked_for_by_the_long_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a person's file is looked at, opened, replaced: the name goes through the one rule."""
    real = tmp_path / "real"
    real.mkdir()
    old = template(6)
    (real / BOOK).write_bytes(old)
    (real / "v.csv").write_text(long_csv(8))

    def long(path: Path, beside: bool = False) -> Path:
        return Path(os.fspath(path).replace("beyond 260", "real"))

    monkeypatch.setattr(windows, "spelled", long)
    there = tmp_path / "beyond 260" / BOOK  # the system knows no such folder
    assert door.is_file(there)
    assert door.is_folder(there.parent)
    assert door.read(there) == old
    assert atomic.resolve(there) == real / BOOK
    with pytest.raises(Refused, match="exists already"):
        targets.refuse(there, force=False)
    atomic.replace(there.with_name("new.xlsx"), lambda file: file.write(b"new"))
    assert (real / "new.xlsx").read_bytes() == b"new"
    assert refresh(Request(there, str(there.with_name("v.csv")))).written
    assert list((real / f"{BOOK}.backups").iterdir())
    assert (real / f"{BOOK}.journal.jsonl").is_file()
    assert sqlite_file(there.with_name("s.sqlite")).database == str(real / "s.sqlite")


@pytest.mark.parametrize(
    ("text", "said"),
    [(r"\\server\share\v.csv", "whole path"), (r"\\?\C:\v.csv", "whole path"), ("//server/share/v.csv", "whole")],
)
def test_a_mapping_that_nobody_trusts_names_no_share(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        trust.refuse_beyond("UnitValues", text, "book.xlsx")


@pytest.mark.parametrize("text", [r"\\server\share$\funds #1.csv", r"\\server\d$\v.csv", r"\\10.0.0.1\share\Söhne\v.csv"])
def test_a_file_on_a_share_is_a_file_and_no_address(text: str) -> None:
    assert one_table(text)
    assert parted(text, Path()) == (text, "")


def test_a_database_file_on_a_share_is_opened_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """file://server/share/x was refused by SQLite, which knows no machines: every sign of the path is quoted now."""
    asked: dict[str, str] = {}

    def connect(name: str, **_words: object) -> None:
        asked["name"] = name
        raise OSError

    import sqlite3

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    monkeypatch.setattr(Path, "absolute", lambda _path: PureWindowsPath(r"\\server\share\x #1?.sqlite"))
    with pytest.raises(OSError):  # noqa: PT011
        _engine(sqlite_file(tmp_path / "x.sqlite"), read_only=True).connect()
    assert asked["name"].startswith("file:%5C%5Cserver%5Cshare%5Cx%20%231%3F.sqlite?mode=ro")
    monkeypatch.undo()
    made = tmp_path / "a #1?%20.sqlite" if os.name != "nt" else tmp_path / "a #1%20.sqlite"
    sqlite3.connect(made).execute("create table t(a)")
    with _engine(sqlite_file(made), read_only=True).connect() as connection:
        assert connection.exec_driver_sql("select name from sqlite_master").scalar() == "t"
        with pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("create table u(a)")


class Fails:
    """A call of the system that fails so, and says how often it was asked."""

    def __init__(self, error: OSError) -> None:
        self.error, self.asked = error, 0

    def __call__(self, *_arguments: object, **_words: object) -> object:
        self.asked += 1
        raise self.error


def of_windows(code: int, errno: int) -> OSError:
    """An error as Python makes it of Windows' number; what it does not know becomes EINVAL."""
    made = OfWindows(code)
    made.errno, made.strerror = errno, f"error {code}"
    return made


DENIED = PermissionError(13, "Permission denied")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / BOOK
    path.write_bytes(template(6))
    return path


@pytest.mark.usefixtures("stood_in")
def test_a_folder_in_which_nothing_may_be_written_is_one_sentence_at_once(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tempfile.mkstemp tried 10,000 names there, because os.access knows nothing of access rights on Windows."""
    opened = Fails(DENIED)
    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(Refused, match=r"No file can be written in .*Permission denied.*check rights"):
        atomic.replace(book, lambda file: file.write(b"new"))
    assert opened.asked == 1


@pytest.mark.usefixtures("stood_in")
@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_file_that_one_may_not_read_is_one_sentence(book: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    monkeypatch.setattr(os, call, Fails(DENIED))
    with pytest.raises(Refused, match=r"update\.xlsx cannot be read \(Permission denied\); .*rights"):
        door.read(book)
    assert isinstance(door.unreachable(book, "The workbook") if call == "stat" else DENIED, Refused | PermissionError)


@pytest.mark.usefixtures("stood_in")
def test_a_workbook_in_a_folder_that_one_may_not_enter_was_said_not_to_be_there(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.os, "stat", Fails(DENIED))
    monkeypatch.setattr(Path, "resolve", lambda path, strict=False: path)
    monkeypatch.setattr(windows, "recover", lambda old, kept: None)
    with pytest.raises(Refused, match=r"The workbook .* cannot be read \(Permission denied\)"):
        atomic.resolve(book)


@pytest.mark.usefixtures("stood_in")
def test_a_workbook_that_one_may_read_only_is_refused_before_any_work(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", Fails(DENIED))
    with pytest.raises(Refused, match="write-protected"):
        open_elsewhere.refuse_open(book)


CLOUD = [362, 380, 386, 388, 389, 395, 404, 426]
NETWORK = [(53, 2), (67, 2), (64, 22), (59, 22), (65, 13), (121, 22), (1231, 22), (1326, 22)]


@pytest.mark.usefixtures("stood_in")
@pytest.mark.parametrize("call", ["stat", "open"])
@pytest.mark.parametrize("code", CLOUD)
def test_a_file_that_the_cloud_does_not_give_had_a_wrong_name(
    book: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    monkeypatch.setattr(os, call, Fails(of_windows(code, 22)))
    with pytest.raises(Refused, match=r"kept in the cloud and did not come; .*OneDrive.*Always keep on this device"):
        door.read(book)


PLACEHOLDER = SimpleNamespace(st_mode=0o100666, st_size=5000, st_file_attributes=0x400000 | 0x200 | 0x20)


@pytest.mark.usefixtures("stood_in")
def test_a_placeholder_of_which_c_only_says_that_it_failed_is_told_by_its_attributes(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens a file in C's way has no number of Windows to tell, only EINVAL."""
    monkeypatch.setattr(os, "open", Fails(OSError(22, "Invalid argument")))
    monkeypatch.setattr(os, "stat", lambda _path: PLACEHOLDER)
    with pytest.raises(Refused, match="kept in the cloud"):
        door.read(book)
    monkeypatch.undo()
    monkeypatch.setattr(os, "open", Fails(OSError(22, "Invalid argument")))
    with pytest.raises(Refused, match="cannot be read"):  # it is there, so its name is right
        door.read(book)


@pytest.mark.usefixtures("stood_in")
def test_a_placeholder_that_comes_when_it_is_read_is_a_file_like_any_other(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "stat", lambda _path: PLACEHOLDER)
    assert door.read(book) == book.read_bytes()


@pytest.mark.usefixtures("stood_in")
@pytest.mark.parametrize(("code", "errno"), NETWORK)
def test_a_network_that_is_gone_is_no_missing_file(
    book: Path, monkeypatch: pytest.MonkeyPatch, code: int, errno: int
) -> None:
    error = of_windows(code, errno)
    missing = FileNotFoundError(errno, "error")
    missing.winerror = code
    monkeypatch.setattr(os, "stat", Fails(missing if errno == 2 else error))
    with pytest.raises(Refused, match="server or network drive does not answer; connect it"):
        door.read(book)
    monkeypatch.setattr(Path, "resolve", lambda path, strict=False: path)
    monkeypatch.setattr(windows, "recover", lambda old, kept: None)
    with pytest.raises(Refused, match="server or network drive does not answer; connect it"):
        atomic.resolve(book)


@pytest.mark.usefixtures("stood_in")
def test_a_network_that_goes_while_a_workbook_is_replaced_leaves_it(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = book.read_bytes()
    monkeypatch.setattr(windows, "_replace_file", Fails(of_windows(64, 22)))
    monkeypatch.setattr(os, "replace", Fails(of_windows(64, 22)))
    with pytest.raises(Refused, match=r"could not be replaced .*nothing was changed; its server or network drive"):
        atomic.replace(book, lambda file: file.write(b"new"))
    assert book.read_bytes() == old
    assert [path.name for path in book.parent.iterdir()] == [BOOK]


@pytest.mark.usefixtures("stood_in")
@pytest.mark.parametrize("code", [2, 3, 15, 206])
def test_a_file_that_is_not_there_is_still_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    missing = FileNotFoundError(2, "none")
    missing.winerror = code
    monkeypatch.setattr(os, "stat", Fails(missing))
    with pytest.raises(MissingData, match="There is no file"):
        door.read(tmp_path / "none.csv")
    assert door.unreachable(tmp_path / "none.csv", "The file") is None
