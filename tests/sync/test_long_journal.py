"""A journal of 100,000 entries: read from its end, and no further than what is asked for."""

import json

import pytest
from commands import run

from xl_flexextra.files import door
from xl_flexextra.sync.record import journal

from .test_messy_data import HISTORY, ROWS, book


def line(number, **more):
    return json.dumps({"event": "refresh", "id": f"run{number}", "at": "2008-08-01T00:00:00", "who": "me", **more}) + "\n"


@pytest.fixture
def long(tmp_path):
    """A workbook with a journal of 100,000 runs, of which the last was killed amid a line."""
    path = book(tmp_path / "book.xlsx", UnitValues=ROWS)
    with journal.path_of(path).open("w") as file:
        for number in range(50_000):
            file.write(line(number, outcome="unchanged"))
        for number in range(50_000, 99_999):
            file.write(line(number))
            file.write(json.dumps({"event": "outcome", "of": f"run{number}", "outcome": "done"}) + "\n")
        file.write(line(99_999, before="x", after="y"))
        file.write('{"event": "outcome", "of": "run99')
    return path


@pytest.fixture
def taken(monkeypatch):
    """How many lines are taken of it."""
    counted, real = [], door.lines_from_end

    def lines(*given):
        for one in real(*given):
            counted.append(len(one))
            yield one

    monkeypatch.setattr(door, "lines_from_end", lines)
    return counted


def test_a_long_journal_was_read_whole_for_its_last_entries(long, taken, tmp_path):
    assert [entry.data["id"] for entry in journal.read(long, 3)] == ["run99997", "run99998", "run99999"]
    assert [entry.outcome for entry in journal.current(long, 3)] == ["done", "done", journal.UNKNOWN]
    code, said = run("journal", long, "--last", 5)
    assert (code, len(taken) < 40) == (0, True), said
    source = tmp_path / "v.csv"
    source.write_text(f"date,EQ,BD\n{HISTORY}2008-07-31,14.1,19.4\n")
    taken.clear()
    code, said = run("refresh", long, "--from", source, "--table", "UnitValues", "--no-calc")
    assert (code, len(taken) < 5 * journal.REPAIRED) == (0, True), said
    entries = journal.read(long)
    assert len(entries) == 100_001
    assert [entry.outcome for entry in entries[-2:]] == [journal.UNKNOWN, "done"]
    assert all(entry.outcome in ("unchanged", "done") for entry in entries[:-2])


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\nb", "\n\na\n", "x" * 300_000 + "\ny\n" + "z" * 700_000 + "\n"])
def test_lines_from_the_end_are_the_lines(tmp_path, text):
    path = tmp_path / "lines"
    path.write_text(text)
    whole = [one.encode() for one in text.split("\n")]
    assert list(door.lines_from_end(path, "The file", 10**9))[::-1] == whole
    short = [one if len(one) <= 400_000 else b"" for one in whole]
    assert list(door.lines_from_end(path, "The file", 400_000))[::-1] == short
