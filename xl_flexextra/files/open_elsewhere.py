"""Is the workbook open somewhere? Asked before any work is done."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import FlexExtraError, Refused
from . import door, windows


def refuse_open(path: Path) -> None:
    """Refuse a workbook that Excel or LibreOffice has open, or that cannot be written."""
    owner = _excel_owner(path)
    if owner is not None:
        raise Refused(
            f"{path.name} is open in Excel{owner}; close it there first (if it is not open any more, delete "
            f"the file ~${path.name} beside it)."
        )
    owner = _libreoffice_owner(path)
    if owner is not None:
        raise Refused(
            f"{path.name} is open in LibreOffice{owner}; close it there first (if it is not open any more, "
            f"delete the file .~lock.{path.name}# beside it)."
        )
    hint = "it is open in another program or is write-protected; close it there or change its rights"
    if windows.WINDOWS and not os.access(path, os.W_OK):  # its attribute; nobody holds it for a moment only
        raise Refused(f"{path.name} cannot be written: {hint}.")
    try:
        windows.patiently(lambda: path.open("r+b").close())
    except PermissionError:
        raise Refused(f"{path.name} cannot be written: {hint}.") from None
    except OSError as error:
        raise Refused(f"{path.name} cannot be written ({error.strerror}); close it elsewhere or check the folder.") from None
    if not os.access(path.parent, os.W_OK):
        raise Refused(f"The folder {path.parent} cannot be written, so {path.name} cannot be replaced; check its rights.")


def _excel_owner(path: Path) -> str | None:
    """Who has it open, from the owner file: a length, the name in an 8-bit code, and again in UTF-16."""
    for name in (f"~${path.name}", f"~${path.name[2:]}"):
        file = path.with_name(name)
        if len(name) < 8 and name != f"~${path.name}":
            continue
        if door.is_file(file):
            try:
                with door.opened(file) as owner:
                    data = owner.read(512)
            except FlexExtraError:  # Excel keeps it locked on Windows
                return ""
            if data:
                name = data[1 : 1 + min(data[0], 52)].decode("cp1252", "replace").strip()
                return f" by {name}" if name.isprintable() and name else ""
            return ""
    return None


def _libreoffice_owner(path: Path) -> str | None:
    """Who has it open, from the lock file: name, user, host, time and profile, separated by commas."""
    file = path.with_name(f".~lock.{path.name}#")
    if not door.is_file(file):
        return None
    try:
        with door.opened(file) as owner:
            fields = owner.read(4096).decode("utf-8", "replace").split(",")
    except FlexExtraError:
        return ""
    name = next((f.strip() for f in fields[:3] if f.strip()), "")
    return f" by {name[:80]}" if name.isprintable() and name else ""
