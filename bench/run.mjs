// Times slipway beside Docker Engine on the same inputs, in turn, and prints medians, ratios and slipway's peak memory.
// Docker is asked for at DOCKER_HOST or the default socket; without it slipway is timed alone. `--runs N` (default 5), `--case NAME`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const runs = Number(option("--runs") ?? 5);
const only = option("--case");
const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "slipway-bench-"));
// It costs Node.js a tenth of a second at start-up and has nothing to do with the work.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const store = join(work, "store");

try {
  const docker = spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { env, encoding: "utf8" });
  const peer = docker.status === 0 ? docker.stdout.trim() : undefined;
  prepare(peer);
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} processors, Node.js ${process.version}; ${peer ? `Docker Engine ${peer}` : "no Docker Engine"}; ${runs} runs`,
  );
  console.log("case                             slipway s   docker s   ratio   peak MiB");
  for (const file of readdirSync(join(import.meta.dirname, "cases")).sort()) {
    const name = file.replace(/\.mjs$/, "");
    if (only && only !== name) continue;
    const { default: workload } = await import(join(import.meta.dirname, "cases", file));
    report(name, workload, peer);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Gives both the same base image. */
function prepare(peer) {
  const tar = join(work, "busybox.tar");
  must("sh", ["-c", `bash "${join(root, "scripts/busybox-base.sh")}" > "${tar}" 2>/dev/null`]);
  must(join(root, "bin/slipway"), ["--root", store, "import", "-c", 'CMD ["sh"]', tar, "busybox"]);
  if (peer) must("docker", ["import", "-c", 'CMD ["sh"]', tar, "busybox"]);
}

function report(name, workload, peer) {
  const folder = join(work, name);
  mkdirSync(folder);
  workload.prepare(folder);
  const own = [join(root, "bin/slipway"), "--root", store, "build", "-q", "-t", `bench-${name}`, ...workload.flags, folder];
  const other = ["docker", "build", "-q", "-t", `bench-${name}`, ...workload.flags, folder];
  const times = { own: [], other: [], peak: 0 };
  for (let run = 0; run <= runs; run++) {
    workload.before?.(folder, run);
    const a = timed(own);
    const b = peer ? timed(other) : undefined;
    if (run === 0) continue; // warm-up
    times.own.push(a.seconds);
    times.peak = Math.max(times.peak, a.peakMiB);
    if (b) times.other.push(b.seconds);
  }
  const [mine, theirs] = [median(times.own), median(times.other)];
  const columns = [
    mine.toFixed(3).padStart(9),
    peer ? theirs.toFixed(3).padStart(10) : "         -",
    peer ? (mine / theirs).toFixed(2).padStart(7) : "      -",
  ];
  console.log(`${name.padEnd(32)} ${columns.join(" ")} ${String(Math.round(times.peak)).padStart(10)}`);
  rmSync(folder, { recursive: true, force: true });
}

/** Wall time and peak memory of a command: the kernel's own account, told by a shell's child times. */
function timed([command, ...words]) {
  const script =
    "import resource,subprocess,sys,time;t=time.time();c=subprocess.call(sys.argv[1:],stdout=subprocess.DEVNULL);e=time.time()-t;print(c,e,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  const python = spawnSync("python3", ["-c", script, command, ...words], { env, encoding: "utf8" });
  if (python.error) {
    const start = process.hrtime.bigint();
    must(command, words);
    return { seconds: Number(process.hrtime.bigint() - start) / 1e9, peakMiB: 0 };
  }
  const [code, seconds, peakKiB] = python.stdout.trim().split(" ").map(Number);
  if (code !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${code}: ${python.stderr.slice(-500)}`);
  return { seconds, peakMiB: peakKiB / 1024 };
}

function must(command, words) {
  const { status, stderr } = spawnSync(command, words, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
