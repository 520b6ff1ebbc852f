"""``month``: a new month's files into an update, and all that follows: tie-out, review, PDF; or all of it taken back."""

from __future__ import annotations

import datetime
import io
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput, FlexExtraError, MissingData, agreed, counted
from ..files import door, targets
from . import figures_shown, in_json, screen
from .codes import DONE, ERROR, LOOK, unexpected
from .figures_shown import WITHOUT_HISTORY
from .options import JsonOption, RoundingOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption
from .working import working

if TYPE_CHECKING:
    from ..sync.refresh import Outcome
    from ..update.report import Report


def month(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(help="The new files: unit values, shares, rates, printed figures, in any order; or their folder."),
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
    does not tie, something asks for a look, or tie-out, review or PDF failed.
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
        debug = bool(context.find_root().params.get("debug"))
        _follow(_After(book, outcome, found, debug), prints, rounding_ok, force)


def _refresh(
    book: Path, files: list[str], accept: bool, no_calc: bool, signs: tuple[str, str, str], before: Callable[[Outcome], None]
) -> Outcome:
    """All files in one refresh: one plan, one backup, one line of the journal."""
    from ..sync import refresh as work
    from ..sync.report import summary
    from .built_anew import BuiltAnew
    from .sync import calculator

    with working("Reading the workbook") as step:
        outcome = work.refresh(
            work.Request(
                book, sources=tuple(files), joins=True, accept_revisions=accept, progress=step,
                recalculate=None if no_calc else calculator(), decimal=signs[0], thousands=signs[1], date_format=signs[2],
                before_writing=before, anew=BuiltAnew(book),
            )
        )  # fmt: skip
    screen.say(summary.text(outcome, 5))
    return outcome


def _beside(book: Path, day: datetime.date) -> tuple[Path, Path]:
    """The review and the PDF of a month."""
    return book.with_name(f"{book.stem}_review_{day}.xlsx"), book.with_name(f"{book.stem}_page_{day}.pdf")


def _written(book: Path) -> list[str]:
    """The review and PDF of the book's month that are there; those of any month, where its month cannot be told."""
    from . import review_data

    try:
        return [path.name for path in _beside(book, review_data.from_workbook(book).as_of) if door.exists(path)]
    except FlexExtraError:
        return _of_any_month(book)


def _of_any_month(book: Path) -> list[str]:
    begins = f"{book.stem}_review_", f"{book.stem}_page_"
    return sorted(path.name for path in book.parent.iterdir() if path.name.startswith(begins))


def _room(book: Path, outcome: Outcome, prints: bool, force: bool) -> None:
    """Refuse before the month is written what would be refused after it: a review or a PDF of it that is there."""
    if force or outcome.workbook is None or not _of_any_month(book):
        return
    from . import review_data

    made = io.BytesIO()
    outcome.workbook.package.write(made)
    review, pdf = _beside(book, review_data.from_workbook(book, made.getvalue()).as_of)
    for target in (review, pdf) if prints else (review,):
        targets.refuse(target, force, own_name=True)


class _After:
    """What follows once the month is in: each part for itself, so that one that fails leaves the others and is named."""

    def __init__(self, book: Path, outcome: Outcome, found: dict[str, Any], debug: bool) -> None:
        self.book, self.outcome, self.found, self.debug = book, outcome, found, debug
        self.look, self.steps = outcome.to_look_at, [f"{book.name} holds the month's files."]
        self.target = book.with_name(f"{book.stem}_review.xlsx")

    def do(self, part: str, work: Callable[[], bool | None], finish: str) -> bool:
        """Do a part; whether it is there. ``finish``: the command that does it by itself."""
        try:
            self.look |= bool(work())
        except typer.Exit as end:
            self.look |= end.exit_code != DONE
            if end.exit_code in {DONE, LOOK}:
                return True
            why = "it stopped as said above."
        except KeyboardInterrupt:
            self._missing(part, "it was interrupted.", finish)
            self.end()
            raise
        except FlexExtraError as error:
            why = str(error)
        except MemoryError:
            why = "this needs more memory than there is."
        except Exception as error:
            if self.debug:
                screen.say(traceback.format_exc(), error=True)
            why = unexpected(error)
        else:
            return True
        self._missing(part, why, finish)
        return False

    def _missing(self, part: str, why: str, finish: str) -> None:
        self.look = True
        self.found.setdefault("missing", {})[part] = why
        self.steps.append(f"The month is in, but without its {part}: {why.rstrip('.')}. To finish: {finish}")

    def end(self) -> None:
        """The last lines: what is there, what is missing, and the way back."""
        undo = f"xl-flexextra month --undo --book {_typed(self.book)}"
        screen.say()
        for step in [*self.steps, f"A wrong month goes back with: {undo}"]:
            screen.say(f"* {step}")

    @property
    def review(self) -> str:
        """The command that writes the review."""
        previous = f" --previous {_typed(self.outcome.backup)}" if self.outcome.backup else ""
        return f"xl-flexextra review {_typed(self.book)}{previous} --out {_typed(self.target)}"


def _typed(path: Path) -> str:
    """A path as it is typed in a command."""
    name = door.shown(path)
    return f'"{name}"' if " " in name else name


def _follow(after: _After, prints: bool, rounding_ok: bool, force: bool) -> None:
    """Tie-out, review and PDF of the update as it is now, and one summary."""
    book = after.book
    screen.say()
    made: list[Report] = []
    tie_out = f"xl-flexextra tie-out {_typed(book)}"
    after.do("tie-out", lambda: _tie_out(after, made, rounding_ok), tie_out)
    if not made:
        after.do("review", _not_computed, after.review)
    elif made[0].tied:
        if after.do("review", lambda: _review(book, after.outcome, after.target, force, after.found), after.review):
            missing = made[0].without_figure
            after.look |= missing > 0
            after.steps.append(_not_yet(made[0], after, missing) if missing else _to_sign(made[0], after))
    else:
        after.steps.append("Nothing printed to review yet: give the printed figures when they are there.")
    if prints:
        pdf = _beside(book, made[0].inputs.as_of)[1] if made else book.with_name(f"{book.stem}_page.pdf")
        finish = f"xl-flexextra pdf {_typed(book)} --out {_typed(pdf)}"
        after.do("PDF", lambda: _print(book, pdf, force, after.steps) if made else _not_computed(), finish)
    after.end()
    if after.look:
        raise typer.Exit(LOOK)


def _not_yet(update: Report, after: _After, missing: int) -> str:
    """That figures are missing, why the first of them is, and which setting leaves those without history empty."""
    errors = [one for table in update.tables for one in table.values.ravel().tolist() if isinstance(one, FlexExtraError)]
    said = f"Do not sign {after.target.name} yet: figures of the page cannot be computed ({missing:,}), first: {errors[0]}"
    return f"{said} {WITHOUT_HISTORY}" if any("on or before" in str(one) for one in errors) else said


def _to_sign(update: Report, after: _After) -> str:
    """Where to sign, and what a signature would leave open."""
    where = f"{after.target.name} on its sheet Controls."
    if not (count := sum(one.is_open for one in update.tied)):
        return f"Sign {where}"
    figures = counted(count, "figure does", "figures do")
    return f"{figures} not tie (above): correct the page or the inputs, or sign with that left open: {where}"


def _tie_out(after: _After, made: list[Report], rounding_ok: bool) -> bool:
    """The figures and how they tie; whether anything asks for a look."""
    from ..update import report
    from . import review_data
    from .report_commands import say_odd_inputs

    book = after.book
    inputs = review_data.from_workbook(book)
    update = report.compute(inputs)
    after.found.update(in_json.update(update))
    day = update.inputs.as_of
    after.steps[0] = (
        f"{book.name} is of {day} now." if after.outcome.written else f"{book.name} held this month already ({day})."
    )
    after.target = _beside(book, day)[0]
    made.append(update)
    look = say_odd_inputs(inputs)
    try:
        figures_shown.headline(update, rounding_ok, of_page=True)
    except typer.Exit as end:
        if end.exit_code != LOOK:
            raise
        return True
    return look


def _not_computed() -> None:
    raise MissingData("the update's figures could not be computed; correct what the tie-out names first.")


def _review(book: Path, outcome: Outcome, target: Path, force: bool, found: dict[str, Any]) -> None:
    """The review of the month, against the workbook as it was before."""
    from .review import Asked, build_review
    from .signs import files_by

    targets.refuse(target, force, own_name=True)
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
    targets.refuse(target, force, source=book, own_name=True)
    errors = print_to(book, target)
    steps.append(f"{target.name} is the printed page.")
    return errors


def _undo(book: Path, files: list[str] | None) -> None:
    """The workbook as it was before the last refresh; what was written beside it stays, and is named."""
    from ..sync import restore as work

    if files:
        raise BadInput("--undo takes no files; give the workbook alone.")
    beside = _written(book) if door.is_file(book) else []
    done = work.restore(book)
    screen.say(f"{book.name} is {done.state}.")
    if beside:
        them = agreed(len(beside), "it", "them")
        what = f"Still there, as {agreed(len(beside), 'it', 'they')} may be signed: {', '.join(beside)}"
        screen.say(f"{what}. Delete {them}, or let the next run replace {them}: month … --force.")
