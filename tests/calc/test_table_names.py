"""A table's name by itself: its data, as in Excel, where LibreOffice takes header and totals along."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from programs import needs_calc

from xl_flexextra.hosts import calc
from xl_flexextra.hosts.calc.table_names import with_data_named

TABLES = frozenset({"shares", "größe"})


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("SUM(Shares)", "SUM(Shares[])"),
        ("SUM(shares,Größe)*2", "SUM(shares[],Größe[])*2"),
        ("SUM(Shares[units],Shares[#All])", "SUM(Shares[units],Shares[#All])"),
        ("SUM(Shares[[#Data],[a]:[Shares]])", "SUM(Shares[[#Data],[a]:[Shares]])"),
        ("\"Shares\"&Shares!A1&'Shares'!A1", "\"Shares\"&Shares!A1&'Shares'!A1"),
        ("SHARES(1)+_xlpm.Shares+Shares2+MyShares", "SHARES(1)+_xlpm.Shares+Shares2+MyShares"),
        ("VLOOKUP(A1,Shares,2,0)", "VLOOKUP(A1,Shares[],2,0)"),
    ],
)
def test_a_bare_name_says_that_it_means_the_data(written: str, named: str) -> None:
    assert with_data_named(written, TABLES) == named


# by hand, of three rows (x 1 2, y 3 4, z 5 6) and a total of 9 below the first numbers
AS_IN_EXCEL = {
    "SUM(S)": 21.0, "ROWS(S)": 3.0, "COUNTA(S)": 9.0, "INDEX(S,1,2)": 1.0, 'COUNTIF(S,9)': 0.0, "SUM(NameS)": 21.0,
    "ROWS(S[#All])": 5.0, "IFERROR(VLOOKUP(\"Total\",S,2,FALSE),-1)": -1.0,
}  # fmt: skip


@needs_calc
def test_a_total_is_not_counted_twice_by_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "names.xlsx"
    book = xlsxwriter.Workbook(path)
    columns = [{"header": "k", "total_string": "Total"}, {"header": "a", "total_function": "sum"}, {"header": "b"}]
    data = [["x", 1, 2], ["y", 3, 4], ["z", 5, 6]]
    sheet = book.add_worksheet("Data")
    sheet.add_table("A1:C5", {"name": "S", "columns": columns, "total_row": True, "data": data})
    sheet.write_number("B5", 9)
    page = book.add_worksheet("Page")
    for row, (formula, value) in enumerate(AS_IN_EXCEL.items()):
        page.write_formula(row, 0, f"={formula}", None, value)
    book.define_name("NameS", "=S")
    book.close()
    done = calc.recalculate(path)
    assert {cell.formula[1:]: cell.recalculated for cell in done.cells} == AS_IN_EXCEL
    assert done.differences == []
