// bench/results.md: a row a case, each with the day it was measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { bars } from "./plot.mjs";

const file = join(import.meta.dirname, "results.md");

export function machine() {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model}, ${cpus().length} processors, ${memory} GiB, Linux ${release()}, Node.js ${process.version}`;
}

/** Puts rows into the table in place of those of the same case. */
export function writeResults(rows, tools) {
  const lines = new Map(kept());
  for (const row of rows) lines.set(row.name.slice(0, 2), rowOf(row));
  const text = [
    "# Measured",
    "",
    "Wall time of whole commands in seconds, medians after a warm-up, the builders in turn; written by `npm run bench`. _At most_",
    "is the ratio to Docker that is aimed at, which is met where buildah is not faster either; _rounds_ are those timed of slipway/Docker/buildah.",
    "",
    `${machine()}; ${tools.map((tool) => tool.version).join(", ")}.`,
    "",
    "| | workload | slipway | Docker | ratio | at most | met | buildah | ratio | peak MiB | rounds | measured |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ...[...lines].sort().map(([, line]) => line),
    "",
    "![times](results.svg)",
    "",
    "How cost grows, time and memory per unit (alone: `npm run bench -- --growth --write`):",
    "",
    "![growth](growth.svg)",
    "",
  ];
  writeFileSync(file, text.join("\n"));
  writeFileSync(join(import.meta.dirname, "results.svg"), bars(rows, ["slipway", "docker", "buildah"]));
}

function kept() {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.filter((line) => /^\| \d\d \|/.test(line)).map((line) => [line.slice(2, 4), line]);
}

function rowOf({ name, title, slipway, docker, buildah, goal, peakMiB, rounds }) {
  const number = (value, digits) => (value === undefined ? "-" : value.toFixed(digits));
  const ratio = (other) => number(other && slipway / other, 2);
  const cells = [
    name.slice(0, 2),
    title,
    number(slipway, 2),
    number(docker, 2),
    ratio(docker),
    number(goal, 2),
    docker === undefined ? "-" : slipway / docker <= goal && slipway <= (buildah ?? slipway) ? "yes" : "no",
    number(buildah, 2),
    ratio(buildah),
    number(peakMiB, 0),
    rounds,
    new Date().toISOString().slice(0, 16).replace("T", " "),
  ];
  return `| ${cells.join(" | ")} |`;
}
