"""An error cell is never blank: the figures that need it are errors, a refresh refuses the source and names the cell."""

from __future__ import annotations

import datetime
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
from commands import run

from xl_flexextra.calculation.periods import inception_of
from xl_flexextra.errors import NA, REF, BadInput, PassedError
from xl_flexextra.inputs.dated_series import rate_in_force
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.published_figures import published_from_rows
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.sources import files, odd_cells_elsewhere
from xl_flexextra.terms import Terms

from .conftest import as_kind, error_in, excel, month_ends

DAYS = month_ends()
ROWS = [["date", "EQ", "BD", "note"], *[[day, 10 + i / 8, 20 - i / 8, None] for i, day in enumerate(DAYS)]]
LAST = len(ROWS)


def no_value(sheet) -> None:
    sheet[f"B{LAST}"].value = "=1+2"


@pytest.mark.parametrize("part", ["", "#Values", "#T"])
@pytest.mark.parametrize(("change", "shown"), [(error_in(f"B{LAST}"), "#REF!"), (no_value, "#N/A")])
def test_a_report_gives_the_error_to_the_figures_that_need_it(tmp_path, terms, part, change, shown):
    book = excel(tmp_path / "v.xlsx", ROWS, change, table="T")
    funds = tmp_path / "f.csv"
    funds.write_text("fund\nEQ\nBD\n")
    words = ["report", "--unit-values", f"{book}{part}", "--terms", terms, "--funds", funds, "--as-of", "2008-07-31"]
    code, said = run(*words, "--out", tmp_path / "o.xlsx")
    assert code == 1
    assert "EQ on 2008-07-31' holds" in said
    lines = [line.split() for line in said.splitlines() if line.strip().startswith(("EQ ", "BD "))]
    assert lines[0][:3] == ["EQ", shown, shown]
    assert lines[1][:3] == ["BD", "-4.55%", "-7.55%"]  # by hand: 18.375 / 19.25 - 1, 18.375 / 19.875 - 1
    assert lines[-2][:2] == ["EQ", "15.00%"]  # to 30 June: 11.5 / 10 - 1


def test_a_refresh_and_a_store_refuse_the_source_and_name_the_cell(tmp_path):
    book, source = target(tmp_path), excel(tmp_path / "v.xlsx", ROWS, error_in(f"B{LAST}"))
    before = book.read_bytes()
    code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc")
    assert code != 0
    assert f"the cell B{LAST} of v.xlsx holds the error #REF!" in said
    assert book.read_bytes() == before
    code, said = run("store", "load", tmp_path / "s.sqlite", "--from", source)
    assert code != 0
    assert f"the cell B{LAST} of v.xlsx holds the error #REF!" in said
    if (tmp_path / "s.sqlite").exists():
        with sqlite3.connect(tmp_path / "s.sqlite") as held:
            assert held.execute("select count(*) from flexextra_series").fetchone() == (0,)


def test_a_formula_without_a_stored_value_is_no_blank_either(tmp_path):
    code, said = run(
        "refresh", target(tmp_path), "--from", excel(tmp_path / "v.xlsx", ROWS, no_value), "--table", "UnitValues"
    )
    assert code != 0
    assert f"the cell B{LAST} of v.xlsx holds a formula without a stored value" in said
    assert "open the file in Excel and save it" in said


def test_a_column_that_nobody_uses_does_not_count(tmp_path, terms):
    source = excel(tmp_path / "v.xlsx", ROWS, error_in("D3"))
    assert (
        run("refresh", target(tmp_path), "--from", source, "--table", "UnitValues", "--no-calc")[0] == 1
    )  # done, with a warning
    funds = tmp_path / "f.csv"
    funds.write_text("fund\nEQ\nBD\n")
    words = ["report", "--unit-values", source, "--terms", terms, "--funds", funds, "--as-of", "2008-07-31"]
    assert run(*words, "--out", tmp_path / "o.xlsx")[0] == 0


def target(folder: Path) -> Path:
    """A workbook whose table UnitValues takes EQ and BD."""
    return excel(folder / "book.xlsx", [row[:3] for row in ROWS[:-2]], dated, table="UnitValues")


def dated(sheet) -> None:
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 1).number_format = "yyyy-mm-dd"


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".xlsx"])
def test_an_error_is_one_in_every_kind_of_file(tmp_path, suffix):
    book = as_kind(
        excel(tmp_path / "v.xlsx", [["date", "EQ", "BD"], [DAYS[0], 1, 2], [DAYS[1], 3, 4]], error_in("B3", "#DIV/0!")),
        suffix,
    )
    assert files.rows(str(book)) == [["date", "EQ", "BD"], [DAYS[0], 1, 2], [DAYS[1], "#DIV/0!", 4]]
    with pytest.raises(PassedError, match=r"EQ on .* holds the error #DIV/0!"):
        UnitValues.from_rows(files.rows(str(book))).at(0, DAYS[1])
    code, said = run("store", "load", tmp_path / "s.sqlite", "--from", book)
    assert (code != 0, "holds the error #DIV/0!" in said) == (True, True)


def record(kind: int, data: bytes) -> bytes:
    return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + bytes([len(data)]) + data


def test_an_error_a_code_and_a_percentage_in_a_binary_workbook(tmp_path):
    """Records of [MS-XLSB]: the header of a hidden row, an error in B, 101 as an RK number in C whose style shows 0000,
    -0.1491 in E whose style shows 0.00%."""
    wide = lambda text: struct.pack("<I", len(text)) + text.encode("utf-16-le")  # noqa: E731
    sheet = record(0, struct.pack("<I", 4) + bytes(7) + b"\x10" + bytes(5)) + record(3, struct.pack("<II", 1, 0) + b"\x17")
    sheet += record(2, struct.pack("<IIi", 2, 1, 101 << 2 | 2)) + record(2, struct.pack("<IIi", 3, 0, 101 << 2 | 2))
    sheet += record(5, struct.pack("<IId", 4, 2, -0.1491))
    styles = record(44, struct.pack("<H", 170) + wide("0000")) + record(617, struct.pack("<I", 3))
    for number_format in (0, 170, 10):
        styles += record(47, struct.pack("<HH", 0, number_format) + bytes(12))
    styles += record(618, b"")
    book = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Values"))
    relations = b'<Relationships><Relationship Id="rId1" Type="t" Target="worksheets/sheet1.bin"/></Relationships>'
    path = tmp_path / "v.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("xl/workbook.bin", book), ("xl/_rels/workbook.bin.rels", relations),
                           ("xl/worksheets/sheet1.bin", sheet), ("xl/styles.bin", styles)):  # fmt: skip
            archive.writestr(name, data)
    from xl_flexextra.ooxml.package import Package

    odd, percentages, hidden = odd_cells_elsewhere.of_xlsb(Package.open(path)).look("Values")
    assert odd[5, 2] == REF
    assert (odd[5, 3], odd[5, 3].text) == (101.0, "0101")
    assert set(odd) == {(5, 2), (5, 3)}
    assert ({place: cell.text for place, cell in percentages.items()}, hidden) == ({(5, 5): "-14.91%"}, [5])


def test_an_error_is_looked_up_where_its_value_would_be():
    values = UnitValues.from_rows([["date", "A", "B"], [DAYS[0], 1, 5], [DAYS[1], REF, 6], [DAYS[2], 3, NA]])
    later = DAYS[1] + datetime.timedelta(days=3)
    assert values.at(0, DAYS[0]) == 1
    assert values.at(0, DAYS[2]) == 3
    assert values.at(1, DAYS[1]) == 6
    for column, day in ((0, DAYS[1]), (0, later), (1, DAYS[2])):
        with pytest.raises(PassedError):
            values.at(column, day)
    with pytest.raises(PassedError):
        values.at(0, DAYS[0] + datetime.timedelta(days=1), "on_or_after")
    assert values.rows()[2] == [DAYS[1], REF, 6.0]
    shares = Shares.from_rows([["fund", "share"], ["A", REF], ["B", 0.2]])
    assert shares.on("B", DAYS[0]) == 0.2
    with pytest.raises(PassedError, match="share of A' holds the error #REF!"):
        shares.on("A", DAYS[0])


def test_an_error_that_no_figure_needs_is_skipped():
    """A rate that another has followed, the inception or the notes of another fund."""
    rates = [["from", "rate"], ["2008-01-01", REF], ["2008-06-01", 0.03], ["2008-09-01", NA]]
    assert rate_in_force(rates, datetime.date(2008, 7, 31), None) == 0.03
    with pytest.raises(PassedError):
        rate_in_force(rates, datetime.date(2008, 3, 31), None)
    header = ["fund", "notes", "fund inception"]
    funds = Funds.from_rows([header, ["A", REF, "1998-05-01"], ["B", None, REF]])
    assert inception_of("FUND", terms_of_none(), funds.items[0]) == datetime.date(1998, 5, 1)
    with pytest.raises(PassedError, match="fund inception of B' holds the error #REF!"):
        inception_of("FUND", terms_of_none(), funds.items[1])


def terms_of_none() -> Terms:
    return Terms({"contract.name": "x", "annual_charge.form": "none", "cdsc.schedule": [0]})


def test_an_error_of_a_sheet_is_looked_for_in_any_spelling(tmp_path):
    """Prefixes, single quotes, cells without addresses, a formula that stored an empty text."""
    from xl_flexextra.ooxml.package import Package
    from xl_flexextra.ooxml.workbook import Workbook
    from xl_flexextra.sources.odd_cells import of_sheet

    path = excel(tmp_path / "v.xlsx", [["a", "b"], [1, 2]])
    sheet = (
        b"<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:sheetData>"
        b"<x:row><x:c><x:v>1</x:v></x:c><x:c t='e'><x:v>#N/A</x:v></x:c></x:row>"
        b"<x:row><x:c><x:f>A1</x:f><x:v/></x:c><x:c t='str'><x:f>B1</x:f><x:v></x:v></x:c></x:row>"
        b"<x:row><x:c><x:f>A1</x:f></x:c><x:c><x:f>A1</x:f><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    workbook = Workbook(Package.open(path))
    workbook.package.put(workbook.sheets[0].part, sheet)
    odd = of_sheet(workbook, workbook.sheets[0].part, {})
    assert {place: (str(cell), cell.said.split(";")[0]) for place, cell in odd.items()} == {
        (1, 2): ("#N/A", "the error #N/A"),
        (2, 1): ("#N/A", "a formula without a stored value"),
        (3, 1): ("#N/A", "a formula without a stored value"),
    }


def test_terms_with_an_error_are_refused(tmp_path):
    book = excel(tmp_path / "t.xlsx", [["term", "value"], ["contract.code", "x"], ["payment.amount", 1]], error_in("B3"))
    code, said = run("terms", "check", book)
    assert code != 0
    assert "holds the error #REF!" in said


def test_a_printed_figure_with_an_error_is_named(tmp_path):
    rows = [["as_of", "fund", "period", "return_pct"], ["2008-07-31", "EQUITY", "1Y", -14.91]]
    read = files.rows(str(excel(tmp_path / "p.xlsx", rows, error_in("D2"))))
    with pytest.raises((BadInput, PassedError), match="return_pct"):
        published_from_rows(read)
