import assert from "node:assert/strict";
import { test } from "node:test";
import { fitWidth, flattenText, textWidth } from "./text-width.ts";

test("wide characters take two cells, marks none", () => {
  assert.equal(textWidth("abc"), 3);
  assert.equal(textWidth("日本"), 4);
  assert.equal(textWidth("e\u0301"), 1);
  assert.equal(textWidth("🚀"), 2);
});

test("text is filled or cut to a width, never through a wide character", () => {
  assert.equal(fitWidth("ab", 4), "ab  ");
  assert.equal(fitWidth("日本", 3), "日 ");
});

test("what would move the cursor or change colours is taken out", () => {
  assert.equal(flattenText("\u001b[1;31mred\u001b[0m\ta\rb"), "red     ab");
});
