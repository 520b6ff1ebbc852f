"""What the worksheet functions cost to import, as a ratio to ``import numpy``, in fresh interpreters.

    python benchmarks/import_time.py [rounds]

Each round starts both, in turn, and an interpreter that imports nothing; the least processor times are compared (waiting
for a busy machine does not count). The ratio is that of ``import flexextra_udfs`` over ``import numpy``, each without the
bare start; and of the whole processes. Byte code is kept in a folder of its own, and the finder of an editable install
is left out (it loads modules that the functions would have to load otherwise): as for an installed package.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path

STATEMENTS = {"nothing": "pass", "numpy": "import numpy", "flexextra_udfs": "import flexextra_udfs"}


def seconds(statement: str, environment: dict[str, str]) -> float:
    """Processor time of one fresh interpreter, from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-S", "-c", statement], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int = 15) -> None:
    """Measure and print."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        places = {str(Path(util.find_spec(name).origin).parents[1]) for name in ("xl_flexextra", "flexextra_udfs", "numpy")}
        measure(rounds, {**environment, "PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": os.pathsep.join(places)})


def measure(rounds: int, environment: dict[str, str]) -> None:
    """Measure in an environment, and print."""
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for statement in STATEMENTS.values():
        seconds(statement, environment)  # once unmeasured: byte code and disk cache
    for _ in range(rounds):
        for name, statement in STATEMENTS.items():
            times[name].append(seconds(statement, environment))
    least = {name: min(values) for name, values in times.items()}
    for name, value in least.items():
        print(f"{name:>15}: {value * 1000:7.1f} ms")
    net = (least["flexextra_udfs"] - least["nothing"]) / (least["numpy"] - least["nothing"])
    print(f"whole process, flexextra_udfs / numpy: {least['flexextra_udfs'] / least['numpy']:.2f}x")
    print(f"import alone,  flexextra_udfs / numpy: {net:.2f}x (at most 1.3x is the budget)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
