"""The Calc add-in generated from the registry: interface, configuration, registration; as a folder or as an .oxt."""

from __future__ import annotations

import functools
import hashlib
import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from ... import __version__
from ...catalogue import functions
from ...errors import Refused
from ...functions.declaration import WorksheetFunction
from .office import OLDEST, Office

SERVICE = "org.flexextra.Functions"
IMPLEMENTATION = "org.flexextra.FunctionsImplementation"
IDENTIFIER = "org.flexextra.addin"
ROOMS = {
    "files",
    "cells",
    "terms",
    "inputs",
    "calculation",
    "functions",
    "sample",
    "contracts",
}  # that a cell needs, beside what lies flat
COMPONENT = Path(__file__).with_name("component.py")
TABLE = "sequence< sequence< any > >"  # the blanks matter: >> would be a shift to the IDL compiler
DOCUMENT = "[in] com::sun::star::beans::XPropertySet document"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def method_name(function: WorksheetFunction) -> str:
    """The method of a function in the UNO interface, which knows no underscores: contractAatr."""
    first, *rest = function.name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest) + "Cell"


def interface() -> str:
    """The UNO interface: every argument is an any (number, text, range, nothing).

    Results are tables, of one cell for a number: an any cannot say from Python that it holds a table. Texts are plain:
    COUNTIF and = do not find a text in a table of one cell. A property set is an argument that nobody sees: Calc fills in
    the document, which knows from which day its dates count.
    """
    methods = []
    for function in functions():
        given = [f"[in] any a{place}" for place, _ in enumerate(function.arguments)]
        arguments = ", ".join([DOCUMENT, *given] if function.has_dates else given)
        result = "any" if function.returns == "text" else TABLE
        methods.append(f"        {result} {method_name(function)}({arguments});")
    body = "\n".join(methods)
    return f"""#include <com/sun/star/beans/XPropertySet.idl>
module org {{ module flexextra {{
    interface XFunctions: com::sun::star::uno::XInterface {{
{body}
    }};
}}; }};
"""


def configuration() -> str:
    """CalcAddIns.xcu: display names, help, and the names by which files know the functions."""

    def prop(name: str, value: str, language: str = "en") -> str:
        return f'<prop oor:name="{name}"><value xml:lang="{language}">{html.escape(value, quote=False)}</value></prop>'

    nodes = []
    for function in functions():
        parameters = "".join(
            f'<node oor:name="a{place}" oor:op="replace">'
            + prop("DisplayName", argument.name)
            + prop("Description", argument.description)
            + "</node>"
            for place, argument in enumerate(function.arguments)
        )
        nodes.append(
            f'<node oor:name="{method_name(function)}" oor:op="replace">'
            + prop("DisplayName", function.name)
            + prop("Description", " ".join([function.summary, *function.in_calc]))
            + '<prop oor:name="Category"><value>Add-In</value></prop>'
            + prop("CompatibilityName", function.name, "en-US")
            + f'<node oor:name="Parameters">{parameters}</node></node>'
        )
    return (
        f'{HEAD}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'oor:name="CalcAddIns" oor:package="org.openoffice.Office"><node oor:name="AddInInfo">'
        f'<node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">{"".join(nodes)}</node></node>'
        "</node></oor:component-data>\n"
    )


def files(paths: list[str]) -> dict[str, str]:
    """Every generated file of the add-in; ``paths`` are put before LibreOffice's own module path."""
    numpy_kept = "" if paths else _portable(cache_folder() / "numpy-*-py{0}{1}")
    methods = {method_name(f): [f.name, f.returns, f.has_dates] for f in functions()}
    settings = {"paths": paths, "numpy": numpy_kept, "methods": methods}
    registration = (
        f'{HEAD}<components xmlns="http://openoffice.org/2010/uno-components"><component '
        'loader="com.sun.star.loader.Python" '
        f'uri="flexextra_component.py"><implementation name="{IMPLEMENTATION}"><service name="{SERVICE}"/></implementation>'
        "</component></components>\n"
    )
    entry = '<manifest:file-entry manifest:media-type="application/vnd.sun.star.{}" manifest:full-path="{}"/>'
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">'
        + entry.format("uno-typelibrary;type=RDB", "flexextra.idl")
        + entry.format("uno-components", "flexextra.components")
        + entry.format("configuration-data", "CalcAddIns.xcu")
        + "</manifest:manifest>\n"
    )
    needed = ".".join(map(str, OLDEST))  # an older one would damage the names in files: it refuses to install
    description = (
        f'{HEAD}<description xmlns="http://openoffice.org/extensions/description/2006" '
        'xmlns:d="http://openoffice.org/extensions/description/2006" '
        'xmlns:l="http://libreoffice.org/extensions/description/2011">'
        f'<identifier value="{IDENTIFIER}"/>'
        f'<version value="{__version__}"/><display-name><name lang="en">xl_flexextra</name></display-name>'
        f'<dependencies><l:LibreOffice-minimal-version value="{needed}" d:name="LibreOffice {needed}"/></dependencies>'
        "</description>\n"
    )
    return {
        "META-INF/manifest.xml": manifest,
        "description.xml": description,
        "flexextra.idl": interface(),
        "flexextra.components": registration,
        "CalcAddIns.xcu": configuration(),
        "paths.json": json.dumps(settings, indent=1),
        "flexextra_component.py": COMPONENT.read_text(encoding="utf-8"),
    }


def source_folders() -> list[Path]:
    """The folders from which both packages are imported."""
    import flexextra_udfs

    return [Path(__file__).parents[3], Path(flexextra_udfs.__file__).parents[1]]


def cache_folder() -> Path:
    """The user's cache for what is made once: %LOCALAPPDATA%, ~/Library/Caches or ~/.cache."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir())
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "xl_flexextra"


def _portable(path: Path) -> str:
    """A path below the home folder as any user of the extension has it: ~/.cache/…"""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else path.as_posix()


def numpy_folder(office: Office) -> Path:
    """A folder with numpy for LibreOffice's interpreter: our own where versions agree, else fetched once by pip."""
    import numpy

    folder = cache_folder() / f"numpy-{numpy.__version__}-py{office.python_version[0]}{office.python_version[1]}"
    if (folder / "numpy").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        if office.python_version == sys.version_info[:2]:
            ours = Path(numpy.__file__).parents[1]
            for part in [ours / "numpy", *ours.glob("numpy.libs")]:
                shutil.copytree(part, made / part.name, ignore=shutil.ignore_patterns("tests", "__pycache__", "*.pyi"))
        else:
            _fetch_numpy(office, made)
        try:
            made.replace(folder)
        except OSError:  # another process was faster
            if not (folder / "numpy").exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _fetch_numpy(office: Office, folder: Path) -> None:
    version = ".".join(map(str, office.python_version))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "--python-version", version]
    done = subprocess.run([*command, "--only-binary=:all:", "numpy>=2,<3"], capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed"
        raise Refused(f"numpy for LibreOffice's Python {version} could not be installed: {reason}.")


@functools.lru_cache(maxsize=8)
def extension_folder(office: Office, extra_path: str = "") -> Path:
    """The folder for -env:BUNDLED_EXTENSIONS with the add-in in it, made once for its content.

    ``extra_path`` stands before our own sources: tests put changed copies there.
    """
    paths = [extra_path] if extra_path else []
    paths += [*map(str, source_folders()), str(numpy_folder(office))]
    content = files(paths)
    mark = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    folder = cache_folder() / f"calc-{mark}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    for name, text in content.items():
        path = made / "flexextra" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    try:
        made.replace(folder)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def write_oxt(out: Path | BinaryIO) -> None:
    """The add-in as an extension to install by double click: it carries both packages, and needs numpy in that Python."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def add(name: str, data: bytes) -> None:
            package.writestr(zipfile.ZipInfo(name, (2008, 8, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

        for name, text in files([]).items():
            add(name, text.encode())
        for folder, package_name in zip(source_folders(), ("xl_flexextra", "flexextra_udfs"), strict=True):
            for file in sorted((folder / package_name).rglob("*")):
                inside = file.relative_to(folder).as_posix()
                core = inside.count("/") == 1 or inside.split("/")[1] in ROOMS
                if file.is_file() and core and file.suffix in {".py", ".toml", ".csv", ".md"}:
                    add(f"pythonpath/{inside}", file.read_bytes())
