"""Expense tables of a prospectus."""

from __future__ import annotations

from xl_flexextra.cells import scalars
from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions.declaration import Example
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.terms import Terms

CATEGORY = "Flex Extra expenses"
AMERICAN_FIDELITY = [
    ["annual_charge.form", "none"], ["cdsc.schedule", 0], ["payment.front_end_load", 0.04],
    ["charge.1.base", "dollars"], ["charge.1.dollars", 15.5], ["charge.1.timing", "payment"],
    ["separate_account.charge", 0.0096025], ["expense.fund_expenses", 0.0013],
]  # fmt: skip
KEY_INFORMATION = [
    ["annual_charge.form", "none"], ["cdsc.schedule", 0], ["separate_account.charge", 0.0115],
    ["expense.lowest_fund_expenses", 0.0056], ["expense.highest_fund_expenses", 0.0359],
    ["expense.asset_charge_on", "year_end_value"],
]  # fmt: skip
PAYMENT = {"payment": "Purchase payment in dollars. Left out: that of the terms."}


@worksheet_function(
    CATEGORY,
    examples=(
        Example((AMERICAN_FIDELITY, 1), 522.01, 2, source="by hand; American Fidelity, 2019: 522"),
        Example((AMERICAN_FIDELITY, 3), 747.505, 3, source="by hand; 747 is printed"),
        Example((AMERICAN_FIDELITY, 10), 1685.71, 2, source="by hand; 1,686 is printed"),
        Example((AMERICAN_FIDELITY, 1, "lost"), VALUE, source="surrendered, annuitised or kept"),
        Example((KEY_INFORMATION, 1), NA, source="these terms have no expense.fund_expenses"),
    ),
    returns="number",
    arguments={
        "outcome": "'surrendered', 'annuitised' or 'kept' at the end. Left out: surrendered.",
        "fund_expenses": "Annual fund expenses as a fraction. Left out: 'expense.fund_expenses' of the terms.",
        "years": "Whole years: 1, 3, 5, 10.",
        **PAYMENT,
    },
)
def EXPENSE_EXAMPLE(
    terms: Terms,
    years: float,
    outcome: str = "surrendered",
    fund_expenses: float | None = None,
    payment: float | None = None,
) -> float:
    """Expense example of a prospectus: what an owner pays in all over some years, in dollars.

    The payment grows by expense.growth a year (5%); load, premium tax and charges of the terms, asset charges and fund
    expenses add up, on surrender with the CDSC. What asset charges are a fraction of is 'expense.asset_charge_on' of the
    terms. A charge by share is the whole contract's. Source: SEC Form N-4, expense example.

    >>> terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["expense.asset_charge_on", "year_end_value"]]
    >>> EXPENSE_EXAMPLE(terms, 1, "kept", 0.01)
    105.0
    """
    from xl_flexextra.calculation import expenses

    how = scalars.choice(outcome, expenses.OUTCOMES, "outcome")
    whole = scalars.whole("years", years, 1, 100)
    rate = None if fund_expenses is None else scalars.fraction("'fund_expenses'", fund_expenses, below_one=True)
    return expenses.example(terms, whole, how, rate, payment)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((KEY_INFORMATION, "lowest"), 1584.0, 0, source="2023 table, 1.71%: 100,000 / 10 x (1 - 0.9829 ^ 10)"),
        Example((KEY_INFORMATION, "highest"), 3847.0, 0, source="2023 table, 4.74%"),
        Example((AMERICAN_FIDELITY, "lowest"), NA, source="these terms have no expense.lowest_fund_expenses"),
        Example((KEY_INFORMATION, "middle"), VALUE, source="lowest or highest"),
    ),
    returns="number",
    arguments={"which": "'lowest' or 'highest'.", **PAYMENT},
)
def ANNUAL_COST(terms: Terms, which: str, payment: float | None = None) -> float:
    """Lowest or highest annual cost of a prospectus's Key Information Table, in dollars.

    Charges of ten years on 100,000 that grows by expense.growth a year, each year's discounted by it, averaged, without
    sales charges; the highest with 'expense.optional_benefits'. The terms 'expense.annual_cost' and
    'expense.asset_charge_on' name other readings. Source: SEC Form N-4, Item 2.

    >>> terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["separate_account.charge", 0.01],
    ...          ["expense.lowest_fund_expenses", 0.0071], ["expense.asset_charge_on", "year_end_value"]]
    >>> round(ANNUAL_COST(terms, "lowest"))
    1584
    """
    from xl_flexextra.calculation import expenses

    return expenses.annual_cost(terms, scalars.choice(which, (expenses.LOWEST, expenses.HIGHEST), "which"), payment)


__all__ = ["ANNUAL_COST", "EXPENSE_EXAMPLE"]
