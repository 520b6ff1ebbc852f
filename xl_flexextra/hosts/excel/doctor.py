"""Why Excel shows #N/A or #NAME?: the known causes, the likeliest first, each with what to do in plain words."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ... import __version__, catalogue
from ...errors import MissingData
from ...functions import registry
from . import install, log, settings, start, trial
from .machine import MACHINE, USER, Machine, elsewhere, this_machine

OK, WARN, FAIL = "ok", "warning", "fault"
LIMIT = 150  # seconds for a start of Python; the library itself gives up after two minutes
_INSTALL_AGAIN = "close Excel and run: xl-flexextra excel install (antivirus may have removed it)"
_RULES = {  # "Block all Office applications from creating child processes", "Block Win32 API calls from Office macros"
    "d4f940ab-401b-4efc-aadc-ad5f3c50688a": "start programs",
    "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b": "call libraries from macros",
}
_ASR = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_WITHOUT_SPILL = ("2013", "2016", "2019")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: how it went, what was looked at, what to do."""

    state: str
    subject: str
    says: str

    def __str__(self) -> str:
        return f"[{self.state}] {self.subject}: {self.says}"


def _conf(machine: Machine) -> tuple[Path | None, dict[str, str]]:
    for base in install.candidates(machine):
        conf = base / settings.CONF
        if conf.is_file():
            return conf, install.read_conf(conf)
    return None, {}


def installed(machine: Machine) -> CheckResult:
    """Whether settings are there and name a Python that exists."""
    subject = "settings"
    path, conf = _conf(machine)
    if path is None:
        return CheckResult(FAIL, subject, "there are none; run: xl-flexextra excel install.")
    python = conf.get("PYTHON", "")
    if not Path(python).is_file():
        return CheckResult(
            FAIL, subject, f"{path} names a Python that is not there ({python}); run: xl-flexextra excel install."
        )
    return CheckResult(OK, subject, str(path))


def versions(machine: Machine) -> CheckResult:
    """Whether the add-in was made for the package and the xlwings that are installed."""
    subject = "versions"
    _, conf = _conf(machine)
    now = (__version__, settings.xlwings_version())
    then = (conf.get("VERSION", "none"), conf.get("XLWINGS", "none"))
    if now != then:
        made = f"the add-in is of xl_flexextra {then[0]} and xlwings {then[1]}, Python has {now[0]} and {now[1]}"
        return CheckResult(FAIL, subject, f"{made}; run: xl-flexextra excel install, and restart Excel.")
    return CheckResult(OK, subject, f"xl_flexextra {now[0]}, xlwings {now[1]}")


def library(machine: Machine) -> CheckResult:
    """Whether xlwings' libraries are where the VBA loads them."""
    subject = "library"
    _, conf = _conf(machine)
    values, folder = settings.values(), Path(conf.get("DLL", ""))
    names = (values["DLL64"], values["DLL32"])
    for says, wrong in (
        ("not in", [name for name in names if not (folder / name).is_file()]),
        ("not as installed in", [name for name in names if _other(machine, folder / name)]),
    ):
        if wrong:
            return CheckResult(FAIL, subject, f"{', '.join(wrong)} {says} {folder}; {_INSTALL_AGAIN}.")
    return CheckResult(OK, subject, str(folder))


def _other(machine: Machine, copy: Path) -> bool:
    """Whether a library differs from the one that xlwings brought."""
    try:
        return (install.find_libraries(machine) / copy.name).read_bytes() != copy.read_bytes()
    except (OSError, MissingData):
        return False


def python_place(machine: Machine) -> CheckResult:
    """Whether Python is one that Excel can start with isolated settings."""
    subject = "Python"
    place = str(machine.python)
    if "windowsapps" in place.lower():
        return CheckResult(
            FAIL, subject, "it is the Microsoft Store's, which Excel cannot start; install it from python.org."
        )
    if machine.user_site is not None and machine.package.is_relative_to(machine.user_site):
        return CheckResult(FAIL, subject, "the package was installed with --user; install it into a virtual environment.")
    if machine.windows and importlib.util.find_spec("pythoncom") is None:
        return CheckResult(FAIL, subject, f'pywin32 is missing; run: "{place}" -m pip install pywin32.')
    return CheckResult(OK, subject, place)


def paths(machine: Machine) -> CheckResult:
    """Whether the paths fit what VBA and the library can pass on."""
    subject = "paths"
    place = str(machine.python)
    if not place.isascii():
        return CheckResult(
            FAIL,
            subject,
            rf"{place} has letters that are not ASCII; make the environment under C:\flexextra and install there.",
        )
    length = len(settings.start_command(place))
    if length > settings.COMMAND_LIMIT:
        return CheckResult(
            FAIL, subject, f"the start command has {length} characters, {settings.COMMAND_LIMIT} fit; use a shorter path."
        )
    return CheckResult(OK, subject, f"start command of {length} characters")


def starts(machine: Machine) -> CheckResult:
    """Whether the Python of the settings imports what a call needs, as Excel starts it."""
    subject = "start"
    _, conf = _conf(machine)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        wrong = Path(folder) / "wrong.txt"
        python = conf.get("PYTHON") or str(machine.python)
        try:
            code = _code_of([python, "-I", "-B", "-c", _LOAD, str(wrong)])
        except (OSError, subprocess.TimeoutExpired) as error:
            return CheckResult(
                FAIL, subject, f"Python does not start ({type(error).__name__}); antivirus or a rule of IT may stop it."
            )
        last = wrong.read_text("utf-8", "replace") if wrong.is_file() else f"exit code {code}"
    if code:
        return CheckResult(
            FAIL,
            subject,
            f"Python starts, but the functions do not load ({last[:120]}); install xl-flexextra again into {python}.",
        )
    return CheckResult(OK, subject, "Python loads the functions")


_LOAD = f"""import sys
try:
    import {settings.SERVED}, {start.__name__} as s
    with s.without_frames():
        import xlwings
except BaseException as error:
    with open(sys.argv[1], "w", encoding="utf-8", errors="replace") as file:
        file.write(f"{{type(error).__name__}}: {{error}}")
    raise SystemExit(1)
"""


def _code_of(command: list[str]) -> int:
    """How a program ends that may leave others behind. TimeoutExpired after the limit, when it and they are ended.

    Without pipes: what it started (in an environment python.exe starts another one) would hold them open for ever.
    """
    with open(os.devnull, "r+b") as nothing:
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
    try:
        return process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        process.kill()
        raise


def calls(machine: Machine) -> CheckResult:
    """Whether a table comes back whole through xlwings' library, called as Excel calls it."""
    subject = "call"
    _, conf = _conf(machine)
    python = conf.get("PYTHON") or str(machine.python)
    name = settings.values()["DLL64" if sys.maxsize > 2**32 else "DLL32"]
    library = Path(conf.get("DLL") or install.find_libraries(machine)) / name
    wanted = registry.evaluate(catalogue.get(trial.FUNCTION), trial.ARGUMENTS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        answer = Path(folder) / "answer.json"
        code = f"import {trial.__name__} as t;t.main()"
        command = [python, "-I", "-B", "-c", code, str(library), settings.start_command(python), str(answer)]
        try:
            ended = _code_of(command)
        except subprocess.TimeoutExpired:
            return CheckResult(
                FAIL, subject, f"no answer within {LIMIT} seconds; antivirus may hold Python up: ask IT to exclude it."
            )
        except OSError as error:
            return CheckResult(FAIL, subject, f"Python does not start ({error.strerror}); run: xl-flexextra excel install.")
        said = json.loads(answer.read_text("utf-8")) if answer.is_file() else {"failed": f"exit code {ended}"}
    if "failed" in said:
        what = f"{name} could not start Python or call it ({said['failed'][:160]})"
        return CheckResult(FAIL, subject, f"{what}; antivirus or a rule of IT may stop it (docs/excel-it.md).")
    if said["came"] != wanted:
        says = (
            f"a table of {len(wanted)} rows came back as {str(said['came'])[:80]}; install xl-flexextra and pywin32 again."
        )
        return CheckResult(FAIL, subject, says)
    return CheckResult(OK, subject, f"{trial.FUNCTION} gave its table of {len(wanted)} rows through {name}")


def registered(machine: Machine) -> CheckResult:
    """Whether Excel opens the add-in of the settings when it starts."""
    subject = "add-in"
    assert machine.registry is not None
    _, conf = _conf(machine)
    addin = conf.get("ADDIN", "")
    if addin and not Path(addin).is_file():
        return CheckResult(FAIL, subject, f"{addin} is not there; {_INSTALL_AGAIN}.")
    for version in install.offices(machine):
        if not any(addin and addin.lower() in value.lower() for value in install.opened(machine, version)):
            return CheckResult(
                FAIL, subject, f"Excel {version} does not open it; close Excel and run: xl-flexextra excel install."
            )
        key = rf"{install.OFFICE}\{version}\Excel\Resiliency\DisabledItems"
        if machine.registry.values(USER, key):
            says = "Excel has disabled something after a crash; look under File, Options, Add-ins, Disabled Items."
            return CheckResult(WARN, subject, says)
    return CheckResult(OK, subject, addin)


def trust(machine: Machine) -> CheckResult:
    """Whether macros may run."""
    subject = "macros"
    assert machine.registry is not None
    for version in install.offices(machine):
        user = rf"{install.OFFICE}\{version}\Excel\Security"
        policy = rf"Software\Policies\Microsoft\Office\{version}\Excel\Security"
        for hive, key, who in (
            (USER, policy, "your organisation"),
            (MACHINE, policy, "your organisation"),
            (USER, user, "you"),
        ):
            level = machine.registry.read(hive, key, "VBAWarnings")
            if level == 4:
                return CheckResult(
                    FAIL, subject, f"{who} switched macros off; allow signed ones, or trust the add-in's folder."
                )
            if level == 3:
                return CheckResult(
                    WARN, subject, f"{who} allows signed macros only; use the signed release (see docs/excel-it.md)."
                )
            if machine.registry.read(hive, key, "DisableAllAddins") == 1:
                return CheckResult(FAIL, subject, f"{who} switched all add-ins off; allow them in Excel's Trust Center.")
            if machine.registry.read(hive, key, "RequireAddinSig") == 1:
                return CheckResult(
                    FAIL, subject, f"{who} allows signed add-ins only; sign {settings.ADDIN} (see docs/excel-it.md)."
                )
    return CheckResult(OK, subject, "not forbidden; Excel asks once (Enable Content)")


def mark_of_the_web(machine: Machine) -> CheckResult:
    """Whether the add-in carries the mark of a download, which blocks its macros."""
    subject = "Mark of the Web"
    _, conf = _conf(machine)
    addin = conf.get("ADDIN", "")
    try:
        with open(addin + ":Zone.Identifier", encoding="ascii", errors="replace") as mark:
            marked = "ZoneId=3" in mark.read()
    except OSError:
        marked = False
    if marked:
        return CheckResult(
            FAIL, subject, "the add-in came from the internet; install it with xl-flexextra excel install instead."
        )
    return CheckResult(OK, subject, "none on the add-in; a workbook sent by mail may have one (Properties, Unblock)")


def attack_surface(machine: Machine) -> CheckResult:
    """Whether a rule keeps Office from starting Python, or macros from loading the library."""
    subject = "attack surface rules"
    assert machine.registry is not None
    rules = {name.lower(): str(value) for name, value in machine.registry.values(MACHINE, _ASR).items()}
    exclude = {"start programs": str(machine.python), "call libraries from macros": f"the folder of {settings.ADDIN}"}
    for rule, what in _RULES.items():
        if rules.get(rule) == "1":
            return CheckResult(
                FAIL, subject, f"Office may not {what}; ask IT to exclude {exclude[what]} (docs/excel-it.md)."
            )
    for rule, what in _RULES.items():
        if rules.get(rule) in {"2", "6"}:
            return CheckResult(WARN, subject, f"when Office wants to {what}, that is only reported; tell IT about it.")
    return CheckResult(OK, subject, "no rule against programs that Office starts, or libraries that macros call")


def spilling(machine: Machine) -> CheckResult:
    """Whether this Office has dynamic arrays."""
    subject = "Office"
    assert machine.registry is not None
    products = str(machine.registry.read(MACHINE, _CLICK_TO_RUN, "ProductReleaseIds") or "")
    if any(year in products for year in _WITHOUT_SPILL):
        says = f"{products} has no spilling arrays: table functions fill the range that was selected (Ctrl+Shift+Enter)."
        return CheckResult(WARN, subject, says)
    build = machine.registry.read(MACHINE, _CLICK_TO_RUN, "VersionToReport")
    return CheckResult(OK, subject, f"{products or 'version unknown'} {build or ''}".strip())


CHECKS: tuple[Callable[[Machine], CheckResult], ...] = (
    installed, versions, library, python_place, paths, starts, calls, registered, trust, mark_of_the_web, attack_surface,
    spilling,
)  # fmt: skip
_FIRST = ("library", "Python", "start")  # without these a call would fail too, and say less


def examine(machine: Machine | None = None) -> list[CheckResult]:
    """All checks, what is wrong first and of that the likeliest; elsewhere than on Windows only what applies there."""
    machine = machine or this_machine()
    if not machine.windows or machine.registry is None:
        return [CheckResult(OK, "platform", elsewhere(machine)), python_place(machine)]
    results: list[CheckResult] = []
    for check in CHECKS:
        if check is not calls or not any(r.state == FAIL and r.subject in _FIRST for r in results):
            results.append(check(machine))
    return sorted(results, key=lambda result: (FAIL, WARN, OK).index(result.state))


def report(machine: Machine | None = None) -> str:
    """A report for whoever helps: versions and checks, no value of any workbook."""
    machine = machine or this_machine()
    lines = [
        f"xl_flexextra {__version__}, xlwings {settings.xlwings_version()}",
        f"Python {sys.version.split()[0]}, {platform.platform()}",
        f"log: {log.folder()}",
    ]
    return "\n".join([*lines, *map(str, examine(machine))])
