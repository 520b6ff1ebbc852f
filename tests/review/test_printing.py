"""How the review prints: no headings in red, readable columns, the label on every page, dates as dates."""

import datetime

from openpyxl.utils import range_boundaries

from xl_flexextra import sample


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
