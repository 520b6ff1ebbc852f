"""Figures on the screen: the tables of an update, and what ties to the printed page."""

from __future__ import annotations

from typing import Any

import typer

from ..errors import FlexExtraError, counted
from . import screen
from .codes import LOOK

WITHOUT_HISTORY = 'Periods before there is history are left empty by periods.without_history = "blank" of the terms.'


def tables(update: Any) -> None:
    """The tables of the update as a person reads them."""
    from rich import box
    from rich.table import Table

    from ..calculation.periods import parse
    from ..cells.rounding import percent_text

    console = screen.console()
    names = {fund.code: fund.printed_name or fund.code for fund in update.inputs.funds.items}
    if update.inputs.label:
        console.print(update.inputs.label, style="italic red")
    for table in update.tables:
        decimals, rule = table.spec.contract["rounding.decimals"], table.spec.contract["rounding.rule"]
        shown = Table(
            title=f"{table.spec.title}, to {table.as_of}", title_justify="left", box=box.SIMPLE_HEAD, show_edge=False
        )
        shown.add_column("fund")
        for code in table.spec.periods:
            period = parse(code)
            stem = period.printed.replace("_", "\n").replace("..", " to\n")
            shown.add_column(stem + ("\nor since\ninception" if period.or_since else ""), justify="right", no_wrap=True)
        for fund, line in zip(table.grid.row_labels(), table.values.tolist(), strict=True):
            cells = [_in_cell(value, decimals, rule, percent_text) for value in line]
            shown.add_row(names.get(fund, fund), *cells)
        console.print(shown)
        console.print()
    _show_expenses(console, update.expenses)
    found = (v for t in update.tables for v in t.values.ravel().tolist() if isinstance(v, FlexExtraError))
    for sentence in list(dict.fromkeys(f"{error.cell_error}: {error}" for error in found))[:10]:
        console.print(sentence, style="yellow", highlight=False)


def _show_expenses(console: Any, tables: Any) -> None:
    """The expense example and the annual costs of each contract that has them."""
    from rich import box
    from rich.table import Table

    from ..calculation.expenses import OUTCOMES, YEARS
    from ..cells.rounding import dollars_text, percent_text

    for one in tables:
        payment, growth = dollars_text(one.terms["expense.payment"], 0), percent_text(one.terms["expense.growth"])
        if one.example:
            shown = Table(title=f"Expense example: {one.terms.title}, {payment}, {growth} a year", title_justify="left",
                          box=box.SIMPLE_HEAD, show_edge=False)  # fmt: skip
            shown.add_column("at the end of")
            for years in YEARS:
                shown.add_column(counted(years, "year"), justify="right", no_wrap=True)
            for outcome, line in zip(OUTCOMES, one.example, strict=True):
                shown.add_row(outcome, *(dollars_text(value, 0) for value in line))
            console.print(shown)
            console.print()
        if one.annual:
            lowest, highest = (dollars_text(value, 0) for value in one.annual)
            payment = dollars_text(one.terms["expense.annual_cost_payment"], 0)
            console.print(
                f"Annual cost on {payment}: {one.terms.title}, lowest {lowest}, highest {highest}", highlight=False
            )
            console.print()


def _in_cell(value: Any, decimals: int, rule: str, percent_text: Any) -> str:
    if isinstance(value, FlexExtraError):
        return str(value.cell_error)
    return "" if isinstance(value, str) else percent_text(value, decimals, rule)


def list_figures(title: str, tied: Any) -> None:
    """Published beside recomputed figures; where one table is too wide for the window, one for each printed table."""

    console = screen.console()
    where = [[(p := one.published).table, p.contract, str(p.as_of)] for one in tied]
    whole = _figures(title, ["table", "contract", "as of"], where, tied)
    if screen.fits(console, whole):
        console.print(whole)
        return
    console.print(title, style="italic")
    for place in dict.fromkeys(map(tuple, where)):
        mine = [one for one, its in zip(tied, where, strict=True) if tuple(its) == place]
        table, contract, as_of = place
        heading = f"{table}{', ' if contract else ''}{contract}, to {as_of}"
        screen.show(console, _figures(heading, [], [[]] * len(mine), mine), less=("hundredths",))


def _figures(title: str, heads: list[str], where: list[list[str]], tied: Any) -> Any:
    from rich import box
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    percent = all(one.is_percent for one in tied)
    measures = any(one.published.measure for one in tied)
    for head in (*heads, "fund", "period", *(["measure"] if measures else [])):
        shown.add_column(head, no_wrap=head != "fund")
    for head in ("published", "recomputed", "hundredths" if percent else "digits"):
        shown.add_column(head, justify="right", no_wrap=True)
    shown.add_column("verdict", min_width=8)
    for place, one in zip(where, tied, strict=True):
        p = one.published
        gap = f"{one.difference:.0f}" if one.difference == one.difference else ""
        period = f"{p.period} ({p.charges})" if p.charges else p.period
        what = [f"{p.unit.name} {p.charge}".strip()] if measures else []
        shown.add_row(*place, p.fund, period, *what, _printed(one, p.value), _recomputed(one), gap, one.said)
    return shown


def _printed(one: Any, value: float, more: int = 0) -> str:
    """A figure as it is printed, with ``more`` decimals."""
    from ..cells.rounding import number_text, percent_text

    if one.is_percent:
        return percent_text(value, (one.published.decimals if one.published.decimals is not None else 2) + more)
    return number_text(value, one.decimals + more)


def _recomputed(one: Any) -> str:
    return _printed(one, one.recomputed, 2) if isinstance(one.recomputed, float) else str(one.recomputed.cell_error)


def headline(update: Any, rounding_ok: bool = False, of_page: bool = False) -> None:
    """The breaks, if any, and the headline as the last line; exit code 1 where any figure does not tie.

    ``of_page``: it says too how many figures of the page cannot be computed.
    """
    from ..calculation.tie_out import breaks, rounding_only
    from .published import notes

    if not update.tied:
        screen.say("No published figures were given: nothing to tie to (--published).")
        return
    broken = [one for one in breaks(update.tied) if not one.is_rounding]
    rounded = [one for one in update.tied if one.is_rounding]
    if broken:
        list_figures("Figures that do not tie", broken)
    if rounded:
        list_figures("Figures that differ by rounding alone", rounded)
    if broken or rounded:
        for note in notes(update):
            screen.say(note)
    if update.inputs.label:
        screen.say(f"{update.inputs.label}.")
    if rounded:
        screen.say(f"{rounding_only(update.tied)}.")
    screen.say(update.headline_of_page if of_page else update.headline)
    if broken or (rounded and not rounding_ok):
        raise typer.Exit(LOOK)
