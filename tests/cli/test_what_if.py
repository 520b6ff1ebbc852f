"""What-if on the command line: a term with another value, other charges, a workbook's own inputs; nothing else changes."""

import pytest
from commands import run

from xl_flexextra import terms
from xl_flexextra.cli.own_terms import what_if
from xl_flexextra.errors import BadInput, InvalidTerms

CONTRACTS = tuple(terms.load(name) for name in ("flex_extra_flexible", "flex_extra_single"))


def test_a_charge_of_30_moves_the_figures_that_need_35():
    code, said = run("tie-out", "--set", "annual_charge.dollars=30")
    assert code == 1
    assert said.rstrip().endswith("58 of 112 published figures tie")  # as docs/excel.md says of the cell
    code, said = run("explain", "--fund", "EQUITY", "--period", "5Y", "--set", "annual_charge.dollars=30")
    assert (code, "$30.00 a year" in said, "4.06% a year" in said) == (0, True, True)  # README: 0.0406


def test_one_contract_of_several_is_named():
    flexible, single = what_if(CONTRACTS, ["single:annual_charge.dollars=99"])
    assert (flexible["annual_charge.dollars"], single["annual_charge.dollars"]) == (35.0, 99.0)
    assert flexible is CONTRACTS[0]
    assert single.sources["annual_charge.dollars"] == "--set"


def test_terms_that_only_make_sense_together_are_set_together():
    (changed,) = what_if(CONTRACTS[:1], ["annual_charge.form=none", "annual_charge.dollars="])
    assert changed["annual_charge.form"] == "none"
    with pytest.raises(InvalidTerms, match="drop one of them"):
        what_if(CONTRACTS[:1], ["annual_charge.form=none"])


@pytest.mark.parametrize("written", ["cdsc.schedule=2%, 1%", "CDSC.Schedule = 0.02; 0.01"])
def test_a_schedule_is_one_text(written):
    (changed,) = what_if(CONTRACTS[:1], [written])
    assert changed["cdsc.schedule"] == (0.02, 0.01)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("annual_charge.dollars", "a term and its value"),
        ("=30", "a term and its value"),
        ("other:annual_charge.dollars=30", "'--set' must be one of flex_extra_flexible"),
        ("annual_charge.dolars=30", "did you mean 'annual_charge.dollars'"),
        ("annual_charge.dollars=a lot", "annual_charge.dollars"),
    ],
)
def test_what_is_no_term_is_refused_in_a_sentence(written, says):
    with pytest.raises(BadInput, match=says):
        what_if(CONTRACTS, [written])


@pytest.mark.parametrize(("charges", "aatr"), [("asset", "5.69%"), ("annual", "4.91%"), ("all", "3.94%")])
def test_a_figure_is_explained_after_the_charges_that_are_asked_for(charges, aatr):
    """3.94% and 5.69% are printed in Tables 2 and 1 of the July 2008 update; 4.91% follows from the walk by hand:
    1,318.50 less 35 x 0.2782 a year."""
    code, said = run("explain", "--fund", "EQUITY", "--period", "5Y", "--charges", charges)
    assert (code, aatr in said) == (0, True)


def test_a_changed_term_stands_in_the_sources_of_the_workbook(tmp_path):
    from xl_flexextra.sources.files import Files

    book = tmp_path / "what_if.xlsx"
    assert run("report", "--set", "single:annual_charge.dollars=31", "--out", book)[0] == 1
    assert ["Contract terms", "--set single:annual_charge.dollars=31", "changed for this run"] in Files().rows(
        f"{book}#Sources"
    )
    code, said = run("tie-out", book)  # of the workbook's own inputs
    assert code == 1
    assert "112 of 112" not in said
    code, said = run("tie-out", book, "--set", "single:annual_charge.dollars=30")
    assert (code, said.rstrip().endswith("112 of 112 published figures tie")) == (0, True)
    assert run("tie-out", book, "--terms", "flexible") == (
        2,
        "Give either a workbook or files; of a workbook only --published and --set may differ.",
    )
