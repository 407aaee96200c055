/** Why a step is not taken from the cache, as the progress of a build tells it. */
import assert from "node:assert/strict";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

const DOCKERFILE: string = `FROM busybox AS build
ARG VERSION=1
COPY . /src
RUN echo $VERSION > /out
FROM busybox
COPY --from=build /out /out
`;

/** Builds and returns the reasons by the text of their step, without its count. */
async function reasons(context: string, ...words: string[]): Promise<Record<string, string>> {
  const { code, stderr } = await place.slipway(["build", "--progress=plain", ...words, context]);
  assert.equal(code, 0, stderr);
  const found: Record<string, string> = {};
  for (const [, number, why] of stderr.matchAll(/^#(\d+) why: (.*)$/gm)) {
    const name = new RegExp(`^#${number} \\[[^\\]]*\\] (\\S+)`, "m").exec(stderr)?.[1] ?? "";
    found[name] = why ?? "";
  }
  return found;
}

test("a first build and one that finds everything have nothing to explain", { skip }, async () => {
  const context = place.files("first", { Dockerfile: DOCKERFILE, a: "a" });
  assert.deepEqual(await reasons(context), {});
  assert.deepEqual(await reasons(context), {});
});

test("changed files are named with the kind of change", { skip }, async () => {
  const context = place.files("files", { Dockerfile: DOCKERFILE, a: "a", "d/mode": "m", gone: "g", "log/x": "l" });
  await reasons(context);
  place.files("files", { a: "b" });
  assert.equal((await reasons(context))["COPY"], "a (content) of the build context");
  chmodSync(join(context, "d/mode"), 0o700);
  assert.equal((await reasons(context))["COPY"], "d/mode (mode) of the build context");
  rmSync(join(context, "gone"));
  place.files("files", { "new/deep/x": "x" });
  assert.equal((await reasons(context))["COPY"], "new (added), gone (removed) of the build context");
  place.files("files", { ".dockerignore": "lo[g]\n.dockerignore\n" });
  const found = await reasons(context);
  assert.equal(found["COPY"], "log (ignored by lo[g]) of the build context");
  assert.match(found["RUN"] ?? "", /^\[build 2\/3\] COPY \. \/src changed$/);
});

test("an argument is named with its values, and a stage by the file that became another", { skip }, async () => {
  const context = place.files("argument", { Dockerfile: DOCKERFILE });
  await reasons(context);
  assert.deepEqual(await reasons(context, "--build-arg", "VERSION=2"), {
    RUN: 'VERSION is "2", was "1"',
    COPY: "out (content) of stage build",
  });
});

test("another base image is named with both digests", { skip }, async () => {
  const context = place.files("base", { Dockerfile: "FROM moving\nRUN true\n" });
  await place.slipway(["tag", "busybox", "moving"]);
  await reasons(context);
  const other = place.files("other", { Dockerfile: "FROM busybox\nRUN echo x > /x\n" });
  await place.slipway(["build", "-t", "moving", other]);
  assert.match((await reasons(context))["RUN"] ?? "", /moving:latest is another image: sha256:\w{12}, was sha256:\w{12}$/);
});

test("options, shells and platforms of steps are named, and so is a cache that was pruned", { skip }, async () => {
  const dockerfile = 'FROM busybox\nSHELL ["/bin/sh", "-c"]\nRUN --mount=type=cache,target=/c,id=one true\n';
  const context = place.files("options", { Dockerfile: dockerfile });
  await reasons(context);
  assert.equal((await reasons(context, "--network=none"))["RUN"], 'the network is "none", was "default"');
  place.files("options", { Dockerfile: dockerfile.replace("id=one", "id=two,mode=700").replace("/bin/sh", "/bin/ash") });
  assert.equal(
    (await reasons(context, "--network=none"))["RUN"],
    'the shell is "/bin/ash -c", was "/bin/sh -c"; the mode of mount /c is "0700", was "0755"',
  );
  await place.slipway(["builder", "prune", "-af"]);
  assert.equal((await reasons(context, "--network=none"))["RUN"], "its layer is not in the store any more");
});

test("another target, a renamed stage and moved lines are compared with what they were", { skip }, async () => {
  const context = place.files("renamed", { Dockerfile: DOCKERFILE, a: "1", ".dockerignore": "Dockerfile" });
  await reasons(context);
  place.files("renamed", { a: "2" });
  assert.equal((await reasons(context, "--target=build"))["COPY"], "a (content) of the build context");
  place.files("renamed", { a: "3", Dockerfile: DOCKERFILE.replaceAll("build", "maker").replace("VERSION=1", "VERSION=5") });
  assert.deepEqual(await reasons(context), {
    RUN: '[maker 2/3] COPY . /src changed; VERSION is "5", was "1"',
    COPY: "out (content) of stage maker",
  });
  place.files("renamed", { Dockerfile: "FROM busybox\nRUN true\nRUN echo\n" });
  await reasons(context);
  place.files("renamed", { Dockerfile: "FROM busybox\nRUN echo\nRUN true\n" });
  assert.equal((await reasons(context))["RUN"], 'it stands on "RUN echo" now, not on "docker.io/library/busybox:latest"');
});

test("the stages of several platforms are not confused", { skip }, async () => {
  const dockerfile =
    "FROM busybox AS one\nARG TARGETARCH\nCOPY f /$TARGETARCH/\nFROM busybox\nWORKDIR /all\nCOPY --from=one / /all\n";
  const context = place.files("platforms", { Dockerfile: dockerfile, f: "first" });
  const words = ["build", "--progress=plain", "--platform=linux/amd64,linux/arm64", context];
  await place.slipway(words);
  place.files("platforms", { f: "second" });
  const { stderr } = await place.slipway(words);
  assert.match(stderr, / why: amd64\/f \(content\) of stage one\n/);
  assert.match(stderr, / why: arm64\/f \(content\) of stage one\n/);
});

test("builds of another folder, and of another Dockerfile, are not compared", { skip }, async () => {
  const one = place.files("folder-one", { Dockerfile: "FROM busybox\nCOPY a /\n", a: "one" });
  const two = place.files("folder-two", { Dockerfile: "FROM busybox\nCOPY a /\n", a: "two", Other: "FROM busybox\nCOPY . /\n" });
  await reasons(one);
  assert.deepEqual(await reasons(two), {});
  assert.deepEqual(await reasons(two, "-f", join(two, "Other")), {});
});

test("a machine that never built it is told why a step is not in the cache that it got", { skip }, async () => {
  const [cache, root] = [join(place.folder, "told"), join(place.folder, "told-root")];
  const context = place.files("told-context", { Dockerfile: DOCKERFILE, a: "1" });
  await reasons(context, "--cache-to", `type=local,dest=${cache},mode=max`);
  place.files("told-context", { Dockerfile: DOCKERFILE.replace("$VERSION", "version $VERSION"), ".dockerignore": "Dockerfile" });
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"], { root })).code, 0);
  const words = ["build", "--progress=plain", "--cache-from", `type=local,src=${cache}`, context];
  const { stderr } = await place.slipway(words, { root });
  assert.match(stderr, / why: files of the build context changed\n/);
  assert.match(stderr, / why: \[build 2\/3\] COPY \. \/src changed; the command is "echo version \$VERSION > \/out", was "echo/);
});

test("a program gets the changes as data", { skip }, async () => {
  const context = place.files("data", { Dockerfile: "FROM busybox\nCOPY a /\n", a: "1" });
  await reasons(context);
  place.files("data", { a: "2" });
  const { stderr } = await place.slipway(["build", "--progress=rawjson", context]);
  const vertices = stderr.split("\n").flatMap((line) => (line.startsWith("{") ? (JSON.parse(line).vertexes ?? []) : []));
  const why = vertices.find((vertex: { why?: object }) => vertex.why)?.why;
  assert.deepEqual(why, {
    text: "a (content) of the build context",
    changes: [{ kind: "files", from: "the build context", total: 1, files: [{ path: "a", change: "content" }] }],
  });
});

test("a dry run tells what a build would do, does nothing, and is right", { skip }, async () => {
  const context = place.files("dry", { Dockerfile: DOCKERFILE, a: "1" });
  await reasons(context);
  place.files("dry", { a: "2" });
  const builds = (await place.slipway(["builds", "-q"])).stdout;
  const twice = [];
  for (let i = 0; i < 2; i++) twice.push((await place.slipway(["build", "--dry-run", context])).stdout);
  assert.equal(
    twice[0],
    `[build 2/3] COPY . /src: runs
    of the build context:
      a (content)
[build 3/3] RUN echo 1 > /out: runs
    [build 2/3] COPY . /src changed
[stage-1 2/2] COPY --from=build /out /out: may run
    depends on the files of stage build
0 cached, 2 to run, 1 that may run
`,
  );
  assert.equal(twice[1], twice[0]);
  assert.equal((await place.slipway(["builds", "-q"])).stdout, builds);
  place.files("dry", { a: "3" });
  assert.equal((await reasons(context))["COPY"], "a (content) of the build context");
  assert.match((await place.slipway(["build", "--dry-run", context])).stdout, /\n3 cached, 0 to run, 0 that may run\n$/);
});
