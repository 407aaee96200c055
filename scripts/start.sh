#!/usr/bin/env bash
# The main job, from nothing: sets up, builds the example image, runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh
slipway=bin/slipway

if [[ -z $("$slipway" images -q busybox:latest) ]]; then
  if ! timeout 20 "$slipway" pull busybox:latest 2>/dev/null; then
    echo "no image registry can be reached: making busybox:latest from Debian's package busybox-static"
    bash scripts/busybox-base.sh | "$slipway" import -c 'CMD ["sh"]' - busybox:latest >/dev/null
  fi
fi

echo "building examples/hello"
"$slipway" build --progress=plain --build-arg NAME="${USER:-you}" -t hello examples/hello
echo
echo "running it:"
"$slipway" run --rm hello
echo
echo "the image is kept: $slipway images, $slipway history hello, $slipway run --rm -it hello sh"
