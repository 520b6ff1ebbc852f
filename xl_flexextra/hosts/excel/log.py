"""A small rotating log beside the settings. It holds names of functions, actions and errors, never values of a workbook."""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from pathlib import Path
from typing import Any

from ...files.user_folder import user_folder

SIZE, KEPT = 200_000, 3


class WithoutValues(logging.Formatter):
    """Exceptions as their kind and the lines of code they passed; their text may quote a cell, so it is left out."""

    def formatException(self, ei: Any) -> str:
        """Kind and places, no message."""
        kind, _, place = ei
        frames = traceback.extract_tb(place)
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        return f"{getattr(kind, '__name__', kind)} at {where}"

    def format(self, record: logging.LogRecord) -> str:
        """One line a record."""
        record.exc_text = None
        return super().format(record).replace("\n", " ")


def folder() -> Path:
    """Where the log stands: the user's own program data, else the home folder."""
    return user_folder() / "logs"


def configure() -> Path:
    """Send the package's log to the rotating file; gives the file. A log that cannot be written is done without."""
    path = folder() / "flexextra.log"
    logger = logging.getLogger("xl_flexextra")
    logging.raiseExceptions = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True)
    except OSError:
        return path
    handler.setFormatter(WithoutValues("%(asctime)s %(levelname)s %(process)d %(message)s"))
    for old in [h for h in logger.handlers if isinstance(h, logging.handlers.RotatingFileHandler)]:
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return path
