"""Published figures from a file, and what to say of a set of them that ties badly as a whole."""

from __future__ import annotations

from ..calculation import periods, tie_out
from ..calculation.tie_hints import FRACTION, PERCENT
from ..calculation.tie_out import Tied
from ..errors import BadInput, FlexExtraError, MissingData, agreed, counted
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
    for figure in figures:
        if figure.period and not figure.unit.without_period:
            try:
                periods.parse(figure.period)
            except FlexExtraError as error:
                raise BadInput(f"{shown(name)}, {figure.fund} to {figure.as_of}: {error}") from None
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
        count, first = len(held), held[0].published
        said.append(
            f"Note: {counted(count, 'figure that does', 'figures that do')} not tie ({first.fund}, {first.period}, "
            f"{first.as_of}{' …' if count > 1 else ''}) {agreed(count, 'is a return', 'are returns')} without surrender; "
            f"give {agreed(count, 'it', 'them')} 'annual' in a column 'charges'."
        )
    return [*said, *_of_another_inception(update)]


def _of_another_inception(update: Report) -> list[str]:
    """That figures do not tie because their period counts from another inception than the printed one: a sentence a pair."""
    found: dict[tuple[str, str], list[Published]] = {}
    for one in update.tied:
        if one.is_open and one.published.period and (code := _code_that_ties(update, one)):
            own = report.route(update, one.published).code
            found.setdefault((own, code), []).append(one.published)
    said = []
    for (own, code), figures in found.items():
        first, count = figures[0], len(figures)
        which = periods.parse(code).since.lower()
        said.append(
            f"Note: {counted(count, 'figure')} ({first.fund}, {first.period}, {first.as_of}{' …' if count > 1 else ''}) "
            f"{agreed(count, 'does', 'do')} not tie as {own}, but {agreed(count, 'ties', 'tie')} as {code}; write {code} "
            f"for {agreed(count, 'its', 'their')} period, or give periods.inception = {which} in the terms."
        )
    return said


def _code_that_ties(update: Report, one: Tied) -> str:
    """The period, since another inception, of which an open figure is the very return; '' where none is."""
    figure, found = one.published, report.route(update, one.published)
    own = periods.parse(found.code)
    if own.kind == "since":
        codes = [f"SI_{which}" for which in _INCEPTIONS]
    elif own.or_since or (own.kind == "months" and own.months >= 12 and own.months % 12 == 0):
        codes = [f"{own.months // 12}Y_OR_SI_{which}" for which in _INCEPTIONS]
    else:
        return ""
    ending = f"_{own.stated.upper()}" if own.stated else ""
    for code in (f"{code}{ending}" for code in codes):
        try:
            value = report.figure_of(update.inputs, found.terms, figure, code, found.charges)
        except FlexExtraError:
            continue
        if _ties(figure, found, value):
            return code
    return ""


_INCEPTIONS = ("FUND", "SUBACCOUNT", "CONTRACT")


def _ties(figure: Published, found: report.Route, value: float) -> bool:
    """Whether a return is the printed one to the printed digit."""
    decimals = found.terms["rounding.decimals"] if figure.decimals is None else figure.decimals
    is_number = isinstance(value, float) and value == value
    return is_number and tie_out.verdict(value, figure.value, decimals, rule=found.terms["rounding.rule"]) == tie_out.TIES


def _ties_when_held(update: Report, one: Tied) -> bool:
    """Whether a figure that does not tie does so for a contract that is not surrendered."""
    figure, found = one.published, report.route(update, one.published)
    if figure.charges or found.charges != "all" or isinstance(one.recomputed, FlexExtraError):  # which says why
        return False
    try:
        value = report.figure_of(update.inputs, found.terms, figure, found.code, "annual")
    except FlexExtraError:
        return False
    return _ties(figure, found, value)
