"""The money-weighted return: the annual rate at which dated cash flows balance."""

import datetime
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, FlexExtraError, NoSolution, counted

# log rates that are looked at: closely where rates usually are, then on to the ends of what a number can hold
LOWEST, LOW, HIGH, HIGHEST = -36.0, math.log(1e-9), math.log(1e9), 709.0
GRID = np.concatenate([np.arange(LOWEST, LOW, 0.25), np.arange(LOW, HIGH, 0.02), np.arange(HIGH, HIGHEST + 0.25, 0.25)])
STEPS, SOON = 50, 12  # of Newton's method at most, and those in which nearly all rates are found
REACHES = 0.5, 4.0  # how far from the start is looked first
AT_ONCE = 1_000_000  # terms of the balance that are held in memory at the same time


MOSTLY = 0.75  # of the policies of a block
BLOCK = 1 << 15  # flows of policies that are looked at together: they stay in the cache


class Returns(NamedTuple):
    """The rates of policies, each where ``policies`` has its name; NaN where there is none, which ``errors`` explains."""

    policies: np.ndarray
    rates: np.ndarray
    errors: dict[int, FlexExtraError]


def money_weighted_return(amounts: Sequence[float], dates: Sequence[datetime.date]) -> float:
    """The rate r with Σ amount / (1 + r)^(days / 365) = 0, days from the first date; in any order of dates.

    Flows that change sign more than once may have several such rates. Then the one counts that Newton's method reaches
    from the flows' own total return, taken between −90% and Excel's default guess of 10%; where it reaches none, the
    nearest to that start. Every sign change is looked at, from a loss of all but 2e-16 to the largest rate that a number
    holds; a rate beyond is refused.
    """
    if len(amounts) != len(dates):
        raise BadInput(f"'amounts' has {counted(len(amounts), 'value')} and 'dates' {len(dates)}; give one date an amount.")
    flows = np.array(amounts, dtype=float)
    received, paid = flows[flows > 0].sum(), -flows[flows < 0].sum()
    if not (received and paid):
        raise NoSolution("'amounts' must have both payments (negative) and receipts (positive); a rate needs both.")
    first = min(dates)
    years = np.array([(day - first).days for day in dates], dtype=float) / 365.0
    if not years.any():
        raise NoSolution("'dates' are all the same day; there is no rate over no time.")
    years, days = np.unique(years, return_inverse=True)  # flows of one day are one flow
    flows = np.bincount(days, weights=flows / np.abs(flows).max())
    if not flows.any():
        raise NoSolution("'amounts' balance on each of 'dates', so every rate fits; there is no single rate.")
    start = min(max(received / paid - 1.0, -0.9), 0.1)
    rate = _newton(flows, years, start)
    if rate is None:
        rate = _searched(flows, years, math.log1p(start))
    return float(without_noise(rate))


def money_weighted_returns(policies: Any, amounts: Any, dates: Any) -> Returns:
    """The money-weighted return of every policy in one call: columns of a table with a row a flow, in any order.

    Each is the rate of :func:`money_weighted_return` over the policy's own flows (within 1e-12). Newton's method steps for
    all policies at once; one that it does not bring to a rate goes the way of a single one.
    """
    flows, days = np.asarray(amounts, dtype=float), np.asarray(dates, dtype="datetime64[D]").astype(np.int64)
    of_policy = np.asarray(policies)
    if not len(of_policy) == len(flows) == len(days):
        counts = f"{counted(len(of_policy), 'value')}, 'amounts' {len(flows)} and 'dates' {len(days)}"
        raise BadInput(f"'policies' has {counts}; give one of each a flow.")
    if np.any(of_policy[1:] < of_policy[:-1]):  # mostly they come in order
        order = np.argsort(of_policy, kind="stable")
        of_policy, flows, days = of_policy[order], flows[order], days[order]
    begins = np.flatnonzero(np.concatenate([[True], of_policy[1:] != of_policy[:-1]])[: len(of_policy)])
    names, bounds = of_policy[begins], np.append(begins, len(of_policy))
    rates, errors = np.full(len(names), np.nan), {}
    for begin, end in _blocks(bounds):
        own = slice(bounds[begin], bounds[end])
        rates[begin:end] = _newton_of_many(flows[own], days[own], bounds[begin : end + 1] - bounds[begin], SOON)
    slow = np.isnan(rates)
    if slow.any():  # the few of all blocks together
        of_slow = np.repeat(slow, np.diff(bounds))
        slow_bounds = np.append(0, np.cumsum(np.diff(bounds)[slow]))
        rates[slow] = _newton_of_many(flows[of_slow], days[of_slow], slow_bounds, STEPS)
    for place in np.flatnonzero(np.isnan(rates)).tolist():
        own = slice(bounds[place], bounds[place + 1])
        try:
            rates[place] = _alone(flows[own], days[own])
        except FlexExtraError as error:
            errors[place] = error.with_traceback(None)
    return Returns(names, np.asarray(without_noise(rates)), errors)


def _alone(flows: np.ndarray, days: np.ndarray) -> float:
    """One policy by itself."""
    if not np.all(np.isfinite(flows)):
        raise BadInput("'amounts' holds something that is not a number; correct it.")
    if np.any(days == np.iinfo(np.int64).min):
        raise BadInput("'dates' lacks a date; fill it in.")
    return money_weighted_return(flows.tolist(), days.astype("datetime64[D]").tolist())


def _blocks(bounds: np.ndarray) -> list[tuple[int, int]]:
    """Policies in groups of about so many flows, by the places where their flows begin."""
    steps = np.searchsorted(bounds, np.arange(BLOCK, bounds[-1], BLOCK), side="left").tolist()
    places = sorted({0, *steps, len(bounds) - 1})
    return [pair for pair in itertools.pairwise(places) if pair[0] < pair[1]]


def _newton_of_many(flows: np.ndarray, days: np.ndarray, bounds: np.ndarray, steps: int) -> np.ndarray:
    """The rates of some policies that Newton's method reaches in so many steps as :func:`_newton` does; NaN for others."""
    begins, counts = bounds[:-1], np.diff(bounds)
    received = np.add.reduceat(np.maximum(flows, 0.0), begins)
    paid = -np.add.reduceat(np.minimum(flows, 0.0), begins)
    back = (np.repeat(np.minimum.reduceat(days, begins), counts) - days) / 365.0
    found, going = np.full(len(counts), np.nan), (received > 0) & (paid > 0)
    with np.errstate(all="ignore"):
        rate, places = np.minimum(np.maximum(received / paid - 1.0, -0.9), 0.1), np.arange(len(counts))
        for _ in range(steps):
            if not going.any():
                break
            if np.count_nonzero(going) < MOSTLY * len(going):  # to take out those that are done costs two steps of all
                own = np.repeat(going, counts)
                flows, back, rate, places, counts = flows[own], back[own], rate[going], places[going], counts[going]
                begins, going = np.cumsum(counts) - counts, going[going]
            rate, next_one, reached = _step(flows, back, rate, begins, counts)
            reached &= going
            found[places[reached]] = rate[reached]
            going &= next_one
    return found


def _step(
    flows: np.ndarray, back: np.ndarray, rate: np.ndarray, begins: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A step of Newton's method for each policy: its rate, whether there is a next one, and whether this one is the root.

    ``back``: the years of each flow, back to the policy's first one.
    """
    discounted = np.repeat(np.log1p(rate), counts)
    discounted *= back
    np.exp(discounted, out=discounted)
    discounted *= flows
    value, slope = np.add.reduceat(discounted, begins), np.add.reduceat(back * discounted, begins) / (1.0 + rate)
    change = value / slope
    lost = ~np.isfinite(change) | (rate - change <= -1.0)
    rate = rate - change
    reached = ~lost & (np.abs(change) < 1e-13 * np.maximum(1.0, np.abs(rate)))
    near = ~lost & ~reached & (np.abs(change) < 1e-10)
    if near.any():  # no further digits to gain
        reached |= near & (np.abs(value) < 1e-15 * np.add.reduceat(np.abs(discounted), begins))
    return rate, ~lost & ~reached, reached


def _searched(flows: np.ndarray, years: np.ndarray, start: float) -> float:
    """The root nearest to a log rate, of all sign changes of the balance; raises where there is none."""

    def balance(u: np.ndarray) -> np.ndarray:
        """Present value at log rates u, scaled by a positive factor: it neither overflows nor loses its sign."""
        exponents = -np.multiply.outer(u, years)
        return np.asarray(np.exp(exponents - exponents.max(axis=1, keepdims=True)) @ flows)

    for reach in (*REACHES, math.inf):  # outwards: a root that is nearer than all that is not looked at is the one
        grid = GRID[np.abs(GRID - start) <= reach]
        block = max(AT_ONCE // len(years), 1)
        signs = np.sign(np.concatenate([balance(grid[at : at + block]) for at in range(0, len(grid), block)]))
        places = np.flatnonzero(signs[:-1] * signs[1:] < 0)
        roots = [*grid[signs == 0], *(_root(flows, years, grid[p], grid[p + 1]) for p in places)]
        nearest = min(roots, key=lambda u: abs(u - start), default=math.inf)
        if abs(nearest - start) < min(start - grid[0], grid[-1] - start) or (roots and reach == math.inf):
            return math.expm1(nearest)
    moved = np.sign(flows[flows != 0])  # far out, the first flow decides at one end and the last one at the other
    if moved[0] * signs[-1] < 0:
        raise NoSolution("The annual rate that balances 'amounts' is larger than a number can hold; the flows are too near.")
    if moved[-1] * signs[0] < 0:
        raise NoSolution(
            "The annual rate that balances 'amounts' is too near to -100% for a number; the flows are "
            "too near to each other for an annual rate."
        )
    raise NoSolution("No annual rate balances 'amounts' on 'dates'; look for a flow with the wrong sign or date.")


def _newton(flows: np.ndarray, years: np.ndarray, rate: float) -> float | None:
    """A root that Newton's method reaches within :data:`STEPS` without leaving rates above −100%, or None."""
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            discounted = flows * (1.0 + rate) ** -years
            value, slope = discounted.sum(), -(years * discounted).sum() / (1.0 + rate)
            change = value / slope if slope else math.inf
            if not math.isfinite(change) or rate - change <= -1.0:
                return None
            rate -= change
            if abs(change) < 1e-13 * max(1.0, abs(rate)):
                return float(rate)
            if abs(change) < 1e-10 and abs(value) < 1e-15 * np.abs(discounted).sum():
                return float(rate)  # no further digits to gain
    return None


def _root(flows: np.ndarray, years: np.ndarray, low: float, high: float) -> float:
    """A root of the balance between two log rates of opposite sign, to the last bits."""

    def balance(u: float) -> tuple[float, float]:
        exponents = -u * years
        discounted = np.exp(exponents - exponents.max()) * flows
        return float(discounted.sum()), -float((years * discounted).sum())

    rising = balance(high)[0] > 0
    middle = 0.5 * (low + high)
    for _ in range(200):
        value, slope = balance(middle)
        if (value > 0) == rising:
            high = middle
        else:
            low = middle
        step = middle - value / slope if slope else math.nan
        # Newton's step, or half the way where it leads out
        following = step if low < step < high else 0.5 * (low + high)
        if abs(following - middle) <= 2.3e-16 * max(abs(middle), 1.0):
            return following
        middle = following
    return middle
