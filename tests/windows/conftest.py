"""What Windows does otherwise. Tests that need Windows itself are not collected elsewhere: see ``make test-windows``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

if os.name != "nt":
    collect_ignore_glob = ["test_real_*"]


@pytest.fixture(scope="session")
def update(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The update with its buttons, built once from the sample."""
    from xl_flexextra import workbook
    from xl_flexextra.hosts.excel import wrappers
    from xl_flexextra.update import report, update_inputs

    path = tmp_path_factory.mktemp("update") / "update.xlsx"
    workbook.build(report.compute(update_inputs.sample_inputs()), path, buttons=wrappers.BUTTON_MACROS)
    return path.parent


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured, after the tests that passed."""
    measured = [pair for report in terminalreporter.getreports("passed") for pair in report.user_properties]
    if measured:
        terminalreporter.section("measured", sep="-")
        for name, value in measured:
            terminalreporter.write_line(f"{name}: {value}")
