"""Data that come through a pipe: read once, and from then on a file like any other."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput, MissingData

if TYPE_CHECKING:
    import tempfile

STANDARD_INPUT = "-"
SHOWN = "standard input"
"""What standard input is called where a file would have its name."""


def is_pipe(name: str) -> bool:
    """Whether a name stands for standard input, or for a pipe that the shell has made: <(command)."""
    if name == STANDARD_INPUT:
        return True
    try:
        mode = Path(name).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or (stat.S_ISCHR(mode) and name.startswith("/dev/"))


class Pipes:
    """The pipes of one command, each kept in a file of its own until the command ends."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._kept: set[str] = set()

    def file(self, name: str) -> str:
        """The file with what came through a pipe: text, or a workbook by its first bytes."""
        import shutil  # of no use to a command that reads no pipe
        import tempfile

        shown = SHOWN if name == STANDARD_INPUT else Path(name).name
        if name in self._kept:
            raise BadInput(f"What comes through {shown} can be read once; give the second table as a file.")
        self._kept.add(name)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="flexextra-")
        rough = Path(self._folder.name) / "pipe"
        try:
            with rough.open("wb") as kept:
                if name == STANDARD_INPUT:
                    shutil.copyfileobj(sys.stdin.buffer, kept)
                else:
                    with Path(name).open("rb") as pipe:
                        shutil.copyfileobj(pipe, kept)
        except OSError as error:
            raise BadInput(
                f"What comes through {shown} cannot be read ({error.strerror}); check the command before it."
            ) from None
        with rough.open("rb") as start:
            head = start.read(4)
        if not head:
            raise MissingData(f"Nothing came through {shown}; check the command before it.")
        kind = {b"PK": ".xlsx", b"PA": ".parquet" if head == b"PAR1" else ".csv"}.get(head[:2], ".csv")
        return str(rough.rename(rough.with_name(f"{shown}{kind}")))
