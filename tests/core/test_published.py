"""The July 2008 update: all 112 figures, and the document's pitfalls, each as a test.

The unit values are constructed to fit the rule: this proves the machinery, not the data.
"""

import csv
import datetime
from collections import Counter
from itertools import pairwise

import pytest
from days_of import nine_columns
from flexextra_udfs import (
    CDSC_AMOUNT,
    CDSC_RATE,
    CONTRACT_AATR,
    DECLARED_RATE,
    LATEST_QUARTER_END,
    MAINTENANCE_CHARGE,
    PERFORMANCE_TABLE,
    PERIOD_BASE_DATE,
    TIE_DIFFERENCE,
    TIE_VERDICT,
    UNIT_VALUE_AT,
    UNIT_VALUE_RETURN,
    USABLE_MONTH_END,
)

from xl_flexextra import sample, terms
from xl_flexextra.errors import BadInput, MissingData

HALF_BP, CENT = 5e-5, 0.005
FLEXIBLE, SINGLE = "flex_extra_flexible", "flex_extra_single"
UNIT_VALUES, SHARES, FUNDS = (sample.rows(name) for name in ("UnitValues", "Shares", "Funds"))
SHARE = {row[0]: row[1] for row in SHARES[1:]}
JULY, JUNE = "2008-07-31", "2008-06-30"

with sample.path("Published").open(encoding="utf-8", newline="") as file:
    PUBLISHED = list(csv.DictReader(file))


def recompute(row, **other):
    contract = {"": FLEXIBLE, "FLEX": FLEXIBLE, "SINGLE": SINGLE}[row["contract"]]
    charges = "asset" if row["table"] == "fund_and_separate_account" else "all"
    given = {"terms": contract, "unit_values": UNIT_VALUES, "shares": SHARES, "funds": FUNDS, "charges": charges, **other}
    return CONTRACT_AATR(fund=row["fund"], as_of=row["as_of"], period=row["period"], **given)


def figure(table, fund, period, contract="FLEX"):
    found = [r for r in PUBLISHED if (r["table"], r["fund"], r["period"]) == (table, fund, period)]
    found = [r for r in found if r["contract"] in {"", contract}]
    assert len(found) == 1
    return found[0]


def test_the_document_has_112_figures():
    assert Counter((r["table"], r["contract"]) for r in PUBLISHED) == {
        ("fund_and_separate_account", ""): 35,
        ("after_contract_charges", "FLEX"): 35,
        ("standardized", "FLEX"): 21,
        ("standardized", "SINGLE"): 21,
    }


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda r: "-".join((r["table"], r["contract"], r["fund"], r["period"])))
def test_each_published_figure_ties(row):
    got, printed = recompute(row), float(row["return_pct"]) / 100
    assert got == pytest.approx(printed, abs=HALF_BP)
    assert TIE_DIFFERENCE(got, printed) == 0
    assert TIE_VERDICT(got, printed) == "ties"


@pytest.mark.parametrize(
    ("table", "contract", "as_of", "periods"),
    [
        ("fund_and_separate_account", "", JULY, ["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]),
        ("after_contract_charges", "FLEX", JULY, ["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]),
        ("standardized", "FLEX", JUNE, ["1Y", "5Y", "10Y_OR_SI"]),
        ("standardized", "SINGLE", JUNE, ["1Y", "5Y", "10Y_OR_SI"]),
    ],
)
def test_one_call_gives_each_published_table(table, contract, as_of, periods):
    by_terms = SINGLE if contract == "SINGLE" else FLEXIBLE
    charges = "asset" if table == "fund_and_separate_account" else "all"
    grid = PERFORMANCE_TABLE(by_terms, UNIT_VALUES, as_of, [periods], SHARES, FUNDS, charges)
    for fund, line in zip([row[0] for row in FUNDS[1:]], grid, strict=True):
        for period, got in zip(periods, line, strict=True):
            printed = figure(table, fund, period.partition("_")[0], contract)
            assert got == pytest.approx(float(printed["return_pct"]) / 100, abs=HALF_BP)


def test_every_figure_of_table_2_is_the_rule_of_the_document_typed_out():
    cdsc = [0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0]
    dates = {"YTD": ["2007-12-31"], **{f"{n}Y": [f"{2008 - n + k}-07-31" for k in range(n)] for n in (1, 3, 5, 10)}}
    for fund, share in SHARE.items():
        for period, starts in dates.items():
            levels = [UNIT_VALUE_AT(UNIT_VALUES, fund, day) for day in [*starts, JULY]]
            value = 1000.0
            for before, now in pairwise(levels):
                value = value * now / before - 35 * share
            erv = value - cdsc[len(starts) - 1] * 0.9 * value
            n = len(starts)
            rate = (erv / 1000) ** (1 / n) - 1
            got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, fund, JULY, period, SHARES)
            assert got == pytest.approx(rate, rel=1e-12)


# --- pitfalls of the document -------------------------------------------------------------------------------


def test_pitfall_the_caption_of_table_2_says_30_dollars_but_its_figures_need_35():
    thirty = terms.load(FLEXIBLE).replace(annual_charge__dollars=30)
    table = [r for r in PUBLISHED if r["table"] == "after_contract_charges"]
    off = [r for r in table if TIE_DIFFERENCE(recompute(r, terms=thirty), float(r["return_pct"]) / 100) != 0]
    assert len(off) > 30
    assert all(TIE_DIFFERENCE(recompute(r), float(r["return_pct"]) / 100) == 0 for r in table)


def test_pitfall_babson_bond_is_managed_bond_under_another_name():
    asked = (FLEXIBLE, UNIT_VALUES, "Babson Bond", JUNE, "1Y", SHARES)
    assert CONTRACT_AATR(*asked, FUNDS) == pytest.approx(-0.0227, abs=HALF_BP)  # Table 3
    with pytest.raises(BadInput, match="Babson Bond"):
        CONTRACT_AATR(*asked)


@pytest.mark.parametrize("name", ["Oppenheimer Global Securities/VA", "Oppenheimer Global Securities", "global_securities"])
def test_pitfall_va_comes_and_goes_in_fund_names(name):
    got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, name, JULY, "1Y", SHARES, FUNDS)
    assert got == pytest.approx(-0.2174, abs=HALF_BP)  # Table 2, Oppenheimer Global Securities


def test_pitfall_the_money_market_division_is_printed_as_older_than_its_contract():
    row = next(row for row in FUNDS[1:] if row[0] == "MONEY_MARKET")
    added = row[FUNDS[0].index("subaccount_inception")]
    assert added == terms.load(FLEXIBLE)["contract.inception"] == datetime.date(1987, 4, 27)  # the page prints 4/12/87
    oddities = [" ".join(map(str, line)) for line in sample.rows("Oddities")]
    assert any("4/12/87" in line for line in oddities)


def test_pitfall_one_year_after_charges_is_not_the_change_of_the_unit_value():
    before, after = (UNIT_VALUE_AT(UNIT_VALUES, "EQUITY", day) for day in ("2007-07-31", JULY))
    change = UNIT_VALUE_RETURN(before, after)
    assert change == pytest.approx(-0.1814, abs=HALF_BP)  # Table 1
    got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "1Y", SHARES)
    assert got == pytest.approx(-0.2494, abs=HALF_BP)  # Table 2
    value = 1000 * (1 + change) - 35 * 0.2782
    assert got == pytest.approx((value - 0.08 * 0.9 * value) / 1000 - 1, rel=1e-12)


def test_pitfall_ytd_bears_a_full_annual_charge_and_the_first_year_cdsc():
    _, _, last = nine_columns(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "YTD", SHARES)
    assert last[3] == pytest.approx(35 * 0.2782)  # after seven months
    assert last[6] == pytest.approx(0.08 * 0.9 * last[4])
    assert last[8] == pytest.approx(-0.2229, abs=HALF_BP)  # Table 2, MML Equity
    by_days = terms.load(FLEXIBLE).replace(annual_charge__part_year="by_days")
    assert CONTRACT_AATR(by_days, UNIT_VALUES, "EQUITY", JULY, "YTD", SHARES) - last[8] > 0.003  # it would not tie


def test_pitfall_the_base_of_the_year_to_date_is_31_december():
    assert PERIOD_BASE_DATE(JULY, "YTD") == datetime.date(2007, 12, 31)
    first = nine_columns(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "YTD", SHARES)[1]
    assert first[0] == datetime.date(2007, 12, 31)


def test_pitfall_a_missing_share_is_an_error_and_never_one():
    rows = [row for row in SHARES if row[0] != "EQUITY"]
    for given in (None, rows, [*rows, ["EQUITY", None]]):
        with pytest.raises(MissingData, match="share"):
            CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "1Y", given)
    with pytest.raises(MissingData, match="'share' is missing"):
        MAINTENANCE_CHARGE(FLEXIBLE)
    wrong = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "MONEY_MARKET", JULY, "1Y", [["MONEY_MARKET", 1]])
    right = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "MONEY_MARKET", JULY, "1Y", SHARES)
    assert right - wrong > 0.02  # so much is at stake


def test_pitfall_another_funds_missing_share_does_not_spoil_a_table():
    rows = [row for row in SHARES if row[0] != "EQUITY"]
    from xl_flexextra import catalogue
    from xl_flexextra.errors import NA
    from xl_flexextra.functions import registry

    table = registry.evaluate(catalogue.get("PERFORMANCE_TABLE"), [FLEXIBLE, UNIT_VALUES, JULY, [["1Y"]], rows, FUNDS])
    assert [row == [NA] for row in table] == [row[0] == "EQUITY" for row in FUNDS[1:]]


def test_pitfall_the_seven_shares_sum_to_one_and_the_gpa_bears_none():
    assert sum(SHARE.values()) == pytest.approx(1, abs=1e-12)
    assert len(SHARE) == 7


def test_pitfall_a_charge_of_the_whole_35_dollars_is_wrong_by_points():
    whole = [[fund, 1] for fund in SHARE]
    table = [r for r in PUBLISHED if r["table"] == "after_contract_charges"]
    worst = max(abs(recompute(r, shares=whole) - float(r["return_pct"]) / 100) for r in table)
    assert 0.03 < worst < 0.037


def test_pitfall_the_rate_after_one_year_is_that_of_the_year_just_ended():
    assert nine_columns(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "1Y", SHARES)[-1][6] == pytest.approx(
        0.08 * 0.9 * nine_columns(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "1Y", SHARES)[-1][4]
    )
    assert [CDSC_RATE(FLEXIBLE, y) for y in range(1, 12)] == [0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0, 0]
    assert [CDSC_RATE(SINGLE, y) for y in range(1, 8)] == [0.05, 0.04, 0.03, 0.02, 0.01, 0, 0]


def test_pitfall_ten_percent_is_free_in_the_first_year_too():
    assert CDSC_AMOUNT(FLEXIBLE, 1, 1000) == pytest.approx(0.08 * 900)


def test_pitfall_the_charge_comes_before_the_cdsc():
    last = nine_columns(FLEXIBLE, UNIT_VALUES, "BLEND", JULY, "1Y", SHARES)[-1]
    _, _, before, charge, value, free, cdsc, erv, _ = last
    assert value == pytest.approx(before - charge)
    assert free == pytest.approx(0.1 * value)
    assert cdsc == pytest.approx(0.08 * 0.9 * value)
    assert erv == pytest.approx(value - cdsc)


def test_pitfall_whole_years_count_exactly_though_leap_days_lie_between():
    level, last = (UNIT_VALUE_AT(UNIT_VALUES, "EQUITY", day) for day in ("1998-07-31", JULY))
    got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "10Y", charges="asset")
    assert got == pytest.approx((last / level) ** 0.1 - 1, rel=1e-12)  # 3,653 days


def test_pitfall_one_year_or_less_is_not_annualised():
    level, last = (UNIT_VALUE_AT(UNIT_VALUES, "EQUITY", day) for day in ("2007-12-31", JULY))
    got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "YTD", charges="asset")
    assert got == pytest.approx(last / level - 1, rel=1e-12)


def test_pitfall_percentages_are_rounded_half_away_on_the_shortest_decimal():
    assert TIE_DIFFERENCE(0.12345, 0.1235) == 0
    assert TIE_DIFFERENCE(-0.12345, -0.1235) == 0
    assert TIE_DIFFERENCE(0.123449999, 0.1234) == 0
    assert TIE_DIFFERENCE(0.00005, 0.0001) == 0  # 0.005% prints as 0.01%


def test_pitfall_two_as_of_dates_by_design():
    assert LATEST_QUARTER_END(JULY) == datetime.date(2008, 6, 30)
    assert {r["as_of"] for r in PUBLISHED if r["table"] == "standardized"} == {JUNE}
    assert {r["as_of"] for r in PUBLISHED if r["table"] != "standardized"} == {JULY}
    assert USABLE_MONTH_END("2008-08-11") == datetime.date(2008, 7, 31)


def test_pitfall_a_rate_of_1_august_is_not_in_force_on_31_july():
    rates = sample.rows("InterestRates")
    assert any(row[0] == datetime.date(2008, 8, 1) for row in rates)
    changed = [[day, kind, 0.04 if day == datetime.date(2008, 8, 1) else rate] for day, kind, rate in rates]
    assert DECLARED_RATE(changed, JULY, "declared") == 0.035
    assert DECLARED_RATE(changed, "2008-08-01", "declared") == 0.04


def test_pitfall_ten_years_or_since_inception_is_ten_years_for_every_division():
    first = PERIOD_BASE_DATE(JULY, "10Y")
    columns = [FUNDS[0].index(name) for name in ("fund_inception", "subaccount_inception")]
    assert all(row[c] < first for row in FUNDS[1:] for c in columns)
    for which in ("FUND", "SUBACCOUNT", "CONTRACT"):
        got = CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, f"10Y_OR_SI_{which}", SHARES, FUNDS)
        assert got == CONTRACT_AATR(FLEXIBLE, UNIT_VALUES, "EQUITY", JULY, "10Y", SHARES)
