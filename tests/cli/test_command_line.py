"""The command line as a person uses it: every command, own data in every form, one wrong thing and its answer."""

import csv
import dataclasses
import datetime
import os
import subprocess
import sys

import openpyxl
import pytest
from commands import run

from xl_flexextra import __version__, catalogue, sample
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.terms import from_rows
from xl_flexextra.update.update_inputs import sample_inputs

HEADLINE = "112 of 112 published figures tie"


def shell(*args, folder):
    command = [sys.executable, "-m", "xl_flexextra.cli.main", *map(str, args)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The sample as a user would have it: wide and long CSV, Parquet, Excel, and the other tables."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("own")
    wide = sample.rows("UnitValues")
    frame = pd.DataFrame(wide[1:], columns=wide[0])
    frame.to_csv(folder / "wide.csv", index=False)
    frame.to_parquet(folder / "wide.parquet")
    frame.melt(id_vars="valuation_date", var_name="fund", value_name="unit_value").to_csv(folder / "long.csv", index=False)
    with pd.ExcelWriter(folder / "book.xlsx", engine="xlsxwriter") as writer:
        pd.DataFrame({"nothing": [1]}).to_excel(writer, sheet_name="first", index=False)
        frame.to_excel(writer, sheet_name="values", index=False, startrow=2)
    for table, name in (("Shares", "shares"), ("Funds", "funds"), ("Published", "published"), ("InterestRates", "rates")):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(sample.rows(table))
    return folder


def named(own, values="wide.csv"):
    given = ["--unit-values", f"{own}/{values}", "--terms", "flexible", "--terms", "single", "--shares", own / "shares.csv"]
    return [*given, "--funds", own / "funds.csv", "--published", own / "published.csv"]


def test_report_rebuilds_the_sample_and_ends_with_the_headline(tmp_path):
    done = shell("report", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().splitlines()[-1] == HEADLINE
    for printed in ("-22.29%", "0.58%", "-20.53%", "11.53%"):
        assert printed in done.stdout
    book = openpyxl.load_workbook(tmp_path / "flex_extra_performance_update.xlsx")
    assert "CONTRACT_AATR" in book["Update"]["F22"].value
    assert not list(tmp_path.glob(".~*"))


def test_a_cell_far_off_is_a_sentence_and_not_the_end_of_the_process(tmp_path):
    """Laid out in full, this sheet would take 550 GB."""
    book = openpyxl.Workbook()
    book.active.append(["date", "EQUITY"])
    book.active.append([datetime.date(2008, 7, 31), 9.5])
    book.active["XFD1048576"] = "far"
    book.save(tmp_path / "values.xlsx")
    for name in ("values.xlsx", "values.xlsx#Sheet"):
        code, said = run("report", "--unit-values", tmp_path / name)
        assert code == 2
        assert "as far off as the cell XFD1048576; delete what stands far from the data." in said


def test_a_copy_of_values_holds_no_formulas(tmp_path):
    out = tmp_path / "values.xlsx"
    assert run("report", "--values", "--out", out)[0] == 0
    page = openpyxl.load_workbook(out)["Update"]
    assert round(page["F10"].value, 4) == -0.1491


@pytest.mark.parametrize("values", ["wide.csv", "long.csv", "wide.parquet", "book.xlsx#values"])
def test_own_data_in_every_form_ties(own, values, tmp_path):
    code, said = run("report", *named(own, values), "--rates", own / "rates.csv", "--out", tmp_path / "own.xlsx")
    assert code == 0, said
    assert said.rstrip().splitlines()[-1] == HEADLINE
    assert "constructed" not in said  # the label belongs to the sample's series, not to a user's
    page = openpyxl.load_workbook(tmp_path / "own.xlsx", data_only=True)["Update"]
    assert round(page["F22"].value, 4) == -0.2163


def test_tables_of_a_built_workbook_are_sources_too(tmp_path, own):
    book = tmp_path / "flex_extra_performance_update.xlsx"
    assert run("report", "--out", book)[0] == 0
    given = ["--unit-values", f"{book}#UnitValues", "--terms", f"{book}#FlexibleTerms", "--terms", f"{book}#SingleTerms"]
    given += ["--shares", f"{book}#Shares", "--funds", f"{book}#Funds", "--published", own / "published.csv"]
    code, said = run("tie-out", *given)
    assert (code, said.rstrip().splitlines()[-1]) == (0, HEADLINE)


def test_breaks_are_listed_and_exit_with_1(own, tmp_path):
    rows = sample.rows("Published")
    rows[3][5] += 0.01
    path = tmp_path / "published.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    code, said = run("tie-out", "--published", path)
    assert code == 1
    assert said.rstrip().splitlines()[-1] == "111 of 112 published figures tie"
    assert "4.04%" in said
    code, said = run("report", "--published", path, "--out", tmp_path / "x.xlsx")
    assert code == 1
    verdicts = openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True)["Tie-out"]
    assert verdicts["I10"].value in {"rounding", "open"}


def test_another_insurers_contract_needs_a_file_and_no_code(tmp_path):
    (tmp_path / "mine.toml").write_text(
        """
[annual_charge]
form = "average_size"
dollars = 30
average_contract_size = 60000
[cdsc]
schedule = [0.07, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.0]
base = "payment"
[free_withdrawal]
form = "percent_of_payments"
rate = 0.10
"""
    )
    (tmp_path / "values.csv").write_text("date,A\n2006-12-31,10\n2007-12-31,11\n2008-12-31,12.1\n")
    (tmp_path / "published.csv").write_text(
        # by hand: 1,100 - 0.5 - 63 = 1,036.50 of 1,000; before charges 10%
        "table,contract,as_of,fund,period,return_pct\nx,mine,2008-12-31,A,1Y,3.65\nx,,2008-12-31,A,1Y,10.00\n"
    )
    code, said = run(
        "tie-out",
        "--unit-values",
        tmp_path / "values.csv",
        "--terms",
        tmp_path / "mine.toml",
        "--published",
        tmp_path / "published.csv",
    )
    assert (code, said.rstrip().splitlines()[-1]) == (0, "2 of 2 published figures tie")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["report", "--unit-values", "nowhere.csv"], "no file nowhere.csv"),
        (["report", "--as-of", "July"], "must be a date"),
        (["report", "--as-of", "2009-01-31"], "after the last unit value"),
        (["report", "--terms", "flexibel"], "neither a terms file nor a shipped contract"),
        (["report", "--out", "x.pdf"], "must end in .xlsx"),
        (["explain", "--fund", "EQUITIES", "--period", "5Y"], "did you mean 'EQUITY'"),
        (["explain", "--fund", "EQUITY", "--period", "5X"], "is not known"),
        (["call", "AARR", "1"], "did you mean 'AATR'"),
        (["call", "AATR", "[1", "2"], "not a JSON list"),
        (["functions", "NOPE"], "no worksheet function"),
        (["terms", "show", "nothing"], "shipped are"),
    ],
)
def test_one_wrong_thing_gives_one_sentence(args, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said = run(*args)
    assert code == 2
    assert words in said
    assert said.rstrip().endswith(".")
    assert not list(tmp_path.iterdir())  # nothing is written


def test_own_unit_values_need_terms_and_shares(own, tmp_path):
    code, said = run("report", "--unit-values", own / "wide.csv", "--out", tmp_path / "x.xlsx")
    assert (code, "--terms is missing" in said) == (2, True)
    code, said = run("report", "--unit-values", own / "wide.csv", "--terms", "flexible", "--out", tmp_path / "x.xlsx")
    assert (code, "--shares FILE" in said) == (2, True)
    assert not list(tmp_path.iterdir())


def test_shares_of_other_names_ask_for_the_table_that_has_both(own, tmp_path):
    (tmp_path / "s.csv").write_text("fund,share\nNOBODY'S,0.5\n", encoding="utf-8")
    given = ["--unit-values", own / "wide.csv", "--terms", "flexible", "--shares", tmp_path / "s.csv"]
    code, said = run("report", *given, "--out", tmp_path / "x.xlsx")
    assert code == 2
    assert said.startswith("--shares names NOBODY'S, and --unit-values ")
    assert said.rstrip().endswith("; give --funds, which has both.")


def test_main_ends_with_a_sentence_and_no_trace(tmp_path):
    done = shell("report", "--unit-values", "nowhere.csv", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip() == "Error: There is no file nowhere.csv."
    assert "Traceback" in shell("--debug", "report", "--unit-values", "nowhere.csv", folder=tmp_path).stderr


def test_call_as_typed_in_a_cell(tmp_path):
    assert run("call", "AATR", "1000", "1506.43", "5") == (0, "0.08539993487  (8.54%)\n")
    assert run("call", "period_base_date", "2008-07-31", "YTD")[1] == "2007-12-31\n"
    code, said = run("call", "CONTRACT_AATR", "flexible", "@sample:UnitValues", "EQUITY", "2008-07-31", "5Y")
    assert code in {1, 2}
    full = ["flex_extra_flexible", "@sample:UnitValues", "EQUITY", "2008-07-31", "5Y", "shares=@sample:Shares"]
    assert "(3.94%)" in run("call", "CONTRACT_AATR", *full)[1]
    code, said = run("call", "AATR", "1000", "1506.43", "0")
    assert code == 1
    assert "#VALUE!" in said
    (tmp_path / "flows.csv").write_text("amount,date\n-100,2007-12-31\n110,2008-12-30\n")
    assert run("call", "MONEY_WEIGHTED_RETURN", "[-100, 110]", '["2007-12-31", "2008-12-30"]')[1].startswith("0.1 ")


def test_call_takes_negative_numbers():
    # -0.149057 rounds to -14.91%, as printed; -0.1492 is one hundredth of a percent below
    assert run("call", "TIE_DIFFERENCE", "-0.149057", "-0.1491")[1] == "0\n"
    assert run("call", "TIE_DIFFERENCE", "-0.1492", "published=-0.1491") == (0, "-1\n")
    code, said = run("call", "IMPLIED_CHARGE", "flex_extra_flexible", "-0.0874", "-0.1541", "1Y")
    assert code in {0, 1}
    assert "No such option" not in said
    assert run("call", "AATR", "--nonsense", "1") == (
        2,
        "'call' has no option '--nonsense'; it has --decimal, --thousands, --date-format and --help.",
    )
    assert "--help" in run("call", "--help")[1]


def test_a_contract_of_ones_own_is_a_toml_file_everywhere(tmp_path):
    own, values = tmp_path / "own.toml", tmp_path / "values.csv"
    own.write_text(
        '[contract]\nname = "own"\n[annual_charge]\nform = "fraction_of_end_value"\nrate = 0.01\n'
        "[cdsc]\nschedule = [0.06]\nthereafter = 0.0\n"
    )
    values.write_text("date,EQUITY\n2000-12-31,100\n2001-12-31,90\n")
    # by hand: 900 less 1% is 891, less the CDSC of 6% = 53.46 is 837.54 of the 1,000 paid in
    for terms in (own, f"@{own}", f"terms={own}", f"terms=@{own}"):
        rest = [f"@{values}", "EQUITY", "2001-12-31", "1Y"]
        named = [f"{n}={v}" for n, v in zip(("unit_values", "fund", "as_of", "period"), rest, strict=True)]
        code, said = run("call", "CONTRACT_AATR", terms, *(named if str(terms).startswith("terms=") else rest))
        assert (code, said) == (0, "-0.16246  (-16.25%)\n")
    assert "There is no terms file" in run("call", "CDSC_RATE", tmp_path / "none.toml", "1")[1]
    for option in ("--terms", "--contract"):
        code, said = run("explain", "--fund", "EQUITY", "--period", "1Y", option, own, "--unit-values", values)
        assert code == 0
        assert "$837.54 remain" in said
    code, said = run("explain", "--fund", "EQUITY", "--period", "1Y", "--unit-values", values)
    assert code == 2
    assert "--terms is missing" in said


def test_explain_shows_walk_sentence_and_sources():
    code, said = run("explain", "--fund", "Babson Bond", "--period", "1Y", "--contract", "single", "--as-of", "2008-06-30")
    assert code == 0
    assert "0.59%" in said  # July 2008 update, Table 4
    assert "single purchase payment" in said
    assert "the CDSC of 5.00% (contract year 1)" in " ".join(said.split())


def test_a_figure_of_a_workbook_is_explained(tmp_path):
    """A person who sees a break in an own update had to name every file again. Defaults are no sources."""
    assert run("report", "--set", "single:annual_charge.dollars=0", "--out", tmp_path / "u.xlsx")[0] == 1
    asked = ("explain", tmp_path / "u.xlsx", "--fund", "Babson Bond", "--period", "1Y", "--as-of", "2008-06-30")
    code, said = run(*asked, "--contract", "single", "--set", "annual_charge.dollars=30")
    assert (code, "0.59%" in said, " default" in said) == (0, True, False)  # July 2008 update, Table 4
    assert run(*asked, "--contract", "sing")[1].endswith(
        "no contract 'sing'; give one of flex_extra_flexible, flex_extra_single with --contract."
    )
    assert run(*asked, "--unit-values", "v.csv")[1].startswith("Give either a workbook or files")
    year_alone = run(*asked[:-1], "2008")
    assert (year_alone[0], "a year alone" in year_alone[1]) == (2, True)  # it was a day of 1905


def test_a_short_name_of_two_contracts_of_a_workbook_is_refused(monkeypatch):
    """The first of them was explained in silence."""
    inputs = sample_inputs()
    rows = [row for row in inputs.contracts[0].rows() if row[0] != "contract.name"]
    both = tuple(from_rows([*rows, ["contract.name", name]]) for name in ("gold_single", "iron_single"))
    own = dataclasses.replace(inputs, contracts=both)
    monkeypatch.setattr("xl_flexextra.cli.review_data.from_workbook", lambda _: own)
    asked = ("explain", "u.xlsx", "--fund", "EQUITY", "--period", "1Y", "--contract")
    code, said = run(*asked, "single")
    assert (code, said.split(";")[-1].strip()) == (2, "give one of gold_single, iron_single with --contract.")
    assert run(*asked, "iron_single")[0] == 0


def test_functions_lists_every_one_and_explains_each():
    code, said = run("functions")
    assert code == 0
    assert all(name in said for name in catalogue.names())
    for name in catalogue.names():
        code, said = run("functions", name)
        assert code == 0
        assert f"={catalogue.get(name).signature}" in said


def test_terms_show_and_check(tmp_path):
    assert "annual_charge.dollars" in run("terms", "show", "flexible")[1]
    assert "fraction_of_end_value" in run("terms", "show")[1]
    bad = tmp_path / "bad.toml"
    bad.write_text('[annual_charge]\nform = "shar"\ndolars = 3\n[cdsc]\nschedule = [8]\n')
    code, said = run("terms", "check", bad)
    assert code == 1
    assert "3 problems" in said
    assert "did you mean 'annual_charge.dollars'" in said
    assert "use 0.08 for 8%" in said


def test_version_and_doctor():
    assert run("--version") == (0, f"xl-flexextra {__version__}\n")
    code, said = run("doctor")
    assert code == 0
    assert "numpy" in said


def test_starting_the_command_line_loads_nothing_heavy():
    heavy = ("pandas", "openpyxl", "xlsxwriter", "xlwings", "pyarrow")
    code = f"import sys, xl_flexextra.cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_windows_console_with_a_small_character_set_survives(tmp_path):
    import os

    command = [sys.executable, "-m", "xl_flexextra.cli.main", "terms", "show", "flexible"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "COLUMNS": "120"}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert datetime.date(1987, 4, 27).isoformat().encode() in done.stdout


def test_the_end_of_a_command_is_not_left_to_the_threads_of_pyarrow(tmp_path):
    """One command of twenty died with code 134; what has to happen at exit still does."""
    code = (
        "import atexit, concurrent.futures, sys, threading, time\n"
        "import pyarrow.csv\n"
        "from xl_flexextra.cli import main\n"
        "atexit.register(lambda: print('closed'))\n"
        "threading.Thread(target=lambda: (time.sleep(0.3), print('joined'))).start()\n"
        "pool = concurrent.futures.ThreadPoolExecutor()\n"
        "pool.submit(int).result()\n"
        "sys.argv[1:] = {args}\n"
        "main.main()\n"
    )
    for args, expected in ((["--version"], 0), (["terms", "check", "none.toml"], 2), (["nonsense"], 2)):
        done = subprocess.run([sys.executable, "-c", code.format(args=args)], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == expected, done.stderr
        assert done.stdout.splitlines()[-2:] == ["joined", "closed"]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_narrow_window_cuts_no_number(width):
    """The columns are folded, or printed in parts, or left out; a file or a pipe gets all of them in one piece."""
    import io

    from rich.console import Console
    from rich.table import Table

    from xl_flexextra.cli import screen

    rows = [["2008-07-31", *(f"{100 * i}.123456" for i in range(9))] for _ in range(3)]
    out = Console(file=io.StringIO(), width=width)
    screen.matrix(out, rows)
    text = out.file.getvalue()
    assert "…" not in text
    assert all(text.count(cell) >= 3 for cell in rows[0])
    assert max(map(len, text.splitlines())) <= width
    table = Table("term", "value", "meaning")
    for column, room in zip(table.columns, (30, 20, 30), strict=True):
        column.min_width = room
    table.add_row("t", "1.5", "words")
    screen.show(out, table, less=("meaning",))
    assert ("words" in out.file.getvalue()) == (width > 80)


def test_a_pipe_gets_whole_lines(tmp_path):
    path = [
        "call",
        "CONTRACT_PATH",
        "flex_extra_flexible",
        "@sample:UnitValues",
        "EQUITY",
        "2008-07-31",
        "5Y",
        "@sample:Shares",
    ]
    for args, words in (
        (path, "2008-07-31 │  10.307045 │         1280.311084"),
        (["terms", "show", "flexible"], "First day on which the contract was available.  "),
        (["functions", "CONTRACT_AATR"], '"EQUITY", "2008-07-31", "5Y", Shares[#All])'),
    ):
        done = shell(*args, folder=tmp_path)
        assert (words if os.name != "nt" else words.replace("│", "|")) in done.stdout
        assert args is not path or "…" not in done.stdout


def test_holidays_are_given_known_or_said_to_be_missing(own, tmp_path):
    from xl_flexextra.cli import own_data

    base = [f"{own}/wide.csv", ["flexible"], f"{own}/shares.csv", f"{own}/funds.csv", None, None, None]
    july = own_data.gather(*base, "2008-07-31")
    assert july.holidays == sample.holidays()
    assert july.notes == ()
    other = own_data.gather(*base, "2007-07-31")
    assert other.holidays == ()
    assert other.notes == (own_data.NO_HOLIDAYS,)
    (tmp_path / "closed.csv").write_text("date,holiday\n2007-09-03,Labor Day\n2007-07-04\n")
    given = own_data.gather(*base, "2007-07-31", str(tmp_path / "closed.csv"))
    assert given.holidays == ((datetime.date(2007, 7, 4), ""), (datetime.date(2007, 9, 3), "Labor Day"))
    assert ["Holidays", "closed.csv", "given by the user"] in given.sources
    bare = tmp_path / "bare.csv"
    bare.write_text("2007-09-03,Labor Day\n2007-07-04,\n")  # no header: the first row is a day as well
    assert own_data.read_holidays(str(bare)) == given.holidays
    (tmp_path / "closed.csv").write_text("date,holiday\n")
    with pytest.raises(FlexExtraError, match=r"closed.csv holds no holidays"):
        own_data.read_holidays(str(tmp_path / "closed.csv"))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["CONTRACT_AATR", "a", "b", "c", "d", "e", "share=@x"], "no argument 'share' (did you mean 'shares'?)"),
        (["AATR", "nonsense=3"], "AATR has no argument 'nonsense'; it has begin_value, end_value, years"),
    ],
)
def test_an_argument_of_another_name_is_no_value(args, words):
    code, text = run("call", *args)
    assert code == 2
    assert words in text


def test_a_file_without_data_is_named(tmp_path):
    (tmp_path / "e.csv").write_text("date,EQUITY\n")
    (tmp_path / "odd.csv").write_text("date,EQUITY\nyesterday,10\n")
    for name, words in (("e.csv", "e.csv holds a header and no data"), ("odd.csv", "odd.csv: ")):
        code, text = run("report", "--unit-values", tmp_path / name, "--terms", "flexible", "--out", tmp_path / "x.xlsx")
        assert code == 2
        assert text.startswith(words)


@pytest.mark.parametrize(
    "name", ["postgresql://a:SECRET@localhost/db", "postgresql//a:SECRET@h/d", "host=h password=SECRET"]
)
def test_an_address_of_a_database_is_not_repeated(name, tmp_path):
    commands = (
        ["report", "--unit-values", name, "--terms", "flexible", "--out", tmp_path / "x.xlsx"],
        ["report", "--shares", name, "--out", tmp_path / "x.xlsx"],
        ["call", "CONTRACT_AATR", "flex_extra_flexible", f"@{name}", "EQUITY", "2008-07-31", "5Y"],
    )
    for command in commands:
        code, text = run(*command)
        assert code == 2
        assert "SECRET" not in text


def test_a_report_says_what_it_knows_of_holidays(own, tmp_path):
    (tmp_path / "closed.csv").write_text("date,holiday\n2007-09-03,Labor Day\n")
    args = ["report", *named(own), "--as-of", "2007-07-31", "--force", "--out", tmp_path / "x.xlsx"]
    args = [arg for arg, before in zip(args, ["", *args], strict=False) if "--published" not in (arg, before)]
    assert "give them with --holidays" in run(*args)[1].lower()
    code, text = run(*args, "--holidays", tmp_path / "closed.csv")
    assert (code, "--holidays" in text) == (0, False)

    def last_use():
        return openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True)["Update"]["C3"].value.date()

    # by hand: the seventh business day after Friday 31 August 2007 is Tuesday 11 September, with Labor Day the 12th
    assert last_use() == datetime.date(2007, 9, 11)
    run(*args)
    assert last_use() == datetime.date(2007, 9, 10)


def test_new_has_no_option_out(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_text("mine")
    code, text = run("new", path)
    assert code == 2
    assert "another name, or --force" in text
    assert "--out" not in text
