// Builds dist/: the command, the worker of the tree folder, the library with its types, and the native helper.
// `--fast` leaves the types out.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const entries = { index: ".", dockerfile: "dockerfile", graph: "graph", registry: "registry", tree: "tree" };

for (const name of existsSync(dist) ? readdirSync(dist) : []) {
  if (/\.(js|cjs|cache)$/.test(name) || name === "types") rmSync(join(dist, name), { recursive: true });
}
const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  outdir: dist,
  external: ["koffi", "undici"],
  legalComments: "none",
  // Names stay, so that the stack of a bug can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
};
const files = Object.entries(entries).map(([out, folder]) => [out, join(root, "src", folder, "index.ts")]);
await build({
  ...common,
  format: "esm",
  entryPoints: Object.fromEntries(files.filter(([, file]) => existsSync(file))),
  splitting: true,
  chunkNames: "chunk-[hash]",
});
// The command is one CommonJS file: it starts a quarter faster than modules, and its machine code can be kept (bin/slipway).
await build({
  ...common,
  format: "cjs",
  external: ["koffi"],
  entryPoints: { main: join(root, "src/cli/index.ts") },
  outExtension: { ".js": ".cjs" },
  // A script that comes from kept machine code has no import(); require() does it as well.
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: 'const moduleUrl=require("node:url").pathToFileURL(__filename).href;' },
});
// One letter beyond ASCII makes V8 keep two bytes for each; esbuild escapes them everywhere but in regular expressions.
if (/[^\0-\x7f]/.test(readFileSync(join(dist, "main.cjs"), "utf8"))) throw new Error("dist/main.cjs is not all ASCII");
// The thread's program is one file, so that it starts fast.
await build({ ...common, format: "esm", entryPoints: { worker: join(root, "src/tree/worker.ts") } });

if (!process.argv.includes("--fast")) {
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")]);
  for (const file of readdirSync(join(dist, "types"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(dist, "types", file);
    // tsc leaves the endings of imports in declarations as they were written.
    writeFileSync(path, readFileSync(path, "utf8").replace(/((?:from|import\() ?"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}
run(process.execPath, [join(root, "scripts/build-native.mjs")]);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
