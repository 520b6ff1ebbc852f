#!/usr/bin/env bash
# Small faults put into the core, one at a time: a test has to fail on each. Usage: tools/mutants.sh [NAMES]
# NAMES are of functions or modules with *, as 'xl_flexextra.calculation.walk.*'; without them the whole core, which takes hours.
# Needs no root. mutmut lies in an environment of its own in .versions/, its copy of the project in mutants/.
set -euo pipefail
cd "$(dirname "$0")/.."

home=.versions/mutants
if [ ! -x "$home/bin/mutmut" ] || [ pyproject.toml -nt "$home/bin/mutmut" ]; then
    .venv/bin/python -m venv --clear "$home"
    "$home/bin/python" -m pip install -qq --disable-pip-version-check --editable ".[test]" "mutmut>=3.8,<4"
    touch "$home/bin/mutmut"
fi
rm -rf mutants
"$home/bin/mutmut" run "$@"
"$home/bin/mutmut" results
printf '%s\n' "A mutant that survived: $home/bin/mutmut show NAME"
