"""Any figure that an exhibit prints of a fund and a period, by its measure: dollars, units, years, yields, returns."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput, MissingData
from ..inputs.funds import Funds
from ..inputs.measures import RETURN
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from . import contract_figures, expenses, periods, returns, valuation, yields
from .charge_schedule import share_of
from .contract_figures import ContractFigures
from .page_walks import ContractReturn

Date = datetime.date
OF_REDEMPTION = ("cdsc", "free")
YIELDS = ("base_return", "yield", "effective_yield")


def figure(
    measure: str, terms: Terms, unit_values: UnitValues, fund: str, as_of: Date | None, period: str,
    shares: Shares | None = None, funds: Funds | None = None, charges: str = "all", charge: str = "",
) -> float:  # fmt: skip
    """One figure by the name of its measure, not rounded; NaN where the terms leave a period without history blank."""
    if measure.endswith("expense"):
        return expense(terms, measure, period, charges)
    if measure.endswith("annual_cost"):
        return expenses.annual_cost(terms, measure.partition("_")[0])
    if not fund or as_of is None:
        raise MissingData(f"'{'as_of' if fund else 'fund'}' is blank; 'measure' {measure!r} needs it.")
    if measure == "unit_value":
        return valuation.unit_value(unit_values, fund, as_of, None, funds, terms)
    if not period:
        raise MissingData(f"'period' is blank; 'measure' {measure!r} needs one.")
    if measure in OF_REDEMPTION and charges != "all":
        raise BadInput(
            f"'measure' {measure!r} is of a contract that is redeemed, and 'charges' is {charges!r}; name the contract, "
            "and leave 'charges' out."
        )
    basis = "asset" if measure in (*YIELDS, "years") else charges  # no contract charge is walked for them
    grid = contract_figures.figures_of(terms, unit_values, as_of, shares, funds, basis)
    value = grid.figure(fund, period)
    if measure == RETURN or value != value:
        return value
    result = grid.result(fund, period)
    if measure in YIELDS:
        share = share_of(terms, shares, result.fund, result.finish, grid.funds) if shares and charges != "asset" else None
        return money_market(terms, result, measure, share, charges != "asset")
    return charged(grid, result, charge) if measure == "charge" else float(_FIGURES[measure](result))


def expense(terms: Terms, measure: str, period: str, charges: str) -> float:
    """The expense example over a period of whole years."""
    months = periods.parse(period).months if period else 0
    if not months or months % 12:
        raise BadInput(f"'period' {period!r} is not a whole number of years; an expense example needs one, such as 3Y.")
    if measure == "annuitised_expense":
        return expenses.example(terms, months // 12, expenses.ANNUITISED)
    return expenses.example(terms, months // 12, expenses.SURRENDERED if charges == "all" else expenses.KEPT)


def money_market(terms: Terms, result: ContractReturn, measure: str, share: float | None, with_charges: bool) -> float:
    """Base return and yields of the unit values between two days, less the contract's recurring charges where they count."""
    period = yields.BasePeriod(None, result.start, result.finish)
    begin, finish = (float(result.unit_values[place]) for place in (0, -1))
    charge = yields.charge_of_base_period(terms, begin, period, None, share) if with_charges else 0.0
    base = yields.money_market_base_return(begin, finish, 0.0, charge)
    if measure == "yield":
        return yields.money_market_yield(base, period, terms)
    return yields.money_market_effective_yield(base, period, terms) if measure == "effective_yield" else base


def charged(grid: ContractFigures, result: ContractReturn, named: str = "") -> float:
    """Dollars that contract charges take over the period: all of them, or the one of this name or number."""
    if not result.path.taken:
        return 0.0
    places = list(range(len(result.path.taken)))
    if wanted := named.strip().casefold().removesuffix(".0"):
        known = list(enumerate(grid.terms.charges))
        places = [k for k, one in known if wanted in {one.name.casefold(), one.key.casefold(), one.key.rpartition(".")[2]}]
        if not places:
            names = ", ".join(one.name for _, one in known)
            raise BadInput(f"'charge_name' {named!r} is not a charge of {grid.terms.name}; it has {names}.")
    dollars = sum(float(np.sum(result.path.taken[k])) + result.off_payment[k] for k in places)
    return float(without_noise(dollars, size=result.payment))


_FIGURES: dict[str, Callable[[ContractReturn], Any]] = {
    "cumulative": lambda r: returns.aatr(r.payment, r.erv, 1.0),
    "value": lambda r: r.path.value[-1],
    "erv": lambda r: r.erv,
    "cdsc": lambda r: r.redeemed.cdsc if r.redeemed else 0.0,
    "free": lambda r: r.redeemed.free if r.redeemed else 0.0,
    "units": lambda r: r.path.value[-1] / r.unit_values[-1],
    "years": lambda r: r.years,
}
