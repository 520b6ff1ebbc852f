"""trust list, add, remove: which mappings may name files and databases beyond their own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import MissingData
from . import screen

if TYPE_CHECKING:
    from ..sources.mapping import Mapping

trust_app = typer.Typer(
    no_args_is_help=True, help="Mappings that may name any file or database, and take passwords from your environment."
)


@trust_app.command("list")
def trust_list() -> None:
    """The mappings that you trust, by their content."""
    from ..sources import trust

    for one in trust.trusted():
        screen.say(f"{one.digest[:12]}  {one.at}  {one.origin}")
    if not trust.trusted():
        screen.say("You trust no mapping: one in a workbook or beside it may name only files at or below its folder.")


@trust_app.command("add")
def trust_add(
    file: Annotated[Path, typer.Argument(help="A mapping (TOML), or a workbook that has one.", show_default=False)],
) -> None:
    """Trust a mapping as it now is; when it changes, it has to be added again."""
    from ..sources import mapping, trust

    found = _mapping(file)
    if not found.tables:
        raise MissingData(
            f"{file.name} has no mapping, neither beside it nor in a sheet {mapping.SHEET!r}; name the TOML file."
        )
    new = trust.add(found.digest, found.origin)
    screen.say(f"{'Trusted from now on' if new else 'Trusted already'}: {found.origin} ({found.digest[:12]}). Its sources:")
    for table in found.tables:
        screen.say(f"  {table.name}: {_shown(table.source)}")


@trust_app.command("remove")
def trust_remove(
    start: Annotated[str, typer.Argument(help="The beginning of its hash, as 'trust list' shows it.", show_default=False)],
) -> None:
    """Trust a mapping no longer."""
    from ..sources import trust

    gone = trust.remove(start)
    screen.say(f"No longer trusted: {gone.origin} ({gone.digest[:12]}).")


def _mapping(file: Path) -> Mapping:
    from ..ooxml.package import Package
    from ..ooxml.strings import SharedStrings
    from ..ooxml.workbook import Workbook
    from ..sources import mapping

    if file.suffix.lower() == ".toml":
        return mapping.load(file)
    package = Package.open(file)
    workbook = Workbook(package)
    return mapping.find(file, workbook, SharedStrings(workbook), None)


def _shown(source: str) -> str:
    """A source without what may be secret in it."""
    from ..errors import FlexExtraError
    from ..sources import secrets, trust

    if not source:
        return "given with --from"
    if not secrets.is_url(source):
        return "the address of a database" if secrets.may_hold_secret(source) else source
    if trust.takes_environment(source):
        return "a database, with a password from the environment"
    from ..sources.sql import make_url

    try:
        return secrets.of_url(make_url(source))
    except FlexExtraError:
        return "the address of a database"
