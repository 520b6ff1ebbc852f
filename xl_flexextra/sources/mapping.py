"""Which source fills which table of a workbook: read from ``BOOK.sync.toml`` beside it, or from its sheet ``_sync``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..cells.scalars import nearest
from ..errors import BadInput
from ..files import door
from ..inputs.series_checks import Limits
from ..ooxml.sheet import SheetPart
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Workbook
from . import trust
from .secrets import WRITE_IT, is_url, tidy

SHEET, SUFFIX = "_sync", ".sync.toml"
LAYOUTS = ("auto", "long", "wide", "as_is")
MODES = ("replace", "merge")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one table (or named range) of the workbook is filled."""

    name: str
    source: str = ""  # a file beside the mapping, or a URL; ${NAME} takes from the environment
    sheet: str = ""  # of an Excel source
    source_table: str = ""  # of an Excel or SQL source
    query: str = ""  # of an SQL source
    encoding: str = ""  # of a CSV source; empty: found
    delimiter: str = ""  # of a CSV source; empty: found in its first line
    decimal: str = ""  # "." or ","; empty: a point, and a number that may be read both ways is refused
    thousands: str = ""  # what parts thousands; empty: a comma, or a point where the decimal sign is a comma
    layout: str = "auto"
    mode: str = "replace"  # merge: rows that the source lacks stay
    date: str = ""
    fund: str = ""
    value: str = ""
    date_format: str = ""  # such as %m/%d/%Y; empty: found
    header: bool = True  # of a named range: its first row holds the names
    keys: tuple[str, ...] = ()  # columns that tell rows apart; empty: found
    ignore_funds: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)  # workbook column = source column
    checks: Limits = field(default_factory=Limits)
    named_in: str = ""  # the mapping that names the source; empty: a person does
    trusted: bool = True  # False: the mapping may be anybody's


@dataclass(frozen=True, slots=True)
class Mapping:
    """The mapping of a workbook: its tables, and other names of funds."""

    tables: tuple[TableMapping, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)  # other name = name
    origin: str = ""  # where it was read
    folder: Path = Path()
    digest: str = ""  # of its text

    def table(self, name: str) -> TableMapping | None:
        """The mapping of one table, in any case of letters."""
        return next((t for t in self.tables if t.name.lower() == name.lower()), None)


def beside(book: Path) -> Path | None:
    """The mapping file beside a workbook: beside the link first where the name is one, then beside the file it leads to."""
    for place in dict.fromkeys((book.absolute(), book.resolve())):
        for name in (place.name, place.stem):
            path = place.with_name(f"{name}{SUFFIX}")
            if door.is_file(path):
                return path
    return None


def find(
    book: Path, workbook: Workbook, strings: SharedStrings, given: Path | None, trusts: bool = False, at: Path | None = None
) -> Mapping:
    """The mapping of a workbook: the file that a person gives; else the one beside the workbook, or the sheet in it.

    These two count as untrusted unless the person ``trusts`` them now or has them on the list. ``at`` is the workbook's
    path as it was given, which may be a link.
    """
    if given is not None:
        return load(given)
    if (file := beside(at or book)) is not None:
        return _came_along(load(file), trusts)
    for sheet in workbook.sheets:
        if sheet.name.lower() == SHEET:
            part = SheetPart(workbook.package.read(sheet.part), sheet.part)
            part.check()
            lines: list[str] = []
            for row in part.rows(1, 10_000):
                values = [cell.value(part.marks, strings, sheet.part) for cell in row.cells if cell.column == 1]
                while len(lines) < row.number - 1:
                    lines.append("")
                lines.append(str(values[0]) if values and values[0] is not None else "")
            return _came_along(parse("\n".join(lines), f"the sheet {sheet.name!r} of {book.name}", book.parent), trusts)
    return Mapping(folder=book.parent)


def _came_along(mapping: Mapping, trusts: bool) -> Mapping:
    """A mapping that came with the workbook: its tables know whether this user trusts it."""
    trusted = trusts or trust.is_trusted(mapping.digest)
    return replace(mapping, tables=tuple(replace(table, trusted=trusted) for table in mapping.tables))


def load(path: Path) -> Mapping:
    """A mapping from a TOML file."""
    if door.is_folder(path):
        raise BadInput(f"The mapping {str(path)!r} is a folder; name the TOML file in it.")
    if not door.exists(path):
        raise BadInput(f"There is no mapping {door.shown(path)!r}; check its name.")
    text = door.text(path, "The mapping")
    return parse(text, path.name, path.parent)


_BACKSLASHES = (
    r"a backslash in double quotes begins an escape: write a path of Windows in single quotes, 'C:\data\prices.csv', "
    "or with forward slashes."
)


def _has_backslash(text: str, said: str) -> bool:
    """Whether the line of an error holds a backslash between double quotes, as paths of Windows do."""
    found = re.search(r"at line (\d+)", said)
    lines = text.splitlines()
    place = int(found[1]) if found else len(lines)
    line = lines[place - 1] if 0 < place <= len(lines) else ""
    return re.search(r'"[^"]*\\', line) is not None


def parse(text: str, origin: str, folder: Path) -> Mapping:
    """A mapping from TOML text; every unknown word is refused by name."""
    try:
        data = door.toml(text, f"The mapping in {origin}")
    except BadInput as error:
        if _has_backslash(text, str(error)):
            raise BadInput(f"{str(error).removesuffix('; correct it.')}; {_BACKSLASHES}") from None
        raise
    _known(data, {"table", "aliases"}, origin)
    aliases = data.get("aliases", {})
    if not isinstance(aliases, dict) or not all(isinstance(v, str) for v in aliases.values()):
        raise BadInput(f'The mapping in {origin}: [aliases] has to hold lines such as "Babson Bond" = "Managed Bond".')
    tables = data.get("table", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise BadInput(f"The mapping in {origin}: write each table as [[table]] with its name.")
    mapped = tuple(_table(t, origin) for t in tables)
    names = [t.name.lower() for t in mapped]
    if len(set(names)) != len(names):
        raise BadInput(f"The mapping in {origin} names a table twice; keep one of them.")
    return Mapping(mapped, dict(aliases), origin, folder, trust.digest(text))


_TYPES: dict[type, str] = {list: "list", dict: "table", bool: "true or false", int: "number", float: "number", str: "text"}


def _known(data: dict[str, Any], known: set[str], where: str) -> None:
    for key in data:
        if key not in known:
            raise BadInput(
                f"The mapping in {where} has the unknown word {key!r}{nearest(key, known)}; use {', '.join(sorted(known))}."
            )


def _table(data: dict[str, Any], origin: str) -> TableMapping:
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadInput(f"The mapping in {origin}: a [[table]] has no name; give the name of the Excel table or named range.")
    where = f"{origin}, table {name!r}"
    words = [f for f in fields(TableMapping) if f.name not in ("named_in", "trusted")]
    _known(data, {f.name for f in words}, where)
    values = {}
    for item in words:
        if item.name not in data:
            continue
        value = data[item.name]
        if item.name in ("keys", "ignore_funds"):
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise BadInput(f"The mapping in {where}: {item.name!r} has to be a list of names.")
            value = tuple(value)
        elif item.name == "columns":
            if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
                raise BadInput(f'The mapping in {where}: [table.columns] has to hold lines such as unit_value = "Price".')
        elif item.name == "checks":
            value = _limits(value, where)
        elif not isinstance(value, bool if item.name == "header" else str):
            raise BadInput(
                f"The mapping in {where}: {item.name!r} has to be "
                f"{'true or false' if item.name == 'header' else 'one text in quotes'} "
                f"(got a value of the type {_TYPES.get(type(value), type(value).__name__)})."  # which may hold a password
            )
        if item.name == "source" and any(sign < " " for sign in value):  # "C:\temp" is C:, a tab and emp
            raise BadInput(
                f"The mapping in {where}: 'source' holds a tab or another sign that cannot be seen; {_BACKSLASHES}"
            )
        values[item.name] = value
    table = TableMapping(**values, named_in=origin)
    for word, choices in ((table.layout, LAYOUTS), (table.mode, MODES)):
        if word not in choices:
            raise BadInput(f"The mapping in {where}: {word!r} is not one of {', '.join(choices)}{nearest(word, choices)}.")
    return with_signs(table, table.decimal, table.thousands, where=where)


def _limits(data: Any, where: str) -> Limits:
    if not isinstance(data, dict):
        raise BadInput(f"The mapping in {where}: [table.checks] has to hold limits such as max_jump = 0.25.")
    _known(data, set(Limits._fields), where)
    values = dict(data)
    if hasattr(values.get("as_of"), "isoformat"):
        values["as_of"] = values["as_of"].isoformat()
    for name, kinds in {"max_jump": (int, float), "max_gap_days": (int,), "max_repeats": (int,), "as_of": (str,)}.items():
        value = values.get(name, 0)
        if name in values and (not isinstance(value, kinds) or isinstance(value, bool) or value != value):
            raise BadInput(f"The mapping in {where}: the limit {name!r} is {values[name]!r}; give a number (as_of: a date).")
    for name in ("positive", "month_ends", "weekends"):
        if name in values and not isinstance(values[name], bool):
            raise BadInput(f"The mapping in {where}: {name!r} has to be true or false (got {values[name]!r}).")
    return Limits(**values)


def with_signs(table: TableMapping, decimal: str, thousands: str, date_format: str = "", where: str = "") -> TableMapping:
    """The same mapping with other signs in its numbers and dates, where any are given; ``where``: the mapping's name."""
    decimal, thousands = decimal or table.decimal, thousands or table.thousands
    said = f"The mapping in {where}: " if where else ""
    if decimal not in ("", ".", ","):
        raise BadInput(f"{said}'decimal' has to be a point or a comma (got {decimal!r}).")
    if len(thousands) > 1 or thousands.isalnum() or thousands in ("-", "+") or (thousands and thousands == (decimal or ".")):
        raise BadInput(f"{said}'thousands' has to be one sign other than 'decimal' (got {thousands!r}).")
    return replace(table, decimal=decimal, thousands=thousands, date_format=date_format or table.date_format)


def from_environment(text: str) -> str:
    """``env:NAME`` as the URL that the environment holds, and ``${NAME}`` in the password of a URL.

    Nowhere else: host, user, database and paths are shown, and a secret put there would be shown with them. The password is
    quoted, so that it may hold any character.
    """
    text = tidy(text)
    if text.startswith("env:"):
        url = tidy(_variable(text[4:]))
        if not is_url(url):
            raise BadInput(f"The environment variable {text[4:]} does not hold the URL of a database; {WRITE_IT}.")
        return url
    begin, end = _password(text)
    outside = text[:begin] + text[end:]
    if "${" in outside:
        raise BadInput(
            "The source takes '${…}' outside the password of a URL, where it would be shown; write the whole URL into a "
            "variable and name it as env:NAME."
        )
    quoted = re.sub(r"\$\{(\w+)\}", lambda found: quote(_variable(found[1]), safe=""), text[begin:end])
    return text[:begin] + quoted + text[end:]


def _variable(name: str) -> str:
    value = os.environ.get(name.strip())
    if value is None:
        raise BadInput(f"The source needs the environment variable {name}, which is not set; set it.")
    return value


def _password(url: str) -> tuple[int, int]:
    """Where the password of a URL begins and ends; nothing at the end where it has none."""
    found = re.match(r"[A-Za-z][A-Za-z0-9+.\-]*://[^:/?#@]*:(?P<password>(?:\$\{\w+\}|[^/?#])*)@", url)
    return found.span("password") if found else (len(url), len(url))


def with_source(table: TableMapping, source: str) -> TableMapping:
    """The same mapping with another source, which a person gave."""
    return replace(table, source=source, named_in="", trusted=True)
