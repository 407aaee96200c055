import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../core/index.ts";
import { parseGitReference } from "./index.ts";

test("what a query says and what a fragment says must agree", () => {
  const found = parseGitReference("https://example.com/x.git?ref=v1#v1:docs");
  assert.equal(found?.source.ref, "v1");
  assert.equal(found?.source.subdir, "docs");
  assert.throws(() => parseGitReference("https://example.com/x.git?ref=v1#v2"), SlipwayError);
});

test("a folder never leads out of the repository", () => {
  assert.equal(parseGitReference("https://example.com/x.git#main:../../etc")?.source.subdir, "etc");
});

test("a password is not in what is said about an address", () => {
  assert.throws(
    () => parseGitReference("https://me:hunter2@example.com/x.git?what=1"),
    (error: Error) => !error.message.includes("hunter2"),
  );
});
