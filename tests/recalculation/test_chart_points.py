"""The points that charts store: those of the cells as they are after a refresh, or none; all else stays byte for byte."""

import csv
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from commands import run

from xl_flexextra.recalculation import chart_points

UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"


def charts(path):
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")}


def points(chart):
    """What a chart stores: (kind, reference, points by place), without points where it stores none."""
    found = []
    for kind, text in re.findall(r"<c:(num|str)Ref>(.*?)</c:\1Ref>", chart, re.DOTALL):
        held = re.findall(r'<c:pt idx="(\d+)"[^>]*><c:v>([^<]*)</c:v>', text)
        found.append((kind, re.search(r"<c:f>([^<]*)</c:f>", text)[1], {int(place): value for place, value in held}))
    return found


def cells(book, reference):
    """The values of a reference, as another program reads them."""
    sheet, _, area = reference.replace("'", "").rpartition("!")
    held = book[sheet][area.replace("$", "")]
    return [cell.value for row in (held if isinstance(held, tuple) else ((held,),)) for cell in row]


def check(path):
    """Every stored point is its cell's value; gives how many there are."""
    book, count = openpyxl.load_workbook(path, data_only=True), 0
    for chart in charts(path).values():
        for kind, reference, held in points(chart):
            for place, value in enumerate(cells(book, reference)):
                if kind == "str":
                    assert held[place].replace("&amp;", "&") == value
                elif isinstance(value, int | float):
                    assert float(held[place]) == pytest.approx(value, rel=1e-14)
                elif hasattr(value, "toordinal"):
                    assert float(held[place]) == value.toordinal() - 693594
                else:
                    assert place not in held
                count += 1
    return count


def test_a_refreshed_update_stores_the_points_of_last_month(tmp_path):
    book = tmp_path / "update.xlsx"
    shutil.copy(UPDATE, book)
    sheet = openpyxl.load_workbook(book, data_only=True)["Unit values"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    with (tmp_path / "v.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(rows[0])
        out.writerow(["2008-08-29", *(round(value * 1.1, 6) for value in rows[-1][1:])])
    before = charts(book)
    assert check(book) > 1000
    code, said = run("refresh", book, "--from", tmp_path / "v.csv", "--table", "UnitValues", "--merge")
    assert code in (0, 1), said
    after = charts(book)
    assert check(book) > 1000
    assert all(after[name] != before[name] for name in before)
    skeleton = [re.sub(r"<c:pt .*?</c:pt>", "", chart) for chart in (*before.values(), *after.values())]
    assert skeleton[: len(before)] == skeleton[len(before) :]


@pytest.fixture
def own(tmp_path):
    """A workbook of another maker: charts over a table, over formulas, over a sheet that nobody touches, over a name."""
    path = tmp_path / "own.xlsx"
    book = xlsxwriter.Workbook(path)
    data, other = book.add_worksheet("Data"), book.add_worksheet("Other")
    rows, heads = [["a & b", 1], ["c", 2], ["d", 3]], [{"header": "k"}, {"header": "v"}]
    data.add_table("A1:B4", {"name": "T", "data": rows, "columns": heads})
    data.write_column("D2", [1, 2, 3])
    other.write_column("A1", ["x", "y"])
    other.write_column("B1", [5, 6])
    for row in range(1, 4):
        data.write_formula(row, 4, f"=B{row + 1}*2", None, 2 * row)
    data.write_formula("F2", '=WEBSERVICE("x")+B2', None, 7)
    book.define_name("Named", "=OFFSET(Data!$B$2,0,0,3,1)")
    keys = "=Data!$A$2:$A$4"
    series = [(keys, "=Data!$B$2:$B$4"), (keys, "=Data!$E$2:$E$4"), ("=Other!$A$1:$A$2", "=Other!$B$1:$B$2")]
    for place, (categories, values) in enumerate([*series, (keys, "=Data!$F$2:$F$4")]):
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": categories, "values": values})
        other.insert_chart(3 + 15 * place, 3, chart)
    book.close()
    return path


def refresh(book, rows):
    source = book.with_suffix(".csv")
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["k", "v"], *rows])
    code, said = run("refresh", book, "--from", source, "--table", "T", "--accept-revisions")
    assert code in (0, 1), said


def test_points_follow_their_cells_or_are_left_out(own):
    before = charts(own)
    refresh(own, [["a & b", 10], ["c", 20], ["e", 30]])
    values = [[(reference, held) for _, reference, held in points(chart)] for _, chart in sorted(charts(own).items())]
    keys = ("Data!$A$2:$A$4", {0: "a &amp; b", 1: "c", 2: "e"})
    assert values[0] == [keys, ("Data!$B$2:$B$4", {0: "10", 1: "20", 2: "30"})]
    assert values[1] == [keys, ("Data!$E$2:$E$4", {0: "20", 1: "40", 2: "60"})]
    assert charts(own)["xl/charts/chart3.xml"] == before["xl/charts/chart3.xml"]
    assert values[3] == [keys, ("Data!$F$2:$F$4", {})]  # a formula that nobody here computes
    assert "numCache" not in charts(own)["xl/charts/chart4.xml"]


def test_a_longer_table_gives_its_chart_more_points(own):
    refresh(own, [["a & b", 1], ["c", 2], ["d", 3], ["e", 4.5]])
    first = points(charts(own)["xl/charts/chart1.xml"])
    assert first == [
        ("str", "Data!$A$2:$A$5", {0: "a &amp; b", 1: "c", 2: "d", 3: "e"}),
        ("num", "Data!$B$2:$B$5", {0: "1", 1: "2", 2: "3", 3: "4.5"}),
    ]
    assert 'ptCount val="4"' in charts(own)["xl/charts/chart1.xml"]


def test_a_refresh_that_changes_nothing_of_a_chart_leaves_it_byte_for_byte(own):
    before = charts(own)
    refresh(own, [["a & b", 1], ["c", 2], ["d", 3]])
    assert charts(own) == before


VALUES = "Data!$B$2:$B$4"


def edited(path, edits, part="xl/charts/chart1.xml"):
    """A part of a workbook with other texts."""
    with zipfile.ZipFile(path) as parts:
        held = [(info, parts.read(info)) for info in parts.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for info, data in held:
            text = data
            for old, new in edits.items() if info.filename == part else ():
                assert old.encode() in text, old
                text = text.replace(old.encode(), new.encode())
            parts.writestr(info.filename, text)


def first(path):
    return charts(path)["xl/charts/chart1.xml"]


def refreshed(path):
    """The first chart's values after all of them are ten times what they were."""
    refresh(path, [["a & b", 10], ["c", 20], ["d", 30]])
    return first(path)


NAMES = '<definedName name="Named">OFFSET(Data!$B$2,0,0,3,1)</definedName>'


@pytest.mark.parametrize("formula", ["[0]!Named", "[0]!Through", "Data!Through", "(Data!$B$2:$B$3,Data!$B$4)", "[0]!Told"])
def test_names_and_several_ranges_have_no_points_of_last_month(own, formula):
    """[0]! is how Excel writes a name of the same workbook; Through says no sheet itself; Told is INDIRECT."""
    more = (
        '<definedName name="Through">OFFSET(Named,0,0)</definedName><definedName name="Told">INDIRECT(Where)</definedName>'
    )
    edited(own, {NAMES: NAMES + more}, "xl/workbook.xml")
    edited(own, {VALUES: formula})
    after = refreshed(own)
    assert f"<c:f>{formula}</c:f>" in after
    assert "numCache" not in after
    assert "strCache" in after


@pytest.mark.parametrize("formula", ["[1]Data!$B$2:$B$4", "'[1]Data'!$B$2:$B$4", "([1]Data!$B$2,[1]Data!$B$4)", "[0]!Quiet"])
def test_what_lies_elsewhere_stays(own, formula):
    edited(own, {NAMES: NAMES + '<definedName name="Quiet">OFFSET(Other!$B$1,0,0,2,1)</definedName>'}, "xl/workbook.xml")
    edited(own, {VALUES: formula})
    before = first(own)
    assert refreshed(own) == before


TWICE = (
    '<definedName name="N" localSheetId="1">Other!$B$1:$B$2</definedName><definedName name="N">Data!$B$2:$B$4</definedName>'
)


def test_a_name_of_the_workbook_is_not_the_one_of_a_sheet(own):
    edited(own, {NAMES: TWICE + NAMES}, "xl/workbook.xml")
    edited(own, {VALUES: "[0]!N"})
    assert points(refreshed(own))[1] == ("num", "[0]!N", {0: "10", 1: "20", 2: "30"})


def test_a_name_of_a_sheet_that_nobody_touches_stays(own):
    edited(own, {NAMES: TWICE + NAMES}, "xl/workbook.xml")
    edited(own, {VALUES: "Other!N"})
    edited(own, {"$A$2:$A$4": "$H$2:$H$4"})
    before = first(own)
    after = refreshed(own)
    assert after.partition("<c:val>")[2] == before.partition("<c:val>")[2]


def test_what_a_filter_put_before_the_formula_is_no_hindrance(own):
    """Excel writes the whole range of a filtered chart before the formula, and of a series that it leaves out alone."""
    full = '<c:extLst><c:ext uri="{x}"><c15:fullRef><c15:sqref>Data!$B$2:$B$4</c15:sqref></c15:fullRef></c:ext></c:extLst>'
    xmlns = ' xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"'
    edited(own, {f"<c:f>{VALUES}": f"{full}<c:f>Data!$B$2:$B$4", "<c:numRef>": f"<c:numRef{xmlns}>"})
    assert re.findall(r"<c:v>([^<]*)</c:v></c:pt></c:numCache>", refreshed(own)) == ["30"]


def test_points_of_a_series_that_is_filtered_out_follow_too(own):
    head = '<c:numRef><c:extLst><c:ext uri="{x}"><c15:formulaRef xmlns:c15="urn:x"><c15:sqref>Data!$B$2:$B$4</c15:sqref>'
    edited(own, {f"<c:numRef><c:f>{VALUES}</c:f>": f"{head}</c15:formulaRef></c:ext></c:extLst>"})
    assert re.findall(r"<c:v>([^<]*)</c:v>", refreshed(own).partition("numCache")[2]) == ["10", "20", "30"]


def test_labels_taken_from_cells_follow_or_are_left_out(own):
    told = (
        '<c:extLst><c:ext uri="{y}" xmlns:c15="urn:x"><c15:datalabelsRange><c15:f>Data!$%s$2:$%s$4</c15:f>'
        '<c15:dlblRangeCache><c:ptCount val="3"/><c:pt idx="0"><c:v>old</c:v></c:pt></c15:dlblRangeCache>'
        "</c15:datalabelsRange></c:ext></c:extLst>"
    )
    edited(own, {"</c:val>": "</c:val>" + told % ("A", "A") + told % ("B", "B")})
    labels = re.findall(r"<c15:datalabelsRange>.*?</c15:datalabelsRange>", refreshed(own))
    cells_of = [re.findall(r"<c:v>([^<]*)</c:v>", one) for one in labels]
    assert cells_of == [["a &amp; b", "c", "d"], []]
    assert ["dlblRangeCache" in one for one in labels] == [True, False]  # a number is shown as its cell shows it


def test_other_prefixes_and_odd_points_are_written_as_well_formed_ones(own):
    with zipfile.ZipFile(own) as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    odd = chart.replace("c:", "k:").replace(
        '<k:pt idx="1"><k:v>2</k:v></k:pt>', '<k:pt idx="1"/><k:pt idx="7"><k:v/></k:pt>'
    )
    edited(own, {chart: odd.replace("xmlns:k", "xmlns:k", 1)})
    after = refreshed(own).replace("k:", "c:")
    assert points(after)[1] == ("num", VALUES, {0: "10", 1: "20", 2: "30"})
    assert after.count("<c:pt ") == 6


def test_a_cell_by_itself_needs_no_dollar_signs(own):
    edited(own, {VALUES: "Data!B2"})
    assert points(refreshed(own))[1] == ("num", "Data!B2", {0: "10"})


def test_what_a_formula_that_is_not_computed_fills_is_left_out_too(own):
    """The cell is not the one that holds the formula."""
    edited(own, {VALUES: "Data!$G$2:$G$4"})
    with zipfile.ZipFile(own) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    held = re.search(r'<c r="F2"[^>]*>.*?</c>', sheet)[0]
    array = re.sub(r"<f>", '<f t="array" ref="F2:G4">', held) + '<c r="G2"><v>1</v></c>'
    edited(own, {held: array}, "xl/worksheets/sheet1.xml")
    assert "numCache" not in refreshed(own)


@pytest.mark.parametrize(
    "edits",
    [
        {VALUES: "Data!$A$1:$XFD$1048576"},  # 17 billion cells
        {'<c:pt idx="1">': '<c:pt idx="999999999">'},
        {'<c:pt idx="1">': '<c:pt idx="x">'},
    ],
)
def test_hostile_points_cost_nothing_and_are_none_of_last_month(own, edits):
    edited(own, edits)
    after = refreshed(own)
    assert ">2</c:v>" not in after.partition("<c:val>")[2]


def test_a_chart_that_is_not_read_is_named(own):
    edited(own, {"<c:val>": "<!-- <c:val> --><c:val>"})
    before = first(own)
    source = own.with_suffix(".csv")
    source.write_text("k,v\na & b,10\nc,20\nd,30\n", encoding="utf-8")
    _, said = run("refresh", own, "--from", source, "--table", "T", "--accept-revisions")
    told = " ".join(said.split())
    assert "The points that a chart stores were not written anew. The part xl/charts/chart1.xml holds a comment" in told
    assert first(own) == before


@pytest.mark.parametrize(
    ("had", "wanted", "number", "same"),
    [
        (b"0.10000000000000001", b"0.1", True, True),
        (b"#N/A", None, True, True),
        (b"#1", None, False, False),  # the label of a cell that is blank now
        (b"007", b"7", False, False),
        (b"7.0", b"7", True, True),
        (b"a &amp; b", b"a &#38; b", False, True),
        (None, b"7", True, False),
        (None, None, True, True),
    ],
)
def test_points_that_are_drawn_alike_are_left_as_they_were(had, wanted, number, same):
    assert chart_points._same(had, wanted, number) is same
