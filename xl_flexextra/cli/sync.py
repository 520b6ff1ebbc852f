"""``refresh``, ``restore``, ``journal`` and ``store``: new fund data into a workbook, undone, looked up, kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput, MissingData, counted
from ..files import door
from . import in_json, screen
from .codes import ERROR, LOOK
from .options import JsonOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption
from .working import working

if TYPE_CHECKING:
    from ..recalculation.dependents import Recalculate

store_app = typer.Typer(no_args_is_help=True, help="The fund-data store: every version of every value.")

Book = Annotated[Path, typer.Argument(help="The workbook (.xlsx, .xlsm).", show_default=False)]


def calculator() -> Recalculate | None:
    """Recalculation through LibreOffice Calc, which is looked for where a formula needs it; an error where there is none."""

    def recalculate(source: Path, target: Path) -> frozenset[str]:
        from ..hosts import calc

        return calc.recalculate(source, save=target).functions

    return recalculate


def refresh(
    book: Book,
    source: Annotated[str, typer.Option("--from", help="A file, a folder of CSV files, or a database URL.")] = "",
    table: Annotated[str, typer.Option(help="Only this Excel table or named range.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="A mapping (TOML) in place of BOOK.sync.toml.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; write nothing.")] = False,
    accept_revisions: Annotated[bool, typer.Option("--accept-revisions", help="Let past values change.")] = False,
    merge: Annotated[
        bool, typer.Option("--merge", help="Keep rows that the source lacks: a file of the new month.")
    ] = False,
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Let the mapping that came with the workbook name any file or database, this time."),
    ] = False,
    no_calc: Annotated[bool, typer.Option("--no-calc", help="Do not use LibreOffice Calc.")] = False,
    cells: Annotated[int, typer.Option(help="How many changed cells to list.", min=0)] = 20,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fill the tables of a workbook with new data; formulas, charts, pivots and all else stay as they are."""
    with in_json.answer(as_json) as found:
        from ..sync import refresh as work
        from ..sync.report import summary

        with working("Reading the workbook") as step:
            request = work.Request(
                book,
                source,
                table=table,
                mapping=mapping,
                dry_run=dry_run,
                accept_revisions=accept_revisions,
                recalculate=None if no_calc else calculator(),
                progress=step,
                decimal=decimal,
                thousands=thousands,
                date_format=date_format,
                trust=trust,
                merge=merge,
            )
            outcome = work.refresh(request)
        found |= in_json.refresh(outcome)
        screen.say(summary.text(outcome, cells))
        if outcome.stopped:
            raise typer.Exit(ERROR)
        if outcome.to_look_at:
            raise typer.Exit(LOOK)


def restore(
    book: Book,
    backup: Annotated[str, typer.Option(help="The name of a backup; without it the newest before a refresh.")] = "",
    allow_large: AllowLargeOption = False,
) -> None:
    """Bring back the workbook as it was before the last refresh."""
    from ..sync import restore as work

    done = work.restore(book, backup)
    for note in done.notes:
        screen.say(note)
    screen.say(
        f"{book.name} is {done.state}. What was there is kept as {done.kept.parent.name}/{done.kept.name}; "
        f"this brings it back: {work.command(book.resolve(), done.kept.name)}"
    )


def journal(
    book: Book,
    last: Annotated[int, typer.Option(help="How many events to show.", min=1)] = 20,
    cells: Annotated[int, typer.Option(help="How many changed cells to list for each table.", min=0)] = 10,
    allow_large: AllowLargeOption = False,
) -> None:
    """What happened to a workbook: who, when, from which source, what changed."""
    from ..sync.record.journal import current
    from ..sync.record.journal import path_of as journal_of
    from ..sync.report import summary

    try:
        home = book.resolve()
    except (OSError, RuntimeError, ValueError):
        home = book
    if not door.exists(home) and not door.exists(journal_of(home)):
        raise MissingData(f"There is no workbook {door.shown(book)!r}; check the name.")
    if door.exists(home) and not door.is_file(home):
        raise BadInput(f"{door.shown(book)} is no file; give the workbook.")
    entries = current(home, last)
    if not entries:
        screen.say(f"{book.name} has no journal yet.")
    for entry in entries:
        screen.say(summary.entry_text(entry, cells))


Store = Annotated[str, typer.Argument(help="A SQLite file (made if it is not there) or a database URL.", show_default=False)]


@store_app.command("load")
def store_load(
    store: Store,
    source: Annotated[str, typer.Option("--from", help="A file or a database URL.")],
    dataset: Annotated[str, typer.Option(help="What the values are.")] = "unit_values",
    mapping: Annotated[Path | None, typer.Option(help="A mapping (TOML): its table of the dataset's name says how.")] = None,
    note: Annotated[str, typer.Option(help="A remark kept with the load.")] = "",
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
) -> None:
    """Load values by date and fund; a changed value becomes a new version, the old one stays."""
    from ..sync import store as fund_store

    with working("Reading the source …"):
        load = fund_store.load_source(store, source, dataset, mapping, note, decimal, thousands, date_format)
    for told in load.notes:
        screen.say(f"Note: {told}")
    withdrawn = f" ({load.withdrawn} of them withdrawn)" if load.withdrawn else ""
    screen.say(
        f"Load {load.number} into {dataset}: {counted(load.added, 'new value')}, {load.revised} revised{withdrawn}, "
        f"{load.same} as they were (from {load.source})."
    )


@store_app.command("show")
def store_show(
    store: Store,
    allow_large: AllowLargeOption = False,
) -> None:
    """The loads of a store."""
    from ..sync import store as fund_store

    loads = fund_store.loads(store)
    for load in loads:
        screen.say(
            f"{load.number:>5}  {load.at}  {load.who}  {load.dataset}: {load.added} new, {load.revised} "
            "revised  "
            f"{load.source}  {load.sha256[:12]}  {load.note}".rstrip()
        )
    if not loads:
        screen.say("The store is empty.")


@store_app.command("revisions")
def store_revisions(
    store: Store,
    dataset: Annotated[str, typer.Option(help="Only this dataset.")] = "",
    allow_large: AllowLargeOption = False,
) -> None:
    """Values that have more than one version."""
    from ..sync import store as fund_store

    found = fund_store.revisions(store, dataset)
    for r in found:
        old, new = ("withdrawn" if value is None else repr(value) for value in (r.old, r.new))
        screen.say(f"{r.dataset}  {r.date}  {r.fund}: {old} → {new}  (load {r.load}, {r.at})")
    if not found:
        screen.say("No value was revised.")


@store_app.command("as-of")
def store_as_of(
    store: Store,
    at: Annotated[
        str, typer.Argument(help="A load's number, or the day or time (UTC) of loading: 2026-08-15, that day included.")
    ],
    out: Annotated[Path, typer.Option(help="A CSV file to write.")],
    dataset: Annotated[str, typer.Option(help="Which dataset.")] = "unit_values",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """The values as the store knew them then, as a CSV that 'refresh --from' takes."""
    from ..sync import store as fund_store

    count = fund_store.write_as_of(store, at, dataset, out, force)
    screen.say(f"{counted(count, 'value')} of {dataset} as of {at} written to {out}.")
    screen.say_formulas(str(out), count.as_formulas, "'refresh --from' takes them as names")
