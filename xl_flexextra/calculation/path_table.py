"""The walk behind a figure as a table: the payment and what is taken off it, then a row a date with a column a charge."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cells.rounding import without_noise
from ..terms.charges import Charge
from . import calendar_days
from .charge_schedule import payment_parts
from .contract_figures import ContractFigures
from .page_walks import ContractReturn

LOAD, BONUS, TAX = "load", "bonus", "premium tax"


def path_table(grid: ContractFigures, result: ContractReturn) -> list[list[Any]]:
    """A header, the rows of the payment, and a row a date.

    Columns: date, unit value, value before charge, then load, bonus and each charge as far as the terms have them, value,
    free amount, CDSC, premium tax if there is any, ERV, T, units bought, cancelled and left, and what the row is. Free
    amount to T stand on the last row only, where the contract is redeemed. Under charges other than "all" nothing is
    redeemed and ERV is the value.
    """
    steps = payment_steps(grid, result)
    charges = shown_charges(grid, result)
    columns: dict[str, str] = {key: name for key, name, _ in steps if key in {LOAD, BONUS}}
    columns |= {charge.key: charge.name for _, charge in charges}
    if not charges:
        columns["charge"] = "charge"
    taxed = any(key == TAX for key, *_ in steps) or bool(result.redeemed and result.redeemed.tax > 0)
    keys = [
        "date", "unit value", "value before charge", *columns, "value", "free amount", "CDSC", *([TAX] if taxed else []),
        "ERV", "T", "units bought", "units cancelled", "units left", "step",
    ]  # fmt: skip
    rows = [*_payment_rows(result, steps), *_day_rows(result, charges)]
    return [[columns.get(key, key) for key in keys], *([_cell(row.get(key, "")) for key in keys] for row in rows)]


def shown_charges(grid: ContractFigures, result: ContractReturn) -> list[tuple[int, Charge]]:
    """The charges that the terms take at some time, each with its place in the walk; none before contract charges."""
    known = list(enumerate(grid.terms.charges))[: len(result.path.taken)]
    return [(place, charge) for place, charge in known if grid.terms.takes(charge)]


def payment_steps(grid: ContractFigures, result: ContractReturn) -> list[tuple[str, str, float]]:
    """What a payment bears before it is invested: load, bonus, premium tax, charges off it; key, name and dollars each."""
    if grid.charges == "asset":
        return []
    amounts = zip((LOAD, BONUS, TAX), payment_parts(grid.terms.on(result.start), result.payment), strict=True)
    off = [(charge.key, charge.name, result.off_payment[place]) for place, charge in shown_charges(grid, result)]
    return [step for step in (*((name, name, dollars) for name, dollars in amounts), *off) if step[2]]


def _payment_rows(result: ContractReturn, steps: list[tuple[str, str, float]]) -> list[dict[str, Any]]:
    """The payment, and a row for each thing that it bears; none where all of it is invested."""
    if not steps:
        return []
    value = result.payment
    rows: list[dict[str, Any]] = [{"date": result.start, "value": value, "step": "payment"}]
    for key, name, dollars in steps:
        row = {"date": result.start, "value before charge": value, key: dollars, "step": name}
        value += dollars if key == BONUS else -dollars
        rows.append({**row, "value": value})
    return rows


def _day_rows(result: ContractReturn, charges: list[tuple[int, Charge]]) -> list[dict[str, Any]]:
    rows = []
    path, last = result.path, len(result.dates) - 1
    taken = path.taken_all()
    units = np.asarray(path.value) / result.unit_values
    for k, day in enumerate(result.dates):
        row: dict[str, Any] = {
            "date": day,
            "unit value": float(result.unit_values[k]),
            "value before charge": path.before[k],
            "charge": 0.0,
            **{charge.key: path.taken[place][k] for place, charge in charges},
            "value": path.value[k],
            "units cancelled": taken[k] / result.unit_values[k] if k == 0 else units[k - 1] - units[k] if taken[k] else 0.0,
            "units left": units[k],
            "step": _step(result, k),
        }
        if k == 0:
            row["units bought"] = path.before[0] / result.unit_values[0]
        if k == last:
            redeemed = result.redeemed
            row |= {"free amount": redeemed.free, "CDSC": redeemed.cdsc, TAX: redeemed.tax} if redeemed else _NOT_REDEEMED
            row |= {"ERV": result.erv, "T": result.value}
        rows.append(row)
    return rows


_NOT_REDEEMED = {"free amount": 0.0, "CDSC": 0.0, TAX: 0.0}


def _step(result: ContractReturn, k: int) -> str:
    """What a day of the walk is."""
    if k == 0:
        return "invested"
    if k == len(result.dates) - 1:
        return "redeemed" if result.redeemed else "held"
    whole, anniversary = calendar_days.split_years(result.start, result.dates[k])
    return f"end of year {whole}" if anniversary == result.dates[k] else f"in year {whole + 1}"


def _cell(value: Any) -> Any:
    """A number without the noise of binary fractions; dates and texts as they are."""
    return without_noise(float(value)) if isinstance(value, float | np.ndarray) else value
