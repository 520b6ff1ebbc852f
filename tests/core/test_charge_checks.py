"""Every rule on a charge of the list: a charge that breaks it alone, and the sentence."""

import pytest

from xl_flexextra.errors import InvalidTerms
from xl_flexextra.terms import Terms, from_rows, from_toml
from xl_flexextra.terms.charge_checks import CHARGE_RULES

PLAIN = {"contract.name": "c", "cdsc.schedule": [0.0]}
DOLLARS, VALUE = {"base": "dollars", "dollars": 30}, {"base": "value", "rate": 0.01}
SIZE = {"base": "average_size", "dollars": 30, "average_contract_size": 25_000}
ROLL_UP = {"base": "roll_up", "rate": 0.01, "roll_up_rate": 0.05}
CASES = {
    "no dollars": ({"base": "share"}, "'charge.1.dollars' is missing; charge.1.base 'share' needs it."),
    "no rate": ({"base": "value"}, "'charge.1.rate' is missing; charge.1.base 'value' needs it."),
    "rate beside dollars": (
        {**DOLLARS, "rate": 0.01}, "'charge.1.rate' means nothing with charge.1.base 'dollars'; drop it.",
    ),
    "dollars beside a rate": (
        {**VALUE, "dollars": 30}, "'charge.1.dollars' means nothing with charge.1.base 'value'; drop it.",
    ),
    "no size": (
        {**SIZE, "average_contract_size": None},
        "'charge.1.average_contract_size' is missing; charge.1.base 'average_size' needs it.",
    ),
    "no size for a waiver": (
        {**DOLLARS, "waived_above": 50_000},
        "'charge.1.average_contract_size' is missing; charge.1.waived_measure 'average_size' needs it.",
    ),
    "waiver from nothing on": (
        {**SIZE, "waived_above": 0},
        "'charge.1.waived_above' is 0, so the charge would never be taken; leave it out where nothing is waived.",
    ),
    "size of zero": ({**SIZE, "average_contract_size": 0}, "'charge.1.average_contract_size' must be positive (got 0)."),
    "size of nothing": (
        {**DOLLARS, "at_most": 20, "average_contract_size": 25_000},
        "'charge.1.average_contract_size' means nothing with charge.1.base 'dollars', no limits, no waiver by size; "
        "drop it.",
    ),
    "no roll-up rate": (
        {**ROLL_UP, "roll_up_rate": None}, "'charge.1.roll_up_rate' is missing; charge.1.base 'roll_up' needs it.",
    ),
    "roll-up of nothing": (
        {**VALUE, "roll_up_rate": 0.05}, "'charge.1.roll_up_rate' means nothing with charge.1.base 'value'; drop it.",
    ),
    "cap below the payment": (
        {**ROLL_UP, "roll_up_cap": 0.5},
        "'charge.1.roll_up_cap' is a multiple of the payment of 1 or more (got 0.5); 2 means 200%.",
    ),
    "limits that cross": (
        {**VALUE, "at_least": 8, "at_most": 5}, "'charge.1.at_least' is more than 'charge.1.at_most'; exchange them.",
    ),
    "later value at the start": (
        {**VALUE, "base": "average_value", "timing": "start_of_contract_year"},
        "A fraction of a value at the end of the year cannot be taken at its start; change charge.1.timing.",
    ),
    "later value from the payment": (
        {**VALUE, "timing": "payment"},
        "A charge taken from the payment cannot depend on a later value; change charge.1.timing.",
    ),
    "roll-up off the payment": (
        {**ROLL_UP, "timing": "payment"}, "A payment has not rolled up on its own day; change charge.1.base to 'payment'.",
    ),
    "daily of another base": (
        {"base": "payment", "rate": 0.01, "timing": "daily"},
        "A daily charge is of 'value' or 'average_value', not of 'payment'; change charge.1.base or charge.1.timing.",
    ),
    "daily with what a day has not": (
        {**VALUE, "timing": "daily", "order": "after_cdsc"},
        "A daily charge has no limit, waiver, charge.1.taken_as or charge.1.order; drop 'charge.1.order'.",
    ),
    "part of a day": (
        {**VALUE, "timing": "daily", "part_year": "full"},
        "'charge.1.part_year' with timing 'daily' is by_days or by_days_of_year; change it.",
    ),
    "final charge never due": (
        {**VALUE, "timing": "redemption", "final": "not_taken"},
        "charge.1.final 'not_taken' means nothing with charge.1.timing 'redemption'; drop it.",
    ),
    "what a payment has not": (
        {**DOLLARS, "timing": "payment", "part_year": "full"},
        "'charge.1.part_year' means nothing with charge.1.timing 'payment'; drop it.",
    ),
    "first stub of no calendar year": (
        {**VALUE, "first_stub": "full"}, "'charge.1.first_stub' needs charge.1.timing 'calendar_year_end'.",
    ),
    "decimals of no units": ({**VALUE, "unit_decimals": 3}, "'charge.1.unit_decimals' needs charge.1.taken_as 'units'."),
    "waiver of nothing": (
        {**VALUE, "waived_at_limit": "waived"},
        "'charge.1.waived_at_limit' means nothing without 'charge.1.waived_above'; drop it or give the limit.",
    ),
    "order of nothing": (
        {**DOLLARS, "timing": "payment", "order": "after_cdsc"},
        "'charge.1.order' means nothing where the charge comes out of the payment; drop it.",
    ),
}  # fmt: skip


def terms_with(*listed, **more):
    given = {f"charge.{n}.{k}": v for n, one in enumerate(listed, 1) for k, v in one.items() if v is not None}
    return Terms({**PLAIN, **given, **more})


def test_every_rule_has_its_case():
    assert [rule.name for rule in CHARGE_RULES] == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_makes_no_sense_is_refused_in_one_sentence(name):
    charge, sentence = CASES[name]
    with pytest.raises(InvalidTerms) as caught:
        terms_with(charge)
    assert caught.value.problems == [sentence]


@pytest.mark.parametrize(
    ("field", "waiver"),
    [("at_most_of_value", {"at_most_of_value": 0.02}), ("waived_above", {"waived_above": 9, "waived_measure": "value"})],
)
def test_a_charge_from_the_payment_knows_no_later_value(field, waiver):
    with pytest.raises(InvalidTerms, match=r"cannot depend on a later value; change charge\.1\.taken_as"):
        terms_with({**DOLLARS, "taken_as": "from_payment", **waiver})


def test_charges_are_numbered_without_a_gap_and_have_names_of_their_own():
    with pytest.raises(InvalidTerms, match=r"'charge\.1' is missing; charges are numbered from 1 without a gap"):
        Terms({**PLAIN, "charge.2.base": "value", "charge.2.rate": 0.01})
    with pytest.raises(InvalidTerms) as caught:
        Terms({**PLAIN, "charge.99.base": "value", "charge.99.rate": 0.01})
    assert caught.value.problems == ["'charge.1' is missing; charges are numbered from 1 without a gap."]
    with pytest.raises(InvalidTerms, match=r"'charge\.100\.base' is not a term"):
        Terms({**PLAIN, "charge.100.base": "value"})
    with pytest.raises(InvalidTerms, match=r"'charge\.2\.name' 'gmib' is the name of another charge"):
        terms_with({**VALUE, "name": "GMIB"}, {**VALUE, "name": "gmib"})
    with pytest.raises(InvalidTerms, match=r"'charge\.1\.base' is missing; it must be given"):
        terms_with({"rate": 0.01})
    with pytest.raises(InvalidTerms, match=r"'charge\.1\.rat' is not a term \(did you mean 'charge\.1\.rate'\?\)"):
        Terms({**PLAIN, **{f"charge.1.{k}": v for k, v in VALUE.items()}, "charge.1.rat": 0.1})


TOML = """
[contract]
name = "riders"
[annual_charge]
form = "share"
dollars = 30
[cdsc]
schedule = [0.07, 0.06]
thereafter = 0
[[charges]]
name = "GMIB"
base = "greater_of_roll_up_and_value"
rate = 0.0025
roll_up_rate = 0.05
roll_up_cap = 2.0
[[charges]]
name = "account fee"
base = "share"
dollars = 50
at_most_of_value = 0.02
timing = "calendar_year_end"
waived_above = 50000
waived_measure = "greater_of_payments_and_value"
waived_at_limit = "waived"
[[changes]]
effective = 2006-05-01
charge.1.rate = 0.003
[sources]
"charge.1.rate" = "prospectus, page 9"
"charge.1.rate from 2006-05-01" = "supplement of 1 May 2006"
"""


def test_a_list_of_charges_goes_to_a_sheet_and_back_whole():
    by_file = from_toml("riders.toml", TOML)
    rows = [list(row) for row in by_file.rows()]
    back = from_rows(rows)
    assert back == by_file
    assert [list(row) for row in back.rows()] == rows
    assert back.charges == by_file.charges
    assert [charge.name for charge in back.charges] == ["annual charge", "rider", "GMIB", "account fee"]
    assert ["charge.1.rate from 2006-05-01", 0.003] in [row[:2] for row in rows]
    sources = {row[0]: row[3] for row in rows}
    assert sources["charge.1.rate"] == "prospectus, page 9"
    assert sources["charge.1.rate from 2006-05-01"] == "supplement of 1 May 2006"


def test_the_short_form_may_be_left_out_beside_a_list_and_only_there():
    assert terms_with(VALUE)["annual_charge.form"] == "none"
    with pytest.raises(InvalidTerms, match=r"'annual_charge\.form' is missing"):
        Terms(PLAIN)


def test_what_is_unlikely_in_a_list_is_noted():
    assert terms_with({**VALUE, "rate": 0.3}).notes() == [
        "'charge.1.rate' is 30.00%, more than 10%; check that it is meant."
    ]
    assert terms_with({**DOLLARS, "dollars": 0.5, "timing": "payment"}).notes() == []


def test_a_list_that_is_none_is_refused():
    with pytest.raises(InvalidTerms, match=r"'charges' must be tables: \[\[charges\]\]"):
        from_toml("c.toml", "charges = 3\n[cdsc]\nschedule = [0]\n")
