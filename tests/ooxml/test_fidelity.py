"""Only the table changes: every table, with fewer, the same, more, many and no rows; or refused."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from programs import faults, needs_calc, needs_validator

from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.tables.body import Body, find_area
from xl_flexextra.ooxml.tables.rewrite import rewrite
from xl_flexextra.ooxml.workbook import Area, Workbook

from . import looking
from .conftest import real_workbooks

SIZES = ("fewer", "same", "more", "many", "none")
MAY_CHANGE = re.compile(
    r"(worksheets/[^/]+\.xml|tables?/[^/]+\.xml|tables?\d*\.xml|sharedStrings\.xml|workbook\.xml|calcChain\.xml|"
    r"workbook\.xml\.rels|\[Content_Types\]\.xml|pivotCacheDefinition\d*\.xml|charts/[^/]+\.xml)$",
    re.IGNORECASE,
)


def columns(body: Body, rows: int, shift: int = 0) -> list[list[object] | None]:
    """New values, numbers and texts by turns, with what XML has to escape."""
    return [
        None if body.calculated(i)
        else [f"<{k + shift}> & \"é\" {c.name}"[:60] if i % 2 else k * 1.5 + i + shift for k in range(rows)]
        for i, c in enumerate(body.area.columns)
    ]  # fmt: skip


def load(data: bytes, name: str) -> tuple[Package, Body]:
    package = Package(io.BytesIO(data), "book.xlsx")
    workbook = Workbook(package)
    strings = SharedStrings(workbook)
    return package, Body(workbook, strings, find_area(workbook, strings, name))


def refreshed(data: bytes, name: str, rows: int, shift: int = 0) -> tuple[bytes, Area, Area, list[list[object] | None]]:
    """The workbook with a table of so many rows; the area before and after; the values."""
    package, body = load(data, name)
    values = columns(body, rows, shift)
    result = rewrite(body, values)
    stream = io.BytesIO()
    package.write(stream)
    return stream.getvalue(), body.area, result.area, values


def tables(data: bytes) -> list[str]:
    return [t.name for t in Workbook(Package(io.BytesIO(data), "book.xlsx")).tables]


def rows_for(size: str, now: int) -> int:
    return {"fewer": max(now - 1, 0), "same": now, "more": now + 3, "many": now + 400, "none": 0}[size]


def assert_only_the_table_changed(
    old: bytes, new: bytes, before: Area, after: Area, values: list[list[object] | None]
) -> None:
    """The whole promise, looked at with other eyes than the writer's."""
    raw_old, raw_new = looking.raw_members(old), looking.raw_members(new)
    old_parts, new_parts = looking.parts(old), looking.parts(new)
    gone = set(raw_old) - set(raw_new)
    assert {g for g in gone if not g.lower().endswith("calcchain.xml")} == set()
    assert set(raw_new) <= set(raw_old)
    assert list(raw_new) == [n for n in raw_old if n not in gone], "the order of the members"
    changed = [n for n in raw_new if raw_old[n] != raw_new[n]]
    assert all(MAY_CHANGE.search(n) for n in changed), changed
    old_strings, new_strings = looking.shared_strings(old_parts), looking.shared_strings(new_parts)
    for name in changed:
        assert old_parts[name] != new_parts[name], f"{name}: the same content packed anew"
        if "worksheets/" in name:
            _same_sheet(
                old_parts[name],
                new_parts[name],
                old_strings,
                new_strings,
                (before, after) if name == before.sheet.part else None,
            )
        elif not name.endswith((".rels", "[Content_Types].xml", "sharedStrings.xml")):
            assert looking.outline(old_parts[name]) == looking.outline(new_parts[name]), name
    _values_read_back(new, after, values)


def _same_sheet(
    old: bytes, new: bytes, old_strings: list[str], new_strings: list[str], areas: tuple[Area, Area] | None
) -> None:
    assert looking.outline(old) == looking.outline(new)
    was, now = looking.cells(old, old_strings), looking.cells(new, new_strings)
    shift = 0
    if areas is not None:
        before, after = areas
        if before.totals:
            shift = after.totals - before.totals
        for place in list(was):
            if before.whole.holds(*place) and place[0] != before.totals and place[0] != before.header:
                del was[place]
        for place in list(now):
            if after.whole.holds(*place) and place[0] != after.totals and place[0] != after.header:
                del now[place]
        moved = {}
        for (row, column), cell in was.items():
            in_totals = before.totals == row and before.left <= column <= before.right
            moved[row + shift if in_totals else row, column] = cell
        was = moved
        # blank cells that only carry a style may be taken over by a growing table
        was = {p: c for p, c in was.items() if not (c[1] is None and c[3] is None and after.body.holds(*p))}
    assert set(was) == set(now)
    for place, cell in was.items():
        other = now[place]
        assert (cell[0], cell[2], cell[3]) == (other[0], other[2], other[3]), place
        formula, new_formula = cell[1], other[1]
        if formula != new_formula and not str(formula).startswith("shared "):
            assert re.sub(r"\d+", "#", formula) == re.sub(r"\d+", "#", new_formula), place


def _values_read_back(new: bytes, area: Area, values: list[list[object] | None]) -> None:
    """As openpyxl and calamine see them (a blank row stands for no rows)."""
    count = next(len(v) for v in values if v is not None)
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(new), data_only=True)[area.sheet.name]
    except TypeError:  # a pivot that openpyxl cannot read
        sheet = None
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_name(area.sheet.name)
    rows = grid.to_python(skip_empty_area=False)
    for i, column in enumerate(values):
        if column is None:
            continue
        for k in range(max(count, 1)):
            expected = column[k] if count else None
            if sheet is not None:
                value = sheet.cell(area.first + k, area.left + i).value
                if hasattr(value, "isoformat"):
                    value = expected  # a number in a cell that shows dates
                assert value == expected, (i, k)
            line = rows[area.first + k - 1] if area.first + k <= len(rows) else []
            got = line[area.left + i - 1] if area.left + i <= len(line) else ""
            if not hasattr(got, "isoformat") and not hasattr(got, "total_seconds"):
                assert (got if got != "" else None) == expected, (i, k)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["UnitValues", "Assets", "Empty"])
def test_only_the_table_changes_in_the_rich_workbook(rich_book: bytes, name: str, size: str) -> None:
    _, body = load(rich_book, name)
    rows = rows_for(size, body.count)
    if name == "Assets" and size == "many":
        with pytest.raises(Refused, match="B20"):
            refreshed(rich_book, name, rows)
        return
    new, before, after, values = refreshed(rich_book, name, rows)
    assert_only_the_table_changed(rich_book, new, before, after, values)


def test_a_named_range_is_filled_as_a_table_is(rich_book: bytes) -> None:
    new, before, after, values = refreshed(rich_book, "Shares", 6)
    assert_only_the_table_changed(rich_book, new, before, after, values)
    book = openpyxl.load_workbook(io.BytesIO(new))
    assert book.defined_names["Shares"].attr_text == "'Plain range'!$A$1:$B$7"
    assert book["Plain range"]["D1"].value == "=SUM(B2:B7)"


@pytest.mark.parametrize("path", real_workbooks(), ids=lambda p: p.name)
def test_only_the_table_changes_in_real_workbooks(path: Path) -> None:
    data = path.read_bytes()
    try:
        names = tables(data)
    except Refused:
        return
    refusals: list[str] = []
    for name in names:
        for size in SIZES:
            try:
                _, body = load(data, name)
                new, before, after, values = refreshed(data, name, rows_for(size, body.count))
            except FlexExtraError as error:
                refusals.append(str(error))
                continue
            assert_only_the_table_changed(data, new, before, after, values)
    assert all(len(sentence) > 40 for sentence in refusals)


def test_ranges_that_cover_the_body_follow_it_and_others_stay(rich_book: bytes) -> None:
    new, *_ = refreshed(rich_book, "UnitValues", 9)
    book = openpyxl.load_workbook(io.BytesIO(new))
    names = {n: d.attr_text for n, d in book.defined_names.items()}
    assert names["AllValues"] == "'Unit values'!$B$4:$E$12"
    assert names["FirstThree"] == "'Unit values'!$C$4:$C$6"
    assert names["Header"] == "'Unit values'!$B$3:$E$3"
    sheet = book["Unit values"]
    assert [sheet[c].value for c in ("H6", "H7", "H8", "H9")] == [
        "=SUM(C4:C12)", "=AVERAGE($D$4:$D$12)+C4", "=SUM(C4:C8)", "=C9",
    ]  # fmt: skip
    assert sheet.tables["UnitValues"].ref == "B3:F12"
    assert sheet.tables["UnitValues"].autoFilter.ref == "B3:F12"
    assert sheet.print_area == "'Unit values'!$B$3:$F$12"
    assert {str(r.sqref) for r in sheet.conditional_formatting} >= {"C4:E12", "C4:C12", "C20:C30"}
    assert {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation} == {"C4:E12": "0", "J1": "$C$4:$C$12"}
    other = book["Charts & more"]
    assert [other[c].value for c in ("A1", "A2", "A3")] == [
        "=SUM('Unit values'!C4:C12)", '="not \'Unit values\'!C4:C9 a reference"', "=SUM('Unit values'!C:C)",
    ]  # fmt: skip
    content = looking.parts(new)
    chart = content["xl/charts/chart1.xml"].decode()
    assert chart.count("$4:$B$12") == 3
    assert "$C$4:$C$12" in chart
    assert "$C$4:$C$6" in content["xl/charts/chart2.xml"].decode()
    xml = content["xl/worksheets/sheet1.xml"].decode()
    assert "<xm:f>'Unit values'!C4:C12</xm:f>" in xml  # the sparkline
    assert "<xm:sqref>C4:C12</xm:sqref>" in xml  # the data bar of Excel 2010
    assert '<dimension ref="A1:M12"/>' in xml or '<dimension ref="A1:M21"/>' in xml
    pivot = content["xl/pivotCache/pivotCacheDefinition2.xml"].decode()
    assert 'ref="B3:E12"' in pivot
    assert 'refreshOnLoad="1"' in pivot
    assert 'refreshOnLoad="1"' not in content["xl/pivotCache/pivotCacheDefinition1.xml"].decode()


def test_the_totals_row_moves_with_what_refers_to_it(rich_book: bytes) -> None:
    new, *_ = refreshed(rich_book, "Assets", 7)
    sheet = openpyxl.load_workbook(io.BytesIO(new))["Totals"]
    assert sheet["B10"].value == "Total"
    assert sheet["C10"].value == "=SUBTOTAL(109,[assets])"
    assert (sheet["F2"].value, sheet["F3"].value) == ("=C10*2", "=SUM(C3:C9)")
    assert sheet["F6"].value == "beside the totals"
    assert sheet.tables["Assets"].ref == "B2:D10"
    assert sheet.tables["Assets"].autoFilter.ref == "B2:D9"


def test_calculated_columns_get_their_formula_in_new_rows(rich_book: bytes) -> None:
    new, _, after, _ = refreshed(rich_book, "UnitValues", 8)
    sheet = openpyxl.load_workbook(io.BytesIO(new))["Unit values"]
    formulas = {sheet.cell(row, 6).value for row in range(after.first, after.last + 1)}
    assert formulas == {"=UnitValues[[#This Row],[EQUITY]]+UnitValues[[#This Row],[BLEND]]"}
    assert sheet["E11"].number_format == "0.000000"
    assert sheet["B11"].number_format == "yyyy\\-mm\\-dd" or sheet["B11"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("name", ["UnitValues", "Assets"])
def test_grown_and_shrunk_gives_the_first_refresh_again(rich_book: bytes, name: str) -> None:
    _, body = load(rich_book, name)
    first, *_ = refreshed(rich_book, name, body.count)
    grown, *_ = refreshed(first, name, body.count + 9, shift=7)
    again, *_ = refreshed(grown, name, body.count)
    assert looking.parts(again) == looking.parts(first)


def test_the_same_data_changes_nothing(rich_book: bytes) -> None:
    first, *_ = refreshed(rich_book, "UnitValues", 50)
    package, body = load(first, "UnitValues")
    assert not rewrite(body, columns(body, 50)).changed
    assert not package.dirty


def test_repeated_refreshes_do_not_let_the_strings_grow(rich_book: bytes) -> None:
    data = rich_book
    counts = []
    for shift in (1000, 2000, 3000, 4000):
        data, *_ = refreshed(data, "UnitValues", 20, shift)
        counts.append(len(looking.shared_strings(looking.parts(data))))
    assert len(set(counts)) == 1


@needs_calc
def test_libreoffice_opens_what_was_written(rich_book: bytes, tmp_path: Path) -> None:
    for name, rows in (("UnitValues", 60), ("Assets", 5), ("Empty", 3), ("UnitValues", 0)):
        new, *_ = refreshed(rich_book, name, rows)
        (tmp_path / f"{name}{rows}.xlsx").write_bytes(new)
    out = tmp_path / "out"
    files = [str(p) for p in tmp_path.glob("*.xlsx")]
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(out),
    ]
    subprocess.run(
        [*command, *files], check=True, capture_output=True, timeout=180, env=os.environ | {"HOME": str(tmp_path)}
    )
    assert len(list(out.glob("*.ods"))) == len(files)
    with zipfile.ZipFile(out / "UnitValues60.ods") as archive:
        assert b"EQUITY" in archive.read("content.xml")


def new_faults(after: Path, before: Path) -> Counter[str]:
    """What the validator finds in one file and not in the other, each with how often (places left out: rows move)."""
    new, old = (Counter(f"{fault['id']}: {fault['description']}" for fault in faults(path)) for path in (after, before))
    return new - old


@needs_validator
@pytest.mark.parametrize(
    ("name", "rows"), [("UnitValues", 60), ("UnitValues", 2), ("UnitValues", 0), ("Assets", 6), ("Empty", 4)]
)
def test_the_open_xml_validator_finds_no_error_that_was_not_there(
    rich_book: bytes, tmp_path: Path, name: str, rows: int
) -> None:
    new, *_ = refreshed(rich_book, name, rows)
    before, after = tmp_path / "before.xlsm", tmp_path / "after.xlsm"
    before.write_bytes(rich_book)
    after.write_bytes(new)
    assert not new_faults(after, before)


@needs_validator
@pytest.mark.parametrize("path", real_workbooks(), ids=lambda p: p.name)
def test_the_open_xml_validator_agrees_on_real_workbooks(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    try:
        names = tables(data)[:2]
    except Refused:
        return
    for name in names:
        _, body = load(data, name)
        try:
            new, *_ = refreshed(data, name, body.count + 2)
        except Refused:
            continue
        (tmp_path / path.name).write_bytes(new)
        assert not new_faults(tmp_path / path.name, path)
