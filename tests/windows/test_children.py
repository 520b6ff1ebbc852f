"""Children that read strangers' files, ended when they take too much: real ones, on every system."""

from __future__ import annotations

import ctypes
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from xl_flexextra.errors import Refused
from xl_flexextra.files import child, door, in_child, windows
from xl_flexextra.files.child import Child
from xl_flexextra.recalculation import embedded_engine
from xl_flexextra.recalculation.embedded_engine import IronCalc, NoAnswer, Question
from xl_flexextra.sources.parquet_files import read_parquet
from xl_flexextra.sources.spreadsheet import Spreadsheet

pytestmark = pytest.mark.windows


@pytest.fixture
def greedy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """A child with little."""
    monkeypatch.setattr(door, "MEMORY", 60 << 20)
    monkeypatch.setattr(door, "SECONDS", 1)
    monkeypatch.setattr(child, "_PATIENCE", 120.0)  # what ends it is not the clock
    monkeypatch.setattr(child, "_OWN_MEMORY", 60 << 20)
    monkeypatch.setattr(child, "_OWN_SECONDS", 2)
    made = Child("windows.greedy_child", "prices.xls", 100)
    yield made
    made.close()


@pytest.mark.parametrize("what", ["memory", "time"])
def test_a_child_that_takes_too_much_is_ended_and_that_is_a_sentence(greedy: Child, what: str) -> None:
    assert greedy.ask("number") != os.getpid()
    with pytest.raises(Refused, match=r"prices\.xls cannot be read within 60 MB of memory and 1 seconds"):
        greedy.ask(what)
    assert greedy._process.returncode is not None


def test_a_child_that_says_nothing_is_ended_by_the_clock(greedy: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy.ask("number")
    monkeypatch.setattr(child, "_PATIENCE", 0.5)
    with pytest.raises(Refused, match="cannot be read within"):
        greedy.ask("nothing")
    assert greedy._process.returncode is not None


@pytest.mark.skipif(os.name != "nt", reason="elsewhere the system limits memory and time only")
def test_a_child_starts_no_other_program_on_windows(greedy: Child) -> None:
    with pytest.raises(child.Failed):
        greedy.ask("another")


def test_a_child_is_the_process_that_reads_and_not_one_that_starts_it(greedy: Child) -> None:
    """The program of an environment on Windows only starts another one: to watch it would be to watch nothing."""
    assert greedy.ask("number") == greedy._process.pid


def test_files_of_other_people_are_read_in_such_children() -> None:
    made = io.BytesIO()
    parquet.write_table(pa.table({"valuation_date": ["2008-07-31"], "EQUITY": [10.5]}), made)
    assert read_parquet(made.getvalue(), "v.parquet").to_pydict() == {"valuation_date": ["2008-07-31"], "EQUITY": [10.5]}
    book = openpyxl.Workbook()
    book.active.append(["EQUITY", 10.5])
    made = io.BytesIO()
    book.save(made)
    assert Spreadsheet(made.getvalue(), "v.xlsx").sheet("Sheet") == (1, 1, [["EQUITY", 10.5]])


@pytest.mark.skipif(
    os.name != "nt", reason="elsewhere tests/sources/test_door.py has it with the memory of the whole command"
)
def test_a_parquet_file_that_unpacks_to_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MEMORY", 30 << 20)
    monkeypatch.setattr(child, "_OWN_MEMORY", 120 << 20)
    made = io.BytesIO()
    parquet.write_table(pa.table({"valuation_date": pa.array(["x" * (130 << 20)])}), made, compression="zstd")
    with pytest.raises(Refused, match="memory"):
        read_parquet(made.getvalue(), "long.parquet")


def test_the_engine_of_a_refresh_is_such_a_child_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    serve = "from xl_flexextra.files import in_child\nin_child.serve(lambda: None, lambda *_: [0 for _ in iter(int, 1)])"
    (tmp_path / "endless_engine.py").write_text(serve)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(embedded_engine, "CHILD", "endless_engine")
    monkeypatch.setattr(embedded_engine, "WORK", 1)
    monkeypatch.setattr(door, "SECONDS", 1)
    monkeypatch.setattr(child, "_OWN_SECONDS", 1)
    with IronCalc(seconds=600) as engine, pytest.raises(NoAnswer):  # its processor time ends it, not the clock
        engine.answers(Question(formulas=[(0, 1, 1, "1+1")]))


class Kernel:
    """What stands for Windows' own calls about jobs and processes."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses, self.called, self.limits = refuses, [], windows._Limits()

    def __getattr__(self, name: str) -> object:
        def call(*arguments: object) -> int:
            self.called.append(name)
            if name == "SetInformationJobObject":
                ctypes.memmove(ctypes.byref(self.limits), arguments[2], ctypes.sizeof(self.limits))
            return int(name != self.refuses)

        self.__dict__[name] = call
        return call


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(windows, "_kernel", lambda: made)
    monkeypatch.setattr(windows, "_error", lambda: OSError(13, "no"))
    monkeypatch.setattr(windows, "taken", lambda _process: (100, 1.5))
    return made


def test_the_job_of_a_child_counts_from_what_it_has_taken_and_cannot_be_loosened(kernel: Kernel) -> None:
    windows.limit(1000, 2)
    assert kernel.limits.time_of_process == 35_000_000  # 3.5 s in ticks of 100 ns
    assert kernel.limits.memory_of_process == 1100
    assert kernel.limits.processes == 1
    assert kernel.limits.flags == 0x2 | 0x8 | 0x100  # JOB_OBJECT_LIMIT_PROCESS_TIME, _ACTIVE_PROCESS, _PROCESS_MEMORY
    assert kernel.called[-2:] == ["AssignProcessToJobObject", "CloseHandle"]
    assert ctypes.sizeof(windows._Limits) == 144  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION of 64 bits


@pytest.mark.parametrize("call", ["SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_system_that_refuses_the_job_leaves_the_child_to_its_parent(
    kernel: Kernel, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel.refuses = call
    with pytest.raises(OSError, match="no"):
        windows.limit(1000, 2)
    monkeypatch.setattr(in_child, "WINDOWS", True)
    in_child.limit(1000, 2)  # no error: the child goes on, watched


def test_a_parent_ends_what_its_system_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOWS", True)
    for has, spent, beyond in ((0, 0.0, False), (child._OWN_MEMORY + 101, 0.0, True), (0, child._OWN_SECONDS + 2.1, True)):
        monkeypatch.setattr(windows, "taken", lambda _process, has=has, spent=spent: (has, spent))
        assert child._beyond(1, 100, 2) is beyond

    def gone(_process: int) -> tuple[int, float]:
        raise OSError(22, "no such process")

    monkeypatch.setattr(windows, "taken", gone)
    assert not child._beyond(1, 100, 2)


def test_the_program_of_an_environment_is_not_the_one_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_base_executable", r"C:\Python\python.exe", raising=False)
    monkeypatch.setattr(windows, "WINDOWS", True)
    assert child.python() == r"C:\Python\python.exe"
    monkeypatch.setattr(windows, "WINDOWS", False)
    assert child.python() == sys.executable
