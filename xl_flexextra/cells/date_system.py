"""From which day the serial numbers of dates count: from 1900, or in workbooks of the older Mac kind from 1904."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

SHIFT_1904 = 1462  # serials of workbooks that count from 1904 are smaller by this

_SHIFT: ContextVar[int] = ContextVar("shift", default=0)


def shift() -> int:
    """What is added to a serial of the workbook that is computed now, to count from 1900."""
    return _SHIFT.get()


@contextlib.contextmanager
def counting(later: int) -> Iterator[None]:
    """Within it serials of dates, in and out, are those of a workbook whose day 0 is so many days later."""
    before = _SHIFT.set(later)
    try:
        yield
    finally:
        _SHIFT.reset(before)
