"""docs/security.md: each threat has a test, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = re.sub("<!-- hostile.*hostile: end -->", "", (ROOT / "docs" / "security.md").read_text("utf-8"), flags=re.S)
NAMED = re.compile(r"`(?:([\w/.]+\.py)::)?(test_\w+)`")
FOLDERS = {"Trust": "tests/sync/", "Databases": "tests/sync/", "Files": "tests/sources/test_door.py"}


def promises() -> list[tuple[str, str, str]]:
    """Section, threat and tests of each row of the page's tables."""
    found, section = [], ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] not in ("threat", "found", "---"):
            found.append((section, cells[0], cells[2]))
    return found


def file_of(section: str, named: str) -> Path:
    """The file of a test, which the section says where its name does not."""
    place = FOLDERS.get(section, "")
    return ROOT / (named if "/" in named else place + named)


@pytest.mark.parametrize(("section", "threat", "tests"), promises(), ids=[threat[:40] for _, threat, _ in promises()])
def test_each_promise_names_a_test_that_is_there(section: str, threat: str, tests: str) -> None:
    named = NAMED.findall(tests)
    assert named, threat
    for file, test in named:
        assert f"def {test}(" in file_of(section, file).read_text("utf-8"), (file, test)


def test_every_threat_is_looked_at() -> None:
    """A row of another form would be skipped."""
    rows = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| threat", "| found", "| ---"))
    ]
    assert len(promises()) == len(rows) >= 25
