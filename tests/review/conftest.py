"""The review workbook of the sample, built once."""

import warnings

import openpyxl
import pytest

from xl_flexextra.update import report, update_inputs


@pytest.fixture(scope="session")
def reviewed():
    return report.compute(update_inputs.sample_inputs())


@pytest.fixture(scope="session")
def built(reviewed, tmp_path_factory):
    from xl_flexextra.workbook.review import build

    path = tmp_path_factory.mktemp("review") / "review.xlsx"
    mark = build.build(reviewed, path)
    return path, mark


@pytest.fixture(scope="session")
def formulas(built):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(built[0])


@pytest.fixture(scope="session")
def values(built):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(built[0], data_only=True)
