"""The help in the grid: FX_HELP("AATR") gives what a function does, its arguments, an example and its page."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Iterator

from ... import __version__, catalogue
from ...errors import CellError
from ...functions.declaration import Example, WorksheetFunction
from ...functions.written import formula, gives

WIDTH = 110  # characters of a line; Excel takes no text above 255 in a formula
QUOTE = "`"  # a quotation mark in a list of texts, where one engine takes a doubled one as two
PAGE = "docs/functions.md#{}"


def lines(function: WorksheetFunction) -> list[tuple[str, str]]:
    """The rows of a function's help: what stands in the first column, and the text beside it."""
    return list(_rows(function))


def _rows(function: WorksheetFunction) -> Iterator[tuple[str, str]]:
    yield from _wrapped(function.name, f"={function.signature}")
    for paragraph in inspect.cleandoc(function.doc).partition(">>>")[0].split("\n\n"):
        yield from _wrapped("", " ".join(paragraph.split()))
    for argument in function.arguments:
        yield from _wrapped(f"[{argument.name}]" if argument.optional else argument.name, argument.description)
    if function.examples:
        example = shown(function)
        yield from _wrapped("example", formula(function, example))
        yield from _wrapped("gives", gives(example))
        yield from _wrapped("source", example.source)
    yield "page", PAGE.format(function.name.lower())


def shown(function: WorksheetFunction) -> Example:
    """The example that is shown: the first one that is short and no error, else the shortest."""
    good = [one for one in function.examples if not _all_errors(one.gives)] or list(function.examples)
    short = [one for one in good if len(formula(function, one)) <= WIDTH]
    return short[0] if short else min(good, key=lambda one: len(formula(function, one)))


def _all_errors(gives: object) -> bool:
    """Whether an example gives an error, or a table of nothing else."""
    return bool(gives) and all(map(_all_errors, gives)) if isinstance(gives, list) else isinstance(gives, CellError)


def _wrapped(head: str, text: str) -> Iterator[tuple[str, str]]:
    for line in textwrap.wrap(text, WIDTH, break_on_hyphens=False):
        yield head, line
        head = ""


def definitions(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The LAMBDAs of the help, each with its comment: one for each category, the list of functions, and FX_HELP itself."""
    known = set(names)
    functions = [one for one in catalogue.functions() if one.name in known]
    groups: dict[str, list[WorksheetFunction]] = {}
    for one in functions:
        groups.setdefault(_group(one), []).append(one)
    for group, ones in groups.items():
        cases = "".join(f',\n    "{one.name}", {_array(lines(one))}' for one in ones)
        yield group, f"LAMBDA(name, SWITCH(name{cases}))", ""
    yield (
        "FX_HELP_LIST",
        f"LAMBDA({_array((one.name, one.summary) for one in functions)})",
        "every function, and what it gives",
    )
    cases = "".join(f',\n    "{one.name}", {_group(one)}(name)' for one in functions)
    unknown = '"No function of this workbook has this name: =FX_HELP() lists them."'
    yield "FX_HELP_OF", f"LAMBDA(name, SWITCH(name{cases},\n    {unknown}))", ""
    given = 'IF(ISOMITTED(name), "", UPPER(TRIM(name)))'
    found = 'IF(given = "", FX_HELP_LIST(), FX_HELP_OF(given))'
    quoted = f'LAMBDA(text, SUBSTITUTE(text, "{QUOTE}", CHAR(34)))'
    comment = "help on a function of this workbook by its name, or the list of them"
    yield "FX_HELP", f"LAMBDA([name], LET(given, {given}, found, {found}, MAP(found, {quoted})))", comment


def about(names: Iterable[str]) -> str:
    """The LAMBDA that says what this library is."""
    known = set(names)
    functions = len(known & set(catalogue.names()))
    rows = [
        ("library", f"xl_flexextra {__version__}, native: {functions} functions as names of this workbook"),
        ("needs", "Microsoft 365, Excel 2024, Excel for the web, or Excel for Mac of these; nothing is installed"),
        ("beside the add-in", "never open both: Excel asks one of the two, and does not say which"),
        ("help", "=FX_HELP() lists the functions; with a name in it, such as AATR, it explains one"),
        ("names", "those that begin with FX_ belong to the functions; leave them as they are"),
    ]
    return f"LAMBDA({_array(rows)})"


def _group(function: WorksheetFunction) -> str:
    return "FX_HELP_" + function.category.removeprefix("Flex Extra ").upper().replace(" ", "_").replace("-", "_")


def _array(rows: Iterable[tuple[str, str]]) -> str:
    return "{" + ";\n      ".join(",".join(f'"{text.replace(chr(34), QUOTE)}"' for text in row) for row in rows) + "}"
