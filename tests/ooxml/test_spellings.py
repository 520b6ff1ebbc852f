"""One good workbook in many spellings that the format allows: each is refreshed, and reads back as every other."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from xml.etree import ElementTree

import openpyxl
import pytest
import python_calamine

from xl_flexextra.errors import Refused
from xl_flexextra.ooxml.tables.rewrite import rewrite

from . import handmade, looking
from .handmade import HEAD, MAIN, OTHER, RELS, SHEET, SHEET_RELS, STRINGS, TABLE, TEXTS, TYPES, WORKBOOK, Parts
from .handmade import WORKBOOK_RELS as BOOK_RELS
from .test_fidelity import load

NEW = [[39478.0, 39507.0, 39538.0, 39568.0], ["first", '<&"é', "", "vierte"], [20.5, 21.5, 22.5, 23.5]]


def written(data: bytes, values: list[list[object]] = NEW, name: str = "Facts") -> bytes:
    package, body = load(data, name)
    assert rewrite(body, values).changed
    stream = io.BytesIO()
    package.write(stream)
    return stream.getvalue()


def _every(edit: Callable[[str], str], content: Parts) -> Parts:
    return {name: edit(text) for name, text in content.items()}


def _prefixed(text: str) -> str:
    if f'xmlns="{MAIN}"' not in text:
        return text
    return re.sub(r"<(/?)(\w)", r"<\1x-1.a:\2", text.replace("xmlns=", "xmlns:x-1.a="))


def _absolute(content: Parts) -> Parts:
    content[BOOK_RELS] = content[BOOK_RELS].replace('Target="', 'Target="/xl/')
    content[SHEET_RELS] = content[SHEET_RELS].replace("../", "/xl/")
    return content


def _renamed(content: Parts, old: str, new: str) -> Parts:
    moved = {name.replace(f"{old}.xml", f"{new}.xml"): text for name, text in content.items()}
    for name in (TYPES, BOOK_RELS):
        moved[name] = moved[name].replace(f"{old}.xml", f"{new}.xml")
    return moved


def _own_text(place: re.Match[str]) -> str:
    return f' t="inlineStr"><is><t>{TEXTS[int(place[1])]}</t><rPh sb="0" eb="1"><t>kana</t></rPh></is>'


def _inline(content: Parts) -> Parts:
    """Texts in their cells, and no shared strings at all."""
    for name in (SHEET, OTHER):
        content[name] = re.sub(r' t="s"><v>(\d+)</v>', _own_text, content[name])
    del content[STRINGS]
    content[BOOK_RELS] = re.sub(r'<Relationship Id="rId3".*?/>', "", content[BOOK_RELS])
    content[TYPES] = re.sub(r'<Override PartName="/xl/shared.*?/>', "", content[TYPES])
    return content


def _at_places(content: Parts) -> Parts:
    """Rows and cells without addresses, as far as they follow each other."""
    content[SHEET] = re.sub(r'<row r="\d+"', "<row", re.sub(r'<c r="[ABC]\d+"', "<c", content[SHEET]))
    return content


SPELLINGS: dict[str, Callable[[Parts], Parts]] = {
    "as Excel writes it": lambda c: c,
    "a prefix everywhere": lambda c: _every(_prefixed, c),
    "a prefix in one part": lambda c: c | {TABLE: _prefixed(c[TABLE])},
    "absolute targets": _absolute,
    "a name spelt as in a URL": lambda c: _renamed(c, "sheet1", "unit%20values"),
    "single quotes": lambda c: _every(lambda text: re.sub(r'="([^"\']*)"', r"='\1'", text), c),
    "lines and indents": lambda c: _every(lambda text: re.sub(r">(?=<)", ">\r\n  ", text), c),
    "spaces in end tags": lambda c: _every(lambda text: re.sub(r"</([\w:]+)>", r"</\1 >", text), c),
    "a byte order mark": lambda c: _every(lambda text: f"\ufeff{text}", c),
    "no declaration": lambda c: _every(lambda text: text.replace(HEAD, ""), c),
    "no addresses": _at_places,
    "texts in cells": _inline,
    "phonetic runs": lambda c: c | {
        STRINGS: c[STRINGS].replace("<t>first</t>", '<t>first</t><rPh sb="0" eb="5"><t>kana</t></rPh>')
    },
    "a huge dimension": lambda c: c | {SHEET: c[SHEET].replace("A1:G4", "A1:XFD1048576")},
    "relationships that lead nowhere": lambda c: c | {
        SHEET_RELS: c[SHEET_RELS].replace(
            "</Relationships>",
            f'<Relationship Id="rId8" Type="{RELS}/hyperlink" Target="http://[bad" TargetMode="External"/>'
            f'<Relationship Id="rId9" Type="{RELS}/printerSettings" Target="NULL"/></Relationships>',
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_refreshed_and_nothing_else_in_it(spelling: str) -> None:
    old = handmade.zipped(SPELLINGS[spelling](handmade.parts()))
    new = written(old)
    kept = {name for name in looking.raw_members(old) if looking.raw_members(old)[name] == looking.raw_members(new)[name]}
    changed = {name for name in looking.raw_members(old) if name not in kept}
    assert all(re.search(r"worksheets/[^/]+\.xml|table1|sharedStrings", name) for name in changed), changed
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_index(0).to_python()
    assert [row[1:3] for row in rows[1:5]] == [["first", 20.5], ['<&"é', 21.5], ["", 22.5], ["vierte", 23.5]]
    assert [row[5:7] for row in rows[:3]] == [["fund", "share"], ["first", 1.0], ["second", 2.0]]
    book = openpyxl.load_workbook(io.BytesIO(new))
    sheet = book["Data"]
    assert [sheet.cell(row, 1).value.isoformat()[:10] for row in range(2, 6)] == [
        "2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30",
    ]  # fmt: skip
    assert sheet.tables["Facts"].ref == "A1:C5"
    assert book["Sum it"]["A1"].value == "=SUM(Data!C2:C5)"


STRICT = "http://purl.oclc.org/ooxml"


def test_a_strict_workbook_is_refreshed() -> None:
    def strict(text: str) -> str:
        return text.replace(MAIN, f"{STRICT}/spreadsheetml/main").replace(RELS, f"{STRICT}/officeDocument/relationships")

    new = written(handmade.zipped(_every(strict, handmade.parts())))
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_name("Data").to_python()
    assert [row[2] for row in rows[1:5]] == [20.5, 21.5, 22.5, 23.5]


@pytest.mark.parametrize(("since_1904", "shift"), [(False, 0), (True, 1462)])
def test_dates_in_words_are_the_numbers_that_other_cells_hold(since_1904: bool, shift: int) -> None:
    spelt = ["2008-01-31", "2008-02-29T12:00:00.000", "T06:00:00"]
    days = [
        (SHEET, f'<c r="A{r}" s="1"><v>{handmade.ROWS[r - 2][0]}', f'<c r="A{r}" s="1" t="d"><v>{spelt[r - 2]}')
        for r in (2, 3, 4)
    ]
    epoch = [(WORKBOOK, "<workbookPr/>", '<workbookPr date1904="1"/>')] if since_1904 else []
    package, body = load(handmade.book(*days, *epoch), "Facts")
    assert body.values(0) == [39478.0 - shift, 39507.5 - shift, 0.25]
    assert not rewrite(body, [body.values(0), ["first", "second", "third"], [10.5, 11.5, 12.5]]).changed
    assert not package.dirty


@pytest.mark.parametrize(
    ("part", "old", "new", "sentence"),
    [
        (SHEET, "<sheetData>", "<!-- by hand --><sheetData>", "holds a comment, .* save it once"),
        (STRINGS, "<t>first</t>", "<t><![CDATA[first]]></t>", "holds CDATA, .* save it once"),
        (SHEET, "<worksheet ", "<!DOCTYPE worksheet><worksheet ", "holds a document type, .* save it once"),
        (SHEET, "UTF-8", "us-ascii", "us-ascii, not in UTF-8"),  # new texts would have to be spelt in it
        (SHEET, "sheetData>", "x:sheetData>", "no rows that are understood .* save it once"),
        (
            SHEET,
            "</sheetData>",
            '</sheetData><mergeCells><mergeCell ref="A9:B9"/></mergeCells>',
            "would grow into the merged cells A9:B9",
        ),
        (SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A3:B3"/></mergeCells>', "lie in the rows of"),
    ],
)
def test_what_is_refused_is_named(part: str, old: str, new: str, sentence: str) -> None:
    extra = [(SHEET, "<worksheet ", f'<worksheet xmlns:x="{MAIN}" ')] if "x:" in new else []
    with pytest.raises(Refused, match=sentence):
        written(handmade.book((part, old, new), *extra), [[1.0] * 13, ["a"] * 13, [2.0] * 13])


@pytest.mark.skipif(
    os.name == "nt", reason="POSIX: Python's zipfile writes no such name on Windows, and reads it as the right one"
)
def test_part_names_with_backslashes_are_refused() -> None:
    with pytest.raises(Refused, match=r"with backslashes \('xl.+styles.xml'\); open it in Excel"):
        written(handmade.zipped({n.replace("xl/styles", "xl\\styles"): text for n, text in handmade.parts().items()}))


def _styles(data: bytes, column: str) -> list[str | None]:
    sheet = ElementTree.fromstring(looking.parts(data)[SHEET])
    return [c.get("s") for c in sheet.iter(f"{{{MAIN}}}c") if re.fullmatch(rf"{column}[2-9]", c.get("r", ""))]


def test_cells_that_were_not_there_look_as_those_around_them() -> None:
    """As the row says, or the column; else as the cell above: a date has to show as a date in every row."""
    third = re.search(r'<row r="3">.*?</row>', handmade.parts()[SHEET])
    assert third is not None
    beside = '<c r="F3" t="s"><v>6</v></c><c r="G3"><v>2</v></c>'
    assert _styles(written(handmade.book((SHEET, third[0], f'<row r="3">{beside}</row>'))), "A") == ["1", "1", "1", "1"]
    columns = (SHEET, "<sheetData>", '<cols><col min="2" max="3" style="1"/></cols><sheetData>')
    new = written(handmade.book((SHEET, third[0], f'<row r="3">{beside}</row>'), columns))
    assert _styles(new, "C") == [None, "1", None, None]
    row = f'<row r="3" s="1" customFormat="1">{beside}</row>'
    assert _styles(written(handmade.book((SHEET, third[0], row))), "C") == [None, "1", None, None]
    last = re.search(r'<row r="4">.*?</row>', handmade.parts()[SHEET])
    assert last is not None
    assert _styles(written(handmade.book((SHEET, last[0], ""))), "A") == ["1", "1", "1", "1"]
    assert _styles(written(handmade.book((SHEET, last[0], ""), columns)), "C") == [None, None, "1", "1"]


def test_new_rows_do_not_borrow_a_prefix_that_only_the_last_row_knows() -> None:
    spaces = 'xmlns:d="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    new = written(handmade.book((SHEET, '<row r="4">', f'<row r="4" spans="1:7" {spaces} d:dyDescent="0.25">')))
    sheet = ElementTree.fromstring(looking.parts(new)[SHEET])  # a prefix that nobody declared would be an error
    assert [row.get("r") for row in sheet.iter(f"{{{MAIN}}}row")] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("'[1]Prices 100'!$A$1:$B$9", "not for one range of cells of this workbook"),
        ("Data!$A$1+Data!$A$2", "not for one range of cells of this workbook"),
        ("Name+Data!$A$2:$B$3", "not for one range of cells of this workbook"),
        ("Data!#REF!", "not for one range of cells of this workbook"),
    ],
)
def test_a_name_that_is_no_range_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        load(handmade.book((WORKBOOK, "Data!$F$1:$G$3", text)), "Rng")


def test_a_name_of_one_sheet_is_refused_as_such() -> None:
    with pytest.raises(Refused, match="'Rng' belongs to one sheet only; define it for the whole workbook"):
        load(handmade.book((WORKBOOK, 'name="Rng"', 'name="Rng" localSheetId="0"')), "Rng")


def test_numbers_in_the_header_of_a_range_keep_their_digits() -> None:
    head = [
        (SHEET, '<c r="F1" t="s"><v>3</v></c>', '<c r="F1"><v>20080131</v></c>'),
        (SHEET, 'G1" t="s"><v>4', 'G1"><v>2008'),
    ]
    _, body = load(handmade.book(*head), "Rng")
    assert [column.name for column in body.area.columns] == ["20080131", "2008"]


CRITERIA = '<filterColumn colId="0"><filters><filter val="first"/></filters></filterColumn>'


@pytest.mark.parametrize(("where", "own"), [("F1:G3", True), ("J1:K3", False)])
def test_a_filter_of_the_sheet_is_cleared_where_it_hides_rows_of_the_range(where: str, own: bool) -> None:
    """One of other cells stays, and so do the rows that it hides."""
    view = f'<customSheetView guid="x"><autoFilter ref="F1:G1">{CRITERIA}</autoFilter></customSheetView>'
    views = f"<customSheetViews>{view}</customSheetViews>"
    edits = [
        (SHEET, "</sheetData>", f'</sheetData><autoFilter ref="{where}">{CRITERIA}</autoFilter>{views}'),
        (SHEET, '<row r="3">', '<row r="3" hidden="1">'),
    ]
    package, body = load(handmade.book(*edits), "Rng")
    result = rewrite(body, [["a", "b", "c"], [1.0, 2.0, 3.0]])
    sheet = package.read(SHEET).decode()
    assert any("filter of the range 'Rng' was cleared" in note for note in result.notes) is own
    assert ('<row r="3" hidden="1">' in sheet) is not own
    kept = f'<autoFilter ref="{where}">{CRITERIA}</autoFilter>'
    assert ('<autoFilter ref="F1:G4"></autoFilter>' in sheet, kept in sheet) == (own, not own)
    assert views in sheet


def test_the_last_formula_of_a_column_is_not_dropped_with_its_row() -> None:
    """The next refresh would take the column for one of data."""
    data = handmade.book((SHEET, '<c r="G3"><v>2</v></c>', '<c r="G3"><f>G2*2</f><v>2</v></c>'))
    with pytest.raises(Refused, match="'share' of 'Rng' holds formulas in some rows only"):
        written(data, [["a"], None], "Rng")
    assert b"G2*2" in looking.parts(written(data, [["a", "b"], None], "Rng"))[SHEET]
