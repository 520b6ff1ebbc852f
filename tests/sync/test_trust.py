"""A workbook or mapping from elsewhere does not act for its sender."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from pathlib import Path

import openpyxl
import pytest
from commands import command

from xl_flexextra.errors import BadInput, Refused
from xl_flexextra.sources import sql, sql_limits, trust
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sync.refresh import Outcome, Request, refresh

from .conftest import database, everything_in, long_csv

KINDS = ("sheet", "beside")


@pytest.fixture(autouse=True)
def own_list(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without a list of trusted mappings."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    return home


def mapped(book: Path, kind: str, source: str, more: str = "") -> None:
    """A mapping in the workbook or beside it."""
    lines = ["[[table]]", 'name = "UnitValues"', f"source = '{source}'", *more.splitlines()]
    if kind == "beside":
        book.with_name(f"{book.name}.sync.toml").write_text("\n".join(lines), "utf-8")
        return
    copy = openpyxl.load_workbook(book)
    hidden = copy.create_sheet("_sync")
    hidden.sheet_state = "veryHidden"
    for row, line in enumerate(lines, start=1):
        hidden.cell(row, 1, line)
    copy.save(book)


def beyond(outside: Path) -> dict[str, str]:
    """Sources that lead beyond the folder of a workbook."""
    return {
        "whole path": str(outside),
        "up": f"../{outside.name}",
        "down and up": f"sub/../../{outside.name}",
        "backslashes": f"..\\{outside.name}",
        "drive": "C:\\private.csv",
        "relative to a drive": "C:private.csv",
        "share": "\\\\server\\share\\private.csv",
        "home": "~/private.csv",
        "home of another": "~root/private.csv",
        "a link": "link.csv",
        "a link in a folder": "linked",
        "quoted": f'"{outside}"',
        "sqlite by URL": "sqlite:///private.sqlite",
        "sqlite by file": "sqlite:///file:private.sqlite?mode=rwc",
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", beyond(Path("private.csv")))
def test_an_untrusted_mapping_names_only_files_at_or_below_its_folder(
    tmp_path: Path, kind: str, way: str, book: Path
) -> None:
    outside = tmp_path / "private.csv"
    outside.write_text(long_csv(8))
    folder = tmp_path / "sent"
    (folder / "sub").mkdir(parents=True)
    (folder / "linked").mkdir()
    os.symlink(outside, folder / "link.csv")
    os.symlink(outside, folder / "linked" / "UnitValues.csv")
    book = book.rename(folder / book.name)
    mapped(book, kind, beyond(outside)[way])
    before = everything_in(folder)
    for dry_run in (True, False):
        with pytest.raises(Refused, match="--trust") as caught:
            refresh(Request(book, dry_run=dry_run))
        assert "private" not in str(caught.value)
    assert everything_in(folder) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_at_or_below_the_folder_needs_no_trust(book: Path, kind: str) -> None:
    (book.parent / "data").mkdir()
    (book.parent / "data" / "prices.csv").write_text(long_csv(8))
    mapped(book, kind, "data/prices.csv")
    assert refresh(Request(book)).written


@pytest.mark.parametrize("kind", KINDS)
def test_an_untrusted_mapping_connects_to_nothing(book: Path, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        mapped(book, kind, f"postgresql://bob@127.0.0.1:{port}/x")
        for dry_run in (True, False):
            with pytest.raises(Refused, match="address of a database or a server"):
                refresh(Request(book, dry_run=dry_run))
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "machine example.org login me password hunter2",
        "valuation_date,fund,unit_value\n2008-07-31,EQUITY,hunter2\n",
        "valuation_date,hunter2\n2008-07-31,1\n",
        "valuation_date,EQUITY,hunter2\n2008-07-31,hunter2,1\n",
        "hunter2\n\n\nhunter2,hunter2\n",
        "valuation_date,EQUITY\nhunter2,1\n",
        "valuation_date,EQUITY\n2008-07-31,1,hunter2\n",
        '"hunter2\n',
    ],
)
def test_nothing_of_an_untrusted_file_is_quoted(book: Path, kind: str, text: str) -> None:
    (book.parent / "notes.csv").write_bytes(text.encode())
    mapped(book, kind, "notes.csv")
    ended = command("refresh", str(book))
    assert ended.exit_code == 2, ended.output
    assert "hunter" not in ended.output
    assert "hunter" not in everything_in(book.parent).replace(text, "")


def plan_of(book: Path, **more: object) -> Outcome:
    return refresh(Request(book, dry_run=True, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_trust_goes_by_the_content_of_the_mapping(tmp_path: Path, book: Path, kind: str) -> None:
    outside = tmp_path / "prices.csv"
    outside.write_text(long_csv(8))
    mapped(book, kind, str(outside))
    with pytest.raises(Refused):
        plan_of(book)
    assert plan_of(book, trust=True).changed
    named = book if kind == "sheet" else book.with_name(f"{book.name}.sync.toml")
    said = command("trust", "add", str(named))
    assert said.exit_code == 0
    assert str(outside) in "".join(said.output.split("\n"))
    assert "Trusted already" in command("trust", "add", str(book)).output
    assert refresh(Request(book)).written  # the workbook is another file now, its mapping is the same
    outside.write_text(long_csv(9))
    assert plan_of(book).changed
    digest = command("trust", "list").output.split()[0]
    assert command("trust", "remove", digest).exit_code == 0
    with pytest.raises(Refused):
        plan_of(book)


def test_a_changed_mapping_is_no_longer_trusted(tmp_path: Path, book: Path) -> None:
    (tmp_path / "prices.csv").write_text(long_csv(8))
    mapped(book, "beside", str(tmp_path / "prices.csv"))
    command("trust", "add", str(book))
    beside = book.with_name(f"{book.name}.sync.toml")
    beside.write_bytes("\r\n".join(beside.read_text().splitlines()).encode())  # other ends of lines say the same
    assert plan_of(book).changed
    beside.write_text(beside.read_text().replace("prices.csv", "private.csv"))
    with pytest.raises(Refused):
        plan_of(book)


def test_a_spoilt_list_trusts_nothing_and_goes_on(book: Path, more: Path, own_list: Path) -> None:
    mapped(book, "beside", str(more))
    for line in ("{", "[1]", '{"digest": 1}', "null", "[" * 100_000, '{"digest": {}, "origin": [], "at": 0}'):
        trust.list_file().parent.mkdir(parents=True, exist_ok=True)
        trust.list_file().write_text(line)
        with pytest.raises(Refused):
            plan_of(book)
    assert command("trust", "list").exit_code == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_plan_says_where_a_source_was_named(book: Path, more: Path, kind: str) -> None:
    mapped(book, kind, more.name)
    said = " ".join(command("refresh", str(book), "--dry-run").output.split())
    assert f"from {more.name} (named in {'the sheet ' if kind == 'sheet' else ''}" in said
    given = command("refresh", str(book), "--dry-run", "--from", str(more)).output
    assert "named in" not in given


def test_what_a_person_names_needs_no_trust(tmp_path: Path, book: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    source = tmp_path / "elsewhere" / "prices.csv"
    source.write_text(long_csv(8))
    mapping = tmp_path / "elsewhere" / "own.toml"
    mapping.write_text(f"[[table]]\nname = 'UnitValues'\nsource = '{source}'\n")
    assert plan_of(book, mapping=mapping).changed
    mapped(book, "sheet", "~/.netrc")
    assert plan_of(book, source=str(source)).changed


def test_the_button_reads_the_file_that_was_chosen_and_no_other(book: Path, more: Path) -> None:
    """The macro passes the chosen file always; every table's source is that file."""
    mapped(book, "sheet", "~/.netrc", "[[table]]\nname = 'Funds'\nsource = '../private.csv'")
    outcome = refresh(Request(book, str(more), "UnitValues", dry_run=True))
    assert {origin.label for origin in outcome.sources.values()} == {more.name}
    macro = Path(trust.__file__).parents[1] / "hosts" / "excel" / "vba" / "FlexButtons.bas"
    calls = [line for line in macro.read_text().splitlines() if '"refresh_' in line]
    assert len(calls) == 2
    assert all(line.rstrip().endswith("CStr(chosen))") for line in calls)


def asked(path: Path, query: str, trusted: bool = True) -> object:
    return sql.read_sql(sql.sqlite_file(path), TableMapping("UnitValues", query=query, trusted=trusted), path.parent)


@pytest.mark.parametrize(
    "query",
    [
        "select load_extension('x')",
        "select * from pragma_database_list",
        "select zeroblob(2000000000)",
        "select length(randomblob(900000000))",
        "select group_concat(x, '') from (select hex(zeroblob(9000000)) x union all select hex(zeroblob(9000000)))",
    ],
)
def test_a_query_of_sqlite_reads_and_does_nothing_else(tmp_path: Path, query: str) -> None:
    with pytest.raises(BadInput):
        asked(database(tmp_path / "p.sqlite"), query)


def test_an_endless_query_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_limits, "SQLITE_SECONDS", 0.3)
    endless = "with recursive t(x) as (select 1 union all select x + 1 from t) select max(x) from t"
    with pytest.raises(BadInput, match="gave no row"):
        asked(database(tmp_path / "p.sqlite"), endless)


def test_rows_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path / "p.sqlite")
    many = "with recursive t(x) as (select 1 union all select x + 1 from t) select x from t"
    monkeypatch.setattr(sql_limits, "UNTRUSTED_ROWS", 10_000)
    with pytest.raises(BadInput, match="more rows than a source may"):
        asked(path, many, trusted=False)
    monkeypatch.setattr(sql_limits, "BYTES", 1_000_000)
    with pytest.raises(BadInput, match="more bytes than a source may"):
        asked(path, "with recursive t(x) as (select 1 union all select x + 1 from t) select hex(zeroblob(1000)) from t")


def test_a_silent_server_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes the connection and never says a word; psycopg knows only the time for connecting."""
    pytest.importorskip("psycopg")
    monkeypatch.setitem(sql_limits._TIMEOUTS, "psycopg", {"connect_timeout": 2})
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: held.append(server.accept()[0]), daemon=True).start()
        url = sql.make_url(f"postgresql://bob@127.0.0.1:{server.getsockname()[1]}/x")
        begun = time.monotonic()
        with pytest.raises(BadInput, match="says"):
            sql.read_sql(url, TableMapping("UnitValues"), Path())
        assert time.monotonic() - begun < 60
    for one in held:
        one.close()


def test_the_socket_of_a_server_that_falls_silent_in_a_query_is_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_limits, "SILENT_SECONDS", 0.2)
    ours, theirs = socket.socketpair()
    limits = sql_limits.Limits("postgresql://h/d", True)
    holder = type("Holder", (), {"connection": type("Pooled", (), {"driver_connection": ours})})

    def waiting() -> None:
        """As a driver does: it waits for the server, and shutting the socket ends that."""
        with limits.watching(holder):
            if ours.recv(1) == b"":
                raise OSError("the server closed the connection")

    with pytest.raises(BadInput, match="said nothing for"):
        waiting()
    theirs.close()


def test_an_option_that_no_driver_takes_is_a_sentence(tmp_path: Path, book: Path) -> None:
    path = database(tmp_path / "x.sqlite")
    with pytest.raises(BadInput, match=r"cannot be opened .*; check the URL\.$"):
        refresh(Request(book, f"sqlite:///{path}?cached_statements=99999999999999999999"))


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1", "\uff1d1+1"])
def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_said(tmp_path: Path, name: str) -> None:
    store = tmp_path / "s.sqlite"
    with sqlite3.connect(tmp_path / "v.sqlite") as held:
        held.execute("create table unit_values (valuation_date text, fund text, unit_value real)")
        held.execute("insert into unit_values values ('2008-07-31', ?, 10.5), ('2008-07-31', 'EQUITY', 11.5)", [name])
    held.close()
    assert command("store", "load", store, "--from", tmp_path / "v.sqlite").exit_code == 0
    said = command("store", "as-of", store, "1", "--out", tmp_path / "o.csv").output
    stripped = name.strip() in (tmp_path / "o.csv").read_text("utf-8")
    assert stripped
    assert "takes" in said
    assert "EQUITY" not in said
