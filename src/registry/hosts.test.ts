import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, isInsecure, mirrorsOf } from "./hosts.ts";

test("registries of this machine need no certificate", () => {
  for (const domain of ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000"])
    assert.ok(isInsecure(domain, []), domain);
  for (const domain of ["docker.io", "10.0.0.1:5000", "local.host"]) assert.ok(!isInsecure(domain, []), domain);
});

test("others may be named, or their network", () => {
  assert.ok(isInsecure("a.test:5000", ["a.test:5000"]));
  assert.ok(isInsecure("a.test:5000", ["a.test"]));
  assert.ok(!isInsecure("a.test:5001", ["a.test:5000"]));
  assert.ok(isInsecure("10.1.2.3:5000", ["10.0.0.0/8"]));
  assert.ok(!isInsecure("11.1.2.3:5000", ["10.0.0.0/8"]));
});

test("Docker's own registry has another address than name", async () => {
  assert.equal(await hostOf("docker.io", {}).base(), "https://registry-1.docker.io");
  assert.equal(await hostOf("ghcr.io", {}).base(), "https://ghcr.io");
});

test("mirrors are URLs, with https where they do not say", async () => {
  const mirrors = mirrorsOf("docker.io", { mirrors: { "docker.io": ["mirror.test", "http://other.test:5000/hub/"] } });
  assert.deepEqual(await Promise.all(mirrors.map((mirror) => mirror.base())), [
    "https://mirror.test",
    "http://other.test:5000/hub",
  ]);
  assert.deepEqual(mirrorsOf("ghcr.io", { mirrors: {} }), []);
});

test("certificates that cannot be read are told of", async () => {
  await assert.rejects(hostOf("ghcr.io", { trusted: "/none" }).dispatcher(), { code: "REGISTRY_CERTIFICATE_UNREADABLE" });
});
