"""Sheets in the long form: a row a figure, which names fund, period and value, each in a column of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import captions, fund_rows, head_periods, name_columns, plain
from .blocks import Block
from .table_rows import Row
from .tables import Head

Span = tuple[float, float]
_MEASURE = re.compile(r"measure|statistic|metric|basis|return\s+type|type\s+of\s+return", re.IGNORECASE)
_INCEPTION = re.compile(r"inception|commenc|start|began|established", re.IGNORECASE)
_OTHERS = re.compile(r"benchmark|index(?![a-z])|peers?(?![a-z])|category|average(?!\s+annual)", re.IGNORECASE)
_VALUE = re.compile(r"value|amount|result|figure|percent|%", re.IGNORECASE)


@dataclass(frozen=True)
class LongForm:
    """Where the rows of such a sheet name their period, fund and measure, and the days beside them."""

    period: Span
    fund: Span
    measure: Span | None
    last: Span | None
    inception: Span | None

    def text(self, row: Row, span: Span | None) -> str:
        """What a row prints there."""
        return " ".join(cell.text for cell in row.names if span is not None and plain.within(cell, span))


def of(block: Block, rows: Sequence[Row], heads: Sequence[Head]) -> LongForm | None:
    """The form of a sheet whose rows name a period beside a fund; None where it has another form."""
    if len(rows) < 2 or any(head.period for head in heads):
        return None
    spans = plain.merged([(cell.left, cell.right) for row in rows for cell in row.names if not plain.is_day(cell.text)])
    periods = [span for span in spans if _names_periods(rows, span)]
    if len(periods) != 1:
        return None
    others = {span: name_columns.over_names(block, span) for span in spans if span != periods[0]}
    named = [span for span, head in others.items() if _MEASURE.search(head) is None and _filled(rows, span)]
    fund = next((span for span in named if name_columns.NAME_HEADS.search(others[span])), None)
    fund = fund or next((span for span in named if span[0] < periods[0][0]), None)
    if fund is None:
        return None
    days = plain.merged([(cell.left, cell.right) for row in rows for cell in row.names if plain.is_day(cell.text)])
    began = next((span for span in days if _INCEPTION.search(name_columns.over_names(block, span))), None)
    last = next((span for span in days if span != began), None)
    return LongForm(periods[0], fund, next((span for span in others if _MEASURE.search(others[span])), None), last, began)


def _names_periods(rows: Sequence[Row], span: Span) -> bool:
    texts = [cell.text for row in rows for cell in row.names if plain.within(cell, span)]
    return len(texts) >= 0.5 * len(rows) and sum(1 for text in texts if head_periods.of_label(text)) >= 0.8 * len(texts)


def _filled(rows: Sequence[Row], span: Span) -> bool:
    """Whether names stand in a column, in the first row too: one that the rows below it share is written once."""
    texts = [cell.text for cell in rows[0].names if plain.within(cell, span)]
    return any(plain.is_name(text) and head_periods.of_label(text) is None for text in texts)


def why_no_return(heading: str) -> str:
    """Why the values below a heading are no returns of a fund; empty where they are."""
    if head_periods.NO_RETURNS.search(heading.lower()) and not captions.charges_over(heading):
        return f"the heading {heading!r} is not of returns"
    known = (
        not heading or captions.says_returns(heading) or _VALUE.search(heading) or captions.charges_over(heading) is not None
    )
    if fund_rows.is_benchmark(heading) or _OTHERS.search(heading) or not known:
        return f"the heading {heading!r} does not say that these are a fund's returns"
    return ""
