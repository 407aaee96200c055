/** Bad input: one clear error, a code that is not 0, and a store as good as before. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  const { code, stderr } = await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"]);
  assert.equal(code, 0, stderr);
});
after(() => place?.[Symbol.dispose]());

function build(files: Record<string, string>, ...flags: string[]): Promise<Outcome> {
  const context = place.files(`context-${Math.random().toString(36).slice(2)}`, files);
  return place.slipway(["build", ...flags, context]);
}

/** One error with its code, no stack trace, nothing left behind. */
function refused(outcome: Outcome, code: string, words: RegExp): void {
  assert.equal(outcome.code, 1, outcome.stderr);
  assert.match(outcome.stderr, new RegExp(`^error: .*\\[${code}\\]$`, "m"));
  assert.match(outcome.stderr, words);
  assert.equal(outcome.stderr.match(/^error: /gm)?.length, 1, outcome.stderr);
  assert.doesNotMatch(outcome.stderr, /\n\s+at .*:\d+:\d+/);
  assert.deepEqual(readdirSync(join(place.root, "tmp")), []);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(place.folder));
}

test("an unknown instruction", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nRUNN true\n" });
  refused(outcome, "DOCKERFILE_UNKNOWN_INSTRUCTION", /did you mean RUN\?[^]*Dockerfile:2:1/);
});

test("a missing file, with what may have been meant", { skip }, async () => {
  refused(
    await build({ Dockerfile: "FROM busybox\nCOPY packge.json /\n", "package.json": "{}" }),
    "COPY_SOURCE_MISSING",
    /hint: there is package.json/,
  );
});

test("a source is underlined where it stands, and the hint says why it is not there", { skip }, async () => {
  const cases: readonly (readonly [lines: string, covers: string, words: RegExp])[] = [
    ["COPY ok ../out /", "../out", /nothing above the context can be copied: .*-f .*--build-context up=\.\. /],
    ["COPY ok src/nothing /", "src/nothing", /there is only one, two/],
    ["COPY srcc/one /", "srcc/one", /there is src$/m],
    ["COPY ok lib-$V /\nARG V=1", "lib-$V", /V is not set yet: ARG V stands below, in line 3/],
    ["COPY [ok, x] /y/", "[ok,", /a JSON array has double quotes/],
    ["COPY --link ok missing /", "missing", /there is only/],
    ["RUN --mount=source=missing,target=/m true", "source=missing", /there is only/],
  ];
  for (const [lines, covers, words] of cases) {
    const outcome = await build({ Dockerfile: `FROM busybox\n${lines}\n`, ok: "", "src/one": "", "src/two": "" });
    assert.equal(outcome.code, 1, outcome.stderr);
    assert.match(outcome.stderr, words);
    const first = lines.split("\n")[0] ?? "";
    const mark = `  2 | ${first}\n    | ${" ".repeat(first.indexOf(covers))}${"^".repeat(covers.length)}\n`;
    assert.ok(outcome.stderr.includes(mark), `${mark}\n${outcome.stderr}`);
  }
});

test("a RUN that is nearly JSON, with the JSON it was meant to be", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nRUN ['ls', '-l']\n" });
  refused(outcome, "RUN_FAILED", /a JSON array has double quotes: RUN \["ls", "-l"\]/);
});

test("several errors of one file, one after the other", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nRUNN true\nCOPY x\n" });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /^error: unknown instruction: RUNN[^]*\n\nerror: COPY requires at least two/m);
});

test("an unreadable file", { skip: skip || lacking("setpriv") }, async () => {
  const context = place.files("unreadable", { Dockerfile: "FROM busybox\nCOPY . /\n", secret: "x" });
  chmodSync(join(context, "secret"), 0);
  chownSync(join(context, "secret"), 1, 1);
  // Root may read everything, until it gives that up.
  const words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", program, "--root", place.root, "build", context];
  refused(await run(words), "FILE_UNREADABLE", /secret/);
});

test("a file that the ignore file excludes, with its line", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nCOPY dist /\n", ".dockerignore": "# built\ndist\n", "dist/x": "" });
  refused(outcome, "COPY_SOURCE_MISSING", /\.dockerignore:2 \(dist\) excludes it/);
});

test("a registry that is not there", { skip }, async () => {
  refused(await build({ Dockerfile: "FROM 127.0.0.1:1/none/x:1\n" }), "REGISTRY_UNREACHABLE", /connection refused/);
});

test("a RUN that fails, with its last words and its exit code", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nRUN echo last words && exit 42\n" });
  refused(outcome, "RUN_FAILED", /last words[^]*exit code: 42/);
});

test("a store of a newer version", { skip }, async () => {
  const root = place.files("newer", { "slipway.json": '{"version":99}' });
  const outcome = await place.slipway(["images"], { root });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /has version 99/);
});

test("a full disk", { skip }, async () => {
  const root = join(place.folder, "small");
  mkdirSync(root);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", root]).status, 0);
  try {
    assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"], { root })).code, 0);
    const context = place.files("large", { Dockerfile: "FROM busybox\nCOPY big /\n", big: "x".repeat(9 << 20) });
    const outcome = await place.slipway(["build", context], { root });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /\[STORE_FULL\]/);
    const after = await place.slipway(["run", "--rm", "busybox", "echo", "still here"], { root });
    assert.equal(after.stdout, "still here\n", after.stderr);
  } finally {
    spawnSync("umount", [root]);
  }
});

test("a disk that a RUN fills", { skip }, async () => {
  const root = join(place.folder, "filled");
  mkdirSync(root);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=5m", "tmpfs", root]).status, 0);
  try {
    assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"], { root })).code, 0);
    const context = place.files("filling", {
      Dockerfile: "FROM busybox\nRUN head -c 9000000 /dev/zero > /x\n",
    });
    const outcome = await place.slipway(["build", "--progress=plain", context], { root });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /^error: .*\[RUN_FAILED\]$/m);
    assert.doesNotMatch(outcome.stderr, /\n\s+at .*:\d+:\d+/);
  } finally {
    spawnSync("umount", [root]);
  }
});

test("a store on a disk that can only be read", { skip }, async () => {
  const root = join(place.folder, "readonly");
  mkdirSync(root);
  assert.equal(spawnSync("mount", ["--bind", place.root, root]).status, 0);
  try {
    assert.equal(spawnSync("mount", ["-o", "remount,ro,bind", root]).status, 0);
    const context = place.files("unwritten", { Dockerfile: "FROM busybox\nRUN true\n" });
    const writers = [
      ["build", context],
      ["run", "--rm", "busybox"],
      ["tag", "busybox", "b"],
      ["rmi", "busybox"],
    ];
    for (const words of [...writers, ["system", "prune", "-f"], ["import", await busyboxTar(), "b"]]) {
      const { code, stderr } = await place.slipway(words, { root });
      assert.notEqual(code, 0, words.join(" "));
      assert.match(stderr, /cannot be written: the file system is read-only/);
      assert.doesNotMatch(stderr, /\n\s+at .*:\d+:\d+/);
    }
    assert.match((await place.slipway(["images"], { root })).stdout, /^busybox /m);
  } finally {
    spawnSync("umount", [root]);
  }
});

test("a volume by the name of a file, and a folder as an archive", { skip }, async () => {
  for (const name of ["/etc/passwd", "..", "nosuch"]) {
    const { code, stderr } = await place.slipway(["volume", "rm", name]);
    assert.equal(code, 1);
    assert.match(stderr, /no such volume/);
  }
  const { code, stderr } = await place.slipway(["import", "."]);
  assert.equal(code, 1);
  assert.match(stderr, /open \.: it is a folder\n {2}hint: /);
});

test("after all of it a build works", { skip }, async () => {
  const outcome = await build({ Dockerfile: "FROM busybox\nRUN echo fine > /f\n" }, "-t", "fine");
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.equal((await place.slipway(["run", "--rm", "fine", "cat", "/f"])).stdout, "fine\n");
});
