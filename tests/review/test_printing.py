"""How the review prints: no headings in red, readable columns, the label on every page, dates as dates."""

import dataclasses
import datetime

from openpyxl.utils import range_boundaries

from xl_flexextra import sample
from xl_flexextra.workbook.review.book import Plan


def test_no_heading_of_controls_is_painted_as_a_control(formulas):
    sheet = formulas["Controls"]
    painted = set()
    for rule in sheet.conditional_formatting:
        for part in str(rule.sqref).split():
            left, top, right, bottom = range_boundaries(part)
            painted |= {sheet.cell(r, c).coordinate for r in range(top, bottom + 1) for c in range(left, right + 1)}
    assert painted
    for place in painted:
        assert str(sheet[place].value).startswith("="), place


def test_workings_print_several_pages_wide_with_the_figures_names(formulas):
    sheet = formulas["Workings"]
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.scale >= 50
    assert sheet.print_title_cols.replace("$", "") == "A:F"
    assert sheet.print_title_rows.replace("$", "") == "7:7"
    heads = {cell.value: cell.column_letter for cell in sheet[7]}
    for name in ("T by native formulas", "T by worksheet function"):
        letter = heads[name]
        width = next(d.width for d in sheet.column_dimensions.values() if d.min <= sheet[f"{letter}7"].column <= d.max)
        assert width >= len("-14.9057000000%") + 2  # ten decimals


def test_assumptions_print_two_pages_wide(formulas):
    sheet = formulas["Assumptions"]
    assert (sheet.page_setup.fitToWidth or 1, sheet.print_title_cols.replace("$", "")) == (
        2,
        "A:C",
    )  # to the alternative that a row is of


def test_the_title_of_assumptions_was_cut_on_the_second_part(formulas):
    sheet = formulas["Assumptions"]
    assert {"A1:C1", "A2:C2", "A3:C3"} <= {str(one) for one in sheet.merged_cells.ranges}  # the columns that are repeated
    assert all(sheet[f"A{row}"].alignment.wrap_text for row in (1, 2, 3))
    assert "what each alternative would break" in sheet["A1"].value


def test_the_head_of_contract_path_on_probe_was_cut_by_the_cell_beside_it(formulas):
    sheet = formulas["Probe"]
    assert (sheet["G18"].value, sheet["M18"].value) == ("function: columns of CONTRACT_PATH", "first day in row")
    assert all(sheet[place].alignment.horizontal == "right" for place in ("G18", "M18"))
    assert [sheet[f"{letter}18"].value for letter in "BCDEF"] == [None] * 5  # where the first runs out to
    assert sheet["N18"].number_format == "General"


def test_a_long_contract_code_ran_into_the_date(reviewed):
    contracts = [one.replace(contract__code="my_contract") for one in reviewed.inputs.contracts[:1]]
    inputs = dataclasses.replace(reviewed.inputs, contracts=tuple(contracts), published=())
    plan = Plan(dataclasses.replace(reviewed, inputs=inputs), (), (), (), (), None)
    assert plan.beside_contracts([5, 25, 9, 11], 2) == [5, 25, len("my_contract") + 2, 11]
    sample_plan = Plan(reviewed, (), (), (), (), None)
    assert sample_plan.beside_contracts([5, 25, 9, 11], 2) == [5, 25, 9, 11]


def test_the_label_stands_on_every_printed_page(formulas, values):
    for sheet in formulas.worksheets:
        assert sheet.oddFooter.center.text == sample.LABEL, sheet.title
    assert values["Approved inputs"]["A3"].value == sample.LABEL


def test_dates_of_the_approved_inputs_are_shown_as_dates(values):
    days = [
        cell for row in values["Approved inputs"].iter_rows() for cell in row if isinstance(cell.value, datetime.datetime)
    ]
    assert len(days) > 122 + 112  # unit values and published figures have one a row
    assert {cell.number_format for cell in days} == {"yyyy-mm-dd"}


def test_the_last_day_of_the_update_stands_on_review(formulas, values):
    assert formulas["Review"]["H5"].value == "=AsOf"
    assert values["Review"]["H5"].value.date() == sample.AS_OF
