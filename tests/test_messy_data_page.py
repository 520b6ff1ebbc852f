"""docs/messy-data.md: each row of its tables names tests that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_security import NAMED

ROOT = Path(__file__).parents[1]
LINES = [line for line in (ROOT / "docs" / "messy-data.md").read_text("utf-8").splitlines() if line.startswith("| ")]
ROWS = [line for line in LINES if not line.startswith(("| what there is", "| ---"))]


@pytest.mark.parametrize("row", ROWS, ids=[row[2:42] for row in ROWS])
def test_each_kind_names_a_test_that_is_there(row: str) -> None:
    cells = row.strip("|").split(" | ")
    named = NAMED.findall(cells[-1])
    assert len(cells) == 3
    assert named
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), (file, test)


def test_every_kind_is_there() -> None:
    assert len(ROWS) >= 40
