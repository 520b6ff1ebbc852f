"""A blank cell in Calc, which passes it as 0: said of each function, and never a number in a built workbook."""

import os
from pathlib import Path

import openpyxl
import pytest

from xl_flexextra import catalogue
from xl_flexextra.functions import registry
from xl_flexextra.hosts.calc import session
from xl_flexextra.recalculation import formula_tree

ROOT = Path(__file__).parents[2]
BOOKS = ["blank_template.xlsx", "flex_extra_performance_update.xlsx", "flex_extra_review.xlsx"]
OWN = frozenset(catalogue.names())


def calls(node):
    if isinstance(node, formula_tree.Call) and node.name in OWN:
        yield node
    for one in getattr(node, "arguments", ()) or getattr(node, "operands", ()):
        yield from calls(one)


def single_cells(book):
    """Each single cell that a formula gives one of our functions for a number: its sheet, the cell, the argument."""
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            text = getattr(cell.value, "text", cell.value)
            if isinstance(text, str) and text.startswith("=") and any(f"{name}(" in text for name in OWN):
                for call in calls(formula_tree.parse(text[1:])):
                    for place, (one, given) in enumerate(
                        zip(catalogue.get(call.name).arguments, call.arguments, strict=False)
                    ):
                        if one.takes_zero and isinstance(given, formula_tree.Reference):
                            yield sheet, given.text, call, place


def named(book, sheet, text):
    """What stands in a cell that a formula of a sheet names, and its sheet."""
    other, _, address = text.rpartition("!")
    there = book[other.strip("'")] if other else sheet
    value = there[address.replace("$", "")].value
    return getattr(value, "text", value), there


@pytest.mark.parametrize("name", BOOKS)
def test_no_cell_that_may_be_blank_is_a_number_of_a_built_workbook(name):
    book = openpyxl.load_workbook(ROOT / "workbooks" / name)
    found = 0
    for sheet, text, call, place in single_cells(book):
        text = book.defined_names[text].attr_text if text in book.defined_names else text
        if ":" in text or "[" in text:
            continue
        found += 1
        value, there = named(book, sheet, text)
        while isinstance(value, str) and value.startswith("="):
            link = formula_tree.parse(value[1:])
            if not isinstance(link, formula_tree.Reference):
                break
            value, there = named(book, there, link.text)  # a formula that only names a blank cell shows 0
        else:  # typed: with 0 the function is an error, never a figure
            given = [None] * place + [0.0]
            given[0] = "flex_extra_flexible"
            assert str(registry.evaluate(catalogue.get(call.name), given)).startswith("#"), (sheet.title, text)
    assert found


def test_every_function_with_numbers_says_what_a_blank_cell_is():
    pages = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8").split("\n### ")
    said = {page.split("\n")[0]: " ".join(page.split()) for page in pages}
    for function in catalogue.functions():
        for argument in function.arguments:
            assert argument.kind in {"number", "date", "text", "flag", "any"} or "gives Err:504" in said[function.name]
            if argument.takes_zero:
                assert "a blank single cell counts as 0 for" in said[function.name], function.name
                assert argument.name in said[function.name].partition("counts as 0 for")[2].partition(";")[0]
            elif argument.kind == "text":
                assert argument.name in said[function.name].partition("a 0 counts as blank for")[2].partition(";")[0]


@pytest.mark.skipif(os.environ.get("XL_FLEXEXTRA_NO_CALC") == "1", reason="LibreOffice is not wanted here")
def test_a_printed_figure_that_is_blank_was_nought_percent():
    jobs = [
        {"path": str(ROOT / "workbooks" / name), "overrides": {"Published!F5": None}, "recalculate": True, "read": True}
        for name in BOOKS[1:]
    ]
    update, review = ({(sheet, address): value for sheet, address, _, value, _ in one["cells"]} for one in session.run(jobs))
    assert (update["Tie-out", "H8"], update["Tie-out", "I8"]) == ("#N/A", "#N/A")
    assert (review["Review", "J8"], review["Review", "M8"]) == ("#N/A", "#N/A")
    assert (update["Tie-out", "I9"], review["Review", "M9"]) == ("ties", "ties")
