import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../test/support/random.ts";
import { matchGlob, parseGlob } from "./glob.ts";
import { compilePatterns } from "./pattern.ts";

test("a star stops at a slash, two stars do not", () => {
  const cases: [pattern: string, path: string, matches: boolean][] = [
    ["*", "a", true],
    ["*", "a/b", false],
    ["*.go", "x.go", true],
    ["a/*/c", "a/b/c", true],
    ["a/*/c", "a/b/b/c", false],
    ["**", "a/b/c", true],
    ["**/c", "c", true],
    ["**/c", "a/b/c", true],
    ["**/c", "a/bc", false],
    ["a/**", "a/b/c", true],
    ["a/**/z", "a/z", true],
    ["?", "/", false],
    ["?", "ü", true],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["[^a]b", "/b", false],
    ["\\*", "*", true],
    ["\\*", "x", false],
  ];
  for (const [pattern, path, matches] of cases)
    assert.equal(matchGlob(parseGlob(pattern), path), matches, `${pattern} and ${path}`);
});

test("patterns that are none are refused", () => {
  for (const pattern of ["[", "[]", "[a", "[a-", "[-a]", "a\\", "[\\", "[z-a]"])
    assert.throws(() => parseGlob(pattern), { code: "PATTERN_INVALID" }, pattern);
});

test("no pattern explodes", () => {
  const pattern = parseGlob(`${"*a".repeat(100)}b`);
  // With backtracking this would not end in a lifetime.
  assert.equal(matchGlob(pattern, "a".repeat(2000)), false);
});

test("a star and a question mark match what a regular expression says", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = new Random(seed);
    const text = (letters: string, length: number): string =>
      Array.from({ length: random.below(length) }, () => random.pick([...letters])).join("");
    const [pattern, path] = [text("ab/*?", 7), text("ab/", 8)];
    const expected = new RegExp(`^${pattern.replace(/\*/g, "[^/]*").replace(/\?/g, "[^/]")}$`).test(path);
    assert.equal(matchGlob(parseGlob(pattern, false), path), expected, `${pattern} and ${path}`);
  }
});

test("of ignore patterns the last that matches decides, and a folder's exclusion is its files'", () => {
  const { ignores, rule } = compilePatterns(["*.log", "dir", "!dir/keep", "!important.log"]);
  assert.deepEqual(["a.log", "important.log", "dir", "dir/x", "dir/keep", "dir/keep/y", "other"].map(ignores), [
    true,
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
  assert.equal(rule("dir/keep/y"), 2);
  assert.equal(rule("other"), undefined);
});
