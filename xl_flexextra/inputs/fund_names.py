"""The name of a fund is understood here: codes, printed names, aliases and former names of one fund.

Two names are the *same* where they differ only in the case of letters and in blanks: at the ends, doubled, or of another
kind such as the no-break space. They are *alike* where punctuation differs too; a name that is alike to one fund only
means that fund. Names without a letter (0101, 101, 1.01) are never alike: their digits and signs are all they have.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping

from ..cells.patterns import pattern
from ..errors import BadInput

LONGEST = 240  # Excel takes 255, and "(2)" may follow
_SIGNS = pattern(r"[\W_]+")


def tidy(name: str) -> str:
    """A name with one plain blank between its words, and none at its ends."""
    return " ".join(name.split())


def written(argument: str, name: str) -> str:
    """A name as an input gives it, tidy; refused where it holds control characters, which no table of a workbook can."""
    import unicodedata

    clean = tidy(name)
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in clean):
        raise BadInput(f"'{argument}' has the name {clean!r} with a control character in it; take it out.")
    if len(clean) > LONGEST:
        raise BadInput(f"'{argument}' has a name of {len(clean)} letters, {clean[:40]!r} …; a table's head holds {LONGEST}.")
    return clean


@functools.lru_cache(maxsize=4096)
def key(name: str) -> str:
    """What the same names have in common."""
    if not name.isascii():
        import unicodedata

        name = unicodedata.normalize("NFKC", name)
    return tidy(name).casefold()


def loose(name: str) -> str:
    """What names that are alike have in common: their letters and digits."""
    own = key(name)
    plain = _SIGNS.sub("", own)
    return plain if any(map(str.isalpha, plain)) else own


def same(one: str, other: str) -> bool:
    """Whether two names are the same but for case and blanks."""
    return one == other or key(one) == key(other)


def named(name: str, known: Iterable[str]) -> list[str]:
    """Those of the known names that a name means: the one written so, else the same ones, else those that are alike."""
    known = list(dict.fromkeys(known))
    if name in known:
        return [name]
    own = key(name)
    return [one for one in known if key(one) == own] or [one for one in known if loose(one) == loose(name)]


def refuse_repeats(argument: str, names: Iterable[str], keep: str) -> None:
    """Raise where two of the names are the same, with both as they are written."""
    seen: dict[str, tuple[int, str]] = {}
    for place, name in enumerate(names):
        at, first = seen.setdefault(key(name), (place, name))
        if at != place:
            both = "" if first == name else f", as {first!r} and {name!r}"
            raise BadInput(f"'{argument}' has the fund {first!r} twice{both}; keep one {keep}.")


def names_before(names: list[str], held: list[str]) -> dict[str, str]:
    """Each name of new data by the one that is held for it: the same one, else the only one that is alike, of which the
    new data have no other."""
    own = {key(name): name for name in held}
    alike: dict[str, set[str]] = {}
    for name in own.values():
        alike.setdefault(loose(name), set()).add(name)
    taken = {own[key(name)] for name in names if key(name) in own}
    found = {}
    for name in names:
        others = alike.get(loose(name), set()) - taken
        alone = len(others) == 1 and sum(loose(one) == loose(name) for one in names) == 1
        found[name] = own.get(key(name)) or (next(iter(others)) if alone else name)
    return found


class FundNames:
    """Leads every known name of a fund to its code: its printed name, aliases and former names, and aliases of those."""

    def __init__(self, aliases: Mapping[str, str] | None = None) -> None:
        """``aliases``: other names by what they mean, which go before what :meth:`add` says of them."""
        self._given = {key(other): name for other, name in (aliases or {}).items()}
        self._codes: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._written: dict[str, list[str]] = {}
        self._alike: dict[str, set[str]] = {}  # by letters and digits: where names lead
        self.ended: dict[str, datetime.date] = {}
        """Funds that closed or were replaced, by :func:`key`, and the day; their values end there."""
        for other, name in (aliases or {}).items():
            self._alike.setdefault(loose(other), set()).add(name)

    @property
    def codes(self) -> list[str]:
        """The funds that were added."""
        return list(self._codes.values())

    def of(self, codes: Iterable[str]) -> list[str]:
        """The funds' codes, and every other name that was added for them, as written."""
        return [name for code in codes for name in self._written.get(key(code), [code])]

    def add(self, code: str, others: Iterable[str] = ()) -> None:
        """A fund by its code and its other names."""
        self._codes.setdefault(key(code), code)
        for name in (code, *others):
            if name.strip():
                self._written.setdefault(key(code), []).append(name.strip())
                self._others.setdefault(key(name), code)
                self._alike.setdefault(loose(name), set()).add(code)

    def _lead(self, name: str) -> str | None:
        """Where a name leads, as it is but for case and blanks."""
        own = key(name)
        return self._given.get(own) or self._codes.get(own) or self._others.get(own)

    def _chain(self, name: str) -> list[str]:
        """The names to which a name leads, one by one."""
        found: list[str] = []
        seen = {key(name)}
        lead = self._lead(name)
        while lead is not None and (key(lead) not in seen or not found):
            found.append(lead)
            seen.add(key(lead))
            lead = self._lead(lead)
        return found

    def leads(self, name: str) -> list[str]:
        """The codes that a name may mean: none, one, or several to which it is alike."""
        if chain := self._chain(name):
            return chain[-1:]
        ends = {(self._chain(code) or [code])[-1] for code in self._alike.get(loose(name), ())}
        return sorted({key(code): code for code in ends}.values())

    def meant(self, name: str, known: Iterable[str]) -> list[str]:
        """Those of the known names (of columns, of shares) that a name means: none, one, or several that fit equally.

        The name itself goes first, then the names to which it leads, then another name of the same fund; where none of
        these is known as it is, names that are alike.
        """
        known = list(dict.fromkeys(known))
        if name in known:
            return [name]
        by_key: dict[str, list[str]] = {}
        by_letters: dict[str, list[str]] = {}
        for one in known:
            by_key.setdefault(key(one), []).append(one)
            by_letters.setdefault(loose(one), []).append(one)
        chain = [name, *self._chain(name)]
        for step in chain:
            if found := by_key.get(key(step)):
                return found
        if chain[1:] and (found := self._of_one_fund(chain[-1], known)):
            return found
        for step in chain:
            alike = by_letters.get(loose(step), ())
            if found := [one for one in alike if not self._is_another(one, chain)]:
                return found
        codes = self.leads(name)
        several = [one for code in codes for one in by_key.get(key(code)) or self._of_one_fund(code, known)]
        alike = [one for code in codes for one in known if self.leads(one) == [code]]
        alike += [
            one for code in codes for one in by_letters.get(loose(code), ()) if not self._is_another(one, [name, code])
        ]
        return list(dict.fromkeys(several or alike))

    def _is_another(self, one: str, chain: list[str]) -> bool:
        """Whether a name that is alike to one of a fund is written as another fund's."""
        lead = self._chain(one)[-1:]
        return bool(chain[1:] and lead) and not same(lead[0], chain[-1])

    def _of_one_fund(self, code: str, known: Iterable[str]) -> list[str]:
        return [one for one in known if any(same(step, code) for step in self._chain(one)[-1:])]

    def resolve(self, name: str, known: Iterable[str]) -> str | None:
        """The one of the known names that is meant; None where none is, or more than one may be."""
        found = self.meant(name, known)
        return found[0] if len(found) == 1 else None

    def standard(self, name: str) -> str:
        """The code of the fund that a name means; the name itself where it means none, or may mean several."""
        found = self.leads(name)
        return found[0] if len(found) == 1 else name


def either(names: Iterable[str]) -> str:
    """Several names that one may mean, for a sentence."""
    return " or ".join(map(repr, names))
