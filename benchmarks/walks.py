"""A million ten-year walks against what numpy needs at least for the same arithmetic, as ratios from one run.

    python benchmarks/walks.py [walks] [--small] [--page docs/benchmarks.md]

The floor is the bare loop V = V x growth - charge over ten dates, written with in-place numpy on arrays of the same
size, in blocks that fit the cache. All walks are one call: dates first, the last value alone kept, dollars for each date
and walk; and with what contracts add to it. One run, one process, processor time: only the ratios mean anything.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import page

from xl_flexextra.calculation.taken import Array, Charging, Taken, waived_from
from xl_flexextra.calculation.walk import Redemption, redeemed_value, walk

YEARS, BLOCK = 10, 10_000


def ratios(works: dict[str, Callable[[], object]], rounds: int = 7) -> tuple[float, dict[str, float]]:
    """The least processor time of the first work, and of each as a ratio to it; they take turns, as no machine is idle."""
    least = dict.fromkeys(works, np.inf)
    for _ in range(rounds):
        for name, work in works.items():
            begin = time.process_time()
            work()
            least[name] = min(least[name], time.process_time() - begin)
    base = least[next(iter(works))]
    return base, {name: seconds / base for name, seconds in least.items()}


def main() -> None:
    """Measure, print and write the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("walks", nargs="?", type=int, default=1_000_000)
    page.option(asked)
    asked.add_argument("--small", action="store_true", help="2,000 walks: what is right, not how fast")
    given = asked.parse_args()
    page.write(given.page, "walks", measured(2_000 if given.small else given.walks))


def measured(walks: int) -> list[str]:
    """The table, once the walks are right."""
    random = np.random.default_rng(0)
    levels = 10 * np.exp(random.normal(0.05, 0.15, (YEARS + 1, walks)).cumsum(axis=0))
    dollars = random.uniform(0.0, 35.0, walks)
    due = np.array([0.0] + [1.0] * YEARS)[:, None]
    blocks = [slice(k, min(k + BLOCK, walks)) for k in range(0, walks, BLOCK)]

    def floor() -> float:
        total = 0.0
        for block in blocks:
            u, c = levels[:, block], dollars[block]
            value = np.full(u.shape[1], 1000.0)
            growth = np.empty_like(value)
            for k in range(1, YEARS + 1):
                np.divide(u[k], u[k - 1], out=growth)
                value *= growth
                value -= c
            total += float(value.sum())
        return total

    def plain() -> float:
        total = 0.0
        for block in blocks:
            u, c = levels[:, block], dollars[block]
            value = np.full(u.shape[1], 1000.0)
            for k in range(1, YEARS + 1):
                value = value * (u[k] / u[k - 1]) - c
            total += float(value.sum())
        return total

    def ours(*charges: Taken, **more: Any) -> Array:
        return walk(levels, 1000.0, Charging((*charges,), **more), keep=False, taken=False).value[-1]

    def in_parts() -> float:
        total = 0.0
        for block in blocks:
            charging = Charging((Taken(amount=due * dollars[block]),))
            total += float(walk(levels[:, block], 1000.0, charging, keep=False, taken=False).value[-1].sum())
        return total

    def to_the_end() -> Array:
        terms = Redemption(1000.0, 0.03, "value", "percent_of_value", 0.1)
        return redeemed_value(walk(levels, 1000.0, Charging((charge,)), keep=False, taken=terms.asks_for_charges), terms)

    def time_last() -> float:
        value = np.full(walks, 1000.0)
        turned = np.ascontiguousarray(levels.T)
        for k in range(1, YEARS + 1):
            value = value * (turned[:, k] / turned[:, k - 1]) - dollars
        return float(value.sum())

    yearly, amounts = due[:, 0], due * dollars
    charge, waived = Taken(amount=amounts), Taken(amount=amounts, waived_from=waived_from(1500.0, False))
    rider = Taken("value", 0.005 * yearly)
    rolled = 1000 * 1.05 ** np.arange(YEARS + 1)
    roll_up = Taken("greater_of_roll_up_and_value", 0.0025 * yearly, rolled_up=rolled)
    highest = Taken("highest_anniversary_value", 0.0025 * yearly)
    daily = Taken("value", 0.0, growth_left=np.full(YEARS + 1, 0.99))
    closed = levels[-1] * (100.0 * 10 / levels[0] - dollars * (1 / levels[1:]).sum(axis=0))
    kept = closed > 1.0  # where the charges take everything the walk stops at zero, the closed form does not
    by_walk = ours(charge)
    worst = np.abs(by_walk / closed - 1)[kept].max()
    if not worst < 1e-9:
        raise SystemExit(f"the walk differs from the closed form by {worst:.1e}")
    base, found = ratios({
        f"{walks:,} walks of {YEARS} years: the floor": floor,
        "plain numpy, not in place": plain,
        "walk, charges in dollars": lambda: ours(charge),
        f"in calls of {BLOCK:,}, their charges made in each": in_parts,
        "walk and redemption": to_the_end,
        "walk with a waiver": lambda: ours(waived),
        "two charges: a rider of value": lambda: ours(charge, rider),
        "three: and one of the roll-up": lambda: ours(charge, rider, roll_up),
        "three, the third of the highest": lambda: ours(charge, rider, highest, anniversary=yearly > 0),
        "two: a daily one in the growth": lambda: ours(charge, daily),
        "plain numpy, time last": time_last,
    })  # fmt: skip
    rows = [(label, f"{ratio:.2f}x") for label, ratio in found.items()]
    return [f"The floor takes {base:.4f} s of the processor.", "", *page.table(("what", "time"), rows)]


if __name__ == "__main__":
    main()
