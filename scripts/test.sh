#!/usr/bin/env bash
# Sets up all, runs all tests. The last line is "N passed, N failed, N skipped"; 1 is the exit code if anything failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
bash scripts/setup.sh || { echo "the set-up failed"; echo "0 passed, 1 failed"; exit 1; }
exec node scripts/test.mjs "$@"
