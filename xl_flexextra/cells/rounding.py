"""Rounding: half away from zero, on the shortest decimal of the number, cleared of the noise of binary fractions.

:func:`rounded` is for what was computed, here and everywhere; :func:`round_half_away` is a worksheet's ROUND of a number
as it stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NOISE = 5e-15
"""The most by which a few steps of binary arithmetic miss a decimal, as a part of the numbers they had to do with."""


def without_noise(values: Any, places: int = 10, size: Any = 1.0) -> Any:
    """The one rule for the noise of binary fractions: a decimal that arithmetic missed by its last bits is that decimal.

    717.35 / 1000 - 1 is -0.28264999999999996 and 0.06 * 500.75 is 30.044999999999998: by hand -28.265% and 30.045.
    A number is taken for a decimal of up to ``places`` places where it is within 5e-15 of it, measured by the number
    itself, by 1 (a return is a difference from 1), or by ``size``: the numbers whose difference it is. Any other number
    stays as it is.

    Why that is enough: a number read and a step of arithmetic are each off by 1.1e-16 at most, and 5e-15 is 45 of them.
    Why it is never too much: it only decides at a half of the digit that is rounded to, and honest data do not come that
    near to a half without being one. A rate of up to six decimals times cents is at least 1e-8 away; a return of cents
    on a payment of up to a million dollars, or of two unit values of eight digits, 5e-13; dollars carried by such unit
    values 5e-11, which is 5e-15 of 10,000. Beyond those the arithmetic itself cannot tell. Never more than a thousandth
    of the last place either, so that a large number that has no such place keeps its digits.

    Takes and gives a float or an array; NaN and infinities pass through.

    >>> without_noise(717.35 / 1000 - 1), without_noise(0.06 * 500.75), without_noise(1 / 3)
    (-0.28265, 30.045, 0.3333333333333333)
    """
    most = 10.0**-places / 1000
    if isinstance(values, float) and isinstance(size, float | int):  # a cell's call: numpy would take most of its time
        decimal = round(float(values), places)
        return decimal if abs(values - decimal) <= min(NOISE * max(abs(values), size, 1.0), most) else float(values)
    array = np.asarray(values, dtype=float)
    with np.errstate(all="ignore"):
        # few are near a decimal: these are found roughly, to twice the most, and of many numbers only they are looked at
        scaled = array * 10.0**places
        close = np.abs(scaled - np.rint(scaled)) <= 2e-3
        result = array.copy()
        if close.any():
            own = array[close]
            near = own.round(places)
            of = np.broadcast_to(size, array.shape)[close] if np.ndim(size) else size
            allowed = np.minimum(NOISE * np.maximum(np.maximum(np.abs(own), np.abs(of)), 1.0), most)
            result[close] = np.where(np.abs(own - near) <= allowed, near, own)
    return float(result) if result.ndim == 0 else result


def rounded(values: Any, decimals: int = 0) -> Any:
    """A computed number as it is carried or printed: cleared of noise, then rounded half away from zero.

    >>> rounded(0.06 * 500.75, 2), rounded(717.35 / 1000 - 1, 4)
    (30.05, -0.2827)
    """
    return round_half_away(without_noise(values, decimals + 1), decimals)


def above(values: Any, limit: Any) -> Any:
    """Whether a computed number is above a limit by more than noise."""
    return np.subtract(values, limit) > NOISE * np.maximum(np.abs(values), 1.0)


def round_half_away(values: Any, decimals: int = 0) -> Any:
    """Round half away from zero on the shortest decimal that names the number: 1.005 → 1.01, −0.12345 → −0.1235.

    A number too close to a half for floating point to tell is decided on its shortest decimal; the rest is plain
    arithmetic. Takes and gives a float or an array; NaN and infinities pass through.

    >>> round_half_away(1.005, 2), round_half_away(-0.12345, 4)
    (1.01, -0.1235)
    """
    array = np.asarray(values, dtype=float)
    scale = 10.0 ** abs(decimals)
    with np.errstate(all="ignore"):
        scaled = np.abs(array) * scale if decimals >= 0 else np.abs(array) / scale
        whole = np.floor(scaled + 0.5)
        result = np.copysign(whole / scale if decimals >= 0 else whole * scale, array)
        # the product with the scale is off by half a unit in its last place, which is much where the number is large
        doubtful = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-7 + 4e-16 * scaled
        large = scaled >= 2.0**52
    result = np.where(large | ~np.isfinite(array), array, result)
    if np.any(doubtful & ~large):
        from decimal import ROUND_HALF_UP, Decimal

        quantum = Decimal(1).scaleb(-decimals)
        flat, chosen = result.reshape(-1), np.flatnonzero(doubtful & ~large)
        for place in chosen:
            flat[place] = float(Decimal(repr(float(array.flat[place]))).quantize(quantum, ROUND_HALF_UP))
        result = flat.reshape(array.shape)
    result = result + 0.0  # no negative zero: it would print as -0.00%
    return float(result) if array.ndim == 0 else result


def shortest(value: float) -> str:
    """A number as a person would type it: 35, 0.2782."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e16 else repr(float(value))


def rounded_by(value: float, decimals: int, rule: str = "half_away") -> float:
    """A computed number as it is printed. The rule is one of the terms' ``rounding.rule``.

    >>> rounded_by(871.2012, 2), rounded_by(0.125, 2, "half_even")
    (871.2, 0.12)
    """
    value = without_noise(float(value), decimals + 1)
    if rule == "half_even" and abs(value) < 2.0**52 / 10.0**decimals:
        from decimal import ROUND_HALF_EVEN, Decimal

        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)) + 0.0
    return float(round_half_away(value, decimals))


def rounded_percent(fraction: float, decimals: int = 2, rule: str = "half_away") -> float:
    """A fraction as the percentage that is printed: 0.12345 → 12.35. The rule is one of the terms' ``rounding.rule``."""
    from decimal import Decimal

    return float(Decimal(repr(rounded_by(fraction, decimals + 2, rule))).scaleb(2)) + 0.0


def percent_text(fraction: float, decimals: int = 2, rule: str = "half_away") -> str:
    """A fraction as printed: −0.1491 → -14.91%."""
    return f"{rounded_percent(fraction, decimals, rule):.{decimals}f}%"


def dollars_text(dollars: float, decimals: int = 2) -> str:
    """Dollars as printed: 1234.565 → $1,234.57."""
    return f"${rounded(float(dollars), decimals):,.{decimals}f}"


def number_text(number: float, decimals: int) -> str:
    """A number as printed: 1115.671 → 1,115.67."""
    return f"{rounded(float(number), decimals):,.{decimals}f}"
