"""A table written in a dialect drawn at random reads back the same by a report, a refresh and the store."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.sources.column_kinds import DATE, NUMBER, TEXT
from xl_flexextra.sources.files import Files
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source
from xl_flexextra.sync.store import _long

CODES = [
    "EQ",
    "0101",
    "101",
    "1E5",
    "nan",
    "NA",
    "2008-01-31",
    "Zürich",
    "A, B",
    "A; B",
    'The "best"',
    "A\tB|C",
    "-5",
    "10.5",
]
BLANKS = ["", "NA", "N/A", "NULL", "NaN", "-"]
DAYS = st.lists(st.dates(datetime.date(1990, 1, 1), datetime.date(2029, 12, 28)), min_size=1, max_size=8, unique=True)
FUNDS = st.lists(st.sampled_from(CODES), min_size=2, max_size=5, unique=True)
VALUES = st.none() | st.decimals("0.01", "9999999", places=6, allow_nan=False).map(float)


def written(value: float, decimal: str, thousands: str) -> str:
    text = f"{value:,.6f}" if thousands else f"{value:.6f}"
    return text.translate({ord(","): thousands, ord("."): decimal})


@st.composite
def dialects(draw: Any) -> dict[str, Any]:
    decimal = draw(st.sampled_from(".,"))
    return {
        "delimiter": draw(st.sampled_from(";\t|" if decimal == "," else ",;\t|")),
        "decimal": decimal,
        "thousands": draw(st.sampled_from(["", ".", "'"] if decimal == "," else ["", ",", "'"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])),
        "line": draw(st.sampled_from(["\n", "\r\n"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "sep": draw(st.booleans()),
        "preamble": draw(st.sampled_from(["", "Bank of Example", "# exported by night\n\nUnit values"])),
        "dates": draw(st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%d-%b-%Y", "%B %d, %Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d"])),
        "long": draw(st.booleans()),
        "blank": draw(st.sampled_from(BLANKS)),
    }


def in_dialect(how: dict[str, Any], days: list[datetime.date], funds: list[str], values: list[list[float | None]]) -> bytes:
    def cell(value: float | None) -> str:
        return how["blank"] if value is None else written(value, how["decimal"], how["thousands"])

    if how["long"]:
        rows = [["date", "fund", "unit value"]]
        for day, line in zip(days, values, strict=True):
            rows += [[day.strftime(how["dates"]), fund, cell(v)] for fund, v in zip(funds, line, strict=True)]
    else:
        rows = [["date", *funds]]
        rows += [[day.strftime(how["dates"]), *map(cell, line)] for day, line in zip(days, values, strict=True)]
    text = io.StringIO()
    if how["sep"]:
        text.write(f"sep={how['delimiter']}{how['line']}")
    if how["preamble"]:
        text.write(how["preamble"].replace("\n", how["line"]) + how["line"])
    csv.writer(text, delimiter=how["delimiter"], lineterminator=how["line"], quoting=how["quoting"]).writerows(rows)
    return text.getvalue().encode(how["encoding"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    how=dialects(), days=DAYS, funds=st.lists(st.sampled_from(CODES), min_size=2, max_size=5, unique=True), data=st.data()
)
def test_a_table_in_any_dialect_reads_back_the_same(tmp_path, how, days, funds, data):
    days = sorted(days)
    names = [" ".join(fund.split()) for fund in funds]  # blanks of any kind are one blank
    values = [[data.draw(VALUES) for _ in funds] for _ in days]
    for j in range(len(funds)):
        values[0][j] = values[0][j] or 10.312  # else a fund would not be there at all
    expected = {(day, fund): v for day, line in zip(days, values, strict=True) for fund, v in zip(names, line, strict=True)}
    path = Path(tmp_path) / "v.csv"
    path.write_bytes(in_dialect(how, days, funds, values))
    # an order of day and month that the dates leave open is stated, as is a sign of the numbers that may be either
    date_format = how["dates"] if how["dates"] in ("%m/%d/%Y", "%d.%m.%Y") and max(d.day for d in days) <= 12 else ""
    signs = {"decimal": how["decimal"], "thousands": how["thousands"], "date_format": date_format}

    read = UnitValues.from_rows(Files(**signs).rows(str(path)))
    known = {
        (day, fund): None if v != v else v
        for day, line in zip(read.dates.tolist(), read.values.tolist(), strict=True)
        for fund, v in zip(read.funds, line, strict=True)
    }
    assert {key: value for key, value in known.items() if value is not None or key in expected} == expected

    mapping = TableMapping("unit_values", str(path), **signs)
    source = read_source(mapping, path.parent)
    dates, found = source.convert("date", DATE, "t")
    assert found == []
    assert sorted(set(dates.to_pylist())) == days
    if how["long"]:
        assert source.convert("fund", TEXT, "t")[0].to_pylist() == names * len(days)
    else:
        for j, name in enumerate(names):
            numbers, found = source.convert(source.columns[j + 1], NUMBER, "t")
            assert (source.columns[j + 1], found) == (name, [])
            assert numbers.to_pylist() == [line[j] for line in values]
    days_of, places, numbers_of, codes = _long(source, mapping, {})
    stored = zip(days_of.tolist(), places.tolist(), numbers_of.tolist(), strict=True)
    assert {(day, codes[place]): None if value != value else value for day, place, value in stored} == expected


@pytest.mark.parametrize("text", ["a\n", "\n\n", "a,b\n1\n", '"', "sep=,\n", "#\n#\n", "a;b,c\n1;2,3\n", "x" * 70_000])
def test_what_is_hardly_a_table_is_read_or_refused_in_a_sentence(tmp_path, text):
    from xl_flexextra.errors import FlexExtraError

    path = tmp_path / "x.csv"
    path.write_text(text)
    for read in (lambda: Files().rows(str(path)), lambda: read_source(TableMapping("t", str(path)), tmp_path).table):
        said = ""
        try:
            read()
        except FlexExtraError as error:
            said = str(error)
        assert said[-1:] in ("", ".")
