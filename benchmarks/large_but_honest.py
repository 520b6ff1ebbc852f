"""Files that are large and honest, each by a command of its own: seconds of processor time and peak memory, with bounds.

    python benchmarks/large_but_honest.py [--page docs/benchmarks.md]

Every line is one command in a process of its own, its children included. A line beyond its bounds ends the run with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import page

LAST = np.datetime64("2725-05-21")  # 300,000 days behind 1903
TERMS = """[contract]
code = "c{0}"
inception = 1998-05-01
[payment]
amount = {0}
[annual_charge]
form = "none"
[cdsc]
schedule = [0]
"""


@dataclass(frozen=True)
class Bound:
    """What a command may take on two cores of 2020: processor seconds, megabytes."""

    seconds: float
    megabytes: float


def values(path: Path, days: int, funds: int) -> Path:
    """Unit values, wide, oldest first."""
    random = np.random.default_rng(17)
    levels = 10 * np.exp(random.normal(0.0, 0.0005, (days, funds)).cumsum(axis=0))
    dates = (LAST - np.arange(days)[::-1]).astype(str).tolist()
    rows = (f"{day}," + ",".join(f"{value:.6f}" for value in line) for day, line in zip(dates, levels.tolist(), strict=True))
    path.write_text("date," + ",".join(f"F{n:03}" for n in range(funds)) + "\n" + "\n".join(rows) + "\n")
    return path


def measured(*arguments: object) -> tuple[float, float]:
    """Processor seconds and peak megabytes of a command with its children."""
    code = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.stderr[-400:]]))"
    )
    command = [sys.executable, "-c", code, sys.executable, "-m", "xl_flexextra", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"})
    ended, seconds, megabytes, said = json.loads(done.stdout)
    if ended > 1:
        raise SystemExit(f"{arguments[0]} ended with {ended}: {said}")
    return seconds, megabytes


def lines(folder: Path) -> list[tuple[str, Bound, float, float]]:
    """What was measured, with its bound."""
    found = []

    def line(what: str, bound: Bound, *arguments: object) -> None:
        found.append((what, bound, *measured(*arguments)))

    terms = folder / "terms.toml"
    terms.write_text(TERMS.format(1000))
    long, out = values(folder / "long.csv", 300_000, 12), folder / "long.xlsx"
    report = ("report", "--terms", terms, "--as-of", LAST, "--force", "--out")
    line("a report of 300,000 dates of 12 funds", Bound(25, 1600), *report, out, "--unit-values", long)
    newer = long.with_name("newer.csv")
    newer.write_text(long.read_text() + f"{LAST + 1}," + ",".join(["10.5"] * 12) + "\n")
    line(
        "its refresh with a day more", Bound(12, 800), "refresh", out, "--from", newer, "--table", "UnitValues", "--no-calc"
    )
    many = values(folder / "many.csv", 400, 500)
    line("a report of 500 funds", Bound(12, 600), *report, folder / "many.xlsx", "--unit-values", many)
    contracts: list[object] = []
    for number in range(2_000):
        path = folder / f"c{number}.toml"
        path.write_text(TERMS.format(1000 + number))
        contracts += ["--terms", path]
    few = values(folder / "few.csv", 400, 3)
    line("a report of 2,000 contracts", Bound(40, 800), "report", "--unit-values", few, *contracts, "--as-of", LAST,
         "--periods", "1M,3M", "--force", "--out", folder / "contracts.xlsx")  # fmt: skip
    entry = {"when": "2008-07-31T12:00:00+00:00", "who": "me", "event": "refresh", "table": "UnitValues", "source": "v.csv"}
    journal = folder / "many.xlsx.journal.jsonl"
    journal.write_text(f"{json.dumps(entry)}\n" * 100_000)
    line("the last entries of a journal of 100,000", Bound(4, 300), "journal", folder / "many.xlsx")
    return found


def main() -> None:
    """Measure, print and write the table; 1 where a bound is passed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    page.option(asked)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = lines(Path(folder))
    columns = ["what", "seconds of processor time", "at most", "peak memory", "at most"]
    rows = [
        (what, f"{seconds:.1f}", f"{bound.seconds:g}", f"{megabytes:,.0f} MB", f"{bound.megabytes:,.0f} MB")
        for what, bound, seconds, megabytes in found
    ]
    page.write(given.page, "large", page.table(columns, rows))
    raise SystemExit(any(seconds > bound.seconds or megabytes > bound.megabytes for _, bound, seconds, megabytes in found))


if __name__ == "__main__":
    main()
