// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have variables too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../core/index.ts";
import { expandWord } from "./index.ts";

function expanded(word: string, x: string): string {
  return expandWord(word, new Map([["x", x]])).text;
}

function refusal(word: string, x: string): string {
  try {
    expanded(word, x);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error.code;
  }
  return assert.fail("it was expanded");
}

test("patterns over long values are looked for piece by piece", () => {
  const long = "a".repeat(300_000);
  assert.equal(expanded("${x##*a*a*a*b}", long), long);
  assert.equal(expanded("${x##*a*a*a}", long), "");
  assert.equal(expanded("${x//a/b}", long), "b".repeat(300_000));
  assert.equal(expanded("${x/z/c}", `${long}z`), `${long}c`);
});

test("a pattern and a value that are both endless are refused", () => {
  assert.equal(refusal(`\${x#*${"a".repeat(20_000)}b}`, "a".repeat(1_000_000)), "DOCKERFILE_PATTERN_TOO_COSTLY");
});

test("a word that comes to more than anybody writes is refused", () => {
  const megabyte = "a".repeat(2 ** 20);
  assert.equal(expanded("$x".repeat(16), megabyte).length, 2 ** 24);
  assert.equal(refusal("$x".repeat(17), megabyte), "DOCKERFILE_WORD_TOO_LONG");
  assert.equal(refusal("${x//?/$x}", "a".repeat(5000)), "DOCKERFILE_WORD_TOO_LONG");
});

test("braces in braces are read to a depth that nobody writes", () => {
  assert.equal(expanded("${y:-".repeat(300) + "z" + "}".repeat(300), ""), "z");
  assert.equal(refusal("${y:-".repeat(100_000), ""), "DOCKERFILE_NESTED_TOO_DEEP");
});
