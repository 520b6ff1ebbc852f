"""Other forms of surrender charges by year: year 1: 7%; 7%, 6%, 5% in years 1 to 3; declining by 1% a year; tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .document import Cell, Document, Line
from .said import HIGH, MEDIUM

CHARGE = re.compile(r"contingent\s+deferred|cdsc|surrender|withdrawal\s+charge|sales\s+charge", re.IGNORECASE)
_NUMBERS = {
    word: place
    for place, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
} | {
    word: place
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_RATE = r"\d{1,2}(?:\.\d{1,2})?"
_YEARS = r"(?:(?:contract|policy|contribution|premium|payment|completed?|full)\s+)*years?"
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
    r"(?:cdsc|(?:surrender|withdrawal|deferred\s+sales|sales)\s+charges?)[^.%\d]{0,40}$", re.IGNORECASE
)
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


def in_sentences(text: str) -> list[Schedule]:
    """The schedules of a text, each in a sentence that names the charge."""
    found = []
    for sentence in re.finditer(r"(?:[^.]|\.(?!\s+[A-Z]))+", text):
        if CHARGE.search(sentence[0]):
            one = _labelled(sentence[0]) or _listed(sentence[0]) or _declining(sentence[0])
            if one and _likely(one.rates):
                found.append(
                    Schedule(
                        one.rates, one.thereafter, one.start + sentence.start(), one.end + sentence.start(), one.confidence
                    )
                )
    return found


def _likely(rates: list[float]) -> bool:
    """Whether rates fall, from one that a surrender charge may have."""
    return len(rates) > 2 and 2.0 <= rates[0] <= _HIGHEST and rates == sorted(rates, reverse=True) and rates[0] > rates[-1]


def _labelled(text: str) -> Schedule | None:
    """Year 1: 7%; year 2: 6%; year 3 and after: 0%."""
    rates: list[float] = []
    start, end, always = 0, 0, None
    for step in _LABELLED.finditer(text):
        first = number(step[1])
        last = number(step[2]) if step[2] else first
        if not rates and first != 1:
            continue
        if first != len(rates) + 1 or not first <= last < first + 15 or (rates and step.start() - end > 12):
            return None
        start = start if rates else step.start()
        rates += [float(step[4])] * (last - first + 1)
        end = step.end()
        if step[3]:
            always = float(step[4])
            break
    if not rates or re.match(r"[^.%]{0,40}\d\s?%", text[end:]):  # rates that go on in another form
        return None
    return Schedule(rates, always if always is not None else (0.0 if rates[-1] == 0 else None), start, end)


def _listed(text: str) -> Schedule | None:
    """7%, 6%, 5% in years 1 to 3; a CDSC of 7/6/5/4/3/2/1/0%."""
    for found in _LIST.finditer(text):
        if "%" not in found[0] and not text[found.end() :].lstrip().startswith("%"):
            continue
        rates = [float(one) for one in re.findall(_RATE, found[0])]
        if years := _LIST_YEARS.match(text, found.end()):
            if number(years[1]) == 1 and number(years[2]) == len(rates):
                return Schedule(rates, 0.0 if rates[-1] == 0 else None, found.start(), years.end())
        elif _LIST_BEFORE.search(text[: found.start()]) and rates[-1] == 0 and len(rates) > 3:
            return Schedule(rates, 0.0, found.start(), found.end(), MEDIUM)
    return None


def _declining(text: str) -> Schedule | None:
    """7% in the first year, declining by 1% each year to 0% after the seventh."""
    found = _DECLINES.search(text)
    if not found or re.search(r"(?<![a-z\d])(?:2|two|3|three)(?![a-z\d])|second|third", found[2], re.IGNORECASE):
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
        near = " ".join(one.text for one in lines[max(place - 4, 0) : place + 2])
        if not CHARGE.search(near) or not re.search(r"(?<![a-z])years?(?![a-z])", near, re.IGNORECASE):
            continue
        across = _across(lines[place : place + 2])
        rates, always = across or _down(lines[place : place + 20], lines[place - 1] if place else None) or ([], None)
        if _likely(rates):
            taken = place + (2 if across else len(rates))
            text = " / ".join(one.text for one in lines[place:taken])
            yield line, text, Schedule(rates, always, 0, len(text))


def _across(lines: list[Line]) -> tuple[list[float], float | None] | None:
    if len(lines) < 2 or not re.search("year", lines[0].cells[0].text, re.IGNORECASE):
        return None
    years, rates = lines[0].cells[1:], lines[1].cells[1:]
    if len(years) != len(rates) or len(years) < 3:
        return None
    return _schedule(list(zip(years, rates, strict=True)))


def _down(lines: list[Line], before: Line | None) -> tuple[list[float], float | None] | None:
    if before is not None and len(before.cells) > 1 and _CELL_RATE.fullmatch(before.cells[-1].text.lower()):
        return None  # a year that was not understood stands above
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
