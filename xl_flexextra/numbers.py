"""Rounding as a worksheet's ROUND does it: half away from zero, on the shortest decimal of the number."""

from __future__ import annotations

from typing import Any

import numpy as np


def without_noise(values: Any) -> Any:
    """A decimal of up to ten places that arithmetic has missed by its last bits; any other number as it is.

    717.35 / 1000 - 1 is -0.28264999999999996 and would be printed as -28.26%, where the dollars say -28.27%.

    >>> without_noise(717.35 / 1000 - 1), without_noise(1 / 3)
    (-0.28265, 0.3333333333333333)
    """
    near = np.round(values, 10)
    result = np.where(np.abs(values - near) < 1e-14, near, values)
    return float(result) if result.ndim == 0 else result


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


def rounded_percent(fraction: float, decimals: int = 2, rule: str = "half_away") -> float:
    """A fraction as the percentage that is printed: 0.12345 → 12.35. The rule is one of the terms' ``rounding.rule``."""
    from decimal import ROUND_HALF_EVEN, Decimal

    if rule == "half_even" and abs(fraction) < 2.0**52 / 10.0 ** (decimals + 2):
        percent = Decimal(repr(float(fraction))).scaleb(2)
        return float(percent.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)) + 0.0
    percent = Decimal(repr(round_half_away(fraction, decimals + 2))).scaleb(2)
    return float(percent)


def percent_text(fraction: float, decimals: int = 2, rule: str = "half_away") -> str:
    """A fraction as printed: −0.1491 → -14.91%."""
    return f"{rounded_percent(fraction, decimals, rule):.{decimals}f}%"
