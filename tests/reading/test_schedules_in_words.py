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
