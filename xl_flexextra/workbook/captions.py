"""What stands under the title of a table: which charges its returns reflect, and how, by its own contract's terms."""

from __future__ import annotations

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
        if any(charge.timing == "daily" and terms.takes(charge) for charge in terms.charges):
            net = "Before contract charges, the daily ones among them: unit values as they are given."
        return f"{net} {_unit_value_years(terms)}"
    bonus = ["The bonus on the payment is reflected."] if terms.ever("payment.bonus_rate") else []
    return " ".join([_charges(terms), *bonus, PREMIUM_TAX[terms["premium_tax.when"]], _years(terms)])


def _charges(terms: Terms) -> str:
    """The charges that the returns are after."""
    amount = {"none": "", "share": "dollars", "average_size": "dollars"}.get(terms["annual_charge.form"], "rate")
    taken = {
        "the load on the payment": terms.ever("payment.front_end_load"),
        "the annual maintenance charge": bool(amount) and terms.ever(f"annual_charge.{amount}"),
        "the rider charge": terms.ever("rider.rate"),
        **{charge.name: True for charge in terms.charges if charge.key.startswith("charge.") and terms.takes(charge)},
    }
    names = [name for name, is_taken in taken.items() if is_taken]
    before = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else "".join(names)
    if not (terms.ever("cdsc.schedule") or terms.ever("cdsc.thereafter")):
        return f"After {before}; redemption is free of charge." if names else "The contract has no charge of its own."
    free = terms["free_withdrawal.form"] != "none" and terms["free_withdrawal.full_surrender"] == "available"
    beyond = f"{CDSC} beyond the free withdrawal amount" if free else CDSC
    if not names:
        return f"After {beyond} for redemption at the end of the period."
    joined = f"{', '.join(names)} and, for" if not names[1:] else f"{', '.join(names)}, and, for"
    return f"After {joined} redemption at the end of the period, {beyond}."


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
