"""Undo: the workbook as it was before a refresh, from its backups."""

from __future__ import annotations

import contextlib
import re
import shlex
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FlexExtraError, MissingData, Refused
from ..ooxml import atomic, openfiles, windows
from ..ooxml.package import Package
from ..ooxml.workbook import Workbook
from . import journal

BEFORE_REFRESH, BEFORE_RESTORE = "before-refresh", "before-restore"


def command(book: Path, backup: str = "") -> str:
    """The line that brings a workbook back as it was, to be pasted into a shell in the folder one is in."""
    here = Path.cwd().resolve()
    near = book.is_relative_to(here) and not book.name.startswith("-")
    words = ["xl-flexextra", "restore", str(book.relative_to(here) if near else book)]
    words += ["--backup", backup] if backup else []
    if windows.WINDOWS:
        return " ".join(word if re.fullmatch(r"[\w.:\\/-]+", word) else f'"{word}"' for word in words)
    return shlex.join(words)


@dataclass(frozen=True, slots=True)
class Restored:
    """Which backup was brought back, and the one that holds what was there."""

    brought: str
    kept: Path

    @property
    def state(self) -> str:
        """What the workbook is now, in words."""
        made = re.match(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\d*Z-(.*)\.\w+$", self.brought)
        if made is None:
            return f"as {self.brought} holds it"
        year, month, day, hour, minute, second, why = made.groups()
        return f"as it was {why.replace('-', ' the ')} of {year}-{month}-{day} {hour}:{minute}:{second} UTC"


def restore(book: Path, backup: str = "") -> Restored:
    """Bring back the newest backup that a refresh made, or the named one.

    The backup that is brought back is used up, so that a second call goes one refresh further back.

    Raises:
        MissingData: there is no such backup.
        Refused: the workbook is open, or the backup is damaged; nothing was changed.
    """
    book = atomic.resolve(book)
    openfiles.refuse_open(book)
    with atomic.lock(book):
        atomic.sweep(book.parent)
        journal.mend(book)
        chosen = _choose(book, backup)
        try:
            Workbook(Package.open(chosen))
        except Refused as error:
            raise Refused(f"The backup {chosen.name} is damaged ({error}); name an older one with --backup.") from None
        data = chosen.read_bytes()
        entry: dict[str, Any] = {}
        kept: list[Path] = []

        def announce(temporary: Path) -> None:
            if atomic.sha256(temporary) != atomic.sha256(chosen):
                raise Refused(f"{book.name} could not be verified after copying; nothing was changed; check the disk.")
            before = atomic.sha256(book)
            # one more may stay for now: the backup that is brought back goes
            kept.append(atomic.back_up(book, BEFORE_RESTORE, atomic.KEEP_BACKUPS + 1))
            entry.update(
                event="restore", id=uuid.uuid4().hex, at=journal.now(), who=journal.who(), before=before,
                after=atomic.sha256(temporary), restored=chosen.name, backup=kept[0].name,
            )  # fmt: skip
            journal.append(book, entry)

        try:
            atomic.replace(book, lambda file: file.write(data), before=announce)
        except FlexExtraError:
            if entry:
                with contextlib.suppress(FlexExtraError):
                    journal.conclude(book, entry["id"], journal.FAILED)
            raise
        with contextlib.suppress(OSError):
            chosen.unlink()
        with contextlib.suppress(FlexExtraError):  # the next run finds out from the hashes
            journal.conclude(book, entry["id"], journal.DONE)
        return Restored(chosen.name, kept[0])


def _choose(book: Path, backup: str) -> Path:
    known = atomic.backups(book)
    if backup:
        for path in known:
            if path.name == Path(backup).name:
                return path
        names = ", ".join(p.name for p in known[-5:]) or "none"
        raise MissingData(f"{book.name} has no backup {backup!r}; the newest are {names}.")
    made = [p for p in known if p.stem.endswith(BEFORE_REFRESH)]
    if not made:
        other = f" (a copy from before a restore comes back with --backup {known[-1].name})" if known else ""
        folder = atomic.backup_folder(book).name
        raise MissingData(f"No refresh of {book.name} has a backup in {folder}; there is nothing to restore{other}.")
    now = atomic.sha256(book)
    for path in reversed(made):
        if atomic.sha256(path) != now:
            return path
    raise MissingData(f"{book.name} is the same as its backup {made[-1].name}; there is nothing to restore.")
