"""Checks of new data before anything is written."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..cells.date_system import SHIFT_1904
from ..cells.scalars import nearest, to_date
from ..errors import FlexExtraError, agreed, counted
from ..inputs import series_checks
from ..inputs.fund_names import FundNames, key
from ..inputs.input_tables import PUBLISHED_TABLE, RATE_TABLE, SHARE_TABLE
from ..inputs.published_figures import FRACTION, PERCENTAGES
from ..inputs.series_checks import Limits
from ..inputs.shares import Shares
from ..ooxml.fast.coded_texts import coded
from ..ooxml.fast.column_writer import UNIX_EPOCH, to_list
from ..ooxml.strings import SharedStrings
from ..ooxml.tables.body import Body
from ..ooxml.tables.moved_rows import MovedRows
from ..ooxml.workbook import Area, Workbook
from ..sources.findings import ERROR, Findings, as_printed, listed
from ..sources.source import simple
from .fit.task import FUND_NAMES, FittedRows
from .plan import TablePlan
from .versions import ordered

Days = Sequence[datetime.date]


def closed_days(workbook: Workbook, strings: SharedStrings) -> list[datetime.date]:
    """The days of the workbook's table of holidays, which are no business days."""
    area = workbook.table("Holidays")
    if area is None:
        return []
    days, shift = [], SHIFT_1904 if workbook.date1904 else 0
    place = next((i for i, column in enumerate(area.columns) if "date" in simple(column.name)), 0)
    for cell in to_list(Body(workbook, strings, area).values(place)):
        try:
            days.append(to_date("Holidays", cell + shift if isinstance(cell, int | float) else cell))
        except FlexExtraError:  # a name or a blank: which days are holidays is for the functions to say
            continue
    return days


def check(area: Area, fitted: FittedRows) -> Findings:
    """Findings about the new data of one table that depend on nothing else."""
    findings = Findings([*fitted.findings, *_formula_texts(area, fitted)])
    if fitted.rows == 0:
        findings.warning(area.name, "the source has no rows", "check the source; the table would be emptied")
    dates = fitted.columns[fitted.date] if fitted.date is not None else None
    failed = any(f.severity == ERROR for f in fitted.findings)  # a date that was not understood is none, and was said
    if dates is not None and not failed and not isinstance(dates, list) and dates.null_count:
        row = pc.index(pc.is_null(dates), True).as_py() + 1
        where = f"{area.name}, column {area.columns[fitted.date or 0].name}"
        what = f"{counted(dates.null_count, 'row has', 'rows have')} no date, first row {row} of the data"
        findings.error(where, what, "fill it in at the source")
    return findings


def series(
    area: Area, fitted: FittedRows, limits: Limits, today: datetime.date, replaced: dict[str, datetime.date],
    holidays: Days = (),
) -> Findings:  # fmt: skip
    """Findings about unit values by date: the calendar, jumps, stale values, holes; ``replaced`` says of funds, by the
    keys of their names, on which day others replaced them."""
    findings = Findings()
    dates = fitted.columns[fitted.date] if fitted.date is not None else None
    if dates is None or isinstance(dates, list) or not pa.types.is_date(dates.type):
        return findings
    if dates.null_count or not len(dates) or not fitted.unit_values:
        return findings
    days = dates.cast(pa.int32()).to_numpy().astype("datetime64[D]")
    where = f"{area.name}, column {area.columns[fitted.date or 0].name}"
    _calendar(findings, where, _each_once(days), limits, today, holidays)
    groups = _groups(fitted, area)
    codes = np.zeros(len(days), np.int64) if groups is None else groups[0]
    by_fund = _Series(ordered(days.view(np.int64), codes), days, codes, holidays)
    for index in fitted.series:
        column = fitted.columns[index]
        if isinstance(column, list) or pa.types.is_string(column.type):
            continue
        values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), float)
        where = f"{area.name}, {area.columns[index].name}"
        _values(findings, where, values, by_fund, None if groups is None else groups[1], limits)
        if groups is None:
            _holes(findings, where, values, days, replaced.get(key(area.columns[index].name)))
    return findings


class _Series:
    """Rows by fund and date."""

    def __init__(self, rows: Any, days: Any, codes: Any, holidays: Days) -> None:
        self.rows, self.of_all, self.codes, self.holidays = rows, days, codes, holidays
        self.days, funds = days[rows], codes[rows]
        self.same = funds[1:] == funds[:-1]

    def only(self, filled: Any) -> _Series:
        """Some of the rows, in their order."""
        return self if filled.all() else _Series(self.rows[filled], self.of_all, self.codes, self.holidays)

    @cached_property
    def counted(self) -> tuple[Any, Any]:
        """Which rows count, and which follow one of their fund; the same for each column."""
        return series_checks.counted(self.days, self.same, self.holidays)


def _each_once(days: Any) -> Any:
    if not (days[1:] >= days[:-1]).all():
        days = np.sort(days)  # many times quicker than np.unique
    return days[np.concatenate(([True], days[1:] != days[:-1]))]


def shares(area: Area, plan: TablePlan, date: int | None, date1904: bool) -> Findings:
    """Shares of a charge, as the table will hold them, that sum to more than one."""
    findings = Findings()
    places = {column.name: i for i, named in enumerate(area.columns) if (column := SHARE_TABLE.column(named.name))}
    if simple(area.name) != simple(SHARE_TABLE.name) or not {"fund", "share"} <= set(places):
        return findings
    if any(plan.columns[place] is None for place in (places["fund"], places["share"])):
        return findings  # the plan itself says why
    columns = [to_list(plan.columns[place]) for place in (places["fund"], places["share"])]
    days = [None] * len(columns[0]) if date is None else [_day(cell, date1904) for cell in to_list(plan.columns[date])]
    rows = [(day, str(fund), share) for day, fund, share in zip(days, *columns, strict=True) if isinstance(share, float)]
    try:
        held = Shares(rows)
        found = held.other_sums()
    except FlexExtraError as error:
        findings.error(area.name, str(error).rstrip("."), "correct the source")
        return findings
    over = [(day, total) for day, total in found if total > 1.0]
    for day, total in over[:1]:
        when = "" if day == datetime.date.min else f" from {day}"
        what = f"the shares sum to {total:.6g}{when}{held.in_sum(day)}"
        action = "give 0 to a fund that has left, or correct them, unless the charge is shared otherwise"
        findings.warning(f"{area.name}, {area.columns[places['share']].name}", what, action)
    return findings


_AS_A_FRACTION = "give fractions at the source: 0.035 for 3.5%, or the text 3.5%"
_BOUNDS = {
    (simple(RATE_TABLE.name), "rate"): (0.0, 1.0, _AS_A_FRACTION),
    (simple(PUBLISHED_TABLE.name), simple(FRACTION)): (-1.0, math.inf, f"{_AS_A_FRACTION}, or a column {PERCENTAGES}"),
    (simple(PUBLISHED_TABLE.name), simple(PERCENTAGES)): (-100.0, math.inf, "no return is below -100%; correct the source"),
}
"""What the numbers of a column may be at least and at most, and what to do about others."""


def fractions(area: Area, fitted: FittedRows) -> Findings:
    """New rates and printed returns in another unit than their column: 3.5 for 3.5%, a loss of more than everything."""
    findings = Findings()
    for column, values in zip(area.columns, fitted.columns, strict=True):
        lowest, highest, action = _BOUNDS.get((simple(area.name), simple(column.name)), (-math.inf, math.inf, ""))
        numbers = to_list(values) if action and values is not None else []
        odd = [v for v in numbers if isinstance(v, int | float) and not lowest <= v <= highest]
        if odd:
            within = f"below {lowest:g}" if highest == math.inf else f"not between {lowest:g} and {highest:g}"
            what = f"{counted(len(odd), 'number is', 'numbers are')} {within}, first {as_printed(odd[0])}"
            findings.error(f"{area.name}, column {column.name}", what, action)
    return findings


def _day(cell: Any, date1904: bool) -> datetime.date | None:
    return None if cell is None else to_date("shares", cell + (SHIFT_1904 if date1904 else 0))


def merged(plan: TablePlan, fitted: FittedRows, limits: Limits, date1904: bool) -> FittedRows:
    """What a merge leaves in the table, from shortly before the first new date on: so that limits hold from the values
    that the workbook has to those that come."""
    date = fitted.date
    new = None if date is None else fitted.columns[date]
    joined = None if date is None else plan.columns[date]
    if date is None or new is None or isinstance(new, list) or isinstance(joined, list) or joined is None or not len(new):
        return fitted
    shift = UNIX_EPOCH - (SHIFT_1904 if date1904 else 0)
    days = np.floor(joined.cast(pa.float64()).to_numpy(zero_copy_only=False)) - shift
    if np.isnan(days).any():
        return fitted
    unique = np.unique(days)
    first = float(pc.min(new.cast(pa.int32())).as_py())
    back = limits.repeats + 1
    start = unique[max(int(np.searchsorted(unique, first)) - back, 0)]
    rows = pa.array(np.flatnonzero(days >= start))
    columns = [None if c is None or isinstance(c, list) else c.take(rows) for c in plan.columns]
    columns[date] = pa.array(days.astype(np.int32)).take(rows).cast(pa.date32())
    numbers = [i for i in fitted.series if columns[i] is not None]
    return dataclasses.replace(fitted, columns=columns, series=numbers, findings=Findings())


def _formula_texts(area: Area, fitted: FittedRows) -> Findings:
    """Texts that a spreadsheet would take for a formula if they were typed: they are stored as text."""
    findings = Findings()
    for index, column in enumerate(fitted.columns):
        if column is None:
            continue
        if isinstance(column, list):
            risky = [v for v in column if isinstance(v, str) and v[:1] in "=+-@" and v.strip("=+-@ ")]
        elif pa.types.is_string(column.type):
            texts = coded(column).dictionary  # names come again and again
            risky = texts.filter(pc.fill_null(pc.match_substring_regex(texts, r"^[=+\-@\t\r].*\S"), False)).to_pylist()
        else:
            continue
        if risky:
            what = f"{counted(len(risky), 'text begins', 'texts begin')} as a formula does, such as {risky[0][:40]!r}"
            where = f"{area.name}, column {area.columns[index].name}"
            findings.warning(where, what, "they are stored as text, never as formulas; check the source")
    return findings


_OF_HOLIDAYS = "days on which markets are closed, such as Good Friday, belong in the table Holidays"


def _calendar(
    findings: Findings, where: str, days: Any, limits: Limits, today: datetime.date, holidays: Days
) -> None:  # fmt: skip
    """The dates of a table, each once: weekends, month ends, the future, the day to be reached, gaps."""
    ends = series_checks.month_ends(days, holidays)
    _weekends(findings, where, days, limits, bool(ends.mean() >= series_checks.NEARLY_ALL))
    others = days[~ends]
    odd = counted(len(others), "date is no month end", "dates are no month ends")
    if len(others) and limits.month_ends is True:
        findings.error(where, f"{odd}, first {others[0]}", f"correct the source, or {_OF_HOLIDAYS}")
    elif len(others) and limits.month_ends is None and ends.mean() >= series_checks.NEARLY_ALL:
        findings.warning(where, f"{odd}, unlike the others; first {others[0]}", f"check them; {_OF_HOLIDAYS}")
    last = days[-1].item()
    if last > today:
        findings.warning(where, f"the last date is {last}, which is in the future", "check the source")
    if limits.as_of and series_checks.ends_before(last, to_date("as_of", limits.as_of), holidays):
        what = f"the data ends on {last}, before {limits.as_of}"
        findings.error(where, what, f"get the later data, or correct 'as_of'; {_OF_HOLIDAYS}")
    wide = series_checks.gaps(days, limits)
    if len(wide):
        what = f"{counted(len(wide), 'gap')} of more than {limits.gap}, first from {days[wide[0] - 1]} to {days[wide[0]]}"
        beyond = findings.error if limits.max_gap_days is not None else findings.warning
        beyond(where, what, "get the missing valuations")


def _weekends(findings: Findings, where: str, days: Any, limits: Limits, by_month: bool) -> None:
    """Dates on a weekend; a calendar month end among values ``by_month`` is none to be looked at."""
    on = series_checks.weekends(days)
    if limits.weekends or not on.any():
        return
    ends = series_checks.calendar_month_ends(days)
    odd = days[on & ~ends] if by_month else days[on]
    if len(odd):
        what = f"{counted(len(odd), 'date falls', 'dates fall')} on a weekend, first {odd[0]}"
        findings.warning(where, what, "check them, or set weekends = true")
    else:
        what = f"{counted(int(on.sum()), 'month end falls', 'month ends fall')} on a weekend, first {days[on][0]}"
        findings.note(where, what, "nothing to do if calendar month ends are meant")


def _groups(fitted: FittedRows, area: Area) -> Any:
    """For each row its fund, where funds stand in rows; None where they stand in columns."""
    for index, column in enumerate(area.columns):
        values = fitted.columns[index]
        if simple(column.name) in FUND_NAMES and values is not None and not isinstance(values, list):
            encoded = coded(values)
            return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
    return None


def _values(findings: Findings, where: str, values: Any, by_fund: _Series, funds: Any, limits: Limits) -> None:
    """The values of one column, of one fund or of the ``funds`` in rows: not positive, jumps, stale ones."""
    days, codes = by_fund.of_all, by_fund.codes

    def at(row: int) -> str:
        fund = f" of {funds[codes[row]]}" if funds is not None and codes[row] >= 0 else ""
        return f"{days[row]}{fund}"

    low = series_checks.not_positive(values)
    if len(low) and limits.positive is not False:
        what = f"{counted(len(low), 'value is', 'values are')} not above zero"
        findings.error(where, f"{what}, first {as_printed(float(values[low[0]]))} on {at(low[0])}", "correct the source")
    by_fund = by_fund.only(~np.isnan(values[by_fund.rows]))
    order, sorted_values = by_fund.rows, values[by_fund.rows]
    jumps = series_checks.jumps(sorted_values, limits, by_fund.same)
    if len(jumps):
        first = jumps[0]
        before, after = sorted_values[first - 1], sorted_values[first]
        what = f"{counted(len(jumps), 'change')} of more than {limits.jump:.0%}, first {before:g} → {after:g}"
        beyond = findings.error if limits.max_jump is not None else findings.warning
        action = "check the value; raise 'max_jump' if it is right"
        if limits.max_jump is None and len(other := series_checks.other_unit(sorted_values, jumps)):
            beyond, first = findings.error, other[0]
            before, after = sorted_values[first - 1], sorted_values[first]
            what = f"{before:g} → {after:g}, as if it were in another unit (cents or percent)"
            action = "correct the source; state 'max_jump' if it is right"
        beyond(where, f"{what} ({after / before - 1:+.1%}) on {at(order[first])}", action)
    starts, _, counts = series_checks.standing(sorted_values, by_fund.counted, limits)
    if len(starts):
        what = f"the value {sorted_values[starts[0]]:g} stands {counts[0]} times in a row from {at(order[starts[0]])}"
        beyond = findings.error if limits.max_repeats is not None else findings.warning
        beyond(where, what, "check that the price is not stale")


def _holes(findings: Findings, where: str, values: Any, days: Any, replaced_on: datetime.date | None) -> None:
    """Blanks between two values of a fund, in a wide table, or behind its values, but for one that was replaced then."""
    blanks, last = series_checks.holes(values)
    if last is None:
        return
    if len(blanks):
        what = f"{counted(len(blanks), 'date has', 'dates have')} no value, first {days[blanks[0]]}"
        findings.warning(where, what, "fill them in at the source")
    due = days[last + 1 :]
    if replaced_on is not None:
        due = due[due <= np.datetime64(replaced_on, "D")]
    if len(due):
        action = "get the later values; of a fund that closed give its last day (closed_on) in the list of funds"
        findings.warning(where, f"the values end on {days[last]}, before the others", action)


def takes_the_place(area: Area, plan: TablePlan) -> bool:
    """Whether the new rows are a set of printed figures of another day, which takes the place of the last."""
    return plan.new_set and any(simple(column.name) == "period" for column in area.columns)


def revisions(area: Area, plan: TablePlan, dated: bool) -> Findings:
    """Changed or removed history, and what would be lost, which needs to be accepted.

    Published figures come as a set of one day, which takes the place of the last.
    """
    if not plan.rows_before:
        return Findings()
    findings = Findings()
    if takes_the_place(area, plan):
        what = f"{counted(plan.lost_rows, 'row of another day is', 'rows of other days are')} replaced by {plan.added:,} new"
        findings.note(plan.table, what, "nothing to do if the new set takes the place of the last")
        return findings
    if dated and plan.revised_cells:
        first = next((c for c in plan.changes if c.old is not None), None)
        what = f"{counted(plan.revised_cells, 'value')} that the workbook holds already would change"
        what += f", first {first}" if first else ""
        findings.revision(plan.table, what, "check them with the source; --accept-revisions lets them in")
    elif plan.blanked_cells:
        first = next((c for c in plan.changes if c.old is not None and c.new is None), None)
        what = f"{counted(plan.blanked_cells, 'value')} that the workbook holds would become blank"
        what += f", first {first}" if first else ""
        findings.revision(plan.table, what, "check the source for blanks and errors; --accept-revisions lets them go")
    if plan.lost_rows and (dated or plan.keys):
        what = f"{counted(plan.lost_rows, 'row')} that the workbook holds would go, first {plan.removed_keys[0]}"
        findings.revision(plan.table, what, "--merge keeps them; or repeat with --accept-revisions")
    return findings


def ended(area: Area, fitted: FittedRows, names: FundNames) -> frozenset[str]:
    """The columns of funds that had closed, or were replaced, before the first new day: nothing is due of them."""
    days = fitted.columns[fitted.date] if fitted.date is not None and fitted.unit_values else None
    if days is None or isinstance(days, list) or not pa.types.is_date(days.type) or days.null_count == len(days):
        return frozenset()
    first = pc.min(days).as_py()
    return frozenset(one.name for one in area.columns if names.ended.get(key(one.name), datetime.date.max) < first)


def misspelt(area: Area, plan: TablePlan, fitted: FittedRows, names: FundNames) -> Findings:
    """Columns of unit values that are no fund of the workbook, while a fund of it that had values gets none for the new
    day: its figures would be missing."""
    findings, date = Findings(), fitted.date
    if date is None or not fitted.strangers or plan.columns[date] is None:
        return findings
    days = np.array([-np.inf if day is None else float(day) for day in to_list(plan.columns[date])])
    held, newest = np.flatnonzero(plan.old_of >= 0), int(days.argmax())
    if not len(held) or plan.old_of[newest] >= 0:
        return findings
    last = int(held[days[held].argmax()])
    columns = [
        (one.name, held)
        for i, (one, given, held) in enumerate(zip(area.columns, fitted.columns, plan.columns, strict=True))
        if i != date and given is None and held is not None  # the source has no column for it
    ]
    ended = [name for name, values in columns if _filled(values, last) and not _filled(values, newest)]
    without = [name for name in ended if key(name) not in names.ended]
    for other in fitted.strangers if without else ():
        what = f"the source's column {other!r} is not a fund of the workbook, and {listed(without)} "
        what += f"{agreed(len(without), 'has', 'have')} no value for the new day{nearest(other, names.of(without))}"
        action = (
            "correct the heading; a new fund needs its row in a list of funds, given with the same files, and a closed one "
            "its day there (closed_on); or leave the column out"
        )
        findings.error(area.name, what, action)
    return findings


def _filled(values: Any, row: int) -> bool:
    cell = values[row]
    return (cell if isinstance(values, list) else cell.as_py()) is not None


def beside_values(body: Body, plan: TablePlan, by_excel: bool) -> Findings:
    """What cells have besides their values and does not go with their rows. Excel itself is given values alone."""
    found, area = Findings(), body.area
    if any(column is None and not body.calculated(i) for i, column in enumerate(plan.columns)):
        return found  # nothing is written
    rows = MovedRows(body, plan.columns, plan.old_of)
    if lost := rows.lost(all_of_them=by_excel):
        what = f"a picture, or formats within the text, of {listed(lost)} {agreed(len(lost), 'is', 'are')} replaced by data"
        found.warning(area.name, what, "keep such cells in a column that the source does not fill, beside the table")
    if left := rows.left_behind(by_excel):
        what = f"rows move, but not the comments, links or cells beside the table at {listed(left)}"
        found.warning(area.name, what, "move it after the refresh, or take it into a column of the table")
    if by_excel and rows.recoloured():
        found.warning(
            area.name, "rows move, but the colours of cells do not", "colour them again, or refresh the closed file"
        )
    return found
