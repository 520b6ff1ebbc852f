"""The table of funds and sub-accounts: a row is a fund, its fields are the columns."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from .table_columns import InputTable, column, columns_of

Date = datetime.date


@dataclass(frozen=True)
class Fund:
    """One row of the funds table."""

    code: str = field(
        metadata=column(
            "fund", "code", 20, "Code of the fund, as in the unit values.",
            "code", "fund_id", "sub-account", "subaccount", "sub_account", "investment choice", needed=True,
        )
    )  # fmt: skip
    printed_name: str = field(
        default="",
        metadata=column(
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
        default="", metadata=column("asset_class", "text", 26, "Its asset class on the page.", "asset class", remark=True)
    )
    fund_inception: Date | None = field(
        default=None,
        metadata=column("fund_inception", "date", 19, "First day of the fund; needed for periods since then."),
    )
    subaccount_inception: Date | None = field(
        default=None,
        metadata=column(
            "subaccount_inception", "date", 25, "First day of the sub-account; needed for standardized periods since then.",
            "date_added", "date added",
        ),
    )  # fmt: skip
    aliases: tuple[str, ...] = field(
        default=(),
        metadata=column("aliases", "names", 60, "Other and former names.", "alias", "former names", "former_names"),
    )
    notes: str = field(
        default="",
        metadata=column("notes", "text", 10, "Numbers of the notes on it.", "note", "footnotes", remark=True),
    )
    predecessor: str | None = field(
        default=None,
        metadata=column("predecessor", "fund", 20, "The fund whose history it carries on, if it replaced one.", seldom=True),
    )
    substituted_on: Date | None = field(
        default=None,
        metadata=column("substituted_on", "date", 19, "The day on which it did.", "substituted on", seldom=True),
    )
    closed_on: Date | None = field(
        default=None,
        metadata=column(
            "closed_on", "date", 14, "Its last day, if it closed: periods that end later are left empty.",
            "closed on", "closed", "last day", "last_day", "closing date", seldom=True,
        ),
    )  # fmt: skip

    @property
    def names(self) -> list[str]:
        """Every name under which the fund is known, its code first."""
        return [name for name in (self.code, *others(self)) if name]


def others(fund: Fund) -> list[str]:
    """The names of a fund besides its code, by the kinds of its columns."""
    found: list[str] = []
    for one in columns_of(type(fund)):
        value = getattr(fund, one.attribute)
        if one.kind == "name" and value:
            found.append(value)
        elif one.kind == "names":
            found += value
    return found


FUND_TABLE = InputTable(
    "Funds", "Funds", "Funds and sub-accounts", "In the order of the page. Aliases are separated by semicolons.", row=Fund
)
