import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../core/index.ts";
import { parseSettings } from "./settings.ts";
import { readYaml } from "./yaml.ts";

function yaml(text: string): unknown {
  // Maps without a prototype are compared as plain ones.
  return JSON.parse(JSON.stringify(readYaml({ name: "x.yaml", text })));
}

test("maps and lists are read by their indentation", () => {
  assert.deepEqual(yaml("a: 1 # one\n# no\nb:\n  - x\n  - 'y # z'\nc:\n- q\nd:\n  e: \"f\"\n  g: [h, i]\nj:\n"), {
    a: "1",
    b: ["x", "y # z"],
    c: ["q"],
    d: { e: "f", g: ["h", "i"] },
    j: null,
  });
  assert.equal(yaml("# nothing\n"), null);
});

test("what else YAML has is refused at its line", () => {
  for (const text of ["a: &x 1", "a: |\n  b", "a: 1\n   b: 2", "a: {b: c}", "a: [b", "a: 1\na: 2", "- a: 1", "a: 'b", "x\ny"]) {
    assert.throws(
      () => yaml(text),
      (error: unknown) => error instanceof SlipwayError && error.code === "LINT_SETTINGS_SYNTAX" && error.range !== undefined,
      text,
    );
  }
});

test("settings are those of hadolint", () => {
  const text =
    "failure-threshold: warning\nformat: tty\nignored:\n  - DL3006\noverride:\n  error:\n    - DL3003\ntrustedRegistries: [docker.io]\nlabel-schema:\n  a: url\nstrict-labels: true\n";
  const settings = parseSettings({ name: ".hadolint.yaml", text });
  assert.equal(settings.threshold, "warning");
  assert.ok(settings.ignored.has("DL3006"));
  assert.equal(settings.severities.get("DL3003"), "error");
  assert.deepEqual(settings.trustedRegistries, ["docker.io"]);
  assert.equal(settings.labelSchema.get("a"), "url");
  assert.ok(settings.strictLabels);
});

test("a setting that means nothing is told with its line", () => {
  for (const text of ["ignored: []\nfailure-threshold: bad", "ignored: []\nnonsense: 1", "x: 1\noverride:\n  bad: [A]", "a"]) {
    assert.throws(
      () => parseSettings({ name: "x", text }),
      (error: unknown) => error instanceof SlipwayError && error.code === "LINT_SETTING_INVALID",
      text,
    );
  }
});
