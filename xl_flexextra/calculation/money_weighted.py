"""The money-weighted return: the annual rate at which dated cash flows balance."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, NoSolution

# log rates that are looked at: closely where rates usually are, then on to the ends of what a number can hold
LOWEST, LOW, HIGH, HIGHEST = -36.0, math.log(1e-9), math.log(1e9), 709.0
GRID = np.concatenate([np.arange(LOWEST, LOW, 0.25), np.arange(LOW, HIGH, 0.02), np.arange(HIGH, HIGHEST + 0.25, 0.25)])
AT_ONCE = 1_000_000  # terms of the balance that are held in memory at the same time


def money_weighted_return(amounts: Sequence[float], dates: Sequence[datetime.date]) -> float:
    """The rate r with Σ amount / (1 + r)^(days / 365) = 0, days from the first date; in any order of dates.

    Flows that change sign more than once may have several such rates. Then the one counts that Newton's method reaches
    from the flows' own total return, taken between −90% and Excel's default guess of 10%; where it reaches none, the
    nearest to that start. Every sign change is looked at, from a loss of all but 2e-16 to the largest rate that a number
    holds; a rate beyond is refused.
    """
    if len(amounts) != len(dates):
        raise BadInput(f"'amounts' has {len(amounts)} values and 'dates' {len(dates)}; give one date an amount.")
    flows = np.array(amounts, dtype=float)
    received, paid = flows[flows > 0].sum(), -flows[flows < 0].sum()
    if not (received and paid):
        raise NoSolution("'amounts' must have both payments (negative) and receipts (positive); there is no rate without.")
    first = min(dates)
    years = np.array([(day - first).days for day in dates], dtype=float) / 365.0
    if not years.any():
        raise NoSolution("'dates' are all the same day; there is no rate over no time.")
    years, days = np.unique(years, return_inverse=True)  # flows of one day are one flow
    flows = np.bincount(days, weights=flows / np.abs(flows).max())
    if not flows.any():
        raise NoSolution("'amounts' balance on each of 'dates', so every rate does; there is no one rate.")
    start = min(max(received / paid - 1.0, -0.9), 0.1)
    rate = _newton(flows, years, start)
    if rate is None:
        rate = _searched(flows, years, math.log1p(start))
    return float(without_noise(rate))


def _searched(flows: np.ndarray, years: np.ndarray, start: float) -> float:
    """The root nearest to a log rate, of all sign changes of the balance; raises where there is none."""

    def balance(u: np.ndarray) -> np.ndarray:
        """Present value at log rates u, scaled by a positive factor: it neither overflows nor loses its sign."""
        exponents = -np.multiply.outer(u, years)
        return np.asarray(np.exp(exponents - exponents.max(axis=1, keepdims=True)) @ flows)

    block = max(AT_ONCE // len(years), 1)
    signs = np.sign(np.concatenate([balance(GRID[at : at + block]) for at in range(0, len(GRID), block)]))
    places = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    roots = [*GRID[signs == 0], *(_bisect(balance, GRID[p], GRID[p + 1]) for p in places)]
    if roots:
        return math.expm1(min(roots, key=lambda u: abs(u - start)))
    moved = np.sign(flows[flows != 0])  # far out, the first flow decides at one end and the last one at the other
    if moved[0] * signs[-1] < 0:
        raise NoSolution("The annual rate that balances 'amounts' is larger than a number can hold; the flows are too near.")
    if moved[-1] * signs[0] < 0:
        raise NoSolution(
            "The annual rate that balances 'amounts' is so near to -100% that no number tells them apart; the flows are "
            "too near to each other for an annual rate."
        )
    raise NoSolution("No annual rate balances 'amounts' on 'dates'; look for a flow with the wrong sign or date.")


def _newton(flows: np.ndarray, years: np.ndarray, rate: float) -> float | None:
    """A root that Newton's method reaches within 50 steps without leaving rates above −100%, or None."""
    with np.errstate(all="ignore"):
        for _ in range(50):
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


def _bisect(balance: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float:
    """A root between two points of opposite sign, to the last bits."""
    rising = balance(np.array([high]))[0] > 0
    for _ in range(90):
        middle = 0.5 * (low + high)
        if (balance(np.array([middle]))[0] > 0) == rising:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)
