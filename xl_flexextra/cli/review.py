"""``review`` and ``diff``: the workbook that a second actuary signs, and what changed between two updates."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import __version__
from ..errors import BadInput, MissingData, counted
from ..files import atomic, door, targets
from . import in_json, screen
from .codes import LOOK
from .figures_shown import WITHOUT_HISTORY, list_figures
from .options import AsOfOption, FundsOption, JsonOption, PublishedOption, SharesOption, TermsOption, UnitValuesOption
from .report_commands import WORKBOOKS, note_day
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes
from .working import working

if TYPE_CHECKING:
    from ..sources.files import Files
    from ..update.report import Report
    from ..update.update_inputs import Inputs
    from ..workbook.review.build import Made
    from .given_tables import Named


@dataclass(frozen=True)
class Asked:
    """What a person asks of a review."""

    files: Files
    book: Path | None = None
    unit_values: Named = None
    terms: Sequence[str] = ()
    shares: Named = None
    funds: Named = None
    published: Named = None
    as_of: str | None = None
    previous: Path | None = None
    second_source: str | None = None
    navs: str | None = None
    distributions: str | None = None
    fund_returns: str | None = None
    sign_off: Path | None = None
    out: Path | None = None
    pdf: bool = False
    force: bool = False
    find: bool = False
    native: bool = False

    @property
    def target(self) -> Path:
        """The workbook to write."""
        own = self.book is not None or bool(self.unit_values)
        name = f"{'' if own else 'flex_extra_'}review{'_native' if self.native else ''}.xlsx"
        return self.out or Path(name)

    @property
    def pdf_target(self) -> Path | None:
        """The PDF to write beside it, if any."""
        return self.target.with_suffix(".pdf") if self.pdf else None


def review(
    book: Annotated[
        Path | None, typer.Argument(help="The update to review (.xlsx, .xlsm). Left out: the sample, or the files named.")
    ] = None,
    unit_values: UnitValuesOption = None,
    terms: TermsOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    published: PublishedOption = None,
    as_of: AsOfOption = None,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    previous: Annotated[Path | None, typer.Option(help="The workbook of the update before, for What changed.")] = None,
    second_source: Annotated[str | None, typer.Option(help="Unit values from a second source, to compare.")] = None,
    navs: Annotated[str | None, typer.Option(help="Net asset values, to re-perform the unit values.")] = None,
    distributions: Annotated[str | None, typer.Option(help="Distributions a share: fund, date, amount.")] = None,
    fund_returns: Annotated[str | None, typer.Option(help="The funds' own returns: fund, period, return_pct.")] = None,
    sign_off: Annotated[
        Path | None, typer.Option(help="TOML with the tables preparer, reviewer (name, date, mark) and model (facts).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The workbook to write. Left out: review.xlsx, review_native.xlsx.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write the review as a PDF too, through LibreOffice.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare a review workbook with one built from its own inputs; write nothing.")
    ] = False,
    find: Annotated[
        bool, typer.Option("--find", help="With a sheet of findings: which conventions the page decides, likely misprints.")
    ] = False,
    native: Annotated[
        bool, typer.Option("--native", help="With the functions inside, for Excel 365 and 2024 with nothing installed.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build the review workbook: two routes to every figure, data, assumptions, changes, controls, sign-off.

    Exit code 1 where a figure is open or a control does not hold.
    """
    with in_json.answer(as_json) as found:
        if book is not None and unit_values:
            raise BadInput("Give either a workbook or --unit-values, not both.")
        if check:
            if book is None:
                raise BadInput("--check needs the review workbook to check.")
            asked = Asked(
                files_by(decimal, thousands, date_format), book, previous=previous, second_source=second_source, navs=navs,
                distributions=distributions, fund_returns=fund_returns,
            )  # fmt: skip
            _check(asked, found)
            return
        if native and pdf:
            raise BadInput("--pdf prints by LibreOffice, which has no LAMBDA; print the review without --native.")
        files = files_by(decimal, thousands, date_format)
        asked = Asked(
            files, book, unit_values, terms or (), shares, funds, published, as_of, previous, second_source, navs,
            distributions, fund_returns, sign_off, out, pdf, force, find, native,
        )  # fmt: skip
        build_review(asked, found)


NOT_TO_BE_SIGNED = f"Nothing is to be signed before they are there. {WITHOUT_HISTORY}"


def build_review(asked: Asked, found: dict[str, Any]) -> None:
    """Build a review, and say what of it is to be looked at."""
    from ..review import changes
    from ..update import report
    from ..workbook.review import build
    from . import review_data

    _refuse_targets(asked)
    given, before = _inputs_of(asked), review_data.from_workbook(asked.previous) if asked.previous is not None else None
    evidence = review_data.evidence(asked, before)
    say_notes(asked.files)
    build.refuse(given, evidence)
    signatures, facts = review_data.signatures_and_facts(asked.sign_off)
    told = [(name, facts.pop(name, text)) for name, text in build.FACTS] + list(facts.items())
    update = report.compute(given)
    _building(asked.target, update)
    built: list[Made] = []
    rows = _findings(update) if asked.find else ()
    with working("Building the review …") as step:
        atomic.replace(
            asked.target,
            lambda file: built.append(
                build.make(update, file, before, evidence, signatures, told, found=rows, native=asked.native, step=step)
            ),
        )
    made = built[-1]
    found |= {"written": asked.target, "pdf": asked.pdf_target, "mark": made.mark, "tie_out": in_json.tie_out(update)}
    found |= {"open": [in_json.figure(one) for one in made.open], "controls_off": list(made.off)}
    found["data_checks"] = [{"check": one.name, "state": one.state, "found": len(one.findings)} for one in made.checks]
    screen.say(f"Written: {asked.target}")
    errors = _print(asked.target, asked.pdf_target) if asked.pdf_target is not None else False
    note = changes.order_note(before.as_of, given.as_of) if before is not None else ""
    if note:
        screen.say(note)
    look = _say_found(made)
    missing = update.without_figure
    screen.say(f"{update.headline_of_page}. {NOT_TO_BE_SIGNED if missing else f'Sign with the mark {made.mark}.'}")
    if given.label:
        screen.say(given.label)
    if look or note or errors:
        raise typer.Exit(LOOK)


def _findings(update: Any) -> list[list[str]]:
    """The rows of a search of the update's printed figures."""
    from ..update.found import find_all, rows
    from ..update.to_find import of_update

    with working("Searching the conventions …"):
        return rows(find_all(of_update(update)))


def _refuse_targets(asked: Asked) -> None:
    """Refuse to build over files that are there, before anything is read."""
    if asked.book is not None and not door.is_file(asked.book):
        raise MissingData(f"There is no file {door.shown(asked.book)}.")
    targets.refuse(asked.target, asked.force, WORKBOOKS)
    if asked.pdf_target is not None:
        targets.refuse(asked.pdf_target, asked.force)


def _inputs_of(asked: Asked) -> Inputs:
    """The inputs under review: of a workbook, of files, or of the sample."""
    from . import review_data as read
    from .own_data import gather

    if asked.book is not None:
        return read.from_workbook(asked.book)
    given = gather(
        asked.unit_values, asked.terms, asked.shares, asked.funds, None, asked.published, None, asked.as_of,
        files=asked.files,
    )  # fmt: skip
    note_day(given, asked.as_of)
    return given


def _building(target: Path, update: Report) -> None:
    """Say what is being done: it takes some seconds."""
    single = sum(bool(one.published.measure) for one in update.tied)
    more = f", {single} by one" if single else ""
    figures = counted(len(update.tied) - single, "figure")
    screen.say(f"Building {target.name}: {figures} by two routes{more}, alternatives, changes …", error=True)


def _print(book: Path, target: Path) -> bool:
    """Write the printed sheets of a review as a PDF; gives whether any of them holds errors."""
    from ..hosts.calc import to_pdf
    from ..sources.read import table_names
    from ..workbook.review.build import PRINTED
    from .calc import say_errors

    with working(f"LibreOffice prints {book.name} …"):
        there = table_names(str(book), Path())
        printed = to_pdf(book, target, sheets=[name for name in PRINTED if name in there])
    screen.say(f"Written: {target}")
    return say_errors(printed)


def _say_found(made: Made) -> bool:
    """Name what a reviewer has to look at: open figures, controls that do not hold, data checks that found something off.

    Gives whether there is any of it.
    """
    from ..review.data_checks import OFF
    from ..workbook.review.controls_sheet import OPEN_FIGURES

    if made.open:
        list_figures(f"Figures open: {len(made.open)}", made.open)
    off = [name for name in made.off if name != OPEN_FIGURES]
    if off:
        screen.say(f"Controls off, see Controls: {'; '.join(off)}.")
    checks = [f"{one.name} ({len(one.findings)})" for one in made.checks if one.state == OFF]
    if checks:
        screen.say(f"Data checks that found something off, see Data: {', '.join(checks)}.")
    return bool(made.open or off or checks)


def _check(asked: Asked, told: dict[str, Any]) -> None:
    """Say what in a review is not as built; exit code 1 where anything is."""
    from ..update import report
    from ..workbook.review import build as builder
    from ..workbook.review import check as review_check
    from . import review_data as read

    book = asked.book or Path()
    _refuse_other_version(book, built_by := read.built_by(book))
    update = report.compute(read.from_workbook(book))
    before = read.from_workbook(asked.previous) if asked.previous is not None else None
    evidence = read.evidence(asked, before)
    _building(book, update)
    with working("Building the review …") as step, tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "fresh.xlsx"
        mark = builder.make(update, fresh, before, evidence, step=step, native=_is_native(book)).mark
        step("Comparing the two …")
        found = review_check.differences(book, fresh)
    told |= {"mark": mark, "as_built": not found, "differences": list(found)}
    for sentence in found[: review_check.MOST]:
        screen.say(sentence)
    if found:
        more = f", {review_check.MOST} shown" if len(found) > review_check.MOST else ""
        screen.say(f"{book.name}: {counted(len(found), 'cell is', 'cells are')} not as built{more}.")
        if more:
            screen.say(
                f"So many differ where another state of {built_by or 'the program'} built it; then check it with that one."
            )
        raise typer.Exit(LOOK)
    screen.say(f"{book.name} is as built from its inputs; its mark is {mark}.")


def _refuse_other_version(book: Path, built_by: str) -> None:
    """Refuse to compare a review cell by cell with one that another version of this program lays out otherwise."""
    if built_by and built_by != f"xl_flexextra {__version__}":
        raise BadInput(
            f"{book.name} was built by {built_by}, and this is {__version__}, which lays a review out otherwise; check it "
            "with the version that built it, or build it again with this one and compare the two by 'diff'."
        )


def _is_native(book: Path) -> bool:
    """Whether a workbook carries its functions."""
    from ..hosts.native import names
    from ..ooxml.package import Package
    from ..ooxml.workbook import Workbook

    return bool(names.carried(Workbook(Package.open(book))))


def diff(
    old: Annotated[Path, typer.Argument(help="The workbook of the update before.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The workbook of the update.", show_default=False)],
    every: Annotated[bool, typer.Option("--all", help="List figures that did not change, too.")] = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """What changed between two updates: every figure old and new, and the parts of its change; inputs that differ.

    Exit code 1 where the first is the later one.
    """
    with in_json.answer(as_json) as told:
        _diff(old, new, every, told)


def _diff(old: Path, new: Path, every: bool, told: dict[str, Any]) -> None:
    """Compare two updates and say what changed."""
    from ..review import changes, data_checks, fingerprints, sign_off
    from . import review_data as read

    with working("Comparing the two updates …"):
        was, now = read.from_workbook(old), read.from_workbook(new)
        found = changes.changes(was, now)
    differ = sign_off.changed(fingerprints.of_inputs(was), fingerprints.of_inputs(now))
    _inputs(differ, was, now)
    revised = data_checks.revisions(now.unit_values, was.unit_values)
    told |= {
        "old_as_of": was.as_of,
        "new_as_of": now.as_of,
        "inputs_differ": list(differ),
        "revised_unit_values": len(revised),
        "figures": [_in_json(one) for one in found if every or one.note or _moved(one)],
    }
    if revised:
        screen.say(
            f"Revised unit values: {len(revised)}; the first: {revised[0].fund} on {revised[0].day}: {revised[0].found}."
        )
    shown = [one for one in found if every or one.note or _moved(one)]
    _figures(shown, changes.CAUSES)
    neither = sum(one.note == changes.NEITHER for one in found)
    same = len(found) - sum(bool(one.note) or _moved(one) for one in found)
    without = f", {neither} without a figure in either" if neither else ""
    said = counted(len(found), "figure")
    screen.say(f"{said}: {len(found) - same - neither} changed or new, {same} as before{without}.")
    if changes.order_note(was.as_of, now.as_of):
        raise typer.Exit(LOOK)


def _in_json(one: Any) -> dict[str, Any]:
    """A figure old and new, and the parts of its change, all as fractions."""
    where = {"table": one.table, "contract": one.contract, "fund": one.fund, "period": one.period}
    ends = {"old": in_json.number(one.old), "new": in_json.number(one.new)}
    return {**where, **ends, "parts": {cause: in_json.number(part) for cause, part in one.parts.items()}, "note": one.note}


def _moved(one: Any) -> bool:
    """Whether a figure prints differently or is new."""
    from ..cells.rounding import rounded_percent

    if one.old is None or one.new is None:
        return bool(one.old != one.new)
    return rounded_percent(one.old) != rounded_percent(one.new)


def _inputs(names: list[str], was: Any, now: Any) -> None:
    from ..review import changes

    screen.say(f"From {was.as_of} to {now.as_of}.")
    if note := changes.order_note(was.as_of, now.as_of):
        screen.say(note)
    screen.say(f"Inputs that differ: {', '.join(names)}." if names else "The inputs are the same.")
    mine = {t.name: t for t in was.contracts}
    for terms in now.contracts:
        if terms.name in mine:
            before, after = ({r[0]: r[1] for r in t.rows()} for t in (mine[terms.name], terms))
            for key in sorted({*before, *after}):
                if before.get(key) != after.get(key):
                    screen.say(f"  {terms.name}, {key}: {before.get(key, 'not given')} → {after.get(key, 'not given')}")


def _figures(found: list[Any], causes: tuple[str, ...]) -> None:
    """A line a figure; parts in hundredths of a percent, causes that moved nothing anywhere left out."""
    from rich import box
    from rich.table import Table

    from ..cells.rounding import percent_text

    if not found:
        return
    used = [cause for cause in causes if any(abs(one.parts.get(cause, 0.0)) >= 5e-6 for one in found)]
    console = screen.console()
    for (name, contract), figures in itertools.groupby(found, key=lambda one: (one.table, one.contract)):
        group, page = list(figures), f"{name.replace('_', ' ')} {contract}".strip()
        noted = any(one.note for one in group)
        title = f"{page}: change and its parts in hundredths of a percent"
        shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        shown.add_column("fund", no_wrap=True)
        shown.add_column("period", no_wrap=True)
        for head in ("before", "now", "change", *used):
            shown.add_column(head.replace(" ", "\n"), justify="right", no_wrap=True)
        if noted:
            shown.add_column("note")
        for one in group:
            ends = ["" if value is None else percent_text(value) for value in (one.old, one.new)]
            parts = [_points(one.parts[cause]) if one.parts else "" for cause in used]
            change = _points(one.change) if one.parts else ""
            shown.add_row(one.fund, one.period, *ends, change, *parts, *([one.note] if noted else []))
        if not screen.fits(console, shown):  # a narrow window folds the names rather than cut a number
            shown.columns[0].no_wrap, shown.columns[0].overflow = False, "fold"
        console.print(shown)


def _points(value: float) -> str:
    """Hundredths of a percent."""
    from ..cells.rounding import rounded

    return f"{rounded(value * 1e4, 1):.1f}"
