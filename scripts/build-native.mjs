// Compiles native/ to dist/slipway-exec. Without a compiler it says so and goes on: all but RUN and `run` work then.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "native");
const files = readdirSync(folder).map((name) => join(folder, name));
const sources = files.filter((file) => file.endsWith(".c"));
const target = join(root, "dist/slipway-exec");
mkdirSync(join(root, "dist"), { recursive: true });

const made = statSync(target, { throwIfNoEntry: false });
if (made && files.every((file) => made.mtimeMs >= statSync(file).mtimeMs)) process.exit(0);

// Renamed when done: a build that runs meanwhile keeps the program it has.
const fresh = `${target}.${process.pid}`;

for (const flags of [["-static"], []]) {
  const result = spawnSync("cc", ["-O2", "-Wall", "-Wextra", ...flags, "-o", fresh, ...sources], { encoding: "utf8" });
  if (result.error) {
    console.error("no C compiler: the native helper is not built, so RUN will not work");
    process.exit(0);
  }
  if (result.status === 0) {
    renameSync(fresh, target);
    process.exit(0);
  }
  if (flags.length === 0) {
    console.error(result.stderr);
    process.exit(1);
  }
}
