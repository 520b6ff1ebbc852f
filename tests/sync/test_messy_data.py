"""Data as people have it: each was wrong in silence, or lost with a note."""

import datetime

import openpyxl
import pytest
from commands import run
from openpyxl.worksheet.table import Table

DAYS = [datetime.date(2008, month, 1) - datetime.timedelta(1) for month in range(2, 8)]
ROWS = [["date", "EQ", "BD"], *[[day, 13.5 + i / 10, 20 - i / 10] for i, day in enumerate(DAYS)]]
HISTORY = "".join(f"{day},{one},{other}\n" for day, one, other in ROWS[1:])
FUNDS = [["fund", "printed_name"], ["EQ", "E"], ["BD", "B"]]


def book(path, **tables):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in tables.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for row in range(2, len(rows) + 1):
            if isinstance(rows[1][0], datetime.date):
                sheet.cell(row, 1).number_format = "yyyy-mm-dd"
        last = f"{openpyxl.utils.get_column_letter(len(rows[0]))}{len(rows)}"
        sheet.add_table(Table(displayName=name, ref=f"A1:{last}"))
    made.save(path)
    return path


def refresh(tmp_path, text, table, *more, suffix="csv", **tables):
    source = tmp_path / f"source.{suffix}"
    if isinstance(text, str):
        source.write_text(text, encoding="utf-8", newline="")
    else:
        book(source, **{table: text})
    target = book(tmp_path / "book.xlsx", **tables)
    before = target.read_bytes()
    code, said = run("refresh", target, "--from", source, "--table", table, "--no-calc", *more)
    assert (target.read_bytes() == before) == (code == 2 or "--dry-run" in more)
    return code, said, target


def cells(path, sheet):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2008-07-31,-13.5,19", "EQ: 1 value is not above zero, first -13.5 on 2008-07-31"),
        ("2008-07-31,14,0", "BD: 1 value is not above zero, first 0 on 2008-07-31"),
        ("2099-07-31,14,19", "the last date is 2099-07-31, which is in the future"),
    ],
)
@pytest.mark.parametrize("name", ["Prices", "Table1"])
def test_a_table_of_another_name_was_not_checked(tmp_path, name, row, says):
    code, said, _ = refresh(tmp_path, f"date,EQ,BD\n{HISTORY}{row}\n", name, "--dry-run", **{name: ROWS})
    assert code == (1 if "future" in says else 2)
    assert says in said


def test_a_table_of_rates_is_no_table_of_unit_values(tmp_path):
    rates = [["date", "fixed rate", "loan rate"], *[[day, 0.03, 0.05] for day in DAYS]]
    text = "date,fixed rate,loan rate\n" + "".join(f"{day},0.03,0.05\n" for day in DAYS) + "2008-07-31,0,0.05\n"
    code, said, _ = refresh(tmp_path, text, "Rates", Rates=rates)
    assert (code, "not above zero" in said) == (0, False)
    moves = [["date", "up", "down"], *[[day, (-1) ** i * 0.02, 0.01] for i, day in enumerate(DAYS)]]
    text = "date,up,down\n" + "".join(f"{day},{up},{down}\n" for day, up, down in moves[1:]) + "2008-07-31,0,-0.05\n"
    code, said, _ = refresh(tmp_path, text, "Moves", Moves=moves)
    assert (code, "not above zero" in said) == (0, False)


def test_a_percentage_among_unit_values_was_taken_as_a_fraction(tmp_path):
    code, said, _ = refresh(tmp_path, f"date,EQ,BD\n{HISTORY}2008-07-31,13.5%,19\n", "UnitValues", UnitValues=ROWS)
    assert code == 2
    assert "column EQ: not a number as the others are, without a percent sign: '13.5%' in row 7" in said


def test_shares_that_are_all_percentages_are_fractions(tmp_path):
    shares = [["fund", "share"], ["EQ", 0.4], ["BD", 0.6]]
    code, _, target = refresh(tmp_path, "fund,share\nEQ,45%\nBD,55%\n", "Shares", Shares=shares)
    assert (code, cells(target, "Shares")[1:]) == (0, [["EQ", 0.45], ["BD", 0.55]])


def test_shares_that_sum_to_more_than_one_passed(tmp_path):
    shares = [["fund", "share"], ["EQ", 0.4], ["BD", 0.6]]
    code, said, _ = refresh(tmp_path, "fund,share\nEQ,0.7\nBD,0.6\n", "Shares", Shares=shares)
    assert code == 1
    assert "the shares sum to 1.3" in said


def test_a_code_written_as_a_formula_stayed_one(tmp_path):
    rows = [["date", "fund", "value"], [DAYS[0], "00123", 10.0]]
    text = 'date,fund,value\r\n2008-01-31,="00123",10\r\n2008-02-29,="00123",="10.5"\r\n'
    code, _, target = refresh(tmp_path, text, "Prices", Prices=rows)
    assert (code, cells(target, "Prices")[2][1:]) == (0, ["00123", 10.5])
    wide = [["date", "0101", "0202"], [DAYS[0], 10.0, 20.0]]
    text = '="date",="0101",="0202"\r\n2008-01-31,10,20\r\n2008-02-29,11,21\r\n'
    code, _, target = refresh(tmp_path, text, "UnitValues", UnitValues=wide)
    assert (code, cells(target, "UnitValues")[2][1:]) == (0, [11, 21])


def test_a_fund_called_na_was_a_blank(tmp_path):
    rows = [["date", "NA", "BD"], [DAYS[0], 10.0, 11.0]]
    text = "date,fund,value\n2008-01-31,NA,10\n2008-01-31,BD,11\n2008-02-29,NA,10.5\n2008-02-29,BD,NA\n"
    code, _, target = refresh(tmp_path, text, "UnitValues", UnitValues=rows)
    assert (code, cells(target, "UnitValues")[2][1:]) == (0, [10.5, None])


@pytest.mark.parametrize("column", ["predecessor", "substituted_on", "fund_inception", "subaccount_inception"])
def test_a_column_by_which_figures_go_was_dropped_with_a_note(tmp_path, column):
    given = "2008-03-31" if column != "predecessor" else "BD"
    code, said, _ = refresh(tmp_path, f"fund,printed_name,{column}\nEQ,E,{given}\nBD,B,\n", "Funds", Funds=FUNDS)
    assert code == 2
    assert f"the table has no column '{column}', on which figures depend" in said
    code, _, _ = refresh(tmp_path, f"fund,printed_name,{column}\nEQ,E2,\nBD,B,\n", "Funds", Funds=FUNDS)
    assert code == 0


def test_the_dates_of_shares_were_dropped_with_a_note(tmp_path):
    shares = [["fund", "share"], ["EQ", 0.4], ["BD", 0.6]]
    code, said, _ = refresh(
        tmp_path, "effective_date,fund,share\n2008-01-01,EQ,0.5\n2008-01-01,BD,0.5\n", "Shares", Shares=shares
    )
    assert code == 2
    assert "has no column 'effective_date'" in said


def test_line_ends_and_separators_in_a_name_are_one_blank(tmp_path):
    text = 'fund,printed_name\r\nEQ,"E\r\nF"\r\nBD,"B\u2028C\u0085D"\r\n'
    code, _, target = refresh(tmp_path, text, "Funds", Funds=FUNDS)
    assert (code, cells(target, "Funds")[1:]) == (0, [["EQ", "E F"], ["BD", "B C D"]])


def test_a_text_of_emoji_that_no_cell_holds_was_written(tmp_path):
    code, said, _ = refresh(tmp_path, f"fund,printed_name\nEQ,{'😀' * 16_384}\nBD,B\n", "Funds", Funds=FUNDS)
    assert code == 2
    assert "holds a text of 32768 characters; a cell holds 32767" in said
    code, _, target = refresh(tmp_path, f"fund,printed_name\nEQ,{'😀' * 16_383}\nBD,B\n", "Funds", Funds=FUNDS)
    assert (code, len(cells(target, "Funds")[1][1])) == (0, 16_383)


def test_numbers_and_dates_stored_as_text_are_read_and_said(tmp_path):
    rows = [
        ROWS[0],
        *[[str(day), str(one), other] for day, one, other in [*ROWS[1:], [datetime.date(2008, 7, 31), 14.1, 19.4]]],
    ]
    code, said, target = refresh(tmp_path, rows, "UnitValues", suffix="xlsx", UnitValues=ROWS)
    assert code == 0
    assert "column EQ: numbers of source.xlsx are stored as text, such as '13.5'" in said
    assert "column date: dates of source.xlsx are stored as text, such as '2008-01-31'" in said
    assert cells(target, "UnitValues")[-1] == [datetime.datetime(2008, 7, 31), 14.1, 19.4]


def test_a_table_newest_first_stays_so_and_its_functions_work(tmp_path):
    turned = [ROWS[0], *ROWS[:0:-1]]
    text = "date,EQ,BD\n2008-07-31,14.1,19.4\n" + "".join(f"{d},{a},{b}\n" for d, a, b in turned[1:])
    code, _, target = refresh(tmp_path, text, "UnitValues", UnitValues=turned)
    rows = cells(target, "UnitValues")
    assert (code, rows[1]) == (0, [datetime.datetime(2008, 7, 31), 14.1, 19.4])
    from flexextra_udfs import UNIT_VALUE_AT

    assert UNIT_VALUE_AT(rows, "EQ", "2008-07-31") == 14.1
    assert UNIT_VALUE_AT(rows, "EQ", "2008-01-31") == 13.5


def test_a_number_of_single_precision_is_no_revision_of_one_with_more_digits(tmp_path):
    """123456.789 and 16777217 are 123456.79 and 16777216 in single precision; 123456.9 is another number."""
    import pyarrow
    from pyarrow import parquet

    days = [*DAYS, datetime.date(2008, 7, 31)]
    held = [123456.789, 16777217.0, 0.1234567891, 3.3333333333, 10.312, 2.1]
    for last, code in ((2.1, 0), (2.2, 2)):
        values = pyarrow.array([*held[:-1], last, 2.3], pyarrow.float32())
        columns = {"date": days, "EQ": values, "BD": pyarrow.array([*held[:-1], last, 2.3])}
        parquet.write_table(pyarrow.table(columns), tmp_path / "v.parquet")
        rows = [["date", "EQ", "BD"], *[[day, value, value] for day, value in zip(DAYS, held, strict=True)]]
        target = book(tmp_path / "book.xlsx", Levels=rows)
        before = target.read_bytes()
        said = run("refresh", target, "--from", tmp_path / "v.parquet", "--table", "Levels", "--no-calc")
        assert (target.read_bytes() == before) == (code == 2), said
        if code == 0:
            assert [row[1] for row in cells(target, "Levels")[1:]] == [*held, 2.3]
        else:
            assert "would change, first 2008-06-30, EQ: 2.1 → 2.2" in said[1]
        wide = "".join(f"{day},{value!r}\n" for day, value in zip(DAYS, held, strict=True))
        (tmp_path / "first.csv").write_text(f"date,EQ\n{wide}")
        run("store", "load", tmp_path / f"{code}.sqlite", "--from", tmp_path / "first.csv")
        said = run("store", "load", tmp_path / f"{code}.sqlite", "--from", tmp_path / "v.parquet")[1]
        assert f"8 new values, {1 if code else 0} revised" in said  # those of BD, and of the last day


def test_one_fund_was_two_where_signs_between_its_words_differ(tmp_path):
    store = tmp_path / "s.sqlite"
    for name, text in {
        "a": "date,fund,value\n2008-06-30,Large Cap,10\n2008-06-30,A-B,11\n",
        "b": "date,fund,value\n2008-06-30,LARGE-CAP,10.5\n2008-06-30,AB,12\n2008-06-30,A-B,11\n",
        "c": "date,large_cap,a-b\n2008-07-31,10.6,13\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
        code, said = run("store", "load", store, "--from", tmp_path / f"{name}.csv")
        assert code == 0, said
    run("store", "as-of", store, "2099-01-01", "--out", tmp_path / "then.csv")
    assert (tmp_path / "then.csv").read_text().splitlines()[1:] == [
        "2008-06-30,A-B,11.0", "2008-06-30,AB,12.0", "2008-06-30,Large Cap,10.5",
        "2008-07-31,A-B,13.0", "2008-07-31,Large Cap,10.6",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["csv", "shown", "text"])
@pytest.mark.parametrize("target", ["wide", "long"])
def test_unit_values_that_are_all_percentages_were_fractions(tmp_path, how, target):
    """Nothing in an empty table tells 13.5% from 0.135."""
    import xlsxwriter

    empty = {"wide": [["date", "EQ", "BD"], [None] * 3], "long": [["date", "fund", "unit_value"], [None] * 3]}[target]
    source = tmp_path / f"source.{'csv' if how == 'csv' else 'xlsx'}"
    if how == "csv":
        source.write_text("date,EQ,BD\n2008-01-31,13.5%,20.1%\n2008-02-29,13.6%,20.2%\n")
    else:
        with xlsxwriter.Workbook(str(source)) as made:
            sheet, percent = made.add_worksheet("UnitValues"), made.add_format({"num_format": "0.0%"})
            sheet.write_row(0, 0, ["date", "EQ", "BD"])
            for row, (day, one) in enumerate((("2008-01-31", 0.135), ("2008-02-29", 0.136)), start=1):
                sheet.write_string(row, 0, day)
                for column in (1, 2):
                    if how == "shown":
                        sheet.write_number(row, column, one, percent)
                    else:
                        sheet.write_string(row, column, f"{one:.1%}")
    target = book(tmp_path / "book.xlsx", UnitValues=empty)
    before = target.read_bytes()
    code, said = run("refresh", target, "--from", source, "--table", "UnitValues", "--no-calc")
    assert (code, target.read_bytes() == before) == (2, True), said
    place = "in row 1" if how == "csv" else "in B2"
    assert f"column EQ: not a unit value but a percentage: '13.5%' {place}" in said
    code, said = run("store", "load", tmp_path / "s.sqlite", "--from", source)
    assert code == 2
    assert f"not a unit value but a percentage: '13.5%' {place}" in said
    assert not (tmp_path / "s.sqlite").exists()


def test_two_currencies_in_one_column_were_one(tmp_path):
    text = "date,EQ,BD\n2008-01-31,$13.5,$20\n2008-02-29,$13.6,€20.2\n"
    empty = [["date", "EQ", "BD"], [None] * 3]
    code, said, _ = refresh(tmp_path, text, "UnitValues", UnitValues=empty)
    assert code == 2
    assert "column BD: not in the currency of the others: '€20.2' in row 2" in said
    code, said, target = refresh(tmp_path, text.replace("€", "$"), "UnitValues", UnitValues=empty)
    assert code == 1, said  # the dates of the blank table have no format
    assert [row[1:] for row in cells(target, "UnitValues")[1:]] == [[13.5, 20], [13.6, 20.2]]


@pytest.mark.parametrize("sign", ["\u00a0", "\u2009", "\u202f", "'", "\u2019"])
def test_thousands_parted_by_thin_blanks_and_apostrophes(tmp_path, sign):
    text = f"date,EQ,BD\n2008-01-31,1{sign}013.5,20\n2008-02-29,1{sign}014.25,20.5\n"
    empty = [["date", "EQ", "BD"], [None] * 3]
    code, _, target = refresh(tmp_path, text, "UnitValues", UnitValues=empty)
    assert (code, [row[1] for row in cells(target, "UnitValues")[1:]]) == (1, [1013.5, 1014.25])


def test_new_values_in_cents_were_a_warning(tmp_path):
    code, said, _ = refresh(tmp_path, "date,EQ,BD\n2008-07-31,1410,1940\n", "UnitValues", "--merge", UnitValues=ROWS)
    assert code == 2
    assert "14 → 1410, as if it were in another unit (cents or percent) (+9971.4%) on 2008-07-31" in said
    code, said, _ = refresh(tmp_path, "date,EQ,BD\n2008-07-31,2.8,3.9\n", "UnitValues", "--merge", UnitValues=ROWS)
    assert code == 1  # units split five to one


def test_shares_in_percent_without_a_sign_were_written(tmp_path):
    shares = [["fund", "share"], ["EQ", 0.4], ["BD", 0.6]]
    code, said, _ = refresh(tmp_path, "fund,share\nEQ,45\nBD,55\n", "Shares", "--accept-revisions", Shares=shares)
    assert code == 2
    assert "'share' of EQ must be between 0 and 1 (got 45); use 0.45 for 45%" in said


@pytest.mark.parametrize("table", [True, False])
def test_rows_that_a_filter_hides_were_read_without_a_word(tmp_path, table):
    rows = [*ROWS, [datetime.date(2008, 7, 31), 14.1, 19.4]]
    source = book(tmp_path / "v.xlsx", UnitValues=rows)
    made = openpyxl.load_workbook(source)
    sheet = made["UnitValues"]
    if not table:
        del sheet.tables["UnitValues"]
    for row in (4, 5):
        sheet.row_dimensions[row].hidden = True
    made.save(source)
    target = book(tmp_path / "book.xlsx", UnitValues=ROWS)
    code, said = run("refresh", target, "--from", source, "--table", "UnitValues", "--no-calc")
    assert (code, cells(target, "UnitValues")[-1][1:]) == (0, [14.1, 19.4])
    assert "2 rows of v.xlsx are hidden, first row 4, and were read as the others" in said


MARKED = [
    "(14.1)",
    "14.1-",
    "14.1*",
    "14.1 (1)",
    "14.1\u00b9",
    "14.1\u2020",
    "'14.1",
    "USD 14.1",
    "14.1\u2030",
    "1410p",
    "14.1e",
    "~14.1",
]


@pytest.mark.parametrize("marked", MARKED)
def test_no_mark_beside_a_unit_value_is_skipped(tmp_path, marked):
    text = f"date,EQ,BD\n{HISTORY}2008-07-31,{marked},19.4\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--dry-run", UnitValues=ROWS)
    assert code == 2
    assert ("is not above zero, first -14.1 on" if marked == "(14.1)" else f"not a number: {marked!r} in row 7") in said


@pytest.mark.parametrize("long", [False, True])
def test_a_date_that_stands_twice(tmp_path, long):
    def lines(day, one, other):
        return f"{day},EQ,{one}\n{day},BD,{other}\n" if long else f"{day},{one},{other}\n"

    text = ("date,fund,value\n" if long else "date,EQ,BD\n") + "".join(lines(*row) for row in ROWS[1:])
    code, said, _ = refresh(tmp_path, text + lines("2008-06-30", 99, 19.5), "UnitValues", "--dry-run", UnitValues=ROWS)
    assert code == 2
    assert ("1 value stands twice and differs" if long else "1 row of the source repeats a key (date)") in said
    code, said, _ = refresh(tmp_path, text + lines("2008-06-30", 14.0, 19.5), "UnitValues", "--dry-run", UnitValues=ROWS)
    assert (code, "stand twice" in said) == (1, True) if long else (code, "repeats a key" in said) == (2, True)


def written_by_programs(path, kind):
    """July's values beside the others, in the columns that data frames, warehouses and databases write."""
    import decimal
    import sqlite3

    import pyarrow
    from pyarrow import parquet

    rows = [*ROWS[1:], [datetime.date(2008, 7, 31), 14.1, 19.4]]
    days, one, other = zip(*rows, strict=True)
    zoned = [datetime.datetime(day.year, day.month, day.day, 20) for day in days]
    if kind == "sqlite":
        with sqlite3.connect(path.with_suffix(".sqlite")) as connection:
            connection.execute("create table UnitValues (date text, EQ text, BD numeric)")
            told = [[f"{day} 00:00:00", f"{a:.4f}", str(b)] for day, a, b in rows]
            connection.executemany("insert into UnitValues values (?, ?, ?)", told)
        connection.close()
        return path.with_suffix(".sqlite")
    columns = {
        "words": {
            "date": pyarrow.array(map(str, days)).dictionary_encode(),
            "EQ": one,
            "BD": pyarrow.array(map(str, other), pyarrow.large_string()),
        },
        "decimals": {
            "date": pyarrow.array(days, pyarrow.date64()),
            "EQ": [decimal.Decimal(f"{a:.6f}") for a in one],
            "BD": other,
        },
        "zones": {
            "date": pyarrow.array(zoned, pyarrow.timestamp("ns", "America/New_York")),
            "EQ": pyarrow.array(one, pyarrow.float32()),
            "BD": other,
        },
        "long": {
            "date": pyarrow.array(
                [datetime.datetime.combine(day, datetime.time()) for day in (*days, *days)], pyarrow.timestamp("s")
            ),
            "fund": pyarrow.array(["EQ"] * len(days) + ["BD"] * len(days)).dictionary_encode(),
            "value": [*one, *other],
        },
    }[kind]
    parquet.write_table(pyarrow.table(columns), path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


@pytest.mark.parametrize("kind", ["words", "decimals", "zones", "long", "sqlite"])
def test_kinds_of_columns_that_programs_write(tmp_path, kind):
    target = book(tmp_path / "book.xlsx", UnitValues=ROWS)
    source = written_by_programs(tmp_path / "source", kind)
    code, said = run("refresh", target, "--from", source, "--table", "UnitValues", "--no-calc")
    assert code == 0, said
    assert cells(target, "UnitValues")[-1] == [datetime.datetime(2008, 7, 31), 14.1, 19.4]
    assert cells(target, "UnitValues")[1] == [datetime.datetime(2008, 1, 31), 13.5, 20]


VALUES = [["valuation_date", "EQ", "BD"], *ROWS[1:]]


@pytest.mark.parametrize(
    ("held", "text"),
    [
        (
            [["fund", "as_of", "period", "return"], ["EQ", DAYS[0], "1Y", 0.05]],
            "fund,as_of,period,return\nEQ,2008-07-31,1Y,0.06\n",
        ),
        ([["date", "fund", "share"], [DAYS[0], "EQ", 0.5]], "date,fund,share\n2008-07-31,EQ,0.4\n"),
    ],
)
def test_a_table_of_ones_own_with_the_columns_of_ours_was_said_not_to_be_there(tmp_path, held, text):
    target, source = book(tmp_path / "book.xlsx", UnitValues=VALUES, MyFigures=held), tmp_path / "source.csv"
    source.write_text(text)
    assert "MyFigures from source.csv" in run("refresh", target, "--from", source, "--dry-run", "--no-calc")[1]


def test_a_table_of_funds_in_which_two_are_called_alike_already_was_refused(tmp_path):
    """Its owner keeps a row for each contract, and no formula of ours reads it."""
    held = [["contract", "fund", "printed_name"], ["A", "EQ", "Equity"], ["B", "EQ", "Equity"]]
    text = "contract,fund,printed_name\nA,EQ,Equity\nB,EQ,Equity Two\n"
    code, said, target = refresh(tmp_path, text, "Funds", UnitValues=VALUES, Funds=held)
    assert (code, cells(target, "Funds")[2][2]) == (0, "Equity Two"), said


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_column_of_years_was_refused_where_its_heading_has_a_word_of_dates(tmp_path, suffix):
    held = [["fund", "inception year"], ["EQ", 1998], ["BD", 2001]]
    new = [["fund", "inception year"], ["EQ", 1998], ["BD", 2002]]
    text = new if suffix == "xlsx" else "fund,inception year\nEQ,1998\nBD,2002\n"
    code, said, target = refresh(tmp_path, text, "Facts", suffix=suffix, Facts=held)
    assert (code, cells(target, "Facts")) == (0, new), said


def test_a_heading_of_days_that_the_report_reads_was_unknown_to_a_refresh(tmp_path):
    target, source = book(tmp_path / "book.xlsx", UnitValues=VALUES), tmp_path / "source.csv"
    source.write_text(f"As of,EQ,BD\n{HISTORY}2008-07-31,14.2,19.4\n")
    assert "6 → 7 rows: 1 added" in run("refresh", target, "--from", source, "--dry-run", "--no-calc")[1]
