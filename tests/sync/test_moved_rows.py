"""What stands in and beside a table whose rows move: kept with its row, or said before anything is written."""

import datetime
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from commands import run
from openpyxl.cell.rich_text import CellRichText

DAYS = [datetime.date(2008, month, 1) - datetime.timedelta(1) for month in (7, 6, 5)]  # newest first
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da63fcffff3f030005fe02fea7569b2c0000000049454e44ae426082"
)


def made(path, *, newest_first=True, phonetic=False, beside=True):
    """A table of values whose rows have a colour, a text with formats, a picture, a comment, and a cell beside them."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("UnitValues")
    day, bold = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
    red = book.add_format({"bg_color": "#FF0000"})
    sheet.write_row(0, 0, ["date", "EQ", "remark", "chart"])
    picture = path.with_suffix(".png")
    picture.write_bytes(PNG)
    days = DAYS if newest_first else DAYS[::-1]
    for row, one in enumerate(days, start=1):
        sheet.write_datetime(row, 0, datetime.datetime.combine(one, datetime.time()), day)
        sheet.write_number(row, 1, 14.3 - 0.1 * DAYS.index(one), red if one == DAYS[1] else None)
        sheet.write_string(row, 2, f"of {one}")
    may = days.index(DAYS[1]) + 1
    sheet.write_rich_string(may, 2, "as ", bold, "restated", " by the custodian")
    sheet.embed_image(may, 3, str(picture))
    if beside:
        sheet.write_comment(may, 1, "ask them")
        sheet.write_string(may, 5, "my note")
    sheet.add_table(
        0, 0, 3, 3, {"name": "UnitValues", "columns": [{"header": h} for h in ("date", "EQ", "remark", "chart")]}
    )
    book.close()
    if phonetic:
        parts = {}
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                parts[name] = package.read(name)
        strings = parts["xl/sharedStrings.xml"]
        old = f"<si><t>of {DAYS[0]}</t></si>".encode()
        assert old in strings
        new = f'<si><t>of {DAYS[0]}</t><rPh sb="0" eb="2"><t>OF</t></rPh></si>'.encode()
        parts["xl/sharedStrings.xml"] = strings.replace(old, new)
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)
    return path


def refreshed(tmp_path, book, *more, first="2008-07-31,14.4\n", columns="date,EQ"):
    source = tmp_path / "new.csv"
    source.write_text(f"{columns}\n" + first + "".join(f"{day},{14.3 - 0.1 * i:.1f}\n" for i, day in enumerate(DAYS)))
    return run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc", *more)


def cell(path, address):
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    return re.search(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', sheet)[0]


@pytest.mark.parametrize("phonetic", [False, True])
def test_colours_pictures_and_formats_within_a_text_stayed_where_their_row_had_been(tmp_path, phonetic):
    book = made(tmp_path / "book.xlsx", phonetic=phonetic, beside=False)
    code, said = refreshed(tmp_path, book)
    assert (code, "beside" in said, "replaced" in said) == (1, False, False)  # the column remark gets nothing
    sheet = openpyxl.load_workbook(book, rich_text=True)["UnitValues"]
    assert [sheet.cell(row, 1).value.date() for row in range(2, 6)] == [datetime.date(2008, 7, 31), *DAYS]
    fills = [sheet.cell(row, 2).fill.fgColor.rgb for row in range(2, 6)]
    assert [fill == "FFFF0000" for fill in fills] == [False, False, True, False]
    remark = sheet["C4"].value
    assert isinstance(remark, CellRichText)
    assert (str(remark), remark[1].font.b) == ("as restated by the custodian", True)
    assert 'vm="1"' in cell(book, "D4")
    assert "vm=" not in cell(book, "D3")
    if phonetic:
        place = int(re.search(r"<v>(\d+)</v>", cell(book, "C3"))[1])
        with zipfile.ZipFile(book) as package:
            items = re.findall(r"<si>.*?</si>", package.read("xl/sharedStrings.xml").decode())
        assert "<rPh" in items[place]


def test_a_text_with_formats_and_a_picture_stay_where_no_row_moves(tmp_path):
    book = made(tmp_path / "book.xlsx", newest_first=False)
    code, said = refreshed(tmp_path, book)
    assert (code, "beside" in said, "replaced" in said) == (1, False, False)
    assert isinstance(openpyxl.load_workbook(book, rich_text=True)["UnitValues"]["C3"].value, CellRichText)
    assert 'vm="1"' in cell(book, "D3")


def threaded(path):
    """The same workbook with an answer to its comment, as Excel stores threads: a part of their own beside the notes."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    more = f'<Relationship Id="rId99" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    parts[rels] = parts[rels].replace(b"</Relationships>", more.encode())
    part, form = "/xl/threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml"
    types = f'<Override PartName="{part}" ContentType="{form}"/>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types + b"</Types>")
    when = 'dT="2008-07-31T10:00:00.00" personId="{{P}}"'
    one = f'<threadedComment ref="B3" {when} id="{{{{{{0}}}}}}"{{1}}><text>{{2}}</text></threadedComment>'
    said = one.format("1", "", "ask them") + one.format("2", ' parentId="{1}"', "they said yes")
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{space}">{said}</ThreadedComments>'.encode()
    )
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def boxes(path):
    """The cells of the boxes of notes, and the rows from which to which each lies."""
    with zipfile.ZipFile(path) as package:
        text = package.read("xl/drawings/vmlDrawing1.vml").decode()
    rows = map(int, re.findall(r"<x:Row>(\d+)</x:Row>", text))
    anchors = [[int(n) for n in anchor.split(",")] for anchor in re.findall(r"<x:Anchor>([^<]*)</x:Anchor>", text)]
    return [(row, anchor[2], anchor[6]) for row, anchor in zip(rows, anchors, strict=True)]


@pytest.mark.parametrize("thread", [False, True])
def test_comments_go_with_their_rows(tmp_path, thread):
    """May moves from row 3 to row 4: its note, its thread and the box that shows it; what is typed beside it stays and is
    said before anything is written."""
    book = made(tmp_path / "book.xlsx")
    if thread:
        threaded(book)
    before, ((row, top, bottom),) = book.read_bytes(), boxes(book)
    code, said = refreshed(tmp_path, book, "--dry-run")
    assert (code, book.read_bytes() == before) == (1, True)
    assert "rows move, but not the comments, links or cells beside the table at F3" in said
    assert "B3" not in said
    assert refreshed(tmp_path, book)[0] == 1
    sheet = openpyxl.load_workbook(book)["UnitValues"]
    assert [sheet.cell(n, 2).comment and sheet.cell(n, 2).comment.text for n in range(2, 6)] == [
        None,
        None,
        "ask them",
        None,
    ]
    assert boxes(book) == [(row + 1, top + 1, bottom + 1)]
    if thread:
        with zipfile.ZipFile(book) as package:
            text = package.read("xl/threadedComments/threadedComment1.xml").decode()
        assert re.findall(r'ref="(\w+)"', text) == ["B4", "B4"]
    assert refreshed(tmp_path, book, first="2008-08-31,14.5\n2008-07-31,14.4\n")[0] == 1
    assert openpyxl.load_workbook(book)["UnitValues"]["B5"].comment.text == "ask them"


def test_comments_stay_and_are_said_where_one_has_no_row_to_go_to(tmp_path):
    book = made(tmp_path / "book.xlsx")
    source = tmp_path / "new.csv"
    source.write_text(f"date,EQ\n2008-07-31,14.4\n{DAYS[0]},14.3\n{DAYS[2]},14.1\n")  # May goes
    code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc", "--accept-revisions")
    assert code == 1
    assert "beside the table at B3, F3" in said
    assert openpyxl.load_workbook(book)["UnitValues"]["B3"].comment.text == "ask them"


def test_a_picture_or_formats_that_data_replaces_are_said(tmp_path):
    book = made(tmp_path / "book.xlsx")
    source = tmp_path / "new.csv"
    source.write_text("date,EQ,remark\n" + "".join(f"{day},{14.3 - 0.1 * i:.1f},plain\n" for i, day in enumerate(DAYS)))
    code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc", "--accept-revisions")
    assert code == 1
    assert "a picture, or formats within the text, of C3 is replaced by data" in said


def test_a_row_that_goes_takes_its_colour_with_it(tmp_path):
    book = made(tmp_path / "book.xlsx", beside=False)
    source = tmp_path / "new.csv"
    source.write_text(f"date,EQ\n{DAYS[0]},14.3\n{DAYS[2]},14.1\n")
    code, said = run("refresh", book, "--from", source, "--table", "UnitValues", "--no-calc", "--accept-revisions")
    assert code == 1
    assert "of C3, D3 are replaced by data" in said
    sheet = openpyxl.load_workbook(book)["UnitValues"]
    assert [sheet.cell(row, 2).fill.fgColor.rgb == "FFFF0000" for row in (2, 3)] == [False, False]
    assert "vm=" not in cell(book, "D3")
