"""From gross return to net: each charge's bite, and where the terms come from."""

import itertools

from flexextra_udfs import EXPLAIN_RETURN

from xl_flexextra import terms
from xl_flexextra.calculation import contract_figures, explain
from xl_flexextra.update import update_inputs

HALF_BP = 5e-5


def bites(contract, fund, period, as_of, charges="all"):
    inputs = update_inputs.sample_inputs()
    grid = contract_figures.figures_of(terms.load(contract), inputs.unit_values, as_of, inputs.shares, inputs.funds, charges)
    return explain.bites(grid, grid.result(fund, period))


def test_the_bites_lead_from_table_1_to_table_2():
    as_of = update_inputs.sample_inputs().as_of
    (_, gross), (charge, held), (cdsc, net) = bites("flex_extra_flexible", "EQUITY", "5Y", as_of)
    assert abs(gross - 0.0569) <= HALF_BP  # July 2008 update, Table 1, MML Equity
    assert abs(net - 0.0394) <= HALF_BP  # Table 2
    # by hand: five charges of 9.737 leave 1,270.57 of 1,280.31 x ...; 1.27057 ^ 0.2 - 1
    assert abs(held - (1.27057**0.2 - 1)) < 1e-5
    assert (charge, cdsc) == ("annual charges", "CDSC of 5.00%")


def test_no_cdsc_is_no_bite():
    as_of = update_inputs.sample_inputs().as_of
    labels = [label for label, _ in bites("flex_extra_flexible", "EQUITY", "10Y", as_of)]
    assert labels == ["unit values alone", "annual charges"]  # 0% in year ten


def test_load_and_premium_tax_are_bites_of_their_own():
    inputs = update_inputs.sample_inputs()
    contract = terms.load("flex_extra_flexible").replace(
        payment__front_end_load=0.05, premium_tax__when="at_redemption", premium_tax__rate=0.02
    )
    grid = contract_figures.figures_of(contract, inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, "all")
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


def explained(shares, *rows, finish="2003-07-31", period="3Y", values=(10, 10, 10, 10)):
    from flexextra_udfs import EXPLAIN_RETURN

    unit_values = [["date", "S"], *([f"{2000 + k}-07-31", value] for k, value in enumerate(values))]
    contract = [["annual_charge.form", "share"], ["cdsc.schedule", 0.05], ["cdsc.thereafter", 0], *rows]
    return EXPLAIN_RETURN(contract, unit_values, "S", finish, period, shares)


def test_a_cdsc_before_the_charge_is_of_the_value_before_it():
    # 10 -> 10: 1,000 before the charge of 100; 10% of 1,000 are free, 5% of 900 is 45; 1,000 - 100 - 45 = 855
    said = explained(
        [["S", 1]], ["annual_charge.dollars", 100], ["cdsc.order", "before_annual_charge"],
        ["free_withdrawal.form", "percent_of_value"], ["free_withdrawal.rate", 0.1], finish="2001-07-31", period="1Y"
    )  # fmt: skip
    assert (
        "of the value of $1,000.00 before the annual charge of that day the CDSC of 5.00% (contract year 1) on $900.00 "
        "beyond the free $100.00 takes $45.00; $855.00 remain"
    ) in said


def test_a_charge_that_changed_is_between_two():
    # 0.60 + 0.72 + 0.72 = 2.04
    rows = (["annual_charge.dollars", 30], ["annual_charge.dollars from 2002-01-01", 36])
    said = explained([["S", 0.02]], *rows)
    assert "annual charges of $2.04 on 3 days are taken (between $30.00 and $36.00 a year x share 2.00%)" in said
    # half of it, and a share that doubles from the third year on: 0.30 + 0.36 + 0.72 = 1.38
    said = explained([["2000-01-01", "S", 0.02], ["2003-01-01", "S", 0.04]], *rows, ["annual_charge.charged_fraction", 0.5])
    assert (
        "annual charges of $1.38 on 3 days are taken "
        "(between $30.00 and $36.00 a year x share between 2.00% and 4.00% x 50.00% of contracts charged)"
    ) in said


def test_a_charge_of_a_part_year_is_said_to_be_one():
    from flexextra_udfs import EXPLAIN_RETURN

    contract = [["annual_charge.form", "share"], ["annual_charge.dollars", 100], ["annual_charge.part_year", "by_days"],
                ["cdsc.schedule", 0]]  # fmt: skip
    values = [["date", "S"], ["2000-07-31", 10], ["2001-01-31", 10]]
    said = EXPLAIN_RETURN(contract, values, "S", "2001-01-31", "6M", [["S", 0.5]])
    # 184 days: 100 x 0.5 x 184 / 365 = 25.21
    assert (
        "annual charges of $25.21 on 1 day are taken ($100.00 a year x share 50.00%, a part year in proportion to its days)"
    ) in said


def test_a_charge_by_quarter_is_no_part_year():
    from flexextra_udfs import EXPLAIN_RETURN

    days = ["2007-12-31", "2008-03-31", "2008-05-15", "2008-06-30", "2008-09-30", "2008-12-31"]
    values = [["date", "S"], *([day, 10] for day in days)]

    def said(timing, part_year, as_of):
        given = {"contract.name": "n", "annual_charge.form": "share", "annual_charge.dollars": 40.0, "cdsc.schedule": [0]}
        by_terms = terms.Terms({**given, "annual_charge.timing": timing, "annual_charge.part_year": part_year})
        text = EXPLAIN_RETURN(by_terms, values, "S", as_of, "YTD", [["S", 0.5]])
        return next(part for part in text.split("; ") if part.startswith("annual charges"))

    # 40 x 50% / 4 = 5; 45 days of 365 after the first quarter: 20 x 45 / 365 = 2.47
    whole = "annual charges of $10.00 on 2 days are taken ($40.00 a year x share 50.00%, a quarter of it each time)"
    assert said("contract_quarter", "none", "2008-06-30") == whole
    assert said("contract_quarter", "full", "2008-05-15") == whole
    part = "annual charges of $7.47 on 2 days are taken ($40.00 a year x share 50.00%, a quarter of it each time, "
    assert said("contract_quarter", "by_days", "2008-05-15") == f"{part}a part quarter in proportion to its days)"


def test_the_words_of_a_whole_walk():
    # 10, 11, 9, 12: 1,000 -> 1,100 - 100 -> 1,000 x 9/11 - 100 = 718.18 -> x 12/9 - 100 = 857.58; 5% of it are 42.88
    said = explained([["S", 1]], ["annual_charge.dollars", 100], values=(10, 11, 9, 12))
    assert "$1,000.00 paid in; as the unit value goes from 10.000000 to 12.000000 (20.00%)" in said
    assert "of the value of $857.58 the CDSC" not in said  # only year one has a rate
    assert said.endswith("no CDSC is due in contract year 3; $857.58 remain, -4.99% a year over 3 years.")
    said = explained([["S", 1]], ["annual_charge.dollars", 100], values=(10, 11, 9), finish="2002-07-31", period="2Y")
    assert said.endswith("$718.18 remain, -15.25% a year over 2 years.")  # 0.71818 ^ 0.5 is 0.84746


def test_a_cdsc_is_of_the_value_at_the_end():
    said = explained(
        [["S", 1]], ["annual_charge.dollars", 100], ["cdsc.thereafter from 2000-01-01", 0.05], values=(10, 11, 9, 12)
    )
    assert (
        "of the value of $857.58 the CDSC of 5.00% (contract year 3) on $857.58 beyond the free $0.00 takes $42.88" in said
    )
    # 1,000 x 0.9 x 12/9 before the charge of the third year is what was left after two, 718.18 x 12/9 = 957.58
    said = explained([["S", 1]], ["annual_charge.dollars", 100], ["cdsc.thereafter from 2000-01-01", 0.05],
                     ["cdsc.order", "before_annual_charge"], values=(10, 11, 9, 12))  # fmt: skip
    assert "of the value of $957.58 before the annual charge of that day the CDSC of 5.00%" in said
    # with a rider of 1%: 1,100 - 111 = 989; x 9/11 - 100 - 8.09 = 701.09; x 12/9 = 934.79, less the rider's 9.35
    said = explained([["S", 1]], ["annual_charge.dollars", 100], ["cdsc.thereafter from 2000-01-01", 0.05],
                     ["rider.rate", 0.01], ["cdsc.order", "before_annual_charge"], values=(10, 11, 9, 12))  # fmt: skip
    assert "of the value of $925.44 before the annual charge" in said


def test_whether_the_contract_is_redeemed():
    inputs = update_inputs.sample_inputs()
    said = {}
    for charges in ("asset", "annual", "all"):
        grid = contract_figures.figures_of(
            inputs.contracts[0], inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, charges
        )
        said[charges] = explain.sentence(grid, grid.result("EQUITY", "1Y"))
    assert "; the contract is not redeemed; " in said["annual"]
    assert "CDSC" in said["all"]
    assert "redeemed" not in said["all"] + said["asset"]


def test_the_bites_of_annual_and_rider_charges_and_of_a_total_loss():
    inputs = update_inputs.sample_inputs()
    contract = terms.load("flex_extra_flexible").replace(rider__rate=0.01)

    def labels(by_terms):
        grid = contract_figures.figures_of(by_terms, inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, "all")
        return [label for label, _ in explain.bites(grid, grid.result("EQUITY", "1Y"))]

    assert labels(contract) == ["unit values alone", "annual and rider charges", "CDSC of 8.00%"]
    assert labels(contract.replace(annual_charge__dollars=0)) == labels(contract)
    lost = contract.replace(annual_charge__dollars=1e6)
    grid = contract_figures.figures_of(lost, inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, "all")
    assert explain.bites(grid, grid.result("EQUITY", "1Y"))[-1] == ("annual charges", -1.0)


def test_charges_of_a_quarter_are_said_as_such():
    inputs = update_inputs.sample_inputs()
    contract = terms.load("flex_extra_flexible").replace(annual_charge__timing="contract_quarter")
    grid = contract_figures.figures_of(contract, inputs.unit_values, inputs.as_of, inputs.shares, inputs.funds, "all")
    said = explain.sentence(grid, grid.result("EQUITY", "1Y"))
    assert "on 4 days are taken" in said
    assert ", a quarter of it each time)" in said


def test_the_sentence_says_whose_returns_a_substituted_fund_has():
    rows = [["date", "A", "B", "C"], ["2004-07-31", 10.0, None, None], ["2005-07-31", 11.0, 50.0, None],
            ["2006-07-31", None, 60.0, 7.0], ["2007-07-31", None, None, 7.7]]  # fmt: skip
    funds = [["fund", "predecessor", "substituted_on"], ["C", "B", "2006-07-31"], ["B", "A", "2005-07-31"]]

    def says(period):
        bare = [["contract.name", "bare"], ["annual_charge.form", "none"], ["cdsc.schedule.1", 0.0]]
        return EXPLAIN_RETURN(bare, rows, "C", "2007-07-31", period, None, funds)

    chain = "(before 2006-07-31 by the returns of B, before 2005-07-31 by the returns of A)"
    # by hand: 7 / 60 x 50 / 11 x 10 = 5.303030, and 7.7 / 5.303030 - 1
    assert f"as the unit value goes from 5.303030 to 7.700000 (45.20%) {chain};" in says("3Y")
    assert "(before 2006-07-31 by the returns of B);" in says("2Y")
    assert "returns of" not in says("1Y")  # begins on the day of the substitution
