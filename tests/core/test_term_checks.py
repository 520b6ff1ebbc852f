"""Every rule on terms that make no sense together: a contract that breaks it alone, and the sentence."""

import pytest

from xl_flexextra.cells import scalars
from xl_flexextra.errors import BadInput, InvalidTerms
from xl_flexextra.terms import Terms, checks

NONE = {"contract.name": "c", "annual_charge.form": "none", "cdsc.schedule": [0.0]}
SHARE = {**NONE, "annual_charge.form": "share", "annual_charge.dollars": 30}
SIZE = {**SHARE, "annual_charge.form": "average_size", "annual_charge.average_contract_size": 25_000}
RATE = {**NONE, "annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.01}
FREE = {**NONE, "free_withdrawal.form": "percent_of_value"}
WAIVED = {"annual_charge.waived_above": 50_000}
MISSING = "'annual_charge.{}' is missing; {} needs it."
CASES = {
    "no dollars": ({**SHARE, "annual_charge.dollars": None}, MISSING.format("dollars", "annual_charge.form 'share'")),
    "no size": (
        {**SIZE, "annual_charge.average_contract_size": None},
        MISSING.format("average_contract_size", "annual_charge.form 'average_size'"),
    ),
    "no rate": (
        {**RATE, "annual_charge.rate": None}, MISSING.format("rate", "annual_charge.form 'fraction_of_end_value'"),
    ),
    "no size for a waiver": ({**SHARE, **WAIVED}, MISSING.format("average_contract_size", "'annual_charge.waived_above'")),
    "waiver of nothing": (
        {**NONE, **WAIVED, "annual_charge.average_contract_size": 25_000},
        "'annual_charge.waived_above' means nothing with annual_charge.form 'none'; drop it.",
    ),
    "waiver from nothing on": (
        {**SIZE, "annual_charge.waived_above": 0},
        "'annual_charge.waived_above' is 0, so the charge would never be taken; leave it out where nothing is waived.",
    ),
    "no free rate": (FREE, "'free_withdrawal.rate' is missing; a free withdrawal amount needs it."),
    "two free rates": (
        {**FREE, "free_withdrawal.rate": 0.1, "free_withdrawal.schedule": [0.1, 0.2]},
        "'free_withdrawal.rate' and 'free_withdrawal.schedule' are both given; keep one.",
    ),
    "size of zero": (
        {**SIZE, "annual_charge.average_contract_size": 0},
        "'annual_charge.average_contract_size' must be positive (got 0).",
    ),
    "payment of zero": ({**NONE, "payment.amount": 0}, "'payment.amount' must be positive (got 0)."),
    "charge without a form": (
        {**NONE, "annual_charge.dollars": 30}, "annual_charge.form is 'none', but a charge is given; drop one of them.",
    ),
    "rate beside dollars": (
        {**SHARE, "annual_charge.rate": 0.01},
        "'annual_charge.rate' means nothing with annual_charge.form 'share'; drop it.",
    ),
    "dollars beside a rate": (
        {**RATE, "annual_charge.dollars": 30},
        "'annual_charge.dollars' means nothing with annual_charge.form 'fraction_of_end_value'; drop it.",
    ),
    "end value at the start": (
        {**RATE, "annual_charge.timing": "start_of_contract_year"},
        "A fraction of the value at the end of the year cannot be taken at its start; change annual_charge.timing.",
    ),
    "later value from the payment": (
        {**RATE, "annual_charge.taken_as": "from_payment"},
        "A charge taken from the payment cannot depend on a later value; change annual_charge.taken_as.",
    ),
    "decimals of no units": (
        {**SHARE, "annual_charge.unit_decimals": 4}, "'annual_charge.unit_decimals' needs annual_charge.taken_as 'units'.",
    ),
    "final charge never due": (
        {**SHARE, "annual_charge.final": "not_taken", "annual_charge.timing": "redemption"},
        "annual_charge.final 'not_taken' means nothing with annual_charge.timing 'redemption'; drop it.",
    ),
    "first stub of no calendar year": (
        {**SHARE, "annual_charge.first_stub": "full"},
        "'annual_charge.first_stub' needs annual_charge.timing 'calendar_year_end'.",
    ),
    "free rate without a form": (
        {**NONE, "free_withdrawal.rate": 0.1},
        "'free_withdrawal.rate' is given, but free_withdrawal.form is 'none'; drop one of them.",
    ),
    "free amount after the charge": (
        {**FREE, "free_withdrawal.rate": 0.1, "free_withdrawal.measured": "after_charge",
         "cdsc.order": "before_annual_charge"},
        "The free withdrawal amount cannot be measured after the annual charge where CDSC is taken before it.",
    ),
    "cumulative and annualised": (
        {**NONE, "years.long_period": "cumulative", "years.short_period": "annualised"},
        "A cumulative return is not annualised over a short period; change years.short_period.",
    ),
    "yield over no days": ({**NONE, "yield.base_days": 0}, "'yield.base_days' must be positive (got 0)."),
    "tax never taken": (
        {**NONE, "premium_tax.rate": 0.02}, "'premium_tax.rate' is given, but premium_tax.when is 'none'; drop one of them.",
    ),
    "no tax rate": (
        {**NONE, "premium_tax.when": "at_payment"}, "'premium_tax.rate' is missing; premium_tax.when needs it.",
    ),
    "no rider rate": (
        {**NONE, "rider.base": "payment"}, "'rider.base' without a 'rider.rate'; give the rate or drop it.",
    ),
    "nothing is invested": (
        {**NONE, "payment.front_end_load": 0.98, "premium_tax.when": "at_payment", "premium_tax.rate": 0.02},
        "Load and premium tax leave nothing of the payment.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("contract", [NONE, SHARE, SIZE, RATE, {**FREE, "free_withdrawal.rate": 0.1}])
def test_contracts_that_break_no_rule(contract):
    Terms(contract)


@pytest.mark.parametrize("name", CASES)
def test_a_contract_that_breaks_one_rule(name):
    contract, sentence = CASES[name]
    with pytest.raises(InvalidTerms) as found:
        Terms({key: value for key, value in contract.items() if value is not None})
    assert found.value.problems == [sentence]


def test_every_rule_has_its_case():
    names = [rule.name for rule in checks.RULES]
    assert sorted(names) == sorted(CASES)
    assert len(set(names)) == len(names)


def test_what_must_be_given_comes_alone():
    with pytest.raises(InvalidTerms) as found:
        Terms({"contract.name": "c", "payment.amount": 0})
    assert found.value.problems == [
        "'annual_charge.form' is missing; it must be given.",
        "'cdsc.schedule' is missing; it must be given.",
    ]


@pytest.mark.parametrize(
    ("value", "below", "said"),
    [
        (35, False, "'share' must be between 0 and 1 (got 35); use 0.35 for 35%."),
        (27.82, False, "'share' must be between 0 and 1 (got 27.82); use 0.2782 for 27.82%."),
        (-0.1, False, "'share' must be between 0 and 1 (got -0.1)."),
        (350, False, "'share' must be between 0 and 1 (got 350)."),
        (1, True, "'share' must be at least 0 and below 1 (got 1); use 0.01 for 1%."),
    ],
)
def test_a_percentage_where_a_fraction_is_meant(value, below, said):
    with pytest.raises(BadInput) as found:
        scalars.fraction("'share'", value, below_one=below)
    assert str(found.value) == said
    assert [scalars.fraction("'share'", one) for one in (0, 0.35, 1)] == [0, 0.35, 1]
