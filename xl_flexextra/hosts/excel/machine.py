"""What the install and the doctor see of a machine: platform, environment, registry, Python. Tests replace it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

USER, MACHINE = "HKCU", "HKLM"


class Registry(Protocol):
    """The few things that are done with the Windows registry."""

    def read(self, hive: str, key: str, name: str) -> Any:
        """A value; None where there is none."""

    def values(self, hive: str, key: str) -> dict[str, Any]:
        """All values of a key; empty where there is none."""

    def subkeys(self, hive: str, key: str) -> list[str]:
        """The names of the keys below."""

    def write(self, key: str, name: str, value: str) -> None:
        """Set a text value of the user's own hive."""

    def delete(self, key: str, name: str) -> None:
        """Take a value of the user's own hive away, if it is there."""


class WindowsRegistry:
    """The registry through :mod:`winreg`, which only Windows has."""

    def __init__(self) -> None:
        import winreg

        self._winreg: Any = winreg
        self._hives = {USER: self._winreg.HKEY_CURRENT_USER, MACHINE: self._winreg.HKEY_LOCAL_MACHINE}

    def read(self, hive: str, key: str, name: str) -> Any:
        """A value; None where there is none."""
        return self.values(hive, key).get(name)

    def values(self, hive: str, key: str) -> dict[str, Any]:
        """All values of a key."""
        found: dict[str, Any] = {}
        try:
            with self._winreg.OpenKey(self._hives[hive], key) as opened:
                for place in range(self._winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = self._winreg.EnumValue(opened, place)
                    found[name] = value
        except OSError:
            return found
        return found

    def subkeys(self, hive: str, key: str) -> list[str]:
        """The names of the keys below."""
        try:
            with self._winreg.OpenKey(self._hives[hive], key) as opened:
                return [self._winreg.EnumKey(opened, place) for place in range(self._winreg.QueryInfoKey(opened)[0])]
        except OSError:
            return []

    def write(self, key: str, name: str, value: str) -> None:
        """Set a text value of the user's own hive."""
        with self._winreg.CreateKey(self._hives[USER], key) as opened:
            self._winreg.SetValueEx(opened, name, 0, self._winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Take a value of the user's own hive away, if it is there, and the keys that then hold nothing."""
        try:
            with self._winreg.OpenKey(self._hives[USER], key, 0, self._winreg.KEY_SET_VALUE) as opened:
                self._winreg.DeleteValue(opened, name)
            while key.count("\\") > 1 and not self.values(USER, key) and not self.subkeys(USER, key):
                self._winreg.DeleteKey(self._hives[USER], key)  # a fresh user's, made by the install
                key = key.rpartition("\\")[0]
        except OSError:
            return


@dataclass
class Machine:
    """One machine and its Python."""

    platform: str
    environment: Mapping[str, str]
    registry: Registry | None
    python: Path
    prefixes: tuple[Path, ...] = ()  # folders in which the wheel of xlwings may have put its libraries
    user_site: Path | None = None
    package: Path = field(default_factory=lambda: Path(__file__).resolve().parents[2])

    @property
    def windows(self) -> bool:
        """Whether Excel can use the functions here."""
        return self.platform.startswith("win")


def this_machine() -> Machine:
    """The machine that runs this."""
    import site
    import sysconfig

    python = Path(sys.executable)
    if python.name.lower() == "pythonw.exe":
        python = python.with_name("python.exe")
    prefixes = (
        python.parent,
        python.parent.parent,
        Path(sysconfig.get_path("data")),
        Path(sys.base_prefix),
        Path(site.getuserbase()),
    )
    registry = WindowsRegistry() if sys.platform.startswith("win") else None
    return Machine(sys.platform, os.environ, registry, python, prefixes, Path(site.getusersitepackages()))


ELSEWHERE = {
    "darwin": "Excel for Mac does not run the worksheet functions (their cells show #N/A); the same workbook recalculates "
    "in LibreOffice Calc, and buttons need 'xlwings runpython install' of xlwings itself.",
    "linux": "There is no Excel on Linux; the same workbook opens and recalculates in LibreOffice Calc with the Calc add-in "
    "(xl-flexextra calc).",
}


def elsewhere(machine: Machine) -> str:
    """What applies where Excel for Windows is not."""
    known = next((text for name, text in ELSEWHERE.items() if machine.platform.startswith(name)), ELSEWHERE["linux"])
    return f"Worksheet functions in Excel need Windows. {known}"
