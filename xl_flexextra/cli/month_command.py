"""``month``: a new month's files into an update, and all that follows: tie-out, review, PDF; or all of it taken back."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput, FlexExtraError, MissingData
from ..files import door, targets
from . import figures_shown, in_json, screen
from .codes import ERROR, LOOK
from .options import JsonOption, RoundingOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption
from .working import working

if TYPE_CHECKING:
    from ..sync.refresh import Outcome


def month(
    files: Annotated[
        list[str] | None, typer.Argument(help="The new files: unit values, shares, rates, printed figures, in any order.")
    ] = None,
    book: Annotated[Path | None, typer.Option("--book", help="The update that the month goes into.")] = None,
    accept_revisions: Annotated[bool, typer.Option("--accept-revisions", help="Let past values change.")] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Print nothing.")] = False,
    no_calc: Annotated[bool, typer.Option("--no-calc", help="Do not use LibreOffice Calc.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last month back out of the workbook.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    rounding_ok: RoundingOption = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a review or PDF of the same month.")] = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a new month into an update in one go: refresh, tie-out, review, PDF; each file finds its table by its columns.

    Rows join those that are there, by their date and name; nothing is written where a file is wrong. Exit code 1: a figure
    does not tie, or something asks for a look.
    """
    with in_json.answer(as_json) as found:
        if book is None:
            raise BadInput("'--book' is missing; give the update that the month goes into.")
        if undo:
            _undo(book, files)
            return
        if not files:
            raise BadInput("There are no new files; give them, such as values.csv published.csv.")
        if not door.is_file(book):
            raise MissingData(f"There is no file {door.shown(book)}; build the update once with 'xl-flexextra report'.")
        prints = not no_pdf and not no_calc
        signs = decimal, thousands, date_format
        outcome = _refresh(book, files, accept_revisions, no_calc, signs, lambda made: _room(book, made, prints, force))
        found["refresh"] = in_json.refresh(outcome)
        if outcome.stopped:
            raise typer.Exit(ERROR)
        _follow(book, outcome, prints, rounding_ok, force, found)


def _refresh(
    book: Path, files: list[str], accept: bool, no_calc: bool, signs: tuple[str, str, str], before: Callable[[Outcome], None]
) -> Outcome:
    """All files in one refresh: one plan, one backup, one line of the journal."""
    from ..sync import refresh as work
    from ..sync.report import summary
    from .sync import calculator

    with working("Reading the workbook") as step:
        outcome = work.refresh(
            work.Request(
                book, sources=tuple(files), joins=True, accept_revisions=accept, progress=step,
                recalculate=None if no_calc else calculator(), decimal=signs[0], thousands=signs[1], date_format=signs[2],
                before_writing=before,
            )
        )  # fmt: skip
    screen.say(summary.text(outcome, 5))
    return outcome


def _beside(book: Path, day: datetime.date) -> tuple[Path, Path]:
    """The review and the PDF of a month."""
    return book.with_name(f"{book.stem}_review_{day}.xlsx"), book.with_name(f"{book.stem}_page_{day}.pdf")


def _written(book: Path) -> list[str]:
    """The reviews and PDFs of any month beside the book."""
    begins = f"{book.stem}_review_", f"{book.stem}_page_"
    return sorted(path.name for path in book.parent.iterdir() if path.name.startswith(begins))


def _room(book: Path, outcome: Outcome, prints: bool, force: bool) -> None:
    """Refuse before the month is written what would be refused after it: a review or a PDF of it that is there."""
    if (
        force
        or outcome.workbook is None
        or not [*book.parent.glob(f"{book.stem}_review_*"), *book.parent.glob(f"{book.stem}_page_*")]
    ):
        return
    from . import review_data

    made = io.BytesIO()
    outcome.workbook.package.write(made)
    review, pdf = _beside(book, review_data.from_workbook(book, made.getvalue()).as_of)
    for target in (review, pdf) if prints else (review,):
        targets.refuse(target, force)


def _follow(book: Path, outcome: Outcome, prints: bool, rounding_ok: bool, force: bool, found: dict[str, Any]) -> None:
    """Tie-out, review and PDF of the update as it is now, and one summary."""
    from ..update import report
    from . import review_data
    from .report_commands import say_odd_inputs

    inputs = review_data.from_workbook(book)
    update = report.compute(inputs)
    found |= in_json.update(update)
    day = update.inputs.as_of
    look = outcome.to_look_at
    screen.say()
    look |= say_odd_inputs(inputs)
    steps = [f"{book.name} is of {day} now." if outcome.written else f"{book.name} held this month already ({day})."]
    look |= _needs_look(lambda: figures_shown.headline(update, rounding_ok))
    review, pdf = _beside(book, day)
    if update.tied:
        targets.refuse(review, force)
        look |= _needs_look(lambda: _review(book, outcome, review, force, found))
        steps.append(f"Sign {review.name} on its sheet Controls.")
    else:
        steps.append("Nothing printed to review yet: give the printed figures when they are there.")
    if prints:
        look |= _print(book, pdf, force, steps)
    steps.append(f"A wrong month goes back with: xl-flexextra month --undo --book {book.name}")
    screen.say()
    for step in steps:
        screen.say(f"* {step}")
    if look:
        raise typer.Exit(LOOK)


def _needs_look(part: Callable[[], None]) -> bool:
    """Do a part of the month and go on where it would end the command with 1; whether it asks for a look."""
    try:
        part()
    except typer.Exit as end:
        if end.exit_code != LOOK:
            raise
        return True
    return False


def _review(book: Path, outcome: Outcome, target: Path, force: bool, found: dict[str, Any]) -> None:
    """The review of the month, against the workbook as it was before."""
    from .review import Asked, build_review
    from .signs import files_by

    told: dict[str, Any] = {}
    try:
        build_review(Asked(files_by("", "", ""), book, previous=outcome.backup, out=target, force=force), told)
    finally:
        found["review"] = told


def _print(book: Path, target: Path, force: bool, steps: list[str]) -> bool:
    """The printed page, where there is a LibreOffice; whether it shows an error."""
    from ..hosts.calc.office import find
    from .calc import print_to

    try:
        find()
    except FlexExtraError:
        steps.append("No PDF: LibreOffice is not here.")
        return False
    targets.refuse(target, force, source=book)
    errors = print_to(book, target)
    steps.append(f"{target.name} is the printed page.")
    return errors


def _undo(book: Path, files: list[str] | None) -> None:
    """The workbook as it was before the last refresh; what was written beside it stays, and is named."""
    from ..sync import restore as work

    if files:
        raise BadInput("--undo takes no files; give the workbook alone.")
    done = work.restore(book)
    screen.say(f"{book.name} is {done.state}.")
    beside = _written(book)
    if beside:
        screen.say(f"What was written beside it is still there: {', '.join(beside)}.")
