"""``read``: a published update read into figures, funds, rates and draft terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ..errors import BadInput, counted
from ..files import atomic, csv_text, door, targets
from . import screen
from .codes import LOOK
from .signs import AllowLargeOption
from .working import working

if TYPE_CHECKING:
    from ..reading.confirmed import Decision
    from ..reading.oddities import Oddity
    from ..reading.reading import Reading


def read(
    update: Annotated[Path, typer.Argument(help="The published update: .txt, .md, .html, .pdf, .docx or .xlsx.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write. Left out: the file's name and _read.", show_default=False)
    ] = None,
    unit_values: Annotated[
        list[str] | None,
        typer.Option("--unit-values", help="Your unit values: funds get the codes that head them; repeatable."),
    ] = None,
    terms: Annotated[
        list[str] | None, typer.Option("--terms", help="Contracts that are known: they keep their codes; repeatable.")
    ] = None,
    confirmed: Annotated[
        str | None, typer.Option("--confirmed", help="reading.xlsx of an earlier month, as a person confirmed it.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="A rule of oddities to switch off; repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier reading left in the folder.")] = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Read a published update: figures, funds, rates, draft terms, and what was not understood."""
    from ..reading import confirmed as confirming
    from ..reading import oddities, open_document, reading, written
    from ..reading.contracts import slug
    from ..workbook import reading_book

    folder = out or Path(f"{update.stem}_read")
    codes, known = _codes(unit_values), _known(terms or [])
    with working("Reading …"):
        found = reading.read(open_document.open_document(update), codes, known)
        found, told = confirming.used(found, _confirmed(confirmed))
        odd = oddities.find(found, without or [])
    rows = {
        "published.csv": written.published(found, told=told),
        "no_figures.csv": written.published(found, found.blanks),
        "funds.csv": written.funds(found),
        "interest_rates.csv": written.rates(found),
        "oddities.csv": oddities.rows(odd),
        "open.csv": written.open_rows(found),
    }
    files: dict[str, str | Callable[[BinaryIO], object]] = {name: csv_text.lines(one, "\n") for name, one in rows.items()}
    files |= {f"terms_{slug(one.name)}.toml": written.terms(found, one) for one in found.drafts}
    files["reading.xlsx"] = lambda file: reading_book.build(found, told, odd, file)
    _write(folder, files, force)
    new = sum(not one.confirmed for one in told)
    screen.say(
        f"To be confirmed: {new} of {counted(len(told), 'reading')} of headings, names, captions and terms (reading.xlsx)."
    )
    _say(found, odd, folder, list(files))
    for name, one in rows.items():
        texts = csv_text.as_formulas(cell for row in one for cell in row)
        screen.say_formulas(name, texts, "reading.xlsx shows them as texts")
    if found.open or found.notes or any(one.severity == "warning" for one in odd) or not found.figures:
        raise typer.Exit(LOOK)


def _confirmed(name: str | None) -> list[Decision]:
    """What a person confirmed of an earlier reading."""
    from ..reading import confirmed
    from ..sources.files import Files

    return confirmed.from_rows(Files().rows(name if "#" in name else f"{name}#Decisions")) if name else []


def _codes(unit_values: list[str] | None) -> list[str]:
    """The funds that unit values have."""
    if not unit_values:
        return []
    from ..sources.files import Files
    from .given_tables import read_unit_values

    return list(read_unit_values(unit_values, Files(), None).funds)


def _known(names: list[str]) -> list[tuple[str, str, str]]:
    """Title, name and code of contracts."""
    from .own_terms import read_terms

    return [(str(one.title), one.name, str(one["contract.code"] or "")) for one in map(read_terms, names)]


def _write(folder: Path, files: Mapping[str, str | Callable[[BinaryIO], object]], force: bool) -> None:
    if door.exists(folder) and not door.is_folder(folder):
        raise BadInput(f"{door.shown(folder)} is a file; give a folder with --out.")
    if not door.is_folder(folder):
        targets.refuse(folder, force)
        targets.make_folder(folder, parents=False)
    for name in files:
        targets.refuse(folder / name, force)
    for name, content in files.items():
        atomic.replace(folder / name, content if callable(content) else _writing(content))


def _writing(text: str) -> Callable[[BinaryIO], object]:
    return lambda file: file.write(text.encode())


def _say(found: Reading, odd: list[Oddity], folder: Path, files: list[str]) -> None:
    tables = len({one.table for one in found.figures})
    places, rates = counted(len(found.blanks), "place"), counted(len(found.rates), "interest rate")
    screen.say(
        f"Read: {counted(len(found.figures), 'figure')} of {counted(tables, 'table')}, {places} without one, "
        f"{counted(len(found.funds), 'fund')}, {rates}, terms of {counted(len(found.drafts), 'contract')}."
    )
    for one in odd:
        screen.say(f"{'Look' if one.severity == 'warning' else 'Note'}: {one.where}: {one.what} ({one.rule}).")
    for note in found.notes:
        screen.say(f"Look: {note}.")
    if found.open:
        screen.say(
            f"Look: {counted(len(found.open), 'line or cell was', 'lines or cells were')} not understood; open.csv says why."
        )
    screen.say(f"Written: {folder}: {', '.join(files)}. A person confirms them before a figure counts.")
