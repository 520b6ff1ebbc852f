"""Small questions about lines, titles and names, asked where tables are understood."""

from __future__ import annotations

import re

from ..cells import footnotes
from . import blocks, captions, printed_text
from .document import Cell, Line

BULLET = re.compile(r"^(?:[-*•▪·●○]\s|\d{1,2}[.)]\s)")


def titles(line: Line) -> bool:
    """Whether a line is a title that speaks of returns."""
    return short(line) and captions.says_returns(line.text)


def short(line: Line) -> bool:
    """Whether a line is short enough for a title."""
    text = line.text.strip()
    return (
        3 < len(text) <= 160
        and not BULLET.match(text)
        and (not blocks.is_prose(line) or _names_returns(text))
        and not text.endswith((".", ";", ","))
    )


_LABEL = r"(?:(?:table|exhibit|schedule|chart)\s+[\w-]{1,6}[.:]?\s+)?"
_RETURNS = re.compile(
    _LABEL + r"(?:(?:non-?)?standardi[sz]ed|average|annual|cumulative|calendar|total|monthly|quarterly)(?![a-z])"
    r"[^.;]*returns?(?![a-z])[^.;]*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?<![a-z])(?:is|are|was|were|do|does|did|reflects?|includes?|shows?|may|will|would|has|have)(?![a-z])"
)


def has_verb(text: str) -> bool:
    """Whether a text is a sentence and no name, by its verb."""
    return _SENTENCE.search(text) is not None


def _names_returns(text: str) -> bool:
    """Whether a line of small words is a title all the same: it begins with the kind of its returns and has no verb."""
    if _SENTENCE.search(text):
        return False
    behind = re.split(r"\s[-–—]\s|:\s", text)[-1]  # Base Contract – average annual total returns as of June 30, 2013
    return _RETURNS.fullmatch(text) is not None or _RETURNS.fullmatch(behind) is not None


def bare_day(title: str) -> str:
    """The one date of a title; empty where it has none, or several."""
    days = printed_text.dates(title)
    return days[0] if len(days) == 1 else ""


def tidy_title(title: str) -> str:
    """A title without signs around it."""
    return footnotes.without_marks(" ".join(title.split()))[0].strip(" #*_")


def tidy_name(name: str) -> str:
    """A fund's name without bullets, leaders and lonely marks."""
    plain = re.sub(r"\s[*†‡]+(?=\s|$)", "", BULLET.sub("", name))
    plain = footnotes.without_marks(plain)[0]
    return " ".join(plain.replace("\n", " ").split()).strip(" :;")


def is_day(text: str) -> bool:
    """Whether a cell is a date and nothing else."""
    bare = footnotes.without_marks(text)[0].strip("() ")
    return printed_text.DATE.fullmatch(bare) is not None or printed_text.PART_DATE.fullmatch(bare) is not None


def within(cell: Cell, span: tuple[float, float]) -> bool:
    """Whether a cell reaches into bounds."""
    return cell.overlap(*span) > 0


def merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Bounds that overlap, as one."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def tells_apart(heading: str) -> bool:
    """Whether a heading over some columns says more of them than measure, contract or last day."""
    said = captions.contracts_in(heading) or captions.kind_of(heading) or captions.as_of(heading)
    return not said and any(map(str.isalpha, heading))


def is_name(text: str) -> bool:
    """Whether a cell may name something: it has letters, and is no date."""
    return len(re.findall(r"[^\W\d_]", text)) > 1 and not is_day(text)
