"""What is refreshed or restored: a closed file, or (in the room ``buttons``) a book that is open in Excel.

Checks, plan, journal and backups are the same for both; a target knows how its workbook is read and changed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

from ..errors import Refused
from ..files import atomic, door, open_elsewhere
from ..files.deflate import meanwhile
from ..ooxml.package import Package
from .plan import TablePlan
from .record import journal

Announce = Callable[[str], None]
"""Called once, when all is ready and nothing is changed yet, with the hash of the workbook to come ("" where not known)."""


class Target(Protocol):
    """A workbook that can be refreshed and restored."""

    home: Path
    """Beside it stand journal, backups and mapping."""
    recalculates: bool
    """Whether a program recalculates it, so that no cached value has to be computed."""
    copied: Path | None
    """A copy of it as it was read, where the workbook itself cannot be copied."""
    host: str
    """Where it is open; empty for a closed file."""

    def held(self) -> AbstractContextManager[None]:
        """Nobody else of ours works on it meanwhile."""

    def read(self) -> bytes:
        """Its content as a file."""

    def refuse(self, tables: Sequence[str]) -> None:
        """Raise where one of these tables cannot be changed now."""

    def write(self, package: Package, plans: Sequence[TablePlan], announce: Announce) -> None:
        """Make it what the package holds, whose changed tables the plans tell."""

    def put_back(self, kept: Path, announce: Announce) -> None:
        """Make it as a kept copy holds it."""


def other_name(target: Target, before: str) -> list[str]:
    """That a workbook has a second name on the disk, which keeps what was there before: a line, where it is so."""
    if target.host or target.home.stat().st_nlink < 2:
        return []
    name = target.home.name
    return [f"{name} has another name on this disk (a hard link); that one keeps the content of before the {before}."]


class ClosedFile:
    """A workbook that no program has open; it is replaced as a whole."""

    recalculates = False
    host = ""
    copied: Path | None = None

    def __init__(self, book: Path) -> None:
        self.home = atomic.resolve(book)
        self._stamp = (0, 0, 0)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        open_elsewhere.refuse_open(self.home)
        with atomic.lock(self.home):
            atomic.sweep(self.home.parent)
            journal.repair(self.home)
            yield

    def read(self) -> bytes:
        self._stamp = self._state()
        return door.read(self.home, "The workbook")

    def _state(self) -> tuple[int, int, int]:
        state = self.home.stat()
        return state.st_mtime_ns, state.st_size, state.st_ino

    def refuse(self, tables: Sequence[str]) -> None:
        """Nothing of a closed file stands in the way that reading it does not tell."""

    def write(self, package: Package, plans: Sequence[TablePlan], announce: Announce) -> None:
        hashed: list[str] = []

        def check(temporary: Path) -> None:
            hashing = meanwhile(partial(atomic.sha256, temporary))
            try:
                package.verify(temporary)
            finally:  # Windows takes no file away that is still being read
                hashed.append(hashing())

        def ready(_temporary: Path) -> None:
            open_elsewhere.refuse_open(self.home)
            if self._state() != self._stamp:
                raise Refused(
                    f"{self.home.name} was changed by somebody else while it was refreshed; nothing was written; repeat the "
                    "refresh."
                )
            announce(*hashed)

        atomic.replace(self.home, package.write, check, ready)

    def put_back(self, kept: Path, announce: Announce) -> None:
        data = door.read(kept, "The backup", link=False)

        def ready(temporary: Path) -> None:
            if atomic.sha256(temporary) != atomic.sha256(kept):
                raise Refused(f"{self.home.name} could not be verified after copying; nothing was changed; check the disk.")
            announce(atomic.sha256(temporary))

        atomic.replace(self.home, lambda file: file.write(data), before=ready)
