/** What a build can be asked for beyond what Docker does: each only when it is asked for. */
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
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

async function ok(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await place.slipway(words);
  assert.equal(code, 0, stderr);
  return `${stdout}${stderr}`;
}

let number = 0;
const context = (lines: readonly string[], files: Readonly<Record<string, string>> = {}): string =>
  place.files(`context-${++number}`, { Dockerfile: `${lines.join("\n")}\n`, ...files });

test("COPY --ignore-missing copies what is there", { skip }, async () => {
  const folder = context(["FROM scratch", "COPY --ignore-missing there missing /d/"], { there: "1" });
  const out = join(place.folder, "missing");
  await ok("build", "-o", out, folder);
  assert.equal(readFileSync(join(out, "d/there"), "utf8"), "1");
  const strict = await place.slipway(["build", context(["FROM scratch", "COPY missing /d/"])]);
  assert.match(strict.stderr, /COPY_SOURCE_MISSING/);
});

test("what was missing and is there the next time is copied", { skip }, async () => {
  const folder = context(["FROM scratch", "COPY --ignore-missing late /late"], { other: "1" });
  const out = join(place.folder, "late");
  await ok("build", "-o", out, folder);
  place.files(`context-${number}`, { late: "now" });
  await ok("build", "-o", out, folder);
  assert.equal(readFileSync(join(out, "late"), "utf8"), "now");
});

test("COPY --from has variables where the file asks for it", { skip }, async () => {
  const lines = ["ARG WHO=one", "FROM busybox AS one", "RUN echo 1 > /f", "FROM busybox AS two", "RUN echo 2 > /f"];
  const rest = ["FROM scratch", "COPY --from=$WHO /f /f"];
  const out = join(place.folder, "from");
  const folder = context(["# escape=\\", "# slipway=from-variables", ...lines, ...rest]);
  await ok("build", "-o", out, folder);
  assert.equal(readFileSync(join(out, "f"), "utf8"), "1\n");
  await ok("build", "--build-arg", "WHO=two", "-o", out, folder);
  assert.equal(readFileSync(join(out, "f"), "utf8"), "2\n");
  const without = await place.slipway(["build", context([...lines, ...rest])]);
  assert.match(without.stderr, /PLAN_FROM_VARIABLE/);
  const other = await place.slipway(["build", context(["# slipway=everything", ...lines, ...rest])]);
  assert.match(other.stderr, /PLAN_EXTENSION_UNKNOWN[\s\S]*from-variables/);
});

test("--no-cache-from runs a step again, and what stands on it, but nothing before", { skip }, async () => {
  const folder = context([
    "FROM busybox AS a",
    "RUN echo a1",
    "RUN echo a2",
    "FROM busybox AS b",
    "RUN echo b1",
    "COPY --from=a /etc /e",
  ]);
  await ok("build", folder);
  const ran = async (...words: string[]): Promise<string[]> =>
    [...(await ok("build", "--progress=plain", ...words, folder)).matchAll(/\] RUN echo (\w+)\n#\d+ (?!CACHED)/g)].map(
      ([, name]) => name ?? "",
    );
  assert.deepEqual(await ran(), []);
  assert.deepEqual(await ran("--no-cache-from=3"), ["a2"]);
  assert.deepEqual(await ran("--no-cache-from=a:2"), ["a1", "a2"]);
  assert.deepEqual(await ran("--no-cache-from=b:1"), ["b1"]);
  assert.match((await place.slipway(["build", "--no-cache-from=c:1", folder])).stderr, /there are a, b/);
});

test("--squash makes one layer on the base, with the same files", { skip }, async () => {
  const folder = context([
    "FROM busybox",
    "RUN mkdir /d && echo 1 > /d/a && echo 1 > /d/b && dd if=/dev/zero of=/big bs=1M count=3",
    "RUN rm /big /d/a && echo 2 > /d/c && rm -r /root",
    "WORKDIR /w",
  ]);
  await ok("build", "-t", "plain", folder);
  await ok("build", "--squash", "-t", "squashed", folder);
  const count = async (name: string): Promise<number> =>
    (JSON.parse(await ok("inspect", name)) as { RootFS: { Layers: string[] } }[])[0]?.RootFS.Layers.length ?? 0;
  assert.deepEqual([await count("plain"), await count("squashed")], [4, 2]);
  const list = 'cd / && ls -a / && find /d /w | sort | xargs stat -c "%n %F %a %u"';
  assert.equal(await ok("run", "--rm", "squashed", "sh", "-c", list), await ok("run", "--rm", "plain", "sh", "-c", list));
  const size = async (name: string): Promise<number> =>
    (JSON.parse(await ok("inspect", name)) as { Size: number }[])[0]?.Size ?? 0;
  assert.ok((await size("plain")) - (await size("squashed")) > 2_900_000);
  assert.match(await ok("history", "squashed"), /slipway build --squash/);
});

test("--unset leaves settings of the base out", { skip }, async () => {
  await ok(
    "build",
    "-t",
    "base",
    context(["FROM busybox", "ENV A=1 B=2", "VOLUME /data", "EXPOSE 80", "LABEL l=1", 'ENTRYPOINT ["x"]']),
  );
  const folder = context(["FROM base", "RUN echo $A > /a"]);
  await ok(
    "build",
    "-t",
    "bare",
    ...["env=A", "volume=/data", "expose=80", "label=l", "entrypoint"].flatMap((one) => ["--unset", one]),
    folder,
  );
  const [image] = JSON.parse(await ok("inspect", "bare")) as { Config: Record<string, unknown> }[];
  const { Env, Volumes, ExposedPorts, Labels, Entrypoint } = image?.Config ?? {};
  assert.deepEqual(
    (Env as string[]).filter((pair) => !pair.startsWith("PATH=")),
    ["B=2"],
  );
  assert.deepEqual(
    [Volumes, ExposedPorts, Labels, Entrypoint].map((value) => value ?? null),
    [null, null, null, null],
  );
  assert.equal(await ok("run", "--rm", "bare", "cat", "/a"), "1\n");
});
