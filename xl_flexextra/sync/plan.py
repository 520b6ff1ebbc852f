"""What a refresh would do to a table: rows added, changed (old → new) and removed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arguments import EPOCH
from ..ooxml import columns as cells
from ..ooxml.body import Body
from . import kinds
from .findings import ERROR, NOTE, WARNING, Finding
from .fit import Fitted
from .mapping import TableMapping
from .sources import simple

DETAILS = 2_000  # cells that a plan names one by one; all are counted


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: the row's key, the column, old and new value."""

    key: str
    column: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.key}, {self.column}: {shown(self.old)} → {shown(self.new)}"


@dataclass
class TablePlan:
    """The plan of one table, and the columns as they are to be written."""

    table: str
    columns: list[Any]
    rows_before: int
    rows_after: int
    keys: tuple[str, ...]
    added: int = 0
    removed: int = 0
    changed_rows: int = 0
    changed_cells: int = 0
    added_keys: list[str] = field(default_factory=list)
    removed_keys: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)  # the first of them
    revised_cells: int = 0  # changed cells that held a value before, in a table by date
    findings: list[Finding] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether the data is what the table holds already."""
        return not (self.added or self.removed or self.changed_cells)


def shown(value: Any) -> str:
    """A value as a plan prints it."""
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str):
        return repr(value)
    return str(value)


def make(body: Body, fitted: Fitted, mapping: TableMapping, date1904: bool) -> TablePlan:
    """Compare new data with the body and settle what every column gets."""
    area = body.area
    names = [c.name for c in area.columns]
    fed = [i for i in range(len(names)) if not body.calculated(i)]
    old = {i: body.values(i) for i in fed}
    new: dict[int, Any] = {}
    for i in fed:
        if fitted.columns[i] is not None:
            new[i] = cells.normalize(fitted.columns[i], names[i], date1904)
    keys = _keys(names, mapping, fitted, old, new, body.count)
    plan = TablePlan(area.name, [], body.count, fitted.rows, tuple(names[k] for k in keys))
    _order_by_date(fitted, new, mapping)
    match = _Match(keys, old, new, body.count, fitted.rows)
    if match.repeats:
        where = ", ".join(plan.keys)
        plan.findings.append(
            Finding(
                ERROR,
                area.name,
                f"{match.repeats} rows of the source repeat a key ({where})",
                "keep one of them, or name other 'keys' in the mapping",
            )
        )
        plan.columns = [None] * len(names)
        return plan
    if mapping.mode == "merge":
        match = _merge(keys, old, new, match, body.count, fitted)
    for i in fed:
        if i not in new:
            new[i] = _carried(i, names[i], old[i], match, plan)
    plan.rows_after = match.rows
    _compare(plan, names, fitted, fed, old, new, match, date1904)
    plan.columns = [new.get(i) for i in range(len(names))]
    return plan


def _order_by_date(fitted: Fitted, new: dict[int, Any], mapping: TableMapping) -> None:
    """A series that comes newest first, or mixed, is put in the order of its dates (rows of one date keep
    theirs)."""
    date = fitted.date
    if date is None or date not in new or not fitted.series or isinstance(new[date], list) or new[date].null_count:
        return
    days = new[date].to_numpy(zero_copy_only=False)
    if len(days) and (np.diff(days) < 0).any():
        order = pa.array(np.argsort(days, kind="stable"))
        for i, column in new.items():
            new[i] = [column[k] for k in order.to_pylist()] if isinstance(column, list) else column.take(order)
        for i, given in enumerate(fitted.columns):
            if given is not None:
                fitted.columns[i] = [given[k] for k in order.to_pylist()] if isinstance(given, list) else given.take(order)


def _keys(
    names: list[str], mapping: TableMapping, fitted: Fitted, old: dict[int, Any], new: dict[int, Any], count: int
) -> list[int]:
    """The columns that tell rows apart: the stated ones, else the first columns that are together unique; []
    is by place."""
    if mapping.keys:
        found = []
        for key in mapping.keys:
            place = next((i for i, n in enumerate(names) if simple(n) == simple(key)), None)
            if place is None or place not in new:
                from ..errors import BadInput

                raise BadInput(
                    f"The mapping of {mapping.name!r} has the key {key!r}, which is no column that the source fills."
                )
            found.append(place)
        return found
    candidates = [i for i in new if i not in fitted.series and fitted.kinds[i] in (kinds.DATE, kinds.TEXT)]
    if fitted.date in candidates:
        candidates.remove(fitted.date)
        candidates.insert(0, fitted.date)
    for length in range(1, len(candidates) + 1):
        some = candidates[:length]
        if _unique([new[i] for i in some], fitted.rows) and _unique([old[i] for i in some], count):
            return some
    dated = [i for i in candidates if i == fitted.date]
    return candidates if dated else []


def _codes(columns: list[Any]) -> Any:
    """One number for each row: equal where all the columns are equal."""
    total = None
    for column in columns:
        if isinstance(column, list):
            seen: dict[Any, int] = {}
            codes = np.array([seen.setdefault((type(v), v), len(seen)) for v in column], dtype=np.int64)
            size = max(len(seen), 1)
        else:
            array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
            encoded = array.dictionary_encode(null_encoding="encode")
            indices = encoded.indices if isinstance(encoded, pa.DictionaryArray) else pa.array([], pa.int32())
            codes = indices.to_numpy(zero_copy_only=False).astype(np.int64)
            size = max(len(encoded.dictionary), 1) if isinstance(encoded, pa.DictionaryArray) else 1
        total = codes if total is None else _compact(total) * size + codes
    return total


def _compact(codes: Any) -> Any:
    """The same numbers from 0 on, so that products of several columns do not overflow."""
    return pa.array(codes).dictionary_encode().indices.to_numpy().astype(np.int64)


def _distinct(codes: Any) -> int:
    ordered = np.sort(codes)  # many times quicker than np.unique
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(len(codes), 1)


def _unique(columns: list[Any], rows: int) -> bool:
    if rows < 2:
        return True
    codes = _codes(columns)
    return _distinct(codes) == len(codes)


def _uniform(values: list[Any]) -> Any:
    """A list of numbers only, or of texts only, as an array; else the list."""
    kinds_seen = {type(value) for value in values if value is not None}
    if kinds_seen <= {float}:
        return pa.array(values, pa.float64())
    return pa.array(values, pa.string()) if kinds_seen == {str} else values


def _joined(old: Any, new: Any, count: int) -> Any:
    """Old and new values of a column behind each other, comparable."""
    old = _uniform(old)[:count] if isinstance(old, list) and not isinstance(new, list) else old
    if not isinstance(old, list) and not isinstance(new, list):
        old = old.combine_chunks() if isinstance(old, pa.ChunkedArray) else old
        kind = pa.string() if pa.types.is_string(new.type) and pa.types.is_string(old.type) else None
        if kind is None and not pa.types.is_string(new.type) and not pa.types.is_string(old.type):
            kind = pa.float64()
        if kind is not None:
            return pa.concat_arrays([old.cast(kind), new.cast(kind)])
    left, right = cells.to_list(old)[:count], cells.to_list(new)
    return [float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in left + right]


class _Match:
    """For each new row the old row with the same key, or -1."""

    def __init__(self, keys: list[int], old: dict[int, Any], new: dict[int, Any], old_rows: int, rows: int) -> None:
        self.rows = rows
        self.repeats = 0
        if not keys:
            self.old_of = np.where(np.arange(rows) < old_rows, np.arange(rows), -1)
            self.lost = np.arange(min(rows, old_rows), old_rows)
            return
        if old_rows == rows and all(cells.equal(old[k], new[k]) for k in keys) and _unique([new[k] for k in keys], rows):
            self.old_of, self.lost = np.arange(rows), np.arange(0)
            return
        codes = _codes([_joined(old[k], new[k], old_rows) for k in keys])
        before, after = codes[:old_rows], codes[old_rows:]
        self.repeats = len(after) - _distinct(after)
        order = np.argsort(before, kind="stable")
        ranked = before[order]
        place = np.searchsorted(ranked, after)
        place[place == len(ranked)] = 0
        found = ranked[place] == after if len(ranked) else np.zeros(rows, bool)
        self.old_of = np.where(found, order[place] if len(order) else -1, -1)
        lost = np.ones(old_rows, bool)
        lost[self.old_of[self.old_of >= 0]] = False
        self.lost = np.flatnonzero(lost)


def _take(column: Any, places: Any) -> Any:
    """Values at places; -1 gives a blank."""
    if isinstance(column, list):
        return [None if p < 0 else column[p] for p in places.tolist()]
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.take(pa.array(places, mask=places < 0))


def _merge(
    keys: list[int], old: dict[int, Any], new: dict[int, Any], match: _Match, old_rows: int, fitted: Fitted
) -> _Match:
    """Old rows that the source lacks stay; old and new rows are put in the order of the date, if there is
    one."""
    stay = match.lost
    if len(stay):
        for i in list(new):
            new[i] = _joined(_take(old[i], stay), new[i], len(stay))
        rows = len(stay) + match.rows
        if fitted.date in new and not isinstance(new[fitted.date], list):
            days = new[fitted.date].to_numpy(zero_copy_only=False)
            order = np.argsort(days, kind="stable")
        else:
            order = np.arange(rows)
        for i in list(new):
            new[i] = _take(new[i], order)
        match = _Match(keys, old, new, old_rows, rows)
    return match


def _carried(index: int, name: str, old: Any, match: _Match, plan: TablePlan) -> Any:
    """A column that the source lacks: each row keeps its own value."""
    filled = any(v is not None for v in cells.to_list(old))
    if filled:
        kept = int((match.old_of >= 0).sum())
        plan.findings.append(
            Finding(
                NOTE,
                f"{plan.table}, column {name}",
                f"the source has nothing for it; {kept} rows keep what they hold",
                "map it if it should be refreshed",
            )
        )
        if not plan.keys:
            plan.findings.append(
                Finding(
                    WARNING,
                    f"{plan.table}, column {name}",
                    "rows have no key, so its values were kept by their place",
                    "name 'keys' in the mapping",
                )
            )
    return _take(old, match.old_of) if len(old) else [None] * match.rows


def _filled(column: Any, rows: Any) -> int:
    """How many of these rows hold a value."""
    if isinstance(column, list):
        return sum(column[row] is not None for row in rows.tolist())
    return int(column.is_valid().to_numpy(zero_copy_only=False)[rows].sum())


def _differs(old: Any, new: Any) -> Any:
    """Where two columns of one length differ."""
    if not isinstance(old, list) and not isinstance(new, list):
        texts = pa.types.is_string(old.type), pa.types.is_string(new.type)
        if texts[0] == texts[1]:
            if not texts[0]:
                old, new = old.cast(pa.float64()), new.cast(pa.float64())
            equal = pc.fill_null(pc.equal(old, new), False)
            both = pc.and_(pc.is_null(old), pc.is_null(new))
            return ~pc.or_(equal, both).to_numpy(zero_copy_only=False)
    return np.array([not cells.same_value(a, b) for a, b in zip(cells.to_list(old), cells.to_list(new), strict=True)], bool)


def _compare(
    plan: TablePlan,
    names: list[str],
    fitted: Fitted,
    fed: list[int],
    old: dict[int, Any],
    new: dict[int, Any],
    match: _Match,
    date1904: bool,
) -> None:
    key_places = [names.index(k) for k in plan.keys]
    known = np.flatnonzero(match.old_of >= 0)
    partner = match.old_of[known]

    def key(source: dict[int, Any], row: int) -> str:
        parts = [_display(source[k], row, fitted.kinds[k], date1904) for k in key_places]
        return ", ".join(parts) if parts else f"row {row + 1}"

    fresh = np.flatnonzero(match.old_of < 0)
    plan.added, plan.removed = len(fresh), len(match.lost)
    plan.added_keys = [key(new, int(r)) for r in fresh[:DETAILS]]
    plan.removed_keys = [key(old, int(r)) for r in match.lost[:DETAILS]]
    touched = np.zeros(len(known), bool)
    for i in fed:
        if i in key_places:
            continue
        before, after = _take(old[i], partner), _take(new[i], known)
        differs = _differs(before, after)
        touched |= differs
        rows = np.flatnonzero(differs)
        plan.changed_cells += len(rows)
        if fitted.date is not None and len(rows):
            plan.revised_cells += _filled(before, rows)
        for row in rows[: max(DETAILS - len(plan.changes), 0)]:
            change = Change(
                key(new, int(known[row])), names[i],
                _typed(before, int(row), fitted.kinds[i], date1904), _typed(after, int(row), fitted.kinds[i], date1904),
            )  # fmt: skip
            plan.changes.append(change)
    plan.changed_rows = int(touched.sum())
    moved = len(known) > 1 and bool((np.diff(partner) < 0).any())
    if moved and plan.same:
        plan.changed_rows = plan.changed_cells = 0
        plan.findings.append(Finding(NOTE, plan.table, "the rows come in another order", "nothing"))


def _typed(column: Any, row: int, kind: str | None, date1904: bool) -> Any:
    value = column[row] if isinstance(column, list) else column[row].as_py()
    if kind == kinds.DATE and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return EPOCH + datetime.timedelta(days=int(value) + (cells.SHIFT_1904 if date1904 else 0))
        except OverflowError:
            return value
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _display(column: Any, row: int, kind: str | None, date1904: bool) -> str:
    value = _typed(column, row, kind, date1904)
    return value if isinstance(value, str) else shown(value)
