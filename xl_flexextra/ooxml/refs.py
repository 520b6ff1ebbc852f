"""Cell addresses and ranges, alone and inside formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384


def column_letters(column: int) -> str:
    """``28`` is ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``AB`` is ``28``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Range:
    """Rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first = f"{column_letters(self.left)}{self.top}"
        last = f"{column_letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def full(self) -> str:
        """With a colon even for one cell, as a table's ref is written."""
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"

    def meets(self, other: Range) -> bool:
        """Whether they have a cell in common."""
        return (
            self.top <= other.bottom and other.top <= self.bottom and self.left <= other.right and other.left <= self.right
        )

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?\Z")


def parse_range(text: str) -> Range | None:
    """``B2:D9`` or ``$B$2``; None where the text is neither."""
    match = _RANGE.match(text.strip())
    if match is None:
        return None
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    if not (1 <= top <= bottom <= MAX_ROW and left <= right <= MAX_COLUMN):
        return None
    return Range(top, left, bottom, right)


_IN_FORMULA = re.compile(
    r"""(?P<skip>"(?:[^"]|"")*"                                  # text
        |\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\](?![^\s!,;()+\-*/^&=<>]*!))  # structured reference
    |(?P<sheet>'(?:[^']|'')+'!|(?:\[\d+\])?[\w.\u0080-\uffff]+(?::[\w.\u0080-\uffff]+)?!)?
     (?P<ref>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})?)(?![\w.(!\[\u0080-\uffff])
    |(?P<word>[\w.\u0080-\uffff\\?$]+)""",
    re.VERBOSE,
)
_CORNERS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)(?::(\$?)([A-Za-z]{1,3})(\$?)(\d+))?\Z")


def map_formula(formula: str, sheet: str | None, target: str, edit: Callable[[Range, bool], Range | None]) -> str:
    """A formula with its references into the sheet ``target`` changed by ``edit(range, has_colon)``.

    ``sheet`` is the sheet that the formula stands on, or None where every reference names its sheet. Text, structured
    references, other workbooks and references over several sheets are left as they are.
    """

    def replace(match: re.Match[str]) -> str:
        reference = match["ref"]
        if reference is None:
            return match[0]
        qualifier = match["sheet"]
        if qualifier is None:
            if sheet is None or sheet.lower() != target.lower():
                return match[0]
        elif sheet_name(qualifier).lower() != target.lower():
            return match[0]
        old = parse_range(reference)
        if old is None:
            return match[0]
        new = edit(old, ":" in reference)
        if new is None or new == old:
            return match[0]
        corners = _CORNERS.match(reference)
        assert corners is not None
        text = f"{corners[1]}{corners[2]}{corners[3]}{new.top}"
        if corners[8]:
            text += f":{corners[5]}{corners[6]}{corners[7]}{new.bottom}"
        return (qualifier or "") + text

    return _IN_FORMULA.sub(replace, formula)


def sheet_name(qualifier: str) -> str:
    """The sheet's name in a qualifier such as ``'Unit values'!``; with its workbook number where it has one."""
    name = qualifier.removesuffix("!")
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return name
