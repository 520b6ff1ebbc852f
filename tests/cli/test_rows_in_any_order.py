"""Files of unit values whose rows come in any order, as a database writes them; `report` refused what a refresh took."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import run

LONG = [["2001-06-30", "EQ", 100], ["2002-06-30", "EQ", 121], ["2001-06-30", "BD", 200], ["2002-06-30", "BD", 210],
        ["2001-12-31", "EQ", 110], ["2001-12-31", "BD", 205]]  # fmt: skip
PUBLISHED = "as_of,fund,period,return_pct\n2002-06-30,EQ,1Y,21.00\n2002-06-30,BD,1Y,5.00\n2002-06-30,EQ,6M,10.00\n"
TERMS = '[annual_charge]\nform = "none"\n[cdsc]\nschedule = [0.0]\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text(PUBLISHED)
    (tmp_path / "own.toml").write_text(TERMS)
    return tmp_path


def csv_of(head, rows):
    return "".join(",".join(map(str, row)) + "\n" for row in [head, *rows])


def tied(name):
    return run("tie-out", "--unit-values", name, "--terms", "own.toml", "--published", "p.csv")


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 1, 0, 4, 3, 2], [1, 4, 0, 3, 5, 2], [3, 0, 4, 1, 2, 5]])
@pytest.mark.parametrize("head", [["date", "fund", "unit_value"], ["fund", "date", "unit_value"]])
def test_long_rows_in_any_order(folder, order, head):
    swap = head[0] == "fund"
    rows = [[row[1], row[0], row[2]] if swap else row for row in (LONG[i] for i in order)]
    (folder / "v.csv").write_text(csv_of(head, rows))
    pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(head)}), folder / "v.parquet")
    for name in ("v.csv", "v.parquet"):
        code, said = tied(name)
        assert (code, "3 of 3 published figures tie" in said) == (0, True), said


def test_wide_rows_in_any_order(folder):
    days = {"2001-06-30": (100, 200), "2002-06-30": (121, 210), "2001-12-31": (110, 205)}
    (folder / "v.csv").write_text(csv_of(["date", "EQ", "BD"], [[day, *values] for day, values in days.items()]))
    code, said = tied("v.csv")
    assert (code, "3 of 3 published figures tie" in said) == (0, True), said


@pytest.mark.parametrize("again", [100, 101])
def test_a_day_that_stands_twice_is_refused_in_any_order(folder, again):
    (folder / "v.csv").write_text(csv_of(["date", "fund", "unit_value"], [*LONG, ["2001-06-30", "EQ", again]]))
    code, said = tied("v.csv")
    assert (code, "v.csv: 'unit_values' repeats the date 2001-06-30 for EQ" in said) == (2, True), said


def test_a_second_source_and_a_review_in_any_order(folder):
    (folder / "v.csv").write_text(csv_of(["date", "fund", "unit_value"], [LONG[i] for i in (5, 1, 0, 4, 3, 2)]))
    given = ["--unit-values", "v.csv", "--terms", "own.toml", "--published", "p.csv", "--second-source", "v.csv"]
    code, said = run("review", *given, "--out", "r.xlsx")
    assert (code, "3 of 3 published figures tie" in said) == (0, True), said
