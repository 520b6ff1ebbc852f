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
    assert f"the table has no column '{column}', by which figures go" in said
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
