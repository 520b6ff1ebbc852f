"""The tables of an update's inputs, in the order in which a workbook has them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from .fund_table import FUND_TABLE
from .measures import MEASURES, Measure, measure
from .table_columns import VALUATION_DATE, Column, InputTable, column

Date = datetime.date


@dataclass(frozen=True)
class Published:
    """One printed figure with its place on the page: a percentage as a fraction, dollars and units as they are.

    ``charges``: empty where contract says it all. ``measure``: empty for a return. ``decimals``: as printed; those of the
    terms where they are None.
    """

    table: str = field(metadata=column("table", "text", 28, "The table of the page that it is printed in, by our name."))
    contract: str = field(
        metadata=column(
            "contract", "text", 12, "Code, name or title of the contract; empty for returns before contract charges."
        )
    )
    as_of: Date = field(metadata=column("as_of", "date", 14, "The last day of its period.", needed=True))
    fund: str = field(metadata=column("fund", "fund", 22, "Its fund, by code, printed name or alias.", needed=True))
    period: str = field(
        metadata=column("period", "period", 10, "Its period: YTD, 1Y, 10Y, 39M, 2001-05-01..2003-12-31.", needed=True)
    )
    value: float = field(
        metadata=column(
            "return", "printed", 12,
            "The printed figure: a return as a fraction (-0.1491), under return_pct a percentage (-14.91); dollars as is.",
            percentages="return_pct", needed=True,
        )
    )  # fmt: skip
    known_break: str = field(
        default="", metadata=column("known_break", "text", 40, "Why it is known not to tie, if it does not.")
    )
    charges: str = field(
        default="",
        metadata=column(
            "charges", "charges", 12,
            "What it is after, where the contract does not say it: 'annual' for contracts that are not surrendered.",
            seldom=True,
        ),
    )  # fmt: skip
    begins: Date | None = field(
        default=None,
        metadata=column(
            "from", "date", 12, "Instead of a period: its first day. Without 'to' the period ends on as_of.", seldom=True
        ),
    )
    ends: Date | None = field(
        default=None,
        metadata=column("to", "date", 12, "Its last day, which as_of need not repeat.", seldom=True),
    )
    measure: str = field(
        default="",
        metadata=column(
            "measure", "measure", 16, f"What it is: {', '.join(MEASURES)}. Left out: a return.", seldom=True
        ),
    )  # fmt: skip
    decimals: int | None = field(
        default=None,
        metadata=column(
            "decimals", "number", 10,
            "How many decimals it is printed with. Left out: returns by the terms, other figures as many as they show.",
            seldom=True,
        ),
    )  # fmt: skip
    charge: str = field(
        default="",
        metadata=column(
            "charge", "text", 18, "Of a measure 'charge': which charge of the terms. Left out: all.", seldom=True
        ),
    )  # fmt: skip

    @property
    def unit(self) -> Measure:
        """Its measure, with unit and decimals."""
        return measure(self.measure)


UNIT_VALUE = Column("unit_value", "unit value", 13, "A column a fund, headed by its code: its unit value on that day.")

UNIT_VALUE_TABLE = InputTable(
    "UnitValues", "Unit values", "Accumulation unit values",
    "One row a valuation date, one column a fund; net of fund expenses and of the separate account charge.",
    (VALUATION_DATE, UNIT_VALUE),
)  # fmt: skip
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
