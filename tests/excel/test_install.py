"""Install, uninstall, roll back and the doctor on a made-up Windows machine: its registry is a dictionary."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xl_flexextra import catalogue
from xl_flexextra.cli.excel import app
from xl_flexextra.errors import MissingData, Refused
from xl_flexextra.hosts.excel import doctor, install, log, settings, start
from xl_flexextra.hosts.excel.machine import MACHINE, USER, Machine, elsewhere

pytestmark = pytest.mark.windows

FUNCTIONS = catalogue.functions()
OPTIONS = r"Software\Microsoft\Office\16.0\Excel\Options"


class Keys:
    """A registry in memory, with a switch that makes it fail."""

    def __init__(self, **user):
        self.data = {(USER, r"Software\Microsoft\Office\16.0\Excel\Options"): dict(user)}
        self.fails = False

    def values(self, hive, key):
        return dict(self.data.get((hive, key), {}))

    def read(self, hive, key, name):
        return self.values(hive, key).get(name)

    def subkeys(self, hive, key):
        deeper = [k[len(key) + 1 :] for h, k in self.data if h == hive and k.startswith(key + "\\")]
        return list(dict.fromkeys(k.split("\\")[0] for k in deeper))

    def write(self, key, name, value):
        if self.fails:
            raise OSError(13, "access denied")
        self.data.setdefault((USER, key), {})[name] = value

    def delete(self, key, name):
        self.data.get((USER, key), {}).pop(name, None)

    @property
    def opened(self):
        return {n: v for n, v in self.values(USER, OPTIONS).items() if n.startswith("OPEN")}


@pytest.fixture
def machine(tmp_path):
    """A user with a virtual environment that holds xlwings' libraries."""
    venv = tmp_path / "venv"
    (venv / "Scripts").mkdir(parents=True)
    if sys.platform == "win32":  # a link needs a right there; nobody starts this one
        (venv / "Scripts" / "python.exe").write_bytes(b"MZ")
    else:
        (venv / "Scripts" / "python.exe").symlink_to(sys.executable)
    for name in ("DLL64", "DLL32"):
        (venv / settings.values()[name]).write_bytes(name.encode())
    environment = {"LOCALAPPDATA": str(tmp_path / "local"), "ProgramData": str(tmp_path / "common")}
    python = venv / "Scripts" / "python.exe"
    return Machine("win32", environment, Keys(OPEN='"C:\\other.xlam"', Font="Arial"), python, (python.parent, venv))


def test_install_writes_files_settings_and_the_registry(machine):
    done = install.install(machine, FUNCTIONS, extras={"sample.xlsm": b"PK"})
    assert done.folder.parent == Path(machine.environment["LOCALAPPDATA"]) / "flexextra"
    names = {p.name for p in done.folder.iterdir()}
    values = settings.values()
    assert names == {"FlexExtra.xlam", "help.html", "sample.xlsm", values["DLL64"], values["DLL32"]}
    text = done.conf.read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") == 6  # VBA's Line Input ends a line at a carriage return
    conf = install.read_conf(done.conf)
    assert Path(conf["PYTHON"]) == machine.python
    assert Path(conf["DLL"]) == done.folder
    assert machine.registry.opened == {"OPEN": '"C:\\other.xlam"', "OPEN1": f'/R "{done.addin}"'}
    assert machine.registry.values(USER, OPTIONS)["Font"] == "Arial"
    page = (done.folder / "help.html").read_text()
    assert all(f.name in page for f in FUNCTIONS)


def test_a_second_install_changes_nothing(machine):
    first = install.install(machine, FUNCTIONS)
    stamps = {p: p.stat().st_mtime_ns for p in first.folder.iterdir()}
    opened = machine.registry.opened
    assert install.install(machine, FUNCTIONS) == first
    assert {p: p.stat().st_mtime_ns for p in first.folder.iterdir()} == stamps
    assert machine.registry.opened == opened
    assert not (first.conf.parent / install.PREVIOUS).exists()


def test_a_new_version_gets_its_own_folder_and_the_old_one_can_come_back(machine, monkeypatch):
    old = install.install(machine, FUNCTIONS)
    monkeypatch.setattr(install, "__version__", "9.9.9")
    new = install.install(machine, FUNCTIONS)
    assert new.folder != old.folder
    assert old.addin.is_file()
    assert machine.registry.opened["OPEN1"] == f'/R "{new.addin}"'
    assert len(machine.registry.opened) == 2
    assert install.roll_back(machine) == settings.values()["VERSION"]
    assert machine.registry.opened["OPEN1"] == f'/R "{old.addin}"'
    assert install.read_conf(new.conf)["ADDIN"] == str(old.addin)
    assert install.roll_back(machine) == "9.9.9"


def test_going_back_without_a_version_before_is_refused(machine):
    install.install(machine, FUNCTIONS)
    with pytest.raises(MissingData, match="no version before"):
        install.roll_back(machine)


def test_uninstall_leaves_nothing_of_ours_and_everything_of_others(machine, tmp_path):
    install.install(machine, FUNCTIONS)
    own = tmp_path / "local" / ".xlwings"
    own.mkdir()
    assert install.uninstall(machine) == []
    assert machine.registry.opened == {"OPEN": '"C:\\other.xlam"'}
    assert not (tmp_path / "local" / "flexextra").exists()
    assert own.is_dir()


def test_uninstall_leaves_no_dead_entry_in_excels_list_of_add_ins(machine):
    """Excel keeps an add-in that a person unticked in a list of its own."""
    done = install.install(machine, FUNCTIONS)
    other = "C:\\other.xlam"
    key = r"Software\Microsoft\Office\16.0\Excel\Add-in Manager"
    machine.registry.data[USER, key] = {str(done.addin): "", other: ""}
    install.uninstall(machine)
    assert machine.registry.values(USER, key) == {other: ""}


def test_uninstall_keeps_the_copies_of_workbooks_on_the_web_and_names_them(machine, tmp_path, monkeypatch):
    install.install(machine, FUNCTIONS)
    books = tmp_path / "local" / "flexextra" / "books"
    books.mkdir()
    (books / "u.xlsm.journal.jsonl").write_text("{}")
    monkeypatch.setattr("xl_flexextra.hosts.excel.machine.this_machine", lambda: machine)
    done = CliRunner().invoke(app, ["uninstall"])
    assert done.exit_code == 0
    assert f"Kept: {books}" in done.output
    assert [p.name for p in books.parent.iterdir()] == ["books"]


def test_removing_closes_the_gap_in_the_numbers_because_excel_stops_at_one(machine):
    key = machine.registry.data[USER, OPTIONS]
    key |= {"OPEN1": '/R "C:\\x\\FlexExtra.xlam"', "OPEN2": '"C:\\third.xlam"', "OPEN10": '"C:\\last.xlam"'}
    install.register(machine, None)
    assert machine.registry.opened == {"OPEN": '"C:\\other.xlam"', "OPEN1": '"C:\\third.xlam"', "OPEN2": '"C:\\last.xlam"'}


def test_an_install_that_fails_is_undone(machine, tmp_path):
    machine.registry.fails = True
    with pytest.raises(Refused, match="was undone"):
        install.install(machine, FUNCTIONS)
    assert not (tmp_path / "local" / "flexextra" / "flexextra.conf").exists()
    assert not list((tmp_path / "local").rglob("*.xlam"))
    assert machine.registry.opened == {"OPEN": '"C:\\other.xlam"'}


def test_without_the_libraries_the_error_names_the_known_reasons(machine):
    machine.prefixes = (machine.python.parent,)
    with pytest.raises(MissingData, match=r"xlwings64-.*--user or --target.*Microsoft Store"):
        install.install(machine, FUNCTIONS)


def test_a_folder_with_other_letters_is_skipped(machine, tmp_path):
    machine.environment = {**machine.environment, "LOCALAPPDATA": str(tmp_path / "M\u00fcller")}
    assert install.install(machine, FUNCTIONS).folder.is_relative_to(tmp_path / "common")


def test_a_python_with_other_letters_is_refused(machine):
    machine.python = machine.python.parent / "pyth\u00f6n.exe"
    with pytest.raises(Refused, match="not ASCII"):
        install.install(machine, FUNCTIONS)


def test_everyone_goes_into_program_data(machine, tmp_path):
    assert install.install(machine, FUNCTIONS, everyone=True).folder.is_relative_to(tmp_path / "common")


@pytest.mark.parametrize(("platform", "said"), [("linux", "LibreOffice"), ("darwin", "#N/A")])
def test_elsewhere_it_says_what_applies_and_does_nothing(machine, tmp_path, platform, said):
    machine.platform, machine.registry = platform, None
    with pytest.raises(Refused, match=said):
        install.install(machine, FUNCTIONS)
    assert not (tmp_path / "local").exists()
    assert said in elsewhere(machine)
    assert said in doctor.report(machine)


def states(machine):
    return {r.subject: r for r in doctor.examine(machine)}


@pytest.fixture
def healthy(machine, monkeypatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: object())

    def fine(_machine):
        return doctor.CheckResult(doctor.OK, "start", "fine")

    checks = tuple(fine if check.__name__ in ("starts", "calls") else check for check in doctor.CHECKS)
    monkeypatch.setattr(doctor, "CHECKS", checks)
    install.install(machine, FUNCTIONS)
    return machine


def test_the_doctor_finds_a_fresh_install_sound(healthy):
    assert {r.state for r in doctor.examine(healthy)} == {doctor.OK}


def conf_of(machine):
    return Path(machine.environment["LOCALAPPDATA"]) / "flexextra" / settings.CONF


def break_conf(machine):
    conf_of(machine).unlink()


def break_python(machine):
    conf_of(machine).write_text(conf_of(machine).read_text().replace("python.exe", "gone.exe"))


def break_version(machine):
    conf_of(machine).write_text(re.sub("XLWINGS=.*", "XLWINGS=0.1.0", conf_of(machine).read_text()))


def break_library(machine):
    next(conf_of(machine).parent.rglob("xlwings64*.dll")).unlink()


def break_library_content(machine):
    next(conf_of(machine).parent.rglob("xlwings32*.dll")).write_bytes(b"MZ quarantined")


def break_addin(machine):
    next(conf_of(machine).parent.rglob("*.xlam")).unlink()


def break_letters(machine):
    machine.python = Path("C:/Users/M\u00fcller/venv/Scripts/python.exe")


def break_pywin32(machine):
    doctor.importlib.util.find_spec = lambda name: None  # put back with the fixture's own


def break_store(machine):
    machine.python = Path("C:/Users/a/AppData/Local/Microsoft/WindowsApps/python.exe")


def break_user_site(machine):
    machine.user_site = machine.package.parent


def break_length(machine):
    machine.python = Path("/" + "x" * 2000)


def break_open(machine):
    install.register(machine, None)


def break_trust(machine):
    machine.registry.data[USER, r"Software\Policies\Microsoft\Office\16.0\Excel\Security"] = {"VBAWarnings": 4}


def break_user_trust(machine):
    machine.registry.data[USER, r"Software\Microsoft\Office\16.0\Excel\Security"] = {"VBAWarnings": 4}


def break_all_addins(machine):
    machine.registry.data[USER, r"Software\Microsoft\Office\16.0\Excel\Security"] = {"DisableAllAddins": 1}


def break_unsigned_addins(machine):
    key = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
    machine.registry.data[MACHINE, key] = {"RequireAddinSig": 1}


def break_mark(machine):
    addin = install.read_conf(conf_of(machine))["ADDIN"]
    Path(addin + ":Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n")


def break_rule(machine):
    machine.registry.data[MACHINE, doctor._ASR] = {"D4F940AB-401B-4EFC-AADC-AD5F3C50688A": "1"}


def break_rule_of_macros(machine):
    machine.registry.data[MACHINE, doctor._ASR] = {"92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b": "1"}


INSTALL = r"run: xl-flexextra excel install\b"


@pytest.mark.parametrize(
    ("harm", "subject", "said", "repair"),
    [
        (break_conf, "settings", "none", INSTALL),
        (break_python, "settings", r"gone\.exe", INSTALL),
        (break_version, "versions", r"0\.1\.0", INSTALL),
        (break_library, "library", "xlwings64.*antivirus", INSTALL),
        (break_library_content, "library", "xlwings32.* not as installed", INSTALL),
        (break_addin, "add-in", r"FlexExtra\.xlam is not there", INSTALL),
        (break_store, "Python", "Microsoft Store", r"install it from python\.org"),
        (break_user_site, "Python", "--user", "install it into a virtual environment"),
        (break_pywin32, "Python", "pywin32 is missing", r'run: ".*python\.exe" -m pip install pywin32\.'),
        (break_letters, "paths", "letters that are not ASCII", r"make the environment under C:\\flexextra"),
        (break_length, "paths", "characters", "use a shorter path"),
        (break_open, "add-in", "does not open it", INSTALL),
        (break_trust, "macros", "your organisation switched macros off", "trust the add-in's folder"),
        (break_user_trust, "macros", "you switched macros off", "trust the add-in's folder"),
        (break_all_addins, "macros", "you switched all add-ins off", "allow them in Excel's Trust Center"),
        (break_unsigned_addins, "macros", "your organisation allows signed add-ins only", r"sign FlexExtra\.xlam"),
        (break_mark, "Mark of the Web", "internet", "install it with xl-flexextra excel install"),
        (break_rule, "attack surface rules", "may not start programs", r"ask IT to exclude .*python\.exe"),
        (break_rule_of_macros, "attack surface rules", "may not call libraries from macros", "ask IT to exclude the folder"),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_the_doctor_names_each_known_cause_and_what_to_do(healthy, monkeypatch, harm, subject, said, repair):
    """In its first line; an add-in that antivirus had taken away, and rules against macros' libraries, went unseen."""
    harm(healthy)
    monkeypatch.setattr("xl_flexextra.hosts.excel.machine.this_machine", lambda: healthy)
    monkeypatch.setattr(doctor, "this_machine", lambda: healthy)
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    first = done.output.splitlines()[0]
    assert first.startswith(f"[fault] {subject}: "), done.output
    assert re.search(said, first), first
    assert re.search(repair, first), first


def test_warnings_for_signed_only_disabled_items_and_old_office(healthy):
    data = healthy.registry.data
    data[USER, r"Software\Microsoft\Office\16.0\Excel\Security"] = {"VBAWarnings": 3}
    data[USER, r"Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"] = {"1": b"x"}
    data[MACHINE, doctor._CLICK_TO_RUN] = {"ProductReleaseIds": "ProPlus2019Volume", "VersionToReport": "16.0.1"}
    found = states(healthy)
    assert {found[s].state for s in ("macros", "add-in", "Office")} == {doctor.WARN}
    assert "Ctrl+Shift+Enter" in found["Office"].says


def test_the_start_as_excel_does_it_is_tried(machine, tmp_path):
    install.install(machine, FUNCTIONS)
    conf_of(machine).write_text(f"PYTHON={sys.executable}\n")
    assert doctor.starts(machine).state == doctor.OK
    conf_of(machine).write_text("PYTHON=/bin/false\n")
    assert doctor.starts(machine).state == doctor.FAIL


def install_with_a_script(machine, folder, script):
    """An installation whose Python is a shell script."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    install.install(machine, FUNCTIONS)
    conf_of(machine).write_text(re.sub("PYTHON=.*", f"PYTHON={python}", conf_of(machine).read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX: a script stands in for Python")
@pytest.mark.parametrize(
    ("script", "state", "said"),
    [
        ("sleep 8 & exit 0", doctor.OK, "loads the functions"),
        ('echo "ImportError: no module" > "$5"; exit 1', doctor.FAIL, "do not load .ImportError: no module"),
        ("exit 3", doctor.FAIL, "do not load .exit code 3"),
        ("exec sleep 60", doctor.FAIL, "does not start .TimeoutExpired"),
    ],
)
def test_the_doctor_waited_for_ever_on_what_a_python_had_started(machine, tmp_path, monkeypatch, script, state, said):
    """It read what Python says by pipes: whatever Python starts holds them open, on Windows beyond every limit."""
    monkeypatch.setattr(doctor, "LIMIT", 1)
    install_with_a_script(machine, tmp_path, script)
    result = doctor.starts(machine)
    assert (result.state, re.search(said, result.says) is not None) == (state, True), result.says


FIRST_ROW, WHOLE = "[0.08]", "[[0.08], [0.08], [0.07]]"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX: a script stands in for Python")
@pytest.mark.parametrize(
    ("script", "state", "said"),
    [
        (f'echo \'{{"came": {WHOLE}}}\' > "$7"', doctor.OK, "table of 3 rows"),
        (f'echo \'{{"came": {FIRST_ROW}}}\' > "$7"', doctor.FAIL, r"table of 3 rows came back as \[0.08\]; install"),
        ('echo \'{"failed": "OSError: error 0x80004005"}\' > "$7"', doctor.FAIL, "0x80004005.*antivirus"),
        ("exit 3", doctor.FAIL, "exit code 3.*antivirus"),
        ("exec sleep 60", doctor.FAIL, "no answer within.*exclude"),
    ],
)
def test_the_doctor_calls_as_excel_does_and_wants_the_whole_table(machine, tmp_path, monkeypatch, script, state, said):
    """It said that all was well while every table arrived as its first row."""
    monkeypatch.setattr(doctor, "LIMIT", 2)
    install_with_a_script(machine, tmp_path, script)
    result = doctor.calls(machine)
    assert result.state == state
    assert re.search(said, result.says), result.says


def test_the_doctor_says_first_what_is_wrong(healthy):
    break_rule(healthy)
    healthy.registry.data[USER, r"Software\Microsoft\Office\16.0\Excel\Security"] = {"VBAWarnings": 3}
    found = [r.state for r in doctor.examine(healthy)]
    assert found[:2] == [doctor.FAIL, doctor.WARN]
    assert set(found[2:]) == {doctor.OK}


def test_no_call_is_tried_where_python_does_not_even_start(machine, monkeypatch):
    monkeypatch.setattr(doctor, "starts", lambda m: doctor.CheckResult(doctor.FAIL, "start", "no"))
    monkeypatch.setattr(doctor, "CHECKS", (doctor.starts, doctor.calls))
    assert [r.subject for r in doctor.examine(machine)] == ["start"]


def test_a_start_that_hangs_ends_so_that_excel_goes_on(tmp_path):
    code = (
        "import time, xl_flexextra.hosts.excel.start as s\n"
        "from xl_flexextra.hosts.excel import log\nlog.configure()\n"
        "with s.within(0.5):\n    time.sleep(300)"
    )
    environment = {**os.environ, "LOCALAPPDATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "did not start within" in (tmp_path / "flexextra" / "logs" / "flexextra.log").read_text()


def test_the_report_and_the_log_hold_no_values(tmp_path, healthy, monkeypatch):
    monkeypatch.setattr(log, "folder", lambda: tmp_path)
    path = log.configure()
    try:
        try:
            raise ValueError("unit value 12.3456 of EQUITY")
        except ValueError:
            logging.getLogger("xl_flexextra").exception("AATR failed")
        text = path.read_text()
    finally:
        for handler in list(logging.getLogger("xl_flexextra").handlers):
            handler.close()
            logging.getLogger("xl_flexextra").removeHandler(handler)
        logging.getLogger("xl_flexextra").propagate = True
    assert "AATR failed" in text
    assert "ValueError at test_install.py" in text
    assert "12.3456" not in text
    assert "EQUITY" not in text
    assert len(text.splitlines()) == 1


def test_the_log_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "folder", lambda: tmp_path)
    path = log.configure()
    logger = logging.getLogger("xl_flexextra")
    try:
        for _ in range(4000):
            logger.info("x" * 300)
        files = list(path.parent.iterdir())
    finally:
        for handler in list(logger.handlers):
            handler.close()
            logger.removeHandler(handler)
        logger.propagate = True
    assert len(files) == log.KEPT + 1
    assert sum(f.stat().st_size for f in files) <= (log.KEPT + 1) * (log.SIZE + 1000)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX: what is said where there is no Excel for Windows")
def test_the_commands_on_this_machine_end_with_a_sentence():
    runner = CliRunner()
    done = runner.invoke(app, ["doctor"])
    assert done.exit_code == 0
    assert "Calc" in done.output
    assert "xlwings" in runner.invoke(app, ["diagnostics"]).output
    for command in ("install", "uninstall"):
        module = [sys.executable, "-m", "xl_flexextra.cli.main", "excel", command]
        refused = subprocess.run(module, capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert "Windows" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_start_without_pandas_leaves_pandas_usable():
    code = (
        "import sys\n"
        "from xl_flexextra.hosts.excel import served, start\n"
        "with start.without_frames():\n    import xlwings\n"
        "assert not {'pandas', 'polars'} & set(sys.modules)\n"
        "import pandas\nprint(pandas.DataFrame({'a': [1]}).shape, len(served.__all__))"
    )
    done = subprocess.run([sys.executable, "-I", "-B", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("(1, 1)"), done.stderr
    with start.without_frames():
        pass
    import pandas  # noqa: F401


def test_a_broken_installation_ends_the_process_at_once_and_says_so_in_the_log(tmp_path):
    code = "import sys\nsys.modules['xlwings'] = None\nimport xl_flexextra.hosts.excel.start as s\ns.serve('{x}')"
    environment = {"LOCALAPPDATA": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-I", "-B", "-c", code], env=environment, capture_output=True, check=False)
    assert done.returncode != 0
    assert "did not start" in (tmp_path / "flexextra" / "logs" / "flexextra.log").read_text()


def test_the_machine_is_a_plain_record(machine):
    assert dataclasses.replace(machine, platform="linux").windows is False
