"""Terms as other people write them: schedules across a row, other spellings, headers, and what is refused."""

import datetime

import pytest
from flexextra_udfs import CDSC_RATE

from xl_flexextra import terms
from xl_flexextra.errors import NA, BadInput, FlexExtraError, InvalidTerms
from xl_flexextra.sources import files

FORM = ["annual_charge.form", "none"]
D = datetime.date


def rates(contract, years=5):
    return [contract.cdsc_rate(year) for year in range(1, years + 1)]


def with_schedule(written):
    return terms.from_rows([FORM, ["cdsc.schedule", written]])


# --- a schedule across the row ------------------------------------------------------------------------------------------


def test_a_schedule_across_the_row_is_read_to_its_end():
    across = [["annual_charge.form", "none", "", "", ""], ["cdsc.schedule", 0.07, 0.06, 0.05, 0.04],
              ["cdsc.thereafter", 0, "", "", ""]]  # fmt: skip
    assert [CDSC_RATE(across, year) for year in range(1, 7)] == [0.07, 0.06, 0.05, 0.04, 0, 0]


def test_a_schedule_across_the_row_from_an_effective_date():
    contract = terms.from_rows([FORM, ["cdsc.schedule", 0.07, 0.06], ["cdsc.schedule from 2006-05-01", 0.05, 0]])
    assert contract.on(D(2006, 4, 30))["cdsc.schedule"] == (0.07, 0.06)
    assert contract.on(D(2006, 5, 1))["cdsc.schedule"] == (0.05, 0)


def test_a_schedule_across_the_row_of_a_file(tmp_path):
    file = tmp_path / "b.csv"
    file.write_text("term,value\nannual_charge.form,none\ncdsc.schedule,7%,6%,5%,0% thereafter\n")
    assert rates(terms.from_rows(files.rows(str(file)), "b")) == [0.07, 0.06, 0.05, 0, 0]


def test_a_schedule_down_the_column_of_its_key():
    assert rates(
        terms.from_rows(
            [["annual_charge.form", "cdsc.schedule"], ["none", 0.05], *([None, x] for x in (0.04, 0.03, 0.02, 0))]
        )
    ) == [0.05, 0.04, 0.03, 0.02, 0]


def test_columns_of_notes_are_no_rates():
    rows = [["term", "value", "meaning", "source"], [*FORM, "", ""], ["cdsc.schedule", 0.07, "the rates", 12],
            ["cdsc.thereafter", 0, 2008, 13]]  # fmt: skip
    contract = terms.from_rows(rows)
    assert rates(contract, 2) == [0.07, 0]
    assert contract.sources == {"cdsc.schedule": "12", "cdsc.thereafter": "13"}


@pytest.mark.parametrize("head", ["Contract year", None, "Year"])
def test_a_header_of_contract_years(head):
    rows = [[head, 1, 2, 3], [*FORM, None, None], ["cdsc.schedule", 0.07, 0.06, "thereafter 0%"]]
    contract = terms.from_rows(rows)
    assert rates(contract, 4) == [0.07, 0.06, 0, 0]
    assert contract.sources == {}


def test_a_blank_schedule_beside_its_contract_years():
    assert rates(terms.from_rows([FORM, ["cdsc.schedule", ""], ["cdsc.schedule.1", 0.07]]), 1) == [0.07]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["cdsc.schedule", 0.07, None, 0.05], "blank before the number 0.05"),
        (["cdsc.schedule", None, 0.07, 0.05], "blank before the number 0.07"),
        (["cdsc.schedule", "7%, 6%", 0.05, None], "the text '7%, 6%' before the rate 0.05"),
        (["cdsc.schedule", 0.07, "six", 0.05], "the text 'six' before the rate 0.05"),
        (["cdsc.schedule", 0.07, NA, 0.05], "#N/A"),
        (["cdsc.schedule.1", 0.07, 0.06, 0.05], "has 3 numbers, 0.07 and 0.06 first"),
        (["payment.amount", 1000, 2000, None], "has 2 numbers"),
        ([None, 0.06, None, None], "no term"),
        (["cdsc.schedule.0", 0.07, None, None], "contract years count from 1"),
        (["annual_charge.dollars", "30%", None, None], "must be dollars, not 30%"),
    ],
)
def test_no_number_is_skipped_in_silence(row, says):
    others = [] if "cdsc.schedule" in row else [["cdsc.schedule", 0, None, None]] if row[0] is not None else []
    with pytest.raises(FlexExtraError, match=says):
        terms.from_rows([[*FORM, None, None], *others, row])


# --- a schedule in one text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["7%, 6%, 0%", "7%; 6%; 0%", "7%/6%/0%", "7;6;0", "7, 6, 0", "0.07; 0.06; 0", "7%, 6%, 0%,", "7%, 6%, 0% thereafter",
     "7; 6; 0 thereafter", "7%, 6%, thereafter 0%", "7%, 6%, 0%, thereafter",
     "7%, 6%, and 0% thereafter"],
)  # fmt: skip
def test_schedules_in_one_text(written):
    assert rates(with_schedule(written), 4) == [0.07, 0.06, 0, 0]


@pytest.mark.parametrize(
    ("written", "says"),
    [("1; 0", "may mean 1% or 100%"), ("7%; 6", "use 0.06 for 6%"), ("7,5%; 6%", "must be a number"), ("7%,,5%", "number")],
)
def test_schedules_that_are_unclear(written, says):
    with pytest.raises(InvalidTerms, match=says):
        with_schedule(written)


def test_what_holds_thereafter_is_said_once():
    with pytest.raises(InvalidTerms, match=r"says 0% thereafter and 'cdsc\.thereafter' says 0\.01"):
        terms.from_rows([FORM, ["cdsc.schedule", "7%, 0% thereafter"], ["cdsc.thereafter", 0.01]])


# --- keys, headers, values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["Cdsc.Schedule", "CDSC.SCHEDULE", "cdsc . schedule", " cdsc.schedule ", "Cdsc.Schedule.1", "CDSC. schedule. 1"]
)
def test_keys_in_any_case(key):
    assert rates(terms.from_rows([FORM, [key, 0.07], ["cdsc.thereafter", 0]]), 2) == [0.07, 0]


def test_keys_with_blanks_for_underscores():
    rows = [["Annual Charge.Form", "share"], ["annual charge.dollars", 30], ["Annual_Charge . Dollars FROM 2006-05-01", 36],
            ["cdsc.schedule", 0]]  # fmt: skip
    contract = terms.from_rows(rows)
    assert contract["annual_charge.dollars"] == 30
    assert contract.on(D(2006, 5, 1))["annual_charge.dollars"] == 36


@pytest.mark.parametrize("header", [["Item", "Value"], ["Parameter", "Setting"], ["Name", "Value"], ["Term", "Value"]])
def test_headers_and_titles_of_sections(header):
    assert rates(terms.from_rows([header, ["Charges", None], FORM, ["CDSC", ""], ["cdsc.schedule", 0.07]]), 1) == [0.07]


def test_tables_of_a_file_in_capitals():
    text = (
        "[Annual_Charge]\nForm = 'none'\n[CDSC]\nSchedule = [0.07, 0]\nthereafter = 'n/a'\n"
        "[Sources]\n'CDSC.Schedule' = 'p. 3'"
    )
    contract = terms.from_toml("t.toml", text)
    assert rates(contract, 2) == [0.07, 0]
    assert contract["cdsc.thereafter"] is None
    assert contract.sources == {"cdsc.schedule": "p. 3"}
    with pytest.raises(InvalidTerms, match=r"'cdsc.schedule' stands twice"):
        terms.from_toml("t.toml", text + "\n[cdsc]\nschedule = [0.01]")


def test_an_effective_date_of_a_file_may_be_a_text():
    text = "annual_charge.form = 'none'\ncdsc.schedule = [0.07]\n[[changes]]\neffective = '{}'\ncdsc.schedule = [0.05]"
    assert terms.from_toml("t.toml", text.format("2006-05-01")).changes[0][0] == D(2006, 5, 1)
    with pytest.raises(InvalidTerms, match="needs 'effective' with a date"):
        terms.from_toml("t.toml", text.format("5/1/2006"))


@pytest.mark.parametrize("nothing", ["n/a", "N/A", "-", "—", " – "])
def test_what_is_not_given(nothing):
    contract = terms.from_rows([FORM, ["cdsc.schedule", 0], ["rider.rate", nothing], ["contract.inception", nothing]])
    assert (contract["rider.rate"], contract["contract.inception"]) == (0.0, None)
    with pytest.raises(BadInput, match=r"'cdsc\.schedule' is blank"):
        terms.from_rows([FORM, ["cdsc.schedule", nothing]])


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [
        ("years.short_period", "annualized", "annualised"),
        ("years.short_period", "not annualized", "not_annualised"),
        ("years.basis", "Act/365", "days_365"),
        ("years.basis", "actual/365", "days_365"),
        ("years.basis", "Actual / 365.25", "days_365_25"),
        ("years.basis", "Actual/Actual", "actual_actual"),
        ("years.basis", "act/act", "actual_actual"),
        ("years.basis", "Act/360", "actual_360"),
        ("years.basis", "30E/360", "thirty_e_360"),
        ("years.basis", 0, "thirty_360_excel"),
        ("years.basis", 1.0, "actual_actual_excel"),
        ("years.basis", "2", "actual_360"),
        ("years.basis", 3, "days_365"),
        ("years.basis", 4, "thirty_e_360"),
    ],
)
def test_values_as_others_spell_them(key, written, meant):
    assert terms.from_rows([FORM, ["cdsc.schedule", 0], [key, written]])[key] == meant


# --- what is allowed but unlikely ---------------------------------------------------------------------------------------


def test_unlikely_values_are_noted_and_allowed():
    contract = terms.from_rows(
        [["annual_charge.form", "fraction_of_end_value"], ["annual_charge.rate", 0.3], ["rider.rate", "10%"],
         ["cdsc.schedule", 0.16, 0.15], ["cdsc.thereafter", 0], ["payment.front_end_load from 2006-05-01", 0.55]]
    )  # fmt: skip
    assert contract.notes() == [
        "'annual_charge.rate' is 30.00%, more than 10%; check that it is meant.",
        "The CDSC is up to 16.00%, more than 15%; check that it is meant.",
        "'payment.front_end_load' is 55.00% from 2006-05-01, more than 10%; check that it is meant.",
    ]
    assert terms.load("flex_extra_flexible").notes() == []


def test_what_is_just_likely_is_not_noted():
    by_rate = [["annual_charge.form", "fraction_of_end_value"], ["annual_charge.rate", 0.1], ["cdsc.schedule", 0.15]]
    assert terms.from_rows([*by_rate, ["cdsc.thereafter", 0.15]]).notes() == []
    by_share = [["annual_charge.form", "share"], ["cdsc.schedule", 0]]
    assert terms.from_rows([*by_share, ["annual_charge.dollars", 1]]).notes() == []
    assert terms.from_rows([*by_share, ["annual_charge.dollars", 0]]).notes() == []
    assert terms.from_rows([*by_share, ["annual_charge.dollars", 0.75]]).notes() == [
        "'annual_charge.dollars' is $0.75 a year, less than $1; check that it is meant."
    ]
    late = terms.from_rows([FORM, ["cdsc.schedule", 0.07, 0], ["cdsc.thereafter from 2006-05-01", 0.16]])
    assert late.notes() == ["The CDSC is up to 16.00% from 2006-05-01, more than 15%; check that it is meant."]


def test_a_tax_or_a_rider_that_begins_later_may_be_timed_from_the_start():
    rows = [FORM, ["cdsc.schedule", 0], ["premium_tax.when", "at_payment"], ["premium_tax.rate from 2006-05-01", 0.02],
            ["rider.base", "payment"], ["rider.rate from 2006-05-01", 0.01]]  # fmt: skip
    contract = terms.from_rows(rows)
    assert (contract.on(D(2006, 4, 30))["premium_tax.rate"], contract.on(D(2006, 5, 1))["premium_tax.rate"]) == (0.0, 0.02)
    assert (contract.on(D(2006, 4, 30))["rider.rate"], contract.on(D(2006, 5, 1))["rider.rate"]) == (0.0, 0.01)


def test_several_missing_terms_are_all_that_is_said():
    with pytest.raises(InvalidTerms) as caught:
        terms.from_rows([["payment.amount", 1000], ["premium_tax.rate", 0.02]])
    assert caught.value.problems == [
        "'annual_charge.form' is missing; it must be given.", "'cdsc.schedule' is missing; it must be given.",
    ]  # fmt: skip
