"""What every convention decides: the published figures recomputed under each alternative of each choice.

Nothing here is typed: an alternative is the contract's terms with another value, the core computes, the printed page
judges. Where an alternative needs a number that the terms do not have, :data:`COMPANIONS` gives one, and it is named.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from ..conventions import KEYS
from ..errors import FlexExtraError
from ..inputs import parse
from ..numbers import shortest
from ..report import Inputs, compute
from ..terms import Terms
from ..tie_out import Tied

SIZE = 40_000.0  # dollars: the average contract size in domain practice; used only where the terms state none
COMPANIONS: dict[tuple[str, str], dict[str, Any]] = {
    ("annual_charge.form", "average_size"): {"annual_charge.average_contract_size": SIZE},
    ("premium_tax.when", "at_payment"): {"premium_tax.rate": 0.02},
    ("premium_tax.when", "at_redemption"): {"premium_tax.rate": 0.02},
    ("cdsc.order", "before_annual_charge"): {"free_withdrawal.measured": "before_charge"},
}
NOTHING_TIES = "no published figure of this contract ties: nothing can be judged"
_FRACTIONS = {"fraction_of_start_value", "fraction_of_end_value"}


@dataclasses.dataclass(frozen=True)
class Alternative:
    """One alternative of one choice: how many figures it breaks, and the largest distance in printed units.

    ``tested`` counts the published figures that these terms decide and that tie; ``broken`` those that no longer do;
    ``failed`` those that cannot be computed any more. ``why_not`` says why an alternative was not computed.
    """

    contract: str
    key: str
    meaning: str
    chosen: str
    chosen_meaning: str
    alternative: str
    alternative_meaning: str
    with_values: str
    tested: int
    broken: int
    failed: int
    largest: float
    worst: str
    why_not: str = ""


def alternatives(inputs: Inputs) -> list[Alternative]:
    """Every alternative of every choice of each contract, then other dollars and shares."""
    base = compute(inputs).tied
    found = []
    for contract in inputs.contracts:
        for key, spec in KEYS.items():
            for choice in spec.choices:
                if choice != _chosen(contract, key):
                    found.append(_choice(inputs, base, contract, key, choice))
    return found + _numbers(inputs, base)


def _chosen(terms: Terms, key: str) -> str:
    if key == "free_withdrawal.measured" and terms[key] is None:
        return "before_charge" if terms["cdsc.order"] == "before_annual_charge" else "after_charge"
    return str(terms[key])


def _choice(inputs: Inputs, base: tuple[Tied, ...], terms: Terms, key: str, choice: str) -> Alternative:
    given = dict(terms.given)
    companions = {k: v for k, v in COMPANIONS.get((key, choice), {}).items() if terms[k] in (None, 0.0, "after_charge")}
    if key == "annual_charge.form":
        dollars = terms["annual_charge.dollars"]
        if choice == "none" or choice in _FRACTIONS:
            given.pop("annual_charge.dollars", None)
            given.pop("annual_charge.rate", None)
        if choice in _FRACTIONS and terms["annual_charge.rate"] is None:
            size = terms["annual_charge.average_contract_size"] or SIZE
            companions["annual_charge.rate"] = (dollars or 0.0) / size
        if choice in {"share", "average_size"}:
            given.pop("annual_charge.rate", None)
            if dollars is None:
                return _untold(terms, key, choice, "needs 'annual_charge.dollars', which these terms do not have")
    if key == "free_withdrawal.form" and choice == "none":
        given.pop("free_withdrawal.rate", None)
        given.pop("free_withdrawal.schedule", None)
    said = [f"{k} = {v if isinstance(v, str) else shortest(v)}" for k, v in companions.items()]
    try:
        changed = Terms({**given, **companions, key: choice}, terms.changes, terms.sources)
    except FlexExtraError as error:
        return _untold(terms, key, choice, str(getattr(error, "problems", [error])[0]))
    spec = KEYS[key]
    return _judge(
        inputs, base, terms, _replaced(inputs, terms, changed), key, spec.meaning,
        (_chosen(terms, key), spec.choices[_chosen(terms, key)]), (choice, spec.choices[choice]), "; ".join(said),
    )  # fmt: skip


def _untold(terms: Terms, key: str, choice: str, why: str) -> Alternative:
    spec, chosen = KEYS[key], _chosen(terms, key)
    return Alternative(
        terms.name, key, spec.meaning, chosen, spec.choices[chosen], choice, spec.choices[choice], "", 0, 0, 0, 0.0, "", why
    )  # fmt: skip


def _numbers(inputs: Inputs, base: tuple[Tied, ...]) -> list[Alternative]:
    """The other contracts' dollars in place of each contract's own, the whole charge to one fund, equal shares."""
    found = []
    for terms in inputs.contracts:
        charged = terms["annual_charge.dollars"]
        others = {d for o in inputs.contracts if (d := o["annual_charge.dollars"]) is not None and d != charged}
        for dollars in sorted(others) if charged is not None else ():
            changed = _replaced(inputs, terms, terms.replace(annual_charge__dollars=dollars))
            own = (shortest(charged or 0.0), "dollars a contract year")
            other = (shortest(dollars), "the dollars of the other contract")
            meaning = KEYS["annual_charge.dollars"].meaning
            found.append(_judge(inputs, base, terms, changed, "annual_charge.dollars", meaning, own, other, ""))
        if terms["annual_charge.form"] == "share" and inputs.shares is not None:
            funds = [fund.code for fund in inputs.funds.items]
            for label, share, meaning in (
                ("1", 1.0, "the whole charge falls on each fund"),
                (f"1/{len(funds)}", 1.0 / len(funds), "every fund bears the same"),
            ):
                rows: list[list[Any]] = [["fund", "share"], *([fund, share] for fund in funds)]
                changed = dataclasses.replace(inputs, shares=parse("shares", "shares", rows), share_rows=rows)
                own = ("as the shares table", "each fund bears its own share")
                found.append(
                    _judge(inputs, base, terms, changed, "shares", "Share of the annual charge.", own, (label, meaning), "")
                )
    return found


def _replaced(inputs: Inputs, terms: Terms, changed: Terms) -> Inputs:
    contracts = tuple(changed if one is terms else one for one in inputs.contracts)
    return dataclasses.replace(inputs, contracts=contracts)


def _judge(
    inputs: Inputs, base: tuple[Tied, ...], terms: Terms, changed: Inputs, key: str, meaning: str,
    chosen: tuple[str, str], other: tuple[str, str], said: str,
) -> Alternative:  # fmt: skip
    code = str(terms["contract.code"] or terms.name).casefold()
    first = terms is inputs.contracts[0]
    of = {code, ""} if first else {code}
    mine = [i for i, t in enumerate(base) if t.ties and t.published.contract.casefold() in of]
    if not mine:
        return Alternative(terms.name, key, meaning, *chosen, *other, said, 0, 0, 0, 0.0, "", NOTHING_TIES)
    tied = compute(changed).tied
    broken = [i for i in mine if not tied[i].ties]
    computed = [i for i in broken if math.isfinite(tied[i].difference)]
    worst = max(computed, key=lambda i: abs(tied[i].difference), default=None)
    place = ""
    if worst is not None:
        figure = tied[worst].published
        place = f"{figure.fund} {figure.period}, {figure.as_of}"
    return Alternative(
        terms.name, key, meaning, *chosen, *other, said, len(mine), len(broken), len(broken) - len(computed),
        abs(tied[worst].difference) if worst is not None else 0.0, place,
    )  # fmt: skip
