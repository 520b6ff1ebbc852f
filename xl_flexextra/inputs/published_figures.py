"""The published figures, as a table of rows: each figure with its table, contract, day, fund and period."""

from __future__ import annotations

from typing import Any

from ..cells import scalars
from ..errors import BadInput, MissingData
from ..terms import keys
from .input_tables import PUBLISHED_TABLE, Column, Published

_RETURN = PUBLISHED_TABLE.columns[PUBLISHED_TABLE.place("return")]


PERCENTAGES = _RETURN.percentages
"""Heading of printed figures as percentages, as people's files have them."""


FRACTION = _RETURN.name
"""Heading of printed figures as fractions, as the table Published of a workbook has them."""


def of_percentage(printed: float) -> float:
    """A printed percentage as the fraction that it stands for, on its decimals: -14.91 is -0.1491."""
    from decimal import Decimal  # no figure in a cell waits for it

    return float(Decimal(repr(float(printed))).scaleb(-2))


def published_from_rows(rows: list[list[Any]]) -> tuple[Published, ...]:
    """Published figures from rows with a header: the columns of the table Published.

    ``return_pct`` is the printed percentage (−14.91, or the text −14.91%); a column ``return`` holds it as a fraction
    (−0.1491), as a built workbook's own table does. ``contract`` is empty for figures before contract charges.
    ``charges`` is 'annual' for figures of a contract that is not surrendered; left out: 'asset' without a contract, else
    'all'.
    """
    header = [str(cell or "").strip().lower() for cell in rows[0]]
    percentages = FRACTION not in header or PERCENTAGES in header
    columns = {one.as_filled_in if percentages else one.name: one for one in PUBLISHED_TABLE.columns}
    instead = {"period": "from", "as_of": "to"}  # what the dates of a period say, too
    missing = [
        name for name, one in columns.items() if one.needed and name not in header and instead.get(name) not in header
    ]
    if missing:
        known = ", ".join(one.as_filled_in for one in PUBLISHED_TABLE.columns if one.needed or one.attribute in _PLACES)
        raise BadInput(f"'published' has no column {missing[0]!r}; it needs {known}.")
    figures, made = [], PUBLISHED_TABLE.row or Published
    for place, row in enumerate(rows[1:], start=2):
        cells = dict(zip(header, row, strict=False))
        if all(scalars.is_blank(cell) for cell in row):
            continue
        column = PERCENTAGES if percentages else FRACTION
        if scalars.is_blank(cells[column]):
            raise MissingData(f"'published' has no {column} in row {place}; fill it in or drop the row.")
        _dated(place, cells)
        figures.append(made(**{one.attribute: _printed(name, one, place, cells.get(name)) for name, one in columns.items()}))
    return tuple(figures)


def _dated(place: int, cells: dict[str, Any]) -> None:
    """Fill in the period and the last day of a figure that is given from a date to a date."""
    first, last = cells.get("from"), cells.get("to")
    if scalars.is_blank(first) and scalars.is_blank(last):
        return
    if scalars.is_blank(first):
        raise MissingData(f"'published' has a date 'to' and none 'from' in row {place}; give both, or a period.")
    if scalars.is_blank(last):
        last = cells.get("as_of")
        if scalars.is_blank(last):
            raise MissingData(f"'published' has a date 'from' and neither 'to' nor 'as_of' in row {place}; give one.")
    begins, ends = scalars.to_date(f"from, row {place}", first), scalars.to_date(f"to, row {place}", last)
    code, given = f"{begins}..{ends}", cells.get("period")
    if not scalars.is_blank(given) and str(given).strip() != code:
        raise BadInput(
            f"'published' has in row {place} the period {given} and the dates {begins} to {ends}; keep one of the two."
        )
    cells["period"] = code
    if scalars.is_blank(cells.get("as_of")):
        cells["as_of"] = ends


_PLACES = ("table", "contract")  # where a figure stands on the page


def _printed(name: str, column: Column, place: int, cell: Any) -> Any:
    """A cell of a published figure."""
    where = f"{name}, row {place}"
    if column.is_date:
        if not column.needed and scalars.is_blank(cell):
            return None
        return scalars.to_date(where, cell)
    if column.kind == "fraction":
        return printed_fraction(where, cell, name != column.percentages)
    if column.kind == "charges":
        return _charges(place, cell)
    return scalars.text(where, cell) if column.needed else str(cell or "")


def printed_fraction(name: str, cell: Any, is_fraction: bool = False) -> float:
    """A printed return as a fraction; text with a percent sign is a percentage in any column."""
    percent = isinstance(cell, str) and cell.strip().endswith("%")
    given = scalars.number(name, cell.strip().removesuffix("%") if percent else cell)
    return given if is_fraction and not percent else of_percentage(given)


def _charges(place: int, cell: Any) -> str:
    if scalars.is_blank(cell):
        return ""
    return scalars.choice(scalars.text(f"charges, row {place}", cell), keys.CHARGES, f"charges, row {place}")
