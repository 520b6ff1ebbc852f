"""The tables of an update's inputs: each column declared once, with what it holds, how it looks and what it is for.

What reads, writes, refreshes, explains or fingerprints such a table goes by these declarations: readers find a column by
its name and its other headings; the sheets of a workbook and of the template have the columns in this order, with the
width and the format of their kind; a refresh knows from the kinds under which names a fund goes; the documentation lists
them. Where a row becomes an object, its dataclass is the declaration: a field is a column.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .measures import MEASURES, Measure, measure

Date = datetime.date

KINDS = {
    "text": "text",
    "code": "text: the fund's code",
    "name": "text: another name of the fund",
    "names": "text: other names of the fund, separated by semicolons",
    "fund": "text: a fund by its code or any of its names",
    "date": "date",
    "number": "number",
    "fraction": "number: a fraction, 0.0525 for 5.25%",
    "unit value": "number above zero",
    "period": "text: YTD, 1Y, 10Y …",
    "charges": "text: 'asset', 'annual' or 'all'",
    "measure": "text: return, cumulative, value, erv …",
    "printed": "number: a return as a fraction, 0.0525 for 5.25%; dollars, units and years as they are",
}
"""What a column may hold, in words."""


class Column(NamedTuple):
    """One column. ``headings`` are others under which people's files have it; ``percentages`` the one under which they
    have it times 100. ``seldom``: on a built sheet only where some row has it. ``remark``: no figure needs it."""

    name: str
    kind: str
    width: float
    help: str
    headings: tuple[str, ...] = ()
    percentages: str = ""
    needed: bool = False
    seldom: bool = False
    remark: bool = False
    attribute: str = ""

    @property
    def is_date(self) -> bool:
        """Whether it holds dates."""
        return self.kind == "date"

    @property
    def as_filled_in(self) -> str:
        """The heading under which people fill it in: printed figures as percentages."""
        return self.percentages or self.name


def _column(name: str, kind: str, width: float, help: str, *headings: str, **more: Any) -> dict[str, Column]:
    return {"column": Column(name, kind, width, help, headings, **more)}


@dataclass(frozen=True)
class Fund:
    """One row of the funds table."""

    code: str = field(
        metadata=_column(
            "fund", "code", 20, "Code of the fund, as in the unit values.",
            "code", "fund_id", "sub-account", "subaccount", "sub_account", "investment choice", needed=True,
        )
    )  # fmt: skip
    printed_name: str = field(
        default="",
        metadata=_column(
            "printed_name",
            "name",
            32,
            "The fund's name on the page. Left out: its code.",
            "printed name",
            "name",
            remark=True,
        ),
    )
    asset_class: str = field(
        default="", metadata=_column("asset_class", "text", 26, "Its asset class on the page.", "asset class", remark=True)
    )
    fund_inception: Date | None = field(
        default=None,
        metadata=_column("fund_inception", "date", 19, "First day of the fund; needed for periods since then."),
    )
    subaccount_inception: Date | None = field(
        default=None,
        metadata=_column(
            "subaccount_inception", "date", 25, "First day of the sub-account; needed for standardized periods since then.",
            "date_added", "date added",
        ),
    )  # fmt: skip
    aliases: tuple[str, ...] = field(
        default=(),
        metadata=_column("aliases", "names", 60, "Other and former names.", "alias", "former names", "former_names"),
    )
    notes: str = field(
        default="",
        metadata=_column("notes", "text", 10, "Numbers of the notes on it.", "note", "footnotes", remark=True),
    )
    predecessor: str | None = field(
        default=None,
        metadata=_column(
            "predecessor", "fund", 20, "The fund whose history it carries on, if it replaced one.", seldom=True
        ),
    )
    substituted_on: Date | None = field(
        default=None,
        metadata=_column("substituted_on", "date", 19, "The day on which it did.", "substituted on", seldom=True),
    )

    @property
    def names(self) -> list[str]:
        """Every name under which the fund is known, its code first."""
        return [name for name in (self.code, *others(self)) if name]


def others(fund: Fund) -> list[str]:
    """The names of a fund besides its code, by the kinds of its columns."""
    found: list[str] = []
    for column in columns_of(type(fund)):
        value = getattr(fund, column.attribute)
        if column.kind == "name" and value:
            found.append(value)
        elif column.kind == "names":
            found += value
    return found


@dataclass(frozen=True)
class Published:
    """One printed figure with its place on the page: a percentage as a fraction, dollars and units as they are.

    ``charges``: empty where contract says it all. ``measure``: empty for a return. ``decimals``: as printed; those of the
    terms where they are None.
    """

    table: str = field(metadata=_column("table", "text", 28, "The table of the page that it is printed in, by our name."))
    contract: str = field(
        metadata=_column("contract", "text", 12, "Code or name of the contract; empty for returns before contract charges.")
    )
    as_of: Date = field(metadata=_column("as_of", "date", 14, "The last day of its period.", needed=True))
    fund: str = field(metadata=_column("fund", "fund", 22, "Its fund, by code, printed name or alias.", needed=True))
    period: str = field(
        metadata=_column("period", "period", 10, "Its period: YTD, 1Y, 10Y, 39M, 2001-05-01..2003-12-31.", needed=True)
    )
    value: float = field(
        metadata=_column(
            "return", "printed", 12,
            "The printed figure: a return as a fraction (-0.1491), under return_pct a percentage (-14.91); dollars as is.",
            percentages="return_pct", needed=True,
        )
    )  # fmt: skip
    known_break: str = field(
        default="", metadata=_column("known_break", "text", 40, "Why it is known not to tie, if it does not.")
    )
    charges: str = field(
        default="",
        metadata=_column(
            "charges", "charges", 12,
            "What it is after, where the contract does not say it: 'annual' for contracts that are not surrendered.",
            seldom=True,
        ),
    )  # fmt: skip
    begins: Date | None = field(
        default=None,
        metadata=_column(
            "from", "date", 12, "Instead of a period: its first day. Without 'to' the period ends on as_of.", seldom=True
        ),
    )
    ends: Date | None = field(
        default=None,
        metadata=_column("to", "date", 12, "Its last day, which as_of need not repeat.", seldom=True),
    )
    measure: str = field(
        default="",
        metadata=_column(
            "measure", "measure", 16, f"What it is: {', '.join(MEASURES)}. Left out: a return.", seldom=True
        ),
    )  # fmt: skip
    decimals: int | None = field(
        default=None,
        metadata=_column(
            "decimals", "number", 10,
            "How many decimals it is printed with. Left out: returns by the terms, other figures as many as they show.",
            seldom=True,
        ),
    )  # fmt: skip
    charge: str = field(
        default="",
        metadata=_column(
            "charge", "text", 18, "Of a measure 'charge': which charge of the terms. Left out: all.", seldom=True
        ),
    )  # fmt: skip

    @property
    def unit(self) -> Measure:
        """Its measure, with unit and decimals."""
        return measure(self.measure)


def columns_of(row: type[Any]) -> tuple[Column, ...]:
    """The columns that a dataclass declares, each with the field that holds it."""
    if row not in _DECLARED:
        columns = (one.metadata["column"]._replace(attribute=one.name) for one in dataclasses.fields(row))
        _DECLARED[row] = tuple(columns)
    return _DECLARED[row]


_DECLARED: dict[type[Any], tuple[Column, ...]] = {}


@dataclass
class InputTable:
    """One table: its name in Excel, its sheet with title and note, and its columns, or the ``row`` that declares them."""

    name: str
    sheet: str
    title: str
    note: str
    own: tuple[Column, ...] = ()
    row: type[Any] | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in order."""
        return columns_of(self.row) if self.row else self.own

    def place(self, name: str) -> int:
        """At which place a column stands, from 0."""
        return [column.name for column in self.columns].index(name)

    def column(self, heading: str) -> Column | None:
        """The column that a heading names, in any case of letters."""
        label = heading.strip().lower()
        return next((one for one in self.columns if label in {one.name, one.percentages, *one.headings} - {""}), None)

    def shown(self, items: Iterable[Any]) -> tuple[Column, ...]:
        """The columns of a sheet with these rows: those that are seldom filled in only where one is."""
        rows = list(items)
        return tuple(
            one
            for one in self.columns
            if not one.seldom or any(getattr(row, one.attribute) not in ("", None, ()) for row in rows)
        )

    def wide(self, width: int) -> tuple[Column, ...]:
        """The columns of a table of ``width`` columns: without those that are seldom given, where it has fewer."""
        return self.columns if width >= len(self.columns) else tuple(one for one in self.columns if not one.seldom)

    def rows(self, items: Sequence[Any]) -> list[list[Any]]:
        """The objects as rows below their header, several names in one cell."""
        columns = self.shown(items)
        cells = [[getattr(item, one.attribute) for one in columns] for item in items]
        lines = [["; ".join(cell) if isinstance(cell, tuple) else cell for cell in line] for line in cells]
        return [[one.name for one in columns], *lines]


_DAYS = ("date", "valuation date", "day", "month_end", "month end", "as_of", "as of")
VALUATION_DATE = Column("valuation_date", "date", 19, "The day of the unit values.", _DAYS, needed=True)
UNIT_VALUE = Column("unit_value", "unit value", 13, "A column a fund, headed by its code: its unit value on that day.")

UNIT_VALUE_TABLE = InputTable(
    "UnitValues", "Unit values", "Accumulation unit values",
    "One row a valuation date, one column a fund; net of fund expenses and of the separate account charge.",
    (VALUATION_DATE, UNIT_VALUE),
)  # fmt: skip
FUND_TABLE = InputTable(
    "Funds", "Funds", "Funds and sub-accounts", "In the order of the page. Aliases are separated by semicolons.", row=Fund
)
SHARE_TABLE = InputTable(
    "Shares", "Shares", "Shares of the annual maintenance charge",
    "Each sub-account's share of the charge: 0.2782 means 27.82%. A missing share is an error, never 1.",
    (
        Column("effective_date", "date", 22, "The day from which the share counts, where shares change.", seldom=True),
        Column("fund", "fund", 22, "Its fund, by code, printed name or alias.", needed=True),
        Column("share", "fraction", 16, "Its share of the annual charge.", needed=True),
    ),
)  # fmt: skip
RATE_TABLE = InputTable(
    "InterestRates", "Interest rates", "Declared interest rates", "In force from the effective date on.",
    (
        Column("effective_date", "date", 18, "The day from which the rate counts.", needed=True),
        Column("kind", "text", 24, "Which rate: 'declared' or 'secondary guaranteed'.", seldom=True),
        Column("rate", "fraction", 12, "The rate a year.", needed=True),
    ),
)  # fmt: skip
PUBLISHED_TABLE = InputTable(
    "Published",
    "Published",
    "Published figures",
    "As printed: returns are fractions shown as percentages, dollars and units stand as they are.",
    row=Published,
)
HOLIDAY_TABLE = InputTable(
    "Holidays", "Holidays", "Days that do not count as business days", "Besides Saturdays and Sundays.",
    (
        Column("date", "date", 14, "The day.", needed=True),
        Column("holiday", "text", 40, "Its name."),
    ),
)  # fmt: skip
TABLES = (UNIT_VALUE_TABLE, FUND_TABLE, SHARE_TABLE, RATE_TABLE, PUBLISHED_TABLE, HOLIDAY_TABLE)
"""Every table of inputs, in the order in which a workbook has them."""
