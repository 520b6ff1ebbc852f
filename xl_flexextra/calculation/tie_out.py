"""Recomputed figures against the printed page."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..cells.rounding import rounded_by, rounded_percent, without_noise
from ..errors import BadInput, FlexExtraError, agreed, counted
from ..inputs import remembered
from ..inputs.input_tables import Published
from ..inputs.measures import measure

if TYPE_CHECKING:
    from decimal import Decimal

    from . import tie_hints

TIES, ROUNDING, KNOWN, OPEN = "ties", "rounding", "known break", "open"


def difference(
    recomputed: float, published: float, decimals: int = 2, rule: str = "half_away", is_percent: bool = True
) -> float:
    """Recomputed, rounded as printed, less published, in units of the last printed digit (hundredths of a percent).

    ``is_percent``: figures are printed times 100, as returns are; dollars and units are not.
    """
    apart = _apart(recomputed, published, decimals, rule, is_percent)
    if apart and (mixed := _mixed_up(recomputed, published, decimals, is_percent)):
        raise BadInput(
            f"'recomputed' and 'published' are of different kinds ({mixed}: {recomputed:.6g} and {published:.6g}); "
            "give both as fractions."
        )
    return apart


def _apart(recomputed: float, published: float, decimals: int, rule: str, is_percent: bool) -> float:
    apart = (
        _printed(recomputed, decimals, rule, is_percent) - _printed(published, decimals, rule, is_percent)
    ) * 10.0**decimals
    if not math.isfinite(apart):
        raise BadInput(f"'recomputed' and 'published' are too large for returns (got {recomputed:g} and {published:g}).")
    return float(round(apart))


@functools.lru_cache(maxsize=4096)  # a review asks for the same figures again and again
def _printed(value: float, decimals: int, rule: str, is_percent: bool) -> float:
    return rounded_percent(value, decimals, rule) if is_percent else rounded_by(value, decimals, rule)


def verdict(
    recomputed: float, published: float, decimals: int = 2, known_break: str = "", rule: str = "half_away",
    is_percent: bool = True,
) -> str:  # fmt: skip
    """``ties``; ``rounding`` (the printed digit differs, the figures by less than one such digit); ``known break: why``;
    else ``open``, with what it looks like: ``open: sign lost``. A percentage by a fraction: ``percent, not fraction``."""
    apart = _apart(recomputed, published, decimals, rule, is_percent)
    return _verdict(apart, recomputed, published, decimals, known_break, is_percent)


def _verdict(apart: float, recomputed: float, published: float, decimals: int, known_break: str, is_percent: bool) -> str:
    """The verdict on figures that are so many printed digits apart."""
    if apart == 0:
        return TIES
    if known_break:
        return f"{KNOWN}: {known_break}"
    if _digits_apart(recomputed, published, decimals, is_percent) < 1:
        return ROUNDING
    if mixed := _mixed_up(recomputed, published, decimals, is_percent):
        return mixed
    from . import tie_hints  # what ties needs no hint

    looks = tie_hints.slip(*_beside(recomputed, published, decimals, is_percent), decimals)
    return f"{OPEN}: {looks}" if looks else OPEN


def _mixed_up(recomputed: float, published: float, decimals: int, is_percent: bool) -> str:
    """Whether one of two returns is a percentage and the other a fraction."""
    if not is_percent:
        return ""
    from . import tie_hints

    return tie_hints.scale_mixed_up(*_beside(recomputed, published, decimals, is_percent), decimals)


def _beside(recomputed: float, published: float, decimals: int, is_percent: bool) -> tuple[Decimal, int]:
    """The recomputed figure as it would be printed, not rounded, and the published one in printed digits."""
    from . import tie_hints

    computed = tie_hints.as_printed(without_noise(float(recomputed)), is_percent)
    return computed, tie_hints.digits(tie_hints.as_printed(float(published), is_percent), decimals)


def _digits_apart(recomputed: float, published: float, decimals: int, is_percent: bool) -> float:
    """How many printed digits two figures are apart, on their shortest decimals: 0.1235 and 0.1234 exactly one."""
    from decimal import Decimal

    one, other = (Decimal(repr(without_noise(float(value)))) for value in (recomputed, published))
    return float(abs(one - other).scaleb(decimals + 2 * is_percent))


class Tied(NamedTuple):
    """One printed figure beside the recomputed one (or the error that stands for it).

    ``hint``: what the set of figures tells of one that is open, such as that it is its neighbour's.
    """

    published: Published
    recomputed: float | FlexExtraError
    difference: float
    verdict: str
    decimals: int = 2
    hint: str = ""

    @property
    def ties(self) -> bool:
        """Whether the figures agree to the printed digit."""
        return self.verdict == TIES

    @property
    def is_rounding(self) -> bool:
        """Whether they differ by their last digit's rounding alone."""
        return self.verdict == ROUNDING

    @property
    def is_open(self) -> bool:
        """Whether nothing explains the difference."""
        return not self.ties and not self.is_rounding and not self.verdict.startswith(KNOWN)

    @property
    def is_percent(self) -> bool:
        """Whether both figures are fractions that are printed as percentages."""
        return self.published.unit.is_percent

    @property
    def said(self) -> str:
        """The verdict, and what the other figures tell."""
        return f"{self.verdict}; {self.hint}" if self.hint else self.verdict


def tie(published: Published, recomputed: Any, decimals: int = 2, rule: str = "half_away") -> Tied:
    """One figure tied out; a figure that cannot be computed is open, with its sentence.

    ``decimals`` are those of the terms; a figure's own come first.
    """
    places = decimals if published.decimals is None else published.decimals
    if isinstance(recomputed, FlexExtraError):
        return Tied(published, recomputed, float("nan"), f"{OPEN}: {recomputed}", places)
    if recomputed != recomputed:
        return Tied(published, recomputed, float("nan"), f"{OPEN}: no history for the period", places)
    is_percent = published.unit.is_percent
    apart = _apart(recomputed, published.value, places, rule, is_percent)
    word = _verdict(apart, recomputed, published.value, places, published.known_break, is_percent)
    if apart and _mixed_up(recomputed, published.value, places, is_percent):
        apart = float("nan")
    return Tied(published, recomputed, apart, word, places)


def with_neighbours(tied: Sequence[Tied]) -> tuple[Tied, ...]:
    """The figures, those that do not tie with whose figure is printed in their place."""
    if all(one.ties for one in tied):
        return tuple(tied)
    from . import tie_hints

    lines = [_line(one) for one in tied]
    groups: dict[Any, list[tie_hints.Line]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    return tuple(
        one if one.ties else one._replace(hint=tie_hints.neighbour(line, groups[line.group], one.decimals, one.is_percent))
        for one, line in zip(tied, lines, strict=True)
    )


def _line(one: Tied) -> tie_hints.Line:
    from . import tie_hints

    p, value = one.published, one.recomputed
    group = p.table, p.contract.casefold(), p.as_of, p.charges, p.unit.name, p.charge
    number = value if not isinstance(value, FlexExtraError) and value == value else None
    return tie_hints.Line(group, p.fund, p.period, p.value, number)


def neighbour(
    figures: Sequence[Sequence[Any]], numbers: Sequence[Any], number: int, decimals: int, measure_of: str = "",
    kinds: Sequence[Sequence[Any]] | None = None,
) -> str:  # fmt: skip
    """:func:`tie_hints.neighbour` for a row of a tie-out sheet, counted from 1 below the header.

    ``numbers`` are the recomputed figures; ``kinds``: more columns of the same rows, such as measure and charges.
    """
    from . import tie_hints

    more = (
        [*kinds, *[[]] * (len(figures) - len(kinds))] if kinds else [[]] * len(figures)
    )  # blank rows at the end are dropped
    rows = [[*row, *others] for row, others in zip(figures, more, strict=False)]
    heads = _heads(rows[0])
    if missing := [name for name in ("fund", "period", "published") if name not in heads]:
        raise BadInput(f"'figures' has no column {missing[0]!r}; give the tie-out with its header.")
    if kinds and not {"charges", "measure", "charge"} & set(heads):
        raise BadInput("'kinds' has none of the columns charges, measure, charge; give their header too, or leave it out.")
    if len(rows) != len(numbers) + 1 or len(more) != len(rows):
        raise BadInput(
            f"'recomputed_figures' has {counted(len(numbers), 'row')} and 'figures' {len(figures) - 1}; give the same rows."
        )
    if number > len(numbers):
        raise BadInput(f"'number' must be between 1 and {len(numbers)}, the rows of 'figures' (got {number}).")
    lines = remembered.MEMORY.parse("tie-out", [*rows, list(numbers)], _lines_of)
    return tie_hints.neighbour(lines[number - 1], lines, decimals, measure(measure_of).is_percent)


def _lines_of(table: list[list[Any]]) -> list[tie_hints.Line]:
    """The figures of a tie-out sheet with its header, and the recomputed ones below: each row of the sheet asks for all."""
    heads = _heads(table[0])
    cells = [dict(zip(heads, row, strict=False)) for row in table[1:-1]]
    return [_line_of(one, value) for one, value in zip(cells, table[-1], strict=True)]


def _heads(row: Sequence[Any]) -> list[str]:
    return [cell.strip().lower().replace("_", " ") if isinstance(cell, str) else "" for cell in row]


def _line_of(cells: dict[str, Any], value: Any) -> tie_hints.Line:
    from . import tie_hints

    places = ("table", "contract", "as of", "charges", "measure", "charge")
    group = tuple(str("" if cells.get(name) is None else cells[name]).casefold() for name in places)
    pair = [one if isinstance(one, int | float) else None for one in (cells["published"], value)]
    return tie_hints.Line(group, str(cells["fund"]), str(cells["period"]), *pair)


def headline(tied: Sequence[Tied]) -> str:
    """``112 of 112 published figures tie``"""
    return f"{sum(t.ties for t in tied)} of {len(tied)} published figures tie"


def hundredfold(tied: Iterable[Tied]) -> float:
    """100 or 0.01 where most figures are about that many times what was published, else 1: percentages and fractions
    were taken for each other."""
    ratios = [
        t.recomputed / t.published.value
        for t in tied
        if t.is_percent
        and not isinstance(t.recomputed, FlexExtraError)
        and t.recomputed == t.recomputed
        and t.published.value
    ]
    for factor in (100.0, 0.01):
        like = sum(1 / 1.5 < ratio / factor < 1.5 for ratio in ratios)
        if ratios and like >= 0.75 * len(ratios):
            return factor
    return 1.0


def rounding_only(tied: Sequence[Tied]) -> str:
    """``6 more differ by rounding alone`` or nothing."""
    count = sum(t.is_rounding for t in tied)
    return f"{count} {agreed(count, 'differs', 'differ')} by rounding alone: one in the last printed digit" if count else ""


def breaks(tied: Iterable[Tied]) -> list[Tied]:
    """The figures that do not tie, known breaks among them."""
    return [t for t in tied if not t.ties]
