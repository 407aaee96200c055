/** A registry that answers oddly: each test is told what was asked of it. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { digestOfBytes } from "../core/index.ts";
import { type Descriptor, MEDIA, parseReference } from "../oci/index.ts";
import { openRepository, type Repository } from "./repository.ts";

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Answering = (asked: Asked, answer: ServerResponse, count: number) => void;

/** A server on a port of its own; `asked` has what it was asked, in order. */
async function server(t: TestContext, answering: Answering): Promise<{ readonly host: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const http = createServer((request: IncomingMessage, answer: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on("data", (chunk: Buffer) => parts.push(chunk));
    request.on("end", () => {
      const one = {
        line: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body: Buffer.concat(parts).toString(),
      };
      answering(one, answer, asked.push(one));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return { host: `127.0.0.1:${(http.address() as AddressInfo).port}`, asked };
}

const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.manifest, config: {}, layers: [] });
const blob = "the bytes";
const described: Descriptor = { mediaType: MEDIA.layer, digest: digestOfBytes(blob), size: blob.length };

function open(host: string, configFolder = "/none"): Repository {
  return openRepository(parseReference(`${host}/team/app`), { configFolder });
}

/** Docker's configuration with one login. */
function login(t: TestContext, host: string, entry: Record<string, string>): string {
  return writeFiles(temporaryFolder(t), { "config.json": JSON.stringify({ auths: { [host]: entry } }) });
}

function give(answer: ServerResponse, status: number, body = "", headers: Record<string, string> = {}): void {
  answer.writeHead(status, { "retry-after": "0", ...headers });
  answer.end(body);
}

async function textOf(body: Readable): Promise<string> {
  let text = "";
  for await (const chunk of body as AsyncIterable<Buffer>) text += chunk;
  return text;
}

const ana = Buffer.from("ana:secret").toString("base64");

test("a manifest is resolved to its own digest, size and type", async (t) => {
  const { host, asked } = await server(t, (_, answer) => give(answer, 200, manifest, { "content-type": "text/plain" }));
  const found = await open(host).source.resolve("v1");
  assert.deepEqual(found, { mediaType: MEDIA.manifest, digest: digestOfBytes(manifest), size: manifest.length });
  assert.deepEqual(asked[0]?.line, "GET /v2/team/app/manifests/v1");
});

test("a manifest that has not the digest that was asked for is refused", async (t) => {
  const { host } = await server(t, (_, answer) => give(answer, 200, manifest));
  assert.equal((await open(host).source.resolve(digestOfBytes(manifest))).digest, digestOfBytes(manifest));
  await assert.rejects(open(host).source.resolve(digestOfBytes("another")), { code: "REGISTRY_BAD_ANSWER" });
});

for (const [what, body, type] of [
  ["a page of HTML", "<html>", "text/html"],
  ["a type that is no manifest's", "{}", "application/json"],
  ["a manifest of schema 1", '{"schemaVersion":1}', "application/vnd.docker.distribution.manifest.v1+prettyjws"],
  ["more than a manifest can be", `{"x":"${"x".repeat(17 << 20)}"}`, MEDIA.manifest],
] as const) {
  test(`${what} in place of a manifest is refused`, async (t) => {
    const { host } = await server(t, (_, answer) => give(answer, 200, body, { "content-type": type }));
    await assert.rejects(open(host).source.resolve("v1"), { code: "REGISTRY_BAD_ANSWER" });
  });
}

for (const [status, body, code] of [
  [401, "", "REGISTRY_UNAUTHORIZED"],
  [403, "{}", "REGISTRY_DENIED"],
  [404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such thing"}]}', "REGISTRY_NOT_FOUND"],
  [429, "slow down", "REGISTRY_RATE_LIMIT"],
  [503, "<html>", "REGISTRY_ERROR"],
  [418, "[]", "REGISTRY_ERROR"],
  [400, "null", "REGISTRY_ERROR"],
] as const) {
  test(`status ${status} is ${code}`, async (t) => {
    const { host, asked } = await server(t, (_, answer) => give(answer, status, body));
    await assert.rejects(open(host).source.resolve("v1"), { code, status });
    const manifests = asked.filter(({ line }) => !line.includes("/tags/list"));
    assert.equal(manifests.length, status === 429 || status === 503 ? 4 : 1);
  });
}

test("what the registry says is in the message", async (t) => {
  const body = '{"errors":[{"code":"DENIED","message":"the quota is used up"},{"code":"X"}]}';
  const { host } = await server(t, (_, answer) => give(answer, 403, body));
  await assert.rejects(open(host).source.resolve("v1"), { message: /the quota is used up/, codes: ["DENIED", "X"] });
});

test("a registry that is busy for a moment is asked again", async (t) => {
  const { host, asked } = await server(t, (_, answer, count) => give(answer, count < 3 ? 503 : 200, manifest));
  await open(host).source.resolve("v1");
  assert.equal(asked.length, 3);
});

test("a connection that is cut before the answer is made anew", async (t) => {
  const { host } = await server(t, (_, answer, count) => (count === 1 ? void answer.destroy() : give(answer, 200, manifest)));
  assert.equal((await open(host).source.resolve("v1")).size, manifest.length);
});

test("where nobody listens the registry cannot be reached", async () => {
  await assert.rejects(open("127.0.0.1:1").source.resolve("v1"), { code: "REGISTRY_UNREACHABLE", message: /connection refused/ });
});

test("who calls a request off hears of nothing else", async (t) => {
  const controller = new AbortController();
  const { host, asked } = await server(t, () => controller.abort());
  await assert.rejects(open(host).source.open(described, controller.signal), { name: "AbortError" });
  assert.equal(asked.length, 1);
});

test("Basic is answered with the login, and the next request brings it at once", async (t) => {
  const { host, asked } = await server(t, ({ authorization }, answer) =>
    authorization === `Basic ${ana}`
      ? give(answer, 200, manifest)
      : give(answer, 401, "", { "www-authenticate": 'Basic realm="x"' }),
  );
  const { source } = open(host, login(t, host, { auth: ana }));
  await source.resolve("v1");
  await source.resolve("v2");
  assert.deepEqual(
    asked.map(({ authorization }) => authorization),
    [undefined, `Basic ${ana}`, `Basic ${ana}`],
  );
});

/** A registry and its token server; tokens are numbered. */
async function withTokens(t: TestContext, tokenServer: Answering, answering?: Answering) {
  const tokens = await server(t, tokenServer);
  const challenge = `Bearer realm="http://${tokens.host}/token?account=x",service="reg",scope="repository:team/app:pull"`;
  const registry = await server(t, (asked, answer, count) => {
    if (!asked.authorization) give(answer, 401, "", { "www-authenticate": challenge });
    else if (answering) answering(asked, answer, count);
    else give(answer, 200, manifest);
  });
  return { tokens, registry, challenge };
}

test("a token is got for the scope, with the login, and used again", async (t) => {
  const { tokens, registry } = await withTokens(t, (_, answer, count) =>
    give(answer, 200, JSON.stringify({ token: `t${count}` })),
  );
  const { source } = open(registry.host, login(t, registry.host, { auth: ana }));
  await source.resolve("v1");
  await source.resolve("v2");
  assert.equal(tokens.asked.length, 1);
  assert.equal(tokens.asked[0]?.line, "GET /token?account=x&service=reg&scope=repository%3Ateam%2Fapp%3Apull");
  assert.equal(tokens.asked[0]?.authorization, `Basic ${ana}`);
  assert.deepEqual(
    registry.asked.map(({ authorization }) => authorization),
    [undefined, "Bearer t1", "Bearer t1"],
  );
});

test("without a login a token is asked for without a name", async (t) => {
  const { tokens, registry } = await withTokens(t, (_, answer) => give(answer, 200, '{"access_token":"t"}'));
  await open(registry.host).source.resolve("v1");
  assert.equal(tokens.asked[0]?.authorization, undefined);
});

test("an identity token is exchanged", async (t) => {
  const { tokens, registry } = await withTokens(t, (_, answer) => give(answer, 200, '{"access_token":"t"}'));
  await open(registry.host, login(t, registry.host, { auth: "", identitytoken: "id&1" })).source.resolve("v1");
  const { line, body } = tokens.asked[0] as Asked;
  assert.match(line, /^POST/);
  const form = new URLSearchParams(body);
  assert.deepEqual(
    [form.get("grant_type"), form.get("refresh_token"), form.get("scope")],
    ["refresh_token", "id&1", "repository:team/app:pull"],
  ); // prettier-ignore
});

test("a token that has run out is replaced", async (t) => {
  let challenge = "";
  const world = await withTokens(
    t,
    (_, answer, count) => give(answer, 200, JSON.stringify({ token: `t${count}` })),
    ({ authorization }, answer, count) =>
      authorization === "Bearer t1" && count > 2
        ? give(answer, 401, "", { "www-authenticate": challenge })
        : give(answer, 200, manifest),
  );
  challenge = world.challenge;
  const { source } = open(world.registry.host);
  await source.resolve("v1");
  await source.resolve("v2");
  assert.equal(world.registry.asked.at(-1)?.authorization, "Bearer t2");
});

test("a token that does not help ends it", async (t) => {
  const world = await withTokens(
    t,
    (_, answer) => give(answer, 200, '{"token":"t"}'),
    (_, answer) =>
      give(answer, 401, '{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}', { "www-authenticate": 'Bearer realm="x"' }),
  );
  await assert.rejects(open(world.registry.host).source.resolve("v1"), { code: "REGISTRY_UNAUTHORIZED", message: /: no$/ });
  assert.equal(world.tokens.asked.length, 1);
});

test("a token server that says no means that one may not", async (t) => {
  const { registry } = await withTokens(t, (_, answer) => give(answer, 403, "no"));
  await assert.rejects(open(registry.host).source.resolve("v1"), { code: "REGISTRY_UNAUTHORIZED" });
});

test("a token server that is busy for a moment is asked again", async (t) => {
  const { registry, tokens } = await withTokens(t, (_, answer, count) => give(answer, count === 1 ? 503 : 200, '{"token":"t"}'));
  await open(registry.host).source.resolve("v1");
  assert.equal(tokens.asked.length, 2);
});

for (const answered of ["", "<html>", "null", "{}", '{"token":1}', '{"token":""}']) {
  test(`a token server that answers ${answered || "nothing"} gives no token`, async (t) => {
    const { registry } = await withTokens(t, (_, answer) => give(answer, 200, answered));
    await assert.rejects(open(registry.host).source.resolve("v1"), { code: "REGISTRY_BAD_ANSWER" });
  });
}

for (const realm of ["", "not a url", "file:///etc/passwd"]) {
  test(`the realm ${JSON.stringify(realm)} is no token server`, async (t) => {
    const { host } = await server(t, (_, answer) => give(answer, 401, "", { "www-authenticate": `Bearer realm="${realm}"` }));
    await assert.rejects(open(host).source.resolve("v1"), { code: "REGISTRY_BAD_ANSWER" });
  });
}

test("a blob that lies elsewhere is got there, and who one is stays here", async (t) => {
  const elsewhere = await server(t, (_, answer) => give(answer, 200, blob));
  const here = await server(t, ({ authorization }, answer) => {
    if (!authorization) give(answer, 401, "", { "www-authenticate": 'Basic realm="x"' });
    else give(answer, 307, "", { location: `http://${elsewhere.host}/blob?signature=1` });
  });
  const body = await open(here.host, login(t, here.host, { auth: ana })).source.open(described);
  assert.equal(await textOf(body), blob);
  assert.deepEqual(elsewhere.asked, [{ line: "GET /blob?signature=1", authorization: undefined, body: "" }]);
});

test("another host that asks for the login does not get it", async (t) => {
  let tokenServer = "";
  const thief = await server(t, (_, answer) => give(answer, 401, "", { "www-authenticate": `Bearer realm="${tokenServer}"` }));
  tokenServer = `http://${thief.host}/token`;
  const here = await server(t, (_, answer) => give(answer, 307, "", { location: `http://${thief.host}/blob` }));
  await assert.rejects(open(here.host, login(t, here.host, { auth: ana })).source.open(described), {
    code: "REGISTRY_UNAUTHORIZED",
  });
  assert.deepEqual(
    thief.asked.map(({ authorization }) => authorization),
    [undefined],
  );
});

test("the same name on another port is another host", async (t) => {
  const other = await server(t, (_, answer) => give(answer, 200, blob));
  const here = await server(t, ({ authorization, line }, answer) => {
    if (!authorization) give(answer, 401, "", { "www-authenticate": 'Basic realm="x"' });
    else if (line.endsWith("/here")) give(answer, 302, "", { location: `http://${other.host}/there` });
    else give(answer, 302, "", { location: "/here" });
  });
  await textOf(await open(here.host, login(t, here.host, { auth: ana })).source.open(described));
  assert.equal(here.asked.at(-1)?.authorization, `Basic ${ana}`);
  assert.equal(other.asked[0]?.authorization, undefined);
});

test("redirects without end are an error", async (t) => {
  const { host, asked } = await server(t, (_, answer) => give(answer, 302, "", { location: "/again" }));
  await assert.rejects(open(host).source.open(described), { code: "REGISTRY_ERROR" });
  assert.ok(asked.length < 10);
});

test("a blob is sent to the place that the registry names, with its digest", async (t) => {
  const { host, asked } = await server(t, ({ line }, answer) =>
    line.startsWith("POST") ? give(answer, 202, "", { location: "/upload/1?state=x" }) : give(answer, 201),
  );
  await open(host).target.put(described, () => Readable.from([Buffer.from(blob)]));
  assert.deepEqual(
    asked.map(({ line, body }) => [line, body]),
    [
      ["POST /v2/team/app/blobs/uploads/", ""],
      [`PUT /upload/1?state=x&digest=${encodeURIComponent(described.digest)}`, blob],
    ],
  );
});

test("a blob is sent anew from its beginning when the registry fails in the middle", async (t) => {
  const { host, asked } = await server(t, ({ line }, answer, count) => {
    if (line.startsWith("POST")) give(answer, 202, "", { location: "/upload/1" });
    else give(answer, count === 2 ? 502 : 201);
  });
  await open(host).target.put(described, () => Readable.from([Buffer.from(blob)]));
  assert.deepEqual(
    asked.filter(({ line }) => line.startsWith("PUT")).map(({ body }) => body),
    [blob, blob],
  );
});

test("a registry that names no place to upload to is refused", async (t) => {
  const { host } = await server(t, (_, answer) => give(answer, 202));
  await assert.rejects(
    open(host).target.put(described, () => Readable.from([])),
    { code: "REGISTRY_BAD_ANSWER" },
  );
});

test("to mount a blob one asks for a token that reads the other repository too", async (t) => {
  const { registry, tokens } = await withTokens(
    t,
    (_, answer, count) => give(answer, 200, JSON.stringify({ token: `t${count}` })),
    ({ authorization, line }, answer) => give(answer, line.startsWith("HEAD") ? 404 : authorization === "Bearer t2" ? 201 : 202),
  );
  const { target } = open(registry.host);
  assert.equal(await target.has(described), false);
  assert.equal(await target.mount?.(described.digest, "team/base"), true);
  const scopes = tokens.asked.map(({ line }) => new URL(line.slice(4), "http://x").searchParams.getAll("scope"));
  assert.deepEqual(scopes, [["repository:team/app:pull,push"], ["repository:team/app:pull,push", "repository:team/base:pull"]]);
});
