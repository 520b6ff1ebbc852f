"""The buttons: a few lines on ``xw.Book.caller()`` each. Excel's macro starts this, and shows the sentence that comes back.

An answer begins with OK (done), ASK (a plan to agree to) or ERR (one sentence that says why not).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import FlexExtraError, MissingData, Refused
from ..hosts.excel import install, live, log
from ..ooxml import atomic
from ..sync.restore import BEFORE_REFRESH, BEFORE_RESTORE

SHOWN = 900  # characters; a message box cuts longer ones
_NOTHING = "The file holds what the workbook holds already; nothing to do."
_AS_BEFORE = "The workbook is as it was before the last refresh; nothing to do."
LOGGER = logging.getLogger("xl_flexextra")


def _plain(column: Any) -> list[Any]:
    """A column of a plan as plain values."""
    return column.to_pylist() if hasattr(column, "to_pylist") else list(column)


def _home(book: Any) -> Path:
    """The path beside which the journal and the backups of this book stand."""
    return live.local_path(book, log.folder().parent / install.BOOKS)


def _plans(book: Any, source: str, folder: Path, progress: Callable[[str], None]) -> Any:
    """What a refresh of this book from ``source`` would do, worked out on a copy."""
    from ..sources import findings
    from ..sources.mapping import beside
    from ..sync import refresh

    copy = live.save_copy(book, folder)
    request = refresh.Request(copy, source, mapping=beside(_home(book)), dry_run=True, progress=progress)
    outcome = refresh.refresh(request)
    if outcome.stopped and all(finding.severity == findings.REVISION for finding in outcome.stopped):
        request.accept_revisions = True  # the plan names them, and the person agrees or not
        outcome = refresh.refresh(request)
    if outcome.stopped:
        more = f" ({len(outcome.stopped) - 1} more findings)" if len(outcome.stopped) > 1 else ""
        raise Refused(f"Nothing was changed: {outcome.stopped[0]}{more}")
    return outcome


def _summary(outcome: Any) -> str:
    """A plan in words: rows, cells, the first changes, what was noticed."""
    lines = []
    for plan in outcome.plans:
        counts = f"{plan.added} rows added, {plan.changed_cells} cells changed, {plan.removed} rows removed"
        lines.append(f"{plan.table}: {counts} ({plan.rows_before} to {plan.rows_after} rows).")
        lines += [f"   {change}" for change in plan.changes[:5]]
    lines += [str(finding) for finding in outcome.findings[:4]]
    return "\n".join(lines)


def _same(outcome: Any) -> bool:
    return all(plan.same for plan in outcome.plans)


def refresh_plan(book: Any, source: str) -> tuple[str, str]:
    """What the chosen file would change; nothing is touched."""
    live.refuse_1904(book)
    with tempfile.TemporaryDirectory() as folder, live.undisturbed(book) as progress:
        progress("working out the plan")
        outcome = _plans(book, source, Path(folder), progress)
    if _same(outcome):
        return "OK", _NOTHING
    live.refuse_blocked(book, [plan.table for plan in outcome.plans if not plan.same])
    return "ASK", _summary(outcome) + "\n\nRefresh now?"


def refresh_apply(book: Any, source: str) -> tuple[str, str]:
    """Refill the tables from the chosen file: a copy is kept first, a journal line says what was done."""
    live.refuse_1904(book)
    home = _home(book)
    with tempfile.TemporaryDirectory() as folder, live.undisturbed(book) as progress:
        progress("working out the plan")
        outcome = _plans(book, source, Path(folder), progress)
        plans = [plan for plan in outcome.plans if not plan.same]
        if not plans:
            return "OK", _NOTHING
        live.refuse_blocked(book, [plan.table for plan in plans])
        kept = atomic.back_up(home, BEFORE_REFRESH, copied=Path(folder) / book.name)
        tables = {
            plan.table: {"rows_before": plan.rows_before, "rows_after": plan.rows_after, "added": plan.added,
                         "changed_cells": plan.changed_cells, "removed": plan.removed,
                         "source": outcome.sources[plan.table].label, "source_sha256": outcome.sources[plan.table].sha256}
            for plan in plans
        }  # fmt: skip
        with _journalled(home, "refresh", tables, kept):
            for plan in plans:
                progress(f"writing {plan.table}")
                columns = [None if column is None else _plain(column) for column in plan.columns]
                live.write_table(book, plan.table, columns, plan.rows_after)
    book.app.calculate()
    return "OK", _summary(outcome) + f"\n\nDone; Restore last takes it back. A copy is kept: {kept.name}."


@contextlib.contextmanager
def _journalled(home: Path, event: str, tables: dict[str, Any], kept: Path) -> Any:
    """One line before, one after: what was planned in the open workbook, and how it ended."""
    from .. import __version__
    from ..sync import journal

    entry = {
        "event": event, "id": uuid.uuid4().hex, "at": journal.now(), "who": journal.who(), "version": __version__,
        "host": "Excel", "before": atomic.sha256(kept), "after": "", "tables": tables, "backup": kept.name,
    }  # fmt: skip
    journal.append(home, entry)
    result = journal.FAILED
    try:
        yield
        result = journal.DONE
    finally:
        with contextlib.suppress(FlexExtraError):
            journal.conclude(home, entry["id"], result)


def _last_kept(home: Path) -> Path:
    made = [path for path in atomic.backups(home) if path.stem.endswith(BEFORE_REFRESH)]
    if not made:
        raise MissingData(f"No refresh of {home.name} is on record here, so there is nothing to restore.")
    return made[-1]


def _old_tables(book: Any, kept: Path, folder: Path) -> dict[str, tuple[list[Any], int]]:
    """The tables that differ between the book and a kept copy: the columns that data fill, and the number of rows."""
    from ..ooxml import columns
    from ..ooxml.body import Body, find_area
    from ..ooxml.package import Package
    from ..ooxml.strings import SharedStrings
    from ..ooxml.workbook import Workbook

    def bodies(path: Path) -> dict[str, tuple[list[Any], int]]:
        workbook = Workbook(Package.open(path))
        strings = SharedStrings(workbook)
        found = {}
        for table in workbook.tables:
            body = Body(workbook, strings, find_area(workbook, strings, table.name))
            values = [
                None if body.calculated(i) else _plain(columns.normalize(body.values(i), column.name, workbook.date1904))
                for i, column in enumerate(table.columns)
            ]
            found[table.name] = (values, body.count)
        return found

    now, before = bodies(live.save_copy(book, folder)), bodies(kept)
    return {name: content for name, content in before.items() if name in now and now[name] != content}


def restore_last(book: Any, _source: str) -> tuple[str, str]:
    """What taking the last refresh back would change."""
    kept = _last_kept(_home(book))
    with tempfile.TemporaryDirectory() as folder, live.undisturbed(book) as progress:
        progress("comparing with the copy before the last refresh")
        old = _old_tables(book, kept, Path(folder))
    if not old:
        return "OK", _AS_BEFORE
    live.refuse_blocked(book, list(old))
    lines = "\n".join(f"{name}: back to {rows} rows." for name, (_, rows) in old.items())
    return "ASK", f"{lines}\n\nTake the last refresh back?"


def restore_last_apply(book: Any, _source: str) -> tuple[str, str]:
    """Take the last refresh back; a second time goes one refresh further."""
    home = _home(book)
    kept = _last_kept(home)
    with tempfile.TemporaryDirectory() as folder, live.undisturbed(book) as progress:
        old = _old_tables(book, kept, Path(folder))
        if not old:
            return "OK", _AS_BEFORE
        live.refuse_blocked(book, list(old))
        saved = atomic.back_up(home, BEFORE_RESTORE, atomic.KEEP_BACKUPS + 1, Path(folder) / book.name)
        tables = {name: {"rows_after": rows} for name, (_, rows) in old.items()}
        with _journalled(home, "restore", tables, saved):
            for name, (columns, rows) in old.items():
                progress(f"restoring {name}")
                live.write_table(book, name, columns, rows)
    with contextlib.suppress(OSError):
        kept.unlink()
    book.app.calculate()
    return "OK", f"Restored: {', '.join(old)}. A copy of what was there is kept: {saved.name}."


def tie_out(book: Any, _source: str) -> tuple[str, str]:
    """How many recomputed returns tie to the published ones, by the workbook's own sheet, recalculated."""
    from ..workbook.layout import TIE_OUT
    from ..workbook.tie_sheet import HEADER, HEADER_ROW

    if TIE_OUT not in [sheet.name for sheet in book.sheets]:
        raise MissingData(
            f"{book.name} has no sheet {TIE_OUT!r}; build the update with published figures, or open that workbook."
        )
    sheet = book.sheets[TIE_OUT]
    with live.undisturbed(book) as progress:
        progress("recalculating")
        book.app.calculate()
        last = sheet.used_range.last_cell.row
        rows = sheet.range((HEADER_ROW + 2, 1), (last, len(HEADER))).options(ndim=2, err_to_str=True).value
        counts = sheet.range("B3").value
    rows = [row for row in rows if row[0] is not None]
    verdicts = [str(row[HEADER.index("verdict")]) for row in rows]
    tied = sum(verdict == counts for verdict in verdicts)
    failed = sum(verdict.startswith("#") for verdict in verdicts)
    lines = [f"{tied} of {len(rows)} published figures tie."]
    if failed:
        lines.append(f"{failed} cells hold errors: see Diagnostics if Python does not answer.")
    open_rows = [
        row for row, verdict in zip(rows, verdicts, strict=True) if verdict != counts and not verdict.startswith("#")
    ]
    lines += [f"   {row[3]} {row[4]}: {row[HEADER.index('verdict')]}" for row in open_rows[:8]]
    return "OK", "\n".join(lines)


def export_pdf(book: Any, _source: str) -> tuple[str, str]:
    """The pages that are printed, as a PDF beside the workbook."""
    from ..workbook.layout import CHARTS, PAGE, TIE_OUT

    home = _home(book)
    target = home.with_suffix(".pdf")
    there = [sheet.name for sheet in book.sheets]
    include = [name for name in (PAGE, CHARTS, TIE_OUT) if name in there] or None
    with live.undisturbed(book) as progress:
        progress("writing the PDF")
        try:
            book.to_pdf(str(target), include=include, show=False)
        except Exception as error:  # COM's errors are of no class that is known here
            if live.is_rejected(error):
                raise
            raise Refused(f"{target.name} cannot be written; close it where it is open, or check for a printer.") from None
    if not target.is_file():
        raise Refused(f"{target.name} was not written; close it where it is open, or check for a printer.")
    return "OK", f"Written: {target}"


def diagnostics(_book: Any, _source: str) -> tuple[str, str]:
    """What Python knows of itself, without any value of the workbook."""
    from ..hosts.excel import doctor

    return "OK", doctor.report()


ACTIONS: dict[str, Callable[[Any, str], tuple[str, str]]] = {
    "refresh_plan": refresh_plan,
    "refresh_apply": refresh_apply,
    "restore_last": restore_last,
    "restore_last_apply": restore_last_apply,
    "tie_out": tie_out,
    "export_pdf": export_pdf,
    "diagnostics": diagnostics,
}


def run(book: Any, action: str, source: str = "") -> tuple[str, str]:
    """One action on an open book; every error becomes one sentence."""
    try:
        kind, text = ACTIONS[action](book, source)
    except FlexExtraError as error:
        LOGGER.info("%s: %s", action, type(error).__name__)
        return "ERR", str(error)
    except Exception as error:
        LOGGER.exception("%s failed", action)
        if live.is_rejected(error):
            return "ERR", "Excel is busy; finish editing the cell (Enter or Esc) and press the button again."
        return (
            "ERR",
            f"{action.replace('_', ' ').capitalize()} failed ({type(error).__name__}); the log says where: {log.folder()}.",
        )
    LOGGER.info("%s: %s", action, kind)
    return kind, text


def main(arguments: Sequence[str] | None = None) -> None:
    """What the macro starts: ``--action``, ``--file`` and ``--answer``; xlwings reads ``--wb`` and ``--hwnd`` itself."""
    parser = argparse.ArgumentParser()
    for name in ("--wb", "--from_xl", "--hwnd", "--file"):
        parser.add_argument(name, default="")
    parser.add_argument("--action", required=True, choices=sorted(ACTIONS))
    parser.add_argument("--answer", required=True)
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    log.configure()
    kind, text = _on_caller(given.action, given.file)
    if len(text) > SHOWN:
        text = text[:SHOWN].rsplit("\n", 1)[0] + "\n..."
    Path(given.answer).write_text(f"{kind}\n{text}", encoding="utf-16", newline="\n")


def _on_caller(action: str, source: str) -> tuple[str, str]:
    """The action on the book whose button was pressed."""
    from ..hosts.excel.start import without_pandas

    with without_pandas():
        import xlwings

    windows = getattr(xlwings, "_xlwindows", None)
    if windows is not None:
        windows.N_COM_ATTEMPTS = live.COM_ATTEMPTS
    try:
        book = live.patiently(xlwings.Book.caller)
    except FlexExtraError as error:
        return "ERR", str(error)
    except Exception as error:
        LOGGER.exception("the workbook was not found")
        return (
            "ERR",
            f"Python did not find the workbook ({type(error).__name__}); save it under a plain name and try again.",
        )
    return run(book, action, source)
