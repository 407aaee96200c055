// How time and memory grow with the number of files, of layers and of steps.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { smallFiles } from "./inputs.mjs";
import { plot } from "./plot.mjs";
import { median, must, timed } from "./timed.mjs";

const SERIES = [
  { name: "COPY, cold", unit: "file", counts: [1000, 10_000, 100_000, 300_000], prepare: files, flags: ["--no-cache"] },
  { name: "rebuild, nothing changed", unit: "file", counts: [1000, 10_000, 100_000, 300_000], prepare: files, flags: [] },
  { name: "RUN on a stack of layers", unit: "layer", counts: [1, 10, 100], prepare: layers, flags: ["--no-cache"] },
  { name: "COPY steps, cold", unit: "step", counts: [10, 100, 500], prepare: steps, flags: ["--no-cache"] },
  { name: "steps, nothing changed", unit: "step", counts: [10, 100, 500], prepare: steps, flags: [] },
];

/** Times all series with slipway and prints them; with `write` also as bench/growth.svg. */
export async function growth({ work, tool, base, runs, write }) {
  console.log("series                       count   seconds   us per unit   peak MiB");
  const measured = [];
  for (const series of SERIES) {
    const points = [];
    for (const count of series.counts) {
      // Two series work on one folder, and none is deleted before the end: ext4 passes over inodes just deleted.
      const folder = join(work, `growth-${series.prepare.name}-${count}`);
      if (!existsSync(folder)) {
        mkdirSync(folder);
        series.prepare(folder, count, { work, tool, base });
      }
      const command = tool.build(folder, "bench/growth", series.flags);
      must(command);
      const results = Array.from({ length: Math.min(runs, count > 50_000 ? 1 : 3) }, () => timed(command));
      const seconds = median(results.map((result) => result.seconds));
      const peakMiB = Math.max(...results.map((result) => result.peakMiB));
      points.push({ count, seconds, peakMiB });
      const columns = [
        seconds.toFixed(3).padStart(9),
        ((seconds / count) * 1e6).toFixed(0).padStart(13),
        peakMiB.toFixed(0).padStart(10),
      ];
      console.log(`${series.name.padEnd(26)} ${String(count).padStart(7)} ${columns.join(" ")}`);
    }
    measured.push({ ...series, points });
  }
  if (write) writeFileSync(join(import.meta.dirname, "growth.svg"), plot(measured));
}

function files(folder, count, { base }) {
  writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY src /src\n`);
  smallFiles(join(folder, "src"), count / 100, 100);
}

/** One RUN on an image of so many layers. */
function layers(folder, count, { tool, base }) {
  const below = join(folder, "below");
  mkdirSync(below);
  writeFileSync(join(below, "f"), "tiny\n");
  const copies = Array.from({ length: count }, (_, n) => `COPY f /${n}\n`).join("");
  writeFileSync(join(below, "Dockerfile"), `FROM ${base}\n${copies}`);
  must(tool.build(below, "bench-layers"));
  writeFileSync(join(folder, "Dockerfile"), "FROM bench-layers\nRUN ls / | wc -l > /count\n");
}

function steps(folder, count, { base }) {
  writeFileSync(join(folder, "f"), "tiny\n");
  const copies = Array.from({ length: count }, (_, n) => `COPY f /${n}\n`).join("");
  writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\n${copies}`);
}
