"""The inputs of a report from the files that a user names; the sample's where nothing is named."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from collections.abc import Sequence
from typing import Any

from .. import sample
from ..calculation import calendar_days
from ..calculation.charge_schedule import charges_by_share
from ..cells import scalars
from ..errors import BadInput, MissingData, PassedError
from ..files import door
from ..inputs.fund_names import key
from ..inputs.fund_table import Fund
from ..inputs.funds import Funds
from ..inputs.input_tables import RATE_TABLE
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..sources.files import Files
from ..sources.findings import listed
from ..terms import Terms, in_cells
from ..update import report, update_inputs
from ..workbook.template import Filled
from .given_tables import (
    Named,
    label,
    read_funds,
    read_holidays,
    read_published,
    read_rates,
    read_shares,
    read_unit_values,
    several,
    whole_table,
)
from .own_terms import read_terms, what_if

NO_HOLIDAYS = "No holidays were given, so the last day of use counts all days but Saturdays and Sundays as business days."


def gather(
    unit_values: Named,
    terms_names: Sequence[str],
    shares: Named,
    funds: Named,
    rates: Named,
    published: Named,
    disclosures: str | None,
    as_of: str | None,
    holidays: Named = None,
    *,
    files: Files | None = None,
    periods: str | None = None,
    standard_periods: str | None = None,
    payment: float | None = None,
    changed: Sequence[str] = (),
    oddities: str | None = None,
    are_drafts: bool = False,
) -> update_inputs.Inputs:
    """Inputs of a report. With own unit values nothing of the sample is left but what is named.

    Its holidays are those of a calendar, not of a product: they stay where they cover the days that are counted.
    """
    base, files = update_inputs.sample_inputs(), files or Files()
    own_funds = read_funds(funds, files) if funds else None
    if not unit_values:
        given: dict[str, Any] = {}
        values = base.unit_values
    else:
        values = read_unit_values(unit_values, files, own_funds)
        given = {
            "unit_values": values, "share_rows": (), "shares": None, "rate_rows": (), "published": (), "oddities": (),
            "sources": _sources(unit_values, shares, funds, rates, published, holidays, terms_names), "notes": (),
            "heading_notes": (), "disclosures": (), "holidays": (), "label": "", "title": "Performance update",
            "funds": _plain_funds(values),
        }  # fmt: skip
    if terms_names:
        given["contracts"] = tuple(read_terms(name, files, are_drafts) for name in terms_names)
    elif unit_values:
        raise MissingData(
            "--terms is missing; own unit values need the terms of their contract (a file, or a shipped name)."
        )
    if given.get("contracts") and unit_values:
        given["title"] = given["contracts"][0].title
    for columns, said in (("periods", periods), ("standard_periods", standard_periods)):
        if said:
            given[columns] = tuple(part.strip() for part in re.split(r"[,;\n]", said) if part.strip())
    if payment is not None:
        if any(in_cells.key_of(one.partition("=")[0].rpartition(":")[2]) == "payment.amount" for one in changed):
            raise BadInput("'--payment' and '--set payment.amount' are both given; keep one.")
        contracts = given.get("contracts", base.contracts)
        given["contracts"] = tuple(one.replace(payment__amount=payment) for one in contracts)
    if changed:
        given["contracts"] = what_if(given.get("contracts", base.contracts), changed)
        told = [["Contract terms", f"--set {one}", "changed for this run"] for one in changed]
        given["sources"] = [*map(list, given.get("sources", base.sources)), *told]
    if shares:
        given["shares"], given["share_rows"] = read_shares(shares, files, own_funds)
    if own_funds:
        given["funds"] = own_funds
    if rates:
        given["rate_rows"] = read_rates(rates, files)
    if published:
        given["published"] = read_published(published, files, own_funds)
    if oddities:
        given["oddities"] = [[str(cell if cell is not None else "") for cell in row] for row in files.rows(oddities)]
    if disclosures:
        given["disclosures"] = _text(disclosures)
    last = values.dates[-1].item()
    if as_of:
        given["as_of"] = scalars.to_day("--as-of", as_of)
    if holidays:
        given["holidays"] = read_holidays(holidays, files)
    elif unit_values and _covers(base.holidays, given.get("as_of", calendar_days.month_end(last.year, last.month))):
        given["holidays"] = base.holidays
    elif unit_values:
        given["notes"] = (NO_HOLIDAYS,)
    if unit_values and not as_of:
        closed = [day for day, _ in given["holidays"]]
        given["as_of"] = report.latest_day(last, given["contracts"], closed)
    if shares and unit_values and not funds and any(map(_by_share, given["contracts"])):
        _refuse_other_names(given["shares"], values)
    return _checked(dataclasses.replace(base, **given))


def _by_share(terms: Terms) -> bool:
    """Whether a contract takes a charge by a sub-account's share of it."""
    return any(charge.base == "share" and terms.takes(charge) for charge in terms.charges)


def _refuse_other_names(shares: Shares, values: UnitValues) -> None:
    """Refuse shares that know no fund of the unit values where no table of funds says what the other names are."""
    known = [str(fund) for *_, fund, _ in shares.rows()]
    if known and not {key(fund) for fund in known} & {key(fund) for fund in values.funds}:
        raise MissingData(
            f"--shares names {listed(known)}, and --unit-values {listed(list(values.funds))}; give --funds, which has both."
        )


def filled_by(
    files: Files, unit_values: Named, contract: str | None, shares: Named, funds: Named, rates: Named, published: Named
) -> Filled:
    """What the tables of a template hold, each read and checked as a report reads it."""
    own_funds = read_funds(funds, files) if funds else None
    return Filled(
        read_unit_values(unit_values, files, own_funds) if unit_values else None,
        own_funds,
        read_terms(contract, files) if contract else None,
        read_shares(shares, files, own_funds)[1] if shares else [],
        whole_table(RATE_TABLE, label(several(rates)[0]), read_rates(rates, files)) if rates else (),
        read_published(published, files, own_funds) if published else (),
    )


def _covers(holidays: Sequence[tuple[datetime.date, str]], as_of: datetime.date) -> bool:
    """Whether a list of holidays reaches from the end of the period to the last day of its use."""
    days = [day for day, _ in holidays]
    return days[0].replace(month=1, day=1) <= as_of and calendar_days.last_use_date(as_of, days) <= days[-1]


def _checked(inputs: update_inputs.Inputs) -> update_inputs.Inputs:
    """Inputs that make sense together: every fund of the page has unit values, and a share where the charge is by share."""
    update_inputs.refuse_without_values(inputs, "The list of funds")
    for one in inputs.contracts:
        if _by_share(one):
            if inputs.shares is None:
                raise charges_by_share(one, "--shares", "; give it with --shares FILE (columns fund, share)")
            for fund in inputs.funds.items:
                with contextlib.suppress(PassedError):  # an error cell is that of the figures that need it
                    inputs.shares.on(fund.code, inputs.as_of, inputs.funds)
    _refuse_late(inputs)
    return inputs


def _refuse_late(inputs: update_inputs.Inputs) -> None:
    """Refuse a last day that the terms do not reach from the latest unit value."""
    last: datetime.date = inputs.unit_values.dates[-1].item()
    beyond = (inputs.as_of - last).days
    for one in inputs.contracts if beyond > 0 else ():
        rule, age = one["valuation.rule"], one["valuation.max_age_days"]
        if rule != "on_or_before" or (age is not None and beyond > age):
            term = f"valuation.max_age_days = {age:g}" if rule == "on_or_before" else f"valuation.rule = {rule}"
            raise MissingData(
                f"--as-of {inputs.as_of} lies after the last unit value of {last} by more than {one.name} allows ({term}); "
                "give an earlier date."
            )


def day_note(inputs: update_inputs.Inputs, as_of: str | None) -> str:
    """What to know of the last day of an update that nobody named: it is a month end, or just misses one."""
    last: datetime.date = inputs.unit_values.dates[-1].item()
    end = calendar_days.month_end(last.year, last.month)
    if as_of or last == end or inputs.as_of > end or inputs.as_of < last:
        return ""
    if inputs.as_of == end:
        return (
            f"Note: the last unit value is of {last:%A} {last}, after which no business day is left in its month, so the "
            f"update ends on the month end {end}; --as-of names another day."
        )
    if (end - last).days <= report.LONGEST_CLOSED + 1:
        return (
            f"Note: the update ends on {last}, the last unit value, and not on the month end {end}; where {last} is the "
            f"last business day of its month, give --as-of {end}, or the days on which markets were closed, such as Good "
            "Friday, with --holidays."
        )
    return ""


def _plain_funds(values: UnitValues) -> Funds:
    return Funds(tuple(Fund(code, printed_name=code) for code in values.funds))


def _text(name: str) -> tuple[str, ...]:
    text = door.text(door.path_of(name), "The disclosures", f"There is no file {door.shown(name)}.")
    return sample.paragraphs(text)


def _sources(*names: Named) -> list[list[Any]]:
    """The files that were named, for the sheet of sources."""
    labels = ("Unit values", "Charge shares", "Funds", "Interest rates", "Published figures", "Holidays", "Contract terms")
    table: list[list[Any]] = [["input", "source", "status"]]
    for kind, name in zip(labels, names, strict=True):
        table += [[kind, label(one), "given by the user"] for one in several(name)]
    return table
