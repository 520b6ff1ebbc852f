"""Large bodies are read by columns: the same values as row by row, and nothing beside the table is ever lost."""

from __future__ import annotations

import functools
import io
import math

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.errors import Refused
from xl_flexextra.ooxml import plain
from xl_flexextra.ooxml.body import Body, find_area
from xl_flexextra.ooxml.columns import to_list
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.rewrite import rewrite
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook

from . import looking

ROWS = 3000


def build() -> bytes:
    """A small table in columns B to D, with cells above it and on another sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    sheet.write("A1", "above")
    sheet.add_table(
        "B3:D5", {"name": "T", "columns": [{"header": "day", "format": date}, {"header": "fund"}, {"header": "value"}]}
    )
    for row in (3, 4):
        sheet.write_number(row, 1, 39000 + row, date)
        sheet.write_string(row, 2, "EQUITY")
        sheet.write_number(row, 3, row / 8)
    book.add_worksheet("Other").write_formula("A1", "=SUM(Data!D4:D5)", None, 7 / 8)
    book.close()
    return stream.getvalue()


def load(data: bytes) -> tuple[Package, Body]:
    package = Package(io.BytesIO(data), "book.xlsx")
    workbook = Workbook(package)
    strings = SharedStrings(workbook)
    return package, Body(workbook, strings, find_area(workbook, strings, "T"))


def filled(data: bytes, rows: int, shift: float = 0.0) -> bytes:
    package, body = load(data)
    assert rewrite(body, values(rows, shift)).changed
    stream = io.BytesIO()
    package.write(stream)
    return stream.getvalue()


def values(rows: int, shift: float = 0.0) -> list[list[object]]:
    """Dates, texts with blanks, numbers with blanks."""
    return [
        [39000.0 + k for k in range(rows)],
        [None if k % 7 == 3 else f"FUND <{(k + int(shift)) % 5}>" for k in range(rows)],
        [None if k % 11 == 5 else k / 7 + shift for k in range(rows)],
    ]


def test_a_large_body_is_plain_and_reads_as_it_does_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    data = filled(build(), ROWS)
    _, body = load(data)
    assert body.plain is not None
    monkeypatch.setattr(plain, "FROM_ROWS", ROWS + 1)
    _, slow = load(data)
    assert slow.plain is None
    for column, expected in enumerate(values(ROWS)):
        assert to_list(body.values(column)) == expected
        assert to_list(slow.values(column)) == expected


@pytest.mark.parametrize("rows", [ROWS + 500, ROWS - 400, 3, 0])
def test_a_plain_body_is_rewritten_as_an_ordinary_one(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    data = filled(build(), ROWS)
    fast = filled(data, rows, 2)
    monkeypatch.setattr(plain, "FROM_ROWS", 1 << 20)
    assert looking.parts(filled(data, rows, 2)) == looking.parts(fast)
    book = openpyxl.load_workbook(io.BytesIO(fast))
    last = 3 + max(rows, 1)
    assert book["Data"].tables["T"].ref == f"B3:D{last}"
    assert book["Other"]["A1"].value == f"=SUM(Data!D4:D{last})"
    assert book["Data"]["A1"].value == "above"
    assert [c.value for c in book["Data"]["D"][3 : 3 + rows]] == values(rows, 2)[2]


def test_grown_and_shrunk_again_and_the_same_again() -> None:
    first = filled(build(), ROWS)
    again = filled(filled(first, ROWS + 900, 1), ROWS)
    assert looking.parts(again) == looking.parts(first)
    package, body = load(again)
    assert not rewrite(body, values(ROWS)).changed
    assert not package.dirty


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="1500" ', b'<row r="1500" ht="30" customHeight="1" '),
        (b'<c r="B1500"', b'<c r="A1500"><v>7</v></c><c r="B1500"'),
        (b'<c r="B1500" s="1"', b'<c r="B1500" s="2"'),
        (b'<c r="D1500"><v>', b'<c r="D1500"><f>1+1</f><v>'),
        (b'<c r="D1500"><v>', b'<c r="D1500" t="b"><v>'),
        (b"</c></row><row r=\"1501\"", b'</c><c r="F1500"><v>7</v></c></row><row r="1501"'),
    ],
    ids=["height", "cell left", "style", "formula", "type", "cell right"],
)  # fmt: skip
def test_one_odd_row_makes_a_body_ordinary_and_is_kept(old: bytes, new: bytes) -> None:
    parts = looking.parts(filled(build(), ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count(old) == 1
    stream = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body.replace(old, new) if name == "xl/worksheets/sheet1.xml" else body)
    odd = stream.getvalue()
    _, read = load(odd)
    assert read.plain is None
    if b"<f>" in new:
        return  # a formula in a column of data: refused, which another test holds
    after = looking.parts(filled(odd, ROWS + 10, 1))["xl/worksheets/sheet1.xml"]
    kept = {
        b"ht=": b'ht="30"',
        b"A1500": b'<c r="A1500"><v>7</v></c>',
        b"F1500": b'<c r="F1500"><v>7</v></c>',
        b's="2"': b'r="B1500" s="2"',
    }
    for mark, expected in kept.items():
        if mark in new:
            assert expected in after


@pytest.mark.parametrize("size", [997, 4096, 50_001, 1 << 20])
def test_pieces_may_be_torn_anywhere(size: int) -> None:
    sheet = looking.parts(filled(build(), ROWS))["xl/worksheets/sheet1.xml"]
    pieces = [sheet[at : at + size] for at in range(0, len(sheet), size)]
    found = plain.read(iter(pieces), 4, 3 + ROWS, 2, 4)
    assert found is not None
    start, end = sheet.index(b'<row r="4"'), sheet.index(b"</sheetData>")
    assert (found.head, found.foot) == (sheet[:start], sheet[end:])
    assert found.body.columns[0].values.to_pylist() == values(ROWS)[0]
    assert found.body.columns[2].values.to_pylist() == values(ROWS)[2]


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_one_changed_byte_is_another_value_or_makes_a_body_ordinary(data: st.DataObject) -> None:
    """Nothing but a value is ever taken for granted: whatever byte of the markup changes, the body is not plain."""
    sheet = _sheet()
    start, end = sheet.index(b'<row r="4"'), sheet.index(b"</sheetData>")
    at = data.draw(st.integers(start, end - 1))
    byte = data.draw(st.sampled_from(b"019<>/\"' =acrsv\n&-."))
    changed = sheet[:at] + bytes([byte]) + sheet[at + 1 :]
    found = plain.read(iter([changed]), 4, 3 + ROWS, 2, 4)
    before, after = sheet.rfind(b"<", 0, at + 1), sheet.find(b">", at)
    in_value = sheet[before : before + 3] == b"<v>" and before + 3 <= at < sheet.index(b"</v>", before) < after
    if found is None or changed == sheet:
        return
    assert in_value
    kept = plain.read(iter([sheet]), 4, 3 + ROWS, 2, 4)
    assert kept is not None
    differ = sum(
        old != new
        for a, b in zip(kept.body.columns, found.body.columns, strict=True)
        for old, new in zip(a.values.to_pylist(), b.values.to_pylist(), strict=True)
    )
    assert differ <= 1


@functools.cache
def _sheet() -> bytes:
    return looking.parts(filled(build(), ROWS))["xl/worksheets/sheet1.xml"]


def test_long_numbers_and_short_ones_are_read_to_the_last_bit() -> None:
    wanted = [math.pi * 10.0 ** (k % 40 - 20) * (-1) ** k if k % 3 else float(k) for k in range(ROWS)]
    package, body = load(build())
    columns = values(ROWS)
    columns[2] = list(wanted)
    rewrite(body, columns)
    stream = io.BytesIO()
    package.write(stream)
    _, read = load(stream.getvalue())
    assert read.plain is not None
    assert to_list(read.values(2)) == wanted


def test_a_column_whose_first_cells_are_blank_is_plain_too() -> None:
    package, body = load(build())
    columns = values(ROWS)
    columns[1] = [None] * 12 + columns[1][12:]
    rewrite(body, columns)
    stream = io.BytesIO()
    package.write(stream)
    _, read = load(stream.getvalue())
    assert read.plain is not None
    assert to_list(read.values(1)) == columns[1]


def test_rows_out_of_place_behind_the_body_are_not_lost() -> None:
    sheet = _sheet()
    doubled = sheet.replace(b"</sheetData>", b'<row r="9"><c r="A9"><v>1</v></c></row></sheetData>')
    assert plain.read(iter([doubled]), 4, 3 + ROWS, 2, 4) is None


FORMULAS = ["T[[#This Row],[value]]/2", 'IF(T[[#This Row],[day]]<$B$2,"a & b",T[[#This Row],[value]]/3)', "TODAY()"]


def with_formula(formula: str, typed: bool = False) -> bytes:
    """A large table whose second column is calculated, with cached values as Excel leaves them."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    columns = [{"header": "day"}, {"header": "half", "formula": "=" + formula}, {"header": "value"}]
    sheet.add_table(2, 1, 2 + ROWS, 3, {"name": "T", "columns": columns})
    for row in range(3, 3 + ROWS):
        sheet.write_number(row, 1, 39000 + row)
        if typed:
            sheet.write_number(row, 2, row / 4)
        else:
            sheet.write_formula(row, 2, "=" + formula, None, row / 16)
        sheet.write_number(row, 3, row / 8)
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("rows", [ROWS, ROWS + 700, ROWS - 300])
def test_a_calculated_column_is_read_and_written_as_row_by_row(
    monkeypatch: pytest.MonkeyPatch, formula: str, rows: int
) -> None:
    original = with_formula(formula)
    made = []
    for limit in (plain.FROM_ROWS, 1 << 20):
        monkeypatch.setattr(plain, "FROM_ROWS", limit)
        data = original
        for shift in (0, 1):  # with cached values, and without, as a rewrite leaves them
            package, body = load(data)
            assert (body.plain is not None) == (limit < ROWS)
            assert body.calculated(1)
            assert min(f.text for f in body.formulas[1].values()).endswith(formula[-8:])
            new = [[39000.0 + k for k in range(rows)], None, [k / 7 + shift for k in range(rows)]]
            assert rewrite(body, new).changed
            stream = io.BytesIO()
            package.write(stream)
            data = stream.getvalue()
            made.append(looking.parts(data))
    assert made[0] == made[2]
    assert made[1] == made[3]
    sheet = made[0]["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<f>") == rows


def test_a_calculated_column_that_is_typed_over_keeps_what_was_typed() -> None:
    package, body = load(with_formula("T[[#This Row],[value]]/2", typed=True))
    assert body.plain is None
    done = rewrite(body, [[39000.0 + k for k in range(ROWS)], None, [float(k) for k in range(ROWS)]])
    assert len(done.notes) == 1
    assert f"{ROWS} typed values, first at C4" in done.notes[0]
    stream = io.BytesIO()
    package.write(stream)
    sheet = openpyxl.load_workbook(stream)["Data"]
    assert [cell.value for cell in sheet["C"][3:]] == [row / 4 for row in range(3, 3 + ROWS)]


def test_data_for_a_calculated_column_of_a_large_body_is_refused() -> None:
    _, body = load(with_formula("T[[#This Row],[value]]/2"))
    with pytest.raises(Refused, match=r"'half' of 'T' holds formulas \(cell C4\)"):
        rewrite(body, [[1.0] * ROWS] * 3)
