"""On which days how much is charged: $365 a year, so that a day costs a dollar, at a unit value that does not move."""

import datetime

import pytest

from xl_flexextra import terms
from xl_flexextra.calculation import contract_figures
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues

D = datetime.date
DAYS = [D(2005, 7, 31) + datetime.timedelta(days=k) for k in range(1400)]
FLAT = UnitValues(DAYS, ("S",), [10.0] * len(DAYS))


def charges(given, start, finish, held=False):
    """What is taken, by day: annual charge and rider."""
    by_terms = terms.Terms({"contract.name": "n", "payment.amount": 10_000.0, "cdsc.schedule": [0.0], **given})
    funds = Funds.from_rows([["fund", "subaccount_inception"], ["S", start]])
    grid = contract_figures.ContractFigures(
        by_terms, FLAT, D.fromisoformat(finish), Shares([(None, "S", 1.0)]), funds, "annual" if held else "all"
    )
    result = grid.result("S", "SI_SUBACCOUNT")
    taken = result.path.taken_all()
    return {day.isoformat(): float(charge) for day, charge in zip(result.dates, taken, strict=True) if charge}


def annual(timing, part_year="by_days", **more):
    return {
        "annual_charge.form": "share", "annual_charge.dollars": 365.0, "annual_charge.timing": timing,
        "annual_charge.part_year": part_year, **{f"annual_charge.{key}": value for key, value in more.items()},
    }  # fmt: skip


def rider(timing, part_year="by_days"):
    return {
        "annual_charge.form": "none", "rider.rate": 0.0365, "rider.base": "payment", "rider.timing": timing,
        "rider.part_year": part_year,
    }  # fmt: skip


THREE = {"2006-07-31": 365, "2007-07-31": 365, "2008-07-31": 365}
STARTS = {"2005-07-31": 365, "2006-07-31": 365, "2007-07-31": 365}
ENDED, HELD = {**STARTS, "2008-07-31": 184}, {**STARTS, "2008-07-31": 365}


@pytest.mark.parametrize(
    ("rule", "start", "finish", "redeemed", "held"),
    [
        (("contract_anniversary",), "2005-07-31", "2008-07-31", THREE, THREE),
        (("contract_anniversary",), "2005-07-31", "2009-01-31", {**THREE, "2009-01-31": 184}, THREE),
        (("contract_anniversary", "full"), "2005-07-31", "2009-01-31", {**THREE, "2009-01-31": 365}, THREE),
        (("contract_anniversary", "none"), "2005-07-31", "2009-01-31", THREE, THREE),
        # the year to 31 July 2008 has 366 days
        (("contract_anniversary", "by_days_of_year"), "2007-07-31", "2008-01-31", {"2008-01-31": 365 * 184 / 366}, {}),
        (("contract_anniversary",), "2007-07-31", "2008-07-30", {"2008-07-30": 365}, {}),  # 365 days of them
        (("contract_anniversary",), "2007-07-31", "2007-08-01", {"2007-08-01": 1}, {}),
        # at the start of each year: of the last, unfinished one a part only where the contract is redeemed
        (("start_of_contract_year",), "2005-07-31", "2008-07-31", STARTS, STARTS),
        (("start_of_contract_year",), "2005-07-31", "2009-01-31", ENDED, HELD),
        (("start_of_contract_year",), "2005-07-31", "2006-01-31", {"2005-07-31": 184}, {"2005-07-31": 365}),
        (("start_of_contract_year", "none"), "2005-07-31", "2006-01-31", {}, {"2005-07-31": 365}),
        (("redemption",), "2005-07-31", "2008-07-31", {"2008-07-31": 365}, {}),
        (("redemption",), "2005-07-31", "2009-01-31", {"2009-01-31": 184}, {}),
        (
            ("calendar_year_end",), "2005-07-31", "2007-07-31",
            {"2005-12-31": 153, "2006-12-31": 365, "2007-07-31": 212}, {"2005-12-31": 153, "2006-12-31": 365},
        ),
        (("calendar_year_end",), "2005-07-31", "2006-12-31", *2 * ({"2005-12-31": 153, "2006-12-31": 365},)),
        (("calendar_year_end",), "2005-12-31", "2006-12-31", *2 * ({"2006-12-31": 365},)),
        (("calendar_year_end",), "2006-01-01", "2006-12-31", *2 * ({"2006-12-31": 364},)),
        (("calendar_year_end",), "2006-01-01", "2006-12-30", {"2006-12-30": 363}, {}),
        (("calendar_year_end",), "2008-07-31", "2008-12-31", *2 * ({"2008-12-31": 153},)),
        (("calendar_year_end", "by_days_of_year"), "2007-12-31", "2008-07-31", {"2008-07-31": 365 * 213 / 366}, {}),
        (("calendar_year_end", "by_days_of_year"), "2006-12-31", "2007-07-31", {"2007-07-31": 365 * 212 / 365}, {}),
    ],
)  # fmt: skip
def test_an_annual_charge(rule, start, finish, redeemed, held):
    assert charges(annual(*rule), start, finish) == pytest.approx(redeemed, rel=1e-12)
    assert charges(annual(*rule), start, finish, held=True) == pytest.approx(held, rel=1e-12)


@pytest.mark.parametrize(
    ("stub", "year", "charge"),
    [
        ("by_days", 2008, 153),
        ("by_days_of_year", 2008, 365 * 153 / 366),
        ("by_days_of_year", 2007, 153),
        ("full", 2008, 365),
    ],
)
def test_the_first_part_of_a_calendar_year(stub, year, charge):
    rule = annual("calendar_year_end", first_stub=stub)
    assert charges(rule, f"{year}-07-31", f"{year}-12-31") == pytest.approx({f"{year}-12-31": charge}, rel=1e-12)
    assert charges(annual("calendar_year_end", first_stub="none"), f"{year}-07-31", f"{year}-12-31") == {}


def test_a_final_charge_that_is_not_taken():
    rule = annual("calendar_year_end", final="not_taken")
    assert charges(rule, "2005-07-31", "2007-07-31") == {"2005-12-31": 153, "2006-12-31": 365}
    assert charges(rule, "2005-07-31", "2006-12-31") == {"2005-12-31": 153}
    assert charges(rule, "2005-07-31", "2006-12-31", held=True) == {"2005-12-31": 153, "2006-12-31": 365}


@pytest.mark.parametrize("nothing", [{"dollars": 0.0}, {"charged_fraction": 0.0}])
def test_no_charge_needs_no_unit_value_in_between(nothing):
    ends = UnitValues([DAYS[0], D(2008, 7, 31)], ("S",), [10.0, 12.0])
    given = {"contract.name": "n", "cdsc.schedule": [0.0], **annual("contract_anniversary"),
             **{f"annual_charge.{key}": value for key, value in nothing.items()}}  # fmt: skip
    assert contract_figures.ContractFigures(terms.Terms(given), ends, D(2008, 7, 31), Shares([(None, "S", 1.0)])).figure(
        "S", "3Y"
    ) == pytest.approx(1.2 ** (1 / 3) - 1)


QUARTERS = {"2005-10-31": 91.25, "2006-01-31": 91.25}


@pytest.mark.parametrize(
    ("rule", "start", "finish", "redeemed", "held"),
    [
        (("contract_anniversary",), "2005-07-31", "2009-01-31", {**THREE, "2009-01-31": 184}, THREE),
        (("contract_anniversary", "full"), "2005-07-31", "2009-01-31", {**THREE, "2009-01-31": 365}, THREE),
        (("contract_anniversary", "none"), "2005-07-31", "2009-01-31", THREE, THREE),
        (("start_of_contract_year",), "2005-07-31", "2008-07-31", STARTS, STARTS),
        (("start_of_contract_year",), "2005-07-31", "2009-01-31", ENDED, HELD),
        (("start_of_contract_year",), "2005-07-31", "2006-01-31", {"2005-07-31": 184}, {"2005-07-31": 365}),
        (("contract_quarter",), "2005-07-31", "2006-01-31", QUARTERS, QUARTERS),
        (("contract_quarter",), "2005-07-31", "2006-03-15", {**QUARTERS, "2006-03-15": 43}, QUARTERS),
        (("contract_quarter", "full"), "2005-07-31", "2006-03-15", {**QUARTERS, "2006-03-15": 91.25}, QUARTERS),
        (("contract_quarter", "none"), "2005-07-31", "2006-03-15", QUARTERS, QUARTERS),
        # 31 January to 30 April 2006 are 89 days
        (
            ("contract_quarter", "by_days_of_year"), "2005-07-31", "2006-03-15",
            {**QUARTERS, "2006-03-15": 91.25 * 43 / 89}, QUARTERS,
        ),
        # the first quarter ends on the month end, though the period ends on a 30th; to 31 October are 92 days
        (
            ("contract_quarter", "by_days_of_year"), "2006-04-30", "2006-08-30",
            {"2006-07-31": 91.25, "2006-08-30": 91.25 * 30 / 92}, {"2006-07-31": 91.25},
        ),
    ],
)  # fmt: skip
def test_a_rider(rule, start, finish, redeemed, held):
    assert charges(rider(*rule), start, finish) == pytest.approx(redeemed, rel=1e-12)
    assert charges(rider(*rule), start, finish, held=True) == pytest.approx(held, rel=1e-12)
