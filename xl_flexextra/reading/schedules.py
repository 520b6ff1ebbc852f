"""Surrender charges by contract year in sentences: 7% in year 1, 6% in years 2 and 3, 0% thereafter."""

from __future__ import annotations

import re

from . import schedule_forms
from .document import Document, Line
from .said import FOR, HIGH, MEDIUM, Said, around, paragraphs
from .schedule_forms import CHARGE, ORDINAL, Schedule, number

_LAST = rf"\s*(?:-|–|to|through|and|&)\s*(?:the\s+)?({ORDINAL})(?!\d|\s?%|\.\d)"  # the next step's rate is no year
_STEP = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}})?)\s?%\s*(?:-|–|in|during|for)?\s*(?:the\s+)?"
    rf"(?:(?:contract\s+)?years?\s+({ORDINAL})(?:{_LAST})?"
    rf"|({ORDINAL})(?:{_LAST})?\s+(?:contract\s+)?years?|first\s+(?P<count>{ORDINAL})\s+(?:contract\s+)?years)(?![a-z])"
    r"(?P<after>\s+(?:or|and)\s+(?:later|more|thereafter)|[^,;%)]{0,60}thereafter)?",
    re.IGNORECASE,
)


def of_sentences(line: Line, text: str, _order: str) -> list[Said]:
    """What the sentences of a paragraph say of surrender charges by year."""
    if not CHARGE.search(text):
        return []
    found: list[Said] = []
    groups: list[list[re.Match[str]]] = []  # a match for each year: one that names several years stands for each of them
    for step in _STEP.finditer(text):
        first, last = _years(step)
        if groups and step.start() - groups[-1][-1].end() < 80 and first == len(groups[-1]) + 1:
            groups[-1] += [step] * (last - first + 1)
        elif first == 1:
            groups.append([step] * last)
    for group in groups:
        rest = _SENTENCE_END.split(text[group[-1].start() : group[-1].end() + 60].split(")")[0])[0]
        behind = rest[len(group[-1][0]) :]
        own = _THEREAFTER.search(behind)  # another rate than that of the last year named
        if len(group) < 3 or (len(set(group)) < 2 and not own) or (own and "%" in behind[: own.start()]):
            continue  # nor where the rate of years between them was not understood
        if schedule_forms.of_other(_SENTENCE_END.split(text[max(group[0].start() - 2_000, 0) : group[0].start()])[-1]):
            continue
        rates = [float(step[1]) for step in group]
        always = None
        if rates[-1] == 0.0 or own or re.search("thereafter", rest, re.IGNORECASE):
            always = float(own[1]) if own else rates[-1]
        sure = HIGH if "thereafter" in rest else MEDIUM
        found += _said(Schedule(rates, always, group[0].start(), group[-1].end()), line, text, rest, HIGH, sure)
    if not found:
        for one in schedule_forms.in_sentences(text):
            found += _said(one, line, text, text[one.start : one.end], one.confidence, one.confidence)
    return found


def of_tables(document: Document) -> list[Said]:
    """What the document's tables of surrender charges by year say."""
    found: list[Said] = []
    for line, text, one in schedule_forms.in_tables(document):
        found += _said(one, line, text, text, one.confidence, one.confidence)
    return found


def _said(one: Schedule, line: Line, text: str, rest: str, sure: str, sure_after: str) -> list[Said]:
    contract = _contract_of(text, one.start, one.end)
    rates = f"[{', '.join(map(_fraction, one.rates))}]"
    found = [Said("cdsc.schedule", rates, around(text, one.start, one.end, 400), line, contract, sure)]
    if one.thereafter is not None:
        words = " ".join(rest.split())[:120]
        found.append(Said("cdsc.thereafter", _fraction(one.thereafter), words, line, contract, sure_after))
    return found


def _fraction(percent: float) -> str:
    text = f"{percent / 100:.6f}".rstrip("0")
    return text if text[-1] != "." else text + "0"


_MOST_YEARS = 15  # that one step of a schedule may name
_THEREAFTER = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}})?)\s?%[^,;%)]{{0,30}}(?:thereafter|after\s+(?:the\s+)?(?:(?:contract\s+)?year\s+{ORDINAL}|"
    rf"{ORDINAL}\s+(?:contract\s+)?year)(?![a-z]))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\.(?=\s+[A-Z]|\s*$)")


def _years(step: re.Match[str]) -> tuple[int, int]:
    """The first and the last year that a step of a schedule names."""
    if step["count"]:
        return 1, number(step["count"])
    first = number(step[2] or step[4])
    last = number(step[3] or step[5]) if step[3] or step[5] else first
    most = 2 if re.search(r"(?:and|&)\s*(?:the\s+)?" + ORDINAL, step[0], re.IGNORECASE) else _MOST_YEARS
    return first, last if first <= last < first + most else first


NO_SCHEDULE = "a surrender charge by year, not understood; write it into the draft terms as cdsc.schedule"


def unread_schedules(document: Document, found: list[Said]) -> list[tuple[Line, str]]:
    """Paragraphs that speak of surrender charges by year, where no schedule was read anywhere."""
    if any(one.key == "cdsc.schedule" for one in found):
        return []
    return [
        (line, text) for line, text in paragraphs(document) if CHARGE.search(text) and _BY_YEAR.search(text) and _falls(text)
    ]


_PERCENT = re.compile(r"(?<![\d.])(\d(?:\.\d{1,2})?)\s?%")  # a rate below ten
_BY_YEAR = re.compile(r"(?<![a-z])(?<!per )(?<!a )(?<!each )years?(?![a-z])", re.IGNORECASE)
_HIGH = 2.0  # percent: charges of the assets, which stand in the same paragraphs, are lower


def _falls(text: str) -> bool:
    """Whether a text has rates as a surrender charge has them: several, one of them high."""
    rates = set(map(float, _PERCENT.findall(text)))
    return len(rates) > 2 and max(rates) >= _HIGH


def _contract_of(text: str, start: int, end: int) -> str:
    """The contract that a schedule in brackets belongs to: named before the bracket, or behind it."""
    open_at = text.rfind("(", 0, start)
    before = re.search(
        r"for\s+the\s+((?:[A-Z][\w&'’/-]*\s+){1,7}(?:Contract|Annuity|Policy))\s*$",
        text[max(open_at - 120, 0) : max(open_at, 0)],
    )
    if before:
        return before[1]
    close = text.find(")", end)
    after = FOR.match(text[close + 1 : close + 140]) if 0 <= close - end < 120 else None
    return after[1] if after else ""
