"""Every place where a command takes a file, given what is none and what nobody honest writes: one sentence, nothing changed.

The places are held against the command line's own parser: a command that takes a file and is not listed fails here. The
whole table, each kind of file through each place with its memory and processor time, is ``make hostile``.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from fuzz.ended import ended
from measured import measured
from pyarrow import parquet
from sources.test_door import small

from xl_flexextra.batch import look_child
from xl_flexextra.errors import BadInput
from xl_flexextra.reading import parse_child

from .files import OTHERS, TEXTS, WORKBOOKS
from .more_files import DATABASES, DOCUMENTS, JOURNALS, LINES, PROSE, TOML
from .places import NO_FILE, PLACES, SHOWN, SIGNS, WRITTEN, Place, everything_in, furnish, parameters

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="pipes, devices and sockets")]

HANGS = 120  # seconds of the clock, also on a busy machine
MB = 500


class Hung(BaseException):
    """A command that did not end."""


@contextlib.contextmanager
def patience() -> Iterator[None]:
    def over(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, HANGS, 1)  # again and again: Python drops what is raised while it clears up
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("f"))


@pytest.fixture(autouse=True)
def own_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)


def bounded(words: list[str], folder: Path) -> tuple[int, str]:
    """How the command ended, with its work or a sentence and within the bounds, and what it said."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with patience():
        code, said = ended(words, folder)
    assert code in (0, 1) or (code == 2 and ("Error" in said or "Nothing was" in said)), (words, code, said)
    assert "Traceback" not in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MB << 10, words
    return code, said


def a_sentence(words: list[str], folder: Path) -> None:
    """The command is refused in a sentence, and leaves everything as it was."""
    before = everything_in(folder)
    code, said = bounded(words, folder)
    assert code == 2, (words, code, said)
    assert len(said) < 3000, (words, said)
    assert everything_in(folder) == before, words


def ended_in_words(words: list[str], folder: Path) -> int:
    """How the command ended, with its work or a sentence and within the bounds."""
    code, said = bounded(words, folder)
    assert "\x1b]" not in said
    return code


def test_every_parameter_of_every_command_is_known_to_take_a_file_or_none() -> None:
    taking = {(place.command, place.parameter) for place in PLACES} | SHOWN | WRITTEN
    found = set(parameters())
    unknown = {one for one in found if one not in taking | NO_FILE and one[1] not in SIGNS}
    assert not unknown, "list them in tests/hostile/places.py"
    gone = {one for one in (taking | NO_FILE) - found if one[1].startswith("-")}
    assert not gone


NAMED = [place for place in PLACES if "{}" in place.words]
EVERYWHERE = ("pipe", "device", "long")  # each hung, or ended with 3, where a place had no door
ONE_FOR_EACH = ("folder", "socket", "nul", "loop", "missing")


@pytest.fixture(scope="module")
def odd_paths(folder: Path) -> Iterator[None]:
    """What is no file, under each ending that a place wants."""
    held = []
    here = Path.cwd()
    os.chdir(folder)  # a socket's name may not be long
    for suffix in sorted({ending(place) for place in NAMED}):
        os.mkfifo(f"pipe{suffix}")
        os.symlink("/dev/zero", f"device{suffix}")
        os.mkdir(f"folder{suffix}")
        os.symlink(f"loop{suffix}", f"loop{suffix}")
        held.append(socket.socket(socket.AF_UNIX))
        held[-1].bind(f"socket{suffix}")
    os.chdir(here)
    yield
    for one in held:
        one.close()


def ending(place: Place) -> str:
    """The ending with which a place looks at a file."""
    return place.suffix or {"document": ".pdf", "prose": ".txt", "table": ".csv"}[place.sort]


def named(kind: str, place: Place) -> list[str]:
    """The words of a command that names what is no file."""
    return place.line({"long": "x" * 5000, "nul": "a\0b"}.get(kind, kind) + ending(place))


@pytest.mark.usefixtures("odd_paths")
@pytest.mark.parametrize("kind", EVERYWHERE)
def test_what_is_no_file_is_refused_everywhere(kind: str, folder: Path) -> None:
    for place in NAMED:
        a_sentence(named(kind, place), folder)


@pytest.mark.usefixtures("odd_paths")
def test_what_is_no_file_is_refused_by_every_command(folder: Path) -> None:
    """The kinds take turns: each command gets two of them."""
    for number, place in enumerate({place.command: place for place in NAMED}.values()):
        for kind in (ONE_FOR_EACH * 2)[number % 5 : number % 5 + 2]:
            if (kind, place.command) != ("missing", "store load"):  # which makes a new store
                a_sentence(named(kind, place), folder)


@pytest.mark.usefixtures("odd_paths")
def test_links_in_a_circle_ended_a_recalculation_with_exit_3(folder: Path) -> None:
    a_sentence(["calc", "recalculate", "loop.xlsx"], folder)
    a_sentence(["pdf", "loop.xlsx"], folder)
    a_sentence(["calc", "recalculate", "missing.xlsx", "--save", "loop.xlsx"], folder)


@pytest.mark.usefixtures("odd_paths")
@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "v.csv/under", "pipe.csv", "loop.csv", "/dev/null/o"])
def test_a_folder_that_cannot_be_made_ended_with_exit_3(name: str, folder: Path) -> None:
    shutil.copy(folder / "u.parquet", folder / "unit_values.parquet")
    for words in ("read page.txt --out {}", "batch plan.toml --out {}", "samples {}"):
        a_sentence([word.replace("{}", name) for word in words.split()], folder)
    a_sentence(["pdf", "book.xlsx", "--out", f"{name}/o.pdf"], folder)
    (folder / "unit_values.parquet").unlink()


def test_a_refused_workbook_left_a_new_folder_for_its_pdf(folder: Path) -> None:
    a_sentence(["pdf", "missing.xlsx", "--out", "new/o.pdf"], folder)
    assert not (folder / "new").exists()


@pytest.mark.usefixtures("odd_paths")
def test_calc_open_looked_at_nothing(folder: Path) -> None:
    """What is no workbook went to LibreOffice as it was; without LibreOffice it is a sentence too."""
    for name in ("device.xlsx", "folder.xlsx", "loop.xlsx"):
        a_sentence(["calc", "open", name], folder)


@pytest.mark.parametrize("kind", TOML)
def test_toml_that_nobody_writes_ended_with_exit_3(kind: str, folder: Path) -> None:
    name = TOML[kind].write(folder / "bad").name
    ended_in_words(["terms", "check", name], folder)
    a_sentence(["refresh", "book.xlsx", "--mapping", name, "--no-calc"], folder)
    ended_in_words(["review", "--sign-off", name, "--unit-values", "v.csv", "--terms", name, "--out", "o.xlsx"], folder)
    a_sentence(["batch", name, "--check"], folder)


@pytest.mark.parametrize("kind", LINES)
def test_a_line_of_the_journal_stopped_every_refresh(kind: str, tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    shutil.move(JOURNALS[kind].write(tmp_path / "bad"), tmp_path / "book.xlsx.journal.jsonl")
    (tmp_path / "v.csv").write_text("valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,10.6\n")
    assert ended_in_words(["journal", "book.xlsx"], tmp_path) == 0
    assert ended_in_words(["restore", "book.xlsx"], tmp_path) == 2
    assert ended_in_words(["refresh", "book.xlsx", "--from", "v.csv", "--accept-revisions", "--no-calc"], tmp_path) == 0
    assert ended_in_words(["journal", "book.xlsx"], tmp_path) == 0
    assert ended_in_words(["restore", "book.xlsx"], tmp_path) == 0


@pytest.mark.parametrize("kind", DATABASES)
def test_a_store_that_is_none_of_ours_was_believed(kind: str, folder: Path) -> None:
    """A view in its place gave rows without end, a trigger acted on every load, a computed column made gigabytes."""
    name = DATABASES[kind].write(folder / "bad").name
    told = [["show", name], ["revisions", name], ["as-of", name, "1", "--out", "o.csv", "--force"]]
    refused = [ended_in_words(["store", *words], folder) == 2 for words in told]
    assert any(refused) or kind == "a store of loads of blobs", kind  # whose texts are shown as they are
    ended_in_words(["store", "load", name, "--from", "v.csv"], folder)
    if kind in SHAPED:
        assert all(refused), kind
        a_sentence(["store", "load", name, "--from", "v.csv"], folder)


SHAPED = {kind for kind in DATABASES if any(word in kind for word in ("view", "computes", "trigger", "virtual"))} - {
    "a view without end", "a view without a row", "a virtual table",  # which are no stores, and get one
}  # fmt: skip


QUICK = [  # one of each kind of harm; make hostile gives them all
    "a PDF of pages in pages", "a PDF that starts programs", "a Word document of blanks",
    "a Word document of depth", "a Word document with links out", "a page of divisions in divisions",
    "a page of cells a mile wide",
]  # fmt: skip


@pytest.mark.parametrize("kind", QUICK)
def test_a_document_that_nobody_writes(kind: str, folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("docx")
    name = DOCUMENTS[kind].write(folder / "bad").name
    ended_in_words(["read", name, "--out", str(tmp_path / "out")], folder)


def test_a_pdf_of_a_megabyte_took_850_mb(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    done = measured(tmp_path, "read", DOCUMENTS["a PDF that unpacks to gigabytes"].write(tmp_path / "bad"), "--out", "out")
    assert done.code == 2, done
    assert "Error" in done.said
    assert done.memory - 72 < MB


def test_a_page_of_a_pdf_that_takes_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pdfplumber")
    monkeypatch.setattr(parse_child, "SECONDS", 0.0)
    monkeypatch.setattr(parse_child, "A_PAGE", 0.0)
    data = DOCUMENTS["a PDF of a million words on a page"].made
    assert callable(data)
    with pytest.raises(BadInput, match="page 1 takes longer than a page does"):
        parse_child.answer("pdf", data(), "x.pdf", False)


class _ClearsUp:
    """What is raised while it goes is dropped by Python, as in a callback of the garbage collector."""

    def __del__(self) -> None:
        while True:
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_page_that_took_long_went_on_where_its_stop_was_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It took 22 GB, where the one signal fell into a callback of the garbage collector."""

    def read() -> None:
        with parse_child._patience(1):
            _ClearsUp()
            while True:
                pass

    monkeypatch.setattr(parse_child, "SECONDS", 0.0)
    with pytest.raises(BadInput, match="page 1 takes longer than a page does"):
        read()


BATCH = [
    "Parquet of one text for all rows",
    "Parquet of 17,000 columns",
    "Parquet with its bytes turned",
    "Parquet of nothing",
]


@pytest.mark.parametrize("kind", BATCH)
def test_a_parquet_file_of_a_batch_took_all_memory(kind: str, folder: Path) -> None:
    shutil.move(OTHERS[kind].write(folder / "bad"), folder / "unit_values.parquet")
    a_sentence(["batch", "plan.toml", "--check"], folder)


def test_a_parquet_file_of_more_columns_than_a_sheet_took_eight_seconds(folder: Path) -> None:
    name = OTHERS["Parquet of 17,000 columns"].write(folder / "bad").name
    code, said = ended(["report", "--unit-values", name, "--terms", "t.toml", "--out", "o.xlsx"], folder)
    assert code == 2
    assert "more than 16,384 columns" in said


def test_a_parquet_file_of_a_billion_rows_is_no_small_one(folder: Path) -> None:
    parquet.write_table(pa.table({"contract": pa.nulls(look_child.FEW + 1, pa.int8())}), folder / "contracts.parquet")
    a_sentence(["batch", "contracts.toml", "--check"], folder)


@pytest.mark.parametrize("kind", ["no text in UTF-8", "UTF-16", "NULs", "a line of four megabytes"])
def test_disclosures_that_are_no_text_ended_with_exit_3(kind: str, folder: Path) -> None:
    name = PROSE[kind].write(folder / "bad").name
    a_sentence(["report", "--unit-values", "v.csv", "--terms", "t.toml", "--disclosures", name, "--out", "o.xlsx"], folder)


def test_a_name_that_is_a_table_signed_a_review(folder: Path) -> None:
    (folder / "s.toml").write_text("[preparer]\nname = {a = 1}\n")
    a_sentence(["review", "--sign-off", "s.toml", "--out", "o.xlsx"], folder)


def test_rates_of_other_columns_ended_a_template_with_exit_3(folder: Path) -> None:
    (folder / "rates.csv").write_text("effective_date,kind,rate,a,b\n2008-01-01,declared,0.03,x,y\n")
    ended_in_words(["new", "t.xlsx", "--force", "--rates", "rates.csv"], folder)
    a_sentence(["new", "t.xlsx", "--force", "--rates", "book.xlsx"], folder)
    values = ["--unit-values", "v.csv", "--terms", "t.toml"]
    a_sentence(["report", *values, "--rates", "book.xlsx", "--out", "o.xlsx", "--force"], folder)  # printed its first sheet


def test_thousands_of_sheets_of_one_part_are_refused(folder: Path) -> None:
    name = WORKBOOKS["60,000 sheets"].write(folder / "bad").name
    a_sentence(["refresh", name, "--from", "v.csv", "--table", "UnitValues", "--no-calc"], folder)
    a_sentence(["native", "add", name, "--out", "o2.xlsx"], folder)


def test_a_long_line_was_refused_in_the_words_of_a_library(folder: Path) -> None:
    name = TEXTS["a line of four megabytes"].write(folder / "bad").name
    code, said = ended(["refresh", "book.xlsx", "--from", name, "--table", "UnitValues", "--no-calc"], folder)
    assert code == 2
    assert "straddling" not in said
    assert "block" not in said


def test_a_document_put_formulas_into_csv_without_a_word(folder: Path, tmp_path: Path) -> None:
    (folder / "evil.txt").write_text(
        "Average annual total returns as of July 31, 2008\n\n            1 Year   5 Years\n"
        '=HYPERLINK("http://192.0.2.1")   1.50%   2.50%\n@SUM(1)   -1.25%   -\n'
    )
    code, said = ended(["read", "evil.txt", "--out", str(tmp_path / "out")], folder)
    assert code in (0, 1), said
    held = "".join(path.read_text("utf-8") for path in (tmp_path / "out").glob("*.csv"))
    assert "HYPERLINK" in held
    assert re.search(r"takes '=HYPERLINK.*for a formula", " ".join(said.split())), said
    assert "'-1.25" not in said
    book = openpyxl.load_workbook(tmp_path / "out" / "reading.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
