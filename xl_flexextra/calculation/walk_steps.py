"""The dates of a walk, one after the other: how each charge is taken, and what it leaves.

On a date of many walks numpy's time is that of memory: arrays are made once and used again on each date, and nothing is
computed that no charge asks for.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..cells.rounding import rounded
from .charge_dates import OF_A_YEAR
from .taken import Array, Charging, Taken, is_all

MANY = 256
"""Values for which it pays to use arrays again."""


class Step(NamedTuple):
    """A date of a walk, as in a :class:`Path`."""

    before: Array
    taken: Sequence[Array]
    value: Array


class _Day:
    """A date of the walk: the day's value before its charges, what is left of it, the highest anniversary value.

    ``before``, ``rest``, ``scratch``, ``top``: arrays that results are written into, or None for new ones.
    """

    __slots__ = ("before", "highest", "k", "left", "level", "rest", "scratch", "top", "unit_value", "value")
    k: int
    unit_value: Array
    value: Array
    left: Array

    def __init__(self, value: Array, again: bool) -> None:
        self.highest = value
        self.level: Array = None
        self.before, self.rest, self.scratch, self.top = (np.empty_like(value) if again else None for _ in range(4))

    def growth(self, value: Array, previous: Array) -> Array:
        """The growth of a value since the date before, put where that value is not."""
        return np.divide(self.unit_value, previous, self.rest if value is self.before else self.before)


class _Dated:
    """A charge date by date, which of its conventions are used at all, and the value where its year began.

    ``is_plain``: dollars and no more.
    ``out``: an array that its dollars are written into, or None for new ones.
    """

    __slots__ = (
        "accrues", "amount", "base", "by_value", "dates", "growth_left", "is_plain", "least", "limited",
        "most", "most_of_value", "of", "out", "rolled_up", "start", "starts", "waivable", "waived_from", "year_start",
    )  # fmt: skip

    def __init__(self, charge: Taken, count: int, value: Array, cents: bool) -> None:
        self.of = charge
        self.base = BASES.get(charge.base)
        self.amount = _by_date(charge.amount, count)
        self.rolled_up = _by_date(charge.rolled_up, count)
        self.by_value = not is_all(charge.at_most_of_value, np.inf)
        self.limited = self.by_value or not (is_all(charge.at_most, np.inf) and is_all(charge.at_least, 0.0))
        if self.limited:
            self.least = _by_date(charge.at_least, count)
            self.most = _by_date(charge.at_most, count)
            self.most_of_value = _by_date(charge.at_most_of_value, count)
        self.waivable = not is_all(charge.waived_from, np.inf)
        if self.waivable:
            self.waived_from = _by_date(charge.waived_from, count)
        self.accrues = charge.growth_left is not None
        if self.accrues:
            self.growth_left = _by_date(charge.growth_left, count)
        units = charge.unit_decimals is not None
        self.is_plain = not (self.base or self.limited or self.waivable or units or cents)
        self.starts = charge.base in OF_A_YEAR
        if self.starts:
            self.year_start = _by_date(charge.year_start, count)
        self.start = value
        self.dates = self._dates(count)
        self.out: Array = None

    def _dates(self, count: int) -> list[bool]:
        """On which dates anything can be taken."""
        if self.accrues:
            return [False] * count
        if self.limited:  # a day without a charge has no least
            return [bool(np.any(due) or np.any(on)) for due, on in zip(self.amount, self.least, strict=True)]
        if isinstance(self.of.amount, np.ndarray) and 1 < self.of.amount.size < MANY * count:
            some_of: Array = self.of.amount.reshape(count, -1).any(axis=1)
            return list(some_of.tolist())
        if np.ndim(self.of.amount) > 1:
            some = bool(self.amount[-1].any() or self.of.amount.any())
            return [some and bool(self.amount[0].any()), *[some] * (count - 1)]
        return [bool(due) for due in self.amount]


BASES: dict[str, Callable[[_Day, _Dated], Array]] = {
    "value": lambda day, charge: day.value,
    "end_value": lambda day, charge: day.left,
    "start_value": lambda day, charge: charge.start,
    "average_value": lambda day, charge: 0.5 * (charge.start + day.value),
    "highest_anniversary_value": lambda day, charge: day.highest,
    "greater_of_roll_up_and_value": lambda day, charge: _greater(day, charge.rolled_up[day.k], charge.out),
}
"""What each charge that is no sum of dollars is a fraction of."""


def steps(unit_values: Array, value: Array, charging: Charging, keep: bool, careful: bool) -> list[Step]:
    """All dates of a walk from its first value, or with ``keep`` False the last; ``careful``: within what there is."""
    cents, last = charging.cents, len(unit_values) - 1
    again = not (keep or careful or cents) and value.size >= MANY and is_of_walks(charging, value.shape)
    charges = [_Dated(charge, len(unit_values), value, cents) for charge in charging.charges]
    anniversary = _by_date(charging.anniversary, len(unit_values))
    by_highest = any(charge.of.base == "highest_anniversary_value" for charge in charges)
    accrues, starts = any(charge.accrues for charge in charges), [charge for charge in charges if charge.starts]
    day = _Day(value, again)
    made: list[Step] = []
    # of a few walks at once, of many on each date, where it stays in the cache
    growths = unit_values[1:] / unit_values[:-1] if unit_values[0].size < MANY else None
    previous: Array = None
    for k, unit_value in enumerate(unit_values):
        day.k, day.unit_value = k, unit_value
        if k:
            growth = growths[k - 1] if growths is not None else day.growth(value, previous)
            value = np.multiply(value, growth, day.before)
        previous = unit_value
        before = day.value = day.left = rounded(value, 2) if cents else value
        taken: list[Array] = [0.0] * len(charges)
        if accrues:
            before = _accrued(charges, day, taken, cents, wanted=keep or k == last)
        if by_highest:
            _raise_highest(day, anniversary[k])
        for place, charge in enumerate(charges):
            if charge.dates[k]:
                charge.out = day.scratch if k < last else None  # what is taken last is asked for
                amount = charge.amount[k] if charge.is_plain else _dollars(charge, day, cents)
                taken[place] = amount = np.minimum(amount, day.left) if careful else amount
                day.left = np.subtract(day.left, amount, day.rest)
        value = rounded(day.left, 2) if cents else day.left  # a difference of cents is one, which subtraction may miss
        for charge in starts:
            charge.start = _where(charge.year_start[k], value, charge.start)
        if keep or k == last:
            made.append(Step(before, taken, value))
    return made


def is_of_walks(charging: Charging, shape: tuple[int, ...]) -> bool:
    """Whether no charge has more columns than the walks have, so that each result has their shape."""
    shapes = {np.shape(field)[1:] for charge in charging.charges for field in charge if isinstance(field, np.ndarray)}
    return all(own == shape or np.broadcast_shapes(own, shape) == shape for own in shapes)


def _accrued(charges: list[_Dated], day: _Day, taken: list[Array], cents: bool, wanted: bool) -> Array:
    """Daily charges taken out of the growth since the date before; what the value would be with what they took.

    Where that is not ``wanted`` only the value is computed, in place: charges of the day are still measured on it, so that
    it is not where what they leave is put.
    """
    for place, charge in enumerate(charges):
        if charge.accrues:
            less = np.multiply(day.value, charge.growth_left[day.k], None if wanted else day.before)
            less = rounded(less, 2) if cents else less
            taken[place], day.value = day.value - less if wanted else 0.0, less
    before = day.left = day.value
    if not wanted:
        return before
    for place, charge in enumerate(charges):
        if charge.accrues:
            if charge.base is not None and charge.of.base != "value":
                taken[place] = charge.amount[day.k] * charge.base(day, charge)
            taken[place] = rounded(taken[place], 2) if cents else taken[place]
            before = before + taken[place]
    return before


def _dollars(charge: _Dated, day: _Day, cents: bool) -> Array:
    """What one charge comes to on a day."""
    k = day.k
    amount = charge.amount[k]
    if charge.base is not None:
        amount = np.multiply(amount, charge.base(day, charge), charge.out)
    if charge.limited:
        most = charge.most[k]
        if charge.by_value:
            with np.errstate(invalid="ignore"):  # of a value of nothing an endless limit is none
                most = np.fmin(most, charge.most_of_value[k] * day.value)
        amount = np.minimum(np.maximum(amount, charge.least[k]), most)
    if charge.waivable:
        waived = day.value >= charge.waived_from[k]
        if waived.any():  # a product with 0 or 1, as np.where takes a branch for each value, six times as long
            amount = np.multiply(amount, (~waived).view(np.int8), charge.out)
    if charge.of.unit_decimals is not None:
        amount = rounded(amount / day.unit_value, charge.of.unit_decimals) * day.unit_value
    return rounded(amount, 2) if cents else amount


def _raise_highest(day: _Day, anniversary: Array) -> None:
    """The highest value of an anniversary, on one."""
    if np.size(anniversary) > 1:
        day.highest = np.where(anniversary, np.maximum(day.value, day.highest), day.highest)
    elif np.any(anniversary):
        day.highest = _greater(day, day.highest, day.top)


def _greater(day: _Day, other: Array, out: Array) -> Array:
    """The greater of the day's value and another; numpy compares two arrays several times as fast as one with a number."""
    if np.ndim(day.value) and not np.ndim(other):
        if day.level is None:
            day.level = np.empty_like(day.value)
        day.level.fill(other)
        other = day.level
    return np.maximum(day.value, other, out=out)


def _by_date(value: Array, count: int) -> Sequence[Array]:
    """What an array has on each date; one number is the same on every date."""
    return [value] * count if isinstance(value, (int, float)) or not np.ndim(value) else list(value)


def _where(mask: Array, yes: Array, no: Array) -> Array:
    """One of two by a mask, which mostly is one and the same for all columns."""
    if np.size(mask) == 1:
        return yes if np.ravel(mask)[0] else no
    return np.where(mask, yes, no)
