"""Undo: the workbook as it was before a refresh, from its backups."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from typing import Any

from ..errors import FlexExtraError, MissingData, Refused
from ..ooxml import atomic, openfiles
from ..ooxml.package import Package
from ..ooxml.workbook import Workbook
from . import journal

BEFORE_REFRESH, BEFORE_RESTORE = "before-refresh", "before-restore"


def restore(book: Path, backup: str = "") -> Path:
    """Bring back the newest backup that a refresh made, or the named one; gives the backup that holds what
    was there.

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
            kept.append(atomic.back_up(book, BEFORE_RESTORE))
            entry.update(
                event="restore", id=uuid.uuid4().hex, at=journal.now(), who=journal.who(), before=before,
                after=atomic.sha256(temporary), restored=chosen.name, backup=kept[0].name,
            )  # fmt: skip
            journal.append(book, entry)

        def write(file: Any) -> None:
            file.write(data)

        try:
            atomic.replace(book, write, lambda _path: None, announce)
        except FlexExtraError:
            if entry:
                with contextlib.suppress(FlexExtraError):
                    journal.append(
                        book, {"event": "outcome", "of": entry["id"], "at": journal.now(), "outcome": journal.FAILED}
                    )
            raise
        with contextlib.suppress(OSError):
            chosen.unlink()
        with contextlib.suppress(FlexExtraError):  # the next run finds out from the hashes
            journal.append(book, {"event": "outcome", "of": entry["id"], "at": journal.now(), "outcome": journal.DONE})
        return kept[0]


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
        raise MissingData(f"{book.name} has no backup in {atomic.backup_folder(book).name}; there is nothing to restore.")
    now = atomic.sha256(book)
    for path in reversed(made):
        if atomic.sha256(path) != now:
            return path
    raise MissingData(f"{book.name} is the same as its backup {made[-1].name}; there is nothing to restore.")
