#!/usr/bin/env bash
# npm run bench: sets up, then times.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh
exec node bench/run.mjs "$@"
