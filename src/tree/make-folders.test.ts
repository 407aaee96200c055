import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolders } from "./make-folders.ts";

const home = mkdtempSync(join(tmpdir(), "slipway-folders-"));
after(() => rmSync(home, { recursive: true }));

test("a folder is made with all above it, and made again nothing happens", () => {
  for (const path of ["a/b/c", "a/b/c", "d/../e/", "a/b/f"]) {
    makeFolders(join(home, path));
    assert.ok(statSync(join(home, path)).isDirectory(), path);
  }
});

test("a link to a folder counts as the folder", () => {
  mkdirSync(join(home, "real"));
  symlinkSync("real", join(home, "link"));
  makeFolders(join(home, "link/below"));
  assert.ok(statSync(join(home, "real/below")).isDirectory());
});

test("where a file or a link to nothing is in the way the error says so", () => {
  writeFileSync(join(home, "file"), "");
  symlinkSync("nowhere", join(home, "dangling"));
  assert.throws(() => makeFolders(join(home, "file")), { code: "EEXIST" });
  assert.throws(() => makeFolders(join(home, "file/below")), { code: "ENOTDIR" });
  assert.throws(() => makeFolders(join(home, "dangling")), { code: "EEXIST" });
});

test("where the kernel makes no folders the error comes at once", { skip: process.platform !== "linux" }, () => {
  assert.throws(() => makeFolders("/proc/slipway/below"), { syscall: "mkdir" });
});
