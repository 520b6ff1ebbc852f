"""From the terms to what is taken, and when: the dollars and fractions of each day of a walk, and of its redemption."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from ..cells.rounding import rounded
from ..errors import BadInput, MissingData
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..terms import Terms
from ..terms.values import TermValues
from . import charge_dates
from .walk import PRIOR_ANNIVERSARY, Charging, Redemption

Date = datetime.date
AVERAGE_SIZE: Literal["annual_charge.average_contract_size"] = "annual_charge.average_contract_size"


def invested_payment(values: TermValues, payment: float) -> float:
    """What of a payment is invested: less load and premium tax, plus bonus."""
    # each in dollars: 45 + 0.585 is 45.585 and rounds to 45.59, where 45 x 1.013 falls short of it
    invested = payment - payment * values["payment.front_end_load"] + payment * values["payment.bonus_rate"]
    if values["premium_tax.when"] == "at_payment":
        invested -= payment * values["premium_tax.rate"]
    return float(invested)


def annual_dollars(values: TermValues, payment: float, share: Callable[[], float]) -> float:
    """A full year's annual charge in dollars that falls on a payment in one sub-account; 0 for charges by value."""
    form = values["annual_charge.form"]
    if form == "share":
        dollars = values.needed("annual_charge.dollars") * values["annual_charge.charged_fraction"]
        return float(dollars * share()) if dollars else 0.0
    if form == "average_size":
        per_dollar = values.needed("annual_charge.dollars") / values.needed(AVERAGE_SIZE)
        return float(per_dollar * payment * values["annual_charge.charged_fraction"])
    return 0.0


def charges_by_share(terms: Terms, missing: str, why: str) -> MissingData:
    """The error where a contract charges by share, and none is given."""
    return MissingData(f"{missing} is missing; {terms.name} charges by share{why}.")


def share_of(terms: Terms, shares: Shares | None, fund: str, day: Date, funds: Funds | None) -> float:
    """A fund's share of the annual charge on a day, by the table of shares."""
    if shares is None:
        raise charges_by_share(terms, "'shares'", f", and {fund} has none")
    return shares.on(fund, day, funds)


def charging_of(
    terms: Terms, days: Sequence[charge_dates.ChargeDate], payment: float, share: Callable[[Date], float]
) -> tuple[float, Charging]:
    """The invested payment and the charges on each day of a walk, by the terms in force on that day."""
    count = len(days)
    series = {
        n: np.zeros(count) for n in ("dollars", "of_start", "of_day", "rider_dollars", "rider_of_day", "rider_of_highest")
    }
    waived = np.full(count, np.inf)
    form, rider_base = terms["annual_charge.form"], terms["rider.base"]
    at_start = terms["annual_charge.timing"] == "start_of_contract_year"
    share = functools.lru_cache(maxsize=None)(share)
    for k, day in enumerate(days):
        values = terms.on(day.day)
        if day.annual:
            series["dollars"][k] = day.annual * annual_dollars(values, payment, lambda d=day.day: share(d))  # type: ignore[misc]
            if form.startswith("fraction"):
                by_day = form == "fraction_of_end_value" or at_start
                rate = values.needed("annual_charge.rate") * values["annual_charge.charged_fraction"]
                series["of_day" if by_day else "of_start"][k] = day.annual * rate
            if values["annual_charge.waived_above"] is not None:
                waived[k] = values["annual_charge.waived_above"] * payment / values.needed(AVERAGE_SIZE)
        if day.rider and values["rider.rate"]:
            rate = day.rider * values["rider.rate"]
            if rider_base == "payment":
                series["rider_dollars"][k] = rate * payment
            else:
                series["rider_of_day" if rider_base == "value" else "rider_of_highest"][k] = rate
    invested = invested_payment(terms.on(days[0].day), payment)
    if terms["annual_charge.taken_as"] == "from_payment":
        invested -= float(series["dollars"].sum())
        series["dollars"][:] = 0.0
        if invested <= 0:
            raise BadInput(f"The charges of the period take all of 'payment' {payment:g}; give a larger payment.")
    cents = terms["carry.precision"] == "cents"
    if cents:
        invested = float(rounded(invested, 2))
    return invested, Charging(
        **series,
        waived_above=waived,
        year_start=np.array([day.year_start for day in days]),
        anniversary=np.array([day.anniversary for day in days]),
        unit_decimals=terms["annual_charge.unit_decimals"] if terms["annual_charge.taken_as"] == "units" else None,
        bought_decimals=terms["payment.unit_decimals"],
        cents=cents,
    )


def redemption_of(
    terms: Terms, start: Date, finish: Date, payment: float, days: Sequence[charge_dates.ChargeDate]
) -> tuple[int, Redemption]:
    """The contract year of a redemption and what is charged on it; ``days`` are those of the walk."""
    year = charge_dates.contract_year(terms, start, finish)
    values = terms.on(finish)
    form, rate = free_terms(terms, values, year)
    order_first = terms["cdsc.order"] == "before_annual_charge"
    measured = terms["free_withdrawal.measured"] or ("before_charge" if order_first else "after_charge")
    return year, Redemption(
        payment=payment,
        cdsc_rate=terms.cdsc_rate(year, start if terms["cdsc.in_force"] == "payment" else finish),
        base=terms["cdsc.base"],
        free_form=form,
        free_rate=rate,
        free_before_charge=measured == "before_charge",
        cdsc_first=order_first,
        tax_rate=values["premium_tax.rate"] if terms["premium_tax.when"] == "at_redemption" else 0.0,
        cents=terms["carry.precision"] == "cents",
        year_begins=_place(days, charge_dates.year_begins(terms, start, finish)) if form == PRIOR_ANNIVERSARY else 0,
    )


def _place(days: Sequence[charge_dates.ChargeDate], day: Date) -> int:
    """At which place of a walk a day stands."""
    return [one.day for one in days].index(day)


def free_terms(terms: Terms, values: TermValues, contract_year: int, full_surrender: bool = True) -> tuple[str, float]:
    """Form and rate of the free withdrawal amount in a contract year; 'none' where it is not available."""
    unavailable = (contract_year == 1 and terms["free_withdrawal.year_one"] == "none") or (
        full_surrender and terms["free_withdrawal.full_surrender"] == "none"
    )
    if unavailable or terms["free_withdrawal.form"] == "none":
        return "none", 0.0
    by_year = values["free_withdrawal.schedule"]
    rate = by_year[min(contract_year, len(by_year)) - 1] if by_year else values.needed("free_withdrawal.rate")
    return terms["free_withdrawal.form"], float(rate)


def together(charging: Sequence[Charging]) -> Charging:
    """The charges of several funds over the same days, as columns of one walk."""
    names = (
        "dollars",
        "of_start",
        "of_day",
        "waived_above",
        "rider_dollars",
        "rider_of_day",
        "rider_of_highest",
    )
    first = charging[0]
    if np.ndim(first.dollars) == 0:
        return first
    columns: dict[str, Any] = {name: np.stack([getattr(c, name) for c in charging], axis=1) for name in names}
    masks: dict[str, Any] = {name: np.asarray(getattr(first, name))[:, None] for name in ("year_start", "anniversary")}
    return first._replace(**columns, **masks)
