import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type CopyOptions, copyFiles, packCopies } from "./copy.ts";
import { packLayer } from "./pack.ts";

class Place implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), "slipway-copy-"));

  folder(name: string, files: Readonly<Record<string, string>> = {}): string {
    const folder = join(this.root, name);
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const ACTION = {
  wildcard: false,
  followLinks: true,
  contentsOnly: true,
  unpack: "never",
  parents: false,
  exclude: [],
  ignoreMissing: false,
} as const;

function copy(root: string, sources: readonly string[], dest: string, more: Partial<CopyOptions> = {}): CopyOptions {
  const source = { kind: "folder", root, ignore: [] } as const;
  return { parts: sources.map((path) => ({ source, action: { ...ACTION, source: path } })), dest, below: [], ...more };
}

test("the tar packed at once is the tar of the folder laid from the same files", async () => {
  using place = new Place();
  const context = place.folder("context", {
    "a/z": "z",
    "a/b/f": "f".repeat(100_000),
    "a-b": "",
    é: "x",
    "a/run.sh": "#!/bin/sh",
  });
  chmodSync(join(context, "a/run.sh"), 0o4751);
  linkSync(join(context, "a/z"), join(context, "a/first"));
  symlinkSync("../a-b", join(context, "a/link"));
  utimesSync(join(context, "a/b"), 1e9, 1e9);
  const below = place.folder("below", { "app/old": "" });
  chmodSync(join(below, "app"), 0o700);
  for (const [index, more] of [{}, { below: [below] }, { mode: "u=rwX,go=", below: [below] }].entries()) {
    const options = copy(context, ["/"], "/app/", more);
    const layer = place.folder(`layer${index}`);
    await copyFiles({ ...options, layer });
    const packed = await packCopies({ ...options, file: join(place.root, `${index}.tar`) });
    assert.deepEqual(packed, packLayer({ folder: layer }));
    const tar = readFileSync(join(place.root, `${index}.tar`));
    assert.equal(tar.length, packed.size);
    const both = place.folder(`both${index}`);
    assert.deepEqual(await copyFiles({ ...options, layer: both, file: join(place.root, `${index}-both.tar`) }), packed);
    assert.deepEqual(packLayer({ folder: both }), packed);
    assert.ok(readFileSync(join(place.root, `${index}-both.tar`)).equals(tar));
  }
  const laid = lstatSync(join(place.root, "layer1/app"));
  assert.equal(laid.mode & 0o777, 0o700, "a folder that is there keeps its mode");
  assert.equal(lstatSync(join(place.root, "layer0/app/a/first")).nlink, 2);
});

test("modes come out as they are, whatever the umask says", async () => {
  using place = new Place();
  const modes = [0o400, 0o644, 0o666, 0o777, 0o2755, 0o4711];
  const context = place.folder("context", Object.fromEntries(modes.map((mode) => [mode.toString(8), "x"])));
  for (const mode of modes) chmodSync(join(context, mode.toString(8)), mode);
  const layer = place.folder("layer");
  await copyFiles({ ...copy(context, ["/"], "/"), layer });
  assert.deepEqual(
    modes.map((mode) => lstatSync(join(layer, mode.toString(8))).mode & 0o7777),
    modes,
  );
});

test("a later part sees what an earlier one has put there", async () => {
  using place = new Place();
  const context = place.folder("context", { "one/f": "1", "two/f": "2", "two/g": "g" });
  symlinkSync("real", join(context, "one/via"));
  mkdirSync(join(context, "one/real"));
  const layer = place.folder("layer");
  await copyFiles({ ...copy(context, ["/one", "/two"], "/to/"), layer });
  assert.equal(readFileSync(join(layer, "to/f"), "utf8"), "2");
  const again = place.folder("again");
  await assert.rejects(copyFiles({ ...copy(context, ["/one", "/two"], "/to/f/"), layer: again, below: [layer] }), {
    code: "COPY_DIRECTORY_OVER_FILE",
  });
});

test("links of the image are followed at the destination, and never out of the root", async () => {
  using place = new Place();
  const below = place.folder("below", { "real/x": "" });
  symlinkSync("/real", join(below, "link"));
  symlinkSync("../../../../outside", join(below, "out"));
  const context = place.folder("context", { f: "f" });
  const layer = place.folder("layer");
  await copyFiles({ ...copy(context, ["/f"], "/link/", { below: [below] }), layer });
  assert.equal(readFileSync(join(layer, "real/f"), "utf8"), "f");
  const other = place.folder("other");
  await copyFiles({ ...copy(context, ["/f"], "/out/", { below: [below] }), layer: other });
  assert.equal(readFileSync(join(other, "outside/f"), "utf8"), "f");
});

test("a file does not take the place of a folder, nor a folder that of a file", async () => {
  using place = new Place();
  const below = place.folder("below", { "d/x": "", f: "" });
  const context = place.folder("context", { f: "new", "d/y": "" });
  const options = (sources: string[], dest: string): CopyOptions => copy(context, sources, dest, { below: [below] });
  const layer = place.folder("layer");
  await assert.rejects(copyFiles({ ...options(["/d"], "/f"), layer }), { code: "COPY_DIRECTORY_OVER_FILE" });
  const contextWithFile = place.folder("file", { d: "a file" });
  await assert.rejects(copyFiles({ ...copy(contextWithFile, ["/"], "/", { below: [below] }), layer }), {
    code: "COPY_FILE_OVER_DIRECTORY",
  });
});

test("a pattern may match nothing, but the folder before it must be there", async () => {
  using place = new Place();
  const context = place.folder("context", { "src/f": "1" });
  const layer = place.folder("layer");
  const matching = (source: string): CopyOptions => {
    const { parts, ...rest } = copy(context, [source], "/to/");
    return { ...rest, parts: parts.map((part) => ({ ...part, action: { ...part.action, wildcard: true } })) };
  };
  await copyFiles({ ...matching("/src/*.js"), layer });
  await assert.rejects(copyFiles({ ...matching("/lib/*.js"), layer }), { code: "COPY_SOURCE_MISSING" });
});

test("from a tree without layers nothing is copied, and the destination is made", async () => {
  using place = new Place();
  const layer = place.folder("layer");
  const source = { kind: "layers", folders: [] } as const;
  await copyFiles({ parts: [{ source, action: { ...ACTION, source: "/" } }], dest: "/to/", below: [], layer });
  assert.deepEqual(readdirSync(join(layer, "to")), []);
  const missing = copyFiles({ parts: [{ source, action: { ...ACTION, source: "/f" } }], dest: "/to/", below: [], layer });
  await assert.rejects(missing, { code: "COPY_SOURCE_MISSING" });
});
