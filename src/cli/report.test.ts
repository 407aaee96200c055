import assert from "node:assert/strict";
import { test } from "node:test";
import { lineRange, SlipwayError } from "../core/index.ts";
import { Trace } from "./progress-trace.ts";
import { checkReport, failedSteps, renderDockerError, renderError, warningList } from "./report.ts";

const source = { name: "Dockerfile", text: "FROM busybox\nCOPY packge.json /x\n\tRUN 日本 x\nRUN a \\\n    b\n" };
const range = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
const error = (more: object) =>
  new SlipwayError("COPY found no packge.json in the build context", { code: "COPY_SOURCE_MISSING", ...more });

test("of many errors the first twenty are shown and the others counted", () => {
  const others = Array.from({ length: 30 }, (_, i) => new SlipwayError(`number ${i + 2}`, { code: "B" }));
  const shown = renderError(new SlipwayError("number 1", { code: "A", others }));
  assert.match(shown, /number 20 {2}\[B\]\n\nand 11 more errors\n$/);
});

test("an error shows its code, its place underlined, and what to do", () => {
  assert.equal(
    renderError(error({ source, range: range(2, 6, 17), hint: "the context has package.json" })),
    `error: COPY found no packge.json in the build context  [COPY_SOURCE_MISSING]
  --> Dockerfile:2:6
    |
  2 | COPY packge.json /x
    |      ^^^^^^^^^^^
  hint: the context has package.json
`,
  );
});

test("the underline stands right below tabs and wide characters", () => {
  assert.match(renderError(error({ source, range: range(3, 6, 8) })), /\n {2}3 \| {5}RUN 日本 x\n {4}\| {9}\^{4}\n/);
});

test("whole lines are shown without an underline", () => {
  assert.equal(
    renderError(error({ source, range: lineRange(4, 5) })),
    `error: COPY found no packge.json in the build context  [COPY_SOURCE_MISSING]
  --> Dockerfile:4
    |
  4 | RUN a \\
  5 |     b
`,
  );
});

test("a range over lines is underlined on each of them, from the first word to the last", () => {
  const over = { start: { line: 4, column: 5 }, end: { line: 5, column: 6 } };
  assert.match(renderError(error({ source, range: over })), /4 \| RUN a \\\n {4}\| {5}\^\^\^\n {2}5 \| {5}b\n {4}\| {5}\^\n/);
});

test("a range beyond the text is shown at its end", () => {
  assert.match(renderError(error({ source: { name: "x", text: "a" }, range: range(9, 1, 2) })), /1 \| a/);
});

test("further errors follow", () => {
  const second = new SlipwayError("second", { code: "B" });
  assert.equal(
    renderError(new SlipwayError("first", { code: "A", others: [second] })),
    "error: first  [A]\n\nerror: second  [B]\n",
  );
});

test("Docker's form keeps Docker's words at the beginning of the line", () => {
  const missing = new SlipwayError("No such image: x:latest", { code: "IMAGE_NOT_FOUND", hint: "look" });
  assert.equal(
    renderDockerError(missing, "Error response from daemon: "),
    "Error response from daemon: No such image: x:latest\n  hint: look\n",
  );
});

test("the last lines of a step that failed stand between rules", () => {
  const trace = new Trace();
  trace.take({ type: "vertex", id: "a", name: "[2/2] RUN x", state: "running", time: 0 });
  const data = Buffer.from(Array.from({ length: 12 }, (_, i) => `line ${i}\n`).join(""));
  trace.take({ type: "output", id: "a", stream: "stdout", data, time: 121 });
  trace.take({ type: "vertex", id: "a", name: "[2/2] RUN x", state: "failed", error: "no", time: 200 });
  trace.take({ type: "vertex", id: "b", name: "stopped", state: "failed", error: "This operation was aborted", time: 200 });
  const text = failedSteps(trace);
  assert.ok(text.startsWith("------\n > [2/2] RUN x:\n...\n0.121 line 2\n"), text);
  assert.ok(text.endsWith("0.121 line 11\n------\n"), text);
});

const warning = {
  rule: "StageNameCasing",
  message: "Stage name 'Build' should be lowercase",
  range: lineRange(1, 1),
  url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
};

test("warnings are listed after a build as docker lists them", () => {
  assert.equal(warningList([], source, false), "");
  assert.equal(
    warningList([warning], source, false),
    "\n 1 warning found (use docker --debug to expand):\n - StageNameCasing: Stage name 'Build' should be lowercase (line 1)\n",
  );
  const { url: _, ...own } = { ...warning, message: "no ARG declares X" };
  assert.equal(warningList([own], source, false), "note: no ARG declares X\n");
});

test("a check shows each warning with the lines around it", () => {
  assert.equal(checkReport([], source), "Check complete, no warnings found.\n");
  assert.equal(
    checkReport([warning], source),
    `Check complete, 1 warning has been found!

WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
Stage name 'Build' should be lowercase
Dockerfile:1
--------------------
   1 | >>> FROM busybox
   2 |     COPY packge.json /x
   3 |     \tRUN 日本 x
--------------------
`,
  );
});
