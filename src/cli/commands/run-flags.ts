/** The flags of `run`: those that have an effect, those that need none, and those that are refused. */
import type { Flag } from "../flag.ts";

const TAKEN: readonly Flag[] = [
  { name: "entrypoint", kind: "text", help: "Overwrite the default ENTRYPOINT of the image" },
  { name: "env", short: "e", kind: "list", value: "list", help: "Set environment variables" },
  { name: "env-file", kind: "list", value: "list", help: "Read in a file of environment variables" },
  { name: "hostname", short: "h", kind: "text", help: "Container host name" },
  { name: "interactive", short: "i", kind: "bool", help: "Keep STDIN open even if not attached" },
  { name: "mount", kind: "list", value: "mount", help: "Attach a filesystem mount to the container" },
  { name: "network", kind: "text", default: "host", help: "Connect a container to a network: host or none" },
  { name: "platform", kind: "text", help: "Set platform if server is multi-platform capable" },
  { name: "privileged", kind: "bool", help: "Give extended privileges to this container" },
  { name: "pull", kind: "text", default: "missing", help: 'Pull image before running ("always", "missing", "never", "newer")' },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress the pull output" },
  { name: "read-only", kind: "bool", help: "Mount the container's root filesystem as read only" },
  { name: "rm", kind: "bool", help: "Automatically remove the container when it exits; it always is" },
  { name: "tty", short: "t", kind: "bool", help: "Give the process this terminal" },
  { name: "user", short: "u", kind: "text", help: "Username or UID (format: <name|uid>[:<group|gid>])" },
  { name: "volume", short: "v", kind: "list", value: "list", help: "Bind mount a folder" },
  { name: "workdir", short: "w", kind: "text", help: "Working directory inside the container" },
];

/** They change nothing that could be seen here: names and labels of a container that is gone when its process ends. */
const IDLE: readonly Flag[] = ["annotation", "label", "label-file", "log-opt", "stop-signal", "stop-timeout", "detach-keys"].map(
  (name) => ({
    name,
    ...(name === "label" ? { short: "l" } : {}),
    kind: "list",
    help: "Without effect",
    hidden: true,
  }),
);
const IDLE_BOOLS: readonly Flag[] = ["disable-content-trust", "init", "no-healthcheck", "sig-proxy"].map((name) => ({
  name,
  kind: "bool",
  help: "Without effect",
  hidden: true,
}));

/** Flags of docker run that would change what happens, by the letter they also have. */
const REFUSED: Readonly<Record<string, string>> = {
  "add-host": "",
  attach: "a",
  "blkio-weight": "",
  "cap-add": "",
  "cap-drop": "",
  "cgroup-parent": "",
  cgroupns: "",
  cidfile: "",
  "cpu-period": "",
  "cpu-quota": "",
  "cpu-shares": "c",
  cpus: "",
  "cpuset-cpus": "",
  "cpuset-mems": "",
  device: "",
  dns: "",
  "dns-option": "",
  "dns-search": "",
  domainname: "",
  expose: "",
  gpus: "",
  "group-add": "",
  "health-cmd": "",
  "health-interval": "",
  "health-retries": "",
  "health-timeout": "",
  ip: "",
  ipc: "",
  isolation: "",
  link: "",
  "log-driver": "",
  "mac-address": "",
  memory: "m",
  "memory-reservation": "",
  "memory-swap": "",
  name: "",
  "network-alias": "",
  "oom-score-adj": "",
  pid: "",
  "pids-limit": "",
  publish: "p",
  restart: "",
  runtime: "",
  "security-opt": "",
  "shm-size": "",
  sysctl: "",
  tmpfs: "",
  ulimit: "",
  userns: "",
  uts: "",
  "volume-driver": "",
  "volumes-from": "",
};
const REFUSED_BOOLS: Readonly<Record<string, string>> = {
  detach: "d",
  "oom-kill-disable": "",
  "publish-all": "P",
  "use-api-socket": "",
};

/** Names of flags that must be refused when they are given. */
export const RUN_REFUSED: readonly string[] = [...Object.keys(REFUSED), ...Object.keys(REFUSED_BOOLS)];

function refused(names: Readonly<Record<string, string>>, kind: "list" | "bool"): Flag[] {
  return Object.entries(names).map(([name, short]) => ({
    name,
    kind,
    help: "Not supported",
    hidden: true,
    ...(short ? { short } : {}),
  }));
}

export const RUN_FLAGS: readonly Flag[] = [
  ...TAKEN,
  ...IDLE,
  ...IDLE_BOOLS,
  ...refused(REFUSED, "list"),
  ...refused(REFUSED_BOOLS, "bool"),
];
