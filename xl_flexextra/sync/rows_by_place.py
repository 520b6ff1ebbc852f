"""Cells that show interest rates by their row, as pages of earlier versions do: a refresh may put other rates there."""

from __future__ import annotations

import re
from html import escape

from ..errors import counted
from ..inputs.input_tables import RATE_TABLE
from ..ooxml.workbook import Area, Workbook
from ..sources.findings import Findings
from .plan import TablePlan

_CELL = re.compile(rb"<c\s[^>]*?r=\"([A-Z]+[0-9]+)\"[^>]*><f[^>]*>([^<]*)</f>")
LARGEST = 8 * 2**20  # bytes of a sheet that is looked through; a page is never as large


def shown_by_place(workbook: Workbook, area: Area, made: TablePlan) -> Findings:
    """A warning where cells of other sheets refer to single rows of a table of interest rates that changes."""
    found = Findings()
    if area.name != RATE_TABLE.name or made.same:
        return found
    name = re.escape(escape(area.sheet.name.replace("'", "''"), quote=False).encode())
    row = re.compile(rb"(?:'|&apos;)?" + name + rb"(?:'|&apos;)?!\$?[A-Z]+\$?([0-9]+)(?![0-9:])")
    for sheet in workbook.sheets:
        content = workbook.package.read(sheet.part) if sheet.part != area.sheet.part else b""
        cells = [
            cell.decode()
            for cell, formula in (_CELL.findall(content) if len(content) <= LARGEST else ())
            if any(area.first <= int(place) <= area.last for place in row.findall(formula))
        ]
        if cells:
            what = counted(len(cells), f"cell of the sheet {sheet.name} shows", f"cells of the sheet {sheet.name} show")
            what += f" this table's rows by place, first {cells[0]}"
            todo = "compare the rates there with the table; a page that is built again by 'report' looks them up by date"
            found.warning(area.name, what, todo)
    return found
