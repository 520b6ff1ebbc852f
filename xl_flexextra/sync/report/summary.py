"""What a person reads: the plan, the end of a refresh, the journal; plain text that can go into an e-mail."""

from __future__ import annotations

from typing import Any

from ...errors import agreed, counted
from ...sources.findings import Finding, as_printed
from .. import restore
from ..plan import TablePlan
from ..record.journal import JournalEntry
from ..refresh import NAMED_BY_HAND, Outcome
from . import changed_cells


def text(outcome: Outcome, cells: int = 20) -> str:
    """The summary of a refresh, or of its plan."""
    lines = [_headline(outcome), ""]
    for made in outcome.plans:
        lines += _table(outcome, made, cells)
    lines += _findings(outcome.findings)
    lines += _dependents(outcome, cells)
    lines += [f"Note: {note}" for note in outcome.notes]
    if outcome.stopped:
        lines.append("Nothing was written. " + _remedy(outcome.stopped))
    elif outcome.dry_run:
        lines.append("This was a dry run: nothing was written.")
    elif outcome.written and outcome.backup is not None:
        where = f"{outcome.backup.parent.name}/{outcome.backup.name}"
        lines.append(f"The workbook as it was is kept as {where}; this brings it back: {restore.command(outcome.book)}")
    else:
        lines.append("The workbook was not touched: it holds this data already.")
    return "\n".join(lines)


def _headline(outcome: Outcome) -> str:
    if outcome.stopped:
        return f"Refresh of {outcome.book.name}: stopped by {counted(len(outcome.stopped), 'finding')}"
    if outcome.dry_run:
        return f"Refresh of {outcome.book.name}: plan"
    return f"Refresh of {outcome.book.name}: {'done' if outcome.written else 'nothing to change'}"


def _remedy(stopped: list[Finding]) -> str:
    if all(f.severity == "revision" for f in stopped):
        return "Past values would change; if that is right, repeat with --accept-revisions."
    return "Correct the errors above first."


def _table(outcome: Outcome, made: TablePlan, cells: int) -> list[str]:
    origin = outcome.sources[made.table]
    named = f"named in {origin.named}; " if origin.named not in ("", NAMED_BY_HAND) else ""
    lines = [f"{made.table} from {origin.label} ({named}sha256 {origin.sha256[:12]}, {counted(origin.rows, 'row')})"]
    if made.same and not made.rows_before == made.rows_after == 0:
        lines.append(f"  no change ({counted(made.rows_after, 'row')})")
    else:
        lines.append(
            f"  {made.rows_before:,} → {counted(made.rows_after, 'row')}: {made.added:,} added, "
            f"{made.changed_rows:,} changed ({counted(made.changed_cells, 'cell')}), {made.removed:,} removed"
        )
    lines += [f"  + the column {name}" for name in outcome.columns.get(made.table, [])]
    lines += _some([f"+ {key}" for key in made.added_keys], made.added, cells)
    lines += _some([f"~ {change}" for change in made.changes], made.changed_cells, cells)
    lines += _some([f"- {key}" for key in made.removed_keys], made.removed, cells)
    return [*lines, ""]


def _some(items: list[str], total: int, most: int) -> list[str]:
    lines = [f"  {item}" for item in items[:most]]
    if most and total > len(lines):
        lines.append(f"  … and {total - len(lines):,} more")
    return lines


def _findings(findings: list[Finding]) -> list[str]:
    if not findings:
        return ["Findings: none", ""]
    return ["Findings:", *[f"  {f.severity:<8} {f.where}: {f.what} — {f.action}" for f in findings], ""]


def _dependents(outcome: Outcome, cells: int) -> list[str]:
    report = outcome.dependents
    lines = []
    by = {"this package": report.by_core, "IronCalc": report.by_engine, "LibreOffice Calc": report.by_calc}
    if any(by.values()):
        told = ", ".join(f"{counted(count, 'formula')} by {who}" for who, count in by.items() if count)
        lines.append(f"Recomputed: {told}; {counted(len(report.changed), 'value')} changed")
        listed = changed_cells.texts(outcome.workbook, report.changed, cells)
        lines += _some([f"~ {text}" for text in listed], len(report.changed), cells)
    if report.stale:
        show = agreed(len(report.stale), "shows its old value until it is", "show old values until they are")
        what = f"{counted(len(report.stale), 'formula')} {show}"
        lines.append(f"Not recomputed: {what} computed in Excel (open it there and press Ctrl+Alt+F9):")
        lines += _some([f"! {address}" for address in report.stale], len(report.stale), cells)
    if report.own_functions and not outcome.stopped:
        lines.append("The workbook holds worksheet functions of this package, so it is not flagged for calculation on load.")
    return [*lines, ""] if lines else []


def entry_text(entry: JournalEntry, cells: int) -> str:
    """One event of the journal."""
    data = entry.data
    head = f"{data.get('at', '?')}  {data.get('who', '?')}  {data.get('event', '?')}"
    lines = [f"{head}: {entry.outcome} (version {data.get('version', '?')})"]
    if data.get("event") == "restore":
        lines[0] = f"{head} of {data.get('restored')}: {entry.outcome}"
    tables: dict[str, Any] = data.get("tables") or {}
    for name, table in tables.items():
        lines.append(
            f"  {name}: {table.get('rows_before')} → {table.get('rows_after')} rows, {table.get('added')} "
            "added, "
            f"{table.get('changed_cells')} cells changed, {table.get('removed')} removed; "
            f"from {table.get('source')} (sha256 {str(table.get('source_sha256'))[:12]})"
        )
        changes = [
            f"    {c.get('key')}, {c.get('column')}: {as_printed(c.get('old'))} → {as_printed(c.get('new'))}"
            for c in table.get("cells", [])
        ]
        lines += changes[:cells]
        if len(changes) > cells > 0:
            lines.append(f"    … and {table.get('changed_cells', 0) - cells:,} more")
    if data.get("backup"):
        lines.append(f"  backup {data['backup']}")
    return "\n".join(lines)
