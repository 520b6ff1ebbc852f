"""What the commands write into a file or a pipe: nothing becomes a question mark, and what is to be pasted can be."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from sync.conftest import long_csv, template

from xl_flexextra.cli import screen, streams, working

pytestmark = pytest.mark.windows
NAME = "bk Ü 基 – 2008.xlsx" if os.name == "nt" else "bk Ü 基 – 'x'.xlsx"
RUN = [sys.executable, "-m", "xl_flexextra.cli.main"]


def said(*arguments: str, folder: Path, **environment: str) -> bytes:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    done = subprocess.run([*RUN, *arguments], capture_output=True, cwd=folder, env={**kept, **environment}, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workbook whose name no code page of Windows holds, and one month more."""
    (tmp_path / NAME).write_bytes(template(6))
    (tmp_path / "prices.csv").write_text(long_csv(7))
    return tmp_path


def test_the_command_that_restores_can_be_pasted_whatever_the_name(folder: Path) -> None:
    old = (folder / NAME).read_bytes()
    text = said("refresh", NAME, "--from", "prices.csv", "--no-calc", folder=folder).decode("utf-8")
    assert NAME in text
    assert (folder / NAME).read_bytes() != old
    line = text.split("this brings it back: ")[1].splitlines()[0]
    if os.name == "nt":
        command: str | list[str] = f'cmd.exe /S /C "{line}"'
        path = os.pathsep.join([str(Path(sys.prefix) / "Scripts"), os.environ["PATH"]])
    else:
        command, path = shlex.split(line), os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        command[0] = shutil.which(command[0], path=path) or ""
    done = subprocess.run(command, capture_output=True, cwd=folder, env={**os.environ, "PATH": path}, timeout=300)
    assert done.returncode == 0, (line, done.stderr)
    assert (folder / NAME).read_bytes() == old
    again = done.stdout.decode("utf-8").split("this brings it back: ")[1]
    assert "--backup" in again
    assert f'"{NAME}"' in again or shlex.quote(NAME) in again


def test_a_command_for_a_workbook_elsewhere_names_its_folder(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    text = said("refresh", f"../{NAME}", "--from", "../prices.csv", "--no-calc", folder=elsewhere).decode("utf-8")
    assert str(folder.resolve() / NAME) in text.replace("'\"'\"'", "'")


def test_an_arrow_is_written_in_ascii_where_the_encoding_has_none(folder: Path) -> None:
    text = said("refresh", NAME, "--from", "prices.csv", "--dry-run", folder=folder, PYTHONIOENCODING="cp850")
    assert b"6 -> 7 rows" in text
    assert b"bk " in text


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "latin-1", "ascii"])
def test_whatever_the_encoding_of_a_stream_what_it_lacks_is_said_in_ascii(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    written = io.BytesIO()
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    streams.prepare()
    print("6 → 7 rows │ – ≥ 基", end="", flush=True)
    dash = "–" if encoding == "cp1252" else "-"
    line = "│" if encoding == "cp850" else "|"
    assert written.getvalue().decode(encoding) == f"6 -> 7 rows {line} {dash} >= ?"


class Played(io.TextIOWrapper):
    """A stream of Windows: a console window of today (UTF-8, whatever the code page) or of old (a code page), or a pipe."""

    def __init__(self, encoding: str, looked_on: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.looked_on = looked_on

    def isatty(self) -> bool:
        return self.looked_on


@pytest.mark.parametrize(
    ("encoding", "looked_on", "becomes", "shown"),
    [
        ("utf-8", True, "utf-8", "6 → 7 │ – 基"),
        ("cp437", True, "cp437", "6 -> 7 │ - ?"),  # PYTHONLEGACYWINDOWSSTDIO
        ("cp1252", False, streams.PLAIN, "6 -> 7 | – 基"),
    ],
)
def test_a_console_shows_every_letter_and_a_pipe_none_that_a_code_page_would_spoil(
    monkeypatch: pytest.MonkeyPatch, encoding: str, looked_on: bool, becomes: str, shown: str
) -> None:
    """No console is here: the streams are played, and what is done with them is what Windows would see."""
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    stream = Played(encoding, looked_on)
    monkeypatch.setattr(sys, "stdout", stream)
    flags = {name: getattr(sys.flags, name) for name in dir(sys.flags) if not name.startswith("_")}
    monkeypatch.setattr(sys, "flags", types.SimpleNamespace(**flags | {"utf8_mode": 0}))
    with monkeypatch.context() as there:
        there.setattr(os, "name", "nt")
        streams.prepare()
    assert stream.encoding == becomes
    print("6 → 7 │ – 基", end="", flush=True)
    assert stream.buffer.getvalue().decode(encoding if looked_on else "utf-8") == shown  # type: ignore[attr-defined]


def test_a_moving_bar_and_a_table_of_the_windows_width_are_for_a_console_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)  # what Windows has had since 2016
    for looked_on in (True, False):
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, Played("utf-8", looked_on))
        assert (screen.console().width == 60) is looked_on
        with working.working("Reading") as tell:
            tell("Reading on")
        sys.stderr.flush()
        assert ("Reading" in sys.stderr.buffer.getvalue().decode()) is looked_on  # type: ignore[attr-defined]


def test_an_encoding_that_somebody_chose_is_kept(folder: Path) -> None:
    text = said("refresh", NAME, "--from", "prices.csv", "--dry-run", folder=folder, PYTHONUTF8="1").decode("utf-8")
    assert "6 → 7 rows" in text
    assert NAME in text
