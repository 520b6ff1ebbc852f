"""The alternatives of a search: every choice of the table of conventions, as terms, beside those of the draft."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..errors import FlexExtraError
from ..terms import Terms
from ..terms.charge_keys import spec_at
from ..terms.keys import KEYS

Choice = tuple[str, Any]
MAIN = ("timing", "part_year", "final", "first_stub", "taken_as")
REDEMPTION = (
    "cdsc.anniversary", "cdsc.base", "cdsc.order", "free_withdrawal.form", "free_withdrawal.measured",
    "free_withdrawal.year_one", "free_withdrawal.full_surrender",
)  # fmt: skip
CARRY = "carry.precision"
VALUATION = ("valuation.rule", "valuation.inception")
YEARS = ("years.basis", "years.decimals", "years.short_period", "years.long_period")
PERIODS = ("periods.inception", "periods.without_history")
DECIMALS_OF_YEARS = (None, 2, 3)
FORM = "annual_charge.form"
FREE_RATE = "free_withdrawal.rate"
USUAL_FREE = (0.10, 0.15, 0.05)
"""Free percentages that are tried where the draft has none: what the figures allow around them is an interval."""
FRACTIONS = ("fraction_of_start_value", "fraction_of_end_value")
LISTED_BASES = ("value", "start_value", "average_value", "end_value")


class Alternative(NamedTuple):
    """One combination of choices along an axis of the search, with the terms that it makes of the draft."""

    choices: tuple[Choice, ...]
    terms: Terms
    departures: int

    def value(self, key: str) -> Any:
        """Its choice of a key, or None where the key is of no matter to it."""
        return dict(self.choices).get(key)


def main_charge(draft: Terms) -> str:
    """The charge whose conventions are searched together: the annual charge, else the first of the list; '' without one."""
    if draft[FORM] not in {None, "none"}:
        return "annual_charge"
    listed = [charge.key for charge in draft.charges if charge.key.startswith("charge.") and draft.takes(charge)]
    return listed[0] if listed else ""


def of_draft(draft: Terms, key: str) -> Any:
    """What the draft says of a key, or what holds where it is silent."""
    if key == "free_withdrawal.measured" and draft[key] is None:
        return "before_charge" if draft["cdsc.order"] == "before_annual_charge" else "after_charge"
    return draft[key]


def options(draft: Terms, key: str, held: Sequence[str] = ()) -> list[Any]:
    """The alternatives of a key, the draft's first; only the draft's where it is held."""
    own = of_draft(draft, key)
    if key in held:
        return [own]
    every: Sequence[Any] = DECIMALS_OF_YEARS if key == "years.decimals" else list(spec_at(key).choices)
    return [own, *(one for one in every if one != own)]


def changed(draft: Terms, choices: Sequence[Choice], **more: Any) -> Terms | None:
    """The draft with other choices; None where the terms refuse them together, as choices that mean nothing."""
    given = {**draft.given, **dict(choices), **{k.replace("__", "."): v for k, v in more.items()}}
    for key in [key for key, value in given.items() if value is None and key != "contract.name"]:
        del given[key]
    try:
        return Terms(given, draft.changes, draft.sources)
    except FlexExtraError:
        return None


def _without_redemption(draft: Terms) -> dict[str, Any]:
    """Values that leave the walk as it is, and refuse no choice of it."""
    gone = {"free_withdrawal.rate", "free_withdrawal.schedule", "free_withdrawal.measured", "cdsc.order"}
    kept = {key: None for key in gone if key in draft.given}
    return {**kept, "free_withdrawal.form": "none", CARRY: "full"}


def walks(draft: Terms, held: Sequence[str] = ()) -> Iterator[Alternative]:
    """How charges are taken: every combination for the main charge, and one change at a time for the others."""
    main = main_charge(draft)
    plain = _without_redemption(draft)
    for own in _main_choices(draft, main, held):
        for other in _others(draft, main, held):
            both = {**dict(own), **dict(other)}
            terms = changed(draft, [*plain.items(), *both.items(), *_amounts(draft, both)])
            if terms is not None:
                said = tuple(both.items())
                yield Alternative(said, terms, _departures(draft, said))


def _main_choices(draft: Terms, main: str, held: Sequence[str]) -> Iterator[tuple[Choice, ...]]:
    if not main:
        yield ()
        return
    keys = [f"{main}.{field}" for field in MAIN if (main, field) != (main, "taken_as") or main == "annual_charge"]
    heads = _forms(draft, main, held)
    for head in heads:
        if head[1] == "none":
            yield (head,)
            continue
        for combination in itertools.product(*(options(draft, key, held) for key in keys)):
            said = dict(zip(keys, combination, strict=True))
            if said[f"{main}.timing"] != "calendar_year_end":
                if said[f"{main}.first_stub"] != of_draft(draft, f"{main}.first_stub"):
                    continue  # of no matter: named once
                del said[f"{main}.first_stub"]
            if said.get(f"{main}.taken_as") == "units" and main == "annual_charge":
                said.update(_units(draft))
            elif draft[f"{main}.unit_decimals"] is not None:
                said[f"{main}.unit_decimals"] = None
            yield (head, *said.items())


def _units(draft: Terms) -> dict[str, Any]:
    decimals = draft["annual_charge.unit_decimals"]
    return {} if decimals is None else {"annual_charge.unit_decimals": decimals}


def _forms(draft: Terms, main: str, held: Sequence[str]) -> list[Choice]:
    """The forms of the main charge for which the draft has numbers, and that there is none."""
    if main != "annual_charge":
        key = f"{main}.base"
        own = draft[key]
        if own not in LISTED_BASES or key in held:
            return [(key, own)]
        return [(key, own), *((key, base) for base in LISTED_BASES if base != own)]
    own = draft[FORM]
    if FORM in held:
        return [(FORM, own)]
    alike = [form for form in FRACTIONS if form != own] if own in FRACTIONS else []
    return [(FORM, form) for form in [own, *alike, "none"]]


def _amounts(draft: Terms, both: dict[str, Any]) -> list[Choice]:
    """With the form 'none' the charge stays in its place, as drafted, and takes nothing."""
    if both.get(FORM) != "none" or draft[FORM] in {None, "none"}:
        return []
    amount = "annual_charge.rate" if draft[FORM] in FRACTIONS else "annual_charge.dollars"
    return [(FORM, draft[FORM]), (amount, 0.0)]


def _others(draft: Terms, main: str, held: Sequence[str]) -> Iterator[tuple[Choice, ...]]:
    """The other charges as drafted, then one of their choices changed at a time."""
    yield ()
    for charge in draft.charges:
        if charge.key == main or not draft.takes(charge):
            continue
        for field in ("base", "timing", "part_year"):
            key = f"{charge.key}.{field}"
            if key in draft.keys:
                yield from (((key, one),) for one in options(draft, key, held)[1:])


def redemptions(draft: Terms, held: Sequence[str] = ()) -> Iterator[Alternative]:
    """How a redemption is charged: every combination that the terms allow and that means something."""
    main = main_charge(draft)
    keys = [key for key in REDEMPTION if key != "cdsc.order" or main == "annual_charge"]
    if main.startswith("charge."):
        keys.append(f"{main}.order")
    known = bool(draft["free_withdrawal.schedule"]) or draft["free_withdrawal.rate"] is not None
    percents: Sequence[float | None] = (None,) if known or FREE_RATE in held else USUAL_FREE
    for combination in itertools.product(*(options(draft, key, held) for key in keys)):
        said = dict(zip(keys, combination, strict=True))
        if said["free_withdrawal.form"] == "none":
            if any(said[key] != of_draft(draft, key) for key in REDEMPTION[4:]):
                continue  # of no matter where nothing is free
            gone = dict.fromkeys((FREE_RATE, "free_withdrawal.schedule", "free_withdrawal.measured"))
            terms = changed(draft, [*said.items(), *gone.items()])
            if terms is not None:
                kept = tuple((key, value) for key, value in said.items() if key not in gone)
                yield Alternative(kept, terms, _departures(draft, kept))
            continue
        for percent in percents:
            whole = said if percent is None else {**said, FREE_RATE: percent}
            terms = changed(draft, [*whole.items()])
            if terms is not None:
                yield Alternative(tuple(whole.items()), terms, _departures(draft, tuple(whole.items())))


def years(draft: Terms, held: Sequence[str] = ()) -> Iterator[tuple[tuple[Choice, ...], int]]:
    """How years are counted and returns annualised, the draft's way first."""
    for combination in itertools.product(*(options(draft, key, held) for key in YEARS)):
        said = dict(zip(YEARS, combination, strict=True))
        if said["years.long_period"] == "cumulative" and said["years.short_period"] == "annualised":
            continue  # the terms refuse it
        kept = tuple(said.items())
        yield kept, _departures(draft, kept)


def valuations(draft: Terms, held: Sequence[str] = ()) -> Iterator[Alternative]:
    """Which unit value stands for a day that has none."""
    for combination in itertools.product(*(options(draft, key, held) for key in VALUATION)):
        said = tuple(zip(VALUATION, combination, strict=True))
        terms = changed(draft, said)
        if terms is not None and (dict(said)["valuation.rule"] != "exact" or draft["valuation.rule"] == "exact"):
            yield Alternative(said, terms, _departures(draft, said))


def _departures(draft: Terms, said: Sequence[Choice]) -> int:
    """How many choices are others than the draft's, or than the defaults where it is silent."""
    counted = (one for one in said if not one[0].endswith(".unit_decimals"))
    return sum(of_draft(draft, key) != value for key, value in counted if key in draft.keys or key in KEYS)
