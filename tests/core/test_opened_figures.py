"""The thirteen of 1,500 random figures in which native functions, written apart, once differed from the core: each opened.

Seven were the core's: 8.7055% of 1,000.00 is 87.055, rounded down by the noise of binary fractions (no longer so).
Six were two rules for a 31st after an end of February, both called 30/360: they are two conventions since.
"""

import pytest
from flexextra_udfs import CDSC_AMOUNT, CONTRACT_AATR, REDEEMABLE_VALUE, YEARS_BETWEEN

CENTS = [
    ["annual_charge.form", "none"], ["cdsc.schedule.1", 0.087055], ["cdsc.thereafter", 0], ["carry.precision", "cents"],
]  # fmt: skip


@pytest.mark.parametrize("base", ["payment", "value", "lesser"])
def test_a_charge_of_half_a_cent_is_a_cent(base: str) -> None:
    terms = [*CENTS, ["cdsc.base", base]]
    assert CDSC_AMOUNT(terms, 1, 1000, 1000) == 87.06
    assert REDEEMABLE_VALUE([*terms, ["payment.amount", 1000]], ["1998-01-31", "1998-02-28"], [10, 10]) == 912.94


# start, end, first and last unit value; years by 30/360 (US), and as YEARFRAC has it, to two decimals
FEBRUARY = [
    ("2010-02-28", "2014-03-31", 10.657749572434172, 9.976335971986256, 4.08, 4.09),
    ("2010-02-28", "2012-03-31", 10.657749572434172, 11.103378055656552, 2.08, 2.09),
    ("1990-02-28", "1992-03-31", 10.781013748192708, 10.655132487823897, 2.08, 2.09),
]


@pytest.mark.parametrize(("start", "end", "first", "last", "us", "excel"), FEBRUARY)
def test_an_end_of_february_counts_by_the_rule_that_the_terms_name(
    start: str, end: str, first: float, last: float, us: float, excel: float
) -> None:
    values, funds = [["date", "S"], [start, first], [end, last]], [["fund", "subaccount_inception"], ["S", start]]
    for basis, years in (("thirty_360", us), ("thirty_360_excel", excel)):
        terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["years.basis", basis], ["years.decimals", 2]]
        found = CONTRACT_AATR(terms, values, "S", end, "SI_SUBACCOUNT", None, funds, "asset")
        assert found == pytest.approx((last / first) ** (1 / years) - 1, abs=1e-12)
        assert round(YEARS_BETWEEN(start, end, basis), 2) == years
