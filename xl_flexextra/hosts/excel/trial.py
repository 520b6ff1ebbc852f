"""One call as Excel makes it: the same command, the same library, a table for an answer.

Windows only. The doctor runs it in a Python apart, with a file for the answer: pipes would be held open by the server,
which outlives this by a moment.
"""

from __future__ import annotations

import ctypes
import json
import sys
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
    answer = _Variant()
    loaded = getattr(ctypes, "WinDLL")(str(library))  # noqa: B009 (not there for type checkers elsewhere)
    code = loaded.XLPyDLLActivateAuto(ctypes.byref(answer), command.encode("ascii"), 1)
    if code or answer.kind != _DISPATCH:
        said = ctypes.wstring_at(answer.pointer) if answer.kind == _TEXT and answer.pointer else ""
        raise OSError(f"error 0x{code & 0xFFFFFFFF:08X} {said}".strip())
    host = win32com.client.Dispatch(pythoncom.ObjectFromAddress(answer.pointer, pythoncom.IID_IDispatch))
    name, years = ARGUMENTS
    return host.CallUDF(settings.SERVED, FUNCTION, (name, tuple(map(tuple, years))))


def main() -> None:
    """``trial LIBRARY COMMAND ANSWER``: writes what came, or what went wrong, into the file."""
    library, command, answer = sys.argv[1:4]
    try:
        said: dict[str, Any] = {"came": call(Path(library), command)}
    except Exception as error:  # COM's errors are of no class that is known here
        said = {"failed": f"{type(error).__name__}: {error}"}
    Path(answer).write_text(json.dumps(said, default=str), encoding="utf-8")
