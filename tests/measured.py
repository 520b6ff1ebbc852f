"""A command as a process of its own: exit code, what it says, and the memory that it and its children take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CPU = 10  # seconds of processor time; the system ends a process that takes more

_WRAPPER = """
import json, os, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1]) + 1))
from xl_flexextra.cli import main
out = sys.argv[2]
sys.argv = ["xl-flexextra", *sys.argv[3:]]
code = main._run()
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stdout.flush(), sys.stderr.flush()
with open(out, "w") as file:
    json.dump([code, (own + children) // 1024], file)
os._exit(0)
"""


@dataclass(frozen=True)
class Measured:
    """How a command ended, and the peak of memory in MB, its own and the largest child's together."""

    code: int
    said: str
    memory: int


def measured(folder: Path, *args: object, cpu: int = CPU) -> Measured:
    """Run a command in a folder; a process that the system had to end has a negative code."""
    out = folder / "measured.json"
    out.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", _WRAPPER, str(cpu), str(out), *map(os.fspath, map(str, args))],
        cwd=folder, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip
    said = done.stdout + done.stderr
    if not out.exists():
        return Measured(min(done.returncode, -1), said, 0)
    code, memory = json.loads(out.read_text())
    return Measured(code, said, memory)
