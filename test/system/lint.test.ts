import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Place } from "../support/slipway.ts";

const STAGES = "# base what all need\nFROM scratch AS base\nARG PORT=80\nFROM base AS Web\nCOPY a /\nCMD a\n";

test("--call tells of targets and parameters without building", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: STAGES });
  const targets = await place.slipway(["build", "--call=targets", folder]);
  assert.equal(targets.stdout, "TARGET        DESCRIPTION\nbase          what all need\nweb (default) \n");
  const outline = await place.slipway(["build", "--call", "outline,format=json", "--build-arg", "PORT=8080", folder]);
  const { name, args } = JSON.parse(outline.stdout);
  assert.equal(name, "web");
  assert.equal(args[0].value, "8080");
});

test("--check ends with 1 where there is advice, and with 0 where its status is not wanted", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: STAGES });
  const check = await place.slipway(["build", "--check", folder]);
  assert.equal(check.code, 1);
  assert.match(check.stdout, /^Check complete, 2 warnings have been found!/);
  const json = await place.slipway(["build", "--call=check,format=json,ignorestatus=true", folder]);
  assert.equal(json.code, 0);
  const { warnings } = JSON.parse(json.stdout);
  assert.deepEqual(
    warnings.map(({ ruleName }: { ruleName: string }) => ruleName),
    ["StageNameCasing", "JSONArgsRecommended"],
  );
  assert.equal((await place.slipway(["build", "--call=nonsense", folder])).code, 1);
});

test("lint tells what it finds, and needs no store", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: "FROM img:1\nRUN cd /x\n", ".hadolint.yaml": "failure-threshold: error\n" });
  const plain = await place.slipway(["lint", "app/Dockerfile"]);
  assert.equal(plain.code, 1);
  assert.match(plain.stdout, /^warning: .* {2}\[DL3003\]\n {2}--> app\/Dockerfile:2:5\n/);
  assert.ok(!existsSync(place.root));
  const settled = await place.slipway(["lint", "-f", "json"], { cwd: folder });
  assert.equal(settled.code, 0);
  assert.equal(JSON.parse(settled.stdout)[0].code, "DL3003");
  assert.equal((await place.slipway(["lint", "--no-fail", "app/Dockerfile"])).code, 0);
  assert.match((await place.slipway(["lint", "--ignore", "TagIsLate"])).stderr, /did you mean TagIsLatest/);
});

test("lint --fix writes the file, and with --dry-run shows what it would write", async () => {
  using place = new Place();
  const file = join(place.files("app", { Dockerfile: "FROM img:1\nADD a.py /a\n", "a.py": "" }), "Dockerfile");
  const dry = await place.slipway(["lint", "--fix", "--dry-run", file]);
  assert.match(dry.stdout, /\n-ADD a.py \/a\n\+COPY a.py \/a\n$/);
  assert.equal(readFileSync(file, "utf8"), "FROM img:1\nADD a.py /a\n");
  const fixed = await place.slipway(["lint", "--fix", file]);
  assert.equal(fixed.code, 0);
  assert.equal(readFileSync(file, "utf8"), "FROM img:1\nCOPY a.py /a\n");
});

test("a build tells of a build argument that nothing declares", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: "FROM scratch\nARG VERSION\nCOPY a /\n", a: "" });
  const { stderr, code } = await place.slipway(["build", "--build-arg", "VERSON=1", folder]);
  assert.equal(code, 0);
  assert.match(stderr, /^note: no ARG declares the build argument VERSON \(did you mean VERSION\?\)$/m);
});

test("a build that did a step notes what the user of the image cannot write", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: "FROM scratch\nCOPY a /app/\nVOLUME /data /app\nUSER 1000\n", a: "" });
  const home =
    "note: uid 1000 is not in /etc/passwd, so that its home is /, which it cannot write; set HOME to a folder that it can\n";
  const volume = "note: user 1000 cannot write the volume /data; make the folder and give it to the user above VOLUME\n";
  const first = await place.slipway(["build", "--progress=plain", folder]);
  assert.equal(first.code, 0, first.stderr);
  assert.ok(first.stderr.endsWith(home + volume), first.stderr);
  assert.doesNotMatch((await place.slipway(["build", "--progress=plain", folder])).stderr, /note:/);
});
