"""The walk, in which each charge is taken: a payment through unit values, charges and redemption.

Plain numpy, time first; nothing is checked.

All arrays have the dates as their first axis and broadcast over the rest: ``(dates, scenarios, periods, funds)``.
Funds walk together where their days are the same.

    V_0 = payment
    V_k = V_(k-1) * U_k / U_(k-1) - charges_k
    ERV = V_n - CDSC - premium tax

Source: SEC Form N-4, Item 21 (until 2020); the shipped contract's choices were recovered from its published tables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..cells.rounding import above, rounded, without_noise

Array = Any


class Charging(NamedTuple):
    """What is taken on each date, as arrays ``(dates, …)`` or one number for all.

    ``dollars``: annual charge in dollars for this payment. ``of_start``, ``of_day``: annual charge as a fraction of the
    value at the start of the charge year, and of the day's value. ``waived_above``: no annual charge where the day's
    value of this payment is above it. ``rider_*``: the rider charge in dollars, as a fraction of the day's value, and
    of the highest anniversary value. ``year_start``, ``anniversary``: True on the days that are one.
    ``unit_decimals``, ``bought_decimals``: to which the units cancelled, and those bought, are rounded.
    """

    dollars: Array = 0.0
    of_start: Array = 0.0
    of_day: Array = 0.0
    waived_above: Array = np.inf
    rider_dollars: Array = 0.0
    rider_of_day: Array = 0.0
    rider_of_highest: Array = 0.0
    year_start: Array = False
    anniversary: Array = False
    unit_decimals: int | None = None
    bought_decimals: int | None = None
    cents: bool = False


class Path(NamedTuple):
    """A walk, step by step: ``(dates, …)`` each. ``before`` is the value before the day's charges."""

    before: Array
    annual: Array
    rider: Array
    value: Array


class Redemption(NamedTuple):
    """What is charged on full redemption, and how: numbers or arrays over the columns.

    ``base`` and ``free_form`` are names of the terms' choices; ``payment`` is the payment as made, before load, tax
    and bonus. ``year_begins``: the place in the walk of the day on which the contract year of the redemption began.
    """

    payment: Array
    cdsc_rate: Array
    base: str
    free_form: str
    free_rate: Array
    free_before_charge: bool = False
    cdsc_first: bool = False
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


def walk(unit_values: Array, payment: Array, charging: Charging, keep: bool = True) -> Path:
    """Walk an invested ``payment`` through ``unit_values`` ``(dates, …)``; no charge takes more than there is.

    With ``keep`` False the path holds the last date only: what a redemption needs, without memory for the rest.
    """
    unit_values = np.asarray(unit_values, dtype=float)
    at = {name: _by_date(getattr(charging, name), len(unit_values)) for name in Charging._fields[:-3]}
    of_start, waivable = np.any(at["of_start"]), not np.all(np.isinf(at["waived_above"]))
    rider_any = np.any(at["rider_dollars"]) or np.any(at["rider_of_day"]) or np.any(at["rider_of_highest"])
    of_highest, of_day = np.any(at["rider_of_highest"]), np.any(at["of_day"])
    value = np.zeros(unit_values.shape[1:]) + payment
    if charging.bought_decimals is not None:
        value = rounded(value / unit_values[0], charging.bought_decimals) * unit_values[0]
        value = rounded(value, 2) if charging.cents else value
    before = year_value = highest = value
    steps: list[tuple[Array, ...]] = []
    for k, unit_value in enumerate(unit_values):
        before = value * (unit_value / unit_values[k - 1]) if k else value
        if charging.cents:
            before = rounded(before, 2)
        annual = at["dollars"][k]
        if of_day:
            annual = annual + at["of_day"][k] * before
        if of_start:
            annual = annual + at["of_start"][k] * year_value
        if waivable:
            annual = np.where(above(before, at["waived_above"][k]), 0.0, annual)
        if charging.unit_decimals is not None:
            annual = rounded(annual / unit_value, charging.unit_decimals) * unit_value
        if charging.cents:
            annual = rounded(annual, 2)
        annual = np.minimum(annual, before)
        rider = 0.0
        if rider_any:
            highest = np.where(at["anniversary"][k], np.maximum(highest, before), highest) if of_highest else highest
            rider = at["rider_dollars"][k] + at["rider_of_day"][k] * before + at["rider_of_highest"][k] * highest
            rider = np.minimum(rounded(rider, 2) if charging.cents else rider, before - annual)
        value = before - annual
        if rider_any:
            value = value - rider
        if charging.cents:
            value = rounded(value, 2)  # a difference of cents is one, which subtraction may miss
        if of_start:
            year_value = np.where(at["year_start"][k], value, year_value)
        if not keep:
            steps.clear()
        steps.append((before, annual, rider, value))
    return Path(*(np.stack([np.broadcast_to(row[c], np.shape(value)) for row in steps]) for c in range(4)))


def redeem(path: Path, redemption: Redemption) -> Redeemed:
    """Full redemption at the end of a walk: free withdrawal amount, CDSC, premium tax, ERV.

    ERV = V − c × max(base − free, 0) − tax × V, with V after the last annual charge; where CDSC comes first, it is
    taken on the value before that charge. Never below zero.
    """
    r = redemption
    in_cents = _cents if r.cents else _same
    before = in_cents(path.before[-1] - path.rider[-1])
    after = path.value[-1]
    value = before if r.cdsc_first else after
    measured = before if r.free_before_charge else value
    free = free_amount(r.free_form, r.free_rate, measured, r.payment, path.value[r.year_begins])
    free = in_cents(free)
    base = cdsc_base(r.base, value, r.payment, free)
    cdsc = np.minimum(in_cents(r.cdsc_rate * base), after)
    tax = in_cents(np.asarray(r.tax_rate) * after)
    return Redeemed(free, base, cdsc, tax, np.maximum(in_cents(after - cdsc - tax), 0.0))


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


def _cents(value: Array) -> Array:
    return rounded(value, 2)


def _same(value: Array) -> Array:
    return value
