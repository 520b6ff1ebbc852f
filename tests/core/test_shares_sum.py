"""Shares of the annual charge that do not sum to one were taken without a word."""

import pytest
from commands import run

from xl_flexextra import catalogue
from xl_flexextra.calculation.contract_figures import ContractFigures
from xl_flexextra.errors import BadInput, FlexExtraError
from xl_flexextra.functions import registry
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms

ROWS = [["date", "A", "B"], ["2007-07-31", 10, 10], ["2008-07-31", 11, 12]]
VALUES = UnitValues.from_rows(ROWS)
AS_OF = VALUES.dates[-1].item()
GIVEN = {"contract.name": "x", "annual_charge.form": "share", "annual_charge.dollars": 30.0, "cdsc.schedule": [0.0]}


def one_year(shares: list[list[object]], **terms: object) -> float:
    return ContractFigures(Terms({**GIVEN, **terms}), VALUES, AS_OF, Shares.from_rows(shares), None, "annual").figure(
        "A", "1Y"
    )


def test_shares_that_sum_to_more_are_an_error_where_the_terms_say_one():
    rows = [["fund", "share"], ["A", 0.7], ["B", 0.6]]
    assert one_year(rows) == pytest.approx(0.1 - 30 * 0.7 / 1000)
    with pytest.raises(BadInput, match=r"'shares' sum to 1\.3 on .* but shares\.sum of x is one"):
        one_year(rows, **{"shares.sum": "one"})
    rows[2][1] = 0.3
    assert one_year(rows, **{"shares.sum": "one"}) == pytest.approx(0.1 - 30 * 0.7 / 1000)


@pytest.mark.parametrize(
    ("bad", "cell", "says"),
    [
        ("much", "#VALUE!", "'much', which is no number; correct the cell"),
        ("12,5%", "#VALUE!", "which is no number"),
        (-0.25, "#VALUE!", "-0.25, but a share lies between 0 and 1; correct the cell"),
        (3.0, "#VALUE!", "3, but a share lies between 0 and 1"),
        (True, "#VALUE!", "which is no number"),
        ("n/a", "#N/A", "has no share of B"),
        ("\N{EN DASH}", "#N/A", "has no share of B"),
    ],
)
def test_a_bad_share_stopped_the_whole_table(bad, cell, says):
    rows = [["fund", "share"], ["A", 0.7], ["B", bad]]
    shares = Shares.from_rows(rows)
    assert shares.on("A", AS_OF) == 0.7
    with pytest.raises(FlexExtraError, match="B"):
        shares.on("B", AS_OF)
    terms = [
        ["annual_charge.form", "share"],
        ["annual_charge.dollars", 30],
        ["cdsc.schedule", "0%"],
        ["free_withdrawal.form", "none"],
    ]
    asked = [terms, ROWS, "2008-07-31", ["1Y"], rows, None, "annual"]
    one, other = registry.evaluate(catalogue.get("PERFORMANCE_TABLE"), asked)
    assert (one[0], str(other[0])) == (pytest.approx(0.1 - 30 * 0.7 / 1000), cell)
    asked = ["CONTRACT_AATR", terms, ROWS, "B", "2008-07-31", "1Y", rows, None, "annual"]
    assert says in registry.evaluate(catalogue.get("EXPLAIN_ERROR"), asked)


@pytest.mark.parametrize("shares", [[70.0, 30.0], [0.5, 99.5], [0.9, 40.0, 59.0], [7.0]])
def test_percentages_given_for_shares_are_refused_as_a_whole(shares):
    with pytest.raises(BadInput, match="for"):
        Shares.from_rows([["fund", "share"], *[[f"F{place}", share] for place, share in enumerate(shares)]])


def test_the_sum_is_of_the_shares_in_force():
    shares = Shares.from_rows(
        [["effective date", "fund", "share"], ["2007-01-01", "A", 0.7], ["2007-01-01", "B", 0.3], ["2008-01-01", "A", 0.9]]
    )
    assert [(str(day), round(total, 12)) for day, total in shares.other_sums()] == [("2008-01-01", 1.2)]
    assert shares.other_sums(last=VALUES.dates[0].item()) == []


@pytest.mark.parametrize(
    ("share", "code", "says"), [(0.6, 1, "Look: the shares sum to 1.3, of A 0.7, B 0.6; give 0 to a fund"), (0.3, 0, "")]
)
def test_a_report_says_that_its_shares_sum_to_more(tmp_path, share, code, says):
    for name, text in (
        ("v.csv", "date,A,B\n2007-07-31,10,10\n2008-07-31,11,12\n"),
        ("s.csv", f"fund,share\nA,0.7\nB,{share}\n"),
        ("f.csv", "fund\nA\nB\n"),
        ("t.toml", '[contract]\nname = "x"\n[annual_charge]\nform = "share"\ndollars = 30\n[cdsc]\nschedule = [0.0]\n'),
    ):
        (tmp_path / name).write_text(text)
    words = ["report", "--unit-values", "v.csv", "--shares", "s.csv", "--funds", "f.csv", "--terms", "t.toml"]
    given = [tmp_path / word if word[-4:] in {".csv", "toml"} else word for word in words]
    found, said = run(*given, "--as-of", "2008-07-31", "--out", tmp_path / "o.xlsx")
    assert (found, says in said, "shares sum" in said) == (code, True, bool(says))


def test_a_report_says_a_unit_value_that_can_be_none_and_computes_the_other_funds(tmp_path):
    (tmp_path / "v.csv").write_text("date,A,B\n2007-07-31,10,0\n2008-07-31,11,12\n")
    (tmp_path / "f.csv").write_text("fund\nA\nB\n")
    (tmp_path / "t.toml").write_text('[contract]\nname = "x"\n[annual_charge]\nform = "none"\n[cdsc]\nschedule = [0.0]\n')
    words = ["report", "--unit-values", tmp_path / "v.csv", "--funds", tmp_path / "f.csv", "--terms", tmp_path / "t.toml"]
    code, said = run(*words, "--as-of", "2008-07-31", "--out", tmp_path / "o.xlsx")
    assert code == 1
    assert "Look: the unit value of B on 2007-07-31 is 0, but a unit value is positive; correct the cell." in said
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines()[::-1] if line.strip().startswith(("A ", "B "))}
    assert "10.00%" in lines["A"]
    assert "#VALUE!" in lines["B"]
