"""Names, places and limits that the VBA, the install and the Python side share."""

from __future__ import annotations

import importlib.metadata

from ... import __version__

PROJECT = "FlexExtra"
ADDIN = "FlexExtra.xlam"
SERVED = "xl_flexextra.hosts.excel.served"
FOLDER = "flexextra"
CONF = "flexextra.conf"
SERVE = "import xl_flexextra.hosts.excel.start as s;s.serve('$(CLSID)')"
BUTTON = "import xl_flexextra.buttons.run as b;b.main()"
COMMAND_BUFFER = 2048
"""Characters of the buffer that xlwings' DLL copies the command into; a longer one would stop Excel."""

COMMAND_LIMIT = COMMAND_BUFFER - 48  # the DLL puts a GUID of 38 characters where $(CLSID) stands; a start may add blanks

GONE = (-2147023174, -2147023170, -2147417848, -2147220995)
"""Errors of Windows that say that a server has ended: RPC_S_SERVER_UNAVAILABLE, RPC_S_CALL_FAILED, RPC_E_DISCONNECTED,
CO_E_OBJNOTCONNECTED."""

STARTS = 3
"""How often a start is tried where Windows still knows a server of this command that has ended.

The DLL keeps one class for a command and gives up at such an error. A blank more is another command, with another class.
"""


def start_command(python: object) -> str:
    """How Excel starts this Python, as the VBA's FlexServerCommand says it."""
    return f'cmd.exe /C ""{python}" -I -B -c "{SERVE}""'


def xlwings_version() -> str:
    """The version of xlwings that is installed, without importing it."""
    return importlib.metadata.version("xlwings")


def values() -> dict[str, str]:
    """What the VBA sources have in place of @NAME@."""
    version = xlwings_version()
    return {
        "SERVED": SERVED,
        "DLL64": f"xlwings64-{version}.dll",
        "DLL32": f"xlwings32-{version}.dll",
        "LIMIT": str(COMMAND_LIMIT),
        "GONE": ", ".join(map(str, GONE)),
        "STARTS": str(STARTS),
        "SERVE": SERVE,
        "BUTTON": BUTTON,
        "FOLDER": FOLDER,
        "CONF": CONF,
        "VERSION": __version__,
        "XLWINGS": version,
        "ADDIN": ADDIN,
    }
