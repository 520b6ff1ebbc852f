"""Commands of the LibreOffice Calc host: ``xl-flexextra calc …`` and ``xl-flexextra pdf``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import agreed, counted
from ..files import atomic, door, targets
from ..sources.findings import listed
from . import screen
from .codes import LOOK
from .signs import AllowLargeOption
from .working import working

if TYPE_CHECKING:
    from ..hosts.calc import Printed, RecalculatedCell

app = typer.Typer(help="LibreOffice Calc: the same formulas without Excel.", no_args_is_help=True)
MOST = 25

File = Annotated[Path, typer.Argument(help="A workbook: .xlsx or .xlsm.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]


@app.command()
def recalculate(
    file: File,
    save: Annotated[Path | None, typer.Option(help="Also store the recalculated copy: .xlsx, .xlsm or .ods.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 where a value differs, or a formula is broken (#NAME?, #REF!).")
    ] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for LibreOffice.")] = 180,
    force: Force = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Recalculate every formula in LibreOffice and compare with the values in the file."""
    from ..hosts import calc

    if save is not None:
        targets.refuse(save, force, calc.FILTERS, file)
    console = screen.console()
    with working(f"LibreOffice recalculates {door.shown(file.name)} …"):
        result = calc.recalculate(file, save=save, timeout=timeout)
        beyond = list(_kept(file, result.functions))
    different, errors = result.differences, result.errors
    for title, cells in (("Values that differ", different), ("Errors", [c for c in errors if c.agrees])):
        if cells:
            console.print(_cells(title, cells, expand=screen.looked_on()))
    if beyond:
        screen.say(f"{_cannot(beyond)} Their recalculated values mean nothing.", True)
    if save:
        console.print(f"Saved: {save}")
    if not result.cells:
        console.print(f"{file.name} holds no formulas: nothing was recalculated.")
        raise typer.Exit(LOOK)
    console.print(
        f"{counted(len(result.cells), 'formula cell')} recalculated in {result.seconds:.2f} s: {len(different)} "
        f"{agreed(len(different), 'differs', 'differ')} from the file, {len(errors)} "
        f"{agreed(len(errors), 'is an error', 'are errors')}."
    )
    if check and result.faults:
        raise typer.Exit(LOOK)


def _cells(title: str, cells: list[RecalculatedCell], expand: bool) -> Any:
    """The first cells of a list; the formula gets the room that is left, and gives way in a narrow window."""
    more = f" (the first {MOST})" if len(cells) > MOST else ""
    from rich.table import Table

    table = Table(title=f"{title}: {len(cells)}{more}", expand=expand)
    for head, room in (("sheet", 12), ("cell", 5), ("in the file", 11), ("recalculated", 12)):
        table.add_column(head, no_wrap=head != "sheet", overflow="fold", min_width=room)
    table.add_column("formula", ratio=1, no_wrap=True, overflow="ellipsis")
    for cell in cells[:MOST]:
        values = (_in_full(cell.cached), _in_full(cell.recalculated))
        table.add_row(cell.sheet, cell.address, *values, cell.formula)
    return table


def _in_full(value: Any) -> str:
    """A value in full: two numbers that differ must look different."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


@app.command("open")
def open_file(file: File) -> None:
    """Open a workbook in LibreOffice with the functions, without installing anything."""
    from ..hosts.calc.session import open_in_calc

    screen.say(f"LibreOffice opens {door.shown(file.name)} with the functions; this command ends when you close it.")
    open_in_calc(file)


@app.command()
def oxt(
    out: Annotated[Path, typer.Argument(help="Where to write the extension.")] = Path("xl_flexextra.oxt"),
    force: Force = False,
) -> None:
    """Write the extension that LibreOffice installs by double click; it needs numpy in LibreOffice's own Python."""
    from ..errors import FlexExtraError
    from ..hosts.calc import addin, office

    targets.refuse(out, force)
    atomic.replace(out, addin.write_oxt)
    screen.say(f"Written: {out}. Open it with LibreOffice 25.2 or newer and restart; then =FLEXEXTRA_VERSION() answers.")
    try:
        screen.say(f"numpy for the LibreOffice of this computer: {addin.numpy_folder(office.find())}")
    except FlexExtraError as error:
        screen.say(f"numpy for LibreOffice's Python is not there yet, and the functions need it. {error}", error=True)
        raise typer.Exit(LOOK) from None


@app.command()
def doctor() -> None:
    """Say which LibreOffice is used, and try one formula in it."""
    from ..hosts.calc import session
    from ..hosts.calc.office import find

    office = find()
    screen.say(f"LibreOffice {office.version_text}: {office.soffice}")
    screen.say(f"its Python {'.'.join(map(str, office.python_version))}: {office.python}")
    job = {"overrides": {"Sheet1!A1": "=AATR(1000;1506.43;5)"}, "recalculate": True, "read": True}
    value = session.run([job])[0]["cells"][0][3]
    shown = f"{value:.2%}" if isinstance(value, float) else value
    screen.say(f"=AATR(1000,1506.43,5) gives {shown}" + ("" if shown == "8.54%" else ": it should give 8.54%"))
    if shown != "8.54%":
        raise typer.Exit(LOOK)


def pdf(
    file: File,
    out: Annotated[Path | None, typer.Option(help="Where to write the PDF; beside the workbook when left out.")] = None,
    sheets: Annotated[list[str] | None, typer.Option("--sheet", help="Only this sheet; may be repeated.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for LibreOffice.")] = 180,
    force: Force = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Write the print-ready PDF of a workbook, recalculated in LibreOffice: the published page, or the sheets named.

    A workbook without a published page is printed as a whole; hidden sheets never are. Exit code 1: an error is printed.
    """
    target = out or file.with_suffix(".pdf")
    with door.opened(file, "The workbook", missing=f"There is no file {door.shown(file)}; check its name."):
        pass  # refused here if it is none
    targets.make_folder(target.parent)
    targets.refuse(target, force, source=file)
    if print_to(file, target, sheets, timeout):
        raise typer.Exit(LOOK)


def print_to(file: Path, target: Path, sheets: list[str] | None = None, timeout: float = 180) -> bool:
    """Print a workbook into a PDF and say what was printed; whether any of it shows an error."""
    from ..hosts import calc
    from ..workbook.layout import PAGE

    with working(f"LibreOffice prints {door.shown(file.name)} …"):
        printed = calc.to_pdf(file, target, sheets=sheets, timeout=timeout, page=PAGE)
        kept = _kept(file, printed.functions)
        if kept:  # once more, with what the file holds where LibreOffice lacks a function
            held = {cell: value for cell, value in kept.items() if isinstance(value, float | str)}
            held = {cell: value for cell, value in held.items() if str(value)[:1] not in ("", "=", "#")}
            printed = calc.to_pdf(file, target, sheets=sheets, timeout=timeout, page=PAGE, overrides=held)
    screen.say(f"Written: {target} ({listed(printed.sheets)})")
    shown = [cell for cell in kept if cell.rpartition("!")[0] in printed.sheets]
    if shown:
        screen.say(f"{_cannot(shown)} They are printed as the file has them.", True)
    return say_errors(printed)


def _kept(file: Path, functions: frozenset[str]) -> dict[str, Any]:
    """The stored values of the cells that LibreOffice cannot compute, by sheet and address."""
    from ..recalculation.dependents import kept_values

    return kept_values(file, functions) if file.suffix.lower() in (".xlsx", ".xlsm") else {}


def _cannot(cells: Sequence[str]) -> str:
    return f"LibreOffice cannot compute {listed(cells)}: it lacks a function that they need."


def say_errors(printed: Printed) -> bool:
    """Say which cells of a PDF show an error; whether there are any."""
    if not printed.errors:
        return False
    named = listed([f"{sheet}!{cell} {error}" for sheet, cell, error in printed.errors])
    count = counted(len(printed.errors), "printed cell shows an error", "printed cells show errors")
    screen.say(f"{count}: {named}.", error=True)
    return True
