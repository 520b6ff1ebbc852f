"""How Python starts when Excel asks for it: everything that can fail first, then xlwings' own server."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def without_pandas() -> Iterator[None]:
    """Keep xlwings from importing pandas, which no function here needs: it more than doubles the start."""
    known = "pandas" in sys.modules
    if not known:
        sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not known:
            del sys.modules["pandas"]


def serve(clsid: str) -> None:
    """Answer Excel's calls until it goes.

    What a call needs is imported before the server shows itself. So a broken installation ends the process at once,
    Excel's side sees that, and no cell waits.
    """
    from . import log

    log.configure()
    logger = logging.getLogger("xl_flexextra")
    try:
        from . import served

        with without_pandas():
            import xlwings
            import xlwings.com_server
    except BaseException:
        logger.exception("the server did not start")
        raise
    logger.info("server started with %d functions, xlwings %s", len(served.__all__), xlwings.__version__)
    xlwings.com_server.serve(clsid)
    logger.info("server ended")
