"""What a walk takes and what it gives: charges as arrays by date, the path, and the least value at which one is waived."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..cells.rounding import NOISE, above

Array = Any


class Taken(NamedTuple):
    """One charge as a walk takes it: arrays ``(dates, …)``, or one number for all dates.

    ``amount``: dollars of the day, or the fraction of ``base`` (a name of :data:`BASES`) that is taken on it.
    ``at_least``, ``at_most``: limits in dollars, ``at_most_of_value`` as a fraction of the day's value. ``waived_from``: the
    least value of the day at which nothing is taken (:func:`waived_from`). ``rolled_up``: the guaranteed roll-up.
    ``year_start``: True on the days where a year of the charge begins. ``growth_left``: of a daily charge, what it leaves
    of the growth since the date before. ``unit_decimals``: to which the units cancelled are rounded. ``from_payment``: what
    was taken off the payment already.
    """

    base: str = "dollars"
    amount: Array = 0.0
    at_least: Array = 0.0
    at_most: Array = np.inf
    at_most_of_value: Array = np.inf
    waived_from: Array = np.inf
    rolled_up: Array = 0.0
    year_start: Array = False
    growth_left: Array = None
    unit_decimals: int | None = None
    from_payment: float = 0.0


class Charging(NamedTuple):
    """What is taken on each date: ``charges`` in the order in which they are taken.

    ``anniversary``: True on the payment's day and its anniversaries. ``bought_decimals``: to which the units bought are
    rounded. ``cents``: dollars are rounded at each step.
    """

    charges: tuple[Taken, ...] = ()
    anniversary: Array = False
    bought_decimals: int | None = None
    cents: bool = False


class Path(NamedTuple):
    """A walk, step by step: ``(dates, …)`` each, ``taken`` one for each charge.

    ``before`` is the value before the day's charges and before what daily charges took since the date before; None where
    values alone were asked for.
    """

    before: Array
    taken: Sequence[Array]
    value: Array

    def taken_all(self) -> Array:
        """All charges of each date."""
        return np.sum(self.taken, axis=0) if len(self.taken) else np.zeros(np.shape(self.value))


def is_all(array: Array, number: float) -> bool:
    """Whether an array, or one number for all dates, is a number everywhere."""
    return bool(array == number) if isinstance(array, (int, float)) else bool((array == number).all())


@functools.lru_cache(maxsize=1024)
def waived_from(limit: float, at_limit: bool) -> float:
    """The least number that is above a limit (or at it) by more than noise, as :func:`above` has it."""

    def waived(value: float) -> bool:
        return not above(limit, value) if at_limit else bool(above(value, limit))

    if not np.isfinite(limit):
        return limit
    low, high = limit - 2 * NOISE * max(abs(limit), 1.0), limit + 2 * NOISE * max(abs(limit), 1.0)
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (low, middle) if waived(middle) else (middle, high)
    return high
