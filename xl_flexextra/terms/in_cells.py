"""How terms are written in cells and files: the spellings of a key, of what is not given, and of a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..cells import scalars
from ..cells.patterns import pattern
from ..cells.ranges import FROM, Rows, is_number, turned
from ..errors import BadInput
from .charge_keys import spec_of
from .keys import KEYS

SCHEDULES = tuple(key for key, spec in KEYS.items() if spec.kind == "fractions")
CDSC, THEREAFTER = "cdsc.schedule", "cdsc.thereafter"
_KEY_HEADS = {"term", "terms", "key", "item", "parameter", "name"}
_VALUE_HEADS = {"value", "values", "setting", "settings", "amount"}
_NOTE_HEADS = {
    "meaning", "source", "sources", "note", "notes", "comment", "comments", "description", "reference", "references",
    "remark", "remarks", "page", "unit", "units", "default",
}  # fmt: skip
_THEREAFTER = pattern(r"(?:and\s+)?(\S+)\s+thereafter|(?:and\s+)?thereafter\s*:?\s*(\S+)", re.IGNORECASE)


def key_of(text: str) -> str:
    """A key as the terms know it, from any case and with blanks for its dots' and underscores' sake; else the text."""
    plain = re.sub(r"\s*([._])\s*", r"\1", text.strip().lower())
    plain = re.sub(r"[\s-]+", "_", plain)
    return plain if _is_key(plain) else text.strip()


def key_and_day(label: str) -> tuple[str, str]:
    """The key of a label and the text of its effective date: ``annual_charge.dollars from 2006-05-01``."""
    dated = re.fullmatch(r"(.*?)\s+from\s+(.*)", label.strip(), re.IGNORECASE | re.DOTALL)
    return (key_of(dated[1]), dated[2]) if dated else (key_of(label), "")


def is_blank(value: Any) -> bool:
    """Whether a term is not given: a blank, or a text that says so."""
    return scalars.is_blank(value) or scalars.says_none(value)


def is_header(row: list[Any]) -> bool:
    """Whether a row heads the columns of term and value, or of the contract years of a schedule: 1, 2, 3 …"""
    years = [cell for cell in row[1:] if not scalars.is_blank(cell)]
    first, second = ("" if scalars.is_blank(c) else str(c).strip().lower() for c in row[:2])
    if len(years) > 1 and years == list(range(1, len(years) + 1)) and (not first or "year" in first):
        return True
    return first in {"term", "key"} or (first in _KEY_HEADS and second in _VALUE_HEADS)


def note_columns(header: list[Any]) -> dict[int, str]:
    """The columns behind the value that hold no values, by their headings."""
    heads = {place: str(cell).strip().lower() for place, cell in enumerate(header) if isinstance(cell, str)}
    return {place: head for place, head in heads.items() if place >= 2 and head in _NOTE_HEADS}


def value_of(label: str, key: str, row: list[Any], notes: Mapping[int, str]) -> Any:
    """The value of a row: one cell, or of a schedule the rates in the cells that follow each other.

    No number is skipped in silence but where a text (our meaning) or a heading such as 'source' stands before it.
    """
    cells = [cell for place, cell in enumerate(row) if place >= 1 and place not in notes]
    is_schedule = key in SCHEDULES
    run = []
    for place, cell in enumerate(cells):
        if is_schedule:
            scalars.cell_error(label, cell)
        if not (is_number(cell) or (is_schedule and place and _says_thereafter(cell))):
            break
        run.append(cell)
    rest = cells[len(run) :]
    after = next((cell for cell in rest[1:] if is_number(cell)), None)
    if after is not None and is_blank(rest[0]) and is_number(next(c for c in rest if not is_blank(c))):
        raise BadInput(f"{label!r} has a blank before the number {after}; fill the gap or clear the cell.")
    if is_schedule and after is not None:
        raise BadInput(
            f"{label!r} has the text {str(rest[0])!r} before the rate {after}; give a rate in each cell, or one text."
        )
    if not is_schedule and len(run) > 1:
        raise BadInput(f"{label!r} has {len(run)} numbers, {run[0]} and {run[1]} first; keep one.")
    return run if len(run) > 1 else row[1]


def is_list(value: Any) -> bool:
    """Whether a value is one text with the rates of several contract years."""
    return isinstance(value, str) and len(_parted(value)) > 1


def _says_thereafter(cell: Any) -> bool:
    return isinstance(cell, str) and _THEREAFTER.fullmatch(cell.strip()) is not None


def source_of(row: list[Any], notes: Mapping[int, str]) -> str:
    """Where a row's value comes from: the cell headed 'source', or without headings a text in the fourth column."""
    places = [place for place, head in notes.items() if head in {"source", "sources"}]
    place = places[0] if places else 3
    if place >= len(row) or scalars.is_blank(row[place]):
        return ""
    if not places and (is_number(row[place]) or _says_thereafter(row[place])):
        return ""
    return str(row[place])


def spelled_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with each schedule that is one text split into its rates, and what it says of the years after it."""
    out = dict(values)
    for key in SCHEDULES:
        given = values.get(key)
        if isinstance(given, str) and not scalars.is_blank(given):
            scalars.cell_error(key, given)
            given = _parted(given)
        if isinstance(given, list | tuple):
            _spell_out(key, list(given), out)
    return out


def _spell_out(key: str, rates: list[Any], out: dict[str, Any]) -> None:
    in_one_text = isinstance(out[key], str)
    if rates and isinstance(rates[-1], str) and (found := _THEREAFTER.fullmatch(rates[-1].strip())):
        after = found[1] or found[2]
        rates.pop()
        if rates and all(isinstance(rate, str) for rate in rates):
            *rates, after = _in_percent(key, [*rates, after])
        other = out.get(THEREAFTER)
        if key != CDSC:
            rates.append(after)  # the last one goes on
        elif not is_blank(other) and scalars.number(THEREAFTER, other) != scalars.number(THEREAFTER, after):
            raise BadInput(f"'{key}' says {after} thereafter and '{THEREAFTER}' says {other}; keep one.")
        else:
            out[THEREAFTER] = after
    elif in_one_text:
        rates = _in_percent(key, rates)
    out[key] = rates


def _parted(text: str) -> list[str]:
    """The items of a schedule in one text, separated by semicolons, slashes or commas; empty ones at the end fall away."""
    mark = next((mark for mark in ";/" if mark in text), ",")
    items = [item.strip() for item in text.split(mark)]
    while len(items) > 1 and not items[-1]:
        items.pop()
    if len(items) > 1 and items[-1].lower() == "thereafter":  # 7%, 0%, thereafter
        items[-2:] = [f"{items[-2]} thereafter"]
    return items


def _in_percent(key: str, items: list[str]) -> list[str]:
    """Rates as percents where no item has a sign and one is above 1: 7; 6; 5. Whether 1; 0 means 1% nobody can tell."""
    if not all(is_number(item) and "%" not in item for item in items):
        return items
    highest = max(scalars.number(key, item) for item in items)
    if highest == 1:
        raise BadInput(f"'{key}' {'; '.join(items)!r} may mean 1% or 100%; write 1% or 0.01.")
    return [f"{item}%" for item in items] if highest > 1 else items


def upright_terms(table: Rows) -> Rows:
    """A terms range in columns: its keys stand down the first column, or along the first row of two or more."""

    def keys(cells: list[Any]) -> int:
        return sum(isinstance(c, str) and _is_key(key_and_day(c)[0]) for c in cells)

    lies = len(table) >= 2 and keys(table[0]) > keys([row[0] for row in table if row])
    return turned(table) if lies else table


def hold_terms(rows: Rows) -> bool:
    """Whether upright rows are a contract's terms: what every contract has to say stands in their first column."""
    keys = {key_and_day(row[0])[0] for row in rows if row and isinstance(row[0], str)}
    charged = any(key == "annual_charge.form" or (key.startswith("charge.") and _is_key(key)) for key in keys)
    return charged and any(key == CDSC or key.startswith(f"{CDSC}.") for key in keys)


def name_terms(rows: Rows) -> bool:
    """Whether upright rows name some term, if not all that a contract has to say."""
    return any(row and isinstance(row[0], str) and _is_key(key_and_day(row[0])[0]) for row in rows)


def _is_key(text: str) -> bool:
    return spec_of(text) is not None or text.rpartition(".")[0] in SCHEDULES


def dated(key: str, day: Any) -> str:
    """The label of a key from an effective date on; the key alone without one."""
    return f"{key}{FROM}{day.isoformat()}" if day else key
