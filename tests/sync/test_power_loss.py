"""What a power loss may leave: rights are set before the file is synced, a new folder of backups is synced in its parent."""

import os
import stat

import pytest

from xl_flexextra.files import atomic


def recorded(monkeypatch):
    done = []
    for name in ("fsync", "chmod", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, real=real, name=name: (done.append((name, given)), real(*given))[1])
    return done


@pytest.mark.skipif(os.name == "nt", reason="POSIX: modes of files, and its own renaming")
def test_a_book_could_come_back_with_the_rights_of_a_temporary_file(tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o640)
    done = recorded(monkeypatch)
    atomic.replace(path, lambda file: file.write(b"new"))
    names = [name for name, _ in done]
    assert names.index("chmod") < names.index("fsync") < names.index("replace")
    assert "chmod" not in names[names.index("fsync") :]
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o640)


def test_a_new_folder_of_backups_was_not_synced_in_its_parent(tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    synced = []
    real = atomic.sync_folder
    monkeypatch.setattr(atomic, "sync_folder", lambda folder: (synced.append(folder), real(folder))[1])
    atomic.back_up(path, "before-refresh")
    assert synced == [tmp_path, atomic.backup_folder(path)]
    synced.clear()
    atomic.back_up(path, "before-refresh")
    assert synced == [atomic.backup_folder(path)]
