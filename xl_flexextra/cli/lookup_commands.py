"""``call``, ``functions`` and ``doctor``: ask one thing, look one thing up."""

from __future__ import annotations

import inspect
import json
import platform
import re
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput, FlexExtraError
from . import in_json, screen
from .codes import LOOK
from .options import JsonOption
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by

if TYPE_CHECKING:
    from ..sources.files import Files


def call(
    name: Annotated[str, typer.Argument(help="The function, as in a cell: AATR.")],
    args: Annotated[list[str] | None, typer.Argument(help="Its arguments; see the help above.")] = None,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Call a worksheet function, as a cell would.

    Arguments: numbers, text, ISO dates, TRUE; '' for a blank; name=value; @file.csv or @book.xlsx#Table for a range;
    @own.toml for the terms of a contract; @sample:UnitValues for a table of the sample; a JSON list for a small range.
    """
    with in_json.answer(as_json) as found:
        _call(name, args or [], files_by(decimal, thousands, date_format), found)


def _call(name: str, args: list[str], files: Files, found: dict[str, Any]) -> None:
    from .. import catalogue

    function = catalogue.get(name)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    known = {argument.name for argument in function.arguments}
    for text in args:
        if re.match(r"--?[A-Za-z]", text):
            raise BadInput(f"'call' has no option {text!r}; it has --decimal, --thousands, --date-format and --help.")
        key, equals, value = text.partition("=")
        if equals and key.strip() in known:
            named[key.strip()] = _terms(value, files) if key.strip() == "terms" else _value(value, files)
        elif equals and re.fullmatch(r"\s*[A-Za-z_]\w*\s*", key):
            from ..cells.scalars import nearest

            raise BadInput(
                f"{function.name} has no argument {key.strip()!r}{nearest(key.strip(), known)}; it has "
                f"{', '.join(argument.name for argument in function.arguments) or 'none'}."
            )
        elif named:
            raise BadInput(f"{text!r} stands after a named argument; name it too, or put it before.")
        else:
            place = len(positional)
            is_terms = place < len(function.arguments) and function.arguments[place].name == "terms"
            positional.append(_terms(text, files) if is_terms else _value(text, files))
    for note in files.notes:
        screen.say(f"Note: {note}", error=True)
    try:
        result = function.python(*positional, **named)
    except FlexExtraError as error:
        screen.say(f"{error.cell_error}  {error}", error=True)
        found |= {"function": function.name, "value": None, "cell_error": str(error.cell_error), "reason": str(error)}
        raise typer.Exit(LOOK) from None
    result = _cells(result)
    found |= {
        "function": function.name,
        "value": in_json.table(result) if isinstance(result, list) else in_json.cell(result),
    }
    found |= {"cell_error": "", "reason": ""}
    _print(function, result)


def _terms(text: str, files: Files) -> Any:
    """The terms of a contract: a TOML file with or without @, else as any argument."""
    return _value(f"@{text}" if text.lower().endswith(".toml") and text[:1] != "@" else text, files)


def _value(text: str, files: Files) -> Any:
    from .. import sample

    if text.startswith("@sample:"):
        name = text.removeprefix("@sample:")
        known = {key.lower(): key for key in [*sample.FILES, *sample.TERMS]}
        if name.lower() not in known:
            raise BadInput(f"The sample has no table {name!r}; it has {', '.join(known.values())}.")
        return sample.rows(known[name.lower()])
    if text.startswith("@") and text.lower().endswith(".toml"):
        from ..terms import from_toml

        return [["Term", "Value"], *([term, value] for term, value, _, _ in from_toml(text[1:]).rows())]
    if text.startswith("@"):
        return files.rows(text[1:])
    if text[:1] in "[{" and text[:1]:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise BadInput(f'{text!r} is not a JSON list: {error.msg}; write [["A", 1], ["B", 2]].') from None
    if text == "":
        return None
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE"
    return text


def _cells(result: Any) -> Any:
    """A result as one value, or as the rows of a table."""
    import numpy as np

    if not isinstance(result, np.ndarray):
        return result
    return result.tolist() if result.ndim == 2 else [[item] for item in result.tolist()]


def _print(function: Any, result: Any) -> None:
    import datetime

    from ..cells.rounding import percent_text

    def shown(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.10g}"
        return value.isoformat() if isinstance(value, datetime.date) else str(value)

    if not isinstance(result, list):
        percent = f"  ({percent_text(result)})" if function.returns == "percent" and isinstance(result, float) else ""
        screen.say(shown(result) + percent)
        return

    screen.matrix(screen.console(), [[shown(cell) for cell in row] for row in result])


def functions(
    name: Annotated[str | None, typer.Argument(help="One function, for its whole help.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the worksheet functions, or explain one."""
    with in_json.answer(as_json) as found:
        from .. import catalogue

        listed = [catalogue.get(name)] if name else catalogue.functions()
        found["functions"] = [_declared(one, bool(name)) for one in listed]
        _show_functions(name)


def _declared(one: Any, whole: bool) -> dict[str, Any]:
    """A function as its declaration has it; ``whole``: with its help, its arguments and examples."""
    from ..functions.written import formula, gives

    found = {"name": one.name, "category": one.category, "signature": one.signature, "summary": one.summary}
    if whole:
        found["help"] = inspect.cleandoc(one.doc)
        found["arguments"] = [
            {"name": part.name, "optional": part.optional, "meaning": part.description} for part in one.arguments
        ]
        found["examples"] = [
            {"formula": formula(one, part), "gives": gives(part), "source": part.source} for part in one.examples
        ]
    return found


def _show_functions(name: str | None) -> None:
    """The list of functions, or the help of one, for a person."""
    from rich.table import Table

    from .. import catalogue
    from ..functions.written import formula, gives

    console = screen.console()
    if name:
        one = catalogue.get(name)
        screen.say(f"={one.signature}   [{one.category}]\n")
        screen.say(inspect.cleandoc(one.doc) + "\n")
        table = Table("argument", "meaning", box=None, title="Arguments", title_justify="left")
        for argument in one.arguments:
            optional = " (optional)" if argument.optional else ""
            table.add_row(argument.name + optional, argument.description)
        if one.arguments:
            console.print(table)
        screen.say("Examples" if one.examples else "")
        for example in one.examples:  # a line each: in a table a narrow window would fold the formulas
            screen.say(f"  {formula(one, example)}\n      gives {gives(example)}   ({example.source})")
        return
    table = Table("function", "what it gives", box=None)
    category = ""
    for one in catalogue.functions():
        if one.category != category:
            category = one.category
            table.add_section()
            table.add_row(screen.styled(category, "bold"), "")
        table.add_row(one.name, one.summary)
    console.print(table)


def doctor(as_json: JsonOption = False) -> None:
    """Examine this installation: versions, LibreOffice, Excel, and what to do about each."""
    from rich.table import Table

    with in_json.answer(as_json) as found:
        examined = _examined()
        found["examined"] = [dict(zip(("what", "found", "do"), one, strict=True)) for one in examined]
        table = Table("what", "found", "what to do", box=None)
        for one in examined:
            table.add_row(*one)
        screen.console().print(table)
        if any(what == "missing" for _, what, _ in examined):
            raise typer.Exit(LOOK)


def _examined() -> list[tuple[str, str, str]]:
    """What there is, what was found of it, and what to do."""
    rows = [("Python", f"{platform.python_version()} ({sys.executable})", "")]
    for package in ("xl-flexextra", "numpy", "XlsxWriter", "openpyxl", "python-calamine", "pyarrow", "xlwings"):
        try:
            rows.append((package, metadata.version(package), ""))
        except metadata.PackageNotFoundError:
            rows.append((package, "missing", f"pip install {package}"))
    try:
        from ..hosts.calc.office import find

        office = find()
        where = f"{office.version_text} ({office.soffice})"
        rows.append(("LibreOffice", where, "'xl-flexextra calc doctor' tries a formula"))
    except FlexExtraError as error:
        rows.append(("LibreOffice", "not usable", str(error)))
    if platform.system() == "Windows":
        rows.append(("Excel", "see 'xl-flexextra excel doctor'", ""))
    elif platform.system() == "Darwin":
        rows.append(("Excel", "on a Mac: no worksheet functions", "use LibreOffice, or the values in the workbooks"))
    else:
        rows.append(("Excel", "not on Linux", "use LibreOffice: 'xl-flexextra calc open FILE'"))
    return rows
