#!/usr/bin/env bash
# Makes the virtual environment .venv and installs the project into it. Usage: tools/setup.sh [core|test]
# Chooses the newest fitting Python. "core": also the libraries of the tests. "test": these, and the programs that the
# tests of the hosts need: LibreOffice, the Open XML validator, PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
root() { if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi; }
fitting() { "$1" -c 'import sys, venv; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && fitting "$candidate"; then python=$candidate; break; fi
    done
fi
if [ -z "$python" ]; then
    say "Python 3.11, 3.12 or 3.13 is missing; install one (or name it: PYTHON=/path/to/python3.12 make report)."
    exit 1
fi
if [ ! -x .venv/bin/python ] || ! fitting .venv/bin/python; then
    if ! "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        say "Installing Python's venv module ..."
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! { root apt-get -q -y update >/dev/null 2>&1; root apt-get -q -y install "python$version-venv" >/dev/null 2>&1; }; then
            say "Python's venv module is missing: install the package python$version-venv as root, then run this again."
            exit 1
        fi
    fi
    "$python" -m venv --clear .venv
fi

if [ -n "${1:-}" ]; then extra=test stamp=.venv/.installed-test; else extra=postgresql,pandas stamp=.venv/.installed-run; fi
if [ ! -f "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
    say "Installing the project and its libraries into .venv ..."
    .venv/bin/python -m pip install -qq --disable-pip-version-check --editable ".[$extra]"
    touch "$stamp"
fi
if [ "${1:-}" = test ]; then
    bash tools/install_libreoffice.sh
    bash tools/install_older_ironcalc.sh
    for script in tools/install_validator.sh tools/install_postgresql.sh; do
        if [ -f "$script" ]; then bash "$script"; fi
    done
fi
