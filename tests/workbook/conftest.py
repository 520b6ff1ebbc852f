"""A freshly built update, and the committed one."""

import openpyxl
import pytest

from xl_flexextra import workbook
from xl_flexextra.update import report, update_inputs


@pytest.fixture(scope="session")
def update():
    return report.compute(update_inputs.sample_inputs())


@pytest.fixture(scope="session")
def built(update, tmp_path_factory):
    path = tmp_path_factory.mktemp("built") / "update.xlsx"
    workbook.build(update, path)
    return path


@pytest.fixture(scope="session")
def formulas(built):
    return openpyxl.load_workbook(built)


@pytest.fixture(scope="session")
def values(built):
    return openpyxl.load_workbook(built, data_only=True)
