"""The inputs of a report from the files that a user names; the sample's where nothing is named."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import sample
from ..calculation import calendar_days
from ..calculation.charge_schedule import charges_by_share
from ..cells import ranges, scalars
from ..errors import BadInput, FlexExtraError, MissingData, PassedError
from ..files import door
from ..inputs import remembered
from ..inputs.fund_names import key
from ..inputs.fund_table import Fund
from ..inputs.funds import Funds
from ..inputs.input_tables import RATE_TABLE
from ..inputs.shares import Shares
from ..inputs.table_columns import InputTable
from ..inputs.unit_values import UnitValues
from ..sources.files import Files
from ..sources.findings import listed
from ..sources.pipes import SHOWN, STANDARD_INPUT
from ..terms import Terms, in_cells
from ..update import report, update_inputs
from ..workbook.template import Filled
from .own_terms import read_terms, what_if
from .published import to_compare

NO_HOLIDAYS = "No holidays were given, so the last day of use counts all days but Saturdays and Sundays as business days."


def gather(
    unit_values: str | None,
    terms_names: Sequence[str],
    shares: str | None,
    funds: str | None,
    rates: str | None,
    published: str | None,
    disclosures: str | None,
    as_of: str | None,
    holidays: str | None = None,
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
    if unit_values is None:
        given: dict[str, Any] = {}
        values = base.unit_values
    else:
        values = _parsed("unit_values", unit_values, files.rows(unit_values))
        given = {
            "unit_values": values, "share_rows": (), "shares": None, "rate_rows": (), "published": (), "oddities": (),
            "sources": _sources(unit_values, shares, funds, rates, published, holidays, terms_names), "notes": (),
            "heading_notes": (), "disclosures": (), "holidays": (), "label": "", "title": "Performance update",
            "funds": _plain_funds(values),
        }  # fmt: skip
    if terms_names:
        given["contracts"] = tuple(read_terms(name, files, are_drafts) for name in terms_names)
    elif unit_values is not None:
        raise MissingData(
            "--terms is missing; own unit values need the terms of their contract (a file, or a shipped name)."
        )
    if given.get("contracts") and unit_values is not None:
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
        given["share_rows"] = files.rows(shares, text=-2)
        given["shares"] = _parsed("shares", shares, given["share_rows"])
    if funds:
        given["funds"] = _parsed("funds", funds, files.rows(funds))
    if rates:
        given["rate_rows"] = _rates(rates, files)
    if published:
        given["published"] = to_compare(published, files)
    if oddities:
        given["oddities"] = [[str(cell if cell is not None else "") for cell in row] for row in files.rows(oddities)]
    if disclosures:
        given["disclosures"] = _text(disclosures)
    last = values.dates[-1].item()
    if as_of:
        given["as_of"] = scalars.to_day("--as-of", as_of)
    if holidays:
        given["holidays"] = read_holidays(holidays, files)
    elif unit_values is not None and _covers(
        base.holidays, given.get("as_of", calendar_days.month_end(last.year, last.month))
    ):
        given["holidays"] = base.holidays
    elif unit_values is not None:
        given["notes"] = (NO_HOLIDAYS,)
    if unit_values is not None and not as_of:
        closed = [day for day, _ in given["holidays"]]
        given["as_of"] = report.latest_day(last, given["contracts"], closed)
    if shares and unit_values is not None and not funds and any(map(_by_share, given["contracts"])):
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
    files: Files, unit_values: str | None, contract: str | None, shares: str | None, funds: str | None, rates: str | None,
    published: str | None,
) -> Filled:  # fmt: skip
    """What the tables of a template hold, each read and checked as a report reads it."""
    share_rows = files.rows(shares, text=-2) if shares else []
    if shares:
        _parsed("shares", shares, share_rows)
    return Filled(
        _parsed("unit_values", unit_values, files.rows(unit_values)) if unit_values else None,
        _parsed("funds", funds, files.rows(funds)) if funds else None,
        read_terms(contract, files) if contract else None,
        share_rows,
        _whole_table(RATE_TABLE, rates, _rates(rates, files)) if rates else (),
        tuple(to_compare(published, files)) if published else (),
    )


def _parsed(kind: str, name: str, rows: list[list[Any]]) -> Any:
    """The object that a file holds; what is wrong is said of the file, not of a range."""
    file = Path(name).name
    if len(rows) < 2:
        raise MissingData(f"{file} holds a header and no data; add the rows.")
    try:
        return remembered.parse(kind, kind, rows)
    except FlexExtraError as error:
        raise BadInput(f"{file}: {error}") from None


def _declared_columns(table: InputTable, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a table without columns that it does not declare; as they are, where a heading of it is missing."""
    heads = [str(head or "").strip() for head in rows[0]]
    found = [table.column(head) or table.column(head.replace(" ", "_")) for head in heads]
    places = {one.name: place for place, one in enumerate(found) if one is not None}
    if any(one.needed and one.name not in places for one in table.columns):
        return rows
    kept = [one.name for one in table.columns if one.name in places]
    return [kept, *([row[places[name]] for name in kept] for row in rows[1:])]


def _rates(name: str, files: Files) -> list[list[Any]]:
    """The rows of a table of rates, known by its headings or its places: each has a day and a number."""
    rows = RATE_TABLE.named(_declared_columns(RATE_TABLE, files.rows(name)))
    heads = [str(head) for head in rows[0]] if rows else []
    checks = {"effective_date": ("date", scalars.to_day), "rate": ("number", scalars.number)}
    for column, (kind, read) in checks.items():
        if column not in heads:
            continue
        place = heads.index(column)
        for row in rows[1:]:
            if scalars.is_blank(row[place]):
                continue
            try:
                read(column, row[place])
            except PassedError:  # an error cell is that of the rate
                continue
            except FlexExtraError:
                raise BadInput(
                    f"{Path(name).name} has {scalars.short(row[place])} for {column!r}, which is no {kind}; give a table of "
                    "effective_date and rate, with kind between them where there are several."
                ) from None
    return rows


def _whole_table(table: InputTable, name: str, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a table with every column that it declares, blank where a file has none."""
    kept = _declared_columns(table, rows)
    heads = [str(head) for head in kept[0]]
    for column in table.columns:
        if column.needed and column.name not in heads:
            raise MissingData(f"{Path(name).name} has no column {column.name!r}; name it so in the header.")
    places = [heads.index(column.name) if column.name in heads else None for column in table.columns]
    head = [column.as_filled_in for column in table.columns]
    return [head, *([None if place is None else row[place] for place in places] for row in kept[1:])]


def read_holidays(name: str, files: Files | None = None) -> tuple[tuple[datetime.date, str], ...]:
    """Days and their names from a file: date and name, below a header or without one."""
    rows = (files or Files()).rows(name)
    found = []
    for row in rows if rows and rows[0] and ranges.is_date(rows[0][0]) else rows[1:]:
        if row and not scalars.is_blank(row[0]):
            label = "" if len(row) < 2 or scalars.is_blank(row[1]) else str(row[1])
            found.append((scalars.to_day("--holidays", row[0]), label))
    if not found:
        raise MissingData(f"{Path(name).name} holds no holidays; give a header, then a date (and a name) in each row.")
    return tuple(sorted(found))


def _covers(holidays: Sequence[tuple[datetime.date, str]], as_of: datetime.date) -> bool:
    """Whether a list of holidays reaches from the end of the period to the last day of its use."""
    days = [day for day, _ in holidays]
    return days[0].replace(month=1, day=1) <= as_of and calendar_days.last_use_date(as_of, days) <= days[-1]


def _checked(inputs: update_inputs.Inputs) -> update_inputs.Inputs:
    """Inputs that make sense together: every fund of the page has unit values, and a share where the charge is by share."""
    for fund in inputs.funds.items:
        inputs.unit_values.column(fund.code, inputs.funds)
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
            f"last business day of its month, give --as-of {end}."
        )
    return ""


def _plain_funds(values: UnitValues) -> Funds:
    return Funds(tuple(Fund(code, printed_name=code) for code in values.funds))


def _text(name: str) -> tuple[str, ...]:
    text = door.text(door.path_of(name), "The disclosures", f"There is no file {door.shown(name)}.")
    return sample.paragraphs(text)


def _sources(*names: Any) -> list[list[Any]]:
    """The files that were named, for the sheet of sources."""
    labels = ("Unit values", "Charge shares", "Funds", "Interest rates", "Published figures", "Holidays", "Contract terms")
    table: list[list[Any]] = [["input", "source", "status"]]
    for label, name in zip(labels, names, strict=True):
        files = name if isinstance(name, list | tuple) else [name]
        shown = [SHOWN if one == STANDARD_INPUT else Path(str(one)).name for one in files if one]
        table += [[label, one, "given by the user"] for one in shown]
    return table
