#!/usr/bin/env bash
# An older IronCalc in an environment of its own: the engine of browsers is of that version, and has less than today's.
# Usage: tools/install_older_ironcalc.sh ; the tests of the native functions find it in .versions/ironcalc-0.8.3.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.versions/ironcalc-0.8.3
if ! "$home/bin/python" -c "import ironcalc" >/dev/null 2>&1; then
    mkdir -p .versions
    .venv/bin/python -m venv --clear "$home"
    "$home/bin/python" -m pip install -qq --disable-pip-version-check "ironcalc==0.8.3"
fi
