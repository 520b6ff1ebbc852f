"""A fault put into the source gives another answer than the one by hand, or that of a filing."""

import pytest
from call_book import SHIPPED, CallBook, same

from xl_flexextra.functions.declaration import SampleTable
from xl_flexextra.hosts.native.definitions import definitions

DEFINED = definitions(SHIPPED)
UV, SHARES = SampleTable("UnitValues"), SampleTable("Shares")
NONE = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["expense.asset_charge_on", "year_end_value"]]
JOINED = [["date", "OLD", "NEW"], ["2006-12-31", 10, None], ["2007-06-30", 12, 6], ["2007-12-31", 13, 6.6]]
SUBSTITUTED = [["fund", "predecessor", "substituted_on"], ["NEW", "OLD", "2007-06-30"]]
EARLY = [["date", "S"], ["2007-01-03", 10], ["2007-12-31", 11]]
FIRST = [["fund", "subaccount_inception"], ["S", "2006-12-31"]]
PAGE = [["fund", "period", "published"], ["A", "1Y", 0.0512], ["B", "1Y", 0]]
FLEXIBLE = ["flex_extra_flexible", UV, "EQUITY", "2008-07-31", "1Y", SHARES]

MUTANTS = [  # the name, the fault, a call, at which row and column what stands there by hand
    ("FX_SCALED", "ratio * level", "level", "UNIT_VALUE_AT", [JOINED, "NEW", "2006-12-31", None, SUBSTITUTED], (0, 0), 5.0),
    (
        "FX_VALUED_BY",
        "early <= most",
        "early > most",
        "CONTRACT_AATR",
        [[*NONE, ["valuation.inception", "first_value"]], EARLY, "S", "2007-12-31", "SI_SUBACCOUNT", None, FIRST, "asset"],
        (0, 0),
        0.1,
    ),
    (
        "FX_WITH_HISTORY",
        'policy = "blank", ""',
        'policy = "blank", start',
        "CONTRACT_AATR",
        [[*NONE, ["periods.without_history", "blank"]], EARLY, "S", "2007-12-31", "5Y", None, None, "asset"],
        (0, 0),
        "",
    ),
    (
        "FX_STATED",
        '"CUMULATIVE", "cumulative"',
        '"CUMULATIVE", "annualised"',
        "CONTRACT_AATR",
        [
            NONE,
            [["date", "S"], ["2005-12-31", 10], ["2007-12-31", 12.1]],
            "S",
            "2007-12-31",
            "2Y_CUMULATIVE",
            None,
            None,
            "asset",
        ],
        (0, 0),
        0.21,
    ),
    ("FX_SLIP", "ours = -theirs", "ours = theirs", "TIE_VERDICT", [-0.0512, 0.0512], (0, 0), "open: sign lost"),
    (
        "FX_PRINTED",
        'rule = "half_even"',
        'rule = "half_away"',
        "TIE_DIFFERENCE",
        [0.12345, 0.1234, None, [*NONE, ["rounding.rule", "half_even"]]],
        (0, 0),
        0,
    ),
    (
        "FX_NEIGHBOUR",
        "= theirs, 1, 0",
        "= theirs, 0, 1",
        "TIE_NEIGHBOUR",
        [PAGE, [[0.07], [0.0512]], 1],
        (0, 0),
        "neighbour's row: B",
    ),
    (
        "FX_RECURRING",
        "days / 365",
        "days / 360",
        "MONEY_MARKET_BASE_RETURN",
        [
            10,
            10.01,
            0,
            None,
            [*NONE[1:], ["annual_charge.form", "none"], ["charge.1.base", "value"], ["charge.1.rate", 0.0365]],
        ],
        (0, 0),
        0.0003,
    ),
    (
        "FX_BASE_DAYS",
        "between <> stated",
        "between = stated",
        "MONEY_MARKET_YIELD",
        [0.001, None, None, None, "2007-12-24", "2007-12-31"],
        (0, 0),
        0.001 * 365 / 7,
    ),
    ("FX_CHARGED", "SUM(mine * ", "SUM((1 - mine) * ", "CONTRACT_FIGURE", ["charge", *FLEXIBLE], (0, 0), 9.737),
    (
        "FX_DAY_ROWS",
        "value / level",
        "level / value",
        "CONTRACT_PATH",
        [FLEXIBLE[0], EARLY, "S", "2007-12-31", "2007-01-03..2007-12-31", [["S", 0]]],
        (1, 11),
        100.0,
    ),
    ("FX_HELD_LINE", "/ first", "* first", "GROWTH_OF_PAYMENT", [EARLY, "S", "2007-01-03", 1000], (2, 1), 1100.0),
    (
        "FX_IN_YEAR",
        "finish - last > 3",
        "finish - last > 300",
        "CALENDAR_YEAR_RETURNS",
        [[["date", "S"], ["2006-12-31", 10], ["2007-10-31", 11]], "S", 2007],
        (1, 2),
        "part year",
    ),
    ("FX_EVEN_GROWTH", "(1 + growth)", "(1 + 2 * growth)", "EXPENSE_EXAMPLE", [NONE, 1, "kept", 0.01], (0, 0), 105.0),
    (
        "FX_ANNUAL_COST",
        "growth ^ y",
        "growth",
        "ANNUAL_COST",
        [[*NONE, ["expense.lowest_fund_expenses", 0.01]], "lowest", 1000],
        (0, 0),
        100 * (1 - 0.99**10),
    ),
]


def asked(path, defs, call):
    name, args, (row, column) = call
    book = CallBook(path, "ironcalc", defs)
    book.add(name, args, (row + 1, column + 1))
    return book.evaluate()[0][row][column]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant[0])
def test_a_fault_is_noticed(mutant, tmp_path):
    name, old, new, *call, by_hand = mutant
    assert same(asked(tmp_path / "hand.xlsx", DEFINED, call), by_hand)
    assert old in DEFINED[name].formula
    faulty = DEFINED[name]._replace(formula=DEFINED[name].formula.replace(old, new, 1))
    assert not same(asked(tmp_path / "mutant.xlsx", {**DEFINED, name: faulty}, call), by_hand)
