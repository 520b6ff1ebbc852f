"""A contract of one's own as its pages are seen: long names, few rates under other headings, long periods."""

import csv
import re
import subprocess
import zipfile

import openpyxl
import pytest
from commands import run
from programs import needs_calc

from xl_flexextra.hosts.calc import session

LONG = "Northgate Balanced Equity & Income Portfolio (Service Class)"
TERMS = """
[contract]
name = "northgate_ascent"
[annual_charge]
form = "none"
[cdsc]
schedule = [0.0]
"""


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """An update with two declared rates under headings of one's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "t.toml").write_text(TERMS, encoding="utf-8")
    days = ["2023-12-29", "2024-06-28", "2024-07-31", "2024-12-31", "2025-06-30", "2025-07-31"]
    write(folder / "v.csv", [["date", "A", "B"], *([day, 100 + i, 100 + i] for i, day in enumerate(days))])
    write(
        folder / "f.csv",
        [["fund", "printed_name", "subaccount_inception"], ["A", LONG, "2023-12-29"], ["B", "Bond", "2023-12-29"]],
    )
    write(
        folder / "r.csv",
        [["Since", "Sort", "Percent"], ["2024-01-15", "declared", "3.25%"], ["2024-07-01", "declared", "3.10%"]],
    )
    head = ["contract", "as_of", "fund", "period", "return_pct"]
    write(folder / "p.csv", [head, ["northgate_ascent", "2025-07-31", "A", "10Y_OR_SI_SUBACCOUNT", "3.09"],
                             ["", "2025-07-31", "A", "2024-07-31..2025-07-31", "2.94"]])  # fmt: skip
    files = {"unit-values": "v.csv", "terms": "t.toml", "funds": "f.csv", "rates": "r.csv", "published": "p.csv"}
    given = [f"--{name}={folder / file}" for name, file in files.items()]
    code, said = run("report", *given, "--periods", "1Y", "--standard-periods", "1Y", "--out", folder / "own.xlsx")
    assert code in (0, 1), said
    return folder / "own.xlsx"


def test_formulas_named_a_column_that_a_table_of_rates_with_other_headings_has_not(own):
    """Excel offers to repair such a workbook."""
    book = openpyxl.load_workbook(own)
    heads = [column.name for column in book["Interest rates"].tables["InterestRates"].tableColumns]
    assert heads == ["effective_date", "kind", "rate"]
    named = {
        name
        for row in book["Update"].iter_rows()
        for cell in row
        for name in re.findall(r"InterestRates\[(\w+)\]", str(cell.value))
    }
    assert named
    assert named <= set(heads)


def test_names_periods_and_contracts_were_cut_off(own):
    book = openpyxl.load_workbook(own)
    for sheet, column, longest in (
        ("Funds", "B", len(LONG)),
        ("Published", "E", 22),
        ("Published", "B", 16),
        ("Tie-out", "E", 22),
        ("Tie-out", "B", 16),
    ):
        assert book[sheet].column_dimensions[column].width >= min(longest, 60), (sheet, column)
    for sheet, column in (("Update", "C"), ("Calculation", "B")):
        cell = next(cell for cell in book[sheet][column] if "Funds!B" in str(cell.value))
        assert cell.alignment.shrink_to_fit
        assert book[sheet].column_dimensions[column].width >= 0.9 * len(LONG)


def test_names_and_periods_of_a_review_were_cut_off(own, tmp_path):
    assert run("review", own, "--out", tmp_path / "r.xlsx")[0] in (0, 1)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    widths = {letter: book["Review"].column_dimensions[letter].width for letter in "EF"}
    assert widths["E"] >= 0.9 * len(LONG)
    assert widths["F"] >= 22
    assert book["Second route"].column_dimensions["F"].width >= 22


@needs_calc
def test_a_page_with_fewer_rates_than_places_showed_errors_where_nobody_has_the_functions(own, tmp_path):
    pdf = tmp_path / "page.pdf"
    session.run(
        [{"path": str(own), "recalculate": False, "pdf": str(pdf), "sheets": ["Update", "Tie-out"]}], 300, with_add_in=False
    )
    shown = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Declared rate\s+3\.25%\s+3\.10%", shown), shown
    assert "#NAME?" not in shown
    assert LONG in shown


def test_tables_of_many_funds_were_parted_in_the_middle(tmp_path):
    """Thirty funds: a table a sheet of paper; columns without figures that lie over each other."""
    (tmp_path / "t.toml").write_text(TERMS, encoding="utf-8")
    codes = [f"F{place}" for place in range(30)]
    write(
        tmp_path / "v.csv",
        [["date", *codes], *([day, *[value] * 30] for day, value in (("2024-06-28", 10), ("2025-06-30", 11)))],
    )
    given = (
        "--unit-values",
        tmp_path / "v.csv",
        "--terms",
        tmp_path / "t.toml",
        "--periods",
        "1Y",
        "--standard-periods",
        "1Y",
    )
    assert run("report", *given, "--out", tmp_path / "u.xlsx")[0] == 0
    page = openpyxl.load_workbook(tmp_path / "u.xlsx")["Update"]
    titles = [row for row in range(1, 130) if str(page.cell(row, 2).value).startswith(("Average annual", "Standardized"))]
    assert len(titles) == 3
    assert [one.id for one in page.row_breaks.brk] == [row - 1 for row in titles[1:]]
    with zipfile.ZipFile(tmp_path / "u.xlsx") as book:
        assert b"<c:dLbls>" not in b"".join(book.read(name) for name in book.namelist() if "charts/chart" in name)


def test_a_template_takes_rates_under_headings_of_ones_own(tmp_path):
    write(tmp_path / "r.csv", [["Effective Date", "Rate"], ["2024-01-15", "3.25%"]])
    assert run("new", tmp_path / "t.xlsx", "--rates", tmp_path / "r.csv")[0] == 0
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Interest rates"]
    assert [cell.value for cell in sheet[1]] == ["effective_date", "kind", "rate"]
    assert sheet["C2"].value == 0.0325
