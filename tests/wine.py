"""What Wine lacks, test by test. Under Wine these are skipped, by these names only; on Windows itself they run."""

from __future__ import annotations

import ctypes
import os

UNDER_WINE = os.name == "nt" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")

LINKS = "symbolic links cannot be made by ordinary calls"
ZONES = "no icu.dll, which PyArrow asks for time zones (Windows has it from 2019 on)"
LACKS: dict[str, str] = {}


def lack(name: str) -> str | None:
    """Why this test (its name as pytest shows it, or without its parameters) cannot pass under Wine."""
    if not UNDER_WINE:
        return None
    return LACKS.get(name) or LACKS.get(name.partition("[")[0])
