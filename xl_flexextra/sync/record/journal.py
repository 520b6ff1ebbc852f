"""The journal: JSON lines beside the workbook. What is planned is written before, how it ended after.

A run that is killed leaves its first line; the next run finds from the hashes whether the file was replaced.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import Refused
from ...files import atomic, door, windows

PLANNED, DONE, UNCHANGED, FAILED = "planned", "done", "unchanged", "not done"
UNKNOWN = "unknown (the workbook was changed since)"
_LONGEST = 16 << 20  # bytes of a line
REPAIRED = 100  # events from the end among which one may have been left open
_APPEND = (
    os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One event: what was to be done, and how it ended."""

    data: dict[str, Any]
    outcome: str


def path_of(book: Path) -> Path:
    """The journal of a workbook."""
    return book.with_name(f"{book.name}.journal.jsonl")


def who() -> str:
    """The user and the machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def now() -> str:
    """The time in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat()


def append(book: Path, record: dict[str, Any]) -> None:
    """Add one line and make it last; a line that could not be written whole is taken out again."""
    path = path_of(book)
    line = (json.dumps(record, ensure_ascii=False, default=str) + "\n").encode("utf-8", "replace")
    door.refuse_link(path, "The journal")
    fresh = not door.exists(path)
    if not fresh and not door.is_file(path):
        raise Refused(f"The journal {path.name} is not a file, so nothing was changed; remove it.")
    try:
        with windows.patiently(lambda: os.fdopen(os.open(path, _APPEND, 0o666), "ab")) as file:
            size = file.tell()
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)
                raise
    except OSError as error:
        raise Refused(
            f"The journal {path.name} cannot be written ({error.strerror}), so nothing was changed; check rights and space."
        ) from None
    if fresh:
        atomic.sync_folder(path.parent)


def conclude(book: Path, event: Any, outcome: str, **more: str) -> None:
    """Add the line that says how an event ended."""
    append(book, {"event": "outcome", "of": event, "at": now(), "outcome": outcome, **more})


@contextlib.contextmanager
def concluded(book: Path, entry: dict[str, Any], notes: list[str] | None = None) -> Iterator[None]:
    """Work on an event whose entry is filled in and written meanwhile; afterwards the line that says how it ended."""
    result = FAILED
    try:
        yield
        result = DONE
    finally:
        if entry:
            try:
                conclude(book, entry["id"], result)
            except Refused:  # the next run finds out from the hashes
                if notes is not None:
                    notes.append("The journal could not be finished; the next run completes it.")


def _from_end(book: Path) -> Iterator[dict[str, Any]]:
    """The lines of the journal, the last first; none where there is no journal."""
    path = path_of(book)
    door.refuse_link(path, "The journal")
    for line in door.lines_from_end(path, "The journal", _LONGEST) if door.exists(path) else ():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue  # a line that a killed run did not finish, or that no run wrote
        if isinstance(record, dict) and _sound(record):
            yield record


def _sound(record: dict[str, Any]) -> bool:
    """Whether a line is of the kinds that a run writes; others are skipped, as a cut one is."""
    names = (record.get(name) for name in ("id", "of", "before", "after"))
    tables = record.get("tables", {})
    return (
        all(name is None or isinstance(name, str | int | float) for name in names)
        and isinstance(tables, dict)
        and all(isinstance(one, dict) and _sound_table(one) for one in tables.values())
        and all(isinstance(record.get(key, []), list) for key in ("recalculated", "stale", "findings", "notes"))
        and all(isinstance(one, dict) for one in record.get("recalculated", []))
    )


def _sound_table(table: dict[str, Any]) -> bool:
    lists = (table.get(key, []) for key in ("cells", "added_keys", "removed_keys"))
    return all(isinstance(one, list) for one in lists) and all(isinstance(c, dict) for c in table.get("cells", []))


def repair(book: Path) -> None:
    """Finish what a killed run left: cut off half a line, and say how a planned change ended."""
    path = path_of(book)
    door.refuse_link(path, "The journal")
    if door.exists(path) and (half := _half_line(path)):
        with path.open("r+b") as file:
            file.truncate(os.fstat(file.fileno()).st_size - half)
            os.fsync(file.fileno())
    for entry in read(book, REPAIRED):  # every run repairs what the last ones left
        if entry.outcome == PLANNED:
            conclude(book, entry.data.get("id"), _ended(book, entry.data), found="later")


def _half_line(path: Path) -> int:
    """How many bytes follow the last line end."""
    with door.opened(path, "The journal", sys.maxsize, link=False) as file:
        size = at = file.seek(0, os.SEEK_END)
        while at > 0:
            start = max(at - (1 << 18), 0)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            if found >= 0:
                return size - (start + found + 1)
            at = start
        return size


def _ended(book: Path, data: dict[str, Any]) -> str:
    if not door.is_file(book):
        return UNKNOWN
    return {data.get("after"): DONE, data.get("before"): FAILED}.get(atomic.sha256(book), UNKNOWN)


def read(book: Path, last: int | None = None) -> list[JournalEntry]:
    """The ``last`` events in their order, or all, each with its outcome; one without a line about it is still ``planned``.

    The journal is read from its end, and no further than is needed.
    """
    events: dict[Any, dict[str, Any]] = {}
    outcomes: dict[Any, str] = {}
    for record in _from_end(book):
        if record.get("event") == "outcome":
            outcomes.setdefault(record.get("of"), str(record.get("outcome")))
        else:
            events.setdefault(record.get("id"), record)
            if len(events) == last:
                break
    found = [JournalEntry(data, outcomes.get(key, data.get("outcome", PLANNED))) for key, data in events.items()]
    return found[::-1]


def current(book: Path, last: int | None = None) -> list[JournalEntry]:
    """As :func:`read`, with an open outcome judged by the file as it is now; nothing is written."""
    return [JournalEntry(e.data, _ended(book, e.data)) if e.outcome == PLANNED else e for e in read(book, last)]
