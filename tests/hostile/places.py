"""Every place of every command where a file may be named, found in the command line's own parser and described here."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import typer
from pyarrow import parquet

from xl_flexextra import sample
from xl_flexextra.cli import main

from .files import UPDATE

BOOK = ("book", ".xlsx")
TABLE = ("table", "")
TERMS = ("toml", ".toml")
TRUSTED = ".flexextra/trusted-mappings.jsonl"  # of a person whose home is the folder


class Place(NamedTuple):
    """Where a file is named: the command and its parameter, all the words with ``{}`` for the file, and its sort.

    ``sort``: a sort of :data:`hostile.files.SORTS`; ``suffix``: the ending that a file needs to be looked at at all.
    ``also``: a file that is there, under another name, and is replaced by the hostile one.
    """

    command: str
    parameter: str
    words: str
    sort: str
    suffix: str = ""
    also: str = ""

    def line(self, name: str) -> list[str]:
        """The words of the command for a file."""
        return [word.replace("{}", name) for word in self.words.split()]

    @property
    def called(self) -> str:
        """As a person writes it."""
        return f"{self.command} {self.parameter}"


OWN = "--unit-values v.csv --terms t.toml"
TABLES = {
    "report": f"report {OWN} --out o.xlsx --force",
    "new": "new o.xlsx --force",
    "tie-out": f"tie-out {OWN}",
    "explain": f"explain --fund EQUITY --period 1M {OWN}",
    "find": "find --quick",
    "review": f"review {OWN} --out r.xlsx --force",
}
PLACES = [
    *(Place(command, option, f"{words} {option} {{}}", *TABLE)
      for command, options in {
          "report": "--unit-values --terms --shares --funds --rates --published --holidays --oddities",
          "new": "--unit-values --terms --shares --funds --rates --published",
          "tie-out": "--unit-values --terms --shares --funds --published",
          "explain": "--unit-values --contract --shares --funds",
          "find": "--unit-values --terms --shares --funds --published --previous --fund-returns",
          "review": "--unit-values --terms --shares --funds --published --second-source --navs --distributions "
                    "--fund-returns",
      }.items() for option in options.split() for words in [TABLES[command].replace(f"{option} v.csv", "")]),
    *(Place(command, option, f"{TABLES[command].replace('--terms t.toml', '')} {option} {{}}", *TERMS)
      for command in TABLES for option in ["--contract" if command == "explain" else "--terms"]),
    Place("report", "book", "report {} --values --out o.xlsx --force", *BOOK),
    Place("explain", "book", "explain {} --fund EQUITY --period 1M", *BOOK),
    Place("report", "--disclosures", f"report {OWN} --disclosures {{}} --out o.xlsx --force", "prose"),
    Place("tie-out", "book", "tie-out {}", *BOOK),
    Place("call", "args", "call AATR @{}", *TABLE),
    Place("call", "args", "call CDSC_RATE @{} 1", *TERMS),
    Place("read", "update", "read {} --out out --force", "document"),
    Place("read", "update", "read {} --out out --force", "prose"),
    Place("read", "update", "read {} --out out --force", *BOOK),
    Place("read", "--unit-values", "read page.txt --unit-values {} --out out --force", *TABLE),
    Place("read", "--terms", "read page.txt --terms {} --out out --force", *TERMS),
    Place("read", "--confirmed", "read page.txt --confirmed {} --out out --force", *BOOK),
    Place("refresh", "book", "refresh {} --from v.csv --table UnitValues --no-calc --accept-revisions", *BOOK),
    Place("refresh", "--from", "refresh book.xlsx --from {} --table UnitValues --no-calc --accept-revisions", *TABLE),
    Place("refresh", "--from", "refresh book.xlsx --from {} --table UnitValues --no-calc --accept-revisions", "database",
          ".sqlite"),
    Place("refresh", "--from", "refresh book.xlsx --from {}#UnitValues --table UnitValues --no-calc --dry-run", *BOOK),
    Place("refresh", "--mapping", "refresh book.xlsx --mapping {} --no-calc", *TERMS),
    Place("refresh", "a mapping beside the book", "refresh book.xlsx --no-calc", "toml", "", "book.xlsx.sync.toml"),
    Place("refresh", "a journal beside the book", "refresh book.xlsx --from v.csv --no-calc", "journal", "",
          "book.xlsx.journal.jsonl"),
    Place("refresh", "a list of trusted mappings", "refresh book.xlsx --from v.csv --no-calc", "journal", "", TRUSTED),
    Place("restore", "book", "restore {}", *BOOK),
    Place("restore", "--backup", "restore book.xlsx", "book", "",
          "book.xlsx.backups/20260101T000000000000Z-before-refresh.xlsx"),
    Place("restore", "a journal beside the book", "restore book.xlsx", "journal", "", "book.xlsx.journal.jsonl"),
    Place("journal", "book", "journal {}", *BOOK),
    Place("journal", "a journal beside the book", "journal book.xlsx", "journal", "", "book.xlsx.journal.jsonl"),
    Place("batch", "plan", "batch {} --check", *TERMS),
    Place("batch", "the inputs of a plan", "batch plan.toml --check", "table", ".parquet", "unit_values.parquet"),
    Place("batch", "the inputs of a plan", "batch contracts.toml --check", "table", ".parquet", "contracts.parquet"),
    Place("batch", "the inputs of a plan", "batch store.toml --check", "database", ".sqlite", "store.sqlite"),
    Place("batch", "the terms of a plan", "batch plan.toml", "toml", ".toml", "terms/a.toml"),
    Place("batch", "--out", "batch plan.toml", "journal", "", "figures/manifest.json"),
    Place("review", "book", "review {} --out r.xlsx --force", *BOOK),
    Place("review", "book", "review --check {}", *BOOK),
    Place("review", "--previous", f"review {OWN} --previous {{}} --out r.xlsx --force", *BOOK),
    Place("review", "--sign-off", f"review {OWN} --sign-off {{}} --out r.xlsx --force", *TERMS),
    Place("diff", "old", "diff {} book.xlsx", *BOOK),
    Place("diff", "new", "diff book.xlsx {}", *BOOK),
    Place("month", "files", "month {} --book book.xlsx --no-calc --force", *TABLE),
    Place("month", "--book", "month v.csv --book {} --no-calc --force", *BOOK),
    Place("pdf", "file", "pdf {} --timeout 60 --force", *BOOK),
    Place("terms diff", "old", "terms diff {} flexible", *TERMS),
    Place("terms diff", "new", "terms diff flexible {}", *TABLE),
    Place("terms export", "name", "terms export {} --out o.toml --force", *TABLE),
    Place("terms export", "name", "terms export {} --out o.toml --force", *TERMS),
    Place("terms show", "name", "terms show {}", *TABLE),
    Place("terms show", "name", "terms show {}", *TERMS),
    Place("terms check", "file", "terms check {}", *TABLE),
    Place("terms check", "file", "terms check {}", *TERMS),
    Place("store load", "--from", "store load s.sqlite --from {}", *TABLE),
    Place("store load", "--from", "store load s.sqlite --from {}", "database", ".sqlite"),
    Place("store load", "--mapping", "store load s.sqlite --from v.csv --mapping {}", *TERMS),
    Place("store load", "store", "store load {} --from v.csv", "database", ".sqlite"),
    Place("store show", "store", "store show {}", "database", ".sqlite"),
    Place("store revisions", "store", "store revisions {}", "database", ".sqlite"),
    Place("store as-of", "store", "store as-of {} 1 --out o.csv --force", "database", ".sqlite"),
    Place("trust add", "file", "trust add {}", *TERMS),
    Place("trust add", "file", "trust add {}", *BOOK),
    Place("trust list", "the list", "trust list", "journal", "", TRUSTED),
    Place("calc recalculate", "file", "calc recalculate {} --timeout 60", *BOOK),
    Place("native add", "book", "native add {} --out o.xlsx --force", *BOOK),
    Place("native remove", "book", "native remove {} --out o.xlsx --force", *BOOK),
]  # fmt: skip
"""A place takes files of one sort; where it takes several, it is listed for each."""
BROADER = {"table": ("table", "book", "prose"), "book": ("book",), "document": ("document", "prose")}
"""What a place that takes a sort may be given: a table stands in a workbook too."""
SHOWN = {("calc open", "file")}  # a window; what it opens is looked at as by calc recalculate
WRITTEN = {  # files and folders that a command writes; what is there is not read
    ("report", "--out"), ("read", "--out"), ("new", "out"), ("find", "--out"), ("batch", "--out"), ("review", "--out"),
    ("pdf", "--out"), ("terms new", "--out"), ("terms export", "--out"), ("store as-of", "--out"),
    ("samples", "folder"), ("calc recalculate", "--save"), ("calc oxt", "out"), ("native add", "--out"),
    ("native remove", "--out"),
}  # fmt: skip
NO_FILE = {
    ("new", "--fund"), ("explain", "--fund"), ("explain", "--period"), ("find", "--hold"), ("find", "--charge"),
    ("read", "--without"), ("call", "name"), ("functions", "name"), ("refresh", "--table"),
    ("refresh", "--cells"), ("journal", "--last"), ("journal", "--cells"), ("batch", "--engine"), ("batch", "--workers"),
    ("batch", "--address"), ("batch", "--as-known"), ("batch", "--revised-since"), ("pdf", "--sheet"), ("terms new", "name"),
    ("store load", "--dataset"), ("store load", "--note"), ("store revisions", "--dataset"), ("store as-of", "at"),
    ("store as-of", "--dataset"), ("trust remove", "start"), ("report", "--periods"), ("report", "--standard-periods"),
}  # fmt: skip
SIGNS = {"--decimal", "--thousands", "--date-format", "--as-of", "--payment", "--set", "--charges", "--timeout"}
"""Options that take no file, in every command that has them."""


def parameters() -> Iterator[tuple[str, str]]:
    """Every argument and option of every command that takes a value, from the command line's own parser."""

    def walk(command: Any, words: list[str]) -> Iterator[tuple[str, str]]:
        for name, one in getattr(command, "commands", {}).items():
            yield from walk(one, [*words, name])
        if words and not hasattr(command, "commands"):
            taking = (one for one in command.params if not getattr(one, "is_flag", False))
            yield from ((" ".join(words), one.opts[0]) for one in taking)

    yield from walk(typer.main.get_command(main.app), [])


def furnish(folder: Path) -> Path:
    """A folder with what the commands want beside the hostile file."""
    shutil.copy(UPDATE, folder / "book.xlsx")
    shutil.copy(sample.path("UnitValues"), folder / "sample.csv")
    (folder / "v.csv").write_text("valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,10.5\n")
    (folder / "t.toml").write_text('contract.name = "t"\nannual_charge.form = "none"\ncdsc.schedule = [0.07, 0.06, 0.0]\n')
    (folder / "page.txt").write_text("Average annual total returns as of July 31, 2008\n\n1 Year\nEquity  1.50%\n")
    inputs = '[inputs]\nunit_values = "{}"\ncontracts = "{}"\nterms = "terms"\n'
    for name, (values, contracts) in {
        "plan": ("unit_values.parquet", "c.parquet"),
        "contracts": ("u.parquet", "contracts.parquet"),
        "store": ("store.sqlite", "c.parquet"),
    }.items():
        text = 'month_ends = "2008-07-31"\nout = "figures"\n' + inputs.format(values, contracts)
        (folder / f"{name}.toml").write_text(text)
    parquet.write_table(pa.table({"contract": ["a"], "sub_account": ["EQUITY"]}), folder / "c.parquet")
    days = [datetime.date(2008, 6, 30), datetime.date(2008, 7, 31)]
    values = {"valuation_date": days, "sub_account": ["EQUITY"] * 2, "unit_value": [10.0, 10.5]}
    parquet.write_table(pa.table(values), folder / "u.parquet")
    for inner in ("terms", ".flexextra", "book.xlsx.backups", "figures"):
        (folder / inner).mkdir()
    shutil.copy(folder / "t.toml", folder / "terms" / "a.toml")
    return folder


def everything_in(folder: Path) -> dict[str, str]:
    """The files of a folder with what they hold; of what is no file its kind alone."""
    found = {}
    for root, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one not in (".cache", ".config")]  # LibreOffice's, of the person's home
        for path in (Path(root, name) for name in names):
            odd = path.is_symlink() or not path.is_file()
            content = b"" if odd else hashlib.sha256(path.read_bytes()).digest()
            found[str(path.relative_to(folder))] = f"{path.lstat().st_mode:o} {content.hex()}"
    return found
