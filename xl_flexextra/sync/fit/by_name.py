"""Sources whose columns are those of the table, each under its own or another name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa

from ...cells.scalars import nearest
from ...errors import FlexExtraError, MissingData
from ...files.deflate import in_threads
from ...inputs.fund_names import named
from ...inputs.fund_table import FUND_TABLE
from ...inputs.funds import column_of
from ...inputs.input_tables import TABLES
from ...inputs.measures import RETURN, measure
from ...inputs.published_figures import AS_PRINTED, FRACTION, PERCENTAGES, as_percentage, of_percentage
from ...inputs.table_columns import Column, InputTable
from ...ooxml.fast.coded_texts import coded
from ...sources import column_kinds
from ...sources.findings import NOTE, WARNING, Finding, Findings
from ...sources.source import simple
from ..funds_table import code_text, lists_funds
from .held_kinds import OTHER_IN_ROWS, dated_column, long_columns
from .task import FUND_NAMES, VALUE_NAMES, FittedRows, Task


def by_column(task: Task) -> FittedRows:
    """Column by column, by name."""
    area = task.area
    result = task.start()
    names = _names(task, result.findings)
    taken = {index: name for index, name in enumerate(names) if name is not None and task.fed[index]}
    percents = {index for index, name in taken.items() if _printed_as_percentages(task, index, name)}
    kinds = {index: column_kinds.NUMBER if index in percents else task.wanted[index] for index in taken}
    converted = in_threads(partial(task.convert, name, kinds[index]) for index, name in taken.items())
    for (index, name), (values, found) in zip(taken.items(), converted, strict=True):
        result.findings += [*found, *task.stored_as_text(name, values, task.wanted[index])]
        if index in percents and not found:
            values = _fractions(task, name, values)
        elif not found and _given_as_fractions(task, index, name):
            values = _where_percent(task, values, as_percentage, [False] * len(values))
        result.columns[index] = values
        if result.kinds[index] is None and not isinstance(values, list):
            result.kinds[index] = _kind_of(values)
    _standard_funds(task, result)
    if all(c is None for c in result.columns):
        shown = ", ".join(task.source.columns[:12])
        lines = 'with date, fund and value = "its column"' if task.unit_values else "under [table.columns]"
        raise MissingData(
            f"No column of the source for {area.name!r} has the name of a column of the table (the source "
            f"has {shown}); rename them, or say which is which in a mapping beside the workbook, BOOK.sync.toml, {lines}."
        )
    if task.date_at == 0 and result.columns[0] is None and task.fed[0]:
        where, what = f"{area.name}, column {area.columns[0].name}", "the source has no dates for it"
        action = "name the source's date column in the mapping ('date')"
        result.findings.error(where, f"{what}, and a row without a date cannot be used", action)
    if task.fund_at is not None and result.columns[task.fund_at] is None and task.fed[task.fund_at]:
        where = f"{area.name}, column {area.columns[task.fund_at].name}"
        what = "the source names no funds for it, so it is not known which row belongs to which fund"
        result.findings.error(
            where, what, f"give the source's funds the heading {area.columns[task.fund_at].name!r}, or map them ('fund')"
        )
    if task.value_at is not None and result.columns[task.value_at] is None and task.fed[task.value_at]:
        name = area.columns[task.value_at].name
        action = f"give the source's unit values the heading {name!r}, or map them ('value')"
        result.findings.error(f"{area.name}, column {name}", "the source has no unit values for it", action)
    if not _refuse_strangers(task, names, result.findings):  # which says it of all of them
        _unused(task, names, result)
    if task.date_at is not None and result.columns[task.date_at] is not None:
        result.series = [
            i for i, c in enumerate(result.columns)
            if c is not None and i != task.date_at and result.kinds[i] == column_kinds.NUMBER
        ]  # fmt: skip
    return result


def _names(task: Task, findings: Findings) -> list[str | None]:
    """The source's column for each column of the table."""
    area, mapping = task.area, task.mapping
    names: list[str | None] = []
    for index, column in enumerate(area.columns):
        given = next((s for t, s in mapping.columns.items() if simple(t) == simple(column.name)), None)
        if given is None and index == task.date_at and mapping.date:
            given = mapping.date
        if given is None and index == task.fund_at and mapping.fund:
            given = mapping.fund
        if given is None and index == task.value_at and mapping.value:
            given = mapping.value
        if given:
            names.append(task.column(given, [], f"for {column.name!r}"))
        else:
            own = named(column.name, task.source.columns)
            names.append(
                _percentages(task, index)
                or (own[0] if len(own) == 1 else None)
                or (None if own else _also_called(task, index))
            )
        if given and not task.fed[index]:
            where, action = f"{area.name}, column {column.name}", "leave it out of the mapping"
            findings.error(where, "it holds formulas, which data would overwrite", action)
    if task.date_at is not None and names[task.date_at] is None:  # the source's only date column, whatever it is called
        dated = [c for c in task.source.columns if column_kinds.named_as_date(c)]
        names[task.date_at] = dated[0] if len(dated) == 1 else None if dated else _held_dates(task, findings)
    if task.fund_at is None:
        _other_names(task, names, findings)
    if task.value_at is not None and not mapping.columns:
        _names_in_rows(task, names, findings)
    return [None if name is not None and i != task.date_at and task.ignores(name) else name for i, name in enumerate(names)]


def _held_dates(task: Task, findings: Findings) -> str | None:
    """The source's only column of dates, where it has unit values and no heading says which column that is."""
    found = dated_column(task.source, task.names) if task.unit_values else None
    if found is not None and task.fund_at is None:  # else it is said with the other columns of rows
        what = f"the source's column {found!r} is taken for the date"
        findings.note(task.area.name, what, "nothing to do if it is; else name the date column in the mapping ('date')")
    return found


def _names_in_rows(task: Task, names: list[str | None], findings: Findings) -> None:
    """The source's columns of date, fund and unit value, whatever they are called, where the table has such rows, too."""
    date, fund, value = task.long
    if None in (date, fund, value):
        date, fund, value = long_columns(task.source, task.names) or (date, fund, value)
    if value is not None and simple(value) not in VALUE_NAMES and OTHER_IN_ROWS.search(value):
        value = None  # the only column left is one of shares or rates
    taken = False
    for index, name in ((task.date_at, date), (task.fund_at, fund), (task.value_at, value)):
        if index is not None and names[index] is None and name not in names:
            names[index] = name
            taken = True
    if taken and date and fund and value:
        task.say_taken(date, fund, value, findings)


def _also_called(task: Task, index: int) -> str | None:
    """The source's only column under another heading of the table's: a declared one, or a usual one of funds."""
    name, table = task.area.columns[index].name, _declaration(task)
    wanted = declared(table, name)
    found = [other for other in task.source.columns if wanted is not None and declared(table, other) == wanted]
    if index == task.fund_at and not (found and lists_funds(task.area.name)):
        found = list(dict.fromkeys([*found, *(other for other in task.source.columns if simple(other) in FUND_NAMES)]))
    return found[0] if len(found) == 1 else None


def _declaration(task: Task) -> InputTable | None:
    """What is declared of the table: it is known by its name."""
    return next((table for table in TABLES if simple(table.name) == simple(task.area.name)), None)


def declared(table: InputTable | None, heading: str) -> Column | None:
    """The column of a table of inputs that a heading names; a list of funds is read as every command reads it."""
    if table is FUND_TABLE:
        with contextlib.suppress(FlexExtraError):  # an inception of what is not known: the table says which it may be
            return column_of(heading) or column_of(heading.replace("_", " "))
        return None
    return table.column(heading) or table.column(heading.replace("_", " ")) if table else None


def _percentages(task: Task, index: int) -> str | None:
    """The source's printed percentages, for the table's column of fractions; they go first where the source has both."""
    return next((name for name in task.source.columns if _printed_as_percentages(task, index, name)), None)


def _printed_as_percentages(task: Task, index: int, name: str) -> bool:
    """Whether a column of the source holds as percentages what a column of the table holds as fractions."""
    return simple(task.area.columns[index].name) == FRACTION and simple(name) in map(simple, AS_PRINTED)


def _given_as_fractions(task: Task, index: int, name: str) -> bool:
    """Whether a column of the source holds as fractions what a column of the table holds as percentages."""
    return simple(task.area.columns[index].name) == simple(PERCENTAGES) and simple(name) == FRACTION


def _fractions(task: Task, name: str, numbers: Any) -> Any:
    """Printed percentages as fractions; a text with a percent sign was read as one already, and dollars stay as they are."""
    table = task.source.table
    signed = ["%" in str(cell) for cell in table.column(name).to_pylist()]
    return _where_percent(task, numbers, of_percentage, signed)


def _where_percent(task: Task, numbers: Any, change: Callable[[float], float], done: list[bool]) -> Any:
    """Figures changed where their measure is one of percentages and they are not ``done``."""
    table = task.source.table
    kinds = next(
        (table.column(one).to_pylist() for one in task.source.columns if simple(one) == "measure"), [None] * len(done)
    )
    plain = [one or not measure(str(kind or "")).is_percent for one, kind in zip(done, kinds, strict=True)]
    pairs = zip(numbers.to_pylist(), plain, strict=True)
    return pa.array([n if n is None or stays else change(n) for n, stays in pairs], pa.float64())


def _other_names(task: Task, names: list[str | None], findings: Findings) -> None:
    """A wide source may call the funds by other names; two columns for one fund are an error."""
    columns = [column.name for column in task.area.columns]
    claims: dict[str, list[str]] = {}
    for other in task.source.columns:
        if other not in names and not task.ignores(other):
            meant = task.meant(other, columns, task.source.columns, findings)
            if len(meant) == 1:
                claims.setdefault(meant[0], []).append(other)
    for target, several in claims.items():
        index = columns.index(target)
        own = names[index]
        every = [*([own] if own is not None else []), *several]
        if len(every) > 1:
            what = f"the source has {len(every)} columns for it: {', '.join(map(repr, every))}"
            action = "keep one of them in the source, or name the others in 'ignore_funds'"
            findings.error(f"{task.area.name}, {target}", what, action)
        names[index] = every[0]


def _standard_funds(task: Task, result: FittedRows) -> None:
    """The funds of a table that lists them in rows by their standard names; rows of those to be left out go."""
    place = task.fund_at
    funds = result.columns[place] if place is not None else None
    if place is None or funds is None:
        return
    encoded = coded(pa.array([code_text(f) for f in funds], pa.string()) if isinstance(funds, list) else funds)
    codes = [code_text(code) for code in encoded.dictionary.to_pylist()]
    given = [code for code in codes if code is not None]
    standard = dict(zip(given, task.standard(given, result.findings), strict=True))
    if not isinstance(funds, list) and pa.types.is_string(funds.type):
        names = pa.array([None if code is None else standard[code] for code in codes], pa.string())
        result.columns[place] = funds if names.equals(encoded.dictionary) else names.take(encoded.indices)
    ignored = pa.array([code is not None and task.ignores(code) for code in codes], pa.bool_())
    if ignored.true_count:
        keep = [not out for out in ignored.take(encoded.indices).fill_null(False).to_pylist()]
        result.columns = [None if c is None else _kept(c, keep) for c in result.columns]


def _kept(column: Any, keep: list[bool]) -> Any:
    if isinstance(column, list):
        return [value for value, stays in zip(column, keep, strict=True) if stays]
    return column.filter(pa.array(keep, pa.bool_()))


def _refuse_strangers(task: Task, names: list[str | None], findings: Findings) -> bool:
    """A wide source of unit values of which no fund is in the table: its dates alone would blank the page."""
    if not task.unit_values or task.fund_at is not None:
        return False
    funds = [i for i in range(len(names)) if i != task.date_at and task.fed[i]]
    others = [name for name in task.source.columns if name not in names and not task.ignores(name)]
    if others and funds and all(names[i] is None for i in funds):
        held = [task.area.columns[i].name for i in funds]
        has = f"it has {', '.join(held[:8])}{' …' if len(held) > 8 else ''}"
        label = task.source.provenance.label
        none = f"none of the {len(others)} funds" if len(others) > 1 else f"the fund {others[0]!r}"
        what = f"{none} of {label} is {'' if len(others) > 1 else 'not '}in the workbook ({has})"
        findings.error(task.area.name, what, "name them with 'new --fund', or give aliases")
        return True
    return False


def _unused(task: Task, names: list[str | None], result: FittedRows) -> None:
    """Columns of the source that nothing takes: beside unit values perhaps a fund that is misspelt."""
    columns = [column.name for column in task.area.columns]
    fund = task.unit_values and task.fund_at is None
    severity, usual = (
        (WARNING, "a new fund joins with 'month' and its row in the list of funds; else name it in 'ignore_funds'")
        if fund
        else (NOTE, "nothing to do, or map it")
    )
    table = None if task.unit_values else _declaration(task)  # whose columns are funds
    for other in task.source.columns:
        if other not in names and not task.ignores(other):
            if _decides(table, other) and task.source.holds(other) and not _returns_alone(task, other):
                what = f"the table has no column {other!r}, on which figures depend"
                action = f"add the column {other!r} to the table in Excel, or name it in 'ignore_funds'"
                result.findings.error(task.area.name, what, action)
                continue
            if fund and has_numbers(task, other):
                result.strangers.append(other)
            what, action = f"the source's column {other!r} is not used", f"{usual}{nearest(other, columns)}"
            result.findings.append(Finding(severity, task.area.name, what, action))


def has_numbers(task: Task, name: str) -> bool:
    """Whether a column may be a fund's: some of its cells are numbers."""
    try:
        values, _ = task.source.convert(name, column_kinds.NUMBER, task.area.name)
    except FlexExtraError:  # bytes, lists: of no interest where nothing takes them
        return False
    return len(values) > values.null_count


def _decides(table: InputTable | None, name: str) -> bool:
    """Whether a figure goes by a column that the table may lack: dates, predecessors, measures and kinds. Without decimals
    it is compared by those of the terms."""
    column = declared(table, name)
    if column is None or column.remark:
        return False
    return column.kind in {"date", "fund"} or (column.seldom and column.kind != "number")


def _returns_alone(task: Task, name: str) -> bool:
    """Whether a column of measures says of every figure what it is without one: a return."""
    if simple(name) != "measure":
        return False
    return all(simple(str(cell or RETURN)) == RETURN for cell in task.source.table.column(name).to_pylist())


def _kind_of(values: Any) -> str | None:
    if pa.types.is_date(values.type):
        return column_kinds.DATE
    if pa.types.is_string(values.type):
        return column_kinds.TEXT
    return column_kinds.NUMBER if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) else None
