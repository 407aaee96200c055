import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { addHosts, annotations, labels, loans, network, output, platform, pullPolicy, variables } from "./build-values.ts";

const stdout = new Writable();
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

test("annotations may name the manifest as their level and nothing else", () => {
  assert.deepEqual(annotations(["a=1", "manifest:b=2", "org.x:y=3"]), { a: "1", b: "2", "org.x:y": "3" });
  assert.throws(() => annotations(["index:a=1"]), { code: "NOT_SUPPORTED" });
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

test("the platform comes from the flag, then from the environment; two are refused", () => {
  assert.deepEqual(platform(["linux/arm64"], {}), { os: "linux", architecture: "arm64" });
  assert.deepEqual(platform([], { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }), { os: "linux", architecture: "amd64" });
  assert.equal(platform(["local"], {}), undefined);
  assert.throws(() => platform(["linux/amd64,linux/arm64"], {}), { code: "PLATFORMS_SEVERAL" });
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
    ["default", "k=/s"],
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
      ["k", "/s"],
    ],
  );
  assert.throws(() => loans(["id=a,src=/missing"], [], {}, exists), {
    message: "failed to stat /missing: stat /missing: no such file or directory",
  });
  assert.throws(() => loans(["src=/f"], [], {}, exists), { code: "OPTION_VALUE_INVALID" });
  assert.throws(() => loans([], ["default"], {}, exists), { code: "OPTION_VALUE_INVALID" });
});

test("outputs name where the result goes", () => {
  const names: string[] = [];
  assert.deepEqual(output("type=oci,dest=x.tar", stdout, names), { output: { type: "oci", dest: "x.tar" }, push: false });
  assert.deepEqual(output("out", stdout, names), { output: { type: "local", dest: "out" }, push: false });
  assert.deepEqual(output("-", stdout, names), { output: { type: "tar", dest: stdout }, push: false });
  assert.deepEqual(output("type=docker", stdout, names), { output: { type: "image" }, push: false });
  assert.deepEqual(output('type=image,"name=a,b",push=true', stdout, names), { output: { type: "image" }, push: true });
  assert.deepEqual(names, ["a", "b"]);
  assert.throws(() => output("type=nope", stdout, names), { code: "OPTION_VALUE_INVALID" });
  assert.throws(() => output("type=image,compression=zstd", stdout, names), { code: "NOT_SUPPORTED" });
});
