"""Sentences that named no cause, or not the right one: what is found, why, and what to do."""

import datetime

import numpy as np
import pytest
from commands import run

from xl_flexextra.errors import CellError, MissingData
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.dependents import CellChange
from xl_flexextra.sync.report import changed_cells

TERMS = 'contract.name = "t"\nannual_charge.form = "none"\ncdsc.schedule = [0.0]\n'
DAY = datetime.date(2008, 9, 1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[None, "A", 0.7], [None, "B", 0.4]], ", of A 0.7, B 0.4"),
        ([[None, "A", 1.0], [None, "B", 0.0371]], ", and without B 0.0371 to 1"),
        ([["2008-01-01", "OLD", 0.0371], ["2008-09-01", "A", 0.6], ["2008-09-01", "B", 0.4]],
         ", with an older share in it: OLD 0.0371 from 2008-01-01"),
        ([["2008-01-01", "OLD", 0.02], ["2008-02-01", "GONE", 0.03], ["2008-09-01", "A", 1.0]],
         ", with older shares in it: GONE 0.03 from 2008-02-01, OLD 0.02 from 2008-01-01"),
        ([[None, "A", 0.7], [None, "B", 0.3]], ""),
    ],
)  # fmt: skip
def test_a_sum_of_shares_says_what_is_in_it(rows, said):
    head = ["effective_date", "fund", "share"]
    shares = Shares.from_rows([head, *rows] if rows[0][0] else [head[1:], *(row[1:] for row in rows)])
    found = shares.in_sum(DAY)
    assert sorted(found.partition(": ")[2].split(", ")) == sorted(said.partition(": ")[2].split(", "))
    assert found.partition(":")[0] == said.partition(":")[0]


def test_a_report_names_the_fund_whose_old_share_counts(tmp_path):
    (tmp_path / "v.csv").write_text("date,A,B,OLD\n2007-07-31,10,10,10\n2008-07-31,11,12,10\n")
    (tmp_path / "t.toml").write_text(
        'contract.name = "t"\nannual_charge.form = "share"\nannual_charge.dollars = 30\ncdsc.schedule = [0.0]\n'
    )
    first, then = {"OLD": 0.0371, "A": 0.5, "B": 0.4629}, {"A": 0.6, "B": 0.4}
    rows = [(day, *one) for day, held in (("2005-01-01", first), ("2008-01-01", then)) for one in held.items()]
    lines = ["effective_date,fund,share", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "s.csv").write_text("\n".join(lines) + "\n")
    given = ("--unit-values", tmp_path / "v.csv", "--terms", tmp_path / "t.toml", "--shares", tmp_path / "s.csv")
    _, said = run("report", *given, "--out", tmp_path / "r.xlsx")
    assert (
        "the shares sum to 1.0371 from 2008-01-01, with an older share in it: OLD 0.0371 from 2005-01-01; give 0 to a fund "
        "that has left, or correct them."
    ) in " ".join(said.split())


def test_a_unit_value_that_is_too_old_is_called_the_last_on_or_before():
    values = UnitValues.from_rows([["date", "A"], ["2008-06-30", 10.0], ["2008-08-01", 11.0]])
    asked = datetime.date(2008, 7, 31)
    with pytest.raises(MissingData, match=r"within 1 day of 2008-07-31; the last one on or before it is of 2008-06-30\."):
        values.at(0, asked, "on_or_before", 1)
    with pytest.raises(MissingData, match=r"within 0 days of 2008-07-31; the first one on or after it is of 2008-08-01\."):
        values.at(0, asked, "on_or_after", 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (CellError("#N/A"), 0.0705762, "#N/A → 7.06%"),
        (0.0705762, CellError("#VALUE!"), "7.06% → #VALUE!"),
        (None, 0.0705762, "blank → 7.06%"),
        (1, 0.5, "100.00% → 50.00%"),
        (0.07057, 0.070572, "0.07057 → 0.070572"),  # alike as printed
        ("n/a", -0.5, "'n/a' → -50.00%"),
    ],
)
def test_a_changed_figure_is_printed_as_its_page_prints_it(tmp_path, old, new, said):
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"].number_format = "0.00%"
    book.active["A1"] = 0.5
    book.save(tmp_path / "b.xlsx")
    assert changed_cells.texts(Workbook(Package.open(tmp_path / "b.xlsx")), [CellChange("Sheet!A1", old, new)], 5) == [
        f"Sheet!A1: {said}"
    ]


def made(tmp_path, period):
    """A fund of 1999 in a sub-account of 2003; its return since 1999, by hand, is printed as one of ten years or since."""
    days = [*(f"{year}-12-31" for year in range(1998, 2008)), "2008-07-31"]
    growth = np.linspace(10.0, 21.0, len(days))
    (tmp_path / "v.csv").write_text("date,A\n" + "".join(f"{d},{v}\n" for d, v in zip(days[1:], growth[1:], strict=True)))
    (tmp_path / "f.csv").write_text("fund,fund_inception,subaccount_inception\nA,1999-12-31,2003-12-31\n")
    (tmp_path / "t.toml").write_text(TERMS)
    years = 8 + 213 / 365  # 31 December 1999 to 31 July 2008
    printed = round(100 * ((growth[-1] / growth[1]) ** (1 / years) - 1), 2)
    (tmp_path / "p.csv").write_text(f"table,contract,as_of,fund,period,return_pct\nPage,,2008-07-31,A,{period},{printed}\n")
    return run("tie-out", "--unit-values", tmp_path / "v.csv", "--funds", tmp_path / "f.csv", "--terms", tmp_path / "t.toml",
               "--published", tmp_path / "p.csv")  # fmt: skip


@pytest.mark.parametrize("period", ["10Y_OR_SI", "10Y_OR_SI_SUBACCOUNT", "10Y"])
def test_an_open_figure_that_counts_from_another_inception_says_so(tmp_path, period):
    code, said = made(tmp_path, period)
    assert code == 1
    assert (
        f"Note: 1 figure (A, {period}, 2008-07-31) does not tie as {period}, but ties as 10Y_OR_SI_FUND; "
        "write 10Y_OR_SI_FUND for its period, or give periods.inception = fund in the terms."
    ) in " ".join(said.split())


def test_what_ties_is_not_advised(tmp_path):
    code, said = made(tmp_path, "10Y_OR_SI_FUND")
    assert (code, "Note: 1 figure" in said) == (0, False)
