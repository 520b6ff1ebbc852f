"""For every folder: what Wine lacks is skipped by name, and where CI runs Windows any other skip is a failure.

A test that takes a machine's memory fails by itself, with its lines, before the system ends the process and nobody knows
which it was; one that does not end is ended by pytest (``faulthandler_timeout``), with its lines too.
"""

from __future__ import annotations

import os
import sys

import longest
import pytest
import wine
from hypothesis import HealthCheck, settings

from xl_flexextra.cli import working

working.PATIENCE = 3600.0  # what a slow machine would say in between is not what a test compares
NO_SKIPS = os.environ.get("XL_FLEXEXTRA_NO_SKIPS") == "1"
FOR_A_REASON = ("Wine: ", "POSIX: ")  # what Wine lacks, and tests of what Windows has in another way

MEMORY = 8 << 30  # of a process of tests, which takes 2 GB at most, and of what it starts

if sys.platform == "linux":
    import resource

    held = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if held < 0 else min(MEMORY, held), held))
# No drawn example is held to a clock: a machine may be at work elsewhere. In CI each run draws the same, at home others.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "any machine")
if os.name == "nt":
    os.environ["PYTHONSAFEPATH"] = "1"  # what tests start runs the wheel too: in this folder it would find the sources
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
