"""The committed workbooks are what the source builds: parts are compared, not zip bytes, which the compressor decides."""

import os
import re
import runpy
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "workbooks"
COMMITTED = sorted(path.name for path in FOLDER.iterdir() if path.suffix.startswith(".xl"))


def content(archive, part):
    """A part's bytes; on Windows with 12 digits of its numbers, because the last bits of a power are the C library's."""
    data = archive.read(part)
    if os.name == "nt" and part.endswith(".xml"):
        data = re.sub(rb"<v>(-?\d+\.\d+(?:[eE][+-]?\d+)?)</v>", lambda found: b"<v>%.12g</v>" % float(found[1]), data)
    return data


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbooks")
    runpy.run_path(str(FOLDER / "build.py"))["main"](folder)
    return folder


def test_nothing_else_is_committed(built):
    assert sorted(path.name for path in built.iterdir()) == COMMITTED


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_workbook_is_the_one_that_is_built(built, name):
    with zipfile.ZipFile(built / name) as new, zipfile.ZipFile(FOLDER / name) as old:
        assert new.namelist() == old.namelist()
        different = [part for part in new.namelist() if content(new, part) != content(old, part)]
    assert different == [], "run 'make workbooks' and commit the result"
