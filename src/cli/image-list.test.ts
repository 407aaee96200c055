import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageSummary } from "../api/index.ts";
import { chooseImages } from "./image-list.ts";

const image = (digest: string, name: string | undefined, created: string, labels: Record<string, string> = {}): ImageSummary => ({
  id: `sha256:${digest}`,
  name,
  descriptor: { mediaType: "", digest: `sha256:m${digest}`, size: 1 },
  manifest: { schemaVersion: 2, mediaType: "", config: { mediaType: "", digest: `sha256:${digest}`, size: 1 }, layers: [] },
  config: { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] }, config: { Labels: labels } },
  created,
  size: 10,
});
const IMAGES = [
  image("aa", "app:1", "2024-01-03T00:00:00Z", { team: "x" }),
  image("aa", "app:latest", "2024-01-03T00:00:00Z", { team: "x" }),
  image("bb", undefined, "2024-01-02T00:00:00Z"),
  image("cc", "reg.example/team/tool:v3", "2024-01-01T00:00:00Z"),
];
const now = Date.parse("2024-01-03T12:00:00Z");
const ids = (name: string | undefined, ...filters: string[]): string[] =>
  chooseImages(IMAGES, { name, filters, now }).map(({ Id }) => Id.slice(7));

test("an image with two names is one image", () => {
  const [first] = chooseImages(IMAGES, { filters: [], now });
  assert.deepEqual(first?.RepoTags, ["app:1", "app:latest"]);
  assert.deepEqual(ids(undefined), ["aa", "bb", "cc"]);
});

test("a name must match the whole repository, and its tag if it has one", () => {
  assert.deepEqual(ids("app"), ["aa"]);
  assert.deepEqual(chooseImages(IMAGES, { name: "app:1", filters: [], now })[0]?.RepoTags, ["app:1"]);
  assert.deepEqual(ids("ap"), []);
  assert.deepEqual(ids("tool"), []);
});

test("filters choose", () => {
  assert.deepEqual(ids(undefined, "dangling=true"), ["bb"]);
  assert.deepEqual(ids(undefined, "dangling=false"), ["aa", "cc"]);
  assert.deepEqual(ids(undefined, "label=team=x"), ["aa"]);
  assert.deepEqual(ids(undefined, "label=team", "dangling=true"), []);
  assert.deepEqual(ids(undefined, "before=app:1"), ["bb", "cc"]);
  assert.deepEqual(ids(undefined, "since=cc"), ["aa", "bb"]);
  assert.deepEqual(ids(undefined, "until=24h"), ["bb", "cc"]);
  assert.deepEqual(ids(undefined, "reference=reg.example/*/t?ol"), ["cc"]);
  assert.throws(() => ids(undefined, "bad=1"), { message: "invalid filter 'bad'" });
});
