"""A million ten-year walks against what numpy needs at least for the same arithmetic, as ratios from one run.

    python benchmarks/walks.py [walks]

The floor is the bare loop V = V x growth - charge over ten dates, written with in-place numpy on arrays of the same
size, in blocks that fit the cache. The walk is measured as the functions use it: dates first, one last value kept, charges
in dollars; and with what contracts add to it. One run, one process: only the ratios mean anything.

November 2026, numpy 2, two shared cores, three runs of 300,000 walks: one charge in dollars 2.1 to 2.2 times the floor (was
2.5 to 2.75), with a rider of value 3.0 to 3.2 (was 4.8), with a third of the roll-up or the highest value 4.3 to 4.6, with a
waiver 6.4 to 7.0 (was 8.2). What is taken is held within what there is once, after the last date, not on every one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from xl_flexextra.calculation.walk import Charging, Redemption, Taken, redeem, walk

YEARS, BLOCK = 10, 10_000


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """The least of some times."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def main(walks: int = 1_000_000) -> None:
    """Measure and print."""
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

    def ours(*others: Taken, **more: object) -> float:
        total = 0.0
        for block in blocks:
            charging = Charging((Taken(amount=due * dollars[block], **more), *others))  # type: ignore[arg-type]
            total += float(walk(levels[:, block], 1000.0, charging, keep=False).value[-1].sum())
        return total

    def to_the_end() -> float:
        terms = Redemption(1000.0, 0.03, "value", "percent_of_value", 0.1)
        total = 0.0
        for block in blocks:
            path = walk(levels[:, block], 1000.0, Charging((Taken(amount=due * dollars[block]),)), keep=False)
            total += float(redeem(path, terms).erv.sum())
        return total

    def time_last() -> float:
        value = np.full(walks, 1000.0)
        turned = np.ascontiguousarray(levels.T)
        for k in range(1, YEARS + 1):
            value = value * (turned[:, k] / turned[:, k - 1]) - dollars
        return float(value.sum())

    yearly = due[:, 0]
    rider = Taken("value", 0.005 * yearly)
    rolled = 1000 * 1.05 ** np.arange(YEARS + 1)
    roll_up = Taken("greater_of_roll_up_and_value", 0.0025 * yearly, rolled_up=rolled)
    highest = Taken("highest_anniversary_value", 0.0025 * yearly)
    daily = Taken("value", 0.0, growth_left=np.full(YEARS + 1, 0.99))
    closed = levels[-1] * (100.0 * 10 / levels[0] - dollars * (1 / levels[1:]).sum(axis=0))
    kept = closed > 1.0  # where the charges take everything the walk stops at zero, the closed form does not
    by_walk = walk(levels, 1000.0, Charging((Taken(amount=due * dollars),)), keep=False).value[-1]
    print(f"largest difference from the closed form: {np.abs(by_walk / closed - 1)[kept].max():.1e}")
    base = best(floor)
    print(f"{walks:,} walks of {YEARS} years; numpy's floor {base:.3f} s = 1.00x")
    for label, work in (
        ("plain numpy, not in place", plain),
        ("walk, charges in dollars", ours),
        ("walk and redemption", to_the_end),
        ("walk with a waiver", lambda: ours(waived_above=1500.0)),
        ("two charges: a rider of value", lambda: ours(rider)),
        ("three: and one of the roll-up", lambda: ours(rider, roll_up)),
        ("three, the third of the highest", lambda: ours(rider, highest)),
        ("two: a daily one in the growth", lambda: ours(daily)),
        ("plain numpy, time last", time_last),
    ):
        print(f"{label:>32}: {best(work) / base:5.2f}x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
