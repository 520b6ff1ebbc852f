"""Excel and OpenDocument files as PyArrow tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arguments import nearest
from ..errors import CELL_ERRORS, BadInput, MissingData
from ..tie_out import PERCENTAGES
from .arrays import from_rows
from .mapping import TableMapping
from .source import choose
from .tables import percentages

if TYPE_CHECKING:
    from ..ooxml.body import Body
    from ..ooxml.workbook import Workbook

EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xltx", ".xltm")


def read_excel(data: bytes, path: Path, mapping: TableMapping) -> Any:
    import python_calamine as calamine

    from ..ooxml.package import Package
    from ..ooxml.workbook import Workbook

    suffix, workbook, table = path.suffix.lower(), None, None
    tables = suffix in (".xlsx", ".xlsm") and not mapping.sheet
    if tables or (data[:2] == b"PK" and suffix != ".ods"):
        package = Package(io.BytesIO(data), path.name)  # its limits hold for sources too
        workbook = Workbook(package) if suffix != ".xlsb" else None
    if tables and workbook is not None:
        table = _excel_table(workbook, data, path, mapping)
    if table is None:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = _pick(mapping, book.sheet_names, path.name)
        table = from_rows(_laid_out(workbook, book, sheet).to_python(skip_empty_area=True), path.name)
    return table


def percentages_as_shown(table: Any, data: bytes, mapping: TableMapping) -> Any:
    """Printed percentages as Excel shows them: a cell formatted as a percentage holds a fraction."""
    import pyarrow as pa

    place = next((i for i, name in enumerate(table.column_names) if name.lower() == PERCENTAGES), None)
    if place is None:
        return table
    part = mapping.sheet or mapping.source_table or mapping.name
    shown = percentages(io.BytesIO(data), part, PERCENTAGES)[: table.num_rows]
    if not any(shown):
        return table
    cells = table.column(place).cast(pa.string()).to_pylist()
    texts = [cell if text is None else text for cell, text in zip(cells, [*shown, *[None] * len(cells)], strict=False)]
    return table.set_column(place, table.column_names[place], pa.array(texts, pa.string()))


def _laid_out(workbook: Workbook | None, book: Any, name: str) -> Any:
    """A sheet with all that lies between its first cell and its last; not one that would fill the memory so."""
    from .scattered import refuse_scattered

    if workbook is not None:
        refuse_scattered(workbook, name)
    return book.get_sheet_by_name(name)


def _excel_table(workbook: Workbook, data: bytes, path: Path, mapping: TableMapping) -> Any:
    """An Excel table of the source; None where a sheet is meant."""
    import python_calamine as calamine

    from ..ooxml.body import Body
    from ..ooxml.strings import SharedStrings

    wanted, sheets = mapping.source_table or mapping.name, [s.name for s in workbook.sheets]
    name = choose(wanted, [t.name for t in workbook.tables], f"The source {path.name}")
    if name is None and mapping.source_table and choose(wanted, sheets, f"The source {path.name}") is None:
        near = nearest(wanted, [t.name for t in workbook.tables] + sheets)
        raise MissingData(f"The source {path.name} has no table or sheet {wanted!r}{near}.")
    area = workbook.table(name) if name is not None and (name == wanted or wanted not in sheets) else None
    if area is None:
        return None
    body = Body(workbook, SharedStrings(workbook), area)
    table = _plain_table(body, workbook) if body.plain is not None else None
    if table is not None:
        return table
    del body
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    cells = _laid_out(workbook, book, area.sheet.name).to_python(skip_empty_area=False)
    rows: list[list[Any]] = [[c.name for c in area.columns]]
    for row in cells[area.first - 1 : area.last]:
        wide = list(row) + [None] * area.right
        rows.append(wide[area.left - 1 : area.right])
    return from_rows(rows, path.name)


def _plain_table(body: Body, workbook: Workbook) -> Any:
    """A large table whose rows are alike, by columns: many times quicker than cell by cell; None where a column holds
    dates and numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from ..ooxml.columns import SHIFT_1904, UNIX_EPOCH
    from ..ooxml.styles import date_styles

    dates = date_styles(workbook)
    shift = float(UNIX_EPOCH - (SHIFT_1904 if workbook.date1904 else 0))
    columns, last = [], 0
    for index in range(len(body.area.columns)):
        values, styles = body.values(index), body.styles[index]
        filled = np.flatnonzero(values.is_valid().to_numpy())
        last = max([last, *(filled[-1:] + 1)])
        if pa.types.is_string(values.type):  # an error as text is none, as in a small table
            values = pc.if_else(pc.is_in(values, pa.array(list(CELL_ERRORS), pa.string())), None, values)
        else:
            dated = {styles.names[code] in dates for code in np.unique(styles.codes[filled])}
            if len(dated) > 1:
                return None
            if True in dated:
                values = pc.subtract(pc.floor(values), shift).cast(pa.int32()).cast(pa.date32())
        columns.append(values)
    table = pa.Table.from_arrays(columns, names=[column.name for column in body.area.columns])
    return table.slice(0, last)  # without blank rows at the end


def _pick(mapping: TableMapping, known: Sequence[str], name: str) -> str:
    """The sheet that is meant; the only one where nothing is said."""
    if mapping.sheet:
        found = choose(mapping.sheet, known, f"The source {name}")
        if found is None:
            near = nearest(mapping.sheet, known)
            raise MissingData(f"The source {name} has no sheet {mapping.sheet!r}{near}; it has {', '.join(known)}.")
        return found
    wanted = mapping.source_table or mapping.name
    found = choose(wanted, known, f"The source {name}")
    if found is None and mapping.source_table:
        raise MissingData(f"The source {name} has no sheet {wanted!r}{nearest(wanted, known)}; it has {', '.join(known)}.")
    if found is None and len(known) != 1:
        raise BadInput(
            f"The source {name} has the sheets {', '.join(known)}; say in the mapping which one is meant ('sheet')."
        )
    return found or known[0]
