"""Putting the add-in where Excel looks, in a folder of its own version, and taking it away again.

Nothing of the user's xlwings is touched: settings, folder and registry values have names of their own. An install that
fails half-way is undone; the version before stays for going back.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ... import __version__
from ...errors import MissingData, Refused
from ...files import atomic
from ...functions.declaration import WorksheetFunction
from . import files, settings
from .machine import USER, Machine, elsewhere

OFFICE = r"Software\Microsoft\Office"
DEFAULT_OFFICE = "16.0"
PREVIOUS = settings.CONF + ".previous"
BOOKS = "books"  # beside the settings; the buttons keep copies there
LONGEST_FOLDER = 150
"""Characters; the start command holds the path of Python once and has to stay within its buffer."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where things are after an install."""

    folder: Path
    addin: Path
    conf: Path
    opened: tuple[str, ...]  # the versions of Office in which the add-in is registered


def candidates(machine: Machine, everyone: bool = False) -> list[Path]:
    """Folders in which the VBA looks for the settings, the preferred one first."""
    own, common = machine.environment.get("LOCALAPPDATA"), machine.environment.get("ProgramData")
    order = [common] if everyone else [own, common]
    return [Path(base) / settings.FOLDER for base in order if base]


def base_folder(machine: Machine, everyone: bool = False) -> Path:
    """The first of these folders with a short path in ASCII: VBA and the library read paths in the ANSI code page."""
    for folder in candidates(machine, everyone):
        if str(folder).isascii() and len(str(folder)) <= LONGEST_FOLDER:
            return folder
    raise Refused(
        "Neither LOCALAPPDATA nor ProgramData is a short path in plain ASCII letters; ask IT for a ProgramData folder that "
        "you may write to."
    )


def find_libraries(machine: Machine) -> Path:
    """The folder that holds both of xlwings' libraries of the installed version."""
    values = settings.values()
    wanted = (values["DLL64"], values["DLL32"])
    for folder in machine.prefixes:
        if all((folder / name).is_file() for name in wanted):
            return folder
    raise MissingData(
        f"{wanted[0]} is in none of {', '.join(map(str, machine.prefixes))}; install with pip into a virtual environment "
        "(not with --user or --target, and not into the Python of the Microsoft Store)."
    )


def help_page(functions: Sequence[WorksheetFunction]) -> str:
    """All functions and their arguments on one page without scripts or links to elsewhere."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>FlexExtra: worksheet functions</title>",
        "<style>body{font:14px Arial;max-width:60em;margin:2em auto}dt{font-weight:bold}</style></head><body>",
        f"<h1>FlexExtra {escape(__version__)}: worksheet functions</h1>",
    ]
    for function in sorted(functions, key=lambda f: f.name):
        parts.append(
            f"<h2 id='{function.name}'><code>{escape(function.signature)}</code></h2><p>{escape(function.summary)}</p><dl>"
        )
        parts += [f"<dt>{escape(a.name)}</dt><dd>{escape(a.description)}</dd>" for a in function.arguments]
        parts.append("</dl>")
    return "\n".join([*parts, "</body></html>"])


def conf_text(machine: Machine, folder: Path) -> str:
    """The settings that the VBA reads: one NAME=value a line."""
    lines = {
        "PYTHON": str(machine.python),
        "DLL": str(folder),
        "HELP": str(folder / "help.html"),
        "ADDIN": str(folder / settings.ADDIN),
        "VERSION": __version__,
        "XLWINGS": settings.xlwings_version(),
    }
    text = "".join(f"{name}={value}\r\n" for name, value in lines.items())  # VBA ends a line at a carriage return
    if not text.isascii():
        raise Refused(
            f"The path {machine.python} has letters that are not ASCII, which VBA cannot pass on; make the environment "
            r"under a path such as C:\flexextra\venv and install from there."
        )
    if len(settings.start_command(machine.python)) > settings.COMMAND_LIMIT:
        raise Refused(
            f"The path {machine.python} is too long for the start command; make the environment under a shorter path."
        )
    return text


def read_conf(path: Path) -> dict[str, str]:
    """The settings of a file; empty where there is none."""
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text("ascii", "replace").splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def offices(machine: Machine) -> list[str]:
    """The versions of Office that have an Excel here."""
    assert machine.registry is not None
    versions = machine.registry.subkeys(USER, OFFICE)
    found = [v for v in versions if v[:2].isdigit() and "Excel" in machine.registry.subkeys(USER, rf"{OFFICE}\{v}")]
    return found or [DEFAULT_OFFICE]


def _options(version: str) -> str:
    return rf"{OFFICE}\{version}\Excel\Options"


def _open_values(machine: Machine, version: str) -> dict[str, str]:
    """The values OPEN, OPEN1, OPEN2 … in their order."""
    assert machine.registry is not None
    values = machine.registry.values(USER, _options(version))
    names = [name for name in values if re.fullmatch(r"OPEN\d*", name, re.IGNORECASE)]
    return {name: values[name] for name in sorted(names, key=lambda name: int(name[4:] or 0))}


def opened(machine: Machine, version: str) -> list[str]:
    """What Excel opens when it starts."""
    return list(_open_values(machine, version).values())


def set_opened(machine: Machine, version: str, wanted: Sequence[str]) -> None:
    """Write that list, numbered without gaps: Excel stops reading at the first one."""
    assert machine.registry is not None
    before = _open_values(machine, version)
    new = {f"OPEN{place or ''}": value for place, value in enumerate(wanted)}
    for name, value in new.items():  # written before anything is taken away: a failure loses nothing
        if before.get(name) != value:
            machine.registry.write(_options(version), name, value)
    for name in before:
        if name not in new:
            machine.registry.delete(_options(version), name)


def _ours(value: str) -> bool:
    return value.rstrip('"').lower().endswith(settings.ADDIN.lower())


def register(machine: Machine, addin: Path | None) -> tuple[str, ...]:
    """Let Excel open this add-in, and no other version of it; None takes it out.

    Excel's own list of add-ins that are there and not ticked forgets ours, which would be a dead entry.
    """
    assert machine.registry is not None
    versions = offices(machine)
    for version in versions:
        unticked = rf"{OFFICE}\{version}\Excel\Add-in Manager"
        for name in machine.registry.values(USER, unticked):
            if _ours(name):
                machine.registry.delete(unticked, name)
        others = [value for value in opened(machine, version) if not _ours(value)]
        set_opened(machine, version, [*others, *([f'/R "{addin}"'] if addin else [])])
    return tuple(versions)


def install(
    machine: Machine,
    functions: Sequence[WorksheetFunction],
    everyone: bool = False,
    extras: Mapping[str, bytes] | None = None,
) -> Installed:
    """Write the add-in into its versioned folder, the settings beside it, and register it.

    ``extras`` are further files for that folder. Excel takes it on its next start; close it before.

    Raises:
        Refused, MissingData: nothing was changed, or what was changed is undone.
    """
    if not machine.windows or machine.registry is None:
        raise Refused(elsewhere(machine))
    libraries = find_libraries(machine)
    base = base_folder(machine, everyone)
    folder = base / f"{__version__}-xlwings-{settings.xlwings_version()}"
    text = conf_text(machine, folder)
    conf, previous = base / settings.CONF, base / PREVIOUS
    old_conf = conf.read_bytes() if conf.is_file() else None
    old_opened = {version: opened(machine, version) for version in offices(machine)}
    fresh = not folder.exists()
    values = settings.values()
    content = {settings.ADDIN: files.addin(functions), "help.html": help_page(functions).encode(), **(extras or {})}
    content |= {name: (libraries / name).read_bytes() for name in (values["DLL64"], values["DLL32"])}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in content.items():
            _put(folder / name, data)
        if old_conf is not None and read_conf(conf).get("ADDIN") != str(folder / settings.ADDIN):
            _put(previous, old_conf)
        _put(conf, text.encode("ascii"))
        versions = register(machine, folder / settings.ADDIN)
    except (OSError, Refused) as error:
        for version, before in old_opened.items():
            with contextlib.suppress(OSError):
                set_opened(machine, version, before)
        if old_conf is not None:
            conf.write_bytes(old_conf)
        else:
            conf.unlink(missing_ok=True)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refused(f"The install into {folder} failed ({reason}) and was undone; check rights and space.") from None
    return Installed(folder, folder / settings.ADDIN, conf, versions)


def _put(path: Path, data: bytes) -> None:
    """A file whole or not at all; one with the same content is left alone, because Excel may hold it."""
    if path.is_file() and path.read_bytes() == data:
        return

    def check(written: Path) -> None:
        if written.read_bytes() != data:
            raise Refused(f"{path.name} does not read back as written; check the disk.")

    atomic.replace(path, lambda file: file.write(data), check)


def roll_back(machine: Machine, everyone: bool = False) -> str:
    """Back to the version that was installed before; gives its version.

    Raises:
        MissingData: there is no version before this one, or its folder has gone.
    """
    if not machine.windows or machine.registry is None:
        raise Refused(elsewhere(machine))
    base = base_folder(machine, everyone)
    conf, previous = base / settings.CONF, base / PREVIOUS
    old = read_conf(previous)
    if not old or not Path(old.get("ADDIN", "")).is_file():
        raise MissingData(
            "There is no version before this one to go back to; install the one you want with pip and run install."
        )
    now, before = conf.read_bytes() if conf.is_file() else b"", previous.read_bytes()
    register(machine, Path(old["ADDIN"]))
    _put(conf, before)
    _put(previous, now)
    return old.get("VERSION", "")


def kept(machine: Machine) -> list[Path]:
    """What an uninstall leaves, because it is the user's: copies and journals of workbooks that lie on a web server."""
    return [base / BOOKS for base in candidates(machine) if (base / BOOKS).is_dir()]


def uninstall(machine: Machine) -> list[str]:
    """Take the add-in out of Excel and its files away; gives the files that could not be removed (Excel holds them)."""
    if not machine.windows or machine.registry is None:
        raise Refused(elsewhere(machine))
    register(machine, None)
    left: list[str] = []
    for base in candidates(machine):
        for path in [base / settings.CONF, base / PREVIOUS]:
            path.unlink(missing_ok=True)
        for folder in base.glob("*-xlwings-*") if base.is_dir() else ():
            shutil.rmtree(folder, ignore_errors=True)
            left += [str(path) for path in folder.rglob("*") if path.is_file()]
        shutil.rmtree(base / "logs", ignore_errors=True)
        with contextlib.suppress(OSError):
            base.rmdir()
    return left
