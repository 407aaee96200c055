import assert from "node:assert/strict";
import { test } from "node:test";
import type { CacheEntry } from "../../api/index.ts";
import { cacheChoice, meansMounts, removedEntries } from "./prune-values.ts";

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const entry = (more: Partial<CacheEntry> = {}): CacheEntry => ({
  type: "regular",
  id: "a".repeat(64),
  description: "[build 2/3] RUN make",
  size: 1500,
  created: NOW - 5 * HOUR,
  used: NOW - 3 * HOUR,
  shared: false,
  ...more,
});
const passes = (text: string, more?: Partial<CacheEntry>): boolean | undefined => cacheChoice([text], NOW)?.(entry(more));

test("until chooses what was not used since", () => {
  assert.equal(passes("until=2h"), true);
  assert.equal(passes("until=4h"), false);
  assert.equal(passes("unused-for=2h"), true);
});

test("filters choose by id, description, type and whether images share", () => {
  for (const text of [
    "id=aaaa",
    "id~=^a",
    "description~=make",
    "description=[build 2/3] RUN make",
    "type=regular",
    "type!=frontend",
    "private",
    "shared=false",
    "immutable",
  ])
    assert.equal(passes(text), true, text);
  for (const text of [
    "id=b",
    `id!=${"a".repeat(64)}`,
    "description!~=make",
    "type=exec.cachemount",
    "shared",
    "mutable",
    "inuse",
  ])
    assert.equal(passes(text), false, text);
  assert.equal(passes("mutable", { type: "exec.cachemount" }), true);
});

test("several filters must all hold, and none chooses all", () => {
  assert.equal(cacheChoice(["until=2h", "shared"], NOW)?.(entry()), false);
  assert.equal(cacheChoice([], NOW), undefined);
});

test("what is no filter is refused", () => {
  for (const text of ["colour=red", "parents=a", "until"])
    assert.throws(() => cacheChoice([text], NOW), { code: "FILTER_INVALID" }, text);
  for (const text of ["type=other", "shared=perhaps", "description~=("]) {
    assert.throws(() => cacheChoice([text], NOW), { code: "OPTION_VALUE_INVALID" }, text);
  }
});

test("cache mounts are meant by their type or by an id", () => {
  assert.deepEqual([["type=exec.cachemount"], ["id=ab"], ["until=1h"], []].map(meansMounts), [true, true, false, false]);
});

test("what went is listed as buildx lists it", () => {
  assert.equal(removedEntries([], NOW), "");
  const [head, first, second] = removedEntries([entry(), entry({ type: "exec.cachemount", size: 0 })], NOW).split("\n");
  assert.equal(head, "ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED");
  assert.equal(first, `${"a".repeat(25)}               \ttrue \t1.5kB     \t3 hours ago`);
  assert.match(second ?? "", /^a{25}\* +\ttrue \t0B +\t3 hours ago$/);
});
