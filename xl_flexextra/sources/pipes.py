"""Data that come through a pipe: read once, and from then on a file like any other."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import BadInput, MissingData
from ..files import door

if TYPE_CHECKING:
    import tempfile

STANDARD_INPUT = "-"
SHOWN = "standard input"
"""What standard input is called where a file would have its name."""


def is_pipe(name: str) -> bool:
    """Whether a name stands for standard input, or for a pipe that the shell has opened for us: <(command).

    A pipe with a name of its own in a folder is none: nobody may ever write into it.
    """
    if name in (STANDARD_INPUT, "/dev/stdin"):
        return True
    return re.fullmatch(r"/(dev|proc/self)/fd/\d+", name) is not None and door.is_pipe(name)


class Pipes:
    """The pipes of one command, each kept in a file of its own until the command ends."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._kept: set[str] = set()

    def file(self, name: str) -> str:
        """The file with what came through a pipe: text, or a workbook by its first bytes."""
        import tempfile  # of no use to a command that reads no pipe

        shown = SHOWN if name in (STANDARD_INPUT, "/dev/stdin") else Path(name).name
        if name in self._kept:
            raise BadInput(f"What comes through {shown} can be read once; give the second table as a file.")
        self._kept.add(name)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="flexextra-")
        rough = Path(self._folder.name) / "pipe"
        try:
            with rough.open("wb") as kept:
                if name in (STANDARD_INPUT, "/dev/stdin"):
                    self._keep(sys.stdin.buffer, kept, shown)
                else:
                    with Path(name).open("rb") as pipe:
                        self._keep(pipe, kept, shown)
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

    @staticmethod
    def _keep(pipe: BinaryIO, kept: BinaryIO, shown: str) -> None:
        """What comes through a pipe, but never more than a file may hold."""
        most = door.MOST_LARGE if door.large_allowed() else door.MOST
        while piece := pipe.read(1 << 20):
            kept.write(piece)
            if kept.tell() > most:
                raise BadInput(f"More than {most >> 20} MB come through {shown}{door.ALLOW}")
