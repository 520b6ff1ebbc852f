"""What a refresh would do to a table: rows added, changed (old → new) and removed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..cells.date_system import SHIFT_1904
from ..cells.scalars import EPOCH
from ..errors import BadInput, counted
from ..ooxml.fast import column_writer
from ..ooxml.tables.body import Body
from ..sources import column_kinds
from ..sources.findings import REVISION, WARNING, Finding, Findings, as_printed
from ..sources.mapping import TableMapping
from .fit.task import FittedRows
from .row_matching import Match, by_day, find_keys, in_order, keep_where_blank, moved, take, with_lost_rows, without_noise

DETAILS = 2_000  # cells that a plan names one by one; all are counted


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: the row's key, the column, old and new value."""

    key: str
    column: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.key}, {self.column}: {as_printed(self.old)} → {as_printed(self.new)}"


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
    blanked_cells: int = 0  # cells that held a value and would hold none
    lost_rows: int = 0  # removed rows that hold more than their key
    new_set: bool = False  # whether all removed rows are of other dates than the new ones
    old_of: Any = None  # for each new row the old one that it was, or -1
    merged: bool = False  # whether rows that the source lacks stay
    findings: Findings = field(default_factory=Findings)

    @property
    def same(self) -> bool:
        """Whether the data is what the table holds already."""
        return not (self.added or self.removed or self.changed_cells)


def make(body: Body, fitted: FittedRows, mapping: TableMapping, date1904: bool) -> TablePlan:
    """Compare new data with the body and settle what every column gets."""
    area = body.area
    names = [c.name for c in area.columns]
    fed = [i for i in range(len(names)) if not body.calculated(i)]
    old = {i: body.values(i) for i in fed}
    new: dict[int, Any] = {}
    for i in fed:
        if fitted.columns[i] is not None:
            new[i] = column_writer.normalize(fitted.columns[i], names[i], date1904)
    held, old = old, by_day(fitted.date, old, new)
    keys = find_keys(names, mapping, fitted, old, new, body.count)
    plan = TablePlan(area.name, [], body.count, fitted.rows, tuple(names[k] for k in keys))
    by_date = fitted.date if fitted.unit_values and fitted.series else None
    match = Match(keys, old, new, body.count, fitted.rows)
    if match.repeats:
        where = ", ".join(plan.keys)
        plan.findings.error(
            area.name,
            f"{counted(match.repeats, 'row of the source repeats', 'rows of the source repeat')} a key ({where})",
            "keep one of them, or name other 'keys' in the mapping",
        )
        plan.columns = [None] * len(names)
        return plan
    in_other_order = bool(keys) and moved(match)
    if mapping.mode == "merge":
        plan.merged = True
        if not keys and body.count:
            raise BadInput(
                f"A merge into {area.name!r} has to know which rows are the same; name the columns that say so as 'keys' in "
                "the mapping."
            )
        keep_where_blank(keys, old, new, match)
        match = with_lost_rows(keys, old, new, match, body.count)
    match = in_order(by_date, keys, old, new, match, body.count)
    without_noise(keys, old, new, match, fitted.single)
    if in_other_order:
        what, action = "the source has its rows in another order", "nothing to do: the workbook's order is kept"
        plan.findings.note(area.name, what, action)
    for i in fed:
        if i not in new:
            new[i] = _carried(names[i], old[i], match, plan, names[i] in fitted.ended)
    plan.rows_after, plan.old_of = match.rows, match.old_of
    if held is not old and fitted.date is not None:  # known rows keep their time of day
        new[fitted.date] = pc.coalesce(take(held[fitted.date], match.old_of), new[fitted.date].cast(pa.float64()))
    _compare(plan, names, fitted, fed, old, new, match, date1904)
    plan.columns = [new.get(i) for i in range(len(names))]
    return plan


def _carried(name: str, old: Any, match: Match, plan: TablePlan, has_ended: bool) -> Any:
    """A column that the source lacks: each row keeps its own value. ``has_ended``: none is due for new rows."""
    filled = sum(v is not None for v in column_writer.to_list(old))
    if filled and (len(match.lost) or not has_ended):
        kept, fresh = int((match.old_of >= 0).sum()), int((match.old_of < 0).sum())
        where, what = f"{plan.table}, column {name}", "the source has nothing for it; "
        what += counted(kept, "row keeps what it holds", "rows keep what they hold")
        if fresh and 2 * filled > len(old):
            what += f", and {counted(fresh, 'new row gets', 'new rows get')} none"
            action, lost = "map it, or correct its name in the source", int(_filled(old, match.lost).sum())
            if lost:
                what += f" in place of {counted(lost, 'that holds one', 'that hold one')}"
                action += ", or repeat with --accept-revisions"
            plan.findings.append(Finding(REVISION if lost else WARNING, where, what, action))
        else:
            plan.findings.note(where, what, "map it if it should be refreshed")
        if not plan.keys:
            plan.findings.warning(
                f"{plan.table}, column {name}",
                "rows have no key, so its values were kept by their place",
                "name 'keys' in the mapping",
            )
    return take(old, match.old_of) if len(old) else [None] * match.rows


def _held(old: dict[int, Any], columns: list[int], rows: Any) -> int:
    """How many rows hold a value in any of some columns; all of them where there are no such columns."""
    filled = np.zeros(len(rows), bool) if columns else np.ones(len(rows), bool)
    for i in columns:
        filled |= _filled(old[i], rows)
    return int(filled.sum())


def _filled(column: Any, rows: Any) -> Any:
    """Which of these rows hold a value."""
    if isinstance(column, list):
        return np.array([column[row] is not None for row in rows.tolist()], bool)
    return column.is_valid().to_numpy(zero_copy_only=False)[rows]


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
    return np.array(
        [
            not column_writer.same_value(a, b)
            for a, b in zip(column_writer.to_list(old), column_writer.to_list(new), strict=True)
        ],
        bool,
    )


def _compare(
    plan: TablePlan,
    names: list[str],
    fitted: FittedRows,
    fed: list[int],
    old: dict[int, Any],
    new: dict[int, Any],
    match: Match,
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
    plan.lost_rows = _held(old, [i for i in fed if i not in key_places], match.lost) if key_places else plan.removed
    if fitted.date in key_places and len(match.lost):
        gone = column_writer.to_list(take(old[fitted.date], match.lost))
        plan.new_set = not set(gone) & set(column_writer.to_list(new[fitted.date]))
    touched = np.zeros(len(known), bool)
    for i in fed:
        if i in key_places:
            continue
        before, after = take(old[i], partner), take(new[i], known)
        differs = _differs(before, after)
        touched |= differs
        rows = np.flatnonzero(differs)
        plan.changed_cells += len(rows)
        if len(rows):
            filled = _filled(before, rows)
            plan.revised_cells += int(filled.sum()) if fitted.date is not None else 0
            plan.blanked_cells += int((filled & ~_filled(after, rows)).sum())
        for row in rows[: max(DETAILS - len(plan.changes), 0)]:
            change = Change(
                key(new, int(known[row])), names[i],
                _typed(before, int(row), fitted.kinds[i], date1904), _typed(after, int(row), fitted.kinds[i], date1904),
            )  # fmt: skip
            plan.changes.append(change)
    plan.changed_rows = int(touched.sum())


def _typed(column: Any, row: int, kind: str | None, date1904: bool) -> Any:
    value = column[row] if isinstance(column, list) else column[row].as_py()
    if kind == column_kinds.DATE and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return EPOCH + datetime.timedelta(days=int(value) + (SHIFT_1904 if date1904 else 0))
        except OverflowError:
            return value
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _display(column: Any, row: int, kind: str | None, date1904: bool) -> str:
    value = _typed(column, row, kind, date1904)
    return value if isinstance(value, str) else as_printed(value)
