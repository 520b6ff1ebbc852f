"""A disk that is full while a command writes: the sentence alone, and nothing left behind."""

import errno
import gc
import os
import subprocess
import sys

import pytest
from commands import run

from xl_flexextra.files import atomic

VALUES = "date,fund,value\n" + "".join(
    f"2008-{month:02d}-28,F{n},{10 + n / 7 + month}\n" for month in range(1, 13) for n in range(600)
)


@pytest.fixture
def small(tmp_path):
    """A folder on a disk of 64 KB."""
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("POSIX: mounting a small file system needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("POSIX: a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def told(monkeypatch):
    """What Python says of errors that nobody can catch, such as those of a file that is given up."""
    heard = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    return heard


def written(*given):
    code, said = run(*given)
    gc.collect()
    return code, said.strip().splitlines()[-1]


def test_a_report_on_a_full_disk_ended_with_a_trace(small, told):
    code, last = written("report", "--out", small / "o.xlsx")
    assert (code, told, os.listdir(small)) == (2, [], [])
    assert "could not be written (No space left on device); nothing was changed; check the space on the disk." in last


def test_a_load_into_a_new_store_on_a_full_disk_left_an_empty_store(small, tmp_path, told):
    (tmp_path / "v.csv").write_text(VALUES)
    (tmp_path / "few.csv").write_text("date,fund,value\n2008-01-31,F1,10\n")
    code, last = written("store", "load", small / "s.sqlite", "--from", tmp_path / "v.csv")
    assert (code, told, os.listdir(small)) == (2, [], [])
    assert last.endswith("disk is full; free space on its disk.")
    assert written("store", "load", small / "s.sqlite", "--from", tmp_path / "few.csv")[0] == 0
    assert written("store", "load", small / "s.sqlite", "--from", tmp_path / "v.csv")[0] == 2
    assert os.listdir(small) == ["s.sqlite"]  # with the load that it held
    assert "1 value " in written("store", "as-of", small / "s.sqlite", "2099-01-01", "--out", tmp_path / "then.csv")[1]


class Full:
    """A file on a disk that is full at one step."""

    def __init__(self, file, step):
        self._file, self._step = file, step

    def __getattr__(self, name):
        def full(*_given):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return full if name == self._step else getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()
        if self._step == "close":
            self.close()


@pytest.mark.windows
@pytest.mark.parametrize("step", ["write", "flush", "fsync", "close"])
def test_a_disk_that_is_full_at_any_step_is_a_sentence(tmp_path, monkeypatch, told, step):
    out = tmp_path / "t.xlsx"
    out.write_bytes(b"old")
    real = os.fdopen
    monkeypatch.setattr(atomic.os, "fdopen", lambda handle, mode: Full(real(handle, mode), step))
    if step == "fsync":
        monkeypatch.setattr(atomic.os, "fsync", lambda _handle: Full(None, "fsync").fsync())
    code, last = written("new", out, "--force")
    assert (code, told, os.listdir(tmp_path), out.read_bytes()) == (2, [], ["t.xlsx"], b"old")
    assert "No space left on device" in last
