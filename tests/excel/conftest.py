from __future__ import annotations

import os
import warnings

import pytest

warnings.filterwarnings("ignore", module="oletools")


@pytest.fixture(scope="session")
def server():
    """xlwings' own COM server: on Windows the real one in its process, elsewhere over the stand-in for pywin32."""
    if os.name == "nt":
        from .vba_client import Server
    else:
        from .pywin32_stand_in import Server  # type: ignore[assignment]
    return Server()


@pytest.fixture(scope="session")
def server_here():
    """The same in this process, on every system: what a test changes in the product, it answers with."""
    from .pywin32_stand_in import Server

    return Server()


@pytest.fixture(scope="session")
def update(tmp_path_factory):
    """The update built once from the sample: .xlsx (with buttons), .xlsm, and the add-in."""
    from xl_flexextra import catalogue, workbook
    from xl_flexextra.hosts.excel import files, wrappers
    from xl_flexextra.update import report, update_inputs

    folder = tmp_path_factory.mktemp("update")
    path = folder / "update.xlsx"
    workbook.build(report.compute(update_inputs.sample_inputs()), path, buttons=wrappers.BUTTON_MACROS)
    (folder / "update.xlsm").write_bytes(files.macro_workbook(path, catalogue.functions()))
    (folder / "FlexExtra.xlam").write_bytes(files.addin(catalogue.functions()))
    return folder


FORGET = (
    "from xl_flexextra.inputs import remembered as inputs; "
    "from xl_flexextra.calculation import contract_figures as tables; "
    "from xl_flexextra.hosts.excel import values; "
    "inputs.MEMORY.clear(); values.RANGES.clear(); tables._figures_of.cache_clear()"
)


@pytest.fixture(autouse=True)
def nothing_remembered(request):
    """Every test starts with empty memories, here and in the server's process."""
    exec(FORGET, {})
    if "server" in request.fixturenames:
        request.getfixturevalue("server").execute(FORGET)
