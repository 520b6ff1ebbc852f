"""What is large and honest: 300,000 rows, in the order that makes every row move; 2,000 contracts in one workbook."""

import datetime
import re
import zipfile

import numpy as np
import pytest
import xlsxwriter
from commands import run
from flexextra_udfs import CDSC_RATE

from xl_flexextra.inputs import remembered

ROWS, FUNDS = 300_000, ["EQ", "BD"]
LAST = datetime.date(2725, 5, 21)  # 300,000 days behind 1903


def cells(path, row):
    """The values of a row of the table, as the file has them."""
    with zipfile.ZipFile(path) as package:
        data = package.read("xl/worksheets/sheet1.xml")
    found = re.search(rb'<row r="%d"[^>]*>(.*?)</row>' % row, data)
    return [float(value) for value in re.findall(rb"<v>([^<]*)</v>", found[1])]


@pytest.mark.slow
def test_300_000_rows_newest_first_all_of_which_move(tmp_path):
    book = tmp_path / "book.xlsx"
    made = xlsxwriter.Workbook(str(book))
    sheet, day = made.add_worksheet("UnitValues"), made.add_format({"num_format": "yyyy-mm-dd"})
    heads = [{"header": "date"}, *({"header": fund} for fund in FUNDS)]
    sheet.add_table(0, 0, 2, 2, {"name": "UnitValues", "columns": heads})
    for row, number in enumerate((1002, 1001), start=1):
        sheet.write_row(row, 0, [number, 10, 10])
        sheet.write_number(row, 0, number, day)
    made.close()
    values = 10 + np.random.default_rng(17).integers(0, 10_000, (ROWS, 2)) / 10_000
    dates = np.datetime64(LAST) - np.arange(ROWS)
    lines = [f"{day},{one[0]},{one[1]}\n" for day, one in zip(dates.astype(str).tolist(), values.tolist(), strict=True)]
    source = tmp_path / "v.csv"
    for first in (1, 0):  # the history, then the same with a newer day on top
        source.write_text("date,EQ,BD\n" + "".join(lines[first:]))
        code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc", "--accept-revisions")
        assert code == 1, said  # the future, and weekends
        assert cells(book, 2)[1:] == values[first].tolist()
        assert cells(book, ROWS + 1 - first)[1:] == values[-1].tolist()
    assert "299,999 → 300,000 rows: 1 added, 0 changed (0 cells), 0 removed" in said


def test_2_000_contracts_given_as_ranges_are_told_apart():
    for number in range(2_000):
        terms = [["annual_charge.form", "none"], ["cdsc.schedule", f"{number / 10_000}, 0"], ["cdsc.base", "lesser"],
                 ["free_withdrawal.form", "none"]]  # fmt: skip
        assert CDSC_RATE(terms, 1) == number / 10_000
    assert len(remembered.MEMORY._known) <= remembered.MEMORY.entries
