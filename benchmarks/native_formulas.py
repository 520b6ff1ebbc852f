"""How long an engine takes to compute a native workbook: ``python benchmarks/native_formulas.py [FUNDS …]``.

The July 2008 update first: the whole of it, then parts of it with the stored values of all else (the 112 figures with their
tie-out, the four tables in one call). Then, for each number of funds, a workbook of so many. Processor time of IronCalc; the
fastest of three runs, of one beyond 50 funds.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import ironcalc

from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.update import report, update_inputs
from xl_flexextra.update.update_inputs import Inputs
from xl_flexextra.workbook.native.build import build


def of_funds(count: int) -> Inputs:
    """The sample's contracts over so many funds of constant growth, by month ends; equal shares."""
    sample = update_inputs.sample_inputs()
    days = [day.item() for day in sample.unit_values.dates]
    codes = [f"F{place:03d}" for place in range(count)]
    rows = [["valuation_date", *codes]]
    rows += [[day, *(10.0 * (1.003 + place / 1e5) ** k for place in range(count))] for k, day in enumerate(days)]
    began = datetime.date(1998, 7, 31)
    funds = Funds(tuple(Fund(code, printed_name=code, fund_inception=began, subaccount_inception=began) for code in codes))
    shares = [["fund", "share"], *([code, 1 / count] for code in codes)]
    bare = dataclasses.replace(
        sample, shares=None, share_rows=(), published=(), unit_values=UnitValues.from_rows(rows), funds=funds
    )
    return dataclasses.replace(bare, shares=parse("shares", "shares", shares), share_rows=shares)


PARTS = (("", "all"), ("CONTRACT_AATR|TIE_", "figures and tie-out"), ("PERFORMANCE_TABLE", "tables in one call"))


def reduced(path: Path, calls: str) -> Path:
    """A copy that computes only the formulas with these calls; all others are the values that the file stores."""
    part = path.with_name("part.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name).decode() if name.startswith("xl/worksheets/sheet") else old.read(name)
            if isinstance(data, str):
                data = re.sub(r"<f\b[^>]*>[^<]*</f>", lambda found: found[0] if re.search(calls, found[0]) else "", data)
            new.writestr(name, data)
    return part


def measured(inputs: Inputs, calls: str = "") -> tuple[float, float]:
    """Seconds of processor time to load and to compute."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "native.xlsx"
        build(report.compute(inputs), path)
        path = reduced(path, calls) if calls else path
        best = (9e9, 9e9)
        for _ in range(3 if len(inputs.funds.items) <= 50 else 1):
            began = time.process_time()
            model = ironcalc.load_from_xlsx(str(path))
            loaded = time.process_time()
            model.evaluate()
            best = min(best, (loaded - began, time.process_time() - loaded), key=lambda pair: pair[1])
    return best


if __name__ == "__main__":
    for calls, what in PARTS:
        load, compute = measured(update_inputs.sample_inputs(), calls)
        print(f"the July 2008 update, {what}: loaded in {load:.2f} s, computed in {compute:.2f} s", flush=True)
    for count in map(int, sys.argv[1:]):
        load, compute = measured(of_funds(count))
        print(f"{count} funds: loaded in {load:.2f} s, computed in {compute:.2f} s", flush=True)
