"""The buttons of a workbook are answered here: Excel's macro starts this, and shows the sentence that comes back.

An answer begins with OK (done), ASK (a plan to agree to) or ERR (one sentence that says why not).
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import FlexExtraError, MissingData, Refused, counted
from ..hosts.excel import install, live, log
from .open_book import OpenBook, opened

SHOWN = 900  # characters; a message box cuts longer ones
_NOTHING = "The file holds what the workbook holds already; nothing to do."
_AS_BEFORE = "The workbook is as it was before the last refresh; nothing to do."
LOGGER = logging.getLogger("xl_flexextra")


def _refresh(target: OpenBook, source: str, dry_run: bool) -> Any:
    """A refresh, or its plan. Past values may change: the plan names them, and the person agrees or not."""
    from ..sync.refresh import Request, refresh

    outcome = refresh(
        Request(target.home, source, dry_run=dry_run, accept_revisions=True, progress=target.progress, target=target)
    )
    if outcome.stopped:
        more = f" ({len(outcome.stopped) - 1} more findings)" if len(outcome.stopped) > 1 else ""
        raise Refused(f"Nothing was changed: {outcome.stopped[0]}{more}")
    return outcome


def _summary(outcome: Any) -> str:
    """A plan in words: rows, cells, the first changes, what was noticed."""
    lines = []
    for plan in outcome.plans:
        added, changed, removed = plan.added, plan.changed_cells, plan.removed
        counts = f"{counted(added, 'row')} added, {counted(changed, 'cell')} changed, {counted(removed, 'row')} removed"
        lines.append(f"{plan.table}: {counts} ({plan.rows_before:,} to {counted(plan.rows_after, 'row')}).")
        lines += [f"   {change}" for change in plan.changes[:5]]
    lines += [str(finding) for finding in outcome.findings[:4]]
    return "\n".join(lines)


def refresh_plan(book: Any, source: str) -> tuple[str, str]:
    """What the chosen file would change; nothing is touched."""
    with opened(book, "working out the plan") as target:
        outcome = _refresh(target, source, dry_run=True)
    return ("ASK", _summary(outcome) + "\n\nRefresh now?") if outcome.changed else ("OK", _NOTHING)


def refresh_apply(book: Any, source: str) -> tuple[str, str]:
    """Refill the tables from the chosen file: a copy is kept first, a journal line says what was done."""
    with opened(book, "working out the plan") as target:
        outcome = _refresh(target, source, dry_run=False)
    if not outcome.written:
        return "OK", _NOTHING
    book.app.calculate()
    return "OK", _summary(outcome) + f"\n\nDone; Restore last takes it back. A copy is kept: {outcome.backup.name}."


def restore_last(book: Any, _source: str) -> tuple[str, str]:
    """What taking the last refresh back would change."""
    with opened(book, "comparing with the copy before the last refresh") as target:
        old = target.to_put_back()
        target.refuse(list(old))
    lines = "\n".join(f"{name}: back to {counted(rows, 'row')}." for name, (_, rows) in old.items())
    return ("ASK", f"{lines}\n\nTake the last refresh back?") if old else ("OK", _AS_BEFORE)


def restore_last_apply(book: Any, _source: str) -> tuple[str, str]:
    """Take the last refresh back; a second time goes one refresh further."""
    from ..sync.restore import restore

    with opened(book, "restoring") as target:
        old = target.to_put_back()
        if not old:
            return "OK", _AS_BEFORE
        done = restore(target)
    book.app.calculate()
    return "OK", f"Restored: {', '.join(old)}. A copy of what was there is kept: {done.kept.name}."


def tie_out(book: Any, _source: str) -> tuple[str, str]:
    """How many recomputed returns tie to the published ones, by the workbook's own sheet, recalculated."""
    from ..workbook.layout import TIE_OUT
    from ..workbook.update.tie_out_sheet import HEADER, HEADER_ROW

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
        lines.append(
            f"{counted(failed, 'cell holds an error', 'cells hold errors')}: see Diagnostics if Python does not answer."
        )
    open_rows = [
        row for row, verdict in zip(rows, verdicts, strict=True) if verdict != counts and not verdict.startswith("#")
    ]
    lines += [f"   {row[3]} {row[4]}: {row[HEADER.index('verdict')]}" for row in open_rows[:8]]
    return "OK", "\n".join(lines)


def export_pdf(book: Any, _source: str) -> tuple[str, str]:
    """The pages that are printed, as a PDF beside the workbook."""
    from ..workbook.layout import CHARTS, PAGE, TIE_OUT

    target = live.local_path(book, log.folder().parent / install.BOOKS).with_suffix(".pdf")
    there = [sheet.name for sheet in book.sheets if sheet.visible]
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
    if len(text) > SHOWN and given.action != "diagnostics":  # of which the clipboard gets the whole
        text = text[:SHOWN].rsplit("\n", 1)[0] + "\n..."
    Path(given.answer).write_text(f"{kind}\n{text}", encoding="utf-16", newline="\n")


def _on_caller(action: str, source: str) -> tuple[str, str]:
    """The action on the book whose button was pressed."""
    from ..hosts.excel.start import without_frames

    try:
        with without_frames():
            import xlwings
    except Exception as error:
        LOGGER.exception("xlwings does not load")
        return "ERR", f"xlwings does not load ({type(error).__name__}); run: xl-flexextra excel doctor."
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
