"""native add, remove: the native functions in a workbook of one's own, as its names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput, agreed, counted
from ..files import atomic, open_elsewhere, targets
from . import screen
from .signs import AllowLargeOption

if TYPE_CHECKING:
    from ..ooxml.workbook import Workbook

native_app = typer.Typer(
    no_args_is_help=True, help="The functions inside a workbook of your own, for Excel 365 and 2024 with nothing installed."
)
WORKBOOKS = (".xlsx", ".xlsm")
Book = Annotated[Path, typer.Argument(help="The workbook (.xlsx, .xlsm).", show_default=False)]
Out = Annotated[
    Path | None, typer.Option(help="A new workbook to write. Left out: the workbook itself is replaced.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]


@native_app.command("add")
def native_add(book: Book, out: Out = None, force: Force = False, allow_large: AllowLargeOption = False) -> None:
    """Put the functions into a workbook, or bring those of an older version up to date; all else stays byte for byte."""
    from ..hosts.native import names
    from ..workbook.layout import START

    workbook, to = _opened(book, out, force)
    change = names.add(workbook)
    if not workbook.package.dirty and to == book:
        screen.say(f"{book.name} has these functions already; nothing was changed.")
        return
    _write(workbook, to)
    screen.say(f"Written: {to}: {_said(change)}; {_cells(names.calling_cells(workbook))} the functions.")
    if shipped := names.shipped_terms(workbook):
        screen.say(f"Contracts that a formula may name: {', '.join(shipped)}, by the terms in this workbook.")
    screen.say("Never open it beside the add-in: Excel asks one of the two, and does not say which.")
    if any(sheet.name == START for sheet in workbook.sheets):
        screen.say(
            f"Its sheet {START} was written before: a colleague with the add-in gets the workbook as it was, without these "
            "functions (native remove --out); one with Excel 365 or 2024 and no add-in gets it as it is now."
        )


@native_app.command("remove")
def native_remove(book: Book, out: Out = None, force: Force = False, allow_large: AllowLargeOption = False) -> None:
    """Take the functions out of a workbook again."""
    from ..hosts.native import names
    from ..workbook.layout import NATIVE_SHEETS

    workbook, to = _opened(book, out, force)
    change = names.remove(workbook)
    _write(workbook, to)
    screen.say(f"Written: {to}: {_said(change)}.")
    if calling := names.calling_cells(workbook):
        need = agreed(calling, "it needs", "they need")
        screen.say(f"{_cells(calling)} the functions still: {need} the add-in from now on.")
    if left := [sheet.name for sheet in workbook.sheets if sheet.name in NATIVE_SHEETS]:
        them, tell = (agreed(len(left), *words) for words in (("sheet", "sheets"), ("tells", "tell")))
        stay = agreed(len(left), "stays as it was", "stay as they were")
        gone = f"The {them} {', '.join(left)} {tell} of functions that are gone"
        screen.say(f"{gone} and {stay}: delete what is not wanted.")


def _opened(book: Path, out: Path | None, force: bool) -> tuple[Workbook, Path]:
    """The workbook, and where it is to be written; one whose texts are lost is refused, as by every other command."""
    from ..ooxml.package import Package
    from ..ooxml.sheet import refuse_lost_texts
    from ..ooxml.workbook import Workbook

    if book.suffix.lower() not in WORKBOOKS:
        raise BadInput(f"The workbook must end in {' or '.join(WORKBOOKS)} (got {book.name}).")
    if out is not None:
        targets.refuse(out, force, (book.suffix.lower(),), book)
    workbook = Workbook(Package.open(book))
    refuse_lost_texts(workbook)
    if out is None:
        open_elsewhere.refuse_open(book)
    return workbook, out or book


def _write(workbook: Workbook, to: Path) -> None:
    atomic.replace(to, workbook.package.write, workbook.package.verify)


def _said(change: tuple[int, int, int]) -> str:
    counts = zip(change, ("put in", "changed", "taken out"), strict=True)
    return ", ".join(f"{counted(count, 'name')} {what}" for count, what in counts if count) or "no name changed"


def _cells(count: int) -> str:
    return counted(count, "cell calls", "cells call")
