"""``report``, ``tie-out`` and ``explain``: the update, its tie to the printed page, one figure's reasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import FlexExtraError, PassedError
from ..files import atomic, targets
from . import screen
from .codes import LOOK
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes

if TYPE_CHECKING:
    from ..sources.files import Files

UnitValuesOption = Annotated[
    str | None,
    typer.Option("--unit-values", help="CSV, Parquet or Excel, wide or long; book.xlsx#Name for a table or sheet."),
]
TermsOption = Annotated[
    list[str] | None, typer.Option("--terms", help="TOML or table of terms, or a shipped name; repeatable.")
]
SharesOption = Annotated[str | None, typer.Option("--shares", help="Fund and share of the annual charge.")]
FundsOption = Annotated[str | None, typer.Option("--funds", help="Funds in the order of the page, with inception dates.")]
RatesOption = Annotated[str | None, typer.Option("--rates", help="Declared interest rates.")]
HolidaysOption = Annotated[
    str | None,
    typer.Option("--holidays", help="Date and name of days without business. Left out: the sample's, where they reach."),
]
PublishedOption = Annotated[str | None, typer.Option("--published", help="Printed figures to tie to; - reads a pipe.")]
RoundingOption = Annotated[
    bool, typer.Option("--rounding-ok", help="Exit code 0 where figures differ by their last digit's rounding alone.")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Last day of the update: 2008-07-31. Left out: the last date.")
]
PaymentOption = Annotated[
    float | None, typer.Option("--payment", help="The hypothetical payment, 10000 for $10,000. Left out: the terms'.")
]
WORKBOOKS = (".xlsx",)  # what XlsxWriter writes without macros


def _computed(files: Files, *given: Any, **more: Any) -> Any:
    from ..update import report
    from .own_data import gather

    with screen.busy("Computing the tables …"):
        return report.compute(gather(*given, files=files, **more))


def note_day(inputs: Any, as_of: str | None) -> None:
    """Say how the last day was found where it is not what the unit values end with, or may not be what is meant."""
    from .own_data import day_note

    if note := day_note(inputs, as_of):
        screen.say(note)


def report(
    unit_values: UnitValuesOption = None,
    terms: TermsOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    rates: RatesOption = None,
    published: PublishedOption = None,
    disclosures: Annotated[str | None, typer.Option(help="Your disclosure text, a paragraph a line.")] = None,
    as_of: AsOfOption = None,
    holidays: HolidaysOption = None,
    periods: Annotated[
        str | None,
        typer.Option(help="Columns of the month-end tables: 'YTD,1Y,5Y,5Y cumulative,39M,SI_FUND,2001-05-01..2003-12-31'."),
    ] = None,
    standard_periods: Annotated[
        str | None, typer.Option(help="Columns of the standardized tables, to the quarter end. Left out: 1Y,5Y,10Y.")
    ] = None,
    payment: PaymentOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The workbook to write. Left out: flex_extra_performance_update.xlsx, of own data performance_update.xlsx.",
            show_default=False,
        ),
    ] = None,
    values: Annotated[bool, typer.Option("--values", help="A copy of values, without formulas.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    rounding_ok: RoundingOption = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Rebuild the performance update: the July 2008 sample, or your own data."""
    from ..workbook import build
    from .own_data import NO_HOLIDAYS

    if out is None:
        out = Path("performance_update.xlsx" if unit_values else "flex_extra_performance_update.xlsx")
    targets.refuse(out, force, WORKBOOKS)
    files = files_by(decimal, thousands, date_format)
    more = {"periods": periods, "standard_periods": standard_periods, "payment": payment}
    update = _computed(
        files, unit_values, terms or [], shares, funds, rates, published, disclosures, as_of, holidays, **more
    )
    say_notes(files)
    _show(update)
    atomic.replace(out, lambda file: build(update, file, values_only=values))
    screen.say(f"Written: {out}")
    note_day(update.inputs, as_of)
    if not update.inputs.holidays:
        screen.say(f"Note: {NO_HOLIDAYS} Give them with --holidays.")
    odd = _say_odd_inputs(update.inputs)
    _headline(update, rounding_ok)
    if odd or _error_cells(update):
        raise typer.Exit(LOOK)


def _say_odd_inputs(inputs: Any) -> bool:
    """Say what of the unit values can be none, and which shares do not sum to one; whether that needs a look."""
    from ..review.data_checks import NOTE, input_findings

    found = input_findings(inputs)
    for one in found:
        screen.say(f"{'Note' if one.level == NOTE else 'Look'}: {one.found}")
    return any(one.level != NOTE for one in found)


def _error_cells(update: Any) -> bool:
    """Whether a figure needs a cell that holds an error."""
    return any(isinstance(value, PassedError) for table in update.tables for value in table.values.ravel().tolist())


def tie_out(
    unit_values: UnitValuesOption = None,
    terms: TermsOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    published: PublishedOption = None,
    as_of: AsOfOption = None,
    payment: PaymentOption = None,
    every: Annotated[bool, typer.Option("--all", help="List every figure, not only the breaks.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    rounding_ok: RoundingOption = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Compare recomputed figures with the printed ones; exit code 1 where any does not tie."""
    files = files_by(decimal, thousands, date_format)
    update = _computed(files, unit_values, terms or [], shares, funds, None, published, None, as_of, payment=payment)
    say_notes(files)
    note_day(update.inputs, as_of)
    if every:
        list_figures("Every published figure", update.tied)
    _headline(update, rounding_ok)


def new(
    out: Annotated[Path, typer.Argument(help="The workbook to write.")] = Path("performance_template.xlsx"),
    fund: Annotated[list[str] | None, typer.Option("--fund", help="A fund's code; repeat it for each fund.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a blank template: empty tables, every contract term with its choices, a calculator."""
    from ..workbook.template import build_template

    targets.refuse(out, force, WORKBOOKS)
    atomic.replace(out, lambda file: build_template(file, fund) if fund else build_template(file))
    screen.say(f"Written: {out}. Its first sheet says what to do.")


def _path_cell(head: str, value: Any) -> str:
    """A cell of a walk as the screen shows it: dollars in cents, unit values and units with six decimals."""
    from ..cells.rounding import percent_text, rounded

    if not isinstance(value, float):
        return str(value)
    if head == "T":
        return percent_text(value, 3)
    return f"{value:.6f}" if head.startswith("unit") else f"{rounded(value, 2):.2f}"


def _gross_to_net(steps: list[tuple[str, float]]) -> Any:
    """A picture in text: the return after each charge as a bar, and what the charge takes in percentage points."""
    from rich import box
    from rich.table import Table

    from ..cells.rounding import percent_text, rounded

    widest = max((abs(value) for _, value in steps), default=0.0) or 1.0
    shown = Table(title="From gross to net", title_justify="left", box=box.SIMPLE, show_header=False, show_edge=False)
    shown.add_column("after")
    shown.add_column("return", justify="right", no_wrap=True)
    shown.add_column("taken", justify="right", no_wrap=True)
    shown.add_column("bar", no_wrap=True)
    before: float | None = None
    for label, value in steps:
        bite = "" if before is None else f"{rounded((value - before) * 100, 2):+.2f}"
        bar = "█" * max(round(24 * abs(value) / widest), 1)
        shown.add_row(label, percent_text(value), bite, screen.styled(bar, "red" if value < 0 else "green"))
        before = value
    return shown


def _show(update: Any) -> None:
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
            cells = [_cell(value, decimals, rule, percent_text) for value in line]
            shown.add_row(names.get(fund, fund), *cells)
        console.print(shown)
        console.print()
    _show_expenses(console, update.expenses)
    seen = dict.fromkeys(str(v) for t in update.tables for v in t.values.ravel().tolist() if isinstance(v, FlexExtraError))
    for sentence in list(seen)[:10]:
        console.print(f"#N/A or #VALUE!: {sentence}", style="yellow", highlight=False)


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
                shown.add_column(f"{years} year{'s' if years > 1 else ''}", justify="right", no_wrap=True)
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


def _cell(value: Any, decimals: int, rule: str, percent_text: Any) -> str:
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


def _headline(update: Any, rounding_ok: bool = False) -> None:
    """The breaks, if any, and the headline as the last line; exit code 1 where any figure does not tie."""
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
    screen.say(update.headline)
    if broken or (rounded and not rounding_ok):
        raise typer.Exit(LOOK)


def explain(
    fund: Annotated[str, typer.Option(help="Fund code, printed name or alias.")],
    period: Annotated[str, typer.Option(help="YTD, 1Y, 5Y, 10Y, SI_FUND …")],
    contract: Annotated[
        str | None,
        typer.Option("--contract", "--terms", help="A shipped contract or a terms file. Left out: flexible, of the sample."),
    ] = None,
    unit_values: UnitValuesOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    as_of: AsOfOption = None,
    payment: PaymentOption = None,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
) -> None:
    """Why one figure is what it is: the walk, the sentence, and where each input comes from."""
    from rich import box
    from rich.table import Table

    from ..calculation import contract_figures
    from ..calculation import explain as reasons
    from ..calculation.path_table import path_table
    from .own_data import gather

    files = files_by(decimal, thousands, date_format)
    contracts = [contract] if contract else []
    given = gather(unit_values, contracts, shares, funds, None, None, None, as_of, files=files, payment=payment)
    say_notes(files)
    note_day(given, as_of)
    terms = given.contracts[0]
    grid = contract_figures.figures_of(terms, given.unit_values, given.as_of, given.shares, given.funds, "all")
    result = grid.result(fund, period)
    title = f"{result.fund}, {period.upper()} to {result.finish}: {terms.title}"
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), show_edge=False)
    header, *rows = path_table(grid, result)
    for head in header:
        shown.add_column(head.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in rows:
        shown.add_row(*map(_path_cell, header, row))
    console = screen.console()
    less = ("units bought", "units cancelled", "units left", "step", "value", "free amount", "value before charge")
    screen.show(console, shown, less=less)
    console.print(reasons.sentence(grid, result), highlight=False)
    console.print(_gross_to_net(reasons.bites(grid, result)))
    if terms.sources:
        used = ("annual_charge.", "rider.", "charge.", "cdsc.", "free_withdrawal.", "years.", "payment.")
        lines = [(k, v) for k, v in terms.sources.items() if k.startswith(used)]
        sources = Table(title="Where the terms come from", title_justify="left", show_header=False, box=None)
        for key, source in lines:
            sources.add_row(key, source)
        console.print(sources)
    if given.label:
        console.print(given.label, style="italic red")
