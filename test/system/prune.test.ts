/** Space back, step by step, and never from under somebody who needs it. */
import assert from "node:assert/strict";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;
let context: string;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
  context = place.files("app", {
    Dockerfile: `FROM busybox AS builder
RUN --mount=type=cache,id=things,target=/c echo x > /c/x; head -c 3000000 /dev/zero > /big
FROM busybox
COPY --from=builder /big /small
RUN echo done > /done
`,
  });
});
after(() => place?.[Symbol.dispose]());

async function slipway(...words: string[]): Promise<Outcome> {
  const outcome = await place.slipway(words);
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome;
}
const build = (): Promise<Outcome> => slipway("build", "--progress=plain", "-t", "app", context);
const target = (): Promise<Outcome> => slipway("build", "--progress=plain", "--target=builder", "-o", "type=cacheonly", context);
const mounts = (): string[] => readdirSync(join(place.root, "mounts"));

/** As if nobody had used the cache for so many hours. */
function age(hours: number): void {
  const folder = join(place.root, "records/results");
  const then = Date.now() / 1000 - hours * 3600;
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), then, then);
}

test("what images share stays, and so do cache mounts", { skip }, async () => {
  await build();
  const { stdout } = await slipway("builder", "prune", "-f");
  assert.match(stdout, /^ID\t+RECLAIMABLE\tSIZE\t+LAST ACCESSED\n\w{25} +\ttrue \t3MB/);
  assert.match(stdout, /Total:\t3MB\n$/);
  assert.equal(mounts().length, 1);
  assert.doesNotMatch((await build()).stderr, /\[.*\] RUN .*\n#\d+ (why|DONE)/);
  assert.match((await target()).stderr, /RUN --mount.*\n(#.*why.*\n)?#\d+ DONE/);
});

test("--all takes all of it, and the image still runs", { skip }, async () => {
  await build();
  await slipway("builder", "prune", "-af");
  assert.equal(mounts().length, 0);
  assert.equal((await slipway("run", "--rm", "app", "cat", "/done")).stdout, "done\n");
  assert.match((await build()).stderr, /RUN echo done > \/done\n(#.*why.*\n)?#\d+ DONE/);
});

test("until takes what was not used since", { skip }, async () => {
  await build();
  await target();
  age(5);
  await build();
  await slipway("builder", "prune", "-f", "--filter", "until=6h");
  assert.match((await target()).stderr, /RUN --mount.*\n#\d+ CACHED/);
  age(5);
  await slipway("builder", "prune", "-f", "--filter", "until=2h");
  assert.match((await target()).stderr, /RUN --mount.*\n(#.*why.*\n)?#\d+ DONE/);
});

test("a limit takes what was used longest ago, and no more than it asks for", { skip }, async () => {
  await build();
  await target();
  await slipway("builder", "prune", "-f", "--max-used-space=50MB");
  assert.equal((await slipway("builder", "prune", "-f", "--max-used-space=50MB")).stdout, "Total:\t0B\n");
  assert.match((await slipway("builder", "prune", "-f", "--max-used-space=1MB")).stdout, /Total:\t[36]MB/);
});

test("one cache mount goes by its type", { skip }, async () => {
  await target();
  assert.match((await slipway("builder", "prune", "-f", "--filter", "type=exec.cachemount")).stdout, /\w{25}\* /);
  assert.equal(mounts().length, 0);
  assert.match((await target()).stderr, /RUN --mount.*\n#\d+ CACHED/);
});

test("system df tells of the cache", { skip }, async () => {
  await target();
  assert.match((await slipway("system", "df")).stdout, /^Build Cache +\d+ +0 +[36]MB +[36]MB$/m);
});

test("pruning beside builds takes nothing from them", { skip }, async () => {
  const builds = [1, 2, 3].map((number) => slipway("build", "--build-arg", `N=${number}`, "-t", `beside${number}`, context));
  const prunes = [1, 2].map(() => slipway("system", "prune", "-f"));
  await Promise.all([...builds, ...prunes]);
  for (const number of [1, 2, 3])
    assert.equal((await slipway("run", "--rm", `beside${number}`, "cat", "/done")).stdout, "done\n");
});

test("image prune chooses by label, and leaves what containers were made from", { skip }, async () => {
  for (const label of ["keep", "drop"]) await slipway("build", "-t", label, "--label", `fate=${label}`, context);
  await slipway("image", "prune", "-af", "--filter", "label=fate=drop");
  const { stdout } = await slipway("images", "--format", "{{.Repository}}");
  assert.ok(stdout.includes("keep") && !stdout.includes("drop"), stdout);
});
