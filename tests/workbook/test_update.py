"""The built update, read back by an independent reader: figures, formulas, cached values, parts."""

import re
import subprocess
import zipfile

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.worksheet.cell_range import CellRange

from xl_flexextra import catalogue, sample, workbook
from xl_flexextra.cells.scalars import to_serial

OURS = re.compile(rf"\b({'|'.join(catalogue.names())})\(")
HALF_BP = 5e-5


def every_formula(book):
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, openpyxl.worksheet.formula.ArrayFormula):
                    yield sheet.title, cell.coordinate, value.text, value.ref
                elif isinstance(value, str) and value.startswith("="):
                    yield sheet.title, cell.coordinate, value, ""


def published():
    # the printed page itself, as percentages with two decimals
    return sample.rows("Published")[1:]


def figure_cells(formulas):
    """The 112 cells of the page, by table: rows of funds in the order of the page."""
    page = formulas["Update"]
    found = []
    for row in page.iter_rows(min_col=6, max_col=10):
        cells = [c for c in row if isinstance(c.value, str) and OURS.search(c.value) and "DECLARED" not in c.value]
        found.extend(cells)
    return found


def test_every_figure_of_the_page_is_its_own_formula(formulas):
    cells = figure_cells(formulas)
    assert len(cells) == 112
    texts = [cell.value for cell in cells]
    assert len(set(texts)) == 112  # the same text would be the same figure
    first, later = texts[:35], texts[35:]  # before contract charges, and after them: the same function, the same terms
    assert all(t.endswith(",,Funds[#All],Basis)") for t in first)
    assert all(t.endswith(",Shares[#All],Funds[#All])") for t in later)
    assert all(re.match(r"=CONTRACT_AATR\((FlexibleTerms|SingleTerms)\[#All\],UnitValues\[#All\],", t) for t in texts)


def test_the_cached_values_of_the_page_are_the_published_figures(formulas, values):
    order = {f: i for i, f in enumerate(f for f, *_ in sample.rows("Funds")[1:])}
    tables = {("fund_and_separate_account", ""): 0, ("after_contract_charges", "FLEX"): 1}
    tables |= {("standardized", "FLEX"): 2, ("standardized", "SINGLE"): 3}
    periods = [["YTD", "1Y", "3Y", "5Y", "10Y"]] * 2 + [["1Y", "5Y", "10Y"]] * 2
    starts = [0, 35, 70, 91]
    cells = figure_cells(formulas)
    for table, contract, _, fund, period, percent in published():
        t = tables[table, contract or ""]
        place = starts[t] + order[fund] * len(periods[t]) + periods[t].index(period)
        cell = values["Update"][cells[place].coordinate]
        assert abs(cell.value - percent / 100) <= HALF_BP, (table, contract, fund, period)
        assert cell.number_format == "0.00%"


def test_every_formula_cell_holds_a_true_value(formulas, values):
    for sheet, place, text, ref in every_formula(formulas):
        cells = values[sheet][ref] if ref else ((values[sheet][place],),)
        for row in cells if isinstance(cells, tuple) else ((cells,),):
            for cell in row:
                assert cell.value is not None or "NoText" in text, (sheet, cell.coordinate, text)  # blank by formula
                assert not str(cell.value).startswith("#"), (sheet, cell.coordinate, text)


def test_a_calculation_sheet_holds_each_table_as_one_call(formulas, values):
    spills = [(place, text, ref) for sheet, place, text, ref in every_formula(formulas) if ":" in ref]
    assert len(spills) == 4
    assert all(text.startswith("=IF(FunctionsHere,PERFORMANCE_TABLE(") for _, text, _ in spills)
    page = iter(figure_cells(formulas))
    for _, _, ref in spills:
        for row in values["Calculation"][ref]:
            for cell in row:
                assert cell.value == pytest.approx(values["Update"][next(page).coordinate].value, abs=1e-14)


def test_no_constants_no_hash_references_and_no_volatile_functions(formulas):
    for sheet, place, text, _ in every_formula(formulas):
        for token in Tokenizer(text).items:
            assert not (token.type == Token.OPERAND and token.subtype in {Token.NUMBER, Token.TEXT}), (sheet, place, text)
        assert not re.search(r"\$?[A-Z]+\$?\d+#|ANCHORARRAY|INDIRECT|OFFSET|NOW\(|TODAY\(|RAND", text)


def test_conditional_formats_hold_no_worksheet_function(built):
    with zipfile.ZipFile(built) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    rules = [rule for text in sheets for rule in re.findall(r"<cfRule.*?</cfRule>", text, re.S)]
    assert rules
    assert not any(map(OURS.search, rules))


def test_the_file_is_not_flagged_for_calculation_on_load(built):
    with zipfile.ZipFile(built) as package:
        text = package.read("xl/workbook.xml").decode()
    assert "fullCalcOnLoad" not in text
    assert 'calcId="191029"' in text


def test_no_spill_lies_in_a_table_or_over_merged_cells(formulas):
    spills = [(formulas[sheet], CellRange(ref)) for sheet, _, _, ref in every_formula(formulas) if ":" in ref]
    assert len(spills) == 4
    for sheet, spill in spills:
        assert not sheet.tables
        assert all(spill.isdisjoint(merged) for merged in sheet.merged_cells.ranges)


def test_the_label_stands_on_every_sheet_that_shows_the_series(values):
    for name in ("Update", "Tie-out", "Charts", "Calculation", "Growth", "Unit values", "Sources"):
        texts = [cell.value for row in values[name].iter_rows(max_row=6) for cell in row]
        assert sample.LABEL in texts, name


def test_the_label_stands_inside_each_chart(built):
    with zipfile.ZipFile(built) as package:
        charts = [n for n in package.namelist() if n.startswith("xl/charts/chart")]
        assert len(charts) == 2
        assert all(sample.LABEL in package.read(name).decode() for name in charts)


def test_the_headline_counts_the_ties(values):
    sheet = values["Tie-out"]
    assert (sheet["D3"].value, sheet["E3"].value) == (112, 112)
    assert sheet["G3"].value == sample.LABEL
    verdicts = [sheet.cell(row, 9).value for row in range(8, 120)]
    assert verdicts == ["ties"] * 112


def test_dates_of_use(formulas, values):
    names = {n: formulas.defined_names[n].attr_text for n in ("AsOf", "QuarterEnd", "UseFrom", "UseTo", "UseCheck")}
    cell = {n: values["Calculation"][t.split("!")[1].replace("$", "")].value for n, t in names.items()}
    assert cell["AsOf"].date().isoformat() == "2008-07-31"
    assert cell["QuarterEnd"].date().isoformat() == "2008-06-30"
    # by hand: after 31 August, Labor Day on 1 September; the 7th business day is 10 September
    assert cell["UseTo"].date().isoformat() == "2008-09-09"
    assert cell["UseCheck"] == cell["AsOf"]


def test_a_copy_of_values_holds_no_formula_and_the_same_values(update, values, tmp_path):
    path = tmp_path / "values.xlsx"
    workbook.build(update, path, values_only=True)
    copy = openpyxl.load_workbook(path)
    assert not list(every_formula(copy))
    for sheet in values.worksheets[1:]:  # without the first: what to do with a workbook that calculates
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    same = copy[sheet.title][cell.coordinate].value
                    wanted = pytest.approx(cell.value, rel=1e-15) if isinstance(cell.value, float) else cell.value
                    assert same == wanted, (sheet.title, cell.coordinate)


def test_every_figure_of_the_page_is_a_plain_formula_with_its_value(built):
    """LibreOffice computes array formulas on opening, and shows the stored values of others."""
    with zipfile.ZipFile(built) as package:
        text = package.read("xl/worksheets/sheet2.xml").decode()
    ours = [cell for cell in re.findall(r"<c [^>]*>(?:(?!</c>).)*</c>", text) if OURS.search(cell)]
    assert len(ours) == 112 + 7 + 8  # and the rates: 6 + 1 of them, their 7 dates, and whether there are more
    assert all("<f>" in cell and "<v>" in cell for cell in ours)
    assert 't="array"' not in text


def test_the_page_prints_all_112_percents_without_an_add_in(built, tmp_path):
    """A plain LibreOffice, no add-in: what people read keeps its cached values."""
    from shutil import which

    soffice = which("soffice")
    assert soffice, "LibreOffice is missing: run tools/install_libreoffice.sh"
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(built)], check=True, timeout=180, capture_output=True)
    text = subprocess.run(
        ["pdftotext", "-layout", "-f", "2", "-l", "3", str(tmp_path / "update.pdf"), "-"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "###" not in text
    assert "#NAME?" not in text
    figures = re.findall(r"-?\d+\.\d\d%", text)
    printed = [f"{row[5]:.2f}%" for row in published()]
    for figure in set(printed):
        assert figures.count(figure) >= printed.count(figure), figure
    assert len(figures) >= 112 + 7


def test_own_figures_follow_a_changed_term(update):
    """The cached values are the core's: $30 in place of $35 changes Table 2 and not Table 1."""
    import dataclasses

    from xl_flexextra.update import report

    flexible = update.inputs.contracts[0].replace(annual_charge__dollars=30)
    changed = report.compute(dataclasses.replace(update.inputs, contracts=(flexible, update.inputs.contracts[1])))
    assert (changed.tables[0].values == update.tables[0].values).all()
    assert (changed.tables[1].values > update.tables[1].values).all()
    assert changed.headline != update.headline


def test_dates_are_serials():
    assert to_serial(sample.AS_OF) == 39660  # Excel shows 39660 for 31 July 2008
