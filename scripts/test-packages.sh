#!/usr/bin/env bash
# Installs, as root on Debian, what the tests use besides slipway itself. What cannot be had is left out; its tests say so.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive
wanted=()
for pair in mount:mount mmdebstrap:mmdebstrap docker-registry:docker-registry skopeo:skopeo umoci:umoci newuidmap:uidmap ssh-agent:openssh-client openssl:openssl git:git curl:curl zstd:zstd bzip2:bzip2 xz:xz-utils; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || wanted+=("${pair#*:}")
done
[[ ${#wanted[@]} == 0 ]] && exit 0
apt-get update -q >/dev/null
for package in "${wanted[@]}"; do
  apt-get install -y -q --no-install-recommends "$package" >/dev/null 2>&1 || echo "cannot be installed: $package"
done
