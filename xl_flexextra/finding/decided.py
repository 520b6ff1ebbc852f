"""What the figures decide: of each key of the terms the choices that the best sets have, and which further figure tells."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..calculation import contract_figures
from ..errors import FlexExtraError
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from . import choices
from .outcome import Outcome
from .search import Axis

Date = datetime.date
DECIDED, OPEN, SAME = "decided", "open", "open: the same number"


class Key(NamedTuple):
    """A key of the terms after a search. ``values``: what the best sets have for it, the draft's first.

    ``verdict``: decided; open (other numbers, which tie as well); or the same number on every figure.
    """

    key: str
    draft: Any
    values: tuple[Any, ...]
    verdict: str
    tells: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether what the draft says is among what the figures allow."""
        return self.draft in self.values


def keys(outcome: Outcome) -> list[Key]:
    """Every key that was searched, with what the best sets say of it."""
    found: dict[str, dict[Any, set[tuple[int, int, int]]]] = {}
    without: set[str] = set()  # keys that are of no matter to some of the best sets
    own = outcome.sets
    for place, reading in enumerate(outcome.readings):
        mine = own.reading == place
        if not mine.any():
            continue
        axes = (reading.walk, own.walk), (reading.redemption, own.redemption), (reading.years, own.years)
        for number, (axis, chosen) in enumerate(axes):
            without |= _collect(found, axis, np.unique(chosen[mine]), (place, number))
        for said in reading.choices:
            for key, value in said:
                found.setdefault(key, {}).setdefault(value, set()).add((place, 9, 0))
    return [_key(outcome, key, values, key in without) for key, values in found.items() if _searched(outcome, key)]


def _collect(
    found: dict[str, dict[Any, set[tuple[int, int, int]]]], axis: Axis, chosen: np.ndarray, at: tuple[int, int]
) -> set[str]:
    every, always = set(), None
    for distinct in chosen.tolist():
        for said, _ in axis.members[distinct]:
            own = {key for key, _ in said}
            every |= own
            always = own if always is None else always & own
            for key, value in said:
                found.setdefault(key, {}).setdefault(value, set()).add((*at, distinct))
    return every - (always or set())


def _searched(outcome: Outcome, key: str) -> bool:
    if key in outcome.task.held or key.endswith("unit_decimals") or key == "annual_charge.dollars":
        return False
    return key in {choices.FORM, choices.FREE_RATE} or len(choices.options(outcome.task.draft, key)) > 1


def _key(outcome: Outcome, key: str, values: dict[Any, set[tuple[int, int, int]]], sometimes: bool) -> Key:
    draft = choices.of_draft(outcome.task.draft, key)
    if sometimes:
        values.setdefault(draft, set())
    ordered = sorted(values, key=lambda one: (one != draft, str(one)))
    if len(ordered) == 1:
        verdict = DECIDED
    else:
        places = list(values.values())
        same = set.intersection(*places) if not sometimes else set()
        verdict = SAME if same and all(one == same for one in places) else OPEN
    return Key(key, draft, tuple(ordered), verdict)


def counts_of_years(outcome: Outcome) -> list[tuple[str, Any]]:
    """The pairs of count and decimals that the figures allow."""
    found: dict[tuple[str, Any], None] = {}
    own = outcome.sets
    for place, reading in enumerate(outcome.readings):
        for distinct in np.unique(own.years[own.reading == place]).tolist():
            for said, _ in reading.years.members[distinct]:
                by_key = dict(said)
                found[by_key["years.basis"], by_key["years.decimals"]] = None
    return list(found)


# --- which further figure tells --------------------------------------------------------------------------------------

_PERIODS = ("1Y", "2Y", "3Y", "5Y", "10Y", "7M", "YTD", "18M", "41M")


class Probe(NamedTuple):
    """A figure that would tell two choices apart, and by how many printed units."""

    figure: str
    apart: float


def tells(outcome: Outcome, key: Key, unit_values: UnitValues | None, shares: Shares | None) -> str:
    """Which further figure would decide an open key: of the funds at hand, else of one that rises or falls."""
    if key.key in choices.PERIODS:
        return "a period since inception of a fund whose own, its sub-account's and the contract's inception differ"
    first, second = _pair(outcome, key.key)
    if first is None or second is None:
        return "no figure under these terms: it means nothing without another choice"
    best: Probe | None = None
    for values, funds, ends, own, where in _probed(unit_values, shares, first):
        for probe in _probes(first, second, values, funds, ends, own, where):
            if best is None or probe.apart > best.apart:
                best = probe
        if best is not None and best.apart >= 2:
            break
    if best is None or best.apart < 1:
        return "no return with two decimals; dollars printed to the cent, or unit values of more days, may"
    return f"{best.figure}: {best.apart:.0f} in the last printed digit"


def _pair(outcome: Outcome, key: str) -> tuple[Terms | None, Terms | None]:
    """Two of the best sets as terms, which differ in a key and in as little else as may be."""
    task = outcome.task
    values: dict[Any, dict[str, Any]] = {}
    for row in range(min(len(outcome.sets), 60)):
        for said in outcome.alike(row):
            if key in said:
                values.setdefault(said[key], said)
        if len(values) > 1:
            break
    pair = list(values.values())[:2]
    if len(pair) < 2:
        return None, None
    base = pair[0]
    near = {**base, key: pair[1][key]}
    return as_terms(task.draft, base), as_terms(task.draft, near) or as_terms(task.draft, pair[1])


def as_terms(draft: Terms, said: dict[str, Any]) -> Terms | None:
    """A set of choices as terms; None where the terms refuse it."""
    given = dict(said)
    if given.get("free_withdrawal.form") == "none":
        given |= dict.fromkeys(("free_withdrawal.rate", "free_withdrawal.schedule", "free_withdrawal.measured"))
    if given.get(choices.FORM) == "none":
        own = [key for key in draft.given if key.startswith("annual_charge.") and key != choices.FORM]
        given |= dict.fromkeys(own)
    if given.get("annual_charge.timing") not in {None, "calendar_year_end"}:
        given["annual_charge.first_stub"] = None
    return choices.changed(draft, [*given.items(), ("valuation.max_age_days", 10)])


def _probed(unit_values: UnitValues | None, shares: Shares | None, terms: Terms) -> Iterator[Any]:
    needs = any(charge.base == "share" for charge in terms.charges)
    if unit_values is not None and (shares is not None or not needs):
        growth = [(unit_values.values[np.isfinite(unit_values.values[:, k]), k], k) for k in range(len(unit_values.funds))]
        ordered = sorted((v[-1] / v[0], k) for v, k in growth if len(v) > 1)
        funds = [unit_values.funds[k] for _, k in ordered[:1] + ordered[-1:]]
        last = unit_values.dates[-1].item()
        ends = [last, *(day for day in unit_values.dates[-14:].tolist() if day.month in {3, 6, 9, 12})][:4]
        yield unit_values, funds, ends, shares, ""
    days = [Date(1990, 1, 1) + datetime.timedelta(days=k) for k in range(0, 7000)]
    open_days = [day for day in days if day.weekday() < 5]
    time = np.array([(day - days[0]).days / 365.25 for day in open_days])
    wave = 1 + 0.05 * np.sin(5 * time)
    made = UnitValues(open_days, ("a fund that rises by a fifth a year", "a fund that falls by a tenth a year"),
                      np.stack([10 * 1.2**time * wave, 10 * 0.9**time * wave], axis=1))  # fmt: skip
    part = None
    if needs:
        part = Shares.from_rows([["fund", "share"], *([fund, 0.2] for fund in made.funds)])
    yield made, made.funds, [Date(2005, 6, 30), Date(2004, 2, 29), Date(2005, 12, 31), Date(2004, 7, 31)], part, "made: "


def _probes(
    first: Terms, second: Terms, values: UnitValues, funds: Sequence[str], ends: Sequence[Date], shares: Shares | None,
    where: str,
) -> Iterator[Probe]:  # fmt: skip
    for as_of in ends:
        for period in _PERIODS:
            for charges in ("all", "annual"):
                for fund in funds:
                    try:
                        pair = [
                            contract_figures.figures_of(one, values, as_of, shares, None, charges).figure(fund, period)
                            for one in (first, second)
                        ]
                    except FlexExtraError:
                        continue
                    apart = abs(pair[0] - pair[1]) * 1e4
                    if np.isfinite(apart):
                        held = "" if charges == "all" else ", not surrendered"
                        yield Probe(f"the {period} return{held} to {as_of} of {fund}", float(apart))
