"""A real PostgreSQL server of the tests' own, on a free port, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PASSWORD = "s3cret-Pa55"


def binaries() -> Path:
    """The folder of initdb and pg_ctl; a skip (in CI: a failure) where there is none."""
    if os.name == "nt":
        pytest.skip("POSIX: the server of these tests is Linux's")
    places = [Path(p).parent for p in (shutil.which("initdb"),) if p]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    sentence = "There is no PostgreSQL server; run tools/install_postgresql.sh"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def _as_user(command: list[str]) -> list[str]:
    """PostgreSQL does not run as root: as nobody then."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command] if os.geteuid() == 0 else command


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a running server, with its password."""
    place = binaries()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="flexextra-pg-", dir="/tmp") as text:
        folder = Path(text)
        secret = folder / "password"
        secret.write_text(PASSWORD + "\n")
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            for path in (folder, secret, data):
                os.chown(path, 65534, 65534)
        data.chmod(0o700)
        environment = os.environ | {"LC_ALL": "C", "HOME": text}

        def run(*command: str) -> None:
            done = subprocess.run(
                _as_user(list(command)), capture_output=True, text=True, env=environment, cwd=text, timeout=120
            )
            assert done.returncode == 0, done.stdout + done.stderr

        run(
            str(place / "initdb"),
            "-D",
            str(data),
            "-U",
            "actuary",
            "--auth=scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "-N",
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run(str(place / "pg_ctl"), "-D", str(data), "-w", "-t", "90", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://actuary:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            run(str(place / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
