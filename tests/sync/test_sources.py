"""Sources as people have them: odd cells, odd numbers, odd names, other time zones; read as meant, or refused by name."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import sqlite3
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
from commands import command

from xl_flexextra.errors import BadInput, FlexExtraError, MissingData, Refused
from xl_flexextra.ooxml.fast import column_writer
from xl_flexextra.sources import arrays, mapping, sql_columns
from xl_flexextra.sources.column_kinds import DATE, MIXED, NUMBER, TEXT, convert
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source
from xl_flexextra.sources.source import choose
from xl_flexextra.sync.refresh import Request, refresh

from .conftest import long_csv


def read(path: Path, text: str | bytes, **words: object) -> dict[str, list[object]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = TableMapping("t", str(path), **words)  # type: ignore[arg-type]
    source = read_source(table, path.parent)
    return {name: source.column(name, None).to_pylist() for name in source.columns}


def guessed(values: list[object], name: str = "amount", kind: str | None = None) -> tuple[list[object], str]:
    """A column as it comes out, and what was found."""
    result, found = convert(pa.array(values), kind, name, "t", "")
    return (result if isinstance(result, list) else result.to_pylist()), "; ".join(map(str, found))


@pytest.mark.parametrize(
    ("values", "result"),
    [
        (["10.5", "", "9.5"], [10.5, None, 9.5]),
        (["10.5", "  ", None], [10.5, None, None]),
        (["50%", "$0.25", "(0.25)"], [0.5, 0.25, -0.25]),
        (["€0.5", "-$3", "$-3", "5 €", "(£2)"], [0.5, -3, -3, 5, -2]),
        (["1,234.50", "\N{MINUS SIGN}2"], [1234.5, -2]),
        (["1e-05", "10.123456789012345", "0.5"], [1e-05, 10.123456789012345, 0.5]),
        (["007", "8"], ["007", "8"]),
        (["1E5", "2"], ["1E5", "2"]),
        (["12345678901234567890", "2"], ["12345678901234567890", "2"]),
        (["a", "b", "c", "4"], ["a", "b", "c", "4"]),
        ([], []),
    ],
)
def test_a_blank_column_gets_the_kind_of_its_values(values: list[object], result: list[object]) -> None:
    assert guessed([*values] or pa.array([], pa.string()).to_pylist()) == (result, "")


@pytest.mark.parametrize(
    "odd", ["n.a.", "inf", "-inf", "NAN", "0x10", "1e999", "()", "(-5)", "12 apples", "1.2.3", "n/a", "٣"]
)
@pytest.mark.parametrize("kind", [None, NUMBER])
def test_an_odd_cell_among_numbers_is_named_and_stops(odd: str, kind: str | None) -> None:
    found = guessed(["10.5", odd, "9.5"], kind=kind)[1]
    assert f"{odd!r} in row 2" in found
    assert found.startswith("error")


def test_many_marks_of_absence_do_not_make_numbers_text() -> None:
    assert "'n.a.' in row 1" in guessed(["n.a."] * 9 + ["10.5", "10.75"])[1]


@pytest.mark.parametrize("name", ["fund", "asset_class", "notes", "aliases", "Printed Name"])
def test_columns_of_names_stay_text(name: str) -> None:
    assert guessed(["100", "200"], name) == (["100", "200"], "")


def test_a_wanted_number_may_be_written_any_way() -> None:
    assert guessed(["1E5", "007"], kind=NUMBER) == ([100000.0, 7.0], "")


def test_excel_cells_with_marks_of_absence_stop_as_well(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("t")
    for r, row in enumerate([["d", "v"], ["a", 1.5], ["b", "n/a"], ["c", 2.5]]):
        page.write_row(r, 0, row)
    book.close()
    column = read_source(TableMapping("t", str(path)), tmp_path).table.column("v")
    assert "'n/a' in row 2" in str(convert(column, None, "v", "t", "")[1][0])


def test_an_excel_column_without_a_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("t")
    for r, row in enumerate([["d", "v", None, None], ["a", 1.5, 2.5, None]]):
        page.write_row(r, 0, row)
    book.close()
    with pytest.raises(BadInput, match="no name for its column 3"):
        read_source(TableMapping("t", str(path)), tmp_path)


# --- signs in numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["10,312", "10,5", "1.234,5", "-0,25"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_comma_that_may_be_either_is_refused(tmp_path: Path, number: str, delimiter: str) -> None:
    text = f"date{delimiter}EQUITY\n2008-07-31{delimiter}{number}\n2008-08-31{delimiter}9.5\n"
    with pytest.raises(BadInput, match=r"column EQUITY.*set 'decimal'"):
        read(tmp_path / "x.csv", text)
    if number != "1.234,5":
        assert read(tmp_path / "x.csv", text.replace("9.5", "9,5"), decimal=",")["EQUITY"][0] == number.replace(",", ".")


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("a;b\n1;1,234.50\n", {}, ["1,234.50"]),  # one reading only
        ("a;b\n1;10,312\n2;9,5\n", {"decimal": ","}, ["10.312", "9.5"]),
        ("a;b\n1;10.312,25\n2;€ 9,5 %\n", {"decimal": ","}, ["10312.25", "€ 9.5 %"]),
        ("a;b\n1;10 312,25\n2;9\n", {"decimal": ",", "thousands": " "}, ["10312.25", "9"]),
        ("a;b\n1;10,312\n2;9\n", {"decimal": "."}, ["10312", "9"]),
        ("a;b\n1;10'312.5\n2;9\n", {"thousands": "'"}, ["10312.5", "9"]),
        ('a,b\n1,"10,312"\n2,9\n', {}, ["10,312", "9"]),  # separated by commas: the comma parts thousands
        ("a;notes\n1;10,5\n", {}, ["10,5"]),
        ("a;b\n1;Growth, large\n2;Growth, small\n", {}, ["Growth, large", "Growth, small"]),
    ],
)
def test_numbers_are_written_as_the_mapping_says(
    tmp_path: Path, text: str, words: dict[str, object], result: list[str]
) -> None:
    assert list(read(tmp_path / "x.csv", text, **words).values())[1] == result


@pytest.mark.parametrize(("decimal", "number"), [(",", "10.5"), (".", "10,5"), (",", "1.2345")])
def test_a_number_against_the_mapping_is_refused(tmp_path: Path, decimal: str, number: str) -> None:
    with pytest.raises(BadInput, match="is no number with 'decimal'"):
        read(tmp_path / "x.csv", f"a;b\n1;{number}\n", decimal=decimal)


@pytest.mark.parametrize("line", ['decimal = ";"', 'decimal = ","\nthousands = ","', 'thousands = "ab"', 'thousands = "1"'])
def test_signs_that_cannot_be_are_refused(line: str) -> None:
    with pytest.raises(BadInput, match="has to be"):
        mapping.parse(f'[[table]]\nname = "x"\n{line}', "book", Path())


# --- text files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\n\ncode,v\n007,1\n",
        "   \r\ncode,v\r\n007,1\r\n",
        "\ufeff\ncode,v\n007,1\n",
        "sep=;\ncode;v\n007;1\n",
        '"sep=;"\ncode;v\n007;1\n',
        '"code";"v, w, x, y"\n007;1\n',
        '"co\nde";v\n007;1\n',
        "sep=\\t\ncode\tv\n007\t1\n",
    ],
)
def test_whatever_goes_before_a_header_codes_stay_codes(tmp_path: Path, text: str) -> None:
    assert list(read(tmp_path / "x.csv", text).values()) == [["007"], ["1"]]


def test_another_encoding_is_asked_for_by_name(tmp_path: Path) -> None:
    data = "fund,v\nMél,1\n".encode("cp1252")
    with pytest.raises(BadInput, match=r"not text in utf-8 \(line 2\); set 'encoding'.*cp1252"):
        read(tmp_path / "x.csv", data, encoding="utf-8")
    assert read(tmp_path / "x.csv", data, encoding="cp1252")["fund"] == ["Mél"]
    assert read(tmp_path / "x.csv", "fund,v\nMél,1\n".encode("utf-16"), encoding="utf-16")["fund"] == ["Mél"]
    with pytest.raises(BadInput, match="encoding 'nonsense' is unknown"):
        read(tmp_path / "x.csv", data, encoding="nonsense")


# --- names -------------------------------------------------------------------------------------------------------------


def test_an_exact_name_wins_and_a_tie_is_refused() -> None:
    assert choose("unit_values", ["UnitValues", "unit_values"], "It") == "unit_values"
    assert choose("UNIT_VALUES", ["UnitValues", "unit_values"], "It") == "unit_values"
    assert choose("Unit Values", ["Funds", "unit_values"], "It") == "unit_values"
    assert choose("", ["a"], "It") is choose("b", ["a"], "It") is None
    with pytest.raises(BadInput, match="has 'unit values' and 'unit_values' for 'UnitValues'"):
        choose("UnitValues", ["unit values", "unit_values"], "It")


def test_the_file_of_a_folder_is_the_one_that_was_named(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name in ("UnitValues", "unit-values", "july"):
        (folder / f"{name}.csv").write_text(f"a\n{name}\n")
    table = TableMapping("UnitValues", str(folder))

    def taken(**words: str) -> object:
        given = TableMapping("UnitValues", str(folder), **words)  # type: ignore[arg-type]
        return read_source(given, tmp_path).table.to_pydict()["a"][0]

    assert taken() == "UnitValues"
    assert taken(source_table="july") == taken(source_table="july.csv") == "july"
    with pytest.raises(MissingData, match=r"no file for 'juli' .did you mean 'july"):
        taken(source_table="juli")
    (folder / "UnitValues.parquet").write_bytes(b"")
    with pytest.raises(BadInput, match=r"UnitValues.csv and UnitValues.parquet"):
        read_source(table, tmp_path)


def test_the_table_of_a_database_is_the_exact_one(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        for name in ("unit values", "unit_values", "funds"):
            connection.execute(f'create table "{name}" (a text)')
            connection.execute(f'insert into "{name}" values (?)', [name])
    connection.close()

    def taken(name: str, **words: str) -> object:
        return read_source(TableMapping(name, "x.sqlite", **words), tmp_path).table.to_pydict()["a"][0]  # type: ignore[arg-type]

    assert taken("unit_values") == "unit_values"
    assert taken("UnitValues", source_table="unit values") == "unit values"
    with pytest.raises(BadInput, match="name one exactly"):
        taken("UnitValues")
    assert read_source(TableMapping("funds", "sqlite:///x.sqlite"), tmp_path).table.num_rows == 1  # beside the mapping


def test_the_sheet_of_a_workbook_is_the_exact_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    for name in ("Unit Values", "unit_values"):
        book.add_worksheet(name).write_column("A1", ["a", name])
    book.close()

    def taken(**words: str) -> object:
        return read_source(TableMapping(source=str(path), **words), tmp_path).table.to_pydict()["a"][0]  # type: ignore[arg-type]

    assert taken(name="unit_values") == "unit_values"
    assert taken(name="x", source_table="Unit Values") == taken(name="x", sheet="unit values") == "Unit Values"
    for words in ({"name": "UnitValues"}, {"name": "unit_values", "source_table": "none"}, {"name": "x", "sheet": "none"}):
        with pytest.raises(FlexExtraError, match=r"name one exactly|no table or sheet 'none'|no sheet 'none'"):
            taken(**words)


# --- dates and large numbers -------------------------------------------------------------------------------------------


def _parquet(path: Path, column: object) -> object:
    pyarrow.parquet.write_table(pa.table({"a": column}), path)
    return read_source(TableMapping("t", str(path)), path.parent).table.column("a")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "+02:00", "UTC"])
def test_midnight_of_a_time_zone_is_that_day(tmp_path: Path, zone: str) -> None:
    midnight = pa.array([datetime.datetime(2008, 7, 31)], pa.timestamp("us"))
    column = _parquet(tmp_path / "x.parquet", pa.compute.assume_timezone(midnight, zone))
    assert convert(column, DATE, "a", "t", "")[0].to_pylist() == [datetime.date(2008, 7, 31)]


def test_a_database_time_zone_is_taken_as_delivered() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    column = sql_columns.Column()
    column.add([datetime.datetime(2008, 7, 31, tzinfo=zone), None])
    assert convert(column.array(), DATE, "a", "t", "")[0].to_pylist() == [
        datetime.date(2008, 7, 31),
        None,
    ]


def test_nanoseconds_are_no_obstacle(tmp_path: Path) -> None:
    column = _parquet(tmp_path / "x.parquet", pa.array([1217462400000000001], pa.timestamp("ns")))
    assert convert(column, DATE, "a", "t", "")[0].to_pylist() == [datetime.date(2008, 7, 31)]


@pytest.mark.parametrize("values", [[2007, 2008], [2007.0], [0], [-5], [20080731], [19999]])
def test_numbers_that_can_hardly_be_dates_are_refused(values: list[float]) -> None:
    result = str(convert(pa.array(values), DATE, "as_of", "t", "")[1][0])
    assert "in row 1" in result
    assert "give dates as 2008-07-31" in result
    assert ("a year alone is not a day" in result) == (2007 in values)
    good, found = convert(pa.array([39660]), DATE, "as_of", "t", "")
    assert (good.to_pylist(), found) == ([datetime.date(2008, 7, 31)], [])
    assert convert(pa.array([20080731]), DATE, "as_of", "t", "%Y%m%d")[0].to_pylist() == good.to_pylist()


def test_whole_numbers_that_no_cell_can_hold(tmp_path: Path) -> None:
    large = pa.array([2**53 + 1, 1])
    assert guessed(large.to_pylist())[0] == [str(2**53 + 1), "1"]
    assert "not a number that a cell can hold" in guessed(large.to_pylist(), kind=NUMBER)[1]
    assert guessed([2**53, 1], kind=NUMBER)[1] == ""


@pytest.mark.parametrize("kind", [pa.string_view(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_every_kind_of_text_is_text(kind: pa.DataType) -> None:
    array = pa.array(["10.5", None]).cast(kind) if not pa.types.is_string_view(kind) else pa.array(["10.5", None], kind)
    assert convert(array, NUMBER, "a", "t", "")[0].to_pylist() == [10.5, None]
    assert convert(array, TEXT, "a", "t", "")[0].to_pylist() == ["10.5", None]


def test_not_a_number_is_a_blank_and_infinity_is_refused() -> None:
    assert guessed([10.5, float("nan")]) == ([10.5, None], "")
    assert "'inf' in row 2" in guessed([10.5, float("inf")])[1]


_TYPES = {
    "text": pa.array(["a", "1", None]),
    "view": pa.array(["a", None], pa.string_view()),
    "int": pa.array([1, None]),
    "large int": pa.array([2**60, 1]),
    "unsigned": pa.array([2**63 + 1], pa.uint64()),
    "float16": pa.array([np.float16(1.5)], pa.float16()),
    "decimal": pa.array([decimal.Decimal("1.25"), None], pa.decimal256(50, 3)),
    "bool": pa.array([True, None]),
    "date64": pa.array([datetime.date(2008, 7, 31), None], pa.date64()),
    "nanoseconds": pa.array([1217462400000000001, None], pa.timestamp("ns")),
    "zone": pa.array([1217462400000000, None], pa.timestamp("us", "Europe/Berlin")),
    "no zone": pa.array([1217462400000000, None], pa.timestamp("us", "Mars/One")),
    "time": pa.array([datetime.time(12, 30), None]),
    "null": pa.array([None, None]),
    "list": pa.array([[1], None]),
    "binary": pa.array([b"a", None]),
    "dictionary": pa.array(["a", None, "a"]).dictionary_encode(),
    "empty": pa.array([], pa.float64()),
}


@pytest.mark.parametrize("name", ["amount", "valuation_date", "fund"])
@pytest.mark.parametrize("kind", [None, DATE, NUMBER, TEXT, MIXED])
@pytest.mark.parametrize("made", _TYPES)
def test_every_type_of_column_is_taken_or_refused_in_a_sentence(made: str, kind: str | None, name: str) -> None:
    with contextlib.suppress(FlexExtraError):
        result, found = convert(pa.chunked_array([_TYPES[made]]), kind, name, "t", "")
        if not found:
            column_writer.normalize(result, name, False)


# --- mappings and messages ---------------------------------------------------------------------------------------------


def test_a_mapping_may_begin_with_a_mark_and_stand_beside_a_link(book: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    link = home / "link.xlsx"
    link.symlink_to(book)
    (home / "prices.csv").write_text(long_csv(8))
    text = '[[table]]\nname = "UnitValues"\nsource = "prices.csv"\n'
    (home / "link.xlsx.sync.toml").write_text(text, encoding="utf-8-sig")
    result = command("refresh", str(link), "--no-calc")
    assert result.exit_code == 0, result.output
    assert link.is_symlink()
    (home / "link.xlsx.sync.toml").unlink()
    assert mapping.beside(link) is None
    beside = book.with_name(f"{book.name}.sync.toml")
    beside.write_text(text)
    assert mapping.beside(link) == beside


def test_messages_name_what_is_there(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "prices"
    folder.mkdir()
    (folder / "other.csv").write_text("a\n1\n")
    with sqlite3.connect(tmp_path / "x.sqlite") as connection:
        connection.execute("create table a (a)")
        connection.execute("create table b (a)")
    connection.close()
    monkeypatch.chdir(tmp_path)
    cases = {
        "none.csv": "There is no file none.csv in .*; check its name",
        "none.sqlite": "There is no database file .*none.sqlite; check the name|There is no file none.sqlite",
        "prices": r"not clear which table the source other.csv is for",
        "x.sqlite": r"no table called like one of the workbook .it has a, b",
    }
    for given, match in cases.items():
        with pytest.raises(FlexExtraError, match=match) as caught:
            refresh(Request(book, given))
        assert "''" not in str(caught.value)
    for given, match in (("sqlite://", "names no file"), ("sqlite:///:memory:", "names no file"), (" ", "source is blank")):
        with pytest.raises(BadInput, match=match):
            refresh(Request(book, given, "UnitValues"))
    for path, match in ((Path("."), "is a folder"), (Path("none.toml"), "There is no mapping 'none.toml'")):
        with pytest.raises(BadInput, match=match):
            mapping.load(path)


def test_signs_in_numbers_can_be_given_with_the_command(book: Path, tmp_path: Path) -> None:
    source = tmp_path / "prices.csv"
    source.write_text(long_csv(8).replace(",", ";").replace(".", ","))
    given = ["refresh", str(book), "--from", str(source), "--no-calc"]
    assert "--decimal" in command(*given).output
    done = command(*given, "--decimal", ",")
    assert (done.exit_code, "2 added, 0 changed" in done.output) == (0, True)


@pytest.mark.parametrize("how", ["alike", "styles and holes", "dates and numbers", "blank at the end"])
def test_a_large_excel_table_is_read_by_columns_as_it_is_cell_by_cell(tmp_path, monkeypatch, how):
    path = tmp_path / "large.xlsx"
    made = xlsxwriter.Workbook(path)
    date, other = made.add_format({"num_format": "d-mmm-yy"}), made.add_format({"num_format": "yyyy-mm-dd", "bold": True})
    plain, bold = made.add_format(), made.add_format({"bold": True})
    sheet = made.add_worksheet("Other name")
    columns = [{"header": h} for h in ("valuation_date", "fund", "unit_value")]
    sheet.add_table(3, 1, 3 + 2500, 3, {"name": "UnitValues", "columns": columns})
    for row in range(2500):
        odd, hole = how == "styles and holes" and row % 3 == 1, how == "styles and holes" and row % 7 == 2
        if how == "blank at the end" and row >= 2490:
            sheet.write_blank(4 + row, 1, None, date)
            sheet.write_blank(4 + row, 3, None, bold)
            continue
        if not hole:
            style = plain if how == "dates and numbers" and row % 5 == 4 else other if odd else date
            sheet.write_datetime(4 + row, 1, datetime.datetime(2001, 1, 1) + datetime.timedelta(days=row), style)
        if row % 11 or not hole:
            sheet.write_string(4 + row, 2, "#N/A" if row == 77 else f"FUND/{row % 3} & more", bold if odd else plain)
        sheet.write_number(4 + row, 3, 10 + row / 7, bold if odd else plain)
    made.close()
    mapping = TableMapping("UnitValues", str(path))
    with monkeypatch.context() as patch:
        if how != "dates and numbers":
            patch.setattr(arrays.Columns, "of", None)  # which only the slow way needs
        quick = read_source(mapping, tmp_path).table
    monkeypatch.setattr("xl_flexextra.ooxml.fast.column_reader.FROM_ROWS", 1 << 20)
    slow = read_source(mapping, tmp_path).table
    assert quick.schema.names == slow.schema.names
    for a, b in zip(quick.columns, slow.columns, strict=True):
        assert a.type == b.type
        assert a.to_pylist() == b.to_pylist()
    assert quick.num_rows == (2490 if how == "blank at the end" else 2500)
    assert quick["fund"][77].as_py() is None
    day = datetime.date(2001, 1, 2)
    assert quick["valuation_date"][1].as_py() == (day.isoformat() if how == "dates and numbers" else day)


def test_signs_matter_only_where_numbers_are_wanted(book, tmp_path):
    """A text such as a list of footnotes is not a number, and a column that nobody takes may hold anything."""
    page = openpyxl.load_workbook(book)
    page["Funds"]["C2"], page["Funds"]["C3"], page["Funds"]["C4"] = "2,3", "2,4", "5"
    page.save(book)
    lines = "fund;printed_name;aliases;rating\nEQUITY;MML Equity;2,3;1.5\nBLEND;MML Blend;2,5;2.5\nMANAGED_BOND;Bond;5;1\n"
    (tmp_path / "funds.csv").write_text(lines)
    for sign in ("", ",", "."):
        outcome = refresh(Request(book, str(tmp_path / "funds.csv"), "Funds", decimal=sign, dry_run=True))
        assert not outcome.stopped
        assert {c.new for c in outcome.plans[0].changes if c.column == "aliases"} == {"2,5"}


def test_percents_are_the_nearest_numbers():
    texts = [f"{k / 100:.2f}%" for k in range(10_000)]
    result, found = convert(pa.array([*texts, "x%"][:-1]), NUMBER, "share", "t", "")
    assert not found
    assert result.to_pylist() == [float(decimal.Decimal(text[:-1]) / 100) for text in texts]


def test_a_delimiter_at_the_end_of_every_line_is_no_column(tmp_path):
    assert read(tmp_path / "x.csv", "date,EQUITY,\n2008-07-31,9.5,\n") == {"date": ["2008-07-31"], "EQUITY": ["9.5"]}
    with pytest.raises(BadInput, match="no name for its column 3"):
        read(tmp_path / "x.csv", "date,EQUITY,\n2008-07-31,9.5,7\n")


def test_a_cell_far_off_does_not_fill_the_memory(tmp_path: Path) -> None:
    """Laid out in full these sheets would take 7 GB and 550 GB."""
    for name, far in (("wide.xlsx", 200), ("wider.xlsx", 16_383)):
        book = xlsxwriter.Workbook(tmp_path / name)
        sheet = book.add_worksheet("Prices")
        sheet.add_table("A1:B2", {"name": "UnitValues", "columns": [{"header": "date"}, {"header": "EQUITY"}]})
        sheet.write(1, 1, 9.5)
        sheet.write(1_048_575, far, "far")
        book.close()
        for table in (TableMapping("t", name, sheet="Prices"), TableMapping("UnitValues", name)):
            with pytest.raises(Refused, match=r"\d values in 1048576 rows, .* far off as the cell (GS|XFD)1048576; delete"):
                read_source(table, tmp_path)


def test_wide_and_long_sheets_are_read(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "wide.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [f"f{column}" for column in range(2_000)])
    sheet.write_row(1, 0, range(2_000))
    sheet.write_row(3_000, 0, range(2_000))
    book.close()
    source = read_source(TableMapping("t", "wide.xlsx"), tmp_path)
    assert (source.table.num_rows, source.table.num_columns) == (3_000, 2_000)
    assert source.table["f1999"][2_999].as_py() == 1_999


def test_numbers_in_the_header_of_a_sheet_are_names_as_they_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["date", 2008, 0.5, 20080131])
    book.active.append(["x", 1, 2, 3])
    book.save(tmp_path / "years.xlsx")
    assert read_source(TableMapping("t", "years.xlsx"), tmp_path).columns == ["date", "2008", "0.5", "20080131"]


def test_a_workbook_without_tables_says_what_to_make(book: Path, more: Path, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "bare.xlsx")
    with pytest.raises(MissingData, match=r"bare.xlsx has no Excel table; make one of the data .* --table"):
        refresh(Request(tmp_path / "bare.xlsx", str(more)))
