"""Yields and valuation factors that stand beside the returns: money market, 30-day, net investment factor."""

import datetime
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

from ..cells import scalars
from ..cells.rounding import without_noise
from ..errors import BadInput, MissingData, NoSolution
from ..terms import Terms
from ..terms.charges import Charge
from .calendar_days import is_leap
from .charge_schedule import charges_by_share, year_dollars
from .returns import change

Date = datetime.date


WEEK = 7


def money_market_base_return(begin: float, finish: float, capital_change: float = 0.0, charge: float = 0.0) -> float:
    """(finish − begin − capital changes − charge) / begin, over the days of the base period."""
    if begin <= 0:
        raise BadInput(f"'begin_value' must be positive (got {begin:g}).")
    if finish < 0:
        raise BadInput(f"'finish_value' must not be negative (got {finish:g}).")
    if charge < 0:
        raise BadInput(f"'charge' must not be negative (got {charge:g}); give what is taken as a positive number.")
    return float(without_noise((finish - begin - capital_change - charge) / begin))


def _days(days: float) -> float:
    if days <= 0:
        raise BadInput(f"'days' must be positive (got {days:g}).")
    return days


class BasePeriod(NamedTuple):
    """The base period of a money market yield: what is stated of it, and its first and last day where they are known."""

    days: float | None = None
    start: Date | None = None
    finish: Date | None = None

    def counted(self, terms: Terms | None) -> float:
        """The days that count, by the terms; without terms the days must be those between the dates."""
        stated = self.days if self.days is not None else terms["yield.base_days"] if terms is not None else WEEK
        if self.start is None and self.finish is None:
            return _days(stated)
        if self.start is None or self.finish is None:
            lacks, has = ("start_date", "finish_date") if self.start is None else ("finish_date", "start_date")
            raise BadInput(f"'{lacks}' is missing; a base period with '{has}' needs both.")
        between = (self.finish - self.start).days
        if between <= 0:
            raise BadInput(f"'finish_date' {self.finish} must lie after 'start_date' {self.start}.")
        rule = terms["yield.dates"] if terms is not None else "must_match"
        if rule == "base_days":
            return _days(stated)
        if between != stated and (rule == "must_match" or self.days is not None):
            raise BadInput(
                f"{self.start} and {self.finish} are {between} days apart, but the yield is one of {stated:g} days; correct "
                f"a date, give {between} as 'days', or let 'yield.dates' of the terms say which days count."
            )
        return float(between)


SEVEN_DAYS = BasePeriod()


def _year(key: Literal["yield.current_year", "yield.effective_year"], terms: Terms | None, given: float | None,
          finish: Date | None) -> float:  # fmt: skip
    """The days of the year to which a yield is carried: as given, or as the terms say; 365 without either."""
    if given is not None:
        if not 360 <= given <= 366:
            raise BadInput(f"'year_days' must be the days of a year, 360 to 366 (got {given:g}).")
        return given
    rule = terms[key] if terms is not None else "days_365"
    if rule == "days_of_year":
        if finish is None:
            raise MissingData(f"'finish_date' is missing; '{key}' of the terms counts the days of its year.")
        return 366.0 if is_leap(finish.year) else 365.0
    return {"days_365": 365.0, "days_366": 366.0}[rule]


def money_market_yield(
    base_return: float, period: BasePeriod = SEVEN_DAYS, terms: Terms | None = None, year_days: float | None = None
) -> float:
    """base × year / days; the year is 365 days, in leap years too, unless the terms say otherwise."""
    year = _year("yield.current_year", terms, year_days, period.finish)
    return float(without_noise(base_return * year / period.counted(terms)))


def money_market_effective_yield(
    base_return: float, period: BasePeriod = SEVEN_DAYS, terms: Terms | None = None, year_days: float | None = None
) -> float:
    """(1 + base)^(year/days) − 1; the year is 365 days, in leap years too, unless the terms say otherwise."""
    if base_return <= -1:
        raise NoSolution(f"'base_return' {base_return:g} is a loss of everything; it cannot be compounded.")
    year = _year("yield.effective_year", terms, year_days, period.finish)
    return float(change((1.0 + base_return) ** (year / period.counted(terms))))


def recurring_charge(terms: Terms, account: float, days: float, share: Callable[[], float], day: Date = Date.max) -> float:
    """The base period's part of a contract's recurring charges, for an account of this value: a year's by days / 365.

    A charge by average contract size is that of an account of average size, which is where a waiver is tested too.
    What is charged only once, at redemption, does not recur.
    """
    payment, a_year = float(terms["payment.amount"]), 0.0
    for charge in terms.on(day).charges:
        if charge.timing in {"redemption", "payment"} or _waived(charge, payment):
            continue
        if charge.in_dollars:
            a_year += year_dollars(charge, payment, share) * account / payment
        else:
            a_year += charge.rate * charge.charged_fraction * account
    return a_year * days / 365.0


def _waived(charge: Charge, payment: float) -> bool:
    """Whether a charge is waived for a contract of average size, as far as the terms tell one."""
    measured = payment if charge.waived_measure == "payments" else charge.average_contract_size
    limit = charge.waived_above
    if limit is None or measured is None:
        return False
    return measured > limit or (measured == limit and charge.waived_at_limit == "waived")


def charge_of_base_period(
    terms: Terms | None, begin_value: float, period: BasePeriod, charge: float | None, share: float | None
) -> float:
    """The charge of a base period in dollars: as given, or of the terms."""
    days = period.counted(terms)
    if terms is None or charge is not None:
        if terms is not None and share is not None:
            raise BadInput("'charge' and 'share' are both given; leave out the charge where the terms say it.")
        return charge or 0.0

    def of_terms() -> float:
        if share is None:
            raise charges_by_share(terms, "'share'", "")
        return scalars.fraction("'share'", share)

    return recurring_charge(terms, begin_value, days, of_terms, period.finish or Date.max)


def sec_yield_30_day(income: float, expenses: float, average_units: float, unit_value: float) -> float:
    """2 [((a − b) / (c d) + 1)^6 − 1]."""
    if average_units <= 0 or unit_value <= 0:
        raise BadInput(f"'average_units' and 'unit_value' must be positive (got {average_units:g} and {unit_value:g}).")
    monthly = (income - expenses) / (average_units * unit_value)
    if monthly <= -1:
        raise NoSolution(f"'expenses' {expenses:g} exceed 'income' by more than the account; there is no yield.")
    return float(2.0 * change((monthly + 1.0) ** 6))


CHARGE_FORMS: dict[str, Callable[[Any, float, Any], Any]] = {
    "daily": lambda gross, charge, days: gross - charge / 365.0 * days,
    "compound": lambda gross, charge, days: gross * (1.0 - charge) ** (np.asarray(days) / 365.0),
    "proportional": lambda gross, charge, days: gross * (1.0 - charge * np.asarray(days) / 365.0),
}
"""How a separate account charge reaches a net investment factor, by name."""


def net_investment_factor(
    nav_start: Any, nav_finish: Any, distributions: Any, annual_charge: float, days: Any, charge_form: str
) -> Any:
    """(NAV at end + distributions per share) / NAV at start, less the charge for the days in a named form."""
    if np.any(np.asarray(nav_start) <= 0):
        raise BadInput(f"'nav_start' must be positive (got {np.min(nav_start):g}).")
    if np.any(np.asarray(nav_finish) < 0):
        raise BadInput(f"'nav_finish' must not be negative (got {np.min(nav_finish):g}).")
    scalars.fraction("'annual_charge'", annual_charge, below_one=True)
    if np.any(np.asarray(days) <= 0):
        raise BadInput(f"'days' must be positive (got {np.min(days):g}).")
    gross = np.add(nav_finish, distributions) / np.asarray(nav_start)
    factor = CHARGE_FORMS[charge_form](gross, annual_charge, days)
    if np.any(np.asarray(factor) < 0):
        raise NoSolution(f"The charge of the period takes more than the value (factor {np.min(factor):g}); check it.")
    return without_noise(factor)


OPENING_UNIT_VALUE = 10.0  # customary at the start of a sub-account; any other scales the whole series


def adjusted_unit_values(
    days: np.ndarray, navs: np.ndarray, distributions: np.ndarray, annual_charge: float, charge_form: str,
    splice: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """A fund's history carried into unit values: dates, values, and whether each is actual.

    Each value is the one before × the net investment factor of the days between. ``splice`` (dates, actual unit
    values): the hypothetical series is scaled to meet the first actual value, and ends there.
    """
    gaps = np.diff(days).astype(int)
    factors = net_investment_factor(navs[:-1], navs[1:], distributions[1:], annual_charge, gaps, charge_form)
    values = without_noise(OPENING_UNIT_VALUE * np.concatenate([[1.0], np.cumprod(factors)]))
    if splice is None:
        return days, values, np.zeros(len(days), dtype=bool)
    actual_days, actual_values = splice
    meeting = np.flatnonzero(days == actual_days[0])
    if not len(meeting):
        raise BadInput(f"'navs' has no net asset value on {actual_days[0]}, where the actual unit values begin; add it.")
    before = days < actual_days[0]
    scaled = without_noise(values * (actual_values[0] / values[meeting[0]]))
    return (
        np.concatenate([days[before], actual_days]),
        np.concatenate([scaled[before], actual_values]),
        np.concatenate([np.zeros(before.sum(), dtype=bool), np.ones(len(actual_days), dtype=bool)]),
    )
