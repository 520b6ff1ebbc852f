"""A database is read batch by batch; whatever the size of the batches, a column is what its values at once would be."""

from __future__ import annotations

import datetime
import decimal
import gc
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xl_flexextra.errors import BadInput
from xl_flexextra.sources import sql, sql_columns
from xl_flexextra.sources.arrays import to_array
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source

ZONE = datetime.timezone(datetime.timedelta(hours=2))
DAY = datetime.date(2008, 7, 31)
NOON = datetime.datetime(2008, 7, 31, 12)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "none": st.none(),
    "bool": st.booleans(),
    "small": st.integers(-9, 9),
    "int": st.integers(-(2**63), 2**63 - 1),
    "edge": st.sampled_from([10**15 - 1, 10**15, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**70]),
    "float": st.floats(),
    "whole float": st.integers(-(2**60), 2**60).map(float) | st.just(-0.0),
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.sampled_from(["", "#N/A", "1", "10.0"]),
    "date": st.dates(),
    "time": st.datetimes() | st.datetimes(timezones=st.just(ZONE)),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=3),
    "bytes": st.binary(max_size=2),
    "clock": st.times(),
    "span": st.timedeltas(datetime.timedelta(0), datetime.timedelta(9)),
    "list": st.lists(st.integers(0, 3), max_size=2),
    "uuid": st.uuids(),
}


def at_once(values: list[Any]) -> Any:
    """The rule for a whole column, in the order in which it was first written down."""
    kinds = {type(value) for value in values}
    if decimal.Decimal in kinds:
        values = [float(v) if isinstance(v, decimal.Decimal) else v for v in values]
    if datetime.datetime in kinds:
        values = [v.replace(tzinfo=None) if isinstance(v, datetime.datetime) else v for v in values]
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return to_array(values)
    if pa.types.is_binary(array.type) or pa.types.is_nested(array.type):
        raise BadInput("binary or nested")
    return array


def outcome(make: Any) -> Any:
    """The kind, the values and the digest of an array; the kind of error where there is none."""
    try:
        array = make()
    except Exception as error:
        return type(error)
    return array.type, array.to_string(window=1000), sql._digest(pa.table({"a": array}))


@st.composite
def columns(draw: st.DrawFn) -> list[list[Any]]:
    """Batches of a column that holds one kind, or some."""
    names = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3, unique=True))
    return draw(
        st.lists(
            st.sampled_from(names).flatmap(lambda name: st.lists(KINDS[name], max_size=4))
            | st.lists(st.one_of([KINDS[name] for name in names]), max_size=5),
            max_size=5,
        )
    )


@given(given=columns())
@example([])
@example([[None], [None, None]])
@example([[1, 2], [1.5]])
@example([[None], [1], ["a"]])
@example([[2**53 + 1], [0.5]])
@example([[10**15, 0.5], ["a"]])
@example([[1, 0.5], [True]])
@example([[1, 0.5], [DAY]])
@example([[1], [DAY]])
@example([[DAY], [NOON]])
@example([[decimal.Decimal("0.1")], [3], [0.25]])
@example([["a"], [b"a"]])
@example([[1], [2**70]])
@settings(max_examples=500)
def test_batches_of_any_size_give_the_same_column(given: list[list[Any]]) -> None:
    column = sql_columns.Column()
    for batch in given:
        column.add(tuple(batch))
    values = [value for batch in given for value in batch]
    assert outcome(column.array) == outcome(lambda: at_once(values))


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        ([None, None, 1, 2, 2.5], pa.float64(), [None, None, 1.0, 2.0, 2.5]),
        ([None, None, 7, 8, None], pa.int64(), [None, None, 7, 8, None]),
        ([1, 10.0, 0.1, None, "a"], pa.string(), ["1", "10", "0.1", None, "a"]),
        (["2008-07-31", None, "#N/A", 39660, ""], pa.string(), ["2008-07-31", None, None, "39660", None]),
        ([0.1, 2**53 + 1, None, 1, 2], pa.float64(), [0.1, 2.0**53, None, 1.0, 2.0]),
        ([None] * 5, pa.null(), [None] * 5),
    ],
)
@pytest.mark.parametrize("rows", [1, 2, 3, 2000])
def test_a_table_is_the_same_whatever_the_size_of_the_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[Any], kind: pa.DataType, read: list[Any], rows: int
) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (n integer, v)")
        connection.executemany("insert into t values (?, ?)", list(enumerate(values)))
    connection.close()
    mapping = TableMapping("t", str(path))
    whole = read_source(mapping, tmp_path)
    monkeypatch.setattr(sql, "ROWS", rows)
    source = read_source(mapping, tmp_path)
    assert (source.table["v"].type, source.table["v"].to_pylist()) == (kind, read)
    assert source.table["n"].to_pylist() == list(range(5))
    assert source.table.equals(whole.table)
    assert source.provenance == whole.provenance


@pytest.mark.parametrize("values", [[b"a", b"b"], [[1], [2]]])
def test_values_that_a_cell_cannot_hold_are_refused_in_any_batch(values: list[Any]) -> None:
    column = sql_columns.Column()
    for value in [None, *values]:
        column.add([value])
    with pytest.raises(BadInput, match="binary or nested"):
        column.array()


def test_what_mysql_hands_over_is_read_as_a_person_wrote_it() -> None:
    """As MariaDB 10.11 and PyMySQL gave it: decimals beside whole numbers and blanks, flags as 0 and 1, days that are none
    as text, large whole numbers, bits as bytes."""
    number, day = decimal.Decimal, datetime.date
    given = {
        "unit_value": ([number("10.123456"), number("11.000000"), None], [10.123456, 11.0, None]),
        "united": ([3, None, number("10.5"), 1.25], [3.0, None, 10.5, 1.25]),
        "active": ([1, 0, None], [1, 0, None]),
        "fund": (["EQ", "Börse", ""], ["EQ", "Börse", ""]),
        "day": ([day(2008, 6, 30), day(2008, 7, 31), None], [day(2008, 6, 30), day(2008, 7, 31), None]),
        "some_day": ([day(2008, 6, 30), None, "0000-00-00"], ["2008-06-30", None, "0000-00-00"]),
        "either": ([number("10.5"), "EQ", None], ["10.5", "EQ", None]),
    }
    for rows in (1, 2, 9):
        for name, (values, expected) in given.items():
            column = sql_columns.Column(name)
            for start in range(0, len(values), rows):
                column.add(tuple(values[start : start + rows]))
            assert column.array().to_pylist() == expected, name
    bits = sql_columns.Column("flag")
    bits.add((b"\x01", b"\x00"))
    with pytest.raises(BadInput, match="The column 'flag' of the database holds binary or nested values"):
        bits.array()


def test_a_database_is_read_without_looking_for_circles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That took more than a third of the time of a million rows."""
    with sqlite3.connect(tmp_path / "v.sqlite") as connection:
        connection.execute("create table v (a)")
        connection.execute("insert into v values (1)")
    seen = []
    add = sql_columns.Column.add
    monkeypatch.setattr(sql_columns.Column, "add", lambda self, values: (seen.append(gc.isenabled()), add(self, values)))
    read_source(TableMapping("v", str(tmp_path / "v.sqlite")), tmp_path)
    assert (seen, gc.isenabled()) == ([False], True)
