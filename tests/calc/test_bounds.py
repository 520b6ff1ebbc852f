"""LibreOffice runs under limits: what goes beyond them is one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from xl_flexextra.errors import Refused
from xl_flexextra.files import child, door
from xl_flexextra.hosts.calc import session


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active["A1"] = "=1+1"
    made.save(tmp_path / "b.xlsx")
    return tmp_path / "b.xlsx"


def test_libreoffice_ran_without_limits(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a few MB it cannot start; the sentence names the workbook, and nothing hangs."""
    monkeypatch.setattr(session, "_OFFICE", 0)
    monkeypatch.setattr(door, "MEMORY", 20 << 20)
    with pytest.raises(Refused, match=r"^LibreOffice could not work on b\.xlsx: "):
        session.run([{"path": str(book), "recalculate": True, "read": True}], timeout=60)


def test_an_answer_without_end_is_not_read(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_OFFICE", 1 << 30)
    monkeypatch.setattr(door, "MEMORY", 100)
    with pytest.raises(Refused, match="The answer of LibreOffice"):
        session.run([{"path": str(book), "recalculate": True, "read": True}], timeout=60)


def test_the_limits_of_another_program_are_held_by_the_system() -> None:
    ask = (
        "import resource as r; print(*r.getrlimit(r.RLIMIT_DATA), *r.getrlimit(r.RLIMIT_CPU), r.getrlimit(r.RLIMIT_CORE)[1])"
    )
    told = subprocess.run(
        child.bounded([sys.executable, "-c", ask], 300 << 20, 7), capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(300 << 20)] * 2 + ["7", "7", "0"]
    greedy = child.bounded([sys.executable, "-c", "b'x' * (400 << 20)"], 300 << 20, 7)
    assert subprocess.run(greedy, capture_output=True).returncode == 1
