"""The four tables of the July 2008 update, 112 figures, by the core alone: once its ranges are parsed, nothing remembered.

    python benchmarks/four_tables.py [--small] [--page docs/benchmarks.md]

Each round makes every figure anew from its ranges, as at the first calculation: terms, unit values, funds and shares are
parsed; no figure, walk, date of a charge or arithmetic of dates is remembered. What is measured is the report's own
calculation, the tables of which are those that PERFORMANCE_TABLE gives to cells. All figures have to tie to the published
page before any time counts, and those of the last round have to be the same. Processor time, the least and the middle of
400 rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import page

from xl_flexextra.calculation import calendar_days, contract_figures
from xl_flexextra.update import report
from xl_flexextra.update.update_inputs import sample_inputs

REMEMBERED = (
    contract_figures._figures_of,
    calendar_days.add_months,
    calendar_days.split_years,
    calendar_days._anniversaries,
)


def main() -> None:
    """Check, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--small", action="store_true", help="five rounds: what is right, not how fast")
    page.option(asked)
    given = asked.parse_args()
    inputs = sample_inputs()
    whole = report.compute(inputs)
    apart = [one for one in whole.tied if not one.ties]
    if apart or not whole.tied:
        raise SystemExit(f"{len(apart)} of {len(whole.tied)} published figures do not tie")
    alone, times = replace(inputs, published=()), []
    for _ in range(5 if given.small else 400):
        for remembered in REMEMBERED:
            remembered.cache_clear()
        begin = time.process_time()
        made = report.compute(alone)
        times.append(time.process_time() - begin)
    tables = [table.values.tolist() for table in made.tables]
    if tables != [table.values.tolist() for table in whole.tables]:
        raise SystemExit("the figures that were timed are not those that tie")
    figures = sum(table.values.size for table in made.tables)
    middle = statistics.median(times)
    rows = [(f"four tables, {figures} figures", f"{min(times) * 1e3:.2f} ms", f"{middle * 1e3:.2f} ms")]
    rows.append(("a figure", *(f"{seconds / figures * 1e6:.0f} µs" for seconds in (min(times), middle))))
    page.write(given.page, "four-tables", page.table(("what", "least", "middle"), rows))


if __name__ == "__main__":
    main()
