"""What every convention decides: the published figures recomputed under each alternative of each choice.

Nothing here is typed: an alternative is the contract's terms with another value, the core computes, the printed page
judges. Where an alternative needs a number that the terms do not have, :data:`COMPANIONS` gives one, and it is named.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from ..calculation.tie_out import Tied
from ..cells.rounding import shortest
from ..errors import FlexExtraError
from ..inputs.remembered import parse
from ..terms import Terms
from ..terms.charge_keys import spec_at
from ..terms.keys import KEYS
from ..update.report import Report, Route, compute, route, tie_by_route
from ..update.update_inputs import Inputs

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


@dataclasses.dataclass(frozen=True)
class Base:
    """The figures of an update as they tie, each with its route: what alternatives are judged against."""

    inputs: Inputs
    tied: tuple[Tied, ...]
    routes: tuple[Route, ...]

    def of(self, terms: Terms) -> list[int]:
        """The places of the figures that a contract's terms decide, and that tie."""
        code = str(terms["contract.code"] or terms.name).casefold()
        of = {code, ""} if terms is self.inputs.contracts[0] else {code}
        return [i for i, one in enumerate(self.tied) if one.ties and one.published.contract.casefold() in of]


def alternatives(inputs: Inputs, report: Report | None = None) -> list[Alternative]:
    """Every alternative of every choice of each contract, then other dollars and shares.

    ``report`` is the update, where it is computed already.
    """
    update = report or compute(inputs)
    base = Base(inputs, update.tied, tuple(route(update, figure) for figure in inputs.published))
    found = []
    for contract in inputs.contracts:
        for key in contract.keys:
            for choice in spec_at(key).choices:
                if choice != _chosen(contract, key):
                    found.append(_choice(base, contract, key, choice))
    return found + _numbers(base)


def _chosen(terms: Terms, key: str) -> str:
    if key == "free_withdrawal.measured" and terms[key] is None:
        return "before_charge" if terms["cdsc.order"] == "before_annual_charge" else "after_charge"
    return str(terms[key])


def _choice(base: Base, terms: Terms, key: str, choice: str) -> Alternative:
    changed, said = with_choice(terms, key, choice)
    if changed is None:
        return _untold(terms, key, choice, said)
    spec = spec_at(key)
    return _judge(
        base, terms, changed, key, spec.meaning,
        (_chosen(terms, key), spec.choices[_chosen(terms, key)]), (choice, spec.choices[choice]), said,
    )  # fmt: skip


def with_choice(terms: Terms, key: str, choice: str) -> tuple[Terms | None, str]:
    """Terms with another choice and the numbers that it needs, which are said; or None, and why it makes no sense."""
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
                return None, "needs 'annual_charge.dollars', which these terms do not have"
    if key == "free_withdrawal.form" and choice == "none":
        given.pop("free_withdrawal.rate", None)
        given.pop("free_withdrawal.schedule", None)
    said = [f"{k} = {v if isinstance(v, str) else shortest(v)}" for k, v in companions.items()]
    try:
        changed = Terms({**given, **companions, key: choice}, terms.changes, terms.sources)
    except FlexExtraError as error:
        return None, str(getattr(error, "problems", [error])[0])
    return changed, "; ".join(said)


def _untold(terms: Terms, key: str, choice: str, why: str) -> Alternative:
    spec, chosen = spec_at(key), _chosen(terms, key)
    return Alternative(
        terms.name, key, spec.meaning, chosen, spec.choices[chosen], choice, spec.choices[choice], "", 0, 0, 0, 0.0, "", why
    )  # fmt: skip


def _numbers(base: Base) -> list[Alternative]:
    """The other contracts' dollars in place of each contract's own, the whole charge to one fund, equal shares."""
    inputs = base.inputs
    found = []
    for terms in inputs.contracts:
        charged = terms["annual_charge.dollars"]
        others = {d for o in inputs.contracts if (d := o["annual_charge.dollars"]) is not None and d != charged}
        for dollars in sorted(others) if charged is not None else ():
            changed = terms.replace(annual_charge__dollars=dollars)
            own = (shortest(charged or 0.0), "dollars a contract year")
            other = (shortest(dollars), "the dollars of the other contract")
            meaning = KEYS["annual_charge.dollars"].meaning
            found.append(_judge(base, terms, changed, "annual_charge.dollars", meaning, own, other, ""))
        if any(charge.base == "share" for charge in terms.charges) and inputs.shares is not None:
            funds = [fund.code for fund in inputs.funds.items]
            for label, share, meaning in (
                ("1", 1.0, "the whole charge falls on each fund"),
                (f"1/{len(funds)}", 1.0 / len(funds), "every fund bears the same"),
            ):
                rows: list[list[Any]] = [["fund", "share"], *([fund, share] for fund in funds)]
                shared = dataclasses.replace(inputs, shares=parse("shares", "shares", rows), share_rows=rows)
                own = ("as the shares table", "each fund bears its own share")
                meaning_of = "Share of the annual charge."
                found.append(_judge(base, terms, terms, "shares", meaning_of, own, (label, meaning), "", shared))
    return found


def _judge(
    base: Base, terms: Terms, changed: Terms, key: str, meaning: str, chosen: tuple[str, str], other: tuple[str, str],
    said: str, inputs: Inputs | None = None,
) -> Alternative:  # fmt: skip
    """One alternative: the figures of a contract tied again with other terms, or other inputs."""
    mine = base.of(terms)
    if not mine:
        return Alternative(terms.name, key, meaning, *chosen, *other, said, 0, 0, 0, 0.0, "", NOTHING_TIES)
    given = inputs or base.inputs
    again = [tie_by_route(given, base.tied[i].published, base.routes[i], changed) for i in mine]
    broken = [one for one in again if not one.ties]
    computed = [one for one in broken if math.isfinite(one.difference)]
    worst = max(computed, key=lambda one: abs(one.difference), default=None)
    figure = worst.published if worst else None
    return Alternative(
        terms.name, key, meaning, *chosen, *other, said, len(mine), len(broken), len(broken) - len(computed),
        abs(worst.difference) if worst else 0.0, f"{figure.fund} {figure.period}, {figure.as_of}" if figure else "",
    )  # fmt: skip
