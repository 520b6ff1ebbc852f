"""What a printed figure that does not tie looks like: a slip of the hand, named as a hint and never as a tie."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

PERCENT, FRACTION = "percent, not fraction", "fraction, not percent"
SIGN, POINT, DIGIT, SWAPPED = "sign lost", "decimal point moved", "one digit differs", "two digits swapped"
FEWEST = 10
"""The least that a figure has to be, in printed digits, before its digits tell anything: 0.01% looks like a slip of all."""

TELLING = 100
"""The least in printed digits at which a neighbour's figure is no accident."""


class Line(NamedTuple):
    """A figure among others of its page: ``group`` is what a table has in common. None: there is no number."""

    group: tuple[Any, ...]
    fund: str
    period: str
    published: float | None
    recomputed: float | None


def neighbour(own: Line, others: Iterable[Line], decimals: int, is_percent: bool) -> str:
    """Whose recomputed figure is printed in a figure's place: of the same fund, or of the same period, or nothing."""
    if own.published is None:
        return ""
    printed = digits(as_printed(own.published, is_percent), decimals)
    if abs(printed) < TELLING:
        return ""
    for other in others:
        if other.group != own.group or other.recomputed is None:
            continue
        same = other.fund == own.fund, other.period == own.period
        if same[0] != same[1] and digits(as_printed(other.recomputed, is_percent), decimals) == printed:
            return f"neighbour's column: {other.period}" if same[0] else f"neighbour's row: {other.fund}"
    return ""


def scale_mixed_up(computed: Decimal, printed: int, decimals: int) -> str:
    """Whether one figure is a hundred times the other to the printed digit; the word for it, or nothing.

    ``computed`` is the recomputed figure as it would be printed, not rounded; ``printed`` the other in printed digits.
    """
    ours = digits(computed, decimals)
    if ours == printed:
        return ""
    if abs(ours) >= FEWEST and (
        ours == _rounded(Decimal(printed).scaleb(-2)) or digits(computed.scaleb(2), decimals) == printed
    ):
        return PERCENT
    if abs(printed) >= FEWEST and digits(computed.scaleb(-2), decimals) == printed:
        return FRACTION
    return ""


def slip(computed: Decimal, printed: int, decimals: int) -> str:
    """The slip that makes a computed figure the printed one: a sign, the decimal point, one digit or two; or nothing."""
    ours = digits(computed, decimals)
    if ours and ours == -printed:
        return SIGN
    if abs(printed) >= FEWEST and any(digits(computed.scaleb(k), decimals) == printed for k in (-1, 1, -2, 2, -3, 3)):
        return POINT
    one, other = str(abs(ours)), str(abs(printed))
    width, telling = max(len(one), len(other)), max(len(one.rstrip("0")), len(other.rstrip("0")))
    if telling < 3 or ours * printed <= 0 or abs(ours - printed) == 1 or min(abs(ours), abs(printed)) < FEWEST:
        return ""  # 20.00% beside 30.00% is no slip
    one, other = one.zfill(width), other.zfill(width)
    apart = [place for place in range(width) if one[place] != other[place]]
    if len(apart) == 1:
        return DIGIT
    if len(apart) == 2 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]:
        return SWAPPED
    return ""


def as_printed(value: float, is_percent: bool) -> Decimal:
    """A figure as it is printed, not rounded: a return as its percentage, anything else as it is."""
    return Decimal(repr(float(value))).scaleb(2 if is_percent else 0) if math.isfinite(value) else Decimal(0)


def digits(value: Decimal, decimals: int) -> int:
    """A figure in units of its last printed digit."""
    return _rounded(value.scaleb(decimals))


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP)) if abs(value) < Decimal(10) ** 20 else 0
