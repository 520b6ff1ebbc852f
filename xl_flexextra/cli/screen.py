"""The one door to the screen: all that a command says goes through here, as plain text.

Names, titles and notes are others' texts: markup in them is no markup, and what would move the cursor, color the
window or turn the order of letters is shown as its escape, ``\\x1b``. Tables stand whole in a file or a pipe, folded in a
narrow window, and never with a number cut short.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

WHOLE = 4000  # columns of a "window" that is a file or a pipe: everything fits
# control characters but line ends and tabs; signs without width; overrides of direction; parts of pairs; tags
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def safe(text: str) -> str:
    """A text whose every character is seen as it is: ESC as ``\\x1b``, an override of direction as ``\\u202e``."""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode(), text)


_HEARD: list[list[str]] = []  # where what is said goes while a command answers in JSON, the innermost last


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the lines that would be said on standard output, and show no table."""
    _HEARD.append([])
    try:
        yield _HEARD[-1]
    finally:
        _HEARD.pop()


def answer(text: str) -> None:
    """The whole of a command's standard output, in a form for programs; its maker has escaped what moves a cursor."""
    import typer

    typer.echo(text)


def say(text: object = "", error: bool = False) -> None:
    """A line of plain text, on standard output or standard error."""
    import typer

    if _HEARD and not error:
        _HEARD[-1].append(safe(str(text)))
        return
    typer.echo(safe(str(text)), err=error)


@functools.cache
def _screen() -> Any:
    from rich.console import Console

    class Screen(Console):
        """A console that takes no text for markup and lets no control character through."""

        def render_str(self, text: str, **options: Any) -> Any:
            return super().render_str(safe(text), **options)

        def render(self, renderable: Any, options: Any = None) -> Any:
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=safe(segment.text))

    return Screen


def looked_on(error: bool = False) -> bool:
    """Whether a person looks on at standard output, or standard error; FORCE_COLOR asks for colours, and makes no person."""
    return (sys.stderr if error else sys.stdout).isatty()


def console(error: bool = False) -> Any:
    """Standard output, or standard error; where nobody looks on it is as wide as what is written."""
    if _HEARD and not error:
        return _screen()(file=io.StringIO(), markup=False, emoji=False, width=WHOLE)
    return _screen()(stderr=error, markup=False, emoji=False, width=None if looked_on(error) else WHOLE)


def styled(text: str, style: str) -> Any:
    """A text in a style of ours, for a cell of a table."""
    from rich.text import Text

    return Text(safe(text), style=style)


def fits(out: Any, table: Any) -> bool:
    """Whether a table stands in the window with nothing cut and, beyond the columns that may fold, nothing folded."""
    from rich.measure import Measurement

    return int(Measurement.get(out, out.options.update(max_width=WHOLE), table).minimum) <= out.width


def show(out: Any, table: Any, less: Sequence[str] = ()) -> None:
    """Print a table; in a window that is too narrow without the columns ``less``, the last of them first."""
    left = list(less)
    while left and not fits(out, table):
        table = _without(table, left.pop())
    out.print(table)


def _without(table: Any, head: str) -> Any:
    """A table without one of its columns; rich numbers columns when a table is made, so another one is."""
    from rich.table import Table

    kept = [column for column in table.columns if str(column.header).replace("\n", " ") != head]
    looks = {name: getattr(table, name) for name in ("title", "title_justify", "box", "padding", "show_edge")}
    fewer = Table(**looks)
    for column in kept:
        fewer.add_column(column.header, justify=column.justify, no_wrap=column.no_wrap, min_width=column.min_width)
    for cells in zip(*(column.cells for column in kept), strict=True):
        fewer.add_row(*cells)
    return fewer


def matrix(out: Any, rows: Sequence[Sequence[str]]) -> None:
    """A block of cells; too wide a one in parts, each with the first column."""
    from rich.table import Table

    count = max(map(len, rows))
    whole = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(len(row[place]) for row in whole) + 3 for place in range(count)]
    first = 1
    while True:
        last = min(first + 1, count)
        while last < count and widths[0] + sum(widths[first : last + 1]) < out.width:
            last += 1
        table = Table(show_header=False)
        places = [0, *range(first, last)]
        for _ in places:
            table.add_column(justify="right", no_wrap=True)
        for row in whole:
            table.add_row(*(row[place] for place in places))
        out.print(table)
        if last >= count:
            return
        first = last


def say_formulas(name: str, texts: Sequence[str], instead: str) -> None:
    """Say of a CSV that we wrote which of its texts a spreadsheet would run as formulas."""
    if texts:
        shown = ", ".join(repr(text[:60]) for text in texts[:3]) + (" …" if len(texts) > 3 else "")
        say(f"Note: a spreadsheet that opens {name} takes {shown} for a formula; {instead}.")
