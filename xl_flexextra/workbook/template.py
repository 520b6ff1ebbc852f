"""A template: the tables of an update, blank or filled with what a user has, every term with its default, a calculator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..cells.ranges import FROM
from ..errors import BadInput
from ..inputs.fund_table import FUND_TABLE
from ..inputs.funds import Funds
from ..inputs.input_tables import PUBLISHED_TABLE, RATE_TABLE, SHARE_TABLE, UNIT_VALUE, UNIT_VALUE_TABLE, Published
from ..inputs.table_columns import VALUATION_DATE, Column, InputTable
from ..inputs.unit_values import UnitValues
from ..terms import Terms, on_sheet
from ..terms.charge_keys import spec_of
from ..terms.keys import KEYS, REQUIRED, Key
from .book import DARK, DATE, INPUT, MONEY, PERCENT, Book, area
from .data_sheets import format_of, widths_of
from .layout import START
from .start_sheet import MONTH, SEND, WIDTHS, WITHOUT, Step, write_steps
from .template_calculator import TERMS, calculator_sheet

TITLE = "A performance update of your own"
STEPS = (
    Step(
        "1  Contract terms",
        "Choose each convention and type the numbers; Meaning has the choices. Give each its source. More charges are rows "
        "of their own: charge.1.name, charge.1.base, charge.1.rate … A terms file fills the sheet:",
        "xl-flexextra refresh THIS.xlsx --from my_contract.toml --table ContractTerms --accept-revisions",
    ),
    Step(
        "2  Unit values",
        "Paste dates and values, or have a file fill them in. The headings of the table are the fund codes.",
        "xl-flexextra refresh THIS.xlsx --from values.csv",
    ),
    Step(
        "3  Shares, Funds",
        "Each fund's share of the annual charge, where annual_charge.form is 'share'; names and inception dates.",
    ),
    Step("4  Calculator", "Choose fund, last day and period. Everything on it is a live formula over the tables."),
    Step(
        "5  Your update",
        "The whole update from these tables, as a workbook of its own; with shares also --shares THIS.xlsx#Shares, with "
        "printed figures --published THIS.xlsx#Published:",
        "xl-flexextra report --unit-values THIS.xlsx#UnitValues --terms THIS.xlsx#ContractTerms --funds THIS.xlsx#Funds "
        "--out UPDATE.xlsx",
    ),
    WITHOUT,
)
# what a blank contract needs before it can be used; the rest has defaults
NEEDED = {"contract.name": "my_contract", "annual_charge.form": "none"}


@dataclass(frozen=True)
class Filled:
    """What a user has already; what is left out stays blank in the template."""

    unit_values: UnitValues | None = None
    funds: Funds | None = None
    contract: Terms | None = None
    shares: Sequence[Sequence[Any]] = ()
    rates: Sequence[Sequence[Any]] = ()
    published: tuple[Published, ...] = ()

    def codes(self, named: Sequence[str]) -> list[str]:
        """The funds of the template: those that are named, else those of the funds table or of the unit values."""
        of_values = list(self.unit_values.funds) if self.unit_values is not None else []
        known = [fund.code for fund in self.funds.items] if self.funds is not None else of_values
        if named and known and list(named) != known:
            raise BadInput(f"--fund names {', '.join(named)}, and the files have {', '.join(known)}; leave --fund out.")
        return list(named) or known or list(BLANK_FUNDS)


BLANK_FUNDS = ("FUND_1", "FUND_2", "FUND_3")


def build_template(path: Any, funds: Sequence[str] = (), filled: Filled | None = None) -> None:
    """Write the template for these fund codes, with what is there already."""
    filled = filled or Filled()
    codes = filled.codes(funds)
    book = Book(path, TITLE)
    _start(book)
    values = _values(filled, codes)
    items = [fund for fund in filled.funds.items if fund.code in codes] if filled.funds is not None else []
    items = items or list(Funds.from_rows([["fund", "printed_name"], *([code, code] for code in codes)]).items)
    terms = term_rows(filled.contract)
    shares = [list(row) for row in filled.shares] or [["fund", "share"], *([code, None] for code in codes)]
    calculator_sheet(book, codes, values, items, terms, shares)
    _table(book, UNIT_VALUE_TABLE, [VALUATION_DATE, *[UNIT_VALUE] * (len(values[0]) - 1)], values)
    _table(book, FUND_TABLE, FUND_TABLE.columns, _rows(FUND_TABLE, items))
    _terms(book, terms)
    _table(book, SHARE_TABLE, SHARE_TABLE.wide(len(shares[0])), shares)
    _table(book, RATE_TABLE, RATE_TABLE.columns, [list(row) for row in filled.rates])
    _table(book, PUBLISHED_TABLE, PUBLISHED_TABLE.columns, _rows(PUBLISHED_TABLE, filled.published))
    book.close()


def _values(filled: Filled, codes: Sequence[str]) -> list[list[Any]]:
    """Unit values below their header, wide, headed by the funds' codes."""
    if filled.unit_values is None:
        return [["valuation_date", *codes], [None] * (len(codes) + 1)]
    values = filled.unit_values if filled.funds is None else filled.unit_values.coded(filled.funds)
    header, *rows = values.rows()
    return [["valuation_date", *header[1:]], *map(list, rows)]


def _rows(table: InputTable, items: Sequence[Any]) -> list[list[Any]]:
    """Objects as rows of all columns of a table below the headings under which people fill it in."""
    return [
        [column.as_filled_in for column in table.columns],
        *([_cell(column, item) for column in table.columns] for item in items),
    ]


def _cell(column: Column, item: Any) -> Any:
    """A field of an object as a person fills it in: several names in one cell, a printed return as a percentage."""
    value = getattr(item, column.attribute)
    if isinstance(value, tuple):
        return "; ".join(value)
    if column.percentages and value is not None and item.unit.is_percent:
        return float(Decimal(repr(float(value))).scaleb(2))
    return value


def _start(book: Book) -> None:
    sheet = book.sheet(START, DARK, WIDTHS, landscape=True)
    sheet.fit_to_pages(1, 1)
    book.value(sheet, 0, 0, TITLE, book.format("title"))
    row = write_steps(book, sheet, 2, "Once", STEPS)
    for heading, steps in (("Each month after that", MONTH), ("What to send", SEND)):
        of_update = [Step(*(words.replace("THIS", "UPDATE") for words in step)) for step in steps]
        row = write_steps(book, sheet, row + 1, heading, of_update)


def _table(book: Book, table: InputTable, columns: Sequence[Column], rows: Sequence[Sequence[Any]] = ()) -> None:
    """A table as it is declared, with ``rows`` below their header, or one blank row."""
    header = [str(cell) for cell in rows[0]] if rows else [column.as_filled_in for column in columns]
    body = [list(row) for row in rows[1:]] or [[None] * len(header)]
    widths = [
        max(wide, len(head) + 6) for wide, head in zip(widths_of(columns, body), header, strict=True)
    ]  # filter buttons
    formats = [book.format(num_format="0.00") if column.percentages else format_of(book, column) for column in columns]
    sheet = book.sheet(table.sheet, "#B08900", widths, landscape=len(header) > 6)
    for place, (width, fmt) in enumerate(zip(widths, formats, strict=True)):
        if fmt is not None:  # rows that are pasted or added later look like the first
            sheet.set_column(place, place, width, fmt)
    book.table(sheet, 0, table.name, header, body, formats)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    book.side_by_side(sheet, widths)


OWN_LIST = 255  # characters, Excel's limit for the list of a cell


def _terms(book: Book, rows: Sequence[Sequence[Any]]) -> None:
    """Every key: those needed filled in, a choice with its default, numbers blank."""
    sheet = book.sheet("Contract terms", "#B08900", [34, 22, 96, 40], landscape=True)
    wrap, given = book.format("wrap"), book.format("wrap", bg_color=INPUT, align="left")
    book.table(
        sheet, 0, TERMS, ["Term", "Value", "Meaning", "Source"], rows,
        [wrap, lambda line: book.format("wrap", bg_color=INPUT, align="left", num_format=_number(line[0])), wrap, given],
    )  # fmt: skip
    long_lists = 5  # columns from here, right of what is printed, hold the choices that a cell's own list cannot
    sheet.print_area(0, 0, len(rows), 3)
    placed: dict[tuple[str, ...], str] = {}
    for row, (term, *_) in enumerate(rows, start=1):
        if choices := tuple(_spec(term).choices):
            source: list[str] | str = list(choices)
            if len(",".join(choices)) > OWN_LIST:
                if choices not in placed:
                    long_lists += 1
                    placed[choices] = f"={area(1, long_lists, len(choices), long_lists)}"
                    sheet.set_column(long_lists, long_lists, max(map(len, choices)) + 2)
                    for line, text in enumerate([f"choices of {term}", *choices]):
                        book.value(sheet, line, long_lists, text, book.format("bold") if not line else None)
                source = placed[choices]
            sheet.data_validation(row, 1, row, 1, {
                "validate": "list", "source": source, "error_title": term[:32],
                "error_message": "Choose one of the list; Meaning says what each does.",
            })  # fmt: skip
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)


def _spec(term: str) -> Key:
    """The key of a row of terms: rows of a schedule carry their contract year, changed values their day."""
    key = term.partition(FROM)[0]
    return spec_of(key) or KEYS[key.rpartition(".")[0]]


def _number(term: str) -> str:
    """The number format of a term's value."""
    kinds = {"fraction": PERCENT, "fractions": PERCENT, "dollars": MONEY, "date": DATE, "count": "0"}
    return kinds.get(_spec(term).kind, "General")


def term_rows(contract: Terms | None = None) -> list[tuple[str, Any, str, str]]:
    """Term, value, meaning with a line a choice, source: of every key, and of what a contract has besides."""
    blank: dict[str, tuple[Any, str]] = {}
    for key, spec in KEYS.items():
        meaning = "\n".join([spec.meaning, *(f"{choice}: {words}" for choice, words in spec.choices.items())])
        first = NEEDED.get(key, None if spec.default is REQUIRED else spec.default)
        if spec.kind == "fractions":
            meaning += f" A row a contract year ({key}.2, {key}.3 …), or all of them in one cell: 8%, 7%, 6%."
            key, first = f"{key}.1", 0.0 if spec.default is REQUIRED else None
        blank[key] = first, meaning
    if contract is None:
        return [(term, value, meaning, "") for term, (value, meaning) in blank.items()]
    rows = on_sheet.placed(contract, list(blank))
    own = [(term, value, "" if source == "default" else source) for term, value, source in rows]
    return [(term, value, blank[term][1] if term in blank else _spec(term).meaning, source) for term, value, source in own]
