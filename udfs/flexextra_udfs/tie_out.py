"""Recomputed figures against the printed ones, and a smoke cell."""

from __future__ import annotations

from xl_flexextra import __version__, arguments, tie_out
from xl_flexextra.errors import VALUE
from xl_flexextra.registry import Example, worksheet_function

CATEGORY = "Flex Extra tie-out"


@worksheet_function(
    CATEGORY,
    examples=(
        Example((-0.149057, -0.1491), 0.0, source="prints as -14.91%"),
        Example((0.12345, 0.1234), 1.0, source="0.12345 prints as 12.35%, half away from zero"),
        Example((-0.12345, -0.1234), -1.0, source="-0.12345 prints as -12.35%"),
    ),
)
def TIE_DIFFERENCE(recomputed: float, published: float, decimals: float = 2) -> float:
    """Recomputed less published return in units of the last printed digit: hundredths of a percent.

    Both are rounded as printed, half away from zero, on their shortest decimal: 0 where they tie.

    >>> TIE_DIFFERENCE(0.12345, 0.1234)
    1.0
    """
    return tie_out.difference(recomputed, published, arguments.whole("decimals", decimals, 0, 10))


@worksheet_function(
    CATEGORY,
    examples=(
        Example((-0.149057, -0.1491), "ties", source="prints as -14.91%"),
        Example((0.12345, 0.1234), "rounding", source="less than one printed digit apart"),
        Example((0.12, 0.1234), "open", source="34 hundredths apart"),
        Example((0.12, 0.1234, 2, "caption says $30"), "known break: caption says $30", source="named"),
        Example(("n/a", 0.1234), VALUE, source="text is no number"),
    ),
    returns="text",
)
def TIE_VERDICT(recomputed: float, published: float, decimals: float = 2, known_break: str = "") -> str:
    """Whether a recomputed return ties to the printed one: ties, rounding, known break: why, or open.

    rounding: the printed digits differ, the figures by less than one such digit.

    >>> TIE_VERDICT(-0.149057, -0.1491)
    'ties'
    """
    return tie_out.verdict(recomputed, published, arguments.whole("decimals", decimals, 0, 10), known_break)


@worksheet_function(CATEGORY, examples=(Example((), f"xl_flexextra {__version__}", source="this version"),), returns="text")
def FLEXEXTRA_VERSION() -> str:
    """The version of xl_flexextra that answers: a cell that shows it is connected.

    >>> FLEXEXTRA_VERSION().startswith("xl_flexextra ")
    True
    """
    return f"xl_flexextra {__version__}"


__all__ = ["FLEXEXTRA_VERSION", "TIE_DIFFERENCE", "TIE_VERDICT"]
