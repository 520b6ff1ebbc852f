"""The annual charge that two published returns imply, before and after contract charges."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..errors import BadInput, NoSolution
from ..terms import Terms
from . import calendar_days, charge_dates, periods
from .charge_schedule import charging_of, invested_payment, redemption_of
from .walk import redeem, walk

Date = datetime.date
ANNUAL = 0  # the place of the annual charge among the charges of terms that have one


def implied_charge(
    terms: Terms, before_return: float, after_return: float, code: str, decimals: int = 2
) -> tuple[float, float, float]:
    """Dollars a year for the terms' payment: the least, the best and the most that the printed digits allow.

    For one period of up to one year the walk has one charge, so X in V = P(1+R) − X, ERV = V − CDSC(V) can be told from
    the two returns. Raises where it cannot: longer periods, charges by value, no charge in the period, and a period
    whose dates, which its code does not tell, matter to what is charged or to the number of years.
    """
    period = periods.parse(code)
    if terms["annual_charge.form"] not in {"share", "average_size"}:
        raise BadInput(f"'terms' {terms.name} take no annual charge in dollars; so no charge can be found.")
    if any(charge.base == "share" and charge.amount for charge in terms.charges[1:]):
        raise BadInput(
            f"'terms' {terms.name} take another charge by share, which is not known here; "
            "two returns cannot say what the charge is."
        )
    start, finish, spell = _settled(terms, period)
    days = charge_dates.charge_dates(terms, start, finish)
    weights = np.array([_annual(d) for d in days])
    if not weights.any():
        raise NoSolution(
            f"'period' {period.code}: the terms take no annual charge in it; two returns cannot say what it is."
        )
    if before_return <= -1 or after_return < -1:
        raise BadInput("'before_return' and 'after_return' must be above -1 (a total loss).")
    payment = float(terms["payment.amount"])
    _, redemption = redemption_of(terms, start, finish, payment, days)
    free_of_charge = terms.replace(annual_charge__dollars=0)
    _, base = charging_of(free_of_charge, days, payment, lambda day: 0.0)
    # to how many units a payment or a charge comes, before they are rounded, depends on unit values not known here
    annual = base.charges[ANNUAL]._replace(unit_decimals=None)
    base = base._replace(bought_decimals=None)
    from_payment = terms["annual_charge.taken_as"] == "from_payment"
    net = invested_payment(terms.on(start), payment) - sum(charge.from_payment for charge in base.charges[1:])

    def after(dollars: float, before: float) -> float:
        charges = weights * dollars
        invested = net - charges.sum() if from_payment else net
        taken = annual._replace(amount=np.zeros(len(days)) if from_payment else charges)
        charging = base._replace(charges=(taken, *base.charges[1:]))
        growth = np.ones(len(days))
        growth[1:] = (1.0 + before) ** (1.0 / spell.exponent)
        erv = float(redeem(walk(growth, max(invested, 0.0), charging), redemption).erv)
        return (erv / payment) ** spell.exponent - 1.0

    def solve(before: float, wanted: float) -> float:
        low, high = 0.0, float(payment * max(1.0, (1.0 + before) ** (1.0 / spell.exponent)) / weights.max())
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
        raise NoSolution(
            "The return after charges does not depend on the annual charge here; two returns cannot say what it is."
        )
    return (
        solve(max(before_return - half, -1.0), after_return + half),
        solve(before_return, after_return),
        solve(before_return + half, after_return - half),
    )


class _Spell(NamedTuple):
    """What of a period's dates matters: the charges on its first day, between, and on its last; the year of redemption;
    the exponent of (ERV / P)."""

    charges: tuple[tuple[str, float, tuple[float, ...]], ...]
    contract_year: int
    exponent: float


def _spell(terms: Terms, start: Date, finish: Date, stated: str) -> _Spell:
    charges = tuple(
        (
            {start: "first", finish: "last"}.get(day.day, "between"),
            round(_annual(day), 12),
            tuple(round(weight, 12) for weight in day.weights[ANNUAL + 1 :]),
        )
        for day in charge_dates.charge_dates(terms, start, finish)
    )
    years = periods.number_of_years(terms, start, finish)
    annualised = (stated or terms["years.long_period" if years > 1 else "years.short_period"]) == "annualised"
    return _Spell(charges, charge_dates.contract_year(terms, start, finish), 1.0 / years if annualised and years else 1.0)


def _annual(day: charge_dates.ChargeDate) -> float:
    """The weight of the annual charge, the first of the charges."""
    return day.weights[ANNUAL]


def _settled(terms: Terms, period: periods.Period) -> tuple[Date, Date, _Spell]:
    """A first and last day that stand for the period, where all that may be meant come to the same."""
    spans = _spans(terms, period)
    start, finish = next(spans)
    spell = _spell(terms, start, finish, period.stated)
    for one in spans:
        other = _spell(terms, *one, period.stated)
        if other == spell:
            continue
        if other.exponent != spell.exponent:
            what = "the number of years by which the terms annualise"
        elif [c[:2] for c in other.charges] != [c[:2] for c in spell.charges]:
            what = "the day or the part of the annual charge"
        elif other.charges != spell.charges:
            what = f"the day or the part of {_others(terms)}"
        else:
            what = "the contract year of redemption"
        raise BadInput(
            f"'period' {period.code} alone does not tell {what}, which depends on its dates; "
            "use one whose dates are known, such as CY2007."
        )
    if any(where == "between" and annual for where, annual, _ in spell.charges):
        raise BadInput(f"'period' {period.code} has an annual charge between its first and last day; use a shorter one.")
    between = {i for where, _, others in spell.charges if where == "between" for i, weight in enumerate(others, 1) if weight}
    if any(terms.charges[i].base not in {"value", "end_value"} for i in between):
        raise BadInput(
            f"'period' {period.code} has {_others(terms)} in dollars between its first and last day; "
            "two returns cannot say what the charge is."
        )
    return start, finish, spell


def _others(terms: Terms) -> str:
    """The charges beside the annual one, by their names."""
    names = [charge.name for charge in terms.charges[1:] if charge.key != "rider" or terms.ever("rider.rate")]
    return "the rider charge" if names == ["rider"] else f"the charges {' and '.join(names)}"


def _spans(terms: Terms, period: periods.Period) -> Iterator[tuple[Date, Date]]:
    """First and last days that a period may mean, as many as may differ in what is charged.

    Those of a calendar year are known. The others lie after every change of the terms, in the four years that hold a
    leap day. A year to date ends before 31 December: the whole year has a code of its own.
    """
    if period.kind == "calendar":
        yield Date(period.year - 1, 12, 31), Date(period.year, 12, 31)
        return
    if period.first and period.last and period.last <= calendar_days.add_years(period.first, 1):
        yield period.first, period.last
        return
    if period.kind not in {"YTD", "QTD", "MTD", "days"} and (
        period.kind != "months" or period.or_since or period.months > 12
    ):
        raise BadInput(
            f"'period' {period.code} is longer than a year or unknown in length; two returns cannot say what the charge is."
        )
    first = min(max([2001, *(day.year + 1 for day, _ in terms.changes)]), Date.max.year - 4)
    for year in range(first, first + 4):
        for month in range(1, 13):
            last = calendar_days.days_in_month(year, month)
            for finish in (
                Date(year + 1, month, min(day, calendar_days.days_in_month(year + 1, month))) for day in (1, 15, last)
            ):
                start = periods.base_date(period, finish)
                if start < finish and not (period.kind == "YTD" and (finish.month, finish.day) == (12, 31)):
                    yield start, finish
