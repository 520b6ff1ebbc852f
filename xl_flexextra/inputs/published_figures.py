"""The published figures, as a table of rows: each figure with its table, contract, day, fund and period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..cells import scalars
from ..errors import BadInput, MissingData
from ..terms import keys
from .input_tables import PUBLISHED_TABLE, Published
from .measures import RETURN, Measure, measure
from .table_columns import Column

_RETURN = PUBLISHED_TABLE.columns[PUBLISHED_TABLE.place("return")]


PERCENTAGES = _RETURN.percentages
"""Heading of printed figures as percentages, as people's files have them."""


FRACTION = _RETURN.name
"""Heading of printed figures as fractions, as the table Published of a workbook has them."""


def of_percentage(printed: float) -> float:
    """A printed percentage as the fraction that it stands for, on its decimals: -14.91 is -0.1491."""
    from decimal import Decimal  # no figure in a cell waits for it

    return float(Decimal(repr(float(printed))).scaleb(-2))


def as_percentage(fraction: float) -> float:
    """A fraction as the percentage that is printed for it, on its decimals: -0.1491 is -14.91."""
    from decimal import Decimal

    return float(Decimal(repr(float(fraction))).scaleb(2))


PRINTED = "printed"
"""Heading of figures just as they are printed: returns as percentages, dollars as dollars, the decimals counting."""


_OURS = {PRINTED, *(name for one in PUBLISHED_TABLE.columns for name in (one.name, one.percentages) if name)}


AS_PRINTED = (PERCENTAGES, PRINTED)
"""The headings under which a return is a percentage."""


def headings(row: Iterable[Any]) -> list[str]:
    """The headings of printed figures, in lower case; those of ours as they are declared: ``As Of`` is ``as_of``."""
    found = [str(cell or "").strip().lower() for cell in row]
    joined = ["_".join(name.replace("_", " ").replace("-", " ").split()) for name in found]
    return [
        ours if ours in _OURS and ours not in found and joined.count(ours) == 1 else name
        for name, ours in zip(found, joined, strict=True)
    ]


def published_from_rows(rows: list[list[Any]]) -> tuple[Published, ...]:
    """Published figures from rows with a header: the columns of the table Published, in any order.

    ``return_pct`` is the printed percentage (−14.91, or the text −14.91%); a column ``return`` holds it as a fraction
    (−0.1491), as a built workbook's own table does; ``printed`` holds any figure just as it is printed, and its decimals
    count where it is text. ``measure`` says what a figure is, where it is no return. ``contract`` is empty for figures
    before contract charges. ``charges`` is 'annual' for figures of a contract that is not surrendered; left out: 'asset'
    without a contract, else 'all'.
    """
    header = headings(rows[0])
    heading = next((name for name in (PERCENTAGES, FRACTION, PRINTED) if name in header), PERCENTAGES)
    columns = {heading if one.percentages else one.name: one for one in PUBLISHED_TABLE.columns}
    _refuse_missing(header, columns)
    figures, made = [], PUBLISHED_TABLE.row or Published
    for place, row in enumerate(rows[1:], start=2):
        cells = dict(zip(header, row, strict=False))
        if all(scalars.is_blank(cell) for cell in row):
            continue
        if scalars.is_blank(cells[heading]):
            raise MissingData(f"'published' has no {heading} in row {place}; fill it in or drop the row.")
        _dated(place, cells)
        kind = _measure(place, cells.get("measure"))
        given = {one.attribute: _printed(name, one, place, cells.get(name), kind) for name, one in columns.items()}
        if given["decimals"] is None:
            given["decimals"] = _decimals(cells[heading], heading, kind, given["value"])
        figures.append(made(**given))
    return tuple(figures)


def _dated(place: int, cells: dict[str, Any]) -> None:
    """Fill in the period and the last day of a figure that is given from a date to a date."""
    first, last = cells.get("from"), cells.get("to")
    if scalars.is_blank(first) and scalars.is_blank(last):
        return
    if scalars.is_blank(cells.get("as_of")):
        cells["as_of"] = last
    if scalars.is_blank(first):
        if scalars.is_blank(cells.get("period")):
            raise MissingData(f"'published' has a date 'to' and neither 'from' nor a period in row {place}; give one.")
        return
    if scalars.is_blank(last):
        last = cells.get("as_of")
        if scalars.is_blank(last):
            raise MissingData(f"'published' has a date 'from' and neither 'to' nor 'as_of' in row {place}; give one.")
    begins, ends = scalars.to_day(f"from, row {place}", first), scalars.to_day(f"to, row {place}", last)
    code, given = f"{begins}..{ends}", cells.get("period")
    if not scalars.is_blank(given) and str(given).strip() != code:
        raise BadInput(
            f"'published' has in row {place} the period {given} and the dates {begins} to {ends}; keep one of the two."
        )
    cells["period"] = code


def _refuse_missing(header: list[str], columns: dict[str, Column]) -> None:
    """Refuse rows without a column that is needed; another that may be meant is named, never taken for it."""
    instead = {"period": "from", "as_of": "to"}  # what the dates of a period say, too
    missing = [
        name for name, one in columns.items() if one.needed and name not in header and instead.get(name) not in header
    ]
    if not missing:
        return
    known = ", ".join(one.as_filled_in for one in PUBLISHED_TABLE.columns if one.needed or one.attribute in _PLACES)
    others = [head for head in header if head and head not in columns]
    like = next((head for head in others if head.replace(" ", "_") in _ALSO.get(missing[0], ())), "")
    like = like or next((head for head in others if scalars.nearest(head, missing[:1])), "")
    may_be = f" If its column {like!r} is that, call it {missing[0]!r}." if like else ""
    raise BadInput(f"'published' has no column {missing[0]!r}; it needs {known}.{may_be}")


_ALSO = {
    "as_of": ("date", "end", "end_date", "asof", "as_at", "valuation_date"),
    "fund": ("sub_account", "subaccount", "sub-account", "investment_choice", "code", "fund_name", "option", "division"),
    "period": ("term", "years", "horizon", "span"),
    PERCENTAGES: (
        "value",
        "figure",
        "published",
        "aatr",
        "aatr_pct",
        "return_%",
        "percent",
        "pct",
        "published_pct",
        "amount",
    ),
}
"""Other headings that people use."""


def _measure(place: int, cell: Any) -> Measure:
    where = f"measure, row {place}"
    return measure("" if scalars.is_blank(cell) else scalars.text(where, cell), where)


def _decimals(cell: Any, heading: str, kind: Measure, value: float) -> int | None:
    """The decimals that a printed figure shows; None where those of the terms count."""
    if isinstance(cell, str) and (heading == PRINTED or not kind.is_percent):
        return min(len(cell.strip().removesuffix("%").rstrip().rpartition(".")[2]) if "." in cell else 0, 10)
    return kind.decimals_of(value)


_PLACES = ("table", "contract")  # where a figure stands on the page


def _printed(name: str, column: Column, place: int, cell: Any, kind: Measure) -> Any:
    """A cell of a published figure."""
    where = f"{name}, row {place}"
    if column.is_date:
        if not column.needed and scalars.is_blank(cell):
            return None
        return scalars.to_day(where, cell)
    if column.kind == "printed":
        return printed_figure(where, cell, kind, name == FRACTION)
    if column.kind == "charges":
        return _charges(place, cell)
    if column.kind == "measure":
        return "" if kind.name == RETURN else kind.name
    if column.kind == "number":
        return None if scalars.is_blank(cell) else scalars.whole(where, scalars.number(where, cell), 0, 10)
    blank = scalars.is_blank(cell) and (
        not column.needed or (kind.without_period and column.kind == "period") or (kind.is_expense and column.kind == "fund")
    )
    return "" if blank else scalars.text(where, cell)


def printed_figure(name: str, cell: Any, kind: Measure, is_fraction: bool = False) -> float:
    """A printed figure as it is held: a percentage as a fraction, dollars and units as they are."""
    if kind.is_percent:
        return printed_fraction(name, cell, is_fraction)
    text = cell.strip() if isinstance(cell, str) else cell
    if isinstance(text, str) and text.endswith("%"):
        return of_percentage(scalars.number(name, text.removesuffix("%")))
    return scalars.number(name, text)


def printed_fraction(name: str, cell: Any, is_fraction: bool = False) -> float:
    """A printed return as a fraction; text with a percent sign is a percentage in any column."""
    percent = isinstance(cell, str) and cell.strip().endswith("%")
    given = scalars.number(name, cell.strip().removesuffix("%") if percent else cell)
    return given if is_fraction and not percent else of_percentage(given)


def _charges(place: int, cell: Any) -> str:
    if scalars.is_blank(cell):
        return ""
    return scalars.choice(scalars.text(f"charges, row {place}", cell), keys.CHARGES, f"charges, row {place}")
