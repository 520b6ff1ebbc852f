"""Where Windows keeps files and processes otherwise: files that another program holds for a moment, names that are none."""

from __future__ import annotations

import contextlib
import ctypes
import ntpath
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..errors import BadInput

WINDOWS = os.name == "nt"
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between the tries while another program holds a file: virus scanners and indexers let go within a second."""

_ACCESS_DENIED, _MOVED_AWAY = 5, 1177
HELD = frozenset({_ACCESS_DENIED, 32, 33, 1175, 1176, _MOVED_AWAY, 1224})
"""Errors of Windows for a file that another program holds: no access while it is being deleted or mapped, a sharing or a
lock violation, and what ReplaceFileW makes of these."""

_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_SYNCHRONIZE, _INFORMATION, _TIMEOUT = 0x00100000, 0x1000, 0x102
T = TypeVar("T")


def _kernel() -> Any:
    return getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009 (not there for type checkers elsewhere)


def _error() -> OSError:
    made: OSError = getattr(ctypes, "WinError")(getattr(ctypes, "get_last_error")())  # noqa: B009
    return made


def runs(process: int) -> bool:
    """Whether a process lives. (``os.kill(process, 0)``, which asks elsewhere, would end it here.)"""
    kernel = _kernel()
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_SYNCHRONIZE | _INFORMATION, False, process)
    if not handle:  # another person's is not for us to look at, and lives
        return bool(getattr(ctypes, "get_last_error")() == _ACCESS_DENIED)  # noqa: B009
    try:
        return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) == _TIMEOUT)  # its end would be signalled
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def _is_held(error: OSError) -> bool:
    """Whether another program may hold the file; what opens a file in C's way has no number of Windows to tell."""
    code = getattr(error, "winerror", None)
    return code in HELD or (code is None and isinstance(error, PermissionError))


def patiently(action: Callable[[], T]) -> T:
    """Do something with a file, again for a second or two where another program holds it."""
    for pause in PAUSES if WINDOWS else ():
        try:
            return action()
        except OSError as error:
            if not _is_held(error):
                raise
            time.sleep(pause)
    return action()


def _replace_file(old: Path, new: Path, kept: Path) -> None:
    """ReplaceFileW: two renames in one call; access rights, attributes and streams stay those of the old file."""
    if not _kernel().ReplaceFileW(str(old), str(new), str(kept), 0, None, None):
        raise _error()


def replace(new: Path, old: Path, kept: Path) -> None:
    """Put a new file in the place of an old one, which has the name ``kept`` for the moment between two renames.

    A process that ends in that moment leaves only ``kept``: :func:`recover` gives it its name again.
    """

    def once() -> None:
        try:
            _replace_file(old, new, kept)
        except OSError as error:
            code = getattr(error, "winerror", None)
            if code == _MOVED_AWAY:
                os.replace(kept, old)
            if code in HELD:
                raise
            os.replace(new, old)  # a file system that has no such call

    patiently(once)
    with contextlib.suppress(OSError):
        kept.unlink()


def recover(old: Path, kept: Path) -> None:
    """Give a file its name again that a process left without, when it ended in the middle of :func:`replace`."""
    if kept.is_file() and not old.exists():
        with contextlib.suppress(OSError):
            os.rename(kept, old)


def refuse_name(path: Path) -> None:
    """Refuse a file's name that Windows takes for a device, for a stream of another file, or not as it is written.

    Raises:
        BadInput: the name, and what is wrong with it.
    """
    name = path.name
    if not WINDOWS:
        return
    if _DEVICES.fullmatch(name):
        raise BadInput(f"{name} is the name of a device on Windows, whatever its ending; choose another name.")
    if name != name.rstrip(". ") or name.strip() == "":
        raise BadInput(f"{name!r} ends in a dot or a blank, which Windows leaves out; choose another name.")
    odd = re.search(r'[<>:"|?*\x00-\x1f]', name)
    if odd:
        raise BadInput(f"{name!r} holds {odd[0]!r}, which no name of a file may hold on Windows; choose another name.")


_LONG = "\\\\?\\"
_PLAIN = 247  # letters of a path that every call takes; no folder may have more
_BESIDE = 60  # letters that names of backups, locks and temporary files have more than the name of their workbook


def spelled(path: Path, beside: bool = False) -> Path:
    """A path so that Windows takes it however long it is; ``beside``: with our own files next to it.

    Its calls end at 260 letters, but for a whole path without dots behind ``\\\\?\\``, or ``\\\\?\\UNC\\`` for a share.
    """
    text = str(path)
    if not WINDOWS or text.startswith(_LONG) or "\0" in text:
        return path
    whole = ntpath.abspath(text)
    if len(whole.encode("utf-16-le", "surrogatepass")) // 2 + _BESIDE * beside <= _PLAIN:
        return path
    return type(path)(f"{_LONG}UNC\\{whole[2:]}" if whole.startswith("\\\\") else _LONG + whole)


_NETWORK = frozenset({51, 53, 54, 55, 59, 64, 65, 67, 121, 1203, 1219, 1222, 1231, 1232, 1236, 1326})
_CLOUD = frozenset({358, *range(362, 367), *range(374, 384), *range(386, 399), 404, 405, 426, 434, 475})
_NOT_HERE = 0x1000 | 0x40000 | 0x400000
"""FILE_ATTRIBUTE_OFFLINE, _RECALL_ON_OPEN, _RECALL_ON_DATA_ACCESS: of files that only a cloud or a tape holds by now."""


def cure(error: OSError | ValueError, state: os.stat_result | None = None) -> str:
    """What to do where a server or a cloud does not give its file; "" where it is something else."""
    code = getattr(error, "winerror", None)
    if code in _CLOUD or getattr(state, "st_file_attributes", 0) & _NOT_HERE:
        return (
            "it is kept in the cloud and did not come; see that OneDrive (or whatever keeps it) runs, choose 'Always keep "
            "on this device' for it, then repeat"
        )
    return "its server or network drive does not answer; connect it, then repeat" if code in _NETWORK else ""


_JOB_LIMITS, _PROCESS_TIME, _ONE_PROCESS, _PROCESS_MEMORY = 9, 0x2, 0x8, 0x100
_TICKS = 10_000_000  # of a second


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("time_of_process", ctypes.c_int64), ("time_of_job", ctypes.c_int64), ("flags", ctypes.c_uint32),
        ("least", ctypes.c_size_t), ("most", ctypes.c_size_t), ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
        ("counters", ctypes.c_uint64 * 6), ("memory_of_process", ctypes.c_size_t), ("memory_of_job", ctypes.c_size_t),
        ("peak_of_process", ctypes.c_size_t), ("peak_of_job", ctypes.c_size_t),
    )  # fmt: skip


class _Memory(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS_EX."""

    _fields_ = (
        ("size", ctypes.c_uint32), ("faults", ctypes.c_uint32), ("others", ctypes.c_size_t * 6),
        ("committed", ctypes.c_size_t), ("peak", ctypes.c_size_t), ("private", ctypes.c_size_t),
    )  # fmt: skip


def taken(process: int) -> tuple[int, float]:
    """What a process takes by now: bytes of memory that are its own, and seconds of processor time.

    Raises:
        OSError: the system does not tell.
    """
    kernel = _kernel()
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(_INFORMATION, False, process))
    if not handle:
        raise _error()
    try:
        memory, times = _Memory(), (ctypes.c_int64 * 4)()  # made, ended, in the system, in the program
        places = [ctypes.byref(times, 8 * place) for place in range(4)]
        if not kernel.GetProcessTimes(handle, *places):
            raise _error()
        if not kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(memory), ctypes.sizeof(memory)):
            raise _error()
    finally:
        kernel.CloseHandle(handle)
    return max(int(memory.committed), int(memory.private)), (times[2] + times[3]) / _TICKS


def limit(memory: int, seconds: int) -> None:
    """Put this process into a job of its own, whose limits the system holds: memory and processor time beyond what it has
    taken by now, and no process of its own.

    Raises:
        OSError: the system does not let us.
    """
    has, spent = taken(os.getpid())
    kernel = _kernel()
    for name in ("CreateJobObjectW", "GetCurrentProcess"):
        getattr(kernel, name).restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    limits = _Limits(flags=_PROCESS_TIME | _ONE_PROCESS | _PROCESS_MEMORY, processes=1)
    limits.time_of_process, limits.memory_of_process = int((spent + seconds) * _TICKS), has + memory
    try:
        if not kernel.SetInformationJobObject(job, _JOB_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)):
            raise _error()
        if not kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess())):
            raise _error()
    finally:
        kernel.CloseHandle(job)  # the job lasts as long as its process, and nobody here can loosen it any more
