// The builders that are timed, each as the command lines that its users would type. When a case has taken one of them so
// many `seconds`, no round follows that is not among its `leastRounds`.
import { spawn, spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { env, must } from "./timed.mjs";

const root = join(import.meta.dirname, "..");
const peersScript = join(root, "scripts/peers.sh");
const peersFolder = process.env.SLIPWAY_PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "slipway-peers");

/** slipway with a store of its own. */
export function slipway(work) {
  const program = [join(root, "bin/slipway"), "--root", join(work, "store")];
  return {
    name: "slipway",
    leastRounds: 5,
    seconds: Number.POSITIVE_INFINITY,
    version: must([...program, "--version"]).trim(),
    build: (folder, name, flags = []) => [...program, "build", "-q", "-t", name, ...flags, folder],
    buildAndPush: (folder, name, flags = []) => [...program, "build", "-q", "--push", "-t", name, ...flags, folder],
    push: (name) => [...program, "push", "-q", name],
    save: (name, file) => [...program, "save", "-o", file, name],
    load: (file) => [...program, "load", "-i", file],
    clean: () => {},
  };
}

/** Docker Engine and buildah in the peers' root, which sees `work`; none where the root cannot be made. */
export function peers(work, wanted) {
  if (wanted.length === 0) return { tools: [], close() {} };
  const up = spawnSync("bash", [peersScript, "up"], { env: { ...env, PEERS_SHARE: work }, encoding: "utf8" });
  if (up.status !== 0) {
    console.error(`slipway is timed alone: ${up.stderr.trim()}`);
    return { tools: [], close() {} };
  }
  // One process holds the root's mounts; each command joins it, which costs two milliseconds.
  const holder = spawn("bash", [peersScript, "enter", "sleep", "infinity"], {
    env: { ...env, PEERS_SHARE: work },
    stdio: "ignore",
  });
  const enter = (words) => ["nsenter", "--target", String(holder.pid), "--mount", "--root", ...words];
  while (spawnSync("sh", ["-c", `test -e /proc/${holder.pid}/root${work} && grep -qx sleep /proc/${holder.pid}/comm`]).status) {
    spawnSync("sleep", ["0.05"]);
  }
  const all = {
    docker: () => docker(enter, `unix://${join(peersFolder, "docker.sock")}`),
    buildah: () => buildah(enter),
  };
  return { tools: wanted.map((name) => all[name]()), close: () => holder.kill("SIGKILL") };
}

function docker(enter, socket) {
  const program = enter(["docker", "-H", socket]);
  return {
    name: "docker",
    leastRounds: 2,
    seconds: 50,
    version: `Docker Engine ${must([...program, "version", "--format", "{{.Server.Version}}"]).trim()}`,
    build: (folder, name, flags = []) => [...program, "build", "-q", "-t", name, ...flags, folder],
    buildAndPush: (folder, name, flags = []) => [...program, "build", "-q", "--push", "-t", name, ...flags, folder],
    push: (name) => [...program, "push", "-q", name],
    save: (name, file) => [...program, "save", "-o", file, name],
    load: (file) => [...program, "load", "-i", file],
    clean() {
      const names = must([...program, "images", "--format", "{{.Repository}}:{{.Tag}}"]).split("\n");
      const own = names.filter((name) => /^(bench|127\.0\.0\.1:\d+\/bench)/.test(name) && !name.endsWith("<none>"));
      if (own.length > 0) must([...program, "rmi", "-f", ...own]);
      must([...program, "image", "prune", "-f"]);
      must([...program, "builder", "prune", "-af"]);
    },
  };
}

function buildah(enter) {
  const program = enter(["buildah"]);
  const build = (folder, name, flags) => ["build", "--isolation=chroot", "--layers", "-q", "-t", name, ...flags, folder];
  const insecure = "--tls-verify=false";
  return {
    name: "buildah",
    leastRounds: 1,
    seconds: 20,
    version: must([...program, "--version"]).trim(),
    build: (folder, name, flags = []) => [...program, ...build(folder, name, [insecure, ...flags])],
    buildAndPush: (folder, name, flags = []) => [
      ...enter(["sh", "-c", 'name=$1; shift; buildah "$@" && buildah push -q --tls-verify=false "$name"', "sh"]),
      name,
      ...build(folder, name, [insecure, ...flags]),
    ],
    push: (name) => [...program, "push", "-q", insecure, name],
    save: (name, file) => enter(["sh", "-c", `rm -f "$2" && buildah push -q "$1" "docker-archive:$2"`, "sh", name, file]),
    // It takes names without a domain for those of localhost.
    load: (file, name) => enter(["sh", "-c", 'buildah tag "$(buildah pull -q "docker-archive:$1")" "$2"', "sh", file, name]),
    clean: () => must([...program, "rmi", "--all", "--force"]),
  };
}
