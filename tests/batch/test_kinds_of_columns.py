"""Unit values of a batch, in the kinds in which programs write them to Parquet."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from commands import run
from made import D
from pyarrow import parquet

from xl_flexextra.batch.contracts import _days, _numbers
from xl_flexextra.errors import BadInput

PLAN = """month_ends = ["2008-01-31"]
out = "out"
[inputs]
contracts = "contracts.parquet"
unit_values = "values.parquet"
[[tables]]
id = "t"
charges = "asset"
periods = ["1Y"]
"""


def test_sub_accounts_of_none_of_the_unit_values_were_something_unexpected(tmp_path):
    """Codes that are numbers in one file and names in the other."""
    (tmp_path / "plan.toml").write_text(PLAN)
    parquet.write_table(
        pa.table({"contract": ["A"], "sub_account": ["EQ"], "terms": ["none"]}), tmp_path / "contracts.parquet"
    )
    values = pa.table({"sub_account": [1, 1], "date": [D(2007, 1, 31), D(2008, 1, 31)], "unit_value": [10.0, 11.0]})
    parquet.write_table(values, tmp_path / "values.parquet")
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "none.toml").write_text("[annual_charge]\nform = 'none'\n[cdsc]\nschedule = [0.0]\n")
    (tmp_path / "plan.toml").write_text(PLAN.replace("[[tables]]", 'terms = "terms"\n[[tables]]'))
    code, said = run("batch", tmp_path / "plan.toml")
    assert code == 1
    assert "There is no unit value of EQ at all; fill in its column." in said


def test_flags_for_unit_values_were_returns_of_nothing():
    with pytest.raises(BadInput, match="have 'unit_value' as bool, which is not a number; give numbers"):
        _numbers(pa.array([True, True]), "unit_value")


def test_numbers_of_32_bits_for_the_days_were_days_from_1970():
    """39,660 is 31 July 2008 in a sheet; it came as 2 August 2078."""
    with pytest.raises(BadInput, match="'valuation_date' as int32, which is not a date"):
        _days(pa.array([39660], pa.int32()), "valuation_date")


def test_decimals_are_the_numbers_that_they_are():
    assert _numbers(pa.array([Decimal("17.99356236451")]), "unit_value").tolist() == [17.99356236451]


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_numbers_of_less_than_double_precision_were_others_than_in_a_cell(kind):
    assert _numbers(pa.array(np.array([10.1, 10.3], kind)), "unit_value").tolist() == [10.1, 10.3]
