"""A workbook that is open in Excel, through xlwings: what stands in the way, copies, tables, and everything put back."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ...errors import CellError, MissingData, Refused

ATTEMPTS, PAUSE = 10, 0.3
COM_ATTEMPTS = 200
"""How often xlwings repeats one call that Excel rejects; its own default is for ever."""

_REJECTED = frozenset({-2147418111, -2147417846, -2146777998})
_BUSY = (
    "Excel is busy with a cell that is being edited or with a dialog; finish it (Enter or Esc) and press the button again."
)
T = TypeVar("T")


def is_rejected(error: BaseException) -> bool:
    """Whether Excel rejected a call because a person is editing a cell or a dialog is open."""
    if type(error).__name__ == "ExcelBusyError":
        return True
    codes = {getattr(error, "hresult", None)}
    details = error.args[2] if len(error.args) > 2 else None
    if isinstance(details, tuple) and len(details) > 5:
        codes.add(details[5])
    return bool(codes & _REJECTED)


def patiently(action: Callable[[], T]) -> T:
    """Do something that Excel may reject, a bounded number of times.

    Raises:
        Refused: Excel is still busy after the last attempt.
    """
    for attempt in range(ATTEMPTS):
        try:
            return action()
        except Exception as error:
            if not is_rejected(error):
                raise
            if attempt + 1 < ATTEMPTS:
                time.sleep(PAUSE)
    raise Refused(_BUSY)


@contextlib.contextmanager
def undisturbed(book: Any) -> Iterator[Callable[[str], None]]:
    """Work on a book unseen and without recalculation; gives a function that shows progress in the status bar.

    Calculation mode, screen updating, the active sheet, the selection and the status bar are as before afterwards,
    whatever happens.
    """
    app = book.app
    mode, shown = patiently(lambda: app.calculation), app.screen_updating
    sheet = book.sheets.active
    selection = app.selection
    app.screen_updating = False
    app.calculation = "manual"

    def progress(step: str) -> None:
        app.status_bar = f"FlexExtra: {step}"

    try:
        yield progress
    finally:
        with contextlib.suppress(Exception):
            sheet.activate()
            if selection is not None:
                selection.select()
        app.calculation = mode
        app.screen_updating = shown
        app.status_bar = False


def refuse_1904(book: Any) -> None:
    """Refuse a workbook that counts dates from 1904: every serial in it means another day."""
    if book.api.Date1904:
        raise Refused(
            f"{book.name} counts dates from 1904; switch that off under File, Options, Advanced, and enter its dates again."
        )


def local_path(book: Any, fallback: Path) -> Path:
    """Where the journal and the backups of a book belong: beside it, or in ``fallback`` for one on a web server."""
    name = book.name
    try:
        full = book.fullname
    except Exception:
        full = "://"
    if "://" in full:
        fallback.mkdir(parents=True, exist_ok=True)
        return fallback / name
    path = Path(full)
    if not path.parent.is_dir() or path.parent == Path() or not path.suffix:
        raise Refused(f"{name} has not been saved yet; save it and press the button again.")
    return path


def save_copy(book: Any, folder: Path) -> Path:
    """The book as it is now, saved or not, as a file of its own."""
    target = folder / book.name
    book.api.SaveCopyAs(str(target))
    return target


def find_table(book: Any, name: str) -> tuple[Any, Any]:
    """The sheet and the table of that name."""
    for sheet in book.sheets:
        for table in sheet.tables:
            if table.name.lower() == name.lower():
                return sheet, table
    raise MissingData(f"{book.name} has no table {name!r} any more; undo its removal or refresh another workbook.")


def refuse_blocked(book: Any, names: Sequence[str]) -> None:
    """Refuse, by name, tables on protected sheets and tables with an active filter."""
    for name in names:
        sheet, table = find_table(book, name)
        if sheet.api.ProtectContents:
            raise Refused(
                f"The sheet {sheet.name!r} is protected; unprotect it (Review, Unprotect Sheet) and press the button again."
            )
        filtered = bool(table.show_autofilter) and bool(table.api.AutoFilter.FilterMode)
        if filtered or bool(sheet.api.FilterMode):
            raise Refused(f"The table {name!r} on {sheet.name!r} is filtered; clear the filter (Data, Clear) and try again.")


_MONTHS = {"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december"}


def _cell(value: Any) -> Any:
    """A value as it is written: text that Excel would read as a formula, a number, a date or a time is marked as text."""
    if isinstance(value, CellError) or not isinstance(value, str):
        return value
    words = re.findall(r"[^\W\d_]+", value.lower())
    short = all(len(word) <= 3 or word in _MONTHS for word in words)  # 1E5, 2008-01-31, 5 March, 2 pm; not 2 pairs
    read = value[:1] in tuple("=+-@'#") or (short and any(map(str.isdigit, value))) or words in (["true"], ["false"])
    return f"'{value}" if value and read else value


def write_table(book: Any, name: str, columns: Sequence[Sequence[Any] | None], rows: int) -> None:
    """Give a table new rows: resized, every column that data fill written whole; None leaves a column as it is.

    Formats of the first row go down to new rows; what the table gives up is cleared; a totals row moves along.
    """
    sheet, table = find_table(book, name)
    totals = bool(table.show_totals)
    if totals:
        table.show_totals = False
    try:
        header = 1 if table.show_headers else 0
        area = table.range
        top, left, width = area.row, area.column, area.shape[1]
        old = area.shape[0] - header
        first, kept = top + header, max(rows, 1)
        table.resize(sheet.range((top, left), (first + kept - 1, left + width - 1)))
        for place, values in enumerate(columns):
            if values is None:
                continue
            target = sheet.range((first, left + place), (first + kept - 1, left + place))
            if kept > old >= 1:
                form = sheet.range((first, left + place)).number_format
                sheet.range((first + old, left + place), (first + kept - 1, left + place)).number_format = form
            target.raw_value = tuple((_cell(value),) for value in values) if rows else ((None,),)
        if old > kept:
            sheet.range((first + kept, left), (first + old - 1, left + width - 1)).clear_contents()
    finally:
        if totals:
            table.show_totals = True
