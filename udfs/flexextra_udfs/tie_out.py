"""Recomputed figures against the printed ones, and a smoke cell."""

from __future__ import annotations

from xl_flexextra import __version__
from xl_flexextra.calculation import tie_out
from xl_flexextra.cells import scalars
from xl_flexextra.errors import VALUE
from xl_flexextra.functions.declaration import Example
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.terms import Terms

CATEGORY = "Flex Extra tie-out"
HALF_EVEN = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["rounding.rule", "half_even"]]


@worksheet_function(
    CATEGORY,
    examples=(
        Example((-0.149057, -0.1491), 0.0, source="prints as -14.91%"),
        Example((0.12345, 0.1234), 1.0, source="0.12345 prints as 12.35%, half away from zero"),
        Example((-0.12345, -0.1234), -1.0, source="-0.12345 prints as -12.35%"),
        Example((0.12345, 0.1234, None, HALF_EVEN), 0.0, source="by hand: 12.345% to the even digit is 12.34%"),
    ),
)
def TIE_DIFFERENCE(recomputed: float, published: float, decimals: float | None = None, terms: Terms | None = None) -> float:
    """Recomputed less published return in units of the last printed digit: hundredths of a percent.

    Both are rounded as printed, on their shortest decimal: 0 where they tie. With terms by their decimals and their rule
    for halves, else to 2 decimals and half away from zero.

    >>> TIE_DIFFERENCE(0.12345, 0.1234)
    1.0
    """
    return tie_out.difference(recomputed, published, *_as_printed(decimals, terms))


@worksheet_function(
    CATEGORY,
    examples=(
        Example((-0.149057, -0.1491), "ties", source="prints as -14.91%"),
        Example((0.12345, 0.1234), "rounding", source="less than one printed digit apart"),
        Example((0.12, 0.1234), "open", source="34 hundredths apart"),
        Example((0.12, 0.1234, 2, "caption says $30"), "known break: caption says $30", source="named"),
        Example((0.12345, 0.123, None, "", [*HALF_EVEN, ["rounding.decimals", 1]]), "ties", source="prints as 12.3%"),
        Example(("n/a", 0.1234), VALUE, source="text is no number"),
    ),
    returns="text",
)
def TIE_VERDICT(
    recomputed: float,
    published: float,
    decimals: float | None = None,
    known_break: str = "",
    terms: Terms | None = None,
) -> str:
    """Whether a recomputed return ties to the printed one: ties, rounding, known break: why, or open.

    rounding: the printed digits differ, the figures by less than one such digit. With terms by their decimals and their
    rule for halves, else to 2 decimals and half away from zero.

    >>> TIE_VERDICT(-0.149057, -0.1491)
    'ties'
    """
    places, rule = _as_printed(decimals, terms)
    return tie_out.verdict(recomputed, published, places, known_break, rule)


def _as_printed(decimals: float | None, terms: Terms | None) -> tuple[int, str]:
    """Decimals and rule of rounding: those given, else those of the terms, else the usual ones."""
    if decimals is None:
        decimals = terms["rounding.decimals"] if terms else 2
    return scalars.whole("decimals", decimals, 0, 10), terms["rounding.rule"] if terms else "half_away"


@worksheet_function(CATEGORY, examples=(Example((), f"xl_flexextra {__version__}", source="this version"),), returns="text")
def FLEXEXTRA_VERSION() -> str:
    """The version of xl_flexextra that answers: a cell that shows it is connected.

    >>> FLEXEXTRA_VERSION().startswith("xl_flexextra ")
    True
    """
    return f"xl_flexextra {__version__}"


__all__ = ["FLEXEXTRA_VERSION", "TIE_DIFFERENCE", "TIE_VERDICT"]
