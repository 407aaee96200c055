/** Speed, as far as it can be counted: nothing is read, hashed, fetched or started more often than it must. */
import assert from "node:assert/strict";
import { lutimesSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { busyboxTar } from "../support/base.ts";
import { type Counted, counted } from "../support/counted.ts";
import { lacking, Place } from "../support/slipway.ts";

const skip: string | false = lacking();
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

/** How often files below a folder were opened. */
const openedIn = ({ opened }: Counted, folder: string): number => opened.filter((path) => path.startsWith(`${folder}/`)).length;

/** A context of `count` files whose digests may be remembered: they are older than two seconds. */
async function context(name: string, dockerfile: string, count: number, size: number): Promise<string> {
  const files = Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/${n % 10}/${n}`, `${n} `.padEnd(size, "x")]));
  const folder = place.files(name, { Dockerfile: dockerfile, ".dockerignore": "Dockerfile\n", ...files });
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) lutimesSync(join(folder, path), 1e9, 1e9);
  await sleep(2100);
  return folder;
}

test("a rebuild with nothing changed starts nothing and opens no file of the context", { skip }, async () => {
  const folder = await context("same", "FROM busybox\nCOPY src /src\nRUN echo built > /f\nCOPY src/1 /g\n", 50, 100);
  const build = ["build", "-q", "-t", "same", folder];
  await counted(place, build);
  const again = await counted(place, build);
  assert.deepEqual(again.processes, []);
  assert.equal(again.threads, 0);
  assert.equal(openedIn(again, join(folder, "src")), 0);
});

test("each file of a COPY is read to know it and read to pack it, also below a RUN", { skip }, async () => {
  const [count, size] = [300, 5000];
  const folder = await context("cold", "FROM busybox\nCOPY src /src\nRUN echo built > /f\n", count, size);
  const first = await counted(place, ["build", "-q", "-t", "cold", folder]);
  assert.equal(openedIn(first, join(folder, "src")), 2 * count);
  assert.equal(first.opened.filter((path) => path.includes("/fs/src/")).length, count, "each is written once and not read again");
  const bytes = count * size;
  assert.ok(first.hashedBytes < 2.4 * bytes, `${first.hashedBytes} bytes hashed for ${bytes}`);
  const without = await counted(place, ["build", "-q", "--no-cache", "-t", "cold", folder]);
  assert.equal(openedIn(without, join(folder, "src")), count);
});

test("a COPY that nothing stands on writes a tar and no files", { skip }, async () => {
  const folder = await context("last", "FROM busybox\nCOPY src /src\n", 40, 100);
  const build = await counted(place, ["build", "-q", "-t", "last", folder]);
  assert.equal(build.opened.filter((path) => path.includes("/fs/src/")).length, 0);
});

test("stages that share a base fetch each of its blobs once, and hash it once as it comes", { skip }, async () => {
  const source = await context("base", "FROM busybox\nCOPY src /src\n", 100, 1000);
  const layout = join(place.folder, "layout");
  const made = await place.slipway(["build", "-o", `type=oci,tar=false,dest=${layout}`, source]);
  assert.equal(made.code, 0, made.stderr);
  const { server, asked, host } = await serve(layout);
  try {
    const from = (name: string): string => `FROM ${host}/base:1 AS ${name}\nRUN echo ${name} > /${name}\n`;
    const folder = place.files("stages", { Dockerfile: `${from("a")}${from("b")}FROM a\nCOPY --from=b /b /\n` });
    const root = join(place.folder, "fetching");
    const build = await counted(place, ["build", "-q", "-t", "stages", folder], root);
    const blobs = asked.filter((path) => path.includes("/blobs/"));
    assert.ok(blobs.length >= 3, blobs.join(" "));
    assert.deepEqual([...new Set(blobs)].sort(), blobs.sort());
    const names = readdirSync(join(layout, "blobs/sha256"));
    const sizes = names.map((name) => readFileSync(join(layout, "blobs/sha256", name)).length);
    const tars = 2 * 1024 * 1024 + 100 * 2048;
    const limit = sizes.reduce((sum, size) => sum + size, 0) + tars;
    assert.ok(build.hashedBytes < limit, `${build.hashedBytes} bytes hashed, ${limit} allowed`);
  } finally {
    server.close();
  }
});

/** A registry that serves the one image of a layout and notes what it is asked for. */
async function serve(layout: string): Promise<{ server: Server; asked: string[]; host: string }> {
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as {
    manifests: { digest: string; mediaType: string }[];
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const [manifest] = index.manifests;
    const name = path.split("/").at(-1) ?? "";
    const digest = path.includes("/manifests/") && !name.startsWith("sha256:") ? (manifest?.digest ?? "") : name;
    if (path === "/v2/") return void response.end("{}");
    if (request.method === "GET") asked.push(path);
    const bytes = readFileSync(join(layout, "blobs/sha256", digest.replace("sha256:", "")));
    response.setHeader("content-type", digest === manifest?.digest ? manifest.mediaType : "application/octet-stream");
    response.setHeader("content-length", bytes.length);
    response.setHeader("docker-content-digest", digest);
    response.end(request.method === "HEAD" ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
