import assert from "node:assert/strict";
import { test } from "node:test";
import { Template } from "./template.ts";
import { fromJson } from "./values.ts";

const run = (text: string, data: unknown = {}): string => new Template(text).run(fromJson(data));

test("variables, else-if, nested ranges and trimming work together", () => {
  const data = {
    rows: [
      { name: "a", tags: ["1", "2"] },
      { name: "b", tags: [] },
    ],
  };
  assert.equal(
    run("{{range $i, $row := .rows}}{{$i}}{{.name}}:{{range .tags}}{{$row.name}}{{.}} {{else}}none{{end -}}  {{end}}", data),
    "0a:a1 a2 1b:none",
  );
  assert.equal(run('{{if false}}1{{else if eq "a" "a"}}2{{else}}3{{end}}'), "2");
  assert.equal(run("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}"), "2");
});

test("and and or stop where the answer is known", () => {
  assert.equal(run('{{or "a" (index "x" 9)}}'), "a");
  assert.equal(run('{{and "" (index "x" 9)}}'), "");
});

test("pipelines hand the value on as the last argument", () => {
  assert.equal(run('{{"a,b" | printf "%s-%s" "x" | upper}}'), "X-A,B");
});

test("printf knows widths, signs, quotes and what does not fit", () => {
  assert.equal(
    run('{{printf "%5d|%-5s|%05d|%+d|%q|%x|%t|%v" 42 "ab" 42 7 "q" 255 true 1.5}}'),
    '   42|ab   |00042|+7|"q"|ff|true|1.5',
  );
  assert.equal(run('{{printf "%d %s" "x"}}'), "%!d(string=x) %!s(MISSING)");
  assert.equal(run('{{printf "%s" "a" "b"}}'), "a%!(EXTRA string=b)");
  assert.equal(run('{{printf "%.2f %.0f %.1f" 2.675 0.5 0.25}}'), "2.67 0 0.2");
});

test("what is wrong is told with line and column", () => {
  const cases: readonly [string, string][] = [
    ["x\n{{.a | nope}}", 'template: :2: function "nope" not defined'],
    ["{{.a.b}}", `template: :1:4: executing "" at <.a.b>: can't evaluate field b in type string`],
    ["{{1 | 2}}", "template: :1: non executable command in pipeline stage 2"],
    ["{{$y}}", 'template: :1: undefined variable "$y"'],
    ["{{lower 1}}", 'template: :1:8: executing "" at <1>: expected string; found 1'],
    ['{{template "t"}}{{define "t"}}{{template "t"}}{{end}}', "exceeded maximum template depth"],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => run(text, { a: "s" }),
      (error: Error) => error.message.includes(message) || assert.fail(error.message),
      text,
    );
  }
});
