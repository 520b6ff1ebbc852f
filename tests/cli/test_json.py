"""--json: one object on standard output, whatever happens, with what a person would have read beside it."""

import csv
import json
import sys

import pytest
from commands import run
from documented import json_page, stock
from typer.testing import CliRunner

from xl_flexextra import sample
from xl_flexextra.cli import lookup_commands, main
from xl_flexextra.errors import FlexExtraError

TERMS = 'contract.name = "{name}"\nannual_charge.form = "{form}"\ncdsc.schedule = [0.0]\n'


SEEN: dict[str, set[str]] = {}


def asked(*args):
    """Exit code, the object on standard output, and what is on standard error; every key stands on the page."""
    result = CliRunner().invoke(main.app, [str(arg) for arg in (*args, "--json")])
    found = json.loads(result.stdout)
    command = " ".join(args[:2]) if args[0] == "terms" else str(args[0])
    SEEN.setdefault(json_page.heading(command), set()).update(json_page.keys(found))
    assert json_page.not_listed(command, found) == set(), f"{command}: not on the page of --json"
    assert found["exit_code"] in range(4)
    if isinstance(result.exception, FlexExtraError):  # main() says its sentence and ends with 2
        return 2, found, result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, found, result.stderr


def test_the_tie_out_of_the_update():
    code, told, rest = asked("tie-out")
    assert (code, told["exit_code"], rest) == (0, 0, "")
    assert told["tie_out"]["counts"] == {"ties": 112, "rounding": 0, "known break": 0, "open": 0}
    printed = {(f["table"], f["contract"], f["fund"], f["period"]): f for f in told["tie_out"]["figures"]}
    assert printed["fund_and_separate_account", "", "GLOBAL_SECURITIES", "YTD"]["published"] == -0.1491  # page 1, Table 1
    assert len(told["tables"]) == 4
    assert told["said"][-1] == "112 of 112 published figures tie"


def test_an_open_figure_and_its_exit_code(tmp_path):
    rows = [list(row) for row in sample.rows("Published")]
    rows[1][5] = 9.99
    with (tmp_path / "p.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    code, told, _ = asked("tie-out", "--published", tmp_path / "p.csv")
    assert (code, told["exit_code"], told["tie_out"]["counts"]["open"]) == (1, 1, 1)


def test_an_error_is_an_object_too():
    code, told, _ = asked("tie-out", "--unit-values", "not_there.csv", "--terms", "flexible")
    assert (code, told["exit_code"], told["error"]) == (2, 2, "There is no file not_there.csv.")


def test_a_figure_that_cannot_be_computed_is_null_with_its_reason(tmp_path):
    (tmp_path / "v.csv").write_text("date,A\n2007-12-31,10\n2008-07-31,11\n")
    (tmp_path / "t.toml").write_text(TERMS.format(name="t", form="none"))
    code, told, _ = asked(
        "report", "--unit-values", tmp_path / "v.csv", "--terms", tmp_path / "t.toml", "--out", tmp_path / "r.xlsx"
    )
    row = told["tables"][0]["rows"][0]
    assert row["returns"][0] == pytest.approx(0.1)
    assert row["returns"][1] is None
    assert "2007-07-31" in row["errors"]["1Y"]
    assert told["written"] == str(tmp_path / "r.xlsx")
    assert code == 0


def test_the_plan_of_a_refresh_and_its_end(tmp_path):
    book, source = tmp_path / "u.xlsx", tmp_path / "v.csv"
    assert run("report", "--out", book)[0] == 0
    rows = [list(row) for row in sample.rows("UnitValues")]
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([*rows, ["2008-08-29", *rows[-1][1:]]])
    code, plan, _ = asked("refresh", book, "--from", source, "--dry-run", "--no-calc")
    (table,) = plan["tables"]
    assert (table["table"], table["added"], table["changed_cells"], plan["written"]) == ("UnitValues", 1, 0, False)
    assert table["rows_after"] == table["rows_before"] + 1 == len(rows)
    code, done, _ = asked("refresh", book, "--from", source, "--no-calc")
    assert (done["written"], done["exit_code"]) == (True, code)
    assert done["backup"]
    code, again, _ = asked("refresh", book, "--from", source, "--no-calc")
    assert (code, again["written"], again["tables"][0]["added"]) == (0, False, 0)


def test_every_command_with_json_is_documented():
    import typer

    def commands(of, name=""):
        for own, one in getattr(of, "commands", {}).items():
            yield f"{name}{own}", one
            yield from commands(one, f"{name}{own} ")

    said = json_page.PAGE.partition("## Every object")[0]
    having = [
        name for name, one in commands(typer.main.get_command(main.app)) if any("--json" in p.opts for p in one.params)
    ]
    assert len(having) > 6
    assert [name for name in having if f"`{name}`" not in said] == []


def test_terms_check_and_doctor(tmp_path):
    (tmp_path / "bad.toml").write_text(TERMS.format(name="bad", form="shares"))
    code, told, _ = asked("terms", "check", tmp_path / "bad.toml")
    assert (code, told["valid"], len(told["problems"])) == (1, False, 1)
    code, told, _ = asked("terms", "check", "flexible")
    assert (code, told["valid"], told["problems"]) == (0, True, [])
    code, told, _ = asked("doctor")
    assert {"xl-flexextra", "numpy", "LibreOffice"} <= {one["what"] for one in told["examined"]}


def test_an_explained_figure():
    code, told, rest = asked("explain", "--fund", "EQUITY", "--period", "5Y")
    assert (code, rest, told["fund"], told["start"], told["finish"]) == (0, "", "EQUITY", "2003-07-31", "2008-07-31")
    assert round(told["return"], 4) == 0.0394  # page 1, Table 2
    assert told["gross_to_net"][0]["after"] == "unit values alone"
    assert round(told["gross_to_net"][0]["return"], 4) == 0.0569  # Table 1
    assert (told["path"][0]["date"], told["path"][0]["value"], told["path"][0]["ERV"]) == ("2003-07-31", 1000.0, None)
    assert told["sentence"].startswith("EQUITY, 5Y from 2003-07-31 to 2008-07-31: $1,000.00 paid in")
    assert set(told["sources"][0]) == {"term", "source"}
    code, told, _ = asked("explain", "--fund", "EQITY", "--period", "5Y")
    assert (code, told["exit_code"], "EQITY" in told["error"]) == (2, 2, True)


def test_a_call_gives_its_value_or_its_error():
    code, told, _ = asked("call", "AATR", "1000", "1100", "1")
    assert (code, told["function"], round(told["value"], 10), told["cell_error"]) == (0, "AATR", 0.1, "")
    code, told, _ = asked("call", "CALENDAR_YEAR_RETURNS", "@sample:UnitValues", "EQUITY")
    assert (code, isinstance(told["value"][0], list)) == (0, True)
    code, told, _ = asked("call", "AATR", "x", "1100", "1")
    assert (code, told["value"], told["cell_error"]) == (1, None, "#VALUE!")
    assert told["reason"]


def test_functions_and_terms_as_data():
    code, told, _ = asked("functions")
    assert (code, "AATR" in {one["name"] for one in told["functions"]}) == (0, True)
    code, told, _ = asked("functions", "AATR")
    assert told["functions"][0]["arguments"][0]["name"]
    code, told, _ = asked("terms", "list")
    assert {"flex_extra_flexible", "flex_extra_single"} <= {one["name"] for one in told["contracts"]}
    code, told, _ = asked("terms", "show", "flexible")
    assert ("annual_charge.dollars", 35.0) in [(one["term"], one["value"]) for one in told["terms"]]
    code, told, _ = asked("terms", "show")
    assert "rider.rate" in {one["key"] for one in told["keys"]}
    code, told, _ = asked("terms", "diff", "flexible", "single")
    assert (code, "annual_charge.dollars" in {one["term"] for one in told["differ"]}) == (1, True)


def test_what_changed_between_two_updates(tmp_path):
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    assert run("report", "--out", old)[0] == 0
    assert run("report", "--set", "single:annual_charge.dollars=31", "--out", new)[0] == 1
    code, told, _ = asked("diff", old, new)
    assert (code, told["old_as_of"], told["revised_unit_values"]) == (0, "2008-07-31", 0)
    assert {one["contract"] for one in told["figures"]} == {"SINGLE"}
    assert all(one["old"] > one["new"] for one in told["figures"])


def test_an_option_that_there_is_not_is_an_object_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["xl-flexextra", "tie-out", "--nope", "--json"])
    assert main._run() == 2
    out, said = capsys.readouterr()
    told = json.loads(out)
    assert (told["exit_code"], "--nope" in told["error"], "--nope" in said) == (2, True, True)


def test_a_fault_of_ours_is_an_object_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["xl-flexextra", "doctor", "--json"])
    monkeypatch.setattr(lookup_commands, "_examined", lambda: 1 / 0)
    assert main._run() == 3
    out, said = capsys.readouterr()
    told = json.loads(out)
    assert told["exit_code"] == 3
    assert said == f"Error: {told['error']}\n"
    assert "something unexpected went wrong (ZeroDivisionError: division by zero)" in told["error"]


def test_a_search_and_a_revision(tmp_path):
    """The keys that only such commands have: what a search found, and cells that change."""
    stock.inputs(tmp_path, stock.FEW)
    printed = [row for row in stock.of_funds("Published", stock.FEW) if row[1] != "SINGLE"]
    stock.write(tmp_path / "p.csv", printed)
    given = ("--published", tmp_path / "p.csv", "--terms", "flexible", "--funds", tmp_path / "funds.csv", "--quick")
    code, told, _ = asked("find", *given)
    assert (code, told["contracts"][0]["figures"] > 3) == (0, True)
    book = tmp_path / "u.xlsx"
    assert run("report", "--out", book)[0] == 0
    rows = stock.unit_values()
    rows[5][2] *= 2
    stock.write(tmp_path / "v.csv", rows)
    code, plan, _ = asked("refresh", book, "--from", tmp_path / "v.csv", "--dry-run", "--no-calc")
    assert (code, plan["stopped"], plan["written"]) == (2, True, False)
    assert plan["tables"][0]["changes"][0]["old"] * 2 == plan["tables"][0]["changes"][0]["new"]


def test_every_key_of_the_page_is_seen():
    """After the tests above: what the page lists and no command has goes from the page."""
    for name in ("report, tie-out", "refresh", "doctor, terms check"):
        if len(SEEN.get(name, ())) > 3:
            assert json_page.documented(name) - SEEN[name] - {"formulas.changed", "formulas.still_old"} == set(), name


@pytest.mark.slow
def test_a_review_and_its_check(tmp_path):
    book = tmp_path / "r.xlsx"
    code, told, _ = asked("review", "--out", book)
    assert (code, told["open"], told["controls_off"], len(told["tie_out"]["figures"])) == (0, [], [], 112)
    code, checked, _ = asked("review", book, "--check")
    assert (code, checked["as_built"], checked["differences"], checked["mark"]) == (0, True, [], told["mark"])
