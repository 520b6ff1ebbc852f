"""What a reader sees: labels on every printed page, blanks as blanks, formats, sources, drop-downs."""

import datetime
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_flexextra import sample, terms
from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.terms.keys import KEYS
from xl_flexextra.workbook.book import Exact
from xl_flexextra.workbook.template import build_template
from xl_flexextra.workbook.tour import build_tour


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Own data without funds, disclosures and published figures."""
    path = tmp_path_factory.mktemp("own") / "own.xlsx"
    given = ["--unit-values", str(sample.path("UnitValues")), "--terms", "flexible", "--shares", str(sample.path("Shares"))]
    done = CliRunner().invoke(app, ["report", *given, "--out", str(path)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    path = tmp_path_factory.mktemp("tour") / "tour.xlsx"
    build_tour(path)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    build_template(path)
    return openpyxl.load_workbook(path)


def test_the_label_stands_on_every_printed_page(built, tour, own):
    for path, labelled in ((built, True), (tour, True), (own, False)):
        for sheet in openpyxl.load_workbook(path).worksheets:
            assert (sheet.oddFooter.center.text == sample.LABEL) is labelled, (path, sheet.title)


def test_what_is_missing_is_blank_by_formula(own):
    formulas = openpyxl.load_workbook(own)["Update"]
    values = openpyxl.load_workbook(own, data_only=True)["Update"]
    for row in range(10, 17):
        for column in (2, 4, 5):  # asset class, inception, note
            assert str(formulas.cell(row, column).value).startswith("=")
            assert values.cell(row, column).value is None
    assert calc.recalculate(own).differences == []


def test_a_fund_filled_in_later_appears(own):
    done = calc.recalculate(own, overrides={"Funds!C5": "Value", "Funds!C6": "Value", "Funds!D5": 30000, "Funds!B5": "One"})
    page = {cell.address: cell.recalculated for cell in done.cells if cell.sheet == "Update"}
    assert [page[a] for a in ("B10", "B11", "C10", "D10", "D11")] == ["Value", "", "One", 30000, ""]


def test_a_page_without_disclosures_says_where_they_go(own, built):
    texts = [
        [str(cell.value) for row in openpyxl.load_workbook(path)["Update"].iter_rows() for cell in row]
        for path in (own, built)
    ]
    assert [sum("--disclosures FILE" in text and "None were given" in text for text in page) for page in texts] == [1, 0]


def test_page_and_one_call_are_compared_a_period_at_a_time(tmp_path):
    path = tmp_path / "may.xlsx"
    assert CliRunner().invoke(app, ["report", "--as-of", "2008-05-31", "--out", str(path)]).exit_code == 0
    sheet = openpyxl.load_workbook(path, data_only=True)["Calculation"]
    shown = [
        [sheet.cell(row, column).value for column in range(3, 8)]
        for row in range(1, sheet.max_row + 1)
        if sheet.cell(row, 1).value == "page and one call"
    ]
    # unit values begin on 30 June 1998: no ten years to 31 May 2008, nor to the quarter's end before it
    assert shown == [[0, 0, 0, 0, "no figure"]] * 2 + [[0, 0, "no figure", None, None]] * 2


def test_numbers_read_back_as_themselves():
    # 1.01 x 10.307045 needs 17 digits
    for number in (10.410115450000001, 0.1, 35.0, 39660.0, 1e-20, -0.24941507385608086):
        assert float(f"{Exact(number):.16G}") == number
    assert f"{Exact(35):.16G}" == "35"


def test_every_term_of_a_shipped_contract_has_its_source():
    for name in terms.shipped():
        for term, _, _, source in terms.load(name).rows():
            assert source, (name, term)
    # Table 1 is before contract charges: nothing about a charge was recovered from it
    charges = [r for n in terms.shipped() for r in terms.load(n).rows() if r[0].startswith("annual_charge.")]
    assert not any("Tables 1" in row[3] for row in charges)


def test_formats_of_the_tour(tour):
    book = openpyxl.load_workbook(tour)
    shown = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float | datetime.datetime):
                    shown.setdefault(sheet.title, {})[cell.coordinate] = (cell.value, cell.number_format)
    assert all(
        fmt == "General" for value, fmt in shown["Funds"].values() if isinstance(value, float | int)
    )  # notes, no percentages
    for name in ("GROWTH_OF_PAYMENT", "CONTRACT_PATH", "ADJUSTED_UNIT_VALUES"):
        days = [fmt for value, fmt in shown[name].values() if isinstance(value, datetime.datetime)]
        assert len(days) >= 2  # else a serial stands there as a number
        assert set(days) == {"yyyy-mm-dd"}
    assert {fmt for value, fmt in shown["CALENDAR_YEAR_RETURNS"].values() if value in (1999, 2000)} <= {"0", "General"}
    assert {fmt for value, fmt in shown["CALENDAR_YEAR_RETURNS"].values() if -1 < value < 1} == {"0.00%"}


def test_a_table_of_the_tour_has_labels_and_says_how_much_is_expected(tour):
    sheet = openpyxl.load_workbook(tour, data_only=True)["PERFORMANCE_TABLE"]
    texts = [[cell.value for cell in row] for row in sheet.iter_rows()]
    labels = [row[1:6] for row in texts if row[0] is None and row[1] == "YTD"]
    assert labels == [["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]] * 2
    assert [row[0] for row in texts].count("GLOBAL_SECURITIES") == 3  # given and expected, and the second example's
    assert any(str(row[0]).startswith("expected: the first 2 of 7 rows") for row in texts)


def test_no_printed_page_of_the_tour_shows_hashes(tour, tmp_path):
    calc.to_pdf(tour, tmp_path / "tour.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "tour.pdf"), "-"], check=True, capture_output=True, text=True
    )
    assert "###" not in text.stdout


def test_the_calculator_shows_its_inputs_together(template):
    sheet = template["Calculator"]
    labels = [sheet.cell(row, 1).value for row in range(3, 13)]
    assert labels[:5] == ["fund", "last day", "period", "contract year of the CDSC rate", None]
    assert None not in labels[5:10]
    formats = [sheet.cell(row, 2).number_format for row in range(3, 7)]
    assert formats == ["General", "yyyy-mm-dd", "General", "0"]  # a contract year is no date
    assert "of that contract year" in " ".join(filter(None, labels))
    assert {str(v.sqref) for v in sheet.data_validations.dataValidation} == {"B3", "B5"}


def test_conventions_of_the_template_are_chosen_from_lists(template):
    sheet = template["Contract terms"]
    lists = {str(v.sqref): v.formula1.strip('"').split(",") for v in sheet.data_validations.dataValidation}
    for row in range(2, sheet.max_row + 1):
        key = sheet.cell(row, 1).value
        choices = list(KEYS[key].choices) if key in KEYS else []
        if len(",".join(choices)) > 255:  # more than Excel takes in a cell: the list stands beside the table
            area = lists[f"B{row}"][0].replace("$", "")
            lists[f"B{row}"] = [cell.value for (cell,) in sheet[area]]
        assert lists.get(f"B{row}", []) == choices, key
    assert template["Unit values"]["B2"].number_format == "0.000000"
    assert template["Shares"]["B2"].number_format == "0.00%"


def test_headings_of_columns_fit(built):
    book = openpyxl.load_workbook(built)
    for name, row in (("Unit values", 4), ("Funds", 4)):
        for cell in book[name][row]:
            assert book[name].column_dimensions[cell.column_letter].width >= len(str(cell.value)) + 5, (name, cell.value)


def test_dates_of_use_have_their_own_column(built):
    """A date does not run on into the next column: its text must fit."""
    page = openpyxl.load_workbook(built)["Update"]
    assert page.column_dimensions["B"].width >= len("Use from Sep 30, 2008")
    assert page["C3"].value == "=UseTo"


def test_no_figure_of_the_page_stands_under_a_date_that_is_not_its_own(built):
    """The secondary guaranteed rate stands left of the months' columns."""
    page = openpyxl.load_workbook(built)["Update"]
    rates = [c.coordinate for row in page.iter_rows() for c in row if "DECLARED_RATE" in str(c.value)]
    rows = {re.sub(r"\D", "", place) for place in rates}
    last = max(rows, key=int)
    assert [place for place in rates if place.endswith(last)] == [f"D{last}"]


def test_charts_are_read_without_sight_and_lines_told_apart_without_colour():
    """Two charts had no words of their own, and seven lines differed by colour alone."""
    book = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"
    with zipfile.ZipFile(book) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
        lines = parts.read("xl/charts/chart1.xml").decode()
    told = re.findall(r'descr="([^"]+)"', drawing)
    assert [one.split(":")[0] for one in told] == ["Line chart", "Column chart"]
    assert all("Oppenheimer" in one for one in told)
    styles = [re.search(r'prstDash val="(\w+)"', one) for one in lines.split("<c:ser>")[1:]]
    assert len({found[1] if found else "solid" for found in styles}) == 7


def test_a_short_page_is_one_sheet_of_paper_and_a_long_one_is_parted_between_tables(own, built):
    """Three tables of few funds were printed half on one page and half on the next."""
    breaks = [len(openpyxl.load_workbook(book)["Update"].row_breaks.brk) for book in (own, built)]
    assert breaks == [0, 1]
