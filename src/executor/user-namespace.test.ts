import assert from "node:assert/strict";
import { test } from "node:test";
import { subordinateIds } from "./user-namespace.ts";

test("ranges are those of the user, by name or number", () => {
  const text = "ann:100000:65536\n1001:165536:1000\nbob:300000:65536\nann:500000:10\n\n# none\n";
  assert.deepEqual(subordinateIds(text, ["ann", "1001"]), [
    { first: 100_000, count: 65_536 },
    { first: 165_536, count: 1000 },
    { first: 500_000, count: 10 },
  ]);
  assert.deepEqual(subordinateIds(text, ["carl", "1002"]), []);
});
