"""Files as custodians write them: reports and refreshes read each the same, or refuse it for the same reason."""

from __future__ import annotations

import csv
import datetime
import itertools
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from commands import run

from xl_flexextra.errors import BadInput
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.sources.files import Files
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source

from .conftest import as_kinds, excel

JUNE, JULY = datetime.date(2008, 6, 30), datetime.date(2008, 7, 31)
FUNDS = ("EQ", "BD")
VALUES = {(JUNE, "EQ"): 10.5, (JULY, "EQ"): 10.625, (JUNE, "BD"): 1020.25, (JULY, "BD"): 1021.5}
PLAIN = "date,EQ,BD\n2008-06-30,10.5,1020.25\n2008-07-31,10.625,1021.5\n"
LONG = "date,fund,unit value\n2008-06-30,EQ,10.5\n2008-06-30,BD,1020.25\n2008-07-31,EQ,10.625\n2008-07-31,BD,1021.5\n"
GERMAN = "date;EQ;BD\n30.06.2008;10,5;1.020,25\n31.07.2008;10,625;1.021,5\n"


def dated(june: str, july: str) -> str:
    return PLAIN.replace("2008-06-30", june).replace("2008-07-31", july)


FILES: dict[str, tuple[str | bytes, list[str]]] = {
    "plain": (PLAIN, []),
    "long": (LONG, []),
    "mark of UTF-8": (b"\xef\xbb\xbf" + PLAIN.encode(), []),
    "UTF-16": (PLAIN.encode("utf-16"), []),
    "UTF-16 without a mark": (PLAIN.encode("utf-16-le"), []),
    "line ends of Windows": (PLAIN.replace("\n", "\r\n"), []),
    "line ends of old Macs": (PLAIN.replace("\n", "\r"), []),
    "no last line end": (PLAIN.rstrip("\n"), []),
    "blank lines": ("\n\n" + PLAIN.replace("\n", "\n\n"), []),
    "rows of nothing": (PLAIN + ",,\n,,\n", []),
    "sep=;": ("sep=;\n" + PLAIN.replace(",", ";"), []),
    "semicolons": (PLAIN.replace(",", ";"), []),
    "tabs": (PLAIN.replace(",", "\t"), []),
    "bars": (PLAIN.replace(",", "|"), []),
    "a delimiter more at the ends": (PLAIN.replace("5\n", "5,\n"), []),
    "title lines": ("Custodian Bank\nUnit values as of July 2008\n\n" + PLAIN, []),
    "a title with commas": ("Unit values, July, 2008 final\n" + PLAIN.replace("date", "Valuation date"), []),
    "lines of comment": ("# exported 2008-08-01, by the night run\n# no check\n" + PLAIN, []),
    "year first with slashes": (dated("2008/06/30", "2008/7/31"), []),
    "digits only": (dated("20080630", "20080731"), []),
    "month names": (dated("30-Jun-2008", "31-Jul-2008"), []),
    "month names first": (dated('"June 30, 2008"', '"July 31, 2008"'), []),
    "month/day/year": (dated("6/30/2008", "07/31/2008"), []),
    "day/month/year": (dated("30/06/2008", "31/7/2008"), []),
    "two digits of a year": (dated("06/30/08", "07/31/08"), []),
    "with a time": (dated("6/30/2008 12:00:00 AM", "7/31/2008 0:00"), []),
    "with a time and a zone": (dated("2008-06-30T00:00:00Z", "2008-07-31T00:00:00+02:00"), []),
    "a stated date format": (dated("30|06|08", "31|07|08"), ["--date-format", "%d|%m|%y"]),
    "serial numbers": (dated("39629", "39660"), []),
    "German": (GERMAN, ["--decimal", ","]),
    "blanks between thousands": (GERMAN.replace("1.02", "1 02"), ["--decimal", ",", "--thousands", " "]),
    "quoted thousands": (PLAIN.replace("1020.25", '"1,020.25"').replace("1021.5", '"1,021.5"'), []),
    "currency and blanks": (PLAIN.replace("10.5,", "$ 10.5,").replace("10.625", " $10.625 "), []),
    "exponents": (PLAIN.replace("10.625", "1.0625e1"), []),
    "hard and double blanks in the heads": (PLAIN.replace("EQ", "E\u00a0 Q"), []),
    "a line break in a head": (PLAIN.replace("EQ", '"E\nQ"'), []),
}
HEADS = {"hard and double blanks in the heads": "E Q", "a line break in a head": "E Q"}


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "v.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def by_report(path: Path, words: list[str]) -> dict[tuple[datetime.date, str], float]:
    given = dict(zip(words[::2], words[1::2], strict=True))
    files = Files(given.get("--decimal", ""), given.get("--thousands", ""), given.get("--date-format", ""))
    found = UnitValues.from_rows(files.rows(str(path)))
    return {
        (day, fund): value
        for day, line in zip(found.dates.tolist(), found.values.tolist(), strict=True)
        for fund, value in zip(found.funds, line, strict=True)
        if value == value
    }


def by_store(path: Path, words: list[str]) -> dict[tuple[datetime.date, str], float]:
    store, then = path.with_name("s.sqlite"), path.with_name("then.csv")
    code, said = run("store", "load", store, "--from", path, *words)
    assert code == 0, said
    assert run("store", "as-of", store, "1", "--out", then)[0] == 0
    with then.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {(datetime.date.fromisoformat(row[0]), row[1]): float(row[2]) for row in rows}


def by_refresh(path: Path, words: list[str], funds: tuple[str, ...] = FUNDS) -> dict[tuple[datetime.date, str], float]:
    def formats(sheet) -> None:
        sheet["A2"].number_format = "yyyy-mm-dd"

    book = excel(path.with_name("book.xlsx"), [["date", *funds], [None] * 3], formats, table="UnitValues")
    code, said = run("refresh", book, "--from", path, "--table", "UnitValues", "--no-calc", *words)
    assert code == 0, said
    rows = list(openpyxl.load_workbook(book)["Values"].iter_rows(values_only=True))
    return {
        (row[0].date(), fund): value
        for row in rows[1:]
        for fund, value in zip(funds, row[1:], strict=True)
        if value is not None
    }


@pytest.mark.parametrize("name", FILES)
def test_every_side_reads_the_same(tmp_path, name):
    content, words = FILES[name]
    path = write(tmp_path, content)
    head = HEADS.get(name, "EQ")
    expected = {(day, head if fund == "EQ" else fund): value for (day, fund), value in VALUES.items()}
    assert by_report(path, words) == expected
    assert by_store(path, words) == expected
    assert by_refresh(path, words, (head, "BD")) == expected


def test_call_and_report_take_the_same_words(tmp_path, terms):
    path = write(tmp_path, GERMAN)
    code, said = run("call", "UNIT_VALUE_AT", f"@{path}", "EQ", "2008-07-31", "--decimal", ",")
    assert (code, said.strip()) == (0, "10.625")
    words = ["report", "--unit-values", path, "--terms", terms, "--decimal", ",", "--as-of", "2008-07-31"]
    code, said = run(*words, "--out", tmp_path / "o.xlsx")
    assert code == 0, said
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["Unit values"]
    assert [cell.value for cell in list(sheet.iter_rows())[-1]][1:3] == [10.625, 1021.5]


def test_a_column_without_a_name_is_none_that_a_refresh_takes(tmp_path):
    rows = [["date", *FUNDS], *([day, VALUES[day, "EQ"], VALUES[day, "BD"], "?"] for day in (JUNE, JULY))]
    path = excel(tmp_path / "v.xlsx", rows)
    assert "no name for its column 4" in run("store", "load", tmp_path / "s.sqlite", "--from", path)[1]
    assert "column 4" in run("call", "UNIT_VALUE_AT", f"@{path}", "EQ", "2008-07-31")[1]


REFUSED = {
    "a comma that may be either": (PLAIN.replace(",", ";").replace("10.5", "10,312"), "--decimal"),
    "day and month in either order": (dated("6/7/2008", "7/8/2008"), "--date-format"),
    "underscores in numbers": (PLAIN.replace("10.5", "1_0.5"), "1_0.5"),
    "an error of Excel as text": (PLAIN.replace("10.5", "#REF!"), "#REF!"),
    "a line cut short": (PLAIN + "2008-08-31,10.7\n", "2 cells"),
    "an infinite value": (PLAIN.replace("10.5", "inf"), "inf"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_side_refuses_what_it_cannot_know(tmp_path, terms, name):
    content, words = REFUSED[name]
    path = write(tmp_path, content)
    book = excel(tmp_path / "book.xlsx", [["date", *FUNDS], [None] * 3], table="UnitValues")
    before = book.read_bytes()
    code, said = run("refresh", book, "--from", path, "--table", "UnitValues", "--no-calc")
    assert (code != 0, words in " ".join(said.split())) == (True, True), said
    assert book.read_bytes() == before
    code, said = run("store", "load", tmp_path / "s.sqlite", "--from", path)
    assert (code != 0, words in said) == (True, True), said
    if name not in ("a line cut short", "an error of Excel as text"):  # a blank, and an error that no figure needs
        out = tmp_path / "o.xlsx"
        code, said = run("report", "--unit-values", path, "--terms", terms, "--as-of", "2008-07-31", "--out", out)
        assert (code != 0, words in " ".join(said.split())) == (True, True), said


def test_the_signs_hold_for_the_values_of_terms_too(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "term;value\ncontract.code;x\ncontract.inception;05/01/1998\nannual_charge.form;none\npayment.amount;1.000,50\n"
        "cdsc.schedule;0,07;0,06;0\n"
    )
    rows = Files(decimal=",", date_format="%m/%d/%Y").rows(str(path))
    assert rows[2:5] == [
        ["contract.inception", datetime.date(1998, 5, 1), None, None],
        ["annual_charge.form", "none", None, None],
        ["payment.amount", 1000.5, None, None],
    ]
    assert rows[5] == ["cdsc.schedule", 0.07, 0.06, 0.0]
    assert run("terms", "check", path, "--decimal", ",", "--date-format", "%m/%d/%Y")[0] == 0


def test_julian_days_are_no_serial_numbers(tmp_path):
    path = write(tmp_path, dated("2454647.5", "2454678.5"))
    said = run("store", "load", tmp_path / "s.sqlite", "--from", path)[1]
    assert "not a date" in said


def test_what_was_found_out_is_said(tmp_path, terms):
    content = ("Bank\n" + PLAIN.replace("EQ", "Zürich")).encode("cp1252")
    path = write(tmp_path, content)
    said = run("report", "--unit-values", path, "--terms", terms, "--as-of", "2008-07-31", "--out", tmp_path / "o.xlsx")[1]
    assert "Zürich" in said
    for told in ("v.csv is not in UTF-8 and was read in cp1252", "The first line stands before the header of v.csv"):
        assert told in " ".join(said.split())
    book = excel(tmp_path / "book.xlsx", [["date", "Zürich", "BD"], [None] * 3], table="UnitValues")
    said = " ".join(run("refresh", book, "--from", path, "--table", "UnitValues", "--no-calc", "--dry-run")[1].split())
    assert "read in cp1252" in said
    assert "the first line stands before the header" in said
    said = run("store", "load", tmp_path / "s.sqlite", "--from", path)[1]
    assert "read in cp1252" in said


@pytest.mark.parametrize("blank", ["", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "-", "–", '""'])
def test_blanks_are_none_and_a_fund_called_na_is_one(tmp_path, blank):
    text = PLAIN.replace("EQ", "NA").replace("10.5,", f"{blank},")
    expected = {(JULY, "NA"): 10.625, (JUNE, "BD"): 1020.25, (JULY, "BD"): 1021.5}
    path = write(tmp_path, text)
    assert by_report(path, []) == expected
    assert by_store(path, []) == expected
    assert by_refresh(path, [], ("NA", "BD")) == expected
    path.unlink()
    path = write(tmp_path, LONG.replace("EQ", "NA").replace("NA,10.5", f"NA,{blank}"))
    (tmp_path / "s.sqlite").unlink()
    (tmp_path / "then.csv").unlink()
    assert by_report(path, []) == expected
    assert by_store(path, []) == expected


def test_signs_that_part_lines_elsewhere_do_not_do_so_in_cells(tmp_path):
    """U+2028, U+0085, a vertical tab and a file separator in names, bare and in quotes; a line break in quotes."""
    for sign in ("\u2028", "\u0085", "\x0b", "\x1c", "\n"):
        name = f"Growth{sign}Fund"
        path = tmp_path / "f.csv"
        path.write_bytes(f'fund,printed_name\nA,"{name}"\nB,{name if sign != chr(10) else "x"}\n'.encode())
        rows = Files().rows(str(path))
        assert rows[1] == ["A", "Growth Fund"], repr(sign)
        assert len(rows) == 3


def test_single_precision_is_the_shortest_decimal_of_it(tmp_path):
    path = tmp_path / "v.parquet"
    columns = [pa.array([JUNE, JULY]), pa.array([10.312, None], pa.float32()), pa.array([0.1, 0.11], pa.float32())]
    pa.parquet.write_table(pa.Table.from_arrays(columns, names=["date", *FUNDS]), path)
    expected = {(JUNE, "EQ"): 10.312, (JUNE, "BD"): 0.1, (JULY, "BD"): 0.11}
    assert by_report(path, []) == by_store(path, []) == by_refresh(path, []) == expected


def printed_page(path: Path) -> Path:
    """A hidden sheet of old figures, then printed figures in cells that show percentages; row 3 hidden, B4 an empty text."""
    book = openpyxl.Workbook()
    book.active.append(["fund", "note", "return_pct"])
    book.active.append(["OLD", None, 99.0])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Printed")
    for row in (["fund", "note", "return_pct"], ["EQ", "a", -0.1491], ["BD", "b", 0.05], ["ST", '=IF(1=1,"","x")', 0.0825]):
        sheet.append(row)
        sheet.cell(sheet.max_row, 3).number_format = "0.00%" if sheet.max_row > 1 else "General"
    sheet.row_dimensions[3].hidden = True
    book.active = 1
    book.save(path)
    return path


@pytest.fixture(scope="module")
def counting(tmp_path_factory):
    """Workbooks by the day from which they count, whether their dates have a format, and their kind; and a printed page."""
    folder, made = tmp_path_factory.mktemp("counting"), {}
    made["printed", "page", ".xlsx"] = printed_page(folder / "printed.xlsx")
    for date1904, formatted in itertools.product((False, True), repeat=2):
        book = openpyxl.Workbook()
        if date1904:
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet = book.active
        sheet.append(["date", *FUNDS])
        for serial, day in ((39629, JUNE), (39660, JULY)):
            sheet.append([serial - (1462 if date1904 else 0), VALUES[day, "EQ"], VALUES[day, "BD"]])
            sheet.cell(sheet.max_row, 1).number_format = "yyyy-mm-dd" if formatted else "General"
        made[date1904, formatted, ".xlsx"] = folder / f"{date1904}{formatted}.xlsx"
        book.save(made[date1904, formatted, ".xlsx"])
    plain = list(made.items())
    for suffix in (".xls", ".ods"):
        others = as_kinds([path for _, path in plain], suffix)
        made |= {(*key[:2], suffix): path for (key, _), path in zip(plain, others, strict=True)}
    return made


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("formatted", [False, True])
def test_the_dates_of_a_workbook_that_counts_from_1904(counting, tmp_path, date1904, formatted, suffix):
    path = Path(shutil.copy(counting[date1904, formatted, suffix], tmp_path))
    assert by_report(path, []) == by_store(path, []) == by_refresh(path, []) == VALUES


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_percentages_of_other_spreadsheets_were_read_as_a_hundredth_of_them(counting, suffix):
    """-14.91% in a cell holds -0.1491, which under return_pct was -0.1491%. A hidden sheet was read for the page, and an
    empty text in an .ods of LibreOffice was said to be a formula without a value."""
    path = counting["printed", "page", suffix]
    assert Files().rows(str(path)) == [
        ["fund", "note", "return_pct"], ["EQ", "a", "-14.91%"], ["BD", "b", "5%"], ["ST", None, "8.25%"],
    ]  # fmt: skip
    source = read_source(TableMapping("t", str(path), sheet="Printed"), path.parent)
    assert source.notes == (f"1 row of {path.name} is hidden, first row 3, and was read as the others.",)
    assert "not a unit value but a percentage: '-14.91%' in C2" in str(source.no_unit_values("return_pct", "t"))


def test_numbers_that_may_be_dates_from_1904_are_refused(tmp_path, terms):
    """Under a head that does not say so they would be dates of four years before."""
    path = tmp_path / "v.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["Month", *FUNDS], [39629 - 1462, 10.5, 1020.25], [39660 - 1462, 10.625, 1021.5]):
        book.active.append(row)
    book.save(path)
    code, said = run("report", "--unit-values", path, "--terms", terms, "--out", tmp_path / "o.xlsx")
    assert (code, "count from 1904" in said) == (2, True)


def test_titles_and_two_heading_rows_of_a_sheet_are_skipped(tmp_path):
    rows = [["Unit values", None, None], [None] * 3, ["", "Stocks", "Bonds"], ["date", *FUNDS]]
    rows += [[day, VALUES[day, "EQ"], VALUES[day, "BD"]] for day in (JUNE, JULY)]
    path = excel(tmp_path / "v.xlsx", rows)
    assert by_report(path, []) == by_store(path, []) == by_refresh(path, []) == VALUES


def test_a_workbook_of_many_tables_is_opened_once(tmp_path, terms, monkeypatch):
    from openpyxl.worksheet.table import Table

    from xl_flexextra.sources.excel_files import ExcelFile

    book = openpyxl.Workbook()
    tables = {
        "UnitValues": [["date", *FUNDS], *([day, VALUES[day, "EQ"], VALUES[day, "BD"]] for day in (JUNE, JULY))],
        "Funds": [["fund", "printed_name"], ["EQ", "Equity"], ["BD", "Bond"]],
        "Shares": [["fund", "share"], ["EQ", 0.5], ["BD", 0.5]],
        "Rates": [["effective_date", "kind", "rate"], [JUNE, "fixed", 0.03]],
        "Holidays": [["date", "name"], [datetime.date(2008, 7, 4), "Independence Day"]],
        "Published": [["as_of", "fund", "period", "return_pct"], [JULY, "EQ", "MTD", 1.19]],
    }
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        last = f"{openpyxl.utils.get_column_letter(len(rows[0]))}{len(rows)}"
        sheet.add_table(Table(displayName=name, ref=f"A1:{last}"))
    del book["Sheet"]
    path = tmp_path / "all.xlsx"
    book.save(path)
    opened = []
    real = ExcelFile.__init__
    monkeypatch.setattr(ExcelFile, "__init__", lambda self, data, name: (opened.append(name), real(self, data, name))[1])
    words = [f"{path}#{name}" for name in tables]
    options = ["--unit-values", "--funds", "--shares", "--rates", "--holidays", "--published"]
    given = [word for pair in zip(options, words, strict=True) for word in pair]
    code, said = run("report", *given, "--terms", terms, "--as-of", "2008-07-31", "--out", tmp_path / "o.xlsx")
    assert (code, "1 of 1 published figures tie" in said) == (0, True), said
    assert opened == ["all.xlsx"]


def test_a_refresh_takes_a_table_of_a_workbook_by_the_name_that_every_command_takes(tmp_path):
    """``refresh --from book.xlsx#UnitValues`` looked for a file of that whole name."""
    book, source = tmp_path / "u.xlsx", tmp_path / "s.xlsx"
    assert run("report", "--out", book)[0] == run("report", "--out", source)[0] == 0
    code, said = run("refresh", book, "--from", f"{source}#UnitValues", "--table", "UnitValues", "--no-calc")
    assert (code, "no change (122 rows)" in said) == (0, True)
    code, said = run("refresh", book, "--from", f"{source}#Values", "--table", "UnitValues", "--no-calc")
    assert (code, said.startswith("The source s.xlsx has no table or sheet 'Values'")) == (2, True)


def test_commas_that_part_thousands_in_every_number_of_a_column_are_said(tmp_path):
    """10,312 was 10312 without a word, where it may have been meant as 10.312."""
    path = write(tmp_path, 'date,EQ,BD\n2008-05-30,NA,\n2008-06-30,"10,312","1,020"\n2008-07-31,"9,987",987.5\n')
    notes = read_source(TableMapping("t", str(path)), tmp_path).notes
    assert notes == ("The comma in numbers of column EQ, such as '10,312', was read as parting thousands, as 10312.",)
    assert read_source(TableMapping("t", str(path), decimal=","), tmp_path).notes == ()


def test_a_very_long_line_was_refused_in_the_words_of_a_library(tmp_path):
    path = write(tmp_path, b'date,EQ\n2008-07-31,"' + b"x" * (20 << 20) + b'"\n')
    with pytest.raises(BadInput, match=r"has a line of many megabytes; check its quotes and line ends\.$"):
        read_source(TableMapping("t", str(path)), tmp_path)


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:calculation-settings><table:null-date table:date-value="{first}"/>
</table:calculation-settings><table:table table:name="Values">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def ods(path: Path, first: str = "1899-12-30", number: str = 'office:value="10.5"') -> Path:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    cells = [
        "".join(map(text.format, ("date", "EQ"))),
        '<table:table-cell office:value-type="float" office:value="39629"/>'
        f"<table:table-cell {number}><text:p>10.5</text:p></table:table-cell>",
    ]
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", ODS.format(first=first, rows=rows))
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}">{entry}</m:manifest>')
    return path


def test_days_of_an_ods_that_count_from_1900_were_two_days_early(tmp_path):
    """LibreOffice offers it for StarCalc's files: 39629 is 2 July 2008 there."""
    number = 'office:value-type="float" office:value="10.5"'
    assert Files().rows(str(ods(tmp_path / "v.ods", number=number)))[1] == [JUNE, 10.5]
    with pytest.raises(BadInput, match="counts its days from 1900-01-01; choose 12/30/1899"):
        Files().rows(str(ods(tmp_path / "w.ods", "1900-01-01", number)))


@pytest.mark.parametrize("value", ["", ' office:value="NaN"'])
@pytest.mark.parametrize("kind", ["float", "percentage", "currency"])
def test_a_number_of_an_ods_that_is_not_there_was_a_blank(tmp_path, kind, value):
    path = ods(tmp_path / "v.ods", number=f'office:value-type="{kind}"{value}')
    assert Files().rows(str(path))[1] == [JUNE, "#VALUE!"]
