"""The committed files for Excel are what the source builds: parts are compared, not zip bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from xl_flexextra import registry

from . import checks

FOLDER = Path(__file__).parents[2] / "workbooks"
UPDATE, ADDIN = "flex_extra_performance_update.xlsm", "FlexExtra.xlam"


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", [UPDATE, ADDIN])
def test_the_committed_file_is_what_the_source_builds(update, name):
    old, new = parts(FOLDER / name), parts(update / (ADDIN if name == ADDIN else "update.xlsm"))
    assert set(old) == set(new)
    different = [part for part in old if old[part] != new[part]]
    assert not different, "run: python workbooks/build.py"


@pytest.mark.parametrize("name", [UPDATE, ADDIN])
def test_the_committed_file_is_complete(name):
    names = [f.name for f in registry.functions()]
    assert checks.file_problems((FOLDER / name).read_bytes(), names, addin=name == ADDIN) == []
