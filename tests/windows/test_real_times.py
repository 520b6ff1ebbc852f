"""How long calls take from another process: measured, and printed after the tests; only the answers are held to anything."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from excel.cases import ROWS, com
from excel.conftest import FORGET
from excel.vba_client import Server, own_end

from xl_flexextra import sample

pytestmark = pytest.mark.windows
Record = Callable[[str, object], None]


def seconds(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The median time, and the last answer."""
    taken, answer = [], None
    for _ in range(times):
        began = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken), answer


def test_the_time_of_a_start_and_of_calls_is_told(record_property: Record) -> None:
    taken, server = seconds(lambda: Server(command_end=own_end()))
    record_property("the server starts", f"{taken:.1f} s")

    def measured(name: str, work: Callable[[], Any], times: int = 1) -> Any:
        server.execute(FORGET)
        if times > 1:
            work()  # so that what is measured is remembered
        taken, answer = seconds(work, times)
        record_property(name, f"{taken * 1000:.1f} ms")
        return answer

    assert round(measured("AATR of three numbers", lambda: server("AATR", 1000.0, 1506.43, 5.0), 20), 4) == 0.0854
    tables = [com(sample.rows(name)) for name in ("UnitValues", "Shares", "Funds")]

    def figure() -> Any:
        return server("CONTRACT_AATR", "flex_extra_flexible", tables[0], "EQUITY", 39660.0, "5Y", *tables[1:])

    assert round(measured("CONTRACT_AATR over the update's tables, first", figure), 4) == 0.0394
    assert round(measured("CONTRACT_AATR, its ranges remembered", figure, 20), 4) == 0.0394
    years = tuple((float(1 + row % 9),) for row in range(ROWS))

    def rates() -> Any:
        return server("CDSC_RATE", "flex_extra_flexible", years)

    assert len(measured("CDSC_RATE, 100,000 rows in and out", rates)) == ROWS
    long = (("date", "A"), *((20000.0 + row, 10.0 + row) for row in range(ROWS)))

    def value() -> Any:
        return server("UNIT_VALUE_AT", long, "A", 20000.0 + ROWS - 1)

    assert measured("UNIT_VALUE_AT over 100,000 rows, first", value) == 10.0 + ROWS - 1
    assert measured("UNIT_VALUE_AT over 100,000 rows, remembered", value, 3) == 10.0 + ROWS - 1
