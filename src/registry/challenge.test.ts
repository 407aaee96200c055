import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChallenges } from "./challenge.ts";

const cases: Record<string, [scheme: string, parameters: Record<string, string>][]> = {
  'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"': [
    ["bearer", { realm: "https://auth.example/token", service: "registry.example", scope: "repository:a/b:pull,push" }],
  ],
  "Basic realm=Registry": [["basic", { realm: "Registry" }]],
  'BASIC REALM="a \\"quoted\\" one"': [["basic", { realm: 'a "quoted" one' }]],
  'Negotiate, Basic realm="x", Bearer realm = "https://t" , service=s': [
    ["negotiate", {}],
    ["basic", { realm: "x" }],
    ["bearer", { realm: "https://t", service: "s" }],
  ],
  'Bearer realm="https://t?a=1,b=2"': [["bearer", { realm: "https://t?a=1,b=2" }]],
  "": [],
  '"': [],
  'Bearer realm="cut off': [["bearer", {}]],
};
for (const [header, expected] of Object.entries(cases)) {
  test(`the challenge ${header || "that is empty"} is read`, () => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    assert.deepEqual(found, expected);
  });
}
