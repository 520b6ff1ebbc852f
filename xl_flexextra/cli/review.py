"""``review`` and ``diff``: the workbook that a second actuary signs, and what changed between two updates."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from ..errors import BadInput, MissingData
from ..ooxml import atomic, output
from . import screen
from .report_commands import (
    WORKBOOKS,
    AsOfOption,
    FundsOption,
    PublishedOption,
    SharesOption,
    TermsOption,
    UnitValuesOption,
    note_day,
)
from .signs import DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes


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
    out: Annotated[Path | None, typer.Option(help="The workbook to write. Left out: review.xlsx.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write the review as a PDF too, through LibreOffice.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare a review workbook with one built from its own inputs; write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Build the review workbook: two routes to every figure, data, assumptions, changes, controls, sign-off."""
    from .. import report
    from ..review import changes
    from ..review.data_checks import Evidence
    from ..workbook import review as builder
    from . import review_inputs as read
    from .inputs import gather

    if book is not None and unit_values is not None:
        raise BadInput("Give either a workbook or --unit-values, not both.")
    if check:
        if book is None:
            raise BadInput("--check needs the review workbook to check.")
        _check(book, previous)
        return
    if book is not None and not book.is_file():
        raise MissingData(f"There is no file {book}.")
    own = book is not None or unit_values is not None
    target = out or Path("review.xlsx" if own else "flex_extra_review.xlsx")
    output.refuse(target, force, WORKBOOKS)
    if pdf:
        output.refuse(target.with_suffix(".pdf"), force)
    files = files_by(decimal, thousands, date_format)
    if book is not None:
        given = read.from_workbook(book)
    else:
        given = gather(unit_values, terms or [], shares, funds, None, published, None, as_of, files=files)
        note_day(given, as_of)
    if not given.published:
        raise BadInput("There are no published figures to review; name them with --published.")
    if any(one.charges != ("all" if one.contract else "asset") for one in given.published if one.charges):
        raise BadInput(
            "The review has no closed form of the returns without surrender; leave their rows out of --published."
        )
    before = read.from_workbook(previous) if previous is not None else None
    if (distributions is not None) and navs is None:
        raise BadInput("--distributions needs --navs; give the net asset values too.")
    evidence = Evidence(
        before=before.unit_values if before is not None else None,
        second=read.unit_values(second_source, "--second-source", files),
        navs=read.unit_values(navs, "--navs", files),
        distributions=read.distributions(distributions, files),
        fund_returns=read.fund_returns(fund_returns, files),
    )
    say_notes(files)
    for option, one in (("--navs", evidence.navs), ("--fund-returns", evidence.fund_returns)):
        if one is not None and given.contracts[0]["separate_account.charge"] is None:
            raise BadInput(
                f"{option} is compared less the separate account charge, and the terms of {given.contracts[0].name} have no "
                "separate_account.charge; add it, or leave the option out."
            )
    signatures, facts = read.signatures_and_facts(sign_off)
    told = [(name, facts.pop(name, text)) for name, text in builder.FACTS] + list(facts.items())
    update = report.compute(given)
    marks: list[str] = []

    def build(file: BinaryIO) -> None:
        marks.append(builder.build(update, file, previous=before, evidence=evidence, signatures=signatures, facts=told))

    atomic.replace(target, build)
    screen.say(f"Written: {target}")
    if pdf:
        from ..hosts.calc import to_pdf
        from .calc import say_errors

        printed = to_pdf(target, target.with_suffix(".pdf"), sheets=list(builder.PRINTED))
        screen.say(f"Written: {target.with_suffix('.pdf')}")
        say_errors(printed)
    if before is not None and (note := changes.order_note(before.as_of, given.as_of)):
        screen.say(note)
    screen.say(f"{update.headline}. Sign with the mark {marks[-1]}.")
    if given.label:
        screen.say(given.label)


def _check(book: Path, previous: Path | None) -> None:
    """Say what in a review is not as built; exit code 1 where anything is."""
    from .. import report
    from ..workbook import review as builder
    from ..workbook import review_check
    from . import review_inputs as read

    given = read.from_workbook(book)
    before = read.from_workbook(previous) if previous is not None else None
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "fresh.xlsx"
        mark = builder.build(report.compute(given), fresh, previous=before)
        found = review_check.differences(book, fresh)
    for sentence in found[: review_check.MOST]:
        screen.say(sentence)
    if found:
        more = f", {review_check.MOST} shown" if len(found) > review_check.MOST else ""
        screen.say(f"{book.name}: {len(found)} cells are not as built{more}.")
        raise typer.Exit(1)
    screen.say(f"{book.name} is as built from its inputs; its mark is {mark}.")


def diff(
    old: Annotated[Path, typer.Argument(help="The workbook of the update before.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The workbook of the update.", show_default=False)],
    every: Annotated[bool, typer.Option("--all", help="List figures that did not change, too.")] = False,
) -> None:
    """What changed between two updates: every figure old and new, and the parts of its change; inputs that differ."""
    from ..review import changes, data_checks, fingerprints, sign_off
    from . import review_inputs as read

    was, now = read.from_workbook(old), read.from_workbook(new)
    found = changes.changes(was, now)
    _inputs(sign_off.changed(fingerprints.of_inputs(was), fingerprints.of_inputs(now)), was, now)
    revised = data_checks.revisions(now.unit_values, was.unit_values)
    if revised:
        screen.say(
            f"Revised unit values: {len(revised)}; the first: {revised[0].fund} on {revised[0].day}: {revised[0].found}."
        )
    shown = [one for one in found if every or one.note or _moved(one)]
    _figures(shown, changes.CAUSES)
    neither = sum(one.note == changes.NEITHER for one in found)
    same = len(found) - sum(bool(one.note) or _moved(one) for one in found)
    without = f", {neither} without a figure in either" if neither else ""
    screen.say(f"{len(found)} figures: {len(found) - same - neither} changed or new, {same} as before{without}.")


def _moved(one: Any) -> bool:
    """Whether a figure prints differently or is new."""
    from ..numbers import rounded_percent

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

    from ..numbers import percent_text

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
    from ..numbers import rounded

    return f"{rounded(value * 1e4, 1):.1f}"
