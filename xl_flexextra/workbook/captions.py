"""What stands under the title of a table: which charges its returns reflect, and how, by its own contract's terms."""

from __future__ import annotations

from typing import Any

from ..terms import Terms
from ..update.update_inputs import TableSpec

CDSC = "the contingent deferred sales charge (CDSC)"
PREMIUM_TAX = {
    "none": "Premium tax is not reflected.",
    "at_payment": "Premium tax is taken off the payment.",
    "at_redemption": "Premium tax is taken at redemption.",
}


def caption(spec: TableSpec) -> str:
    """The caption of a table."""
    terms = spec.contract
    if spec.charges == "asset":
        net = "Before contract charges: unit values are net of fund expenses and of the separate account charge."
        return f"{net} {_unit_value_years(terms)}"
    bonus = ["The bonus on the payment is reflected."] if _ever(terms, "payment.bonus_rate") else []
    return " ".join([_charges(terms), *bonus, PREMIUM_TAX[terms["premium_tax.when"]], _years(terms)])


def _charges(terms: Terms) -> str:
    """The charges that the returns are after."""
    amount = {"none": "", "share": "dollars", "average_size": "dollars"}.get(terms["annual_charge.form"], "rate")
    taken = {
        "the load on the payment": _ever(terms, "payment.front_end_load"),
        "the annual maintenance charge": bool(amount) and _ever(terms, f"annual_charge.{amount}"),
        "the rider charge": _ever(terms, "rider.rate"),
    }
    names = [name for name, is_taken in taken.items() if is_taken]
    before = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else "".join(names)
    if not (_ever(terms, "cdsc.schedule") or _ever(terms, "cdsc.thereafter")):
        return f"After {before}; redemption is free of charge." if names else "The contract has no charge of its own."
    free = terms["free_withdrawal.form"] != "none" and terms["free_withdrawal.full_surrender"] == "available"
    beyond = f"{CDSC} beyond the free withdrawal amount" if free else CDSC
    if not names:
        return f"After {beyond} for redemption at the end of the period."
    joined = f"{', '.join(names)} and, for" if not names[1:] else f"{', '.join(names)}, and, for"
    return f"After {joined} redemption at the end of the period, {beyond}."


def _ever(terms: Terms, key: str) -> bool:
    """Whether a rate or an amount is more than nothing, at first or from some day on."""
    found: list[Any] = [terms[key], *(values.get(key) for _, values in terms.changes)]  # type: ignore[literal-required]
    return any(any(value) if isinstance(value, tuple) else bool(value) for value in found)


def _unit_value_years(terms: Terms) -> str:
    if terms["years.long_period"] == "cumulative":
        return "Change in the unit value over the whole period."
    if terms["years.short_period"] == "annualised":
        return "Effective annual rate, also for one year or less."
    return "One year or less: change in the unit value; longer: effective annual rate."


def _years(terms: Terms) -> str:
    if terms["years.long_period"] == "cumulative":
        return "Returns are over the whole period: none is annualised."
    return f"One year or less is {'not' if terms['years.short_period'] == 'not_annualised' else 'also'} annualised."
