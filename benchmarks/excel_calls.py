"""Python's share of a worksheet call: cell by cell against one table call, in calls, touches and time; and the start.

Run: python benchmarks/excel_calls.py

Calls pass xlwings' own ``XLPython.CallUDF`` over the stand-in for pywin32 of the tests. What is not measured here: COM
itself, which costs some milliseconds a call in Excel whatever is computed. A touch is one access of Python to a COM
object; each is a round trip to Excel's process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from excel.pywin32_stand_in import Server
from excel.test_server import com, published_cells

from xl_flexextra import sample
from xl_flexextra.calculation import contract_figures
from xl_flexextra.hosts.excel import values
from xl_flexextra.inputs import remembered

RUNS = 5
STARTS = {
    "numpy": "import numpy",
    "the functions": "import xl_flexextra.hosts.excel.served",
    "the functions and xlwings, as Excel starts them": (
        "from xl_flexextra.hosts.excel import served, start\nwith start.without_frames():\n    import xlwings"
    ),
    "the functions and xlwings, pandas too": "import xl_flexextra.hosts.excel.served, xlwings",
}


class Touched(tuple):
    """Values that count how often they are asked for anything but their content."""

    count = 0

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            Touched.count += name != "_oleobj_"  # xlwings asks whether a value is a range; that stays in Python
        raise AttributeError(name)


def clear() -> None:
    """Forget everything, as after a start."""
    remembered.MEMORY.clear()
    values.RANGES.clear()
    contract_figures._figures_of.cache_clear()


def milliseconds(work: Callable[[], Any], before: Callable[[], None] = lambda: None) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(RUNS):
        before()
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def main() -> None:
    """Print the tables."""
    server = Server()
    names = ("UnitValues", "Shares", "Funds", "FlexibleTerms", "SingleTerms")
    given: dict[str, Any] = {}
    cells = list(published_cells())
    wanted: dict[tuple[Any, ...], list[str]] = {}
    for (contract, _, as_of, period, charges), _ in cells:
        codes = wanted.setdefault((contract, as_of, charges), [])
        if period not in codes:
            codes.append(period)

    def call(name: str, contract: str, *middle: Any, charges: str) -> None:
        server(name, given[contract], given["UnitValues"], *middle, given["Shares"], given["Funds"], charges)

    def by_cell() -> None:
        for (contract, fund, as_of, period, charges), _ in cells:
            call("CONTRACT_AATR", contract, fund, com(as_of), period, charges=charges)

    def by_table() -> None:
        for (contract, as_of, charges), codes in wanted.items():
            call("PERFORMANCE_TABLE", contract, com(as_of), (tuple(codes),), charges=charges)

    print(f"{'112 figures of the update':42} {'calls':>6} {'touches':>8} {'ms':>9} {'ms a call':>10}")
    for name, work, calls in (("cell by cell", by_cell, len(cells)), ("one call a table", by_table, len(wanted))):
        for state, before in (("first time", clear), ("remembered", lambda: None)):
            Touched.count = 0
            given.update({table: Touched(com(sample.rows(table))) for table in names})
            work()
            given.update({table: com(sample.rows(table)) for table in names})  # plain tuples, as COM gives them
            work()
            taken = milliseconds(work, before)
            print(f"{name + ', ' + state:42} {calls:6d} {Touched.count:8d} {taken:9.2f} {taken / calls:10.3f}")
    print(f"\n{'import in a fresh interpreter':52} {'s':>6}")
    for name, code in STARTS.items():
        command = [sys.executable, "-I", "-B", "-c", code]
        taken = milliseconds(lambda c=command: subprocess.run(c, check=True)) / 1000  # type: ignore[misc]
        print(f"{name:52} {taken:6.2f}")


if __name__ == "__main__":
    main()
