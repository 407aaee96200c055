// Times slipway, Docker Engine and buildah with the same workloads, in turn (A B C A B C ...), and prints medians,
// ratios and slipway's peak memory; then how slipway's cost grows with files, layers and steps. In full it takes less
// than twenty minutes once the peers' root is there, and keeps all in bench/results.md, bench/results.svg and bench/growth.svg.
//   --case TEXT     only cases whose name has TEXT in it       --runs N    timed rounds after a warm-up (5)
//   --peers LIST    docker,buildah (both); `none` for slipway  --write     keeps what a part of it measured as well
//   --growth        the growth alone
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
const growthOnly = process.argv.includes("--growth");
const write = process.argv.includes("--write") || (only === "" && !growthOnly);
const BASE = "docker.io/library/bench-base:latest";

const work = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const others = peers(work, wanted === "none" || growthOnly ? [] : wanted.split(","));
const tools = [slipway(work), ...others.tools];
let registry;
try {
  console.log(`${machine()}; ${tools.map((tool) => tool.version).join(", ")}; ${runs} runs`);
  const baseTar = giveBase();
  if (!growthOnly) {
    registry = await startRegistry(work);
    console.log("case                           slipway s  docker s  ratio buildah s  ratio  peak MiB  goal");
    const rows = [];
    for (const file of readdirSync(join(import.meta.dirname, "cases")).sort()) {
      const name = file.replace(/\.mjs$/, "");
      if (!name.includes(only)) continue;
      const { default: workload } = await import(join(import.meta.dirname, "cases", file));
      if (workload.registry && !registry) continue;
      rows.push(await measure(name, workload, baseTar));
      if (write) writeResults(rows, tools);
    }
  }
  if (only === "") await growth({ work, tool: tools[0], base: BASE, runs, write });
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
  const spent = new Map(tools.map((tool) => [tool.name, 0]));
  const failed = new Set();
  let peakMiB = 0;
  for (let run = 0; run <= runs; run++) {
    const now = { ...place, run };
    await workload.before?.(now);
    for (const tool of tools) {
      // Who is slow has fewer rounds, and a peer that fails none.
      if (times.get(tool.name)?.length >= tool.leastRounds && spent.get(tool.name) > tool.seconds) continue;
      if (failed.has(tool.name)) continue;
      let measured;
      try {
        await workload.setUp?.(tool, now);
        measured = timed(command(tool, now));
      } catch (error) {
        if (tool.name === "slipway") throw error;
        console.error(`${name} without ${tool.name}: ${error.message}`);
        failed.add(tool.name);
        times.delete(tool.name);
        continue;
      }
      const { seconds, peakMiB: peak } = measured;
      spent.set(tool.name, spent.get(tool.name) + seconds);
      if (run === 0) continue; // warm-up
      times.get(tool.name).push(seconds);
      if (tool.name === "slipway") peakMiB = Math.max(peakMiB, peak);
    }
  }
  const medians = Object.fromEntries([...times].map(([tool, list]) => [tool, median(list)]));
  const rounds = [...times.values()].map((list) => list.length).join("/");
  const row = { name, title: workload.title, goal: workload.goal, ...medians, peakMiB, rounds };
  console.log(line(row));
  return row;
}

function line({ name, slipway: own, docker, buildah, peakMiB, goal }) {
  const number = (value, width, digits) => (value === undefined ? "-" : value.toFixed(digits)).padStart(width);
  const ratio = (other) => number(other && own / other, 6, 2);
  const columns = [number(own, 9, 3), number(docker, 9, 3), ratio(docker), number(buildah, 9, 3), ratio(buildah)];
  return `${name.padEnd(30)} ${columns.join(" ")} ${number(peakMiB, 9, 0)} ${number(goal, 5, 2)}`;
}
