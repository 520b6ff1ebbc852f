"""``find``: which conventions and amounts reproduce a printed page, and which of its figures are likely misprints."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput, agreed, counted
from ..files import atomic, csv_text, targets
from . import in_json, screen
from .codes import LOOK
from .options import AsOfOption, FundsOption, JsonOption, SharesOption, TermsOption, UnitValuesOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes
from .working import working

if TYPE_CHECKING:
    from ..finding.search import Progress
    from ..update.found import Found
    from ..update.to_find import Printed
    from .given_tables import Named

KINDS = (".xlsx", ".json", ".csv")


def find(
    funds: FundsOption = None,
    published: Annotated[
        list[str] | None,
        typer.Option("--published", help="The printed figures; repeatable. Left out: those of the July 2008 sample."),
    ] = None,
    terms: TermsOption = None,
    unit_values: UnitValuesOption = None,
    shares: SharesOption = None,
    hold: Annotated[
        list[str] | None, typer.Option("--hold", help="A key of the terms that is certain, not searched; repeatable.")
    ] = None,
    charge: Annotated[
        list[float] | None, typer.Option("--charge", help="An annual charge to judge beside the draft's; repeatable.")
    ] = None,
    previous: Annotated[
        str | None, typer.Option("--previous", help="Last month's printed figures, whose repetition is a misprint.")
    ] = None,
    fund_returns: Annotated[
        str | None,
        typer.Option("--fund-returns", help="Returns of the funds before the separate account charge, as --published."),
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="By the page alone: no unit values, no shares, not even the sample's.")
    ] = False,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write what was found: .xlsx (a sheet of the update), .json or .csv.", show_default=False),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not look for further figures that would decide.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find the conventions and amounts that reproduce a printed page, and the figures that are likely misprints."""
    from ..update.found import find_all, rows
    from ..update.page_check import page_check
    from .published import read

    with in_json.answer(as_json) as answer:
        if out is not None:
            targets.refuse(out, force, KINDS)
        files = files_by(decimal, thousands, date_format)
        update, printed = _printed(files, unit_values, terms or [], shares, funds, published, as_of, page)
        before = _before(previous, files) if previous else None
        of_funds = read(fund_returns, files) if fund_returns else None
        held = [_key(one) for one in hold or []]
        for dollars in charge or []:
            if not (math.isfinite(dollars) and dollars > 0):
                raise BadInput(f"--charge must be dollars above zero (got {dollars:g}).")
        say_notes(files)
        with _progress() as shown:
            found = find_all(printed, held, charge or [], before, not quick, shown)
        for one in found:
            show(one)
        for name, count in printed.without_draft().items():
            screen.say(
                f"Note: not searched: {counted(count, 'figure')} of {name}; give the draft of its terms too (--terms)."
            )
        odds, beside = page_check(printed, found) if update is None else ([], [])
        _show_page(odds, beside)
        if of_funds is not None:
            _show_asset_charge(printed, of_funds)
        table = rows(found, odds, beside)
        answer |= {"contracts": _as_data(found), "rows": [dict(zip(table[0], row, strict=True)) for row in table[1:]]}
        if out is not None:
            _write(out, update, table, answer, printed.label)
            answer["written"] = out
            screen.say(f"Written: {out}")
        if odds or any(one.misprints or one.corrected or not one.is_plausible for one in found):
            raise typer.Exit(LOOK)


def _printed(files: Any, unit_values: Named, terms: list[str], shares: Named, funds: Named,
             published: Named, as_of: str | None, page: bool) -> tuple[Any, Printed]:  # fmt: skip
    """The page to search, with unit values as a report has it (and that report), without them as it is printed."""
    from ..update.to_find import Printed, of_update

    by_page = page or bool(published and not unit_values)
    if by_page and unit_values:
        raise BadInput("--page searches without unit values, and --unit-values gives some; drop one of the two.")
    if not by_page:
        from ..update import report
        from .own_data import gather

        update = report.compute(
            gather(unit_values, terms, shares, funds, None, published, None, as_of, files=files, are_drafts=True)
        )
        _refuse_none(update.inputs.published)
        return update, of_update(update)
    from ..update.update_inputs import sample_inputs
    from .given_tables import read_funds, read_published, read_shares
    from .own_terms import read_terms
    from .published import read

    base = sample_inputs()
    table = read_funds(funds, files) if funds else (None if published else base.funds)
    own = read_published(published, files, table, read) if published else base.published
    _refuse_none(own)
    if not terms and published:
        raise BadInput("--terms is missing; give the draft of the contract's terms (what is not known stays out).")
    drafts = tuple(read_terms(name, files, is_draft=True) for name in terms) or base.contracts
    part = read_shares(shares, files, table)[0] if shares else None
    return None, Printed(own, drafts, table, None, part)


def _refuse_none(figures: Sequence[Any]) -> None:
    if not figures:
        raise BadInput("There are no printed figures to search by; name a file that has some with --published.")


def _write(out: Path, update: Any, table: list[list[str]], answer: dict[str, Any], label: str) -> None:
    """What was found as JSON, CSV, or a sheet of the update's workbook."""
    if out.suffix.lower() == ".xlsx":
        from ..workbook.findings_sheet import findings_book
        from ..workbook.update.build import build

        if update is None:
            atomic.replace(out, lambda file: findings_book(file, table, label))
        else:
            atomic.replace(out, lambda file: build(update, file, found=table))
        return
    if out.suffix.lower() == ".csv":
        texts = csv_text.as_formulas(cell for row in table for cell in row)
        screen.say_formulas(out.name, texts, "an .xlsx shows them as texts")
        text = csv_text.lines(table)
    else:
        text = json.dumps(answer, indent=1, default=str) + "\n"
    atomic.replace(out, lambda file: file.write(text.encode()))


def _key(name: str) -> str:
    from ..cells import scalars
    from ..terms.charge_keys import spec_of
    from ..terms.keys import KEYS

    if spec_of(name.strip()) is None:
        raise BadInput(f"--hold {name!r} is not a key of the terms{scalars.nearest(name, KEYS)}; see docs/terms.md.")
    return name.strip()


def _before(name: str, files: Any) -> dict[tuple[Any, ...], float]:
    from .published import read

    return {(one.fund, one.period, one.unit.name, one.contract or "before contract charges"): one.value
            for one in read(name, files)}  # fmt: skip


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], Progress]]:
    """What a search has done so far, by the title of its contract."""
    moves = screen.looked_on(error=True)  # else each stage is one line, not each step of it
    with working("Reading the page …") as say:
        yield lambda title: lambda done, total, what: say(f"{title}: {f'{done} of ' if moves else ''}{total} {what}")


# --- the screen -------------------------------------------------------------------------------------------------------


def show(one: Found) -> None:
    """What a search found, as a person reads it: what ties, what is odd, what is decided, which amounts stand."""
    from ..update.found import few, interval, said, stands, verdict_of

    out = screen.console()
    out.print()
    out.print(f"{one.draft.title}: {one.headline}.", style="bold", highlight=False)
    if one.label:
        out.print(f"{one.label}: what follows shows what such figures would tell, and proves nothing.", style="italic red")
    if one.by_page:
        out.print("By the printed page alone: returns before contract charges stand for unit values.", highlight=False)
    if not one.figures:
        out.print("Nothing to search: no figure of this contract has a walk that is known here.", highlight=False)
        return
    if one.fitted:
        out.print("The draft's charge does not stand: the amount was fitted with the choices.", highlight=False)
    if one.corrected:
        out.print(one.corrected, highlight=False)
    if one.stranger:
        out.print(one.stranger, highlight=False)
    if not one.is_plausible:
        out.print("Not decided: the best sets explain too few figures to believe them.", style="yellow", highlight=False)
    heads = ("figure", "printed", "by the rule", "looks like")
    _table("Figures that no plausible set reproduces", heads, [
        [m.label, m.printed, m.computed, m.looks] for m in one.misprints])  # fmt: skip
    settled = [key for key in one.keys if key.verdict == "decided"]
    opened = [key for key in one.keys if key.verdict != "decided"]
    other = "not as drafted"
    _table("Decided by the figures", ("key", "choice", "draft", ""), [
        [key.key, said(key.values[0]), said(key.draft), "" if key.is_draft else other] for key in settled])  # fmt: skip
    _table("Open: the figures cannot tell", ("key", "choices that tie", "verdict", "a further figure that would tell"), [
        [key.key, few([said(value) for value in key.values]), verdict_of(key), key.tells] for key in opened])  # fmt: skip
    _table("Amounts", ("amount", "from … to", "draft", "", "note"), [
        [a.name, interval(a), "" if a.stated is None else said(a.stated), stands(a.stands), a.note] for a in one.amounts
    ] + [["annual_charge.dollars", said(d), "", stands(holds), "as stated"] for d, holds in one.refuted])  # fmt: skip
    for label, ruled in one.witnesses[:10]:
        keys = "; ".join(f"{key} {', '.join(values[:3])}" for key, values in ruled.items())
        out.print(f"Only witness: {label} alone rules out {keys}.", highlight=False)
    if one.left:
        out.print(
            f"Not searched: {counted(len(one.left), 'figure')}, {agreed(len(one.left), 'which is', 'such as')} "
            f"{one.left[0]}.",
            highlight=False,
        )


def _table(title: str, heads: tuple[str, ...], lines: list[list[str]]) -> None:
    from rich import box
    from rich.table import Table

    if not lines:
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    for head in heads:
        table.add_column(head)
    for line in lines:
        table.add_row(*line)
    screen.console().print(table)


def _show_page(odds: list[Any], beside: list[list[str]]) -> None:
    """What on a page contradicts another part of it."""
    heads = ("contract", "from … to", "draft", "", "note")
    _table("Charges by the same funds over the same days under another contract", heads, beside)
    lines = [[one.rule, "; ".join(one.labels), one.said] for one in odds]
    _table("The page against itself", ("rule", "figures", "what"), lines)


def _show_asset_charge(printed: Printed, of_funds: Sequence[Any]) -> None:
    from ..update.to_find import asset_charges

    lines = asset_charges(printed, of_funds)
    _table("Separate account charge, from unit values against fund returns", ("figure", "from … to a year", ""), lines)


# --- files ------------------------------------------------------------------------------------------------------------


def _as_data(found: tuple[Found, ...]) -> list[dict[str, Any]]:
    return [
        {
            "contract": one.name, "figures": one.figures, "tied": one.best, "tied_by_draft": one.of_draft,
            "sets": one.count, "best_sets": one.best_sets, "nearest": one.nearest,
            "by_departures": [{"departures": f.departures, "tied": f.score, "choices": f.choices} for f in one.fronts],
            "years": [list(pair) for pair in one.years],
            "cdsc_rates": [one_rate._asdict() for one_rate in one.rates],
        }
        for one in found
    ]  # fmt: skip
