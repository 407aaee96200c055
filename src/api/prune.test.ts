import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesToKeep } from "./prune.ts";

const free = (bytes: number) => () => bytes;

test("the cache keeps as much as it may have", () => {
  assert.equal(bytesToKeep(100, { maxUsedBytes: 60 }, free(0)), 60);
  assert.equal(bytesToKeep(100, { reservedBytes: 30 }, free(0)), 30);
  assert.equal(bytesToKeep(100, { maxUsedBytes: 60, reservedBytes: 80 }, free(0)), 80);
});

test("space that is to be free comes from the cache, down to what is reserved", () => {
  assert.equal(bytesToKeep(100, { minFreeBytes: 50 }, free(20)), 70);
  assert.equal(bytesToKeep(100, { minFreeBytes: 50, maxUsedBytes: 60 }, free(20)), 60);
  assert.equal(bytesToKeep(100, { minFreeBytes: 500, reservedBytes: 40 }, free(20)), 40);
});

test("where enough is free nothing has to go for it", () => {
  assert.equal(bytesToKeep(100, { minFreeBytes: 50 }, free(60)), 100);
});
