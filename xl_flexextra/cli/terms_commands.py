"""``terms``: list what ships, show a contract, check a file, begin a new one, compare two."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput, InvalidTerms, counted
from . import in_json, screen
from .codes import LOOK
from .options import JsonOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by

if TYPE_CHECKING:
    from ..sources.files import Files
    from ..terms import Terms

terms_app = typer.Typer(help="Contract terms: list, show, check, start a new one, export, compare.", no_args_is_help=True)


@terms_app.command("list")
def terms_list(as_json: JsonOption = False) -> None:
    """The contracts that ship, and the templates of usual kinds of contracts."""
    from ..terms import library

    with in_json.answer(as_json) as found:
        for kind, files in (("Contracts", library.contracts()), ("Templates", library.templates())):
            screen.say(f"{kind}:")
            summaries = {name: library.summary(file) for name, file in files.items()}
            found[kind.lower()] = [{"name": name, "summary": said} for name, said in summaries.items()]
            for name, said in summaries.items():
                screen.say(f"  {name:<20} {said}")
        screen.say("'xl-flexextra terms new NAME --out FILE.toml' begins a contract's own terms from one of them.")


@terms_app.command("new")
def terms_new(
    name: Annotated[str, typer.Argument(help="A template or a shipped contract, as 'terms list' names it.")],
    out: Annotated[Path, typer.Option(help="The TOML file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Begin a contract's own terms: the file has what its kind needs, with what else each choice may be."""
    from ..files import atomic, targets
    from ..terms import library

    text = library.begun(name, out.stem)
    targets.refuse(out, force, (".toml",))
    atomic.replace(out, lambda file: file.write(text.encode()))
    screen.say(f"Written: {out}. Put the contract's own numbers in, then: xl-flexextra terms check {out}")


@terms_app.command("diff")
def terms_diff(
    old: Annotated[str, typer.Argument(help="A shipped contract, a template or a terms file.", show_default=False)],
    new: Annotated[str, typer.Argument(help="Another one.", show_default=False)],
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    as_json: JsonOption = False,
) -> None:
    """What two contracts' terms differ in; 1 where they differ. Names and titles do not count."""
    with in_json.answer(as_json) as found:
        _diff(old, new, files_by(decimal, thousands, date_format), found)


def _diff(old: str, new: str, files: Files, found: dict[str, Any]) -> None:
    from rich import box
    from rich.table import Table

    from .own_terms import read_terms

    one, other = (_by_term(read_terms(name, files)) for name in (old, new))
    both = dict.fromkeys([*one, *other])
    sides = [[side.get(term, _left_out(term)) for term in both] for side in (one, other)]
    differ = [(term, *values) for term, *values in zip(both, *sides, strict=True) if values[0] != values[1]]
    found["differ"] = [{"term": term, "old": in_json.cell(a), "new": in_json.cell(b)} for term, a, b in differ]
    if not differ:
        screen.say("The terms are the same.")
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for head in ("term", old, new):
        table.add_column(head, no_wrap=head == "term")
    for term, *values in differ:
        table.add_row(term, *("" if value is None else str(value) for value in values))
    screen.show(screen.console(), table, less=())
    raise typer.Exit(LOOK)


def _by_term(terms: Terms) -> dict[str, Any]:
    """The values of terms by key, without what a contract is called."""
    names = ("contract.name", "contract.title", "contract.code")
    return {term: value for term, value, *_ in terms.rows() if term not in names}


def _left_out(term: str) -> Any:
    """The value of a term that is not given."""
    from ..terms.charge_keys import spec_of
    from ..terms.keys import REQUIRED

    spec = spec_of(term)
    return None if spec is None or spec.default is REQUIRED else spec.default


@terms_app.command("export")
def terms_export(
    name: Annotated[
        str,
        typer.Argument(help="A workbook, book.xlsx#NAME for one contract of several, or any terms."),
    ],
    out: Annotated[Path, typer.Option(help="The TOML file to write, or a folder for a file of each contract.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
) -> None:
    """Write a contract's terms as a TOML file, with the source of each: from a sheet back into a file."""
    from ..files import atomic, door, targets
    from ..terms import in_toml
    from .own_terms import each_contract, read_terms

    files = files_by(decimal, thousands, date_format)
    if door.is_folder(out):
        each = each_contract(name, files)
        found = {out / f"{_file_name(terms.name)}.toml": terms for terms in each}
        if len(found) < len(each):
            raise BadInput(f"{name} has several contracts of one name; give each its own contract.name.")
    else:
        targets.refuse(out, force, (".toml",))
        found = {out: read_terms(name, files)}
    for file in found:
        targets.refuse(file, force, (".toml",))
    for file, terms in found.items():
        text = in_toml.text(terms).encode()
        atomic.replace(file, functools.partial(_write, text))
        screen.say(f"Written: {file}, {counted(len(terms.given), 'term')} of {terms.name}.")


def _write(text: bytes, file: IO[bytes]) -> None:
    file.write(text)


def _file_name(contract: str) -> str:
    """A contract's name as a file's."""
    return re.sub(r"\W+", "_", contract).strip("_") or "contract"


@terms_app.command("show")
def terms_show(
    name: Annotated[str | None, typer.Argument(help="A shipped contract or a file; left out: every key.")] = None,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show a contract's terms with meaning and source, or every key that terms may have."""
    with in_json.answer(as_json) as found:
        if name is None:
            _show_keys(found)
        else:
            _show(name, files_by(decimal, thousands, date_format), found)


def _show_keys(found: dict[str, Any]) -> None:
    """Every key that terms may have."""
    from ..terms.charge_keys import CHARGE_KEYS
    from ..terms.keys import KEYS, REQUIRED

    listed = {f"charge.N.{field}": spec for field, spec in CHARGE_KEYS.items()}
    found["keys"] = []
    for key, spec in {**KEYS, **listed}.items():
        default = (
            "left out: the file's name"
            if key == "contract.name"
            else "must be given"
            if spec.default is REQUIRED
            else f"left out: {spec.default}"
            if spec.default is not None
            else ""
        )
        choices = [{"choice": choice, "meaning": meaning} for choice, meaning in spec.choices.items()]
        found["keys"].append(
            {"key": key, "kind": spec.kind, "default": default, "meaning": spec.meaning, "choices": choices}
        )
        screen.say(f"{key}  ({spec.kind}{'; ' + default if default else ''})\n    {spec.meaning}")
        for choice, meaning in spec.choices.items():
            screen.say(f"      {choice}: {meaning}")


def _show(name: str, files: Files, found: dict[str, Any]) -> None:
    """A contract's terms."""
    from rich import box
    from rich.table import Table

    from .own_terms import read_terms

    terms = read_terms(name, files)
    found |= {"contract": terms.name, "title": terms.title}
    found["terms"] = [
        {"term": term, "value": in_json.cell(value), "meaning": meaning, "source": source}
        for term, value, meaning, source in terms.rows()
    ]
    table = Table(title=terms.title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    for head in ("term", "value", "meaning", "source"):
        table.add_column(head, no_wrap=head == "term", min_width={"meaning": 30, "source": 20, "value": 22}.get(head))
    for term, value, meaning, source in terms.rows():
        table.add_row(term, *map(str, (value, meaning, source)))
    screen.show(screen.console(), table, less=("source", "meaning"))


@terms_app.command("check")
def terms_check(
    file: Annotated[str, typer.Argument(help="A terms file: .toml, or a table of term and value.")],
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check a terms file; all problems are listed, and the exit code is 1. What is only unlikely is noted."""
    with in_json.answer(as_json) as found:
        from .own_terms import read_terms

        try:
            terms = read_terms(file, files_by(decimal, thousands, date_format))
        except InvalidTerms as error:
            screen.say(f"{file}: {counted(len(error.problems), 'problem')}", error=True)
            for problem in error.problems:
                screen.say(f"  - {problem}", error=True)
            found |= {"valid": False, "problems": list(error.problems)}
            raise typer.Exit(LOOK) from None
        unsourced = [key for key in terms.given if key not in terms.sources and not key.startswith("contract.")]
        found |= {"valid": True, "problems": [], "without_source": unsourced, "notes": terms.notes()}
        screen.say(f"{file}: valid; {counted(len(terms.given), 'term')} given, {len(unsourced)} of them without a source.")
        for note in terms.notes():
            screen.say(f"  - note: {note}")
