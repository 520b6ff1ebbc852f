"""What the worksheet functions cost to import, as a ratio to ``import numpy``, in fresh interpreters.

    python benchmarks/import_time.py [--rounds 15] [--page docs/benchmarks.md]

Each round starts both, in turn, and an interpreter that imports nothing; the least processor times are told (waiting for a
busy machine does not count), and the median of the rounds' ratios, each without the bare start. Byte code is kept in a
folder of its own, and the finder of an editable install is left out (it loads modules that the functions would have to load
otherwise): as for an installed package. The commands, whole, stand below, and where the time of ``report`` goes: each
step is what a program of the steps up to it takes more than one without it; the last is what is left. Which libraries each
loads is held by tests (tests/core/test_import.py, tests/cli/test_imports.py).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path

import page

COMMAND = "import sys; sys.argv[1:] = {words!r}; from xl_flexextra.cli.main import main; main()"
STATEMENTS = {"nothing": "pass", "numpy": "import numpy", "flexextra_udfs": "import flexextra_udfs"}
COMMANDS = {
    "xl-flexextra --help": ["--help"],
    "xl-flexextra report (the July 2008 update, its workbook written)": ["report", "--out", "report.xlsx", "--force"],
}

STEPS = {
    "Python and the command line": "import xl_flexextra.cli.main, xl_flexextra.cli.report_commands",
    "numpy, the calculation and XlsxWriter loaded": "import xl_flexextra.cli.own_data, xl_flexextra.update.report",
    "the inputs of July 2008 read": "from xl_flexextra.update import update_inputs; given = update_inputs.sample_inputs()",
    "their figures and ties": "found = xl_flexextra.update.report.compute(given)",
    "the workbook written": "import xl_flexextra.workbook; xl_flexextra.workbook.build(found, 'steps.xlsx')",
}


def seconds(statement: str, environment: dict[str, str], folder: str) -> float:
    """Processor time of one fresh interpreter, from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-S", "-c", statement], env=environment, cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    page.option(options)
    given = options.parse_args()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        places = {str(Path(util.find_spec(name).origin).parents[1]) for name in ("xl_flexextra", "flexextra_udfs", "numpy")}
        environment |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": os.pathsep.join(places)}
        page.write(given.page, "start", measured(given.rounds, environment, folder))


def measured(rounds: int, environment: dict[str, str], folder: str) -> list[str]:
    """The table: least processor times of some rounds."""
    statements = STATEMENTS | {name: COMMAND.format(words=words) for name, words in COMMANDS.items()}
    steps = {name: "\n".join([*STEPS.values()][: number + 1]) for number, name in enumerate(STEPS)}
    statements |= steps
    times: dict[str, list[float]] = {name: [] for name in statements}
    for statement in statements.values():
        seconds(statement, environment, folder)  # once unmeasured: byte code and disk cache
    for together in (STATEMENTS, [*COMMANDS, *STEPS]):  # what is compared runs in turns, and no large program between
        for _ in range(rounds):
            for name in together:
                times[name].append(seconds(statements[name], environment, folder))
    least = {name: min(values) for name, values in times.items()}
    bare, numpy = least["nothing"], least["numpy"]
    pairs = zip(times["nothing"], times["numpy"], times["flexextra_udfs"], strict=True)
    ratio = statistics.median((ours - start) / (theirs - start) for start, theirs, ours in pairs)
    rows = [
        ("Python alone", f"{bare * 1000:.0f} ms", ""),
        ("import numpy", f"{(numpy - bare) * 1000:.0f} ms more", "1.00x"),
        ("import flexextra_udfs", f"{(least['flexextra_udfs'] - bare) * 1000:.0f} ms more", f"{ratio:.2f}x"),
    ]
    rows += [
        (name, f"{least[name] * 1000:.0f} ms, whole", f"{least[name] / numpy:.2f}x of numpy's, whole") for name in COMMANDS
    ]
    until = 0.0
    for name in STEPS:
        rows.append((f"of it: {name}", f"{max(least[name] - until, 0) * 1000:.0f} ms", ""))
        until = least[name]
    said = "of it: the options read (Typer loads Pydantic for them), the tables on the screen"
    rows.append((said, f"{max(least[[*COMMANDS][-1]] - until, 0) * 1000:.0f} ms", ""))
    return page.table(("start", "of the processors", "against numpy"), rows)


if __name__ == "__main__":
    main()
