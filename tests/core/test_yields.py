"""Yields, factors and returns at their edges: what is still a figure by its formula, and what is refused by name."""

import pytest
from flexextra_udfs import (
    AATR,
    ADJUSTED_UNIT_VALUES,
    MONEY_MARKET_BASE_RETURN,
    MONEY_MARKET_EFFECTIVE_YIELD,
    MONEY_MARKET_YIELD,
    NET_INVESTMENT_FACTOR,
    SEC_YIELD_30DAY,
    UNIT_VALUE_RETURN,
)

from xl_flexextra.errors import BadInput, NoSolution

NAVS = [["2007-12-31", 20.0], ["2008-01-31", 19.0], ["2008-02-29", 21.0]]


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [
        (lambda: MONEY_MARKET_BASE_RETURN(1, 1.0006), 0.0006),  # a unit of one dollar
        (lambda: MONEY_MARKET_BASE_RETURN(0.5, 0.5003), 0.0006),
        (lambda: MONEY_MARKET_BASE_RETURN(10, 0), -1),  # all is lost
        (lambda: MONEY_MARKET_BASE_RETURN(10, 0.5), -0.95),
        (lambda: MONEY_MARKET_YIELD(0.001, 1), 0.365),
        (lambda: MONEY_MARKET_YIELD(0.001, 0.5), 0.73),
        (lambda: MONEY_MARKET_EFFECTIVE_YIELD(-0.0001), 0.9999 ** (365 / 7) - 1),
        (lambda: NET_INVESTMENT_FACTOR(10, 0, 5, 0.0, 1), 0.5),  # nothing but what was distributed
        (lambda: NET_INVESTMENT_FACTOR(0.5, 0.4, None, 0.0, 1), 0.8),
        (lambda: NET_INVESTMENT_FACTOR(10, 0, None, 0.013, 1, "compound"), 0),
        (lambda: SEC_YIELD_30DAY(0, 500, 100, 10), 2 * (0.5**6 - 1)),
        (lambda: SEC_YIELD_30DAY(0.003, 0, 0.5, 0.5), 2 * (1.012**6 - 1)),
        (lambda: AATR(0.5, 0.6, 0.25), 0.2),
        (lambda: AATR(1, 4, 2), 1.0),
        (lambda: UNIT_VALUE_RETURN(0.5, 0.25), -0.5),
    ],
)
def test_still_a_figure(figure, wanted):
    assert figure() == pytest.approx(wanted, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("figure", "error", "says"),
    [
        (lambda: MONEY_MARKET_BASE_RETURN(0, 1), BadInput, "'begin_value' must be positive"),
        (lambda: SEC_YIELD_30DAY(0, 1000, 100, 10), NoSolution, "there is no yield"),  # all of the account
        (lambda: SEC_YIELD_30DAY(1, 0, 0, 10), BadInput, "must be positive"),
        (lambda: SEC_YIELD_30DAY(1, 0, 10, 0), BadInput, "must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(0, 10), BadInput, "'nav_start' must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(10, -1), BadInput, "'nav_finish' must not be negative"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 0.013, 0), BadInput, "'days' must be positive"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 1.3), BadInput, r"got 1.3\); use 0.013 for 1.3%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 1), BadInput, r"got 1\); use 0.01 for 1%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 100), BadInput, r"got 100\); use 1 for 100%\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, 101), BadInput, r"got 101\)\.$"),
        (lambda: NET_INVESTMENT_FACTOR(10, 11, None, -0.01), BadInput, r"got -0.01\)\.$"),
        (
            lambda: ADJUSTED_UNIT_VALUES(NAVS, None, 0.013, "daily", [["2008-02-15", 10.0]]),
            BadInput,
            "'navs' has no net asset value on 2008-02-15",
        ),
        (lambda: UNIT_VALUE_RETURN(-10, 12), BadInput, r"'begin_value' must be positive \(got -10\)"),
        (lambda: UNIT_VALUE_RETURN(10, 0), BadInput, r"'end_value' must be positive \(got 0\)"),
        (lambda: AATR(-1000, 1100, 1), BadInput, "'begin_value' must be positive"),
        (lambda: AATR(0, 1100, 1), BadInput, "'begin_value' must be positive"),
        (lambda: AATR(1000, 1100, -1), BadInput, "'years' must be positive"),
        (lambda: AATR(1000, -1, 2), BadInput, "'end_value' must not be negative"),
    ],
)
def test_refused_by_name(figure, error, says):
    with pytest.raises(error, match=says):
        figure()
