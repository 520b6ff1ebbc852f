"""Recomputed figures against the printed page."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..cells.rounding import rounded_percent, without_noise
from ..errors import BadInput, FlexExtraError
from ..inputs.input_tables import Published

TIES, ROUNDING, KNOWN, OPEN = "ties", "rounding", "known break", "open"


def difference(recomputed: float, published: float, decimals: int = 2, rule: str = "half_away") -> float:
    """Recomputed, rounded as printed, less published, in units of the last printed digit (hundredths of a percent)."""
    apart = (_printed(recomputed, decimals, rule) - _printed(published, decimals, rule)) * 10.0**decimals
    if not math.isfinite(apart):
        raise BadInput(f"'recomputed' and 'published' are too large for returns (got {recomputed:g} and {published:g}).")
    return float(round(apart))


_printed = functools.lru_cache(maxsize=4096)(rounded_percent)  # a review asks for the same figures again and again


def verdict(recomputed: float, published: float, decimals: int = 2, known_break: str = "", rule: str = "half_away") -> str:
    """``ties``; ``rounding`` (the printed digit differs, the figures by less than one such digit); ``known break: why``;
    else ``open``."""
    return _verdict(difference(recomputed, published, decimals, rule), recomputed, published, decimals, known_break)


def _verdict(apart: float, recomputed: float, published: float, decimals: int, known_break: str) -> str:
    """The verdict on figures that are so many printed digits apart."""
    if apart == 0:
        return TIES
    if known_break:
        return f"{KNOWN}: {known_break}"
    return ROUNDING if _digits_apart(recomputed, published, decimals) < 1 else OPEN


def _digits_apart(recomputed: float, published: float, decimals: int) -> float:
    """How many printed digits two figures are apart, on their shortest decimals: 0.1235 and 0.1234 exactly one."""
    from decimal import Decimal

    one, other = (Decimal(repr(without_noise(float(value)))) for value in (recomputed, published))
    return float(abs(one - other).scaleb(decimals + 2))


@dataclass(frozen=True, slots=True)
class Tied:
    """One printed percentage beside the recomputed one (or the error that stands for it)."""

    published: Published
    recomputed: float | FlexExtraError
    difference: float
    verdict: str

    @property
    def ties(self) -> bool:
        """Whether the figures agree to the printed digit."""
        return self.verdict == TIES


def tie(published: Published, recomputed: Any, decimals: int = 2, rule: str = "half_away") -> Tied:
    """One figure tied out; a figure that cannot be computed is open, with its sentence."""
    if isinstance(recomputed, FlexExtraError):
        return Tied(published, recomputed, float("nan"), f"{OPEN}: {recomputed}")
    if recomputed != recomputed:
        return Tied(published, recomputed, float("nan"), f"{OPEN}: no history for the period")
    apart = difference(recomputed, published.value, decimals, rule)
    word = _verdict(apart, recomputed, published.value, decimals, published.known_break)
    return Tied(published, recomputed, apart, word)


def headline(tied: Sequence[Tied]) -> str:
    """``112 of 112 published figures tie``"""
    return f"{sum(t.ties for t in tied)} of {len(tied)} published figures tie"


def hundredfold(tied: Iterable[Tied]) -> float:
    """100 or 0.01 where most figures are about that many times what was published, else 1: percentages and fractions
    were taken for each other."""
    ratios = [
        t.recomputed / t.published.value
        for t in tied
        if not isinstance(t.recomputed, FlexExtraError) and t.recomputed == t.recomputed and t.published.value
    ]
    for factor in (100.0, 0.01):
        like = sum(1 / 1.5 < ratio / factor < 1.5 for ratio in ratios)
        if ratios and like >= 0.75 * len(ratios):
            return factor
    return 1.0


def breaks(tied: Iterable[Tied]) -> list[Tied]:
    """The figures that do not tie, known breaks among them."""
    return [t for t in tied if not t.ties]
