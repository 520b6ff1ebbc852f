"""Funds that join, close and are renamed in a month's files: an own company of four funds, from its first report on."""

from __future__ import annotations

import csv
import datetime

import openpyxl
import pytest
from commands import run

from xl_flexextra.cli.review_data import from_workbook
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.tables.set_values import set_values
from xl_flexextra.ooxml.workbook import Workbook

GIVEN = ["--no-calc"]
FUNDS = {"ALG": "Aldon Growth", "BER": "Berg Bond", "COR": "Corvi Index", "DAH": "Dahl Small Cap"}
ENDS = [datetime.date(y, m, 1) - datetime.timedelta(1) for y in range(2012, 2025) for m in range(1, 13)]
ENDS = [day for day in ENDS if datetime.date(2012, 12, 31) <= day <= datetime.date(2024, 7, 31)]
AUGUST = datetime.date(2024, 8, 30)


def value(place, month):
    """The unit value of a fund so many months after the first: its own growth a month."""
    return round(10 * (1 + place) * (1 + 0.004 + 0.001 * place) ** month, 6)


def write(name, rows):
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def listed(*more, head=("fund", "printed_name", "fund_inception", "subaccount_inception")):
    known = [[code, name, "2010-05-03", "2012-12-31"] for code, name in FUNDS.items()]
    return [list(head), *[row[: len(head)] for row in known], *more]


LAST = [value(place, len(ENDS)) for place in range(len(FUNDS))]  # those of August


@pytest.fixture
def book(tmp_path, monkeypatch):
    """The update of July, and the usual files of August."""
    monkeypatch.chdir(tmp_path)
    assert run("terms", "new", "b_share", "--out", "my.toml")[0] == 0
    text = (tmp_path / "my.toml").read_text()
    assert "without_history =" not in text.replace("# without_history", "")  # an error, until the terms say otherwise
    assert "[periods]" in text
    (tmp_path / "my.toml").write_text(text.replace("[periods]", '[periods]\nwithout_history = "blank"'))
    write("values.csv", [["date", *FUNDS], *[[day, *[value(p, m) for p in range(4)]] for m, day in enumerate(ENDS)]])
    write("funds.csv", listed())
    write("shares.csv", [["fund", "share"], *[[code, 0.25] for code in FUNDS]])
    write("printed.csv", printed(datetime.date(2024, 7, 31)))
    code, said = run("report", *"--unit-values values.csv --terms my.toml --shares shares.csv --funds funds.csv".split(),
                     "--published", "printed.csv", "--out", "u.xlsx")  # fmt: skip
    assert code == 0, said
    write("aug.csv", [["date", *FUNDS], [AUGUST, *LAST]])
    write("printed_aug.csv", printed(datetime.date(2024, 8, 31)))
    return tmp_path / "u.xlsx"


def printed(day, codes=tuple(FUNDS)):
    """The returns of a year, by hand: the growth of twelve months."""
    rows = [[day, code, "1Y", f"{((1.004 + 0.001 * list(FUNDS).index(code)) ** 12 - 1) * 100:.2f}"] for code in codes]
    return [["as_of", "fund", "period", "return_pct"], *rows]


def undone(book, before):
    code, said = run("month", "--undo", "--book", book.name)
    assert code == 0, said
    assert book.read_bytes() == before


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("long", [False, True])
def test_a_new_fund_joins_with_its_row_in_the_list_of_funds(book, long):
    """Its unit values were left out, or stopped the month with advice that was wrong for it."""
    before = book.read_bytes()
    new = ["EVE", "Everly Tech", "2024-07-31", "2024-07-31"]
    write("funds_aug.csv", listed(new))
    write("shares_aug.csv", [["fund", "share"], *[[code, 0.2] for code in (*FUNDS, "EVE")]])
    if long:
        write("new.csv", [["date", "fund", "unit value"], *[[AUGUST, *one] for one in zip(FUNDS, LAST, strict=True)],
                          [AUGUST, "Everly Tech", 20.5]])  # fmt: skip
    else:
        write("new.csv", [["date", *FUNDS, "EVE"], [AUGUST, *LAST, 20.5]])
    code, said = run("month", "new.csv", "funds_aug.csv", "shares_aug.csv", "printed_aug.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert code == 0, said
    assert "+ the column EVE" in told
    assert "The pages were built anew with EVE, as they cannot grow in place." in told
    assert "4 of 4 published figures tie" in told
    assert "Sign u_review_2024-08-31.xlsx on its sheet Controls." in told
    found = from_workbook(book)
    assert found.unit_values.funds == (*FUNDS, "EVE")
    assert found.unit_values.values[-1].tolist() == [*LAST, 20.5]
    assert found.as_of == datetime.date(2024, 8, 31)
    shown = {str(cell.value) for row in openpyxl.load_workbook(book, data_only=True)["Update"].rows for cell in row}
    assert "Everly Tech" in shown
    assert not {one for one in shown if one.startswith("#")}
    undone(book, before)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_workbook_with_a_cell_of_ones_own_is_not_built_anew(book):
    """Its data join, nothing of it is lost, and the way to pages with the fund is said; that way is right."""
    held = Workbook(Package.open(book))
    set_values(held, next(sheet for sheet in held.sheets if sheet.name == "Update"), {(9, 14): "my own"})
    with (book.parent / "mine.xlsx").open("wb") as file:
        held.package.write(file)
    (book.parent / "mine.xlsx").replace(book)
    before = book.read_bytes()
    write("funds_aug.csv", listed(["EVE", "Everly Tech", "2024-07-31", "2024-07-31"]))
    write("shares_aug.csv", [["fund", "share"], ["EVE", 0.0]])
    write("new.csv", [["date", *FUNDS, "EVE"], [AUGUST, *LAST, 20.5]])
    code, said = run("month", "new.csv", "funds_aug.csv", "shares_aug.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert code == 1, said
    assert "the pages have no rows for EVE yet, as u.xlsx has the cell Update!N9, which a new build would lose" in told
    assert "build them with 'xl-flexextra report u.xlsx', which writes another workbook" in told
    assert openpyxl.load_workbook(book)["Update"]["N9"].value == "my own"
    assert from_workbook(book).unit_values.values[-1].tolist() == [*LAST, 20.5]
    code, said = run("report", "u.xlsx")
    assert "Written: u_anew.xlsx" in said, said
    undone(book, before)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (["aug.csv", "funds_aug.csv"], "EVE would join, and the unit values have no column for it — give the unit values"),
        (["swapped.csv"], "'EVE' is not a fund of the workbook, and DAH has no value for the new day — correct the heading; "
         "a new fund needs its row in a list of funds"),
    ],
)  # fmt: skip
def test_half_of_a_fund_stops_the_month_and_says_what_it_needs(book, files, sentence):
    before = book.read_bytes()
    write("funds_aug.csv", listed(["EVE", "Everly Tech", "", ""]))
    write("swapped.csv", [["date", *list(FUNDS)[:-1], "EVE"], [AUGUST, *LAST[:-1], 20.5]])
    code, said = run("month", *files, "--book", "u.xlsx", *GIVEN)
    assert sentence in " ".join(said.split())
    assert (code, book.read_bytes() == before) == (2, True)


@pytest.mark.slow
def test_a_closed_fund_is_stated_as_closed_and_in_nobodys_way(book):
    """It left errors on the page, and nothing could be signed."""
    before = book.read_bytes()
    write(
        "funds_aug.csv", [[*row, more] for row, more in zip(listed(), ["closed_on", "", "", "", "2024-08-15"], strict=True)]
    )
    write("aug.csv", [["date", *FUNDS], [AUGUST, *LAST[:-1], None]])
    write("printed_aug.csv", printed(datetime.date(2024, 8, 31), list(FUNDS)[:-1]))
    code, said = run("month", "aug.csv", "funds_aug.csv", "printed_aug.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert "DAH, closed_on: blank → 2024-08-15" in told
    assert "Note: DAH closed on 2024-08-15; its figures to later days are left empty, and nobody has to wait" in told
    assert "3 of 3 published figures tie" in told
    assert "cannot be computed" not in told
    assert "Sign u_review_2024-08-31.xlsx on its sheet Controls." in told
    assert from_workbook(book).funds.items[3].closed_on == datetime.date(2024, 8, 15)
    del code
    write("sept.csv", [["date", *list(FUNDS)[:-1]], [datetime.date(2024, 9, 30), *LAST[:-1]]])  # no column of it at all
    again, said = run("month", "sept.csv", "--book", "u.xlsx", *GIVEN, "--force")
    assert (again, "DAH: " in said, "column DAH" in said) == (0, False, False), said
    assert run("month", "--undo", "--book", "u.xlsx")[0] == 0
    undone(book, before)


def test_a_gap_by_mistake_is_still_found(book):
    write("aug.csv", [["date", *FUNDS], [AUGUST, *LAST[:-1], None]])
    code, said = run("month", "aug.csv", "printed_aug.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert code == 1
    assert "UnitValues, DAH: the values end on 2024-07-31, before the others — get the later values; of a fund that" in told
    assert "Do not sign u_review_2024-08-31.xlsx yet: figures of the page cannot be computed" in told


def test_values_behind_the_last_day_of_a_fund_are_odd(book):
    write("funds_aug.csv", [[*row, more] for row, more in zip(listed(), ["closed", "", "", "", "2024-08-15"], strict=True)])
    code, said = run("month", "aug.csv", "funds_aug.csv", "--book", "u.xlsx", *GIVEN)
    assert code == 1
    assert "Look: DAH closed on 2024-08-15 (closed_on), and has unit values after it, first on 2024-08-30" in said


def test_a_list_of_code_and_name_is_one_of_funds_for_the_month_too(book):
    write("funds_aug.csv", listed(["EVE", "Everly Tech"], head=("Code", "Name")))
    write("new.csv", [["date", *FUNDS, "EVE"], [AUGUST, *LAST, 20.5]])
    write("shares_aug.csv", [["fund", "share"], ["EVE", 0.0]])
    code, said = run("month", "new.csv", "funds_aug.csv", "shares_aug.csv", "--book", "u.xlsx", *GIVEN)
    assert "Funds from funds_aug.csv" in said, said
    assert [one.printed_name for one in from_workbook(book).funds.items] == [*FUNDS.values(), "Everly Tech"]
    assert code in (0, 1)


def test_a_fund_that_is_listed_without_unit_values_is_refused_everywhere(book):
    """Tie-out passed and the review failed."""
    write("funds.csv", listed(["EVE", "Everly Tech", "", ""]))
    given = "--unit-values values.csv --terms my.toml --shares shares.csv --funds funds.csv".split()
    said = {run(command, *given)[1] for command in ("report", "tie-out", "review")}
    assert said == {
        "The list of funds lists EVE, and the unit values have no column for it; bring the unit values too, or take it off "
        "the list until they are there."
    }
    run("refresh", "u.xlsx", "--from", "funds.csv", "--table", "Funds", *GIVEN)
    said = {run(*words)[1] for words in (("tie-out", "u.xlsx"), ("review", "u.xlsx", "--out", "r.xlsx"))}
    assert len(said) == 1
    assert "u.xlsx, Funds, lists EVE, and the unit values have no column for it" in said.pop()


@pytest.mark.slow
@pytest.mark.parametrize("column", ["printed_name", "aliases"])
def test_a_fund_under_a_new_name_is_known_by_its_old_code(book, column):
    """A new name stands in the list of funds beside the code, which stays; files may use either."""
    before = book.read_bytes()
    rows = [["fund", "printed_name", "aliases"], ["DAH", "Dahl Small Cap", ""]]
    rows[1][1 if column == "printed_name" else 2] = "Dahl Micro Cap"
    write("funds_aug.csv", rows)
    write("aug.csv", [["date", *list(FUNDS)[:-1], "Dahl Micro Cap"], [AUGUST, *LAST]])
    code, said = run("month", "aug.csv", "funds_aug.csv", "printed_aug.csv", "--book", "u.xlsx", *GIVEN)
    assert code == 0, said
    assert "4 of 4 published figures tie" in said
    assert from_workbook(book).unit_values.values[-1].tolist() == LAST
    undone(book, before)


@pytest.mark.slow
def test_a_fund_that_replaced_another_carries_on_its_history(book):
    """Two funds are merged: the one that stays has the other's returns before the day, where the list says so."""
    before = book.read_bytes()
    new = ["EVE", "Everly Small Cap", "2010-05-03", "2012-12-31", "DAH", "2024-08-30"]
    head = ["fund", "printed_name", "fund_inception", "subaccount_inception", "predecessor", "substituted_on"]
    write("funds_aug.csv", [head, new])
    write("shares_aug.csv", [["fund", "share"], ["EVE", 0.25], ["DAH", 0.0]])
    write("aug.csv", [["date", *FUNDS, "EVE"], [AUGUST, *LAST, 10.0]])
    rows = printed(datetime.date(2024, 8, 31))
    write("printed_aug.csv", [*rows, [rows[4][0], "EVE", *rows[4][2:]]])  # the year of its predecessor
    code, said = run("month", "aug.csv", "funds_aug.csv", "shares_aug.csv", "printed_aug.csv", "--book", "u.xlsx", *GIVEN)
    assert code == 0, said
    assert "+ the column predecessor" in said
    assert "5 of 5 published figures tie" in said
    undone(book, before)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["of last month", "figures came later", "refreshed", "native", "other periods"])
def test_an_honest_workbook_is_built_anew_for_a_fund_that_joins(book, kind):
    """What months and refreshes did to it, and the options it was built with, are nothing of a person's own."""
    given = "--unit-values values.csv --terms my.toml --shares shares.csv --funds funds.csv".split()
    more = {"figures came later": [], "native": ["--published", "printed.csv", "--native"],
            "other periods": ["--published", "printed.csv", "--periods", "YTD,1Y,3Y", "--payment", "5000"]}  # fmt: skip
    if kind in more:
        assert run("report", *given, *more[kind], "--out", "u.xlsx", "--force")[0] == 0
    if kind == "refreshed":
        write("shares_new.csv", [["fund", "share"], *zip(FUNDS, (0.1, 0.2, 0.3, 0.4), strict=True)])
        assert run("refresh", "u.xlsx", "--from", "shares_new.csv", "--table", "Shares", *GIVEN)[0] == 0
    if kind != "native":
        assert run("month", "aug.csv", "printed_aug.csv", "--book", "u.xlsx", "--no-pdf", *GIVEN)[0] == 0
    write("funds_sept.csv", listed(["EVE", "Everly Tech", "2024-07-31", "2024-07-31"]))
    write("shares_sept.csv", [["fund", "share"], *[[code, 0.2] for code in (*FUNDS, "EVE")]])
    rows = [] if kind != "native" else [[AUGUST, *LAST, 19.5]]
    write("sept.csv", [["date", *FUNDS, "EVE"], *rows, [datetime.date(2024, 9, 30), *LAST, 20.5]])
    files = "sept.csv", "funds_sept.csv", "shares_sept.csv"
    _, said = run("month", *files, "--book", "u.xlsx", "--no-pdf", *GIVEN)
    assert "The pages were built anew with EVE, as they cannot grow in place." in " ".join(said.split()), said
    sheets = openpyxl.load_workbook(book, data_only=True)
    assert "Everly Tech" in {str(cell.value) for row in sheets["Update"].rows for cell in row}
    assert ("Native" in sheets.sheetnames) == (kind == "native")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_changed_formula_and_a_hidden_sheet_are_not_taken_away(book):
    """Only cells that had been empty were looked for; a formula, a format or a hidden sheet was lost without a word."""
    held = Workbook(Package.open(book))
    part, whole = held.sheet("Update").part, held.part
    data = held.package.read(part)
    old = data[data.index(b"<f>", data.index(b'r="B3"')) :].partition(b"</f>")[0]
    held.package.put(part, data.replace(old, b"<f>TODAY()", 1))
    held.package.put(
        whole, held.package.read(whole).replace(b'<sheet name="Growth"', b'<sheet name="Growth" state="hidden"')
    )
    with (book.parent / "mine.xlsx").open("wb") as file:
        held.package.write(file)
    (book.parent / "mine.xlsx").replace(book)
    write("funds_aug.csv", listed(["EVE", "Everly Tech", "2024-07-31", "2024-07-31"]))
    write("shares_aug.csv", [["fund", "share"], ["EVE", 0.0]])
    write("new.csv", [["date", *FUNDS, "EVE"], [AUGUST, *LAST, 20.5]])
    code, said = run("month", "new.csv", "funds_aug.csv", "shares_aug.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert code == 1
    assert (
        "u.xlsx has a formula of your own in Update!B3 and the sheet 'Growth' hidden, which a new build would lose" in told
    )
    after = openpyxl.load_workbook(book)
    assert after["Update"]["B3"].value == "=TODAY()"
    assert after["Growth"].sheet_state == "hidden"
