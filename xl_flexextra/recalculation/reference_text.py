"""What the text of a reference says: whole columns or rows, and the parts of a structured one."""

from __future__ import annotations

import re

from ..ooxml.refs import MAX_COLUMN, MAX_ROW, Range, column_number
from .formula_tree import Beyond

_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})\Z")
_ROWS = re.compile(r"\$?(\d{1,7}):\$?(\d{1,7})\Z")


def whole(text: str) -> Range | None:
    """``B:D`` or ``2:5``."""
    if match := _COLUMNS.match(text):
        left, right = sorted((column_number(match[1]), column_number(match[2])))
        return Range(1, left, MAX_ROW, right) if right <= MAX_COLUMN else None
    if match := _ROWS.match(text):
        top, bottom = sorted((int(match[1]), int(match[2])))
        return Range(top, 1, bottom, MAX_COLUMN) if top >= 1 and bottom <= MAX_ROW else None
    return None


def parts(inside: str) -> tuple[list[str], list[str]]:
    """The items (#Data …, in lower case) and the column names of a structured reference."""
    items: list[str] = []
    columns: list[str] = []
    text = inside.strip()
    if text.startswith("@"):
        items.append("#this row")
        text = text[1:].strip()
    if text and not text.startswith("["):
        text = f"[{text}]"
    at = 0
    pattern = re.compile(r"\s*[,:]?\s*(?:\[((?:[^\[\]']|'.)*)\]|([^\[\],:]+))\s*")  # XlsxWriter writes columns bare
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            raise Beyond(inside)
        word = match[1] if match[1] is not None else match[2]
        word = word.strip() if word.lstrip().startswith("#") else word
        if word.startswith("#"):
            items.append(word.lower())
        else:
            columns.append(re.sub(r"'(.)", r"\1", word))
        at = match.end()
    return items, columns
