import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { layerChanges } from "./layer-changes.ts";

test("what is new, and what was there before, in the order of the paths", (t) => {
  const folder = temporaryFolder(t);
  const below = ["base", "second"].map((name) => writeFiles(join(folder, name), { "etc/hosts": "1", [`etc/${name}`]: "2" }));
  const layer = writeFiles(join(folder, "layer"), { "etc/hosts": "3", "etc/base": "4", "etc/own": "5", "a/b": "6" });
  assert.deepEqual(layerChanges(layer, below), [
    { kind: "added", path: "/a" },
    { kind: "added", path: "/a/b" },
    { kind: "changed", path: "/etc" },
    { kind: "changed", path: "/etc/base" },
    { kind: "changed", path: "/etc/hosts" },
    { kind: "added", path: "/etc/own" },
  ]);
  assert.deepEqual(layerChanges(writeFiles(join(folder, "empty"), {}), below), []);
});
