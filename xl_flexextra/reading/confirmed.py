"""What a person confirms of a reading: how each heading, name, caption and term was understood; used again next month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import BadInput
from . import head_periods, printed_text
from .reading import Reading
from .tables import Printed

HEADER = ("kind", "words of the page", "where", "read as", "meant", "confirmed")
KINDS = {
    "heading": "the period of a column",
    "charges": "which charges a table's returns reflect: asset, annual, all",
    "fund": "the code of a fund",
    "contract": "the code of a contract",
    "term": "a term of a contract",
}
"""What is confirmed, by its kind."""
YES = frozenset({"yes", "y", "true", "1", "x", "ok"})


@dataclass(frozen=True, slots=True)
class Decision:
    """How words of the page were understood. ``meant`` differs from ``read`` where a person corrected it."""

    kind: str
    words: str
    where: str
    read: str
    meant: str = ""
    confirmed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What the same words of another month have in common: no dates, no marks of footnotes."""
        return self.kind, alike(self.words)


def alike(words: str) -> str:
    """Words without dates, marks and case, as they are the same next month.

    >>> alike("1 Year⁷ 7/31/07- 7/31/08") == alike("1 Year⁵ 8/31/07 - 8/31/08")
    True
    """
    plain = printed_text.DATE.sub(" ", words)
    plain = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\{?[\d, ]+\}?|\*+|(?<=[a-z])\(\d{1,2}\)", " ", plain, flags=re.IGNORECASE)
    return " ".join(re.findall(r"[a-z0-9/%.$-]*[a-z0-9]", plain.casefold()))


def decisions(reading: Reading) -> list[Decision]:
    """Everything of a reading that a person has to confirm, in the order of the page; each once."""
    found: dict[tuple[str, str], Decision] = {}

    def add(kind: str, words: str, where: str, read: str) -> None:
        one = Decision(kind, words, where, read, read)
        if words:
            found.setdefault(one.key, one)

    for one in reading.figures:
        add("charges", one.caption, one.line.place, one.charges)
        add("heading", one.heading, one.line.place, _period(one.period))
        add("contract", one.contract, one.line.place, reading.contracts.code(one.contract))
    for fund in reading.funds:
        for name in [fund.name, *fund.aliases]:
            place = fund.places.get(name)
            add("fund", name, place.place if place else "", fund.code)
    for draft in reading.drafts:
        for key in draft.values:
            said = draft.chosen(key)
            if said is not None:
                add("term", f"{draft.name}, {key}: {said.words}", said.line.place, said.value)
    return list(found.values())


def _period(period: head_periods.HeadPeriod) -> str:
    since = f"SI_{period.since}" if period.since else "SI"
    return f"{period.code}_OR_{since}" if period.or_since else since if period.code == "SI" else period.code


def from_rows(rows: Sequence[Sequence[Any]]) -> list[Decision]:
    """Decisions as a person left them in a table."""
    header = [str(cell or "").strip().lower() for cell in rows[0]] if rows else []
    if missing := [name for name in HEADER if name not in header]:
        raise BadInput(f"The confirmed reading has no column {missing[0]!r}; give reading.xlsx as read wrote it.")
    found = []
    for row in rows[1:]:
        cells = {name: "" if cell is None else str(cell).strip() for name, cell in zip(header, row, strict=False)}
        kind = cells["kind"]
        if kind and kind not in KINDS:
            raise BadInput(f"The confirmed reading has the kind {kind!r}; it is one of {', '.join(KINDS)}.")
        if kind:
            yes = cells["confirmed"].casefold() in YES
            found.append(Decision(kind, cells["words of the page"], cells["where"], cells["read as"], cells["meant"], yes))
    return found


def used(reading: Reading, before: Iterable[Decision]) -> tuple[Reading, list[Decision]]:
    """A reading with what was confirmed before, and its decisions: those that are confirmed, and those that are new."""
    known = {one.key: one for one in before if one.confirmed}
    told = [
        replace(one, meant=known[one.key].meant or one.read, confirmed=_stands(one, known[one.key]))
        if one.key in known
        else one
        for one in decisions(reading)
    ]
    by_key = {one.key: one for one in told if one.confirmed}
    for fund in reading.funds:
        names = [by_key[key] for name in [fund.name, *fund.aliases] if (key := ("fund", alike(name))) in by_key]
        fund.code = names[0].meant if names else fund.code
    reading.contracts.given |= {one.words: one.meant for one in told if one.kind == "contract" and one.confirmed}
    for draft in reading.drafts:
        draft.code = reading.contracts.given.get(draft.name, draft.code)
    return replace(reading, figures=[_meant(one, by_key) for one in reading.figures]), told


def _stands(now: Decision, before: Decision) -> bool:
    """Whether a confirmation still holds: of a term it does not where another value is printed now."""
    return now.kind != "term" or now.read == before.read


def _meant(figure: Printed, known: Mapping[tuple[str, str], Decision]) -> Printed:
    heading, charges = known.get(("heading", alike(figure.heading))), known.get(("charges", alike(figure.caption)))
    period = figure.period
    if heading is not None and heading.meant != _period(period):
        period = _period_of(heading.meant, period)
    return replace(figure, period=period, charges=charges.meant if charges else figure.charges)


def _period_of(code: str, before: head_periods.HeadPeriod) -> head_periods.HeadPeriod:
    found = re.fullmatch(r"(?:(\w+?)_OR_)?SI(?:_(FUND|SUBACCOUNT|CONTRACT))?", code.upper())
    if found is None:
        return replace(before, code=code.upper(), since="", or_since=False)
    return replace(before, code=found[1] or "SI", since=found[2] or "", or_since=bool(found[1]))


def confirmed_figures(reading: Reading, told: Iterable[Decision]) -> list[bool]:
    """Of each figure, whether a person confirmed all that it was understood by."""
    yes = {one.key for one in told if one.confirmed}
    known = {one.key for one in told}

    def whole(one: Printed) -> bool:
        keys = [
            ("heading", alike(one.heading)),
            ("charges", alike(one.caption)),
            ("contract", alike(one.contract)),
            ("fund", alike(one.fund)),
        ]
        return all(key in yes for key in keys if key[1] and key in known)

    return [whole(one) for one in reading.figures]
