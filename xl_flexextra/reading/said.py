"""What a document says of contract terms: a value with its words and its place; and its running text by paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .document import Document, Line

HIGH, MEDIUM, LOW = "high", "medium", "low"

FOR = re.compile(r"\s*,?\s*(?:for|under)\s+(?:the\s+)?((?:[A-Z][\w&'’/-]*\s+){1,7}(?:Contracts?|Annuity|Policy))")
"""A contract named behind an amount or a schedule."""


@dataclass(frozen=True, slots=True)
class Said:
    """One value that the document prints for a key of the terms."""

    key: str
    value: str  # as TOML has it
    words: str
    line: Line
    contract: str = ""  # as printed; empty where it is said of all
    confidence: str = HIGH


def paragraphs(document: Document) -> Iterator[tuple[Line, str]]:
    """Running text with lines of a paragraph put together, each by its first line."""
    held: list[Line] = []
    for line in document.lines:
        text = line.text
        runs = len(line.cells) == 1 and not line.grid and text[:1].strip()
        if held and (not runs or len(held[-1].text) < 45 or re.match(r"(?:[-•▪]|\d{1,2}\.|\*+|\(\d+\))\s?", text)):
            yield held[0], " ".join(one.text for one in held)
            held = []
        if runs and sum(len(one.text) for one in held) < 20_000:
            held.append(line)
        elif text and len(text) > 20:
            yield line, text
    if held:
        yield held[0], " ".join(one.text for one in held)


def around(text: str, start: int, end: int, most: int = 160) -> str:
    """The words of a source: what was read, with a little before it."""
    full_stop = text.rfind(". ", 0, start)
    begin = 0 if full_stop < 0 else full_stop + 2
    if begin < start - 60:  # at a word
        begin = text.find(" ", start - 60, start) + 1 or start
    return " ".join(text[begin : min(end, begin + most)].split())
