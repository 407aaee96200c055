import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digestOf, type Range } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { Step, StepVertex } from "../graph/index.ts";
import { BUILD_RULES, Linter } from "../lint/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import { builtAdvice } from "./built-advice.ts";
import { StepTimes } from "./step-times.ts";

const HOST = { os: "linux", architecture: "amd64" };
const FILE = "FROM a\nRUN apt-get install -y x\nCOPY . /app/\n";
const INSTALL = "RUN /bin/sh -c apt-get install -y x # buildkit";
const LINES = ["base", INSTALL, "COPY . /app/ # buildkit"];

function vertex(step: Partial<Step>, line: number, base?: StepVertex): StepVertex {
  const range: Range = { start: { line, column: 1 }, end: { line: line + 1, column: 1 } };
  const origin = { stage: "0", name: `line ${line}`, ranges: [range] };
  return { step: step as Step, inputs: [], origin, ...(base ? { base } : {}) };
}

/** What comes of FILE, with what a RUN took. */
function planOf(config: ContainerConfig = {}): Plan {
  const result = vertex({ kind: "copy", dest: "/app/" }, 3, vertex({ kind: "run" }, 2));
  const history = LINES.map((line, index) => ({ entry: { created_by: line }, fromBase: index === 0 }));
  return { platform: HOST, result, config: { ...HOST, config }, history, base: undefined, stages: ["0"] };
}

/** A store with named images, each as the lines of its history, and layers that lie in folders. */
function storeOf(images: Readonly<Record<string, readonly string[]>>, folders: Readonly<Record<string, string>> = {}): Store {
  const digests = new Map(Object.entries(images).map(([name, lines]) => [digestOf(name), lines]));
  const parts = {
    images: {
      list: () => Object.keys(images).map((name) => ({ name, descriptor: { mediaType: "", digest: digestOf(name), size: 0 } })),
      manifest: (digest: string) => ({ config: { digest } }),
      config: (digest: `sha256:${string}`) => ({ history: digests.get(digest)?.map((line) => ({ created_by: line })) }),
    },
    layers: { has: (id: string) => id in folders, folder: (id: string) => folders[id] },
  };
  return parts as unknown as Store;
}

interface Done {
  readonly plan?: Plan;
  readonly snapshot?: readonly `sha256:${string}`[];
  readonly seconds?: number;
}

function told(store: Store, { plan = planOf(), snapshot = [], seconds = 100 }: Done = {}): string[] {
  const times = new StepTimes();
  for (const [state, time] of [
    ["running", 0],
    ["done", seconds * 1000],
  ] as const)
    if (seconds > 0) times.on({ type: "vertex", id: "v1", name: "line 2", state, time });
  const options = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
  };
  const file = parseDockerfile({ name: "Dockerfile", text: FILE });
  const linter = new Linter(file, { plan: options, ignored: undefined, isImageName: () => true, rules: BUILD_RULES });
  return builtAdvice(store, [{ plan, snapshot }], [linter], times, ["mine:2"]).map(({ rule, message }) => `${rule}: ${message}`);
}

test("repositories that install the same are counted, but for the image's own and those that stand on it", () => {
  const images = {
    "one:1": ["base", INSTALL, "CMD one"],
    "one:2": ["base", INSTALL, "CMD two"],
    "two:1": ["other", INSTALL],
    "mine:1": ["base", INSTALL],
    "above:1": [...LINES, "CMD above"],
    "unlike:1": ["base", "RUN make"],
  };
  assert.match(told(storeOf(images)).join(), /^SplitRuntime: installing took 100 s, and 2 other images install the same;/);
  const { "two:1": _two, ...fewer } = images;
  assert.deepEqual(told(storeOf(fewer)), []);
});

test("a build that did nothing is told nothing", () => {
  const images = { "one:1": ["base", INSTALL], "two:1": ["other", INSTALL] };
  assert.deepEqual(told(storeOf(images), { seconds: 0 }), []);
});

test("folders decide what the user can write; of what an unseen COPY may have made nothing is said", (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root, to give files away");
  const folder = mkdtempSync(join(tmpdir(), "slipway-advice-"));
  try {
    for (const name of ["etc", "own", "open", "shared", "closed"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "etc/passwd"), "root:x:0:0::/root:/bin/sh\napp:x:7:8::/own:/bin/sh\n");
    chmodSync(folder, 0o755);
    chownSync(join(folder, "own"), 7, 0);
    chmodSync(join(folder, "open"), 0o1777);
    chownSync(join(folder, "shared"), 0, 8);
    chmodSync(join(folder, "shared"), 0o770);
    const [laid, packed] = [digestOf("laid"), digestOf("packed")];
    const store = storeOf({}, { [laid]: folder });
    const Volumes = Object.fromEntries(["/own", "/open", "/shared", "/closed", "/missing", "/app"].map((path) => [path, {}]));
    const closed = (path: string): string =>
      `RunAsOtherUser: user app cannot write the volume ${path}; make the folder and give it to the user above VOLUME`;

    const plan = planOf({ User: "app", Volumes });
    assert.deepEqual(told(store, { plan, snapshot: [laid] }), ["/closed", "/missing", "/app"].map(closed));
    assert.deepEqual(told(store, { plan, snapshot: [laid, packed] }), ["/closed", "/missing"].map(closed));
    assert.deepEqual(told(store, { plan, snapshot: [packed, laid] }), []);

    const home = (config: ContainerConfig): string[] => told(store, { plan: planOf(config), snapshot: [laid, packed] });
    assert.match(home({ User: "99:99" }).join(), /^RunAsOtherUser: uid 99 is not in \/etc\/passwd/);
    assert.deepEqual(home({ User: "99", Env: ["HOME=/open"] }), []);
    for (const User of ["app", "7", "0", "root", "0:5", "", "nobody"]) assert.deepEqual(home({ User }), [], User);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
