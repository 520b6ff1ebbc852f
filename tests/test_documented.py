"""Every command of the README and the docs, run in the order of its page in a folder that holds the files it names.

None may end with an error. What a page says of a command's output is compared: the number of figures that tie, :data:`SAID`,
and the files that it writes. Blocks of output stand on the page of tests/native/test_cookbook.py alone, which compares each.
Left out are those of :data:`ELSEWHERE`, each with its reason.
"""

from __future__ import annotations

import csv
import datetime
import re
import shlex
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import run

from xl_flexextra import sample

ROOT = Path(__file__).parents[1]
ELSEWHERE = {
    "calc": "LibreOffice for each (tests/calc run them), and a screen",
    "pdf": "LibreOffice (tests/calc, tests/review/test_printing.py)",
    "excel install": "Excel on Windows (tests/windows)",
    "batch": "its own inputs (tests/batch, benchmarks/batch.py)",
    "find": "its own inputs (tests/finding)",
}
SAID = {"call AATR 1000 1506.43 5": "0.08539993487"}  # command: what a sentence of its page says of its output
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
VALUES, PUBLISHED = sample.rows("UnitValues"), sample.rows("Published")


def commands(page: Path) -> list[str]:
    """The commands in the blocks of a page, each in one line."""
    blocks = re.findall(r"^ *```(?:console)?\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.S | re.M)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    return [line for line in lines if line.startswith("xl-flexextra ") and "…" not in line]  # with more to be filled in


COMMAND = re.compile(r"\s*(\$ )?(xl-flexextra|make|python|py|pip|\.|venv|C:|cmd|\.venv)|\s*#")
WALKS = {"read.md"}  # one walk from a published page of one's own, step by step in tests/reading
DOCUMENTED = [page for page in PAGES if commands(page) and page.name not in WALKS]


def write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the pages name: the sample's data under a user's names."""
    folder = tmp_path_factory.mktemp("stock")
    for name in ("values", "uv"):
        write(folder / f"{name}.csv", VALUES)
    days = [row[0] for row in VALUES[1:]]
    pq.write_table(
        pa.table({head: [row[i] for row in VALUES[1:]] for i, head in enumerate(VALUES[0])}), folder / "values.parquet"
    )
    write(folder / "prices.csv", [*VALUES, [datetime.date(2008, 8, 31), *VALUES[-1][1:]]])
    for name, step in (("july", 0.0), ("july-corrected", 0.01)):
        long = [[days[-1], fund, value + step] for fund, value in zip(VALUES[0][1:], VALUES[-1][1:], strict=True)]
        write(folder / f"{name}.csv", [["date", "fund", "unit value"], *long])
    for name, table in (("shares", "Shares"), ("funds", "Funds"), ("rates", "InterestRates")):
        write(folder / f"{name}.csv", sample.rows(table))
    of_one = [row for row in PUBLISHED if row[1] in ("contract", "", None)]
    for name in ("published", "printed"):
        write(folder / f"{name}.csv", of_one)
    (folder / "approved.md").write_text("Past performance does not guarantee future results.\n", encoding="utf-8")
    for name in ("update", "flex_extra_performance_update", "my", "MY_BOOK"):
        shutil.copy(ROOT / "workbooks" / "flex_extra_performance_update.xlsx", folder / f"{name}.xlsx")
    assert run("report", "--as-of", "2008-06-30", "--out", folder / "last_month.xlsx")[0] in (0, 1)
    for name in ("my_contract", "contract"):
        assert run("terms", "new", "b_share", "--out", folder / f"{name}.toml")[0] == 0
    return folder


def words_of(line: str) -> list[str]:
    """The words of a command as a shell sees them; [what may be left out] is left out."""
    return shlex.split(re.sub(r" \[--[^\]]*\]|\s#.*", "", line))[1:]


@pytest.mark.slow
@pytest.mark.parametrize("page", DOCUMENTED, ids=lambda page: page.stem)
def test_every_command_of_a_page_works_as_written(page, stock, tmp_path, monkeypatch):
    shutil.copytree(stock, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for line in commands(page):
        words = words_of(line)
        if " ".join(words[:2]) in ELSEWHERE or words[0] in ELSEWHERE:
            continue
        if words[0] == "month" and "--undo" not in words:  # the files of the month after
            write(tmp_path / "values.csv", [VALUES[0], [datetime.date(2008, 8, 29), *VALUES[-1][1:]]])
        if words == ["report"]:
            (tmp_path / "flex_extra_performance_update.xlsx").unlink(missing_ok=True)
        if "--out" in words:  # a reader runs it once, in a folder without it
            (tmp_path / words[words.index("--out") + 1]).unlink(missing_ok=True)
        code, said = run(*words)
        assert code in (0, 1), f"{line}\n{said}"
        for told in re.findall(r"\b\d+ of 112\b", line):
            assert told in said, line
        if (told := SAID.get(" ".join(words), "")) in page.read_text(encoding="utf-8"):
            assert told in said, line
        if "--out" in words and "--dry-run" not in words:
            assert (tmp_path / words[words.index("--out") + 1]).exists(), line
        if named := re.search(r"#\s+(\w+\.xlsx)\b", line):  # the file that it writes, behind the #
            assert (tmp_path / named[1]).exists(), line


def test_output_stands_in_blocks_only_where_a_test_compares_it():
    shown = set()
    for page in PAGES:
        for kind, block in re.findall(r"^ *```(\w*)\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.S | re.M):
            lines = [line for line in re.sub(r"\\\n\s*", "", block).splitlines() if line.strip()]
            if (
                kind in ("", "console", "text")
                and any("xl-flexextra " in line for line in lines)
                and not all(COMMAND.match(line) for line in lines)
            ):
                shown.add(page.name)
    assert shown <= {"cookbook.md"}


def test_what_is_left_out_is_on_some_page():
    """A reason that no page needs any more goes."""
    found = [" ".join(words_of(line)[:2]) for page in PAGES for line in commands(page)]
    text = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [
        name for name in ELSEWHERE if not any(one.startswith(name) for one in found) and f"xl-flexextra {name}" not in text
    ] == []


def test_commands_within_sentences_are_commands():
    """``xl-flexextra …`` in a sentence names a command and options that there are."""
    import typer

    from xl_flexextra.cli import main

    known = typer.main.get_command(main.app)
    for page in PAGES:
        for line in re.findall(r"`xl-flexextra ([a-z][^`]*)`", page.read_text(encoding="utf-8")):
            command, words = known, line.replace("…", " ").replace("\n", " ").split()
            while hasattr(command, "commands") and words:
                assert words[0] in command.commands or words[0].isupper(), f"{page.name}: xl-flexextra {line}"
                if words[0] not in command.commands:
                    break
                command = command.commands[words.pop(0)]
            options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {
                "--help"
            }
            assert [w for w in words if w.startswith("--") and w.split("=")[0] not in options] == [], f"{page.name}: {line}"
