"""Feed the doors with files that are nearly right, for some minutes: python -m fuzz.run MINUTES (make fuzz MINUTES=60).

A command may do its work (0, 1) or refuse in a sentence (2). What ends otherwise, or takes more memory than a small file
may, is a find: its files stay in build/fuzz, and the run ends with 1. At least three of ten inputs have to be accepted.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from .doors import DOORS as FIRST
from .doors import Door
from .more_doors import MORE_DOORS
from .newer_doors import NEWER_DOORS

DOORS = [*FIRST, *MORE_DOORS, *NEWER_DOORS]

FOUND = Path("build/fuzz").absolute()
CHUNK = 20  # inputs of a door before the next one has its turn
WORKER_INPUTS = 1500  # before a new process begins
MEMORY = 500 << 10  # KB that a command may take beyond what the program takes
ACCEPTED = 0.3
PLAIN = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
SECONDS = 60  # of processor time for one input
HANGS = 300  # seconds of the clock for one input, also on a busy machine


def memory() -> int:
    """Peak memory, in KB, of this process or of its largest child, whichever took more.

    The sum would count this one twice: a child begins as large as the process that it was forked from.
    """
    import resource

    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def problem(code: int, said: str, taken: int) -> str:
    """What is wrong with how a command ended; "" where nothing is."""
    if code not in (0, 1, 2):
        return f"ended with {code}"
    if "Traceback" in said or "panicked" in said:
        return "said a trace"
    if code == 2 and "Error: " not in said and "Nothing was written" not in said and "Usage" not in said:
        return "refused without a sentence"
    if taken > MEMORY:
        return f"took {taken >> 10} MB"
    return ""


def chunk(door: Door, number: int, counts: Counter[str], current: Path) -> None:
    """Some inputs of one door; the files of the one in hand stay in ``current`` should the process end."""

    @seed(number)
    @settings(PLAIN, max_examples=CHUNK)
    @given(st.data())
    def feed(data: Any) -> None:
        shutil.rmtree(current, ignore_errors=True)
        current.mkdir(parents=True)
        try:
            args = door.fill(data.draw, current)
        except (ArithmeticError, LookupError, TypeError, ValueError, OSError) as error:
            counts[f"{door.name} unbuilt"] += 1  # our own fault, and none of the product's
            print(f"{door.name}: no input was built ({type(error).__name__}: {error})"[:200], flush=True)
            return
        (current / "command.json").write_text(json.dumps(args))
        before, began = memory(), time.process_time()
        code, said = door.run(args, current)
        counts[f"{door.name} {'accepted' if code in (0, 1) else 'refused'}"] += 1
        wrong = problem(code, said, memory() - before) or ("took too long" if time.process_time() - began > SECONDS else "")
        if wrong:
            kept = FOUND / f"{door.name}-{number}-{counts.total()}"
            shutil.copytree(current, kept, dirs_exist_ok=True)
            (kept / "said.txt").write_text(f"{wrong}\n{said}", "utf-8", "replace")
            counts[f"{door.name} found"] += 1
            print(f"{door.name}: {wrong}: {kept}", flush=True)

    try:
        feed()
    except HypothesisException as error:  # its own rules of drawing, which no product breaks
        counts[f"{door.name} unbuilt"] += 1
        print(f"{door.name}: {type(error).__name__}: {error}"[:200], flush=True)


def worker(until: float, start: int, out: str) -> None:
    """Turn by turn through the doors until the time is over; the counts go into a file after each turn."""
    counts: Counter[str] = Counter()
    number = start
    while time.time() < until and counts.total() < WORKER_INPUTS:
        for door in DOORS:
            if time.time() > until:
                break
            chunk(door, number, counts, FOUND / "current" / door.name)
            Path(out).write_text(json.dumps(counts))
        number += 1


def fed(until: float, number: int, out: Path) -> int | str:
    """How one worker ended; one that is still at an input long after the end of the run hangs in it."""
    command = [sys.executable, "-W", "ignore", "-m", "fuzz.run", "--worker", str(until), str(number), str(out)]
    try:
        return subprocess.run(command, check=False, timeout=max(until - time.time(), 0) + HANGS).returncode
    except subprocess.TimeoutExpired:
        return "a hanging input"


def main(minutes: float, start: int | None = None) -> int:
    """The whole run: workers one after another, so that one that is ended by the system ends nothing else."""
    until = time.time() + 60 * minutes
    number = start if start is not None else random.randrange(1 << 30)
    print(f"Seed {number}, {minutes:g} minutes, {len(DOORS)} doors", flush=True)
    counts: Counter[str] = Counter()
    shutil.rmtree(FOUND, ignore_errors=True)
    FOUND.mkdir(parents=True)
    while time.time() < until:
        out = FOUND / "counts.json"
        out.unlink(missing_ok=True)
        code = fed(until, number, out)
        counts += Counter(json.loads(out.read_text()) if out.exists() else {})
        if code:
            counts["a process found"] += 1
            shutil.copytree(FOUND / "current", FOUND / f"ended-{number}", dirs_exist_ok=True)
            print(f"A process ended with {code}: {FOUND / f'ended-{number}'}", flush=True)
        number += 1000
    return told(counts)


def told(counts: Counter[str]) -> int:
    """The table of what came of it; 1 where something was found or too little was accepted."""
    sums = Counter[str]()
    for key, count in counts.items():
        sums[key.rpartition(" ")[2]] += count
    for door in DOORS:
        print(f"{door.name:<16}{counts[f'{door.name} accepted']:>7} accepted {counts[f'{door.name} refused']:>7} refused")
    tried = sums["accepted"] + sums["refused"]
    share = sums["accepted"] / tried if tried else 0.0
    print(f"{tried} inputs, {share:.0%} accepted, {sums['found']} finds; {sums['unbuilt']} more could not be built")
    return int(bool(sums["found"]) or share < ACCEPTED)


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(float(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        raise SystemExit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None))
