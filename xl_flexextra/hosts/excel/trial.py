"""One call as Excel makes it: the same command, the same library, a table for an answer.

Windows only. The doctor runs it in a Python apart, with a file for the answer: pipes would be held open by the server,
which outlives this by a moment.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import settings

FUNCTION, ARGUMENTS = "CDSC_RATE", ("flex_extra_flexible", [[1.0], [2.0], [3.0]])
_DISPATCH, _TEXT = 9, 8


class _Variant(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_ushort),
        ("unused", ctypes.c_ushort * 3),
        ("pointer", ctypes.c_void_p),
        ("more", ctypes.c_void_p),
    )


def call(library: Path, command: str) -> Any:
    """What arrives of the table. OSError: the library does not load, or Python did not start."""
    import pythoncom
    import win32com.client

    pythoncom.CoInitialize()
    loaded = getattr(ctypes, "WinDLL")(str(library))  # noqa: B009 (not there for type checkers elsewhere)
    started = activate(loaded.XLPyDLLActivateAuto, command)
    host = win32com.client.Dispatch(pythoncom.ObjectFromAddress(started, pythoncom.IID_IDispatch))
    name, years = ARGUMENTS
    return host.CallUDF(settings.SERVED, FUNCTION, (name, tuple(map(tuple, years))))


def activate(library: Callable[..., int], command: str) -> int:
    """The address of a server's object, started by the library as the VBA's FlexStart does. OSError: none starts.

    Where Windows still knows a server of this command that has ended, another one is started, by a blank more.
    """
    code, said = 0, ""
    for blanks in range(settings.STARTS):
        answer = _Variant()
        code = library(ctypes.byref(answer), (command + " " * blanks).encode("ascii"), 1)
        if not code and answer.kind == _DISPATCH:
            return int(answer.pointer)
        said = ctypes.wstring_at(answer.pointer) if answer.kind == _TEXT and answer.pointer else ""
        met = re.search(r"hr = (-?\d+)", said)
        if met is None or int(met[1]) not in settings.GONE:
            break
    raise OSError(f"error 0x{code & 0xFFFFFFFF:08X} {said}".strip())


def main() -> None:
    """``trial LIBRARY COMMAND ANSWER``: writes what came, or what went wrong, into the file."""
    library, command, answer = sys.argv[1:4]
    try:
        said: dict[str, Any] = {"came": call(Path(library), command)}
    except Exception as error:  # COM's errors are of no class that is known here
        said = {"failed": f"{type(error).__name__}: {error}"}
    Path(answer).write_text(json.dumps(said, default=str), encoding="utf-8")
