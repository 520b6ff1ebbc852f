"""The add-in put in place, examined and taken away on Windows itself, for users with any name."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Ended, command

from xl_flexextra.hosts.excel import doctor, install, log
from xl_flexextra.hosts.excel.machine import USER, this_machine

pytestmark = pytest.mark.windows
OFFICE = r"Software\Microsoft\Office"
OPTIONS = rf"{OFFICE}\16.0\Excel\Options"


@pytest.fixture
def user(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a person, which is this process' own: folders of their own."""
    name = getattr(request, "param", "Jane Smith")
    folder = tmp_path / name / "AppData" / "Local"
    folder.mkdir(parents=True)
    for word, value in (("LOCALAPPDATA", str(folder)), ("ProgramData", str(tmp_path / "ProgramData")), ("USERNAME", name)):
        monkeypatch.setenv(word, value)
    return dict(os.environ)


def excel(*words: str) -> Ended:
    """A command of the add-in's, in this process."""
    return command("excel", *words)


def by_program(*words: str, program: tuple[str, ...]) -> Ended:
    """The same as a program of its own, as a person runs it."""
    done = subprocess.run([*program, "excel", *words], capture_output=True, timeout=400, encoding="utf-8", check=False)
    return Ended(done.returncode, done.stdout + done.stderr)


SCRIPT = (str(Path(sys.prefix) / "Scripts" / "xl-flexextra.exe"),)
MODULE = (sys.executable, "-m", "xl_flexextra")  # where programs that pip wrote may not be started


def opened() -> list[str]:
    registry = this_machine().registry
    assert registry is not None
    return [str(value) for name, value in registry.values(USER, OPTIONS).items() if name.startswith("OPEN")]


def keys(key: str, word: str = "") -> dict[str, dict[str, Any]]:
    """Every key of the user below this one, with its values; ``word``: only what holds it anywhere."""
    registry = this_machine().registry
    assert registry is not None
    found = {key: registry.values(USER, key)}
    for name in registry.subkeys(USER, key):
        found |= keys(f"{key}\\{name}")
    return {name: values for name, values in found.items() if word in f"{name} {values}".lower()}


def below(folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()] if Path(folder).is_dir() else []


def test_what_runs_is_the_wheel_that_pip_installed() -> None:
    import importlib.metadata

    import xl_flexextra

    files = importlib.metadata.files("xl-flexextra") or []
    package = Path(xl_flexextra.__file__).parent
    assert package.parent == Path(sys.prefix) / "Lib" / "site-packages"
    child = [sys.executable, "-c", "import xl_flexextra; print(xl_flexextra.__file__)"]
    told = subprocess.run(child, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert Path(told.stdout.strip()) == Path(xl_flexextra.__file__)  # uninstall was run from the sources beside the tests
    assert {Path(str(file.locate())).resolve() for file in files} >= set(package.rglob("*.bas"))
    assert (Path(sys.prefix) / "Scripts" / "xl-flexextra.exe").is_file()


def test_install_doctor_uninstall_for_one_user_and_nothing_is_left(user: dict[str, str]) -> None:
    before = keys(OFFICE)
    done = by_program("install", program=SCRIPT)
    assert done.exit_code == 0, done.output
    assert list(keys("Software", "flexextra")) == [OPTIONS]  # what docs/excel-it.md says, and nothing else
    try:
        base = Path(user["LOCALAPPDATA"]) / "flexextra"
        conf = install.read_conf(base / "flexextra.conf")
        assert Path(conf["ADDIN"]).is_file()
        assert Path(conf["PYTHON"]).samefile(sys.executable)
        assert f'/R "{conf["ADDIN"]}"' in opened()
        told = excel("doctor")
        assert told.exit_code == 0, told.output
        assert "[ok] call: CDSC_RATE gave its table of 3 rows" in told.output
        again = excel("install")
        assert again.exit_code == 0, again.output
        assert len([value for value in opened() if "FlexExtra" in value]) == 1
    finally:
        gone = by_program("uninstall", program=MODULE)
    assert gone.exit_code == 0, gone.output
    assert below(user["LOCALAPPDATA"]) == []
    assert not base.exists()
    assert keys("Software", "flexextra") == {}
    assert all(before.get(name) == values for name, values in keys(OFFICE).items())  # nor a key that is empty


def test_uninstall_leaves_what_others_wrote_into_the_same_keys(user: dict[str, str]) -> None:
    import winreg

    other, manager = rf"{OFFICE}\16.0\Excel\Security", rf"{OFFICE}\16.0\Excel\Add-in Manager"
    assert excel("install").exit_code == 0
    (addin,) = [value.removeprefix('/R "').rstrip('"') for value in opened() if "FlexExtra" in value]
    try:
        for key, name in ((other, "VBAWarnings"), (manager, r"C:\other.xlam"), (manager, addin)):
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as made:
                winreg.SetValueEx(made, name, 0, winreg.REG_SZ, "1")
        assert excel("uninstall").exit_code == 0
        assert keys("Software", "flexextra") == {}
        assert {name: values for name, values in keys(OFFICE).items() if values} == {
            other: {"VBAWarnings": "1"}, manager: {r"C:\other.xlam": "1"},
        }  # fmt: skip
    finally:
        registry = this_machine().registry
        assert registry is not None
        for key, name in ((other, "VBAWarnings"), (manager, r"C:\other.xlam")):
            registry.delete(key, name)
    assert keys(OFFICE).get(OPTIONS) is None


@pytest.mark.parametrize("user", ["jo"], indirect=True)
def test_a_name_without_a_blank_serves_too(user: dict[str, str]) -> None:
    done = excel("install")
    assert done.exit_code == 0, done.output
    conf = install.read_conf(Path(user["LOCALAPPDATA"]) / "flexextra" / "flexextra.conf")
    assert f'/R "{conf["ADDIN"]}"' in opened()
    assert excel("uninstall").exit_code == 0
    assert below(user["LOCALAPPDATA"]) == []
    assert not [value for value in opened() if "FlexExtra" in value]


@pytest.mark.parametrize("user", ["Jürgen Müller", "\u57fa\u91d1"], indirect=True)
def test_a_user_whose_name_vba_cannot_read_gets_the_folder_of_the_machine(user: dict[str, str]) -> None:
    done = excel("install")
    assert done.exit_code == 0, done.output
    assert (Path(user["PROGRAMDATA"]) / "flexextra" / "flexextra.conf").is_file()
    assert excel("uninstall").exit_code == 0
    assert below(user["PROGRAMDATA"]) == below(user["LOCALAPPDATA"]) == []


def test_the_doctor_names_first_what_is_wrong_and_the_repair(user: dict[str, str]) -> None:
    told = excel("doctor")
    assert told.exit_code == 1
    first = told.output.splitlines()[0]
    assert first.startswith("[fault] settings: there are none; run: xl-flexextra excel install.")


def test_the_doctor_tells_a_library_that_was_taken_away(user: dict[str, str]) -> None:
    assert excel("install").exit_code == 0
    try:
        conf = install.read_conf(Path(user["LOCALAPPDATA"]) / "flexextra" / "flexextra.conf")
        for path in Path(conf["DLL"]).glob("xlwings64*.dll"):
            path.write_bytes(b"MZ quarantined")
        called = doctor.calls(this_machine())
        assert called.state == doctor.FAIL
        assert called.says.startswith("xlwings64")
        told = excel("doctor")
        assert told.exit_code == 1
        assert "[fault] call" not in told.output  # the library's own line says more
        assert_first(told, r"library: xlwings64\S* not as installed .*run: xl-flexextra excel install")
        for path in Path(conf["DLL"]).glob("xlwings64*.dll"):
            path.unlink()
        assert_first(excel("doctor"), r"library: xlwings64\S* not in .*run: xl-flexextra excel install")
        assert excel("install").exit_code == 0  # the repair that it names
        assert doctor.library(this_machine()).state == doctor.OK
        Path(conf["ADDIN"]).unlink()
        assert_first(excel("doctor"), r"add-in: .*FlexExtra\.xlam is not there; .*run: xl-flexextra excel install")
    finally:
        excel("uninstall")


def assert_first(told: Ended, words: str) -> None:
    """The first line is a fault, with its repair."""
    assert re.match(rf"\[fault\] {words}", told.output), told.output


def test_the_doctor_tells_a_package_that_does_not_load(user: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert excel("install").exit_code == 0
    hook = Path(site.getsitepackages()[-1]) / f"flexextra_broken_{os.getpid()}.pth"
    hook.write_text("import os, sys; 'FLEXEXTRA_TEST_BROKEN' in os.environ and sys.modules.update(xlwings=None)\n")
    monkeypatch.setenv("FLEXEXTRA_TEST_BROKEN", "1")
    try:
        told = excel("doctor")
    finally:
        hook.unlink()
        excel("uninstall")
    assert_first(
        told, r"start: Python starts, .*ModuleNotFoundError.*; install xl-flexextra again into C:\\python\\python\.exe"
    )
    assert "[fault] call" not in told.output


def test_the_call_of_the_doctor_goes_through_the_real_library() -> None:
    """Here nothing is installed: the Python that runs and its own library serve."""
    machine = this_machine()
    machine.environment = {}
    result = doctor.calls(machine)
    assert result.state == doctor.OK, result.says


def test_the_log_of_the_server_stands_in_the_users_folder(user: dict[str, str]) -> None:
    code = "from xl_flexextra.hosts.excel import log; print(log.configure())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=user, text=True, check=True)
    assert Path(done.stdout.strip()) == Path(user["LOCALAPPDATA"]) / "flexextra" / "logs" / "flexextra.log"
    assert log.SIZE > 0
