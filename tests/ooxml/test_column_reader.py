"""Large bodies are read by columns: the same values as row by row, and nothing beside the table is ever lost."""

from __future__ import annotations

import functools
import io
import math
import re
import zipfile

import openpyxl
import openpyxl.worksheet.table
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.errors import Refused
from xl_flexextra.ooxml.fast import column_reader
from xl_flexextra.ooxml.fast.column_writer import to_list
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.tables.body import Body, find_area
from xl_flexextra.ooxml.tables.rewrite import rewrite
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
    assert body.regular is not None
    monkeypatch.setattr(column_reader, "FROM_ROWS", ROWS + 1)
    _, slow = load(data)
    assert slow.regular is None
    for column, expected in enumerate(values(ROWS)):
        assert to_list(body.values(column)) == expected
        assert to_list(slow.values(column)) == expected


@pytest.mark.parametrize("rows", [ROWS + 500, ROWS - 400, 3, 0])
def test_a_plain_body_is_rewritten_as_an_ordinary_one(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    data = filled(build(), ROWS)
    fast = filled(data, rows, 2)
    monkeypatch.setattr(column_reader, "FROM_ROWS", 1 << 20)
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


def packed(sheet: bytes) -> bytes:
    """The large workbook with another sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in looking.parts(_book()).items():
            archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else body)
    return stream.getvalue()


def row_by_row(data: bytes) -> Body:
    """The body as the general way reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_reader, "FROM_ROWS", 1 << 20)
        return load(data)[1]


def assert_rewritten_as_row_by_row(data: bytes, *counts: int) -> bytes:
    """Both ways give the same parts for each count of rows; the sheet of the last."""
    for rows in counts:
        fast = looking.parts(filled(data, rows, 1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(column_reader, "FROM_ROWS", 1 << 20)
            assert looking.parts(filled(data, rows, 1)) == fast
    return fast["xl/worksheets/sheet1.xml"]


NEXT = b'</c></row><row r="1501"'
ODD = {  # what stands in the sheet, what is put in its place, and what has to be there after a refresh by ten more rows
    "height": (b'<row r="1500" ', b'<row r="1500" ht="30" customHeight="1" ', b'<row r="1500" ht="30" customHeight="1" '),
    "hidden": (b'<row r="1500" ', b'<row r="1500" hidden="1" ', b'<row r="1500" hidden="1" '),
    "cell left": (b'<c r="B1500"', b'<c r="A1500"><v>7</v></c><c r="B1500"', b'<c r="A1500"><v>7</v></c><c r="B1500"'),
    "text left": (b'<c r="B1500"', b'<c r="A1500" t="s"><v>1</v></c><c r="B1500"', b'<c r="A1500" t="s"><v>1</v></c>'),
    "right": (NEXT, NEXT.replace(b"</c>", b'</c><c r="F1500"><v>7</v></c>'), b'<c r="F1500"><v>7</v></c></row>'),
    "formula": (
        NEXT,
        NEXT.replace(b"</c>", b'</c><c r="F1500"><f>SUM(D4:D3003)</f><v>7</v></c>'),
        b'<c r="F1500"><f>SUM(D4:D3013)</f>',
    ),
    "first row": (
        b'</c></row><row r="5"',
        b'</c><c r="F4" t="str"><f>B4&amp;"/"</f><v>a/b</v></c></row><row r="5"',
        b'<c r="F4" t="str"><f>B4&amp;"/"</f><v>a/b</v></c></row>',
    ),
    "last row": (b"</row></sheetData>", b'<c r="F3003"><v>7</v></c></row></sheetData>', b'<c r="F3003"><v>7</v></c></row>'),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_among_plain_ones_is_kept(name: str) -> None:
    old, new, kept = ODD[name]
    sheet = _sheet()
    assert sheet.count(old) == 1
    data = packed(sheet.replace(old, new))
    _, body = load(data)
    assert body.regular is not None
    slow = row_by_row(data)
    assert slow.regular is None
    for column, expected in enumerate(values(ROWS)):
        assert to_list(body.values(column)) == expected == to_list(slow.values(column))
    after = assert_rewritten_as_row_by_row(data, 1000, ROWS, ROWS + 10)
    assert kept in after


def test_notes_beside_many_rows_are_kept() -> None:
    sheet = _sheet()
    for row in range(400, 700):
        end = b'</row><row r="%d"' % (row + 1)
        sheet = sheet.replace(end, b'<c r="F%d"><v>7</v></c>' % row + end)
    data = packed(sheet)
    assert load(data)[1].regular is not None
    after = assert_rewritten_as_row_by_row(data, 500, ROWS + 10)
    assert len(re.findall(rb'<c r="F\d+"><v>7</v></c></row>', after)) == 300


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="D1500"><v>', b'<c r="D1500"><f>1+1</f><v>'),
        (b'<c r="D1500"><v>', b'<c r="D1500" t="b"><v>'),
        (b'<row r="1500" ', b'<row r="1500" ><extLst/></row><row r="1500" '),
    ],
    ids=["formula", "type", "doubled"],
)
def test_an_odd_cell_of_the_table_makes_a_body_ordinary(old: bytes, new: bytes) -> None:
    sheet = _sheet()
    assert sheet.count(old) == 1
    assert column_reader.read(iter([sheet.replace(old, new)]), 4, 3 + ROWS, 2, 4) is None


def test_many_odd_rows_make_a_body_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = _sheet()
    for row in range(4, 4 + ROWS, 2):
        sheet = sheet.replace(b'<c r="B%d"' % row, b'<c r="A%d"><v>7</v></c><c r="B%d"' % (row, row))
    assert column_reader.read(iter([sheet]), 4, 3 + ROWS, 2, 4) is not None
    monkeypatch.setattr("xl_flexextra.ooxml.fast.irregular_rows.ODD_MOST", 1000)
    monkeypatch.setattr(column_reader, "ODD_MOST", 1000)
    assert column_reader.read(iter([sheet]), 4, 3 + ROWS, 2, 4) is None


def with_texts(texts: list[str | None]) -> bytes:
    """The large workbook as openpyxl writes it: texts in their cells, types everywhere, blank cells left out."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["day", "fund", "value"])
    for row, text in enumerate(texts):
        sheet.append([39000 + row, text, row / 7])
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="T", ref=f"A1:C{len(texts) + 1}"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


TEXTS = ["A/B", "<&> \"é\" 'x'/>", "_x0041_ _x005F_", "Oppenheimer Global Securities/VA", "a]]b", "\U0001f600"]


@pytest.mark.parametrize("holes", [False, True])
def test_texts_that_stand_in_their_cells_are_read_as_row_by_row(holes: bool) -> None:
    texts = [None if holes and k % 900 == 7 else TEXTS[k % len(TEXTS)] for k in range(ROWS)]
    data = with_texts(texts)
    _, body = load(data)
    slow = row_by_row(data)
    assert body.regular is not None
    assert slow.regular is None
    assert to_list(body.values(1)) == to_list(slow.values(1))
    assert to_list(body.values(2)) == to_list(slow.values(2)) == pytest.approx([row / 7 for row in range(ROWS)])
    seen = [row[0] for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(2, None, 2, 2, values_only=True)]
    assert [text and text.replace("_x0041_", "A").replace("_x005F_", "_") for text in seen] == to_list(body.values(1))
    assert_rewritten_as_row_by_row(data, 3, ROWS, ROWS + 10)


@pytest.mark.parametrize("content", [b"\xff", b"a&b;", b"\x01", b"<b/>", b"]]>"])
def test_texts_that_are_no_xml_are_not_taken(content: bytes) -> None:
    parts = looking.parts(with_texts(["EQUITY"] * ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"<t>EQUITY", b"<t>EQUI" + content + b"TY", 2)
    assert column_reader.read(iter([sheet]), 2, 1 + ROWS, 1, 3) is None


@pytest.mark.parametrize("size", [997, 4096, 50_001, 1 << 20])
def test_pieces_may_be_torn_anywhere(size: int) -> None:
    sheet = looking.parts(filled(build(), ROWS))["xl/worksheets/sheet1.xml"]
    pieces = [sheet[at : at + size] for at in range(0, len(sheet), size)]
    found = column_reader.read(iter(pieces), 4, 3 + ROWS, 2, 4)
    assert found is not None
    start, end = sheet.index(b'<row r="4"'), sheet.index(b"</sheetData>")
    assert (found.head, found.foot) == (sheet[:start], sheet[end:])
    assert found.body.columns[0].values.to_pylist() == values(ROWS)[0]
    assert found.body.columns[2].values.to_pylist() == values(ROWS)[2]


@given(data=st.data())
@settings(max_examples=80)
def test_one_changed_byte_is_read_as_row_by_row(data: st.DataObject) -> None:
    """Nothing is taken for granted: whatever byte of the body changes, both ways see the same, or refuse the sheet."""
    sheet = _sheet()
    start, end = sheet.index(b'<row r="4"'), sheet.index(b"</sheetData>")
    at = data.draw(st.integers(start, end - 1))
    byte = data.draw(st.sampled_from(b"019<>/\"' =acrsvFB\n&-."))
    changed = sheet[:at] + bytes([byte]) + sheet[at + 1 :]
    if column_reader.read(iter([changed]), 4, 3 + ROWS, 2, 4) is None:
        return
    book = packed(changed)
    try:
        slow = row_by_row(book)
        expected = [to_list(slow.values(column)) for column in range(3)]
    except Refused:
        with pytest.raises(Refused):
            [load(book)[1].values(column) for column in range(3)]
        return
    _, body = load(book)
    assert [to_list(body.values(column)) for column in range(3)] == expected
    odd = {n: row for n, row in slow.rows.items() if n in body.rows}
    assert [row.render(slow.sheet.marks) for row in odd.values()] == [
        row.render(slow.sheet.marks) for row in body.rows.values()
    ]
    beside = [n for n, row in slow.rows.items() if any(not 2 <= cell.column <= 4 for cell in row.cells)]
    assert set(beside) <= set(body.rows)


@functools.cache
def _book() -> bytes:
    return filled(build(), ROWS)


@functools.cache
def _sheet() -> bytes:
    return looking.parts(_book())["xl/worksheets/sheet1.xml"]


def test_long_numbers_and_short_ones_are_read_to_the_last_bit() -> None:
    wanted = [math.pi * 10.0 ** (k % 40 - 20) * (-1) ** k if k % 3 else float(k) for k in range(ROWS)]
    package, body = load(build())
    columns = values(ROWS)
    columns[2] = list(wanted)
    rewrite(body, columns)
    stream = io.BytesIO()
    package.write(stream)
    _, read = load(stream.getvalue())
    assert read.regular is not None
    assert to_list(read.values(2)) == wanted


def test_a_column_whose_first_cells_are_blank_is_plain_too() -> None:
    package, body = load(build())
    columns = values(ROWS)
    columns[1] = [None] * 12 + columns[1][12:]
    rewrite(body, columns)
    stream = io.BytesIO()
    package.write(stream)
    _, read = load(stream.getvalue())
    assert read.regular is not None
    assert to_list(read.values(1)) == columns[1]


def test_rows_out_of_place_behind_the_body_are_not_lost() -> None:
    sheet = _sheet()
    doubled = sheet.replace(b"</sheetData>", b'<row r="9"><c r="A9"><v>1</v></c></row></sheetData>')
    assert column_reader.read(iter([doubled]), 4, 3 + ROWS, 2, 4) is None


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
    for limit in (column_reader.FROM_ROWS, 1 << 20):
        monkeypatch.setattr(column_reader, "FROM_ROWS", limit)
        data = original
        for shift in (0, 1):  # with cached values, and without, as a rewrite leaves them
            package, body = load(data)
            assert (body.regular is not None) == (limit < ROWS)
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
    assert body.regular is None
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


def with_rows(attributes: bytes, every: int = 1) -> bytes:
    """The large workbook with attributes on the start tags of its body's rows."""
    sheet = _sheet()
    for row in range(4, 4 + ROWS, every):
        sheet = sheet.replace(b'<row r="%d"' % row, b'<row r="%d" %s' % (row, attributes))
    return packed(sheet)


@pytest.mark.parametrize("every", [1, 2])
def test_rows_that_a_filter_hid_are_shown_again(every: int) -> None:
    data = with_rows(b'hidden="1"', every)
    parts = looking.parts(data)
    name = next(n for n in parts if n.startswith("xl/tables/"))
    criteria = b'<filterColumn colId="1"><filters><filter val="x"/></filters></filterColumn></autoFilter>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            if part == name:
                content = re.sub(rb"(<autoFilter [^>]*?)/>", rb"\1>" + criteria, content)
                assert criteria in content
            archive.writestr(part, content)
    data = stream.getvalue()
    assert load(data)[1].regular is not None
    assert b"hidden=" not in assert_rewritten_as_row_by_row(data, ROWS - 300, ROWS + 10)


@pytest.mark.parametrize("attributes", [b'ht="20" customHeight="1"', b's="1" customFormat="1"', b'outlineLevel="1"'])
@pytest.mark.parametrize("every", [1, 2])
def test_rows_below_a_shrunk_table_keep_what_they_are(attributes: bytes, every: int) -> None:
    after = assert_rewritten_as_row_by_row(with_rows(attributes, every), ROWS + 5, ROWS - 300)
    assert after.count(attributes) == ROWS // every
