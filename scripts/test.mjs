// All tests, one kind after the other, and their sum as the last line.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testFiles } from "./test-files.mjs";

const sum = { passed: 0, failed: 0, skipped: 0 };
const update = process.argv.includes("--update");

tool("types", "node_modules/typescript/bin/tsc", ["-p", "."]);
tool("lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]);
prepare();
await nodeTests("unit", testFiles(["src", "test"], false));
await nodeTests("system", testFiles(["test"], true));
spawnSync("bash", ["scripts/peers.sh", "down"], { stdio: "inherit" });
await conformance();

const { passed, failed, skipped } = sum;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 ? 1 : 0);

/** A tool that must have nothing to say counts as one test. */
function tool(name, script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8", maxBuffer: 64 << 20 });
  if (status === 0) sum.passed++;
  else {
    sum.failed++;
    console.log(`${stdout}${stderr}`.slice(0, 20_000));
  }
  console.log(`${name}: ${status === 0 ? "ok" : "FAILED"}`);
}

/** What the tests need of the machine, where it can be had. */
function prepare() {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  spawnSync("bash", ["scripts/test-packages.sh"], { stdio: "inherit" });
}

async function nodeTests(name, files) {
  if (files.length === 0) return;
  const tap = await output(process.execPath, [
    "--import",
    "tsx",
    "--test",
    "--test-reporter=tap",
    "--test-concurrency=2",
    // One that hangs has failed, and is named.
    "--test-timeout=600000",
    ...files,
  ]);
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  sum.passed += count("pass");
  sum.failed += failed || (count("tests") === 0 ? 1 : 0);
  sum.skipped += count("skipped");
  for (const line of tap.split("\n")) if (/# SKIP/.test(line)) console.log(line.trim().replace(/^ok \d+ - /, "skipped: "));
  if (failed > 0 || count("tests") === 0)
    console.log(
      tap
        .split("\n")
        .filter((line) => !/^\s*(ok |duration_ms|---|\.\.\.|type:)/.test(line))
        .join("\n")
        .slice(0, 30_000),
    );
  console.log(`${name} tests: ${count("pass")} of ${count("tests")} passed`);
}

/** The recorded builds. A case that passed before must pass; a further one that passes is told, and kept with --update. */
async function conformance() {
  if (process.getuid?.() !== 0) {
    console.log("skipped: conformance suite (needs root)");
    sum.skipped++;
    return;
  }
  const list = "test/conformance/passing.txt";
  const known = new Set(existsSync(list) ? readFileSync(list, "utf8").split("\n").filter(Boolean) : []);
  const work = mkdtempSync(join(tmpdir(), "slipway-conformance-"));
  try {
    const result = join(work, "result.json");
    const text = await output(process.execPath, [
      "test/conformance/run.mjs",
      "--builder",
      join(process.cwd(), "bin/slipway"),
      "-j",
      "2",
      "--timeout",
      "120",
      "--work",
      work,
      "--json",
      result,
    ]);
    const lines = text.split("\n");
    const passing = lines.flatMap((line) => /^ok\s+(\S+)/.exec(line)?.[1] ?? []);
    const failing = lines.flatMap((line) => /^FAIL\s+(\S+)/.exec(line)?.[1] ?? []);
    const lost = [...known].filter((name) => !passing.includes(name));
    for (const name of lost) console.log(`conformance: ${name} passed before and fails now\n${detail(lines, name)}`);
    const fresh = passing.filter((name) => !known.has(name));
    if (fresh.length > 0) console.log(`conformance: newly passing: ${fresh.join(" ")}`);
    if (update) writeFileSync(list, `${[...new Set([...known, ...passing])].sort().join("\n")}\n`);
    for (const { name, reason } of differences()) {
      if (passing.includes(name)) console.log(`conformance: ${name} is listed as different and passes`);
      else if (failing.includes(name)) console.log(`conformance: ${name} differs: ${reason}`);
    }
    console.log(`conformance: ${passing.length} of ${passing.length + failing.length} cases pass`);
    sum.passed += passing.length;
    sum.failed += lost.length + (passing.length === 0 ? 1 : 0);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The cases where Docker is thought to be wrong. */
function differences() {
  const lines = readFileSync("test/conformance/differences.txt", "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, name, reason] = /^([^#\s]\S*)\s+(.*)$/.exec(line) ?? [];
    return name ? [{ name, reason }] : [];
  });
}

function detail(lines, name) {
  const at = lines.findIndex((line) => line.startsWith(`FAIL ${name}`));
  return at < 0 ? "" : lines.slice(at, at + 5).join("\n");
}

function output(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("close", () => resolve(text));
  });
}
