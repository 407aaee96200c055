import assert from "node:assert/strict";
import { test } from "node:test";
import { type Digest, digestOf } from "../core/index.ts";
import { type CacheBody, type CachedResult, cacheConfig, cacheIn, EMPTY, layersOf, mergeCaches } from "./format.ts";

const result = (name: string, layers: readonly string[], used: number): CachedResult => ({
  key: digestOf(name),
  layers: layers.map((layer) => digestOf(layer)),
  from: { step: { kind: "merge" }, inputs: [] },
  origin: { stage: "s", name, ranges: [] },
  used,
});
const body = (results: readonly CachedResult[], layers: readonly string[]): CacheBody => ({
  ...EMPTY,
  results,
  layers: Object.fromEntries(layers.map((layer) => [digestOf(layer), { size: layer.length, newest: 0 }])),
});
const names = (cache: CacheBody): string[] => cache.results.map((one) => one.origin.name).sort();

test("a merge keeps what both tell and the layers of both", () => {
  const merged = mergeCaches(body([result("a", ["1"], 10)], ["1"]), body([result("b", ["2"], 10)], ["2"]), 0);
  assert.deepEqual(names(merged), ["a", "b"]);
  assert.deepEqual(Object.keys(merged.layers), [digestOf("1"), digestOf("2")].sort());
});

test("of one key the record that was used later counts", () => {
  const [old, fresh] = [body([result("a", ["1"], 10)], ["1"]), body([result("a", ["2"], 11)], ["2"])];
  for (const merged of [mergeCaches(old, fresh, 0), mergeCaches(fresh, old, 0)]) {
    assert.deepEqual(merged.results[0]?.layers, [digestOf("2")]);
    assert.deepEqual(Object.keys(merged.layers), [digestOf("2")]);
  }
});

test("what nobody used for long goes, with the layers that only it named", () => {
  const old = body([result("a", ["shared", "1"], 5), result("b", ["shared"], 9)], ["shared", "1"]);
  const merged = mergeCaches(old, EMPTY, 6);
  assert.deepEqual(names(merged), ["b"]);
  assert.deepEqual(Object.keys(merged.layers), [digestOf("shared")]);
});

test("a merge comes out the same in whatever order things were found", () => {
  const one = body([result("a", ["1"], 1), result("b", ["2"], 1)], ["1", "2"]);
  const other = body([result("b", ["2"], 1), result("a", ["1"], 1)], ["2", "1"]);
  assert.equal(JSON.stringify(mergeCaches(one, EMPTY, 0)), JSON.stringify(mergeCaches(other, EMPTY, 0)));
});

test("a config is read back, and one of another version or shape counts as none", () => {
  const cache = body([result("a", ["1"], 1)], ["1"]);
  const config = cacheConfig(cache, [digestOf("1")]);
  assert.deepEqual(cacheIn(JSON.parse(JSON.stringify(config))), cache);
  assert.equal(cacheIn({ ...config, "slipway.cache": { ...cache, version: 2 } } as never), undefined);
  assert.equal(cacheIn({ ...config, "slipway.cache": { version: 1, results: {} } } as never), undefined);
  assert.equal(cacheIn({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } }), undefined);
});

test("layers of a manifest go by their diffIDs", () => {
  const diffIds: Digest[] = [digestOf("1"), digestOf("2")];
  const layer = (name: string) => ({ mediaType: "t", digest: digestOf(`gzip ${name}`), size: 1 });
  const manifest = { schemaVersion: 2 as const, config: layer("config"), layers: [layer("1"), layer("2")] };
  const found = layersOf(manifest, cacheConfig(EMPTY, diffIds));
  assert.deepEqual([...found.values()], manifest.layers);
  assert.deepEqual([...found.keys()], diffIds);
});
