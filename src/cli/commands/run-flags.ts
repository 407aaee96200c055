/** The flags of `run`: those that have an effect, those that need none, and those that are refused. */
import type { Flag } from "../flag.ts";

const TAKEN: readonly Flag[] = [
  { name: "add-host", kind: "list", value: "list", help: "Add a custom host-to-IP mapping (host:ip)" },
  { name: "cap-add", kind: "list", value: "list", help: "Add Linux capabilities" },
  { name: "cap-drop", kind: "list", value: "list", help: "Drop Linux capabilities" },
  { name: "detach", short: "d", kind: "bool", help: "Run container in background and print container ID" },
  { name: "cidfile", kind: "text", help: "Write the container ID to the file" },
  { name: "entrypoint", kind: "text", help: "Overwrite the default ENTRYPOINT of the image" },
  { name: "env", short: "e", kind: "list", value: "list", help: "Set environment variables" },
  { name: "env-file", kind: "list", value: "list", help: "Read in a file of environment variables" },
  { name: "hostname", short: "h", kind: "text", help: "Container host name" },
  { name: "interactive", short: "i", kind: "bool", help: "Keep STDIN open even if not attached" },
  { name: "label", short: "l", kind: "list", value: "list", help: "Set meta data on a container" },
  { name: "label-file", kind: "list", value: "list", help: "Read in a line delimited file of labels" },
  { name: "mount", kind: "list", value: "mount", help: "Attach a filesystem mount to the container" },
  { name: "name", kind: "text", help: "Assign a name to the container" },
  { name: "network", kind: "text", help: "Connect a container to a network: host, as without the option, or none" },
  { name: "platform", kind: "text", help: "Set platform if server is multi-platform capable" },
  { name: "privileged", kind: "bool", help: "Give extended privileges to this container" },
  { name: "pull", kind: "text", default: "missing", help: 'Pull image before running ("always", "missing", "never", "newer")' },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress the pull output" },
  { name: "read-only", kind: "bool", help: "Mount the container's root filesystem as read only" },
  { name: "publish", short: "p", kind: "list", value: "list", help: "Publish a container's port(s) to the host" },
  { name: "publish-all", short: "P", kind: "bool", help: "Publish all exposed ports to random ports" },
  { name: "rm", kind: "bool", help: "Automatically remove the container when it exits" },
  { name: "shm-size", kind: "bytes", help: "Size of /dev/shm" },
  { name: "stop-signal", kind: "text", help: "Signal to stop the container" },
  { name: "tmpfs", kind: "list", value: "list", help: "Mount a tmpfs directory" },
  { name: "ulimit", kind: "list", value: "ulimit", help: "Ulimit options" },
  { name: "tty", short: "t", kind: "bool", help: "Give the process this terminal" },
  { name: "user", short: "u", kind: "text", help: "Username or UID (format: <name|uid>[:<group|gid>])" },
  { name: "volume", short: "v", kind: "list", value: "list", help: "Bind mount a folder, or a volume by its name" },
  { name: "workdir", short: "w", kind: "text", help: "Working directory inside the container" },
];

/** They change nothing that could be seen here. */
const IDLE: readonly Flag[] = ["annotation", "log-opt", "stop-timeout", "detach-keys"].map((name) => ({
  name,
  kind: "list",
  help: "Without effect",
  hidden: true,
}));
const IDLE_BOOLS: readonly Flag[] = ["disable-content-trust", "init", "no-healthcheck", "sig-proxy"].map((name) => ({
  name,
  kind: "bool",
  help: "Without effect",
  hidden: true,
}));

/** Flags of docker run that would change what happens, by the letter they also have. */
const REFUSED: Readonly<Record<string, string>> = {
  attach: "a",
  "blkio-weight": "",
  "cgroup-parent": "",
  cgroupns: "",
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
  "network-alias": "",
  "oom-score-adj": "",
  pid: "",
  "pids-limit": "",
  restart: "",
  runtime: "",
  "security-opt": "",
  sysctl: "",
  userns: "",
  uts: "",
  "volume-driver": "",
  "volumes-from": "",
};
const REFUSED_BOOLS: Readonly<Record<string, string>> = {
  "oom-kill-disable": "",
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
