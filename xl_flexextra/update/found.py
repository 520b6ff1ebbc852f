"""What a search found of each contract of a page, as sentences and rows for screen, files and workbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cells.rounding import percent_text, shortest
from ..errors import counted
from ..finding import amounts, cdsc_rates, choices, decided
from ..finding.amounts import Amount
from ..finding.cdsc_rates import Correction, RateFound
from ..finding.decided import Key
from ..finding.misprints import PLAUSIBLE, Misprint, misprints
from ..finding.outcome import Front, Outcome
from ..finding.page import Odd
from ..finding.search import Progress
from ..terms import Terms
from ..terms.charge_keys import spec_of
from .to_find import Printed, label_of, task

HEADER = ("contract", "part", "what", "found", "draft", "verdict", "note")
LIKELY, ODD, CONTRADICTS = "likely misprint", "unexplained", "contradicts"
ODD_RATE = "refuted"


@dataclass(frozen=True)
class Found:
    """The search of one contract: how much ties, what is decided, what stays open, what is odd."""

    draft: Terms
    figures: int = 0
    count: int = 0
    best: int = 0
    best_sets: int = 0
    of_draft: int = 0
    fitted: bool = False
    nearest: dict[str, Any] = field(default_factory=dict)
    fronts: tuple[Front, ...] = ()
    keys: tuple[Key, ...] = ()
    years: tuple[tuple[str, Any], ...] = ()
    amounts: tuple[Amount, ...] = ()
    refuted: tuple[tuple[float, bool], ...] = ()
    misprints: tuple[Misprint, ...] = ()
    witnesses: tuple[tuple[str, dict[str, list[Any]]], ...] = ()
    left: tuple[str, ...] = ()
    by_page: bool = False
    label: str = ""
    terms: Terms | None = None
    shares: dict[str, tuple[float, float]] = field(default_factory=dict)
    rates: tuple[RateFound, ...] = ()
    free: float | None = None

    @property
    def name(self) -> str:
        """The contract's code, or its name."""
        return str(self.draft["contract.code"] or self.draft.name)

    @property
    def is_plausible(self) -> bool:
        """Whether the best sets explain enough to believe them; nothing to search is nothing to doubt."""
        return self.best >= PLAUSIBLE * self.figures

    @property
    def stranger(self) -> str:
        """What to know where sets depart from the draft: how far each number of departures gets, and what stands beside."""
        if len(self.fronts) < 2 and not (self.fronts and self.fronts[0].departures):
            return ""
        steps = [f"{one.score} with {_departures(one.departures)}" for one in self.fronts]
        said_ = f"Figures tied: {', '.join(steps)} from the draft."
        most = self.fronts[-1]
        if most.score > self.best:
            other = [
                f"{key} = {said(value)}" for key, value in most.choices.items() if self.nearest.get(key, value) != value
            ]
            said_ += f" Beside it, by stranger choices: {most.score} tie with {', '.join(other) or 'another amount'}."
        return said_

    @property
    def corrected(self) -> str:
        """The CDSC rates that the figures need in the place of the draft's, in words; empty where the draft's stand."""
        said_ = [
            f"year {one.year} {percent_text(one.rate, 2)} (drafted {percent_text(one.drafted, 2)})" for one in self.rates
        ]
        found_ = f"The draft's CDSC rates do not stand; the figures need {', '.join(said_)}." if said_ else ""
        if self.free is not None:
            drafted = percent_text(float(str(self.draft[choices.FREE_RATE])), 2)
            found_ += f" The free percent does not stand; the figures need {percent_text(self.free, 2)} (drafted {drafted})."
        return found_.strip()

    @property
    def headline(self) -> str:
        """``91 of 91 figures tie by 2 of 1,712,880 distinct sets of choices``"""
        return (
            f"{self.best} of {self.figures} figures tie by {counted(self.best_sets, 'set')} of {self.count:,} that differ "
            "on these figures"
        )


def _departures(count: int) -> str:
    return counted(count, "departure") if count else "no departures"


def find_all(
    printed: Printed, held: Sequence[str] = (), charges: Sequence[float] = (),
    before: Mapping[tuple[Any, ...], float] | None = None, further: bool = True,
    progress: Callable[[str], Progress] | None = None,
) -> tuple[Found, ...]:  # fmt: skip
    """Every contract of a page searched. ``charges``: further amounts of the annual charge to judge."""
    return tuple(
        _found(printed, draft, held, charges, before, further, progress(draft.title) if progress else None)
        for draft in printed.drafts
    )


def _found(
    printed: Printed, draft: Terms, held: Sequence[str], charges: Sequence[float],
    before: Mapping[tuple[Any, ...], float] | None, further: bool, progress: Progress | None,
) -> Found:  # fmt: skip
    asked, left = task(printed, draft, held)
    if not any(span for figure in asked.page.figures for span in figure.spans):
        names = tuple(label_of(printed.published[place]) for place in printed.of(draft))
        return Found(draft=draft, left=names, by_page=printed.unit_values is None, label=printed.label)
    outcome, correction = cdsc_rates.find_with_rates(asked, progress)
    keys = decided.keys(outcome) if len(outcome.sets) else []
    if further:
        keys = [
            key if key.verdict == decided.DECIDED
            else key._replace(tells=decided.tells(outcome, key, printed.unit_values, printed.shares))
            for key in keys
        ]  # fmt: skip
    labels = {figure.place: figure.label for figure in asked.page.figures}
    others = [one["annual_charge.dollars"] for one in printed.drafts if one is not draft]
    stated = dict.fromkeys([draft["annual_charge.dollars"], *others, *charges])
    main = choices.main_charge(draft)
    believed = outcome.tied >= PLAUSIBLE * len(asked.page.figures)
    judged = [
        (float(one), amounts.allowed(outcome, float(one)))
        for one in stated
        if believed and one and main == "annual_charge" and draft["annual_charge.dollars"]
    ]
    return Found(
        draft, len(asked.page.figures), outcome.size, outcome.tied, len(outcome.sets), outcome.of_draft, outcome.fitted,
        outcome.choices() if len(outcome.sets) else {}, tuple(outcome.fronts), tuple(keys),
        tuple(decided.counts_of_years(outcome)), tuple(_amounts(outcome, draft, correction)) if believed else (),
        tuple(judged), tuple(misprints(outcome, before)),
        tuple((asked.page.figures[place].label, said) for place, said in outcome.witnesses.items()),
        tuple(label_of(printed.published[place]) for place in left if place not in labels),
        printed.unit_values is None, printed.label,
        decided.as_terms(outcome.task.draft, outcome.choices()) if len(outcome.sets) else None,
        amounts.shares(outcome) if believed else {}, correction.rates, correction.free,
    )  # fmt: skip


def _amounts(outcome: Outcome, draft: Terms, correction: Correction) -> list[Amount]:
    if not outcome.best:
        return []
    found = {one.name: one for one in [*amounts.charges(outcome), *amounts.rates(outcome)]}
    if correction.free is not None and (own := found.get(choices.FREE_RATE)):
        found[choices.FREE_RATE] = own._replace(stated=float(str(draft[choices.FREE_RATE])))
    for one in correction.rates:
        name = f"cdsc.schedule.{one.year}"
        own = found.get(name) or Amount(name, one.low, one.high, None, "fraction")
        note = "; ".join(part for part in (f"searched with {percent_text(one.rate, 2)}", own.note) if part)
        found[name] = own._replace(stated=one.drafted, note=note)
    return list(found.values())


# --- rows -------------------------------------------------------------------------------------------------------------


def rows(every: Sequence[Found], odds: Sequence[Odd] = (), beside: Sequence[Sequence[str]] = ()) -> list[list[str]]:
    """What was found, a row each: contract, part, what, found, draft, verdict, note.

    ``odds``: what of a page contradicts another part of it; ``beside``: charges of contracts beside another's.
    """
    table = [list(HEADER)]
    for one in every:
        table += _rows(one)
    for name, between, stated, verdict, note in beside:
        table.append([name, "amount", "annual_charge.dollars", between, stated, verdict, note])
    for odd in odds:
        table.append(["", "page", "; ".join(odd.labels), odd.rule, "", CONTRADICTS, odd.said])
    return table


def _rows(one: Found) -> list[list[str]]:
    name = one.name
    table = [[name, "figures", "tied", f"{one.best} of {one.figures}", f"{one.of_draft} by the draft", "", one.stranger]]
    if one.corrected:
        table.append([name, "figures", "CDSC", "", "", ODD_RATE, one.corrected])
    if one.label:
        table.append([name, "figures", "unit values", one.label, "", "", "what follows is what such figures would tell"])
    for misprint in one.misprints:
        verdict = LIKELY if misprint.is_likely else ODD
        table.append([name, "misprint", misprint.label, misprint.computed, misprint.printed, verdict, misprint.looks])
    for key in one.keys:
        values = few([said(value) for value in key.values])
        table.append([name, "convention", key.key, values, said(key.draft), verdict_of(key), key.tells])
    for amount in one.amounts:
        table.append([name, "amount", amount.name, interval(amount), "" if amount.stated is None else said(amount.stated),
                      stands(amount.stands), amount.note])  # fmt: skip
    for dollars, holds in one.refuted:
        table.append([name, "amount", "annual_charge.dollars", said(dollars), "", stands(holds), ""])
    for label, ruled in one.witnesses:
        without = "; ".join(f"{key} {', '.join(values)}" for key, values in ruled.items())
        table.append([name, "only witness", label, "", "", "", f"it alone rules out {without}"])
    if one.left:
        what = f"{len(one.left)} figures, such as {one.left[0]}" if len(one.left) > 1 else one.left[0]
        why = (
            ("a walk to it needs unit values, or the others are judged by it" if one.by_page else "no walk gives it")
            if len(one.left) == 1
            else (
                "their walk needs unit values, or they are what the others are judged by"
                if one.by_page
                else "no walk gives them"
            )
        )
        table.append([name, "not searched", what, "", "", "", why])
    return table


def few(values: Sequence[str], most: int = 4) -> str:
    """Some values, and how many more there are."""
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return "; ".join(values[:most]) + more


def stands(holds: bool | None) -> str:
    """``stands`` or ``refuted``; nothing where nothing was stated."""
    return "" if holds is None else "stands" if holds else "refuted"


def verdict_of(key: Key) -> str:
    """The verdict on a key, with a word where the figures decide against the draft."""
    if key.is_draft:
        return key.verdict
    return f"{key.verdict}, not as drafted"


def said(value: Any) -> str:
    """A value of a term as a person writes it."""
    if value is None:
        return "not given"
    return shortest(value) if isinstance(value, float) else str(value)


def interval(amount: Amount) -> str:
    """An interval of an amount, with as many digits as tell its ends apart."""
    if amount.kind == "fraction":
        return f"{percent_text(amount.low, 3)} to {percent_text(amount.high, 3)}"
    decimals = 4 if amount.kind == "share" or amount.high < 10 else 2
    return f"{amount.low:.{decimals}f} to {amount.high:.{decimals}f}"


def meaning(key: str) -> str:
    """What a key of the terms means."""
    spec = spec_of(key)
    return spec.meaning if spec else ""
