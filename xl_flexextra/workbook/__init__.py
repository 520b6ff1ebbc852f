"""The built workbooks. They see the core and XlsxWriter, and none of the hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def build(report: Any, path: Any, *, values_only: bool = False, buttons: Mapping[str, str] | None = None) -> None:
    """Write the performance update of a report as a workbook; see :func:`xl_flexextra.workbook.update.build`."""
    from .update.build import build as build_update  # XlsxWriter loads only where a workbook is written

    build_update(report, path, values_only=values_only, buttons=buttons)
