"""Dollars, units, years, yields and expenses of other insurers' exhibits, through the tie-out of an update."""

import csv
import datetime
from collections import Counter
from pathlib import Path

import pytest

from xl_flexextra import terms
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.published_figures import published_from_rows
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update import report, update_inputs

CASES = Path(__file__).parents[1] / "cases"
ROUNDING = {
    ("tiaa_cref_life_va1", "years", "2.00"),  # 728 / 365 is 1.9945
    ("american_fidelity", "expense", "747"),  # 747.505
}
PLAIN = [["date", "fund", "unit_value"], ["2000-12-31", "NONE", 1.0]]


def rows(name):
    return list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))


def tied(case):
    figures = [row for row in rows("measures.csv") if row["case"] == case]
    values = [["date", "fund", "unit_value"]]
    values += [[v["date"], v["fund"], float(v["unit_value"])] for v in rows("measures_values.csv") if v["case"] == case]
    unit_values = parse("unit_values", "unit_values", values if len(values) > 1 else PLAIN)
    start = figures[0]["start"]
    began = datetime.date.fromisoformat(start) if start else None
    head = ["contract", "as_of", "fund", "period", "measure", "printed", "charges", "known_break"]
    given = update_inputs.Inputs(
        unit_values=unit_values,
        funds=Funds(tuple(Fund(code, subaccount_inception=began) for code in unit_values.funds)),
        contracts=(terms.from_toml(CASES / "terms" / f"{case}.toml"),),
        as_of=datetime.date.fromisoformat(figures[0]["as_of"]),
        published=published_from_rows([head, *([row[name] for name in head] for row in figures)]),
    )
    return report.compute(given).tied


CASE_NAMES = list(dict.fromkeys(row["case"] for row in rows("measures.csv")))


@pytest.mark.parametrize("case", CASE_NAMES)
def test_every_printed_figure_of_a_case_ties_or_is_named(case):
    for one, row in zip(tied(case), [r for r in rows("measures.csv") if r["case"] == case], strict=True):
        said = (case, row["measure"], row["printed"], one.recomputed, one.verdict)
        if (case, row["measure"], row["printed"]) in ROUNDING:
            assert one.is_rounding or one.verdict.startswith("known break"), said
        elif row["known_break"]:
            assert one.verdict.startswith("known break"), said
        else:
            assert one.ties, said


def test_a_misprint_of_an_exhibit_is_named_by_its_digit():
    """Pacific Innovations, Emerging Markets: 152.75 and -14.72% are printed where 552.75 and -44.72% follow."""
    from xl_flexextra.calculation import tie_out

    found = [one for one in tied("pacific_innovations_2000") if one.published.known_break]
    hints = [tie_out.verdict(o.recomputed, o.published.value, o.decimals, "", "half_away", o.is_percent) for o in found]
    assert hints == ["open: one digit differs"] * 2


def test_there_are_as_many_figures_as_were_transcribed():
    assert sum(Counter(row["case"] for row in rows("measures.csv")).values()) == len(rows("measures.csv")) >= 50
