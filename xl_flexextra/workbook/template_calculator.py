"""The calculator of the template: one figure by drop-downs, each cell a function over the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import catalogue
from ..functions import registry
from ..inputs.fund_table import FUND_TABLE, Fund
from .book import DATE, INPUT, PERCENT, UNIT, Book, area, at

CALCULATOR = "Calculator"
TERMS = "ContractTerms"
FIRST_DAY = "2,1"  # in CONTRACT_PATH, below its header: the day of the payment
PERIODS = ("YTD", "1Y", "3Y", "5Y", "10Y", "10Y_OR_SI_FUND", "10Y_OR_SI_SUBACCOUNT", "SI_FUND", "SI_SUBACCOUNT")
Rows = Sequence[Sequence[Any]]


def calculator_sheet(
    book: Book, funds: Sequence[str], values: Rows, items: Sequence[Fund], term_cells: Rows, shares: Rows
) -> None:
    """One figure: before and after contract charges, its reasons, each cell a function over the tables; blank until there
    is a last day."""
    sheet = book.sheet(CALCULATOR, "#2E7D32", [36, 24, 90])
    book.value(sheet, 0, 0, "Calculator", book.format("title"))
    terms = [["Term", "Value"], *([term, value] for term, value, *_ in term_cells)]
    known = FUND_TABLE.rows(items)
    last_day = max((row[0] for row in values[1:] if row[0] is not None), default=None)
    first, day = 2, book.format(num_format=DATE, align="left")
    inputs: list[tuple[str, Any, str, list[str] | str | None]] = [
        ("fund", funds[0], "General", f"={area(1, 0, len(funds), 0, 'Funds')}"),
        ("last day", last_day, DATE, None),
        ("period", "1Y", "General", list(PERIODS)),
        ("contract year of the CDSC rate", 1, "0", None),
    ]
    for row, (label, value, number, choices) in enumerate(inputs, start=first):
        book.value(sheet, row, 0, label, book.format("bold"))
        book.value(sheet, row, 1, value, book.format(bg_color=INPUT, align="left", num_format=number))
        if choices:  # a period may be another one, too: 7Y, 18M, CY2006
            warn = {"error_type": "information"} if label == "period" else {}
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": choices, **warn})
    fund, last, period, year = (at(first + i, 1) for i in range(len(inputs)))
    tables = (f"{TERMS}[#All]", "UnitValues[#All]")
    contract = f"{tables[0]},{tables[1]},{fund},{last},{period},Shares[#All],Funds[#All]"
    args = [terms, values, funds[0], last_day, "1Y", shares, known]
    percent = book.format(num_format=PERCENT, align="left", bold=True)
    number = book.format(num_format=UNIT, align="left")
    figure = at(first + len(inputs) + 4, 1)  # the return: without it there is no first day
    lines: list[tuple[str, str, str, list[Any], Any]] = [
        (
            "first day",
            f"IF(ISNUMBER({figure}),INDEX(CONTRACT_PATH({contract}),{FIRST_DAY}),{figure})",
            "CONTRACT_AATR",
            args,
            day,
        ),
        (
            "unit value on the last day",
            f"UNIT_VALUE_AT({tables[1]},{fund},{last},,Funds[#All],{tables[0]})",
            "UNIT_VALUE_AT",
            [values, funds[0], last_day, None, known, terms],
            number,
        ),
        ("CDSC rate of that contract year", f"CDSC_RATE({tables[0]},{year})", "CDSC_RATE", [terms, 1], percent),
        ("return after all charges", f"CONTRACT_AATR({contract})", "CONTRACT_AATR", args, percent),
        ("why", f"EXPLAIN_RETURN({contract})", "EXPLAIN_RETURN", args, None),
    ]
    for row, (label, formula, name, arguments, fmt) in enumerate(lines, start=first + len(inputs) + 1):
        book.value(sheet, row, 0, label, book.format("bold", valign="top"))
        if name == "EXPLAIN_RETURN":  # a sentence: over both columns, in as many lines as it needs
            fmt = book.format("wrap")
            sheet.merge_range(row, 1, row, 2, "", fmt)
            sheet.set_row(row, 40)
        value = _first_day(arguments) if label == "first day" else _value(name, arguments)
        if name != "EXPLAIN_RETURN":  # which says what is missing, too
            value, formula = "" if last_day is None else value, f'IF({last}="","",{formula})'
        book.formula(sheet, row, 1, formula, value, fmt)


def _value(name: str, arguments: list[Any]) -> Any:
    """What a function gives in a cell."""
    return registry.evaluate(catalogue.get(name), arguments)


def _first_day(arguments: list[Any]) -> Any:
    """The day of the payment: the first row of the walk, where there is a figure."""
    figure = _value("CONTRACT_AATR", arguments)
    if not isinstance(figure, float):
        return figure
    line, place = map(int, FIRST_DAY.split(","))
    return _value("CONTRACT_PATH", arguments)[line - 1][place - 1]
