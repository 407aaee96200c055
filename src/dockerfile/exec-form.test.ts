import assert from "node:assert/strict";
import { test } from "node:test";
import { meantExecForm } from "./index.ts";

const MEANT: readonly (readonly [text: string, meant: string | undefined])[] = [
  ["['a', 'b c']", '["a", "b c"]'],
  ['["a", "b",]', '["a", "b"]'],
  ['["a", "b"', '["a", "b"]'],
  ["[“a”, ”b”]", '["a", "b"]'],
  ["[/bin/sh, -c]", '["/bin/sh", "-c"]'],
  ['[a, "b"]', '["a", "b"]'],
  [String.raw`["C:\Windows\app.exe"]`, String.raw`["C:\\Windows\\app.exe"]`],
  ['["a"]', undefined],
  ["[ -f x ] || exit 1", undefined],
  ["[[ -f x ]]", undefined],
  ['["a"] && b', undefined],
  ["echo [a]", undefined],
];

for (const [text, meant] of MEANT) {
  test(`${text} is ${meant === undefined ? "left alone" : `meant as ${meant}`}`, () => assert.equal(meantExecForm(text), meant));
}
