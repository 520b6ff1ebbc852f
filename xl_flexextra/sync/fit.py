"""A source fitted to a table of the workbook: layout, columns, names of funds, kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arguments import nearest
from ..ooxml.body import Body
from . import kinds
from .findings import ERROR, NOTE, WARNING, Finding
from .funds import FundNames
from .mapping import TableMapping
from .sources import Source, simple

FUND_NAMES = ("fund", "fundcode", "fundname", "subaccount", "division", "investmentoption")
VALUE_NAMES = ("unitvalue", "value", "auv", "accumulationunitvalue", "price", "nav")


@dataclass
class Fitted:
    """New data in the columns of the table: an entry for each column, None where the source has nothing for
    it."""

    columns: list[Any]
    kinds: list[str | None]
    date: int | None  # the column of the valuation date
    series: list[int]  # the columns that hold values by date
    findings: list[Finding] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows the source gives."""
        return next((len(c) for c in self.columns if c is not None), 0)


def fit(source: Source, body: Body, mapping: TableMapping, names: FundNames, dates: frozenset[bytes]) -> Fitted:
    """The source in the shape of the table; what does not fit is said in findings."""
    area = body.area
    wanted: list[str | None] = []
    for index, column in enumerate(area.columns):
        style = body.styles[index]
        kind = kinds.of_old(body.values(index) if body.count else [], column.name, bool(style) and style[0] in dates)
        wanted.append(kind or (kinds.DATE if kinds.named_as_date(column.name) else None))
    fed = [not body.calculated(i) for i in range(len(area.columns))]
    layout = _layout(source, body, mapping, wanted)
    if layout == "long":
        return _pivot(source, body, mapping, names, wanted, fed)
    if layout == "wide":
        return _melt(source, body, mapping, names, wanted, fed)
    return _as_is(source, body, mapping, names, wanted, fed)


def _column(columns: Iterable[str], given: str, guesses: Iterable[str], what: str, table: str) -> str | None:
    known = list(columns)
    if given:
        found = next((c for c in known if c == given), None) or next((c for c in known if simple(c) == simple(given)), None)
        if found is None:
            from ..errors import MissingData

            raise MissingData(f"The source for {table!r} has no column {given!r} ({what}){nearest(given, known)}.")
        return found
    for guess in guesses:
        for column in known:
            if simple(column) == guess:
                return column
    return None


def _long_columns(source: Source, body: Body, mapping: TableMapping) -> tuple[str | None, str | None, str | None]:
    """Date, fund and value of a long source."""
    names = source.columns
    table = body.area.name
    dated = [simple(c) for c in names if kinds.named_as_date(c)]
    date = _column(
        names,
        mapping.date,
        [simple(c.name) for c in body.area.columns if kinds.named_as_date(c.name)] + dated,
        "date",
        table,
    )
    fund = _column(names, mapping.fund, FUND_NAMES, "fund", table)
    value = _column(names, mapping.value, VALUE_NAMES, "value", table)
    rest = [c for c in names if c not in (date, fund)]
    if value is None and len(rest) == 1:
        value = rest[0]
    return date, fund, value


def _layout(source: Source, body: Body, mapping: TableMapping, wanted: list[str | None]) -> str:
    """How the source has to be turned: long (into wide), wide (into long) or not at all."""
    if mapping.layout == "as_is":
        return "as_is"
    targets = {simple(c.name) for c in body.area.columns}
    date, fund, value = _long_columns(source, body, mapping)
    source_long = date is not None and fund is not None and value is not None
    target_long = simple(fund or "fund") in targets or any(n in targets for n in FUND_NAMES)
    if mapping.layout == "long":
        return "as_is" if target_long else "long"
    if mapping.layout == "wide":
        return "wide" if target_long else "as_is"
    if source_long and not target_long and kinds.DATE in wanted and simple(value or "") not in targets:
        return "long"
    names = {simple(c) for c in source.columns}
    value_target = any(n in targets for n in VALUE_NAMES)
    if target_long and value_target and not names & set(FUND_NAMES) and date is not None and len(targets) == 3:
        return "wide"
    return "as_is"


def _date_column(body: Body, wanted: list[str | None]) -> int | None:
    named = [i for i, c in enumerate(body.area.columns) if wanted[i] == kinds.DATE and kinds.named_as_date(c.name)]
    return named[0] if named else next((i for i, k in enumerate(wanted) if k == kinds.DATE), None)


def _pivot(
    source: Source, body: Body, mapping: TableMapping, names: FundNames, wanted: list[str | None], fed: list[bool]
) -> Fitted:
    """Long (date, fund, value) into one column for each fund."""
    area = body.area
    date_name, fund_name, value_name = _long_columns(source, body, mapping)
    if date_name is None or fund_name is None or value_name is None:
        from ..errors import MissingData

        raise MissingData(
            f"The source for {area.name!r} lacks date, fund or value; name them in the mapping ('date', 'fund', 'value')."
        )
    date_at = _date_column(body, wanted) or 0
    findings = _cut(source, area.name)
    dates, found = kinds.convert(source.table.column(date_name), kinds.DATE, date_name, area.name, mapping.date_format)
    findings += found
    values, found = kinds.convert(source.table.column(value_name), kinds.NUMBER, value_name, area.name, "")
    findings += found
    funds, _ = kinds.convert(source.table.column(fund_name), kinds.TEXT, fund_name, area.name, "")
    fund_columns = [i for i in range(len(area.columns)) if i != date_at and fed[i]]
    result = Fitted([None] * len(area.columns), list(wanted), date_at, [], findings)
    if any(f.severity == ERROR for f in findings):
        return result
    known = {simple(area.columns[i].name): area.columns[i].name for i in fund_columns}
    known |= {simple(s): t for t, s in mapping.columns.items() if t in known.values()}
    place_of = {area.columns[i].name: i for i in fund_columns}
    encoded = funds.dictionary_encode()
    targets = _funds(encoded.dictionary.to_pylist(), known, names, mapping, area.name, findings)
    if funds.null_count or dates.null_count:
        findings.append(
            Finding(
                ERROR,
                area.name,
                f"{max(funds.null_count, dates.null_count)} rows have no date or no fund",
                "fill them in at the source",
            )
        )
        return result
    target_codes = np.array([place_of[t] if t is not None else -1 for t in targets], dtype=np.int64)
    codes = target_codes[encoded.indices.to_numpy()] if len(funds) else np.array([], np.int64)
    days = dates.cast(pa.int32()).to_numpy() if len(dates) else np.array([], np.int32)
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False) if len(values) else np.array([], float)
    used = codes >= 0
    days, codes, numbers = days[used], codes[used], numbers[used]
    unique, rows = np.unique(days, return_inverse=True)
    result.columns[date_at] = pa.array(unique.astype(np.int32)).cast(pa.date32())
    cell = rows.astype(np.int64) * len(area.columns) + codes
    _repeats(cell, numbers, unique, area, findings)
    for index in fund_columns:
        column = np.full(len(unique), np.nan)
        mine = codes == index
        column[rows[mine]] = numbers[mine]
        if mine.any():
            result.columns[index] = pa.array(column, from_pandas=True)
            result.series.append(index)
            result.kinds[index] = kinds.NUMBER
        else:
            findings.append(
                Finding(
                    WARNING,
                    f"{area.name}, {area.columns[index].name}",
                    "the source has no value of this fund",
                    "check the source; the values of the workbook stay where dates are the same",
                )
            )
    return result


def _cut(source: Source, table: str) -> list[Finding]:
    if not source.cut:
        return []
    return [
        Finding(NOTE, table, f"the last line of {source.provenance.label} has no end", "check that the file is complete")
    ]


def _funds(
    found: list[str], known: dict[str, str], names: FundNames, mapping: TableMapping, table: str, findings: list[Finding]
) -> list[str | None]:
    ignored = {simple(n) for n in mapping.ignore_funds}
    targets: list[str | None] = []
    for name in found:
        target = names.resolve(name, known)
        if target is None and simple(name) not in ignored:
            findings.append(
                Finding(
                    ERROR,
                    table,
                    f"the fund {name!r} is unknown{nearest(name, known.values())}",
                    "add an alias to the mapping, a column to the table, or the name to 'ignore_funds'",
                )
            )
        targets.append(target)
    by_target: dict[str, list[str]] = {}
    for name, target in zip(found, targets, strict=True):
        if target is not None:
            by_target.setdefault(target, []).append(name)
    for target, several in by_target.items():
        if len(several) > 1:
            findings.append(
                Finding(
                    NOTE,
                    f"{table}, {target}",
                    f"the source calls this fund {' and '.join(map(repr, several))}",
                    "nothing, if both are the same fund",
                )
            )
    return targets


def _repeats(cell: Any, numbers: Any, days: Any, area: Any, findings: list[Finding]) -> None:
    """Two values for one fund and date: an error where they differ."""
    order = np.argsort(cell, kind="stable")
    ordered, values = cell[order], numbers[order]
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    if not len(again):
        return
    differ = again[~((values[again] == values[again + 1]) | (np.isnan(values[again]) & np.isnan(values[again + 1])))]
    place = differ if len(differ) else again
    row, column = divmod(int(ordered[place[0]]), len(area.columns))
    when = np.datetime64(int(days[row]), "D")
    where = f"{area.name}, {area.columns[column].name}"
    if len(differ):
        values_text = f"{values[place[0]]:g} and {values[place[0] + 1]:g}"
        findings.append(
            Finding(
                ERROR,
                where,
                f"{len(differ)} values stand twice and differ, first {values_text} on {when}",
                "keep one of them in the source",
            )
        )
    else:
        findings.append(
            Finding(
                WARNING, where, f"{len(again)} values stand twice, first on {when}", "remove the repeats from the source"
            )
        )


def _melt(
    source: Source, body: Body, mapping: TableMapping, names: FundNames, wanted: list[str | None], fed: list[bool]
) -> Fitted:
    """Wide (date, then a column for each fund) into rows of date, fund, value."""
    area = body.area
    date_name, _, _ = _long_columns(source, body, mapping)
    date_at = _date_column(body, wanted)
    fund_at = next((i for i, c in enumerate(area.columns) if simple(c.name) in FUND_NAMES), None)
    value_at = next((i for i, c in enumerate(area.columns) if simple(c.name) in VALUE_NAMES), None)
    if date_name is None or date_at is None or fund_at is None or value_at is None:
        from ..errors import MissingData

        raise MissingData(f"The wide source for {area.name!r} needs a date, and the table columns for date, fund and value.")
    findings = _cut(source, area.name)
    dates, found = kinds.convert(source.table.column(date_name), kinds.DATE, date_name, area.name, mapping.date_format)
    findings += found
    pieces: list[tuple[Any, Any, Any]] = []
    for column in source.columns:
        if column == date_name or simple(column) in {simple(n) for n in mapping.ignore_funds}:
            continue
        values, found = kinds.convert(source.table.column(column), kinds.NUMBER, column, area.name, "")
        findings += found
        if found:
            continue
        present = pc.is_valid(values)
        count = pc.sum(present).as_py() or 0
        fund = pa.array([names.standard(column)] * count, pa.string())
        pieces.append((dates.filter(present), fund, values.filter(present).cast(pa.float64())))
    result = Fitted([None] * len(area.columns), list(wanted), date_at, [value_at], findings)
    if pieces:
        table = pa.table([pa.concat_arrays([p[i] for p in pieces]) for i in range(3)], names=["date", "fund", "value"])
        order = np.lexsort((np.arange(table.num_rows), table["date"].cast(pa.int32()).to_numpy()))
        table = table.take(pa.array(order)).combine_chunks()
        for place, name in ((date_at, "date"), (fund_at, "fund"), (value_at, "value")):
            result.columns[place] = table[name].combine_chunks()
    return result


def _as_is(
    source: Source, body: Body, mapping: TableMapping, names: FundNames, wanted: list[str | None], fed: list[bool]
) -> Fitted:
    """Column by column, by name."""
    area = body.area
    findings = _cut(source, area.name)
    by_name = {simple(c): c for c in source.columns}
    date_at = _date_column(body, wanted)
    result = Fitted([None] * len(area.columns), list(wanted), date_at, [], findings)
    targets = {simple(c.name): c.name for c in area.columns}
    taken = set()
    fund_column = any(simple(c.name) in FUND_NAMES for c in area.columns)
    for other in source.columns:  # a wide source may call the funds by other names
        if simple(other) not in targets and not fund_column:
            target = names.resolve(other, targets)
            if target is not None and simple(target) not in by_name:
                by_name[simple(target)] = other
    for index, column in enumerate(area.columns):
        given = next((s for t, s in mapping.columns.items() if simple(t) == simple(column.name)), None)
        if given is None and index == date_at and mapping.date:
            given = mapping.date
        name = by_name.get(simple(column.name))
        if name is None and index == date_at:  # the source's only date column, whatever it is called
            dated = [c for c in source.columns if kinds.named_as_date(c)]
            name = dated[0] if len(dated) == 1 else None
        if given:
            name = _column(source.columns, given, [], f"for {column.name!r}", area.name)
        if not fed[index]:
            if given:
                findings.append(
                    Finding(
                        ERROR,
                        f"{area.name}, column {column.name}",
                        "it holds formulas, which data would overwrite",
                        "leave it out of the mapping",
                    )
                )
            taken.add(name)
            continue
        if name is None:
            continue
        taken.add(name)
        values, found = kinds.convert(source.table.column(name), wanted[index], name, area.name, mapping.date_format)
        findings += found
        result.columns[index] = values
        if result.kinds[index] is None and not isinstance(values, list):
            result.kinds[index] = _kind_of(values)
        if simple(column.name) in FUND_NAMES and not isinstance(values, list) and pa.types.is_string(values.type):
            encoded = values.dictionary_encode()
            standard = pa.array([names.standard(n) for n in encoded.dictionary.to_pylist()], pa.string())
            result.columns[index] = standard.take(encoded.indices)
    if all(c is None for c in result.columns):
        from ..errors import MissingData

        shown = ", ".join(source.columns[:12])
        raise MissingData(
            f"No column of the source for {area.name!r} has the name of a column of the table (the source "
            f"has {shown}); map them under [table.columns]."
        )
    if date_at == 0 and result.columns[0] is None and fed[0]:
        findings.append(
            Finding(
                ERROR,
                f"{area.name}, column {area.columns[0].name}",
                "the source has no dates for it, and rows without a date mean nothing",
                "name the source's date column in the mapping ('date')",
            )
        )
    for other in source.columns:
        if other not in taken:
            findings.append(
                Finding(
                    NOTE,
                    area.name,
                    f"the source's column {other!r} is not used",
                    f"nothing, or map it{nearest(other, targets.values())}",
                )
            )
    if date_at is not None and result.columns[date_at] is not None:
        result.series = [
            i for i, c in enumerate(result.columns)
            if c is not None and i != date_at and result.kinds[i] == kinds.NUMBER
        ]  # fmt: skip
    return result


def _kind_of(values: Any) -> str | None:
    if pa.types.is_date(values.type):
        return kinds.DATE
    if pa.types.is_string(values.type):
        return kinds.TEXT
    return kinds.NUMBER if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) else None
