"""What Windows does otherwise. Tests that need Windows itself are not collected elsewhere: see ``make test-windows``."""

from __future__ import annotations

import os

if os.name != "nt":
    collect_ignore_glob = ["test_real_*"]
