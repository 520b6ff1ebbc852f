"""``calc open`` where there is no screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.errors import Refused

UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"
pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="screens of X and Wayland")


@pytest.mark.parametrize("display", ["", ":987"])
def test_open_without_a_screen_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    """Without a display, and with one that is named but not there: LibreOffice itself then waits for ever."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    before = offices()
    result = CliRunner().invoke(app, ["calc", "open", str(UPDATE)])
    assert isinstance(result.exception, Refused)
    assert "needs a screen" in str(result.exception)
    assert "use calc recalculate or pdf" in str(result.exception)
    assert offices() <= before


def offices() -> set[str]:
    """The LibreOffices that were started from a profile of this command."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], check=True, capture_output=True, text=True).stdout
    return {line for line in listed.splitlines() if "soffice.bin" in line and "flexextra-profile-" in line}
