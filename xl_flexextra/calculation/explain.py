"""A figure explained: the walk behind it as rows, and in one sentence."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cells.rounding import dollars_text as money
from ..cells.rounding import percent_text, without_noise
from . import charge_dates, returns
from .contract_figures import ContractFigures, ContractReturn, total_return

_STEPS = {12: "year", 3: "quarter", 1: "month"}
PATH_HEADER = [
    "date", "unit value", "value before charge", "charge", "value", "free amount", "CDSC", "ERV", "T",
]  # fmt: skip


def path_rows(result: ContractReturn) -> list[list[Any]]:
    """The walk, a row a date: date, unit value, value before charge, charge, value, free amount, CDSC, ERV, T.

    ``charge`` is the annual and rider charge of the day. The last four stand on the last row only, where the contract
    is redeemed; they are empty text above. Under charges other than "all" nothing is redeemed and ERV is the value.
    """
    rows: list[list[Any]] = []
    last = len(result.dates) - 1
    for k, day in enumerate(result.dates):
        end: list[Any] = ["", "", "", ""]
        if k == last:
            redeemed = result.redeemed
            end = [float(redeemed.free), float(redeemed.cdsc)] if redeemed else [0.0, 0.0]
            end += [result.erv, result.value]
        path = result.path
        dollars = [path.before[k], path.annual[k] + path.rider[k], path.value[k], *end]
        cleared = (without_noise(float(value)) if value != "" else value for value in dollars)
        rows.append([day, float(result.unit_values[k]), *cleared])
    return rows


def sentence(grid: ContractFigures, result: ContractReturn) -> str:
    """One sentence: how this figure came about."""
    terms = grid.terms
    grown = returns.unit_value_return(float(result.unit_values[0]), float(result.unit_values[-1]))
    parts = [
        f"{result.fund}, {result.period.code} from {result.start} to {result.finish}: {money(result.payment)} paid in",
    ]
    if result.invested != result.payment:
        parts.append(f"of which {money(result.invested)} is invested (load, premium tax, bonus, charges from the payment)")
    parts.append(
        f"as the unit value goes from {result.unit_values[0]:.6f} to {result.unit_values[-1]:.6f} ({percent_text(grown)})"
        f"{_by_predecessors(grid, result)}"
    )
    annual, rider = np.asarray(result.path.annual), np.asarray(result.path.rider)
    if annual.any():
        charge = f"annual charges of {money(float(annual.sum()))} on {_days(int(np.count_nonzero(annual)))} are taken"
        if result.share is not None:
            charge += f" ({_of_what(grid, result)})"
        parts.append(charge)
    if rider.any():
        parts.append(f"rider charges of {money(float(rider.sum()))} are taken")
    redeemed = result.redeemed
    if redeemed is not None:
        first = terms["cdsc.order"] == "before_annual_charge"
        value = float(result.path.before[-1] - result.path.rider[-1] if first else result.path.value[-1])
        before = " before the annual charge of that day" if first and annual[-1] else ""
        if redeemed.cdsc > 0:
            parts.append(
                f"of the value of {money(value)}{before} the CDSC of {percent_text(result.cdsc_rate)} "
                f"(contract year {result.contract_year}) on {money(float(redeemed.base))} beyond the free "
                f"{money(float(redeemed.free))} takes {money(float(redeemed.cdsc))}"
            )
        else:
            parts.append(f"no CDSC is due in contract year {result.contract_year}")
        if redeemed.tax > 0:
            parts.append(f"premium tax takes {money(float(redeemed.tax))}")
    elif grid.charges == "annual":
        parts.append("the contract is not redeemed")
    decimals, rule = terms["rounding.decimals"], terms["rounding.rule"]
    figure = percent_text(result.value, decimals, rule)
    if terms["years.long_period" if result.years > 1 else "years.short_period"] == "annualised":
        rate = f"{money(result.erv)} remain, {figure} a year over {result.years:.6g} year{'s' if result.years != 1 else ''}"
    else:
        rate = f"{money(result.erv)} remain, {figure} for the period, not annualised"
    return "; ".join([*parts, rate]) + "."


def _by_predecessors(grid: ContractFigures, result: ContractReturn) -> str:
    """From whose returns the unit values before substitutions within the period come, the latest substitution first."""
    said, name, until = [], result.fund, result.finish + datetime.timedelta(days=1)
    while grid.funds and (fund := grid.funds.get(name)) and fund.predecessor and fund.substituted_on:
        if not result.start < fund.substituted_on < until:
            break
        said.append(f"before {fund.substituted_on} by the returns of {fund.predecessor}")
        name, until = fund.predecessor, fund.substituted_on
    return f" ({', '.join(said)})" if said else ""


def _of_what(grid: ContractFigures, result: ContractReturn) -> str:
    """What the annual charges by share are worked out from, on the days on which they are taken."""
    days = [day for day, taken in zip(result.dates, np.asarray(result.path.annual), strict=True) if taken]
    in_force = [grid.terms.on(day) for day in days]
    dollars = [values.needed("annual_charge.dollars") for values in in_force]
    charged = [float(values["annual_charge.charged_fraction"]) for values in in_force]
    shares = [grid.shares.on(result.fund, day, grid.funds) for day in days] if grid.shares else [result.share or 0.0]
    text = f"{_span(dollars, money)} a year x share {_span(shares, percent_text)}"
    if set(charged) != {1.0}:
        text += f" x {_span(charged, percent_text)} of contracts charged"
    months = charge_dates.months_of_charge(grid.terms["annual_charge.timing"])
    text += {3: ", a quarter of it each time", 1: ", a twelfth of it each time"}.get(months, "")
    calendar = charge_dates.charge_dates(grid.terms, result.start, result.finish, redeemed=grid.charges == "all")
    parts = any(day.annual != months / 12 for day in calendar if day.day in days)
    return f"{text}, a part {_STEPS[months]} in proportion to its days" if parts else text


def _span(values: list[float], shown: Callable[[float], str]) -> str:
    """One value, or between which two it lies."""
    low, high = min(values), max(values)
    return shown(low) if low == high else f"between {shown(low)} and {shown(high)}"


def _days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"


def bites(grid: ContractFigures, result: ContractReturn) -> list[tuple[str, float]]:
    """From gross return to net, step by step: a label and the return after it, each a fraction like the figure itself.

    The first is the return of the unit values alone, the last the figure; between them each kind of charge that takes
    anything: what is taken from the payment, annual and rider charges, CDSC, premium tax at redemption.
    """

    def rate(value: float) -> float:
        return float(total_return(grid.terms, result.payment, max(value, 0.0), result.years))

    growth = float(result.unit_values[-1] / result.unit_values[0])
    steps = [("unit values alone", rate(result.payment * growth))]
    if result.invested != result.payment:
        steps.append(("load, tax, bonus and charges from the payment", rate(result.invested * growth)))
    held = float(result.path.value[-1])
    if result.path.annual.any() or result.path.rider.any():
        label = "annual charges" if not result.path.rider.any() else "annual and rider charges"
        steps.append((label, rate(held)))
    if result.redeemed is not None:
        if result.redeemed.cdsc > 0:
            steps.append((f"CDSC of {percent_text(result.cdsc_rate)}", rate(held - float(result.redeemed.cdsc))))
        if result.redeemed.tax > 0:
            steps.append(("premium tax", rate(result.erv)))
    return steps
