"""Long work says what it does: a moving line where a person looks on, else a plain line once it takes seconds."""

from __future__ import annotations

import io
import threading

import pytest

from xl_flexextra.cli import find_commands, working


class Heard(io.StringIO):
    """Standard error, which tells when a line came."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        self.came.set()
        return written


def standard_error(monkeypatch):
    error = Heard()  # in the test itself: pytest puts its own in place between a fixture and a test
    monkeypatch.setattr("sys.stderr", error)
    return error


def test_work_that_takes_long_is_said_step_by_step_where_nobody_looks_on(monkeypatch):
    heard = standard_error(monkeypatch)
    monkeypatch.setattr(working, "PATIENCE", 0.0)
    with working.working("Reading …") as step:
        assert heard.came.wait(30)
        step("Writing …")
        step("Writing …")
    assert heard.getvalue() == "Reading …\nWriting …\n"


def test_quick_work_says_nothing(monkeypatch):
    """With colours forced, as for the log of a CI, a moving line with control characters went into files."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    heard = standard_error(monkeypatch)
    with working.working("Reading …") as step:
        step("Writing …")
    assert heard.getvalue() == ""


def test_a_review_tells_its_stages(tmp_path):
    from xl_flexextra.update import report, update_inputs
    from xl_flexextra.workbook.review import build

    told: list[str] = []

    def step(text: str) -> None:
        told.append(text)
        if text.startswith("Writing"):
            raise InterruptedError  # what comes is told by the name of the step alone

    with pytest.raises(InterruptedError):
        build.make(report.compute(update_inputs.sample_inputs()), tmp_path / "r.xlsx", step=step)
    assert told == [
        "Checking the data …", "Computing what changed …", "Trying the other choice of each convention …",
        "Writing every figure's workings by both routes …",
    ]  # fmt: skip


def test_a_search_says_each_stage_once_where_nobody_looks_on(monkeypatch):
    """Each of its steps was a line of a log."""
    error = standard_error(monkeypatch)
    monkeypatch.setattr(working, "PATIENCE", 0.0)
    with find_commands._progress() as of:
        say = of("B share")
        assert error.came.wait(10)
        for done in range(1, 23):
            say(done, 22, "days of periods laid out")
    assert error.getvalue().count("days of periods laid out") == 1
