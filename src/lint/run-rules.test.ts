import assert from "node:assert/strict";
import { test } from "node:test";
import { adviseRun, type RunFacts } from "./index.ts";

function told(facts: Partial<RunFacts>): string[] {
  return adviseRun({ exposed: [], settled: false, hidden: [], ...facts }).map(({ rule, message }) => `${rule}: ${message}`);
}

test("a port that is exposed and not published is told, with what publishes it", () => {
  const [one = "", ...others] = told({ exposed: ["5000/tcp"] });
  assert.deepEqual(others, []);
  assert.match(one, /^ExposeDoesNotPublish: port 5000 is exposed but not published; it can .* add -p 5000:5000$/);
  assert.match(told({ exposed: ["53/udp", "80/tcp"] })[0] ?? "", /: ports 53, 80 are .* add -p 53:53\/udp -p 80:80$/);
});

test("of many ports only some are named", () => {
  const exposed = ["1/tcp", "2/tcp", "3/tcp", "4/tcp"];
  assert.match(told({ exposed })[0] ?? "", /: ports 1, 2, 3, \.\.\. are .* add -P$/);
});

test("nothing is told of ports where the call publishes some, names a network, or the image has none", () => {
  assert.deepEqual(told({ exposed: ["5000/tcp"], settled: true }), []);
  assert.deepEqual(told({}), []);
});

test("a bind over files of the image is told, with one of them", () => {
  const place = { target: "/app", more: false, example: "main.py" };
  assert.deepEqual(
    told({
      hidden: [
        { ...place, count: 3 },
        { ...place, count: 1 },
        { ...place, count: 1000, more: true },
      ],
    }),
    [
      "BindHidesImageFiles: the bind to /app hides 3 files of the image, e.g. main.py",
      "BindHidesImageFiles: the bind to /app hides a file of the image, main.py",
      "BindHidesImageFiles: the bind to /app hides more than 1000 files of the image, e.g. main.py",
    ],
  );
});
