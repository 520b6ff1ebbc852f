"""Where LibreOffice is, which one, and the Python that belongs to it."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ...errors import Refused

OLDEST = (25, 2)
VARIABLE = "XL_FLEXEXTRA_SOFFICE"
_PLACES = (
    "/usr/bin/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice*/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)
GET_IT = (
    "Debian and Ubuntu: run tools/install_libreoffice.sh (Debian 12 takes it from its backports); "
    "Fedora: dnf install libreoffice-calc libreoffice-pyuno; macOS and Windows: libreoffice.org"
)


@dataclass(frozen=True, slots=True)
class Office:
    """An installed LibreOffice: its program, version, and Python interpreter with the UNO bridge."""

    soffice: Path
    version: tuple[int, ...]
    python: Path
    python_version: tuple[int, int]

    @property
    def version_text(self) -> str:
        """25.2.3.2"""
        return ".".join(map(str, self.version))


def candidates() -> list[Path]:
    """Every place where LibreOffice may be, the user's own choice first."""
    named = os.environ.get(VARIABLE)
    found = [Path(named)] if named else []
    on_path = shutil.which("soffice") or shutil.which("libreoffice")
    found += [Path(on_path)] if on_path else []
    for place in _PLACES:
        path = Path(place).expanduser()
        if "*" in place:
            found += sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))), reverse=True)
        else:
            found.append(path)
    return [path for path in dict.fromkeys(found) if path.exists()]


def environment(python: Path | None = None) -> dict[str, str]:
    """The environment for LibreOffice and its Python, without any virtual environment.

    LibreOffice's own Python looks for its library beside the first python3 of the PATH. Where that is the one of an
    activated virtual environment, LibreOffice dies; the folder of the Python that belongs to it goes first.
    """
    words = {
        k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    }
    places = [place for place in words.get("PATH", os.defpath).split(os.pathsep) if place]
    places = [place for place in places if not (Path(place).parent / "pyvenv.cfg").is_file()]
    if python is not None:
        places.insert(0, str(python.parent))
    words["PATH"] = os.pathsep.join(dict.fromkeys(places)) or os.defpath
    return words


@functools.lru_cache(maxsize=1)
def find() -> Office:
    """The first LibreOffice that is new enough; a sentence where there is none."""
    too_old = ""
    for path in candidates():
        version = _version(path)
        if version is None:
            continue
        if version[:2] < OLDEST:
            too_old = ".".join(map(str, version))
            continue
        python, python_version = _python(path)
        return Office(path, version, python, python_version)
    if too_old:
        raise Refused(
            f"LibreOffice {too_old} is too old: it would damage the names of our functions; get 25.2 or newer ({GET_IT})."
        )
    raise Refused(
        f"LibreOffice is not installed, or not where it was looked for; get 25.2 or newer ({GET_IT}), or set {VARIABLE}."
    )


def _version(soffice: Path) -> tuple[int, ...] | None:
    """The version from versionrc beside the program, else from the program itself."""
    try:
        shown = subprocess.run(
            [str(soffice), "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            env=environment(),
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(\d+(?:\.\d+)+)", shown)
    return tuple(map(int, found[1].split("."))) if found else None


def _python(soffice: Path) -> tuple[Path, tuple[int, int]]:
    """The interpreter that can import uno: the one inside LibreOffice, else the system's."""
    program = soffice.resolve().parent
    inside = [program / "python", program / "python.exe", program.parent / "Resources" / "python"]
    system = [Path("/usr/bin/python3"), Path("/usr/libexec/platform-python")]
    ask = "import sys, uno; print(sys.version_info[0], sys.version_info[1])"
    for python in [*inside, *system, Path(sys.executable)]:
        if not python.exists():
            continue
        try:
            done = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, timeout=60, env=environment())
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            major, minor = done.stdout.split()
            return python, (int(major), int(minor))
    raise Refused(
        f"LibreOffice at {soffice} has no Python with its UNO bridge; install it (Debian: python3-uno, "
        "Fedora: libreoffice-pyuno)."
    )
