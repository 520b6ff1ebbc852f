"""The folder of this user's own settings, logs and lists."""

from __future__ import annotations

import os
from pathlib import Path


def user_folder() -> Path:
    """The user's own program data on Windows, else a folder in the home folder."""
    base = os.environ.get("LOCALAPPDATA")
    return Path(base) / "flexextra" if base else Path.home() / ".flexextra"
