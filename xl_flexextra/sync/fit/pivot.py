"""Sources with a row for each fund and day turned into a column for each fund, and the other way round."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...cells.scalars import nearest
from ...errors import MissingData, counted
from ...inputs import series_checks
from ...inputs.fund_names import either, key
from ...ooxml.fast.coded_texts import coded
from ...ooxml.fast.column_writer import to_list
from ...ooxml.workbook import Area
from ...sources import column_kinds
from ...sources.findings import ERROR, Findings
from ...sources.source import simple
from .task import VALUE_NAMES, FittedRows, Task

_LATE = datetime.date.max


def to_wide(task: Task) -> FittedRows:
    """Long (date, fund, value) into one column for each fund."""
    area = task.area
    date_name, fund_name, value_name = task.long
    if date_name is None or fund_name is None or value_name is None:
        raise MissingData(
            f"The source for {area.name!r} lacks date, fund or value; name them in the mapping ('date', 'fund', 'value')."
        )
    date_at = task.date_at or 0
    result = task.start()
    result.date = date_at
    task.say_taken(date_name, fund_name, value_name, result.findings)
    dates, found = task.convert(date_name, column_kinds.DATE)
    result.findings += [*found, *task.stored_as_text(date_name, dates, column_kinds.DATE)]
    values, found = task.convert(value_name, column_kinds.NUMBER)
    result.findings += [*found, *task.stored_as_text(value_name, values, column_kinds.NUMBER)]
    funds, _ = task.convert(fund_name, column_kinds.TEXT)
    fund_columns = [i for i in range(len(area.columns)) if i != date_at and task.fed[i]]
    if any(f.severity == ERROR for f in result.findings):
        return result
    place_of = {area.columns[i].name: i for i in fund_columns}
    encoded = coded(funds)
    targets = _targets(task, encoded.dictionary.to_pylist(), list(place_of), result.findings)
    if funds.null_count or dates.null_count:
        what = f"{counted(max(funds.null_count, dates.null_count), 'row has', 'rows have')} no date or no fund"
        result.findings.error(area.name, what, "fill them in at the source")
        return result
    target_codes = np.array([place_of[t] if t is not None else -1 for t in targets], dtype=np.int64)
    codes = target_codes[encoded.indices.to_numpy()] if len(funds) else np.array([], np.int64)
    days = dates.cast(pa.int32()).to_numpy() if len(dates) else np.array([], np.int32)
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False) if len(values) else np.array([], float)
    used = codes >= 0
    days, codes, numbers = days[used], codes[used], numbers[used]
    unique, rows = np.unique(days, return_inverse=True)
    result.columns[date_at] = pa.array(unique.astype(np.int32)).cast(pa.date32())
    _repeats(rows.astype(np.int64) * len(area.columns) + codes, numbers, unique, area, result.findings)
    first = np.datetime64(int(unique[0]), "D").item() if len(unique) else datetime.date.min
    for index in fund_columns:
        column = np.full(len(unique), np.nan)
        mine = codes == index
        column[rows[mine]] = numbers[mine]
        if mine.any():
            result.columns[index] = pa.array(column, from_pandas=True)
            result.series.append(index)
            result.kinds[index] = column_kinds.NUMBER
        elif task.names.ended.get(key(area.columns[index].name), _LATE) >= first and not any(
            value is not None
            for value in to_list(task.body.values(index))  # else the plan says it
        ):
            where, what = f"{area.name}, {area.columns[index].name}", "the source has no value of this fund"
            action = "check the source"
            result.findings.warning(where, what, action)
    return result


def _targets(task: Task, found: list[str], columns: list[str], findings: Findings) -> list[str | None]:
    """The table's column of each fund of the source; None where a fund is to be left out."""
    mapped = {key(source): column for column, source in task.mapping.columns.items() if column in columns}
    table = task.area.name
    targets: list[str | None] = []
    for name in found:
        if task.ignores(name):
            targets.append(None)
            continue
        meant = [mapped[key(name)]] if key(name) in mapped else task.meant(name, columns, found, findings)
        targets.append(meant[0] if len(meant) == 1 else None)
        if len(meant) != 1:
            what = f"is unknown: it may be {either(meant)}" if meant else f"is unknown{nearest(name, columns)}"
            action = (
                "a new fund joins with 'month' and its row in the list of funds; else add an alias to the mapping, or the "
                "name to 'ignore_funds'"
            )
            findings.error(table, f"the fund {name!r} {what}", action)
    by_target: dict[str, list[str]] = {}
    for name, target in zip(found, targets, strict=True):
        if target is not None:
            by_target.setdefault(target, []).append(name)
    for target, several in by_target.items():
        if len(several) > 1:
            what = f"the source calls this fund {' and '.join(map(repr, several))}"
            findings.note(f"{table}, {target}", what, "nothing to do if both are the same fund")
    return targets


def _repeats(cell: Any, numbers: Any, days: Any, area: Area, findings: Findings) -> None:
    """Two values for one fund and date: an error where they differ."""
    order, again, apart = series_checks.repeats(cell, numbers)
    if not len(again):
        return
    ordered, values, differ = cell[order], numbers[order], again[apart]
    place = differ if len(differ) else again
    row, column = divmod(int(ordered[place[0]]), len(area.columns))
    when = np.datetime64(int(days[row]), "D")
    where = f"{area.name}, {area.columns[column].name}"
    if len(differ):
        both = " and ".join("blank" if np.isnan(v) else f"{v:g}" for v in values[place[0] : place[0] + 2])
        what = counted(len(differ), "value stands twice and differs", "values stand twice and differ")
        what += f", first {both} on {when}"
        findings.error(where, what, "keep one of them in the source")
    else:
        what = f"{counted(len(again), 'value stands', 'values stand')} twice, first on {when}"
        findings.warning(where, what, "remove the repeats from the source")


def to_long(task: Task) -> FittedRows:
    """Wide (date, then a column for each fund) into rows of date, fund, value."""
    area, source = task.area, task.source
    date_name, _, _ = task.long
    value_at = next((i for i, c in enumerate(area.columns) if simple(c.name) in VALUE_NAMES), None)
    date_at, fund_at = task.date_at, task.fund_at
    if date_name is None or date_at is None or fund_at is None or value_at is None:
        raise MissingData(f"The wide source for {area.name!r} needs a date, and the table columns for date, fund and value.")
    result = task.start()
    result.series = [value_at]
    dates, found = task.convert(date_name, column_kinds.DATE)
    result.findings += [*found, *task.stored_as_text(date_name, dates, column_kinds.DATE)]
    used = [column for column in source.columns if column != date_name and not task.ignores(column)]
    pieces: list[tuple[Any, Any, Any]] = []
    for column, fund in zip(used, task.standard(used, result.findings), strict=True):
        values, found = task.convert(column, column_kinds.NUMBER)
        result.findings += [*found, *task.stored_as_text(column, values, column_kinds.NUMBER)]
        if not found:
            present = pc.is_valid(values)
            count = pc.sum(present).as_py() or 0
            one = pa.array([fund] * count, pa.string())
            pieces.append((dates.filter(present), one, values.filter(present).cast(pa.float64())))
    if pieces:
        table = pa.table([pa.concat_arrays([p[i] for p in pieces]) for i in range(3)], names=["date", "fund", "value"])
        order = np.lexsort((np.arange(table.num_rows), table["date"].cast(pa.int32()).to_numpy()))
        table = table.take(pa.array(order)).combine_chunks()
        for place, name in ((date_at, "date"), (fund_at, "fund"), (value_at, "value")):
            result.columns[place] = table[name].combine_chunks()
    return result
