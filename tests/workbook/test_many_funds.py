"""Reports of many funds: a chart holds 255 lines, and formulas are stored by the thousand."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from commands import run

from xl_flexextra.workbook.book import Book

DAYS = [datetime.date(2008, month, 1) - datetime.timedelta(1) for month in range(5, 9)]


@pytest.mark.parametrize(("count", "most", "charts"), [(5, 5, 2), (300, 30, 20)])
@pytest.mark.filterwarnings("error")
def test_a_chart_of_more_lines_than_it_can_hold(tmp_path, count, most, charts):
    funds = [f"F{place:03d}" for place in range(count)]
    lines = [",".join(["date", *funds])]
    lines += [",".join([str(day), *(str(10 + i + place / 100) for place in range(count))]) for i, day in enumerate(DAYS)]
    (tmp_path / "v.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "t.toml").write_text(
        '[annual_charge]\nform="none"\n[cdsc]\nschedule=[0.0]\n[free_withdrawal]\nform="none"\n'
    )
    out = tmp_path / "o.xlsx"
    code, said = run("report", "--unit-values", tmp_path / "v.csv", "--terms", tmp_path / "t.toml", "--as-of", "2008-07-31",
                     "--periods", "1M,3M", "--out", out)  # fmt: skip
    assert code == 0, said
    with zipfile.ZipFile(out) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    series = [part.count("<c:ser>") for part in parts]
    assert (len(parts), max(series)) == (charts, most)
    growth = [part for part in parts if "<c:lineChart>" in part]
    drawn = {column for part in growth for column in re.findall(r"<c:val><c:numRef><c:f>Growth!\$([A-Z]+)\$", part)}
    assert len(drawn) == count  # each fund in one of them
    note = openpyxl.load_workbook(out)["Charts"]["B3"].value
    assert note == (
        None if count == 5 else "300 funds in 10 groups of at most 30, two charts each: one chart holds 255 lines."
    )


@pytest.mark.parametrize(
    "formula",
    ["SUM(A1:A3)", "CONTRACT_AATR(T[#All],2)", "FILTER(A1:A3,A1:A3>1)", "IF(A1,SORT(A1:A3),XLOOKUP(1,A1:A3,A1:A3))",
     "_xlfn.TAKE(A1:A3,1)", "SWITCH(A1,1,2)", "MYSORT(A1)", "A1&\"SORT(\"", "1+2"],
)  # fmt: skip
def test_formulas_are_stored_as_xlsxwriter_stores_them(formula):
    stored = []
    for ours in (True, False):
        out = io.BytesIO()
        book = Book(out, "cells") if ours else xlsxwriter.Workbook(out)
        sheet = book.sheet("S", "#000000", [9]) if ours else book.add_worksheet("S")
        sheet.write_formula(0, 4, f"={formula}")
        sheet.write_array_formula(1, 4, 1, 4, f"{{={formula}}}")
        book.close()
        with zipfile.ZipFile(out) as package:
            stored.append(re.findall(r"<f.*?</f>", package.read("xl/worksheets/sheet1.xml").decode()))
    assert stored[0] == stored[1]
