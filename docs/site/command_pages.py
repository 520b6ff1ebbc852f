"""The command line, generated: what each command does, what it takes, and how it may be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from xl_flexextra.cli import main as command_line


def write(folder: Path) -> None:
    """``commands.md``: every command."""
    lines = [
        "# Every command",
        "",
        "Generated from the commands themselves. How they are used: [the command line](command-line.md).",
        "",
    ]
    for name, command in commands(typer.main.get_command(command_line.app)):
        lines += [f"## {name}", "", " ".join((command.help or "").split()), "", "```", usage(name, command), "```", ""]
        taken = [p for p in command.params if p.name != "help"]
        if taken:
            lines += ["| takes | what | left out |", "| --- | --- | --- |", *(row(p) for p in taken), ""]
    (folder / "commands.md").write_text("\n".join(lines), encoding="utf-8")


def commands(group: Any, stem: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name, in the order of the help."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, f"{stem}{name} ")
        else:
            yield f"{stem}{name}", one


def usage(name: str, command: Any) -> str:
    """``xl-flexextra refresh BOOK [options]``"""
    given = [
        p.name.upper() if p.required else f"[{p.name.upper()}]" for p in command.params if p.param_type_name == "argument"
    ]
    options = any(p.param_type_name == "option" for p in command.params)
    return " ".join(["xl-flexextra", name, *given, *(["[options]"] if options else [])])


def row(parameter: Any) -> str:
    """A parameter as a row of a table."""
    named = parameter.param_type_name == "option"
    names = ", ".join(f"`{o}`" for o in parameter.opts) if named else f"`{parameter.name.upper()}`"
    repeatable = " (may be repeated)" if getattr(parameter, "multiple", False) else ""
    text = re.sub(r"([|<*])", r"\\\1", " ".join((getattr(parameter, "help", "") or "").split()))
    default = parameter.default
    left = (
        "needed" if parameter.required else "" if callable(default) or default in (None, False, (), []) else f"`{default}`"
    )
    return f"| {names}{repeatable} | {text} | {left} |"
