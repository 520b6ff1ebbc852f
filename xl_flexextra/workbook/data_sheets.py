"""The sheets of inputs: each one an Excel table with a title, its label and its source above it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from ..conventions import KEYS
from ..ranges import FROM
from ..report import Inputs
from .book import DATE, MONEY, PERCENT, UNIT, Book
from .layout import FUNDS, HOLIDAYS, PUBLISHED, RATES, SHARES, UNIT_VALUES
from .terms_places import names

HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1
DATA_COLOR = "#B08900"
PUBLISHED_CHARGES = 7  # the column of charges on the sheet Published, where any figure names them
FUND_COLUMNS = ("fund", "printed_name", "asset_class", "fund_inception", "subaccount_inception", "aliases", "notes")


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
    return sheet


def unit_values_sheet(book: Book, inputs: Inputs) -> None:
    """Unit values, wide: a row a date, a column a fund."""
    rows = inputs.unit_values.rows()
    number, day = book.format(num_format=UNIT), book.format(num_format=DATE, align="left")
    widths = [
        19,
        *(max(13, len(fund) + 6) for fund in inputs.unit_values.funds),
    ]  # with room for filter buttons
    data_sheet(
        book, UNIT_VALUES, "UnitValues", "Accumulation unit values",
        "One row a valuation date, one column a fund; net of fund expenses and of the separate account charge.",
        rows[0], rows[1:], [day, *[number] * (len(rows[0]) - 1)], widths, inputs.label,
    )  # fmt: skip


def funds_sheet(book: Book, inputs: Inputs) -> None:
    """Funds in the order of the page."""
    day = book.format(num_format=DATE, align="left")
    rows = [
        [f.code, f.printed_name, f.asset_class, f.fund_inception, f.subaccount_inception, "; ".join(f.aliases), f.notes]
        for f in inputs.funds.items
    ]
    wrap = book.format("wrap")
    header, formats = list(FUND_COLUMNS), [None, None, None, day, day, wrap, None]
    if any(f.predecessor for f in inputs.funds.items):
        header += ["predecessor", "substituted_on"]
        formats += [None, day]
        rows = [[*row, f.predecessor, f.substituted_on] for row, f in zip(rows, inputs.funds.items, strict=True)]
    data_sheet(
        book, FUNDS, "Funds", "Funds and sub-accounts", "In the order of the page. Aliases are separated by semicolons.",
        header, rows, formats, [20, 32, 26, 19, 25, 60, 10, 20, 19][: len(header)],
    )  # fmt: skip


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
    kind = KEYS[key if key in KEYS else key.rpartition(".")[0]].kind
    number = {"fraction": PERCENT, "fractions": PERCENT, "dollars": MONEY, "date": DATE, "count": "0"}.get(kind, "General")
    return book.format("wrap", num_format=number, bg_color="#FFF8DC", align="left")


def other_sheets(book: Book, inputs: Inputs) -> None:
    """Shares, interest rates, published figures, holidays: those that the inputs have."""
    day, percent = book.format(num_format=DATE, align="left"), book.format(num_format=PERCENT)
    if inputs.shares is not None and inputs.share_rows:
        header = [str(cell) for cell in inputs.share_rows[0]]
        formats = [day, None, percent] if len(header) == 3 else [None, percent]
        data_sheet(
            book, SHARES, "Shares", "Shares of the annual maintenance charge",
            "Each sub-account's share of the charge: 0.2782 means 27.82%. A missing share is an error, never 1.",
            header, inputs.share_rows[1:], formats, [22, 16, 16],
        )  # fmt: skip
    if inputs.rate_rows:
        header = [str(cell) for cell in inputs.rate_rows[0]]
        formats = [day, None, percent] if len(header) == 3 else [day, percent]
        data_sheet(
            book, RATES, "InterestRates", "Declared interest rates", "In force from the effective date on.",
            header, inputs.rate_rows[1:], formats, [18, 24, 12],
        )  # fmt: skip
    if inputs.published:
        figures = [[p.table, p.contract, p.as_of, p.fund, p.period, p.value, p.known_break] for p in inputs.published]
        header = ["table", "contract", "as_of", "fund", "period", "return", "known_break"]
        if any(p.charges for p in inputs.published):
            header.append("charges")
            figures = [[*row, p.charges] for row, p in zip(figures, inputs.published, strict=True)]
        data_sheet(
            book, PUBLISHED, "Published", "Published figures", "As printed; fractions shown as percentages.",
            header, figures, [None, None, day, None, None, percent, None, None],
            [28, 12, 14, 22, 10, 12, 40, 12][: len(header)],
        )  # fmt: skip
    if inputs.holidays:
        rows: list[tuple[datetime.date, str]] = list(inputs.holidays)
        data_sheet(
            book, HOLIDAYS, "Holidays", "Days that are no business days", "Besides Saturdays and Sundays.",
            ["date", "holiday"], rows, [day, None], [14, 40],
        )  # fmt: skip
