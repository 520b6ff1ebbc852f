"""Calls as users write them, for a type checker: run by test_public.py with mypy --strict; never imported."""

import datetime
from typing import assert_type

import numpy as np
from flexextra_udfs import (
    AATR,
    CDSC_RATE,
    CONTRACT_AATR,
    CONTRACT_PATH,
    EXPLAIN_RETURN,
    IMPLIED_CHARGE,
    LATEST_QUARTER_END,
    MAINTENANCE_CHARGE,
    MONEY_WEIGHTED_RETURN,
    PERFORMANCE_TABLE,
    REDEEMABLE_VALUE,
    YEARS_BETWEEN,
)  # fmt: skip
from numpy.typing import NDArray

from xl_flexextra import errors, sample
from xl_flexextra.terms import Terms, from_rows, from_toml, load, shipped
from xl_flexextra.typing import Array, Cell, Column, Frame

# one value gives one result, in any form in which it may be written
assert_type(AATR(1000, 1506.43, 5), float)
assert_type(AATR("1,000", np.float64(1506.43), np.int64(5), annualize_short=True), float)
assert_type(YEARS_BETWEEN("1998-07-31", datetime.date(2008, 7, 31)), float)
assert_type(LATEST_QUARTER_END(39660), datetime.date)
assert_type(EXPLAIN_RETURN("flex_extra_single", sample.rows("UnitValues"), "EQUITY", "2008-07-31", "1Y"), str)

# a range, a list or an array for one of them gives an array
values = np.array([1506.43, 1100.0])
assert_type(AATR(1000, values, 5), NDArray[np.float64])
assert_type(AATR([1000.0, 900], 1100, 5), NDArray[np.float64])
assert_type(LATEST_QUARTER_END([["2008-07-31"]]), NDArray[np.object_])
assert_type(MAINTENANCE_CHARGE("flex_extra_flexible", share=None), float)

# tables: rows, a mapping, a data frame; terms: a name, rows, or terms
rows: list[list[object]] = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]
own: Terms = from_rows(rows, "own")
assert_type(CDSC_RATE(own, 3), float)
assert_type(CDSC_RATE(rows, 3), float)
assert_type(CONTRACT_PATH(own, sample.rows("UnitValues"), "EQUITY", "2008-07-31", "1Y", {"EQUITY": 0.2}), list[list[Cell]])
assert_type(IMPLIED_CHARGE(own, -0.1814, -0.2494, "1Y"), list[list[float]])
assert_type(REDEEMABLE_VALUE(own, ["2007-07-31", "2008-07-31"], [10.0, 10.5], share=0.1), float)
assert_type(MONEY_WEIGHTED_RETURN((-1000, 1100), [datetime.date(2007, 12, 31), "2008-12-30"]), float)


def of_a_frame(frame: Frame, funds: Column) -> Array:
    """A table from a data frame."""
    assert_type(CONTRACT_AATR("flex_extra_flexible", frame, funds, sample.AS_OF, "1Y"), Array)
    return PERFORMANCE_TABLE("flex_extra_flexible", frame, sample.AS_OF, ["YTD", "1Y"])


# terms: a value has the type of its key
contract = load(shipped()[0])
assert_type(contract["annual_charge.timing"], str)
assert_type(contract["payment.amount"], float)
assert_type(contract["annual_charge.dollars"], float | None)
assert_type(contract.on(sample.AS_OF)["cdsc.schedule"], tuple[float, ...])
assert_type(from_toml("my_contract.toml").rows(), list[tuple[str, Cell, str, str]])
assert_type(errors.MissingData("...").cell_error, errors.CellError)

# wrong ones, each of which a type checker has to find
AATR(1000, 1506.43)  # type: ignore[call-overload]
AATR(1000, datetime.date(2008, 7, 31), 5)  # type: ignore[call-overload]
PERFORMANCE_TABLE("flex_extra_flexible", 5, sample.AS_OF, ["YTD"])  # type: ignore[arg-type]
CDSC_RATE(own, 3).upper()  # type: ignore[attr-defined]
contract["annual_charge.dolars"] * 2  # type: ignore[operator]
