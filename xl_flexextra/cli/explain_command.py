"""``explain``: one figure's reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput
from ..files.door import shown
from . import in_json, screen
from .options import AsOfOption, FundsOption, JsonOption, PaymentOption, SetOption, SharesOption, UnitValuesOption
from .report_commands import note_day
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes

if TYPE_CHECKING:
    from ..terms import Terms
    from ..update.update_inputs import Inputs


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


def _of_workbook(book: Path, contract: str | None, as_of: str | None, changed: Sequence[str]) -> Inputs:
    """The inputs of a workbook with the contract that is asked about first."""
    from ..cells.scalars import to_day
    from . import review_data
    from .own_terms import what_if

    inputs = review_data.from_workbook(book)
    contracts = what_if(inputs.contracts, changed)
    if contract:
        label = contract.strip().casefold()
        named = [one for one in contracts if label == one.name.casefold()] or [
            one for one in contracts if label in _names(one)
        ]
        if len(named) > 1:
            known = ", ".join(one.name for one in named)
            raise BadInput(f"{shown(book)} has several contracts {contract!r}; give one of {known} with --contract.")
        if not named:
            known = ", ".join(one.name for one in contracts)
            raise BadInput(f"{shown(book)} has no contract {contract!r}; give one of {known} with --contract.")
        contracts = (named[0],)
    day = to_day("--as-of", as_of) if as_of else inputs.as_of
    return dataclasses.replace(inputs, contracts=contracts, as_of=day, published=())


def _names(contract: Terms) -> set[str]:
    """What a contract is called: its name, the end of it (single), its code, its title."""
    name = contract.name.casefold()
    return {name, name.rpartition("_")[2], str(contract["contract.code"]).casefold(), contract.title.casefold()} - {""}


def explain(
    fund: Annotated[str, typer.Option(help="Fund code, printed name or alias.")],
    period: Annotated[str, typer.Option(help="YTD, 1Y, 5Y, 10Y, SI_FUND …")],
    contract: Annotated[
        str | None,
        typer.Option(
            "--contract",
            "--terms",
            help="A shipped contract or a terms file; of a workbook the contract's name. Left out: the first one.",
        ),
    ] = None,
    book: Annotated[
        Path | None, typer.Argument(help="An update or review workbook. Left out: the sample, or the files named.")
    ] = None,
    unit_values: UnitValuesOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    as_of: AsOfOption = None,
    payment: PaymentOption = None,
    changed: SetOption = None,
    charges: Annotated[
        str, typer.Option(help="'all' (redeemed), 'annual' (not surrendered) or 'asset' (before contract charges).")
    ] = "all",
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Why one figure is what it is: the walk, the sentence, and where each input comes from."""
    with in_json.answer(as_json) as found:
        files = files_by(decimal, thousands, date_format)
        if book is not None:
            if any((unit_values, shares, funds, payment)):
                raise BadInput(
                    "Give either a workbook or files; of a workbook only --contract, --as-of and --set may differ."
                )
            given = _of_workbook(book, contract, as_of, changed or ())
        else:
            from .own_data import gather

            contracts = [contract] if contract else []
            given = gather(unit_values, contracts, shares, funds, None, None, None, as_of, files=files, payment=payment,
                           changed=changed or ())  # fmt: skip
        say_notes(files)
        note_day(given, as_of)
        _explain(given, fund, period, charges, found)


def _explain(given: Inputs, fund: str, period: str, charges: str, found: dict[str, Any]) -> None:
    """Show a figure's walk, its sentence, its charges one by one, and the sources of its terms."""
    from rich import box
    from rich.table import Table

    from ..calculation import contract_figures
    from ..calculation import explain as reasons
    from ..calculation.path_table import path_table
    from ..terms.keys import DEFAULT

    terms = given.contracts[0]
    grid = contract_figures.figures_of(terms, given.unit_values, given.as_of, given.shares, given.funds, charges)
    result = grid.result(fund, period)
    title = f"{result.fund}, {period.upper()} to {result.finish}: {terms.title}"
    walk = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), show_edge=False)
    header, *rows = path_table(grid, result)
    for head in header:
        walk.add_column(head.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in rows:
        walk.add_row(*map(_path_cell, header, row))
    console = screen.console()
    less = ("units bought", "units cancelled", "units left", "step", "value", "free amount", "value before charge")
    screen.show(console, walk, less=less)
    said, steps = reasons.sentence(grid, result), reasons.bites(grid, result)
    console.print(said, highlight=False)
    console.print(_gross_to_net(steps))
    used = ("annual_charge.", "rider.", "charge.", "cdsc.", "free_withdrawal.", "years.", "payment.")
    lines = [(k, v) for k, v in terms.sources.items() if k.startswith(used) and v != DEFAULT]
    if set(terms.sources.values()) - {DEFAULT}:
        sources = Table(title="Where the terms come from", title_justify="left", show_header=False, box=None)
        for key, source in lines:
            sources.add_row(key, source)
        console.print(sources)
    if given.label:
        console.print(given.label, style="italic red")
    heads = [head.replace(" ", "_") for head in header]
    found |= {
        "fund": result.fund, "period": result.period.code, "start": result.start, "finish": result.finish,
        "contract": terms.name, "charges": charges, "label": given.label, "return": in_json.number(steps[-1][1]),
        "years": in_json.number(result.years), "erv": in_json.number(result.erv), "sentence": said,
        "path": [{head: in_json.blank(cell) for head, cell in zip(heads, row, strict=True)} for row in rows],
        "gross_to_net": [{"after": after, "return": in_json.number(value)} for after, value in steps],
        "sources": [{"term": term, "source": source} for term, source in lines],
    }  # fmt: skip
