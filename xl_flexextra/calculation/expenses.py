"""Expenses of a prospectus: the example in dollars over some years, and the annual cost of the Key Information Table.

Both are walks through the contract's own charges, over unit values that grow by the same rate every year; asset charges and
fund expenses are one more charge of the walk. Source: SEC Form N-4, the expense example (Item 4 since 2020) and the
instructions to the Key Information Table (Item 2).
"""

import datetime
from typing import Any, NamedTuple

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, MissingData
from ..terms import Terms
from ..terms.charge_keys import numbers
from . import charge_dates
from .charge_schedule import charging_of, payment_parts, redemption_of
from .walk import redeem, walk

Date = datetime.date
START = 2100  # after every change that terms may have: the newest terms count
SURRENDERED, ANNUITISED, KEPT = "surrendered", "annuitised", "kept"
OUTCOMES = (SURRENDERED, ANNUITISED, KEPT)
YEARS = (1, 3, 5, 10)
LOWEST, HIGHEST = "lowest", "highest"
NAME = "asset charges and fund expenses"
_READ = {  # how asset charges are measured: base, timing and part year of a charge of the list
    "average_value": ("average_value", "daily"),
    "year_end_value": ("value", "contract_anniversary"),
    "year_start_value": ("start_value", "contract_anniversary"),
    "monthly_value": ("value", "contract_month"),
}


def example(terms: Terms, years: int, outcome: str = SURRENDERED, fund_expenses: float | None = None,
            payment: float | None = None) -> float:  # fmt: skip
    """Dollars that the owner pays in all over some years: load, tax and charges, and what surrender takes."""
    if fund_expenses is None:
        fund_expenses = _needed(terms, "expense.fund_expenses")
    amount = payment if payment is not None else float(terms["expense.payment"])
    redeemed = outcome == SURRENDERED or (outcome == ANNUITISED and terms["expense.annuitised"] == "as_surrendered")
    charged = _charged(terms, years, _asset_charge(terms) + fund_expenses, amount, redeemed)
    return float(without_noise(float(np.sum(charged)), size=amount))


def annual_cost(terms: Terms, which: str, payment: float | None = None) -> float:
    """The lowest or the highest annual cost on the payment of the Key Information Table, without sales charges."""
    rate = _asset_charge(terms) + _needed(terms, f"expense.{which}_fund_expenses")
    if which == HIGHEST:
        rate += float(terms["expense.optional_benefits"])
    amount = payment if payment is not None else float(terms["expense.annual_cost_payment"])
    plain = terms.replace(payment__front_end_load=0.0)
    rule, growth = terms["expense.annual_cost"], float(terms["expense.growth"])
    yearly = _charged(plain, 1 if rule == "first_year" else 10, rate, amount, False)
    by_year = np.concatenate([[yearly[0] + yearly[1]], yearly[2:]])
    if rule == "discounted_average":
        by_year = by_year / (1 + growth) ** np.arange(1, len(by_year) + 1)
    return float(without_noise(float(np.mean(by_year)), size=amount))


class Table(NamedTuple):
    """A contract's expense tables: dollars by outcome and years, and the lowest and highest annual cost; empty where the
    terms do not say enough."""

    terms: Terms
    example: tuple[tuple[float, ...], ...]
    annual: tuple[float, ...]


def table(terms: Terms) -> Table | None:
    """The expense tables that the terms say enough for; None where they say nothing of fund expenses."""
    with_example = terms["expense.fund_expenses"] is not None
    known = terms["expense.lowest_fund_expenses"], terms["expense.highest_fund_expenses"]
    if not with_example and None in known:
        return None
    rows = [tuple(example(terms, years, outcome) for years in YEARS) for outcome in OUTCOMES] if with_example else []
    costs = () if None in known else (annual_cost(terms, LOWEST), annual_cost(terms, HIGHEST))
    return Table(terms, tuple(rows), costs)


def _needed(terms: Terms, key: str) -> float:
    value: Any = terms[key]  # type: ignore[literal-required, unused-ignore]
    if value is None:
        raise MissingData(f"{terms.name} has no '{key}'; add it to the terms.")
    return float(value)


def _asset_charge(terms: Terms) -> float:
    return float(terms["separate_account.charge"] or 0.0)


def _charged(terms: Terms, years: int, rate: float, payment: float, redeemed: bool) -> np.ndarray:
    """Dollars taken off the payment, then in each year; those of the last year with what redemption takes."""
    if not 0 <= rate < 1:
        raise BadInput(f"Asset charges and fund expenses must be at least 0 and below 1 together (got {rate:g}).")
    by_terms = _with_assets(terms, rate)
    start, finish = Date(START, 12, 31), Date(START + years, 12, 31)
    days = charge_dates.charge_dates(by_terms, start, finish, redeemed=redeemed)
    invested, charging = charging_of(by_terms, days, payment, _whole_contract)
    growth = 1 + float(terms["expense.growth"])
    path = walk(np.array([growth ** _years(day.day) for day in days]), invested, charging)
    load, _, tax = payment_parts(by_terms.on(start), payment)
    dollars = np.zeros(years + 1)
    dollars[0] = load + tax + sum(one.from_payment for one in charging.charges)
    for day, amount in zip(days, np.asarray(path.taken_all()).tolist(), strict=True):
        dollars[day.day.year - START] += amount
    if redeemed:
        gone = redeem(path, redemption_of(by_terms, start, finish, payment, days)[1])
        dollars[-1] += float(gone.cdsc + gone.tax)
    return dollars


def _with_assets(terms: Terms, rate: float) -> Terms:
    """The terms with asset charges and fund expenses as one more charge, and with years that are all of one length."""
    known = numbers(terms.given)
    base, timing = _READ[terms["expense.asset_charge_on"]]
    more: dict[str, object] = {
        f"charge.{one}.part_year": "by_days_of_year"
        for one in known
        if terms.given.get(f"charge.{one}.timing") == "daily" and f"charge.{one}.part_year" not in terms.given
    }
    if rate:
        conventions = {"name": NAME, "base": base, "rate": rate, "timing": timing}
        if timing == "daily":
            conventions["part_year"] = "by_days_of_year"
        more |= {f"charge.{max(known, default=0) + 1}.{field}": value for field, value in conventions.items()}
    return terms.replace(**more)


def _whole_contract(_day: Date) -> float:
    """The share of a charge by share: the example is of a whole contract."""
    return 1.0


def _years(day: Date) -> float:
    """Years since the start, whole at anniversaries and twelfths of a year at the ends of months."""
    first = Date(day.year - 1, 12, 31)
    return day.year - START - 1 + (day - first).days / (Date(day.year, 12, 31) - first).days
