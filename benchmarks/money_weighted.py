"""The money-weighted returns of many policies in one call, against a call of pyxirr each.

    python benchmarks/money_weighted.py [--policies 100000] [--small] [--page docs/benchmarks.md]

Policies of 3 to 60 flows: a payment, more of them in some months, withdrawals, and what there is at the end. pyxirr
(of PyPI, written in Rust) is given the flows of each policy ready as arrays, which costs it nothing here. The rates are
compared first, and each must balance its flows; the program ends with an error where they do not. Processor time.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable

import numpy as np
import page

from xl_flexextra.calculation.money_weighted import money_weighted_return, money_weighted_returns


def policies_of(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Policy, amount and date of every flow, policy by policy."""
    random = np.random.default_rng(11)
    flows = random.integers(3, 61, count)
    numbers = np.repeat(np.arange(count), flows)
    ends = np.cumsum(flows)
    months = random.integers(1, 240, len(numbers))
    months[ends - flows], months[ends - 1] = 0, 241
    days = np.datetime64("1988-07-31") + months * 30
    amounts = np.where(random.random(len(numbers)) < 0.8, -random.uniform(50, 2000, len(numbers)), 0.0)
    amounts[amounts == 0] = random.uniform(10, 300, int((amounts == 0).sum()))
    amounts[ends - flows] = -random.uniform(1000, 5000, count)
    paid = -np.add.reduceat(np.minimum(amounts, 0), ends - flows)
    amounts[ends - 1] = paid * random.uniform(0.5, 4.0, count)
    return numbers, amounts.round(2), days


def least(work: Callable[[], object], rounds: int) -> float:
    """The least processor time of some rounds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Check, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--policies", type=int, default=100_000)
    asked.add_argument("--small", action="store_true", help="500 policies: what is right, not how fast")
    page.option(asked)
    given = asked.parse_args()
    count, rounds = (500, 1) if given.small else (given.policies, 3)
    numbers, amounts, days = policies_of(count)
    found = money_weighted_returns(numbers, amounts, days)
    bounds = np.searchsorted(numbers, np.arange(count + 1))
    years = (days - np.repeat(np.minimum.reduceat(days, bounds[:-1]), np.diff(bounds))).astype(float) / 365
    discounted = amounts * (1 + np.repeat(found.rates, np.diff(bounds))) ** -years
    left = np.abs(np.add.reduceat(discounted, bounds[:-1])) / np.add.reduceat(np.abs(discounted), bounds[:-1])
    if found.errors or not left.max() < 1e-12:
        raise SystemExit(
            f"{len(found.errors)} policies without a rate; the flows of one balance to {left.max():.1e} of them"
        )
    some = range(0, count, max(1, count // 2000))
    each = [(amounts[bounds[k] : bounds[k + 1]].tolist(), days[bounds[k] : bounds[k + 1]].tolist()) for k in some]
    single = np.array([money_weighted_return(*one) for one in each])
    if not np.allclose(single, found.rates[:: some.step], rtol=0, atol=1e-12):
        raise SystemExit("many at once are other rates than each by itself")
    ours = least(lambda: money_weighted_returns(numbers, amounts, days), rounds)
    alone = least(lambda: [money_weighted_return(*one) for one in each], 1) / len(each) * count
    rows = [(f"{count:,} policies, {len(numbers):,} flows, in one call", f"{ours:.2f} s", "1.00x")]
    rows.append(("MONEY_WEIGHTED_RETURN of each", f"{alone:.2f} s", f"{alone / ours:.2f}x"))
    theirs = by_pyxirr(amounts, days, bounds, found.rates, rounds)
    rows.append(
        ("a call of pyxirr each", *((f"{theirs:.2f} s", f"{theirs / ours:.2f}x") if theirs else ("not installed", "")))
    )
    page.write(given.page, "money-weighted", page.table(("what", "processor time", "ratio"), rows))


def by_pyxirr(amounts: np.ndarray, days: np.ndarray, bounds: np.ndarray, rates: np.ndarray, rounds: int) -> float | None:
    """The time of pyxirr, once its rates are these; None where it is not installed."""
    try:
        import pyxirr
    except ImportError:
        return None
    each = [(days[k:end], amounts[k:end]) for k, end in itertools.pairwise(bounds)]
    theirs = np.array([pyxirr.xirr(*one) for one in each], dtype=float)
    if not np.allclose(theirs, rates, rtol=0, atol=1e-9):
        raise SystemExit(f"pyxirr has other rates, by {np.nanmax(np.abs(theirs - rates)):.1e}")
    return least(lambda: [pyxirr.xirr(*one) for one in each], rounds)


if __name__ == "__main__":
    main()
