"""Columns that join a table: headings and looks of theirs, all beside it as it was, and refusals that change nothing."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter

from xl_flexextra.errors import Refused
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.tables.new_columns import NewColumn, add_columns
from xl_flexextra.ooxml.workbook import Workbook


def book(more=lambda sheet: None, totals=False):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as file:
        sheet, four = file.add_worksheet("Values"), file.add_format({"num_format": "0.0000"})
        rows = [[45_000 + k, 10.5 + k] for k in range(3)]
        columns = [{"header": "day"}, {"header": "A", "format": four}]
        last = 7 if totals else 6
        sheet.add_table(3, 1, last, 2, {"name": "T", "columns": columns, "data": rows, "total_row": totals})
        for k, row in enumerate(rows):
            sheet.write(4 + k, 2, row[1], four)
        sheet.write("A1", "above")
        sheet.write("F5", "beside")
        more(sheet)
    return Workbook(Package(io.BytesIO(made.getvalue()), "b.xlsx"))


def saved(workbook):
    made = io.BytesIO()
    workbook.package.write(made)
    return openpyxl.load_workbook(made)


@pytest.mark.parametrize("totals", [False, True])
def test_a_table_is_wider_by_columns_that_look_as_their_neighbour(totals):
    held = book(totals=totals)
    wide = add_columns(held, held.tables[0], [NewColumn("B & <C>", 1), NewColumn('D "x"', 0)])
    (area,) = Workbook(held.package).tables
    assert [one.name for one in area.columns] == ["day", "A", "B & <C>", 'D "x"'] == [one.name for one in wide.columns]
    sheet = saved(held)["Values"]
    table = sheet.tables["T"]
    assert (table.ref, table.autoFilter.ref) == (f"B4:E{8 if totals else 7}", "B4:E7")
    assert len({one.id for one in table.tableColumns}) == 4
    assert [sheet[f"{letter}4"].value for letter in "BCDE"] == ["day", "A", "B & <C>", 'D "x"']
    assert [sheet[f"D{row}"].number_format for row in (5, 6, 7)] == ["0.0000"] * 3
    assert [sheet[f"D{row}"].value for row in (5, 6, 7)] == [None] * 3
    assert (sheet["A1"].value, sheet["F5"].value, sheet["C7"].value) == ("above", "beside", 12.5)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (lambda sheet: sheet.write("D6", 1), "the cell D6 is not empty; move what stands there."),
        (lambda sheet: sheet.merge_range("D6:D7", "x"), "the merged cells D6:D7 lie there; unmerge them first."),
        (lambda sheet: sheet.add_table("D4:D6", {"name": "Other"}), "the table 'Other' lies there; move it away."),
    ],
)
def test_what_stands_in_the_way_is_named_and_stays(more, said):
    held = book(more)
    with pytest.raises(Refused, match=said.replace(".", "[.]")):
        add_columns(held, next(one for one in held.tables if one.name == "T"), [NewColumn("B", 1)])
    assert not held.package.dirty
