/** The topmost COPY of an image: written once, as its tar, and laid out when somebody wants its files. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  await succeed("import", "-c", 'CMD ["cat", "/app/f"]', await busyboxTar(), "busybox");
});
after(() => place?.[Symbol.dispose]());

async function succeed(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await place.slipway(words);
  assert.equal(code, 0, stderr);
  return stdout + stderr;
}

const layers = (): number => readdirSync(join(place.root, "layers")).length;

test("it is not laid out by the build, whether linked or not", { skip }, async () => {
  const context = place.files("context", {
    Dockerfile: "FROM busybox\nCOPY one /one\nRUN test -e /one\nCOPY f /app/\n",
    "link.Dockerfile": "FROM busybox\nCOPY --link one /linked/\n",
    one: "1",
    f: "f\n",
  });
  const start = layers();
  await succeed("build", "-t", "app", context);
  assert.equal(layers(), start + 2, "the COPY below the RUN, and the RUN");
  await succeed("build", "-t", "linked", "-f", join(context, "link.Dockerfile"), context);
  assert.equal(layers(), start + 2);
  assert.match(await succeed("build", "--progress=plain", "-t", "app", context), /COPY f \/app\/\n#\d+ CACHED/);
});

test("what runs or builds on it finds its files", { skip }, async () => {
  assert.equal(await succeed("run", "--rm", "app"), "f\n");
  const above = place.files("above", {
    Dockerfile: "FROM linked\nRUN cat /linked/one > /seen\nCOPY --from=app /app/f /copied\n",
  });
  await succeed("build", "-t", "above", above);
  assert.equal(await succeed("run", "--rm", "above", "cat", "/seen", "/copied"), "1f\n");
  const longer = place.files("context", {
    "longer.Dockerfile": "FROM busybox\nCOPY one /one\nRUN test -e /one\nCOPY f /app/\nRUN cat /app/f > /g\n",
  });
  const told = await succeed("build", "--progress=plain", "-f", join(longer, "longer.Dockerfile"), longer);
  assert.match(told, /COPY f \/app\/\n#\d+ CACHED/, "a step above it takes it from the cache");
});

test("pruning keeps what the cache still names", { skip }, async () => {
  await succeed("rmi", "-f", "linked");
  await succeed("image", "prune", "-f");
  const context = join(place.folder, "context");
  const told = await succeed("build", "--progress=plain", "-t", "linked", "-f", join(context, "link.Dockerfile"), context);
  assert.match(told, /COPY --link one \/linked\/\n#\d+ CACHED/);
  await succeed("save", "-o", join(place.folder, "linked.tar"), "linked");
  await succeed("rmi", "-f", "linked");
  await succeed("builder", "prune", "-af");
  const anew = await succeed("build", "--progress=plain", "-t", "linked", "-f", join(context, "link.Dockerfile"), context);
  assert.match(anew, /COPY --link one \/linked\/\n#\d+ why: its layer is not in the store any more\n#\d+ DONE/);
});

test("files are laid out where an output wants files", { skip }, async () => {
  const out = join(place.folder, "out");
  const context = place.files("scratch", { Dockerfile: "FROM scratch\nCOPY f /\n", f: "x" });
  await succeed("build", "-o", out, context);
  assert.deepEqual(readdirSync(out), ["f"]);
  await succeed("build", "-t", "scratch-image", context);
  place.files("out", { mine: "stays", f: "is replaced, being longer" });
  await succeed("build", "-o", out, context);
  assert.deepEqual([readFileSync(join(out, "f"), "utf8"), readFileSync(join(out, "mine"), "utf8")], ["x", "stays"]);
});
