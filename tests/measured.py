"""A command as a process of its own: exit code, what it says, and the memory that it and its children take.

The process is forked from one that has imported the program, which takes most of the time of a command that refuses.
What was imported counts as taken.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CPU = 10  # seconds of processor time; the system ends a process that takes more
CLOCK = 120  # seconds until a process that hangs is ended

_SERVER = """
import json, os, resource, signal, sys
import measured
sys.path[:0] = json.loads(sys.stdin.readline())
measured.prepare()
for line in sys.stdin:
    folder, said, out, cpu, door, args = json.loads(line)
    child = os.fork()
    if child == 0:
        measured.become(folder, said, out, cpu, door, args)
    signal.signal(signal.SIGALRM, lambda *_: measured.end(child))
    signal.alarm(measured.CLOCK)
    _, status, used = os.wait4(child, 0)
    signal.alarm(0)
    print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, flush=True)
"""


@dataclass(frozen=True)
class Measured:
    """How a command ended; its peak of memory in MB, and its processor time in seconds, both with its children's."""

    code: int
    said: str
    memory: int
    seconds: float


@functools.cache
def _server() -> subprocess.Popen[str]:
    """The process that the commands are forked from."""
    words = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=words
    )
    assert server.stdin is not None
    server.stdin.write(json.dumps([folder for folder in sys.path if folder]) + "\n")
    server.stdin.flush()
    atexit.register(_end_server, server)
    return server


def _end_server(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait()


def measured(folder: Path, *args: object, cpu: int = CPU, door: int = 0) -> Measured:
    """Run a command in a folder; a process that the system had to end has a negative code.

    ``door``: seconds that the door gives a reader, where the usual ones would only make the test wait.
    """
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as place:
        said, out = Path(place, "said"), Path(place, "out")
        told = [str(folder), str(said), str(out), cpu, door, [os.fspath(word) for word in map(str, args)]]
        server.stdin.write(json.dumps(told) + "\n")
        server.stdin.flush()
        ended, seconds = server.stdout.readline().split()
        text = said.read_text(errors="replace")
        if not out.exists():
            return Measured(min(int(ended), -1), text, 0, float(seconds))
        code, memory = json.loads(out.read_text())
        return Measured(code, text, memory, float(seconds))


# --- in the process that commands are forked from, and in the commands ------------------------------------------------


WARMING = [
    ["refresh", "none.xlsx", "--from", "none.csv"], ["report", "--unit-values", "none.csv", "--terms", "flexible"],
    ["review", "none.xlsx"], ["calc", "recalculate", "none.xlsx"], ["store", "show", "none.sqlite"],
    ["call", "AATR", "1000", "1500", "5"],
]  # fmt: skip


def prepare() -> None:
    """Import what the commands import, by letting them refuse what is not there; none of them starts a thread."""
    import xl_flexextra.sources.parquet_files
    import xl_flexextra.sync.store
    import xl_flexextra.workbook.update.build  # noqa: F401
    from xl_flexextra.cli import main

    quiet = contextlib.ExitStack()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), open(os.devnull, "w") as nothing, quiet:
        quiet.enter_context(contextlib.redirect_stdout(nothing))
        quiet.enter_context(contextlib.redirect_stderr(nothing))
        for sys.argv[:] in (["xl-flexextra", *words] for words in WARMING):
            main._run()


def become(folder: str, said: str, out: str, cpu: int, patience: int, args: list[str]) -> None:
    """This forked process is the command from now on."""
    import resource

    from xl_flexextra.cli import main
    from xl_flexextra.files import door

    door.SECONDS = patience or door.SECONDS
    os.setpgid(0, 0)
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))  # what the process before took does not count
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for old, new in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(old, new)
    sys.argv = ["xl-flexextra", *args]
    code: Any = main._run()
    own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))  # noqa: SIM115
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with contextlib.suppress(ValueError, OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    Path(out).write_text(json.dumps([code, (own + children) // 1024]))
    os._exit(0)


def end(process: int) -> None:
    """End a command with its children."""
    with contextlib.suppress(OSError):
        os.killpg(process, signal.SIGKILL)
