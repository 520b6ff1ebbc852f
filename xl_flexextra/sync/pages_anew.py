"""Pages cannot grow in place: where funds join or go, the workbook is built anew from its tables, if nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..inputs.fund_names import FundNames
from ..inputs.input_tables import UNIT_VALUE_TABLE
from ..ooxml.workbook import Workbook
from ..sources.findings import Findings, listed
from ..sources.source import simple
from .fit.task import FUND_NAMES
from .funds_table import lists_funds
from .plan import TablePlan


class Anew(Protocol):
    """What builds a workbook anew from the tables in it."""

    def hinders(self, raw: bytes) -> str:
        """Why the workbook as it is may not be built anew: what of it would be lost; empty where it may."""

    def build(self, raw: bytes) -> bytes:
        """The workbook built anew."""


class Found(Protocol):
    """What is known of a refresh before anything is written."""

    book: Path
    plans: list[TablePlan]
    findings: Findings
    notes: list[str]


def wanted(anew: Anew | None, found: Found, raw: bytes) -> Anew | None:
    """What builds the workbook anew, where its funds are others and nothing of it would be lost; else that is said."""
    lists = [made for made in found.plans if lists_funds(made.table) and (made.added or made.removed)]
    if anew is None or not lists:
        return None
    names = listed([*lists[0].added_keys, *lists[0].removed_keys])
    if why := anew.hinders(raw):
        action = (
            f"build them with 'xl-flexextra report {found.book.name}', which writes another workbook, and take over into it "
            "what is yours"
        )
        found.findings.warning(lists[0].table, f"the pages have no rows for {names} yet, as {why}", action)
        return None
    found.notes.append(f"The pages were built anew with {names}, as they cannot grow in place.")
    return anew


def without_values(workbook: Workbook, plans: list[TablePlan], names: FundNames) -> Findings:
    """Funds that would be listed, and of which the unit values would have no column: their figures could not be computed."""
    said = Findings()
    values = next((area for area in workbook.tables if simple(area.name) == simple(UNIT_VALUE_TABLE.name)), None)
    lists = [made for made in plans if lists_funds(made.table) and made.added]
    if values is None or not lists or any(simple(one.name) in FUND_NAMES for one in values.columns):
        return said
    columns = [one.name for one in values.columns]
    without = [name for name in lists[0].added_keys if not names.meant(name, columns)]
    if without:
        them = "it" if len(without) == 1 else "them"
        what = f"{listed(without)} would join, and the unit values have no column for {them}"
        said.error(
            lists[0].table, what, f"give the unit values of {them} with the same files, or leave {them} out until then"
        )
    return said
