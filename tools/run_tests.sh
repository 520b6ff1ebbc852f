#!/usr/bin/env bash
# Runs pytest as given. In CI, what failed is run once more, alone and one after the other, and the whole where a process of
# pytest ended (xdist waits for ever where it starts another one: --max-worker-restart 0). What passes then is unsteady, and
# its lines are there for a person to look into; what fails again fails the run.
set -uo pipefail
if [ -z "${CI:-}" ]; then exec "$@"; fi
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$@" 2>&1 | tee "$said"
code=${PIPESTATUS[0]}
if [ "$code" = 0 ]; then
    exit 0
elif grep -q "crashed and worker restarting disabled" "$said"; then
    echo "Once more, the whole: a process of pytest ended; the test that it ran is named above."
    "$@"
elif [ "$code" = 1 ]; then
    echo "Once more, alone: what failed. A test that passes now is unsteady; its lines are above."
    "$@" -n 0 --last-failed --last-failed-no-failures none -v
else
    exit "$code"
fi
