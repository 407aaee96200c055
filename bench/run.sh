#!/usr/bin/env bash
# npm run bench: sets up, then times. The peers' root is made by scripts/peers.sh, which takes minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  for tool in docker-registry mmdebstrap python3; do
    command -v $tool >/dev/null || apt-get install -y -q --no-install-recommends $tool >/dev/null
  done
fi
exec node bench/run.mjs "$@"
