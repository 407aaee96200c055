import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheSource, cacheTarget } from "./build-caches.ts";

const defaults = { mode: "min", compression: "gzip", mounts: false, reset: false, ignoreError: false, maxAgeDays: 30 };

test("a reference alone is a registry's", () => {
  assert.deepEqual(cacheSource("user/app:cache"), { type: "registry", ref: "user/app:cache" });
  assert.deepEqual(cacheTarget("user/app:cache"), { type: "registry", ref: "user/app:cache", ...defaults });
});

test("folders are named src and dest", () => {
  assert.deepEqual(cacheSource("type=local,src=/c,tag=main"), { type: "local", path: "/c", tag: "main" });
  assert.deepEqual(cacheTarget("type=local,dest=/c,mode=max,mounts=true,reset=1,max-age=7d,compression=uncompressed"), {
    ...defaults,
    type: "local",
    path: "/c",
    mode: "max",
    mounts: true,
    reset: true,
    maxAgeDays: 7,
    compression: "none",
  });
});

test("inline needs nothing else", () => {
  assert.deepEqual(cacheTarget("type=inline"), { type: "inline" });
  assert.throws(() => cacheSource("type=inline"), { code: "OPTION_VALUE_INVALID" });
});

test("what is not there is refused with the way out", () => {
  for (const type of ["gha", "s3", "azblob"]) {
    assert.throws(() => cacheTarget(`type=${type}`), { code: "NOT_SUPPORTED", hint: /type=local/ });
    assert.throws(() => cacheSource(`type=${type}`), { code: "NOT_SUPPORTED" });
  }
  for (const text of [
    "type=local",
    "type=registry",
    "type=nope,ref=a",
    "mode=max",
    "type=local,dest=/c,mode=most",
    "type=local,dest=/c,colour=red",
  ]) {
    assert.throws(() => cacheTarget(text), { code: "OPTION_VALUE_INVALID" }, text);
  }
});
