import assert from "node:assert/strict";
import { test } from "node:test";
import { lineRange } from "../../core/index.ts";
import { checkJson, goJson, outlineText, targetsText } from "./call-report.ts";

test("targets are a table with the default marked", () => {
  const target = { base: "a", range: lineRange(1, 1) };
  const text = targetsText([
    { ...target, name: "build", isDefault: false, description: "compiles" },
    { ...target, name: "", isDefault: true },
  ]);
  assert.equal(text, "TARGET    DESCRIPTION\nbuild     compiles\n(default) \n");
});

test("an outline has a table for each kind that there is", () => {
  const range = lineRange(1, 1);
  const text = outlineText({ name: "x", arguments: [{ name: "PORT", value: "80", range }], secrets: [], ssh: [] });
  assert.equal(text, "TARGET: x\n\nBUILD ARG   VALUE   DESCRIPTION\nPORT        80      \n\n");
  assert.equal(outlineText({ name: "", arguments: [], secrets: [], ssh: [] }), "");
});

test("JSON is written as Go writes it", () => {
  assert.equal(goJson({ a: "<&>" }), '{\n  "a": "\\u003c\\u0026\\u003e"\n}\n');
  assert.deepEqual(checkJson([], { name: "D", text: "x" }, undefined), {
    warnings: null,
    sources: [{ filename: "D", data: "eA==", language: "Dockerfile" }],
  });
});
