#!/usr/bin/env bash
# Installs LibreOffice Calc 25.2 or newer with its Python bridge, where a fitting one is missing. Debian 12 has an older one;
# there it comes from the release's own backports, by options of this one call: the apt configuration stays as it is.
set -euo pipefail

WANTED=25.2
PACKAGES=(libreoffice-calc python3-uno libreoffice-script-provider-python fonts-liberation fonts-crosextra-carlito poppler-utils)

say() { printf '%s\n' "$*" >&2; }
fits() { [ -n "${1:-}" ] && [ "$(printf '%s\n%s\n' "$WANTED" "$1" | sort -V | head -n 1)" = "$WANTED" ]; }
installed() {
    command -v soffice >/dev/null 2>&1 || return 1
    local version
    version=$(dpkg-query -W -f '${source:Upstream-Version}' libreoffice-calc 2>/dev/null || soffice --version 2>/dev/null | awk '{print $2}')
    fits "$version"
}
complete() { installed && command -v pdftotext >/dev/null 2>&1 && [ -n "$(ls /usr/lib/python3/dist-packages/uno.py 2>/dev/null)" ]; }

if complete; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    if installed; then exit 0; fi
    say "LibreOffice $WANTED or newer is missing: install it from libreoffice.org or your package manager, then run this again."
    exit 1
fi
SUDO=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1; then SUDO=(sudo -n); else
        say "LibreOffice $WANTED or newer is missing, and installing it needs root: run tools/install_libreoffice.sh as root once."
        exit 1
    fi
fi

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
lists=$work/lists # apt cleans this folder of what it does not know: nothing of ours may stand in it
mkdir -p "$lists/partial"
options=(-q -y -o "Dir::State::lists=$lists" -o APT::Sandbox::User=root -o Acquire::Retries=3)
target=()
. /etc/os-release
if [ "${VERSION_CODENAME:-}" = bookworm ]; then
    # the mirror that this machine uses for Debian itself
    mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true) |
        grep -v '^ *#' | grep -oE '(https?|file|mirror\+[a-z]+)://[^] ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
    if [ -z "$mirror" ]; then
        say "No Debian mirror was found in the apt sources; add one and run this again."
        exit 1
    fi
    printf 'deb %s bookworm-backports main\n' "$mirror" >"$work/backports.list"
    options+=(-o "Dir::Etc::sourcelist=$work/backports.list")
    target=(-t bookworm-backports)
fi
say "Installing LibreOffice Calc (some 300 MB, once) ..."
export DEBIAN_FRONTEND=noninteractive
"${SUDO[@]}" apt-get "${options[@]}" update >"$work/log" 2>&1 || true # one broken third-party source must not stop us
"${SUDO[@]}" apt-get "${options[@]}" "${target[@]}" install --no-install-recommends "${PACKAGES[@]}" >"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    say "apt could not install LibreOffice; correct what it says above and run this again."
    exit 1
}
if ! installed; then
    say "The newest LibreOffice of this system is older than $WANTED; install a newer one from libreoffice.org."
    exit 1
fi
