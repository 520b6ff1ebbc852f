"""Large bodies whose rows differ in style, or leave cells out, are read by columns as they are row by row."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.ooxml.fast import column_reader
from xl_flexextra.ooxml.fast.column_writer import to_list
from xl_flexextra.ooxml.tables.body import Body
from xl_flexextra.ooxml.tables.rewrite import rewrite

from . import looking, test_column_reader
from .test_column_reader import build, filled, load

ROWS = 9  # of the body, which begins in row 4: numbers of one digit and of two
SHEET = "xl/worksheets/sheet1.xml"


@functools.cache
def parts() -> dict[str, bytes]:
    return looking.parts(filled(build(), ROWS))


def packed(body: bytes) -> bytes:
    """The workbook with other rows in its table."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts().items():
            if name == SHEET:
                start, end = content.index(b'<row r="4"'), content.index(b"</sheetData>")
                content = content[:start] + body + content[end:]
            archive.writestr(name, content)
    return stream.getvalue()


def opened(data: bytes, fast: bool) -> Body:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_reader, "FROM_ROWS", 1 if fast else 1 << 20)
        return load(data)[1]


def seen(body: Body) -> list[Any]:
    """All that is known of a body's columns."""
    columns = range(3)
    return [
        [[value or None if isinstance(value, str) else value for value in to_list(body.values(c))] for c in columns],
        [[body.styles[c][row] for row in range(ROWS)] for c in columns],
        [body.texts_used(c) for c in columns],
        [body.text_cells(c) for c in columns],
        [body.calculated(c) for c in columns],
        body.row_rest,
    ]


def rewritten(data: bytes, fast: bool, rows: int) -> Any:
    """The parts after a refresh; the sentence where it is refused."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_reader, "FROM_ROWS", 1 if fast else 1 << 20)
        package, body = load(data)
        new = [[None if k % 5 == 3 else k * (c + 1) + 0.5 for k in range(rows)] for c in range(3)]
        try:
            done = rewrite(body, [None if body.calculated(c) else new[c] for c in range(3)])
        except FlexExtraError as refused:
            return str(refused)
        stream = io.BytesIO()
        package.write(stream)
        return looking.parts(stream.getvalue()), done.notes


def assert_same(data: bytes) -> Body:
    """Both ways see the same and write the same."""
    fast, slow = opened(data, True), opened(data, False)
    assert slow.regular is None
    assert seen(fast) == seen(slow)
    if fast.regular is not None:
        marks = slow.sheet.marks
        assert {n: row.render(marks) for n, row in fast.rows.items()}.items() <= {
            n: row.render(marks) for n, row in slow.rows.items()
        }.items()
        beside = {n for n, row in slow.rows.items() if any(not 2 <= cell.column <= 4 for cell in row.cells)}
        assert beside <= set(fast.rows)
    for rows in (ROWS - 3, ROWS, ROWS + 2):
        assert rewritten(data, True, rows) == rewritten(data, False, rows)
    return fast


VALUES = {
    "number": ["<v>39000</v>", "<v>0.5</v>", "<v>-1e-7</v>", "<v>123456789.12345678</v>"],
    "shared": ["<v>0</v>", "<v>1</v>", "<v>2</v>"],
    "inline": ["<is><t>a</t></is>", '<is><t xml:space="preserve"> A/B &amp; &lt;long enough&gt;</t></is>'],
    "formula": ["<f>TODAY()</f><v>39000</v>", "<f>TODAY()</f>", "<f>TODAY()</f><v>1</v>"],
    "text formula": ['<f>"a"&amp;"b"</f><v>ab</v>', '<f>"a"&amp;"b"</f>'],
}
TYPES = {"number": ["", ' t="n"'], "shared": [' t="s"'], "inline": [' t="inlineStr"'], "formula": [""]}
ODD_CELLS = [
    '<c r="{a}" t="b"><v>1</v></c>',
    '<c r="{a}" t="e"><v>#N/A</v></c>',
    '<c r="{a}" t="str"><v>x</v></c>',
    '<c r="{a}"><v>7</v></c>',
    '<c r="{a}" t="s"><v>1</v></c>',
    "<c r='{a}'><v>7</v></c>",
    '<c  r="{a}" ><v>7</v></c >',
    '<c s="1" r="{a}"><v>7</v></c>',
    '<c r="{a}" s="1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    '<c r="{a}"><f>1+1</f><v>2</v></c>',
    '<c r="{a}"><f t="shared" ref="{a}" si="0">1+1</f><v>2</v></c>',
    '<c r="{a}" s="01"><v>7</v></c>',
    '<c r="{a}"></c>',
    '<c r="{a}"><v/></c>',
    '<c r="{a}" s="1"> <v>7</v> </c>',
]
ROW_TAGS = [
    "",
    ' s="2" customFormat="true"',
    ' spans="1:4"',
    ' ht="30" customHeight="1"',
    ' spans="2:4" hidden="1"',
    ' s="1" customFormat="1"',
]


@st.composite
def bodies(draw: st.DrawFn, odd_rows: bool = False, odd_cells: bool = False) -> bytes:
    """Rows of three columns, each of its own kind, in several styles, with holes; some rows or cells may be odd."""
    given = ["number", "shared", "inline"]
    kinds = [draw(st.sampled_from(given + more)) for more in ([], ["formula", "text formula"], ["formula"])]
    tag = draw(st.sampled_from(ROW_TAGS))
    out = []
    for row in range(4, 4 + ROWS):
        rest = draw(st.sampled_from([tag] * 9 + ROW_TAGS)) if odd_rows else tag
        cells = []
        if odd_rows and draw(st.integers(0, 9)) == 0:
            cells.append(f'<c r="A{row}"><v>7</v></c>')
        for letter, kind in zip("BCD", kinds, strict=True):
            address = f"{letter}{row}"
            style = draw(st.sampled_from(["", ' s="1"', ' s="2"', ' s="0"']))
            holes = 0 if "formula" in kind else draw(st.integers(0, 9))
            if odd_cells and draw(st.integers(0, 19)) == 0:
                cells.append(draw(st.sampled_from(ODD_CELLS)).replace("{a}", address))
            elif holes < 2 or "formula" in kind:
                value = draw(st.sampled_from(VALUES[kind]))
                type_ = draw(st.sampled_from(TYPES.get(kind, [' t="str"'] if "<v>" in value else [""])))
                cells.append(f'<c r="{address}"{style}{type_}>{value}</c>')
            elif holes < 4:
                cells.append(f'<c r="{address}"{style}/>')
        if odd_rows and draw(st.integers(0, 9)) == 0:
            cells.append(f'<c r="F{row}" s="1"><v>7</v></c>')
        out.append(f'<row r="{row}"{rest}>{"".join(cells)}</row>')
    return "".join(out).encode()


def patchy() -> bytes:
    """The sheet of 3,000 rows with a second style in every third cell of a column, holes in another, a few rows that
    are high or have a note."""
    sheet = test_column_reader._sheet()
    for row in range(4, 4 + test_column_reader.ROWS):
        if row % 3 == 1:
            sheet = sheet.replace(b'<c r="B%d" s="1"' % row, b'<c r="B%d" s="2"' % row)
        if row % 5 == 2:
            sheet = re.sub(rb'<c r="D%d"(?:/>|>.*?</c>)' % row, b"", sheet)
        if row % 700 == 9:
            sheet = sheet.replace(b'<row r="%d"' % row, b'<row r="%d" ht="30"' % row)
            sheet = sheet.replace(b'<c r="B%d"' % (row + 1), b'<c r="A%d"><v>7</v></c><c r="B%d"' % (row + 1, row + 1))
    return sheet


def test_a_patchy_sheet_is_read_whole_wherever_its_pieces_are_torn() -> None:
    sheet = patchy()
    expected = test_column_reader.values(test_column_reader.ROWS)
    for row in range(4, 4 + test_column_reader.ROWS):
        if row % 5 == 2:
            expected[2][row - 4] = None
    for size in (997, 50_001, 1 << 20):
        pieces = [sheet[at : at + size] for at in range(0, len(sheet), size)]
        found = column_reader.read(iter(pieces), 4, 3 + test_column_reader.ROWS, 2, 4)
        assert found is not None
        assert found.body.columns[0].values.to_pylist() == expected[0]
        assert found.body.columns[2].values.to_pylist() == expected[2]
        styles = found.body.columns[0].styles
        assert [styles[row] for row in range(3000)] == [b"2", b"1", b"1"] * 1000
        rests = found.body.rests
        assert [row + 4 for row in range(3000) if b'ht="30"' in rests[row]] == [9, 709, 1409, 2109, 2809]
        assert re.findall(rb'<c r="(A\d+)"', found.odd) == [b"A10", b"A710", b"A1410", b"A2110", b"A2810"]


@given(body=bodies())
@settings(max_examples=100)
def test_styles_and_holes_are_read_by_columns_as_row_by_row(body: bytes) -> None:
    assert assert_same(packed(body)).regular is not None


@given(body=bodies(odd_rows=True) | bodies(odd_rows=True, odd_cells=True))
@settings(max_examples=150)
def test_whatever_is_odd_is_read_as_row_by_row(body: bytes) -> None:
    assert_same(packed(body))


@given(body=bodies(odd_rows=True), data=st.data())
@settings(max_examples=200)
def test_one_changed_byte_in_such_a_body_is_read_as_row_by_row(body: bytes, data: st.DataObject) -> None:
    """Where the general way refuses the sheet, this one does, or leaves it to that way."""
    at = data.draw(st.integers(0, len(body) - 1))
    byte = data.draw(st.sampled_from(b"0129<>/\"' =acrsvftFBC\n&-."))
    book = packed(body[:at] + bytes([byte]) + body[at + 1 :])
    try:
        expected = seen(opened(book, False))
    except Refused:
        with pytest.raises(Refused):
            seen(opened(book, True))
        return
    assert seen(opened(book, True)) == expected
