"""Columns of another kind than is wanted: each cell is named where it stands, and no kind ends a command."""

from __future__ import annotations

import contextlib
import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas
import pyarrow as pa
import pyarrow.parquet
import pytest

from xl_flexextra.errors import BadInput
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.ooxml.fast import column_writer
from xl_flexextra.sources.column_kinds import DATE, NUMBER, TEXT, convert
from xl_flexextra.sources.files import Files
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source
from xl_flexextra.sources.source import Source

DAYS = [datetime.date(2008, 5, 30), None, datetime.date(2008, 7, 31)]
NO_NUMBERS = [
    pa.array(DAYS), pa.array(DAYS, pa.date64()), pa.array(DAYS).cast(pa.timestamp("ns")), pa.array(DAYS).dictionary_encode(),
    pa.array(DAYS).cast(pa.timestamp("us", tz="Asia/Tokyo")), pa.array([True, None, False]),
    pa.array([2**64 - 1, None, 1], pa.uint64()),
]  # fmt: skip


def sheet(path: Path, rows: list[list[object]]) -> Source:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return read_source(TableMapping("t", str(path)), path.parent)


@pytest.mark.parametrize("array", NO_NUMBERS, ids=lambda array: str(array.type))
def test_a_column_of_dates_for_a_fund_was_something_unexpected(array: pa.Array) -> None:
    values, found = convert(array, NUMBER, "EQ", "t", "")
    assert (values.type, len(found), "not a number" in str(found)) == (pa.float64(), 1, True)
    assert values.null_count == 3
    assert "None" not in str(found)


def test_a_column_of_flags_for_the_dates_is_named_and_has_none() -> None:
    values, found = convert(pa.array([None, True]), DATE, "day", "t", "")
    assert (values.type, values.null_count, "'True' in row 2" in str(found)) == (pa.date32(), 2, True)
    assert convert(pa.array([None, None], pa.bool_()), DATE, "day", "t", "")[1] == []


@pytest.mark.parametrize("kind", [NUMBER, DATE, TEXT, None])
def test_bytes_of_a_fixed_length_are_refused_as_others_are(kind: str | None) -> None:
    with pytest.raises(BadInput, match="values that a cell cannot"):
        convert(pa.array([b"12", b"34"], pa.binary(2)), kind, "EQ", "t", "")


def test_half_precision_is_the_shortest_decimal_of_it() -> None:
    array = pa.array(np.array([10.1, 10.3], np.float16))
    assert convert(array, NUMBER, "EQ", "t", "")[0].to_pylist() == [10.1, 10.3]


EXACT = ["17.99356236451", "68844.205960", "46857672932.3894"]  # each came as the next number: 17.993562364509998


def test_decimals_of_a_database_are_the_numbers_that_they_are_and_not_the_next_ones() -> None:
    array = pa.array([Decimal(text) for text in EXACT])
    assert convert(array, NUMBER, "EQ", "t", "")[0].to_pylist() == [float(text) for text in EXACT]
    assert column_writer.normalize(array, "EQ", False).to_pylist() == [float(text) for text in EXACT]


def test_a_number_that_is_too_large_for_a_code_was_another_one() -> None:
    """It came as -9223372036854775808."""
    found = convert(pa.array([1e20, 12.0, None, 1234567890123456000.0, 0.5]), TEXT, "cusip", "t", "")[0].to_pylist()
    assert found == ["1e+20", "12", None, "1234567890123456000", "0.5"]


def test_a_time_zone_that_nobody_knows_in_the_last_row_was_something_unexpected(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    times = pa.array(DAYS[::2]).cast(pa.timestamp("us", tz="Mars/Olympus"))
    pyarrow.parquet.write_table(pa.table({"date": times, "EQ": [1.0, 2.0]}), path)
    source = read_source(TableMapping("t", str(path)), tmp_path).without_blank_end()
    with pytest.raises(BadInput, match="time zone 'Mars/Olympus', which this computer does not know"):
        source.convert("date", DATE, "t")


def test_a_cell_of_a_sheet_was_named_by_its_row_below_the_header(tmp_path: Path) -> None:
    source = sheet(tmp_path / "x.xlsx", [["NAV report"], ["date", "EQ"], ["2008-05-30", 10.1], ["2008-06-30", "10.3 USD"]])
    assert "not a number: '10.3 USD' in B4" in str(source.convert("EQ", NUMBER, "t")[1])


def test_numbers_beside_one_text_were_said_to_be_stored_as_text(tmp_path: Path) -> None:
    source = sheet(tmp_path / "x.xlsx", [["date", "EQ", "BD"], ["2008-05-30", 10.1, "20.1"], ["2008-06-30", "USD", 20.2]])
    for fund, said in (("EQ", ""), ("BD", "stored as text, such as '20.1'")):
        values, _ = source.convert(fund, NUMBER, "t")
        found = source.stored_as_text(values, NUMBER, fund, "t")
        assert said in str(found)
        assert len(found) == (1 if said else 0)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["5/30/2008", "6/30/2008", "2/30/2009"], "the others, month/day/year: '2/30/2009' in row 3"),
        (["30/05/2008", "30/06/2008", "07/31/2008"], "the others, day/month/year: '07/31/2008' in row 3"),
        (["05/30/2008", "06/30/2008", "Trailer"], "the others, month/day/year: 'Trailer' in row 3"),
        (["5/6/2008", "6/7/2008", "Trailer"], "a date as 2008-07-31: '5/6/2008' in row 1"),
    ],
)
def test_one_odd_date_made_every_date_one(texts: list[str], said: str) -> None:
    found = convert(pa.array(texts), DATE, "day", "t", "")[1]
    assert said in str(found)
    assert "2 more" not in str(found)


@pytest.mark.parametrize(
    ("numbers", "alone", "month"),
    [([200805.0, 200806], "month", True), ([2006, 2007, 2008], "year", False), ([39598.0, 39629.0, None], "", False)],
)
def test_months_alone_were_days_of_the_year_2449(numbers: list[float | None], alone: str, month: bool) -> None:
    found = convert(pa.array(numbers), DATE, "date", "t", "")[1]
    assert ("a month alone is not a day" in str(found)) is month
    assert bool(found) is bool(alone)
    rows = [["date", "EQ"], *[[day, 10.0 + i] for i, day in enumerate(numbers) if day is not None]]
    if alone:
        with pytest.raises(BadInput, match=f"row 2' must be a date .got {numbers[0]:g}, a {alone} alone."):
            UnitValues.from_rows(rows)
    else:
        assert UnitValues.from_rows(rows).at(0, datetime.date(2008, 7, 31)) == 11.0


@pytest.mark.parametrize(
    ("days", "row"),
    [
        (["20080530", "20080630", "2 rows exported"], "row 4"),
        (["5/30/2008", "6/30/2008", "2/30/2009"], "row 4"),
        (["30/05/2008", "7/31/2008", "30/06/2008"], "row 3"),
    ],
)
def test_one_odd_date_had_another_row_blamed(tmp_path: Path, days: list[str], row: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("date,EQ\n" + "".join(f"{day},1{place}\n" for place, day in enumerate(days)))
    with pytest.raises(BadInput, match=f"unit_values, {row}' must be a date"):
        UnitValues.from_rows(Files().rows(str(path)))


def parquet(path: Path, columns: dict[str, object] | pa.Table, **options: object) -> Source:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pyarrow.parquet.write_table(table, path, **options)
    return read_source(TableMapping("t", str(path)), path.parent)


@pytest.mark.parametrize("kind", [pa.decimal128(20, 12), pa.decimal256(50, 12)], ids=str)
def test_decimals_of_parquet_lost_their_last_digit(kind: pa.DataType) -> None:
    array = pa.array([Decimal("20.1"), None, Decimal("10.312345")], kind)
    assert convert(array, NUMBER, "EQ", "t", "")[0].to_pylist() == [20.1, None, 10.312345]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (pa.array([14_000, 6_000_000], pa.int32()).cast(pa.date32()), "about the year 18397"),
        (pa.array([1, 2**62], pa.int64()).cast(pa.timestamp("us", tz="UTC")), "about the year 148108"),
        (pa.array([1, -(2**40)], pa.int64()).cast(pa.timestamp("s")), "about the year -32873"),
    ],
    ids=["days", "microseconds", "seconds"],
)
def test_dates_that_no_calendar_has_were_something_unexpected(tmp_path: Path, times: pa.Array, said: str) -> None:
    source = parquet(tmp_path / "x.parquet", {"date": times, "EQ": [1.0, 2.0]}).without_blank_end()
    values, found = source.convert("date", DATE, "t")
    assert (values.null_count, len(found), said in str(found)) == (1, 1, True)
    with pytest.raises(BadInput, match=f"row 3' must be a date .*{said}"):
        UnitValues.from_rows(Files().rows(str(tmp_path / "x.parquet")))


@pytest.mark.parametrize("day", [datetime.date(1899, 12, 30), datetime.date(208, 7, 31)])
def test_a_date_before_the_first_of_a_worksheet_was_stored(day: datetime.date) -> None:
    for array in (pa.array([DAYS[0], day]), pa.array([str(DAYS[0]), f"{day}"]), pa.array(["2008/05/30", f"{day}"])):
        values, found = convert(array, DATE, "date", "t", "")
        assert values.to_pylist() == [DAYS[0], None]
        assert f"not a date from 1900-03-01 on: '{day}' in row 2" in str(found)


def test_days_as_whole_numbers_of_eight_digits_are_refused_with_the_word_that_helps(tmp_path: Path) -> None:
    parquet(tmp_path / "x.parquet", {"date": [20080530, 20080731], "EQ": [10.0, 11.0]})
    for numbers in (pa.array([20080530, None, 20080731]), pa.array([20080530.0, None, 20080731.0])):
        assert "say with --date-format %Y%m%d" in str(convert(numbers, DATE, "date", "t", "")[1])
        assert convert(numbers, DATE, "date", "t", "%Y%m%d")[0].to_pylist() == DAYS
    assert "--date-format" not in str(convert(pa.array([20080631, 20080731]), DATE, "date", "t", "")[1])
    with pytest.raises(BadInput, match=r"got the number 20080530.*or say with --date-format %Y%m%d"):
        UnitValues.from_rows(Files().rows(str(tmp_path / "x.parquet")))
    rows = Files(date_format="%Y%m%d").rows(str(tmp_path / "x.parquet"))
    assert UnitValues.from_rows(rows).at(0, DAYS[2]) == 11.0


@pytest.mark.parametrize("name", ["date", None])
def test_dates_that_were_the_index_of_a_data_frame_stood_last_or_were_lost(tmp_path: Path, name: str | None) -> None:
    days = pandas.DatetimeIndex([DAYS[0], DAYS[2]], name=name)
    pandas.DataFrame({"EQ": [10.0, 11.0]}, index=days).to_parquet(tmp_path / "x.parquet")
    assert Files().rows(str(tmp_path / "x.parquet")) == [["date", "EQ"], [DAYS[0], 10.0], [DAYS[2], 11.0]]


def test_a_parquet_file_that_says_other_rows_than_it_has_was_read_without_rows(tmp_path: Path) -> None:
    parquet(tmp_path / "x.parquet", {"EQ": [1.0, 2.0, 3.0, 4.0, 5.0]}, store_schema=False)
    whole = (tmp_path / "x.parquet").read_bytes()
    size = int.from_bytes(whole[-8:-4], "little")
    footer = whole[-8 - size : -8]
    for place in [place for place, byte in enumerate(footer) if byte == 10]:  # 5 rows, as a number of varying length
        lying = whole[: -8 - size] + footer[:place] + b"\x06" + footer[place + 1 :] + whole[-8:]
        (tmp_path / "y.parquet").write_bytes(lying)
        rows = [["EQ"], *([float(n)] for n in range(1, 6))]
        with contextlib.suppress(BadInput):  # refused, or read whole
            assert Files().rows(str(tmp_path / "y.parquet")) == rows


def test_two_columns_of_one_name_were_said_not_to_be_there(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["EQ", "EQ"])
    with pytest.raises(BadInput, match="two columns 'EQ'"):
        parquet(tmp_path / "x.parquet", twice)


def test_days_counted_from_1970_were_days_of_1955(tmp_path: Path) -> None:
    """20454 is 2026-01-01 in Parquet and in databases, 1955-12-31 in Excel."""
    source = parquet(tmp_path / "x.parquet", {"date": [20454, None, 20485], "EQ": [10.0, 10.5, 11.0]})
    said = "20454 may be 1955-12-31, as Excel counts days, or 2026-01-01, counted from 1970"
    with pytest.raises(BadInput, match=said):
        source.convert("date", DATE, "t")
    with pytest.raises(BadInput, match=said):
        Files().rows(str(tmp_path / "x.parquet"))
    assert convert(pa.array([20454, 39660]), DATE, "date", "t", "")[1] == []


def test_numbers_of_a_worksheet_count_as_excel_counts(tmp_path: Path) -> None:
    """Funds of 1957 and 1960 in cells without a date format were refused, as if a worksheet counted from 1970."""
    source = sheet(tmp_path / "funds.xlsx", [["fund", "fund_inception"], ["EQ", 21000], ["BD", 22000]])
    days = [datetime.date(1957, 6, 29), datetime.date(1960, 3, 25)]
    values, found = source.convert("fund_inception", DATE, "Funds")
    assert (values.to_pylist(), found) == (days, [])
    assert [row[1] for row in Files().rows(str(tmp_path / "funds.xlsx"))[1:]] == days


def test_a_column_of_dates_with_nothing_but_nan_was_something_unexpected(tmp_path: Path) -> None:
    nan = float("nan")
    parquet(tmp_path / "x.parquet", {"fund": ["EQ", "BD"], "substituted_on": [nan, nan]})
    assert [row[1] for row in Files().rows(str(tmp_path / "x.parquet"))[1:]] == [None, None]
    values, found = convert(pa.array([nan, 39660.0]), DATE, "date", "t", "")
    assert (values.to_pylist(), found) == ([None, datetime.date(2008, 7, 31)], [])


def test_a_date_of_eight_digits_as_data_frames_write_it_asked_for_the_format_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,EQ\n20080731.0,10.5\n")
    with pytest.raises(BadInput, match="say with --date-format %Y%m%d"):
        UnitValues.from_rows(Files().rows(str(tmp_path / "x.csv")))
    assert Files(date_format="%Y%m%d").rows(str(tmp_path / "x.csv"))[1] == [datetime.date(2008, 7, 31), 10.5]
