"""The days of a walk on which charges fall, and the part of a year that each stands for."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from ..terms import Terms
from . import calendar_days

Date = datetime.date


class ChargeDate(NamedTuple):
    """A day of the walk: which part of an annual charge and of a rider charge is taken on it.

    ``year_start`` marks the days on which a charge year begins, ``anniversary`` the payment's day and its anniversaries.
    """

    day: Date
    annual: float = 0.0
    rider: float = 0.0
    year_start: bool = False
    anniversary: bool = False


def charge_dates(terms: Terms, start: Date, finish: Date, redeemed: bool = True) -> list[ChargeDate]:
    """The days of a walk from ``start`` to ``finish``, both included, with the weights of the charges on each.

    Only days on which something is taken, or on which a later charge is measured: no other unit values are needed.
    Where the contract is held rather than ``redeemed``, a charge that only a redemption makes due is not taken.
    """
    annual, year_starts = _annual_weights(terms, start, finish, redeemed)
    rider = _contract_weights(terms["rider.timing"], terms["rider.part_year"], start, finish, redeemed)
    yearly = {start, *calendar_days.anniversaries(start, finish)}
    annual = {day: weight for day, weight in annual.items() if weight and _takes_annual(terms, day)}
    rider = {day: weight for day, weight in rider.items() if weight and terms.on(day)["rider.rate"]}
    days = {start, finish, *annual, *rider}
    if annual and terms["annual_charge.form"] == "fraction_of_start_value":
        days |= year_starts
    if rider and terms["rider.base"] == "highest_anniversary_value":
        days |= yearly
    if redeemed and terms["free_withdrawal.form"] == "percent_of_prior_anniversary_value":
        days.add(year_begins(terms, start, finish))
    return [
        ChargeDate(day, annual.get(day, 0.0), rider.get(day, 0.0), day in year_starts, day in yearly) for day in sorted(days)
    ]


def _takes_annual(terms: Terms, day: Date) -> bool:
    """Whether the terms in force on a day have an annual charge at all."""
    values = terms.on(day)
    amount = {"none": None, "share": "dollars", "average_size": "dollars"}.get(values["annual_charge.form"], "rate")
    return bool(amount and values[f"annual_charge.{amount}"] and values["annual_charge.charged_fraction"])


def part_weight(rule: str, first: Date, last: Date, whole_end: Date, months: int = 12) -> float:
    """The weight of an unfinished year (or quarter) from ``first`` to ``last`` that would end on ``whole_end``."""
    days = (last - first).days
    if days <= 0 or rule == "none":
        return 0.0
    if rule == "full":
        return months / 12
    if rule == "by_days":
        return days / 365.0
    return days / (whole_end - first).days * months / 12


def _annual_weights(terms: Terms, start: Date, finish: Date, redeemed: bool) -> tuple[dict[Date, float], set[Date]]:
    """The weights of the annual charge on its days, and the days on which a year (quarter, month) of it begins."""
    timing, part_year = terms["annual_charge.timing"], terms["annual_charge.part_year"]
    begins = [start, *_steps(timing, start, finish)[1]]
    if timing == "redemption":
        stub = part_weight(part_year, begins[-1], finish, calendar_days.add_years(begins[-1], 1))
        return {finish: 1.0 if begins[-1] == finish else stub} if redeemed else {}, set(begins)
    if timing == "calendar_year_end":
        begins, weights = [start], {}
        for year in range(start.year, finish.year + 1):
            day = Date(year, 12, 31)
            if start < day <= finish:
                whole = begins[-1] == Date(year - 1, 12, 31)
                weights[day] = 1.0 if whole else _calendar_stub(terms["annual_charge.first_stub"], start, day)
                begins.append(day)
        if begins[-1] < finish and redeemed:
            weights[finish] = _calendar_stub(part_year, begins[-1], finish)
    else:
        weights = _contract_weights(timing, part_year, start, finish, redeemed)
    if redeemed and terms["annual_charge.final"] == "not_taken":
        weights.pop(finish, None)
    return weights, set(begins)


def _calendar_stub(rule: str, first: Date, last: Date) -> float:
    """The weight of a part of a calendar year; its whole is that year's 365 or 366 days."""
    year = last.year
    return part_weight(rule, first, last, first + datetime.timedelta(days=366 if calendar_days.is_leap(year) else 365))


def months_of_charge(timing: str) -> int:
    """How many months a whole charge is for: a year's, or a quarter's or month's."""
    return {"contract_quarter": 3, "contract_month": 1}.get(timing, 12)


def _steps(timing: str, start: Date, finish: Date) -> tuple[int, list[Date]]:
    """The months between two charges of a contract, and the days on which so many have passed."""
    months = months_of_charge(timing)
    return months, calendar_days.anniversaries(start, finish, months)


def _contract_weights(timing: str, rule: str, start: Date, finish: Date, redeemed: bool) -> dict[Date, float]:
    """The weights of a charge on the first or last days of contract years, or on the last of their quarters or months."""
    months, steps = _steps(timing, start, finish)
    last = steps[-1] if steps else start
    stub = part_weight(rule, last, finish, calendar_days.add_months(start, months * (len(steps) + 1)), months)
    at_start = timing == "start_of_contract_year"
    days = [start, *(day for day in steps if day < finish)] if at_start else steps
    weights = dict.fromkeys(days, months / 12)
    if last < finish and redeemed:
        weights[last if at_start else finish] = stub
    return weights


def contract_year(terms: Terms, start: Date, finish: Date) -> int:
    """The contract year in which a redemption falls, by the terms' rule for an anniversary."""
    whole, anniversary = calendar_days.split_years(start, finish)
    if anniversary == finish and terms["cdsc.anniversary"] == "year_just_ended":
        return whole
    return whole + 1


def year_begins(terms: Terms, start: Date, finish: Date) -> Date:
    """The day on which the contract year of a redemption began: the payment's day or an anniversary."""
    years = contract_year(terms, start, finish) - 1
    return [start, *calendar_days.anniversaries(start, finish)][years]
