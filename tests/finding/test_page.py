"""A page against itself, without unit values: what contradicts is found, clean pages contradict nothing."""

import dataclasses
import random

import pytest

from xl_flexextra.calculation import contract_figures
from xl_flexextra.cli import find_commands
from xl_flexextra.errors import BadInput
from xl_flexextra.finding.misprints import UNEXPLAINED
from xl_flexextra.update.found import find_all
from xl_flexextra.update.page_check import page_check
from xl_flexextra.update.to_find import Printed
from xl_flexextra.update.update_inputs import sample_inputs

SAMPLE = sample_inputs()
FUNDS = ("EQUITY", "BLEND")


def page(change=None, value=None, figures=None):
    """The July 2008 page with three funds, as printed but for one figure."""
    kept = [p for p in figures or SAMPLE.published if p.fund in FUNDS]
    if change:
        place = next(k for k, p in enumerate(kept) if (p.fund, p.period, p.contract, p.as_of.month) == change)
        kept[place] = dataclasses.replace(kept[place], value=value)
    return Printed(tuple(kept), SAMPLE.contracts, SAMPLE.funds)


def checked(printed):
    found = find_all(printed, further=False)
    odds, charges = page_check(printed, found)
    return found, odds, charges


def test_the_page_as_printed_contradicts_nothing_and_the_other_contracts_charge_stands():
    """All seven funds: Table 4 beside Table 3 leaves $28.59 to $31.11 for the single contract, which states $30."""
    found, odds, charges = checked(Printed(SAMPLE.published, SAMPLE.contracts, SAMPLE.funds))
    assert odds == []
    assert [one.misprints for one in found] == [(), ()]
    ((contract, between, stated, holds, _),) = charges
    assert (contract, stated, holds) == ("SINGLE", "30", "stands")
    low, high = map(float, between.split(" to "))
    assert 28 < low < 30 < high < 32


@pytest.mark.parametrize("seed", range(2))
def test_clean_pages_of_other_terms_contradict_nothing(seed):
    seeds = random.Random(seed)
    flexible, single = (
        one.replace(cdsc__base=base, annual_charge__part_year=part)
        for one, base, part in zip(
            SAMPLE.contracts, seeds.choices(["value", "payment"], k=2), seeds.choices(["full", "none"], k=2), strict=True
        )
    )
    by_code = {"": flexible, "FLEX": flexible, "SINGLE": single}
    clean = []
    for one in SAMPLE.published:
        if one.fund in FUNDS:
            own, charges = by_code[one.contract], "all" if one.contract else "asset"
            period = f"{one.period}_OR_SI_FUND" if one.period == "10Y" else one.period
            figures = contract_figures.figures_of(own, SAMPLE.unit_values, one.as_of, SAMPLE.shares, SAMPLE.funds, charges)
            clean.append(dataclasses.replace(one, value=round(figures.figure(one.fund, period), 4)))
    printed = page(figures=clean)._replace(drafts=(flexible, single))
    assert checked(printed)[1] == []


@pytest.mark.parametrize(
    ("change", "value", "rule", "label"),
    [
        (("EQUITY", "10Y", "FLEX", 7), 0.0345, "higher after charges", "EQUITY 10Y, 2008-07-31, FLEX"),
        (("EQUITY", "10Y", "FLEX", 7), -0.0455, "after against before charges", "EQUITY 10Y, 2008-07-31, FLEX"),
        (("EQUITY", "1Y", "SINGLE", 6), -0.2262, "one fund under two contracts", "EQUITY 1Y, 2008-06-30, SINGLE"),
        (("BLEND", "3Y", "", 7), -0.8500, "periods against each other", "BLEND 3Y, 2008-07-31, before contract charges"),
    ],
)
def test_a_figure_that_contradicts_the_page_is_named(change, value, rule, label):
    _, odds, _ = checked(page(change, value))
    assert label in {name for one in odds if one.rule == rule for name in one.labels}


def test_a_quarter_end_far_from_its_month_end_is_named():
    """One year to June under both contracts twice what one year to July allows."""
    figures = [
        dataclasses.replace(p, value=p.value + 1.6) if (p.fund, p.period, p.as_of.month) == ("BLEND", "1Y", 6) else p
        for p in SAMPLE.published
    ]
    _, odds, _ = checked(page(figures=figures))
    assert "BLEND 1Y, 2008-06-30, FLEX" in {n for one in odds if one.rule.startswith("quarter") for n in one.labels}


def test_two_figures_that_need_different_charges_are_both_named():
    """Without unit values nobody knows which of the two is wrong."""
    found, _, _ = checked(page(("EQUITY", "YTD", "FLEX", 7), -0.1929))
    (odd,) = found[0].misprints
    assert odd.looks.startswith(UNEXPLAINED)
    assert "need different charges; one of the two is wrong" in odd.looks


def test_what_cannot_be_searched_is_said(tmp_path, capsys):
    printed = tmp_path / "printed.csv"
    head = "as_of,fund,period,return_pct,table,contract\n"
    printed.write_text(head)
    with pytest.raises(BadInput, match="no printed figures to search by"):
        find_commands.find(published=str(printed), terms=["flexible"])
    printed.write_text(head + "2008-07-31,EQUITY,1X,1.00,t,\n")
    with pytest.raises(BadInput, match="'1X' is not known"):
        find_commands.find(published=str(printed), terms=["flexible"])
    printed.write_text(head + "2008-07-31,EQUITY,1Y,1.00,t,OTHER\n")
    find_commands.find(published=str(printed), terms=["flexible"])
    assert "not searched: 1 figure of OTHER; give the draft of its terms too" in capsys.readouterr().out
    with pytest.raises(BadInput, match="above zero"):
        find_commands.find(published=str(printed), terms=["flexible"], charge=[-3.0])


def test_a_page_without_a_draft_is_refused_in_a_sentence(tmp_path):
    printed = tmp_path / "printed.csv"
    printed.write_text("as_of,fund,period,return_pct,table,contract\n2008-07-31,EQUITY,1Y,1.00,t,\n")
    with pytest.raises(BadInput, match="--terms is missing; give the draft"):
        find_commands.find(published=str(printed))
