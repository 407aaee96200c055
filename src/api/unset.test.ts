import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../plan/index.ts";
import { withoutSettings } from "./unset.ts";

const plan = {
  config: {
    os: "linux",
    architecture: "amd64",
    config: {
      Env: ["PATH=/bin", "A=1"],
      Labels: { a: "1", b: "2" },
      Volumes: { "/data": {} },
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Cmd: ["sh"],
      User: "joe",
    },
  },
} as unknown as Plan;
const left = (...unset: string[]): unknown => withoutSettings(plan, unset).config.config;

test("settings of the base are left out by name", () => {
  assert.deepEqual(left("env=A", "label=a", "volume=/data", "expose=80", "cmd", "USER"), {
    Env: ["PATH=/bin"],
    Labels: { b: "2" },
    ExposedPorts: { "53/udp": {} },
  });
});

test("what is not there can be left out as well", () => {
  assert.deepEqual(left("env=B", "healthcheck", "expose=99/udp"), plan.config.config);
});

test("a setting that is none, or lacks its name, is refused", () => {
  for (const wrong of ["env", "cmd=x", "color=red"]) assert.throws(() => left(wrong), { code: "OPTION_INVALID" }, wrong);
});
