"""Histories of funds by the native functions: substituted funds, days of inception, periods without history, headings."""

import pytest
from beside_python import EVERY, differing
from call_book import ALL

TERMS = [
    ["annual_charge.form", "average_size"], ["annual_charge.dollars", 35], ["annual_charge.average_contract_size", 30000],
    ["cdsc.schedule.1", 0.06], ["cdsc.schedule.2", 0.03], ["cdsc.schedule.3", 0],
    ["free_withdrawal.form", "percent_of_value"], ["free_withdrawal.rate", 0.1],
]  # fmt: skip
DAYS = ((3, 31), (6, 30), (9, 30), (12, 31))
QUARTERS = list(enumerate(f"{year}-{month:02d}-{day}" for year in (2005, 2006, 2007) for month, day in DAYS))
VALUES = [
    ["date", "OLDEST", "OLD", "NEW", "LATE"],
    *(
        [day, 10 + 0.3 * k, 20 - 0.2 * k if k > 1 else None, 5 + 0.11 * k if k > 3 else None, 8 + 0.1 * k if k > 4 else None]
        for k, day in QUARTERS
    ),
]  # fmt: skip
FUNDS = [["Sub-account", "Printed name", "predecessor", "substituted on", "Sub-account Inception Date", "fund inception"],
         ["NEW", "New Fund", "OLD", "2006-03-31", "2004-12-31", "2005-03-31"],
         ["OLD", "Old Fund", "OLDEST", "2005-09-30", "2005-06-30", None],
         ["LATE", "Late Fund", None, None, "2006-06-27", "2006-03-25"]]  # fmt: skip
CLOSED = [
    [*FUNDS[0], "closed on"],
    *([*row, day] for row, day in zip(FUNDS[1:], (None, "2007-11-30", "2007-12-31"), strict=True)),
]
UNJOINED = [*FUNDS[:2], ["OLD", "Old Fund", "OLDEST", "2005-06-30", "2005-06-30", None], *FUNDS[3:]]
CIRCLE = [*FUNDS[:3], ["OLDEST", None, "NEW", "2005-09-30", None, None], FUNDS[3]]
DAYLESS = [*FUNDS[:1], ["NEW", "New Fund", "OLD", None, None, None]]
UNKNOWN = [["fund", "contract inception"], ["NEW", "2005-03-31"]]


def figure(fund, period, funds, *more, as_of="2007-12-31", charges="all"):
    return "CONTRACT_AATR", [[*TERMS, *map(list, more)], VALUES, fund, as_of, period, None, funds, charges]


def histories():
    for fund in ("NEW", "Old Fund", "LATE", "OLDEST"):
        for period in ("1Y", "2Y", "33M", "SI_SUBACCOUNT", "SI_FUND", "2005-06-30..2006-12-31"):
            yield figure(fund, period, FUNDS)
    for funds in (UNJOINED, CIRCLE, DAYLESS, UNKNOWN):
        yield from (figure("NEW", period, funds, charges="asset") for period in ("1Y", "2Y", "33M"))
    first = "valuation.inception", "first_value"
    yield figure("LATE", "SI_SUBACCOUNT", FUNDS, first)
    yield figure("LATE", "SI_FUND", FUNDS, first)  # ninety days before the first value
    yield figure("LATE", "2006-06-26..2007-12-31", FUNDS, first)  # no day of inception
    yield figure("LATE", "SI_CONTRACT", FUNDS, first, ("contract.inception", "2006-06-28"))
    for policy in ("blank", "since_fund", "since_subaccount", "since_contract"):
        rule = "periods.without_history", policy
        for fund in ("LATE", "OLD"):
            yield from (figure(fund, period, FUNDS, rule) for period in ("1Y", "2Y"))
        yield figure("LATE", "2Y", FUNDS, rule, first, charges="annual")
        yield figure("LATE", "2Y", FUNDS, rule, ("valuation.rule", "on_or_after"), ("contract.inception", "2007-03-31"))
    for fund in ("NEW", "OLD", "Late Fund"):  # a closed one, and one that has its last day on the last day
        for period in ("1Y", "SI_SUBACCOUNT", "2005-12-31..2006-12-31"):
            yield figure(fund, period, CLOSED, charges="asset")
    for policy in ("error", "blank", "since_fund"):  # an inception that is still to come
        yield figure("LATE", "SI_SUBACCOUNT", FUNDS, ("periods.without_history", policy), as_of="2006-06-27")
    for period in ("1Y_CUMULATIVE", "2Y cumulative", "9M annualised", "6M_Annualized", "2y, cumulative", "5YCUMULATIVE",
                   "2005-06-30..2006-12-31 cumulative", "CUMULATIVE"):  # fmt: skip
        yield figure("NEW", period, FUNDS)
    for day in ("2005-05-15", "2006-03-31", "2006-03-30", "2007-01-05"):
        yield "UNIT_VALUE_AT", [VALUES, "NEW", day, None, FUNDS]
        yield "UNIT_VALUE_AT", [VALUES, "NEW", day, None, FUNDS, TERMS]
        yield "UNIT_VALUE_AT", [VALUES, "OLD", day, 400, UNJOINED]
    yield "UNIT_VALUE_AT", [VALUES, "LATE", "2006-06-27", None, FUNDS, [*TERMS, list(first)]]
    yield (
        "PERFORMANCE_TABLE",
        [[*TERMS, ["periods.without_history", "blank"]], VALUES, "2007-12-31", [["1Y", "2Y"]], None, FUNDS],
    )
    zero = [*VALUES[:-1], [VALUES[-1][0], 0, 1, 0, 1]]
    yield from (("CONTRACT_AATR", [TERMS, zero, fund, "2007-12-31", "1Y"]) for fund in ("OLD", "NEW"))


@pytest.mark.parametrize("engine", ALL)
def test_histories_as_python_has_them(engine, tmp_path):
    calls = list(histories())
    wrong, good = differing(tmp_path / "histories.xlsx", engine, calls)
    assert not wrong
    assert good > len(calls) / EVERY[engine] / 3
