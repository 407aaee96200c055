/** The store under several processes, under a kill, and in the eyes of others. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

test("two processes that build the same at once do each step once", { skip }, async () => {
  const context = place.files("twice", { Dockerfile: "FROM busybox\nRUN sleep 1 && cat /proc/sys/kernel/random/uuid > /id\n" });
  const [one, two] = await Promise.all(
    ["one", "two"].map((name) => place.slipway(["build", "--progress=plain", "-t", name, context])),
  );
  assert.equal(one?.code, 0, one?.stderr);
  assert.equal(two?.code, 0, two?.stderr);
  const ids = await Promise.all(["one", "two"].map((name) => place.slipway(["run", "--rm", name, "cat", "/id"])));
  assert.equal(ids[0]?.stdout, ids[1]?.stdout);
});

test("Ctrl-C ends a build with all it started and leaves nothing", { skip }, async () => {
  const context = place.files("slow", { Dockerfile: "FROM busybox\nRUN sleep 4321 & sleep 4321\n" });
  const child = spawn(program, ["--root", place.root, "build", "--progress=plain", context], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  for (let i = 0; i < 100 && !(await running("sleep 4321")); i++) await sleep(50);
  assert.ok(await running("sleep 4321"), text);
  child.kill("SIGINT");
  assert.equal(await ended, 130);
  assert.equal(await running("sleep 4321"), false);
  assert.deepEqual(readdirSync(join(place.root, "tmp")), []);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(place.folder));
});

test("a build that is killed leaves a good store", { skip }, async () => {
  const context = place.files("killed", { Dockerfile: "FROM busybox\nRUN echo one > /one\nRUN sleep 5432\n" });
  const child = spawn(program, ["--root", place.root, "build", context], { stdio: "ignore" });
  for (let i = 0; i < 100 && !(await running("sleep 5432")); i++) await sleep(50);
  child.kill("SIGKILL");
  for (let i = 0; i < 100 && (await running("sleep 5432")); i++) await sleep(50);
  assert.equal(await running("sleep 5432"), false);
  place.files("killed", { Dockerfile: "FROM busybox\nRUN echo one > /one\nRUN echo two > /two\n" });
  const again = await place.slipway(["build", "--progress=plain", "-t", "killed", context]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /RUN echo one > \/one\n#\d+ CACHED/);
});

test("skopeo and umoci read the store as it lies", { skip: skip || lacking("skopeo", "umoci") }, async () => {
  const context = place.files("plain", { Dockerfile: "FROM busybox\nLABEL a=b\nRUN echo x > /x\n" });
  assert.equal((await place.slipway(["build", "-t", "plain:1", context])).code, 0);
  const seen = await run(["skopeo", "inspect", `oci:${place.root}:plain:1`]);
  assert.equal(seen.code, 0, seen.stderr);
  assert.deepEqual(JSON.parse(seen.stdout).Labels, { a: "b" });
  const copied = await run(["skopeo", "copy", "-q", `oci:${place.root}:plain:1`, `dir:${join(place.folder, "copied")}`]);
  assert.equal(copied.code, 0, copied.stderr);
  const bundle = join(place.folder, "bundle");
  const unpacked = await run(["umoci", "unpack", "--image", `${place.root}:plain:1`, bundle]);
  assert.equal(unpacked.code, 0, unpacked.stderr);
  assert.equal(readFileSync(join(bundle, "rootfs/x"), "utf8"), "x\n");
});

const specs = join(import.meta.dirname, "../../../shared/specs");

test("all that is written is valid by the image-spec's schemas", {
  skip: skip || (existsSync(specs) ? false : "needs the OCI schemas"),
}, () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const name of readdirSync(specs).filter((file) => file.endsWith(".json") && file !== "seccomp-default.json")) {
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(specs, name), "utf8"), withoutIds);
    ajv.addSchema({ ...schema, $id: `file:///${name}` });
  }
  const valid = (schema: string, value: unknown): void =>
    assert.ok(ajv.validate(`file:///${schema}`, value), `${schema}: ${ajv.errorsText()}`);
  const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(place.root, path), "utf8"));
  valid("image-layout-schema.json", json("oci-layout"));
  const index = json("index.json") as { manifests: { digest: string }[] };
  valid("image-index-schema.json", index);
  for (const { digest } of index.manifests) {
    const manifest = json(`blobs/sha256/${digest.slice(7)}`) as { config: { digest: string } };
    valid("image-manifest-schema.json", manifest);
    valid("config-schema.json", json(`blobs/sha256/${manifest.config.digest.slice(7)}`));
  }
});

/** The schemas are of draft 4, which names its parts with `id`. */
function withoutIds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  return key === "id" && typeof value === "string" ? undefined : value;
}

async function running(command: string): Promise<boolean> {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim() === command;
    } catch {
      return false;
    }
  });
}
