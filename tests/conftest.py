"""For every folder: what Wine lacks is skipped by name, and where CI runs Windows any other skip is a failure."""

from __future__ import annotations

import os

import longest
import pytest
import wine

from xl_flexextra.cli import working

working.PATIENCE = 3600.0  # what a slow machine would say in between is not what a test compares
NO_SKIPS = os.environ.get("XL_FLEXEXTRA_NO_SKIPS") == "1"
FOR_A_REASON = ("Wine: ", "POSIX: ")  # what Wine lacks, and tests of what Windows has in another way

if wine.UNDER_WINE:
    wine.tell_seconds()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: longest.rank(item.nodeid))
    for item in items:
        reason = wine.lack(item.nodeid)
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"Wine: {reason}"))
        program = wine.missing(item.nodeid)
        if program:
            item.add_marker(pytest.mark.skip(reason=f"{program} is not in this Windows Python"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        why = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not why.removeprefix("Skipped: ").startswith(FOR_A_REASON):
            report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped where nothing may be: {why}"
    return report
