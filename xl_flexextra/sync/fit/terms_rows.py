"""A contract's terms file as the rows of a table of terms: every row that is there keeps its place.

What was a default and is stated now has the file as its source, where that names none."""

from __future__ import annotations

from dataclasses import replace

from ...ooxml.fast.column_writer import to_list
from ...ooxml.tables.body import Body
from ...sources.arrays import Columns, Grid
from ...sources.source import Source
from ...terms import in_cells, on_sheet
from ...terms.keys import DEFAULT


def in_place(source: Source, body: Body) -> Source:
    """The source with a row a term of the table, where it is a terms file and the table holds terms; else as it is."""
    if source.contract is None or body.area.columns[0].name.strip().lower() not in {"term", "key"}:
        return source
    labels = [str(cell) for cell in to_list(body.values(0)) if not in_cells.is_blank(cell)]
    meanings = {term: meaning for term, _, meaning, _ in source.contract.rows()}
    if len(body.area.columns) > 2:
        meanings |= dict(zip(labels, to_list(body.values(2)), strict=False))
    label = source.provenance.label
    ours = {
        term
        for term, told in (zip(labels, to_list(body.values(3)), strict=False) if len(body.area.columns) > 3 else ())
        if isinstance(told, str) and (told == DEFAULT or told.endswith(".toml"))
    }
    rows = [
        [term, value, meanings.get(term), told or (label if term in ours and value is not None else told)]
        for term, value, told in on_sheet.placed(source.contract, labels)
    ]
    cells = Columns.of(Grid([source.cells.heads, *rows]), source.provenance.label)
    return replace(source, cells=cells, provenance=replace(source.provenance, rows=cells.rows))
