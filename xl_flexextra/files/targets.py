"""Whether a command may write a file of its own; :func:`.atomic.replace` then writes all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from ..errors import BadInput, Refused
from . import door, windows

LONGEST = 255  # bytes of a file's name


def refuse(
    out: Path, force: bool, suffixes: Collection[str] = (), source: Path | None = None, own_name: bool = False
) -> None:
    """Refuse a target of another kind, the file that is read itself, an existing file without ``force``, no folder.

    ``own_name``: the command names the file itself, so that a person cannot give another name.

    Raises:
        BadInput: the name ends in none of ``suffixes``, or is none on this system.
        Refused: the file must not be written, or cannot be.
    """
    windows.refuse_name(out)
    if suffixes and out.suffix.lower() not in suffixes:
        raise BadInput(f"The file to write must end in {' or '.join(suffixes)} (got {out.name}).")
    there = door.exists(out)
    if source is not None and there and door.exists(source) and out.samefile(source):
        raise Refused(f"{out} is the very file that is read; give another name.")
    if there and not (force and door.is_file(out)):
        what_to_do = "move it away, or give" if own_name else "give another name, or"
        raise Refused(f"{out} exists already; {what_to_do} --force to replace it.")
    if not door.is_folder(out.parent):
        raise Refused(f"There is no folder {door.shown(out.parent)}; make it, or give another name.")
    if len(os.fsencode(out.name)) > LONGEST or "\0" in out.name:
        raise BadInput(f"No file can be called {door.shown(out.name)!r}; give a shorter name.")


def make_folder(folder: Path, parents: bool = True) -> None:
    """A folder to write into, made where it is missing.

    Raises:
        Refused: it is a file, or cannot be made.
    """
    try:
        folder.mkdir(parents=parents, exist_ok=True)
    except (OSError, ValueError) as error:  # a NUL in its name
        why = "there is a file of that name" if isinstance(error, FileExistsError) else getattr(error, "strerror", error)
        raise Refused(f"The folder {door.shown(folder)!r} cannot be made ({why}); give another one.") from None
