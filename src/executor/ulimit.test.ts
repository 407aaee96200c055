import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUlimit, ulimitName } from "./ulimit.ts";

test("a limit without a hard one has the soft one as both", () => {
  assert.deepEqual(parseUlimit("nofile=512"), { resource: 7, soft: 512, hard: 512 });
  assert.deepEqual(parseUlimit("core=0:-1"), { resource: 4, soft: 0, hard: -1 });
  assert.equal(ulimitName(7), "nofile");
});

test("what is no limit is refused", () => {
  for (const text of ["nofile", "nofile=", "files=3", "nofile=5:4", "nofile=-1:4", "nofile=1:2:3"]) {
    assert.throws(() => parseUlimit(text), { code: "ULIMIT_INVALID" }, text);
  }
});
