"""Microsoft's Open XML validator finds nothing in any built workbook, and does find a fault."""

import zipfile
from pathlib import Path

import pytest
from programs import VALIDATOR, faults, needs_validator

ROOT = Path(__file__).parents[1]
BUILT = sorted(p for p in (ROOT / "workbooks").iterdir() if p.suffix in {".xlsx", ".xlsm", ".xlam"})


@needs_validator
@pytest.mark.parametrize("version", ["Office2019", "Office2021", "Microsoft365"])
@pytest.mark.parametrize("path", BUILT, ids=lambda p: p.name)
def test_nothing_is_found_in_a_built_workbook(path, version):
    assert faults(path, version) == []


def test_a_fault_is_found(tmp_path):
    assert VALIDATOR.exists(), "the Open XML validator is missing: run tools/install_validator.sh"
    broken = tmp_path / "broken.xlsx"
    with (
        zipfile.ZipFile(ROOT / "workbooks" / "flex_extra_performance_update.xlsx") as old,
        zipfile.ZipFile(broken, "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<sheetData>", b"<sheetDatum/><sheetData>")
            new.writestr(name, data)
    assert faults(broken, "Microsoft365")
