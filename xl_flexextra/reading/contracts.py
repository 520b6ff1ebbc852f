"""The contracts of a document: one name for each, however captions and headings write it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_COMMON = {"contract", "contracts", "annuity", "policy", "the", "of", "a", "variable", "payment", "purchase", "premium"}


def words(name: str) -> list[str]:
    """The words of a name, small."""
    return re.findall(r"[a-z0-9]+", name.lower())


def slug(name: str) -> str:
    """A name for formulas: small letters and underscores.

    >>> slug("Flexible Purchase Payment Contract")
    'flexible_purchase_payment_contract'
    """
    return "_".join(words(name))[:60] or "contract"


@dataclass
class Contracts:
    """``names`` as tables print them; ``known``: title, name and code of contracts whose terms are known."""

    names: list[str] = field(default_factory=list)
    known: Sequence[tuple[str, str, str]] = ()
    given: dict[str, str] = field(default_factory=dict)  # codes that a person confirmed

    def distinguishing(self, name: str) -> set[str]:
        """The words of a name that not every contract of the document has."""
        count = Counter(word for one in self.names for word in set(words(one)))
        common = {word for word, often in count.items() if often == len(self.names)} if len(self.names) > 1 else _COMMON
        return {word for word in words(name) if word not in common and word not in _COMMON} or set(words(name))

    def own(self, name: str) -> str:
        """The contract that a printed name means: the one with the same distinguishing words; empty where none is."""
        if name in self.names:
            return name
        own = set(words(name))
        found = [one for one in self.names if self.distinguishing(one) <= own]
        return found[0] if len(found) == 1 else ""

    def code(self, name: str) -> str:
        """The code of a contract in the published figures: that of the known terms, else its distinguishing words."""
        if known := self.given.get(name) or self.of_known(name):
            return known
        if not name:
            return ""
        return "_".join(word for word in words(name) if word in self.distinguishing(name)).upper()[:40]

    def of_known(self, name: str) -> str:
        """The code of the known contract that a printed name means; empty where none is, or several may be."""
        mine = self.distinguishing(name) if name else set()
        fits = [code or own for title, own, code in self.known if mine and mine <= set(words(f"{title} {own}"))]
        return fits[0] if len(fits) == 1 else ""
