import assert from "node:assert/strict";
import { test } from "node:test";
import { unifiedDiff } from "./unified-diff.ts";

test("the same texts differ in nothing", () => {
  assert.equal(unifiedDiff("a", "x\n", "x\n"), "");
});

test("changes are shown with three lines around them, and far ones apart", () => {
  const before = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"].join("\n");
  const after = before.replace("2\n", "two\n").replace("10\n", "ten\nmore\n");
  const expected = [
    "--- f",
    "+++ f",
    "@@ -1,5 +1,5 @@",
    " 1",
    "-2",
    "+two",
    " 3",
    " 4",
    " 5",
    "@@ -7,5 +7,6 @@",
    " 7",
    " 8",
    " 9",
    "-10",
    "+ten",
    "+more",
    " 11",
    "\\ No newline at end of file",
    "",
  ];
  assert.equal(unifiedDiff("f", before, after), expected.join("\n"));
});

test("lines that go and lines that come are counted", () => {
  assert.equal(unifiedDiff("f", "a\n", ""), "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n");
  assert.equal(unifiedDiff("f", "", "a\nb\n"), "--- f\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
});
