"""An XlsxWriter workbook with the house's habits: true cached values everywhere, reproducible parts, one palette."""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ..catalogue import names
from ..cells.scalars import to_serial
from ..errors import BadInput, CellError, FlexExtraError
from ..ooxml.xml_bytes import MAX_TEXT, units
from .laid_rows import LaidRows, may_be_laid
from .written_sheet import ERRORS, Exact, File, Sheet, Spilled

SUBJECT = "Performance of variable annuities"
CREATED = datetime.datetime(2008, 8, 1)  # fixed: the same inputs give the same parts
DARK, MID, PALE, INPUT, RED, GREY = "#1F3864", "#8EA9DB", "#DDE5F3", "#FFF8DC", "#B00020", "#6B7280"
GREEN = "#2E7D32"
NOTE = "#7A4B00"  # labels and notes; RED says one thing alone: wrong, or not yet right
READABLE = 260  # characters across a landscape page, about four points high
SERIES = ("#1F3864", "#C55A11", "#2E7D32", "#7B1FA2", "#0288D1", "#B08900", "#6B7280", "#AD1457")
PERCENT, UNIT, MONEY, DATE, SHORT_DATE = "0.00%", "0.000000", '"$"#,##0.00', "yyyy-mm-dd", "m/d/yy"
_PROPERTIES: dict[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 16, "font_color": DARK},
    "subtitle": {"bold": True, "font_size": 11, "font_color": DARK, "align": "left"},
    "section": {"bold": True, "font_size": 10, "font_color": "#FFFFFF", "bg_color": DARK, "valign": "vcenter"},
    "label": {"italic": True, "font_color": NOTE},
    "small": {"font_size": 8, "text_wrap": True, "valign": "top", "font_color": "#374151"},
    "grey": {"font_color": GREY, "font_size": 8},
    "head": {"bold": True, "bg_color": PALE, "text_wrap": True, "valign": "vcenter", "bottom": 1, "border_color": MID},
    "bold": {"bold": True},
    "link": {"font_color": "#0563C1", "underline": 1},
}


HERE, NOT_COMPUTED = "FunctionsHere", "NotComputed"
"""The names of two cells of a guarded workbook: whether our functions answer, and the text where they do not."""
ANSWERED, SHOWN_ANSWERED = "N(ISTEXT(FLEXEXTRA_VERSION()))", '"yes";;"no"'  # 1 or 0: XlsxWriter stores no TRUE of an array
ABSENT = "not computed"
_STORED = {"#N/A": "NA()", "": f"T({HERE})"}  # T of what is no text is the empty one


def put(target: Any, content: bytes | memoryview) -> None:
    """Write a finished workbook to a path or an open file."""
    if hasattr(target, "write"):
        target.write(content)
    else:
        Path(target).write_bytes(content)


class Book:
    """A workbook in the making. ``values_only`` writes results in place of formulas.

    A formula is a plain one, whose stored value every program shows on opening; LibreOffice computes array formulas, and
    without our functions they would be errors. Excel shows an "@" before our functions in plain formulas of a file that
    it did not write itself: of a result that is one value it is that value. ``dynamic`` names calls, and has formulas
    that hold them, or our functions, written as dynamic arrays of one cell: for a workbook whose functions are LAMBDAs.
    ``label`` (of constructed unit values) is printed on every page, ``title`` is the document's. ``guarded``: where
    LibreOffice computes a formula with our functions on opening all the same, it finds an answer without them, by the
    cells ``HERE`` and ``NOT_COMPUTED``.
    """

    def __init__(
        self,
        path: Any,
        title: str,
        values_only: bool = False,
        dynamic: Collection[str] = (),
        label: str = "",
        guarded: bool = False,
    ) -> None:
        self.values_only, self.guarded = values_only, guarded
        middle = f"&C&8&K{NOTE.removeprefix('#')}{label.replace('&', '&&')}" if label else ""
        self.footer = f"&L&8&A{middle}&R&8Page &P of &N"  # the label stands on every printed page, continued ones too
        # in memory: parts in files would get the line ends of the system, and so other bytes on Windows
        options = {"default_format_properties": {"font_name": "Arial", "font_size": 9}, "in_memory": True}
        self._target, self._whole = path, io.BytesIO()  # a zip that cannot be finished, on a full disk, would complain later
        self.file = File(self._whole, options)
        about = {"title": title, "subject": SUBJECT, "comments": label}
        self.file.set_properties({"created": CREATED, "author": "xl_flexextra", "company": "", **about})
        self.file.set_calc_mode("auto", 191029)
        self.file.calc_on_load = False  # a colleague without Python must see the cached values, not #NAME?
        self._formats: dict[tuple[str, tuple[tuple[str, Any], ...]], Format] = {}
        self._ours = re.compile(rf"\b({'|'.join(names())})\(")
        self._arrays = re.compile(rf"\b({'|'.join([*names(), *dynamic])})\(") if dynamic else None

    def close(self) -> None:
        """Write the file."""
        self.file.close()
        with self._whole.getbuffer() as whole:  # let go of where the writing fails: Python 3.13 complains of it later
            put(self._target, whole)

    def format(self, name: str = "text", **more: Any) -> Format:
        """A named format of the palette with further properties, made once."""
        key = (name, tuple(sorted(more.items())))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({**_PROPERTIES[name], **more})
        return self._formats[key]

    def sheet(self, name: str, color: str, widths: Sequence[float], landscape: bool = False) -> Worksheet:
        """A new worksheet with a tab color, column widths and letter pages one page wide, each with the sheet's title."""
        sheet = self.file.add_worksheet(name, worksheet_class=Sheet)
        sheet.set_tab_color(color)
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(1)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(self.footer)
        sheet.repeat_rows(0)  # the title on each printed page, where a sheet has no headings of one table to repeat
        return sheet

    def side_by_side(self, sheet: Worksheet, widths: Sequence[float]) -> None:
        """A table that no page holds as wide as it can be read goes on pages side by side, each with its first column."""
        pages = math.ceil(sum(widths) / READABLE)
        if pages > 1:
            sheet.set_landscape()
            sheet.fit_to_pages(pages, 0)
            sheet.repeat_columns(0)

    def value(self, sheet: Worksheet, row: int, column: int, value: Any, fmt: Format | None = None) -> None:
        """A constant: text is never taken for a formula, a link or a number."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, fmt)
        elif isinstance(value, datetime.date):
            sheet.write_number(row, column, to_serial(value), fmt)
        elif isinstance(value, CellError) and not self.values_only:
            sheet.write_formula(row, column, f"={value}", fmt, str(value))
        elif isinstance(value, str):
            sheet.write_string(row, column, held(value), fmt)
        else:
            sheet.write_number(row, column, Exact(value), fmt)

    def formula(self, sheet: Worksheet, row: int, column: int, formula: str, value: Any, fmt: Format | None = None) -> None:
        """A formula with its true value."""
        value = cached(value)
        formula = self.written(formula, value)
        if self.values_only:
            self.value(sheet, row, column, value, fmt)
        elif self._arrays is not None and self._arrays.search(formula):
            sheet.write_dynamic_array_formula(row, column, row, column, f"={formula}", fmt, value)
        else:
            sheet.write_formula(row, column, f"={formula}", fmt, _EmptyText() if value == "" else value)

    def written(self, formula: str, value: Any) -> str:
        """A formula of one cell as it is written.

        LibreOffice shows the stored value of a plain formula, but computes one whose value is an error or an empty text.
        Without our functions it would be #NAME?: so what is stored stands in the formula too, for where they are missing.
        """
        text = str(value)
        if not self.guarded or (text and text not in ERRORS) or not self._ours.search(formula) or HERE in formula:
            return formula
        return f"IF({HERE},{formula},{_STORED.get(text, text)})"

    def spilling(self, formula: str) -> str:
        """A formula that spills as it is written.

        LibreOffice computes it on opening. Where our functions are missing, it says so in place of errors; an error that
        they give is an error still.
        """
        if not self.guarded or not self._ours.search(formula) or HERE in formula:
            return formula
        return f"IF({HERE},{formula},{NOT_COMPUTED})"

    def live(self, sheet: Worksheet, row: int, column: int, formula: str, value: Any, fmt: Format | None = None) -> None:
        """A formula that is computed as soon as the file is opened, for what must not reassure where functions are missing.

        LibreOffice shows an ordinary formula's stored value, but computes array formulas: over functions that it does
        not know, spilled cells become errors, and a stored "agree" would stand beside them. So this one is an array.
        """
        value = cached(value)
        if self.values_only:
            self.value(sheet, row, column, value, fmt)
        elif self._arrays is not None and self._arrays.search(formula):
            sheet.write_dynamic_array_formula(row, column, row, column, f"={formula}", fmt, value)
        else:
            sheet.write_array_formula(row, column, row, column, f"{{={formula}}}", fmt, value)

    def spill(
        self, sheet: Worksheet, row: int, column: int, formula: str, rows: Sequence[Sequence[Any]],
        fmt: Format | Sequence[Format] | None = None,
    ) -> None:  # fmt: skip
        """One formula that spills, with the true value in every cell; ``fmt`` may be a format a column."""
        formula = self.spilling(formula)
        formats = fmt if isinstance(fmt, list | tuple) else [fmt] * len(rows[0])
        last_row, last_column = row + len(rows) - 1, column + len(rows[0]) - 1
        if not self.values_only:
            first = cached(rows[0][0])
            sheet.write_dynamic_array_formula(row, column, last_row, last_column, f"={formula}", formats[0], first)
        for i, line in enumerate(rows):
            for j, item in enumerate(line):
                if self.values_only:
                    self.value(sheet, row + i, column + j, cached(item), formats[j])
                elif i or j:
                    value = cached(item)
                    number = Spilled.of(value) if isinstance(value, str) else Exact(value)
                    sheet.write_number(row + i, column + j, number, formats[j])

    def table(
        self, sheet: Sheet, row: int, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]],
        formats: Sequence[Any], column: int = 0,
    ) -> None:  # fmt: skip
        """An Excel table of constants; a column's format may be a function of its row."""
        last = row + max(len(rows), 1)
        columns = [{"header": head, "header_format": self.format("head")} for head in heads(header)]
        options = {"name": name, "style": "Table Style Light 1", "columns": columns}
        right = column + len(header) - 1
        if may_be_laid(rows, formats):
            sheet.add_table(row, column, row + 1, right, options)
            sheet.lay(LaidRows(row + 1, column, rows, formats))
            return
        sheet.add_table(row, column, last, right, options)
        for i, line in enumerate(rows, start=row + 1):
            for j, item in enumerate(line):
                fmt = formats[j]
                self.value(sheet, i, column + j, item, fmt(line) if callable(fmt) else fmt)

    def answered(self, sheet: Worksheet, row: int, column: int) -> None:
        """The cell that says whether our functions answer, under its name."""
        self.live(sheet, row, column, ANSWERED, 1, self.format(num_format=SHOWN_ANSWERED, align="left"))
        self.define(HERE, sheet.get_name(), row, column)

    def define(self, name: str, sheet: str, row: int, column: int) -> None:
        """A name for one cell."""
        self.file.define_name(name, f"={quoted(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}")


def heads(given: Sequence[str]) -> list[str]:
    """The heads of a table, as Excel takes them: none blank, none twice in any letters, none with control characters, none
    beyond 255 letters. The codes of funds are so already."""
    found: list[str] = []
    taken: set[str] = set()
    for place, head in enumerate(given, start=1):
        clean = "".join(letter for letter in " ".join(head.split()) if letter.isprintable())[:240] or f"Column{place}"
        name, again = clean, 2
        while name.casefold() in taken:
            name, again = f"{clean} ({again})", again + 1
        taken.add(name.casefold())
        found.append(name)
    return found


class _EmptyText(str):
    """The text without letters that a formula gives: XlsxWriter takes ``""`` for no value, and a refresh then has none."""

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = str.__hash__


def cached(value: Any) -> Any:
    """A value as a file stores it: a serial for a date, the error text for an error."""
    if isinstance(value, FlexExtraError):
        return str(value.cell_error)
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, datetime.date):
        return to_serial(value)
    if value is None:
        return ""
    return held(value) if isinstance(value, str) else value


def held(text: str) -> str:
    """A text that a cell can hold.

    Raises:
        BadInput: it is longer; XlsxWriter would cut it off.
    """
    if len(text) > MAX_TEXT // 2 and units(text) > MAX_TEXT:
        raise BadInput(f"The text {text[:20]!r} … has {units(text)} characters; a cell holds {MAX_TEXT}: shorten it.")
    return text


def percent(decimals: Any) -> str:
    """The number format of a percentage as printed."""
    return f"0.{'0' * int(decimals)}%" if decimals else "0%"


def quoted(sheet: str) -> str:
    """A sheet's name as a formula has it."""
    return sheet if re.fullmatch(r"[A-Za-z_]\w*", sheet) else "'" + sheet.replace("'", "''") + "'"


def at(row: int, column: int, sheet: str = "", fixed: str = "") -> str:
    """A cell's address; ``fixed`` may hold "r" and "c" for $ signs."""
    cell: str = xl_rowcol_to_cell(row, column, row_abs="r" in fixed, col_abs="c" in fixed)
    return f"{quoted(sheet)}!{cell}" if sheet else cell


def area(first_row: int, first_column: int, last_row: int, last_column: int, sheet: str = "") -> str:
    """A range's absolute address."""
    cells: str = xl_range_abs(first_row, first_column, last_row, last_column)
    return f"{quoted(sheet)}!{cells}" if sheet else cells


def place_of(cell: str, cells: str, several: bool = True) -> str:
    """A formula: at which place ``cells`` hold the text of ``cell``, in any case of letters.

    Compared whole: MATCH with the cell itself would take the ``*``, ``?`` and ``~`` of a name for wildcards, and find
    another fund. No formula holds such a text itself, which may read as anything. Of a single cell LibreOffice makes no
    array to look in, and there is none to be taken for: then MATCH does.
    """
    if not several:
        return f"MATCH({cell},{cells},FALSE())"
    return f"MATCH(TRUE(),INDEX({cells}={cell},),FALSE())"


__all__ = ["Book", "area", "at", "cached", "percent", "place_of", "quoted"]
