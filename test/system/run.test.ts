/** `run` in the foreground: exit codes, environment, volumes, and nothing left behind. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', "-c", "ENV A=image", await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

test("the exit code is the process's; 126 and 127 are as Docker has them", { skip }, async () => {
  assert.equal((await place.slipway(["run", "--rm", "busybox", "sh", "-c", "exit 7"])).code, 7);
  assert.equal((await place.slipway(["run", "--rm", "busybox", "nosuchprogram"])).code, 127);
  assert.equal((await place.slipway(["run", "--rm", "busybox", "/etc"])).code, 126);
});

test("environment, user, folder and entrypoint can be given", { skip }, async () => {
  const words = [
    "run",
    "--rm",
    "-e",
    "B=given",
    "-u",
    "1000:1000",
    "-w",
    "/tmp",
    "--entrypoint",
    "sh",
    "busybox",
    "-c",
    'echo "$A $B $(id -u):$(id -g) $PWD"',
  ];
  assert.equal((await place.slipway(words)).stdout, "image given 1000:1000 /tmp\n");
});

test("a folder of the host is shown, and can be shown for reading only", { skip }, async () => {
  const folder = place.files("shared", { f: "from the host\n" });
  assert.equal(
    (await place.slipway(["run", "--rm", "-v", `${folder}:/d`, "busybox", "sh", "-c", "cat /d/f; echo new > /d/g"])).stdout,
    "from the host\n",
  );
  assert.equal(readFileSync(join(folder, "g"), "utf8"), "new\n");
  assert.notEqual((await place.slipway(["run", "--rm", "-v", `${folder}:/d:ro`, "busybox", "touch", "/d/h"])).code, 0);
});

test("no mount is left", { skip }, () => {
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(place.folder));
});

test("an image may have the same layer twice, in its base as well", { skip }, async () => {
  const context = place.files("twice", {
    Dockerfile: "FROM busybox AS base\nCOPY a /a\nCOPY b /b\nCOPY a /a\nCMD cat /a /b\n",
    "on.Dockerfile": "FROM twice\nRUN cat /a /b > /c\nCMD cat /c\n",
    a: "a\n",
    b: "b\n",
  });
  for (const [tag, file] of [
    ["twice", "Dockerfile"],
    ["on", "on.Dockerfile"],
  ] as const) {
    const built = await place.slipway(["build", "-t", tag, "-f", join(context, file), context]);
    assert.equal(built.code, 0, built.stderr);
    assert.equal((await place.slipway(["run", "--rm", tag])).stdout, "a\nb\n");
  }
  const { stdout } = await place.slipway(["inspect", "-f", '{{join .RootFS.Layers " "}}', "twice"]);
  const layers = stdout.trim().split(" ");
  assert.equal(layers[1], layers[3]);
});
