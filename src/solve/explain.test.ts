import assert from "node:assert/strict";
import { test } from "node:test";
import type { CopyAction, CopyStep, RunMount, RunStep } from "../graph/index.ts";
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

test("another shell is told as such, and a command in exec form has none", () => {
  const bash = explainStep(run(), run({ argv: ["/bin/bash", "-o", "pipefail", "-c", "make"] }));
  assert.deepEqual(bash, [{ kind: "step", what: "shell", before: "/bin/sh -c", now: "/bin/bash -o pipefail -c" }]);
  assert.deepEqual(explainStep(run(), run({ argv: ["make"] })), [{ kind: "step", what: "shell", before: "/bin/sh -c" }]);
  const exec = explainStep(run({ argv: ["npm", "run", "a"] }), run({ argv: ["npm", "run", "b"] }));
  assert.deepEqual(exec, [{ kind: "step", what: "command", before: "npm run a", now: "npm run b" }]);
});

test("of a mount the option is told that changed", () => {
  assert.deepEqual(explainStep(run({ mounts: [cache] }), run({ mounts: [{ ...cache, id: "b", mode: 0o700 }] })), [
    { kind: "step", what: "id of mount /cache", before: "a", now: "b" },
    { kind: "step", what: "mode of mount /cache", before: "0755", now: "0700" },
  ]);
  const other: RunMount = { type: "tmpfs", target: "/cache" };
  assert.deepEqual(explainStep(run({ mounts: [cache] }), run({ mounts: [other] })), [
    { kind: "step", what: "type of mount /cache", before: "cache", now: "tmpfs" },
  ]);
});

test("a mount that came or went is told by its type and id", () => {
  const changes = explainStep(run({ mounts: [cache] }), run({ mounts: [{ type: "tmpfs", target: "/tmp" }] }));
  assert.deepEqual(changes, [
    { kind: "step", what: "mount /cache", before: "cache a" },
    { kind: "step", what: "mount /tmp", now: "tmpfs" },
  ]);
});

test("mounts in another order are a change", () => {
  const other: RunMount = { type: "tmpfs", target: "/tmp" };
  const changes = explainStep(run({ mounts: [cache, other] }), run({ mounts: [other, cache] }));
  assert.deepEqual(changes, [{ kind: "step", what: "order of mounts" }]);
});

test("of a COPY the flag is told that changed", () => {
  const action: CopyAction = {
    source: "/src",
    wildcard: false,
    followLinks: true,
    contentsOnly: true,
    unpack: "never",
    parents: false,
    exclude: [],
    ignoreMissing: false,
  };
  const copy = (more: Partial<CopyAction>): CopyStep => ({ kind: "copy", actions: [{ ...action, ...more }], dest: "/" });
  assert.deepEqual(explainStep(copy({}), copy({ exclude: ["*.md"] })), [
    { kind: "step", what: "exclude", before: "[]", now: '["*.md"]' },
  ]);
  assert.deepEqual(explainStep(copy({}), copy({ source: "/lib" })), [
    { kind: "step", what: "source", before: "/src", now: "/lib" },
  ]);
});

test("an option that was not there before has no value before", () => {
  assert.deepEqual(explainStep(run(), run({ shmSizeBytes: 5 })), [{ kind: "step", what: "shared memory", now: "5" }]);
});
