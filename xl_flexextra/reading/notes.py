"""The notes below tables: which are cited, which are printed, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import printed_text
from .reading import Reading
from .tables import Understood

Found = Iterable[tuple[str, str]]  # where, what
_NOTE = re.compile(r"\s*(?:\(?(\d{1,2})[.)]\)?|\^?\{?([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})\}?)\s+(?=\S)")
_UNNUMBERED = re.compile(r"\s*[-•▪●]\s+\S")


def _sections(reading: Reading) -> Iterable[tuple[list[Understood], set[int], list[tuple[int, str, str]], int]]:
    """Tables that share a list of notes: the tables, the numbers cited, the notes below, and how many have no number."""
    tables = [one for one in reading.tables if one.block is not None and one.figures]
    lines = reading.document.lines
    place = {id(line): at for at, line in enumerate(lines)}
    shared: list[Understood] = []
    for at, table in enumerate(tables):
        shared.append(table)
        assert table.block is not None
        begin = place[id(table.block.lines[-1])] + 1 if id(table.block.lines[-1]) in place else 0
        following = tables[at + 1].block if at + 1 < len(tables) else None
        end = place.get(id(following.lines[0]), len(lines)) if following else len(lines)
        numbered: list[tuple[int, str, str]] = []
        bare = 0
        for line in lines[begin:end]:
            if found := _NOTE.match(line.text):
                digits = found[1] or found[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
                if len(line.text) > 30:
                    numbered.append((int(digits), line.text[found.end() :], line.place))
            elif _UNNUMBERED.match(line.text) and len(line.text) > 30:
                bare += 1
                numbered.append((-bare, line.text, line.place))
        if numbered:
            yield shared, _cited(shared), numbered, bare
            shared = []
    if shared:
        yield shared, _cited(shared), [], 0


def _cited(tables: list[Understood]) -> set[int]:
    marks: set[str] = set()
    for table in tables:
        for fund in table.funds:
            marks |= set(fund.marks)
        texts = [head.text for head in table.heads] + table.corner
        for text in texts:
            marks |= set(printed_text.marks_in(text))
    return {int(mark) for mark in marks if mark.isdigit()}


def numbering(reading: Reading) -> Found:
    """Notes cited and not printed, printed and not cited, or printed without their numbers."""
    for tables, cited, notes, bare in _sections(reading):
        first = tables[0].block.first.place if tables[0].block else ""
        printed = {number for number, _, _ in notes if number > 0}
        if bare and cited and not printed:
            yield notes[0][2], f"notes are cited as {_numbers(cited)} and printed as a list of {bare} without numbers"
            continue
        if missing := cited - printed:
            yield first, f"note {_numbers(missing)} is cited and not printed below"
        if cited and (idle := printed - cited):
            yield (
                next(where for number, _, where in notes if number in idle),
                f"note {_numbers(idle)} is printed and cited nowhere",
            )


def _numbers(given: set[int]) -> str:
    return ", ".join(map(str, sorted(given)))


def on_wrong_tables(reading: Reading) -> Found:
    """A note that says that charges are reflected, cited in a table before charges."""
    for tables, _, notes, _ in _sections(reading):
        by_number = {abs(number): (text, where) for number, text, where in notes}
        for table in tables:
            if table.context is None or table.context.charges != "asset":
                continue
            for number in sorted(_cited([table])):
                text, where = by_number.get(number, ("", ""))
                if re.search(
                    r"reflects?\s+(?:all\s+|any\s+)?(?:applicable|contract)\s+(?:level\s+)?charges", text, re.IGNORECASE
                ):
                    yield (
                        where,
                        f"note {number} says that charges are reflected, and hangs on {table.context.title!r}, "
                        "which is before contract charges",
                    )
