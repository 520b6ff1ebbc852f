"""No password in a message, a summary, a journal or a workbook; no source that is changed; no environment given away."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from commands import command

from xl_flexextra.errors import BadInput, Refused
from xl_flexextra.sources import mapping, secrets, sql
from xl_flexextra.sources.read import one_table
from xl_flexextra.sync.refresh import Request, refresh

from .conftest import database, everything_in, long_csv

GIVEN = [
    "postgresql://a:p@SECRET@localhost:1/db",
    "postgresql://a:SECRET@localhost:1/db",
    "postgresql//a:SECRET@localhost/db",
    "postgresql:/a:SECRET@localhost/db",
    "postgresql:a:SECRET@localhost",
    "postgresql://us/er:SECRET@localhost/db",
    "postgresql://a:b@localhost:SECRET/db",
    "postgresql://localhost/db;password=SECRET",
    "jdbc:postgresql://localhost/db?user=a&password=SECRET",
    "host=h dbname=d user=u password=SECRET",
    "mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dsa%3BPWD%3DSECRET",
    "DRIVER={ODBC};UID=sa;PWD=SECRET",
    " postgresql://a:SECRET@localhost:1/db",
    '"postgresql://a:SECRET@localhost:1/db"',
    "postgresql://localhost:1/db?user=a&pw=SECRET",
    "postgresql://localhost:1/db?options=SECRET",
    "https://host/p.csv?sig=SECRET",
    "odd://a:SECRET@host/db",
    "sqlite://a:SECRET@host/db",
    "sqlite:///none.sqlite;password=SECRET",
    "a:SECRET@host/db",
]


@pytest.mark.parametrize("given", GIVEN)
def test_no_message_repeats_a_password(book: Path, tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text(long_csv(8))
    commands = [
        ["refresh", str(book), "--from", given, "--no-calc"],
        ["refresh", str(book), "--from", given, "--table", "UnitValues", "--dry-run", "--no-calc"],
        ["store", "show", given],
        ["store", "load", given, "--from", "x.csv"],
        ["store", "load", "s.sqlite", "--from", given],
        ["store", "as-of", given, "1", "--out", "then.csv"],
    ]
    for one in commands:
        result = command(*one)
        assert result.exit_code == 2, (given, result.output)
        assert "SECRET" not in result.output
        assert result.output.strip().endswith(".")
    assert "SECRET" not in everything_in(tmp_path)
    assert "SECRET" not in "".join(p.name for p in tmp_path.rglob("*"))


def test_a_password_in_a_mapping_is_not_repeated(book: Path) -> None:
    beside = book.with_name(f"{book.name}.sync.toml")
    for line in (
        'source = ["postgresql://a:SECRET@h/d"]',
        'source = "postgresql//a:SECRET@h/d"',
        "query = { a = 'SECRET' }",
    ):
        beside.write_text(f'[[table]]\nname = "UnitValues"\n{line}\n')
        with pytest.raises((BadInput, Refused)) as caught:
            refresh(Request(book))
        assert "SECRET" not in str(caught.value)


def test_a_password_from_the_environment_may_hold_any_character(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPW", "x@SECRET/?#%:")
    url = sql.make_url(mapping.from_environment("postgresql://a:${PGPW}@localhost:1/d"))
    assert (url.password, url.host) == ("x@SECRET/?#%:", "localhost")
    monkeypatch.setenv("WHOLE", "postgresql://a:b%40c@localhost/d")
    assert mapping.from_environment("env:WHOLE") == "postgresql://a:b%40c@localhost/d"
    beside = book.with_name(f"{book.name}.sync.toml")
    beside.write_text('[[table]]\nname = "UnitValues"\nsource = "postgresql://a:${PGPW}@localhost:1/d"\n')
    with pytest.raises(BadInput, match=r"a:\*\*\*@localhost:1/d says") as caught:
        refresh(Request(book, trust=True))
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "${SEEN}", "${SEEN}/prices.csv", "postgresql://${SEEN}:pw@localhost:1/d", "postgresql://a:pw@${SEEN}/d",
        "postgresql://a:pw@localhost:1/${SEEN}", "postgresql://a@localhost:1/d?sslpassword=${SEEN}", "sqlite:///${SEEN}",
        "env:SEEN",
    ],
)  # fmt: skip
def test_a_secret_from_the_environment_goes_nowhere_but_into_a_password(
    book: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Host, user, database and path are shown, and sent to whoever is named there."""
    monkeypatch.setenv("SEEN", "SECRET")
    book.with_name(f"{book.name}.sync.toml").write_text(f'[[table]]\nname = "UnitValues"\nsource = "{source}"\n')
    for request in (Request(book, trust=True), Request(book, source)):
        with pytest.raises(BadInput, match=r"outside the password|does not hold the URL") as caught:
            refresh(request)
        assert "SECRET" not in str(caught.value)


def test_of_a_url_only_harmless_parts_are_shown() -> None:
    shown = {
        "postgresql://me:pw@host:5432/db?sslmode=require": "postgresql+psycopg://me:***@host:5432/db",
        "mssql+pyodbc:///?odbc_connect=PWD%3DSECRET": "mssql+pyodbc:///",
        "sqlite:////data/prices.sqlite?x=SECRET": "sqlite:////data/prices.sqlite",
    }
    for given, label in shown.items():
        assert secrets.of_url(sql.make_url(given)) == label


def test_drivers_are_quoted_without_the_values_of_their_words() -> None:
    url = sql.make_url("mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dsa%3BPWD%3D%7BSECRET%7D")
    assert "SECRET" not in secrets.scrub("cannot log in with PWD={SECRET}", url)
    assert "SECRET" not in secrets.scrub("cannot log in as SECRET", url)


@pytest.mark.parametrize(
    "name", ["C:\\data\\prices.csv", "year=2008/prices.parquet", "../mail@home/prices.csv", "prices 7:30.csv"]
)
def test_paths_are_no_addresses(name: str) -> None:
    secrets.refuse_secrets(name)


@pytest.mark.parametrize(
    "query",
    [
        "drop table unit_values",
        "delete from unit_values",
        "select 1; drop table unit_values",
        "/* select */ drop table unit_values",
        "-- select\ndelete from unit_values",
        "with x as (select 1) delete from unit_values",
        "attach database 'other.sqlite' as other",
        "pragma user_version = 7",
        "vacuum",
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_source_is_never_changed(book: Path, tmp_path: Path, query: str, dry_run: bool) -> None:
    path = database(tmp_path / "prices.sqlite")
    before = path.read_bytes()
    book.with_name(f"{book.name}.sync.toml").write_text(f'[[table]]\nname = "UnitValues"\nquery = """{query}"""\n')
    with pytest.raises(BadInput, match=r"SELECT|readonly|not authorized"):
        refresh(Request(book, str(path), dry_run=dry_run))
    assert path.read_bytes() == before
    assert not (tmp_path / "other.sqlite").exists()


@pytest.mark.parametrize(
    "query",
    [
        "select * from unit_values where fund <> '12:30' and fund <> ':x;drop'",
        "with x as (select * from unit_values) select * from x;",
        "-- the prices; all of them\nselect valuation_date, fund, unit_value from unit_values -- end",
    ],
)
def test_a_query_that_reads_is_taken_as_it_stands(book: Path, tmp_path: Path, query: str) -> None:
    path = database(tmp_path / ("pri?ces %20#.sqlite" if os.name != "nt" else "prices %20#.sqlite"))
    book.with_name(f"{book.name}.sync.toml").write_text(f"[[table]]\nname = \"UnitValues\"\nquery = '''{query}'''\n")
    assert refresh(Request(book, str(path))).plans[0].added == 2


def _with_sheet(book: Path, lines: list[str]) -> None:
    copy = openpyxl.load_workbook(book)
    hidden = copy.create_sheet("_sync")
    for row, line in enumerate(lines, start=1):
        hidden.cell(row, 1, line)
    copy.save(book)


@pytest.mark.parametrize("source", ["postgresql://${HOME_SECRET}@evil/db", "env:HOME_SECRET", " env:HOME_SECRET"])
def test_a_mapping_inside_a_workbook_gets_nothing_of_the_environment(
    book: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME_SECRET", "SECRET")
    _with_sheet(book, ["[[table]]", 'name = "UnitValues"', f'source = "{source}"'])
    with pytest.raises(
        Refused, match=r"the sheet '_sync' of update.xlsx names .* from your environment; .* --trust"
    ) as caught:
        refresh(Request(book))
    assert "SECRET" not in str(caught.value).replace("HOME_SECRET", "")


def test_a_mapping_inside_a_workbook_cannot_say_that_it_is_not() -> None:
    for word in ("trusted = true", 'named_in = ""'):
        with pytest.raises(BadInput, match="unknown word"):
            mapping.parse(f'[[table]]\nname = "x"\n{word}', "book", Path())


def test_the_environment_serves_where_no_table_is_named(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICES", f"sqlite:///{database(tmp_path / 'prices.sqlite')}")
    assert one_table("env:PRICES") is False
    assert [p.table for p in refresh(Request(book, "env:PRICES")).plans] == ["UnitValues"]
