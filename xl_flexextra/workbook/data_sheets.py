"""The sheets of inputs: each one an Excel table with a title, its label and its source above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..cells.ranges import FROM
from ..inputs.fund_table import FUND_TABLE
from ..inputs.input_tables import (
    HOLIDAY_TABLE,
    PUBLISHED_TABLE,
    RATE_TABLE,
    SHARE_TABLE,
    UNIT_VALUE,
    UNIT_VALUE_TABLE,
    Published,
)
from ..inputs.table_columns import VALUATION_DATE, Column, InputTable
from ..terms.charge_keys import spec_of
from ..terms.keys import KEYS
from ..update.update_inputs import Inputs
from .book import DATE, MONEY, PERCENT, UNIT, Book, at, percent
from .terms_places import names

HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1
DATA_COLOR = "#B08900"


def data_sheet(
    book: Book, name: str, table: str, title: str, note: str, header: Sequence[str], rows: Sequence[Sequence[Any]],
    formats: Sequence[Any], widths: Sequence[float], label: str = "",
) -> Any:  # fmt: skip
    """One sheet with one table of inputs."""
    sheet = book.sheet(name, DATA_COLOR, widths, landscape=len(header) > 6)
    book.value(sheet, 0, 0, title, book.format("title"))
    book.value(sheet, 1, 0, note, book.format("grey"))
    if label:
        book.value(sheet, 2, 0, label, book.format("label"))
    book.table(sheet, HEADER_ROW, table, header, rows, formats)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(HEADER_ROW)
    book.side_by_side(sheet, widths)
    return sheet


def fund_cell(place: int, column: str, fixed: str = "") -> str:
    """The address of a column of the fund at a place of the table Funds."""
    return at(FIRST_ROW + place, FUND_TABLE.place(column), FUND_TABLE.sheet, fixed)


def published_cell(row: int, column: str, figures: Sequence[Any] = ()) -> str:
    """The address of a column of the published figure in a row of its sheet; ``figures``: all that stand there, which
    decide whether a column that is seldom filled in is there."""
    names_of = [one.name for one in PUBLISHED_TABLE.shown(figures)] if figures else []
    place = names_of.index(column) if figures else PUBLISHED_TABLE.place(column)
    return at(row, place, PUBLISHED_TABLE.sheet)


def format_of(book: Book, column: Column) -> Any:
    """How the cells of a column look, by its kind."""
    return {
        "date": book.format(num_format=DATE, align="left"),
        "fraction": book.format(num_format=PERCENT),
        "unit value": book.format(num_format=UNIT),
        "names": book.format("wrap"),
    }.get(column.kind)


def figure_format(book: Book, figure: Published, decimals: int = 2, **more: Any) -> Any:
    """How a published figure looks: with its own decimals, else those of its terms; a return as a percentage."""
    places = decimals if figure.decimals is None else figure.decimals
    if figure.unit.is_percent:
        return book.format(num_format=percent(places), **more)
    return book.format(num_format=f"#,##0.{'0' * places}" if places else "#,##0", **more)


WIDEST = 60  # characters: longer texts fold


def widths_of(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[float]:
    """Wide enough for what the columns are declared for, and for the texts in them."""
    longest = [
        max((len(str(row[place])) + 2 for row in rows if isinstance(row[place], str)), default=0)
        for place in range(len(columns))
    ]
    return [max(one.width, min(length, WIDEST)) for one, length in zip(columns, longest, strict=True)]


def _declared(
    book: Book, table: InputTable, columns: Sequence[Column], rows: Sequence[Sequence[Any]], widths: Sequence[float] = (),
    label: str = "", looks: Any = None,
) -> None:  # fmt: skip
    """The sheet of a table with these columns, as they are declared; ``rows`` with their header. ``looks``: the format of
    a printed figure by its row."""
    formats = [looks if column.kind == "printed" else format_of(book, column) for column in columns]
    header = [str(cell) for cell in rows[0]]
    widths = widths or widths_of(columns, rows[1:])
    data_sheet(book, table.sheet, table.name, table.title, table.note, header, rows[1:], formats, widths, label)


def unit_values_sheet(book: Book, inputs: Inputs) -> None:
    """Unit values, wide: a row a date, a column a fund."""
    day, *funds = [VALUATION_DATE, *[UNIT_VALUE] * len(inputs.unit_values.funds)]
    widths = [day.width, *(max(UNIT_VALUE.width, len(fund) + 6) for fund in inputs.unit_values.funds)]  # with filter buttons
    _declared(book, UNIT_VALUE_TABLE, [day, *funds], inputs.unit_values.rows(), widths, inputs.label)


def funds_sheet(book: Book, inputs: Inputs) -> None:
    """Funds in the order of the page."""
    items = inputs.funds.items
    _declared(book, FUND_TABLE, FUND_TABLE.shown(items), FUND_TABLE.rows(items))


def terms_sheets(book: Book, inputs: Inputs) -> None:
    """Each contract's terms: term, value, meaning, source."""
    wrap = book.format("wrap")
    for terms, (sheet, table) in zip(inputs.contracts, names(inputs.contracts), strict=True):
        data_sheet(
            book, sheet, table, terms.title,
            "Change a value and recalculate: the page follows. Fractions: 0.08 means 8%.",
            ["Term", "Value", "Meaning", "Source"], terms.rows(),
            [wrap, lambda row: _term_format(book, row[0]), wrap, wrap], [34, 24, 70, 70],
        )  # fmt: skip


def _term_format(book: Book, term: str) -> Any:
    key = term.partition(FROM)[0]
    spec = spec_of(key) or KEYS[key.rpartition(".")[0]]
    number = {"fraction": PERCENT, "fractions": PERCENT, "dollars": MONEY, "date": DATE, "count": "0"}.get(
        spec.kind, "General"
    )
    return book.format("wrap", num_format=number, bg_color="#FFF8DC", align="left")


def _printed(book: Book, figures: Sequence[Published]) -> Any:
    """The format of a printed figure by its row, whatever its measure."""
    heads = [column.name for column in PUBLISHED_TABLE.shown(figures)]

    def look(row: Sequence[Any]) -> Any:
        cells = dict(zip(heads, row, strict=True))
        one = next(f for f in figures if f.measure == cells.get("measure", "") and f.decimals == cells.get("decimals"))
        return figure_format(book, one)

    return look


def _one_blank(columns: Sequence[Column]) -> list[list[Any]]:
    return [[column.name for column in columns], [None] * len(columns)]


def other_sheets(book: Book, inputs: Inputs, to_come: bool = False) -> None:
    """Shares, interest rates, published figures, holidays: those that the inputs have. ``to_come``: rates and published
    figures with a blank row where there are none, for a later month that has them."""
    if inputs.shares is not None and inputs.share_rows:
        _declared(book, SHARE_TABLE, SHARE_TABLE.wide(len(inputs.share_rows[0])), inputs.share_rows)
    if inputs.rate_rows:
        _declared(book, RATE_TABLE, RATE_TABLE.wide(len(inputs.rate_rows[0])), inputs.rate_rows)
    elif to_come:
        _declared(book, RATE_TABLE, RATE_TABLE.columns, _one_blank(RATE_TABLE.columns))
    figures, columns = inputs.published, PUBLISHED_TABLE.shown(inputs.published)
    if figures:
        _declared(book, PUBLISHED_TABLE, columns, PUBLISHED_TABLE.rows(figures), looks=_printed(book, figures))
    elif to_come:
        _declared(book, PUBLISHED_TABLE, columns, _one_blank(columns), looks=book.format(num_format=PERCENT))
    if inputs.holidays:
        names_of = [column.name for column in HOLIDAY_TABLE.columns]
        _declared(book, HOLIDAY_TABLE, HOLIDAY_TABLE.columns, [names_of, *map(list, inputs.holidays)])
