import assert from "node:assert/strict";
import { test } from "node:test";
import { type Finding, LINT_FORMATS } from "./lint-formats.ts";

const FINDING: Finding = {
  rule: "DL3020",
  severity: "error",
  message: "use COPY, 100%",
  source: { name: "web app/Dockerfile", text: "FROM a\nADD a /a\n" },
  range: { start: { line: 2, column: 1 }, end: { line: 2, column: 9 } },
  edits: [{ start: 7, end: 10, text: "COPY" }],
};

function print(format: string, ...findings: Finding[]): string {
  return LINT_FORMATS[format]?.(findings, "1.2.3") ?? "";
}

test("tty shows the place and counts at the end", () => {
  const text = print("tty", FINDING, { ...FINDING, severity: "info" });
  assert.match(text, /^error: use COPY, 100% {2}\[DL3020\]\n {2}--> web app\/Dockerfile:2:1\n/);
  assert.match(text, /\nLint complete: 1 error, 1 info; lint --fix mends 2\.\n$/);
  assert.equal(print("tty"), "Lint complete, nothing found.\n");
});

test("json is what hadolint prints", () => {
  assert.deepEqual(JSON.parse(print("json", FINDING)), [
    { code: "DL3020", column: 1, file: "web app/Dockerfile", level: "error", line: 2, message: "use COPY, 100%" },
  ]);
});

test("sarif names each rule once and carries the fix", () => {
  const [run] = JSON.parse(print("sarif", FINDING, FINDING)).runs;
  assert.equal(run.tool.driver.rules.length, 1);
  assert.equal(run.results.length, 2);
  const [{ ruleIndex, locations, fixes }] = run.results;
  assert.equal(ruleIndex, 0);
  assert.equal(locations[0].physicalLocation.artifactLocation.uri, "web%20app/Dockerfile");
  assert.deepEqual(fixes[0].artifactChanges[0].replacements, [
    { deletedRegion: { charOffset: 7, charLength: 3 }, insertedContent: { text: "COPY" } },
  ]);
});

test("github annotates lines, with what ends a property escaped", () => {
  const expected = "::error file=web app/Dockerfile,line=2,endLine=2,col=1,title=DL3020::use COPY, 100%25\n";
  assert.equal(print("github", FINDING), expected);
  assert.match(print("github", { ...FINDING, severity: "style", rule: "a:b" }), /^::notice .*,title=a%3Ab::/);
});

test("two issues of gitlab's report have fingerprints of their own, which do not depend on the line's number", () => {
  const [first, second] = JSON.parse(print("gitlab_codeclimate", FINDING, FINDING));
  assert.notEqual(first.fingerprint, second.fingerprint);
  const further = { start: { line: 3, column: 1 }, end: { line: 4, column: 1 } };
  const moved = { ...FINDING, source: { ...FINDING.source, text: "\nFROM a\nADD a /a\n" }, range: further };
  const [same] = JSON.parse(print("gitlab_codeclimate", moved));
  assert.equal(same.fingerprint, first.fingerprint);
  assert.deepEqual(same.location.lines, { begin: 3, end: 3 });
  assert.equal(same.severity, "critical");
});
