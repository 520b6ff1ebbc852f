"""Undo: the workbook as it was before a refresh, from its backups."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shlex
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import MissingData, Refused
from ..files import atomic, door, windows
from ..ooxml.fast.column_writer import normalize, to_list
from ..ooxml.package import Package
from ..ooxml.strings import SharedStrings
from ..ooxml.tables.body import Body, find_area
from ..ooxml.workbook import Workbook
from .record import journal
from .target import ClosedFile, Target, other_name

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
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """What the workbook is now, in words."""
        made = re.match(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\d*Z-(.*)\.\w+$", self.brought)
        if made is None:
            return f"as {self.brought} holds it"
        year, month, day, hour, minute, second, why = made.groups()
        return f"as it was {why.replace('-', ' the ')} of {year}-{month}-{day} {hour}:{minute}:{second} UTC"


def restore(book: Path | Target, backup: str = "") -> Restored:
    """Bring back the newest backup that a refresh made, or the named one.

    The backup that is brought back is used up, so that a second call goes one refresh further back.

    Raises:
        MissingData: there is no such backup.
        Refused: the workbook is open, or the backup is damaged; nothing was changed.
    """
    target = ClosedFile(book) if isinstance(book, Path) else book
    home = target.home
    entry: dict[str, Any] = {}
    kept: list[Path] = []
    with target.held():
        before = hashlib.sha256(target.read()).hexdigest()
        chosen = choose(home, before, backup)
        notes = other_name(target, "restore")

        def announce(after: str) -> None:
            # one more may stay for now: the backup that is brought back goes
            kept.append(atomic.back_up(home, BEFORE_RESTORE, atomic.KEEP_BACKUPS + 1, target.copied))
            entry.update(
                event="restore", id=uuid.uuid4().hex, at=journal.now(), who=journal.who(), host=target.host, before=before,
                after=after, restored=chosen.name, backup=kept[0].name,
            )  # fmt: skip
            journal.append(home, entry)

        with journal.concluded(home, entry):
            target.put_back(chosen, announce)
            with contextlib.suppress(OSError):
                chosen.unlink()
    return Restored(chosen.name, kept[0], tuple(notes))


def choose(home: Path, now: str, backup: str = "") -> Path:
    """The backup to bring back to a workbook of that hash, looked into."""
    chosen = _named(home, now, backup)
    try:
        Workbook(Package.open(chosen))
    except Refused as error:
        raise Refused(f"The backup {chosen.name} is damaged ({error}); name an older one with --backup.") from None
    return chosen


def tables_to_put_back(now: Path, kept: Path) -> dict[str, tuple[list[Any], int]]:
    """The tables of a kept copy that differ from the workbook's: the columns that data fill (None for one of formulas),
    and the number of rows."""
    before, after = _tables(kept), _tables(now)
    return {name: content for name, content in before.items() if name in after and after[name] != content}


def _tables(path: Path) -> dict[str, tuple[list[Any], int]]:
    workbook = Workbook(Package.open(path))
    strings = SharedStrings(workbook)
    found: dict[str, tuple[list[Any], int]] = {}
    for table in workbook.tables:
        body = Body(workbook, strings, find_area(workbook, strings, table.name))
        columns = [
            None if body.calculated(i) else to_list(normalize(body.values(i), column.name, workbook.date1904))
            for i, column in enumerate(table.columns)
        ]
        found[table.name] = columns, body.count
    return found


def _named(book: Path, now: str, backup: str) -> Path:
    known = atomic.backups(book)
    for path in known:
        door.refuse_link(path, "The backup")
    if backup:
        for path in known:
            if path.name == Path(backup).name:
                return path
        names = ", ".join(p.name for p in known[-5:])
        raise MissingData(
            f"{book.name} has no backup {backup!r}; {f'the newest are {names}' if names else 'there is none yet'}."
        )
    made = [p for p in known if p.stem.endswith(BEFORE_REFRESH)]
    if not made:
        other = f" (a copy from before a restore comes back with --backup {known[-1].name})" if known else ""
        folder = atomic.backup_folder(book).name
        raise MissingData(f"No refresh of {book.name} has a backup in {folder}; there is nothing to restore{other}.")
    for path in reversed(made):
        if atomic.sha256(path) != now:
            return path
    raise MissingData(f"{book.name} is the same as its backup {made[-1].name}; there is nothing to restore.")
