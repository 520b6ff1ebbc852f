"""The charge that two printed returns imply, where the period tells what matters; a refusal where it does not."""

import pytest
from flexextra_udfs import IMPLIED_CHARGE

from xl_flexextra.errors import BadInput, NoSolution

BASE = [
    ["annual_charge.form", "share"],
    ["annual_charge.dollars", 35],
    ["cdsc.schedule", "8%, 7%"],
    ["free_withdrawal.form", "percent_of_value"],
    ["free_withdrawal.rate", 0.1],
]
C = 10.50  # 35 x 0.30
ANNUALISED, BY_365 = ["years.short_period", "annualised"], ["years.basis", "days_365"]
YEAR_END = ["annual_charge.timing", "calendar_year_end"]
# 1,000 falls by a tenth; 900 - 10.50 = 889.50; 8% of nine tenths of it leave 889.50 x 0.928 = 825.456
BEFORE, AFTER = -0.1, 0.825456 - 1


def implied(extra, period, before=BEFORE, after=AFTER):
    (low, best, high), *_ = IMPLIED_CHARGE([*BASE, *extra], before, after, period, 8)
    assert low <= best <= high
    return best


@pytest.mark.parametrize(
    ("extra", "period"),
    [
        ([], "1Y"),
        ([], "YTD"),  # a full charge on the last day, whichever it is
        ([ANNUALISED], "1Y"),  # n is 1
        ([ANNUALISED], "CY2007"),
        ([BY_365], "CY2007"),  # 365 days
        ([YEAR_END], "CY2007"),
        ([YEAR_END, ["annual_charge.first_stub", "none"]], "CY2007"),  # from 31 December: no stub
        ([YEAR_END], "YTD"),
        ([["annual_charge.part_year", "by_days"]], "1Y"),
        ([["annual_charge.part_year", "by_days"]], "CY2008"),
        ([["rider.rate", 0.01], ["rider.base", "payment"]], "1Y"),
    ],
)
def test_the_charge_is_found_where_the_period_tells_what_matters(extra, period):
    after = AFTER
    if any(key == "rider.rate" for key, _ in extra):
        after = (900 - C - 10) * 0.928 / 1000 - 1  # 1% of the payment, too
    assert implied(extra, period, BEFORE, after) == pytest.approx(C, abs=1e-5)


def test_a_return_annualised_over_known_dates_is_undone_first():
    n = 366 / 365  # of 2008, by days / 365
    before, after = 0.9 ** (1 / n) - 1, 0.825456 ** (1 / n) - 1
    assert implied([BY_365], "CY2008", before, after) == pytest.approx(C, abs=1e-5)
    assert implied([BY_365, ["years.decimals", 2]], "CY2008") == pytest.approx(C, abs=1e-5)  # 1.0027 counts as 1.00
    assert implied([BY_365, ["years.decimals", 2]], "1Y") == pytest.approx(C, abs=1e-5)


@pytest.mark.parametrize(
    ("extra", "period", "says"),
    [
        ([ANNUALISED], "YTD", "number of years"),
        ([ANNUALISED], "6M", "number of years"),
        ([BY_365], "1Y", "number of years"),  # 366 days in some years: longer than a year
        ([YEAR_END], "1Y", "part of the annual charge"),
        ([YEAR_END, ["annual_charge.first_stub", "full"]], "1Y", "part of the annual charge"),
        ([YEAR_END, ["annual_charge.part_year", "none"]], "1Y", "part of the annual charge"),
        ([YEAR_END], "6M", "part of the annual charge"),
        ([["annual_charge.part_year", "by_days"]], "YTD", "part of the annual charge"),
        ([["annual_charge.part_year", "by_days"]], "QTD", "part of the annual charge"),
        ([["rider.rate", 0.01]], "QTD", "part of the rider charge"),
        ([["rider.rate", 0.01]], "6M", "part of the rider charge"),
        ([["annual_charge.timing", "contract_quarter"]], "1Y", "annual charge between its first and last day"),
        ([["rider.rate", 0.01], ["rider.timing", "contract_quarter"], ["rider.base", "payment"]], "1Y", "between"),
    ],
)
def test_a_period_that_does_not_tell_what_matters_is_refused(extra, period, says):
    with pytest.raises(BadInput, match=f"'period' {period} .*{says}"):
        implied(extra, period)


def test_the_case_that_gave_five_times_the_charge():
    """-13.966696% and -21.135494% over 213 days, annualised; taken as they stood they implied 55.38."""
    n = 213 / 365
    before, after = (1 - 0.13966696) ** (1 / n) - 1, (1 - 0.21135494) ** (1 / n) - 1
    assert (before, after) == pytest.approx((-0.22724164557750792, -0.3342751911825774), abs=1e-8)
    with pytest.raises(BadInput, match="number of years"):
        implied([ANNUALISED], "YTD", before, after)


def test_rounded_units_do_not_blur_the_charge():
    """How many units are cancelled depends on unit values that two returns do not tell."""
    units = [["annual_charge.taken_as", "units"], ["annual_charge.unit_decimals", 0]]
    assert implied(units, "1Y") == pytest.approx(C, abs=1e-5)


def test_a_year_to_date_without_a_charge_has_none_to_imply():
    with pytest.raises(NoSolution, match="no annual charge"):
        implied([["annual_charge.part_year", "none"]], "YTD")


def test_a_charge_beyond_the_payment_is_found_in_what_it_has_grown_to():
    # 1,000 grows to 1,500 and bears 1,400: 100 are left, less 8% of nine tenths of them
    assert implied([], "1Y", 0.5, 0.0928 - 1) == pytest.approx(1400, abs=1e-4)


def test_a_charge_from_the_payment_may_be_more_than_is_left_of_it():
    # 200 of 1,000 are invested and halve
    assert implied([["annual_charge.taken_as", "from_payment"]], "1Y", -0.5, 0.0928 - 1) == pytest.approx(800, abs=1e-4)


def test_no_difference_is_no_charge():
    free = [["free_withdrawal.full_surrender", "none"]]
    assert implied(free, "1Y", 0.1, 1.1 * 0.92 - 1) == pytest.approx(0, abs=1e-4)
    with pytest.raises(NoSolution, match="no charge explains it"):
        implied(free, "1Y", 0.1, 1.1 * 0.92 - 1 + 1e-6)


def test_a_rider_of_the_value_in_between_is_no_hindrance():
    # a quarter of 1% at each of four quarters; at the last both are measured on the value before it
    held = 900 * 0.9975**3
    after = (held * 0.9975 - C) * 0.928 / 1000 - 1
    assert implied([["rider.rate", 0.01], ["rider.timing", "contract_quarter"]], "CY2007", BEFORE, after) == pytest.approx(
        C, abs=1e-5
    )


@pytest.mark.parametrize("period", ["13M", "2Y", "10Y", "1Y_OR_SI", "10Y_OR_SI_FUND", "SI_FUND"])
def test_a_period_longer_than_a_year_or_of_unknown_length_is_refused(period):
    with pytest.raises(BadInput, match=f"'period' {period} is longer than a year or unknown in length"):
        implied([], period)


@pytest.mark.parametrize(("before", "after"), [(-1, -1), (-1.5, -1), (0.1, -1.01)])
def test_no_more_than_all_can_be_lost(before, after):
    with pytest.raises(BadInput, match="must be above -1"):
        implied([], "1Y", before, after)


def test_where_nothing_depends_on_the_charge_nothing_is_implied():
    by_rate = [["annual_charge.form", "fraction_of_end_value"], ["annual_charge.rate", 0.01], ["cdsc.schedule", "8%"]]
    with pytest.raises(BadInput, match="take no annual charge in dollars"):
        IMPLIED_CHARGE(by_rate, BEFORE, AFTER, "1Y")
    all_taken = [[key, "100%" if key == "cdsc.schedule" else value] for key, value in BASE[:3]]
    with pytest.raises(NoSolution, match="does not depend on the annual charge"):
        IMPLIED_CHARGE(all_taken, 0.1, -1, "1Y")


def test_the_page_does_not_tell_whether_the_free_amount_is_measured_before_the_charge():
    """July 2008, Tables 1 and 2: $35 lies within what the year to date and one year allow, measured either way; $30 in
    neither. So no shipped contract says that its tables settle it."""
    from xl_flexextra import terms
    from xl_flexextra.calculation.implied_charge import implied_charge
    from xl_flexextra.update.update_inputs import sample_inputs

    printed = {(p.fund, p.period, p.contract): p.value for p in sample_inputs().published if str(p.as_of) == "2008-07-31"}
    funds = sorted({fund for fund, _, contract in printed if contract})
    flexible = terms.load("flex_extra_flexible")
    sums = {}
    for measured in ("after_charge", "before_charge"):
        by_terms = flexible.replace(free_withdrawal__measured=measured)
        ends = [
            [implied_charge(by_terms, printed[f, code, ""], printed[f, code, "FLEX"], code) for code in ("YTD", "1Y")]
            for f in funds
        ]
        sums[measured] = sum(max(e[0] for e in own) for own in ends), sum(min(e[2] for e in own) for own in ends)
    assert sums["after_charge"] == pytest.approx((34.49, 35.52), abs=0.006)
    assert all(30 < low < 35 < high for low, high in sums.values())
    for name in terms.shipped():
        said = terms.load(name).sources["free_withdrawal.measured"]
        assert said.startswith("not told by the tables alone"), said
