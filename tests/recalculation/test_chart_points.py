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


def edited(path, edits, part="xl/charts/chart1.xml"):
    """A part of a workbook with other texts."""
    with zipfile.ZipFile(path) as parts:
        held = [(info.filename, parts.read(info)) for info in parts.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in held:
            for old, new in edits.items() if name == part else ():
                assert old.encode() in data, old
                data = data.replace(old.encode(), new.encode())
            parts.writestr(name, data)


@pytest.mark.parametrize(
    "edits",
    [
        {"Data!$B$2:$B$4": "Data!$A$1:$XFD$1048576"},  # 17 billion cells
        {'<c:pt idx="1">': '<c:pt idx="999999999">'},
        {"Data!$B$2:$B$4": "[0]!Named"},
    ],
)
def test_no_chart_is_too_much_and_no_name_hides_old_points(own, edits):
    edited(own, edits)
    refresh(own, [["a & b", 10], ["c", 20], ["d", 30]])
    assert ">2</c:v>" not in charts(own)["xl/charts/chart1.xml"].partition("<c:val>")[2]
