from __future__ import annotations

import warnings

import pytest

warnings.filterwarnings("ignore", module="oletools")


@pytest.fixture(scope="session")
def server():
    """xlwings' own COM server over the stand-in for pywin32."""
    from .pywin32_stand_in import Server

    return Server()


@pytest.fixture(scope="session")
def update(tmp_path_factory):
    """The update built once from the sample: .xlsx (flagged, with buttons), .xlsm, and the add-in."""
    from xl_flexextra import registry, report, workbook
    from xl_flexextra.hosts.excel import files, wrappers

    folder = tmp_path_factory.mktemp("update")
    path = folder / "update.xlsx"
    workbook.build(report.compute(report.sample_inputs()), path, dynamic=True, buttons=wrappers.BUTTON_MACROS)
    (folder / "update.xlsm").write_bytes(files.macro_workbook(path, registry.functions()))
    (folder / "FlexExtra.xlam").write_bytes(files.addin(registry.functions()))
    return folder


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Every test starts with empty memories."""
    from xl_flexextra import inputs
    from xl_flexextra.hosts.excel import values

    inputs.MEMORY.clear()
    values.RANGES.clear()
