"""The July 2008 sample: published facts, inferred shares, **constructed** unit values.

The unit values were built so that the rule gives all 112 published figures; they are not historical. Whatever shows
them carries :data:`LABEL`.
"""

from __future__ import annotations

import csv
import datetime
import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..typing import Cell

__all__ = ["AS_OF", "FILES", "FOLDER", "LABEL", "holidays", "paragraphs", "path", "rows", "text"]

from ..cells import dates_in_words, number_text

LABEL = "Unit values constructed: proves the rule, not the data"
AS_OF = datetime.date(2008, 7, 31)
FOLDER = Path(__file__).parent
FILES = {
    "UnitValues": "unit_values.csv",
    "Funds": "funds.csv",
    "Shares": "charge_shares.csv",
    "InterestRates": "interest_rates.csv",
    "Published": "published_returns.csv",
    "Oddities": "oddities.csv",
    "Sources": "sources.csv",
    "Holidays": "holidays.csv",
}


TERMS = {"FlexibleTerms": "flex_extra_flexible", "SingleTerms": "flex_extra_single"}
"""The contracts of the sample, by the tables of their terms."""


def path(table: str) -> Path:
    """The file of a sample table."""
    return FOLDER / FILES[table]


@functools.lru_cache(maxsize=16)
def _rows(table: str) -> tuple[tuple[Cell, ...], ...]:
    from .. import terms
    from ..inputs.unit_values import UnitValues

    contract = TERMS.get(table)
    if contract:
        return (("Term", "Value"), *((term, value) for term, value, _, _ in terms.load(contract).rows()))
    with path(table).open(encoding="utf-8", newline="") as file:
        lines = [tuple(_cell(cell) for cell in row) for row in csv.reader(file)]
    if table == "UnitValues":
        return tuple(tuple(row) for row in UnitValues.from_rows([list(line) for line in lines]).rows())
    return tuple(lines)


def rows(table: str) -> list[list[Cell]]:
    """A sample table as its range in a workbook: a header row, dates as dates, numbers as numbers."""
    return [list(row) for row in _rows(table)]


def holidays() -> tuple[tuple[datetime.date, str], ...]:
    """The days that are no business days, with their names."""
    return tuple((day, str(name)) for day, name in rows("Holidays")[1:] if isinstance(day, datetime.date))


def text(name: str) -> tuple[str, ...]:
    """A text of the sample, paragraph by paragraph: the editable notes and disclosures."""
    return paragraphs((FOLDER / name).read_text(encoding="utf-8"))


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank; a leading list mark or number is dropped."""
    return tuple(line.strip().lstrip("-*# ").strip() for line in text.splitlines() if line.strip())


def _cell(text: str) -> Cell:
    if not text:
        return None
    number = number_text.parsed(text)
    return number if number is not None else dates_in_words.parsed(text) or text
