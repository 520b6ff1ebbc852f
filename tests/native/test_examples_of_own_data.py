"""The live examples of a native workbook of own data are examples, not errors: they get what the contract's terms need."""

import dataclasses
import io
import re

import openpyxl

from xl_flexextra import catalogue, terms
from xl_flexextra.hosts.native import help_texts
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.book import Book
from xl_flexextra.workbook.native.build import WITH_RANGES
from xl_flexextra.workbook.native.help_sheet import help_sheet

NAMES = ["CDSC_AMOUNT", "FREE_WITHDRAWAL", "PERFORMANCE_TABLE", "GROWTH_OF_PAYMENT", "DECLARED_RATE", "CDSC_RATE"]


def test_no_live_example_of_own_data_is_an_error():
    sample = update_inputs.sample_inputs()
    values = sample.unit_values.until(sample.quarter_end)
    own = terms.load("flex_extra_flexible").replace(free_withdrawal__form="percent_of_payments")
    inputs = dataclasses.replace(
        sample, unit_values=values, as_of=sample.quarter_end, contracts=(own,), rate_rows=(), published=(), label=""
    )
    out = io.BytesIO()
    book = Book(out, "examples", dynamic=WITH_RANGES)
    help_sheet(book, report.compute(inputs), NAMES)
    book.close()
    cells = [cell.value for row in openpyxl.load_workbook(out, data_only=True)["Functions"].iter_rows() for cell in row]
    assert [cell for cell in cells if str(cell).startswith("#")] == []
    assert [c for c in cells if re.fullmatch(r"=FREE_WITHDRAWAL\(\w+\[#All\],1,1000,1000\)", str(c))]
    assert cells.count("needs the table InterestRates, which this workbook does not have") == 1


def test_an_example_of_nothing_but_errors_is_not_the_one_that_is_shown():
    shown = help_texts.shown(catalogue.get("PERFORMANCE_TABLE"))
    assert shown.gives[0][0] == -0.2163  # Table 2, year to date
