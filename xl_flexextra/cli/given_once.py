"""Options that name one file are given once: of two files the last would count, and the first would be left out unsaid.

Of other options (--as-of, --periods, --out) the last value counts, as people override one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperCommand

ONE_FILE = frozenset(
    "--book --confirmed --disclosures --distributions --from --fund-returns --mapping --navs --oddities --previous "
    "--second-source --sign-off --terms".split()
)


class _GivenOnce(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        self._refuse_second_files(ctx, args)
        return super().parse_args(ctx, args)

    def _refuse_second_files(self, ctx: Any, args: Sequence[str]) -> None:
        """Refuse a second file for an option that takes one."""
        if getattr(ctx, "resilient_parsing", False):  # a shell that completes the words
            return
        _, _, named = self.make_parser(ctx).parse_args(list(args))
        for place, one in enumerate(named):
            option = next((name for name in one.opts if name in ONE_FILE), "")
            if option and not one.multiple and one in named[:place]:  # type: ignore[attr-defined]
                ctx.fail(f"{option} is given twice, and takes one file; drop one of the two.")


def _commands(app: typer.Typer) -> Iterator[Any]:
    yield from app.registered_commands
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from _commands(group.typer_instance)


def ask(app: typer.Typer) -> None:
    """Ask it of every command of an application."""
    for command in _commands(app):
        command.cls = _GivenOnce
