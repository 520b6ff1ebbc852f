"""The four tables of the July 2008 update, 112 figures, by the core alone: once its ranges are parsed, nothing remembered.

    python benchmarks/four_tables.py [--small] [--page docs/benchmarks.md]

Each round makes every figure anew: terms, unit values, funds and shares are parsed, no figure or walk is. All figures
have to tie to the published page before any time counts. Processor time, the least and the middle of 200 rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import page

from xl_flexextra.calculation import contract_figures
from xl_flexextra.update import report
from xl_flexextra.update.update_inputs import sample_inputs


def main() -> None:
    """Check, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--small", action="store_true", help="five rounds: what is right, not how fast")
    page.option(asked)
    given = asked.parse_args()
    inputs = sample_inputs()
    tied = report.compute(inputs).tied
    apart = [one for one in tied if not one.ties]
    if apart or not tied:
        raise SystemExit(f"{len(apart)} of {len(tied)} published figures do not tie")
    alone, times, figures = replace(inputs, published=()), [], 0
    for _ in range(5 if given.small else 200):
        contract_figures._figures_of.cache_clear()
        begin = time.process_time()
        made = report.compute(alone)
        times.append(time.process_time() - begin)
        figures = sum(table.values.size for table in made.tables)
    middle = statistics.median(times)
    rows = [(f"four tables, {figures} figures", f"{min(times) * 1e3:.2f} ms", f"{middle * 1e3:.2f} ms")]
    rows.append(("a figure", *(f"{seconds / figures * 1e6:.0f} µs" for seconds in (min(times), middle))))
    page.write(given.page, "four-tables", page.table(("what", "least", "middle"), rows))


if __name__ == "__main__":
    main()
