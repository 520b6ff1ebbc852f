"""The search of 50,000 sets of choices on the figures of July 2008, beside the functions called in plain Python.

    python benchmarks/find_conventions.py [sets of plain Python]

The 56 figures after contract charges of the flexible contract. Plain Python makes the terms of a set and asks for each
figure by its function; a few sets are measured (100 without an argument), and 50,000 stand in proportion. The search lays
every choice out as columns of the one walk and judges all sets; 50,000 of them stand in proportion too. One run, one
process: only the ratio means anything.

November 2026, numpy 2, two busy shared cores: 1,712,880 sets that differ on the figures laid out in 0.60 s, walked and
judged in 0.27 s, 0.008 s for 50,000 of them; plain Python 11.3 ms a set, 564 s for 50,000: some 900 times as long.
"""

from __future__ import annotations

import contextlib
import dataclasses
import random
import sys
import time

from xl_flexextra.calculation import contract_figures
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.finding import decided, outcome, search
from xl_flexextra.update import report
from xl_flexextra.update.to_find import of_update, task
from xl_flexextra.update.update_inputs import sample_inputs

SETS = 50_000


def main(plain: int) -> None:
    """Print the times of both ways."""
    inputs = sample_inputs()
    draft = inputs.contracts[0]
    kept = tuple(one for one in inputs.published if one.contract == "FLEX")
    page = of_update(report.compute(dataclasses.replace(inputs, published=kept)))
    asked, _ = task(page, draft)
    begun = time.process_time()
    (reading,) = search.readings(asked)
    axes = time.process_time() - begun
    begun = time.process_time()
    found = search.tied(reading)
    walked = time.process_time() - begun
    begun = time.process_time()
    whole = outcome.find(asked)
    everything = time.process_time() - begun
    print(f"{len(kept)} figures, {reading.size:,} sets that differ on them; {whole.tied} tie by {len(whole.sets)} sets")
    print(f"search: axes {axes:.2f} s, all sets walked and judged {walked:.2f} s, ranked with classes {everything:.2f} s")
    print(f"  {SETS:,} sets in proportion: {walked * SETS / reading.size:.3f} s, with all axes {axes:.2f} s more")
    seeds, sets = random.Random(1), 0
    begun = time.process_time()
    while sets < plain:
        at = [seeds.randrange(count) for count in reading.shape]
        members = (reading.walk, reading.redemption, reading.years)
        said = [choice for axis, place in zip(members, at, strict=True) for choice in axis.members[place][0][0]]
        terms = decided.as_terms(draft, dict(said))
        if terms is None:
            continue
        sets += 1
        for one, code in zip(kept, page.codes, strict=True):
            with contextlib.suppress(FlexExtraError):
                figures = contract_figures.figures_of(terms, page.unit_values, one.as_of, page.shares, page.funds, "all")
                figures.figure(one.fund, code)
    each = (time.process_time() - begun) / plain
    print(f"plain Python: {1000 * each:.1f} ms a set, {each * SETS:.0f} s for {SETS:,} sets")
    print(f"  {each * SETS / (axes + walked * SETS / reading.size):.0f} times the search of {SETS:,} sets, axes included")
    assert found.score.max() == whole.tied


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
