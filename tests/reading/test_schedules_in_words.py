"""Surrender charges in words as pages print them: read, or named as not understood; and titles in small words."""

from __future__ import annotations

import pytest

from xl_flexextra.reading import open_document, reading, written

CDSC = "The contingent deferred sales charge is "
SENTENCES = [
    (
        "6% in years 1 and 2, 5% in year 3, 4% in year 4, 3% in year 5, 2% in year 6, 0% thereafter.",
        "0.06 0.06 0.05 0.04 0.03 0.02",
        "0",
    ),
    ("7% in the first year, 6% in the second year, 5% in the third year and 0% thereafter.", "0.07 0.06 0.05", "0"),
    (
        "8% during the first two contract years, 7% in year 3, 6% in years 4-5, 0% thereafter.",
        "0.08 0.08 0.07 0.06 0.06",
        "0",
    ),
    (
        "6% in years one through three, 3% in years four to six, 0% in year seven or later.",
        "0.06 0.06 0.06 0.03 0.03 0.03 0",
        "0",
    ),
    (
        "7% in the first and second years, 5% in the third and fourth years, 2% in the fifth year.",
        "0.07 0.07 0.05 0.05 0.02",
        None,
    ),
    ("8% in year 1, 7% in year 2, 1% in year 3 and thereafter.", "0.08 0.07 0.01", "0.01"),
    ("8% in year 1, 7% in year 2 and 6% in year 3.", "0.08 0.07 0.06", None),  # no years 2 to 6
    ("7.5% in year 1, 6.5% in year 2 & 5.5% in year 3, 12.5% of it free.", "0.075 0.065 0.055", None),
    ("7% in year 1, 6% in year 2, 5% in year 3 and 0% after year 3.", "0.07 0.06 0.05", "0"),
    ("7% in year 1, 6% in year 2, 5% in year 3. A bonus of 3% is credited thereafter.", "0.07 0.06 0.05", None),
    ("6% in years 1 to 4, 0% thereafter.", "0.06 0.06 0.06 0.06", "0"),
    ("year 1: 7%; year 2: 6%; years 3-4: 5%; year 5 and after: 0%.", "0.07 0.06 0.05 0.05 0", "0"),
    ("by contract year Year 1 - 7%, Year 2 - 6%, Year 3 - 5.5%.", "0.07 0.06 0.055", None),
    ("9%, 8%, 7%, 6% in years 1 through 4.", "0.09 0.08 0.07 0.06", None),
    ("a 7-year CDSC of 7/6/5/4/3/2/1/0%.", "0.07 0.06 0.05 0.04 0.03 0.02 0.01 0", "0"),
    ("7% in the first year, declining by 1% each year to 0% in the eighth year.", "0.07 0.06 0.05 0.04 0.03 0.02 0.01", "0"),
]
TITLES = [
    "Table 1. Average annual total returns after fund and separate account charges",
    "Average annual total returns after fund, separate account and contract charges",
]


def read(tmp_path, text):
    path = tmp_path / "page.txt"
    path.write_text(text)
    return reading.read(open_document.open_document(path))


def said(found):
    return {key: values[-1].value for key, values in found.drafts[0].values.items()}


@pytest.mark.parametrize(("words", "rates", "thereafter"), SENTENCES)
def test_a_schedule_in_words_is_read(tmp_path, words, rates, thereafter):
    terms = said(read(tmp_path, CDSC + words + "\n"))
    assert [float(one) for one in terms["cdsc.schedule"].strip("[]").split(",")] == [float(one) for one in rates.split()]
    assert (float(terms["cdsc.thereafter"]) if "cdsc.thereafter" in terms else None) == (thereafter and float(thereafter))


@pytest.mark.parametrize(
    "words",
    [
        "as follows by completed years: none 6%, one 5%, two 4%, three 2%.",
        "7% in year 1, 6% in year 2, 5% in year 3, 4% for the next two years, 0% thereafter.",
        "8% in years 1 and 3, 7% in year 4, 6% in year 5.",
    ],
)
def test_a_schedule_that_is_not_understood_is_said(tmp_path, words):
    found = read(tmp_path, CDSC + words + "\n")
    assert "cdsc.schedule" not in said(found)
    assert [one.why for one in found.open] == [
        "a surrender charge by year, not understood; write it into the draft terms as cdsc.schedule"
    ]


def test_charges_of_the_assets_beside_the_words_surrender_charge_are_no_schedule(tmp_path):
    text = "Returns for one year, five years and ten years reflect a mortality charge of 1.25%, an administrative charge of "
    assert read(tmp_path, text + "0.15%, a distribution charge of 0.10% per year, and surrender charges.\n").open == []


@pytest.mark.parametrize("title", TITLES)
def test_a_title_in_small_words_is_the_tables(tmp_path, title):
    rows = (
        "Fund                      1 Year   5 Years\n"
        "Growth Portfolio           1.25%    3.40%\n"
        "Bond Portfolio             2.10%    4.00%\n"
    )
    found = read(tmp_path, f"Performance update for the period ending May 31, 2024\n\n{title}\n\n{rows}")
    assert {one.caption for one in found.figures} == {title}


def test_a_standardized_table_that_names_no_contract_is_ours(tmp_path):
    text = (
        "Standardized average annual total returns, to March 31, 2024\n\n"
        "Returns reflect the contingent deferred sales charge on full surrender.\n\n"
        "Fund                      1 Year   5 Years\n"
        "Growth Portfolio           1.25%    3.40%\n"
        "Bond Portfolio             2.10%    4.00%\n"
    )
    found = read(tmp_path, text)
    assert {written.table_id(one) for one in found.figures} == {"standardized"}


TABLES = {
    "across": "Contract Year   1     2     3     4     5+\nCharge          7%    6%    5%    4%    0%\n",
    "down": ("Contract Year", "1", "2", "3", "4", "5 and later"),
    "completed": ("Completed years", "0", "1", "2", "3", "Thereafter"),
    "less": ("Years", "Less than 1", "1", "2", "3", "Thereafter"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_schedule_in_a_table_is_read(tmp_path, kind):
    labels, rates = TABLES[kind], ("Charge", "7%", "6%", "5%", "4%", "0%")
    text = labels if kind == "across" else "\n".join(f"{a:20}{b}" for a, b in zip(labels, rates, strict=True)) + "\n"
    terms = said(read(tmp_path, "Surrender charge\n\n" + text))
    rates = [float(one) for one in terms["cdsc.schedule"].strip("[]").split(",")]
    assert rates[:4] == [0.07, 0.06, 0.05, 0.04]
    assert not any(rates[4:])
    assert float(terms["cdsc.thereafter"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        CDSC + "7%, 6%, 5% in years 1 through 4.",  # a rate is missing
        CDSC + "7% declining by 1% each year to 0% after the sixth year.",
        "The surrender charge is waived. Year 1: 5%; year 2: 4%; year 3: 3% were returns.",
        "Surrender charge\n\nYears      Charge\nFrom issue      7%\n1      6%\n2      5%\n3      4%\n",
        CDSC + "8%, 7% and 6% for the A, B and C Contracts.",
    ],
)
def test_a_schedule_that_contradicts_itself_or_is_none_is_not_read(tmp_path, words):
    drafts = read(tmp_path, words + "\n").drafts
    assert "cdsc.schedule" not in drafts[0].values


OTHERS = [
    "Withdrawal charges do not apply; the fund returned 7%, 6%, 5% in years 1 to 3.",
    "During the surrender charge period, the guaranteed interest is 5%, 4%, 3%, 3% for contract years 1 to 4.",
    "The portion of the surrender charge waived is 10%, 8%, 6% in years 1 to 3.",
    "You pay no surrender charge. The interest rate is 5% in year 1, 4% in year 2, 3% in year 3.",
    "Your surrender charge stays. Bonus taken back on surrender: year 1: 5%, year 2: 4%, year 3: 3%, year 4 and after: 0%.",
    "The yield without surrender charge was 7/6/5/0%.",
    "The surrender charge is 7% in the first year declining by 1% every two years to 0%.",
    "The surrender charge is 7% of payments, declining by 1% each year to 0% and 8% declining by 1% a year to 0% later.",
    "Average annual returns with surrender charge by year\n\nYear    Return\n1     9.0%\n2     7.0%\n3     5.0%",
    "The contract has no surrender charge after seven years.\n\nYears     Guaranteed rate\n1     5%\n2     4%\n3     3%",
    "You pay a surrender charge by year.\nYear          1     2    3    4\nBenefit base  10%   8%   6%   4%",
    "Surrender charge by year of ownership\n\nAge     Rate\n1     7%\n2     6%\n3     5%",
    "Surrender values by year\nYear    Rate\n1    2.50%\n2    2.25%\n3    2.00%",
]


@pytest.mark.parametrize("text", OTHERS)
def test_rates_of_something_else_beside_a_surrender_charge_are_no_schedule(tmp_path, text):
    assert "cdsc.schedule" not in said(read(tmp_path, text + "\n"))


def test_of_several_rows_the_charges_is_read_and_of_several_tables_each(tmp_path):
    years = "Withdrawal charge schedule\nContract year       1    2    3    4    5\n"
    other, own = "Bonus recapture     8%   6%   4%   2%   0%\n", "Withdrawal charge   7%   6%   5%   4%   0%\n"
    assert said(read(tmp_path, years + other + own))["cdsc.schedule"] == "[0.07, 0.06, 0.05, 0.04, 0.0]"
    two = "Surrender charge by years\n\nFirst\n1     7%\n2     6%\n3     5%\n\nSecond\n1     8%\n2     7%\n3     6%\n"
    assert read(tmp_path, two).drafts[0].contradicted("cdsc.schedule")


def test_a_free_amount_that_a_charge_goes_beyond_is_nothing_else(tmp_path):
    text = "The surrender charge on amounts in excess of the free amount is 7%, 6%, 5% in years 1 to 3.\n"
    assert said(read(tmp_path, text))["cdsc.schedule"] == "[0.07, 0.06, 0.05]"
