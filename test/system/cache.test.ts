/** Caches that travel: through folders, registries and images, from one store to another. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { startRegistry, type TestRegistry, watchRegistry } from "../support/registry.ts";
import { has, lacking, type Outcome, Place, run } from "../support/slipway.ts";

const skip: string | false = lacking("docker-registry");
let place: Place;
let registry: TestRegistry;
let base: string;
let context: string;

const DOCKERFILE = `FROM busybox AS deps
RUN --mount=type=cache,target=/cache echo \${BRANCH} >> /cache/seen; echo dependency > /dep
FROM busybox AS builder
COPY source.txt /
COPY --from=deps /dep /dep
RUN cat /source.txt /dep > /out
FROM busybox
WORKDIR /app
COPY --from=builder /out .
RUN echo final > final
CMD ["cat", "/app/out"]
`;

before(async () => {
  if (skip) return;
  place = new Place();
  registry = await startRegistry(place);
  base = await busyboxTar();
  context = place.files("app", { Dockerfile: DOCKERFILE, "source.txt": "hello\n" });
});
after(() => {
  registry?.stop();
  place?.[Symbol.dispose]();
});

/** A machine that has the base image and nothing else. */
async function machine(name: string): Promise<(...words: string[]) => Promise<Outcome>> {
  const root = join(place.folder, name);
  assert.equal((await place.slipway(["import", base, "busybox"], { root })).code, 0);
  return async (...words) => {
    const outcome = await place.slipway(words, { root });
    assert.equal(outcome.code, 0, outcome.stderr);
    return outcome;
  };
}

const build = ["build", "--progress=plain", "-t", "app"];

/** The steps that were done and not found, by their lines. */
function ran({ stderr }: Outcome): string[] {
  const names = new Map([...stderr.matchAll(/^#(\d+) (\[.*\] .*)$/gm)].map((match) => [match[1], match[2]]));
  const done = [...stderr.matchAll(/^#(\d+) DONE/gm)].map((match) => names.get(match[1]) ?? "");
  return done.filter((name) => name !== "" && !name.startsWith("[internal]"));
}

function pulled({ stderr }: Outcome): number {
  return new Set([...stderr.matchAll(/sha256:\w+ [\d.]+k?B \/ /g)].map((match) => match[0])).size;
}

function layers(name: string): string[] {
  return readdirSync(join(place.folder, name, "layers"));
}

test("a machine with only a folder's cache runs nothing and brings the result's layers alone", { skip }, async () => {
  const [a, b] = [await machine("a1"), await machine("b1")];
  const folder = join(place.folder, "cache1");
  await a(...build, "--cache-to", `type=local,dest=${folder},mode=max`, context);
  const before = layers("b1");
  const again = await b(...build, "--cache-from", `type=local,src=${folder}`, context);
  assert.deepEqual(ran(again), []);
  assert.equal(pulled(again), 3);
  assert.deepEqual(layers("b1"), before, "nothing was unpacked");
  assert.equal((await b("run", "--rm", "app")).stdout, "hello\ndependency\n");
});

test("a changed file brings only the layers its steps work on", { skip }, async () => {
  const [a, b] = [await machine("a2"), await machine("b2")];
  const folder = join(place.folder, "cache2");
  await a(...build, "--cache-to", `type=local,dest=${folder},mode=max`, context);
  const changed = place.files("changed", { Dockerfile: DOCKERFILE, "source.txt": "changed\n" });
  const again = await b(...build, "--cache-from", `type=local,src=${folder}`, changed);
  assert.deepEqual(ran(again), [
    "[builder 2/4] COPY source.txt /",
    "[builder 3/4] COPY --from=deps /dep /dep",
    "[builder 4/4] RUN cat /source.txt /dep > /out",
    "[stage-2 3/4] COPY --from=builder /out .",
    "[stage-2 4/4] RUN echo final > final",
  ]);
  assert.equal(pulled(again), 2, "that of deps and that of WORKDIR");
  assert.equal((await b("run", "--rm", "app")).stdout, "changed\ndependency\n");
});

test("two branches write to one tag of a registry, and both are found there", { skip }, async () => {
  const [a, b, c] = [await machine("a3"), await machine("b3"), await machine("c3")];
  const ref = `${registry.host}/team/cache`;
  const other = place.files("branch", { Dockerfile: DOCKERFILE, "source.txt": "branch\n" });
  await a(...build, "--cache-to", `type=registry,ref=${ref},mode=max`, context);
  await b(...build, "--cache-to", `type=registry,ref=${ref},mode=max`, "--cache-from", ref, other);
  for (const folder of [context, other]) {
    const outcome = await c("build", "--progress=plain", "-o", "type=cacheonly", "--cache-from", ref, folder);
    assert.deepEqual(ran(outcome), []);
    assert.equal(pulled(outcome), 0);
  }
});

test("with mode=min the result is found, and the steps of other stages are not", { skip }, async () => {
  const [a, b] = [await machine("a4"), await machine("b4")];
  const ref = `${registry.host}/team/min:1`;
  await a(...build, "--cache-to", ref, context);
  assert.deepEqual(ran(await b(...build, "--cache-from", ref, context)), []);
  const stage = await b("build", "--progress=plain", "--target=builder", "-o", "type=cacheonly", "--cache-from", ref, context);
  assert.ok(ran(stage).includes("[builder 4/4] RUN cat /source.txt /dep > /out"));
});

test("an image carries its cache along", { skip }, async () => {
  const [a, b] = [await machine("a5"), await machine("b5")];
  const name = `${registry.host}/team/app:1`;
  await a("build", "-t", name, "--cache-to", "type=inline", context);
  await a("push", name);
  assert.deepEqual(ran(await b(...build, "--cache-from", name, context)), []);
  const taken = await place.slipway([...build, "--cache-to", name, context], { root: join(place.folder, "a5") });
  assert.match(taken.stderr, /is an image and no cache/);
});

test("a source that is not there costs its hits and no more", { skip }, async () => {
  const a = await machine("a6");
  const outcome = await a(
    ...build,
    "--cache-from",
    `${registry.host}/team/none`,
    "--cache-from",
    "type=local,src=/none",
    context,
  );
  assert.match(outcome.stderr, /ERROR: .*team\/none.*manifest unknown/);
  assert.match(outcome.stderr, /ERROR: the folder \/none has no index\.json/);
  assert.equal((await a("run", "--rm", "app")).stdout, "hello\ndependency\n");
});

test("a layer that was tampered with is refused", { skip }, async () => {
  const a = await machine("a7");
  await machine("b7");
  const folder = join(place.folder, "cache7");
  await a(...build, "--cache-to", `type=local,dest=${folder},mode=max,compression=uncompressed`, context);
  const blobs = join(folder, "blobs/sha256");
  for (const name of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, name));
    if (bytes.includes("ustar"))
      writeFileSync(join(blobs, name), Buffer.from(bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte))));
  }
  const root = join(place.folder, "b7");
  const outcome = await place.slipway([...build, "--cache-from", `type=local,src=${folder}`, context], { root });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /has digest sha256:\w+, not sha256:/);
});

test("cache mounts go along on request", { skip }, async () => {
  const [a, b] = [await machine("a8"), await machine("b8")];
  const folder = join(place.folder, "cache8");
  const mounting = place.files("mounting", {
    Dockerfile:
      "FROM busybox\nARG BRANCH\nRUN --mount=type=cache,target=/cache echo $BRANCH >> /cache/seen; cat /cache/seen > /seen\n",
  });
  await a(...build, "--build-arg", "BRANCH=one", "--cache-to", `type=local,dest=${folder},mounts=true`, mounting);
  await b(...build, "--build-arg", "BRANCH=two", "--cache-from", `type=local,src=${folder}`, mounting);
  assert.equal((await b("run", "--rm", "app", "cat", "/seen")).stdout, "one\ntwo\n");
});

test("processes that write to one tag of a registry at once lose nothing", { skip }, async () => {
  const names = ["at-once-1", "at-once-2", "at-once-3"];
  const ref = `${registry.host}/team/at-once`;
  const contexts = names.map((name) => place.files(`${name}-context`, { Dockerfile: DOCKERFILE, "source.txt": `${name}\n` }));
  const machines = await Promise.all(names.map(machine));
  const words = [...build, "--build-arg", "BRANCH=x", "--cache-to", `type=registry,ref=${ref},mode=max`];
  await Promise.all(machines.map((slipway, i) => slipway(...words, contexts[i] as string)));
  const reader = await machine("at-once-reader");
  for (const folder of contexts) assert.deepEqual(ran(await reader(...build, "--cache-from", ref, folder)), []);
});

test("a machine that is empty asks a registry for no layer that it need not have", { skip }, async () => {
  const a = await machine("watched");
  const watched = await watchRegistry(registry);
  try {
    const [from, ref] = [`${watched.host}/team/base`, `${watched.host}/team/watched`];
    await a("tag", "busybox", from);
    await a("push", from);
    const folder = place.files("watched-context", { Dockerfile: DOCKERFILE.replaceAll("busybox", from), "source.txt": "w\n" });
    await a(...build, "--cache-to", `type=registry,ref=${ref},mode=max`, folder);
    const layersAsked = async (name: string, ...words: string[]): Promise<number> => {
      watched.asked.length = 0;
      const root = join(place.folder, name);
      const outcome = await place.slipway(["build", "--progress=plain", "--cache-from", ref, ...words, folder], { root });
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.deepEqual(ran(outcome), []);
      // The configs of the base and of the cache are blobs as well.
      return watched.asked.filter((line) => /^GET .*\/blobs\//.test(line)).length - 2;
    };
    assert.equal(await layersAsked("watched-1", "-o", "type=cacheonly"), 0);
    assert.equal(await layersAsked("watched-2", "-t", "app"), 1 + 3, "that of the base and those of the last stage");
    assert.equal(await layersAsked("watched-3", "--target=deps", "-t", "deps"), 1 + 1);
  } finally {
    watched.stop();
  }
});

test("several platforms and several places come together", { skip }, async () => {
  const [a, b] = [await machine("a10"), await machine("b10")];
  const dockerfile = "FROM busybox AS one\nARG TARGETARCH\nCOPY f /$TARGETARCH\nFROM busybox\nCOPY --from=one / /all\n";
  const context = place.files("platforms", { Dockerfile: dockerfile, f: "f" });
  const [first, second] = ["linux/amd64", "linux/arm64"];
  await a(...build, "--platform", first, "--cache-to", `${registry.host}/team/platforms`, context);
  await a(...build, "--platform", second, "--cache-to", `type=local,dest=${join(place.folder, "platforms-cache")}`, context);
  const from = [
    "--cache-from",
    `${registry.host}/team/platforms`,
    "--cache-from",
    `type=local,src=${place.folder}/platforms-cache`,
  ];
  assert.deepEqual(ran(await b(...build, "--platform", `${first},${second}`, ...from, context)), []);
});

test("a cache that cannot be written fails the build, unless errors of it are ignored", { skip }, async () => {
  await machine("a11");
  const root = join(place.folder, "a11");
  const dest = join(place.files("a-file", { file: "" }), "file/cache");
  const refused = await place.slipway([...build, "--cache-to", `type=local,dest=${dest}`, context], { root });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the cache cannot be written to .*ENOTDIR.* \[CACHE_NOT_WRITABLE\]/);
  const ignored = await place.slipway([...build, "--cache-to", `type=local,dest=${dest},ignore-error=true`, context], { root });
  assert.equal(ignored.code, 0, ignored.stderr);
});

test("other tools read and copy the folder", { skip: skip || (has("skopeo") ? false : "needs skopeo") }, async () => {
  const [a, b] = [await machine("a9"), await machine("b9")];
  const [folder, copy] = [join(place.folder, "cache9"), join(place.folder, "copy9")];
  await a(...build, "--cache-to", `type=local,dest=${folder},mode=max`, context);
  const inspected = await run(["skopeo", "inspect", `oci:${folder}:latest`]);
  assert.equal((JSON.parse(inspected.stdout) as { Layers: string[] }).Layers.length, 6);
  assert.equal((await run(["skopeo", "copy", `oci:${folder}:latest`, `oci:${copy}:latest`])).code, 0);
  assert.deepEqual(ran(await b(...build, "--cache-from", `type=local,src=${copy}`, context)), []);
});
