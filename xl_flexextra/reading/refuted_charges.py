"""Annual charges of captions against their own figures: what returns before and after charges leave for the charge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..calculation.implied_charge import implied_charge
from ..errors import FlexExtraError
from ..inputs.published_figures import of_percentage
from ..terms import Terms
from ..terms.terms import from_toml
from . import written
from .draft_terms import Draft
from .reading import Reading
from .said import Said
from .tables import Printed

FREE = (0.10, 0.15, 0.20, 0.05, 0.0)
NEAR = 0.25  # how far from a stated charge the figures' own may lie for one to be the other, misprinted
"""Free withdrawal percentages that contracts have, tried where the document does not print its own."""
TOLERANCE = 0.02
FEWEST = 4  # funds without which nothing is said


@dataclass(frozen=True, slots=True)
class Refuted:
    """A charge that figures refute."""

    place: str
    what: str


def find(reading: Reading) -> Iterable[Refuted]:
    """The annual charges in dollars that captions print and no usual free percentage reconciles with their figures."""
    for draft in reading.drafts:
        stated = {one.value: one for one in draft.values.get("annual_charge.dollars", ())}
        if not stated or "cdsc.schedule" not in draft.values:
            continue
        for period in ("YTD", "1Y"):
            pairs = _pairs(reading, draft, period)
            if len(pairs) >= FEWEST:
                yield from _judged(reading, draft, period, pairs, stated)
                break


def _judged(
    reading: Reading, draft: Draft, period: str, pairs: list[tuple[Printed, Printed]], stated: dict[str, Said]
) -> Iterable[Refuted]:
    spans: list[tuple[float, float]] = []
    kept: set[str] = set()
    for free in _free(draft):
        if len(kept) == len(stated):
            return
        if (span := _span(reading, draft, free, period, pairs)) is not None:
            spans.append(span)
            kept |= {text for text in stated if float(text) >= span[0] - TOLERANCE}  # shares sum to one at most
    for text, one in stated.items():
        if text in kept or not spans:
            continue
        wanted = float(next(iter(kept or {text})))
        low, high = min(spans, key=lambda span: abs(sum(span) / 2 - wanted))
        if not kept and abs((low + high) / 2 - wanted) > NEAR * wanted:
            continue  # the rules of this contract are others than those that are tried
        yield Refuted(
            one.line.place,
            f"the annual charge of {draft.name} is said to be {text}; the {period} returns of {len(pairs)} "
            f"funds before and after "
            f"charges need {low:.2f} to {high:.2f} in all, and shares sum to one at most",
        )


def _free(draft: Draft) -> tuple[float, ...]:
    said = draft.chosen("free_withdrawal.rate")
    return (float(said.value),) if said else FREE


def _pairs(reading: Reading, draft: Draft, period: str) -> list[tuple[Printed, Printed]]:
    """The figures of a period before and after the charges of a contract, of the same fund and day."""
    code = draft.code
    before = {
        (reading.code(one.fund), one.as_of): one
        for one in reading.figures
        if one.charges == "asset" and one.period.code == period
    }
    after = [
        one
        for one in reading.figures
        if one.charges == "all" and one.period.code == period and reading.contracts.code(one.contract) == code
    ]
    return [(before[key], one) for one in after if (key := (reading.code(one.fund), one.as_of)) in before]


def _span(
    reading: Reading, draft: Draft, free: float, period: str, pairs: list[tuple[Printed, Printed]]
) -> tuple[float, float] | None:
    """The least and the most that all funds together leave for the charge; None where a figure has no solution."""
    try:
        terms = _terms(reading, draft, free)
        found = []
        for one, other in pairs:
            returns = of_percentage(float(one.value)), of_percentage(float(other.value))
            found.append(implied_charge(terms, *returns, period, min(one.decimals, other.decimals)))
            if found[-1][2] <= 0:
                return None
    except FlexExtraError:
        return None
    return sum(low for low, _, _ in found), sum(most for _, _, most in found)


def _terms(reading: Reading, draft: Draft, free: float) -> Terms:
    terms = from_toml("draft.toml", written.terms(reading, draft))
    if not free:
        return terms.replace(annual_charge__form="share")
    return terms.replace(
        annual_charge__form="share", free_withdrawal__form="percent_of_value", free_withdrawal__rate=free,
        free_withdrawal__measured="after_charge",
    )  # fmt: skip
