import assert from "node:assert/strict";
import { test } from "node:test";
import { alignTable } from "./table.ts";

test("columns are ten wide at least and three blanks apart; the last is as it is", () => {
  assert.equal(alignTable("TAG\tID\nlatest-and-greatest\tabc"), "TAG                   ID\nlatest-and-greatest   abc");
  assert.equal(alignTable("TAG\tID\nv1\tabc"), "TAG       ID\nv1        abc");
});

test("wide characters count twice", () => {
  assert.equal(alignTable("名前名前名前\tx\nabcdefghijklm\ty"), "名前名前名前    x\nabcdefghijklm   y");
});
