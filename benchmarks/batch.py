"""A batch against figures one by one: killed, resumed, on one process and two, on Dask; checked before any time counts.

    python benchmarks/batch.py [--small | --figures 3000000] [--page docs/benchmarks.md]

Makes an insurer of Parquet files: contracts of 8 funds with 30 different terms (riders, waivers, free withdrawals, by
share), first days of their own, one fund in twenty whose values ended. Runs the batch from Parquet to Parquet, in the parts
that a plan has by itself; kills one with ``kill -9`` midway, lets it go on, and compares the bytes with those of an unbroken
run; ends with 1 on a difference, or where fewer than one figure in twenty fails. What two processes gain is told of 20
seconds of work or more: of less the start takes a share that no month end has.
Some figures are computed one by one, which they must equal to the last bit, and by a plain walk of a few lines, in a loop
and in pandas' groupby-apply. Only the ratios of one run on one machine mean anything.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import page
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import parquet

from xl_flexextra.batch import engines, part, run
from xl_flexextra.batch.plan import Plan, load
from xl_flexextra.calculation import calendar_days
from xl_flexextra.calculation.contract_figures import ContractFigures

ROOT = Path(__file__).resolve().parent.parent
D = datetime.date
FUNDS, KINDS, CODES = 8, 30, ("YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_SUBACCOUNT")
LAST, PAYMENT = D(2008, 7, 31), 1000.0
PLAN = """
month_ends = "{first}..2008-07-31"
[inputs]
unit_values = "unit_values.parquet"
contracts = "contracts.parquet"
terms = "terms"
shares = "shares.parquet"
[[tables]]
id = "after_contract_charges"
periods = {codes}
"""
SMALL_PARTS = """
[output]
figures_of_part = 400
rows_of_part = 30
"""
ENOUGH = 20.0  # seconds of work in one process


def terms_of(kind: int) -> str:
    """The terms of one of 30 kinds; the first of every five is a plain one, which the plain walk knows."""
    schedule = [round(0.01 * (7 + kind % 3 - year), 2) for year in range(7)] + [0.0]
    text = f'[contract]\nname = "k{kind}"\n[cdsc]\nschedule = {schedule}\n[valuation]\nmax_age_days = 5\n'
    waived = {1: "", 2: f"waived_above = {42000 + 500 * kind}\n"}.get(kind % 5, "")
    form = "share" if kind % 5 == 4 else "average_size"
    size = "" if form == "share" else "average_contract_size = 40000\n"
    text += f'[annual_charge]\nform = "{form}"\ndollars = {30 + kind}\n{size}{waived}'
    if kind % 5 in (1, 2):
        text += f"[rider]\nrate = {0.003 + kind / 10000}\n"
    if kind % 5 == 3:
        text += '[free_withdrawal]\nform = "percent_of_payments"\nrate = 0.1\n'
    return text


def insurer(folder: Path, contracts: int, months: int, daily: bool) -> Path:
    """The files of a plan."""
    random = np.random.default_rng(5)
    days = np.arange(np.datetime64("1994-12-31"), np.datetime64(LAST) + 1)
    if not daily:
        days = days[(days + 1).astype("datetime64[M]") > days.astype("datetime64[M]")]
    (folder / "terms").mkdir(parents=True)
    for kind in range(KINDS):
        (folder / "terms" / f"k{kind}.toml").write_text(terms_of(kind))
    codes = [f"C{c:05}F{f}" for c in range(contracts) for f in range(FUNDS)]  # in order, so that a part reads its rows only
    firsts = [calendar_days.month_end(1995 + int(k) // 12, int(k) % 12 + 1) for k in random.integers(0, 60, len(codes))]
    schema = pa.schema([("sub_account", pa.string()), ("date", pa.date32()), ("unit_value", pa.float64())])
    with parquet.ParquetWriter(folder / "unit_values.parquet", schema) as writer:
        for begin in range(0, len(codes), 64):
            some = range(begin, min(begin + 64, len(codes)))
            parts = []
            for place in some:
                values = 10 * np.exp(random.normal(0.0002, 0.01, len(days)).cumsum()).round(6)
                there = (days >= np.datetime64(firsts[place])) & ((place % 20 != 7) | (days < np.datetime64("2001-01-01")))
                parts.append((np.repeat(codes[place], there.sum()), days[there], values[there]))
            columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
            writer.write_table(pa.table([pa.array(columns[0]), pa.array(columns[1]), pa.array(columns[2])], schema=schema))
    owners = [f"C{c:05}" for c in range(contracts) for _ in range(FUNDS)]
    kinds = [f"k{c % KINDS}" for c in range(contracts) for _ in range(FUNDS)]
    table = {"contract": owners, "sub_account": codes, "terms": kinds, "subaccount_inception": firsts}
    parquet.write_table(pa.table(table), folder / "contracts.parquet")
    shares = {"contract": owners, "fund": codes, "share": [(1 + f) / 36 for _ in range(contracts) for f in range(FUNDS)]}
    parquet.write_table(pa.table(shares), folder / "shares.parquet")
    back = (LAST.year * 12 + LAST.month - 1) - (months - 1)
    first = calendar_days.month_end(back // 12, back % 12 + 1)
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(first=first, codes=list(CODES)) + ("" if daily else SMALL_PARTS))
    return plan


def command(plan: Path, out: Path, *more: str) -> list[str]:
    """The command that runs a batch."""
    return [sys.executable, "-m", "xl_flexextra", "batch", str(plan), "--out", str(out), *more]


def timed(plan: Path, out: Path, *more: str) -> tuple[float, int, float]:
    """Seconds of the whole command, the most memory that it or a process of it took, in MB, and its processor time."""
    before = time.perf_counter()
    ended = subprocess.Popen(command(plan, out, *more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(ended.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"the batch ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - before, usage.ru_maxrss >> 10, usage.ru_utime + usage.ru_stime


def bytes_of(out: Path) -> dict[str, bytes]:
    """Every file of a folder of figures, by name."""
    files = (file for file in sorted(out.rglob("*")) if file.is_file() and not file.name.endswith((".lock", ".tmp")))
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


def notes(out: Path) -> int:
    """How many parts are done."""
    return len(list((out / "done").glob("*.json")))


def killed(plan: Path, out: Path, unbroken: Path) -> str:
    """A run killed midway and run again: how many parts it had done; ends the program where the bytes differ."""
    whole = notes(unbroken)
    process = subprocess.Popen(
        command(plan, out, "--engine", "processes", "--workers", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    while notes(out) < max(2, whole // 3) and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)  # and its workers with it
    process.wait()
    done = notes(out)
    timed(plan, out)
    if not 0 < done < whole:
        raise SystemExit(f"the run was killed after {done} of {whole} parts, which is not midway")
    if bytes_of(out) != bytes_of(unbroken):
        raise SystemExit("a run that was killed and went on wrote other bytes")
    again = subprocess.run(command(plan, out), capture_output=True, text=True)
    if "Nothing was left to do" not in again.stdout:
        raise SystemExit("a second run did something")
    return f"{done} of {whole}"


def on_dask(plan: Path, out: Path, unbroken: Path) -> str:
    """The same on a cluster of two processes, one of which is killed midway."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        victims = [worker.pid for worker in cluster.workers.values()]
        gone: list[int] = []

        def kill(parts: int, _figures: int, _now: int, _seconds: float) -> None:
            if parts >= 2 and not gone:
                gone.append(victims[0])
                os.kill(victims[0], signal.SIGKILL)

        ended = run.run(run.check(load(plan, out)), engines.engine("dask", 0, cluster.scheduler_address), kill)
    if ended.lost or not gone or bytes_of(out) != bytes_of(unbroken):
        raise SystemExit(f"Dask wrote other bytes, lost a part or no worker was killed: {ended.lost}")
    return f"a worker killed after 2 of {ended.parts}"


def walked(years: int, levels: Any, dollars: float, rate: float) -> float:
    """A plain contract by a few lines: dollars at each anniversary, then the CDSC on what is left."""
    value = PAYMENT
    for k in range(1, years + 1):
        value = value * (levels[k] / levels[k - 1]) - dollars
    return float((value - rate * value) / PAYMENT) ** (1 / years) - 1


def compared(plan: Plan, out: Path, count: int) -> dict[str, float]:
    """Processor time a figure one by one, in a plain loop and in pandas, for some figures that equal those of the batch."""
    import pandas as pd

    listed = [one for k, one in enumerate(run.check(plan).listed) if k % KINDS % 5 == 0][:40]  # of the plain kinds
    # no figure of them fails but for a fund that has no values
    figures = ds.dataset(out / "figures", format="parquet").to_table(
        filter=ds.field("contract").isin([o.code for o in listed])
    )
    rows = [row for row in figures.to_pylist() if row["value"] is not None and row["period"] in ("1Y", "3Y", "5Y")]
    rows = rows[:: max(1, len(rows) // count)][:count]
    own = {one.code: part.contract_of(plan, one) for one in listed}
    begin, worst = time.process_time(), 0.0
    for row in rows:
        c = own[row["contract"]]
        alone = ContractFigures(c.terms, c.unit_values, row["as_of"], c.shares, c.funds, "all").figure(
            row["fund"], row["period"]
        )
        if alone != row["value"]:
            raise SystemExit(f"not the figure of a cell: {row} is {alone} alone")
    single = (time.process_time() - begin) / len(rows)
    lines = []
    for number, row in enumerate(rows):
        years, c = int(row["period"][0]), own[row["contract"]]
        column = c.unit_values.column(row["fund"])
        days = [calendar_days.add_months(row["as_of"], -12 * (years - k)) for k in range(years + 1)]
        levels = [c.unit_values.at(column, day) for day in days]
        dollars, rate = c.terms["annual_charge.dollars"] / 40000 * PAYMENT, c.terms.cdsc_rate(years)
        lines += [(number, k, level, dollars, rate, years) for k, level in enumerate(levels)]
    frame = pd.DataFrame(lines, columns=["figure", "k", "level", "dollars", "rate", "years"])
    begin = time.process_time()
    by_pandas = frame.groupby("figure")[["level", "dollars", "rate", "years"]].apply(
        lambda g: walked(int(g["years"].iloc[0]), g["level"].to_numpy(), g["dollars"].iloc[0], g["rate"].iloc[0])
    )
    grouped = (time.process_time() - begin) / len(rows)
    ready = [[line for line in lines if line[0] == number] for number in range(min(len(rows), 300))]
    begin = time.process_time()
    by_loop = [walked(one[0][5], [line[2] for line in one], one[0][3], one[0][4]) for one in ready]
    looped = (time.process_time() - begin) / len(ready)
    for number, row in enumerate(rows):
        worst = max(worst, abs(by_pandas.loc[number] - row["value"]))
    for found, row in zip(by_loop, rows, strict=False):
        worst = max(worst, abs(found - row["value"]))
    if not worst < 1e-12:
        raise SystemExit(f"a plain walk of a few lines gives other figures, by {worst:g}")
    return {"single": single, "pandas": grouped, "loop": looped}


def main() -> None:
    """Make, check, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--small", action="store_true", help="a few thousand figures: what is right, not how fast")
    asked.add_argument("--figures", type=int, default=4_000_000)
    asked.add_argument("--rounds", type=int, default=5, help="runs of one process and of two, in turn")
    asked.add_argument("--no-dask", action="store_true")
    page.option(asked)
    given = asked.parse_args()
    if not given.no_dask and importlib.util.find_spec("distributed") is None:
        raise SystemExit("Dask is not installed: pip install -e '.[dask]', or --no-dask.")
    months = 6 if given.small else 50
    contracts = 30 if given.small else max(30, round(given.figures / (FUNDS * len(CODES) * months)))
    count, rounds = contracts * FUNDS * len(CODES) * months, 1 if given.small else given.rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = insurer(folder / "insurer", contracts, months, daily=not given.small)
        one, two, unbroken = [], [], folder / "one0"
        for k in range(rounds):
            one.append(timed(plan, folder / f"one{k}", "--engine", "processes", "--workers", "1"))
            two.append(timed(plan, folder / f"two{k}", "--engine", "processes", "--workers", "2"))
        here, memory, processor = timed(plan, folder / "here")
        if not bytes_of(unbroken) == bytes_of(folder / "two0") == bytes_of(folder / "here"):
            raise SystemExit("one process, two and this one wrote other bytes")
        half = plan.with_name("half.toml")
        later = calendar_days.add_months(LAST, -(months // 2 - 1))
        half.write_text(re.sub(r'"\d{4}-\d\d-\d\d\.\.', f'"{later}..', plan.read_text()))
        _, less, _ = timed(half, folder / "less")
        again, _, _ = timed(plan, unbroken)
        midway = killed(plan, folder / "killed", unbroken)
        cluster = "left out" if given.no_dask else on_dask(plan, folder / "dask", unbroken)
        each = compared(load(plan, unbroken), unbroken, 200 if given.small else 2000)
        failed = sum(1 for _ in ds.dataset(unbroken / "errors", format="parquet").to_table().to_pylist())
        size = sum(map(len, bytes_of(unbroken).values()))
    if failed * 20 < count and not given.small:
        raise SystemExit(f"only {failed:,} of {count:,} figures fail, which is less than one in twenty")
    first, second = (statistics.median(seconds for seconds, *_ in runs) for runs in (one, two))
    a_figure = processor / count
    too_little = "" if first >= ENOUGH else f" (of less than {ENOUGH:.0f} s of work)"
    than = {name: f"{seconds * 1e6:.1f} µs, {seconds / a_figure:.2f}x" for name, seconds in each.items()}
    lines = [
        f"{count:,} figures of {contracts} contracts ({KINDS} terms), {months} month ends; {failed:,} fail and say why",
        "",
        "| what | |",
        "| --- | --- |",
        f"| one process, the whole command, middle of {rounds} | {first:.1f} s, {first / count * 1e6:.1f} µs a figure |",
        f"| two processes, in turn with one | {second:.1f} s, {first / second:.2f}x as fast{too_little} |",
        f"| the same in the process of the command | {here:.1f} s, of the processor {a_figure * 1e6:.1f} µs a figure |",
        f"| a second run, all of it done | {again:.1f} s |",
        f"| memory, {months} month ends; {months // 2} month ends | {memory} MB; {less} MB |",
        f"| on disk | {size / count:.1f} bytes a figure |",
        f"| killed with kill -9 after {midway} parts, run again | the same bytes |",
        f"| on Dask, {cluster} | {'not run' if given.no_dask else 'the same bytes'} |",
        f"| a figure at a time (ContractFigures) | {than['single']} |",
        f"| pandas groupby-apply of a walk without riders, values at hand | {than['pandas']} |",
        f"| a plain loop of that walk, values at hand | {than['loop']} |",
    ]
    page.write(given.page, "batch", lines)


if __name__ == "__main__":
    main()
