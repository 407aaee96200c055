import assert from "node:assert/strict";
import { mkdirSync, readdirSync as namesOf, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../test/support/folder.ts";
import { Random } from "../../test/support/random.ts";
import { digestSelection } from "./content-digest.ts";
import { copyFiles } from "./copy.ts";
import { decodeName, encodeName, hostName, lstatSync, readdirSync, readlinkSync } from "./host-files.ts";
import { packLayer } from "./pack.ts";
import { unpackLayer } from "./unpack.ts";

test("a name that is UTF-8 is its text", () => {
  for (const name of ["a", "grüß", "文", "\u{1f600}", "\ufffd", "\ud7ff\ue000"]) {
    assert.equal(decodeName(Buffer.from(name)), name);
    assert.equal(hostName(name), name);
  }
});

test("a name that is no UTF-8 comes back as the same bytes", () => {
  const names = ["ff", "61ff62", "c3", "c328", "e28298", "e282", "f09f98", "eda080", "c0af", "80efbfbd", "c3bcff"];
  for (const hex of names) {
    const bytes = Buffer.from(hex, "hex");
    assert.equal(encodeName(decodeName(bytes)).toString("hex"), hex);
  }
  for (let seed = 1; seed <= 2000; seed++) {
    const bytes = new Random(seed).bytes(1 + (seed % 12));
    assert.ok(encodeName(decodeName(bytes)).equals(bytes), `seed ${seed}`);
  }
});

test("different bytes are different names", () => {
  const one = decodeName(Buffer.from("61ff", "hex"));
  assert.notEqual(one, decodeName(Buffer.from("61fe", "hex")));
  assert.notEqual(one, decodeName(Buffer.from("61efbfbd", "hex")));
});

/** A folder with two files, a folder and a link whose names are Latin-1. */
function latin(place: string): string {
  const folder = join(place, "latin");
  const at = (name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
  mkdirSync(folder);
  mkdirSync(at("stra\xdfe"));
  writeFileSync(at("stra\xdfe/gr\xfc\xdf"), "one");
  writeFileSync(at("stra\xdfe/gr\xfc\xe9"), "two");
  symlinkSync(Buffer.from("stra\xdfe", "latin1"), at("zur\xfcck"));
  return folder;
}

/** All names below a folder as Latin-1, with the contents. */
function found(folder: Buffer, inside = ""): string[] {
  return namesOf(folder, { encoding: "buffer", withFileTypes: false })
    .sort(Buffer.compare)
    .flatMap((name) => {
      const path = Buffer.concat([folder, Buffer.from("/"), name]);
      const shown = `${inside}/${name.toString("latin1")}`;
      const stat = lstatSync(decodeName(path));
      if (stat.isDirectory()) return [shown, ...found(path, shown)];
      return [
        `${shown} ${stat.isFile() ? readFileSync(path, "utf8") : encodeName(readlinkSync(decodeName(path))).toString("latin1")}`,
      ];
    });
}

const expected = ["/stra\xdfe", "/stra\xdfe/gr\xfc\xdf one", "/stra\xdfe/gr\xfc\xe9 two", "/zur\xfcck stra\xdfe"];

test("files with such names are listed", (t) => {
  const folder = latin(temporaryFolder(t));
  assert.equal(readdirSync(folder).length, 2);
  assert.deepEqual(found(Buffer.from(folder)), expected);
});

test("files with such names are packed and unpacked", async (t) => {
  const place = temporaryFolder(t);
  const [folder, tar, again] = [latin(place), join(place, "tar"), join(place, "again")];
  const packed = packLayer({ folder, file: tar });
  mkdirSync(again);
  await unpackLayer({ file: tar, compression: "none", folder: again });
  assert.deepEqual(found(Buffer.from(again)), expected);
  assert.equal(packLayer({ folder: again }).diffId, packed.diffId);
});

test("files with such names are copied, and count in the digest", async (t) => {
  const place = temporaryFolder(t);
  const folder = latin(place);
  const source = { kind: "folder", root: folder, ignore: [] } as const;
  const action = {
    source: "/",
    wildcard: false,
    followLinks: true,
    contentsOnly: true,
    unpack: "never",
    parents: false,
    exclude: [],
    ignoreMissing: false,
  } as const; // prettier-ignore
  const layer = join(place, "layer");
  mkdirSync(layer);
  await copyFiles({ parts: [{ source, action }], dest: "/", below: [], layer });
  assert.deepEqual(found(Buffer.from(layer)), expected);
  const select = { path: "/", wildcard: false, followLinks: true, exclude: [] };
  assert.equal(digestSelection({ source, select }).entries, 5);
});
