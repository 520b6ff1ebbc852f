"""A page a worksheet function: what it gives, formula, source, arguments, examples, errors, see also."""

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
    lines += [*as_paragraphs(about), ""]
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
    lines += ["", *errors(function), "", *see_also(function)]
    return "\n".join(lines) + "\n"


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
    where = "Where it runs (Excel, native, Calc, Python): [table](../where-it-runs.md)."
    return ["## See also", "", f"{links}." if links else "[all functions](index.md).", "", where]
