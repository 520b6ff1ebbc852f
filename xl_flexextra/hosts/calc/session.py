"""One LibreOffice for one errand: own profile and pipe, a time limit, and no process left behind."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import Refused
from ...files import door
from ...files.child import bounded
from ...ooxml.package import Package
from ...ooxml.strings import SharedStrings
from ...ooxml.styles import date_styles
from ...ooxml.workbook import Workbook
from .addin import extension_folder
from .office import Office, environment, find
from .table_names import name_the_data

_OFFICE = 512 << 20  # bytes that LibreOffice takes by itself; half of it was enough in 2026


class Bounds(NamedTuple):
    """What one LibreOffice may take: bytes of memory, seconds of processor time, bytes of its answer."""

    memory: int
    seconds: int
    answer: int


_ALONE = 3  # seconds that the driver has to end after its LibreOffice
DRIVER = Path(__file__).with_name("driver.py")
_BRIDGE = "URP bridge"  # in UNO's words for an end of it that is gone


def run(
    jobs: list[dict[str, Any]], timeout: float = 180, with_add_in: bool = True, extra_path: str = ""
) -> list[dict[str, Any]]:
    """Do jobs (see driver.py) in a fresh LibreOffice; their answers. Raises Refused with a sentence when it cannot."""
    office = find()
    sizes = [_admitted(Path(job["path"])) for job in jobs if job.get("path")] or [0]
    memory = sum(map(door.memory, sizes))  # LibreOffice keeps part of what each workbook took
    bounds = Bounds(_OFFICE + memory, max(door.seconds(sum(sizes)), math.ceil(timeout)), door.memory(sum(sizes)) // 4)
    answers, said = _once(office, jobs, timeout, with_add_in, extra_path, bounds)
    if answers is None and (not said or _BRIDGE in said):
        # UNO's bridge now and then takes one of its ends down over a file that is well: a second time tells
        answers, said = _once(office, jobs, timeout, with_add_in, extra_path, bounds)
    if answers is None:
        name = Path(jobs[0].get("path") or "the new sheet").name
        reason = said.removeprefix("ValueError: ").removeprefix("RuntimeError: ").rstrip(".")
        if not said or _BRIDGE in said:
            reason = "it broke down over it, twice"
        raise Refused(f"LibreOffice could not work on {name}: {reason}.")
    return answers


def _admitted(path: Path) -> int:
    """The size of a file that may go to LibreOffice, which has no limits of its own: refused here if it may not.

    Raises:
        FlexExtraError: it is no file, or its parts, names, styles or texts are more than a file of its size holds.
    """
    with door.opened(path, missing=f"There is no file {door.shown(path)}.") as file:
        size, zipped = os.fstat(file.fileno()).st_size, file.read(2) == b"PK"
    if zipped:
        package = Package.open(path)
        if package.find("[Content_Types].xml"):
            workbook = Workbook(package)
            SharedStrings(workbook)
            date_styles(workbook)
    return size


def _once(
    office: Office, jobs: list[dict[str, Any]], timeout: float, with_add_in: bool, extra_path: str, bounds: Bounds
) -> tuple[list[dict[str, Any]] | None, str]:
    """The answers of one LibreOffice, or None and the last line its driver said."""
    with tempfile.TemporaryDirectory(prefix="flexextra-", ignore_cleanup_errors=True) as folder:
        place, pipe = Path(folder), f"flexextra{uuid.uuid4().hex}"
        request, answer = place / "request.json", place / "answer.json"
        own = [_own_copy(job, place / str(number)) for number, job in enumerate(jobs)]
        request.write_text(json.dumps({"pipe": pipe, "seconds": min(timeout, 90), "jobs": own}), encoding="utf-8")
        command = start_command(office, place / "profile", extension_folder(office, extra_path) if with_add_in else None)
        options = ["--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck"]
        command = [*command, *options, f"--accept=pipe,name={pipe};urp;"]
        with _process(bounded(command, bounds.memory, bounds.seconds), office) as soffice:
            driver = [str(office.python), str(DRIVER), str(request), str(answer), str(soffice.pid), str(os.getpid())]
            with _process(bounded(driver, bounds.memory, bounds.seconds), office, capture=True) as worker:
                said = _heard(worker, soffice, timeout)
            with contextlib.suppress(subprocess.TimeoutExpired):
                soffice.wait(timeout=10 if answer.exists() else 0)  # it was told to end; let it do so in peace
        if answer.exists():  # whole, whatever became of the driver afterwards
            told = door.read(answer, "The answer of LibreOffice", bounds.answer)
            found: list[dict[str, Any]] = json.loads(told.decode("utf-8"))
            return found, ""
        return None, (said.strip().splitlines() or [""])[-1]


def _heard(worker: subprocess.Popen[str], soffice: subprocess.Popen[str], timeout: float) -> str:
    """What the driver said until its end; "" where LibreOffice ended before it, for which nobody need wait.

    Raises:
        Refused: neither ended in time.
    """
    end, alone = time.monotonic() + timeout, 0
    while alone < _ALONE:
        try:
            return worker.communicate(timeout=max(min(1.0, end - time.monotonic()), 0.01))[1] or ""
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise Refused(
                    f"LibreOffice gave no answer within {timeout:g} seconds; try again, or with a smaller file."
                ) from None
            alone += os.name != "nt" and soffice.poll() is not None  # on Windows what was started ends at once
    return ""


def _own_copy(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same job on a copy: LibreOffice does not open a file that another one has open, and locks what it opens."""
    if not job.get("path"):
        return job
    folder.mkdir()
    path = Path(job["path"])
    copy = Path(shutil.copyfile(path, folder / path.name))
    if zipfile.is_zipfile(copy):
        name_the_data(path, copy)
    return {**job, "path": copy.__fspath__()}


_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop></item>
%s</oor:items>
"""
# without it a new profile is that of an older LibreOffice, which looks for what to take over and starts twice
_USED_BEFORE = (
    '<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse">'
    "<value>%d.%d</value></prop></item>\n"
)
_PROXY = '<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="%s" oor:op="fuse"><value>%s</value></prop></item>\n'
_NOWHERE = {
    "ooInetProxyType": 1, "ooInetHTTPProxyName": "127.0.0.1", "ooInetHTTPProxyPort": 9, "ooInetHTTPSProxyName": "127.0.0.1",
    "ooInetHTTPSProxyPort": 9,
}  # fmt: skip


def start_command(office: Office, profile: Path, extensions: Path | None) -> list[str]:
    """LibreOffice with a private profile and, where wanted, the add-in without installing it.

    In this profile it loads nothing from elsewhere that a workbook names, such as a picture of a server: who opened the
    workbook, and when, is nobody's business.
    """
    (profile / "user").mkdir(parents=True)
    items = [_USED_BEFORE % office.version[:2], *(_PROXY % one for one in _NOWHERE.items())]
    settings = _SETTINGS % "".join(items)
    (profile / "user" / "registrymodifications.xcu").write_text(settings, "utf-8")
    command = [str(office.soffice), f"-env:UserInstallation={profile.as_uri()}"]
    if extensions:
        command.append(f"-env:BUNDLED_EXTENSIONS={extensions.as_uri()}")
    return command


@contextlib.contextmanager
def _process(command: list[str], office: Office, capture: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A process with all its children; whatever happens inside, none of them is left."""
    output = subprocess.PIPE if capture else subprocess.DEVNULL
    words = environment(office.python)
    words["LC_ALL"] = "C.UTF-8"  # the same answers in every country: 1.5 is a number, formulas in English
    group: dict[str, Any] = {} if os.name == "nt" else {"start_new_session": True}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output, text=True, env=words, **group
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Kill what is left of a process and its group."""
    if os.name == "nt":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        # soffice is a script that starts oosplash and soffice.bin: the group outlives the script
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    if process.stderr:
        process.stderr.close()


NO_SCREEN = "LibreOffice needs a screen to show a workbook, and there is none here; use calc recalculate or pdf."


def open_in_calc(path: Path) -> None:
    """Open a file in a visible LibreOffice with the add-in, in a profile of its own; returns when it is closed."""
    office = find()
    _admitted(path)
    if os.name != "nt" and sys.platform != "darwin" and not _has_screen():
        raise Refused(NO_SCREEN)
    with tempfile.TemporaryDirectory(prefix="flexextra-profile-", ignore_cleanup_errors=True) as profile:
        command = start_command(office, Path(profile), extension_folder(office))
        options = ["--norestore", "--nofirststartwizard", "--calc", str(path)]
        _show([*command, *options], environment(office.python))


def _has_screen() -> bool:
    """Whether a display server is named; whether it answers, LibreOffice finds out."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show(command: list[str], words: dict[str, str]) -> None:
    """Run a visible LibreOffice until it is closed. One that finds no display says so and stays; it is ended here."""
    group: dict[str, Any] = {} if os.name == "nt" else {"start_new_session": True}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", env=words, **group
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if re.search(r"can.?t open display|failed to open display|cannot open display", line, re.IGNORECASE):
                raise Refused(NO_SCREEN)
        process.wait()
    finally:
        _end(process)
