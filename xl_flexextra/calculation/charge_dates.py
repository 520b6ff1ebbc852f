"""The days of a walk on which charges fall, and the part of a year that each stands for."""

import datetime
import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..terms import Terms
from ..terms.charges import Charge
from . import calendar_days

Date = datetime.date


class ChargeDate(NamedTuple):
    """A day of the walk: which part of a year's charge is taken on it, for each charge of the terms.

    ``year_starts`` says for each charge whether a year (quarter, month) of it begins that day, where any charge is measured
    then; ``anniversary`` marks the payment's day and its anniversaries. Days without weights take nothing.
    """

    day: Date
    weights: tuple[float, ...] = ()
    year_starts: tuple[bool, ...] = ()
    anniversary: bool = False


EPOCH = Date(1970, 1, 1).toordinal()  # what days are counted from


class Calendar:
    """The days of a walk as arrays by date: weights and beginnings of a year ``(dates, charges)``; or of several walks.

    Of several, with as many days each, the arrays have a column a walk: ``(dates, charges, walks)``.
    """

    __slots__ = ("anniversary", "days", "numbers", "weights", "year_starts")

    def __init__(self, days: Sequence[ChargeDate]) -> None:
        charges = max([len(day.weights) for day in days], default=0)
        none = (0.0,) * charges
        self.days: Sequence[ChargeDate] = days
        self.numbers = np.array([day.day.toordinal() - EPOCH for day in days])
        self.weights = np.array([weight for day in days for weight in day.weights or none]).reshape(len(days), charges)
        self.year_starts = np.zeros(self.weights.shape, dtype=bool)
        for k, day in enumerate(days):
            if True in day.year_starts:
                self.year_starts[k] = day.year_starts
        self.anniversary = np.array([day.anniversary for day in days])

    @classmethod
    def of_many(cls, calendars: Sequence["Calendar"]) -> "Calendar":
        """Several walks side by side."""
        many: Calendar = object.__new__(cls)
        many.days = ()
        for name in ("numbers", "weights", "year_starts", "anniversary"):
            setattr(many, name, np.stack([getattr(one, name) for one in calendars], axis=-1))
        return many

    @classmethod
    def padded(cls, walks: Sequence[Sequence[ChargeDate]], of_column: np.ndarray) -> "Calendar":
        """A column for each named walk; in front of a shorter one its first day again, on which nothing is taken."""
        one = cls([day for days in walks for day in days])
        counts = [len(days) for days in walks]
        most, begins = max(counts), [0, *itertools.accumulate(counts)][:-1]
        place = np.arange(most)[:, None] - np.array([most - count for count in counts])
        own = place >= 0
        place = np.maximum(place, 0) + np.array(begins)
        many: Calendar = object.__new__(cls)
        many.days = ()
        many.numbers = one.numbers.take(place).take(of_column, axis=1)
        many.anniversary = (one.anniversary.take(place) & own).take(of_column, axis=1)
        many.weights = np.zeros((most, one.weights.shape[1], len(of_column)))
        many.year_starts = np.zeros(many.weights.shape, dtype=bool)
        for charge, weights in enumerate(one.weights.T):
            if weights.any():
                many.weights[:, charge] = (weights.take(place) * own).take(of_column, axis=1)
                many.year_starts[:, charge] = (one.year_starts[:, charge].take(place) & own).take(of_column, axis=1)
        return many


OF_A_YEAR = frozenset({"start_value", "average_value"})  # bases that are measured where a year begins, too


def charge_dates(terms: Terms, start: Date, finish: Date, redeemed: bool = True) -> list[ChargeDate]:
    """The days of a walk from ``start`` to ``finish``, both included, with the weights of the charges on each.

    Only days on which something is taken, or on which a later charge is measured: no other unit values are needed.
    Where the contract is held rather than ``redeemed``, a charge that only a redemption makes due is not taken.
    """
    yearly = {start, *calendar_days.anniversaries(start, finish)}
    days, weights, begins = {start, finish}, [], []
    for place, charge in enumerate(terms.charges):
        mine, year_starts = _taken_on(terms, place, start, finish, redeemed)
        days.update(mine)
        if mine and charge.base in OF_A_YEAR:
            days |= year_starts
        if mine and charge.base == "highest_anniversary_value":
            days |= yearly
        weights.append(mine)
        begins.append(year_starts)
    if redeemed and terms["free_withdrawal.form"] == "percent_of_prior_anniversary_value":
        days.add(year_begins(terms, start, finish))
    ordered = sorted(days)
    none = [0.0] * len(ordered)
    by_day = _by_day([[mine.get(day, 0.0) for day in ordered] if mine else none for mine in weights], len(ordered))
    starts: list[tuple[Any, ...]] = [()] * len(ordered)
    if any(charge.base in OF_A_YEAR for charge in terms.charges):
        starts = _by_day([[day in year_starts for day in ordered] for year_starts in begins], len(ordered))
    return list(map(ChargeDate, ordered, by_day, starts, [day in yearly for day in ordered]))


def _by_day(by_charge: list[list[Any]], days: int) -> list[tuple[Any, ...]]:
    """What each charge has on each day, by day."""
    return list(zip(*by_charge, strict=True)) if by_charge else [()] * days


def _taken_on(terms: Terms, place: int, start: Date, finish: Date, redeemed: bool) -> tuple[dict[Date, float], set[Date]]:
    """The weights of a charge on the days on which the terms take it, and the days on which a year of it begins."""
    charge = terms.charges[place]
    if not (terms.changes or charge.ever_taken or charge.timing == "daily"):
        return {}, set()
    weights, year_starts = _weights(charge, start, finish, redeemed)
    if terms.changes or not charge.ever_taken or not all(weights.values()):
        weights = {day: weight for day, weight in weights.items() if weight and terms.on(day).charges[place].ever_taken}
    return weights, year_starts


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


def _weights(charge: Charge, start: Date, finish: Date, redeemed: bool) -> tuple[dict[Date, float], set[Date]]:
    """The weights of a charge on its days, and the days on which a year (quarter, month) of it begins."""
    timing, part_year = charge.timing, charge.part_year
    begins = [start, *_steps(timing, start, finish)[1]]
    if timing == "payment":
        return {start: 1.0}, {start}
    if timing == "daily":
        return _daily_weights(charge, begins, finish), set(begins)
    if timing == "redemption":
        stub = part_weight(part_year, begins[-1], finish, calendar_days.add_years(begins[-1], 1))
        return {finish: 1.0 if begins[-1] == finish else stub} if redeemed else {}, set(begins)
    if timing == "calendar_year_end":
        begins, weights = [start], {}
        for year in range(start.year, finish.year + 1):
            day = Date(year, 12, 31)
            if start < day <= finish:
                whole = begins[-1] == Date(year - 1, 12, 31)
                weights[day] = 1.0 if whole else _calendar_stub(charge.first_stub, start, day)
                begins.append(day)
        if begins[-1] < finish and redeemed:
            weights[finish] = _calendar_stub(part_year, begins[-1], finish)
    else:
        weights = _contract_weights(timing, part_year, start, finish, redeemed)
    if redeemed and charge.final == "not_taken":
        weights.pop(finish, None)
    return weights, set(begins)


def _daily_weights(charge: Charge, begins: list[Date], finish: Date) -> dict[Date, float]:
    """The days on which a daily charge on the mean value is measured: the ends of contract years, and the last day."""
    if charge.base != "average_value":
        return {}
    ends = [*begins[1:], *([finish] if begins[-1] < finish else [])]
    return {end: accrued_years(charge.part_year, begins[0], begin, end) for begin, end in zip(begins, ends, strict=False)}


def accrued_years(rule: str, start: Date, first: Date, last: Date) -> float:
    """The years that a daily charge accrues from ``first`` to ``last`` of a contract that began on ``start``."""
    if rule == "by_days":
        return (last - first).days / 365.0
    return _contract_time(start, last) - _contract_time(start, first)


def _contract_time(start: Date, day: Date) -> float:
    """Contract years since the payment, each of them one whatever its days."""
    whole, last = calendar_days.split_years(start, day)
    return whole + (day - last).days / (calendar_days.add_years(start, whole + 1) - last).days


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
    at_start = timing == "start_of_contract_year"
    days = [start, *(day for day in steps if day < finish)] if at_start else steps
    weights = dict.fromkeys(days, months / 12)
    if last < finish and redeemed:
        whole_end = calendar_days.add_months(start, months * (len(steps) + 1))
        weights[last if at_start else finish] = part_weight(rule, last, finish, whole_end, months)
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
