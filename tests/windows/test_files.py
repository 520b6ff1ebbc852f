"""Files as Windows keeps them, on a stand-in for its calls: held for a moment, moved and not replaced, names of devices."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xl_flexextra.errors import BadInput, Refused
from xl_flexextra.files import atomic, targets, windows

SHARING, LOCKED, DENIED, NOT_REMOVED, NOT_MOVED, MOVED_AWAY, MAPPED, NO_SUCH_CALL = 32, 33, 5, 1175, 1176, 1177, 1224, 50


class OfWindows(OSError):
    """An error with Windows' number, which Python gives it on Windows only."""

    def __init__(self, code: int) -> None:
        super().__init__(13, f"error {code} of Windows")
        self.number = code

    @property
    def winerror(self) -> int:
        return self.number


@pytest.fixture
def stood_in(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Windows' one call: it fails with these errors in turn, then succeeds; "killed" ends the run between the renames."""
    errors: list[object] = []

    def replace_file(old: Path, new: Path, kept: Path) -> None:
        error = errors.pop(0) if errors else None
        if error in (MOVED_AWAY, "killed"):
            os.replace(old, kept)
        if error == "killed":
            raise KeyboardInterrupt
        if isinstance(error, int):
            raise OfWindows(error)
        os.replace(old, kept)
        os.replace(new, old)

    monkeypatch.setattr(windows, "WINDOWS", True)
    monkeypatch.setattr(windows, "PAUSES", (0.0,) * 5)
    monkeypatch.setattr(windows, "_replace_file", replace_file)
    return errors


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "update.xlsx"
    path.write_bytes(b"old")
    return path


def put(path: Path) -> None:
    atomic.replace(path, lambda file: file.write(b"new"))


@pytest.mark.parametrize("code", [SHARING, LOCKED, DENIED, NOT_REMOVED, NOT_MOVED, MOVED_AWAY, MAPPED])
@pytest.mark.parametrize("times", [1, 5])
def test_a_file_that_is_held_for_a_moment_is_replaced_when_it_is_free(
    book: Path, stood_in: list[object], code: int, times: int
) -> None:
    stood_in += [code] * times
    put(book)
    assert book.read_bytes() == b"new"
    assert [p.name for p in book.parent.iterdir()] == [book.name]


@pytest.mark.parametrize("code", [SHARING, LOCKED, DENIED, NOT_REMOVED, NOT_MOVED, MOVED_AWAY, MAPPED])
def test_a_file_that_stays_held_is_left_as_it_was_and_nothing_beside_it(
    book: Path, stood_in: list[object], code: int
) -> None:
    stood_in += [code] * 6
    with pytest.raises(Refused, match="could not be replaced"):
        put(book)
    assert book.read_bytes() == b"old"
    assert [p.name for p in book.parent.iterdir()] == [book.name]


def test_a_file_system_without_the_call_is_served_by_a_plain_rename(book: Path, stood_in: list[object]) -> None:
    stood_in.append(NO_SUCH_CALL)
    put(book)
    assert book.read_bytes() == b"new"


def test_a_workbook_whose_run_was_killed_between_two_renames_gets_its_name_again(book: Path, stood_in: list[object]) -> None:
    stood_in.append("killed")
    with pytest.raises(KeyboardInterrupt):
        put(book)
    assert not book.exists()
    assert atomic.resolve(book) == book.resolve()
    assert book.read_bytes() == b"old"
    assert atomic.sweep(book.parent) == []


def test_the_old_file_that_a_killed_run_left_beside_the_new_one_is_swept(book: Path) -> None:
    kept = book.with_name(f".~flexextra-{book.name}.old")
    kept.write_bytes(b"old")
    assert atomic.sweep(book.parent) == [kept.name]
    assert book.read_bytes() == b"old"


def test_an_old_file_whose_workbook_is_missing_is_never_swept(book: Path) -> None:
    kept = book.with_name(f".~flexextra-{book.name}.old")
    book.rename(kept)
    assert atomic.sweep(book.parent) == []
    assert kept.read_bytes() == b"old"


def test_reading_waits_for_a_file_that_is_held_and_not_for_one_that_is_missing(book: Path, stood_in: list[object]) -> None:
    errors = [OfWindows(SHARING), PermissionError(13, "open() tells no more")]

    def read() -> bytes:
        if errors:
            raise errors.pop()
        return book.read_bytes()

    assert windows.patiently(read) == b"old"
    asked = []

    def missing() -> bytes:
        asked.append(1)
        raise FileNotFoundError(2, "none")

    with pytest.raises(FileNotFoundError):
        windows.patiently(missing)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "name", ["con", "NUL.xlsx", "aux.csv", "COM1.xlsx", "lpt9", "com\u00b2.txt", "prn .xlsx", "CONOUT$"]
)
def test_the_name_of_a_device_is_refused_before_a_report_vanishes_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(windows, "WINDOWS", True)
    with pytest.raises(BadInput, match="device"):
        targets.refuse(tmp_path / name, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("update.xlsx.", "dot or a blank"),
        ("update.xlsx ", "dot or a blank"),
        ("aa:b.xlsx", "':'"),
        ("what?.xlsx", r"'\?'"),
        ("a|b.xlsx", r"'\|'"),
        ('"x".xlsx', "'\"'"),
    ],
)
def test_a_name_that_windows_would_change_or_not_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setattr(windows, "WINDOWS", True)
    with pytest.raises(BadInput, match=said):
        targets.refuse(tmp_path / name, True)


@pytest.mark.parametrize(
    "name", ["console.xlsx", "nullable.csv", "com10.xlsx", "com.xlsx", "a.con.xlsx", "Übersicht 基.xlsx"]
)
def test_names_that_only_look_like_those_of_devices_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(windows, "WINDOWS", True)
    targets.refuse(tmp_path / name, True)


@pytest.mark.skipif(os.name == "nt", reason="these names are refused on Windows")
def test_elsewhere_such_names_are_plain_names(tmp_path: Path) -> None:
    targets.refuse(tmp_path / "nul.xlsx", True)
