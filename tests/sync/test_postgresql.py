"""Against a real PostgreSQL server."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy
from commands import command

from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.sources import mapping
from xl_flexextra.sources.read import read_source
from xl_flexextra.sources.sql import make_url
from xl_flexextra.sync import store
from xl_flexextra.sync.record import journal
from xl_flexextra.sync.refresh import Request, refresh

from .conftest import FUNDS, everything_in, month_ends, value
from .postgres import PASSWORD, server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server with the unit values of eight months, as numeric and date."""
    with server() as address:
        engine = sqlalchemy.create_engine(make_url(address))
        with engine.begin() as connection:
            connection.execute(
                sqlalchemy.text(
                    "create table unit_values (valuation_date date, fund text, unit_value numeric(18, 6), at timestamptz)"
                )
            )
            connection.execute(
                sqlalchemy.text("insert into unit_values values (:d, :f, :v, now())"),
                [{"d": d, "f": f, "v": value(i, m)} for m, d in enumerate(month_ends(8)) for i, f in enumerate(FUNDS)],
            )
        engine.dispose()
        yield address


def test_a_workbook_is_refreshed_from_postgresql(book: Path, url: str) -> None:
    outcome = refresh(Request(book, url))
    assert outcome.written
    assert (outcome.plans[0].added, outcome.plans[0].changed_cells, outcome.plans[0].removed) == (2, 0, 0)
    sheet = openpyxl.load_workbook(book)["UnitValues"]
    assert [c.value for c in sheet[9]] == [
        datetime.datetime(2008, 8, 31),
        *(pytest.approx(value(f, 7), abs=1e-9) for f in range(3)),
    ]
    assert not refresh(Request(book, url)).written


def test_a_query_in_the_mapping_and_a_url_in_the_environment(book: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICES_URL", url)
    book.with_name("update.xlsx.sync.toml").write_text(
        '[[table]]\nname = "UnitValues"\nsource = "env:PRICES_URL"\n'
        "query = \"select valuation_date, fund, unit_value from unit_values where valuation_date < '2008-08-01'\"\n"
    )
    outcome = refresh(Request(book, trust=True))
    assert outcome.plans[0].added == 1


def test_the_password_is_never_shown_or_written(book: Path, url: str, tmp_path: Path) -> None:
    shown = [command("refresh", str(book), "--from", url, "--dry-run").output]
    shown.append(command("refresh", str(book), "--from", url).output)
    shown.append(command("journal", str(book)).output)
    wrong = [
        url.replace("@127.0.0.1", "@127.0.0.1.invalid"), url.replace(PASSWORD, "wrong-" + PASSWORD),
        url + "?sslpassword=" + PASSWORD + "&nonsense=1", url.rpartition("/")[0] + "/nowhere",
    ]  # fmt: skip
    for address in wrong:
        result = command("refresh", str(book), "--from", address)
        assert result.exit_code == 2
        shown.append(result.output)
    assert "actuary:***@" in shown[0]
    for text in shown:
        assert PASSWORD not in text
        assert "Traceback" not in text
    assert PASSWORD not in everything_in(tmp_path)
    assert "actuary:***@" in everything_in(tmp_path)


def test_a_wrong_table_or_query_is_a_sentence(book: Path, url: str) -> None:
    beside = book.with_name("update.xlsx.sync.toml")
    for line, error in (('source_table = "unit_valuse"', MissingData), ('query = "select nothing from nowhere"', BadInput)):
        beside.write_text(f'[[table]]\nname = "UnitValues"\nsource = "{url}"\n{line}\n')
        with pytest.raises(error) as caught:
            refresh(Request(book, trust=True))
        assert PASSWORD not in str(caught.value)
        assert str(caught.value).endswith(".")


def test_the_store_lives_in_postgresql_too(url: str, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("date,fund,unit_value\n2008-07-31,EQUITY,10.5\n2008-07-31,BLEND,11\n")
    first = store.load_source(url, str(source), "unit_values")
    source.write_text("date,fund,unit_value\n2008-07-31,EQUITY,10.75\n2008-07-31,BLEND,11\n2008-08-31,BLEND,12\n")
    second = store.load_source(url, str(source), "unit_values")
    assert (first.added, second.added, second.revised, second.same) == (2, 1, 1, 1)
    day = datetime.date(2008, 7, 31)
    assert store.as_of(url, str(first.number)) == [(day, "BLEND", 11.0), (day, "EQUITY", 10.5)]
    assert (day, "EQUITY", 10.75) in store.as_of(url, str(second.number))
    assert [(r.fund, r.old, r.new) for r in store.revisions(url)] == [("EQUITY", 10.5, 10.75)]
    out = tmp_path / "then.csv"
    assert store.write_as_of(url, str(first.number), "unit_values", out) == 2
    assert out.read_text().splitlines()[1] == "2008-07-31,BLEND,11.0"
    assert os.listdir(tmp_path).count("then.csv") == 1


def test_the_journal_names_the_database_and_a_hash(book: Path, url: str) -> None:
    refresh(Request(book, url))
    table = journal.read(book)[0].data["tables"]["UnitValues"]
    assert table["source"].endswith("/postgres unit_values")
    assert len(table["source_sha256"]) == 64


def test_a_schema_a_colon_and_a_time_zone_are_taken_as_they_are(url: str, tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create schema if not exists feed"))
        connection.execute(sqlalchemy.text("drop table if exists feed.prices"))
        connection.execute(sqlalchemy.text("create table feed.prices (day timestamptz, note text)"))
        connection.exec_driver_sql("insert into feed.prices values ('2008-07-31 00:00', '12:30')")
    engine.dispose()
    table = mapping.TableMapping("t", url, source_table="feed.prices")
    assert read_source(table, tmp_path).table["day"].to_pylist()[0].date() == datetime.date(2008, 7, 31)
    query = "select note from feed.prices where note = '12:30' and note like '12%' and day::date = '2008-07-31'"
    read = read_source(mapping.TableMapping("t", url, query=query), tmp_path)
    assert read.table.to_pydict() == {"note": ["12:30"]}


@pytest.mark.parametrize(
    "query", ["with gone as (delete from unit_values returning *) select * from gone", "select nextval('counter')"]
)
def test_a_source_is_read_in_a_transaction_that_cannot_write(url: str, tmp_path: Path, query: str) -> None:
    engine = sqlalchemy.create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create sequence if not exists counter"))
    engine.dispose()
    with pytest.raises(BadInput, match=r"read-only transaction|data-modifying"):
        read_source(mapping.TableMapping("t", url, query=query), tmp_path)


def test_a_materialized_view_was_no_table(book: Path, url: str) -> None:
    engine = sqlalchemy.create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create materialized view last_values as select * from unit_values"))
    engine.dispose()
    source = read_source(mapping.TableMapping("t", url, source_table="last_values"), book.parent)
    assert source.provenance.rows == 8 * len(FUNDS)
