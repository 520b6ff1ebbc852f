"""A figure explained: in one sentence, and as the bite of each charge."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np

from ..cells.rounding import dollars_text as money
from ..cells.rounding import percent_text
from ..errors import agreed, counted
from ..terms.charges import Charge
from . import charge_dates, returns
from .contract_figures import ContractFigures
from .page_walks import ContractReturn, total_return
from .path_table import payment_steps, shown_charges
from .walk import value_before

_STEPS = {12: "year", 3: "quarter", 1: "month"}


def sentence(grid: ContractFigures, result: ContractReturn) -> str:
    """One sentence: how this figure came about."""
    terms = grid.terms
    grown = returns.unit_value_return(float(result.unit_values[0]), float(result.unit_values[-1]))
    parts = [
        f"{result.fund}, {result.period.code} from {result.start} to {result.finish}: {money(result.payment)} paid in",
    ]
    if result.invested != result.payment:
        off = ", ".join(f"{name} {money(dollars)}" for _, name, dollars in payment_steps(grid, result))
        parts.append(f"of which {money(result.invested)} is invested ({off})")
    parts.append(
        f"as the unit value goes from {result.unit_values[0]:.6f} to {result.unit_values[-1]:.6f} ({percent_text(grown)})"
        f"{_by_predecessors(grid, result)}"
    )
    parts += [_taken(grid, result, place) for place, _ in shown_charges(grid, result) if result.path.taken[place].any()]
    redeemed = result.redeemed
    if redeemed is not None:
        after_cdsc = tuple(c.order == "after_cdsc" for c in terms.charges)
        later = [
            c.name for c, last, paid in zip(terms.charges, after_cdsc, result.path.taken, strict=True) if last and paid[-1]
        ]
        value = float(value_before(result.path, after_cdsc))
        before = f" before the {' and '.join(later)} of that day" if later else ""
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
    stated = result.period.stated or terms["years.long_period" if result.years > 1 else "years.short_period"]
    if stated == "annualised":
        rate = f"{money(result.erv)} remain, {figure} a year over {result.years:.6g} {agreed(result.years, 'year', 'years')}"
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


def _taken(grid: ContractFigures, result: ContractReturn, place: int) -> str:
    """What one charge takes during the walk, and what it is worked out from."""
    charge, taken = grid.terms.charges[place], result.path.taken[place]
    total, days = money(float(taken.sum())), _days(int(np.count_nonzero(taken)))
    if charge.key == "rider":
        return f"rider charges of {total} are taken"
    if charge.is_annual:
        said = f"annual charges of {total} on {days} are taken"
        return f"{said} ({_by_share(grid, result, place)})" if charge.base == "share" else said
    when = "daily" if charge.timing == "daily" else f"on {days}"
    return f"{charge.name} of {total} is taken {when} ({_of_what(grid, result, place)})"


def _of_what(grid: ContractFigures, result: ContractReturn, place: int) -> str:
    """What a charge of the list is worked out from, on the days on which it is taken."""
    charge = grid.terms.charges[place]
    if charge.base == "share":
        return _by_share(grid, result, place)
    in_force = _in_force(grid, result, place)
    if charge.in_dollars:
        text = f"{_span([c.dollars for c in in_force], money)} a year"
        if charge.base == "average_size":
            text += f" x payment / {_span([c.average_contract_size or 0.0 for c in in_force], money)}"
    else:
        of = _BASES[charge.base].format(percent_text(charge.roll_up_rate))
        text = f"{_span([c.rate for c in in_force], percent_text)} a year of {of}"
    limits = [
        f"at most {_span([c.at_most for c in in_force if c.at_most is not None], money)}"
        if charge.at_most is not None
        else "",
        f"at least {_span([c.at_least for c in in_force if c.at_least is not None], money)}" if charge.at_least else "",
        f"at most {percent_text(charge.at_most_of_value)} of the value" if charge.at_most_of_value is not None else "",
    ]
    return ", ".join([text, *filter(None, limits)]) + _parts(grid, result, place)


_BASES = {
    "payment": "the payment",
    "value": "the value",
    "start_value": "the value at the start",
    "end_value": "what other charges leave",
    "average_value": "the mean of the value at start and end",
    "highest_anniversary_value": "the highest anniversary value",
    "roll_up": "the payment rolled up at {}",
    "greater_of_roll_up_and_value": "the greater of the payment rolled up at {} and the value",
}


def _in_force(grid: ContractFigures, result: ContractReturn, place: int) -> list[Charge]:
    """A charge as it stands on each of the days on which it is taken."""
    taken = zip(result.dates, result.path.taken[place], strict=True)
    return [grid.terms.on(day).charges[place] for day, dollars in taken if dollars]


def _by_share(grid: ContractFigures, result: ContractReturn, place: int) -> str:
    """What a charge by share is worked out from."""
    in_force = _in_force(grid, result, place)
    days = [day for day, taken in zip(result.dates, result.path.taken[place], strict=True) if taken]
    shares = [grid.shares.on(result.fund, day, grid.funds) for day in days] if grid.shares else [result.share or 0.0]
    text = f"{_span([c.dollars for c in in_force], money)} a year x share {_span(shares, percent_text)}"
    charged = [c.charged_fraction for c in in_force]
    if set(charged) != {1.0}:
        text += f" x {_span(charged, percent_text)} of contracts charged"
    return text + _parts(grid, result, place)


def _parts(grid: ContractFigures, result: ContractReturn, place: int) -> str:
    """Which part of a year's charge is taken each time."""
    timing = grid.terms.charges[place].timing
    if timing == "daily":
        return ""
    months = charge_dates.months_of_charge(timing)
    text = {3: ", a quarter of it each time", 1: ", a twelfth of it each time"}.get(months, "")
    calendar = charge_dates.charge_dates(grid.terms, result.start, result.finish, redeemed=grid.charges == "all")
    days = {day for day, taken in zip(result.dates, result.path.taken[place], strict=True) if taken}
    part = any(day.weights[place] != months / 12 for day in calendar if day.day in days)
    return f"{text}, a part {_STEPS[months]} in proportion to its days" if part else text


def _span(values: list[float], shown: Callable[[float], str]) -> str:
    """One value, or between which two it lies."""
    low, high = min(values), max(values)
    return shown(low) if low == high else f"between {shown(low)} and {shown(high)}"


def _days(count: int) -> str:
    return counted(count, "day")


def bites(grid: ContractFigures, result: ContractReturn) -> list[tuple[str, float]]:
    """From gross return to net, step by step: a label and the return after it, each a fraction like the figure itself.

    The first is the return of the unit values alone, the last the figure; between them each kind of charge that takes
    anything: what is taken from the payment, annual and rider charges, CDSC, premium tax at redemption.
    """

    def rate(value: float) -> float:
        return float(total_return(grid.terms, result.payment, max(value, 0.0), result.years, result.period.stated))

    growth = float(result.unit_values[-1] / result.unit_values[0])
    steps = [("unit values alone", rate(result.payment * growth))]
    if result.invested != result.payment:
        steps.append(("load, tax, bonus and charges from the payment", rate(result.invested * growth)))
    held = float(result.path.value[-1])
    names = [c.name for place, c in shown_charges(grid, result) if result.path.taken[place].any()]
    if names:
        both = "annual and rider charges"
        plain = {("annual charge",): "annual charges", ("annual charge", "rider"): both, ("rider",): both}
        steps.append((plain.get(tuple(names), f"charges: {', '.join(names)}"), rate(held)))
    if result.redeemed is not None:
        if result.redeemed.cdsc > 0:
            steps.append((f"CDSC of {percent_text(result.cdsc_rate)}", rate(held - float(result.redeemed.cdsc))))
        if result.redeemed.tax > 0:
            steps.append(("premium tax", rate(result.erv)))
    return steps
