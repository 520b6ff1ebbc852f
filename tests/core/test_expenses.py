"""Expense tables of a prospectus by hand: the example in dollars, and the annual cost of the Key Information Table."""

import pytest
from flexextra_udfs import ANNUAL_COST, CONTRACT_FIGURE, EXPENSE_EXAMPLE

from xl_flexextra import terms
from xl_flexextra.calculation import expenses
from xl_flexextra.errors import BadInput, MissingData

PLAIN = {"contract.name": "plain", "annual_charge.form": "none", "cdsc.schedule": [0.07, 0.06], "cdsc.thereafter": 0.0}


def contract(**more):
    return terms.Terms({**PLAIN, **{key.replace("__", "."): value for key, value in more.items()}})


@pytest.mark.parametrize(
    ("read", "one", "two"),
    [
        # by hand, 10,000 at 5% less 2%: 10,000 -> 10,290 -> 10,588.41; before the charge 10,500 and 10,804.50
        ("average_value", 0.02 * (10000 + 10290) / 2, 0.02 * (10290 + 10588.41) / 2),
        ("year_end_value", 210.0, 216.09),
        ("year_start_value", 200.0, 206.0),  # 10,000 -> 10,300
    ],
)
def test_each_reading_of_the_form_by_hand(read, one, two):
    by_terms = contract(separate_account__charge=0.015, expense__fund_expenses=0.005, expense__asset_charge_on=read)
    assert EXPENSE_EXAMPLE(by_terms, 1, "kept") == pytest.approx(one, abs=1e-8)
    assert EXPENSE_EXAMPLE(by_terms, 2, "kept") == pytest.approx(one + two, abs=1e-8)


def test_surrendered_annuitised_and_kept():
    by_terms = contract(expense__fund_expenses=0.02, expense__asset_charge_on="year_end_value")
    # by hand: 210 of the first year, and 7% of the 10,290 that are left
    assert EXPENSE_EXAMPLE(by_terms, 1) == pytest.approx(210 + 0.07 * 10290)
    assert EXPENSE_EXAMPLE(by_terms, 1, "annuitised") == EXPENSE_EXAMPLE(by_terms, 1, "kept") == pytest.approx(210)
    charged = by_terms.replace(expense__annuitised="as_surrendered")
    assert EXPENSE_EXAMPLE(charged, 1, "annuitised") == EXPENSE_EXAMPLE(charged, 1)
    assert EXPENSE_EXAMPLE(by_terms, 3) == EXPENSE_EXAMPLE(by_terms, 3, "kept")  # after the schedule


def test_dollars_off_the_payment_and_a_years_dollars():
    given = {
        **PLAIN, "payment.front_end_load": 0.04, "charge.1.base": "dollars", "charge.1.dollars": 15.5,
        "charge.1.timing": "payment", "charge.2.base": "average_size", "charge.2.dollars": 30.0,
        "charge.2.average_contract_size": 60000.0,
    }  # fmt: skip
    by_terms = terms.Terms(given)
    # by hand: 400 + 15.50 once, 30 x 10,000 / 60,000 = 5.00 a year; no fund expenses
    assert EXPENSE_EXAMPLE(by_terms, 3, "kept", 0.0) == pytest.approx(415.5 + 15.0)
    assert EXPENSE_EXAMPLE(by_terms, 3, "kept", 0.0, 20000) == pytest.approx(800 + 15.5 + 30.0)


def test_a_charge_by_share_is_the_whole_contracts():
    assert EXPENSE_EXAMPLE("flex_extra_flexible", 1, "kept", 0.0) >= 35.0


def test_the_american_fidelity_example():
    """Prospectus of 2019 (CIK 5007, 0001061128-19-000034), fee table: 522, 747, 991 and 1,686; by hand 747.505."""
    by_terms = terms.Terms({
        "contract.name": "af", "annual_charge.form": "none", "cdsc.schedule": [0.0], "payment.front_end_load": 0.04,
        "charge.1.base": "dollars", "charge.1.dollars": 15.5, "charge.1.timing": "payment",
        "separate_account.charge": 0.0096025, "expense.fund_expenses": 0.0013,
    })  # fmt: skip
    found = [EXPENSE_EXAMPLE(by_terms, years) for years in (1, 3, 5, 10)]
    assert [round(one, 2) for one in found] == [522.01, 747.50, 990.72, 1685.71]


@pytest.mark.parametrize(("rate", "printed"), [(0.0171, 1584), (0.0474, 3847)])
def test_the_annual_cost_of_a_2023_table(rate, printed):
    by_terms = contract(
        separate_account__charge=0.0115, expense__lowest_fund_expenses=rate - 0.0115,
        expense__highest_fund_expenses=rate - 0.0115, expense__asset_charge_on="year_end_value",
    )  # fmt: skip
    assert ANNUAL_COST(by_terms, "lowest") == pytest.approx(10000 * (1 - (1 - rate) ** 10))
    assert round(ANNUAL_COST(by_terms, "highest")) == printed


def test_the_highest_bears_optional_benefits_and_other_readings_have_names():
    by_terms = contract(
        separate_account__charge=0.01, expense__lowest_fund_expenses=0.005, expense__highest_fund_expenses=0.005,
        expense__optional_benefits=0.01, expense__asset_charge_on="year_start_value", payment__front_end_load=0.05,
    )  # fmt: skip
    first = by_terms.replace(expense__annual_cost="first_year")
    assert (ANNUAL_COST(first, "lowest"), ANNUAL_COST(first, "highest")) == (pytest.approx(1500), pytest.approx(2500))
    plain = by_terms.replace(expense__annual_cost="plain_average")
    assert ANNUAL_COST(plain, "lowest") == pytest.approx(1500 * sum(1.035**k for k in range(10)) / 10)
    assert ANNUAL_COST(by_terms, "lowest") == pytest.approx(1500 * sum(1.035**k / 1.05 ** (k + 1) for k in range(10)) / 10)


def test_what_terms_do_not_say_is_missing():
    with pytest.raises(MissingData, match=r"no .expense\.fund_expenses"):
        EXPENSE_EXAMPLE(contract(), 1)
    with pytest.raises(BadInput, match="below 1 together"):
        EXPENSE_EXAMPLE(contract(separate_account__charge=0.5, expense__fund_expenses=0.6), 1)
    assert expenses.table(contract()) is None


def test_a_published_expense_needs_no_fund():
    by_terms = contract(expense__fund_expenses=0.02, expense__asset_charge_on="year_end_value")
    values = [["date", "A"], ["2001-12-31", 1.0]]
    assert CONTRACT_FIGURE("expense", by_terms, values, None, None, "1Y") == EXPENSE_EXAMPLE(by_terms, 1)
    assert CONTRACT_FIGURE("expense", by_terms, values, None, None, "1Y", None, None, "annual") == pytest.approx(210)
    with pytest.raises(BadInput, match="whole number of years"):
        CONTRACT_FIGURE("expense", by_terms, values, None, None, "6M")
