// Times slipway, Docker Engine and buildah with the same workloads, in turn (A B C A B C ...), and prints medians,
// ratios and slipway's peak memory.
//   --case TEXT     only cases whose name has TEXT in it       --runs N    timed rounds after a warm-up (5)
//   --peers LIST    docker,buildah (both); `none` for slipway  --write     keeps the rows in bench/results.md
//   --growth        how cost grows with files, layers and steps instead; with --write also bench/growth.svg
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { growth } from "./growth.mjs";
import { startRegistry } from "./registry.mjs";
import { machine, writeResults } from "./results.mjs";
import { median, must, timed } from "./timed.mjs";
import { peers, slipway } from "./tools.mjs";

const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const runs = Number(option("--runs") ?? 5);
const only = option("--case") ?? "";
const wanted = option("--peers") ?? "docker,buildah";
const BASE = "docker.io/library/bench-base:latest";

const work = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const others = peers(work, wanted === "none" || process.argv.includes("--growth") ? [] : wanted.split(","));
const tools = [slipway(work), ...others.tools];
let registry;
try {
  console.log(`${machine()}; ${tools.map((tool) => tool.version).join(", ")}; ${runs} runs`);
  const baseTar = giveBase();
  if (process.argv.includes("--growth")) {
    await growth({ work, tool: tools[0], base: BASE, runs, write: process.argv.includes("--write") });
  } else {
    registry = await startRegistry(work);
    console.log("case                           slipway s  docker s  ratio buildah s  ratio  peak MiB  goal");
    const rows = [];
    for (const file of readdirSync(join(import.meta.dirname, "cases")).sort()) {
      const name = file.replace(/\.mjs$/, "");
      if (!name.includes(only)) continue;
      const { default: workload } = await import(join(import.meta.dirname, "cases", file));
      if (workload.registry && !registry) continue;
      rows.push(await measure(name, workload, baseTar));
      if (process.argv.includes("--write")) writeResults(rows, tools);
    }
  }
} finally {
  registry?.close();
  for (const tool of tools) {
    try {
      tool.clean();
    } catch (error) {
      console.error(String(error));
    }
  }
  others.close();
  rmSync(work, { recursive: true, force: true });
}

/** Gives all the same base image; returns its files as a tar. */
function giveBase() {
  const [own] = tools;
  const tar = join(work, "base.tar");
  must(["sh", "-c", `bash "${join(import.meta.dirname, "../scripts/busybox-base.sh")}" > "${tar}" 2>/dev/null`]);
  const folder = join(work, "base");
  mkdirSync(folder);
  must([
    "sh",
    "-c",
    `printf 'FROM scratch\\nADD base.tar /\\nCMD ["sh"]\\n' > "${folder}/Dockerfile" && cp "${tar}" "${folder}"`,
  ]);
  must(own.build(folder, BASE));
  const image = join(work, "base-image.tar");
  must(own.save(BASE, image));
  for (const tool of tools.slice(1)) must(tool.load(image, BASE));
  return tar;
}

async function measure(name, workload, baseTar) {
  // Inputs stay until the end: ext4 passes over each inode that was deleted in the last minutes before it gives out one.
  const folder = join(work, name);
  mkdirSync(folder);
  const place = { work, folder, base: BASE, baseTar, tools, registry: registry?.address };
  await workload.prepare?.(place);
  const command = workload.command ?? ((tool) => tool.build(folder, `bench/${name}`, workload.flags));
  const times = new Map(tools.map((tool) => [tool.name, []]));
  let peakMiB = 0;
  for (let run = 0; run <= runs; run++) {
    const now = { ...place, run };
    await workload.before?.(now);
    for (const tool of tools) {
      await workload.setUp?.(tool, now);
      const { seconds, peakMiB: peak } = timed(command(tool, now));
      if (run === 0) continue; // warm-up
      times.get(tool.name).push(seconds);
      if (tool.name === "slipway") peakMiB = Math.max(peakMiB, peak);
    }
  }
  const medians = Object.fromEntries([...times].map(([tool, list]) => [tool, median(list)]));
  const row = { name, title: workload.title, goal: workload.goal, ...medians, peakMiB };
  console.log(line(row));
  return row;
}

function line({ name, slipway: own, docker, buildah, peakMiB, goal }) {
  const number = (value, width, digits) => (value === undefined ? "-" : value.toFixed(digits)).padStart(width);
  const ratio = (other) => number(other && own / other, 6, 2);
  const columns = [number(own, 9, 3), number(docker, 9, 3), ratio(docker), number(buildah, 9, 3), ratio(buildah)];
  return `${name.padEnd(30)} ${columns.join(" ")} ${number(peakMiB, 9, 0)} ${number(goal, 5, 2)}`;
}
