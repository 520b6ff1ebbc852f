"""Pipes and files of Windows itself, whose encoding is the machine's code page unless a program says otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .test_output import NAME, folder, said

pytestmark = pytest.mark.windows
__all__ = ["folder"]


def test_a_pipe_is_utf_8_with_arrows_in_ascii(folder: Path) -> None:
    text = said("refresh", NAME, "--from", "prices.csv", "--dry-run", folder=folder).decode("utf-8")
    assert "6 -> 7 rows" in text
    assert "→" not in text
    assert NAME in text
    shown = said("terms", "show", "flexible", folder=folder).decode("utf-8")
    assert not set(shown) & set("│┃━─┏")


def test_a_file_that_the_shell_redirects_into_has_every_letter(folder: Path) -> None:
    run = f'"{sys.executable}" -m xl_flexextra.cli.main refresh "{NAME}" --from prices.csv --dry-run > plan.txt'
    assert subprocess.run(f'cmd.exe /S /C "{run}"', cwd=folder, timeout=300).returncode == 0
    assert NAME in (folder / "plan.txt").read_text("utf-8")
