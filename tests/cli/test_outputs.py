"""What every command does with the file it is to write: one set of sentences, and all of the file or nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.sync import store
from xl_flexextra.workbook.template import build_template

pytestmark = pytest.mark.windows

WRITERS = {
    "report": (["report", "--out"], "out.xlsx"),
    "new": (["new"], "out.xlsx"),
    "review": (["review", "--out"], "out.xlsx"),
    "recalculate": (["calc", "recalculate", "book.xlsx", "--save"], "out.xlsx"),
    "oxt": (["calc", "oxt"], "out.oxt"),
    "pdf": (["pdf", "book.xlsx", "--out"], "out.pdf"),
    "store": (["store", "as-of", "store.sqlite", "1", "--out"], "out.csv"),
}


def said(*args):
    """What a command says; our errors are what main() turns into a sentence."""
    done = CliRunner().invoke(app, [*args])
    assert done.exit_code, done.output
    return str(done.exception) if isinstance(done.exception, FlexExtraError) else done.stderr.removeprefix("Error: ").strip()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build_template("book.xlsx")
    (tmp_path / "values.csv").write_text("date,fund,unit value\n2008-07-31,EQUITY,10.5\n")
    store.load_source("store.sqlite", "values.csv", "unit_values")
    return tmp_path


@pytest.mark.parametrize("writer", WRITERS)
def test_every_command_refuses_an_existing_file_and_a_folder_in_the_same_words(place, writer):
    command, name = WRITERS[writer]
    (place / name).write_text("mine")
    assert said(*command, name) == f"{name} exists already; give another name, or --force to replace it."
    assert (place / name).read_text() == "mine"
    (place / name).unlink()
    (place / name).mkdir()
    assert said(*command, name, "--force") == f"{name} exists already; give another name, or --force to replace it."


@pytest.mark.parametrize("writer", [name for name in WRITERS if name != "pdf"])  # which makes the folder
def test_every_command_asks_for_the_folder(place, writer):
    command, name = WRITERS[writer]
    assert said(*command, f"none/{name}") == "There is no folder none; make it, or give another name."


@pytest.mark.parametrize("writer", ["report", "new", "review", "recalculate", "store"])
def test_every_command_says_which_kind_of_file_it_writes(place, writer):
    command = WRITERS[writer][0]
    kinds = {"recalculate": ".xlsx or .xlsm or .ods", "store": ".csv or .txt"}.get(writer, ".xlsx")
    assert said(*command, "out.doc") == f"The file to write must end in {kinds} (got out.doc)."


@pytest.mark.skipif(os.name == "nt", reason="POSIX: rights")
@pytest.mark.parametrize("writer", ["new", "oxt", "store"])
def test_a_new_file_is_readable_as_any_other_and_an_old_one_keeps_its_rights(place, writer):
    command, name = WRITERS[writer]
    mask = os.umask(0o027)
    try:
        CliRunner().invoke(app, [*command, name])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((place / name).stat().st_mode) == 0o640
    (place / name).chmod(0o604)
    CliRunner().invoke(app, [*command, name, "--force"])
    assert stat.S_IMODE((place / name).stat().st_mode) == 0o604
    assert not list(place.glob(".*"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX: limits")
def test_a_full_disk_leaves_the_old_workbook_and_one_sentence(place):
    import resource

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    before = (place / "book.xlsx").read_bytes()
    command = [sys.executable, "-m", "xl_flexextra.cli.main", "new", "book.xlsx", "--force"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, preexec_fn=small_disk)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: The new book.xlsx could not be written (File too large); nothing was changed;")
    assert (place / "book.xlsx").read_bytes() == before
    assert openpyxl.load_workbook(place / "book.xlsx")
    assert not list(place.glob(".*"))
