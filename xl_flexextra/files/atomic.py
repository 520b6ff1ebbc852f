"""Replacing a file: the old one or the new one is there at every moment, never a part of one."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ..errors import BadInput, Refused
from . import door, windows

KEEP_BACKUPS = 20
_TEMPORARY, _OLD = ".~flexextra-", ".old"


def sha256(path: Path, most: int = door.MOST_LARGE) -> str:
    """The hash of a file's bytes."""
    found = hashlib.sha256()
    with door.opened(path, most=most) as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def replace(
    path: Path,
    write: Callable[[BinaryIO], object],
    check: Callable[[Path], None] = lambda _written: None,
    before: Callable[[Path], None] = lambda _finished: None,
) -> None:
    """Write a new file beside ``path``, check it, and put it in the place of ``path``.

    ``before`` runs after the check and before the replacement, with the finished file. The mode (and, where the system
    lets us, the owner) of the old file is kept. Any error leaves the old file as it was and no temporary file.
    """
    path = windows.spelled(path, beside=True)
    folder = path.parent
    try:
        handle, temporary = _new(folder)
    except OSError as error:
        cure = windows.cure(error) or "check rights and space"
        raise Refused(
            f"No file can be written in {door.shown(folder)} ({error.strerror}), so nothing was changed; {cure}."
        ) from None
    try:
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                _keep_rights(path, temporary)  # before the sync, which makes them last
                os.fsync(file.fileno())
            check(temporary)
        except OSError as error:
            raise Refused(
                f"The new {path.name} could not be written ({error.strerror}); nothing was changed; check "
                "the space on the disk."
            ) from None
        before(temporary)
        try:
            _put(temporary, path)
        except OSError as error:
            raise Refused(
                f"{path.name} could not be replaced ({error.strerror}); nothing was changed; "
                f"{windows.cure(error) or 'close it where it is open'}."
            ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    sync_folder(folder)


def _new(folder: Path) -> tuple[int, Path]:
    """A new file that only its owner may open. (``tempfile`` tries 10,000 names in a folder that Windows refuses.)"""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    temporary = folder / f"{_TEMPORARY}{secrets.token_hex(6)}-{os.getpid()}.tmp"
    return os.open(temporary, flags, 0o600), temporary


def _keep_rights(old: Path, new: Path) -> None:
    try:
        state = old.stat()
    except FileNotFoundError:  # a temporary file is its owner's alone; a new file is as any other that is made here
        mask = os.umask(0)
        os.umask(mask)
        new.chmod(0o666 & ~mask)
        return
    os.chmod(new, stat.S_IMODE(state.st_mode))
    if hasattr(os, "chown") and (state.st_uid, state.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(OSError):
            os.chown(new, state.st_uid, state.st_gid)
            os.chmod(new, stat.S_IMODE(state.st_mode))  # a change of owner clears some bits


def _put(temporary: Path, path: Path) -> None:
    """os.replace; on Windows ReplaceFileW, which keeps the access rights of the old file."""
    if windows.WINDOWS and path.exists():
        windows.replace(temporary, path, _kept(path))
    else:
        windows.patiently(lambda: os.replace(temporary, path))


def _kept(path: Path) -> Path:
    """The name of an old file while Windows puts a new one in its place."""
    return path.with_name(f"{_TEMPORARY}{path.name}{_OLD}")


def sync_folder(folder: Path) -> None:
    """Make a replaced or new name in a folder last; not every system can."""
    if windows.WINDOWS:
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder: Path) -> list[str]:
    """Take away temporary files that a killed run left; those of a process that still runs stay."""
    gone = []
    for path in folder.glob(f"{_TEMPORARY}*.tmp"):
        match = re.search(r"-(\d+)\.tmp$", path.name)
        if match and int(match[1]) != os.getpid() and not _runs(int(match[1])):
            with contextlib.suppress(OSError):
                path.unlink()
                gone.append(path.name)
    for path in folder.glob(f"{_TEMPORARY}*{_OLD}"):
        if path.with_name(path.name[len(_TEMPORARY) : -len(_OLD)]).is_file():
            with contextlib.suppress(OSError):
                path.unlink()
                gone.append(path.name)
    return gone


def _runs(process: int) -> bool:
    if windows.WINDOWS:
        return windows.runs(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Only one refresh of a workbook at a time."""
    name = path.with_name(f".{path.name}.flexextra.lock")
    door.refuse_link(name, "The lock")
    try:
        release = _held(name)
    except OSError as error:
        raise Refused(
            f"No file can be written in {path.parent} ({error.strerror}), so nothing was changed; check rights and space."
        ) from None
    if release is None:
        raise Refused(f"Another refresh of {path.name} is running; wait until it is done.")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if not windows.WINDOWS:
                name.unlink()  # while it is held: nobody else can hold the same name
        release()
        with contextlib.suppress(OSError):
            if windows.WINDOWS:
                name.unlink()  # it fails where somebody else has it open by now


def _held(name: Path) -> Callable[[], object] | None:
    """A lock that is held from now on, as how to let it go; None where somebody else holds it.

    It is the system's own where there is one: to import filelock takes longer than a small refresh.
    """
    if not windows.WINDOWS:
        try:
            return _flocked(name)
        except OSError as error:
            if error.errno != errno.ENOSYS:  # the file system has no such locks
                raise
    import filelock

    guard = filelock.FileLock(name, timeout=0)
    try:
        guard.acquire()
    except filelock.Timeout:
        return None
    return guard.release


def _flocked(name: Path) -> Callable[[], object] | None:
    import fcntl

    while True:
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink:
                return partial(os.close, handle)
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return None
            raise
        os.close(handle)  # its holder took it away in between


def backup_folder(path: Path) -> Path:
    """Where the backups of a workbook are."""
    return path.with_name(f"{path.name}.backups")


def backups(path: Path) -> list[Path]:
    """The backups of a workbook, oldest first."""
    folder = backup_folder(path)
    door.refuse_link(folder, "The folder of backups")
    if not door.is_folder(folder):
        return []
    return sorted(p for p in folder.glob(f"*{glob.escape(path.suffix)}") if re.match(r"\d{8}T\d{12}Z-", p.name))


def back_up(path: Path, why: str, keep: int = KEEP_BACKUPS, copied: Path | None = None) -> Path:
    """Copy a workbook into its backup folder, verified; the oldest ones beyond ``keep`` go. ``why`` ends its name.

    ``copied`` is a copy to keep in its place, where the workbook itself is open elsewhere.
    """
    copied = copied or path
    folder = backup_folder(path)
    door.refuse_link(folder, "The folder of backups")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{stamp}-{why}{path.suffix}"
    temporary = folder / f"{_TEMPORARY}backup-{os.getpid()}.tmp"
    try:
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)  # else a power loss could take the new folder, and the backup with it
        sweep(folder)
        with copied.open("rb") as source, temporary.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        shutil.copystat(copied, temporary)
        if sha256(temporary) != sha256(copied):
            raise Refused(f"The backup of {path.name} does not read back as written; nothing was changed; check the disk.")
        windows.patiently(lambda: os.replace(temporary, target))
        sync_folder(folder)
    except OSError as error:
        raise Refused(
            f"No backup of {path.name} could be made ({error.strerror}), so it was not changed; check rights and space."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
            folder.rmdir()  # only where it is empty
    for old in backups(path)[:-keep]:
        with contextlib.suppress(OSError):
            old.unlink()
    return target


def resolve(path: str | os.PathLike[str]) -> Path:
    """The real file behind a path; a link is followed, so that the link itself stays."""
    try:
        real = door.path_of(path).resolve() if os.fspath(path).startswith("~") else Path(path).resolve()
        real = windows.spelled(real, beside=True)
        windows.recover(real, _kept(real))
    except (OSError, RuntimeError, ValueError) as error:  # a name that is too long, links in a circle, a NUL
        if isinstance(error, OSError) and (cure := windows.cure(error)):
            raise Refused(f"The workbook {door.shown(path)} cannot be read: {cure}.") from None
        raise BadInput(f"There is no workbook {door.shown(path)!r}; check the name.") from None
    if not door.is_file(real):
        if why := door.unreachable(real, "The workbook"):
            raise why
        raise BadInput(f"There is no workbook {door.shown(path)!r}; check the name.")
    if real.suffix.lower() not in (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam"):
        raise BadInput(f"{real.name} is not a workbook that can be refreshed; give a .xlsx or .xlsm file.")
    return real
