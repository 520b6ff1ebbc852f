"""IronCalc, the engine that comes with the package, in a child process: it prints to stdout and reads what strangers wrote.

It is given cells and formulas, never a file: only what the formulas need. The child has limits of memory and time; one
that dies, says nonsense or takes too long answers nothing more, and what it was asked for is left to others.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CellError
from ..files.child import python, watched
from . import ironcalc_child

CHILD = Path(ironcalc_child.__file__)
SECONDS = 60.0
"""How long the child may take for one answer."""


class NoAnswer(Exception):
    """The engine is not there, or did not answer."""


@dataclass
class Block:
    """Cells to put in: row by row from the first one."""

    sheet: int
    top: int
    left: int
    width: int
    values: Sequence[Any] | np.ndarray  # an array of numbers: NaN is a blank cell


@dataclass
class Question:
    """What the engine is told and asked: new sheets, cells, and formulas (sheet, row, column, text without ``=``)."""

    sheets: list[str] = field(default_factory=list)
    cells: list[Block] = field(default_factory=list)
    formulas: list[tuple[int, int, int, str]] = field(default_factory=list)


class IronCalc:
    """One child process, started when it is first asked; close it afterwards."""

    name = "IronCalc"

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._gone = find_spec("ironcalc") is None

    def __enter__(self) -> IronCalc:
        return self

    def __exit__(self, *_ended: object) -> None:
        self._end()

    def answers(self, question: Question) -> list[Any]:
        """The values of the formulas: numbers, texts, truth values, errors, None.

        Raises:
            NoAnswer: the engine is not installed, or its process failed; it is not asked again.
        """
        if self._gone:
            raise NoAnswer
        try:
            found = self._exchange(_as_line(question))
            if len(found) != len(question.formulas):
                raise ValueError("another number of answers")
            return [_believed(value) for value in found]
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            self._gone = True
            self._end()
            raise NoAnswer from None

    def _exchange(self, line: bytes) -> list[Any]:
        child = self._child = self._child or _started()
        assert child.stdin is not None
        assert child.stdout is not None
        with watched(child, ironcalc_child.MEMORY, ironcalc_child.SECONDS, self._seconds):
            child.stdin.write(line)
            child.stdin.flush()
            answer = json.loads(child.stdout.readline())
        if not isinstance(answer, list):
            raise ValueError("no list of answers")
        return answer

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _started() -> subprocess.Popen[bytes]:
    """The child, in this Python, with nothing of the folder it is started in."""
    quiet: dict[str, Any] = {"creationflags": 0x08000000} if os.name == "nt" else {}  # no window of its own
    folders = os.pathsep.join(folder for folder in sys.path if folder)
    words = {**os.environ, "PYTHONPATH": folders, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [python(), "-S", str(CHILD)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=words, **quiet,
    )  # fmt: skip


def _as_line(question: Question) -> bytes:
    def shown(value: Any) -> Any:
        return {"error": str(value)} if isinstance(value, CellError) else value

    def packed(values: Sequence[Any] | np.ndarray) -> Any:
        if isinstance(values, np.ndarray):
            return base64.b64encode(values.astype("<f8").tobytes()).decode()
        return [shown(value) for value in values]

    cells = [(b.sheet, b.top, b.left, b.width, packed(b.values)) for b in question.cells]
    told = {"sheets": question.sheets, "cells": cells, "formulas": question.formulas}
    return json.dumps(told, allow_nan=False).encode() + b"\n"


def _believed(value: Any) -> Any:
    """A value of the answer, checked: it comes from a process that read what strangers wrote."""
    if isinstance(value, dict):
        return CellError(str(value["error"]))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value is None or isinstance(value, bool | float | str):
        return value
    raise ValueError("no value")
