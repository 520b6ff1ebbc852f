"""Data frames of pandas, polars and Arrow, with missing values of every kind, in; pandas' out; and nothing needs pandas."""

import datetime
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from flexextra_udfs import (
    ADJUSTED_UNIT_VALUES,
    CONTRACT_AATR,
    MONEY_WEIGHTED_RETURN,
    UNIT_VALUE_AT,
    UNIT_VALUE_RETURN,
    YEARS_BETWEEN,
)

from xl_flexextra import catalogue
from xl_flexextra.cells import data_frames, scalars
from xl_flexextra.errors import NA, BadInput
from xl_flexextra.functions import registry

JUNE, JULY, LATER = datetime.date(2007, 7, 31), datetime.date(2008, 7, 31), datetime.date(2008, 8, 29)
VALUES = {"date": [JUNE, JULY, LATER], "A": [10.0, 11.0, None], "B": [20.0, None, 24.0]}


class Stranger:
    """A frame of a library that nobody here knows: it gives its data as an Arrow stream."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


def frames():
    plain = pd.DataFrame(VALUES)
    yield "pandas", plain.assign(date=pd.to_datetime(plain["date"]))
    yield "pandas, dates as its index", plain.assign(date=pd.to_datetime(plain["date"])).set_index("date")
    yield "pandas, an index without a name", plain.set_index(pd.DatetimeIndex(plain.pop("date")).rename(None))
    nullable = pd.DataFrame(VALUES).astype({"A": "Float64", "B": "Float64"})
    yield "pandas, nullable", nullable
    yield "pandas, text", nullable.assign(date=nullable["date"].astype(str).astype("string"))
    yield "pandas, of Arrow", pd.DataFrame(VALUES).astype({"A": "double[pyarrow]", "B": "double[pyarrow]"})
    yield "pandas, objects", pd.DataFrame(VALUES, dtype=object)
    yield "polars", pl.DataFrame(VALUES)
    yield "polars, moments", pl.DataFrame(VALUES).with_columns(pl.col("date").cast(pl.Datetime("us")))
    yield "Arrow", pa.table(VALUES)
    yield "Arrow, a batch", pa.RecordBatch.from_pydict(VALUES)
    yield "of another library", Stranger(pa.table(VALUES))


@pytest.mark.parametrize(("kind", "frame"), list(frames()), ids=[kind for kind, _ in frames()])
def test_a_frame_of_any_library_is_a_table(kind, frame):
    assert UNIT_VALUE_AT(frame, "A", JULY) == 11.0
    assert UNIT_VALUE_AT(frame, "A", LATER) == 11.0  # the value before: its own is missing
    assert UNIT_VALUE_AT(frame, "B", JULY) == 20.0
    no_charge = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["contract.inception", "1998-05-01"]]
    assert CONTRACT_AATR(no_charge, frame, "A", JULY, "1Y") == pytest.approx(0.1)


def narrow(kind):
    numbers = np.array([10.25, 10.3], kind)
    yield pd.DataFrame({"A": numbers})
    yield pa.table({"A": pa.array(numbers)})
    yield pd.DataFrame({"A": pd.array(numbers, pd.ArrowDtype(pa.from_numpy_dtype(kind)))})
    if kind is np.float32:
        yield pl.DataFrame({"A": numbers})
        yield pd.DataFrame({"A": pd.array(numbers, "Float32")})


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_a_frame_of_less_than_double_precision_had_other_numbers_than_a_file_of_it(kind):
    for frame in narrow(kind):
        assert data_frames.rows(frame) == [["A"], [10.25], [10.3]], type(frame)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_arrays_and_numbers_of_less_than_double_precision_had_other_numbers_too(kind):
    grown = UNIT_VALUE_RETURN(10.3, 12)
    assert UNIT_VALUE_RETURN(kind(10.3), 12) == grown
    assert UNIT_VALUE_RETURN(np.array([10.3, 10.3], kind), 12).tolist() == [grown, grown]
    assert UNIT_VALUE_AT([["date", "A"], [JULY, kind(10.3)]], "A", JULY) == 10.3
    assert scalars.rows("shares", np.array([[10.3, 0.1]], kind)) == [[10.3, 0.1]]
    assert scalars.rows("shares", np.array([[10.3, 0.1]], np.dtype(kind).newbyteorder())) == [
        [10.3, 0.1]
    ]  # as Stata has them


def columns(values, kind=float):
    yield pd.Series(values, dtype=object)
    yield pd.Series(values, dtype="Float64" if kind is float else "object")
    yield pl.Series(values)
    yield pa.array(values)
    yield pa.chunked_array([values[:1], values[1:]])


@pytest.mark.parametrize(("begin", "end"), list(zip(columns([10.0, 20.0, None]), columns([12.0, 25.0, 13.0]), strict=True)))
def test_a_column_of_any_library_is_a_range(begin, end):
    got = registry.evaluate(catalogue.get("UNIT_VALUE_RETURN"), [begin, end])
    assert got == [[pytest.approx(0.2)], [pytest.approx(0.25)], [NA]]
    whole = UNIT_VALUE_RETURN(begin[:2], end[:2])
    assert isinstance(whole, np.ndarray)
    assert whole.tolist() == pytest.approx([0.2, 0.25])


def test_columns_of_dates():
    days = [datetime.date(1998, 7, 31), datetime.date(2003, 7, 31)]
    for column in (
        pd.Series(pd.to_datetime(days)),
        pl.Series(days),
        pa.array(days),
        pd.Series(days).astype("date32[pyarrow]"),
    ):
        assert YEARS_BETWEEN(column, "2008-07-31").tolist() == [10.0, 5.0]


def test_a_table_comes_out_as_a_data_frame():
    table = ADJUSTED_UNIT_VALUES([["2008-06-30", 20.0], ["2008-07-31", 21.0]], annual_charge=0)
    frame = data_frames.to_pandas(table)
    assert list(frame.columns) == ["date", "unit value", "status"]
    assert frame["unit value"].tolist() == [10.0, 10.5]  # by hand: 10 x 21 / 20


def test_a_table_without_a_header_comes_out_with_all_its_rows():
    frame = data_frames.to_pandas([[0.0124, 0.0954], [-0.2163, 0.0744]])  # as of PERFORMANCE_TABLE: a row is a fund
    assert frame.values.tolist() == [[0.0124, 0.0954], [-0.2163, 0.0744]]
    assert list(frame.columns) == [0, 1]


def test_without_pandas_a_frame_is_asked_for_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(BadInput, match=r"pip install 'xl-flexextra\[pandas\]'"):
        data_frames.to_pandas([["a"], [1]])


WITHOUT = """
import sys
from importlib import abc

class No(abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pandas", "polars"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, No())
from typer.testing import CliRunner
from xl_flexextra.cli.main import app
for words in %r:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, (words, done.output, done.exception)
"""


def test_everything_works_where_pandas_is_not_installed(tmp_path):
    source = tmp_path / "v.csv"
    source.write_text("date,FUND_1,FUND_2,FUND_3\n2008-06-30,10,20,30\n2008-07-31,11,21,31\n")
    pa.parquet = __import__("pyarrow.parquet").parquet
    pa.parquet.write_table(pa.table(VALUES), tmp_path / "v.parquet")
    book, store = str(tmp_path / "t.xlsx"), str(tmp_path / "s.sqlite")
    words = [
        ["report", "--out", str(tmp_path / "r.xlsx")],
        ["tie-out"],
        ["new", book],
        ["refresh", book, "--from", str(source), "--table", "UnitValues", "--no-calc"],
        ["store", "load", store, "--from", str(source)],
        ["call", "UNIT_VALUE_AT", f"@{source}", "FUND_1", "2008-07-31"],
        ["call", "UNIT_VALUE_AT", f"@{tmp_path / 'v.parquet'}", "A", "2008-07-31"],
        ["explain", "--fund", "EQUITY", "--period", "1Y"],
    ]
    done = subprocess.run([sys.executable, "-c", WITHOUT % words], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_command_does_not_load_pandas(tmp_path):
    source = tmp_path / "v.csv"
    source.write_text("date,FUND_1\n2008-06-30,10\n")
    code = (
        "import atexit, sys\nfrom xl_flexextra.cli import main\n"
        "atexit.register(lambda: print('pandas:', sys.modules.get('pandas'), 'pyarrow' in sys.modules))\n"
        f"sys.argv[1:] = ['store', 'load', {str(tmp_path / 's.sqlite')!r}, '--from', {str(source)!r}]\nmain.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "pandas: None True"), done.stderr


def test_an_index_that_is_a_column_too_ended_in_an_error_of_pandas():
    values = pd.DataFrame({"date": [JUNE, JULY], "A": [10.0, 10.3]})
    assert data_frames.rows(values.set_index("date", drop=False)) == data_frames.rows(values)
    assert UNIT_VALUE_AT(values.set_index(pd.DatetimeIndex(values["date"])), "A", JULY) == 10.3
    twice = values.set_index(["date", pd.Index(["x", "y"], name="page")], drop=False)
    assert data_frames.rows(twice) == [["page", "date", "A"], ["x", JUNE, 10.0], ["y", JULY, 10.3]]


def test_days_of_an_array_in_nanoseconds_were_no_dates_of_a_list():
    days = np.array(["2007-12-31", "2008-12-30", "NaT"], "datetime64[ns]")
    assert MONEY_WEIGHTED_RETURN([-100, 110], days[:2]) == pytest.approx(0.1)  # 365 days
    assert scalars.rows("dates", days) == [[datetime.date(2007, 12, 31)], [datetime.date(2008, 12, 30)]]
