"""Each kind of hostile file through each place that takes its sort, measured: make hostile.

A find is what ends otherwise than with its work or one sentence, changes what was there though it refused, or takes more
than 500 MB beyond what the program takes, or ten seconds of processor time for a refusal. The page gets the
worst of each sort.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from measured import CPU, measured

from .files import Hostile
from .more_files import SORTS
from .places import BROADER, PLACES, Place, everything_in, furnish

MB = 500
WORK = 60  # seconds for a file that is read: honest work, in proportion to what is computed
LIBREOFFICE = ("pdf", "calc recalculate")  # its own memory is bounded apart: docs/security.md
MARKS = "<!-- hostile: made by make hostile -->", "<!-- hostile: end -->"


class Row(NamedTuple):
    """One file through one place."""

    place: Place
    sort: str
    kind: str
    code: int
    memory: int
    seconds: float
    wrong: str


def pairs(words: list[str]) -> Iterator[tuple[Place, str, str, Hostile]]:
    """Each place with each file that it may be given; with words, those alone that have one of them."""
    for place in PLACES:
        for sort in BROADER.get(place.sort, (place.sort,)):
            for kind, file in SORTS[sort].items():
                if not words or any(word in f"{place.called} {place.words} {sort} {kind}" for word in words):
                    yield place, sort, kind, file


def in_turn() -> Iterator[tuple[Place, str, str, Hostile]]:
    """Each file through one place, each place with one file of each sort at least: minutes, where all take two hours."""
    found = []
    for sort, files in SORTS.items():
        places = [place for place in PLACES if sort in BROADER.get(place.sort, (place.sort,))]
        for number in range(max(len(places), len(files))):
            kind = list(files)[number % len(files)]
            found.append((places[number % len(places)], sort, kind, files[kind]))
    random.Random(20080731).shuffle(found)  # so that a run that is stopped has tried some of everything
    yield from found


def tried(place: Place, sort: str, kind: str, file: Hostile, folder: Path, plain: int) -> Row:
    """A file through a place, in a folder furnished anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    furnish(folder)
    if place.also:
        shutil.move(file.write(folder / "bad"), folder / place.also)
    else:
        made = file.write(folder / "bad")
        name = f"bad{place.suffix or file.suffix}"
        made.rename(folder / name)
    before = everything_in(folder)
    done = measured(folder, *place.line("" if place.also else name), cpu=WORK)
    memory, seconds = done.memory - plain, done.seconds
    found = wrong(place, done.code, done.said, memory, seconds, before, everything_in(folder))
    return Row(place, sort, kind, done.code, memory, seconds, found)


def wrong(
    place: Place, code: int, said: str, memory: int, seconds: float, before: dict[str, str], after: dict[str, str]
) -> str:
    """What is wrong with how a command ended; empty where nothing is."""
    if code not in (0, 1, 2):
        return f"ended with {code}: {said[-200:]}"
    if "Traceback" in said or "panicked" in said or "\x1b]" in said:
        return f"said a trace or control signs: {said[-200:]}"
    if code == 2 and "Error" not in said and "Nothing was" not in said:
        return f"no sentence: {said[-200:]}"
    if code == 2 and after != before:
        return f"refused, and changed {sorted(set(before.items()) ^ set(after.items()))[:3]}"
    if place.command in LIBREOFFICE and code != 2:
        return ""
    if memory > MB:
        return f"took {memory} MB"
    return f"took {seconds:.0f} s" if seconds > (CPU if code == 2 else WORK) else ""


def table(rows: list[Row]) -> str:
    """What came of it: for each command how many, and the most that one of them took."""
    lines = [
        "| command | tried | refused | most memory, MB | most seconds of a refusal | of work |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for command in dict.fromkeys(row.place.command for row in rows):
        some = [row for row in rows if row.place.command == command]
        refused, done = ([row.seconds for row in some if (row.code == 2) is no] for no in (True, False))
        most = max(row.memory for row in some)
        longest = " | ".join(f"{max(seconds, default=0):.1f}" for seconds in (refused, done))
        lines.append(f"| `{command}` | {len(some)} | {len(refused)} | {most} | {longest} |")
    return "\n".join(lines)


def main(page: str, words: list[str]) -> int:
    """The whole run; 1 where something was found."""
    home = Path(tempfile.mkdtemp(prefix="hostile-"))
    os.environ["HOME"] = str(home / "f")
    os.environ.pop("LOCALAPPDATA", None)
    plain, rows = measured(home, "--help").memory, []
    with contextlib.suppress(KeyboardInterrupt):  # what was tried until then counts
        for place, sort, kind, file in in_turn() if words == ["--in-turn"] else pairs(words):
            rows.append(tried(place, sort, kind, file, home / "f", plain))
            if rows[-1].wrong or rows[-1].seconds > CPU / 2 or rows[-1].memory > MB / 2:
                row = rows[-1]
                print(f"{'FOUND ' if row.wrong else ''}{place.called} ({place.words}): {kind}: {row.code}, {row.memory} MB, "
                      f"{row.seconds:.1f} s {row.wrong}", flush=True)  # fmt: skip
    shutil.rmtree(home)
    found = sum(bool(row.wrong) for row in rows)
    said = f"{len(rows)} files through {len({row.place.called for row in rows})} places, {found} finds."
    print(said)
    if page:
        text = Path(page).read_text("utf-8")
        body = f"{MARKS[0]}\n{said}\n\n{table(rows)}\n{MARKS[1]}"
        Path(page).write_text(re.sub(f"{MARKS[0]}.*{MARKS[1]}", lambda _: body, text, flags=re.S), "utf-8")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]))
