"""Options that hold one value are given once: of two the last would count, and the first would be dropped without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class _GivenOnce:
    """What a command and a group of commands do with their words before they read them."""

    def parse_args(self: Any, ctx: Any, args: list[str]) -> list[str]:
        self.refuse_second_values(ctx, args)
        return super().parse_args(ctx, args)  # type: ignore[misc,no-any-return]

    def refuse_second_values(self: Any, ctx: Any, args: Sequence[str]) -> None:
        """Refuse an option that is named again, where it can hold one value only. A flag says the same twice."""
        if getattr(ctx, "resilient_parsing", False):  # a shell that completes the words
            return
        _, _, named = self.make_parser(ctx).parse_args(list(args))
        for place, one in enumerate(named):
            single = one.param_type_name == "option" and not (one.multiple or one.is_flag or one.count)
            if single and one in named[:place]:
                ctx.fail(f"{one.opts[0]} is given twice, and takes one value; drop one of the two.")


class _Command(_GivenOnce, TyperCommand):
    pass


class _Group(_GivenOnce, TyperGroup):
    pass


def _commands(app: typer.Typer) -> Iterator[Any]:
    yield from app.registered_commands
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from _commands(group.typer_instance)


def ask(app: typer.Typer) -> None:
    """Ask it of every command of an application, and of the application itself."""
    app.info.cls = _Group
    for command in _commands(app):
        command.cls = _Command
