"""Signatures bound to what was signed: void as soon as anything is another."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import counted
from .fingerprints import package, short

SIGNED, UNSIGNED, VOID = "signed", "not signed", "VOID"
ROLES = ("Preparer", "Reviewer")


@dataclass(frozen=True)
class Signature:
    """Who signed what, and when. ``mark`` is the short fingerprint of the package that was signed."""

    role: str
    name: str = ""
    date: datetime.date | None = None
    mark: str = ""


def status(signature: Signature, parts: Mapping[str, str], other: str = "", left: str = "") -> str:
    """``signed``, ``not signed`` or ``VOID: why``. ``parts`` are the fingerprints now; ``other`` the other role's name.

    ``left`` is what a signature leaves open (:func:`left_open`): it stands behind ``signed``.
    """
    if not signature.name.strip():
        return UNSIGNED
    if signature.name.strip().casefold() == other.strip().casefold():
        return f"{VOID}: preparer and reviewer are the same person"
    if signature.date is None:
        return f"{VOID}: no date"
    if signature.mark.strip().casefold() != short(package(parts)):
        return f"{VOID}: inputs, terms, formulas or version are not those that were signed"
    return f"{SIGNED}, {left}" if left else SIGNED


def left_open(figures: int, controls: int) -> str:
    """What a signature leaves open, in words: figures that do not tie, and other controls that do not hold."""
    found = [(figures, "figure", "open"), (controls, "other control" if figures else "control", "off")]
    return ", ".join(f"{counted(count, noun)} {word}" for count, noun, word in found if count)


def changed(signed: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of the parts that are no longer what was signed."""
    return sorted(name for name in {*signed, *now} if signed.get(name) != now.get(name))
