"""Charges as a list: a filing's expenses by its terms file, the rows of the payment, dated charges, old and new keys."""

import datetime
from pathlib import Path

import pytest
from flexextra_udfs import (
    CONTRACT_AATR,
    CONTRACT_PATH,
    EXPLAIN_RETURN,
    GROWTH_OF_PAYMENT,
    IMPLIED_CHARGE,
    MAINTENANCE_CHARGE,
    REDEEMABLE_VALUE,
)  # fmt: skip

from xl_flexextra import terms
from xl_flexextra.errors import BadInput, MissingData

CASES = Path(__file__).parents[1] / "cases" / "terms"
D = datetime.date
VALUES = [["date", "S"], ["2005-12-31", 10], ["2006-12-31", 11], ["2007-12-31", 12.1]]


def close(number):
    return pytest.approx(number, rel=1e-12)


def path(given, until="2006-12-31", period="1Y", shares=None):
    """The rows of a walk by heading."""
    header, *rows = CONTRACT_PATH(contract(given), VALUES, "S", until, period, shares)
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def contract(given):
    return terms.Terms({"contract.name": "c", "cdsc.schedule": [0.0], **given})


@pytest.mark.parametrize(
    ("years", "printed", "by_hand"), [(1, 522, 522.009), (3, 747, 747.505), (5, 991, 990.722), (10, 1686, 1685.710)]
)
def test_the_expenses_of_a_prospectus_come_from_its_terms_file(years, printed, by_hand):
    """9,584.50 of 10,000 are invested; a year's charge is 0.0109025 x the mean of its balances; 3 years print 747."""
    by_terms = terms.from_toml(CASES / "american_fidelity_mean_balance.toml")
    values = [["date", "S"], *([D(2000 + k, 12, 31), 10 * 1.05**k] for k in range(11))]
    header, *rows = CONTRACT_PATH(by_terms, values, "S", D(2000 + years, 12, 31), f"{years}Y")
    named = range(3, header.index("value"))
    paid = sum(row[k] for row in rows for k in named if row[k] != "")
    start, total = 9584.50, 415.50
    for _ in range(years):
        end = start * 1.05 * (1 - 0.0109025)
        total, start = total + 0.0109025 * (start + end) / 2, end
    assert paid == close(total)
    assert paid == pytest.approx(by_hand, abs=5e-4)
    assert abs(paid - printed) <= 0.51  # 747.505 is printed as 747
    assert rows[-1][header.index("ERV")] == close(start)


def test_the_payment_has_a_row_for_each_thing_that_is_taken_off_it():
    rows = path({
        "payment.front_end_load": 0.05, "payment.bonus_rate": 0.03,
        "premium_tax.when": "at_payment", "premium_tax.rate": 0.02,
        "charge.1.name": "fee", "charge.1.base": "dollars", "charge.1.dollars": 15.5, "charge.1.timing": "payment",
    })  # fmt: skip
    assert [row["step"] for row in rows] == ["payment", "load", "bonus", "premium tax", "fee", "invested", "redeemed"]
    assert [row["value"] for row in rows] == [1000, 950, 980, 960, 944.5, 944.5, close(1038.95)]
    taken = [row[name] for row, name in zip(rows[1:5], ("load", "bonus", "premium tax", "fee"), strict=True)]
    assert taken == [50, 30, 20, 15.5]
    assert [row["units bought"] for row in rows] == ["", "", "", "", "", 94.45, ""]
    assert [row["units left"] for row in rows[5:]] == [94.45, 94.45]


def test_units_are_bought_cancelled_and_left():
    first, second, third = path({"charge.1.base": "dollars", "charge.1.dollars": 11}, "2007-12-31", "2Y")
    assert (first["units bought"], first["units cancelled"], first["units left"]) == (100, 0, 100)
    assert (second["units cancelled"], second["units left"]) == (close(1), close(99))
    assert (third["units cancelled"], third["units left"]) == (close(11 / 12.1), close(99 - 11 / 12.1))
    assert [row["step"] for row in (first, second, third)] == ["invested", "end of year 1", "redeemed"]


def test_a_charge_that_begins_later_and_one_that_changes():
    rider = {"charge.1.base": "payment", "charge.1.rate": 0.0, "charge.2.base": "dollars", "charge.2.dollars": 10.0}
    later = terms.Terms({"contract.name": "c", "cdsc.schedule": [0.0], **rider},
                        [(D(2007, 1, 1), {"charge.1.rate": 0.004, "charge.2.dollars": 20.0})])  # fmt: skip
    header, *rows = CONTRACT_PATH(later, VALUES, "S", "2007-12-31", "2Y")
    assert [row[header.index("charge 1")] for row in rows] == [0, 0, 4]
    assert [row[header.index("charge 2")] for row in rows] == [0, 10, 20]
    assert rows[-1][header.index("ERV")] == close((1100 - 10) * 1.1 - 24)


def test_a_daily_rate_that_changes_within_a_step_counts_by_its_days():
    daily = {"charge.1.base": "value", "charge.1.rate": 0.01, "charge.1.timing": "daily"}
    changed = terms.Terms(
        {"contract.name": "c", "cdsc.schedule": [0.0], **daily}, [(D(2006, 7, 1), {"charge.1.rate": 0.02})]
    )
    # 182 days from 31 December to 1 July, 183 to 31 December
    wanted = 1.1 * 0.99 ** (182 / 365) * 0.98 ** (183 / 365) - 1
    assert CONTRACT_AATR(changed, VALUES, "S", "2006-12-31", "1Y") == close(wanted)


SHORT = {"annual_charge.form": "average_size", "annual_charge.dollars": 30.0,
         "annual_charge.average_contract_size": 40_000.0,
         "annual_charge.part_year": "by_days", "rider.rate": 0.004, "rider.timing": "contract_quarter"}  # fmt: skip
LISTED = {"charge.1.base": "average_size", "charge.1.dollars": 30.0, "charge.1.average_contract_size": 40_000.0,
          "charge.2.base": "value", "charge.2.rate": 0.004, "charge.2.timing": "contract_quarter"}  # fmt: skip


def test_the_short_form_and_the_list_are_one():
    days = [D(2005, 12, 31), D(2006, 3, 31), D(2006, 6, 30), D(2006, 9, 30), D(2006, 12, 31), D(2007, 3, 15)]
    levels = [10, 10.4, 9.9, 10.2, 11, 11.2]
    ervs = [REDEEMABLE_VALUE(contract(given), days, levels) for given in (SHORT, LISTED)]
    assert ervs[0] == ervs[1]
    values = [["date", "S"], *zip(days, levels, strict=True)]
    lines = [GROWTH_OF_PAYMENT(values, "S", terms=contract(given)) for given in (SHORT, LISTED)]
    assert lines[0] == lines[1]


def test_the_maintenance_charge_of_a_list_is_its_first():
    listed = contract({"charge.1.base": "share", "charge.1.dollars": 50, "charge.1.at_most_of_value": 0.02,
                       "charge.1.waived_above": 50_000, "charge.1.waived_measure": "value"})  # fmt: skip
    assert MAINTENANCE_CHARGE(listed, 0.5, 1_000) == close(0.02 * 1_000 * 0.5)
    assert MAINTENANCE_CHARGE(listed, 0.5, 10_000) == close(25)
    assert MAINTENANCE_CHARGE(listed, 0.5, 50_001) == 0
    with pytest.raises(MissingData, match="'account_value' is missing; the charge of c is at most a fraction of it"):
        MAINTENANCE_CHARGE(listed, 0.5)
    rolled = contract({"charge.1.base": "roll_up", "charge.1.rate": 0.01, "charge.1.roll_up_rate": 0.05})
    with pytest.raises(BadInput, match="charge 1 of c depends on more than one value; use CONTRACT_PATH"):
        MAINTENANCE_CHARGE(rolled, None, 1_000)


def test_an_annual_charge_is_implied_beside_charges_of_the_list():
    given = {"annual_charge.form": "share", "annual_charge.dollars": 35.0, "charge.1.base": "payment", "charge.1.rate": 0.01,
             "charge.2.base": "dollars", "charge.2.dollars": 50, "charge.2.timing": "payment"}  # fmt: skip
    # 950 grow by a tenth to 1,045, less 10 of the payment and 14
    ((_, best, _),) = IMPLIED_CHARGE(contract(given), 0.1, 1.021 - 1, "1Y", 8)
    assert best == pytest.approx(14, abs=1e-5)
    shared = {**given, "charge.2.base": "share", "charge.2.timing": "contract_anniversary"}
    with pytest.raises(BadInput, match="take another charge by share, which is not known here"):
        IMPLIED_CHARGE(contract(shared), 0.1, 0.05, "1Y")


def test_the_totals_of_the_path_are_the_charges_that_the_sentence_names():
    named = {"charge.1.name": "administration", "charge.2.name": "death benefit"}
    listed = {**LISTED, **named, "charge.2.timing": "contract_anniversary"}
    rows = path(listed, "2007-12-31", "2Y")
    said = EXPLAIN_RETURN(contract(listed), VALUES, "S", "2007-12-31", "2Y")
    for name in ("administration", "death benefit"):
        assert f"{name} of ${sum(row[name] for row in rows):.2f} is taken on 2 days" in said
