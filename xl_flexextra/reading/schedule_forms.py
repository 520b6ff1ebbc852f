"""Other forms of surrender charges by year: year 1: 7%; 7%, 6%, 5% in years 1 to 3; declining by 1% a year; tables."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import printed_text
from .document import Cell, Document, Line
from .said import HIGH, MEDIUM

CHARGE = re.compile(r"contingent\s+deferred|cdsc|surrender|withdrawal\s+charge|sales\s+charge", re.IGNORECASE)
_OTHERS = re.compile(
    r"bonus|interest|credit|roll-?\s?up|yield|return|guarante|growth|commission|compensation|(?<![a-z])free(?![a-z])|waive|recaptur|"
    r"benefit|rider|dividend|income|underlying\s+(?:fund|portfolio)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"contingent\s+deferred|cdsc|(?:surrender|withdrawal|sales)\s+(?:charge|fee|penalt)", re.IGNORECASE)
_ABOVE_FREE = re.compile(
    r"(?:excess\s+of|exceed\w*|above|beyond|over|more\s+than)\s+(?:(?:the|your|any|annual)\s+)*free(?![a-z])", re.IGNORECASE
)
_NUMBERS = printed_text.NUMBERS | {
    word: place
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_RATE = r"\d{1,2}(?:\.\d{1,2})?"
_YEARS = r"(?:(?:contract|policy|contribution|premium|payment|completed?|full)\s+){0,4}years?"
_ON = r"(?:\s*\+|\s*,?\s*(?:and|or)\s+(?:after|later|more|greater|thereafter|over|beyond|subsequent)(?:\s+years?)?)"
_LABELLED = re.compile(
    rf"(?<![a-z]){_YEARS}\s+({ORDINAL})(?:\s*(?:-|–|to|through|and)\s*({ORDINAL})(?!\s?%|\.\d))?({_ON})?\s*(?:[:=–—-]|is|are)?\s*({_RATE})\s?%",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"(?<![\d.,$]){_RATE}\s?%?(?:\s*(?:,\s*and|,|/|;|and)\s*{_RATE}\s?%?){{2,14}}(?![\d.,]*\d)", re.IGNORECASE
)
_LIST_YEARS = re.compile(
    rf"%?,?\s*(?:respectively,?\s*)?(?:in|for|during|over|of)\s+(?:the\s+)?{_YEARS}\s+({ORDINAL})\s*(?:-|–|to|through)\s*({ORDINAL})(?![a-z])",
    re.IGNORECASE,
)
_LIST_BEFORE = re.compile(
    r"(?<!without )(?<!no )(?:cdsc|(?:surrender|withdrawal|deferred\s+sales|sales)\s+charges?)[^.%\d]{0,40}$", re.IGNORECASE
)
_NO_YEARS = re.compile(r"quarter|month|(?:two|2|three|3)[\s-]+years?", re.IGNORECASE)
_DECLINES = re.compile(
    rf"({_RATE})\s?%([^.;%]{{0,80}}?)(?:declin|decreas|reduc|dropp|fall)\w*\s+(?:by\s+)?({_RATE})\s?%\s+(?:each|every|per|a|annually)([^.;%]{{0,60}}?)"
    r"(?:to|until)\s+(?:it\s+(?:is|reaches)\s+)?(?:0\s?%|zero)([^.;]{0,80})",
    re.IGNORECASE,
)
_AFTER = re.compile(rf"after\s+(?:the\s+)?(?:{_YEARS}\s+({ORDINAL})|({ORDINAL})\s+{_YEARS})(?![a-z])", re.IGNORECASE)
_IN = re.compile(rf"in\s+(?:the\s+)?(?:{_YEARS}\s+({ORDINAL})|({ORDINAL})\s+{_YEARS})(?![a-z])", re.IGNORECASE)
_HIGHEST = 12.0  # percent


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rates in percent by year, the rate thereafter where it is said, and where in the text they stand."""

    rates: list[float]
    thereafter: float | None
    start: int
    end: int
    confidence: str = HIGH


def number(text: str) -> int:
    """A number in digits or words, 7th and seventh too."""
    digits = re.match(r"\d+", text)
    return int(digits[0]) if digits else _NUMBERS[text.lower()]


def of_other(before: str) -> bool:
    """Whether rates are those of something else: named between the surrender charge and them, such as a bonus."""
    before = before[-2_000:]
    named = list(_NAMED.finditer(before))
    return _OTHERS.search(_ABOVE_FREE.sub(" ", before[named[-1].end() if named else 0 :])) is not None


def in_sentences(text: str) -> list[Schedule]:
    """The schedules of a text, each in a sentence that names the charge and nothing else that the rates could be of."""
    found = []
    for sentence in re.finditer(r"(?:[^.]|\.(?!\s+[A-Z]))+", text):
        if CHARGE.search(sentence[0]):
            at = sentence.start()
            for one in _labelled(sentence[0]) or _listed(sentence[0]) or _declining(sentence[0]):
                if _likely(one.rates) and not of_other(sentence[0][: one.start]):
                    found.append(replace(one, start=one.start + at, end=one.end + at))
    return found


def _likely(rates: list[float]) -> bool:
    """Whether rates fall, from one that a surrender charge may have."""
    return len(rates) > 2 and 2.0 <= rates[0] <= _HIGHEST and rates == sorted(rates, reverse=True) and rates[0] > rates[-1]


def _labelled(text: str) -> list[Schedule]:
    """Year 1: 7%; year 2: 6%; year 3 and after: 0%."""
    rates: list[float] = []
    start, end, always = 0, 0, None
    for step in _LABELLED.finditer(text):
        first = number(step[1])
        last = number(step[2]) if step[2] else first
        if not rates and first != 1:
            continue
        if first != len(rates) + 1 or not first <= last < first + 15 or (rates and step.start() - end > 12):
            return []
        start = start if rates else step.start()
        rates += [float(step[4])] * (last - first + 1)
        end = step.end()
        if step[3]:
            always = float(step[4])
            break
    if not rates or re.match(r"[^.%]{0,40}\d\s?%", text[end:]):  # rates that go on in another form
        return []
    return [Schedule(rates, always if always is not None else (0.0 if rates[-1] == 0 else None), start, end)]


def _listed(text: str) -> list[Schedule]:
    """7%, 6%, 5% in years 1 to 3; a CDSC of 7/6/5/4/3/2/1/0%."""
    listed = []
    for found in _LIST.finditer(text):
        if "%" not in found[0] and not text[found.end() :].lstrip().startswith("%"):
            continue
        rates = [float(one) for one in re.findall(_RATE, found[0])]
        if years := _LIST_YEARS.match(text, found.end()):
            if number(years[1]) != 1 or number(years[2]) != len(rates):
                return []
            listed.append(Schedule(rates, 0.0 if rates[-1] == 0 else None, found.start(), years.end()))
            continue
        before, behind = text[max(found.start() - 100, 0) : found.start()], text[found.end() : found.end() + 60]
        if rates[-1] == 0 and len(rates) > 3 and _LIST_BEFORE.search(before) and not _NO_YEARS.search(behind):
            listed.append(Schedule(rates, 0.0, found.start(), found.end(), MEDIUM))
    return listed


def _declining(text: str) -> list[Schedule]:
    """7% in the first year, declining by 1% each year to 0% after the seventh."""
    found = _DECLINES.search(text)
    if not found or _DECLINES_TOO.search(text, found.start(5)):
        return []
    one = _declined(found)
    return [one] if one else []


_DECLINES_TOO = re.compile(r"\d\s?%[^.;%]{0,80}(?:declin|decreas|reduc|dropp|fall)", re.IGNORECASE)


_SOME_YEARS = re.compile(r"(?<![a-z\d])(?:2|two|3|three)(?![a-z\d])|second|third|other|half|month|quarter", re.IGNORECASE)


def _declined(found: re.Match[str]) -> Schedule | None:
    if _SOME_YEARS.search(found[2]) or _SOME_YEARS.search(found[4]):
        return None
    first, step = float(found[1]), float(found[3])
    years = round(first / step) if step else 0
    if not 3 <= years <= 15 or abs(years * step - first) > 1e-9:
        return None
    said = [number(one[1] or one[2]) for one in _AFTER.finditer(found[5])]
    said += [number(one[1] or one[2]) - 1 for one in _IN.finditer(found[5])]
    if any(one != years for one in said):
        return None
    rates = [round(first - place * step, 4) for place in range(years)]
    return Schedule(rates, 0.0, found.start(), found.end(), HIGH if said else MEDIUM)


# --- tables ----------------------------------------------------------------------------------------------------------

_ROW_YEAR = re.compile(rf"(?:{_YEARS}\s+)?({ORDINAL}|0)({_ON})?(?:\s+years?)?", re.IGNORECASE)
_FIRST = re.compile(r"(?:less\s+than|under)\s+(?:1|one)(?:\s+years?)?", re.IGNORECASE)
_THEREAFTER = re.compile(r"thereafter|after\s+that|later", re.IGNORECASE)
_CELL_RATE = re.compile(rf"({_RATE})\s?%|none|0")


def in_tables(document: Document) -> Iterator[tuple[Line, str, Schedule]]:
    """The schedules that stand in tables, years across or down, with their first line and their words."""
    lines = [line for line in document.lines if line.cells]
    taken = 0
    for place, line in enumerate(lines):
        if place < taken:
            continue
        above = " ".join(one.text for one in lines[max(place - 4, taken) : place])
        near = " ".join(one.text for one in lines[max(place - 4, 0) : place + 2])
        follows = 0 < place - taken < 4 and taken > 0  # another table of the kind
        if not follows and not (_CHARGES.search(near) and re.search(r"(?<![a-z])years?(?![a-z])", near, re.IGNORECASE)):
            continue
        if of_other(above):
            continue
        across = _across(lines[place : place + 6])
        rates, always = across or _down(lines[place : place + 20], lines[place - 1] if place else None) or ([], None)
        if _likely(rates):
            taken = place + (2 if across else len(rates))
            text = " / ".join(one.text for one in lines[place:taken])
            yield line, text, Schedule(rates, always, 0, len(text))


_CHARGES = re.compile(CHARGE.pattern.replace("surrender", r"surrender(?!\s+values?)"), re.IGNORECASE)


def _across(lines: list[Line]) -> tuple[list[float], float | None] | None:
    if len(lines) < 2 or not re.search("year", lines[0].cells[0].text, re.IGNORECASE):
        return None
    years = lines[0].cells[1:]
    rows = list(itertools.takewhile(lambda one: len(one.cells) == len(years) + 1 and _is_rates(one), lines[1:]))
    named = [row for row in rows if CHARGE.search(row.cells[0].text)]
    own = [row for row in named or rows if not _OTHERS.search(row.cells[0].text)]
    if len(own) != 1 or len(years) < 3:
        return None
    return _schedule(list(zip(years, own[0].cells[1:], strict=True)))


def _is_rates(line: Line) -> bool:
    return all(_CELL_RATE.fullmatch(cell.text.strip().lower()) for cell in line.cells[1:])


_AGES = re.compile(r"(?:issue\s+|attained\s+)?ages?(?![a-z])", re.IGNORECASE)


def _down(lines: list[Line], before: Line | None) -> tuple[list[float], float | None] | None:
    if before is not None and len(before.cells) > 1 and _CELL_RATE.fullmatch(before.cells[-1].text.lower()):
        return None  # a year that was not understood stands above
    if before is not None and _AGES.match(before.cells[0].text):
        return None
    pairs = []
    for line in lines:
        if len(line.cells) != 2 or not _CELL_RATE.fullmatch(line.cells[1].text.lower()):
            break
        pairs.append((line.cells[0], line.cells[1]))
    return _schedule(pairs) if len(pairs) > 2 else None


def _schedule(pairs: list[tuple[Cell, Cell]]) -> tuple[list[float], float | None] | None:
    """Years and rates beside each other, where the years count from 0 or 1 and each rate is one."""
    rates: list[float] = []
    start: int | None = None
    for place, (label, cell) in enumerate(pairs):
        year = _ROW_YEAR.fullmatch(label.text.strip())
        rate = _CELL_RATE.fullmatch(cell.text.strip().lower())
        after = bool(_THEREAFTER.fullmatch(label.text.strip()))
        first = not rates and _FIRST.fullmatch(label.text.strip()) is not None
        if rate is None or not (year or first or (after and rates)):
            return None
        value = float(rate[1] or 0)
        if after or (year and year[2]):
            return (rates if after else [*rates, value], value) if place == len(pairs) - 1 else None
        at = number(year[1]) if year else 0
        start = at if start is None else start
        if start not in (0, 1) or at != start + place:
            return None
        rates.append(value)
    return rates, 0.0 if rates and rates[-1] == 0 else None
