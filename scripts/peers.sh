#!/usr/bin/env bash
# The builders that slipway is compared with, kept apart from the machine in a Debian sid root of their own.
#
#   peers.sh up          makes the root where it is missing (minutes, once) and starts Docker Engine in it
#   peers.sh down        stops Docker Engine
#   peers.sh enter CMD   runs a command in the root, in a mount namespace of its own; the folders named in
#                        PEERS_SHARE (separated by colons) are seen there under the path they have here
#
# Root on Debian only. The root lies in SLIPWAY_PEERS, else in the user's cache folder. Docker listens on docker.sock in it.
set -euo pipefail
folder=${SLIPWAY_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway-peers}
root=$folder/sid
socket=$folder/docker.sock
pidfile=$root/run/slipway-peer.pid

fail() { echo "peers: $*" >&2; exit 1; }

make_root() {
  [[ -x $root/usr/sbin/dockerd && -x $root/usr/bin/buildah ]] && return
  rm -rf "$root"
  # The snapshot of sid that a mirror holds may be older than its Valid-Until says it should be.
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include=ca-certificates,git,iptables,nftables,docker.io,docker-cli,docker-buildx,runc,buildah,netavark \
    sid "$root" http://deb.debian.org/debian >"$folder/sid.log" 2>&1 || fail "the sid root could not be made, see $folder/sid.log"
}

# Daemons that share docker0 take it away from each other when one of them ends.
bridge() {
  local name=slipway-peer0
  command -v ip >/dev/null || { echo docker0; return; }
  if ! ip link show "$name" >/dev/null 2>&1; then
    ip link add "$name" type bridge && ip address add 172.31.251.1/24 dev "$name" && ip link set "$name" up || { echo docker0; return; }
  fi
  echo "$name"
}

configure() {
  local bridge; bridge=$(bridge)
  cp -f /etc/resolv.conf "$root/etc/resolv.conf"
  mkdir -p "$root/etc/docker" "$root/etc/containers" "$root$folder"
  cat >"$root/etc/docker/daemon.json" <<END
{
  "hosts": ["unix://$socket"],
  "data-root": "/var/lib/slipway-peer",
  "exec-root": "/run/slipway-peer",
  "pidfile": "/run/slipway-peer.pid",
  "bridge": "$bridge",
  "insecure-registries": ["127.0.0.0/8"],
  "features": { "containerd-snapshotter": false }
}
END
  # Not every machine lets limits be raised, and crun refuses hybrid cgroups.
  cat >"$root/etc/containers/containers.conf" <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
END
}

enter() {
  SID=$root SHARE=$folder:${PEERS_SHARE:-} exec unshare --mount --propagation private bash -ec '
    mount --rbind "$SID" "$SID"
    for part in proc sys dev; do mount --rbind "/$part" "$SID/$part"; done
    IFS=: read -ra shared <<<"$SHARE"
    for each in "${shared[@]}"; do
      [[ -n $each ]] || continue
      mkdir -p "$SID$each"
      # The folder of the peers holds the root itself, so what is mounted below it stays out.
      mount --bind "$each" "$SID$each"
    done
    cd "$SID" && mkdir -p .old && pivot_root . .old && cd / && umount --lazy /.old
    unset SID SHARE
    exec "$@"' bash "$@"
}

answers() { (enter docker -H "unix://$socket" version) >/dev/null 2>&1; }

up() {
  [[ $(id -u) == 0 ]] || fail "needs root"
  for tool in mmdebstrap mount unshare; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
  done
  mkdir -p "$folder"
  exec 9>"$folder/lock"; flock 9
  make_root
  configure
  if ! answers; then
    rm -f "$pidfile"
    (exec 9>&-; enter dockerd >"$folder/dockerd.log" 2>&1 </dev/null &)
    for _ in $(seq 60); do answers && break; sleep 0.5; done
    answers || fail "Docker Engine did not start, see $folder/dockerd.log"
  fi
  echo "$socket"
}

down() {
  [[ -f $pidfile ]] || return 0
  local pid; pid=$(<"$pidfile")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.25; done
  fail "Docker Engine, process $pid, does not stop"
}

case ${1:-} in
  up) up ;;
  down) down ;;
  enter) shift; enter "$@" ;;
  *) fail "up, down or enter CMD" ;;
esac
