"""What runs where: which functions and conventions the LAMBDAs know, and why not the others."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ... import catalogue
from ...terms.keys import Key
from . import known_terms
from .definitions import definitions

LESS = {
    "CONTRACT_AATR": "periods as codes, not in words",
    "CONTRACT_FIGURE": "periods as codes, not in words",
    "CONTRACT_PATH": "periods as codes, not in words",
    "PERFORMANCE_TABLE": "periods as codes, not in words",
    "PERIOD_BASE_DATE": "periods as codes, not in words",
    "MONEY_WEIGHTED_RETURN": "through Excel's XIRR",
}
"""What a LAMBDA has less than the function of the add-in, where its arguments do not say it."""

LISTS = ("FX_HELP", "FX_CHOICES", "FX_KINDS", "FX_TEXTS", "FX_NUMBERED", "FX_CHANGING", "FX_ABOUT")


class Convention(NamedTuple):
    """A key of terms with what the LAMBDAs make of it: its choices that they know, and those that they refuse."""

    key: str
    spec: Key
    known: tuple[str, ...]
    refused: tuple[str, ...]
    used: bool


def native(name: str) -> bool:
    """Whether a function is a LAMBDA, too."""
    return name in definitions()


def conventions() -> list[Convention]:
    """Every key of terms, those of a listed charge without its number."""
    found = []
    for key, spec in known_terms.every_key().items():
        refused = tuple(choice for choice in spec.choices if (key, choice) in known_terms.REFUSED)
        known = tuple(choice for choice in spec.choices if choice not in refused)
        found.append(Convention(key, spec, known, refused, _asks(key)))
    return found


@functools.lru_cache(maxsize=1)
def _source() -> str:
    """The formulas that calculate, without the lists of what may be given."""
    return "\n".join(one.formula for name, one in definitions().items() if not name.startswith(LISTS))


def _asks(key: str) -> bool:
    """Whether a formula asks for a term: by its key, or a charge's by its field."""
    stem, _, field = key.partition(".")
    written = [f'"{key}"', f'"{key}.']
    if stem in {"annual_charge", "rider", "charge"}:
        written += [f'"{field}"', f'.{field}"']
    return any(text in _source() for text in written)


def functions() -> list[tuple[str, bool, str]]:
    """Every worksheet function, whether it is a LAMBDA, and what is to be said of it."""
    return [
        (one.name, native(one.name), LESS.get(one.name, "") if native(one.name) else one.not_native)
        for one in catalogue.functions()
    ]
