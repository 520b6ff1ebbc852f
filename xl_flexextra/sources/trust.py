"""Whose word a source is: a person's, or that of a mapping that came with a workbook, which this user may trust or not.

A mapping in a workbook or beside it may be anybody's. Untrusted, it names only files at or below its own folder, and nothing
of this user's environment goes into them. The user's list of trusted mappings goes by their content.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..errors import BadInput, FlexExtraError, Refused
from ..files import atomic, door
from ..files.user_folder import user_folder
from . import secrets
from .findings import Finding, Findings

CURE = "if you trust whoever wrote it, repeat with --trust; else give the source with --from"
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\\]|\\.)*'|(?<!\w)\"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True, slots=True)
class Trusted:
    """One line of the list."""

    digest: str
    origin: str
    at: str


def digest(text: str) -> str:
    """What tells one mapping from another: a hash of its lines, whatever ends them."""
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").splitlines()]
    return hashlib.sha256("\n".join(lines).strip().encode()).hexdigest()


def list_file() -> Path:
    """The list of this user."""
    return user_folder() / "trusted-mappings.jsonl"


def trusted() -> list[Trusted]:
    """The mappings that this user trusts; a line that is not understood counts for nothing."""
    try:
        text = door.text(list_file(), "The list of trusted mappings")
    except FlexExtraError:
        return []
    found = []
    for line in text.splitlines():
        try:
            data = json.loads(line)
            found.append(Trusted(str(data["digest"]), str(data["origin"]), str(data["at"])))
        except (ValueError, TypeError, LookupError, RecursionError):
            continue
    return found


def is_trusted(mapping_digest: str) -> bool:
    """Whether a mapping of this content is on the list."""
    return any(one.digest == mapping_digest for one in trusted())


def add(mapping_digest: str, origin: str) -> bool:
    """Put a mapping on the list; whether it was new there."""
    known = trusted()
    if any(one.digest == mapping_digest for one in known):
        return False
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    _save([*known, Trusted(mapping_digest, origin, at)])
    return True


def remove(start: str) -> Trusted:
    """Take the mapping whose hash begins so off the list.

    Raises:
        BadInput: none begins so, or several do.
    """
    known = trusted()
    found = [one for one in known if start and one.digest.startswith(start.lower())]
    if len(found) != 1:
        has = f"give one of {', '.join(one.digest[:12] for one in known)}" if known else "there is none yet"
        what = "None of the trusted mappings begins" if not found else "Several of the trusted mappings begin"
        raise BadInput(f"{what} with {start!r}; {has}.")
    _save([one for one in known if one != found[0]])
    return found[0]


def _save(entries: Iterable[Trusted]) -> None:
    path = list_file()
    lines = [json.dumps({"digest": one.digest, "origin": one.origin, "at": one.at}) for one in entries]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.replace(path, lambda file: file.write("".join(f"{line}\n" for line in lines).encode()))
    except OSError as error:
        raise BadInput(
            f"The list of trusted mappings {path} cannot be written ({error.strerror}); check its rights."
        ) from None


def takes_environment(source: str) -> bool:
    """Whether a source holds ``${NAME}`` or is ``env:NAME``."""
    return secrets.tidy(source).startswith("env:") or "${" in source


def _beyond(source: str) -> str:
    """How a source leads beyond the folder of its mapping, by its text alone; "" where it does not."""
    text = source.strip().strip("\"'").strip()
    windows = PureWindowsPath(text)
    if takes_environment(source) or text.startswith("env:"):
        return "takes something from your environment"
    if secrets.is_url(text) or secrets.may_hold_secret(text):
        return "is the address of a database or a server"
    if PurePosixPath(text).is_absolute() or windows.drive or windows.root:
        return "is a whole path"
    if text.startswith("~"):
        return "begins at the home folder of a user"
    if ".." in windows.parts or ".." in PurePosixPath(text).parts:
        return "leads out of its folder"
    return ""


def refuse_beyond(table: str, source: str, origin: str) -> None:
    """Refuse the source of an untrusted mapping that leads beyond its folder; neither source nor content is repeated."""
    if reason := _beyond(source):
        raise Refused(f"The mapping in {origin} names a source of {table!r} that {reason}; {CURE}.")


def refuse_outside(path: Path, folder: Path, table: str, origin: str) -> None:
    """Refuse a file that a link leads out of the folder of an untrusted mapping."""
    try:
        within = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        within = False
    if not within:
        raise Refused(f"The mapping in {origin} names a source of {table!r} that a link leads out of its folder; {CURE}.")


def unreadable(table: str, origin: str) -> BadInput:
    """That the file of an untrusted mapping cannot be used, without a word of what is in it."""
    return BadInput(
        f"The file that the mapping in {origin} names for {table!r} cannot be used; nothing of it is shown, since the "
        "mapping is not trusted; check the file, or repeat with --trust to see what is wrong."
    )


def without_content(findings: Iterable[Finding], known: Iterable[str]) -> Findings:
    """Findings on an untrusted mapping's file: rows and columns of the workbook stay, what the file holds goes."""
    words = {word.casefold() for word in known}

    def hidden(found: re.Match[str]) -> str:
        return found[0] if found[0][1:-1].casefold() in words else "'…'"

    kept = Findings()
    for one in findings:
        table, comma, column = one.where.partition(", column ")
        where = one.where if not comma or column.casefold() in words else f"{table}, a column of its source"
        kept.append(Finding(one.severity, where, _QUOTED.sub(hidden, one.what), _QUOTED.sub(hidden, one.action)))
    return kept
