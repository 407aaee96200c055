/** The flags of `build`: those of buildx, those the classic builder had, and a few of slipway's own. */
import type { Flag } from "../flag.ts";

export const BUILD_FLAGS: readonly Flag[] = [
  { name: "add-host", kind: "words", help: 'Add a custom host-to-IP mapping (format: "host:ip")' },
  {
    name: "allow",
    kind: "list",
    help: 'Allow extra privileged entitlement (e.g., "network.host", "security.insecure", "device")',
  },
  { name: "annotation", kind: "list", help: "Add annotation to the image" },
  { name: "attest", kind: "list", help: 'Attestation parameters (format: "type=sbom,generator=image")', hidden: true },
  { name: "build-arg", kind: "list", help: "Set build-time variables" },
  { name: "build-context", kind: "list", help: "Additional build contexts (e.g., name=path)" },
  { name: "builder", kind: "text", help: "Of buildx; there is one builder here", hidden: true },
  {
    name: "cache-from",
    kind: "list",
    help: 'External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")',
  },
  {
    name: "cache-to",
    kind: "list",
    help: 'Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")',
  },
  {
    name: "call",
    kind: "text",
    help: 'Set method for evaluating build ("check", "outline", "targets")',
    default: "build",
  },
  { name: "cgroup-parent", kind: "text", help: 'Set the parent cgroup for the "RUN" instructions during build' },
  { name: "check", kind: "bool", help: 'Shorthand for "--call=check"' },
  { name: "cpu-period", kind: "int", help: "Limit the processor time of RUN: the period in microseconds" },
  { name: "cpu-quota", kind: "int", help: "Limit the processor time of RUN: microseconds in each period" },
  { name: "cpu-shares", short: "c", kind: "int", help: "Part of the processor time where steps compete (relative weight)" },
  { name: "cpus", kind: "text", help: "Limit the processor time of RUN to so many processors (e.g., 1.5)" },
  { name: "cpuset-cpus", kind: "text", help: "Processors that RUN may use (0-3, 0,1)" },
  { name: "cpuset-mems", kind: "text", help: "Memory nodes that RUN may use (0-3, 0,1)" },
  { name: "debug", short: "D", kind: "bool", help: "Enable debug logging" },
  { name: "dry-run", kind: "bool", help: "Tell what would run and why, and run nothing" },
  { name: "file", short: "f", kind: "text", help: 'Name of the Dockerfile (default: "PATH/Dockerfile")' },
  { name: "iidfile", kind: "text", help: "Write the image ID to a file" },
  { name: "jobs", kind: "int", help: "Steps at work at one time" },
  { name: "label", kind: "list", help: "Set metadata for an image" },
  { name: "load", kind: "bool", help: 'Shorthand for "--output=type=docker"' },
  { name: "memory", short: "m", kind: "bytes", help: "Memory limit of each RUN" },
  { name: "memory-swap", kind: "text", help: "Limit of memory and swap together; -1 is no limit" },
  { name: "metadata-file", kind: "text", help: "Write build result metadata to a file" },
  { name: "network", kind: "text", help: 'Set the networking mode for the "RUN" instructions during build', default: "default" },
  { name: "no-cache", kind: "bool", help: "Do not use cache when building the image" },
  { name: "no-cache-from", kind: "list", help: 'Do not cache from a line of a stage on (format: "[stage:]line")' },
  { name: "no-cache-filter", kind: "list", help: "Do not cache specified stages" },
  {
    name: "on-error",
    kind: "text",
    default: "stop",
    help: "When a RUN fails: stop, or open a shell in its place first (shell)",
  },
  { name: "output", short: "o", kind: "list", help: 'Output destination (format: "type=local,dest=path")' },
  { name: "platform", kind: "list", help: "Set target platform for build" },
  { name: "print", kind: "text", help: "Former name of --call", hidden: true },
  {
    name: "progress",
    kind: "text",
    help: 'Set type of progress output ("auto", "none", "plain", "quiet", "rawjson", "tty"). Use plain to show container output (default "auto")',
  },
  { name: "provenance", kind: "text", help: 'Shorthand for "--attest=type=provenance"' },
  {
    name: "pull",
    kind: "text",
    bare: "true",
    value: "",
    help: "Always attempt to pull all referenced images; or a policy: --pull=always, missing, never or newer",
  },
  { name: "push", kind: "bool", help: 'Shorthand for "--output=type=registry"' },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress the build output and print image ID on success" },
  {
    name: "rewrite-timestamp",
    kind: "bool",
    help: "Bring file times of the new layers down to SOURCE_DATE_EPOCH, or else to the time of the base image",
  },
  { name: "sbom", kind: "text", help: 'Shorthand for "--attest=type=sbom"' },
  { name: "secret", kind: "list", help: 'Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")' },
  { name: "shm-size", kind: "bytes", help: "Shared memory size for build containers" },
  { name: "squash", kind: "bool", help: "Make one layer of those that the build makes" },
  {
    name: "ssh",
    kind: "list",
    help: 'SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")',
  },
  { name: "tag", short: "t", kind: "list", help: 'Name and optionally a tag (format: "name:tag")' },
  { name: "target", kind: "text", help: "Set the target build stage to build" },
  {
    name: "unset",
    kind: "list",
    help: 'Leave out a setting of the base (e.g., "volume=/data", "env=NAME", "label=NAME", "expose=80", "entrypoint")',
  },
  { name: "ulimit", kind: "list", value: "ulimit", help: "Ulimit options" },

  { name: "compress", kind: "bool", help: "Compress the build context; without effect", hidden: true },
  { name: "disable-content-trust", kind: "bool", help: "Without effect", hidden: true },
  { name: "force-rm", kind: "bool", help: "Without effect", hidden: true },
  { name: "rm", kind: "bool", help: "Without effect", hidden: true },
  { name: "stream", kind: "bool", help: "Without effect", hidden: true },
  { name: "isolation", kind: "text", help: "Of Windows", hidden: true },
  { name: "security-opt", kind: "list", help: "Security options", hidden: true },
];

/** What is there instead of attestations. */
export const WITHOUT_ATTESTATIONS =
  "leave it out, or switch it off with --provenance=false and --sbom=false; what an image was made of is recorded: `slipway builds`, `slipway verify IMAGE`";

/** Flags that change the result or limit the build, and that slipway does not have: they are refused. */
export const REFUSED: Readonly<Record<string, string>> = {
  attest: WITHOUT_ATTESTATIONS,
  isolation: "it belongs to Windows",
  "security-opt": "a RUN that needs more takes --security=insecure",
};
