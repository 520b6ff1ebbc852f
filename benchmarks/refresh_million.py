"""A million rows of four columns into a template: this package against others, each in a process of its own.

    python benchmarks/refresh_million.py [--rows 1000000] [--skip openpyxl] [--json out.json]

``floor`` builds the XML of the rows and deflates it once, which no way of writing the sheet can undercut by much.
``rustpy`` and ``jetxl`` are the two fastest Rust writers found on PyPI (``pip install rustpy-xlsxwriter jetxl``), each fed
in its fastest way; they write a new file and keep no template. ``small`` is 122 rows of 7 funds.
Times are of the work alone, without starting Python; memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
        {"valuation_date": days, "fund": funds, "unit_value": values, "units": np.round(1 + chance.random(rows) * 1000, 2)}
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


def run_ours(folder: Path, rows: int) -> float:
    """The table of a small template filled: rewritten, verified by reading back, synced to disk, replaced."""
    import pyarrow.compute
    import pyarrow.csv  # noqa: F401  (loaded before the clock starts, as the others' libraries are)

    import xl_flexextra.ooxml.tables.rewrite  # noqa: F401

    path = folder / "ours.xlsx"
    template(path)
    columns = data(rows, 1).columns
    start = time.perf_counter()
    _write(path, columns)
    return time.perf_counter() - start


def run_refill(folder: Path, rows: int) -> float:
    """The same into a template that holds a million rows already."""
    import xl_flexextra.ooxml.tables.rewrite  # noqa: F401

    command = [sys.executable, __file__, "--child", "ours", "--rows", str(rows), "--folder", str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # in a process of its own: its memory is not counted here
    columns = data(rows, 2).columns
    start = time.perf_counter()
    _write(folder / "ours.xlsx", columns)
    return time.perf_counter() - start


def run_command(folder: Path, rows: int) -> float:
    """The whole refresh from Parquet: source, checks, plan, dependents, backup, journal."""
    import pyarrow.parquet as parquet

    from xl_flexextra.sync.refresh import Request, refresh

    path = folder / "whole.xlsx"
    template(path)
    parquet.write_table(data(rows, 1), folder / "prices.parquet")
    path.with_name("whole.xlsx.sync.toml").write_text(
        '[[table]]\nname = "UnitValues"\nlayout = "as_is"\nsource = "prices.parquet"\n'
    )
    start = time.perf_counter()
    outcome = refresh(Request(path, accept_revisions=True))
    took = time.perf_counter() - start
    if not outcome.written:
        raise SystemExit("\n".join(map(str, outcome.stopped)))
    return took


def run_floor(folder: Path, rows: int) -> float:
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
    start = time.perf_counter()
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
    return time.perf_counter() - start


def run_rustpy(folder: Path, rows: int) -> float:
    """rustpy-xlsxwriter: a new file of rows, no template."""
    import rustpy_xlsxwriter as rust

    records = data(rows, 1).to_pylist()  # its Arrow and pandas ways take twice the time
    for record in records:
        record["valuation_date"] = datetime.datetime.combine(record["valuation_date"], datetime.time())
    start = time.perf_counter()
    rust.write_worksheet(records, str(folder / "rust.xlsx"), sheet_name="Data")
    return time.perf_counter() - start


def run_jetxl(folder: Path, rows: int) -> float:
    """jetxl: a new file from an Arrow table, no template."""
    import jetxl

    table = data(rows, 1)
    start = time.perf_counter()
    jetxl.write_sheet_arrow(table, str(folder / "jetxl.xlsx"), sheet_name="Data")
    return time.perf_counter() - start


def run_openpyxl(folder: Path, rows: int) -> float:
    """openpyxl: load, change the cells, save."""
    import openpyxl

    path = folder / "openpyxl.xlsx"
    template(path)
    table = data(rows, 1)
    columns = [c.to_pylist() for c in table.columns]
    start = time.perf_counter()
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    for r, values in enumerate(zip(*columns, strict=True), start=2):
        for c, value in enumerate(values, start=1):
            sheet.cell(r, c, value)
    sheet.tables["UnitValues"].ref = f"A1:D{rows + 1}"
    book.save(path)
    return time.perf_counter() - start


def run_small(folder: Path, rows: int) -> float:
    """122 x 7 unit values from CSV, the whole command, after the start: one refresh to warm up, the next measured."""
    from xl_flexextra.sync.refresh import Request, refresh

    path = folder / "small.xlsx"
    template(path, 121, 7)
    source = folder / "small.csv"
    took = 0.0
    for step in range(2):
        day = datetime.date(1998, 7, 1)
        lines = ["valuation_date," + ",".join(FUNDS)]
        lines += [
            f"{day + datetime.timedelta(days=r)}," + ",".join(str(10 + r / 8 + c + step) for c in range(1, 8))
            for r in range(122)
        ]
        source.write_text("\n".join(lines) + "\n")
        start = time.perf_counter()
        outcome = refresh(Request(path, str(source), "UnitValues", accept_revisions=True))
        took = time.perf_counter() - start
        if not outcome.written:
            raise SystemExit("\n".join(map(str, outcome.stopped)))
    return took


RUNS: dict[str, Callable[[Path, int], float]] = {
    "floor": run_floor,
    "ours": run_ours,
    "refill": run_refill,
    "command": run_command,
    "rustpy": run_rustpy,
    "jetxl": run_jetxl,
    "openpyxl": run_openpyxl,
    "small": run_small,
}


def child(name: str, rows: int, given: Path | None) -> None:
    """One run in this process; its time and peak memory as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        took = RUNS[name](given or Path(folder), rows)
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1 << 20)
    except ImportError:
        peak = 0
    print(json.dumps({"seconds": took, "peak_mb": peak}))


def main() -> None:
    """Run all, the best of some rounds each, and print a table with the ratios."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--skip", nargs="*", default=[], choices=list(RUNS))
    options.add_argument("--json", type=Path)
    options.add_argument("--child", choices=list(RUNS), help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        child(given.child, given.rows, given.folder)
        return
    results: dict[str, dict[str, float]] = {}
    for round_number in range(given.rounds):
        for name in RUNS:
            if name in given.skip or (round_number and name == "openpyxl"):
                continue
            command = [sys.executable, __file__, "--child", name, "--rows", str(given.rows)]
            ran = subprocess.run(command, capture_output=True, text=True)
            if ran.returncode:
                print(f"{name}: {(ran.stderr.strip() or ran.stdout.strip()).splitlines()[-1]}", file=sys.stderr)
                continue
            new = json.loads(ran.stdout.splitlines()[-1])
            if name not in results or new["seconds"] < results[name]["seconds"]:
                results[name] = new
    ours = results["ours"]["seconds"]
    print(f"{'run':<10} {'seconds':>9} {'ours is':>9} {'peak MB':>9}")
    for name, result in results.items():
        print(f"{name:<10} {result['seconds']:>9.3f} {result['seconds'] / ours:>8.2f}x {result['peak_mb']:>9.0f}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
