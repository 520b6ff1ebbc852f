"""How every command ends: 0 done, 1 done but look, 2 an error and nothing written; as the table of the docs says."""

import csv
import datetime
import re
import sys
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import typer
from commands import command
from programs import needs_calc
from pyarrow import parquet

from xl_flexextra import sample
from xl_flexextra.cli import codes, main
from xl_flexextra.workbook.template import build_template

DOCS = Path(__file__).parents[2] / "docs" / "command-line.md"
ROWS = sample.rows("UnitValues")


def every_command(group=None, stem=""):
    """The commands of the command line, by their whole names."""
    group = group or typer.main.get_command(main.app)
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from every_command(one, f"{stem}{name} ")
        else:
            yield f"{stem}{name}"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with files of every kind: right ones, and ones that ask for a look."""
    folder = tmp_path_factory.mktemp("place")
    printed = sample.rows("Published")
    write(folder / "right.csv", printed)
    page = "Average Annual Total Returns as of 12/31/2007\nFund\t1 Year\t5 Years\nAlpha Growth\t5.10%\t4.20%\n"
    (folder / "page.txt").write_text(page, encoding="utf-8")
    (folder / "torn.txt").write_text(page.replace("5 Years", "Other"), encoding="utf-8")
    write(folder / "misprint.csv", [*printed[:-1], [*printed[-1][:5], printed[-1][5] + 1, *printed[-1][6:]]])
    write(folder / "values.csv", ROWS)
    write(folder / "second.csv", [*ROWS[:-1], [ROWS[-1][0], *[value + 1 for value in ROWS[-1][1:]]]])
    write(folder / "long.csv", [["date", "fund", "unit value"], ["2008-07-31", "EQUITY", 10.5]])
    (folder / "bad.toml").write_text('contract.name = "bad"\nannual_charge.form = "shares"\n')
    (folder / "good.toml").write_text('contract.name = "good"\nannual_charge.form = "none"\ncdsc.schedule = [0.0]\n')
    (folder / "sync.toml").write_text('[[table]]\nname = "UnitValues"\nsource = "values.csv"\n')
    a_batch(folder)
    build_template(folder / "template.xlsx")
    book = openpyxl.Workbook()
    book.active["A1"] = "no formula"
    book.save(folder / "plain.xlsx")
    assert command("native", "add", folder / "plain.xlsx", "--out", folder / "called.xlsx").exit_code == 0
    for name in ("june", "july"):
        given = ["report", "--out", folder / f"{name}.xlsx"]
        assert command(*given, *(["--as-of", "2008-06-30"] if name == "june" else [])).exit_code in (0, 1)
    assert command("store", "load", folder / "s.sqlite", "--from", folder / "long.csv").exit_code == 0
    return folder


def a_batch(folder):
    """A plan of two funds, one of which has no unit values."""
    days = [datetime.date(2007, 12, 31), datetime.date(2008, 1, 31)]
    values = pa.table({"fund": ["A", "A"], "date": days, "unit_value": [10.0, 11.0]})
    parquet.write_table(values, folder / "values.parquet")
    parquet.write_table(pa.table({"contract": ["good", "good"], "fund": ["A", "B"]}), folder / "contracts.parquet")
    (folder / "plan.toml").write_text(
        'month_ends = ["2008-01-31"]\n[inputs]\nunit_values = "values.parquet"\ncontracts = "contracts.parquet"\n'
        'terms = "."\n'
    )


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


CASES = [  # command, then the files it is given by their names in the folder; how it ends
    ("report --published right.csv --out a.xlsx", 0),
    ("report --published misprint.csv --out b.xlsx", 1),
    ("report --unit-values none.csv --out c.xlsx", 2),
    ("read page.txt", 0),
    ("read torn.txt", 1),
    ("read none.txt", 2),
    ("new d.xlsx", 0),
    ("new july.xlsx", 2),
    ("tie-out --published right.csv", 0),
    ("tie-out --published misprint.csv", 1),
    ("tie-out --published none.csv", 2),
    ("explain --fund EQUITY --period 5Y", 0),
    ("explain --fund EQUTY --period 5Y", 2),
    ("find --page --quick", 0),
    ("find --published none.csv --terms flexible", 2),
    ("find --page --quick --hold annual_charge.time", 2),
    ("call AATR 1000 1506.43 5", 0),
    ("call AATR 1000 1506.43 0", 1),
    ("call ATAR 1000 1506.43 5", 2),
    ("functions AATR", 0),
    ("functions ATAR", 2),
    ("terms show flexible", 0),
    ("terms show none.toml", 2),
    ("terms list", 0),
    ("terms new b_share --out own.toml", 0),
    ("terms new b_share --out good.toml", 2),
    ("terms new none --out other.toml", 2),
    ("month --undo --book plain.xlsx", 2),
    ("month --book june.xlsx", 2),
    ("native add plain.xlsx --out with_names.xlsx", 0),
    ("native add plain.xlsx --out july.xlsx", 2),
    ("native remove called.xlsx --out without_names.xlsx", 0),
    ("native remove plain.xlsx", 2),
    ("terms export flexible --out exported.toml", 0),
    ("terms export flexible --out good.toml", 2),
    ("terms export none --out other.toml", 2),
    ("terms diff flexible flexible", 0),
    ("terms diff flexible single", 1),
    ("terms diff flexible none", 2),
    ("terms check good.toml", 0),
    ("terms check bad.toml", 1),
    ("terms check none.toml", 2),
    ("samples plain.xlsx", 2),
    ("doctor", 0),
    ("refresh july.xlsx --from values.csv --dry-run", 0),
    ("refresh july.xlsx --from second.csv --dry-run --no-calc", 2),
    ("refresh july.xlsx --from none.csv", 2),
    ("restore none.xlsx", 2),
    ("restore plain.xlsx", 2),
    ("journal july.xlsx", 0),
    ("journal none.xlsx", 2),
    ("store load t.sqlite --from long.csv", 0),
    ("store load t.sqlite --from none.csv", 2),
    ("store show s.sqlite", 0),
    ("store show none.sqlite", 2),
    ("store revisions s.sqlite", 0),
    ("store revisions s.sqlite --dataset nothing", 2),
    ("store as-of s.sqlite 1 --out e.csv", 0),
    ("store as-of s.sqlite 9 --out f.csv", 2),
    ("batch plan.toml", 1),
    ("batch good.toml", 2),
    ("review july.xlsx --out g.xlsx", 0),
    ("review --published misprint.csv --out h.xlsx", 1),
    ("review --published right.csv --second-source second.csv --out i.xlsx", 1),
    ("review none.xlsx --out j.xlsx", 2),
    ("diff july.xlsx july.xlsx", 0),
    ("diff july.xlsx june.xlsx", 1),
    ("diff july.xlsx none.xlsx", 2),
    ("trust add sync.toml", 0),
    ("trust add none.toml", 2),
    ("trust add plain.xlsx", 2),
    ("trust list", 0),
    ("trust remove 0123", 2),
    ("calc oxt july.xlsx", 2),
    ("calc recalculate none.xlsx", 2),
    ("calc open none.xlsx", 2),
    ("pdf none.xlsx", 2),
    ("excel diagnostics", 0),
    ("excel doctor", 1 if sys.platform == "win32" else 0),  # nothing is installed; elsewhere there is no Excel
]
WITH_CALC = [
    ("calc recalculate july.xlsx --check", 0),
    ("calc recalculate plain.xlsx", 1),
    ("calc doctor", 0),
    ("pdf july.xlsx --out k.pdf", 0),
]
ELSEWHERE = {  # what needs Windows, a person or a broken Office: tests of its own
    "calc oxt": "tests/calc/test_calc.py",
    "excel install": "tests/excel/test_install.py",
    "excel uninstall": "tests/excel/test_install.py",
}


def ends(place, line, monkeypatch):
    monkeypatch.chdir(place)
    for name in ("HOME", "LOCALAPPDATA"):  # the list of trusted mappings of this user stays as it is
        monkeypatch.setenv(name, str(place))
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    ended = command(*line.split())
    after = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    if ended.exit_code == codes.ERROR:
        assert {k: v for k, v in after.items() if k != "t.sqlite"} == {k: v for k, v in before.items() if k != "t.sqlite"}
    return ended


@pytest.mark.parametrize(("line", "code"), CASES, ids=[line for line, _ in CASES])
def test_every_command_ends_by_one_scheme(place, line, code, monkeypatch):
    ended = ends(place, line, monkeypatch)
    assert ended.exit_code == code, ended.output


@needs_calc
@pytest.mark.parametrize(("line", "code"), WITH_CALC, ids=[line for line, _ in WITH_CALC])
def test_commands_of_calc_end_by_the_same_scheme(place, line, code, monkeypatch):
    ended = ends(place, line, monkeypatch)
    assert ended.exit_code == code, ended.output


def test_every_command_is_tried_and_stands_in_the_table_of_the_docs():
    names = set(every_command())
    tried = {name for name in names for line, _ in CASES + WITH_CALC if line == name or line.startswith(f"{name} ")}
    assert names - tried == set(ELSEWHERE) - tried
    told = set(re.findall(r"`([a-z -]+)`", DOCS.read_text().split("## How a command ends")[1].split("\n## ")[0]))
    assert names <= told, names - told


def test_a_review_with_open_figures_names_them(place, monkeypatch):
    monkeypatch.chdir(place)
    ended = command("review", "--published", "misprint.csv", "--out", "named.xlsx")
    assert ended.exit_code == 1
    assert "Building named.xlsx: 112 figures by two routes" in ended.output
    shown = " ".join(ended.output.split())
    last = sample.rows("Published")[-1]
    assert "Figures open: 1" in shown
    assert last[3] in shown.partition("Figures open: 1")[2]
    assert "111 of 112 published figures tie." in shown
    assert (place / "named.xlsx").exists()


def test_a_refresh_with_a_warning_is_done_and_ends_with_a_look(place, monkeypatch):
    monkeypatch.chdir(place)
    rows = [[*row, ""] if k else [*row, "REMARK"] for k, row in enumerate(ROWS)]
    write(place / "more.csv", [*rows[:-1], [*rows[-1][:-1], 3.5]])
    ended = command("refresh", "july.xlsx", "--from", "more.csv", "--dry-run", "--no-calc")
    assert "warning" in ended.output, ended.output
    assert ended.exit_code == 1
