"""What is odd in a document: rules over what was read, none of which knows a document; each can be switched off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..calculation import periods
from ..errors import BadInput, FlexExtraError
from ..inputs import fund_names
from . import captions, notes, refuted_charges
from .document import Line
from .fund_rows import FundRead
from .reading import Reading
from .tables import Printed, Understood

WARNING, NOTE = "warning", "note"
HEADER = ("rule", "severity", "where", "what", "why it matters", "what to do")


@dataclass(frozen=True, slots=True)
class Oddity:
    """One odd thing: the rule that found it, and what a person needs to judge it."""

    rule: str
    severity: str
    where: str
    what: str
    why: str
    action: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it looks for, and how it looks."""

    meaning: str
    find: Callable[[Reading], Iterable[tuple[str, str]]]  # where, what
    why: str
    action: str
    severity: str = WARNING


def find(reading: Reading, without: Iterable[str] = ()) -> list[Oddity]:
    """Everything odd that the rules find, but for those switched off.

    Raises:
        BadInput: a rule to switch off is none.
    """
    off = set(without)
    if unknown := sorted(off - RULES.keys()):
        raise BadInput(f"There is no rule {unknown[0]!r}; the rules are {', '.join(RULES)}.")
    return [
        Oddity(name, rule.severity, where, what, rule.why, rule.action)
        for name, rule in RULES.items()
        if name not in off
        for where, what in dict.fromkeys(rule.find(reading))
    ]


def rows(found: list[Oddity]) -> list[list[str]]:
    """The oddities as a table."""
    return [list(HEADER), *([one.rule, one.severity, one.where, one.what, one.why, one.action] for one in found)]


Found = Iterable[tuple[str, str]]


def _contradictions(reading: Reading) -> Found:
    for draft in reading.drafts:
        for key, said in draft.values.items():
            if draft.contradicted(key):
                told = list({one.value: one for one in said}.values())
                where = "; ".join(one.line.place for one in told)
                values = " and ".join(f"{one.value} ({one.line.place})" for one in told)
                yield where, f"{key} of {draft.name} is {values}"


def _refuted(reading: Reading) -> Found:
    for one in refuted_charges.find(reading):
        yield one.place, one.what


def _heads(reading: Reading) -> Iterable[tuple[Understood, Printed]]:
    for table in reading.tables:
        seen: set[str] = set()
        for one in table.figures:
            if one.heading not in seen:
                seen.add(one.heading)
                yield table, one


def _periods_and_dates(reading: Reading) -> Found:
    for table, one in _heads(reading):
        first, last = reading.day(one.period.first), reading.day(one.period.last)
        if not first or not last or one.period.code in ("SI", "DATES"):
            continue
        try:
            start = periods.base_date(periods.parse(one.period.code), periods.Date.fromisoformat(last))
        except FlexExtraError:
            continue
        if abs((start - periods.Date.fromisoformat(first)).days) > 4:
            place = table.block.first.place if table.block else ""
            yield (
                place,
                f"the heading {one.heading!r} says {one.period.code}, and its dates begin on {first}, not on {start}",
            )


def _ends(reading: Reading) -> Found:
    for table in reading.tables:
        lasts = {reading.day(one.period.last): one.heading for one in table.figures if reading.day(one.period.last)}
        if len(lasts) > 1:
            place = table.block.first.place if table.block else ""
            yield place, f"the columns of one table end on different days: {', '.join(sorted(lasts))}"


def _began(reading: Reading, one: Printed) -> tuple[str, str]:
    """From which day a figure may begin, and what that day is of; empty where the document does not say."""
    fund = reading.fund(one.fund)
    if fund is None:
        return "", ""
    if one.kind.startswith("standardized") and fund.subaccount_inception:
        return reading.day(fund.subaccount_inception), "the sub-account"
    return reading.day(fund.fund_inception), "the fund"


def _start(reading: Reading, one: Printed) -> periods.Date | None:
    """The first day of a figure's period; None where it is since an inception, or not known."""
    last, code = reading.day(one.as_of), reading.period(one)
    if not last or "SI" in code or ".." in code:
        return None
    try:
        return periods.base_date(periods.parse(code), periods.Date.fromisoformat(last))
    except FlexExtraError:
        return None


def _too_young(reading: Reading) -> Found:
    for one in reading.figures:
        if one.period.or_since or one.period.code in ("SI", "YTD", "QTD", "MTD"):
            continue
        began, of = _began(reading, one)
        start = _start(reading, one)
        if began and start and periods.Date.fromisoformat(began) > start:
            yield (
                one.line.place,
                f"{one.fund} has a figure for {one.period.code}, which begins on {start}; {of} began on {began}",
            )


def _two_names(reading: Reading) -> Found:
    for fund in reading.funds:
        if fund.guessed:
            yield _places(fund.places.values()), f"{fund.name} seems to be one fund with others' name: {fund.guessed}"
        elif others := [name for name in fund.aliases if not fund_names.same(name, fund.name) and name in fund.places]:
            yield _places(fund.places.values()), f"{fund.name} is also written {', '.join(others)}"


def _places(lines: Iterable[Line]) -> str:
    return "; ".join(dict.fromkeys(line.place for line in lines))


def _contract_began(reading: Reading) -> str:
    found = {one.value for draft in reading.drafts for one in draft.values.get("contract.inception", ())}
    return next(iter(found)) if len(found) == 1 else ""


def _before_the_contract(reading: Reading) -> Found:
    contract = _contract_began(reading)
    for fund in reading.funds:
        day = reading.day(fund.subaccount_inception)
        if contract and day and day < contract:
            yield _place_of(fund), f"{fund.name} is said to be available since {day}; the contract began on {contract}"


def _place_of(fund: FundRead) -> str:
    line = fund.places.get("subaccount_inception")
    return line.place if line is not None else ""


def _unlike_siblings(reading: Reading) -> Found:
    families: dict[str, list[tuple[FundRead, str]]] = {}
    for fund in reading.funds:
        if day := reading.day(fund.subaccount_inception):
            families.setdefault(fund.name.split()[0].casefold(), []).append((fund, day))
    for members in families.values():
        for fund, day in members:
            others = {other for one, other in members if one is not fund}
            if len(members) < 4 or len(others) != 1 or day in others:
                continue
            usual = next(iter(others))
            apart = abs((periods.Date.fromisoformat(day) - periods.Date.fromisoformat(usual)).days)
            if apart <= 62:
                yield (
                    _place_of(fund),
                    f"{fund.name} is said to be available since {day}, its {len(members) - 1} siblings since {usual}",
                )


def _unit_captions(reading: Reading) -> Found:
    for table in reading.tables:
        context = table.context
        if context is None or not table.figures or context.charges not in ("all", "annual"):
            continue
        text = f"{context.title}\n{context.caption}"
        if found := re.search(r"(?:percentage\s+)?change\s+in\s+(?:an?\s+|the\s+)?accumulation\s+unit", text, re.IGNORECASE):
            place = context.lines[0].place if context.lines else ""
            yield (
                place,
                f"the caption of {context.title!r} speaks of a {' '.join(found[0].split())}; its figures are "
                f"after contract charges",
            )


def _earliest(reading: Reading) -> Found:
    for line in reading.document.lines:
        if re.search(
            r"(?:earliest|earlier)\s+of\s+[^.]{0,40}\d+\s+years?[^.]{0,60}inception", line.text[:20_000], re.IGNORECASE
        ):
            yield (
                line.place,
                "it says 'earliest of' years and inception, where the shorter period is meant, which begins later",
            )


def _late_rates(reading: Reading) -> Found:
    days = [day for one in reading.figures if (day := reading.day(one.as_of))]
    last = max(days, default="")
    for rate in reading.rates:
        day = reading.day(rate.day)
        if last and day > last:
            yield rate.line.place, f"an interest rate is dated {day}; the last day of the update is {last}"


def _idle_texts(reading: Reading) -> Found:
    """Texts about returns from before the contract, where no figure begins so early."""
    contract = _contract_began(reading)
    starts = [start for one in reading.figures if (start := _start(reading, one)) is not None]
    since = any("SI" in reading.period(one) for one in reading.figures)
    if not contract or not starts or since or min(starts).isoformat() < contract:
        return
    form = re.compile(
        r"(?:pre-?date|prior\s+to|before)\s[^.]{0,60}(?:availab|offered|product|contract)[^.]{0,80}|including\s+during\s+periods\s+before[^.]{0,60}",
        re.IGNORECASE,
    )
    for line in reading.document.lines:
        text = line.text[:20_000]
        for sentence in re.split(r"(?<=\.)\s+", text):
            if form.search(sentence) and captions.says_returns(sentence) and re.search(r"periods?", sentence):
                yield (
                    line.place,
                    f"it speaks of returns from before the contract ({contract}); "
                    f"the longest period of a figure begins on {min(starts)}",
                )


RULES = {
    "captions_contradict": Rule(
        "captions and notes that print two values for one term",
        _contradictions,
        "figures computed with the wrong one do not tie",
        "let the figures decide (find), and confirm one in the draft terms",
    ),
    "charge_refuted": Rule(
        "a caption's annual charge that its own figures refute",
        _refuted,
        "the figures bear another charge than the caption says",
        "use the amount that the figures need, and tell the insurer",
    ),
    "period_and_dates": Rule(
        "a heading whose period is not that of its dates",
        _periods_and_dates,
        "the figures may be of either period",
        "ask which is meant before the column is tied",
    ),
    "ends_differ": Rule(
        "columns of one table that end on different days",
        _ends,
        "figures of a row are not comparable",
        "check the dates of the headings",
    ),
    "fund_too_young": Rule(
        "a figure for a period that begins before its fund",
        _too_young,
        "the figure needs a history that the fund does not have",
        "find out whose history it is, or whether a date is wrong",
    ),
    "two_names": Rule(
        "one fund under two names",
        _two_names,
        "figures of one fund may be taken for those of two",
        "confirm the aliases of funds.csv",
        NOTE,
    ),
    "before_contract": Rule(
        "a fund available before its contract",
        _before_the_contract,
        "periods since then would begin too early",
        "correct subaccount_inception in funds.csv",
    ),
    "unlike_siblings": Rule(
        "a date of availability a few days off those of all siblings",
        _unlike_siblings,
        "it may be a misprint",
        "compare with the prospectus",
        NOTE,
    ),
    "unit_caption": Rule(
        "a caption about unit values over figures after contract charges",
        _unit_captions,
        "a change in a unit value bears no contract charges",
        "read the figures as after charges",
        NOTE,
    ),
    "notes": Rule(
        "notes cited and not printed, printed and not cited, or without their numbers",
        notes.numbering,
        "a reader cannot tell which note belongs where",
        "number the notes, and see whether one is missing",
        NOTE,
    ),
    "note_on_wrong_table": Rule(
        "a note that contradicts the table on which it hangs",
        notes.on_wrong_tables,
        "the table does not reflect what the note says",
        "take the note off that table",
        NOTE,
    ),
    "earliest": Rule(
        "'earliest' where the shorter period is meant",
        _earliest,
        "taken by its words it would mean the longer period",
        "read it as the shorter of both",
        NOTE,
    ),
    "late_rate": Rule(
        "an interest rate dated after the last day of the update",
        _late_rates,
        "it was not yet in force",
        "see whether the rate was declared in advance",
        NOTE,
    ),
    "idle_text": Rule(
        "texts about returns from before the contract that no figure shows",
        _idle_texts,
        "it makes figures look hypothetical that are not",
        "leave the text out, or say which figures it is about",
        NOTE,
    ),
}
"""Every rule by its name."""
