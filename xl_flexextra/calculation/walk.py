"""The walk, in which each charge is taken: a payment through unit values, charges and redemption.

Plain numpy, time first; nothing is checked.

All arrays have the dates as their first axis and broadcast over the rest: ``(dates, scenarios, periods, funds)``.
Funds walk together where their days are the same.

    V_0 = payment
    V_k = V_(k-1) * U_k / U_(k-1) - charges_k, one after the other
    ERV = V_n - CDSC - premium tax

Source: SEC Form N-4, Item 21 (until 2020); the shipped contract's choices were recovered from its published tables.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..cells.rounding import rounded, without_noise
from .charge_dates import OF_A_YEAR
from .taken import Array, Charging, Path, Taken, is_all
from .walk_steps import Step, is_of_walks, steps

BLOCK = 32_768
"""Walks that are taken together: what a date of them needs stays in the cache, and numpy is asked seldom enough."""


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

    @property
    def asks_for_charges(self) -> bool:
        """Whether it is measured on the value before some charge of its day, so that those of the walk are needed."""
        return any(self.after_cdsc) or any(self.after_free)


class Redeemed(NamedTuple):
    """A redemption in dollars."""

    free: Array
    base: Array
    cdsc: Array
    tax: Array
    erv: Array


def walk(unit_values: Array, payment: Array, charging: Charging, keep: bool = True, taken: bool = True) -> Path:
    """Walk an invested ``payment`` through ``unit_values`` ``(dates, …)``; no charge takes more than there is.

    With ``keep`` False the path holds the last date only: what a redemption needs, without memory for the rest.
    With ``taken`` False it has values alone: no charges, and None for the values before them.
    """
    unit_values = np.asarray(unit_values, dtype=float)
    width = unit_values.shape[-1] if unit_values.ndim > 1 else 1
    together = max(1, BLOCK * width // max(unit_values[0].size, 1))
    if keep or width <= together or not is_of_walks(charging, unit_values.shape[1:]):
        return _walked(unit_values, payment, charging, keep, taken)
    shape = (1, *unit_values.shape[1:])
    whole = Path(None, (), np.empty(shape))
    if taken:
        whole = Path(np.empty(shape), tuple(np.empty(shape) for _ in charging.charges), whole.value)
    for begin in range(0, width, together):
        part = slice(begin, begin + together)
        own = unit_values[..., part], _columns(payment, width, part, 1), _charging(charging, width, part)
        path = _walked(*own, keep, taken)
        whole.value[..., part] = path.value  # at once, while the block is in the cache
        if taken:
            whole.before[..., part] = path.before
        for all_dollars, dollars in zip(whole.taken, path.taken, strict=True):
            all_dollars[..., part] = dollars
    return whole


def _walked(unit_values: Array, payment: Array, charging: Charging, keep: bool, taken: bool) -> Path:
    value = np.zeros(unit_values.shape[1:]) + payment
    if charging.bought_decimals is not None:
        value = rounded(value / unit_values[0], charging.bought_decimals) * unit_values[0]
        value = rounded(value, 2) if charging.cents else value
    careful = any(charge.base in OF_A_YEAR or not is_all(charge.at_most_of_value, np.inf) for charge in charging.charges)
    made = steps(unit_values, value, charging, keep, careful)
    # charges leave below zero what is there already, so that the last value tells; not so where an earlier value is charged,
    # or an endless part of a value below zero is a limit
    if not careful and np.asarray(made[-1].value).min(initial=0.0) < 0:
        made = steps(unit_values, value, charging, keep, careful=True)
    return _path(made, taken)


def _path(made: list[Step], taken: bool) -> Path:
    """The steps of all dates as arrays with the dates in front."""
    shape = np.shape(made[-1].value)
    values = _by_step([step.value for step in made], shape)
    if not taken:
        return Path(None, (), values)
    charges = zip(*(step.taken for step in made), strict=True)
    return Path(_by_step([step.before for step in made], shape), tuple(_by_step(one, shape) for one in charges), values)


def _by_step(parts: Sequence[Array], shape: tuple[int, ...]) -> Array:
    whole = [part if np.shape(part) == shape and shape else np.broadcast_to(part, shape) for part in parts]
    return np.stack(whole) if len(whole) > 1 else whole[0][None]


def _charging(charging: Charging, width: int, part: slice) -> Charging:
    """The charges of some of the walks."""
    charges = tuple(
        Taken(*(_columns(field, width, part) for field in charge))  # what is no array by date and walk stays as it is
        for charge in charging.charges
    )
    return charging._replace(charges=charges, anniversary=_columns(charging.anniversary, width, part))


def _columns(array: Array, width: int, part: slice, least: int = 2) -> Array:
    """Some columns of an array that has one for each walk, in ``least`` axes or more."""
    return array[..., part] if np.ndim(array) >= least and np.shape(array)[-1] == width else array


def redeem(path: Path, redemption: Redemption) -> Redeemed:
    """Full redemption at the end of a walk: free withdrawal amount, CDSC, premium tax, ERV.

    ERV = V − c × max(base − free, 0) − tax × V, with V after the last charges; charges that come after the CDSC are not
    yet taken off the value that it is measured on. Never below zero.
    """
    return Redeemed(*_in_blocks(path, redemption, Redeemed._fields))


def redeemed_value(path: Path, redemption: Redemption) -> Array:
    """What a full redemption pays, ERV, and no more: of many walks the other dollars would be memory alone."""
    return _in_blocks(path, redemption, ("erv",))[0]


def _in_blocks(path: Path, redemption: Redemption, names: Sequence[str]) -> list[Array]:
    """The named dollars of a redemption, of many walks in blocks that stay in the cache."""
    shape = np.shape(path.value)[1:]
    width = shape[-1] if shape else 1
    if len(shape) != 1 or width <= BLOCK:
        made = _redeemed(path, redemption)
        return [getattr(made, name) for name in names]
    whole = [np.empty(width) for _ in names]
    for begin in range(0, width, BLOCK):
        part = slice(begin, begin + BLOCK)
        before = None if path.before is None else path.before[..., part]
        own = Path(before, [one[..., part] for one in path.taken], path.value[..., part])
        made = _redeemed(own, Redemption(*(_columns(field, width, part, 1) for field in redemption)))
        for all_dollars, name in zip(whole, names, strict=True):
            all_dollars[part] = getattr(made, name)
    return whole


def _redeemed(path: Path, redemption: Redemption) -> Redeemed:
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
    return Redeemed(free, base, cdsc, tax, _not_below_zero(in_cents(after - cdsc - tax)))


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
        return _not_below_zero(np.minimum(_less(value, free), payments))
    amount = {"value": value, "payment": payments}.get(base)
    if amount is None:
        amount = np.minimum(value, payments)
    return _not_below_zero(_less(amount, free))


def _not_below_zero(value: Array) -> Array:
    """The value or zero; numpy compares two arrays several times as fast as one with a number."""
    return np.maximum(value, np.zeros(np.shape(value)))


def _less(amount: Array, taken: Array) -> Array:
    """A difference of dollars, without the noise of the larger numbers that it comes from."""
    return without_noise(np.subtract(amount, taken), size=amount)


def _cents(value: Array) -> Array:
    return rounded(value, 2)


def _same(value: Array) -> Array:
    return value
