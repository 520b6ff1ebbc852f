"""The cells of built workbooks, recalculated by LibreOffice, show the figures of the screen: errors, holes and all."""

import datetime
import math

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from programs import needs_calc
from random_reports import reports
from typer.testing import CliRunner

from xl_flexextra import workbook
from xl_flexextra.calculation import calendar_days, valuation
from xl_flexextra.cli.main import app
from xl_flexextra.errors import CellError, FlexExtraError
from xl_flexextra.hosts import calc
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.book import cached
from xl_flexextra.workbook.review import build as review
from xl_flexextra.workbook.template import build_template

slow = settings(
    derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
FUNDS = 3


def shown(value):
    """What a cell shows of a figure: a number, an error's text, nothing where the terms leave it blank."""
    value = cached(value)
    return "" if isinstance(value, float) and math.isnan(value) else str(value) if isinstance(value, CellError) else value


def agree(cell, figure):
    if isinstance(figure, float) and isinstance(cell, int | float):
        return math.isclose(cell, figure, rel_tol=1e-11, abs_tol=1e-13)
    return cell == figure


def built(build, folder, examples, **more):
    """Random reports, a workbook of each, and the cells of all from one LibreOffice, by sheet and address."""
    pages, paths = [], []

    @settings(slow, max_examples=examples)
    @given(inputs=reports(**more))
    def make(inputs):
        pages.append(report.compute(inputs))
        paths.append(folder / f"{len(paths)}.xlsx")
        build(pages[-1], paths[-1])

    make()
    jobs = [{"path": str(path), "recalculate": True, "read": True, "overrides": {}} for path in paths]
    for page, path, answer in zip(pages, paths, calc.session.run(jobs, 600), strict=True):
        stored, cells, wrong = calc.recalculation.file_cells(path), {}, []
        for sheet, address, formula, value, _ in answer["cells"]:
            held, _ = stored.get((sheet, address), (None, ""))
            if not calc.recalculation.same(held, value):
                wrong.append((sheet, address, formula, held, value))
            cells.setdefault(sheet, {})[address] = value
            if sheet == "Calculation":
                cells.setdefault("formulas", {})[address] = formula
        assert not wrong, (path, len(wrong), wrong[:5])  # the file holds what a recalculation gives, in every cell
        yield page, cells


@needs_calc
def test_every_cell_of_an_update_is_the_screens_figure(tmp_path):
    seen = set()
    for page, cells in built(workbook.build, tmp_path, 24):
        check_update(page, cells)
        seen.update(str(shown(value)) for table in page.tables for value in table.values.ravel())
    assert {"#N/A", ""} < seen  # holes and blanks were among them


def check_update(page, cells):
    inputs = page.inputs
    differing = [place for place, formula in cells["formulas"].items() if formula.endswith("Same;Differs));NotComputed)")]
    assert len(differing) == sum(table.values.size for table in page.tables)
    codes = [fund.code for fund in inputs.funds.items]
    update, called = cells["Update"], cells["Calculation"]
    starts = [row for row in range(1, 90) if [update.get(f"A{row + i}") for i in range(FUNDS)] == codes]
    assert len(starts) == len(page.tables)
    for table, start in zip(page.tables, starts, strict=True):
        for (row, column), value in np.ndenumerate(table.values):
            cell = update["FGHIJ"[column] + str(start + row)]
            assert agree(cell, shown(value)), (table.spec.id, codes[row], table.spec.periods[column], cell, value)
    assert not [place for place in differing if called[place] == 1]
    for row, tied in enumerate(page.tied, start=8):
        sheet = cells["Tie-out"]
        assert agree(sheet[f"G{row}"], shown(tied.recomputed)), tied
        if isinstance(tied.recomputed, float) and not math.isnan(tied.recomputed):
            assert (sheet[f"H{row}"], sheet[f"I{row}"]) == (tied.difference, tied.verdict), tied
        else:
            assert str(sheet[f"I{row}"]).startswith("#")
    assert cells["Tie-out"]["D3"] == sum(tied.ties for tied in page.tied)
    growth(inputs, cells["Growth"])


def growth(inputs, cells):
    """No unit value under the chart is another one than the figures take; where there is none, no point."""
    terms = inputs.contracts[0]
    for place, fund in enumerate(inputs.funds.items):
        for row in range(8, 200):
            if f"A{row}" not in cells:
                break
            day = (np.datetime64("1899-12-30") + np.timedelta64(int(cells[f"A{row}"]), "D")).item()
            found = cells[f"{'EFG'[place]}{row}"]
            try:
                value = valuation.unit_value(inputs.unit_values, fund.code, day, None, inputs.funds, terms)
            except FlexExtraError as error:
                value = shown(error)
            assert found == "#N/A" or agree(found, value), (fund.code, day, found, value)


@needs_calc
def test_every_cell_of_a_review_is_the_screens_figure(tmp_path):
    for page, cells in built(review.build, tmp_path, 3, whole=True):
        for row, tied in enumerate(page.tied, start=8):
            assert agree(cells["Review"][f"H{row}"], shown(tied.recomputed)), tied
            word = cells["Review"][f"M{row}"]
            assert word == tied.verdict or (word == "open" and tied.verdict.startswith("open")), (word, tied)


# --- the same by hand ----------------------------------------------------------------------------------------------------

JULY = datetime.date(2008, 7, 31)
MONTH_ENDS = [calendar_days.add_months(JULY, -back) for back in range(39, -1, -1)]
BLANK = {  # from which days each fund has no value
    "FULL": [],
    "LATE": [JULY],
    "VERYLATE": [day for day in MONTH_ENDS if day > datetime.date(2008, 3, 31)],
    "GAP1Y": [datetime.date(2007, 7, 31)],
}
HALF_PERCENT = 1.005  # a month


@pytest.fixture(scope="module")
def holes(tmp_path_factory):
    """A report of funds that grow by half a percent a month, with holes, on the page and on the screen."""
    table = [["date", *BLANK]]
    for k, day in enumerate(MONTH_ENDS):
        table.append([day, *(None if day in blank else 10 * HALF_PERCENT**k for blank in BLANK.values())])
    terms = Terms({"contract.name": "mine", "annual_charge.form": "none", "cdsc.schedule": (0.05, 0.04, 0.0)})
    values = UnitValues.from_rows(table)
    funds = Funds(tuple(Fund(code, code.title()) for code in BLANK))
    page = report.compute(update_inputs.Inputs(values, funds, (terms,), JULY))
    path = tmp_path_factory.mktemp("holes") / "holes.xlsx"
    workbook.build(page, path)
    return path


def one_year(path, **overrides):
    """The one-year figures of Table 1, recalculated, by fund."""
    names = [row[0].value for row in openpyxl.load_workbook(path)["mine"].iter_rows()]
    where = {f"mine!B{names.index(key) + 1}": value for key, value in overrides.items()}
    result = calc.recalculate(path, overrides=where)
    return {result.value("Update", f"A{row}"): result.value("Update", f"G{row}") for row in range(10, 10 + len(BLANK))}


@needs_calc
def test_a_unit_value_that_is_too_old_makes_no_figure_on_the_page(holes):
    full = HALF_PERCENT**12 - 1  # by hand
    assert one_year(holes) == {"FULL": pytest.approx(full), "LATE": "#N/A", "VERYLATE": "#N/A", "GAP1Y": "#N/A"}
    assert calc.recalculate(holes).differences == []


@needs_calc
def test_table_1_follows_every_term_of_its_sheet(holes, tmp_path):
    """Before contract charges, too, a figure asks with the terms: years by days, of a year with a leap day."""
    by_days = one_year(holes, **{"years.basis": "days_365", "years.short_period": "annualised"})
    assert by_days["FULL"] == pytest.approx(HALF_PERCENT ** (12 * 365 / 366) - 1, abs=1e-12)  # by hand


@needs_calc
def test_the_control_compares_figure_by_figure(holes):
    """One fund without a figure does not hide the others: a page's figure typed over shows, and which it is."""
    sheet = openpyxl.load_workbook(holes, data_only=True)["Calculation"]
    row = next(r for r in range(1, 99) if sheet.cell(r, 1).value == "page and one call")
    assert [sheet.cell(row - 4 + k, 4).value for k in range(4)] == [0, "no figure", "no figure", "no figure"]
    assert sheet.cell(row, 4).value == 0
    typed = calc.recalculate(holes, overrides={"Update!G10": 0.1})
    assert [typed.value("Calculation", f"D{row - 4 + k}") for k in range(4)] == [1] + ["no figure"] * 3
    assert typed.value("Calculation", f"D{row}") == 1
    typed = calc.recalculate(holes, overrides={"Update!G11": 0.1})  # where the call has none
    assert typed.value("Calculation", f"D{row - 3}") == 1


@needs_calc
def test_verdicts_round_as_the_terms_say(tmp_path):
    """12.345% prints as 12.34% by halves to even, and as 12.3% with one decimal."""
    values = UnitValues.from_rows([["date", "A"], [datetime.date(2007, 7, 31), 10000], [JULY, 11234.5]])
    funds = Funds((Fund("A", "Alpha"),))
    base = {"annual_charge.form": "none", "cdsc.schedule": (0.0,)}
    even = Terms({**base, "contract.name": "even", "rounding.rule": "half_even"})
    one = Terms({**base, "contract.name": "one", "rounding.decimals": 1})
    for contracts, print_first, print_second in (((even, one), 0.1234, 0.123), ((one, even), 0.123, 0.1234)):
        first, second = (terms.name for terms in contracts)
        printed = tuple(
            Published("standardized", name, JULY, "A", "1Y", value)
            for name, value in ((first, print_first), (second, print_second))
        )
        page = report.compute(update_inputs.Inputs(values, funds, contracts, JULY, published=printed))
        assert page.headline == "2 of 2 published figures tie"
        workbook.build(page, tmp_path / "update.xlsx")
        result = calc.recalculate(tmp_path / "update.xlsx")
        assert [result.value("Tie-out", f"I{row}") for row in (8, 9)] == ["ties", "ties"]
        review.build(page, tmp_path / "review.xlsx")
        result = calc.recalculate(tmp_path / "review.xlsx")
        assert result.differences == []
        assert [result.value("Review", f"M{row}") for row in (8, 9)] == ["ties", "ties"]


@needs_calc
def test_the_calculator_of_the_template_asks_with_its_terms(tmp_path):
    """A unit value older than the terms allow is none there, and the first day is the walk's own."""
    path = tmp_path / "template.xlsx"
    build_template(path, ("A",))
    rows = "2005-04-30,10 2007-07-31,11 2008-03-31,12".split()
    (tmp_path / "values.csv").write_text("date,A\n" + "\n".join(rows) + "\n")
    given = ["refresh", str(path), "--from", str(tmp_path / "values.csv"), "--table", "UnitValues"]
    assert CliRunner().invoke(app, given).exit_code < 2  # it warns of the months between
    terms = [row[0].value for row in openpyxl.load_workbook(path)["Contract terms"].iter_rows()]
    age = f"Contract terms!B{terms.index('valuation.max_age_days') + 1}"
    history = f"Contract terms!B{terms.index('periods.without_history') + 1}"
    shown = []
    for more in ({"Calculator!B5": "1Y"}, {"Calculator!B5": "1Y", age: 130}):
        result = calc.recalculate(path, overrides={"Calculator!B4": 39660, **more})
        shown.append([result.value("Calculator", f"B{row}") for row in (8, 9, 11)])
    assert shown[0] == ["#N/A", "#N/A", "#N/A"]
    assert shown[1] == [39294, 12, pytest.approx(12 / 11 - 1)]  # 31 July 2007; by hand
    inception = {"Calculator!B4": 39538, "Calculator!B5": "5Y", history: "since_fund", "Funds!D2": 38472}
    result = calc.recalculate(path, overrides=inception)
    assert result.value("Calculator", "B8") == 38472  # 30 April 2005, the fund's inception
