"""What an update is computed from: its tables as asked for, and the inputs, own or of the sample."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..calculation import calendar_days, periods
from ..errors import BadInput
from ..inputs.funds import Funds
from ..inputs.input_tables import RATE_TABLE, Published
from ..inputs.published_figures import published_from_rows
from ..inputs.remembered import parse
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..sources.findings import listed
from ..terms import Terms

Date = datetime.date


def contract_codes(contracts: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """The code of each contract (name, title, code) by its name and by its title, as people write them; for a code none.

    A title that two contracts share names neither, and a code is never taken for the name of another contract.
    """
    titles = [contract_key(title) for _, title, _ in contracts]
    found = {contract_key(title): code or name for name, title, code in contracts if titles.count(contract_key(title)) == 1}
    found |= {contract_key(name): code for name, _, code in contracts}
    return found | {contract_key(code): "" for _, _, code in contracts if code}


def contract_key(label: str) -> str:
    """What the ways of writing a contract's name have in common."""
    return " ".join(label.casefold().split())


@dataclass(frozen=True)
class TableSpec:
    """One table of the update: which contract and charges, to which day, over which periods."""

    id: str
    title: str
    contract: Terms
    charges: str
    quarter_end: bool
    periods: tuple[str, ...]

    @property
    def contract_code(self) -> str:
        """The contract's code in the published figures; empty for a table before contract charges."""
        return "" if self.charges == "asset" else str(self.contract["contract.code"] or self.contract.name)


AFTER_CONTRACT = ("annual", "all")  # charges that are a contract's
MOST_COLUMNS = 20  # periods of a table that is to be read on a page


def _columns(given: Sequence[str]) -> tuple[str, ...]:
    """The periods of a table's columns by their codes, each once."""
    found = [periods.parse(code) for code in given]
    if len(found) > MOST_COLUMNS:
        raise BadInput(f"A table has at most {MOST_COLUMNS} periods (got {len(found)}); give fewer.")
    printed = [one.printed for one in found]
    for place, code in enumerate(printed):
        if code in printed[:place]:
            raise BadInput(f"The period {found[place].code} stands twice among the columns of a table as {code}; keep one.")
    return tuple(one.code for one in found)


@dataclass(frozen=True)
class Inputs:
    """Everything that an update is made of. ``label`` stands wherever the unit values are shown.

    Whatever names the funds and contracts came under, here they have their codes: formulas of a workbook ask by code.
    ``notes`` are printed and numbered from 1; ``heading_notes`` hang a note on a heading: "choice" or a period.
    ``periods`` are the columns of the tables to the month end, ``standard_periods`` of those to the quarter end; without
    them the usual ones.
    """

    unit_values: UnitValues
    funds: Funds
    contracts: tuple[Terms, ...]
    as_of: Date
    shares: Shares | None = None
    share_rows: Sequence[Sequence[Any]] = ()
    rate_rows: Sequence[Sequence[Any]] = ()
    published: tuple[Published, ...] = ()
    holidays: tuple[tuple[Date, str], ...] = ()
    oddities: Sequence[Sequence[Any]] = ()
    sources: Sequence[Sequence[Any]] = ()
    notes: tuple[str, ...] = ()
    heading_notes: tuple[tuple[str, str], ...] = ()
    disclosures: tuple[str, ...] = ()
    title: str = "Performance update"
    label: str = ""
    periods: tuple[str, ...] = ()
    standard_periods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for columns in ("periods", "standard_periods"):
            object.__setattr__(self, columns, _columns(getattr(self, columns)))
        object.__setattr__(self, "rate_rows", RATE_TABLE.named(self.rate_rows))
        values = self.unit_values.coded(self.funds)
        funds = self.funds.beside(values.funds)
        object.__setattr__(self, "unit_values", values)
        if self.shares is not None:
            table = parse("shares", "shares", list(self.share_rows)) if self.share_rows else self.shares
            object.__setattr__(self, "share_rows", table.coded(funds).table())
            object.__setattr__(self, "shares", self.shares.coded(funds))
        codes = contract_codes([(one.name, one.title, str(one["contract.code"])) for one in self.contracts])
        only = str(self.contracts[0]["contract.code"] or self.contracts[0].name) if len(self.contracts) == 1 else ""
        figures = [
            replace(
                one,
                fund=funds.own_code(one.fund),
                contract=codes.get(contract_key(one.contract))
                or one.contract
                or (only if one.charges in AFTER_CONTRACT else ""),
            )
            for one in self.published
        ]
        object.__setattr__(self, "published", tuple(figures))

    @property
    def quarter_end(self) -> Date:
        """Where the standardized tables end."""
        return calendar_days.quarter_end(self.as_of)


def refuse_without_values(inputs: Inputs, where: str) -> None:
    """Refuse a fund that is listed, and of which the unit values have no column: no figure of it could be computed."""
    without = [one.code for one in inputs.funds.items if not inputs.funds.model.meant(one.code, inputs.unit_values.funds)]
    if without:
        them = "it" if len(without) == 1 else "them"
        raise BadInput(
            f"{where} lists {listed(without)}, and the unit values have no column for {them}; bring the unit values too, or "
            f"take {them} off the list until they are there."
        )


def sample_inputs() -> Inputs:
    """The July 2008 update of Flex Extra: the shipped sample."""
    from .. import sample, terms

    return Inputs(
        unit_values=parse("unit_values", "unit_values", sample.rows("UnitValues")),
        funds=parse("funds", "funds", sample.rows("Funds")),
        contracts=(terms.load("flex_extra_flexible"), terms.load("flex_extra_single")),
        as_of=sample.AS_OF,
        shares=parse("shares", "shares", sample.rows("Shares")),
        share_rows=sample.rows("Shares"),
        rate_rows=sample.rows("InterestRates"),
        published=published_from_rows(sample.rows("Published")),
        holidays=sample.holidays(),
        oddities=sample.rows("Oddities"),
        sources=sample.rows("Sources"),
        notes=sample.text("notes.md"),
        heading_notes=(("choice", "1"), ("1Y", "7"), ("10Y", "8")),
        disclosures=sample.text("disclosures.md"),
        title="Flex Extra variable annuity",
        label=sample.LABEL,
    )
