"""A page a worksheet function: what it gives, formula, source, arguments, examples, errors, see also, where it runs."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

import make_reference

from xl_flexextra import catalogue
from xl_flexextra.errors import CellError
from xl_flexextra.functions.declaration import WorksheetFunction
from xl_flexextra.functions.written import formula, gives
from xl_flexextra.hosts.native import coverage


def write(folder: Path) -> None:
    """``functions/NAME.md`` for each, and the page that lists them by category."""
    pages = folder / "functions"
    pages.mkdir()
    for function in catalogue.functions():
        (pages / f"{function.name}.md").write_text(page(function), encoding="utf-8")
    (pages / "index.md").write_text(index(), encoding="utf-8")


def index() -> str:
    """All functions by category."""
    lines = ["# Functions", "", "A page each. All on one page: [reference](../functions.md).", ""]
    category = ""
    for function in catalogue.functions():
        if function.category != category:
            category = function.category
            lines += ["", f"## {category.removeprefix('Flex Extra ').capitalize()}", ""]
            lines += ["| function | gives |", "| --- | --- |"]
        lines.append(f"| [{function.name}]({function.name}.md) | {make_reference.cell(function.summary)} |")
    names = "\n".join(catalogue.names())
    return "\n".join(lines) + f"\n\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n../functions\n{names}\n```\n"


def page(function: WorksheetFunction) -> str:
    """One function."""
    lines = [f"# {function.name}", "", function.summary, "", "```", folded(f"={function.signature}"), "```", ""]
    about, running = split(inspect.cleandoc(function.doc))
    text, source = apart("\n".join(about))
    if text:
        lines += ["## How it is computed", "", *as_paragraphs(text.split("\n")), ""]
    lines += ["## Source", "", *(as_paragraphs([source]) if source else [BY_EXAMPLE]), ""]
    if function.arguments:
        lines += ["## Arguments", "", "| argument | kind | meaning |", "| --- | --- | --- |"]
        for one in function.arguments:
            optional = ", may be left out" if one.optional else ""
            lines.append(f"| `{one.name}` | {one.kind}{optional} | {make_reference.cell(one.description)} |")
        lines += ["", *function.in_calc, ""]
    lines += ["## Examples", "", "In a cell:", "", "| formula | gives | source |", "| --- | --- | --- |"]
    for example in function.examples:
        shown = [formula(function, example), gives(example), example.source]
        lines.append(
            f"| `{make_reference.cell(shown[0])}` | {make_reference.cell(shown[1])} | {make_reference.cell(shown[2])} |"
        )
    if running:
        lines += ["", "In Python:", "", "```python", f"from flexextra_udfs import {function.name}", "", *running, "```"]
    lines += ["", *errors(function), "", *see_also(function), "", *where_it_runs(function)]
    return "\n".join(lines) + "\n"


BY_EXAMPLE = "Each example below names its own: a published figure with its page, a calculation by hand, or another program."


def apart(text: str) -> tuple[str, str]:
    """A text without its last sentence ``Source: …``, and that source."""
    found = re.search(r"\s*\bSource: (.+)$", text, re.S)
    return (text[: found.start()].strip(), " ".join(found[1].split())) if found else (text.strip(), "")


def where_it_runs(function: WorksheetFunction) -> list[str]:
    """In which programs a cell, or a line of Python, can call it."""
    native, reason = next((native, reason) for name, native, reason in coverage.functions() if name == function.name)
    lambdas = "yes" if native else "no"
    rows = [
        ("Excel for Windows with the [add-in](../excel.md)", "yes"),
        (
            "Excel 365 and 2024, for Mac and the web, as a [native LAMBDA](../native.md)",
            f"{lambdas}: {reason}" if reason else lambdas,
        ),
        ("LibreOffice Calc 25.2 or newer with the [extension](../calc.md)", "yes"),
        (
            "Python, and the command line",
            f"yes: `from flexextra_udfs import {function.name}`, `xl-flexextra call {function.name}`",
        ),
    ]
    table = [f"| {where} | {make_reference.cell(runs)} |" for where, runs in rows]
    more = ["", "Every function and convention: [where it runs](../where-it-runs.md)."]
    return ["## Where it runs", "", "| program | runs |", "| --- | --- |", *table, *more]


def folded(signature: str) -> str:
    """A signature in lines that fit a page."""
    name, bracket, arguments = signature.partition("(")
    return textwrap.fill(name + bracket + arguments, 78, subsequent_indent=" " * (len(name) + 1), break_long_words=False)


def split(doc: str) -> tuple[list[str], list[str]]:
    """A docstring's text after its first sentence, and its example for Python."""
    lines = doc.splitlines()[1:]
    start = next((place for place, line in enumerate(lines) if line.startswith(">>>")), len(lines))
    return lines[:start], lines[start:]


def as_paragraphs(lines: list[str]) -> list[str]:
    """Text whose signs mean nothing to Markdown; what is indented stays as it is written."""
    shown = []
    for line in lines:
        plain = re.sub(r"([*_<\[\]|`])", r"\\\1", line.replace("``", ""))
        shown.append(f"    {line.strip()}" if line.startswith("    ") else plain)
    return shown


def errors(function: WorksheetFunction) -> list[str]:
    """What its cell shows when something is wrong, from its own examples."""
    told = [e for e in function.examples if isinstance(e.gives, CellError)]
    lines = ["## Errors", ""]
    if function.errors_as_text:
        return [*lines, "Never an error: what is wrong is said in its sentence."]
    if not function.arguments:
        return []
    lines += [
        "Missing data is `#N/A`, bad input `#VALUE!`, no solution `#NUM!`; an error in an argument comes out as that error.",
        f'`=EXPLAIN_ERROR("{function.name}", …)` with the same arguments says in words what is wrong and what to do.',
    ]
    return lines + [f"\n* `{formula(function, e)}` is `{e.gives}`: {e.source}." for e in told]


def see_also(function: WorksheetFunction) -> list[str]:
    """The functions that its text names, and the others of its category."""
    named = [n for n in catalogue.names() if n != function.name and re.search(rf"\b{n}\b", function.doc)]
    beside = [
        f.name for f in catalogue.functions() if f.category == function.category and f.name not in {*named, function.name}
    ]
    links = ", ".join(f"[{name}]({name}.md)" for name in [*named, *beside])
    return ["## See also", "", f"{links}." if links else "[all functions](index.md)."]
