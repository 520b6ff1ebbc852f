"""How numbers and dates are written in the files that a command reads, and how large they may be: options of every such
command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..files import door
from . import screen

if TYPE_CHECKING:
    from ..sources.files import Files

DecimalOption = Annotated[str, typer.Option("--decimal", help="The decimal sign of numbers that are text: '.' or ','.")]
ThousandsOption = Annotated[str, typer.Option("--thousands", help="What parts thousands in numbers that are text.")]
DateFormatOption = Annotated[
    str, typer.Option("--date-format", help="How dates that are text are written, such as %m/%d/%Y. Left out: found.")
]
AllowLargeOption = Annotated[
    bool,
    typer.Option(
        "--allow-large",
        callback=lambda given: door.allow_large(bool(given)),
        help="Read files that unpack to far more than files of their size should.",
    ),
]


def files_by(decimal: str, thousands: str, date_format: str) -> Files:
    """The files of a command, read under these signs."""
    from ..sources.files import Files

    return Files(decimal, thousands, date_format)


def say_notes(files: Files) -> None:
    """What was found out about the files and stated by nobody."""
    for note in files.notes:
        screen.say(f"Note: {note}")
