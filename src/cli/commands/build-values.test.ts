import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addHosts,
  entitlements,
  labels,
  limits,
  loans,
  network,
  noCacheFrom,
  platforms,
  pullPolicy,
  variables,
} from "./build-values.ts";

const exists = (path: string): boolean => path !== "/missing";

test("a variable without a value takes that of the environment, or is left out", () => {
  assert.deepEqual(
    [...variables(["A=1", "B", "C", "D="], { B: "2" })],
    [
      ["A", "1"],
      ["B", "2"],
      ["D", ""],
    ],
  );
  assert.deepEqual(
    [...labels(["a=b=c", "d"])],
    [
      ["a", "b=c"],
      ["d", ""],
    ],
  );
});

test("--pull is a bool or a policy", () => {
  assert.deepEqual([undefined, "true", "false", "never", "newer"].map(pullPolicy), [
    "missing",
    "always",
    "missing",
    "never",
    "newer",
  ]);
  assert.throws(() => pullPolicy("sometimes"), { code: "OPTION_VALUE_INVALID" });
});

test("platforms come from the flag, then from the environment, each once", () => {
  const arm = { os: "linux", architecture: "arm64" };
  const amd = { os: "linux", architecture: "amd64" };
  assert.deepEqual(platforms(["linux/arm64"], {}), [arm]);
  assert.deepEqual(platforms([], { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }), [amd]);
  assert.deepEqual(platforms(["linux/amd64,linux/arm64", "linux/amd64"], {}), [amd, arm]);
  assert.deepEqual(platforms([], {}), []);
  assert.equal(platforms(["local"], {}).length, 1);
});

test("networks and hosts are read as docker reads them", () => {
  assert.deepEqual(["bridge", "none", "host", undefined].map(network), ["default", "none", "host", "default"]);
  assert.deepEqual(addHosts(["a:1.2.3.4", "b=::1", "c:[::1]", "d:host-gateway"]), ["a:1.2.3.4", "b:::1", "c:::1", "d:127.0.0.1"]);
  assert.throws(() => addHosts(["a"]), { code: "OPTION_VALUE_INVALID" });
});

test("a secret is a file, a variable, or whichever of the two its name finds", () => {
  const env = { TOKEN: "t", SSH_AUTH_SOCK: "/agent" };
  const { secrets, ssh } = loans(
    ["id=a,src=/f", "id=b,env=TOKEN", "id=TOKEN", "type=file,id=TOKEN2,source=x", "type=env,id=TOKEN"],
    ["default", "k=/s", "two=/one,/other"],
    env,
    exists,
  );
  assert.deepEqual(
    [...secrets],
    [
      ["a", { file: "/f" }],
      ["b", { value: "t" }],
      ["TOKEN", { value: "t" }],
      ["TOKEN2", { file: "x" }],
    ],
  );
  assert.deepEqual(
    [...ssh],
    [
      ["default", "/agent"],
      ["k", ["/s"]],
      ["two", ["/one", "/other"]],
    ],
  );
  assert.throws(() => loans(["id=a,src=/missing"], [], {}, exists), {
    message: "failed to stat /missing: stat /missing: no such file or directory",
  });
  assert.throws(() => loans(["src=/f"], [], {}, exists), { code: "OPTION_VALUE_INVALID" });
  assert.throws(() => loans([], ["default"], {}, exists), { code: "OPTION_VALUE_INVALID" });
});

test("limits keep Docker's names; --cpus stands for a quota", () => {
  const none = {
    memory: undefined,
    memorySwap: undefined,
    cpus: undefined,
    cpuPeriod: undefined,
    cpuQuota: undefined,
    cpuShares: undefined,
    cpusetCpus: undefined,
    cpusetMems: undefined,
    cgroupParent: undefined,
  };
  assert.equal(limits(none), undefined);
  assert.deepEqual(limits({ ...none, cpus: "1.5", memory: 1 << 20, memorySwap: "2m" }), {
    memoryBytes: 1 << 20,
    memoryAndSwapBytes: 2 << 20,
    cpuQuotaUs: 150_000,
  });
  assert.deepEqual(limits({ ...none, memory: 1 << 20, memorySwap: "-1" }), { memoryBytes: 1 << 20, memoryAndSwapBytes: -1 });
  for (const wrong of [{ cpus: "many" }, { cpus: "1", cpuQuota: 5 }, { memorySwap: "1m" }, { memorySwap: "x" }])
    assert.throws(() => limits({ ...none, ...wrong }), { code: "OPTION_VALUE_INVALID" });
});

test("what can be allowed has a name", () => {
  assert.deepEqual(entitlements(["network.host,security.insecure"]), ["network.host", "security.insecure"]);
  assert.throws(() => entitlements(["everything"]), { message: "unknown entitlement everything" });
});

test("--no-cache-from is a line, with or without its stage", () => {
  assert.deepEqual(noCacheFrom(["7", "build:3"]), [{ line: 7 }, { line: 3, stage: "build" }]);
  for (const wrong of ["build", "0", "build:x"]) assert.throws(() => noCacheFrom([wrong]), { code: "OPTION_VALUE_INVALID" });
});
