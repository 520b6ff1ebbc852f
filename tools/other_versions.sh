#!/usr/bin/env bash
# The quick tests of the core on the oldest libraries that pyproject.toml allows (with two of sources and
# workbooks, which lean on PyArrow most), and on each other Python that it allows and this machine has. Whichever Python is not found is said, and left out. Usage: tools/other_versions.sh
# Needs no root. Everything it makes lies in .versions/: uv in an environment of its own, then an environment a run.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=(-m pytest -q -n auto --max-worker-restart 0 -m "not slow")
wrong=()

say() { printf '%s\n' "$*"; }
runs() { "$1" -c "import sys; raise SystemExit(sys.version_info[:2] != tuple(map(int, '$2'.split('.'))))" >/dev/null 2>&1; }

python_of() { # a Python of that version, by its name or among pyenv's
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if runs "$candidate" "$1"; then command -v "$candidate"; return; fi
    done
    return 1
}

tested() { # tested NAME PYTHON TESTS REQUIREMENTS...: an environment anew, and the tests in it
    local name=$1 python=$2 home=.versions/$1 log=.versions/$1.log tests
    read -ra tests <<<"$3"
    shift 3
    $uv venv --quiet --clear --python "$python" "$home"
    $uv pip install --quiet --python "$home/bin/python" "$@"
    if bash tools/run_tests.sh "$home/bin/python" "${quick[@]}" -o "cache_dir=$home/cache" "${tests[@]}" >"$log" 2>&1; then
        say "$name: $(tail -n 1 "$log")"
    else
        say "$name: failed; the end of $log:"
        tail -n 40 "$log"
        wrong+=("$name")
    fi
}

mkdir -p .versions
if [ ! -x .versions/uv/bin/uv ]; then
    .venv/bin/python -m venv --clear .versions/uv
    .versions/uv/bin/python -m pip install -qq --disable-pip-version-check "uv>=0.5,<1"
fi
uv=.versions/uv/bin/uv

# what older versions of PyArrow could not do: time zones as +02:00; views of text
arrow="tests/sync/test_sources.py::test_midnight_of_a_time_zone_is_that_day"
arrow+=" tests/ooxml/test_irregular_rows.py::test_styles_and_holes_are_read_by_columns_as_row_by_row"
if oldest=$(python_of 3.11); then
    $uv pip compile --quiet --resolution lowest-direct --python "$oldest" --extra test pyproject.toml \
        --output-file .versions/lowest.txt >/dev/null
    tested "oldest-libraries" "$oldest" "tests/core $arrow" --requirements .versions/lowest.txt --editable .
else
    say "oldest-libraries: not run, for want of Python 3.11"
fi
for version in 3.11 3.12 3.13; do
    if runs .venv/bin/python "$version"; then continue; fi # which all other tests run on
    if python=$(python_of "$version"); then
        tested "python$version" "$python" tests/core --editable ".[test]"
    else
        say "python$version: not run, it is not on this machine"
    fi
done
if [ ${#wrong[@]} -gt 0 ]; then
    say "Failed: ${wrong[*]}"
    exit 1
fi
