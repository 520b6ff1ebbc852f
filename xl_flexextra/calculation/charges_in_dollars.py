"""Charges in dollars, one at a time, by the same rules as the walk."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from ..cells import scalars
from ..cells.rounding import rounded, without_noise
from ..errors import BadInput, MissingData, counted
from ..terms import Terms
from ..terms.charges import Charge
from . import charge_dates, returns
from .charge_dates import part_weight
from .charge_schedule import charges_by_share, charging_of, free_terms, redemption_of, year_dollars, year_limits
from .walk import PRIOR_ANNIVERSARY, cdsc_base, free_amount, redeem, walk

Date = datetime.date
OF_VALUE = frozenset({"value", "start_value", "end_value", "average_value"})


def whole_year(contract_year: float) -> int:
    """A contract year as a whole number from 1."""
    return scalars.whole("contract_year", contract_year, 1, 200)


def free_withdrawal(
    terms: Terms, contract_year: float, contract_value: float, payments: float | None, free_used: float,
    anniversary_value: float | None = None, full_surrender: bool = False,
) -> float:  # fmt: skip
    """The free withdrawal amount that is left in a contract year, in dollars."""
    _not_negative(contract_value=contract_value, payments=payments, free_used=free_used, anniversary_value=anniversary_value)
    form, rate = free_terms(terms, terms.on(Date.max), whole_year(contract_year), full_surrender)
    if "payments" in form and payments is None:
        raise MissingData(f"'payments' is missing; the free withdrawal amount of {terms.name} is a percent of payments.")
    if form == PRIOR_ANNIVERSARY and anniversary_value is None:
        raise MissingData(
            f"'anniversary_value' is missing; the free withdrawal amount of {terms.name} is a percent of the value on the "
            "prior anniversary."
        )
    whole = float(free_amount(form, rate, contract_value, payments or 0.0, anniversary_value or 0.0))
    return _carried(terms, max(without_noise(whole - free_used, size=whole), 0.0))


def cdsc_amount(
    terms: Terms, contract_year: float, contract_value: float, payments: float | None, free_used: float,
    anniversary_value: float | None = None,
) -> float:  # fmt: skip
    """The CDSC on full redemption in a contract year, in dollars; not more than the value."""
    rate = terms.cdsc_rate(whole_year(contract_year), Date.max)
    if terms["cdsc.base"] != "value" and payments is None:
        raise MissingData(f"'payments' is missing; the CDSC of {terms.name} depends on the purchase payments.")
    free = free_withdrawal(terms, contract_year, contract_value, payments, free_used, anniversary_value, full_surrender=True)
    base = cdsc_base(terms["cdsc.base"], contract_value, payments or 0.0, free)
    return _carried(terms, min(float(rate * base), contract_value))


def maintenance_charge(terms: Terms, share: float | None, account_value: float | None, days: float | None) -> float:
    """The annual charge of one contract year (or of ``days`` of it) that falls on one sub-account, in dollars.

    ``account_value`` is the value of the contract itself; the walk, whose payment is no contract, tests a waiver on the
    average contract size grown as the payment has.
    """
    _not_negative(account_value=account_value, days=days)
    charge = _maintenance(terms)
    if charge is None:
        return 0.0
    payment = float(terms["payment.amount"])
    dollars = year_dollars(charge, payment, lambda: _given_share(terms, share))
    if charge.base == "payment":
        dollars = charge.rate * charge.charged_fraction * payment
    elif not charge.in_dollars:
        if charge.base not in OF_VALUE:
            raise BadInput(f"{charge.name} of {terms.name} depends on more than one value; use CONTRACT_PATH.")
        if account_value is None:
            raise MissingData(f"'account_value' is missing; the charge of {terms.name} is a fraction of it.")
        dollars = charge.rate * charge.charged_fraction * account_value
    dollars = _limited(terms, charge, dollars, payment, share, account_value)
    if charge.waived_above is not None:
        if account_value is None and charge.waived_measure != "payments":
            raise MissingData(f"'account_value' is missing; {terms.name} waives the charge above a contract value.")
        if _waived(charge, payment, account_value or 0.0):
            return 0.0
    if days is not None and days < 365:
        start = Date(2001, 1, 1)  # any year of 365 days
        finish = start + datetime.timedelta(days=scalars.whole("days", days, 0, 365))
        dollars *= part_weight(charge.part_year, start, finish, Date(2002, 1, 1))
    return _carried(terms, dollars)


def _maintenance(terms: Terms) -> Charge | None:
    """The annual charge of the newest terms; without one the first charge of their list."""
    return next((charge for charge in terms.on(Date.max).charges if charge.key != "rider"), None)


def _limited(
    terms: Terms, charge: Charge, dollars: float, payment: float, share: float | None, account_value: float | None
) -> float:
    """A year's charge within its limits."""
    if not charge.is_limited:
        return dollars
    least, most, most_of_value = year_limits(charge, payment, lambda: _given_share(terms, share))
    if charge.at_most_of_value is not None:
        if account_value is None:
            raise MissingData(f"'account_value' is missing; the charge of {terms.name} is at most a fraction of it.")
        most = min(most, most_of_value * account_value)
    return min(max(dollars, least), most)


def _waived(charge: Charge, payment: float, account_value: float) -> bool:
    """Whether a contract of this value bears no charge."""
    measure = {"payments": payment, "greater_of_payments_and_value": max(payment, account_value)}
    measured, limit = measure.get(charge.waived_measure, account_value), charge.waived_above
    return limit is not None and (measured > limit or (measured == limit and charge.waived_at_limit == "waived"))


def redeemable_value(
    terms: Terms,
    valuation_dates: Sequence[Date],
    unit_values: Sequence[float],
    share: float | None,
    payment: float | None,
) -> float:
    """ERV of a payment made on the first date and redeemed on the last, in dollars."""
    if len(valuation_dates) != len(unit_values):
        raise BadInput(
            f"'valuation_dates' has {counted(len(valuation_dates), 'date')} and 'unit_values' "
            f"{counted(len(unit_values), 'value')}; give one each."
        )
    from ..inputs.unit_values import UnitValues

    series = UnitValues(valuation_dates, ("the sub-account",), unit_values)
    if len(valuation_dates) < 2:
        raise BadInput("'valuation_dates' must have at least two dates: the payment's day and the day of redemption.")
    start, finish = valuation_dates[0], valuation_dates[-1]
    amount = float(terms["payment.amount"]) if payment is None else payment
    returns.positive("payment", amount)
    days = charge_dates.charge_dates(terms, start, finish)
    invested, charging = charging_of(terms, days, amount, lambda day: _given_share(terms, share))
    rule, age = terms["valuation.rule"], terms["valuation.max_age_days"]
    levels = np.array([series.at(0, d.day, rule, age) for d in days])
    _, redemption = redemption_of(terms, start, finish, amount, days)
    return float(without_noise(redeem(walk(levels, invested, charging), redemption).erv))


def _given_share(terms: Terms, share: float | None) -> float:
    """The share of the annual charge that was given, where the terms charge by share."""
    if share is None:
        raise charges_by_share(terms, "'share'", ". A whole contract has share 1")
    return scalars.fraction("'share'", share)


def _carried(terms: Terms, dollars: float) -> float:
    return float(rounded(dollars, 2) if terms["carry.precision"] == "cents" else without_noise(float(dollars)))


def _not_negative(**values: float | None) -> None:
    for argument, value in values.items():
        if value is not None and value < 0:
            raise BadInput(f"'{argument}' must not be negative (got {value:g}).")
