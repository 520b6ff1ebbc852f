"""The run of the fuzzer notices what it is there for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from . import run
from .doors import Door
from .run import DOORS


@pytest.mark.parametrize(
    ("code", "said", "taken", "wrong"),
    [
        (0, "", 0, ""), (1, "", 0, ""), (2, "Error: no.", 0, ""), (3, "Error: something unexpected", 0, "ended with 3"),
        (-6, "", 0, "ended with -6"), (2, "", 0, "refused without a sentence"), (0, "Traceback (most", 0, "said a trace"),
        (0, "", run.MEMORY + 1, "took 500 MB"),
    ],
)  # fmt: skip
def test_what_counts_as_a_find(code: int, said: str, taken: int, wrong: str) -> None:
    assert run.problem(code, said, taken) == wrong


def test_a_command_that_fails_is_found_and_its_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FOUND", tmp_path / "found")
    monkeypatch.setattr("xl_flexextra.cli.main._run", lambda: 3)
    counts: Counter[str] = Counter()

    def fill(_draw: object, folder: Path) -> list[str]:
        (folder / "x.csv").write_text("x")
        return ["terms", "list"]

    run.chunk(Door("broken", fill), 1, counts, tmp_path / "current")
    assert counts["broken found"] >= 1
    kept = next((tmp_path / "found").iterdir())
    assert (kept / "x.csv").read_text() == "x"
    assert run.told(counts) == 1


def test_little_that_is_accepted_is_not_enough() -> None:
    assert run.told(Counter({"cells accepted": 29, "cells refused": 71})) == 1
    assert run.told(Counter({"cells accepted": 31, "cells refused": 69})) == 0
    assert run.told(Counter()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_every_door_is_tried_and_ends_in_words(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FOUND", tmp_path / "found")
    monkeypatch.setattr(run, "CHUNK", 5)
    counts: Counter[str] = Counter()
    run.chunk(door, 20080731, counts, tmp_path / "current")
    assert not counts[f"{door.name} found"], list((tmp_path / "found").rglob("said.txt"))
    assert counts.total() >= 5
