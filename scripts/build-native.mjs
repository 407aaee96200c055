// Compiles native/slipway-exec.c to dist/slipway-exec. Without a compiler it says so and goes on: RUN then works through util-linux.
import { spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const source = join(root, "native/slipway-exec.c");
const target = join(root, "dist/slipway-exec");
mkdirSync(join(root, "dist"), { recursive: true });

const made = statSync(target, { throwIfNoEntry: false });
if (made && made.mtimeMs >= statSync(source).mtimeMs) process.exit(0);

for (const flags of [["-static"], []]) {
  const result = spawnSync("cc", ["-O2", "-Wall", "-Wextra", ...flags, "-o", target, source], { encoding: "utf8" });
  if (result.error) {
    console.error("no C compiler: the native helper is not built, RUN will need unshare and setpriv");
    process.exit(0);
  }
  if (result.status === 0) process.exit(0);
  if (flags.length === 0) {
    console.error(result.stderr);
    process.exit(1);
  }
}
