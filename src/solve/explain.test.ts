import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunMount, RunStep } from "../graph/index.ts";
import { explainStep } from "./explain.ts";

const run = (more: Partial<RunStep> = {}): RunStep => ({
  kind: "run",
  argv: ["/bin/sh", "-c", "make"],
  env: ["PATH=/bin"],
  cwd: "/",
  user: "",
  network: "default",
  security: "sandbox",
  mounts: [],
  platform: "linux/amd64",
  ...more,
});
const cache: RunMount = {
  type: "cache",
  target: "/cache",
  id: "a",
  sharing: "shared",
  source: "/",
  readonly: false,
  uid: 0,
  gid: 0,
  mode: 0o755,
};

test("a step that is as it was has no changes", () => {
  assert.deepEqual(explainStep(run(), run()), []);
});

test("a command is told without its shell", () => {
  const changes = explainStep(run(), run({ argv: ["/bin/sh", "-c", "make all"] }));
  assert.deepEqual(changes, [{ kind: "step", what: "command", before: "make", now: "make all" }]);
});

test("each variable is told with its values", () => {
  const changes = explainStep(run({ env: ["A=1", "GONE=x"] }), run({ env: ["A=2=3", "NEW="] }));
  assert.deepEqual(changes, [
    { kind: "variable", name: "A", before: "1", now: "2=3" },
    { kind: "variable", name: "GONE", before: "x" },
    { kind: "variable", name: "NEW", now: "" },
  ]);
});

test("the values of what looks like a secret are not told", () => {
  const changes = explainStep(run({ env: ["NPM_TOKEN=abc"] }), run({ env: ["NPM_TOKEN=def"] }));
  assert.deepEqual(changes, [{ kind: "variable", name: "NPM_TOKEN", hidden: true }]);
});

test("variables in another order are a change, for the process sees the order", () => {
  const changes = explainStep(run({ env: ["A=1", "B=2"] }), run({ env: ["B=2", "A=1"] }));
  assert.deepEqual(changes, [{ kind: "step", what: "order of variables" }]);
});

test("a mount goes by its target", () => {
  const [change] = explainStep(run({ mounts: [cache] }), run({ mounts: [{ ...cache, id: "b" }] }));
  assert.ok(change?.kind === "step");
  assert.equal(change.what, "mount /cache");
  assert.match(change.before ?? "", /"id":"a"/);
  assert.match(change.now ?? "", /"id":"b"/);
});

test("an option that was not there before has no value before", () => {
  assert.deepEqual(explainStep(run(), run({ shmSizeBytes: 5 })), [{ kind: "step", what: "shared memory", now: "5" }]);
});
