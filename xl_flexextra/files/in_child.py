"""What runs in a child process (:mod:`.child` is its parent): messages over pipes, and bounds of memory and time.

It imports little: each child waits for that before it reads anything.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import sys
from collections.abc import Callable
from typing import IO, Any

from ..errors import FlexExtraError

_LENGTHS = struct.Struct("<QQ")  # before each message: bytes of it, and of what follows as it stands
_PIPE = 1 << 20  # bytes that a pipe holds
WINDOWS = os.name == "nt"


def send(pipe: IO[bytes], message: Any) -> None:
    """One message into a pipe; the one ``pickle.PickleBuffer`` that it may have follows as it stands, uncopied."""
    large: list[pickle.PickleBuffer] = []
    data = pickle.dumps(message, protocol=5, buffer_callback=large.append)
    assert len(large) < 2
    follows = large[0].raw() if large else b""
    pipe.write(_LENGTHS.pack(len(data), len(follows)))
    pipe.write(data)
    pipe.write(follows)
    pipe.flush()


def received(pipe: IO[bytes], most: int = sys.maxsize) -> tuple[bytes, bytes]:
    """A message of a pipe, still pickled, and what follows it.

    Raises:
        EOFError: the pipe ends before.
        ValueError: they have more than ``most`` bytes.
    """
    lengths = _LENGTHS.unpack(_whole(pipe, _LENGTHS.size))
    if sum(lengths) > most:
        raise ValueError("too long an answer")
    return _whole(pipe, lengths[0]), _whole(pipe, lengths[1])


def widen(*pipes: IO[bytes]) -> None:
    """Let pipes hold more, where the system lets us: a large message then goes through in a few pieces."""
    if WINDOWS:
        return
    import fcntl

    for pipe in pipes:
        with contextlib.suppress(OSError, AttributeError):  # only Linux knows it, and a person may have too many
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _whole(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve(prepare: Callable[[], None], answer: Callable[..., Any]) -> None:
    """In the child: answer what is asked until the parent goes. ``prepare`` imports what the limits should not count."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a parser prints goes nowhere
    prepare()
    limit(int(sys.argv[1]), int(sys.argv[2]))
    pipe = sys.stdin.buffer
    while True:
        try:
            data, follows = received(pipe)
        except EOFError:
            return
        request = pickle.loads(data, buffers=[follows])
        del data, follows
        try:
            message = ("done", answer(*request))
        except FlexExtraError as error:
            message = (type(error).__name__, str(error))
        except MemoryError:
            os._exit(1)
        except BaseException as error:  # the panic of a parser in Rust is no Exception
            message = ("failed", ((str(error) or type(error).__name__).splitlines() or [""])[0][:300])
        send(out, message)


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may take beyond what it has now; the system holds the bounds, where it knows them."""
    if WINDOWS:
        from . import windows

        with contextlib.suppress(OSError, AttributeError):
            windows.limit(memory, seconds)
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    pages = [0] * 7
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        pages = [int(number) for number in file.read().split()]
    page = resource.getpagesize()
    for bound, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, spent + seconds),
        (resource.RLIMIT_DATA, pages[5] * page + memory),
        (resource.RLIMIT_AS, pages[0] * page + 2 * memory),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(bound, (most, most))
