"""Recomputed figures against the printed ones, and a smoke cell."""

from __future__ import annotations

from xl_flexextra import __version__
from xl_flexextra.cells import scalars
from xl_flexextra.errors import VALUE
from xl_flexextra.functions.declaration import Example
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs import measures
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
        Example((552.75, 152.75, 2, None, "erv"), 40000.0, source="by hand: 400.00 apart, in cents"),
        Example((0.0854, 8.54), VALUE, source="a percentage beside a fraction"),
    ),
)
def TIE_DIFFERENCE(
    recomputed: float,
    published: float,
    decimals: float | None = None,
    terms: Terms | None = None,
    measure: str | None = None,
) -> float:
    """Recomputed less published figure in units of the last printed digit: of returns hundredths of a percent.

    Both are rounded as printed, on their shortest decimal: 0 where they tie. With terms by their decimals and their rule
    for halves, else to 2 decimals and half away from zero. A percentage beside a fraction: #VALUE!.

    >>> TIE_DIFFERENCE(0.12345, 0.1234)
    1.0
    """
    from xl_flexextra.calculation import tie_out

    kind = measures.measure(measure or "")
    return tie_out.difference(recomputed, published, *_as_printed(decimals, terms, kind), kind.is_percent)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((-0.149057, -0.1491), "ties", source="prints as -14.91%"),
        Example((0.12345, 0.1234), "rounding", source="less than one printed digit apart"),
        Example((0.12, 0.1234), "open", source="34 hundredths apart"),
        Example((0.12, 0.1234, 2, "caption says $30"), "known break: caption says $30", source="named"),
        Example((0.12345, 0.123, None, "", [*HALF_EVEN, ["rounding.decimals", 1]]), "ties", source="prints as 12.3%"),
        Example((0.0854, 8.54), "percent, not fraction", source="8.54% is 0.0854"),
        Example((-0.4472, -0.1472), "open: one digit differs", source="Pacific Innovations, FY2000: 4 and 1"),
        Example((552.75, 152.75, 2, "", None, "erv"), "open: one digit differs", source="the same, in dollars"),
        Example(("n/a", 0.1234), VALUE, source="text is no number"),
    ),
    returns="text",
    arguments={"known_break": "Why this figure is known not to tie. Left out: it has to."},
)
def TIE_VERDICT(
    recomputed: float,
    published: float,
    decimals: float | None = None,
    known_break: str = "",
    terms: Terms | None = None,
    measure: str | None = None,
) -> str:
    """Whether a recomputed figure ties to the printed one: ties, rounding, known break: why, or open.

    rounding: the printed digits differ, the figures by less than one such digit. With terms by their decimals and their
    rule for halves, else to 2 decimals and half away from zero. What an open figure looks like is a hint behind it: sign
    lost, decimal point moved, one digit differs, two digits swapped; or it is "percent, not fraction".

    >>> TIE_VERDICT(-0.149057, -0.1491)
    'ties'
    """
    from xl_flexextra.calculation import tie_out

    kind = measures.measure(measure or "")
    places, rule = _as_printed(decimals, terms, kind)
    return tie_out.verdict(recomputed, published, places, known_break, rule, kind.is_percent)


PAGE = [
    ["table", "fund", "period", "published"],
    ["T", "A", "1Y", 0.0512],
    ["T", "A", "5Y", 0.0734],
    ["T", "B", "1Y", 0.0615],
]
OURS = [[0.0734], [0.0512], [0.0615]]


@worksheet_function(
    CATEGORY,
    examples=(
        Example((PAGE, OURS, 1), "neighbour's column: 5Y", source="5.12% is the figure of A for five years"),
        Example((PAGE, OURS, 3), "", source="nobody else's"),
        Example((PAGE, OURS, 4), VALUE, source="there are three figures"),
    ),
    returns="text",
    arguments={
        "figures": "The tie-out with its header: table, contract, as of, fund, period, published.",
        "recomputed_figures": "The recomputed figures beside them, without a header; a word where there is none.",
        "number": "Which row of them, counted from 1 below the header.",
        "kinds": "More columns of the same rows, with their header: charges, measure. Left out: none.",
    },
)
def TIE_NEIGHBOUR(
    figures: list[list[object]],
    recomputed_figures: list[list[object]],
    number: float,
    decimals: float | None = None,
    terms: Terms | None = None,
    measure: str | None = None,
    kinds: list[list[object]] | None = None,
) -> str:
    """Whose recomputed figure is printed in a figure's place: neighbour's row or neighbour's column, or nothing.

    A figure of the same fund in another period, or of another fund in the same period, of the same table, that agrees to
    the printed digit. A hint for a figure that does not tie, never a tie.

    >>> page = [["fund", "period", "published"], ["A", "1Y", 0.0512], ["B", "1Y", 0]]
    >>> TIE_NEIGHBOUR(page, [[0.07], [0.0512]], 1)
    "neighbour's row: B"
    """
    from xl_flexextra.calculation import tie_out

    kind = measures.measure(measure or "")
    places, _ = _as_printed(decimals, terms, kind)
    ours = [row[0] for row in recomputed_figures]
    return tie_out.neighbour(figures, ours, scalars.whole("number", number, 1, 10_000_000), places, kind.name, kinds)


def _as_printed(decimals: float | None, terms: Terms | None, kind: measures.Measure) -> tuple[int, str]:
    """Decimals and rule of rounding: those given, else those of the terms for percentages, else the usual ones."""
    if decimals is None:
        decimals = terms["rounding.decimals"] if terms and kind.is_percent else 2
    return scalars.whole("decimals", decimals, 0, 10), terms["rounding.rule"] if terms else "half_away"


@worksheet_function(CATEGORY, examples=(Example((), f"xl_flexextra {__version__}", source="this version"),), returns="text")
def FLEXEXTRA_VERSION() -> str:
    """The version of xl_flexextra that answers: a cell that shows it is connected.

    >>> FLEXEXTRA_VERSION().startswith("xl_flexextra ")
    True
    """
    return f"xl_flexextra {__version__}"


__all__ = ["FLEXEXTRA_VERSION", "TIE_DIFFERENCE", "TIE_NEIGHBOUR", "TIE_VERDICT"]
