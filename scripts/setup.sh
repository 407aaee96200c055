#!/usr/bin/env bash
# Everything slipway needs to be built and started here. Does nothing that is done already.
set -euo pipefail
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }

if ! has cc && [[ $(id -u) == 0 ]] && has apt-get; then
  echo "installing a C compiler for the native helper"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >/dev/null
  apt-get install -y -q --no-install-recommends gcc libc6-dev >/dev/null
fi
if [[ ! -f node_modules/.installed || package.json -nt node_modules/.installed || package-lock.json -nt node_modules/.installed ]]; then
  # Not `npm ci`: it insists on optional packages of other systems being in the lock file. No package needs its install script.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.installed
fi
newest=$(find src native scripts package.json -type f -newer dist/.built 2>/dev/null | head -1 || true)
if [[ ! -f dist/.built || -n $newest ]]; then
  node scripts/build.mjs
  touch dist/.built
fi
