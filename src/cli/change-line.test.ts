import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../core/index.ts";
import { changeLine } from "./change-line.ts";

const cases: readonly [Change, string][] = [
  [{ kind: "variable", name: "V", before: "1", now: "2" }, 'V is "2", was "1"'],
  [{ kind: "variable", name: "V", now: "2" }, 'V is new: "2"'],
  [{ kind: "variable", name: "V", before: "1" }, 'V is gone, was "1"'],
  [{ kind: "variable", name: "TOKEN", hidden: true }, "TOKEN has another value"],
  [{ kind: "step", what: "command", before: "a\n  b", now: "c" }, 'the command is "c", was "a b"'],
  [{ kind: "step", what: "mounts" }, "the mounts changed"],
  [{ kind: "below", name: "[2/3] RUN a" }, "[2/3] RUN a changed"],
  [{ kind: "moved", before: "RUN a", now: "RUN b" }, 'it stands on "RUN b" now, not on "RUN a"'],
  [{ kind: "files", from: "stage b", total: 0, files: [] }, "files of stage b changed"],
  [
    {
      kind: "files",
      from: "the build context",
      total: 5,
      files: ["a", "b", "c", "d"].map((path) => ({ path, change: "mode" as const })),
    },
    "a (mode), b (mode), c (mode) and 2 more of the build context",
  ],
  [{ kind: "files", from: "x", total: 1, files: [{ path: "log", change: "ignored", pattern: "*" }] }, "log (ignored by *) of x"],
  [
    { kind: "image", name: "debian", before: `sha256:${"a".repeat(64)}`, now: `sha256:${"b".repeat(64)}` },
    "debian is another image: sha256:bbbbbbbbbbbb, was sha256:aaaaaaaaaaaa",
  ],
];

for (const [change, text] of cases) test(`a change is told: ${text}`, () => assert.equal(changeLine([change]), text));

test("several changes stand in one line", () => {
  assert.equal(
    changeLine([{ kind: "lost" }, { kind: "source", name: "x" }]),
    "its layer is not in the store any more; x has other content",
  );
});

test("nothing is said of a cache that was not to be used", () => {
  assert.equal(changeLine([{ kind: "no-cache" }]), undefined);
});

test("long values are cut", () => {
  const line = changeLine([{ kind: "variable", name: "V", now: "x".repeat(100) }]) ?? "";
  assert.match(line, /x{59}…"$/);
});
