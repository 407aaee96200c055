import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../test/support/folder.ts";
import { type Digest, digestOf, digestOfBytes } from "../core/index.ts";
import { type Descriptor, MEDIA } from "../oci/index.ts";
import { openStore, type Store } from "./store.ts";
import { writeFileAtomic } from "./write.ts";

const newStore = (t: TestContext): Store => openStore(join(temporaryFolder(t), "store"));
const leftovers = (store: Store): string[] => readdirSync(store.paths.temporary);

function described(bytes: string, more: Partial<Descriptor> = {}): Descriptor {
  return { mediaType: "x", digest: digestOfBytes(bytes), size: bytes.length, ...more };
}

/** An image of no layers, in the store without a name. */
function image(store: Store, label: string): Descriptor {
  const config = store.blobs.putJson(MEDIA.config, {
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: [] },
    label,
  });
  return store.blobs.putJson(MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers: [] });
}

const names = (store: Store): string[] =>
  store.images.list().map(({ name, descriptor }) => `${name ?? "-"} ${descriptor.digest.slice(7, 11)}`);
const short = ({ digest }: Descriptor): string => digest.slice(7, 11);

test("a new store is an OCI image layout, and opens again", (t) => {
  const store = newStore(t);
  const json = (file: string): unknown => JSON.parse(readFileSync(join(store.paths.root, file), "utf8"));
  assert.deepEqual(json("oci-layout"), { imageLayoutVersion: "1.0.0" });
  assert.deepEqual(json("index.json"), { schemaVersion: 2, manifests: [] });
  const digest = store.blobs.putBytes("kept");
  assert.equal(openStore(store.paths.root).blobs.read(digest).toString(), "kept");
});

test("a store that a newer slipway made is refused and left as it is", (t) => {
  const store = newStore(t);
  const stamp = join(store.paths.root, "slipway.json");
  writeFileSync(stamp, JSON.stringify({ version: 99 }));
  assert.throws(() => openStore(store.paths.root), { code: "STORE_TOO_NEW" });
  assert.equal(readFileSync(stamp, "utf8"), '{"version":99}');
});

test("a folder whose slipway.json is none is no store", (t) => {
  const store = newStore(t);
  for (const text of ["", "{", "[]", '{"version":"1"}', "null"]) {
    writeFileSync(join(store.paths.root, "slipway.json"), text);
    assert.throws(() => openStore(store.paths.root), { code: "STORE_INVALID" }, text);
  }
});

test("a file where the store should be is an error that says so", (t) => {
  const file = join(temporaryFolder(t), "file");
  writeFileSync(file, "");
  assert.throws(() => openStore(file), { code: "STORE_NOT_WRITABLE", message: /a file is in the way/ });
  assert.throws(() => openStore(join(file, "store")), { code: "STORE_NOT_WRITABLE" });
});

test("a write replaces a file at once, and a write that fails leaves nothing", (t) => {
  const { paths } = newStore(t);
  const file = join(paths.root, "new/folder/file");
  writeFileAtomic(paths, file, "one");
  const before = statSync(file).ino;
  writeFileAtomic(paths, file, "two");
  assert.notEqual(statSync(file).ino, before);
  assert.equal(readFileSync(file, "utf8"), "two");
  assert.throws(() => writeFileAtomic(paths, join(paths.root, "new/folder"), "over a folder"));
  assert.deepEqual(readdirSync(paths.temporary), []);
});

test("a blob is there when all of it is, and not before", async (t) => {
  const { blobs } = newStore(t);
  const expected = described("first second");
  let seen: boolean | undefined;
  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.from("first ");
    seen = blobs.has(expected.digest);
    yield Buffer.from("second");
  }
  await blobs.put(expected, Readable.from(bytes()));
  assert.equal(seen, false);
  assert.equal(blobs.read(expected.digest).toString(), "first second");
  assert.equal(blobs.size(expected.digest), 12);
});

const bad: Record<string, readonly [code: string, expected: Descriptor, bytes: string]> = {
  "other bytes than promised": ["DIGEST_MISMATCH", described("right"), "wrong"],
  "fewer bytes than promised": ["SIZE_MISMATCH", described("right"), "righ"],
  "more bytes than promised": ["SIZE_MISMATCH", described("right"), "rightful"],
  "a size that is wrong": ["SIZE_MISMATCH", described("right", { size: 6 }), "right"],
};
for (const [what, [code, expected, bytes]] of Object.entries(bad)) {
  test(`${what}: nothing is kept`, async (t) => {
    const store = newStore(t);
    await assert.rejects(store.blobs.put(expected, Readable.from([Buffer.from(bytes)])), { code });
    assert.deepEqual([store.blobs.list(), leftovers(store)], [[], []]);
  });
}

test("a stream that never stops is stopped at the promised size", async (t) => {
  const store = newStore(t);
  let sent = 0;
  const endless = new Readable({
    read() {
      sent += 1000;
      this.push(Buffer.alloc(1000));
    },
  });
  await assert.rejects(store.blobs.put(described("x".repeat(1500)), endless), { code: "SIZE_MISMATCH" });
  assert.ok(endless.destroyed && sent < 1_000_000);
  assert.deepEqual(leftovers(store), []);
});

test("a stream that breaks leaves nothing, and its own error", async (t) => {
  const store = newStore(t);
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from("ri");
    throw new Error("line cut");
  }
  await assert.rejects(store.blobs.put(described("right"), Readable.from(broken())), /line cut/);
  assert.deepEqual([store.blobs.list(), leftovers(store)], [[], []]);
});

test("a blob that is not there is an error", (t) => {
  const { blobs } = newStore(t);
  assert.throws(() => blobs.read(digestOf("none")), { code: "BLOB_MISSING" });
  assert.throws(() => blobs.open(digestOf("none")), { code: "BLOB_MISSING" });
});

test("a layer is made once, by one maker at a time", async (t) => {
  const { layers } = newStore(t);
  let [working, most, made] = [0, 0, 0];
  const make = (): Promise<void> =>
    layers.make(digestOf("layer"), [], async ({ folder }) => {
      most = Math.max(most, ++working);
      made++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      writeFileSync(join(folder, "file"), "x");
      working--;
      return undefined;
    });
  await Promise.all([make(), make(), make()]);
  assert.deepEqual([most, made], [1, 1]);
  assert.deepEqual(readdirSync(layers.folder(digestOf("layer"))), ["file"]);
});

test("a layer whose making fails is not there, and the next maker makes it", async (t) => {
  const store = newStore(t);
  const id = digestOf("layer");
  const failing = store.layers.make(id, [], async ({ folder }) => {
    writeFileSync(join(folder, "half"), "");
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual([store.layers.has(id), leftovers(store)], [false, []]);
  await store.layers.make(id, [], async () => undefined);
  assert.deepEqual(readdirSync(store.layers.folder(id)), []);
});

test("a new layer's root looks like that of the layer below", async (t) => {
  const { layers } = newStore(t);
  const below = join(temporaryFolder(t), "below");
  mkdirSync(below);
  chmodSync(below, 0o1711);
  utimesSync(below, 1000, 1000);
  let seen: number[] = [];
  await layers.make(digestOf("above"), [below], async ({ folder }) => {
    const { mode, mtimeMs } = statSync(folder);
    seen = [mode & 0o7777, mtimeMs];
    return undefined;
  });
  assert.deepEqual(seen, [0o1711, 1_000_000]);
});

test("what a layer is as a tar is worked out once and kept", async (t) => {
  const store = newStore(t);
  const id = digestOf("layer");
  const diff = { diffId: digestOf("tar"), size: 1, newest: 0 };
  await store.layers.make(id, [], async () => undefined);
  let packed = 0;
  const pack = async (): Promise<typeof diff> => {
    packed++;
    return diff;
  };
  assert.deepEqual(await Promise.all([store.layers.diff(id, pack), store.layers.diff(id, pack)]), [diff, diff]);
  assert.deepEqual(await openStore(store.paths.root).layers.diff(id, pack), diff);
  assert.equal(packed, 1);
});

test("a layer that is removed is gone, also twice, and can be made again", async (t) => {
  const store = newStore(t);
  const id = digestOf("layer");
  await store.layers.make(id, [], async ({ folder }) => void writeFileSync(join(folder, "a"), "") as undefined);
  store.layers.remove(id);
  store.layers.remove(id);
  assert.deepEqual([store.layers.has(id), store.layers.list(), leftovers(store)], [false, [], []]);
  await store.layers.make(id, [], async () => undefined);
  assert.ok(store.layers.has(id));
});

test("a name goes from one image to another, and the first stays without one", async (t) => {
  const store = newStore(t);
  const [one, two] = [image(store, "1"), image(store, "2")];
  await store.images.tag(one, ["app:latest", "app:1"]);
  await store.images.tag(two, ["app:latest"]);
  assert.deepEqual(names(store).sort(), [`app:1 ${short(one)}`, `app:latest ${short(two)}`]);
  await store.images.tag(two, ["app:1"]);
  assert.deepEqual(names(store).sort(), [`- ${short(one)}`, `app:1 ${short(two)}`, `app:latest ${short(two)}`]);
  await store.images.tag(one, ["old:1"]);
  assert.deepEqual(names(store).sort(), [`app:1 ${short(two)}`, `app:latest ${short(two)}`, `old:1 ${short(one)}`]);
});

test("an image is kept without a name, once", async (t) => {
  const store = newStore(t);
  const one = image(store, "1");
  for (let i = 0; i < 2; i++) await store.images.tag(one, []);
  assert.deepEqual(names(store), [`- ${short(one)}`]);
});

test("the last name takes the image with it, unless it is to be kept", async (t) => {
  const store = newStore(t);
  const one = image(store, "1");
  await store.images.tag(one, ["a:1", "b:1"]);
  await store.images.untag("a:1", true);
  assert.deepEqual(names(store), [`b:1 ${short(one)}`]);
  await store.images.untag("b:1", true);
  assert.deepEqual(names(store), [`- ${short(one)}`]);
  await store.images.tag(one, ["c:1"]);
  await store.images.untag("c:1");
  assert.deepEqual(names(store), []);
  await assert.rejects(store.images.untag("c:1"), { code: "IMAGE_NOT_FOUND" });
});

test("an image is found by its ID or digest, and the beginning of one", async (t) => {
  const store = newStore(t);
  const all = Array.from({ length: 40 }, (_, i) => image(store, `${i}`));
  for (const one of all) await store.images.tag(one, []);
  const [one] = all as [Descriptor];
  const id = store.images.idOf(one) as Digest;
  for (const text of [id, id.slice(7), id.slice(0, 25), one.digest, one.digest.slice(7, 20)])
    assert.deepEqual(store.images.byId(text), one);
  for (const text of ["", "xyz", "sha256:", "latest"]) assert.equal(store.images.byId(text), undefined);
  assert.throws(() => [..."0123456789abcdef"].map((digit) => store.images.byId(digit)), { code: "IMAGE_AMBIGUOUS" });
});

test("a damaged index.json is an error, not an empty list", (t) => {
  const store = newStore(t);
  for (const text of ["", "{", '{"schemaVersion":2}']) {
    writeFileSync(store.paths.index, text);
    assert.throws(() => store.images.list(), { code: "STORE_DAMAGED" }, text);
  }
});

test("a record that cannot be read counts as none", (t) => {
  const store = newStore(t);
  const key = digestOf("key");
  assert.equal(store.records.get("table", key), undefined);
  assert.deepEqual(store.records.keys("table"), []);
  store.records.put("table", key, { a: 1 });
  assert.deepEqual(store.records.get("table", key), { a: 1 });
  assert.deepEqual(store.records.keys("table"), [key]);
  writeFileSync(join(store.paths.records, "table", key.slice(7)), '{"a":');
  assert.equal(store.records.get("table", key), undefined);
  store.records.remove("table", key);
  store.records.remove("table", key);
  assert.equal(existsSync(join(store.paths.records, "table", key.slice(7))), false);
});

test("folders that somebody removed are made again", (t) => {
  const store = newStore(t);
  rmSync(join(store.paths.root, "blobs/sha256"), { recursive: true });
  assert.equal(store.blobs.read(store.blobs.putBytes("x")).toString(), "x");
});
