"""One model of what a fund is called, for formulas, reports, refreshes, the store and reviews."""

import csv
import datetime

import pytest
from flexextra_udfs import CALENDAR_YEAR_RETURNS, CONTRACT_AATR, UNIT_VALUE_AT
from typer.testing import CliRunner

from xl_flexextra import sample
from xl_flexextra.cells import scalars
from xl_flexextra.cli import main
from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.inputs.fund_names import FundNames, key, loose, named, same, written
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review.data_checks import revisions
from xl_flexextra.sync import store, versions

NBSP = "\u00a0"
UNIT_VALUES, FUNDS, SHARES = sample.rows("UnitValues"), sample.rows("Funds"), sample.rows("Shares")


@pytest.mark.parametrize(
    "name",
    ["Babson Bond", "Babson-Bond", "babson bond", " Babson  Bond ", f"Babson{NBSP}Bond", "BABSON_BOND", "Babson\nBond",
     "Babson.Bond", "managed_bond", "Managed Bond", "MML Managed Bond"],
)  # fmt: skip
def test_a_fund_is_found_by_every_spelling_of_its_names(name):
    assert UNIT_VALUE_AT(UNIT_VALUES, name, "2008-07-31", None, FUNDS) == UNIT_VALUE_AT(
        UNIT_VALUES, "MANAGED_BOND", "2008-07-31"
    )
    figure = CONTRACT_AATR("flex_extra_flexible", UNIT_VALUES, name, "2008-07-31", "1Y", SHARES, FUNDS)
    assert figure == CONTRACT_AATR("flex_extra_flexible", UNIT_VALUES, "MANAGED_BOND", "2008-07-31", "1Y", SHARES, FUNDS)


def table(*heads):
    return [["date", *heads], ["2007-07-31", *range(10, 10 + len(heads))], ["2008-07-31", *range(20, 20 + len(heads))]]


def test_codes_of_digits_are_never_alike():
    values = table("0101", "101", "1.01")
    assert [UNIT_VALUE_AT(values, name, "2008-07-31") for name in ("0101", "101", "1.01")] == [20, 21, 22]
    with pytest.raises(BadInput, match="is not in the unit values"):
        UNIT_VALUE_AT(values, "01-01", "2008-07-31")
    assert loose("0101") != loose("101") != loose("1.01")


def test_names_that_differ_in_signs_alone_are_two_funds_each_found_as_it_is_written():
    values = table("A-1", "A.1", "B+")
    assert [UNIT_VALUE_AT(values, name, "2008-07-31") for name in ("A-1", "a.1", "B", "b+")] == [20, 21, 22, 22]
    with pytest.raises(BadInput, match=r"'fund' 'A 1' may be 'A-1' or 'A\.1'; write it as one of them"):
        UNIT_VALUE_AT(values, "A 1", "2008-07-31")


def test_a_known_fund_without_values_is_not_taken_for_one_that_is_alike():
    funds = [["fund", "name"], ["A1", "First"], ["A-1", "Second"]]
    with pytest.raises(BadInput, match="'A1' is not in the unit values"):
        UNIT_VALUE_AT(table("A-1"), "A1", "2008-07-31", None, funds)
    shares = Shares([(None, "A1", 0.5)])
    assert shares.on("A1", datetime.date(2008, 7, 31), Funds.from_rows(funds)) == 0.5
    with pytest.raises(MissingData, match="no share of A-1"):
        shares.on("A-1", datetime.date(2008, 7, 31), Funds.from_rows(funds))


@pytest.mark.parametrize(("one", "other"), [("EQ", "eq"), ("MML Equity", f"mml{NBSP}equity"), ("A B", "A  B")])
def test_one_name_twice_is_an_error_that_names_both(one, other):
    with pytest.raises(BadInput) as found:
        UnitValues([datetime.date(2008, 7, 31)], (one, other), [[1, 2]])
    assert repr(one) in str(found.value)
    assert repr(other) in str(found.value)
    with pytest.raises(BadInput) as found:
        Funds.from_rows([["fund", "name"], ["X", one], ["Y", other]])
    for part in ("X", "Y", repr(one), repr(other)):
        assert part in str(found.value)


def test_a_long_table_may_spell_a_fund_in_two_ways():
    rows = [["date", "fund", "unit value"], ["2007-12-31", "EQ", 10], ["2008-12-31", "eq ", 12], ["2008-12-31", "B C", 5]]
    assert UnitValues.from_rows(rows).funds == ("EQ", "B C")
    assert UNIT_VALUE_AT(rows, f"b{NBSP} c", "2008-12-31") == 5
    assert CALENDAR_YEAR_RETURNS(rows, "Eq", 2008)[-1][1] == pytest.approx(0.2)
    with pytest.raises(BadInput, match="repeats the date"):
        UnitValues.from_rows([rows[0], rows[2], ["2008-12-31", "EQ", 12]])


def test_did_you_mean_never_offers_what_was_given():
    for given, known in (("EQUITY", f"EQUITY{NBSP}"), ("MML Equity", "MML  Equity"), ("A B", "A B")):
        assert scalars.nearest(given, [known]) == ""
    assert scalars.nearest("Equit", ["EQUITY"]) == " (did you mean 'EQUITY'?)"
    assert scalars.nearest("Years", ["years"]) == " (did you mean 'years'?)"


def test_names_lead_through_chains_of_aliases_and_round_in_circles():
    names = FundNames({"The Bond": "Old Bond", "Ring": "Rong", "Rong": "Ring"})
    names.add("BOND", ["Old Bond", "Older Bond"])
    assert names.standard("the  bond") == names.standard("The-Bond") == "BOND"
    assert names.meant("The Bond", ["Older bond"]) == ["Older bond"]  # a column may carry another name of the fund
    assert names.meant("The Bond", ["BOND", "Older bond"]) == ["BOND"]
    assert names.resolve("nothing", ["BOND"]) is None
    assert names.standard("nothing") == "nothing"
    assert names.standard("Ring") in {"Ring", "Rong"}
    several = FundNames()
    several.add("A-1")
    several.add("A.1")
    assert several.leads("a 1") == ["A-1", "A.1"]
    assert several.meant("a 1", ["A-1", "A.1"]) == ["A-1", "A.1"]
    assert several.resolve("A.1", ["A-1", "A.1"]) == "A.1"


def test_what_names_have_in_common():
    assert same("Zürich", "ZU\u0308RICH")  # composed and decomposed letters
    assert same("Straße", "STRASSE")
    assert key(f" A{NBSP} b\t") == "a b"
    assert named("b c", ["B-C", "B C"]) == ["B C"]
    assert named("b.c", ["B-C", "B C"]) == ["B-C", "B C"]
    assert named("B C", ["b c", "B C"]) == ["B C"]
    assert written("unit_values", f" A{NBSP} b\n") == "A b"
    with pytest.raises(BadInput, match=r"'unit_values' has the name 'A\\x1b\[2J' with a control character"):
        written("unit_values", "A\x1b[2J")
    with pytest.raises(BadInput, match="a name of 241 letters"):
        written("unit_values", "A" * 241)


def csv_file(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def test_the_store_knows_a_fund_in_any_letters_and_blanks(tmp_path):
    """A revised value under eq was a second fund: both stood in what was known, and no refresh took it."""
    book = str(tmp_path / "s.sqlite")
    first = csv_file(tmp_path / "1.csv", [["date", "EQ", "MML Bond"], ["2008-06-30", 10, 20], ["2008-07-31", 11, 21]])
    second = csv_file(
        tmp_path / "2.csv", [["date", "eq", f"MML{NBSP} bond"], ["2008-07-31", 11.5, 21], ["2008-08-31", 12, 22]]
    )
    store.load_source(book, str(first), "unit_values")
    done = store.load_source(book, str(second), "unit_values")
    assert (done.added, done.revised) == (2, 1)
    assert [(r.fund, r.old, r.new) for r in store.revisions(book)] == [("EQ", 11.0, 11.5)]
    july = datetime.date(2008, 7, 31)
    assert [row for row in store.as_of(book, "2") if row[0] == july] == [(july, "EQ", 11.5), (july, "MML Bond", 21.0)]
    assert [row for row in store.as_of(book, "1") if row[0] == july] == [(july, "EQ", 11.0), (july, "MML Bond", 21.0)]
    twice = csv_file(tmp_path / "3.csv", [["date", "fund", "value"], ["2008-07-31", "EQ", 1], ["2008-07-31", "eq", 2]])
    with pytest.raises(BadInput, match="two values for EQ"):
        store.load_source(book, str(twice), "unit_values")


def test_a_store_of_before_with_one_fund_under_two_names_reads_as_one(tmp_path):
    import sqlite3

    book = str(tmp_path / "s.sqlite")
    july = datetime.date(2008, 7, 31)
    for label in ("a", "b"):
        store.load_values(
            book, versions.of_rows([(july, "EQ" if label == "a" else "OTHER", 11.0)]), "unit_values", label, ""
        )
    with sqlite3.connect(book) as connection:  # as earlier versions stored it: a row a value
        connection.execute("delete from flexextra_series")
        connection.execute("create table flexextra_values (dataset, valuation_date, fund, load_number, value)")
        rows = [("unit_values", july.isoformat(), "EQ", 1, 11.0), ("unit_values", july.isoformat(), "eq", 2, 12.0)]
        connection.executemany("insert into flexextra_values values (?, ?, ?, ?, ?)", rows)
    assert store.as_of(book, "2") == [(july, "EQ", 12.0)]
    assert [(r.old, r.new) for r in store.revisions(book)] == [(11.0, 12.0)]
    done = store.load_values(
        book, versions.of_rows([(july, "Eq", 13.0), (datetime.date(2008, 8, 29), "EQ", 14.0)]), "unit_values", "c", ""
    )
    assert (done.added, done.revised) == (1, 1)  # the new ones beside the old
    assert store.as_of(book, "2") == [(july, "EQ", 12.0)]
    assert store.as_of(book, "3") == [(july, "EQ", 13.0), (datetime.date(2008, 8, 29), "EQ", 14.0)]
    assert [(r.old, r.new) for r in store.revisions(book)] == [(11.0, 12.0), (12.0, 13.0)]


def test_revisions_of_a_review_are_found_in_any_spelling():
    days = [datetime.date(2008, 6, 30), datetime.date(2008, 7, 31)]
    was = UnitValues(days, ("MML Bond",), [[10], [11]])
    now = UnitValues(days, ("mml-bond",), [[10], [12]])
    assert [(one.fund, one.day) for one in revisions(now, was)] == [("mml-bond", days[1])]


def test_reports_take_heads_with_other_blanks(tmp_path):
    heads = {
        "EQUITY": "MML  Equity",
        "GLOBAL_SECURITIES": f"Oppenheimer{NBSP}Global Securities/VA",
        "MANAGED_BOND": "Babson-Bond",
    }
    rows = [[heads.get(head, head) for head in UNIT_VALUES[0]], *UNIT_VALUES[1:]]
    values = csv_file(tmp_path / "values.csv", rows)
    given = ["--unit-values", str(values), "--terms", "flex_extra_flexible", "--terms", "flex_extra_single"]
    for option, name in (("shares", "Shares"), ("funds", "Funds"), ("published", "Published")):
        table = [["" if cell is None else cell for cell in row] for row in sample.rows(name)]
        given += [f"--{option}", str(csv_file(tmp_path / f"{name}.csv", table))]
    done = CliRunner().invoke(main.app, ["report", *given, "--out", str(tmp_path / "o.xlsx")])
    assert done.exit_code == 0, done.output
    assert "112 of 112 published figures tie" in done.output


def test_an_error_cell_stays_one_under_the_funds_code():
    from xl_flexextra.errors import CellError

    days = [datetime.date(2008, 6, 30), datetime.date(2008, 7, 31)]
    values = UnitValues(days, ("Babson-Bond",), [[10], [float("nan")]], {(1, 0): CellError("#REF!")})
    coded = values.coded(Funds.from_rows(FUNDS))
    assert coded.funds == ("MANAGED_BOND",)
    assert coded.errors == values.errors != {}


def test_names_that_a_spreadsheet_would_run_are_said_where_they_are_written(tmp_path):
    book, out = str(tmp_path / "s.sqlite"), tmp_path / "o.csv"
    day = datetime.date(2008, 7, 31)
    store.load_values(
        book, versions.of_rows([(day, '=HYPERLINK("http://x.invalid")', 1.0), (day, "EQ", 2.0)]), "unit_values", "a", ""
    )
    done = CliRunner().invoke(main.app, ["store", "as-of", book, "1", "--out", str(out)])
    assert "takes '=HYPERLINK(\"http://x.invalid\")' for a formula" in done.output
    assert '"=HYPERLINK(""http://x.invalid"")"' in out.read_text("utf-8")  # the name itself stays what it is
    store.load_values(book, versions.of_rows([(day, '=HYPERLINK("http://x.invalid")', None)]), "unit_values", "b", "")
    done = CliRunner().invoke(main.app, ["store", "as-of", book, "2", "--out", str(out), "--force"])
    assert "formula" not in done.output
