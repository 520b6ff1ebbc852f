"""Text files for spreadsheets: rows as CSV, and which of their texts a spreadsheet would run as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def lines(rows: Iterable[Sequence[Any]], end: str = "\r\n") -> str:
    """Rows as CSV. No text is changed: a name with a sign before it would be another name."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()


def as_formula(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV takes a text for a formula: also behind blanks, tabs and ends of lines."""
    return text.lstrip()[:1] in _SIGNS or text[:1] in tuple("\t\r\n")


def as_formulas(texts: Iterable[Any]) -> list[str]:
    """Those of some values that a spreadsheet takes for formulas, each once; numbers, and a sign alone, are none."""
    known = (text for text in dict.fromkeys(texts) if isinstance(text, str) and as_formula(text))
    return [text for text in known if len(text.strip()) > 1 and not _number(text)]


def _number(text: str) -> bool:
    try:
        float(text.strip().rstrip("%"))
    except ValueError:
        return False
    return True
