"""The store: every version of every value, nothing overwritten, and what a past report was."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from commands import command

from xl_flexextra.errors import BadInput, FlexExtraError, MissingData, Refused
from xl_flexextra.sync import store, versions
from xl_flexextra.sync.refresh import Request, refresh

from .conftest import long_csv

pytestmark = pytest.mark.windows

JULY, AUGUST = datetime.date(2008, 7, 31), datetime.date(2008, 8, 31)


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """A store in a file."""
    return str(tmp_path / "funds.sqlite")


def load(kept: str, text: str, toml: str = "", dataset: str = "unit_values") -> store.Load:
    folder = Path(kept).parent
    (folder / "x.csv").write_text(text)
    (folder / "m.toml").write_text(toml)
    return store.load_source(kept, str(folder / "x.csv"), dataset, folder / "m.toml" if toml else None)


LONG = "date,fund,unit_value\n"


def test_a_blank_withdraws_and_what_is_not_named_stays(kept: str) -> None:
    assert load(kept, LONG + "2008-07-31,EQUITY,10\n2008-07-31,BLEND,11\n2008-08-31,BLEND,\n").added == 2
    second = load(kept, LONG + '2008-07-31,EQUITY,""\n')
    assert (second.added, second.revised, second.withdrawn, second.same) == (0, 1, 1, 0)
    assert store.as_of(kept, "2") == [(JULY, "BLEND", 11.0)]
    assert len(store.as_of(kept, "1")) == 2
    assert load(kept, LONG + "2008-07-31,EQUITY,\n").revised == 0
    assert load(kept, LONG + "2008-07-31,EQUITY,10.5\n").revised == 1
    assert [(r.old, r.new) for r in store.revisions(kept)] == [(10.0, None), (None, 10.5)]
    told = command("store", "revisions", kept).output
    assert "10.0 → withdrawn" in told
    assert "withdrawn → 10.5" in told


def test_the_mapping_leaves_funds_out(kept: str) -> None:
    toml = '[aliases]\n"Eq" = "EQUITY"\n[[table]]\nname = "UnitValues"\nignore_funds = ["GPA"]\n'
    assert load(kept, LONG + "2008-07-31,Eq,10\n2008-07-31,G-P-A,11\n", toml).added == 1
    assert load(kept, "date,Eq,GPA\n2008-08-31,10,11\n", toml).added == 1
    assert [fund for _, fund, _ in store.as_of(kept, "2")] == ["EQUITY", "EQUITY"]
    with pytest.raises(BadInput, match=r"no table 'prices'.*it has UnitValues"):
        load(kept, LONG + "2008-07-31,Eq,10\n", toml, "prices")


@pytest.mark.parametrize("value", ["inf", "0", "-1", "n.a."])
def test_what_is_no_unit_value_is_refused(kept: str, value: str) -> None:
    with pytest.raises(BadInput):
        load(kept, LONG + f"2008-07-31,EQUITY,{value}\n2008-08-31,EQUITY,10\n")
    assert not Path(kept).exists()
    if value in ("0", "-1"):
        toml = '[[table]]\nname = "unit_values"\n[table.checks]\npositive = false\n'
        assert load(kept, LONG + f"2008-07-31,EQUITY,{value}\n", toml).added == 1
        assert load(kept, f"date,fund,value\n2008-07-31,RATE,{value}\n", dataset="rates").added == 1


def test_not_a_number_is_a_blank(kept: str, tmp_path: Path) -> None:
    table = pa.table(
        {"date": [JULY, AUGUST, AUGUST], "fund": ["A", "A", "A"], "unit_value": [10.0, float("nan"), float("nan")]}
    )
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    assert store.load_source(kept, str(tmp_path / "x.parquet"), "unit_values").added == 1
    with pytest.raises(BadInput, match="two values for A"):
        store.load_values(kept, versions.of_rows([(JULY, "A", 1.0), (JULY, "A", 2.0)]), "unit_values", "x", "")


def test_a_load_that_is_not_there_is_refused_by_name(kept: str) -> None:
    load(kept, LONG + "2008-07-31,EQUITY,10\n")
    for number in ("7", "0"):
        with pytest.raises(MissingData, match=rf"no load {number}; the loads are 1"):
            store.as_of(kept, number)
    with pytest.raises(MissingData, match=r"knew no unit_values at 2008-08-15 .its first load was 20"):
        store.as_of(kept, "2008-08-15")


@pytest.mark.parametrize("name", ["a?b.sqlite" if os.name != "nt" else "a&b.sqlite", "a b#c%20.sqlite", "sub.d/x.sqlite"])
def test_a_store_has_the_name_it_was_given(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub.d").mkdir()
    before = set(os.listdir(tmp_path))
    load(str(tmp_path / name), LONG + "2008-07-31,EQUITY,10\n")
    assert (tmp_path / name).is_file()
    assert set(os.listdir(tmp_path)) - before - {"x.csv", "m.toml", name} == set()
    assert len(store.loads(str(tmp_path / name))) == 1


def test_nothing_is_overwritten(kept: str, book: Path, tmp_path: Path) -> None:
    load(kept, LONG + "2008-07-31,EQUITY,10\n")
    out = tmp_path / "then.csv"
    out.write_text("mine")
    alias = tmp_path / "alias.csv"
    os.link(kept, alias)
    before = Path(kept).read_bytes()
    shutil.copy(kept, tmp_path / "s.csv")
    cases = [(out, False, Refused), (alias, True, Refused), (book, True, BadInput), (Path(kept), True, BadInput)]
    for path, force, error in cases:
        with pytest.raises(error):
            store.write_as_of(kept, "1", "unit_values", path, force)
    assert (out.read_text(), Path(kept).read_bytes()) == ("mine", before)
    refused = command("store", "as-of", kept, "1", "--out", str(out))
    assert (refused.exit_code, "--force" in refused.output) == (2, True)
    done = command("store", "as-of", kept, "1", "--out", str(out), "--force")
    assert done.exit_code == 0, done.output
    assert out.read_text().splitlines() == ["valuation_date,fund,unit_value", "2008-07-31,EQUITY,10.0"]


def test_a_past_report_comes_back_by_the_day_of_the_load(kept: str, book: Path, tmp_path: Path) -> None:
    load(kept, long_csv(8))
    load(kept, long_csv(8, {(0, 7): 99.0}))
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    assert store.as_of(kept, today) == store.as_of(kept, "2") != store.as_of(kept, "1")
    out = tmp_path / "then.csv"
    store.write_as_of(kept, "1", "unit_values", out)
    assert refresh(Request(book, str(out))).plans[0].added == 2


def test_a_store_is_not_read_from_another_file(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_text("not a database")
    with pytest.raises(FlexExtraError) as caught:
        store.loads(str(tmp_path / "no.sqlite"))
    assert str(caught.value).endswith(".")


def test_signs_in_numbers_can_be_given_with_the_command(kept: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date;fund;unit_value\n2008-07-31;EQUITY;10,312\n")
    given = ["store", "load", kept, "--from", str(tmp_path / "x.csv")]
    assert "set 'decimal'" in command(*given).output
    assert command(*given, "--decimal", ",").exit_code == 0
    assert store.as_of(kept, "1") == [(JULY, "EQUITY", 10.312)]
    wrong = command(*given, "--decimal", ";")
    assert (wrong.exit_code, wrong.output) == (2, "Error: 'decimal' has to be a point or a comma (got ';').\n")


def test_the_journal_of_no_workbook_is_a_sentence(tmp_path: Path) -> None:
    result = command("journal", str(tmp_path / "none.xlsx"))
    assert (result.exit_code, "There is no workbook" in result.output) == (2, True)


@pytest.mark.parametrize("table", ["", "UnitValues"])
def test_a_refresh_from_a_store_itself_says_how_to_take_values_from_it(book: Path, kept: str, table: str) -> None:
    load(kept, long_csv(7))
    old = book.read_bytes()
    with pytest.raises(BadInput, match=r"is a store.*xl-flexextra store as-of STORE DAY --out values\.csv.* refresh"):
        refresh(Request(book, kept, table))
    assert book.read_bytes() == old
    store.write_as_of(kept, "1", "unit_values", book.with_name("values.csv"))
    assert refresh(Request(book, str(book.with_name("values.csv")), table)).plans[0].added == 1
