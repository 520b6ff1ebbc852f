"""The lists of keys and choices that the LAMBDAs know, generated from the table of conventions."""

from __future__ import annotations

from ...inputs.fund_table import FUND_TABLE
from ...inputs.measures import MEASURES
from ...terms.charge_keys import CHARGE_KEYS
from ...terms.keys import KEYS, Key

REFUSED: frozenset[tuple[str, str]] = frozenset({("shares.sum", "one")})
"""Choices that the LAMBDAs do not calculate: #VALUE!, never another convention."""

LISTED = "charge."
SCHEDULES = ("cdsc.schedule", "free_withdrawal.schedule")
_NUMBER = ("0 or 1", "part", "whole", "decimals")
_OF_KIND = {
    "fraction": ("0 or 1", "part"),
    "count": ("0 or 1", "whole"),
    **dict.fromkeys(("dollars", "multiple"), _NUMBER),
    **dict.fromkeys(("text", "date", "fractions"), ("text", *_NUMBER)),
}
"""What a value that is no choice may be, by the kind of its key: a text, or a number of a sort."""


def every_key() -> dict[str, Key]:
    """The keys of terms; those of a listed charge without its number: charge.rate."""
    return {**KEYS, **{f"{LISTED}{field}": key for field, key in CHARGE_KEYS.items()}}


def lists() -> dict[str, list[str]]:
    """The names of the lists, each with its items."""
    keys = every_key()
    choices = [
        f"{name}={choice}"
        for name, key in keys.items()
        for choice in [*key.choices, *key.also]
        if (name, choice) not in REFUSED
    ]
    sorts = {"": _OF_KIND["fraction"], **{name: _OF_KIND.get(key.kind, ()) for name, key in keys.items()}}
    return {
        "FX_CHOICES": choices,
        "FX_KINDS": ["=", *(f"{name}: {sort}" for name, ones in sorts.items() for sort in ones)],  # = where nothing is given
        "FX_TEXTS": [name for name, ones in sorts.items() if "text" in ones],
        "FX_NUMBERED": list(dict.fromkeys(one.partition("=")[0] for one in choices if one.partition("=")[2].isdigit())),
        "FX_CHANGING": [name for name, key in keys.items() if key.may_change],
        "FX_MEASURES": list(MEASURES),
        "FX_PERCENTAGES": [name for name, one in MEASURES.items() if one.is_percent],
    }


def headings() -> list[tuple[str, str]]:
    """The headings by which the columns of the funds table are known, each with the column's own name."""
    return [
        (heading, column.name) for column in FUND_TABLE.columns for heading in dict.fromkeys((column.name, *column.headings))
    ]
