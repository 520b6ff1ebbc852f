"""The four tables of the July 2008 update, 112 figures, by the core alone: once its ranges are parsed, nothing remembered.

    python benchmarks/four_tables.py [--small] [--page docs/benchmarks.md]

Each round makes every figure anew. "First" is the first calculation of inputs that were just parsed: nothing is remembered
of them or of the dates. "Again" is what follows a change of a unit value or a share, without its parsing: the days of the
charges are known. What is measured is the report's own calculation, the tables of which are those that PERFORMANCE_TABLE
gives to cells. All figures have to tie to the published page before any time counts, and those of the last round have to be
the same. Processor time, the least and the middle of 400 rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import page

from xl_flexextra import terms
from xl_flexextra.calculation import calendar_days, contract_figures, page_walks
from xl_flexextra.inputs import remembered
from xl_flexextra.update import report
from xl_flexextra.update.update_inputs import Inputs, sample_inputs

FIGURES = (contract_figures._figures_of,)
DATES = (calendar_days.add_months, calendar_days.split_years, calendar_days._anniversaries, page_walks._by_terms)


def just_parsed() -> Inputs:
    """The inputs as no calculation has seen them yet, without the published figures."""
    remembered.MEMORY.clear()
    terms.load.cache_clear()
    return replace(sample_inputs(), published=())


def seconds(inputs: Callable[[], Inputs], whole: report.Report, known: Sequence[Any], rounds: int) -> list[float]:
    """The processor time of each round, before which what is ``known`` is forgotten."""
    times = []
    for _ in range(rounds):
        for one in known:
            one.cache_clear()
        given = inputs()
        begin = time.process_time()
        made = report.compute(given)
        times.append(time.process_time() - begin)
    if [table.values.tolist() for table in made.tables] != [table.values.tolist() for table in whole.tables]:
        raise SystemExit("the figures that were timed are not those that tie")
    return times


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
    alone, figures = replace(inputs, published=()), sum(table.values.size for table in whole.tables)
    rounds, rows = 5 if given.small else 400, []
    for what, making, known in (("first", just_parsed, (*FIGURES, *DATES)), ("again", lambda: alone, FIGURES)):
        times = seconds(making, whole, known, rounds)
        least, middle = min(times), statistics.median(times)
        rows.append((f"four tables, {figures} figures, {what}", f"{least * 1e3:.2f} ms", f"{middle * 1e3:.2f} ms"))
        rows.append((f"a figure, {what}", f"{least / figures * 1e6:.1f} µs", f"{middle / figures * 1e6:.1f} µs"))
    page.write(given.page, "four-tables", page.table(("what", "least", "middle"), rows))


if __name__ == "__main__":
    main()
