"""Every command of the README and the docs, of blocks and of sentences, run in the order of its page.

A page shows what a command prints as it is, line by line: ``…`` alone in a line stands for lines that are left out, and
:data:`ANOTHER_TIME` for what is never twice the same. A command of which nothing is shown says nothing on standard error
but what it is doing. Each ends with 0, or stands in :data:`TO_LOOK_AT`. :data:`ELSEWHERE` is not run, each for its reason.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import programs
import pytest
import typer
from typer.testing import CliRunner

from documented import stock as files
from documented.pages import PAGES, ROOT, SHELL, Command, commands, parts
from xl_flexextra.cli import main
from xl_flexextra.errors import FlexExtraError

ELSEWHERE = {
    "make": "the test run itself, and what Makefile and CI run",
    ".venv/bin/python -m pytest": "the test run itself",
    "pip install": "a network",
    "python -m venv": "a network",
    "py -m venv": "Windows, a network",
    "venv\\Scripts\\activate": "Windows",
    "xl-flexextra --install-completion": "it changes the settings of the shell",
    ". .venv/bin/activate": "a shell of its own",
    "C:\\flexextra\\venv": "Excel on Windows (tests/windows)",
    "cmd.exe /C": "Excel on Windows (tests/windows)",
    '"<environment>': "Excel on Windows (tests/windows)",
    "xl-flexextra excel": "Excel on Windows (tests/windows, tests/excel)",
    "xl-flexextra calc open": "a screen (tests/calc/test_open.py)",
    "xl-flexextra call SHARPE_RATIO": "the function of that page (tests/core/test_added_function.py)",
}
TO_LOOK_AT = {  # command: why it ends with 1
    "xl-flexextra terms diff flexible single": "the two differ",
    "xl-flexextra tie-out --set annual_charge.dollars=30": "54 figures are not those that were printed",
    "xl-flexextra report --set annual_charge.dollars=30": "the same",
    "xl-flexextra batch plan.toml": "the unit values of the sample reach ten years back from July 2008 alone",
    "xl-flexextra read update": "the document is odd in some points",
}
ERRORS = ("xl-flexextra tie-out --unit-values none.csv --terms flexible --json",)  # whose sentence is shown
BY_LIBREOFFICE = ("calc", "pdf", "month")
PLACEHOLDER = re.compile(r"…|\b(BOOK|COMMAND|FILE|FOLDER|NAME|UPDATE|WORKBOOK|PLAN\.toml)\b")
ANOTHER_TIME = {  # what differs from run to run, and what stands for it
    r"\d{8}T\d{12}Z": "TIME",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC": "TIME",
}
DOING = re.compile(r"^.* …\n", re.M)  # what a long command says of itself on standard error
TOP: Any = typer.main.get_command(main.app)
DOCUMENTED = [page for page in PAGES if commands(page)]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files.fill(tmp_path_factory.mktemp("stock"))


def runs(command: Command) -> bool:
    """Whether it is run here: not elsewhere, nothing left to fill in, and more than the name of a command."""
    if any(command.line.startswith(one) for one in ELSEWHERE):
        return False
    if command.block.kind != "sentence":
        return True
    return not PLACEHOLDER.search(command.line) and len(command.words) > 1 + len(named(command.words[1:]))


def named(words: list[str]) -> list[str]:
    """The words that name the command itself: ``terms new`` of ``terms new b_share``."""
    group, found = TOP, []
    while hasattr(group, "commands") and words[len(found) :] and words[len(found)] in group.commands:
        group = group.commands[words[len(found)]]
        found.append(words[len(found)])
    return found


def plain(text: str) -> str:
    """Without what is never twice the same, nor blanks at the ends of lines."""
    for found, instead in ANOTHER_TIME.items():
        text = re.sub(found, instead, text)
    return re.sub(r"[ \t]+$", "", text, flags=re.M).strip("\n")


def as_pattern(shown: list[str]) -> str:
    """The lines of a page; ``…`` alone in a line stands for any lines."""
    lines = plain("\n".join(shown)).split("\n")
    return "".join(r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line) + r"\n" for line in lines)


def ended(words: list[str]) -> tuple[int, str, str]:
    """Exit code, all that a person reads, and what of it is standard error, without what the command is doing."""
    result = CliRunner().invoke(main.app, words)
    if isinstance(result.exception, FlexExtraError):
        return 2, f"{result.output}Error: {result.exception}\n", str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, DOING.sub("", result.output), DOING.sub("", result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("page", DOCUMENTED, ids=lambda page: page.stem)
def test_every_command_of_a_page_prints_what_the_page_shows(page, stock, tmp_path, monkeypatch):
    shutil.copytree(stock, tmp_path, dirs_exist_ok=True)
    files.for_page(page.stem, tmp_path)
    monkeypatch.chdir(tmp_path)
    for command in filter(runs, commands(page)):
        words, line = command.words[1:], f"{page.name}: {command.line}"
        if words[0] in BY_LIBREOFFICE and not programs.CALC:
            continue
        if words[0] == "month" and "--undo" not in words:
            files.next_month(tmp_path)
        out = tmp_path / words[words.index("--out") + 1] if "--out" in words else None
        if words == ["report"]:
            out = tmp_path / "flex_extra_performance_update.xlsx"
        if out and out.is_file():  # a reader runs it once, in a folder without it
            out.unlink()
        code, said, error = ended(words)
        looked = any(command.line.startswith(one) for one in TO_LOOK_AT) and "--check" not in words
        assert code == (2 if command.line in ERRORS else int(looked)), f"{line}\n{said}"
        if command.shown:
            assert re.fullmatch(as_pattern(command.shown), plain(said) + "\n"), f"{line}\nprints\n{said}"
        else:
            assert error == "", line
        if out and "--dry-run" not in words:
            assert out.exists(), line
        if written := re.search(r"#\s+(\w+\.xlsx)\b", command.line):  # the file that it writes, behind the #
            assert (tmp_path / written[1]).exists(), line


def test_what_runs_elsewhere_is_on_some_page():
    """A reason that no page needs any more goes."""
    lines = [command.line for page in PAGES for command in commands(page)]
    for reasons in (ELSEWHERE, TO_LOOK_AT):
        assert [one for one in reasons if not any(line.startswith(one) for line in lines)] == []


PROGRAM = re.compile(r"(?:^|[\s(])((?:tests|docs|tools|benchmarks|xl_flexextra|udfs|workbooks)/[\w/-]+\.?\w*)(?!\w*…)")


NEW = "udfs/flexextra_udfs/ratios.py"  # the file that docs/add-a-function.md has a reader write


def test_every_target_and_program_that_a_page_names_is_there():
    """``make docs``, ``python tools/release.py``, ``pytest tests/core``: in blocks and in sentences."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        for text in [part.text for part in parts(page) if part.kind in ("sentence", *SHELL)]:
            assert set(re.findall(r"^make ([a-z][\w-]*)", text, re.M)) <= targets, (page.name, text)
            for name in PROGRAM.findall(text):
                assert (ROOT / name).exists() or name == NEW, (page.name, name)


def test_commands_within_sentences_are_commands():
    """``xl-flexextra …`` in a sentence, with or without the first word, names a command and options that there are."""
    for page in PAGES:
        for span in (part.text for part in parts(page) if part.kind == "sentence"):
            words = span.removeprefix("xl-flexextra ").split()
            name = named(words)
            rest = words[len(name) :]
            if not span.startswith("xl-flexextra ") and not (name and rest and re.match(r"--|\w+\.\w|[A-Z]+$", rest[0])):
                continue
            group = TOP
            for word in name:
                group = group.commands[word]
            to_fill_in = not rest or rest[0].startswith("-") or PLACEHOLDER.search(rest[0])
            assert not hasattr(group, "commands") or to_fill_in, f"{page.name}: there is no command {span}"
            options = {name for one in group.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
            unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in options]
            assert unknown == [] or group is TOP, f"{page.name}: {span}"
