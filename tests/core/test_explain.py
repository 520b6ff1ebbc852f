"""From gross return to net: each charge's bite, and where the terms come from."""

import itertools

from xl_flexextra import explain, report, tables, terms

HALF_BP = 5e-5


def bites(contract, fund, period, as_of, charges="all"):
    inputs = report.sample_inputs()
    grid = tables.grid(terms.load(contract), inputs.unit_values, as_of, inputs.shares, inputs.funds, charges)
    return explain.bites(grid, grid.result(fund, period))


def test_the_bites_lead_from_table_1_to_table_2():
    as_of = report.sample_inputs().as_of
    (_, gross), (charge, held), (cdsc, net) = bites("flex_extra_flexible", "EQUITY", "5Y", as_of)
    assert abs(gross - 0.0569) <= HALF_BP  # July 2008 update, Table 1, MML Equity
    assert abs(net - 0.0394) <= HALF_BP  # Table 2
    # by hand: five charges of 9.737 leave 1,270.57 of 1,280.31 x ...; 1.27057 ^ 0.2 - 1
    assert abs(held - (1.27057**0.2 - 1)) < 1e-5
    assert (charge, cdsc) == ("annual charges", "CDSC of 5.00%")


def test_no_cdsc_is_no_bite():
    as_of = report.sample_inputs().as_of
    labels = [label for label, _ in bites("flex_extra_flexible", "EQUITY", "10Y", as_of)]
    assert labels == ["unit values alone", "annual charges"]  # 0% in year ten


def test_load_and_premium_tax_are_bites_of_their_own():
    inputs = report.sample_inputs()
    contract = terms.load("flex_extra_flexible").replace(
        payment__front_end_load=0.05, premium_tax__when="at_redemption", premium_tax__rate=0.02
    )
    grid = tables.grid(contract, inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, "all")
    result = grid.result("EQUITY", "1Y")
    labels, values = zip(*explain.bites(grid, result), strict=True)
    assert len(labels) == 5
    assert values[-1] == result.value
    assert all(later < earlier for earlier, later in itertools.pairwise(values))


def test_sources_come_back_from_a_sheets_rows():
    contract = terms.load("flex_extra_flexible")
    again = terms.from_rows([list(row) for row in contract.rows()])
    assert again["cdsc.schedule"] == contract["cdsc.schedule"]
    assert again.sources["cdsc.schedule"] == contract.sources["cdsc.schedule"]


def test_one_year_is_not_one_years():
    from flexextra_udfs import EXPLAIN_RETURN

    values = [["date", "S"], ["2007-07-31", 10], ["2008-07-31", 11], ["2009-07-31", 12]]
    by_terms = terms.Terms({"contract.name": "n", "annual_charge.form": "none", "cdsc.schedule": [0],
                            "years.short_period": "annualised"})  # fmt: skip
    assert EXPLAIN_RETURN(by_terms, values, "S", "2008-07-31", "1Y").endswith("10.00% a year over 1 year.")
    # 1.2 ^ 0.5 is 1.0954
    assert EXPLAIN_RETURN(by_terms, values, "S", "2009-07-31", "2Y").endswith("9.54% a year over 2 years.")
