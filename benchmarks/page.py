"""The page of the benchmarks: each writes its own table into it, between the two marks that bear its name.

    python benchmarks/walks.py --page docs/benchmarks.md

The text around the tables is written by hand: a benchmark without its marks ends with an error, so a new one gets a heading
and ``<!-- name -->`` with ``<!-- end of name -->`` below it first.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path


def option(arguments: argparse.ArgumentParser) -> None:
    """The option that every benchmark has."""
    arguments.add_argument("--page", type=Path, help="the page whose table is written anew (docs/benchmarks.md)")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table in Markdown, a line a row."""
    lines = [list(columns), ["---"] * len(columns), *([str(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> str:
    """When and where a table was made, as the line above it."""
    import numpy as np

    today = datetime.date.today()
    return f"{today:%B %Y}, Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} cores."


def write(page: Path | None, name: str, lines: Sequence[str]) -> None:
    """Print a benchmark's lines and, where a page is given, write them between its marks."""
    print("\n".join(lines))
    if page is None:
        return
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    text = page.read_text(encoding="utf-8")
    head, found, rest = text.partition(begin)
    _, ended, tail = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{page} has no lines {begin.strip()} and {end}; put them where the table belongs.")
    page.write_text(head + begin + machine() + "\n\n" + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")
