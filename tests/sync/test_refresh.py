"""Source to workbook: layouts, names, checks, plans, dependents, journal."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import re
import shlex
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
from commands import command
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.errors import BadInput, FlexExtraError, MissingData, Refused
from xl_flexextra.sources import mapping
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Outcome, Request, refresh

from .conftest import FUNDS, long_csv, month_ends, template, value


def sheet(book: Path, name: str = "UnitValues", values: bool = True):
    return openpyxl.load_workbook(book, data_only=values)[name]


def rows(book: Path, name: str = "UnitValues") -> list[list[object]]:
    return [[c.value for c in row] for row in sheet(book, name).iter_rows(min_row=2)]


def part(book: Path, name: str) -> bytes:
    with zipfile.ZipFile(book) as archive:
        return archive.read(name)


def run(book: Path, text: str, toml: str = "", **more: object) -> Outcome:
    """A refresh from CSV text with a mapping beside the workbook."""
    source = book.with_name("source.csv")
    source.write_text(text)
    beside = book.with_name(f"{book.name}.sync.toml")
    if toml:
        beside.write_text(toml)
    elif beside.exists():
        beside.unlink()
    return refresh(Request(book, str(source), **more))  # type: ignore[arg-type]


def found(outcome: Outcome, severity: str) -> str:
    return "\n".join(str(f) for f in outcome.findings if f.severity == severity)


EIGHT = [
    [datetime.datetime.combine(d, datetime.time()), *(value(f, m) for f in range(3))] for m, d in enumerate(month_ends(8))
]


def wide_csv() -> str:
    lines = ["valuation_date,MML Equity,blended,Babson Bond"]
    lines += [f"{d}," + ",".join(str(value(f, m)) for f in range(3)) for m, d in enumerate(month_ends(8))]
    return "\n".join(lines) + "\n"


def _sqlite(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        connection.execute("create table unit_values (valuation_date text, fund text, unit_value real)")
        lines = [(str(d), n, value(f, m)) for m, d in enumerate(month_ends(8)) for f, n in enumerate(FUNDS)]
        connection.executemany("insert into unit_values values (?, ?, ?)", lines)
    connection.close()
    return str(path)


def _parquet(path: Path) -> str:
    days = [d for d in month_ends(8) for _ in FUNDS]
    table = pa.table(
        {"date": days, "Fund Code": list(FUNDS) * 8, "unit_value": [value(f, m) for m in range(8) for f in range(3)]}
    )
    pyarrow.parquet.write_table(table, path)
    return str(path)


def _excel(path: Path) -> str:
    book = xlsxwriter.Workbook(path)
    date = book.add_format({"num_format": "d-mmm-yy"})
    book.add_worksheet("Cover").write("A1", "nothing here")
    page = book.add_worksheet("Unit Values")
    page.write_row("C4", ["Valuation Date", *FUNDS])
    for r, row in enumerate(EIGHT, start=4):
        page.write_datetime(r, 2, row[0], date)
        page.write_row(r, 3, row[1:])
    book.close()
    return str(path)


def _folder(path: Path) -> str:
    path.mkdir()
    (path / "unit_values.csv").write_text(long_csv(8))
    (path / "funds.csv").write_text(
        "fund,printed_name,aliases\nEQUITY,MML Equity,\nBLEND,MML Blend,Blended\nMANAGED_BOND,Managed Bond,\n"
    )
    return str(path)


@pytest.mark.parametrize("kind", ["long", "wide", "sqlite", "parquet", "excel", "folder", "latin", "semicolons"])
def test_every_kind_of_source_gives_the_same_table(book: Path, tmp_path: Path, kind: str) -> None:
    toml = ""
    if kind in ("long", "wide"):
        source = tmp_path / "x.csv"
        source.write_text(long_csv(8) if kind == "long" else wide_csv())
        given = str(source)
    elif kind == "latin":
        source = tmp_path / "x.csv"
        source.write_bytes(long_csv(8).replace("fund", "fund").replace("BLEND", "Mél").encode("cp1252"))
        toml = '[aliases]\n"Mél" = "BLEND"\n[[table]]\nname = "UnitValues"\nencoding = "cp1252"\n'
        given = str(source)
    elif kind == "semicolons":
        source = tmp_path / "x.txt"
        lines = ["Datum;Fonds;Wert"] + [
            f"{d:%d.%m.%Y};{n};{value(f, m)}" for m, d in enumerate(month_ends(8)) for f, n in enumerate(FUNDS)
        ]
        source.write_text("\n".join(lines) + "\n")
        toml = '[[table]]\nname = "UnitValues"\ndate = "Datum"\nfund = "Fonds"\nvalue = "Wert"\ndate_format = "%d.%m.%Y"\n'
        given = str(source)
    else:
        makers = {"sqlite": _sqlite, "parquet": _parquet, "excel": _excel, "folder": _folder}
        suffix = {"sqlite": "f.sqlite", "parquet": "f.parquet", "excel": "f.xlsx", "folder": "f"}[kind]
        given = makers[kind](tmp_path / suffix)
    if toml:
        book.with_name("update.xlsx.sync.toml").write_text(toml, "utf-8")
    outcome = refresh(Request(book, given, accept_revisions=True))
    assert outcome.written, outcome.stopped
    assert rows(book) == EIGHT
    if kind == "folder":
        assert [p.table for p in outcome.plans] == ["Funds", "UnitValues"]
        assert rows(book, "Funds")[2] == ["MANAGED_BOND", "Managed Bond", None]


def test_the_plan_says_what_changes_before_it_does(book: Path) -> None:
    old = book.read_bytes()
    changed = long_csv(8, {(0, 2): 11.5, (2, 5): 17})
    outcome = run(book, changed, dry_run=True)
    plan = outcome.plans[0]
    assert (plan.added, plan.changed_cells, plan.changed_rows, plan.removed) == (2, 2, 2, 0)
    assert [str(c) for c in plan.changes] == ["2008-03-31, EQUITY: 10.2 → 11.5", "2008-06-30, MANAGED_BOND: 16.5 → 17"]
    assert plan.added_keys == ["2008-07-31", "2008-08-31"]
    assert "2 values that the workbook holds" in found(outcome, "revision")
    assert book.read_bytes() == old
    assert sorted(p.name for p in book.parent.iterdir()) == ["source.csv", "update.xlsx"]


def test_history_changes_only_when_it_is_accepted(book: Path) -> None:
    old = book.read_bytes()
    stopped = run(book, long_csv(6, {(0, 2): 11.5}))
    assert not stopped.written
    assert book.read_bytes() == old
    fewer = run(book, long_csv(5))
    assert "1 row that the workbook holds would go" in found(fewer, "revision")
    assert "2008-06-30" in found(fewer, "revision")
    accepted = run(book, long_csv(6, {(0, 2): 11.5}), accept_revisions=True)
    assert accepted.written
    assert rows(book)[2][1] == 11.5


def test_merging_keeps_the_rows_that_the_source_lacks(book: Path) -> None:
    text = "valuation_date,fund,unit_value\n" + "".join(f"2008-07-31,{n},{value(f, 6)}\n" for f, n in enumerate(FUNDS))
    outcome = run(book, text, '[[table]]\nname = "UnitValues"\nmode = "merge"\n')
    assert (outcome.plans[0].added, outcome.plans[0].removed) == (1, 0)
    assert rows(book) == EIGHT[:7]


def test_the_same_data_leaves_every_byte_and_the_journal_tells(book: Path) -> None:
    old = hashlib.sha256(book.read_bytes()).hexdigest()
    outcome = run(book, long_csv(6))
    assert not outcome.written
    assert hashlib.sha256(book.read_bytes()).hexdigest() == old
    assert [e.outcome for e in journal.read(book)] == [journal.UNCHANGED]
    assert not book.with_name("update.xlsx.backups").exists()


CHECKS = [
    ("unknown fund", long_csv(8, names=("EQUITY", "BLEND", "BALANCED")), "", "error", "'BALANCED' is unknown"),
    ("did you mean", long_csv(8, names=("EQUITY", "BLEND", "MANAGED_BONDS")), "", "error", "did you mean 'MANAGED_BOND'"),
    ("not positive", long_csv(8, {(1, 7): -3}), "", "error", "not above zero, first -3 on 2008-08-31"),
    ("zero", long_csv(8, {(1, 7): 0}), "", "error", "not above zero"),
    ("text", long_csv(8, {(1, 7): "n.a."}), "", "error", "not a number: 'n.a.' in row 23"),
    ("twice", long_csv(8) + "2008-08-31,EQUITY,99\n", "", "error",
     "1 value stands twice and differs, first 10.7 and 99 on 2008-08-31"),
    ("twice the same", long_csv(8) + f"2008-08-31,EQUITY,{value(0, 7)}\n", "", "warning",
     "1 value stands twice, first on 2008-08-31"),
    ("jump", long_csv(8, {(0, 7): 25}), "", "warning", "10.6 → 25 (+135.8%) on 2008-08-31"),
    ("stated jump", long_csv(8, {(0, 7): 12}), "[table.checks]\nmax_jump = 0.1\n", "error", "more than 10%"),
    ("gap", long_csv(12).replace("2008-08-31", "2008-10-31").replace("2008-09-30", "2008-11-30"), "", "error",
     "stand twice"),
    ("stale", long_csv(14, {(0, m): 10.7 for m in range(7, 14)}), "", "warning",
     "10.7 stands 7 times in a row from 2008-08-31"),
    ("no month end", long_csv(14).replace("2009-02-28", "2009-02-26"), "", "warning",
     "1 date is no month end, unlike the others; first 2009-02-26"),
    ("weekend", long_csv(8), "", "note", "month ends fall on a weekend, first 2008-05-31"),
    ("as of", long_csv(8), '[table.checks]\nas_of = "2008-09-30"\n', "error", "ends on 2008-08-31, before 2008-09-30"),
    ("bad date", long_csv(8).replace("2008-08-31", "08/31/2008"), "", "error",
     "not a date as 2008-07-31: '08/31/2008' in row 22"),
    ("no fund", long_csv(8) + "2008-08-31,,5\n", "", "error", "no date or no fund"),
    ("missing fund", long_csv(8, names=("EQUITY", "BLEND")), "", "warning", "MANAGED_BOND: the source has nothing for it"),
    ("hole", "\n".join(x for x in long_csv(9).split("\n") if x[:13] != "2008-08-31,EQ"), "", "warning",
     "1 date has no value"),
    ("cut", long_csv(8).rstrip("\n"), "", "note", "the last line of source.csv has no end"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "limits", "severity", "what"), CHECKS, ids=[c[0] for c in CHECKS])
def test_checks(book: Path, name: str, text: str, limits: str, severity: str, what: str) -> None:
    old = book.read_bytes()
    outcome = run(book, text, '[[table]]\nname = "UnitValues"\n' + limits)
    assert what in found(outcome, severity)
    if severity == "error":
        assert outcome.stopped
        assert book.read_bytes() == old


def test_sound_data_has_no_finding_but_the_weekends(book: Path) -> None:
    outcome = run(book, long_csv(8))
    assert [f.severity for f in outcome.findings] == ["note"]


def test_a_gap_is_named(book: Path) -> None:
    text = "\n".join(x for x in long_csv(14).split("\n") if not x.startswith("2008-09"))
    assert "first from 2008-08-31 to 2008-10-31" in found(run(book, text), "warning")


def test_formula_like_text_is_stored_as_text(book: Path) -> None:
    text = 'fund,printed_name,aliases\nEQUITY,"=HYPERLINK(""http://x"",""y"")",@a\nBLEND,+1-2,-x\n'
    outcome = run(book, text, '[[table]]\nname = "Funds"\n', accept_revisions=True)
    assert outcome.written
    cell = sheet(book, "Funds", values=False)["B2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x","y")', "s") or cell.data_type == "s"
    assert "2 texts begin as a formula does" in found(outcome, "warning")


def test_codes_that_look_like_numbers_stay_texts(book: Path) -> None:
    text = "fund,printed_name,aliases\n007,Bond,\n012,Other,\n"
    run(book, text, '[[table]]\nname = "Funds"\n', accept_revisions=True)
    assert [r[0] for r in rows(book, "Funds")] == ["007", "012"]


def test_natives_that_depend_on_the_data_are_computed_or_flagged(book: Path) -> None:
    outcome = run(book, long_csv(8))
    page = sheet(book, "Page")
    total = sum(value(0, m) for m in range(8))
    assert page["A1"].value == pytest.approx(total, rel=1e-15)
    assert page["A2"].value == pytest.approx(2 * total, rel=1e-15)
    assert page["A3"].value == 2
    assert outcome.dependents.stale == ["Page!A4"]
    assert {c.cell for c in outcome.dependents.changed} == {"Page!A1", "Page!A2"}
    assert b'fullCalcOnLoad="1"' in part(book, "xl/workbook.xml")


def test_totals_and_calculated_columns_show_true_values(tmp_path: Path) -> None:
    book = tmp_path / "assets.xlsx"
    made = xlsxwriter.Workbook(book)
    columns = [
        {"header": "fund", "total_string": "Total"},
        {"header": "assets", "total_function": "sum", "total_value": 3},
        {"header": "double", "formula": "=[@assets]*2", "total_function": "average"},
    ]
    made.add_worksheet().add_table(
        "B2:D5", {"name": "Assets", "data": [["a", 1], ["b", 2]], "columns": columns, "total_row": True}
    )
    made.close()
    outcome = run(book, "fund,assets\na,1\nb,20\nc,300\nd,4000\n")
    assert [r[1:] for r in rows(book, "Sheet1")][1:] == [
        ["a", 1, 2], ["b", 20, 40], ["c", 300, 600], ["d", 4000, 8000], ["Total", 4321, 2160.5],
    ]  # fmt: skip
    assert outcome.dependents.stale == []


def test_our_functions_are_recomputed_and_the_workbook_is_never_flagged(book: Path) -> None:
    book.write_bytes(template(own_functions=True))
    outcome = run(book, long_csv(8, {(0, 2): 11.5}), accept_revisions=True)
    page = sheet(book, "Page")
    assert page["B1"].value == pytest.approx((value(0, 7) / value(0, 0)) ** 0.5 - 1, rel=1e-14)
    assert page["B2"].value == 11.5
    assert outcome.dependents.own_functions
    assert b"fullCalcOnLoad" not in part(book, "xl/workbook.xml")


@pytest.mark.parametrize("spelling", ["[1]!UNIT_VALUE_AT", "_xll.UNIT_VALUE_AT", "unit_value_at"])
def test_calls_are_understood_however_excel_stored_them(book: Path, spelling: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template(own_functions=True))) as old, zipfile.ZipFile(stream, "w") as new:
        for item in old.infolist():
            new.writestr(item, old.read(item).replace(b"<f>UNIT_VALUE_AT", b"<f>" + spelling.encode()))
    book.write_bytes(stream.getvalue())
    outcome = run(book, long_csv(8, {(0, 2): 11.5}), accept_revisions=True)
    assert "Page!B2: 10.2 → 11.5" in [str(c) for c in outcome.dependents.changed]


def test_what_the_core_cannot_compute_is_asked_of_a_host(book: Path) -> None:
    asked = []

    def recalculate(given: Path, taken: Path) -> None:
        asked.append(given.name)
        copy = openpyxl.load_workbook(given)
        copy["Page"]["A4"] = 0.25
        copy.save(taken)

    source = book.with_name("s.csv")
    source.write_text(long_csv(8))
    outcome = refresh(Request(book, str(source), recalculate=recalculate))
    assert asked == ["workbook.xlsx"]
    assert (outcome.dependents.by_calc, outcome.dependents.stale) == (1, [])
    assert sheet(book, "Page")["A4"].value == 0.25
    assert sheet(book, "Page", values=False)["A4"].value == "=STDEV(UnitValues[EQUITY])"


@pytest.mark.parametrize("error", ["#VALUE!", "#NAME?", "#REF!"])
def test_an_error_of_a_host_that_was_not_there_before_is_not_believed(book: Path, error: str) -> None:
    def recalculate(given: Path, taken: Path) -> None:
        copy = openpyxl.load_workbook(given)
        copy["Page"]["A4"] = error
        copy.save(taken)

    source = book.with_name("s.csv")
    source.write_text(long_csv(8))
    outcome = refresh(Request(book, str(source), recalculate=recalculate))
    assert outcome.dependents.stale == ["Page!A4"]
    assert sheet(book, "Page")["A4"].value == 0.1


def test_a_visible_journal_gets_a_line(book: Path) -> None:
    book.write_bytes(template(journal=True))
    run(book, long_csv(8))
    run(book, long_csv(9))
    lines = rows(book, "Log")
    assert [line[2:] for line in lines] == [["UnitValues", "source.csv", 8], ["UnitValues", "source.csv", 9]]
    assert all("@" in str(line[1]) for line in lines)
    before = book.read_bytes()
    run(book, long_csv(9))
    assert book.read_bytes() == before


def test_the_journal_tells_who_when_what(book: Path) -> None:
    run(book, long_csv(8, {(0, 2): 11.5}), accept_revisions=True)
    entry = journal.read(book)[0]
    assert entry.outcome == journal.DONE
    table = entry.data["tables"]["UnitValues"]
    assert table["source_sha256"] == hashlib.sha256(book.with_name("source.csv").read_bytes()).hexdigest()
    assert table["cells"] == [{"key": "2008-03-31", "column": "EQUITY", "old": 10.2, "new": 11.5}]
    assert entry.data["after"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert datetime.datetime.fromisoformat(entry.data["at"]).tzinfo is not None
    for line in journal.path_of(book).read_text("utf-8").splitlines():
        json.loads(line)


def test_the_mapping_can_live_in_a_hidden_sheet(book: Path, tmp_path: Path) -> None:
    stream = io.BytesIO(template())
    copy = openpyxl.load_workbook(stream)
    hidden = copy.create_sheet("_sync")
    hidden.sheet_state = "hidden"
    for row, line in enumerate(["[[table]]", 'name = "UnitValues"', 'source = "here.csv"', "", 'mode = "merge"'], start=1):
        hidden.cell(row, 1, line or None)
    copy.save(book)
    (tmp_path / "here.csv").write_text(long_csv(8))
    assert refresh(Request(book)).plans[0].added == 2


@pytest.mark.parametrize(
    ("toml", "match"),
    [
        ("[[table]", "not valid TOML"),
        ('[[table]]\nnam = "x"', "no name"),
        ('[[table]]\nname = "x"\nsorce = "y"', "'sorce' .did you mean 'source'"),
        ('[[table]]\nname = "x"\nlayout = "log"', "'log' is not one of"),
        ('[[table]]\nname = "x"\n[table.checks]\nmax_jump = "a"', "max_jump"),
        ('[[table]]\nname = "x"\n[[table]]\nname = "X"', "twice"),
        ("[aliases]\na = 1", "aliases"),
        ("surprise = 1", "unknown word"),
        ('[[table]]\nname = "x"\nsource = "C:\\da ta\\x.csv"', r"line 3, column 15\)\); a backslash .* single quotes"),
        ('[[table]]\nname = "x"\nsource = "C:\\data\\x.csv"', "single quotes"),
        ('[[table]]\nname = "x"\nsource = "C:\\Users\\x.csv"', "single quotes"),
        ('[[table]]\nname = "x"\nsource = "C:\\temp\\new.csv"', "a tab .* single quotes"),
        ('[[table]]\nname = "x"\nsource = "\\\\server\\share\\x.csv"', "single quotes"),
        ('[[table]]\nname = "x"\nsource = "C:\\data\\"', "single quotes"),
        ('[aliases]\n"a\\b" = "x"\nc = "\\d"', "single quotes"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(toml: str, match: str) -> None:
    with pytest.raises(BadInput, match=match) as caught:
        mapping.parse(toml, "book.sync.toml", Path())
    assert str(caught.value).endswith(".")


def test_a_fault_without_a_backslash_speaks_of_none() -> None:
    with pytest.raises(BadInput) as caught:
        mapping.parse("[[table]]\nname = 'C:\\x'\nsource = \"x", "book.sync.toml", Path())
    assert "backslash" not in str(caught.value)


def test_errors_are_sentences(book: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not really")
    cases = {
        "nowhere.csv": MissingData, "empty.csv": MissingData, "other.csv": MissingData, "broken.parquet": BadInput,
        "broken.xlsx": Refused, "nowhere.sqlite": MissingData, "sqlite:///nowhere.db": MissingData, "odd://x": BadInput,
    }  # fmt: skip
    for name, error in cases.items():
        given = name if "://" in name else str(tmp_path / name)
        with pytest.raises(error) as caught:
            refresh(Request(book, given))
        assert str(caught.value).endswith(".")
    assert not list(tmp_path.glob("nowhere*"))


@pytest.mark.parametrize("given", ["postgresql:/me:pa55word@host/db", "postgresql:me:pa55word@host"])
def test_a_mistyped_url_is_not_repeated(book: Path, given: str) -> None:
    with pytest.raises(BadInput) as caught:
        refresh(Request(book, given))
    assert "pa55word" not in str(caught.value)


def test_a_1904_workbook_gets_its_own_serials(tmp_path: Path) -> None:
    book = tmp_path / "mac.xlsx"
    made = xlsxwriter.Workbook(book, {"date_1904": True})
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    page = made.add_worksheet("UnitValues")
    page.add_table("A1:B2", {"name": "UnitValues", "columns": [{"header": "valuation_date"}, {"header": "EQUITY"}]})
    page.write_datetime(1, 0, datetime.datetime(2008, 1, 31), date)
    page.write_number(1, 1, 10)
    made.close()
    outcome = run(book, "valuation_date,fund,unit_value\n2008-01-31,EQUITY,10\n2008-02-29,EQUITY,10.1\n")
    assert (outcome.plans[0].added, outcome.plans[0].changed_cells) == (1, 0)
    assert [r[0] for r in rows(book)] == [datetime.datetime(2008, 1, 31), datetime.datetime(2008, 2, 29)]


def test_columns_that_the_source_lacks_move_with_their_rows(tmp_path: Path) -> None:
    book = tmp_path / "rates.xlsx"
    made = xlsxwriter.Workbook(book)
    data = [["a", 1, "note a"], ["b", 2, "note b"], ["c", 3, None]]
    columns = [{"header": h} for h in ("term", "value", "remark")]
    made.add_worksheet().add_table("A1:C4", {"name": "Terms", "data": data, "columns": columns})
    made.close()
    assert not run(book, "term,value\nb,2\nnew,9\na,1.5\n").written
    outcome = run(book, "term,value\nb,2\nnew,9\na,1.5\n", accept_revisions=True)
    assert rows(book, "Sheet1") == [["a", 1.5, "note a"], ["b", 2, "note b"], ["new", 9, None]]
    assert (outcome.plans[0].added, outcome.plans[0].changed_cells, outcome.plans[0].removed) == (1, 1, 1)


def test_the_command_line_from_plan_to_undo(book: Path, more: Path) -> None:
    old = book.read_bytes()
    plan = command("refresh", str(book), "--from", str(more), "--dry-run", "--no-calc")
    assert (plan.exit_code, book.read_bytes()) == (0, old)
    assert "2 added" in plan.output
    assert "dry run" in plan.output
    done = command("refresh", str(book), "--from", str(more), "--no-calc")
    assert done.exit_code == 0
    named = str(book.resolve()) if os.name == "nt" else shlex.quote(str(book.resolve()))
    assert f"xl-flexextra restore {named}\n" in done.output
    revised = more.with_name("revised.csv")
    revised.write_text(long_csv(8, {(0, 0): 9.5}))
    stopped = command("refresh", str(book), "--from", str(revised), "--no-calc")
    assert stopped.exit_code == 2
    assert "--accept-revisions" in stopped.output
    back = command("restore", str(book))
    assert (back.exit_code, book.read_bytes()) == (0, old)
    told = command("journal", str(book)).output
    assert "refresh: done" in told
    assert "restore of" in told
    assert "prices.csv" in told
    wrong = command("refresh", str(book.with_name("none.xlsx")), "--from", str(more))
    assert wrong.exit_code == 2
    assert wrong.output.startswith("Error: There is no workbook")


_numbers = st.one_of(
    st.none(), st.floats(allow_nan=False, allow_infinity=False, width=64), st.integers(-(2**53), 2**53).map(float)
)
_texts = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


@settings(max_examples=60)
@given(st.lists(st.tuples(_numbers, _texts), min_size=1, max_size=25))
def test_any_values_come_back_as_they_went_in(pairs: list[tuple[float | None, str | None]]) -> None:
    """Read back by our own reader after a rewrite, as numbers to the last bit and texts to the last character."""
    from xl_flexextra.ooxml.package import Package
    from xl_flexextra.ooxml.strings import SharedStrings
    from xl_flexextra.ooxml.tables.body import Body, find_area
    from xl_flexextra.ooxml.tables.rewrite import rewrite
    from xl_flexextra.ooxml.workbook import Workbook

    def body_of(data: bytes) -> tuple[Package, Body]:
        package = Package(io.BytesIO(data), "book.xlsx")
        workbook = Workbook(package)
        strings = SharedStrings(workbook)
        return package, Body(workbook, strings, find_area(workbook, strings, "Funds"))

    package, body = body_of(template(2))
    numbers, texts = [p[0] for p in pairs], [p[1] for p in pairs]
    rewrite(body, [numbers, texts, texts])
    stream = io.BytesIO()
    package.write(stream)
    _, again = body_of(stream.getvalue())
    if all(n is None for n in numbers) and not any(texts) and len(pairs) == 1:
        assert again.count == 0
        return
    assert again.values(0) == [None if n is None else n + 0.0 for n in numbers]
    assert again.values(1) == [t or None for t in texts]


def test_thousands_of_mutated_sources_give_a_sentence_or_a_plan(book: Path, tmp_path: Path) -> None:
    import random

    chance = random.Random(7)
    text = long_csv(8).encode()
    source = tmp_path / "m.csv"
    sentences: list[str] = []
    plans = 0
    old = book.read_bytes()
    for _ in range(1500):
        data = bytearray(text)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.choice(
                [
                    b"",
                    b",",
                    b'"',
                    b"\n",
                    b"\x00",
                    b"\xff",
                    b"-",
                    b"e",
                    b"9" * 30,
                    b";",
                    b"=1+1",
                    b"\r",
                    b"nan",
                    b"inf",
                    b"1e999",
                ]
            )
        source.write_bytes(bytes(data))
        try:
            refresh(Request(book, str(source), dry_run=True, accept_revisions=True))
            plans += 1
        except FlexExtraError as error:
            sentences.append(str(error))
    assert plans
    assert sentences
    assert all(s.endswith(".") and len(s) < 700 for s in sentences)
    assert book.read_bytes() == old


def test_names_mean_what_they_mean_in_the_cell_that_uses_them(tmp_path: Path) -> None:
    """A name of the cell's own sheet comes first; one with a relative reference means another cell in every cell."""
    path = tmp_path / "names.xlsx"
    made = xlsxwriter.Workbook(path)
    made.add_worksheet("UnitValues").add_table(
        "A1:C3",
        {"name": "Prices", "data": [["x", 1, 2], ["y", 3, 4]], "columns": [{"header": h} for h in ("fund", "a", "b")]},
    )
    page, other = made.add_worksheet("Page"), made.add_worksheet("Other")
    for name, text in (("Rate", "$B$2"), ("Page!Rate", "$C$2"), ("Moved", "B2")):
        made.define_name(name, f"=UnitValues!{text}")
    page.write_formula("A1", "=Rate", None, 2)
    page.write_formula("A2", "=Other!Rate", None, 1)
    page.write_formula("C3", "=Moved", None, 0)  # B2 as seen from A1 is D4 as seen from C3: blank
    other.write_formula("A1", "=Rate", None, 1)
    other.write_formula("A2", "=Page!Rate", None, 2)
    made.close()
    outcome = run(path, "fund,a,b\nx,10,20\ny,3,4\n", accept_revisions=True, table="Prices")
    assert outcome.written
    assert [sheet(path, "Page")[c].value for c in ("A1", "A2", "C3")] == [20, 10, 0]
    assert [sheet(path, "Other")[c].value for c in ("A1", "A2")] == [10, 20]
    assert outcome.dependents.stale == ["Page!C3"]


def test_formulas_in_cells_without_addresses_are_recomputed(book: Path) -> None:
    """Cells may leave out where they stand, if they follow each other."""
    parts = {name: part(book, name) for name in zipfile.ZipFile(book).namelist()}
    page = "xl/worksheets/sheet3.xml"
    parts[page] = re.sub(rb'(<(?:row|c)) r="\w+"', rb"\1", parts[page])
    assert parts[page].count(b"<c><f>SUM(UnitValues[EQUITY])") == 1
    with zipfile.ZipFile(book, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    outcome = run(book, long_csv(8))
    assert [change.cell for change in outcome.dependents.changed] == ["Page!A1", "Page!A2"]
    total = sum(value(0, month) for month in range(8))
    assert [sheet(book, "Page")[c].value for c in ("A1", "A2")] == pytest.approx([total, 2 * total])
