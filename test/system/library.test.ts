/** The library as a tool's author has it: the packed package in a project of its own, with its types, printing nothing. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
const repository = join(import.meta.dirname, "../..");
let place: Place;

const PROGRAM = `import { writeFileSync } from "node:fs";
import { build, importImage, openWorkbench, type ProgressEvent, runContainer, SlipwayError } from "slipway";
import { parseDockerfile } from "slipway/dockerfile";

const [root = "", base = "", context = "", report = ""] = process.argv.slice(2);
const bench = openWorkbench({ root });
await importImage(bench, base, { name: "busybox" });

const events: ProgressEvent[] = [];
const result = await build(bench, { context, tags: ["made"], onProgress: (event) => events.push(event) });
const states: string[] = events.flatMap((event) => (event.type === "vertex" ? [event.state] : []));

let refusal = "";
try {
  await build(bench, { context, file: "wrong.Dockerfile" });
} catch (error) {
  if (!(error instanceof SlipwayError)) throw error;
  refusal = error.code;
}

const abort = new AbortController();
let reason: unknown;
const stopped = build(bench, {
  context,
  file: "slow.Dockerfile",
  signal: abort.signal,
  onProgress: (event) => {
    if (event.type === "vertex" && event.state === "running" && event.name.includes("sleep"))
      setTimeout(() => abort.abort(new Error("enough")), 200);
  },
});
await stopped.catch((error: unknown) => {
  reason = error;
});

const code = await runContainer(bench, { image: "made", io: { onOutput: () => {} } });
const stages = parseDockerfile({ name: "Dockerfile", text: "FROM a\\nFROM b\\n" }).stages.length;
const { imageId: id, names } = result;
writeFileSync(report, JSON.stringify({ id, names, states, refusal, reason: String(reason), stages, code }));
`;

before(async () => {
  if (skip) return;
  place = new Place();
  place.files("project", {
    "package.json": '{ "name": "project", "private": true, "type": "module" }',
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        target: "es2023",
        strict: true,
        types: ["node"],
        typeRoots: [join(repository, "node_modules/@types")],
      },
      files: ["program.ts"],
    }),
    "program.ts": PROGRAM,
  });
  place.files("context", {
    Dockerfile: "FROM busybox\nCOPY file /\nRUN cat /file\nCMD exit 7\n",
    "wrong.Dockerfile": "FROM busybox\nRUNN x\n",
    "slow.Dockerfile": "FROM busybox\nRUN sleep 30\n",
    file: "a file",
  });
  await succeed(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", place.folder], repository);
  const tarball = readdirSync(place.folder).find((name) => name.endsWith(".tgz")) ?? "";
  const project = join(place.folder, "project");
  await succeed(
    ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", join(place.folder, tarball)],
    project,
  );
});
after(() => place?.[Symbol.dispose]());

async function succeed(words: readonly string[], cwd: string): Promise<Outcome> {
  const outcome = await run(words, cwd);
  assert.equal(outcome.code, 0, `${words.join(" ")}: ${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

test("the packed package has types, builds, refuses, aborts, runs, and prints nothing", { skip, timeout: 120_000 }, async () => {
  const project = join(place.folder, "project");
  await succeed([process.execPath, join(repository, "node_modules/typescript/bin/tsc"), "-p", "."], project);
  const report = join(place.folder, "report.json");
  const words = [process.execPath, "program.js", place.root, await busyboxTar(), join(place.folder, "context"), report];
  const { stdout, stderr } = await succeed(words, project);
  assert.equal(stdout + stderr, "");
  const { default: told } = await import(report, { with: { type: "json" } });
  assert.match(told.id, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(told.names, ["made:latest"]);
  assert.ok(told.states.includes("running") && told.states.includes("done"));
  assert.equal(told.refusal, "DOCKERFILE_UNKNOWN_INSTRUCTION");
  assert.equal(told.reason, "Error: enough");
  assert.equal(told.stages, 2);
  assert.equal(told.code, 7);
});

test("the command of the installed package is on the project's path", { skip, timeout: 60_000 }, async () => {
  const { stdout } = await succeed(
    [join(place.folder, "project/node_modules/.bin/slipway"), "--root", place.root, "images", "-q"],
    place.folder,
  );
  assert.match(stdout, /^[0-9a-f]{12}$/m);
});
