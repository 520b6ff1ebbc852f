"""The release checklist: asks each question, answers itself what it can, and says at the end how to tag.

    python tools/release.py          every question, in order; stops at the first no
    python tools/release.py --list   the questions alone

Nothing is tagged, pushed or uploaded by it: the last lines say how.
"""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "release"
UV = ROOT / ".versions" / "uv" / "bin" / "uv"


class Question(NamedTuple):
    """What has to be true, and how the script finds out: a problem, or None; without a check a person is asked."""

    text: str
    check: Callable[[], str | None] | None


def run(*command: str | Path, cwd: Path = ROOT) -> tuple[bool, str]:
    """A command: whether it succeeded, and what it said."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def last_lines(text: str, count: int = 15) -> str:
    """The end of what a command said."""
    return "\n".join(text.splitlines()[-count:])


def version() -> str:
    """The version that is about to be released."""
    text = (ROOT / "xl_flexextra" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.*)"$', text, re.M)
    return found[1] if found else ""


# --- what can be checked ----------------------------------------------------------------------------------------------


def committed() -> str | None:
    """Nothing is changed or forgotten."""
    said = run("git", "status", "--porcelain")[1]
    return f"these files are not committed:\n{said}" if said else None


def on_main() -> str | None:
    """A release is a commit of main."""
    branch = run("git", "branch", "--show-current")[1]
    return None if branch == "main" else f"this is the branch {branch!r}"


def new_version() -> str | None:
    """A version is released once, and upwards."""
    return version_problem(version(), run("git", "tag", "--list", "v*")[1].split())


def version_problem(wanted: str, tags: Sequence[str]) -> str | None:
    """What is wrong with a version beside the tags that are there."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", wanted):
        return f"{wanted!r} in xl_flexextra/__init__.py is not of the form 0.2.0"
    numbers = {tag: tuple(map(int, tag[1:].split("."))) for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)}
    newest = max(numbers, key=lambda tag: numbers[tag], default="")
    if newest and tuple(map(int, wanted.split("."))) <= numbers[newest]:
        return f"{wanted} is not above {newest}, which is released; raise it in xl_flexextra/__init__.py"
    return None


def in_changelog() -> str | None:
    """The changelog's first section is this version's."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return changelog_problem(text, version(), datetime.date.today())


def changelog_problem(text: str, wanted: str, today: datetime.date) -> str | None:
    """What is wrong with the first section of a changelog."""
    sections = re.split(r"^## ", text, flags=re.M)[1:]
    heading, _, body = sections[0].partition("\n") if sections else ("", "", "")
    found = re.fullmatch(r"(\S+) \((\d{4}-\d{2}-\d{2})\)", heading.strip())
    if not found or found[1] != wanted:
        return f"the first section of CHANGELOG.md is {heading!r}; it has to be '{wanted} ({today})'"
    if abs((today - datetime.date.fromisoformat(found[2])).days) > 1:
        return f"the section {heading!r} has another date than today, {today}"
    return None if "* " in body else f"the section {heading!r} says nothing"


def passed(*tests: str) -> Callable[[], str | None]:
    """A check that these tests pass."""

    def check() -> str | None:
        fine, said = run(ROOT / ".venv" / "bin" / "python", "-m", "pytest", "-q", *tests)
        return None if fine else last_lines(said)

    return check


def made(target: str) -> Callable[[], str | None]:
    """A check that a target of the Makefile succeeds, and leaves nothing out."""

    def check() -> str | None:
        fine, said = run("make", target)
        missed = [line for line in said.splitlines() if ": not run" in line]
        return "\n".join(missed) or (None if fine else last_lines(said))

    return check


def built() -> str | None:
    """A wheel and a source distribution, with all that belongs into them."""
    shutil.rmtree(BUILT, ignore_errors=True)
    fine, said = run(UV, "build", "--quiet", "--out-dir", BUILT, ROOT)
    if not fine:
        return last_lines(said)
    with zipfile.ZipFile(next(BUILT.glob("*.whl"))) as wheel:
        inside = set(wheel.namelist())
    wanted = {"flexextra_udfs/py.typed", "flexextra_udfs/__init__.pyi", "xl_flexextra/py.typed"}
    listed = run("git", "ls-files", "xl_flexextra", "udfs/flexextra_udfs")[1].split()
    wanted |= {name.removeprefix("udfs/") for name in listed}
    missing = sorted(wanted - inside)
    return f"the wheel lacks {', '.join(missing)}" if missing else None


def wheel_works() -> str | None:
    """In an empty environment the wheel installs, its requirements agree, and the report ties."""
    home = BUILT / "wheel"
    steps: list[Sequence[str | Path]] = [
        (UV, "venv", "--quiet", "--clear", "--python", ROOT / ".venv" / "bin" / "python", home),
        (UV, "pip", "install", "--quiet", "--python", home / "bin" / "python", next(BUILT.glob("*.whl"))),
        (UV, "pip", "check", "--quiet", "--python", home / "bin" / "python"),
        (home / "bin" / "xl-flexextra", "report"),
    ]
    said = ""
    for step in steps:
        fine, said = run(*step, cwd=BUILT)
        if not fine:
            return last_lines(said)
    return None if "112 of 112" in said else last_lines(said)


def source_works() -> str | None:
    """Unpacked alone, the source distribution passes the tests that need no other program."""
    home, unpacked = BUILT / "source", BUILT / "unpacked"
    shutil.unpack_archive(next(BUILT.glob("*.tar.gz")), unpacked, filter="data")
    folder = next(unpacked.iterdir())
    extra = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"][
        "test"
    ]
    tests = ["tests/core", "tests/test_readme.py", "tests/test_reference.py", "tests/test_committed.py"]
    steps: list[Sequence[str | Path]] = [
        (UV, "venv", "--quiet", "--clear", "--python", ROOT / ".venv" / "bin" / "python", home),
        (UV, "pip", "install", "--quiet", "--python", home / "bin" / "python", folder, *extra),
        (home / "bin" / "python", "-m", "pytest", "-q", "-n", "auto", "-m", "not slow", *tests),
    ]
    for step in steps:
        fine, said = run(*step, cwd=folder)
        if not fine:
            return last_lines(said)
    return None


QUESTIONS = (
    Question("Is everything committed?", committed),
    Question("Is this main?", on_main),
    Question("Is the version new?", new_version),
    Question("Has the changelog a dated section of this version?", in_changelog),
    Question("Has somebody read that section who did not write it?", None),
    Question(
        "Are reference, types, README and workbooks up to date?",
        passed("tests/test_reference.py", "tests/test_readme.py", "tests/test_committed.py", "tests/core/test_public.py"),
    ),
    Question("Do all checks and tests pass? (make test: minutes)", made("test")),
    Question("Do they on the oldest libraries and on every Python? (make versions)", made("versions")),
    Question("Can wheel and source distribution be built, and lack nothing?", built),
    Question("Does the wheel work in an empty environment?", wheel_works),
    Question("Do the tests run from the source distribution?", source_works),
    Question(
        "Is gone what was deprecated in the release before last, and named in the changelog what is deprecated now?", None
    ),
    Question("Has a person gone through docs/excel-checklist.md in Excel, or does the README say that nobody has?", None),
)


def asked(text: str) -> str | None:
    """A person's answer."""
    return None if input(f"? {text} [y/N] ").strip().lower() in {"y", "yes"} else "answered no"


def main(arguments: Sequence[str]) -> int:
    """Ask; 0 where every answer is yes."""
    if arguments == ["--list"]:
        print("\n".join(f"{'  ' if q.check else '? '}{q.text}" for q in QUESTIONS))
        return 0
    print(f"Releasing {version()}")
    for question in QUESTIONS:
        problem = question.check() if question.check else asked(question.text)
        print(f"{'no ' if problem else 'yes'} {question.text}", flush=True)
        if problem:
            print(problem)
            return 1
    print(f"\nThe files are in {BUILT.relative_to(ROOT)}. Now:\n  git tag -a v{version()} -m 'xl_flexextra {version()}'")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
