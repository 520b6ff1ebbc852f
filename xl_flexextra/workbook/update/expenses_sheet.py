"""The expense tables of a prospectus: every figure its own live formula over the contract's terms."""

from __future__ import annotations

from typing import Any

from ...calculation import expenses
from ...update.report import Report
from ..book import DARK, Book, at
from ..layout import EXPENSES
from ..terms_places import terms_table

DOLLARS = '"$"#,##0'
NOTE = (
    "Dollars that an owner pays in all, rounded to dollars: load, premium tax, contract charges, asset charges and fund "
    "expenses, on surrender with the CDSC. How asset charges are measured stands on the terms sheet (expense.…)."
)


def expenses_sheet(book: Book, report: Report) -> None:
    """Write the tables, one contract below the other; years and outcomes stand in cells that the formulas refer to."""
    sheet = book.sheet(EXPENSES, DARK, [46, 12, 12, 12, 12])
    book.value(sheet, 0, 0, "Expense tables", book.format("title"))
    sheet.merge_range(1, 0, 1, 4, "", book.format("small"))
    book.value(sheet, 1, 0, NOTE, book.format("small"))
    sheet.set_row(1, 24)
    row = 3
    for one in report.expenses:
        table = f"{terms_table(one.terms, report.inputs.contracts)}[#All]"
        row = _example(book, sheet, row, one, table) if one.example else row
        row = _annual(book, sheet, row, one, table) if one.annual else row


def _example(book: Book, sheet: Any, row: int, one: expenses.Table, table: str) -> int:
    terms, dollars = one.terms, book.format(num_format=DOLLARS)
    book.value(sheet, row, 0, f"Expense example: {terms.title}", book.format("subtitle"))
    years = row + 1
    book.value(sheet, years, 0, "at the end of so many years", book.format("head"))
    for column, number in enumerate(expenses.YEARS, start=1):
        book.value(sheet, years, column, number, book.format("head", num_format='0" years"', align="right"))
    for place, (outcome, line) in enumerate(zip(expenses.OUTCOMES, one.example, strict=True), start=years + 1):
        book.value(sheet, place, 0, outcome)
        for column, value in enumerate(line, start=1):
            formula = f"EXPENSE_EXAMPLE({table},{at(years, column, fixed='r')},{at(place, 0, fixed='c')})"
            book.formula(sheet, place, column, formula, value, dollars)
    return years + len(expenses.OUTCOMES) + 2


def _annual(book: Book, sheet: Any, row: int, one: expenses.Table, table: str) -> int:
    book.value(sheet, row, 0, f"Key information, annual cost: {one.terms.title}", book.format("subtitle"))
    for place, (which, value) in enumerate(zip((expenses.LOWEST, expenses.HIGHEST), one.annual, strict=True), start=row + 1):
        book.value(sheet, place, 0, which)
        book.formula(sheet, place, 1, f"ANNUAL_COST({table},{at(place, 0)})", value, book.format(num_format=DOLLARS))
    return row + 4
