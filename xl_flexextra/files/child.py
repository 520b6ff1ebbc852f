"""A child process with limits: a parser that could end the process, or eat the memory, runs where it can be stopped.

Parent and child exchange messages over pipes. What comes back is built of plain values only, and of no more than was
allowed: the child may have been taken over by the file that it reads.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from ..errors import BadInput, FlexExtraError, MissingData, Refused
from . import door, windows
from .in_child import received, send, widen

_PLAIN = {("datetime", name) for name in ("date", "datetime", "time", "timedelta")}
_SAID: dict[str, type[FlexExtraError]] = {"BadInput": BadInput, "MissingData": MissingData}
_PATIENCE = 30.0  # seconds of the clock for each second of processor time
_LOOK = 0.1  # seconds between two looks at a child
_OWN_MEMORY, _OWN_SECONDS = 256 << 20, 8  # what Python and its modules may take by themselves, where the parent watches
_ROOT = str(Path(__file__).parents[2])


class Failed(Exception):
    """The child's parser says that it cannot read what it was given."""


class Child:
    """One child process that runs a module; it ends with this object.

    What it may take is in proportion to the size of what it reads; ``seconds`` of processor time and of the ``clock``,
    for one answer, where others are meant.
    """

    def __init__(self, module: str, name: str, size: int, seconds: int = 0, clock: float = 0.0) -> None:
        self._said, self._seconds, self._memory = door.shown(name), seconds or door.seconds(size), door.memory(size)
        self._clock = clock
        self._process = _started(module, self._memory, self._seconds)
        self._ending = weakref.finalize(self, _end, self._process)

    def ask(self, *request: Any) -> Any:
        """What the child answers.

        Raises:
            Refused: it went beyond its limits, or died; it is not asked again.
            Failed: it cannot read what it was given.
        """
        with self._watched():
            self._send(request)
            return self._answer()

    def every(self, *request: Any) -> Iterator[Any]:
        """What the child answers to a request that is repeated until that is None; it works on the next answer while the
        one before is taken in. Raises as :meth:`ask` does."""
        with self._watched() as waited:
            self._send(request)
            while (answer := self._answer(request)) is not None:
                waited(False)
                yield answer
                waited(True)

    def _send(self, request: tuple[Any, ...]) -> None:
        with self._refusing():
            assert self._process.stdin is not None
            send(self._process.stdin, request)

    def _answer(self, following: tuple[Any, ...] | None = None) -> Any:
        """The answer to what was sent last, and the next request on its way."""
        with self._refusing():
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            if following is not None:
                send(self._process.stdin, following)
            kind, answer = self._received(self._process.stdout)
        if kind == "done":
            return answer
        if kind == "failed":
            raise Failed(str(answer)[:300])
        raise _SAID.get(str(kind), Refused)(str(answer))

    def _watched(self) -> contextlib.AbstractContextManager[Callable[[bool], None]]:
        return watched(self._process, self._memory, self._seconds, self._clock or _PATIENCE * self._seconds)

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, ValueError, TypeError, MemoryError, pickle.UnpicklingError, AttributeError, IndexError):
            self.close()
            raise self._too_much() from None

    def close(self) -> None:
        """End the child, and wait until it is gone."""
        self._ending()

    def let_go(self) -> None:
        """End the child, of which nothing more is wanted; another thread waits while the system takes its memory back.

        The end of this process waits for that thread. On Windows a child holds its files until it is gone: it is waited for.
        """
        if windows.WINDOWS:
            self.close()
            return
        self._process.kill()
        try:
            threading.Thread(target=self._ending, name="flexextra").start()
        except RuntimeError:  # no thread is to be had
            self.close()

    def _received(self, pipe: IO[bytes]) -> tuple[str, Any]:
        data, follows = received(pipe, self._memory // 2)
        kind, answer = _Plain(io.BytesIO(data), buffers=[follows]).load()
        return kind, answer

    def _too_much(self) -> Refused:
        return Refused(
            f"{self._said} cannot be read within {self._memory >> 20} MB of memory and {self._seconds} seconds, which is "
            f"enough for an honest file of its size; check what it is{door.ALLOW}"
        )


class _Plain(pickle.Unpickler):
    """Numbers, texts, lists, days: nothing that runs anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


@contextlib.contextmanager
def watched(process: subprocess.Popen[bytes], memory: int, seconds: int, clock: float) -> Iterator[Callable[[bool], None]]:
    """End a child that does not answer within ``clock`` seconds; gives how to say, between answers, that none is waited
    for, or that one is again.

    On Windows also one that takes more memory or processor time: its own limits (:func:`limit`) may be refused there.
    """
    over, end = threading.Event(), time.monotonic() + clock

    def waited(for_it: bool) -> None:
        nonlocal end
        end = time.monotonic() + clock if for_it else math.inf

    def look() -> None:
        while not over.wait(_LOOK if windows.WINDOWS else min(max(end - time.monotonic(), 0.0), clock)):
            if time.monotonic() >= end or (windows.WINDOWS and _beyond(process.pid, memory, seconds)):
                process.kill()
                return

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield waited
    finally:
        over.set()
        watch.join()


def _beyond(process: int, memory: int, seconds: int) -> bool:
    try:
        has, spent = windows.taken(process)
    except OSError:  # it has ended
        return False
    return has > _OWN_MEMORY + memory or spent > _OWN_SECONDS + seconds


def python() -> str:
    """This Python's program; on Windows not the one of an environment, which only starts another one and waits for it."""
    return str(getattr(sys, "_base_executable", "") or sys.executable) if windows.WINDOWS else sys.executable


def _started(module: str, memory: int, seconds: int) -> subprocess.Popen[bytes]:
    """The child, in this Python, with nothing of the folder it is started in; the paths are known, so no ``site``."""
    folders = os.pathsep.join([_ROOT, *(folder for folder in sys.path if folder and folder != _ROOT)])
    words = {**os.environ, "PYTHONPATH": folders, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    words |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    made = subprocess.Popen(
        [python(), "-S", "-m", module, str(memory), str(seconds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=words,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    assert made.stdin is not None
    assert made.stdout is not None
    widen(made.stdin, made.stdout)
    return made


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


_BOUNDED = """
import os, resource, sys
for name, most in (("CORE", 0), ("DATA", int(sys.argv[1])), ("CPU", int(sys.argv[2]))):
    try:
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (most, most))
    except (ValueError, OSError):
        pass
os.execv(sys.argv[3], sys.argv[3:])
"""


def bounded(command: list[str], memory: int, seconds: int) -> list[str]:
    """The command of another program, held to so many bytes of memory and seconds of processor time by the system.

    Windows has no such limits that a program's own children inherit without its help; there the clock alone counts.
    """
    if windows.WINDOWS:
        return command
    return [python(), "-I", "-S", "-c", _BOUNDED, str(memory), str(seconds), *command]
