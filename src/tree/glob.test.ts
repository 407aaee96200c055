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

test("a path that no file can have is not ignored", () => {
  assert.equal(compilePatterns(["*"]).ignores(`${"a/".repeat(100_000)}b`), false);
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

test("of many patterns the same one decides as of few", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const text = (letters: string, length: number): string =>
      Array.from({ length: 1 + random.below(length) }, () => random.pick([...letters])).join("");
    const patterns = Array.from({ length: 60 }, () => `${random.below(4) === 0 ? "!" : ""}${text("aabbc/*?", 9)}`).filter(
      (pattern) => pattern !== "!",
    );
    const many = compilePatterns(patterns);
    for (let count = 0; count < 30; count++) {
      const path = text("abc", 4) + "/".concat(text("abc", 3));
      const [folder = ""] = path.split("/");
      const rule = patterns.findLastIndex((pattern) => compilePatterns([pattern.replace("!", "")]).rule(path) !== undefined);
      assert.equal(many.rule(path) ?? -1, rule, `${path}, seed ${seed}`);
      const few = patterns.slice(0, 20);
      const padded = [...Array.from({ length: 40 }, (_, i) => `none${i}`), ...few];
      for (const one of [folder, path])
        assert.equal(compilePatterns(padded).ignoresOnWalk(one), compilePatterns(few).ignoresOnWalk(one), `${one}, seed ${seed}`);
    }
  }
});
