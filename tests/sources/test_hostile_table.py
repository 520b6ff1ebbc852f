"""Files of every kind that nobody honest writes, through every command that reads such a kind: a sentence, in bounds."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from hostile.files import OTHERS, TEXTS, WORKBOOKS
from measured import CPU, measured

from .test_door import MB, small

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")]


KINDS = [
    "a line of four megabytes", "a header of a million columns", "NULs", "half of a pair", "writing from right to left",
    "quotes without end", "entities in the workbook", "entities in a sheet", "a part of nothing but blanks",
    "attributes without end", "elements in elements", "rules without end", "links without end", "formulas in formulas",
    "a zip in a zip", "an ods of entities", "an ods of depth", "an ods of wide repeats", "an xls of nonsense",
    "an xls of far cells", "an xls that leads to itself", "an xlsb of nonsense", "Parquet of one text for all rows",
    "Parquet of runs of one number", "Parquet of lists in lists",
]  # fmt: skip
FILES = TEXTS | OTHERS | WORKBOOKS
CSV = b"valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,%s\n"


def commands(name: str, suffix: str) -> list[list[str]]:
    """The commands that read a file of a kind."""
    found = [
        ["report", "--unit-values", name, "--terms", "flexible", "--out", "o.xlsx", "--force"],
        ["refresh", "book.xlsx", "--from", name, "--table", "UnitValues", "--no-calc", "--accept-revisions"],
    ]
    if suffix == "xlsx":
        words = ["--table", "UnitValues", "--no-calc", "--accept-revisions"]
        found += [["refresh", name, "--from", "v.csv", *words], ["review", name, "--out", "r.xlsx"], ["diff", name, name]]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_nobody_honest_writes(kind: str, tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    (tmp_path / "v.csv").write_bytes(CSV % b"10.6")
    bad = FILES[kind].write(tmp_path / "bad")
    assert bad.stat().st_size < 5 << 20
    for words in commands(bad.name, bad.suffix.lstrip(".")):
        done = measured(tmp_path, *words, cpu=2 * CPU)
        assert done.code in (0, 1, 2), (words, done)
        assert done.code != 2 or "Error" in done.said or "Nothing was written" in done.said, (words, done)
        assert "Traceback" not in done.said
        assert (done.memory - 72 < MB, done.seconds < CPU) == (True, True), (words, done)


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/proc/self/mem", "/proc/kmsg", "loop.csv", "/dev/stdin", "/dev/fd/0"]
)
def test_a_path_that_is_no_file_of_anybody(path: str, tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for words in commands(path, "csv"):
        done = measured(tmp_path, *words)
        assert done.code == 2, (words, done)
        assert "Error" in done.said


def test_a_view_of_a_database_that_never_ends(tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    with sqlite3.connect(tmp_path / "v.sqlite") as made:
        rows = "with recursive r(n) as (select 1 union all select n + 1 from r) select"
        made.execute(f"create view UnitValues as {rows} count(*) as valuation_date from r")
        made.execute("create table unit_values (valuation_date, EQUITY)")
        made.execute(f"create view more as {rows} n from r")
    made.close()
    done = measured(tmp_path, *commands("v.sqlite", "sqlite")[1], door=1)
    assert done.code == 2, done
    assert "Error" in done.said
    assert done.seconds < CPU
