"""Checks of new data before anything is written."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arguments import to_date
from ..fund_names import key
from ..ooxml.columns import SHIFT_1904, UNIX_EPOCH
from ..ooxml.workbook import Area
from ..sources.findings import ERROR, NOTE, REVISION, WARNING, Finding, counted, shown
from ..sources.mapping import Limits
from ..sources.source import simple
from .fitted import FUND_NAMES, Fitted, holds_unit_values
from .plan import TablePlan

USUAL_JUMP = 0.5  # a change from one valuation to the next that is worth a look where no limit is stated
USUAL_REPEATS = 6  # as often an unchanged value is worth a look


def check(area: Area, fitted: Fitted) -> list[Finding]:
    """Findings about the new data of one table that depend on nothing else."""
    findings = list(fitted.findings)
    findings += _formula_texts(area, fitted)
    if fitted.rows == 0:
        findings.append(
            Finding(WARNING, area.name, "the source has no rows", "check the source; the table would be emptied")
        )
    dates = fitted.columns[fitted.date] if fitted.date is not None else None
    failed = any(f.severity == ERROR for f in fitted.findings)  # a date that was not understood is none, and was said
    if dates is not None and not failed and not isinstance(dates, list) and dates.null_count:
        row = pc.index(pc.is_null(dates), True).as_py() + 1
        where, what = (
            f"{area.name}, column {area.columns[fitted.date or 0].name}",
            f"{counted(dates.null_count, 'row has', 'rows have')} no date",
        )
        findings.append(Finding(ERROR, where, f"{what}, first row {row} of the data", "fill it in at the source"))
    return findings


def series(
    area: Area, fitted: Fitted, limits: Limits, today: datetime.date, replaced: dict[str, datetime.date]
) -> list[Finding]:
    """Findings about unit values by date: the calendar, jumps, stale values, holes; ``replaced`` says of funds, by the
    keys of their names, on which day others replaced them."""
    dates = fitted.columns[fitted.date] if fitted.date is not None else None
    if dates is None or isinstance(dates, list) or not pa.types.is_date(dates.type):
        return []
    if dates.null_count or not len(dates) or not holds_unit_values(area):
        return []
    days = dates.cast(pa.int32()).to_numpy()
    findings = _calendar(f"{area.name}, column {area.columns[fitted.date or 0].name}", days, limits, today)
    for index in fitted.series:
        last = replaced.get(key(area.columns[index].name))
        findings += _values(area, index, fitted, days, limits, last)
    return findings


def merged(plan: TablePlan, fitted: Fitted, limits: Limits, date1904: bool) -> Fitted:
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
    back = (limits.max_repeats if limits.max_repeats is not None else USUAL_REPEATS) + 1
    start = unique[max(int(np.searchsorted(unique, first)) - back, 0)]
    rows = pa.array(np.flatnonzero(days >= start))
    columns = [None if c is None or isinstance(c, list) else c.take(rows) for c in plan.columns]
    columns[date] = pa.array(days.astype(np.int32)).take(rows).cast(pa.date32())
    numbers = [i for i in fitted.series if columns[i] is not None]
    return dataclasses.replace(fitted, columns=columns, series=numbers, findings=[])


def _formula_texts(area: Area, fitted: Fitted) -> list[Finding]:
    """Texts that a spreadsheet would take for a formula if they were typed: they are stored as text."""
    findings = []
    for index, column in enumerate(fitted.columns):
        if column is None:
            continue
        if isinstance(column, list):
            risky = [v for v in column if isinstance(v, str) and v[:1] in "=+-@" and v.strip("=+-@ ")]
        elif pa.types.is_string(column.type):
            texts = pc.unique(column.filter(pc.fill_null(pc.match_substring_regex(column, r"^[=+\-@\t\r].*\S"), False)))
            risky = texts.to_pylist()
        else:
            continue
        if risky:
            what = f"{counted(len(risky), 'text begins', 'texts begin')} as a formula does, such as {risky[0][:40]!r}"
            findings.append(
                Finding(
                    WARNING,
                    f"{area.name}, column {area.columns[index].name}",
                    what,
                    "they are stored as text, never as formulas; check the source",
                )
            )
    return findings


def _iso(day: Any) -> str:
    return str(np.datetime64(int(day), "D"))


def _calendar(where: str, days: Any, limits: Limits, today: datetime.date) -> list[Finding]:
    findings = []
    unique = np.unique(days)
    weekday = (unique + 3) % 7  # 1 January 1970 was a Thursday; 0 is Monday
    weekend = unique[weekday >= 5]
    next_day = (unique + 1).astype("datetime64[D]")
    is_end = next_day.astype("datetime64[M]") == next_day
    not_end = unique[~is_end]
    share_ends = is_end.mean()
    no_ends = counted(len(not_end), "date is no month end", "dates are no month ends")
    if len(weekend) and not limits.weekends:
        odd = weekend if share_ends < 0.9 else weekend[~is_end[weekday >= 5]]
        if len(odd):
            findings.append(
                Finding(
                    WARNING,
                    where,
                    f"{counted(len(odd), 'date falls', 'dates fall')} on a weekend, first {_iso(odd[0])}",
                    "check them, or set weekends = true",
                )
            )
        elif len(weekend):
            findings.append(
                Finding(
                    NOTE,
                    where,
                    f"{counted(len(weekend), 'month end falls', 'month ends fall')} on a weekend, first {_iso(weekend[0])}",
                    "nothing, if calendar month ends are meant",
                )
            )
    if limits.month_ends is True and len(not_end):
        findings.append(
            Finding(
                ERROR,
                where,
                f"{no_ends}, first {_iso(not_end[0])}",
                "correct the source",
            )
        )
    elif limits.month_ends is None and len(not_end) and share_ends >= 0.9:
        findings.append(
            Finding(
                WARNING,
                where,
                f"{no_ends}, unlike the others; first {_iso(not_end[0])}",
                "check them",
            )
        )
    last = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(unique[-1]))
    if last > today:
        findings.append(Finding(WARNING, where, f"the last date is {last}, which is in the future", "check the source"))
    if (
        limits.as_of
        and np.busday_count(last + datetime.timedelta(1), to_date("as_of", limits.as_of) + datetime.timedelta(1)) > 0
    ):
        findings.append(
            Finding(
                ERROR, where, f"the data ends on {last}, before {limits.as_of}", "get the later data, or correct 'as_of'"
            )
        )
    gaps = np.diff(unique)
    if len(gaps):
        usual = float(np.median(gaps))
        most = limits.max_gap_days if limits.max_gap_days is not None else max(usual * 1.6, usual + 4)
        wide = np.flatnonzero(gaps > most)
        if len(wide):
            at = wide[0]
            what = f"{counted(len(wide), 'gap')} of more than {most:g} days, "
            what += f"first from {_iso(unique[at])} to {_iso(unique[at + 1])}"
            findings.append(
                Finding(ERROR if limits.max_gap_days is not None else WARNING, where, what, "get the missing valuations")
            )
    return findings


def _groups(fitted: Fitted, area: Area) -> Any:
    """For each row its fund, where funds stand in rows; None where they stand in columns."""
    for index, column in enumerate(area.columns):
        values = fitted.columns[index]
        if simple(column.name) in FUND_NAMES and values is not None and not isinstance(values, list):
            encoded = values.dictionary_encode()
            return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
    return None


def _values(area: Area, index: int, fitted: Fitted, days: Any, limits: Limits, last: datetime.date | None) -> list[Finding]:
    column = fitted.columns[index]
    if isinstance(column, list) or pa.types.is_string(column.type):
        return []
    where = f"{area.name}, {area.columns[index].name}"
    values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), float)
    groups = _groups(fitted, area)
    codes = np.zeros(len(values), np.int64) if groups is None else groups[0]
    findings = []

    def at(row: int) -> str:
        fund = f" of {groups[1][codes[row]]}" if groups is not None and codes[row] >= 0 else ""
        return f"{_iso(days[row])}{fund}"

    present = np.flatnonzero(~np.isnan(values))
    low = present[values[present] <= 0]
    if len(low) and limits.positive is not False:
        findings.append(
            Finding(
                ERROR,
                where,
                f"{counted(len(low), 'value is', 'values are')} not above zero, "
                f"first {shown(float(values[low[0]]))} on {at(low[0])}",
                "correct the source",
            )
        )
    order = present[np.lexsort((days[present], codes[present]))]
    series, fund = values[order], codes[order]
    same_fund = fund[1:] == fund[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(same_fund & (series[:-1] > 0), series[1:] / series[:-1] - 1, 0.0)
    limit = limits.max_jump if limits.max_jump is not None else USUAL_JUMP
    jumps = np.flatnonzero(np.abs(change) > limit)
    if len(jumps):
        first = order[jumps[0] + 1]
        what = (
            f"{counted(len(jumps), 'change')} of more than {limit:.0%}, first {series[jumps[0]]:g} → "
            f"{series[jumps[0] + 1]:g} "
            f"({change[jumps[0]]:+.1%}) on {at(first)}"
        )
        findings.append(
            Finding(
                ERROR if limits.max_jump is not None else WARNING,
                where,
                what,
                "check the value; raise 'max_jump' if it is right",
            )
        )
    findings += _stale(where, series, same_fund, order, at, limits)
    return findings + (_holes(where, values, days, last) if groups is None else [])


def _stale(where: str, series: Any, same_fund: Any, order: Any, at: Any, limits: Limits) -> list[Finding]:
    """A value that stands unchanged too often in a row."""
    most = limits.max_repeats if limits.max_repeats is not None else USUAL_REPEATS
    same = same_fund & (series[1:] == series[:-1])
    if not same.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    long = np.flatnonzero(ends - starts + 1 > most)
    if not len(long):
        return []
    first, count = starts[long[0]], int(ends[long[0]] - starts[long[0]] + 1)
    what = f"the value {series[first]:g} stands {count} times in a row from {at(order[first])}"
    return [Finding(ERROR if limits.max_repeats is not None else WARNING, where, what, "check that the price is not stale")]


def _holes(where: str, values: Any, days: Any, last: datetime.date | None) -> list[Finding]:
    """Blanks between two values of a fund, in a wide table, or behind its values, but for one that was replaced then."""
    present = np.flatnonzero(~np.isnan(values))
    if len(present) < 2:
        return []
    inside = values[present[0] : present[-1] + 1]
    holes = np.flatnonzero(np.isnan(inside))
    findings = []
    if len(holes):
        findings.append(
            Finding(
                WARNING,
                where,
                f"{counted(len(holes), 'date has', 'dates have')} no value, first {_iso(days[present[0] + holes[0]])}",
                "fill them in at the source",
            )
        )
    due = days[present[-1] + 1 :]
    if last is not None:
        due = due[due <= np.datetime64(last, "D").astype(np.int64)]
    if len(due):
        findings.append(
            Finding(
                WARNING, where, f"the values end on {_iso(days[present[-1]])}, before the others", "get the later values"
            )
        )
    return findings


def revisions(area: Area, plan: TablePlan, dated: bool) -> list[Finding]:
    """Changed or removed history, and what would be lost, which needs to be accepted.

    Published figures come as a set of one day, which takes the place of the last.
    """
    if not plan.rows_before:
        return []
    findings = []
    if plan.new_set and any(simple(column.name) == "period" for column in area.columns):
        what = f"{counted(plan.lost_rows, 'row of another day is', 'rows of other days are')} replaced by {plan.added:,} new"
        return [Finding(NOTE, plan.table, what, "nothing, if the new set takes the place of the last")]
    if dated and plan.revised_cells:
        first = next((c for c in plan.changes if c.old is not None), None)
        what = f"{counted(plan.revised_cells, 'value')} that the workbook holds already would change" + (
            f", first {first}" if first else ""
        )
        findings.append(
            Finding(REVISION, plan.table, what, "check them with the source, then repeat with --accept-revisions")
        )
    elif plan.blanked_cells:
        first = next((c for c in plan.changes if c.old is not None and c.new is None), None)
        what = f"{counted(plan.blanked_cells, 'value')} that the workbook holds would become blank" + (
            f", first {first}" if first else ""
        )
        findings.append(
            Finding(REVISION, plan.table, what, "check the source for blanks and errors, or repeat with --accept-revisions")
        )
    if plan.lost_rows and (dated or plan.keys):
        what = f"{counted(plan.lost_rows, 'row')} that the workbook holds would go, first {plan.removed_keys[0]}"
        findings.append(
            Finding(REVISION, plan.table, what, 'repeat with --accept-revisions, or set mode = "merge" to keep them')
        )
    return findings
