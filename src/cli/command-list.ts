/** All commands by name. */
import type { CommandEntry } from "./command.ts";

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    names: ["build", "buildx build", "builder build", "image build", "buildx b"],
    summary: "Build an image from a Dockerfile",
    load: () => import("./commands/build.ts"),
  },
  { names: ["builds", "builds ls"], summary: "List the builds that were", load: () => import("./commands/builds.ts") },
  { names: ["builds inspect"], summary: "Show records of builds as JSON", load: () => import("./commands/builds-inspect.ts") },
  { names: ["builds rm"], summary: "Forget builds", load: () => import("./commands/builds-rm.ts") },
  {
    names: ["logs", "container logs"],
    summary: "Print what a container, or the steps of a build, wrote",
    load: () => import("./commands/logs.ts"),
  },
  {
    names: ["explain"],
    summary: "Tell of each step of a build whether and why it was done",
    load: () => import("./commands/explain.ts"),
  },
  { names: ["lint"], summary: "Give advice about Dockerfiles", load: () => import("./commands/lint.ts") },
  {
    names: ["verify"],
    summary: "Make an image again and tell whether it is the same",
    load: () => import("./commands/verify.ts"),
  },
  {
    names: ["run", "container run"],
    summary: "Create and run a new container from an image",
    load: () => import("./commands/run.ts"),
  },
  {
    names: ["ps", "container ls", "container list", "container ps"],
    summary: "List containers",
    load: () => import("./commands/ps.ts"),
  },
  {
    names: ["create", "container create"],
    summary: "Create a container without starting it",
    load: () => import("./commands/create.ts"),
  },
  {
    names: ["cp", "container cp"],
    summary: "Copy files and folders out of a container",
    load: () => import("./commands/cp.ts"),
  },
  {
    names: ["diff", "container diff"],
    summary: "Inspect changes to files on a container's filesystem",
    load: () => import("./commands/diff.ts"),
  },
  {
    names: ["export", "container export"],
    summary: "Export a container's filesystem as a tar archive",
    load: () => import("./commands/export.ts"),
  },
  { names: ["stop", "container stop"], summary: "Stop one or more running containers", load: () => import("./commands/stop.ts") },
  { names: ["kill", "container kill"], summary: "Kill one or more running containers", load: () => import("./commands/kill.ts") },
  {
    names: ["wait", "container wait"],
    summary: "Block until one or more containers stop, then print their exit codes",
    load: () => import("./commands/wait.ts"),
  },
  {
    names: ["rm", "container rm", "container remove"],
    summary: "Remove one or more containers",
    load: () => import("./commands/rm.ts"),
  },
  {
    names: ["commit", "container commit"],
    summary: "Create a new image from a container's changes",
    load: () => import("./commands/commit.ts"),
  },
  {
    names: ["port", "container port"],
    summary: "List port mappings of a container",
    load: () => import("./commands/port.ts"),
  },
  { names: ["volume ls", "volume list"], summary: "List volumes", load: () => import("./commands/volume-ls.ts") },
  { names: ["volume rm", "volume remove"], summary: "Remove one or more volumes", load: () => import("./commands/volume-rm.ts") },
  { names: ["pull", "image pull"], summary: "Download an image from a registry", load: () => import("./commands/pull.ts") },
  { names: ["push", "image push"], summary: "Upload an image to a registry", load: () => import("./commands/push.ts") },
  { names: ["images", "image ls", "image list"], summary: "List images", load: () => import("./commands/images.ts") },
  {
    names: ["inspect"],
    summary: "Return low-level information on containers and images",
    load: () => import("./commands/inspect.ts"),
  },
  {
    names: ["image inspect"],
    summary: "Display detailed information on one or more images",
    load: () => import("./commands/image-inspect.ts"),
  },
  { names: ["history", "image history"], summary: "Show the history of an image", load: () => import("./commands/history.ts") },
  {
    names: ["tag", "image tag"],
    summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    load: () => import("./commands/tag.ts"),
  },
  { names: ["rmi", "image rm", "image remove"], summary: "Remove one or more images", load: () => import("./commands/rmi.ts") },
  {
    names: ["save", "image save"],
    summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
    load: () => import("./commands/save.ts"),
  },
  {
    names: ["load", "image load"],
    summary: "Load an image from a tar archive or STDIN",
    load: () => import("./commands/load.ts"),
  },
  {
    names: ["import", "image import"],
    summary: "Import the contents from a tarball to create a filesystem image",
    load: () => import("./commands/import.ts"),
  },
  { names: ["image prune"], summary: "Remove unused images", load: () => import("./commands/image-prune.ts") },
  { names: ["container prune"], summary: "Remove all stopped containers", load: () => import("./commands/container-prune.ts") },
  { names: ["volume prune"], summary: "Remove unused local volumes", load: () => import("./commands/volume-prune.ts") },
  { names: ["builder prune", "buildx prune"], summary: "Remove build cache", load: () => import("./commands/builder-prune.ts") },
  { names: ["system prune"], summary: "Remove unused data", load: () => import("./commands/system-prune.ts") },
  { names: ["system df"], summary: "Show disk usage", load: () => import("./commands/system-df.ts") },
  { names: ["login"], summary: "Authenticate to a registry", load: () => import("./commands/login.ts") },
  { names: ["logout"], summary: "Log out from a registry", load: () => import("./commands/logout.ts") },
  {
    names: ["unshare"],
    summary: "Run a program as root of the user namespace that slipway works in",
    load: () => import("./commands/unshare.ts"),
  },
  { names: ["version"], summary: "Show the slipway version information", load: () => import("./commands/version.ts") },
  { names: ["info", "system info"], summary: "Display system-wide information", load: () => import("./commands/info.ts") },
];

/** Names that stand before other names, with what they are for. */
export const GROUPS: Readonly<Record<string, string>> = {
  builder: "Manage builds",
  builds: "Look at builds that were",
  buildx: "Manage builds",
  container: "Run containers",
  image: "Manage images",
  system: "Manage space",
  volume: "Manage volumes",
};

/** Commands of Docker that have no meaning here, with what to do instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  swarm: "slipway runs no services",
  stack: "slipway runs no services",
  service: "slipway runs no services",
  node: "slipway runs no services",
  context: "there is no daemon to point at: --root chooses the store",
  plugin: "slipway has no plugins",
  trust: "slipway does not sign images",
  checkpoint: "a container of slipway has one process, which is not frozen",
  exec: "a container of slipway has one process: run another with slipway run",
  attach: "slipway logs -f shows what it prints",
  start: "slipway run starts a container, once: to go on from one, commit it and run the image",
  restart: "slipway run starts a container, once: to go on from one, commit it and run the image",
  pause: "a container of slipway has one process, which is not frozen",
  unpause: "a container of slipway has one process, which is not frozen",
  rename: "name a container when it is made: slipway run --name NAME",
  update: "the limits of a container are those of its start",
  top: "its processes are processes of this machine: ps shows them",
  stats: "its processes are processes of this machine: top shows them",
  events: "there is no daemon that would know: slipway builds and slipway ps -a list what was",
  network: "there are the host's network and none: slipway run --network none",
  search: "search on https://hub.docker.com",
  compose: "run the images one by one with slipway run",
  scout: "slipway build --sbom makes a list of what is in an image",
  bake: "build the targets one by one with slipway build",
};
