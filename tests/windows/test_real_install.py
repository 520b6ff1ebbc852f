"""The add-in put in place, examined and taken away on Windows itself, for users with any name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xl_flexextra.hosts.excel import doctor, install, log
from xl_flexextra.hosts.excel.machine import USER, this_machine

pytestmark = pytest.mark.windows
OPTIONS = r"Software\Microsoft\Office\16.0\Excel\Options"


@pytest.fixture
def user(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a person: folders of their own."""
    name = getattr(request, "param", "Jane Smith")
    folder = tmp_path / name / "AppData" / "Local"
    folder.mkdir(parents=True)
    return {**os.environ, "LOCALAPPDATA": str(folder), "ProgramData": str(tmp_path / "ProgramData"), "USERNAME": name}


def excel(command: str, *options: str, user: dict[str, str]) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "xl_flexextra", "excel", command, *options]
    return subprocess.run(run, capture_output=True, env=user, timeout=400, encoding="utf-8", check=False)


def opened() -> list[str]:
    registry = this_machine().registry
    assert registry is not None
    return [str(value) for name, value in registry.values(USER, OPTIONS).items() if name.startswith("OPEN")]


def below(folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()] if Path(folder).is_dir() else []


def test_what_runs_is_the_wheel_that_pip_installed() -> None:
    import importlib.metadata

    import xl_flexextra

    files = importlib.metadata.files("xl-flexextra") or []
    package = Path(xl_flexextra.__file__).parent
    assert package.parent == Path(sys.prefix) / "Lib" / "site-packages"
    assert {Path(str(file.locate())).resolve() for file in files} >= set(package.rglob("*.bas"))
    assert (Path(sys.prefix) / "Scripts" / "xl-flexextra.exe").is_file()


@pytest.mark.parametrize("user", ["Jane Smith", "jo"], indirect=True)
def test_install_doctor_uninstall_for_one_user_and_nothing_is_left(user: dict[str, str]) -> None:
    done = excel("install", user=user)
    assert done.returncode == 0, done.stderr
    try:
        base = Path(user["LOCALAPPDATA"]) / "flexextra"
        conf = install.read_conf(base / "flexextra.conf")
        assert Path(conf["ADDIN"]).is_file()
        assert Path(conf["PYTHON"]).samefile(sys.executable)
        assert f'/R "{conf["ADDIN"]}"' in opened()
        told = excel("doctor", user=user)
        assert told.returncode == 0, told.stdout
        assert "[ok] call: CDSC_RATE gave its table of 3 rows" in told.stdout
        again = excel("install", user=user)
        assert again.returncode == 0, again.stderr
        assert len([value for value in opened() if "FlexExtra" in value]) == 1
    finally:
        gone = excel("uninstall", user=user)
    assert gone.returncode == 0, gone.stderr
    assert below(user["LOCALAPPDATA"]) == []
    assert not base.exists()
    assert not [value for value in opened() if "FlexExtra" in value]


@pytest.mark.parametrize("user", ["Jürgen Müller", "\u57fa\u91d1"], indirect=True)
def test_a_user_whose_name_vba_cannot_read_gets_the_folder_of_the_machine(user: dict[str, str]) -> None:
    done = excel("install", user=user)
    assert done.returncode == 0, done.stderr
    assert (Path(user["ProgramData"]) / "flexextra" / "flexextra.conf").is_file()
    assert excel("uninstall", user=user).returncode == 0
    assert below(user["ProgramData"]) == below(user["LOCALAPPDATA"]) == []


def test_the_doctor_names_first_what_is_wrong_and_the_repair(user: dict[str, str]) -> None:
    told = excel("doctor", user=user)
    assert told.returncode == 1
    first = told.stdout.splitlines()[0]
    assert first.startswith("[fault] settings: there are none; run: xl-flexextra excel install.")


def test_the_doctor_tells_a_library_that_was_taken_away(user: dict[str, str]) -> None:
    assert excel("install", user=user).returncode == 0
    try:
        conf = install.read_conf(Path(user["LOCALAPPDATA"]) / "flexextra" / "flexextra.conf")
        for path in Path(conf["DLL"]).glob("xlwings64*.dll"):
            path.write_bytes(b"MZ quarantined")
        told = excel("doctor", user=user)
        assert told.returncode == 1
        assert told.stdout.startswith("[fault] call: xlwings64")
        for path in Path(conf["DLL"]).glob("xlwings64*.dll"):
            path.unlink()
        assert excel("doctor", user=user).stdout.startswith("[fault] library: xlwings64")
    finally:
        excel("uninstall", user=user)


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
