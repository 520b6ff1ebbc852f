"""What the native functions do not know is an error, never a figure: each case beside what Python gives."""

import flexextra_udfs as udf
import pytest
from call_book import ALL, CallBook, is_error, same

from xl_flexextra import catalogue, sample
from xl_flexextra.cells.scalars import SCALARS
from xl_flexextra.errors import CellError, FlexExtraError
from xl_flexextra.functions.declaration import SampleTable
from xl_flexextra.hosts.native.definitions import definitions

DEFINED = definitions()

TERMS = [list(row) for row in sample.rows("FlexibleTerms")]
UV, SHARES, FUNDS = SampleTable("UnitValues"), SampleTable("Shares"), SampleTable("Funds")
VALUES = [list(row) for row in sample.rows("UnitValues")]
PREDECESSOR = [["fund", "predecessor", "substituted_on"], ["EQUITY", "BLEND", "2005-07-31"], ["BLEND", None, None]]
LEVELS = [[row[0], fund, level] for row in VALUES[1:] for fund, level in zip(VALUES[0][1:], row[1:], strict=True)]
LONG = [["date", "fund", "unit value"], *LEVELS]


def changed(*pairs):
    keys = {key for key, _ in pairs}
    return [row for row in TERMS if row[0] not in keys] + [[*pair] for pair in pairs]


def asked(terms, unit_values=UV, fund="EQUITY", as_of="2008-07-31", period="1Y", *rest):
    return [terms, unit_values, fund, as_of, period, *(rest or [SHARES])]


CASES = {
    "misspelled key": asked(changed(("anual_charge.dollars", 35))),
    "unknown choice": asked(changed(("annual_charge.timing", "yearly"))),
    "choice in capitals": asked(changed(("cdsc.base", "VALUE"))),
    "dated term": asked(changed(("annual_charge.dollars from 2006-05-01", 30)), UV, "EQUITY", "2008-07-31", "5Y"),
    "dated term without a day": asked(changed(("annual_charge.dollars from May", 30))),
    "dated choice": asked(changed(("cdsc.base from 2006-05-01", "payment"))),
    "dated rate of a contract year": asked(changed(("cdsc.schedule.1 from 2006-05-01", 0.01))),
    "term that may not change": asked(changed(("payment.unit_decimals from 2006-05-01", 2))),
    "key twice": asked([*TERMS, ["annual_charge.dollars", 30]]),
    "value without a key": asked([*TERMS, [None, 30]]),
    "rate of a blank": asked([*TERMS, [" ", 0.5]]),
    "kind as a key": asked([*TERMS, ["payment.amount: whole", 30]]),
    "rate in percent": asked(changed(("free_withdrawal.rate", 10))),
    "rate below zero": asked(changed(("free_withdrawal.rate", -0.1))),
    "half a decimal": asked(changed(("years.decimals", 2.5))),
    "limit as text": asked(changed(("annual_charge.waived_above", "a lot"), ("annual_charge.average_contract_size", 30000))),
    "percent as text": asked(changed(("free_withdrawal.rate", "10%"))),
    "dollars as text": asked(changed(("annual_charge.dollars", "$35.00"))),
    "no schedule": asked([row for row in TERMS if not str(row[0]).startswith("cdsc.schedule")]),
    "schedule with a gap": asked([row for row in TERMS if row[0] != "cdsc.schedule.2"]),
    "schedule with two meanings": asked(
        [*(row for row in TERMS if not str(row[0]).startswith("cdsc.schedule")), ["cdsc.schedule", "1, 0"]]
    ),
    "charge without a base": asked(changed(("charge.1.rate", 0.01))),
    "charge numbered from two": asked(changed(("charge.2.base", "value"), ("charge.2.rate", 0.01))),
    "charge without a number": asked(changed(("charge.one.rate", 0.01))),
    "charge of a rate in dollars": asked(changed(("charge.1.base", "dollars"), ("charge.1.rate", 0.01))),
    "daily charge of payments": asked(
        changed(("charge.1.base", "payment"), ("charge.1.rate", 0.01), ("charge.1.timing", "daily"))
    ),
    "later value off the payment": asked(
        changed(("charge.1.base", "value"), ("charge.1.rate", 0.01), ("charge.1.timing", "payment"))
    ),
    "without_history blank": asked(changed(("periods.without_history", "blank")), UV, "EQUITY", "2008-07-31", "20Y"),
    "first value after inception": asked(changed(("valuation.inception", "first_value"))),
    "another contract by name": asked("flex_extra_other"),
    "shipped name in capitals": asked("FLEX_EXTRA_FLEXIBLE"),
    "substituted fund": asked(TERMS, UV, "EQUITY", "2008-07-31", "5Y", SHARES, PREDECESSOR),
    "period in words": asked(TERMS, UV, "EQUITY", "2008-07-31", "five years"),
    "half a year": asked(TERMS, UV, "EQUITY", "2008-07-31", "1.5Y"),
    "no year": asked(TERMS, UV, "EQUITY", "2008-07-31", "0Y"),
    "days": asked(TERMS, UV, "EQUITY", "2008-07-31", "31D"),
    "from a date to a date": asked(TERMS, UV, "EQUITY", "2008-07-31", "2005-07-31..2007-07-31"),
    "dates the wrong way round": asked(TERMS, UV, "EQUITY", "2008-07-31", "2007-07-31..2005-07-31"),
    "calendar year not over": asked(TERMS, UV, "EQUITY", "2008-07-31", "CY2008"),
    "no inception": asked(TERMS, UV, "EQUITY", "2008-07-31", "SI_FUND"),
    "fund by printed name": asked(TERMS, UV, "MML Equity", "2008-07-31", "1Y", SHARES, FUNDS),
    "unknown fund": asked(TERMS, UV, "EQUITIES"),
    "long unit values": asked(TERMS, LONG, "EQUITY", "2008-07-31", "5Y"),
    "unit values out of order": asked(TERMS, [VALUES[0], *VALUES[:0:-1]]),
    "text in a unit value": asked(TERMS, [*VALUES[:-1], [VALUES[-1][0], 1, 1, "n/a", 1, 1, 1, 1]]),
    "charges unknown": asked(TERMS, UV, "EQUITY", "2008-07-31", "1Y", SHARES, None, "some"),
    "share above 1": asked(TERMS, UV, "EQUITY", "2008-07-31", "1Y", [["EQUITY", 27.82]]),
    "fund without a share": asked(TERMS, UV, "EQUITY", "2008-07-31", "1Y", [["BLEND", 0.2]]),
    "as_of not a date": asked(TERMS, UV, "EQUITY", "last July"),
}


@pytest.mark.parametrize("engine", ALL)
def test_bad_input_never_gives_a_wrong_figure(engine, tmp_path):
    book = CallBook(tmp_path / "refusals.xlsx", engine)
    places = {name: book.add("CONTRACT_AATR", args) for name, args in CASES.items()}
    found, wrong, figures = book.evaluate(), {}, 0
    for name, args in CASES.items():
        try:
            want = udf.CONTRACT_AATR(*[sample.rows(str(a)) if isinstance(a, SampleTable) else a for a in args])
        except FlexExtraError:
            want = None
        got = found[places[name]][0][0]
        figures += not is_error(got)
        if not is_error(got) and (want is None or not same(got, want)):
            wrong[name] = (got, want)
    assert not wrong
    assert figures >= 7  # those that are not bad are answered


def ranges_for_single_values():
    """Every example that gives something, with a column of two in the place of one value."""
    for function in catalogue.functions():
        good = [one for one in function.examples if not isinstance(one.gives, CellError)] if function.name in DEFINED else []
        for place, argument in enumerate(function.arguments):
            if argument.kind not in SCALARS or argument.name in function.together:
                continue
            for example in good:
                if len(example.args) > place and isinstance(example.args[place], int | float | str):
                    yield function.name, [*example.args[:place], [[example.args[place]]] * 2, *example.args[place + 1 :]]
                    break


@pytest.mark.parametrize("engine", ALL)
def test_a_range_for_one_value_is_an_error(engine, tmp_path):
    book, calls = CallBook(tmp_path / "ranges.xlsx", engine), list(ranges_for_single_values())
    places = [book.add(name, args, (2, 2)) for name, args in calls]
    found = book.evaluate()
    assert not [(call, found[at]) for call, at in zip(calls, places, strict=True) if not is_error(found[at][0][0])]
    assert len(calls) > 50
