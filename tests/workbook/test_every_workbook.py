"""What a reader may expect of every workbook that we make, as rules over all: committed ones, own ones, refreshed."""

import csv
import datetime
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from commands import run

from xl_flexextra.review.data_checks import OFF

COMMITTED = sorted(path for path in (Path(__file__).parents[2] / "workbooks").iterdir() if path.suffix in (".xlsx", ".xlsm"))
OWN = ("one.xlsx", "many.xlsx", "values.xlsx", "refreshed.xlsx", "review.xlsx", "template.xlsx", "filled.xlsx")
TERMS = """
[contract]
name = "northgate_ascent"
title = "Northgate Ascent Variable Annuity"
[annual_charge]
form = "average_size"
average_contract_size = 40000
dollars = 35
timing = "contract_anniversary"
[cdsc]
schedule = [0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0]
"""
NAMES = (
    ("NORTHGATE_BALANCED_EQUITY", "Northgate Balanced Equity & Income Portfolio (Service Class)"),
    ("BOND", "Bond"),
    ("GLOBAL_SECURITIES_NONSERVICE", "Oppenheimer Global Securities Fund/VA Non-Service Shares"),
)
DAYS = [datetime.date(year, month + 1, 1) - datetime.timedelta(1) for year in range(2013, 2025) for month in range(1, 12)]
DAYS = sorted([*DAYS, *(datetime.date(year, 12, 31) for year in range(2012, 2025))])


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def inputs(folder, count):
    """Invented files of an update of so many funds; gives their options."""
    folder.mkdir()
    funds = [NAMES[place] if place < len(NAMES) else (f"FUND_{place}", f"Fund {place}") for place in range(count)]
    rows = [[day, *(round(10 + place + line * 0.01, 6) for place in range(count))] for line, day in enumerate(DAYS)]
    write(folder / "v.csv", [["date", *(code for code, _ in funds)], *rows])
    write(folder / "next.csv", [["date", *(code for code, _ in funds)], ["2025-01-31", *(12.5 + p for p in range(count))]])
    write(folder / "f.csv", [["fund", "printed_name", "subaccount_inception", "fund_inception"],
                             *([code, name, DAYS[0], "2001-05-01"] for code, name in funds)])  # fmt: skip
    write(folder / "r.csv", [["effective_date", "kind", "rate"], ["2024-12-01", "declared", "3.25%"]])
    write(folder / "p.csv", [["contract", "as_of", "fund", "period", "return_pct"],
                             ["northgate_ascent", "2024-12-31", funds[0][0], "1Y", "1.00"]])  # fmt: skip
    (folder / "t.toml").write_text(TERMS, encoding="utf-8")
    files = {"unit-values": "v", "funds": "f", "rates": "r", "published": "p"}
    return [f"--terms={folder / 't.toml'}", *(f"--{name}={folder / file}.csv" for name, file in files.items())]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Workbooks of own data, made by the commands."""
    folder = tmp_path_factory.mktemp("own")
    one, many = inputs(folder / "of_one", 1), inputs(folder / "of_many", 30)
    three = inputs(folder / "of_three", 3)
    for given in (
        ("report", *one, "--out", folder / "one.xlsx"),
        ("report", *many, "--out", folder / "many.xlsx"),
        ("report", *three, "--values", "--out", folder / "values.xlsx"),
        ("report", *three, "--out", folder / "refreshed.xlsx"),
        ("refresh", folder / "refreshed.xlsx", "--from", folder / "of_three" / "next.csv", "--merge"),
        ("review", folder / "one.xlsx", "--out", folder / "review.xlsx"),
        ("new", folder / "template.xlsx"),
    ):
        code, said = run(*given)
        assert code in (0, 1), said
    shutil.copy(folder / "template.xlsx", folder / "filled.xlsx")
    code, said = run("new", folder / "filled.xlsx", "--force", *[one for one in three if not one.startswith("--terms")])
    assert code == 0, said
    return folder


@pytest.fixture(scope="module", params=[*COMMITTED, *OWN], ids=lambda path: getattr(path, "name", path))
def path(request):
    if isinstance(request.param, Path):
        return request.param
    return request.getfixturevalue("own") / request.param


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path, data_only=True)


def test_a_document_has_a_title_and_a_subject(book):
    assert len(book.properties.title or "") > 15
    assert book.properties.subject == "Performance of variable annuities"


def test_every_printed_page_has_headings(book):
    without = [sheet.title for sheet in book.worksheets if not sheet.print_title_rows]
    assert without == []
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            if len(sheet.tables) == 1 and sheet.title not in ("Sources", "Settings"):  # which hold more than their table
                top = openpyxl.utils.range_boundaries(table.ref)[1]
                assert sheet.print_title_rows == f"${top}:${top}", sheet.title


def test_a_page_is_as_wide_as_its_paper_or_says_on_each_part_what_its_rows_are(book):
    for sheet in book.worksheets:
        one = sheet.sheet_properties.pageSetUpPr.fitToPage if sheet.sheet_properties.pageSetUpPr else False
        one = one and sheet.page_setup.fitToWidth in (None, 1)
        assert one or sheet.print_title_cols, sheet.title


def test_no_sheet_is_protected(book):
    """A review shows what was changed, and stops nobody: that is said in docs/review.md."""
    assert not any(sheet.protection.sheet for sheet in book.worksheets)
    assert book.security is None or not book.security.lockStructure


def test_pictures_charts_and_buttons_are_read_without_sight(path):
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8", "replace") if "drawings/" in name and "_rels" not in name else ""
            for told in re.findall(r"<xdr:cNvPr [^>]*>", text):
                assert re.search(r'descr="[^"]{20,}"', told), (name, told)
            for told in re.findall(r"<v:shape [^>]*>", text):
                assert re.search(r' alt="[^"]{5,}"', told), (name, told)


def test_lines_of_a_chart_are_told_apart_without_colour(path):
    with zipfile.ZipFile(path) as parts:
        for name in (name for name in parts.namelist() if name.startswith("xl/charts/chart")):
            text = parts.read(name).decode()
            if "<c:lineChart>" in text:
                styles = [re.search(r'prstDash val="(\w+)"', one) for one in text.split("<c:ser>")[1:]]
                assert len({found[1] if found else "solid" for found in styles}) == min(len(styles), 7)


def test_nothing_is_glued_to_its_neighbour(book):
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert not re.search(r"\d of\d|\dof \d|\d{4}-\d\d-\d\d[A-Za-z]", str(cell.value)), (sheet.title, cell.value)


def test_red_is_said_of_what_is_wrong_alone(book):
    """A label in the colour of errors on every page made a reader look for an error."""
    for sheet in book.worksheets:
        assert "B00020" not in (sheet.oddFooter.center.text or "") + (sheet.oddFooter.center.color or "")
        assert not str(sheet.sheet_properties.tabColor.rgb if sheet.sheet_properties.tabColor else "").endswith("B00020")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert "[Red]" not in cell.number_format, (sheet.title, cell.coordinate)
                    colour = cell.font.color.rgb if cell.font.color is not None else ""
                    assert colour != "FFB00020" or cell.value == OFF, (sheet.title, cell.coordinate, cell.value)


def test_nothing_is_cut_off_by_its_column_or_its_neighbour(book):
    cut = [found for sheet in book.worksheets for found in cut_off(sheet)]
    assert cut == []


def cut_off(sheet):
    """Cells whose text has no room: words in narrow columns that wrap, numbers, and texts beside filled cells."""
    widths = {}
    for dimension in sheet.column_dimensions.values():
        widths.update(dict.fromkeys(range(dimension.min or 0, (dimension.max or 0) + 1), dimension.width))
    merged = {(one.min_row, one.min_col): range(one.min_col, one.max_col + 1) for one in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value in (None, "") or cell.alignment.shrink_to_fit:
                continue
            columns = merged.get((cell.row, cell.column), [cell.column])
            room = sum(widths.get(column, 9.14) for column in columns)
            text, size = shown(cell), 0.92 * (cell.font.sz or 9) / 9 * (1.08 if cell.font.b else 1)
            if cell.alignment.wrap_text:
                text = max(re.split(r"\s", text), key=len)
            elif isinstance(cell.value, str):
                step = -1 if cell.alignment.horizontal == "right" else 1
                beside = columns[-1] + step
                while beside > 0 and room < 400 and sheet.cell(cell.row, beside).value in (None, ""):
                    room += widths.get(beside, 9.14)
                    beside += step
            if len(text) * size > room + 0.5:
                yield sheet.title, cell.coordinate, round(room, 1), text[:60]


def shown(cell):
    """A cell's value about as it is shown."""
    value, look = cell.value, cell.number_format
    if isinstance(value, datetime.datetime | datetime.date):
        return f"{value:%Y-%m-%d}"
    if not isinstance(value, int | float) or isinstance(value, bool):
        return max(str(value).split("\n"), key=len)
    decimals = re.search(r"0\.(0+)", look)
    places = len(decimals[1]) if decimals else 0
    if "%" in look:
        return f"{value * 100:.{places}f}%"
    return f"{value:.8g}" if look == "General" else f"{value:,.{places}f}"


def test_charts_of_many_funds_are_high_and_stand_on_a_page_each(own):
    """Thirty names below a chart pressed its lines into a strip."""
    with zipfile.ZipFile(own / "many.xlsx") as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    rows = [int(row) for row in re.findall(r"<xdr:row>(\d+)</xdr:row>", drawing)]
    assert [last - first for first, last in zip(rows[::2], rows[1::2], strict=True)] == [32, 32]
    breaks = openpyxl.load_workbook(own / "many.xlsx")["Charts"].row_breaks.brk
    assert [one.id for one in breaks] == [rows[2]]


def test_headings_of_a_review_stand_over_their_numbers(own):
    sheets = openpyxl.load_workbook(own / "review.xlsx", data_only=True)
    for name, heads in (
        ("Review", ("published", "by worksheet function", "function - published")),
        ("Second route", ("apart",)),
    ):
        cells = [cell for row in sheets[name].iter_rows(max_row=12) for cell in row if cell.value in heads]
        assert {cell.value for cell in cells} == set(heads)
        assert {cell.alignment.horizontal for cell in cells} == {"right"}


def test_results_of_native_examples_were_shown_with_all_their_digits_and_dates_as_numbers():
    path = next(path for path in COMMITTED if "native" in path.name)
    sheet = openpyxl.load_workbook(path, data_only=True)["Functions"]
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float)]
    assert [cell.coordinate for cell in cells if cell.number_format == "General" and len(repr(cell.value)) > 12] == []
    heads = [cell for row in sheet.iter_rows() for cell in row if cell.value == "date" and cell.number_format != "General"]
    assert heads
    assert all(sheet.cell(head.row + 1, head.column).is_date for head in heads)


def test_the_number_of_an_oddity_was_glued_to_the_words_beside_it():
    for path in COMMITTED:
        book = openpyxl.load_workbook(path)
        for sheet in (sheet for sheet in book.worksheets if "Oddities" in sheet.tables):
            first = sheet[sheet.tables["Oddities"].ref.partition(":")[0]]
            assert sheet.cell(first.row + 1, first.column).alignment.horizontal == "left", (path.name, sheet.title)
