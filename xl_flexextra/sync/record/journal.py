"""The journal: JSON lines beside the workbook. What is planned is written before, how it ended after.

A run that is killed leaves its first line; the next run finds from the hashes whether the file was replaced.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import Refused
from ...files import atomic, windows

PLANNED, DONE, UNCHANGED, FAILED = "planned", "done", "unchanged", "not done"
UNKNOWN = "unknown (the workbook was changed since)"


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
    fresh = not path.exists()
    try:
        with windows.patiently(lambda: path.open("ab")) as file:
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


def _lines(book: Path) -> Iterator[dict[str, Any]]:
    path = path_of(book)
    if not path.is_file():
        return
    for line in path.read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue  # a line that a killed run did not finish
        if isinstance(record, dict):
            yield record


def repair(book: Path) -> None:
    """Finish what a killed run left: cut off half a line, and say how a planned change ended."""
    path = path_of(book)
    if not path.is_file():
        return
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)
            os.fsync(file.fileno())
    for entry in read(book):
        if entry.outcome == PLANNED:
            conclude(book, entry.data.get("id"), _ended(book, entry.data), found="later")


def _ended(book: Path, data: dict[str, Any]) -> str:
    if not book.is_file():
        return UNKNOWN
    return {data.get("after"): DONE, data.get("before"): FAILED}.get(atomic.sha256(book), UNKNOWN)


def read(book: Path) -> list[JournalEntry]:
    """All events in their order, each with its outcome; one without a line about it is still ``planned``."""
    events: dict[Any, dict[str, Any]] = {}
    outcomes: dict[Any, str] = {}
    for record in _lines(book):
        if record.get("event") == "outcome":
            outcomes[record.get("of")] = str(record.get("outcome"))
        else:
            events[record.get("id")] = record
    return [JournalEntry(data, outcomes.get(key, data.get("outcome", PLANNED))) for key, data in events.items()]


def current(book: Path) -> list[JournalEntry]:
    """As :func:`read`, with an open outcome judged by the file as it is now; nothing is written."""
    return [JournalEntry(e.data, _ended(book, e.data)) if e.outcome == PLANNED else e for e in read(book)]
