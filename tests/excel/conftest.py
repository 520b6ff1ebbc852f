from __future__ import annotations

import warnings

import pytest

warnings.filterwarnings("ignore", module="oletools")


@pytest.fixture(scope="session")
def server():
    """xlwings' own COM server over the stand-in for pywin32."""
    from .pywin32_stand_in import Server

    return Server()


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Every test starts with empty memories."""
    from xl_flexextra import inputs
    from xl_flexextra.hosts.excel import values

    inputs.MEMORY.clear()
    values.RANGES.clear()
