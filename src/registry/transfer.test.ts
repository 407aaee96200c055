import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, test } from "node:test";
import { digestOfBytes } from "../core/index.ts";
import { type Descriptor, MEDIA, parseReference } from "../oci/index.ts";
import { openRepository, type Repository } from "./repository.ts";

const stops: (() => void)[] = [];
after(() => {
  for (const stop of stops) stop();
});

const blob = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
const descriptor: Descriptor = { mediaType: MEDIA.layer, digest: digestOfBytes(blob), size: blob.length };
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.manifest, config: descriptor, layers: [] });

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A registry that answers as it is told; `asked` are the requests, by method, path and range. */
async function server(answer: Answer): Promise<{ readonly host: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push([request.method, request.url, request.headers.range].filter(Boolean).join(" "));
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return { host: `127.0.0.1:${(http.address() as { port: number }).port}`, asked };
}

const repository = (host: string): Repository => openRepository(parseReference(`${host}/a`), {});

async function read(from: Repository): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await from.source.open(descriptor)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sends some of the bytes from `start` on and breaks off. */
function breakOff(response: ServerResponse, start: number, count: number, status: number): void {
  response.writeHead(status, { "content-length": blob.length - start });
  response.write(blob.subarray(start, start + count), () => setTimeout(() => response.destroy(), 20));
}

const startOf = (request: IncomingMessage): number => Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);

test("a download that breaks off goes on where it was", async () => {
  const { host, asked } = await server((request, response, count) => {
    const start = startOf(request);
    if (count < 3) breakOff(response, start, 50_000, start > 0 ? 206 : 200);
    else response.writeHead(206).end(blob.subarray(start));
  });
  assert.deepEqual(await read(repository(host)), blob);
  const path = `GET /v2/a/blobs/${descriptor.digest}`;
  assert.deepEqual(asked, [path, `${path} bytes=50000-`, `${path} bytes=100000-`]);
});

test("a server without ranges begins again, and what is known is passed over", async () => {
  const { host } = await server((_, response, count) => {
    if (count === 1) breakOff(response, 0, 70_001, 200);
    else response.writeHead(200).end(blob);
  });
  assert.deepEqual(await read(repository(host)), blob);
});

test("a server that never gets further is given up", async () => {
  const { host, asked } = await server((request, response) => {
    if (startOf(request) === 0) breakOff(response, 0, 1000, 200);
    else breakOff(response, 1000, 0, 206);
  });
  await assert.rejects(read(repository(host)), { code: "REGISTRY_BROKEN_OFF", message: /broke off after 1000 of 200000 bytes/ });
  assert.equal(asked.length, 5);
});

test("a server that is busy is asked again when it says", async () => {
  const { host, asked } = await server((_, response, count) => {
    if (count === 1) response.writeHead(429, { "retry-after": "0" }).end();
    else if (count === 2) response.writeHead(503, { "retry-after": new Date().toUTCString() }).end();
    else response.writeHead(200).end(blob);
  });
  assert.deepEqual(await read(repository(host)), blob);
  assert.equal(asked.length, 3);
});

test("a limit that stays is told as one", async () => {
  const { host } = await server((_, response) => response.writeHead(429, { "retry-after": "0" }).end());
  await assert.rejects(read(repository(host)), { code: "REGISTRY_RATE_LIMIT", hint: /log in/ });
});

test("a tag that is not there is answered with those that are", async () => {
  const { host } = await server((request, response) => {
    if (request.url?.includes("/tags/list")) response.end(JSON.stringify({ tags: ["1.0", "1.1", "latest"] }));
    else response.writeHead(404).end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }));
  });
  await assert.rejects(repository(host).source.resolve("lates"), { hint: "its tags are latest, 1.0, 1.1" });
});

test("a mirror is asked first, and the registry where the mirror has nothing", async () => {
  const mirror = await server((request, response) => {
    if (request.url?.includes("/manifests/")) response.setHeader("content-type", MEDIA.manifest).end(manifest);
    else response.writeHead(404).end();
  });
  const own = await server((_, response) => response.end(blob));
  const options = { mirrors: { [own.host]: ["http://127.0.0.1:1", `http://${mirror.host}/cache`] } };
  const both = openRepository(parseReference(`${own.host}/a`), options);
  assert.equal((await both.source.resolve("1")).digest, digestOfBytes(Buffer.from(manifest)));
  assert.deepEqual(await read(both), blob);
  assert.deepEqual(mirror.asked, ["GET /cache/v2/a/manifests/1", `GET /cache/v2/a/blobs/${descriptor.digest}`]);
  assert.deepEqual(own.asked, [`GET /v2/a/blobs/${descriptor.digest}`]);
});
