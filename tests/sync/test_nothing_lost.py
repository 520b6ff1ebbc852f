"""What a source lacks, repeats, misspells or brings in another order never takes anything from a workbook unsaid."""

from __future__ import annotations

import csv
import datetime
import math
import shutil
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from xl_flexextra.errors import BadInput
from xl_flexextra.recalculation import workbook_model as model
from xl_flexextra.sync.refresh import Outcome, Request, refresh

from .conftest import FUNDS, long_csv, month_ends, value
from .test_refresh import found, rows, run, sheet

ROOT = Path(__file__).parents[2]
MERGE = '[[table]]\nname = "UnitValues"\nmode = "merge"\n'


def body(book: Path, table: str) -> list[list[object]]:
    """The rows of a table as openpyxl reads them, without times."""
    for page in openpyxl.load_workbook(book, data_only=True):
        if table in page.tables:
            cells = page[page.tables[table].ref][1:]
            return [[c.value.date() if isinstance(c.value, datetime.datetime) else c.value for c in row] for row in cells]
    raise LookupError(table)


@pytest.fixture
def shares(tmp_path: Path) -> Path:
    """A table of shares beside a table of funds."""
    path = tmp_path / "shares.xlsx"
    made = xlsxwriter.Workbook(path)
    headers = [{"header": "fund"}, {"header": "share"}]
    data = [["EQUITY", 0.5], ["BLEND", 0.3], ["MANAGED_BOND", 0.2]]
    made.add_worksheet("Shares").add_table("A1:B4", {"name": "Shares", "data": data, "columns": headers})
    names = [["EQUITY", "MML Equity"], ["BLEND", "MML Blend"], ["MANAGED_BOND", "Babson Bond"]]
    headers = [{"header": "fund"}, {"header": "printed_name"}]
    made.add_worksheet("Funds").add_table("A1:B4", {"name": "Funds", "data": names, "columns": headers})
    made.close()
    return path


TABLE = '[[table]]\nname = "Shares"\n'


@pytest.mark.parametrize(
    ("lines", "severity", "said"),
    [
        ("EQUTY,0.5\nBLEND,0.3\nMANAGED_BOND,0.2", "error", "the fund 'EQUTY' is unknown"),
        ("EQUITY,0.5\nBLEND,0.3\nMANAGED_BOND,0.2\nTotal,1.1", "error", "the fund 'Total' is unknown"),
        ("EQUITY,0.5\nEQUITY,0.6\nBLEND,0.3\nMANAGED_BOND,0.2", "error", "1 row of the source repeats a key"),
        ("EQUITY,0.5\nMML Equity,0.6\nBLEND,0.3\nMANAGED_BOND,0.2", "error", "1 row of the source repeats a key"),
        ("EQUITY,0.5\nBLEND,#N/A\nMANAGED_BOND,0.2", "revision", "1 value that the workbook holds would become blank"),
        ("EQUITY,0.5", "revision", "2 rows that the workbook holds would go, first BLEND"),
    ],
    ids=["misspelt", "total", "twice", "twice by another name", "blank", "missing"],
)
def test_shares_that_are_not_sound_stop_the_refresh(shares: Path, lines: str, severity: str, said: str) -> None:
    old = shares.read_bytes()
    outcome = run(shares, f"fund,share\n{lines}\n", TABLE)
    assert said in found(outcome, severity)
    assert not outcome.written
    assert shares.read_bytes() == old


def test_a_total_that_is_the_sum_is_no_fund_and_said(shares: Path) -> None:
    """A row of a sum is skipped, whatever kind of file it stands in; a total of another number is a fund unknown."""
    outcome = run(shares, "fund,share\nEQUITY,0.4\nBLEND,0.4\nMANAGED_BOND,0.2\nTotal,1.0\n", TABLE)
    assert "('Total') sums up the rows above" in found(outcome, "note")
    assert [row[1] for row in body(shares, "Shares")] == [0.4, 0.4, 0.2]


def test_shares_by_printed_names_in_another_order_go_to_their_own_rows(shares: Path) -> None:
    outcome = run(shares, "fund,share\nBabson Bond,0.25\nMML Equity,0.45\nMML Blend,0.3\n", TABLE)
    assert outcome.written
    assert body(shares, "Shares") == [["EQUITY", 0.45], ["BLEND", 0.3], ["MANAGED_BOND", 0.25]]
    assert "the source has its rows in another order" in found(outcome, "note")


def test_a_fund_that_comes_with_the_table_of_funds_is_known_to_the_others(shares: Path) -> None:
    folder = shares.with_name("month")
    folder.mkdir()
    (folder / "Shares.csv").write_text("fund,share\nEQUITY,0.5\nBLEND,0.3\nMANAGED_BOND,0.1\nNew Fund,0.1\n")
    (folder / "Funds.csv").write_text(
        "fund,printed_name\nEQUITY,MML Equity\nBLEND,MML Blend\nMANAGED_BOND,Babson Bond\nNEW,New Fund\n"
    )
    outcome = refresh(Request(shares, str(folder)))
    assert outcome.written
    assert body(shares, "Shares")[-1] == ["NEW", 0.1]


def test_a_source_of_funds_and_values_is_not_taken_for_shares(shares: Path) -> None:
    with pytest.raises(Exception, match="It is not clear which table"):
        run(shares, "fund,value\nEQUITY,15.1\n")


def test_trailing_blank_rows_of_a_csv_are_none(shares: Path) -> None:
    assert run(shares, "fund,share\nEQUITY,0.6\nBLEND,0.3\nMANAGED_BOND,0.1\n,\n ,\n", TABLE).written
    assert [row[1] for row in body(shares, "Shares")] == [0.6, 0.3, 0.1]


def test_the_shipped_workbook_refreshed_from_itself_does_not_change(tmp_path: Path) -> None:
    book = tmp_path / "update.xlsx"
    shutil.copy(ROOT / "workbooks" / "flex_extra_performance_update.xlsx", book)
    last_month = tmp_path / "last_month.xlsx"
    shutil.copy(book, last_month)
    old = book.read_bytes()
    outcome = refresh(Request(book, str(last_month)))
    assert not outcome.stopped
    assert len(outcome.plans) >= 5
    assert not outcome.changed
    assert book.read_bytes() == old


def test_published_figures_stay_in_their_order_when_one_is_corrected(tmp_path: Path) -> None:
    book = tmp_path / "update.xlsx"
    shutil.copy(ROOT / "workbooks" / "flex_extra_performance_update.xlsx", book)
    before = body(book, "Published")
    area = next(p for p in openpyxl.load_workbook(book) if "Published" in p.tables)
    names = [cell.value for cell in area[area.tables["Published"].ref][0]]
    after = [list(row) for row in before]
    after[5][names.index("return")] = 0.0123
    source = tmp_path / "published.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([names, *sorted(after, key=str, reverse=True)])
    outcome = refresh(Request(book, str(source), "Published", accept_revisions=True))
    assert outcome.written
    assert outcome.plans[0].changed_cells == 1
    assert body(book, "Published") == after


@pytest.mark.parametrize("order", ["ascending", "descending", "mixed"])
def test_a_series_keeps_the_order_of_the_workbook(tmp_path: Path, order: str) -> None:
    book = tmp_path / "series.xlsx"
    days = month_ends(4)
    days = {"ascending": days, "descending": days[::-1], "mixed": [days[1], days[0], days[3], days[2]]}[order]
    made = xlsxwriter.Workbook(book)
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    page = made.add_worksheet("Data")
    columns = [{"header": "valuation_date", "format": date}, {"header": "EQUITY"}]
    data = [[datetime.datetime.combine(day, datetime.time()), 10 + day.month] for day in days]
    page.add_table(0, 0, 4, 1, {"name": "UnitValues", "data": data, "columns": columns})
    made.close()
    old = book.read_bytes()
    lines = [f"{day},{10 + day.month}" for day in days]
    assert not run(book, "\n".join(["valuation_date,EQUITY", *lines]) + "\n").changed
    if order != "mixed":
        assert not run(book, "\n".join(["valuation_date,EQUITY", *lines[::-1]]) + "\n").changed
    assert book.read_bytes() == old
    new = month_ends(5)[4]
    for text in ([*lines, f"{new},99"], [f"{new},99", *lines]):
        book.write_bytes(old)
        outcome = run(book, "\n".join(["valuation_date,EQUITY", *text]) + "\n")
        assert (outcome.plans[0].added, outcome.plans[0].changed_cells) == (1, 0)
        expected = [*days, new] if order == "ascending" else [new, *days] if order == "descending" else None
        if expected:
            assert [row[0] for row in body(book, "UnitValues")] == expected


def test_a_merge_leaves_what_the_source_does_not_mention(book: Path) -> None:
    last, new = month_ends(7)[5:]
    outcome = run(book, f"valuation_date,fund,unit_value\n{last},EQUITY,16\n{new},BLEND,14\n", MERGE, accept_revisions=True)
    assert outcome.written
    assert outcome.plans[0].changed_cells == 1
    after = rows(book)
    assert after[5][1:] == [16, value(1, 5), value(2, 5)]
    assert after[6][1:] == [None, 14, None]
    wide = f"valuation_date,EQUITY,BLEND,MANAGED_BOND\n{last},,17,\n"
    assert run(book, wide, MERGE, accept_revisions=True).written
    assert rows(book)[5][1:] == [16, 17, value(2, 5)]


@pytest.mark.parametrize(
    ("limit", "number", "month", "said"),
    [
        ("max_jump = 0.25", 103.0, 6, "1 change of more than 25%, first 10.5 → 103"),
        ("max_gap_days = 40", 10.6, 9, "1 gap of more than 40 days, first from 2008-06-30 to 2008-10-31"),
        ("max_repeats = 1", 10.5, 6, "the value 10.5 stands 2 times in a row from 2008-06-30"),
    ],
)
def test_stated_limits_hold_between_the_workbook_and_a_merged_source(
    book: Path, limit: str, number: float, month: int, said: str
) -> None:
    book.write_bytes(book.read_bytes())
    day = month_ends(month + 1)[month]
    lines = f"valuation_date,EQUITY,BLEND,MANAGED_BOND\n{day},{number},{value(1, 6)},{value(2, 6)}\n"
    old = book.read_bytes()
    outcome = run(book, lines, MERGE + f"[table.checks]\n{limit}\n")
    assert said in found(outcome, "error")
    assert book.read_bytes() == old
    assert not run(book, lines, MERGE).stopped


def test_names_that_differ_in_punctuation_only_are_told_apart(tmp_path: Path) -> None:
    book = tmp_path / "alike.xlsx"
    made = xlsxwriter.Workbook(book)
    columns = [{"header": h} for h in ("valuation_date", "A & B", "A-B")]
    made.add_worksheet("Data").add_table("A1:C2", {"name": "UnitValues", "columns": columns})
    made.close()
    assert run(book, "valuation_date,fund,unit_value\n2008-06-30,A & B,1\n2008-06-30,A-B,2\n").written
    assert body(book, "UnitValues")[0][1:] == [1, 2]
    outcome = run(book, "valuation_date,fund,unit_value\n2008-06-30,a b,1\n")
    assert "the fund 'a b' is unknown" in found(outcome, "error")


def test_two_columns_for_one_fund_are_an_error(book: Path) -> None:
    day = month_ends(7)[6]
    outcome = run(book, f"valuation_date,EQUITY,Managed Bond,Babson Bond\n{day},11,14.9,99.9\n", MERGE)
    assert "the source has 2 columns for it: 'Managed Bond', 'Babson Bond'" in found(outcome, "error")


@pytest.mark.parametrize("layout", ["long", "wide", "rows"])
def test_funds_to_be_ignored_are_left_as_they_are(book: Path, shares: Path, layout: str) -> None:
    day = month_ends(7)[6]
    if layout == "rows":
        text = "fund,share\nEQUITY,0.6\nBLEND,0.3\nMML Blend,0.9\nMANAGED_BOND,0.1\nGPA,0.4\n"
        run(shares, text, TABLE + 'mode = "merge"\nignore_funds = ["MML Blend", "GPA"]\n')
        assert body(shares, "Shares") == [["EQUITY", 0.6], ["BLEND", 0.3], ["MANAGED_BOND", 0.1]]
        return
    text = {
        "long": f"valuation_date,fund,unit_value\n{day},EQUITY,11\n{day},Blended,12\n{day},GPA,1\n{day},MANAGED_BOND,13\n",
        "wide": f"valuation_date,EQUITY,Blended,GPA,MANAGED_BOND\n{day},11,12,1,13\n",
    }[layout]
    outcome = run(book, text, MERGE + 'ignore_funds = ["BLEND", "GPA"]\n')
    assert outcome.written
    assert rows(book)[6][1:] == [11, None, 13]


def test_a_column_that_the_table_lacks_is_named(book: Path) -> None:
    with pytest.raises(BadInput, match=r"fills a column 'EQUTY', which the table does not have.*EQUITY"):
        run(book, long_csv(7), MERGE + '[table.columns]\nEQUTY = "Price"\n')


def test_one_wrong_date_is_one_finding(book: Path) -> None:
    outcome = run(book, "valuation_date,EQUITY\n2008-01-31,10\n31/01/2008,11\n")
    assert found(outcome, "error").count("\n") == 0
    assert "not a date as 2008-07-31: '31/01/2008' in row 2" in found(outcome, "error")


def test_long_sources_find_the_table_whatever_the_value_is_called(book: Path) -> None:
    outcome = run(book, long_csv(7).replace("unit_value", "value").replace("valuation_date", "date"))
    assert outcome.written
    assert len(rows(book)) == 7


def test_a_long_table_refuses_a_fund_that_the_workbook_does_not_know(tmp_path: Path) -> None:
    book = tmp_path / "long.xlsx"
    made = xlsxwriter.Workbook(book)
    data = [["2008-06-30", fund, 1 + i] for i, fund in enumerate(FUNDS)]
    columns = [{"header": h} for h in ("valuation_date", "fund", "unit_value")]
    made.add_worksheet("D").add_table("A1:C4", {"name": "UnitValues", "data": data, "columns": columns})
    made.close()
    text = "valuation_date,fund,unit_value\n2008-06-30,EQUITY,1\n2008-06-30,BLND,2\n2008-06-30,MANAGED_BOND,3\n"
    outcome = run(book, text, accept_revisions=True)
    assert "the fund 'BLND' is new to the table" in found(outcome, "warning")
    assert "'BLEND'" in found(outcome, "warning")


def big(path: Path) -> Outcome:
    """A table filled where every sheet counts as too large to be read."""
    formulas = [
        "=COUNT(UnitValues[EQUITY])", "=SUM(UnitValues[EQUITY])", "=AVERAGE(UnitValues[BLEND])/2", "=MAX(UnitValues[BLEND])",
        "=COUNTIF(UnitValues[EQUITY],10.5)", "=INDEX(UnitValues[BLEND],3)", "=Data!B2*2",
    ]  # fmt: skip
    made = xlsxwriter.Workbook(path)
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    columns = [{"header": "valuation_date", "format": date}, {"header": "EQUITY"}, {"header": "BLEND"}]
    made.add_worksheet("Data").add_table("A1:C2", {"name": "UnitValues", "columns": columns})
    other = made.add_worksheet("Page")
    for row, (formula, old) in enumerate(zip(formulas, [0, 0, "#DIV/0!", 0, 0, "#REF!", 0], strict=True)):
        other.write_formula(row, 0, formula, None, old)
    made.set_calc_mode("auto", 191029)
    made.calc_on_load = False
    made.close()
    text = "valuation_date,EQUITY,BLEND\n" + "".join(
        f"{d},{value(0, m)},{value(1, m)}\n" for m, d in enumerate(month_ends(8))
    )
    return run(path, text)


def test_functions_of_a_column_that_is_too_large_to_be_read_are_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "LARGE_SHEET", 1200)
    book = tmp_path / "big.xlsx"
    outcome = big(book)
    first, second = ([value(f, m) for m in range(8)] for f in (0, 1))
    expected = [8, sum(first), sum(second) / 16, max(second), 1, second[2], first[0] * 2]
    assert [cell.value for cell in sheet(book, "Page")["A"]] == pytest.approx(expected, rel=1e-14)
    assert outcome.dependents.by_engine == 7
    assert outcome.dependents.stale == []


def test_the_first_number_behind_blanks_is_found(tmp_path: Path) -> None:
    """INDEX(ISNUMBER(range),) is a test of each cell: the Growth sheet begins a line where a fund has its first value."""
    book, first = tmp_path / "first.xlsx", "INDEX(ISNUMBER(B2:B6),)"
    made = xlsxwriter.Workbook(book)
    columns = [{"header": "valuation_date"}, {"header": "EQUITY"}]
    made.add_worksheet("Data").add_table("A1:B6", {"name": "UnitValues", "columns": columns})
    formula = f"=INDEX(Data!B2:B6,MATCH(TRUE(),{first.replace('B2', 'Data!B2')},FALSE()))"
    made.add_worksheet("Page").write_formula("A1", formula, None, "#N/A")
    made.calc_on_load = False
    made.close()
    days = month_ends(5)
    outcome = run(
        book, "valuation_date,EQUITY\n" + "".join(f"{d},{v}\n" for d, v in zip(days, ["", "", 7.5, 8, 9], strict=True))
    )
    assert sheet(book, "Page")["A1"].value == 7.5
    assert outcome.dependents.stale == []


def table(path: Path, name: str, columns: list[str], data: list[list[object]], dates: tuple[int, ...] = ()) -> Path:
    """A workbook with one table."""
    made = xlsxwriter.Workbook(path)
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    headers = [{"header": c, "format": date if i in dates else None} for i, c in enumerate(columns)]
    page = made.add_worksheet("Page")
    page.add_table(0, 0, len(data), len(columns) - 1, {"name": name, "data": data, "columns": headers})
    made.close()
    return path


def merging(name: str, **more: str) -> str:
    return f'[[table]]\nname = "{name}"\nmode = "merge"\n' + "".join(f"{k} = {v}\n" for k, v in more.items())


def test_a_merge_of_numeric_codes_goes_to_its_own_row(tmp_path: Path) -> None:
    book = table(tmp_path / "b.xlsx", "Shares", ["fund", "share"], [[101, 0.1], [102, 0.2], [103, 0.3]])
    assert run(book, "fund,share\n102,0.25\n", merging("Shares")).written
    assert body(book, "Shares") == [[101, 0.1], [102, 0.25], [103, 0.3]]


@pytest.mark.parametrize(
    ("columns", "data", "text"),
    [
        (["year", "cap"], [[2007, 1], [2008, 2]], "year,cap\n2009,3\n"),
        (["fund", "share"], [["EQ", 0.1], ["EQ", 0.2], ["BL", 0.7]], "fund,share\nBL,0.25\n"),
    ],
)
def test_a_merge_that_cannot_tell_rows_apart_is_refused(
    tmp_path: Path, columns: list[str], data: list[list[object]], text: str
) -> None:
    book = table(tmp_path / "b.xlsx", "Limits", columns, data)
    with pytest.raises(BadInput, match="has to know which rows are the same; name the columns"):
        run(book, text, merging("Limits"))
    if columns[0] == "year":
        assert run(book, text, merging("Limits", keys='["year"]')).written
        assert body(book, "Limits") == [*data, [2009, 3]]


def test_another_kind_of_one_date_is_another_row(tmp_path: Path) -> None:
    rates = [["2008-03-01", "declared", 0.03], ["2008-04-01", "declared", 0.031], ["2008-05-01", "declared", 0.032]]
    book = table(tmp_path / "b.xlsx", "InterestRates", ["effective_date", "kind", "rate"], rates)
    outcome = run(book, "effective_date,kind,rate\n2008-05-01,guaranteed,0.01\n", merging("InterestRates"))
    assert outcome.written
    assert [row[1:] for row in body(book, "InterestRates")] == [*[r[1:] for r in rates], ["guaranteed", 0.01]]
    values = table(
        tmp_path / "v.xlsx", "UnitValues", ["valuation_date", "fund", "unit_value"], [["2008-03-31", "A", 10.0]], dates=(0,)
    )
    assert run(values, "valuation_date,fund,unit_value\n2008-03-31,B,20\n", merging("UnitValues")).written
    assert [row[1:] for row in body(values, "UnitValues")] == [["A", 10], ["B", 20]]


def funds_table(path: Path) -> Path:
    first, second = datetime.datetime(1990, 1, 1), datetime.datetime(1991, 1, 1)
    data: list[list[object]] = [["EQ", first, "note of EQ"], ["BL", second, "note of BL"], ["MM", None, ""]]
    return table(path, "Funds", ["fund", "fund_inception", "notes"], data, dates=(1,))


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_an_inception_is_a_fact_about_a_fund_and_may_be_blank(tmp_path: Path, mode: str) -> None:
    book = funds_table(tmp_path / "b.xlsx")
    text = "fund,fund_inception\nEQ,1991-01-01\nBL,1990-01-01\nMM,\n"
    outcome = run(book, text, f'[[table]]\nname = "Funds"\nmode = "{mode}"\n')
    assert outcome.written
    assert (outcome.plans[0].keys, outcome.plans[0].changed_cells, outcome.plans[0].removed) == (("fund",), 2, 0)
    first, second = datetime.date(1990, 1, 1), datetime.date(1991, 1, 1)
    assert body(book, "Funds") == [["EQ", second, "note of EQ"], ["BL", first, "note of BL"], ["MM", None, None]]


def test_a_new_template_is_filled_from_a_folder_at_once(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from xl_flexextra import sample
    from xl_flexextra.cli.main import app

    book = tmp_path / "new.xlsx"
    codes = [row[0] for row in sample.rows("Funds")[1:]]
    made = CliRunner().invoke(app, ["new", str(book), *[part for code in codes for part in ("--fund", code)]])
    assert made.exit_code == 0, made.output
    folder = tmp_path / "month"
    folder.mkdir()
    source = ROOT / "xl_flexextra" / "sample"
    for name, file in {"UnitValues": "unit_values", "Funds": "funds", "Shares": "charge_shares"}.items():
        found = next(source.glob(f"{file}*.csv"))
        shutil.copy(found, folder / f"{name}.csv")
    outcome = refresh(Request(book, str(folder)))
    assert outcome.written, outcome.stopped
    assert next(p for p in outcome.plans if p.table == "Funds").removed == 0
    assert not refresh(Request(book, str(folder))).changed


def test_rows_of_one_date_keep_the_order_of_the_workbook(tmp_path: Path) -> None:
    day = datetime.datetime(2008, 3, 31)
    columns = ["valuation_date", "fund", "unit_value"]
    book = table(tmp_path / "b.xlsx", "UnitValues", columns, [[day, "A", 10.0], [day, "B", 20.0]], dates=(0,))
    old = book.read_bytes()
    assert not run(book, "valuation_date,fund,unit_value\n2008-03-31,B,20\n2008-03-31,A,10\n").changed
    assert not run(book, "valuation_date,fund,unit_value\n2008-03-31,A,10\n", merging("UnitValues")).changed
    assert book.read_bytes() == old


def test_a_partial_merge_is_not_said_to_be_in_another_order(book: Path) -> None:
    days = month_ends(7)
    lines = "".join(f"{day},{value(0, m)},{value(1, m)},{value(2, m)}\n" for m, day in list(enumerate(days))[5:])
    outcome = run(book, "valuation_date,EQUITY,BLEND,MANAGED_BOND\n" + lines, MERGE)
    assert outcome.written
    assert "another order" not in found(outcome, "note")


def test_a_misspelt_fund_column_is_warned_about(book: Path) -> None:
    days = month_ends(7)
    lines = "".join(f"{day},{value(0, m)},{value(1, m)},{value(2, m)}\n" for m, day in enumerate(days))
    outcome = run(book, "valuation_date,EQUTY,BLEND,MANAGED_BOND\n" + lines)
    assert "the source's column 'EQUTY' is not used" in found(outcome, "warning")
    assert "and 1 new row gets none" in found(outcome, "warning")
    assert "and EQUITY has no value for the new day" in found(outcome, "error")


def test_dates_with_a_time_of_day_are_their_days(tmp_path: Path) -> None:
    data: list[list[object]] = [[39600.75, 10.0], [39630.75, 11.0]]
    book = table(tmp_path / "b.xlsx", "UnitValues", ["valuation_date", "EQUITY"], data, dates=(0,))
    text = "valuation_date,EQUITY\n2008-06-01,10\n2008-07-01,11\n2008-07-31,12\n"
    for mapping in ("", merging("UnitValues")):
        outcome = run(book, text, mapping)
        assert (outcome.plans[0].added + outcome.plans[0].removed, outcome.plans[0].changed_cells) == (int(not mapping), 0)
    cells = [cell.value for cell in openpyxl.load_workbook(book)["Page"]["A"][1:]]
    assert cells == [datetime.datetime(2008, 6, 1, 18), datetime.datetime(2008, 7, 1, 18), datetime.datetime(2008, 7, 31)]


def test_a_new_set_of_published_figures_takes_the_place_of_the_last(tmp_path: Path) -> None:
    columns = ["table", "as_of", "fund", "period", "return_pct"]
    day = datetime.datetime(2008, 7, 31)
    data: list[list[object]] = [["t", day, "EQ", "1Y", 1.5], ["t", day, "BL", "1Y", 2.5]]
    book = table(tmp_path / "b.xlsx", "Published", columns, data, dates=(1,))
    new = "table,as_of,fund,period,return_pct\nt,2008-08-31,EQ,1Y,3.5\nt,2008-08-31,BL,1Y,4.5\n"
    outcome = run(book, new)
    assert outcome.written
    assert "2 rows of other days are replaced by 2 new" in found(outcome, "note")
    assert not run(book, new.replace("t,2008-08-31,BL,1Y,4.5\n", "")).written
    rates = table(tmp_path / "r.xlsx", "Rates", ["effective_date", "kind", "rate"], [[day, "declared", 0.03]], dates=(0,))
    assert not run(rates, "effective_date,kind,rate\n2008-09-01,declared,0.04\n").written


@pytest.mark.parametrize(
    ("as_of", "stops"), [("2008-05-30", False), ("2008-05-31", False), ("2008-06-01", False), ("2008-06-02", True)]
)
def test_the_last_business_day_reaches_the_month_end_behind_it(tmp_path: Path, as_of: str, stops: bool) -> None:
    data: list[list[object]] = [[datetime.datetime(2008, 4, 30), 10.0]]
    book = table(tmp_path / "b.xlsx", "UnitValues", ["valuation_date", "EQUITY"], data, dates=(0,))
    text = "valuation_date,EQUITY\n2008-04-30,10\n2008-05-30,11\n"  # 30 May 2008 was a Friday
    outcome = run(book, text, f'[[table]]\nname = "UnitValues"\n[table.checks]\nas_of = "{as_of}"\n')
    assert bool(outcome.stopped) is stops


def test_what_a_database_rounds_behind_the_15th_digit_is_no_revision(book: Path) -> None:
    """SQLite reads the text 10.175427 as 10.175426999999999, one bit off."""
    old = book.read_bytes()
    first = value(0, 1)
    near, other = math.nextafter(first, 0), first * (1 + 1e-14)
    assert near != first
    lines = [f"{day},{value(0, m)!r},{value(1, m)!r},{value(2, m)!r}" for m, day in enumerate(month_ends(6))]
    text = "\n".join(["valuation_date,EQUITY,BLEND,MANAGED_BOND", *lines]) + "\n"
    for mapping in ("", MERGE):
        assert not run(book, text.replace(f",{first!r},", f",{near!r},", 1), mapping).changed
    assert book.read_bytes() == old
    outcome = run(book, text.replace(f",{first!r},", f",{other!r},", 1))
    assert "1 value that the workbook holds already would change" in found(outcome, "revision")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["BOND", "OLD", datetime.datetime(2008, 2, 29)], False),
        (["BOND", "old", "2008-02-29"], False),
        (["BOND", "OLD", datetime.datetime(2008, 3, 30)], False),  # a Sunday; the next valuation is on the 31st
        (["BOND", "OLD", datetime.datetime(2008, 3, 31)], True),
        (["BOND", None, None], True),
    ],
    ids=["that day", "as text", "a weekend later", "a valuation later", "not replaced"],
)
def test_the_values_of_a_fund_end_where_another_replaced_it(tmp_path: Path, row: list[object], said: bool) -> None:
    book = tmp_path / "b.xlsx"
    made = xlsxwriter.Workbook(book)
    date = made.add_format({"num_format": "yyyy-mm-dd"})
    heads = [{"header": "fund"}, {"header": "predecessor"}, {"header": "substituted_on", "format": date}]
    made.add_worksheet("Funds").add_table("A1:C2", {"name": "Funds", "data": [row], "columns": heads})
    heads = [{"header": "valuation_date", "format": date}, {"header": "BOND"}, {"header": "OLD"}]
    data = [[datetime.datetime(2008, 1, 31), None, 9.0], [datetime.datetime(2008, 2, 29), 10.0, 9.1]]
    made.add_worksheet("Values").add_table("A1:C3", {"name": "UnitValues", "data": data, "columns": heads})
    made.close()
    text = "valuation_date,BOND,OLD\n2008-01-31,,9\n2008-02-29,10,9.1\n2008-03-31,10.1,\n"
    outcome = run(book, text)
    assert outcome.written, outcome.stopped
    assert ("OLD: the values end on 2008-02-29, before the others" in found(outcome, "warning")) is said
