"""``--log FILE``: what a command did, a line a step with its time, for whoever looks later why one took long or failed.

A line has the time (UTC), the process, the command and the step. Of the words of a command a URL is shown by its driver
alone: a password may be in it. What a command finds in a workbook is not written; errors are, in the sentence that a
person reads.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import BadInput, Refused
from ..files import door
from . import screen

VARIABLE = "XL_FLEXEXTRA_LOG"
_OURS = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+ ")


@dataclass
class _Log:
    path: Path
    command: str
    begun: float = field(default_factory=time.monotonic)

    def write(self, step: str) -> None:
        """A line; a log that can be written no more is done without."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        line = f"{now}Z {os.getpid()} {self.command}: {' '.join(screen.safe(step).split())}\n"
        with contextlib.suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(line)


_LOG: list[_Log] = []  # the one of the command that runs


def begin(path: Path, command: str, words: Sequence[str]) -> None:
    """Begin the log of a command; its first line has the words of the command.

    Raises:
        BadInput: the file is there and holds something else.
        Refused: it cannot be written.
    """
    _LOG.clear()
    _refuse(path)
    log = _Log(path.absolute(), command)
    try:
        with log.path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise Refused(f"The log {door.shown(path)} cannot be written ({error.strerror}); give another file.") from None
    _LOG.append(log)
    step(f"begins: {' '.join(map(_harmless, words))}")


def step(text: str) -> None:
    """Note what is done now."""
    for log in _LOG:
        log.write(text)


def end(code: int) -> None:
    """Note how the command ended, and after how long."""
    for log in _LOG:
        log.write(f"ended with {code} after {time.monotonic() - log.begun:.1f} s")
    _LOG.clear()


def _refuse(path: Path) -> None:
    """Refuse what is there and is no log of ours: a workbook that is named by mistake stays as it is."""
    door.refuse_link(path, "The log")
    if not door.exists(path):
        return
    with door.opened(path, "The log") as file:
        head = file.read(64)
    if head and not _OURS.match(head):
        raise BadInput(f"{door.shown(path)} is there and is not a log of this program; give another name with --log.")


def _harmless(word: str) -> str:
    """A word of the command without what may be secret in it."""
    from ..sources import secrets

    name, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    if secrets.is_url(value):
        value = f"{value.partition('://')[0]}://…"
    elif secrets.may_hold_secret(value):
        value = "…"
    return f"{name}{equals}{value}"
