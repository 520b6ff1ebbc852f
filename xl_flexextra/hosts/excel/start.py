"""How Python starts when Excel asks for it: everything that can fail first, then xlwings' own server, which then does one
thing only: it calls our worksheet functions.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

from . import settings

START_LIMIT = 60.0
"""Seconds; xlwings' library would let Excel wait for two minutes."""

ASKED = ["CallUDF"]
"""What a client of the server may call."""

FRAMES = ("pandas", "polars")


@contextlib.contextmanager
def without_frames() -> Iterator[None]:
    """Keep xlwings from importing pandas and polars, which nothing here needs: they more than double the start.

    One of them that is there and does not load would stop the start as well: xlwings expects none but ImportError.
    """
    unknown = [name for name in FRAMES if name not in sys.modules]
    sys.modules |= dict.fromkeys(unknown)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in unknown:
            del sys.modules[name]


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """End the process where something is not done in time, whatever it hangs on: Excel stands still until then."""

    def end() -> None:
        logging.getLogger("xl_flexextra").error("the server did not start within %d seconds", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def serve(clsid: str) -> None:
    """Answer Excel's calls until it goes.

    What a call needs is imported before the server shows itself. So a broken installation ends the process at once, one
    that hangs after a minute; Excel's side sees that, and no cell waits longer.
    """
    from . import log

    log.configure()
    logger = logging.getLogger("xl_flexextra")
    with within(START_LIMIT):
        _load(logger)
    from xlwings import com_server

    setattr(com_server, "XLPython", ours_only(com_server.XLPython))  # noqa: B010 (it is a class to type checkers)
    com_server.serve(clsid)
    logger.info("server ended")


def ours_only(server: type[Any]) -> type[Any]:
    """xlwings' class of the server, without what runs any code for whoever finds it: Eval, Exec, Module, GetAttr …

    What is left is the one call that the VBA makes, of the one module, for its worksheet functions; plain values go in.
    """
    from . import served

    class Ours(server):  # type: ignore[misc, valid-type]
        def CallUDF(self, script: Any, fname: Any, args: Any, *_more: Any) -> Any:
            if script != settings.SERVED or fname not in served.__all__:
                raise PermissionError("only the worksheet functions of FlexExtra are called here")
            return super().CallUDF(script, fname, args)

    Ours._public_methods_ = list(ASKED)  # what pywin32 lets a client call
    return Ours


def _load(logger: logging.Logger) -> None:
    """Import everything that a call needs."""
    try:
        from . import served

        with without_frames():
            import xlwings
            import xlwings.com_server
    except BaseException:
        logger.exception("the server did not start")
        raise
    logger.info("server started with %d functions, xlwings %s", len(served.__all__), xlwings.__version__)
