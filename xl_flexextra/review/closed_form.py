"""The second route to a return: units bought, units cancelled, units left, redeemed. No walk, no loop over values.

    V_n = U_n x (P / U_0 − sum of C w / U_k)
    ERV = V_n − c (V_n − f V_n)
    T   = (ERV / P)^(1 / max(n, 1)) − 1

C w is the charge by the share in force on its day. It holds for annual charges in dollars by share, taken at contract
anniversaries, and a CDSC on value. :data:`RULES`
are the terms under which it does; elsewhere :func:`closed_form` says how many of them are broken, and gives no return.
Nor does it know a predecessor: a period that begins before its fund was substituted is outside too, and so is one that
ends after its fund closed.
This is the calculation that the review workbook does in native formulas, and the source of their cached values.
"""

from __future__ import annotations

import datetime
import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calculation import calendar_days, periods
from ..calculation.returns import change
from ..errors import FlexExtraError
from ..terms import Terms
from ..terms.keys import KEYS, REQUIRED
from ..update.update_inputs import Inputs

Date = datetime.date
NOT_GIVEN = "not given"
# term: (what the closed form needs, whether a return before contract charges needs it too)
RULES: dict[str, tuple[Any, bool]] = {
    "annual_charge.form": ("share", False),
    "annual_charge.waived_above": (NOT_GIVEN, False),
    "annual_charge.taken_as": ("dollars", False),
    "annual_charge.timing": ("contract_anniversary", False),
    "annual_charge.final": ("taken", False),
    "annual_charge.part_year": ("full", False),
    "rider.rate": (0.0, False),
    "charge.1.base": (NOT_GIVEN, False),
    "payment.front_end_load": (0.0, False),
    "payment.bonus_rate": (0.0, False),
    "payment.unit_decimals": (NOT_GIVEN, False),
    "premium_tax.when": ("none", False),
    "cdsc.anniversary": ("year_just_ended", False),
    "cdsc.base": ("value", False),
    "cdsc.order": ("after_annual_charge", False),
    "free_withdrawal.form": ("percent_of_value", False),
    "free_withdrawal.schedule.1": (NOT_GIVEN, False),
    "free_withdrawal.measured": ("after_charge", False),
    "free_withdrawal.year_one": ("available", False),
    "free_withdrawal.full_surrender": ("available", False),
    "years.basis": ("whole_else_days_365", True),
    "years.decimals": (NOT_GIVEN, True),
    "years.short_period": ("not_annualised", True),
    "years.long_period": ("annualised", True),
    "valuation.rule": ("on_or_before", True),
    "carry.precision": ("full", False),
    "rounding.rule": ("half_away", True),
}
INCEPTION = ("valuation.inception", "as_other_days")  # a rule only where the first day has no unit value
NUMBERS: dict[str, Any] = {"payment.amount": 1000.0, "annual_charge.dollars": 0.0, "annual_charge.charged_fraction": 1.0,
           "free_withdrawal.rate": 0.0, "cdsc.thereafter": NOT_GIVEN,
           "valuation.max_age_days": float(KEYS["valuation.max_age_days"].default),  # type: ignore[arg-type]
           "rounding.decimals": float(KEYS["rounding.decimals"].default)}  # type: ignore[arg-type]  # fmt: skip
BEFORE = "BEFORE"


def before_charges(terms: Terms) -> Terms:
    """Terms without any contract charge: what a return before contract charges is measured by."""
    kept = {k: v for k, v in terms.given.items() if k.startswith(("years.", "valuation.", "periods.", "rounding."))}
    return Terms(
        {
            **kept,
            "contract.name": "before",
            "contract.title": "Before contract charges",
            "contract.code": BEFORE,
            **({"contract.inception": terms["contract.inception"]} if terms["contract.inception"] else {}),
            "payment.amount": terms["payment.amount"],
            "annual_charge.form": "none",
            "cdsc.schedule": (0.0,),
            "cdsc.thereafter": 0.0,
        },
        sources={
            **{k: terms.sources[k] for k in kept if k in terms.sources},
            "annual_charge.form": "none: before contract charges",
            "cdsc.schedule": "none: before contract charges",
        },
    )


def term_default(key: str) -> Any:
    """What a cell shows for a term that the sheet does not have."""
    if key in NUMBERS:
        return NUMBERS[key]
    if key == "free_withdrawal.measured":
        return "after_charge"  # where it is left out it follows cdsc.order, which has a rule of its own
    default = KEYS[key].default if key in KEYS else None  # the rate of a year: free_withdrawal.schedule.1
    return NOT_GIVEN if default is None or default is REQUIRED else default


def term_shown(terms: Terms, key: str) -> Any:
    """The value of a term as a look-up in its sheet finds it, else its default."""
    return _shown(terms).get(key, term_default(key))


@functools.lru_cache(maxsize=32)
def _shown(terms: Terms) -> dict[str, Any]:
    """The terms' sheet by its keys; terms never change once made."""
    return {row[0]: row[1] for row in terms.rows()}


def broken_rules(terms: Terms, before: bool) -> list[str]:
    """The rules of the closed form that these terms break."""
    return [key for key, (needed, always) in RULES.items() if (always or not before) and term_shown(terms, key) != needed]


def dated_terms(terms: Terms) -> int:
    """How many rows of the terms sheet take effect later: the closed form knows one value of each."""
    return sum(" from " in row[0] for row in terms.rows())


@dataclass(frozen=True)
class Months:
    """A period as the closed form counts it. ``outside``: it is none of whole or part years back from the end."""

    code: str
    months: int
    so_far: int
    inception: int  # 0 none, 1 the fund's, 2 the sub-account's
    outside: int


def months_of(code: str) -> Months:
    """A period's months: fixed, or the months of the year so far."""
    period = periods.parse(code)
    if period.stated:
        return Months(code, 0, 0, 0, 1)
    which = {"": 0, "FUND": 1, "SUBACCOUNT": 2}
    if period.kind == "YTD":
        return Months(code, 0, 1, 0, 0)
    if period.kind == "months" and period.since in which and (period.since or not period.or_since):
        return Months(code, period.months, 0, which[period.since], 0)
    return Months(code, 0, 0, 0, 1)


@dataclass(frozen=True)
class Closed:
    """One figure by the closed form, with every step; a step that cannot be done holds its error."""

    months: int
    start: Date
    charges: int
    years: float
    inception: Date | None
    dollars: float  # the annual charge of a whole contract
    share: float  # in force on the day of the first charge
    charged: tuple[float, ...]
    first_unit_value: float
    last_unit_value: float
    bought: float
    days: tuple[Date, ...]
    unit_values: tuple[float, ...]
    cancelled: tuple[float, ...]
    left: float
    value: float
    free: float
    cdsc_rate: float
    cdsc: float
    erv: float
    outside: int
    result: float | None

    @property
    def charge(self) -> float:
        """The first charge; the others are as large where shares never change."""
        return self.charged[0]


def closed_form(inputs: Inputs, terms: Terms, fund: str, code: str, as_of: Date, before: bool) -> Closed:
    """One figure. ``terms`` are the contract's, or :func:`before_charges` of them with ``before``."""
    span = months_of(code)
    months = span.months + span.so_far * as_of.month
    start = calendar_days.month_end(as_of.year, as_of.month - months)
    charges = math.ceil(months / 12)
    years = months / 12 if months % 12 == 0 else (as_of - start).days / 365
    row = inputs.funds.get(fund)
    inception = None
    if span.inception and row is not None:
        inception = row.fund_inception if span.inception == 1 else row.subaccount_inception
    outside = len(broken_rules(terms, before)) + span.outside + (0 if before else dated_terms(terms))
    outside += as_of != calendar_days.month_end(as_of.year, as_of.month)
    outside += bool(inception and start < inception)
    outside += bool(row and row.substituted_on and start < row.substituted_on)
    outside += bool(row and row.closed_on and row.closed_on < as_of)
    dollars = float(term_shown(terms, "annual_charge.dollars")) * float(term_shown(terms, "annual_charge.charged_fraction"))
    payment = float(terms["payment.amount"])
    days = tuple(min(calendar_days.month_end(start.year, start.month + 12 * k), as_of) for k in range(1, charges + 1))
    first, last = unit_value(inputs, fund, start, terms), unit_value(inputs, fund, as_of, terms)
    outside += math.isnan(first) and term_shown(terms, INCEPTION[0]) != INCEPTION[1]
    between = tuple(unit_value(inputs, fund, day) for day in days)
    shares = [_share(inputs, fund, day) if dollars else 0.0 for day in days or (as_of,)]
    bought = payment / first
    charged = tuple(dollars * own for own in shares)
    cancelled = tuple(one / u for one, u in zip(charged, between, strict=bool(days)))
    left = bought - math.fsum(cancelled)
    left = 0.0 if left < 0 else left  # charges take no more than there is
    value = left * last
    free = float(term_shown(terms, "free_withdrawal.rate")) * value
    rate = schedule_rate(terms, charges) if charges else 0.0
    cdsc = rate * (value - free)
    erv = value - cdsc
    result = None if outside else change((erv / payment) ** (1 / max(years, 1.0)))
    return Closed(
        months, start, charges, years, inception, dollars, shares[0], charged, first, last, bought, days, between, cancelled,
        left, value, free, rate, cdsc, erv, outside, result,
    )  # fmt: skip


def schedule_rate(terms: Terms, year: int) -> float:
    """The CDSC rate of a contract year; NaN beyond a schedule that does not end."""
    try:
        return terms.cdsc_rate(year)
    except FlexExtraError:
        return math.nan


def _share(inputs: Inputs, fund: str, day: Date) -> float:
    """The share in force on a day; NaN where it is missing (the workbook shows #N/A), never 1; 0 without any shares."""
    try:
        return inputs.shares.on(fund, day, inputs.funds) if inputs.shares is not None else 0.0
    except FlexExtraError:
        return math.nan


def unit_value(inputs: Inputs, fund: str, day: Date, terms: Terms | None = None) -> float:
    """The unit value in the last row on or before a day, if that is not too old for the terms; NaN where there is none
    (the workbook shows #N/A)."""
    values = inputs.unit_values
    try:
        column = values.column(fund, inputs.funds)
    except FlexExtraError:
        return math.nan
    place = int(np.searchsorted(values.dates, np.datetime64(day), side="right")) - 1
    if place < 0:
        return math.nan
    age = (day - values.dates[place].item()).days
    if terms is not None and age > float(term_shown(terms, "valuation.max_age_days")):
        return math.nan
    return float(values.values[place, column])
