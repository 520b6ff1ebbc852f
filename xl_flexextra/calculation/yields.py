"""Yields and valuation factors that stand beside the returns: money market, 30-day, net investment factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cells import scalars
from ..cells.rounding import without_noise
from ..errors import BadInput, NoSolution
from .returns import change


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


def money_market_yield(base_return: float, days: float = 7) -> float:
    """base × 365 / days, 365 in leap years too."""
    return float(without_noise(base_return * 365.0 / _days(days)))


def money_market_effective_yield(base_return: float, days: float = 7) -> float:
    """(1 + base)^(365/days) − 1, 365 in leap years too."""
    if base_return <= -1:
        raise NoSolution(f"'base_return' {base_return:g} is a loss of everything; it cannot be compounded.")
    return float(change((1.0 + base_return) ** (365.0 / _days(days))))


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
