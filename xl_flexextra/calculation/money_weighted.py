"""The money-weighted return: the annual rate at which dated cash flows balance."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, NoSolution

LOWEST, HIGHEST, STEP = math.log(1e-9), math.log(1e9), 0.02


def money_weighted_return(amounts: Sequence[float], dates: Sequence[datetime.date]) -> float:
    """The rate r with Σ amount / (1 + r)^(days / 365) = 0, days from the first date; in any order of dates.

    Flows that change sign more than once may have several such rates. Then the one counts that Newton's method reaches
    from the flows' own total return, taken between −90% and Excel's default guess of 10%; where it reaches none, the
    nearest to that start. Every sign change between −99.9999999% and 10^11% is looked at.
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
    flows = flows / np.abs(flows).max()
    start = min(max(received / paid - 1.0, -0.9), 0.1)
    rate = _newton(flows, years, start)
    if rate is not None:
        return float(without_noise(rate))

    def balance(u: np.ndarray) -> np.ndarray:
        """Present value at log rates u, scaled by a positive factor: it neither overflows nor loses its sign."""
        exponents = -np.multiply.outer(u, years)
        return np.asarray(np.exp(exponents - exponents.max(axis=1, keepdims=True)) @ flows)

    grid = np.arange(LOWEST, HIGHEST, STEP)
    signs = np.sign(balance(grid))
    places = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    roots = [*grid[signs == 0], *(_bisect(balance, grid[p], grid[p + 1]) for p in places)]
    if not roots:
        raise NoSolution("No annual rate balances 'amounts' on 'dates'.")
    return float(without_noise(math.expm1(min(roots, key=lambda u: abs(u - math.log1p(start))))))


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
