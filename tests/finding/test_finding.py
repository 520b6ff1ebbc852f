"""The search for conventions and amounts: what it finds on filings, that it equals the calculation, what it calls odd."""

import dataclasses
import json
import random

import filings
import numpy as np
import pytest

from xl_flexextra import terms
from xl_flexextra.calculation import contract_figures
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.finding import amounts, choices, decided, outcome, search
from xl_flexextra.finding.misprints import UNEXPLAINED, digits_slip, misprints
from xl_flexextra.update import found, report
from xl_flexextra.update.to_find import Printed, asset_charges, task
from xl_flexextra.update.update_inputs import sample_inputs

FLEXIBLE = terms.load("flex_extra_flexible")


@pytest.fixture(scope="module")
def pages():
    return filings.every()


@pytest.fixture(scope="module")
def sample():
    inputs = sample_inputs()
    update = report.compute(inputs)
    codes = tuple(report.route(update, figure).code for figure in inputs.published)
    return Printed(inputs.published, inputs.contracts, inputs.funds, inputs.unit_values, inputs.shares, codes)


@pytest.fixture(scope="module")
def by_page(sample):
    return outcome.find(task(sample._replace(unit_values=None, shares=None, codes=()), FLEXIBLE)[0])


def some(sample, *funds, periods=("YTD", "1Y", "5Y")):
    """A page with fewer figures."""
    kept = [k for k, p in enumerate(sample.published) if p.fund in funds and p.period in periods and p.contract != "SINGLE"]
    return sample._replace(
        published=tuple(sample.published[k] for k in kept), codes=tuple(sample.codes[k] for k in kept), drafts=(FLEXIBLE,)
    )


# --- the filings ------------------------------------------------------------------------------------------------------

QUICK = (
    "strategic_partners_advisor", "panorama_passage", "monthly_charge", "cumulative", "years_to_two_decimals",
    "transitions_iii", "cm_life_multi_a", "pacific_portfolios", "advisor_designs_2001", "advisor_designs_2002",
)  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_the_terms_of_a_filing_are_among_the_best_sets_for_its_figures(pages, name):
    """From the numbers alone, every convention at its default."""
    own = pages[name].drafts[0]
    first = outcome.find(task(pages[name], filings.numbers_alone(own))[0])
    every = [one for reading in search.readings(task(pages[name], own)[0]) for one in [search.tied(reading)]]
    of_filing = max(int(one.score[outcome._departures(one.reading) == 0].max()) for one in every)
    assert of_filing >= first.tied
    assert first.tied >= 0.9 * len(first.task.page.figures)


@pytest.fixture(scope="module")
def rollover(pages):
    certain = ("free_withdrawal.form", "cdsc.base", "cdsc.order", "annual_charge.timing", *choices.VALUATION)
    (one,) = found.find_all(pages["rollover_choice"], certain, further=False)
    return one


def test_a_stranger_set_that_ties_one_more_stands_beside_the_plain_one_and_says_so(pages, rollover):
    own, one = pages["rollover_choice"].drafts[0], rollover
    assert (one.best, one.of_draft, one.figures) == (12, 12, 13)
    assert "12 with no departures, 13 with 1 departure" in one.stranger
    assert "Beside it, by stranger choices: 13 tie with years.basis" in one.stranger
    assert one.nearest["years.basis"] == own["years.basis"]


# --- the one walk -----------------------------------------------------------------------------------------------------


def test_a_set_of_the_search_is_the_figure_of_its_terms(sample):
    page = some(sample, "EQUITY", "MONEY_MARKET")
    asked, _ = task(page, FLEXIBLE)
    (reading,) = search.readings(asked)
    every = search.tied(reading)
    seeds, compared = random.Random(7), 0
    for _ in range(40):
        w, r, y = (seeds.randrange(count) for count in reading.shape)
        said = dict([*reading.walk.members[w][0][0], *reading.redemption.members[r][0][0], *reading.years.members[y][0][0]])
        by_terms = decided.as_terms(FLEXIBLE, said)
        if by_terms is None:
            continue  # of the free amount measured after a charge that comes last, which no terms allow together
        values = every.values(w, r, y, asked.page.figures)
        for figure, code, value in zip(asked.page.figures, page.codes, values, strict=True):
            charges = figure.spans[0].charges
            one = page.published[figure.place]
            try:
                of = contract_figures.figures_of(by_terms, page.unit_values, one.as_of, page.shares, page.funds, charges)
                expected = of.figure(one.fund, code)
            except FlexExtraError:
                assert np.isnan(value)
                continue
            if said["free_withdrawal.form"] == "percent_of_prior_anniversary_value" and said["carry.precision"] == "cents":
                assert np.isnan(value) or value == pytest.approx(expected, abs=1e-12)  # cents of a day more: not searched
                continue
            assert value == pytest.approx(expected, abs=1e-12), said
            compared += 1
    assert compared > 100


def test_a_missing_unit_value_makes_a_set_incomputable_and_no_miss(pages):
    """Quarters of a year need unit values that a page of month ends does not have."""
    asked, _ = task(pages["provider"], pages["provider"].drafts[0])
    (reading,) = search.readings(asked)
    every = search.tied(reading)
    quarters = [
        w for w, own in enumerate(reading.walk.members) if dict(own[0][0]).get("annual_charge.timing") == "contract_quarter"
    ]
    assert quarters
    assert np.isnan(every.values(quarters[0], 0, 0, asked.page.figures)).any()


# --- amounts ----------------------------------------------------------------------------------------------------------


def test_the_page_alone_refutes_the_charge_of_the_caption(by_page):
    """July 2008, Tables 1 and 2: shares x charge by the year to date, by one year, by both; $30 of the caption is out."""
    by_name = {one.name: one for one in amounts.charges(by_page)}
    both, ytd = by_name[amounts.SUM], by_name[f"{amounts.SUM}, by YTD alone"]
    assert (ytd.low, ytd.high) == pytest.approx((34.17, 35.63), abs=0.006)
    assert (both.low, both.high) == pytest.approx((34.49, 35.52), abs=0.006)
    assert both.stands
    assert not amounts.allowed(by_page, 30.0)
    assert amounts.allowed(by_page, 35.0)
    assert "4 of 18 of these sets allow 35" in by_name[f"{amounts.SUM}, by every set that ties as much"].note
    rate = amounts.rates(by_page)[0]
    assert rate.name == "cdsc.schedule.1"
    assert rate.stands
    assert "only rate x (1 - free percentage) is told" in rate.note


def test_a_free_percentage_that_no_caption_prints_is_found(sample):
    """The page of July 2008 prints no free withdrawal amount; its figures need nine tenths of the CDSC."""
    given = {key: value for key, value in FLEXIBLE.given.items() if not key.startswith("free_withdrawal.")}
    page = some(sample, "EQUITY", "BLEND", periods=("YTD", "1Y"))._replace(unit_values=None, shares=None, codes=())
    one = outcome.find(task(page, terms.Terms(given))[0])
    assert one.tied == len(one.task.page.figures)
    assert one.choices()["free_withdrawal.form"] == "percent_of_value"
    (free,) = (a for a in amounts.rates(one) if a.name == "free_withdrawal.rate")
    assert free.low < 0.10 < free.high
    assert free.stated is None


def test_the_page_alone_does_not_tell_where_the_free_amount_is_measured_but_that_no_charge_is_taken_at_the_start(by_page):
    values = {key.key: key.values for key in decided.keys(by_page)}
    assert set(values["free_withdrawal.measured"]) == {"after_charge", "before_charge"}
    assert "start_of_contract_year" not in values["annual_charge.timing"]


def test_a_charge_held_at_the_caption_is_fitted_and_the_conventions_with_it(sample):
    page = some(sample, "EQUITY", "BLEND", "GLOBAL_SECURITIES")
    captioned = FLEXIBLE.replace(annual_charge__dollars=30.0)
    one = outcome.find(task(page, captioned)[0])
    assert one.fitted
    assert one.tied == len(page.published) > one.of_draft
    assert one.sets.scale[0, 0] * 30 == pytest.approx(35, abs=0.1)
    assert one.choices()["annual_charge.timing"] == "contract_anniversary"
    assert not amounts.allowed(one, 30.0)


def test_shares_that_nobody_gives_are_fitted_by_fund(sample):
    page = some(sample, "EQUITY", "BLEND", periods=("YTD", "1Y"))
    one = outcome.find(task(page._replace(shares=None), FLEXIBLE)[0])
    by_name = {a.name: a for a in amounts.charges(one)}
    assert by_name["charge of EQUITY"].low <= 35 * 0.2782 <= by_name["charge of EQUITY"].high
    assert by_name["charge of BLEND"].low <= 35 * 0.2163 <= by_name["charge of BLEND"].high


def test_the_separate_account_charge_lies_between_fund_and_unit_value_returns(sample):
    """A fund of 10.00% a year less 1.30% of it: 1.10 x 0.987 is 8.57%."""
    unit = next(p for p in sample.published if (p.fund, p.period, p.contract) == ("EQUITY", "1Y", ""))
    page = sample._replace(published=(dataclasses.replace(unit, value=0.0857),), codes=(), unit_values=None)
    (line, total) = asset_charges(page, [dataclasses.replace(unit, value=0.10)])
    low, high = (float(part.rstrip("%")) for part in line[1].split(" to "))
    assert low < 1.30 < high
    assert high - low < 0.02
    assert total[2] == "1.3% stands"


# --- misprints --------------------------------------------------------------------------------------------------------


def test_the_misprints_of_a_filing_are_named_with_the_right_figures(pages):
    """Pacific Innovations: 152.75 and -14.72% stand where 552.75 and -44.72% follow from the unit values."""
    page = pages["pacific_innovations_2000"]
    odd = misprints(outcome.find(task(page, page.drafts[0])[0]))
    assert [(one.printed, one.computed, one.looks) for one in odd] == [
        ("152.75", "552.75", "one digit differs"), ("-14.72%", "-44.72%", "one digit differs"),
    ]  # fmt: skip


def test_a_count_of_days_that_no_slip_explains_is_unexplained(rollover):
    """Rollover Choice prints 7.23561644 years: 2,641 days, where there are 2,642."""
    (one,) = rollover.misprints
    assert one.printed == "7.23561644"
    assert one.looks.startswith(UNEXPLAINED)
    assert not one.is_likely


SLIPS = {"digit": "one digit differs", "swap": "two digits swapped", "sign": "sign lost", "point": "decimal point moved"}


@pytest.mark.parametrize("seed", range(3))
def test_random_clean_pages_have_no_misprint_and_one_put_in_is_found(sample, seed):
    seeds = random.Random(seed)
    draft = FLEXIBLE.replace(
        annual_charge__part_year=seeds.choice(["full", "none"]), cdsc__base=seeds.choice(["value", "payment", "lesser"])
    )
    page = some(sample, "EQUITY", "BLEND")._replace(drafts=(draft,))
    clean = []
    for one, code in zip(page.published, page.codes, strict=True):
        charges = "all" if one.contract else "asset"
        of = contract_figures.figures_of(draft, page.unit_values, one.as_of, page.shares, page.funds, charges)
        clean.append(dataclasses.replace(one, value=round(of.figure(one.fund, code), 4)))
    held = [*choices.VALUATION, choices.CARRY, "years.basis", "years.decimals"]
    page = page._replace(published=tuple(clean))
    assert misprints(outcome.find(task(page, draft, held)[0])) == []
    place = seeds.choice([k for k, one in enumerate(clean) if one.contract and abs(one.value) > 0.02])
    slip = ("digit", "sign", "point")[seed]
    digits = round(clean[place].value * 1e4)
    other = abs(digits) + (300 if str(abs(digits))[-3] < "7" else -300)
    wrong = {"digit": other if digits > 0 else -other, "sign": -digits, "point": int(digits / 10)}[slip]
    clean[place] = dataclasses.replace(clean[place], value=wrong / 1e4)
    (odd,) = misprints(outcome.find(task(page._replace(published=tuple(clean)), draft, held)[0]))
    assert odd.place == place
    assert odd.looks == SLIPS[slip]
    assert odd.computed == f"{digits / 100:.2f}%"


@pytest.mark.parametrize(
    ("ours", "printed", "looks"),
    [(262856, 2262856, "a digit too many"), (12445, 1245, "a digit lost"), (12445, 12545, ""), (245, -1245, "")],
)
def test_a_digit_lost_or_one_too_many_is_named(ours, printed, looks):
    assert digits_slip(ours, printed) == looks


def test_last_months_figure_is_named(sample):
    page = some(sample, "EQUITY", "BLEND", "STRATEGIC_BOND", periods=("1Y", "5Y"))
    place = next(k for k, one in enumerate(page.published) if one.contract and one.period == "5Y" and one.fund == "BLEND")
    figures = list(page.published)
    figures[place] = dataclasses.replace(figures[place], value=0.0718)
    one = outcome.find(task(page._replace(published=tuple(figures)), FLEXIBLE)[0])
    (odd,) = misprints(one, {("BLEND", "5Y", "return", "FLEX"): 0.0718})
    assert odd.looks == "last month's figure"


# --- what is decided --------------------------------------------------------------------------------------------------


def test_a_page_of_whole_years_cannot_tell_part_years_and_a_further_figure_is_named(sample):
    page = some(sample, "EQUITY", "BLEND", periods=("1Y",))
    one = outcome.find(task(page, FLEXIBLE)[0])
    key = next(key for key in decided.keys(one) if key.key == "annual_charge.part_year")
    assert key.verdict == decided.SAME
    assert len(key.values) == 4
    assert "YTD return" in decided.tells(one, key, page.unit_values, page.shares)


def test_findings_stand_on_a_sheet_of_their_own(pages, tmp_path):
    import openpyxl

    from xl_flexextra.workbook.findings_sheet import findings_book

    table = found.rows(found.find_all(pages["pacific_innovations_2000"], further=False))
    findings_book(tmp_path / "found.xlsx", table)
    sheet = openpyxl.load_workbook(tmp_path / "found.xlsx")["Findings"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert lines[0] == list(found.HEADER)
    misprint = next(line for line in lines if line[1] == "misprint")
    assert misprint[3:7] == ["552.75", "152.75", "likely misprint", "one digit differs"]
    assert any(line[1] == "convention" and line[2] == "cdsc.base" and line[5] == "decided" for line in lines)


def test_the_command_writes_what_it_found(sample, tmp_path, capsys):
    from xl_flexextra.cli import find_commands

    out = tmp_path / "found.json"
    rows = [["table", "contract", "as_of", "fund", "period", "return_pct"]]
    july = [p for p in sample.published if p.period in {"YTD", "1Y"} and str(p.as_of) == "2008-07-31"]
    rows += [[p.table, p.contract, str(p.as_of), p.fund, p.period, f"{100 * p.value:.2f}"] for p in july]
    page = tmp_path / "published.csv"
    page.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    find_commands.find(published=str(page), terms=["flex_extra_flexible"], out=out, quick=True, charge=[30.0])
    said = capsys.readouterr().out
    assert "14 of 14 figures tie" in said
    assert "34.49 to 35.52" in said
    written = json.loads(out.read_text(encoding="utf-8"))
    (one,) = written["contracts"]
    assert one["tied"] == one["figures"] == 14
    refuted = [row for row in written["rows"] if row["verdict"] == "refuted"]
    assert [row["found"] for row in refuted] == ["30"]


# --- CDSC rates -------------------------------------------------------------------------------------------------------


CERTAIN = (
    *choices.VALUATION, *choices.YEARS, choices.CARRY,
    "annual_charge.form", "annual_charge.timing", "annual_charge.taken_as",
)  # fmt: skip


@pytest.mark.parametrize(
    ("drafted", "wrong"),
    [
        ([0.07, 0.08, 0.07, 0.06, 0.04, 0.04, 0.03, 0.02, 0.01, 0.0], {1: (0.08, 0.07), 5: (0.05, 0.04)}),
        ([0.0], {1: (0.08, 0.0), 5: (0.05, 0.0)}),
    ],
    ids=["two wrong", "none known"],
)
def test_cdsc_rates_that_the_figures_refute_are_fitted_and_named(sample, drafted, wrong):
    """Of the filing 8% in year 1 and 5% in year 5; a page of three funds, each with YTD, 1 and 5 years."""
    page = some(sample, "EQUITY", "MONEY_MARKET", "GLOBAL")
    draft = choices.changed(FLEXIBLE, [("cdsc.schedule", drafted), ("cdsc.thereafter", 0.0)])
    (one,) = found.find_all(page._replace(drafts=(draft,)), CERTAIN, further=False)
    assert {rate.year: (rate.rate, rate.drafted) for rate in one.rates} == wrong
    assert one.best == one.figures > one.of_draft
    assert not one.misprints
    refuted = {amount.name for amount in one.amounts if amount.stands is False}
    assert refuted == {"cdsc.schedule.1", "cdsc.schedule.5"}
    assert one.corrected.startswith("The draft's CDSC rates do not stand; the figures need year 1 8.00% (drafted")


def test_a_misprint_moves_no_cdsc_rate(sample):
    page = some(sample, "EQUITY", "MONEY_MARKET", "GLOBAL")
    place = next(k for k, one in enumerate(page.published) if one.period == "5Y" and one.contract)
    wrong = dataclasses.replace(page.published[place], value=page.published[place].value + 0.0090)
    page = page._replace(published=(*page.published[:place], wrong, *page.published[place + 1 :]))
    (one,) = found.find_all(page, CERTAIN, further=False)
    assert not one.rates
    assert [misprint.place for misprint in one.misprints] == [place]


def test_a_wrong_charge_moves_no_cdsc_rate_and_a_wrong_free_percent_is_named(sample):
    """A draft of $30 where the figures need $35, and one of 15% free where they need 10%."""
    page = some(sample, "EQUITY", "GLOBAL")
    for key, value in (("annual_charge.dollars", 30.0), ("free_withdrawal.rate", 0.15)):
        draft = choices.changed(FLEXIBLE, [(key, value)])
        (one,) = found.find_all(page._replace(drafts=(draft,)), CERTAIN, further=False)
        assert (one.best, one.rates) == (one.figures, ())
        assert one.free == (0.10 if key == "free_withdrawal.rate" else None)
        assert key in {amount.name for amount in one.amounts if amount.stands is False}
