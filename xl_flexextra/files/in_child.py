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

LENGTH = struct.Struct("<Q")  # before each message
WINDOWS = os.name == "nt"


def send(pipe: IO[bytes], message: Any) -> None:
    """One message into a pipe."""
    data = pickle.dumps(message, protocol=5)
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def whole(pipe: IO[bytes], length: int) -> bytes:
    """So many bytes of a pipe; EOFError where it ends before."""
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
    while head := pipe.read(LENGTH.size):
        request = pickle.loads(whole(pipe, LENGTH.unpack(head)[0]))
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
