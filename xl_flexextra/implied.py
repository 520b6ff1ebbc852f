"""The annual charge that two published returns imply, before and after contract charges."""

from __future__ import annotations

import datetime

import numpy as np

from . import periods, tables
from .dates import add_months
from .errors import BadInput, NoSolution
from .terms import Terms
from .walk import redeem, walk

Date = datetime.date


def implied_charge(
    terms: Terms, before_return: float, after_return: float, code: str, decimals: int = 2
) -> tuple[float, float, float]:
    """Dollars a year for the terms' payment: the least, the best and the most that the printed digits allow.

    For one period of up to one year the walk has one charge, so X in V = P(1+R) − X, ERV = V − CDSC(V) can be told from
    the two returns. Raises where it cannot: longer periods, charges by value, no charge in the period.
    """
    period = periods.parse(code)
    start, finish = _days(terms, period)
    if terms["annual_charge.form"] not in {"share", "average_size"}:
        raise BadInput(f"'terms' {terms.name} take no annual charge in dollars; there is none to imply.")
    days = periods.charge_dates(terms, start, finish)
    weights = np.array([d.annual for d in days])
    if not weights.any():
        raise NoSolution(f"'period' {period.code}: the terms take no annual charge in it; two returns cannot tell one.")
    if period.code != "1Y" and terms["annual_charge.part_year"] not in {"full", "none"}:
        raise BadInput(f"'period' {period.code}: with a charge by days only 1Y has a known share of the year; use 1Y.")
    if before_return <= -1 or after_return < -1:
        raise BadInput("'before_return' and 'after_return' must be above -1 (a total loss).")
    payment = float(terms["payment.amount"])
    _, redemption = tables.redemption_of(terms, start, finish, payment)
    free_of_charge = terms.replace(annual_charge__dollars=0)
    _, base = tables.charging_of(free_of_charge, days, payment, lambda day: 0.0)
    from_payment = terms["annual_charge.taken_as"] == "from_payment"
    net = tables.invested_payment(terms.on(start), payment)

    def after(dollars: float, before: float) -> float:
        charges = weights * dollars
        invested = net - charges.sum() if from_payment else net
        charging = base._replace(dollars=0.0 if from_payment else charges)
        growth = np.ones(len(days))
        growth[1:] = 1.0 + before
        return float(redeem(walk(growth, max(invested, 0.0), charging, keep=False), redemption).erv) / payment - 1.0

    def solve(before: float, wanted: float) -> float:
        low, high = 0.0, float(payment * max(1.0, 1.0 + before) / weights.max())
        if after(low, before) <= wanted:
            return 0.0
        for _ in range(80):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if after(middle, before) > wanted else (low, middle)
        return 0.5 * (low + high)

    half = 0.5 * 10.0 ** -(decimals + 2)
    if after(0.0, before_return + half) < after_return - half:
        raise NoSolution(
            "'after_return' is higher than 'before_return' allows with no charge at all; no charge explains it."
        )
    if after(0.0, before_return) - after(0.01 * payment, before_return) <= 0:
        raise NoSolution("The return after charges does not depend on the annual charge here; two returns cannot tell it.")
    return (
        solve(before_return - half, after_return + half),
        solve(before_return, after_return),
        solve(before_return + half, after_return - half),
    )


def _days(terms: Terms, period: periods.Period) -> tuple[Date, Date]:
    """A first and last day that stand for the period, after every change of the terms."""
    year = max([2001, *(day.year + 1 for day, _ in terms.changes)])
    start = Date(year, 12, 31)
    if period.kind == "calendar" or period.code in {"1Y", "12M"}:
        return start, add_months(start, 12)
    if period.kind in {"YTD", "QTD", "MTD"}:
        return start, add_months(start, {"YTD": 7, "QTD": 2, "MTD": 1}[period.kind])
    if period.kind == "months" and not period.or_since and period.months < 12:
        return start, add_months(start, period.months)
    raise BadInput(
        f"'period' {period.code} is longer than a year or unknown in length; two returns cannot tell a charge of it."
    )
