import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { annotations, output } from "./build-output.ts";

const stdout = new Writable();
const read = (text: string): unknown => output(text, stdout);

test("an output is a folder, a tar, an image or nothing", () => {
  assert.deepEqual(read("out"), { type: "local", dest: "out" });
  assert.deepEqual(read("-"), { type: "tar", dest: stdout });
  assert.deepEqual(read("type=oci,dest=x.tar"), { type: "oci", dest: "x.tar" });
  assert.deepEqual(read("type=oci,dest=x,tar=false"), { type: "oci", dest: "x", tar: false });
  assert.deepEqual(read("type=docker"), { type: "image" });
  assert.deepEqual(read("type=docker,dest=x.tar"), { type: "docker", dest: "x.tar" });
  assert.deepEqual(read("type=registry,push-by-digest=true"), { type: "image", push: true, byDigest: true });
  assert.deepEqual(read("type=image,store=false,unpack=true"), { type: "image", store: false });
  assert.deepEqual(read("type=local,dest=d,platform-split=false"), { type: "local", dest: "d", platformSplit: false });
  assert.deepEqual(read("type=cacheonly"), { type: "cacheonly" });
});

test("an image output says how layers are compressed and whose media types it has", () => {
  assert.deepEqual(read("type=image,compression=zstd,compression-level=19,force-compression=true,oci-mediatypes=false"), {
    type: "image",
    compression: "zstd",
    compressionLevel: 19,
    forceCompression: true,
    ociMediaTypes: false,
  });
  assert.deepEqual(read("type=oci,dest=x,compression=uncompressed,rewrite-timestamp=true"), {
    type: "oci",
    dest: "x",
    compression: "none",
    rewriteTimestamp: true,
  });
});

test("what an output does not have is refused", () => {
  for (const wrong of ["type=nope", "type=local", "type=image,compression=lzma", "type=image,compression-level=10", "dest=x"])
    assert.throws(() => read(wrong), { code: "OPTION_VALUE_INVALID" }, wrong);
  for (const missing of ["type=image,compression=estargz", "type=local,dest=x,compression=gzip", "type=image,frob=1"])
    assert.throws(() => read(missing), { code: "NOT_SUPPORTED" }, missing);
  const terminal = Object.assign(new Writable(), { isTTY: true });
  assert.throws(() => output("type=tar", terminal), { code: "OUTPUT_DEST_NEEDED" });
});

test("an output may bring names", () => {
  assert.deepEqual(read('type=image,"name=a,b",push=true'), { type: "image", names: ["a", "b"], push: true });
});

test("annotations name levels and a platform; without them they are the manifest's", () => {
  assert.deepEqual(annotations(["a=1", "index,manifest:b=2", "org.x:y=3=4"]), [
    { level: "manifest", key: "a", value: "1" },
    { level: "index", key: "b", value: "2" },
    { level: "manifest", key: "b", value: "2" },
    { level: "manifest", key: "org.x:y", value: "3=4" },
  ]);
  assert.deepEqual(annotations(["manifest-descriptor[linux/arm64]:k=v"]), [
    { level: "manifest-descriptor", key: "k", value: "v", platform: { os: "linux", architecture: "arm64" } },
  ]);
  assert.deepEqual(read("type=oci,dest=x,annotation.Org.A=1,annotation-index.b=2"), {
    type: "oci",
    dest: "x",
    annotations: [
      { level: "manifest", key: "Org.A", value: "1" },
      { level: "index", key: "b", value: "2" },
    ],
  });
  assert.throws(() => annotations(["layer:a=1"]), { code: "OPTION_VALUE_INVALID" });
  assert.throws(() => annotations(["a"]), { code: "OPTION_VALUE_INVALID" });
});
