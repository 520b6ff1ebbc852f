"""Where each contract's terms stand: the name of its sheet and of its table, valid in Excel and unlike all others."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Sequence

from .. import sample
from ..review.closed_form import BEFORE
from ..terms import Terms
from .layout import DATA_SHEETS, NATIVE_SHEETS, REVIEW_SHEETS, START, UPDATE_SHEETS

LONGEST = 31  # UTF-16 units of a sheet's name
KEPT_BY_EXCEL = "History"
_JOINING = "-,;&+(\N{EN DASH}\N{EM DASH}"  # what no cut name ends in
_BRACKETED = re.compile(r"[\[\]:*?/\\]")
# contracts whose sheets the documentation names; every other sheet is called by the contract's title
KNOWN = {contract: table for table, contract in sample.TERMS.items()} | {BEFORE.lower(): "BeforeTerms"}


def terms_table(terms: Terms, contracts: Sequence[Terms]) -> str:
    """The table name of one of a workbook's contracts: FlexibleTerms for flex_extra_flexible."""
    return names(tuple(contracts))[list(contracts).index(terms)][1]


@functools.lru_cache(maxsize=32)
def names(contracts: tuple[Terms, ...]) -> tuple[tuple[str, str], ...]:
    """The name of the sheet and of the table of each contract, in order."""
    sheets, tables = {KEPT_BY_EXCEL, START, *UPDATE_SHEETS, *DATA_SHEETS, *REVIEW_SHEETS, *NATIVE_SHEETS}, set[str]()
    found = []
    for terms in contracts:
        known = KNOWN.get(terms.name)
        title = f"{known.removesuffix('Terms')} terms" if known else terms.title
        found.append((sheet_name(title, sheets), _table_name(known or terms.name, tables)))
        sheets.add(found[-1][0])
        tables.add(found[-1][1])
    return tuple(found)


def sheet_name(title: str, taken: Collection[str]) -> str:
    """A title as the name of a sheet: without what Excel forbids, cut, and unlike those taken."""
    plain = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in _BRACKETED.sub(" ", title))
    plain = " ".join(plain.split()).strip("' ") or "Terms"
    lower = {name.casefold() for name in taken}
    name, count = _cut(plain, LONGEST), 1
    while name.casefold() in lower:
        count += 1
        name = _cut(plain, LONGEST - len(f" ({count})")) + f" ({count})"
    return name


def _cut(text: str, units: int) -> str:
    """A text of at most so many UTF-16 units, which ends with a word where one ends in its second half; never in half a
    letter, a blank, an apostrophe or a sign that joins."""
    cut = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
    if cut != text and not text[len(cut)].isspace():
        words, blank, _ = cut.rpartition(" ")
        cut = words if blank and 2 * len(words) >= len(cut) else cut
    return cut.rstrip("' " + ("" if cut == text else _JOINING))


def _table_name(name: str, taken: Collection[str]) -> str:
    """A table's name from the last word of the contract's: letters and digits, not one taken, ending in Terms."""
    words = name.removesuffix("Terms").replace("_", " ").split()
    letters = "".join(c for c in (words[-1] if words else "") if c.isalpha() or c in "0123456789").capitalize()
    word = letters if letters[:1].isalpha() else f"Contract{letters}"
    lower = {one.casefold() for one in taken}
    found, count = f"{word[:200]}Terms", 1
    while found.casefold() in lower:
        count += 1
        found = f"{word[:200]}{count}Terms"
    return found
