"""What a figure is a return of: its measure and its last day, from all that stands over its column and its row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..calculation import calendar_days
from . import captions
from .head_periods import HeadPeriod
from .tables import Context, Head

_AVERAGES = ("average annual total return", "cumulative total return")


def kind_of_figure(head: Head, period: HeadPeriod, over: Sequence[str], context: Context) -> str:
    """The measure of a figure; ``over``: what stands over its column and its row, nearest first."""
    kind = _measure(head, period, over, context)
    if kind.startswith(("standardized", "non-standardized", "calendar", "monthly")):
        return kind
    return next((said for text in over if (said := captions.standard_of(text))), "") + kind


def _measure(head: Head, period: HeadPeriod, over: Sequence[str], context: Context) -> str:
    if period.code.startswith("CY"):
        return "calendar year return"
    if re.fullmatch(r"\d{4}-\d\d", period.code):
        return "monthly return"
    own = captions.kind_of(head.text)
    long = period.code in ("SI", "DATES") or (period.code.endswith("Y") and period.code != "1Y")
    if long and own.endswith(_AVERAGES):
        return own
    for text in over:
        kind = captions.kind_of(text)
        if kind.endswith(_AVERAGES):
            return kind
    return context.kind or own or "total return"


def last_day(head: Head, period: HeadPeriod, over: Sequence[str], context: Context, otherwise: str) -> str:
    """The last day of a figure, as printed; ``otherwise``: that of the document."""
    if period.code.startswith("CY"):
        return f"{period.code[2:]}-12-31"
    if re.fullmatch(r"\d{4}-\d\d", period.code):
        return calendar_days.month_end(int(period.code[:4]), int(period.code[5:])).isoformat()
    if period.last:
        return period.last
    for text in (head.text, *over):
        if day := captions.as_of(text) or captions.end_of_range(text):
            return day
    return context.as_of or otherwise
