"""Branches that are not taken need neither be proved nor computed; what decides it has to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from xl_flexextra.hosts import calc
from xl_flexextra.recalculation.cell_values import as_text
from xl_flexextra.recalculation.embedded_engine import Question
from xl_flexextra.recalculation.formula_tree import Beyond

from .test_engines import run, ten_shares, told  # noqa: F401
from .test_refreshed import listed, page

# IronCalc is not asked for MEDIAN, nor for COUNTIF of what is more than a number
ANSWERED = {  # formula: its value where the first share is 0.3 and the sum 1.2, and where they are 0.1 and 1, by hand
    "IF(SUM(Shares[share])>5,MEDIAN(Shares[share]),Data!B2*2)": (0.6, 0.2),
    "IFERROR(AATR(1000,1000+SUM(Shares[share])*500,5),MEDIAN(Shares[share]))": (1.6**0.2 - 1, 1.5**0.2 - 1),
    "IFERROR(AATR(1000,Data!B2*10000,5),A25)": (3**0.2 - 1, 0.0),
    "CHOOSE(2,A25,Data!B2*3,A25)": (0.9, 0.3),
    "_xlfn.IFNA(Data!B2*4,MEDIAN(Shares[share]))": (1.2, 0.4),
    "IF(ISNUMBER(Data!B2),Data!B2*5,N(A25))": (1.5, 0.5),
    "IF(Data!B2>0,Data!B2*6,A26)": (1.8, 0.6),
    "IF(AND(Data!B2>0,Data!B3<0),IF(A25>0,A25,2),IF(Data!B2>5,A25,Data!B2*7))": (2.1, 0.7),
    "A8+IF(A6>0,A7,A25)": (3.9, 1.3),
    "IFERROR(IF(1/(Data!B2*0)>0,A25,MEDIAN(Shares[share])),Data!B2*8)": (2.4, 0.8),
    "SUM(Shares[share],IF(Data!B2>0,Data!A2,A25))": (1.2, 1.0),  # a text in a cell
    "SUM(Shares[share],IF(Data!B2>0,Data!D9,A25))": (1.2, 1.0),  # a blank one
    "AVERAGE(Data!B2,IF(Data!B2>0,Data!D9,A25))": (0.3, 0.1),
    "COUNT(IF(Data!B2>0,Data!A2,1),Shares[share])": (10.0, 10.0),
    "Data!B2+COUNTA(IF(Data!B2>0,INDEX(Shares[fund],2),1))": (1.3, 1.1),
    "IF(ISBLANK(IF(Data!B2>0,Data!D9,A25)),Data!B2,2)": (0.3, 0.1),
    "AATR(1000,IF(SUM(Shares[share])>5,A25,2000),5)+Data!B2": (2**0.2 - 0.7, 2**0.2 - 0.9),
    "AATR(1000,CHOOSE(1,1000+SUM(Shares[share])*500,MEDIAN(Shares[share])),5)": (1.6**0.2 - 1, 1.5**0.2 - 1),
}
LISTED = {  # what decides is not known, or the branch that is taken is not
    "IF(A25>0,Data!B2,1)": 0.3,
    "IFERROR(MEDIAN(Shares[share]),0)": 0.1,
    "IF(Data!B2>0,MEDIAN(Shares[share]),1)": 0.1,
    "CHOOSE(1+(A26>0),1,Data!B2)": 0.3,
    "COUNT(IF(Data!B2>0,Data!B2*2,Data!B3))": 1.0,
    "AATR(1000,IF(A25>0,Data!B2*10000,1),5)": 3**0.2 - 1,
    "AATR(1000,1500,IF(Data!B2>0,,5))": 0.1,
    "MEDIAN(Shares[share])": 0.1,
    'COUNTIF(Shares[share],">0")': 10.0,
}


@pytest.fixture
def branches(tmp_path: Path) -> Path:
    values = [before for before, _now in ANSWERED.values()] + list(LISTED.values())
    return ten_shares(tmp_path / "branches.xlsx", [*ANSWERED, *LISTED], values)


def test_a_branch_that_is_not_taken_left_its_cell_without_a_value(branches: Path, told: list[Question]) -> None:  # noqa: F811
    first = len(ANSWERED) + 1
    old = page(branches)
    code, output = run(branches, "--no-calc")
    assert (code, listed(output)) == (1, {f"Page!A{row}" for row in range(first, first + len(LISTED))})
    now = page(branches)
    for formula, value, (_before, right) in zip(ANSWERED, now, ANSWERED.values(), strict=False):
        assert value == pytest.approx(right, abs=1e-12), formula
    assert now[first - 1 :] == old[first - 1 :]
    assert len(told) < 20  # a formula whose branch is not proved is not asked for again and again
    assert not any("MEDIAN" in text for question in told for *_place, text in question.formulas)


def test_libreoffice_has_what_is_answered_without_a_branch(branches: Path) -> None:
    judged = {cell.address: cell.recalculated for cell in calc.recalculate(branches).cells if cell.sheet == "Page"}
    for row, (formula, (before, _now)) in enumerate(ANSWERED.items(), start=1):
        assert judged[f"A{row}"] == pytest.approx(before, abs=1e-12), formula


def test_a_number_half_way_in_its_fifteenth_digit_was_written_as_text() -> None:
    """Half way in decimals, below it in binary fractions; LibreOffice rounds up, so the untouched workbook was doubted."""
    with pytest.raises(Beyond):
        as_text(-0.7026893859642405)
    assert as_text(-0.6823274159915496) == "-0.68232741599155"
    assert as_text(0.1) == "0.1"


TEXTS = {  # formula: what LibreOffice makes of the first 0.3 and nine times 0.1, and of ten times 0.1
    "SUM(Shares[share])-0.9": (0.3, 0.1),
    'A1&" of "&SUM(Shares[share])*3.3': ("0.3 of 3.96", "0.1 of 3.3"),
    "1/SUM(Data!B2:B8)": (1 / 0.9, 1 / 0.7),
    '""&A3': ("1.11111111111111", "1.42857142857143"),
    '"by rate: "&_xlfn.RRI(3,1,1+Data!B2)': ("by rate: 0.0913928830632742", None),
}


def test_the_digits_of_a_text_hung_on_the_order_of_a_sum(tmp_path: Path) -> None:
    """Ten times 0.1 is 0.9999999999999999 in turn and 1 exactly; a rate as text is left to LibreOffice."""
    path = ten_shares(tmp_path / "texts.xlsx", list(TEXTS), [before for before, _now in TEXTS.values()])
    _code, output = run(path, "--no-calc")
    assert listed(output) == {"Page!A5"}
    for row, (formula, (before, right)) in enumerate(TEXTS.items()):
        wanted = before if right is None else right
        assert page(path)[row] == (wanted if isinstance(wanted, str) else pytest.approx(wanted, rel=1e-12)), formula
    judged = [c.recalculated for c in calc.recalculate(path).cells if c.sheet == "Page"]
    assert judged[:4] == [
        pytest.approx(right, rel=1e-12) if isinstance(right, float) else right for _, right in [*TEXTS.values()][:4]
    ]
