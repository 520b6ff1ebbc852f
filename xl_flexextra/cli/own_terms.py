"""Contract terms from what a user names: a file, a workbook's table, a shipped contract; and with other values by --set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import terms
from ..cells import scalars
from ..errors import BadInput, MissingData
from ..files import door
from ..sources.files import Files
from ..terms import Terms, in_cells, library
from ..terms.keys import DEFAULT

SET = "--set"  # the source of a term that was changed for one run


def read_terms(name: str, files: Files | None = None, is_draft: bool = False) -> Terms:
    """Terms from a TOML file, a table of term and value, or a shipped contract by name.

    ``is_draft``: one whose CDSC schedule is not known has none in it, and counts as if no charge were made.
    """
    path = Path(name.partition("#")[0])
    if path.suffix.lower() == ".toml":
        return terms.from_toml(path, _with_schedule(path) if is_draft else None)
    if path.suffix:
        files = files or Files()
        part = chosen_terms(name, files)
        rows = files.rows(part)
        if is_draft and not any(
            str(cell).strip().casefold().startswith("cdsc.schedule") for row in rows for cell in row[:1]
        ):
            rows = [*rows, ["cdsc.schedule", "0%"]]
        return terms.from_rows(rows, path.stem)  # a sheet without its contract's name has that of the file
    try:
        return terms.load(name)
    except BadInput:
        return terms.from_toml(library.find(name))


def chosen_terms(name: str, files: Files) -> str:
    """The table or sheet of terms that is meant: of a workbook the only one, or the one named by its contract."""
    from ..sources.excel_files import EXCEL  # which loads PyArrow

    file, _, wanted = name.partition("#")
    if Path(file).suffix.lower() not in EXCEL or not door.is_file(Path(file)):
        return name
    held = _held(file, files)
    if wanted:
        short = _short_names(held.values())
        meant = wanted.strip().casefold()
        named = [part for part, contract in held.items() if meant in {contract.casefold(), _short_of(contract, short)}]
        return f"{file}#{named[0]}" if len(named) == 1 else name
    if len(held) == 1:
        return f"{file}#{next(iter(held))}"
    book = Path(file).name
    if not held:
        raise MissingData(
            f"{book} holds no contract terms: none of its sheets has rows such as annual_charge.form and cdsc.schedule; "
            f"name the sheet, {book}#Sheet, or another file."
        )
    choice = ", ".join(f"{book}#{part}" + (f" ({contract})" if contract else "") for part, contract in held.items())
    raise BadInput(f"{book} holds the terms of {len(held)} contracts; name one: {choice}.")


def _held(file: str, files: Files) -> dict[str, str]:
    """The tables or sheets of terms; without a review's own contract of no charges."""
    from ..review.closed_form import BEFORE

    return {part: name for part, name in files.contracts(file).items() if name.casefold() != BEFORE.casefold()}


def each_contract(name: str, files: Files) -> list[Terms]:
    """The terms of every contract of a workbook; of anything else the one that it stands for."""
    from ..sources.excel_files import EXCEL

    file, _, part = name.partition("#")
    is_book = not part and Path(file).suffix.lower() in EXCEL and door.is_file(Path(file))
    parts = [f"{file}#{one}" for one in _held(file, files)] if is_book else []
    return [read_terms(one, files) for one in parts or [name]]


def _short_of(contract: str, short: Mapping[str, str]) -> str:
    """The last word of a contract's name where it is its alone; else nothing that anybody types."""
    return next((one.casefold() for one, name in short.items() if name == contract), contract.casefold())


def _with_schedule(path: Path) -> str | None:
    """The text of a draft without a CDSC schedule, with one of no charge; None where it has its own."""
    text = door.text(path, "The terms file", f"There is no terms file {door.shown(path)}.")
    data = door.toml(text, f"The terms file {door.shown(path.name)}")
    room = data.get("cdsc", {})
    if "cdsc.schedule" in data or not isinstance(room, dict) or "schedule" in room:
        return None
    if heading := re.search(r"^[ \t]*\[[ \t]*cdsc[ \t]*\][^\n]*$", text, re.MULTILINE):
        return f"{text[: heading.end()]}\nschedule = [0.0]{text[heading.end() :]}"
    return None if re.search(r"^[ \t]*cdsc[ \t]*=", text, re.MULTILINE) else f"cdsc.schedule = [0.0]\n{text}"


def what_if(contracts: Sequence[Terms], changed: Sequence[str]) -> tuple[Terms, ...]:
    """The contracts with other values: ``annual_charge.dollars=30`` for all, ``single:annual_charge.dollars=30`` for one.

    What names one contract counts before what is for all. One term has one value: said twice, it is refused.
    """
    names = [terms.name for terms in contracts]
    short = _short_names(names)
    for_all: dict[str, str] = {}
    for_one: dict[str, dict[str, str]] = {name: {} for name in names}
    for one in changed:
        label, equals, value = one.partition("=")
        of, colon, term = label.rpartition(":")
        if not equals or not term.strip():
            raise BadInput(f"'--set' must be a term and its value, such as annual_charge.dollars=30 (got {one!r}).")
        given = for_all
        if colon:
            name = scalars.choice(of, [*names, *short], "--set")
            given = for_one[short.get(name, name)]
        term = _label_of(term)
        if term in given:
            raise BadInput(
                f"'--set' names {term!r} twice, with {given[term] or 'a blank'} and {value.strip() or 'a blank'}; keep one."
            )
        given[term] = value.strip()
    values = {name: {**for_all, **own} for name, own in for_one.items()}
    return tuple(_with_values(terms, values[terms.name]) if values[terms.name] else terms for terms in contracts)


def _label_of(term: str) -> str:
    """A term as a Terms sheet labels it, with the day from which it counts where one is said."""
    name, written = in_cells.key_and_day(term)
    return in_cells.dated(name, scalars.to_day(name, written) if written else None)


def _short_names(names: Iterable[str]) -> dict[str, str]:
    """The last word of each name, where it is one contract's alone: ``single``."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.rpartition("_")[2], []).append(name)
    return {short: mine[0] for short, mine in found.items() if len(mine) == 1}


def _with_values(given: Terms, changed: Mapping[str, str]) -> Terms:
    """Terms with values as the cells of a Terms sheet would hold them; a blank drops one, and the source says where from."""
    own: list[list[Any]] = []
    for row in given.rows():
        said = next((term for term in changed if _is_of(row[0], term)), None)
        if said is None:
            own += [list(row)] if row[3] != DEFAULT else []
        elif said != row[0] and said.rpartition(".")[0] in in_cells.SCHEDULES:  # a contract year of a later schedule too
            own.append([row[0], changed[said], "", SET])
    return terms.from_rows(
        [["term", "value", "meaning", "source"], *own, *([term, value, "", SET] for term, value in changed.items())],
        given.name,
    )


def _is_of(label: str, term: str) -> bool:
    """Whether a row says what a term says: the term (from any day on where none is named) or a contract year of it."""
    (name, day), (wanted, from_day) = (in_cells.key_and_day(one) for one in (label, term))
    if from_day and day != from_day:
        return False
    return name == wanted or (wanted in in_cells.SCHEDULES and name.startswith(f"{wanted}."))
