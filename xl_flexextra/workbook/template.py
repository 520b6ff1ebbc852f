"""A blank template: the tables of an update with nothing in them, every term with its default, and a calculator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import catalogue
from ..functions import registry
from ..inputs.input_tables import (
    FUND_TABLE,
    PUBLISHED_TABLE,
    RATE_TABLE,
    SHARE_TABLE,
    UNIT_VALUE,
    UNIT_VALUE_TABLE,
    VALUATION_DATE,
    Column,
    InputTable,
)
from ..terms.keys import KEYS, REQUIRED
from .book import DATE, INPUT, MONEY, PERCENT, UNIT, Book, area, at
from .data_sheets import format_of

START, CALCULATOR = "Start", "Calculator"
TERMS = "ContractTerms"
FIRST_DAY = "2,1"  # in CONTRACT_PATH, below its header: the day of the payment
STEPS = (
    "1  Contract terms: choose each convention and type the numbers; Meaning has the choices. Give each its source. More "
    "charges are rows of their own: charge.1.name, charge.1.base, charge.1.rate … (docs/terms.md).",
    "2  Unit values: paste dates and values, or run: xl-flexextra refresh THIS.xlsx --from values.csv",
    "3  Shares: each fund's share of the annual charge, where annual_charge.form is 'share'. Funds: names, inception dates.",
    "4  Calculator: choose fund, last day and period. Everything on it is a live formula over the tables.",
    "5  A whole update from the same tables: xl-flexextra report --unit-values THIS.xlsx#UnitValues "
    "--terms THIS.xlsx#ContractTerms --funds THIS.xlsx#Funds; with shares also --shares THIS.xlsx#Shares, with printed "
    "figures --published THIS.xlsx#Published",
    "Formulas need the functions: Excel with the add-in, or LibreOffice by 'xl-flexextra calc open THIS.xlsx'.",
)
PERIODS = ("YTD", "1Y", "3Y", "5Y", "10Y", "10Y_OR_SI_FUND", "10Y_OR_SI_SUBACCOUNT", "SI_FUND", "SI_SUBACCOUNT")
FUNDS = [column.name for column in FUND_TABLE.columns]
# what a blank contract needs before it can be used; the rest has defaults
NEEDED = {"contract.name": "my_contract", "annual_charge.form": "none"}


def build_template(path: Any, funds: Sequence[str] = ("FUND_1", "FUND_2", "FUND_3")) -> None:
    """Write the template for these fund codes."""
    book = Book(path)
    _start(book)
    _calculator(book, funds)
    _table(book, UNIT_VALUE_TABLE, [VALUATION_DATE, *[UNIT_VALUE] * len(funds)], [], ["valuation_date", *funds])
    _table(book, FUND_TABLE, FUND_TABLE.columns, [{"fund": code, "printed_name": code} for code in funds])
    _terms(book)
    _table(book, SHARE_TABLE, SHARE_TABLE.wide(2), [{"fund": code} for code in funds])
    _table(book, RATE_TABLE, RATE_TABLE.columns)
    _table(book, PUBLISHED_TABLE, PUBLISHED_TABLE.columns)
    book.close()


def _start(book: Book) -> None:
    sheet = book.sheet(START, "#1F3864", [120])
    book.value(sheet, 0, 0, "A performance update of your own", book.format("title"))
    for row, step in enumerate(STEPS, start=2):
        book.value(sheet, row, 0, step, book.format("wrap"))
        sheet.set_row(row, 26)


def _table(
    book: Book, table: InputTable, columns: Sequence[Column], rows: Sequence[dict[str, Any]] = (), header: Sequence[str] = ()
) -> None:
    """An empty table as it is declared, but for what ``rows`` hold by column."""
    header = header or [column.as_filled_in for column in columns]
    widths = [max(len(head) + 6, 14) for head in header]
    formats = [None if column.percentages else format_of(book, column) for column in columns]
    sheet = book.sheet(table.sheet, "#B08900", widths, landscape=len(header) > 6)
    for place, (width, fmt) in enumerate(zip(widths, formats, strict=True)):
        if fmt is not None:  # rows that are pasted or added later look like the first
            sheet.set_column(place, place, width, fmt)
    lines = [[row.get(column.name) for column in columns] for row in rows or [{}]]
    book.table(sheet, 0, table.name, header, lines, formats)
    sheet.freeze_panes(1, 1)


OWN_LIST = 255  # characters, Excel's limit for the list of a cell


def _terms(book: Book) -> None:
    """Every key: those needed filled in, a choice with its default, numbers blank."""
    sheet = book.sheet("Contract terms", "#B08900", [34, 22, 110, 40], landscape=True)
    rows = [[term, value, meaning, None] for term, value, meaning in term_rows()]
    wrap, given = book.format("wrap"), book.format("wrap", bg_color=INPUT, align="left")
    book.table(
        sheet, 0, TERMS, ["Term", "Value", "Meaning", "Source"], rows,
        [wrap, lambda line: book.format("wrap", bg_color=INPUT, align="left", num_format=_number(line[0])), wrap, given],
    )  # fmt: skip
    long_lists = 5  # columns from here, right of what is printed, hold the choices that a cell's own list cannot
    sheet.print_area(0, 0, len(rows), 3)
    for row, (term, *_) in enumerate(rows, start=1):
        if choices := KEYS[_key(term)].choices:
            source: list[str] | str = list(choices)
            if len(",".join(choices)) > OWN_LIST:
                long_lists += 1
                source = f"={area(1, long_lists, len(choices), long_lists)}"
                sheet.set_column(long_lists, long_lists, max(map(len, choices)) + 2)
                for line, text in enumerate([f"choices of {term}", *choices]):
                    book.value(sheet, line, long_lists, text, book.format("bold") if not line else None)
            sheet.data_validation(row, 1, row, 1, {
                "validate": "list", "source": source, "error_title": term,
                "error_message": "Choose one of the list; Meaning says what each does.",
            })  # fmt: skip
    sheet.freeze_panes(1, 1)


def _key(term: str) -> str:
    """The key of a row of terms: rows of a schedule carry their contract year."""
    return term if term in KEYS else term.rpartition(".")[0]


def _number(term: str) -> str:
    """The number format of a term's value."""
    kinds = {"fraction": PERCENT, "fractions": PERCENT, "dollars": MONEY, "date": DATE, "count": "0"}
    return kinds.get(KEYS[_key(term)].kind, "General")


def term_rows() -> list[tuple[str, Any, str]]:
    """Term, value, meaning with the choices in words."""
    rows: list[tuple[str, Any, str]] = []
    for key, spec in KEYS.items():
        value = NEEDED.get(key, None if spec.default is REQUIRED else spec.default)
        meaning = spec.meaning + "".join(f" {choice}: {words}." for choice, words in spec.choices.items())
        if spec.kind == "fractions":
            first = 0.0 if spec.default is REQUIRED else None
            rows.append((f"{key}.1", first, f"{meaning} A row a contract year: {key}.2, {key}.3 …"))
        else:
            rows.append((key, value, meaning))
    return rows


def _calculator(book: Book, funds: Sequence[str]) -> None:
    """One figure: before and after contract charges, its reasons, each cell a function over the tables."""
    sheet = book.sheet(CALCULATOR, "#2E7D32", [36, 24, 90])
    book.value(sheet, 0, 0, "Calculator", book.format("title"))
    values, terms = [["valuation_date", *funds]], [["Term", "Value"], *([term, value] for term, value, _ in term_rows())]
    shares = [["fund", "share"], *([code, None] for code in funds)]
    first, day = 2, book.format(num_format=DATE, align="left")
    inputs: list[tuple[str, Any, str, list[str] | str | None]] = [
        ("fund", funds[0], "General", f"={area(1, 0, len(funds), 0, 'Funds')}"),
        ("last day", None, DATE, None),
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
    args = [
        terms,
        values,
        funds[0],
        None,
        "1Y",
        shares,
        [FUNDS, *([code, code, *[None] * (len(FUNDS) - 2)] for code in funds)],
    ]
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
            [values, funds[0], None, None, args[-1], terms],
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
        book.formula(sheet, row, 1, formula, registry.evaluate(catalogue.get(name), arguments), fmt)
