"""The walk, in which each charge is taken: a payment through unit values, charges and redemption.

Plain numpy, time first; nothing is checked.

All arrays have the dates as their first axis and broadcast over the rest: ``(dates, scenarios, periods, funds)``.
Funds walk together where their days are the same.

    V_0 = payment
    V_k = V_(k-1) * U_k / U_(k-1) - charges_k, one after the other
    ERV = V_n - CDSC - premium tax

Source: SEC Form N-4, Item 21 (until 2020); the shipped contract's choices were recovered from its published tables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..cells.rounding import NOISE, above, rounded, without_noise

Array = Any


class Taken(NamedTuple):
    """One charge as a walk takes it: arrays ``(dates, …)``, or one number for all dates.

    ``amount``: dollars of the day, or the fraction of ``base`` (a name of :data:`BASES`) that is taken on it.
    ``at_least``, ``at_most``: limits in dollars, ``at_most_of_value`` as a fraction of the day's value. ``waived_above``:
    nothing where the day's value of this payment is above it. ``rolled_up``: the guaranteed roll-up. ``year_start``: True
    on the days where a year of the charge begins. ``growth_left``: of a daily charge, what it leaves of the growth since
    the date before. ``unit_decimals``: to which the units cancelled are rounded. ``from_payment``: what was taken off the
    payment already.
    """

    base: str = "dollars"
    amount: Array = 0.0
    at_least: Array = 0.0
    at_most: Array = np.inf
    at_most_of_value: Array = np.inf
    waived_above: Array = np.inf
    waived_at_limit: bool = False
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

    ``before`` is the value before the day's charges and before what daily charges took since the date before.
    """

    before: Array
    taken: Sequence[Array]
    value: Array

    def taken_all(self) -> Array:
        """All charges of each date."""
        return np.sum(self.taken, axis=0) if len(self.taken) else np.zeros(np.shape(self.value))


class Redemption(NamedTuple):
    """What is charged on full redemption, and how: numbers or arrays over the columns.

    ``base`` and ``free_form`` are names of the terms' choices; ``payment`` is the payment as made, before load, tax
    and bonus. ``after_cdsc`` and ``after_free`` say of each charge of the walk whether it is taken after the CDSC, and
    after the free amount is measured. ``year_begins``: the place in the walk of the day on which the contract year of the
    redemption began.
    """

    payment: Array
    cdsc_rate: Array
    base: str
    free_form: str
    free_rate: Array
    after_cdsc: tuple[bool, ...] = ()
    after_free: tuple[bool, ...] = ()
    tax_rate: Array = 0.0
    cents: bool = False
    year_begins: int = 0


class Redeemed(NamedTuple):
    """A redemption in dollars."""

    free: Array
    base: Array
    cdsc: Array
    tax: Array
    erv: Array


class _Day:
    """A date of the walk: the day's value before its charges, what is left of it, the highest anniversary value."""

    __slots__ = ("highest", "k", "left", "level", "value")
    k: int
    level: Array
    value: Array
    left: Array
    highest: Array


class _Dated:
    """A charge with its arrays by date, which of its conventions are used at all, and the value where its year began."""

    __slots__ = ("accrues", "base", "dates", "limited", "of", "start", "starts", "waivable")
    of: Taken
    start: Array

    def __init__(self, charge: Taken, count: int, value: Array) -> None:
        arrays = {name: _by_date(getattr(charge, name), count) for name in _DATED}
        left = None if charge.growth_left is None else _by_date(charge.growth_left, count)
        self.of = charge._replace(**arrays, growth_left=left)
        self.base = BASES.get(charge.base)
        amount = self.of.amount
        self.limited = bool(np.any(charge.at_least)) or not (_endless(charge.at_most) and _endless(charge.at_most_of_value))
        self.accrues = left is not None
        if self.accrues:
            self.dates = [False] * count
        elif self.limited:  # a day without a charge has no least; where there is nothing left an endless limit is none
            self.dates = [bool(due.any() or on.any()) for due, on in zip(amount, self.of.at_least, strict=True)]
        elif amount.ndim > 1:
            some = bool(amount[-1].any() or amount.any())
            self.dates = [some and bool(amount[0].any()), *[some] * (count - 1)]
        else:
            self.dates = (amount != 0).tolist()
        self.waivable = not _endless(charge.waived_above)
        self.starts = charge.base in {"start_value", "average_value"}
        self.start = value


BASES: dict[str, Callable[[_Day, _Dated], Array]] = {
    "value": lambda day, charge: day.value,
    "end_value": lambda day, charge: day.left,
    "start_value": lambda day, charge: charge.start,
    "average_value": lambda day, charge: 0.5 * (charge.start + day.value),
    "highest_anniversary_value": lambda day, charge: day.highest,
    "greater_of_roll_up_and_value": lambda day, charge: _greater(day, charge.of.rolled_up[day.k]),
}
"""What each charge that is no sum of dollars is a fraction of."""


_DATED = ("amount", "at_least", "at_most", "at_most_of_value", "waived_above", "rolled_up", "year_start")


def walk(unit_values: Array, payment: Array, charging: Charging, keep: bool = True) -> Path:
    """Walk an invested ``payment`` through ``unit_values`` ``(dates, …)``; no charge takes more than there is.

    With ``keep`` False the path holds the last date only: what a redemption needs, without memory for the rest.
    """
    unit_values = np.asarray(unit_values, dtype=float)
    value = np.zeros(unit_values.shape[1:]) + payment
    if charging.bought_decimals is not None:
        value = rounded(value / unit_values[0], charging.bought_decimals) * unit_values[0]
        value = rounded(value, 2) if charging.cents else value
    careful = any(charge.base in {"start_value", "average_value"} for charge in charging.charges)
    steps = _steps(unit_values, value, charging, keep, careful)
    # charges only lower what is below zero already, so that the last value tells; not so where an earlier value is charged
    if not careful and np.min(steps[-1][-1], initial=0.0) < 0:
        steps = _steps(unit_values, value, charging, keep, careful=True)
    shape = np.shape(steps[-1][-1])
    before, taken, values = zip(*steps, strict=True)
    return Path(
        _by_step(before, shape), tuple(_by_step(one, shape) for one in zip(*taken, strict=True)), _by_step(values, shape)
    )


def _steps(
    unit_values: Array, value: Array, charging: Charging, keep: bool, careful: bool
) -> list[tuple[Array, list[Array], Array]]:
    """Value before the charges, the charges, and value after them, date by date; ``careful``: within what there is."""
    cents = charging.cents
    charges = [_Dated(charge, len(unit_values), value) for charge in charging.charges]
    anniversary = _by_date(charging.anniversary, len(unit_values))
    by_highest = any(charge.of.base == "highest_anniversary_value" for charge in charges)
    accrues = any(charge.accrues for charge in charges)
    day = _Day()
    day.highest, day.level = value, None
    steps: list[tuple[Array, list[Array], Array]] = []
    for k, unit_value in enumerate(unit_values):
        day.k = k
        before = value * (unit_value / unit_values[k - 1]) if k else value
        if cents:
            before = rounded(before, 2)
        day.value = day.left = before
        taken = [0.0] * len(charges)
        if accrues:
            before = _accrued(charges, day, taken, cents)
        if by_highest:
            day.highest = _where(anniversary[k], _greater(day, day.highest), day.highest)
        for place, charge in enumerate(charges):
            if charge.dates[k]:
                amount = _charge(charge, day, unit_value, cents)
                taken[place] = amount = np.minimum(amount, day.left) if careful else amount
                day.left = day.left - amount
        value = rounded(day.left, 2) if cents else day.left  # a difference of cents is one, which subtraction may miss
        for charge in charges:
            if charge.starts:
                charge.start = _where(charge.of.year_start[k], value, charge.start)
        if not keep:
            steps.clear()
        steps.append((before, taken, value))
    return steps


def _by_step(parts: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """What each date has, as one array with the dates in front."""
    whole = [np.broadcast_to(part, shape) for part in parts]
    return np.stack(whole) if len(whole) > 1 else whole[0][None]


def _accrued(charges: list[_Dated], day: _Day, taken: list[Array], cents: bool) -> Array:
    """Daily charges taken out of the growth since the date before; what the value would be with what they took."""
    for place, charge in enumerate(charges):
        if charge.accrues:
            less = day.value * charge.of.growth_left[day.k]
            less = rounded(less, 2) if cents else less
            taken[place], day.value = day.value - less, less
    before = day.value
    for place, charge in enumerate(charges):
        if charge.accrues:
            if charge.base is not None and charge.of.base != "value":
                taken[place] = charge.of.amount[day.k] * charge.base(day, charge)
            taken[place] = rounded(taken[place], 2) if cents else taken[place]
            before = before + taken[place]
    day.left = day.value
    return before


def _charge(charge: _Dated, day: _Day, unit_value: Array, cents: bool) -> Array:
    """What one charge comes to on a day."""
    of, k = charge.of, day.k
    amount = of.amount[k]
    if charge.base is not None:
        amount = amount * charge.base(day, charge)
    if charge.limited:
        most = np.minimum(of.at_most[k], of.at_most_of_value[k] * day.value)
        amount = np.minimum(np.maximum(amount, of.at_least[k]), most)
    if charge.waivable:
        limit = of.waived_above[k]
        waived = _waived(day.value, limit, of.waived_at_limit)
        amount = np.where(waived, 0.0, amount)
    if of.unit_decimals is not None:
        amount = rounded(amount / unit_value, of.unit_decimals) * unit_value
    return rounded(amount, 2) if cents else amount


def _waived(value: Array, limit: Array, at_limit: bool) -> Array:
    """Where a value is above a limit (or at it) by more than noise; one limit for all is one comparison for each."""
    if np.size(limit) == 1 and np.size(value) > MANY:
        first = _first_waived(float(np.ravel(limit)[0]), at_limit)
        return value >= first
    return ~above(limit, value) if at_limit else above(value, limit)


MANY = 256  # values for which it pays to find the first number above a limit


@functools.lru_cache(maxsize=1024)
def _first_waived(limit: float, at_limit: bool) -> float:
    """The least number that is above a limit (or at it) by more than noise, as :func:`above` has it."""

    def waived(value: float) -> bool:
        return not above(limit, value) if at_limit else bool(above(value, limit))

    if not np.isfinite(limit):
        return limit
    low, high = limit - 2 * NOISE * max(abs(limit), 1.0), limit + 2 * NOISE * max(abs(limit), 1.0)
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (low, middle) if waived(middle) else (middle, high)
    return high


def redeem(path: Path, redemption: Redemption) -> Redeemed:
    """Full redemption at the end of a walk: free withdrawal amount, CDSC, premium tax, ERV.

    ERV = V − c × max(base − free, 0) − tax × V, with V after the last charges; charges that come after the CDSC are not
    yet taken off the value that it is measured on. Never below zero.
    """
    r = redemption
    in_cents = _cents if r.cents else _same
    after = path.value[-1]
    value = value_before(path, r.after_cdsc, r.cents)
    measure = value_before(path, r.after_free, r.cents) if any(r.after_free) else value
    free = free_amount(r.free_form, r.free_rate, measure, r.payment, path.value[r.year_begins])
    free = in_cents(free)
    base = cdsc_base(r.base, value, r.payment, free)
    cdsc = np.minimum(in_cents(r.cdsc_rate * base), after)
    tax = in_cents(np.asarray(r.tax_rate) * after)
    return Redeemed(free, base, cdsc, tax, np.maximum(in_cents(after - cdsc - tax), 0.0))


def value_before(path: Path, later: tuple[bool, ...], cents: bool = False) -> Array:
    """The value at the end of a walk before the charges that are marked as taken later."""
    if not any(later):
        return path.value[-1]
    value = path.before[-1]
    for taken, is_later in zip(path.taken, later, strict=True):
        if not is_later:
            value = value - taken[-1]
    return rounded(value, 2) if cents else value


PRIOR_ANNIVERSARY = "percent_of_prior_anniversary_value"


def free_amount(form: str, rate: Array, value: Array, payments: Array, at_anniversary: Array) -> Array:
    """The free withdrawal amount in dollars, by its form; not more than the value.

    ``at_anniversary``: the value on the day on which the contract year began.
    """
    if form == "none":
        return np.zeros(np.shape(value))
    if form == "percent_of_value":
        return rate * np.asarray(value)
    free = rate * np.asarray(at_anniversary if form == PRIOR_ANNIVERSARY else payments)
    if form == "greater_of_earnings_and_percent_of_payments":
        free = np.maximum(_less(value, payments), free)
    return np.minimum(free, value)


def cdsc_base(base: str, value: Array, payments: Array, free: Array) -> Array:
    """The amount that bears the CDSC: value, payments or the lesser, less the free withdrawal amount; never below zero.

    'lesser_beyond_free': the lesser of payments and of the value beyond the free amount, where earnings leave first.
    """
    if base == "lesser_beyond_free":
        return np.maximum(np.minimum(_less(value, free), payments), 0.0)
    amount = {"value": value, "payment": payments}.get(base)
    if amount is None:
        amount = np.minimum(value, payments)
    return np.maximum(_less(amount, free), 0.0)


def _less(amount: Array, taken: Array) -> Array:
    """A difference of dollars, without the noise of the larger numbers that it comes from."""
    return without_noise(np.subtract(amount, taken), size=np.abs(amount))


def _by_date(value: Array, count: int) -> Array:
    """An array with the dates in front; one number is the same on every date."""
    array = np.asarray(value)
    return array if array.ndim else np.broadcast_to(array, (count,))


def _greater(day: _Day, other: Array) -> Array:
    """The greater of the day's value and another; numpy compares two arrays several times as fast as one with a number."""
    if np.ndim(day.value) and not np.ndim(other):
        if day.level is None:
            day.level = np.empty_like(day.value)
        day.level.fill(other)
        other = day.level
    return np.maximum(day.value, other)


def _where(mask: Array, yes: Array, no: Array) -> Array:
    """One of two by a mask, which mostly is one and the same for all columns."""
    if np.size(mask) == 1:
        return yes if np.ravel(mask)[0] else no
    return np.where(mask, yes, no)


def _endless(limit: Array) -> bool:
    """Whether a limit limits nothing."""
    return bool(np.all(np.isinf(limit)))


def _cents(value: Array) -> Array:
    return rounded(value, 2)


def _same(value: Array) -> Array:
    return value
