"""A million rows of four columns into a template: this package against others, each in a process of its own.

    python benchmarks/refresh_million.py [--rows 1000000] [--rounds 3] [--skip openpyxl] [--page docs/benchmarks.md]

``floor`` builds the XML of the rows and deflates it once, which no way of writing the sheet can undercut by much.
``shell`` is the command as a person types it, with the start of Python; ``start`` that start alone (``--help``).
``rustpy`` and ``jetxl`` are the two fastest Rust writers of PyPI, installed for this alone, into build/; each is fed in
its fastest way; they write a new file and keep no template. ``small`` is 122 rows of 7 funds.
Times are of the work alone, without starting Python, the least of the rounds, which run in turns; processor times (of child
processes too) hold on a busy machine as well. Memory is the peak of the process. What was written is read by another
program in the first round: a time of a wrong file does not count. Byte code is kept, as for an installed package.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import page

OTHERS = Path(__file__).parents[1] / "build" / "benchmark-others"
OURS = ("xl_flexextra", "flexextra_udfs")
FUNDS = ["GLOBAL_SECURITIES", "MIDCAP", "EQUITY", "BLEND", "MANAGED_BOND", "MONEY_MARKET", "STRATEGIC_BOND"]


def template(path: Path, rows: int = 10, wide: int = 0) -> None:
    """A workbook with a table, a chart over it, a conditional format, a comment and a page that depends on it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    names = ["valuation_date", *FUNDS[:wide]] if wide else ["valuation_date", "fund", "unit_value", "units"]
    for r in range(1, rows + 1):
        sheet.write_datetime(r, 0, datetime.datetime(1998, 6, 30) + datetime.timedelta(days=r), date)
        if not wide:
            sheet.write_string(r, 1, "EQUITY")
        for c in range(1 if wide else 2, len(names)):
            sheet.write_number(r, c, 10 + r / 8 + c)
    sheet.add_table(0, 0, rows, len(names) - 1, {"name": "UnitValues", "columns": [{"header": n} for n in names]})
    sheet.conditional_format(1, 2, rows, 2, {"type": "data_bar"})
    sheet.write_comment("C3", "checked")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": ["Data", 1, 2, rows, 2]})
    page = book.add_worksheet("Page")
    page.insert_chart("C3", chart)
    page.write_formula("A1", "=COUNT(UnitValues[valuation_date])", None, rows)
    book.calc_on_load = False
    book.close()


def data(rows: int, seed: int):
    """Dates, funds, unit values of six decimals and units of two."""
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(seed)
    days = pa.array((np.arange(rows) // 7 + 10407).astype(np.int32)).cast(pa.date32())
    funds = pa.array(FUNDS).take(pa.array(np.arange(rows) % 7))
    values = pa.array(np.round(10 + chance.random(rows) * 20, 6))
    return pa.table(
        {"valuation_date": days, "fund": funds, "unit_value": values, "units": np.round(500 + chance.random(rows) * 500, 2)}
    )


def _write(path: Path, columns: list) -> None:
    from xl_flexextra.files import atomic
    from xl_flexextra.ooxml.package import Package
    from xl_flexextra.ooxml.strings import SharedStrings
    from xl_flexextra.ooxml.tables.body import Body, find_area
    from xl_flexextra.ooxml.tables.rewrite import rewrite
    from xl_flexextra.ooxml.workbook import Workbook

    package = Package.open(path)
    workbook = Workbook(package)
    strings = SharedStrings(workbook)
    rewrite(Body(workbook, strings, find_area(workbook, strings, "UnitValues")), columns)
    atomic.replace(path, package.write, package.verify)


class Clock:
    """Seconds and processor time of what runs since it was made, with its child processes."""

    def __init__(self) -> None:
        self._began, self._spent = time.perf_counter(), self._processor()

    @staticmethod
    def _processor() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in used)

    def read(self, children: bool = True) -> dict[str, float]:
        """What has passed; the peak of the memory is that of this process, or of a child's if that is more."""
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)[: 1 + children]
        peak = max(resource.getrusage(who).ru_maxrss for who in whose)
        return {
            "seconds": time.perf_counter() - self._began,
            "processor": self._processor() - self._spent,
            "peak_mb": peak // (1024 if sys.platform != "darwin" else 1 << 20),
        }


CHECKED = "XL_FLEXEXTRA_CHECKED"


def check(path: Path, given, sheet: str = "Data") -> None:
    """End with an error unless calamine finds the rows in a written sheet, in whichever order of one day's funds."""
    from python_calamine import CalamineWorkbook

    if os.environ.get(CHECKED):  # in a round before
        return
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()[1:]
    wanted = list(map(list, zip(*(column.to_pylist() for column in given.columns), strict=True)))
    if found and isinstance(found[0][0], datetime.datetime):
        found = [[row[0].date(), *row[1:]] for row in found]
    if found != wanted and sorted(found) != sorted(wanted):
        raise SystemExit(f"{path.name}: what was written is not what was given")


def run_ours(folder: Path, rows: int) -> dict[str, float]:
    """The table of a small template filled: rewritten, verified by reading back, synced to disk, replaced."""
    import pyarrow.compute
    import pyarrow.csv  # noqa: F401  (loaded before the clock starts, as the others' libraries are)

    import xl_flexextra.ooxml.tables.rewrite  # noqa: F401

    path, given = folder / "ours.xlsx", data(rows, 1)
    template(path)
    clock = Clock()
    _write(path, given.columns)
    measured = clock.read()
    check(path, given)
    return measured


def run_refill(folder: Path, rows: int) -> dict[str, float]:
    """The same into a template that holds a million rows already."""
    import xl_flexextra.ooxml.tables.rewrite  # noqa: F401

    command = [sys.executable, __file__, "--child", "ours", "--rows", str(rows), "--folder", str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # in a process of its own: its memory is not counted here
    given = data(rows, 2)
    clock = Clock()
    _write(folder / "ours.xlsx", given.columns)
    measured = clock.read(children=False)
    check(folder / "ours.xlsx", given)
    return measured


def _for_a_command(folder: Path, rows: int):
    """A template, its source and its mapping."""
    import pyarrow.parquet as parquet

    given = data(rows, 1)
    template(folder / "whole.xlsx")
    parquet.write_table(given, folder / "prices.parquet")
    (folder / "whole.xlsx.sync.toml").write_text(
        '[[table]]\nname = "UnitValues"\nlayout = "as_is"\nsource = "prices.parquet"\n'
    )
    return given


def run_command(folder: Path, rows: int) -> dict[str, float]:
    """The whole refresh from Parquet: source, checks, plan, dependents, backup, journal."""
    from xl_flexextra.cells import data_frames
    from xl_flexextra.sync.refresh import Request, refresh

    data_frames.keep_pandas_away()  # as every command does
    given = _for_a_command(folder, rows)
    clock = Clock()
    outcome = refresh(Request(folder / "whole.xlsx", accept_revisions=True))
    measured = clock.read()
    if not outcome.written:
        raise SystemExit("\n".join(map(str, outcome.stopped)))
    check(folder / "whole.xlsx", given)
    return measured


def run_shell(folder: Path, rows: int) -> dict[str, float]:
    """The same as a command of its own."""
    given = _for_a_command(folder, rows)
    clock = Clock()
    command = [sys.executable, "-m", "xl_flexextra", "refresh", str(folder / "whole.xlsx"), "--accept-revisions"]
    done = subprocess.run(command, capture_output=True, text=True)
    measured = clock.read()
    if done.returncode not in (0, 1):  # 1: done, with warnings
        raise SystemExit(done.stderr)
    check(folder / "whole.xlsx", given)
    return measured


def run_start(_folder: Path, _rows: int) -> dict[str, float]:
    """The help of the command."""
    clock = Clock()
    subprocess.run([sys.executable, "-m", "xl_flexextra", "--help"], check=True, capture_output=True)
    return clock.read()


def run_floor(folder: Path, rows: int) -> dict[str, float]:
    """The XML of the rows built by PyArrow and deflated once."""
    import zlib

    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        from isal import isal_zlib as fast
    except ImportError:
        fast = zlib
    table = data(rows, 1)
    codes = pa.array(np.arange(rows, dtype=np.int32) % 7)
    columns = [
        table["valuation_date"].combine_chunks().cast(pa.int32()),
        codes,
        *[c.combine_chunks() for c in table.columns[2:]],
    ]
    clock = Clock()
    deflate = fast.compressobj(1, zlib.DEFLATED, -15)
    size = 0
    for at in range(0, rows, 65536):
        numbers = pa.array(np.arange(at + 2, min(at + 65536, rows) + 2, dtype=np.int32)).cast(pa.string())
        pieces = ['<row r="', numbers, '">']
        for letter, column, extra in zip("ABCD", columns, (' s="1"', ' t="s"', "", ""), strict=True):
            pieces += [f'<c r="{letter}', numbers, f'"{extra}><v>', column.slice(at, 65536).cast(pa.string()), "</v></c>"]
        block = pc.binary_join_element_wise(*pieces, "</row>", "")
        size += len(deflate.compress(block.buffers()[2]))
    size += len(deflate.flush())
    return clock.read()


def run_rustpy(folder: Path, rows: int) -> dict[str, float]:
    """rustpy-xlsxwriter: a new file of rows, no template."""
    import rustpy_xlsxwriter as rust

    records = data(rows, 1).to_pylist()  # its Arrow and pandas ways take twice the time
    for record in records:
        record["valuation_date"] = datetime.datetime.combine(record["valuation_date"], datetime.time())
    clock = Clock()
    rust.write_worksheet(records, str(folder / "rust.xlsx"), sheet_name="Data")
    measured = clock.read()
    check(folder / "rust.xlsx", data(rows, 1))
    return measured


def run_jetxl(folder: Path, rows: int) -> dict[str, float]:
    """jetxl: a new file from an Arrow table, no template."""
    import jetxl

    table = data(rows, 1)
    clock = Clock()
    jetxl.write_sheet_arrow(table, str(folder / "jetxl.xlsx"), sheet_name="Data")
    measured = clock.read()
    check(folder / "jetxl.xlsx", table)
    return measured


def run_openpyxl(folder: Path, rows: int) -> dict[str, float]:
    """openpyxl: load, change the cells, save."""
    import openpyxl

    path = folder / "openpyxl.xlsx"
    template(path)
    table = data(rows, 1)
    columns = [c.to_pylist() for c in table.columns]
    clock = Clock()
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    for r, values in enumerate(zip(*columns, strict=True), start=2):
        for c, value in enumerate(values, start=1):
            sheet.cell(r, c, value)
    sheet.tables["UnitValues"].ref = f"A1:D{rows + 1}"
    book.save(path)
    measured = clock.read()
    check(path, table)
    return measured


def run_small(folder: Path, rows: int) -> dict[str, float]:
    """122 x 7 unit values from CSV, the whole command, after the start: one refresh to warm up, the next measured."""
    from xl_flexextra.sync.refresh import Request, refresh

    path = folder / "small.xlsx"
    template(path, 121, 7)
    source = folder / "small.csv"
    for step in range(2):
        day = datetime.date(1998, 7, 1)
        lines = ["valuation_date," + ",".join(FUNDS)]
        lines += [
            f"{day + datetime.timedelta(days=r)}," + ",".join(str(10 + r / 8 + c + step) for c in range(1, 8))
            for r in range(122)
        ]
        source.write_text("\n".join(lines) + "\n")
        clock = Clock()
        outcome = refresh(Request(path, str(source), "UnitValues", accept_revisions=True))
        measured = clock.read()
        if not outcome.written:
            raise SystemExit("\n".join(map(str, outcome.stopped)))
    return measured


RUNS: dict[str, tuple[str, Callable[[Path, int], dict[str, float]]]] = {
    "ours": ("this package: template filled, read back, synced, replaced", run_ours),
    "refill": ("the same template when it holds as many other rows already", run_refill),
    "command": ("the whole command from Parquet, with checks, plan, backup and journal", run_command),
    "shell": ("the same with the start of Python and all imports", run_shell),
    "start": ("that start alone (`xl-flexextra --help`)", run_start),
    "floor": ("the XML built by PyArrow and deflated once, on one core (the floor)", run_floor),
    "jetxl": ("jetxl (Rust; a new file from an Arrow table, no template)", run_jetxl),
    "rustpy": ("rustpy-xlsxwriter (Rust; a new file from rows, no template)", run_rustpy),
    "openpyxl": ("openpyxl: load, change, save", run_openpyxl),
    "small": ("122 dates x 7 funds from CSV, the whole command after its start", run_small),
}
INSTALLED = {"jetxl": "jetxl", "rustpy": "rustpy-xlsxwriter"}


def child(name: str, rows: int, given: Path | None) -> None:
    """One run in this process; what it took as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(RUNS[name][1](given or Path(folder), rows)))


def others() -> None:
    """Install the others for this benchmark alone."""
    for package in INSTALLED.values():
        if not list(OTHERS.glob(f"{package.replace('-', '_')}-*.dist-info")):
            command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
            done = subprocess.run([*command, "--target", str(OTHERS), package], capture_output=True, text=True)
            if done.returncode:
                print(f"{package} could not be installed and is left out: {done.stderr.strip()[-200:]}", file=sys.stderr)


def measured(names: list[str], rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """Each run's least times, in turns."""
    results: dict[str, dict[str, float]] = {}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as compiled:
        environment |= {"PYTHONPYCACHEPREFIX": compiled, "PYTHONPATH": str(OTHERS)}
        keep = [sys.executable, "-m", "compileall", "-q", *(str(Path(find_spec(name).origin).parent) for name in OURS)]
        subprocess.run(keep, env=environment, check=True)  # children of ours keep no byte code
        for round_number in range(rounds):
            for name in names:
                if round_number and name == "openpyxl":
                    continue
                command = [sys.executable, __file__, "--child", name, "--rows", str(rows)]
                known = environment | ({CHECKED: "1"} if round_number else {})
                ran = subprocess.run(command, capture_output=True, text=True, env=known)
                if ran.returncode:
                    said = (ran.stderr.strip() or ran.stdout.strip()).splitlines()[-1]
                    if name not in INSTALLED:
                        raise SystemExit(f"{name}: {said}")
                    print(f"{name}: {said}", file=sys.stderr)
                    continue
                new = json.loads(ran.stdout.splitlines()[-1])
                results[name] = {key: min(value, results.get(name, new)[key]) for key, value in new.items()}
    return results


def main() -> None:
    """Run all, the best of some rounds each, and write a table with the ratios."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--skip", nargs="*", default=[], choices=list(RUNS))
    options.add_argument("--child", choices=list(RUNS), help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    page.option(options)
    given = options.parse_args()
    if given.child:
        child(given.child, given.rows, given.folder)
        return
    names = [name for name in RUNS if name not in given.skip]
    if not set(INSTALLED) <= set(given.skip):
        others()
    results = measured(names, given.rows, given.rounds)
    ours = results["ours"]
    rows = [
        (RUNS[name][0], f"{one['seconds']:.2f} s, {one['seconds'] / ours['seconds']:.2f}x",
         f"{one['processor']:.2f} s, {one['processor'] / ours['processor']:.2f}x", f"{one['peak_mb']:,.0f} MB")
        for name, one in results.items()
    ]  # fmt: skip
    said = f"{given.rows:,} rows x 4 columns (dates, fund names, six and two decimals); the least of {given.rounds} rounds"
    page.write(given.page, "refresh", [said, "", *page.table(("run", "time", "of the processors", "peak memory"), rows)])


if __name__ == "__main__":
    main()
