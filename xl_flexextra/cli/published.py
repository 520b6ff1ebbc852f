"""Published figures from a file, and what to say of a set of them that ties badly as a whole."""

from __future__ import annotations

from ..calculation import tie_out
from ..calculation.tie_hints import FRACTION, PERCENT
from ..calculation.tie_out import Tied
from ..errors import FlexExtraError, MissingData
from ..files.door import shown
from ..inputs import published_figures
from ..inputs.input_tables import Published
from ..sources.files import Files
from ..update import report
from ..update.report import Report


def read(name: str, files: Files) -> tuple[Published, ...]:
    """Published figures; a cell of return_pct that Excel shows as a percentage holds a fraction, and is read as shown."""
    return published_figures.published_from_rows(files.rows(name))


def to_compare(name: str, files: Files) -> tuple[Published, ...]:
    """Published figures of a file that was named for a comparison; one of none is refused: nothing would be compared."""
    figures = read(name, files)
    if not figures:
        raise MissingData(f"{shown(name)} holds no published figures; fill in a row for each, or leave --published out.")
    return figures


def notes(update: Report) -> list[str]:
    """What explains many of the figures that do not tie: percentages taken for fractions, contracts not surrendered."""
    said, factor = [], tie_out.hundredfold(update.tied)
    if factor != 1.0:
        said.append(
            f"Note: the published figures are about {'a hundredth' if factor > 1 else 'a hundred times'} of the recomputed "
            "ones: 'return_pct' holds percentages (-14.91), 'return' fractions (-0.1491)."
        )
    elif mixed := next((one for one in update.tied if one.verdict in (PERCENT, FRACTION)), None):
        figure = mixed.published
        said.append(
            "Note: a column 'return' holds fractions (-0.1491); name it 'return_pct' for percentages (-14.91). "
            f"{figure.fund}, {figure.period}, {figure.as_of} was read as the fraction {figure.value:.6g}: {mixed.verdict}."
        )
    held = [one for one in tie_out.breaks(update.tied) if _ties_when_held(update, one)]
    if held:
        first = held[0].published
        said.append(
            f"Note: {len(held)} of the figures that do not tie ({first.fund}, {first.period}, {first.as_of} …) are the "
            "returns without surrender; give them 'annual' in a column 'charges'."
        )
    return said


def _ties_when_held(update: Report, one: Tied) -> bool:
    """Whether a figure that does not tie does so for a contract that is not surrendered."""
    figure, found = one.published, report.route(update, one.published)
    if figure.charges or found.charges != "all" or isinstance(one.recomputed, FlexExtraError):  # which says why
        return False
    try:
        value = report.figure_of(update.inputs, found.terms, figure, found.code, "annual")
    except FlexExtraError:
        return False
    decimals, rule = found.terms["rounding.decimals"], found.terms["rounding.rule"]
    return value == value and tie_out.verdict(value, figure.value, decimals, rule=rule) == tie_out.TIES
