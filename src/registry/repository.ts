/** A repository of a registry, as a place that images come from and go to (OCI distribution-spec). */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Digest } from "../core/index.ts";
import { type ContentSource, type ContentTarget, type Descriptor, familiarName, MEDIA, type Reference } from "../oci/index.ts";
import { badAnswer, noHost } from "./errors.ts";
import { RegistryClient, type RegistryOptions } from "./http.ts";

export interface Repository {
  readonly source: ContentSource;
  readonly target: ContentTarget;
}

const MANIFEST_TYPES = [MEDIA.index, MEDIA.manifest, MEDIA.dockerIndex, MEDIA.dockerManifest];
const ACCEPT: string = MANIFEST_TYPES.join(", ");

/** Throws REGISTRY_NO_HOST for a name whose first part no host can have. */
export function openRepository(reference: Reference, options: RegistryOptions): Repository {
  if (reference.domain === "") throw noHost(familiarName(reference));
  const client = new RegistryClient(reference.domain, reference.path, options);
  const { digest: _, tag: __, ...bare } = reference;
  const name = familiarName(bare);
  return { source: sourceOf(client, reference.path, name), target: targetOf(client, reference.path, name) };
}

function sourceOf(client: RegistryClient, path: string, name: string): ContentSource {
  return {
    async resolve(wanted) {
      const what = `${name}${wanted.includes(":") ? "@" : ":"}${wanted}`;
      const answer = await client.send({
        method: "GET",
        path: `/v2/${path}/manifests/${wanted}`,
        headers: { accept: ACCEPT },
        actions: "pull",
        what,
        accept: [200],
      });
      const bytes = await collect(answer.body, what);
      const digest: Digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      const [algorithm, expected] = wanted.split(":");
      if (algorithm && expected && createHash(algorithm).update(bytes).digest("hex") !== expected)
        throw badAnswer(what, `its digest is ${digest}`);
      return { mediaType: mediaTypeOf(answer.headers["content-type"], bytes, what), digest, size: bytes.length };
    },
    async open(descriptor, signal) {
      const manifest = MANIFEST_TYPES.includes(descriptor.mediaType);
      const what = `${name}@${descriptor.digest}`;
      const answer = await client.send({
        method: "GET",
        path: `/v2/${path}/${manifest ? "manifests" : "blobs"}/${descriptor.digest}`,
        headers: manifest ? { accept: ACCEPT } : {},
        actions: "pull",
        what,
        accept: [200],
        signal,
      });
      return answer.body;
    },
  };
}

function mediaTypeOf(header: string | undefined, bytes: Buffer, what: string): string {
  let own: string | undefined;
  try {
    own = (JSON.parse(bytes.toString("utf8")) as { mediaType?: string }).mediaType;
  } catch {
    throw badAnswer(what, "its manifest is no JSON");
  }
  const type = own ?? header?.split(";")[0]?.trim() ?? "";
  if (!MANIFEST_TYPES.includes(type)) throw badAnswer(what, `manifests of type ${type || "unknown"} are not read`);
  return type;
}

const LARGEST_MANIFEST = 16 << 20;

async function collect(body: Readable, what: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_MANIFEST) throw badAnswer(what, "its manifest is too large");
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function targetOf(client: RegistryClient, path: string, name: string): ContentTarget {
  const actions = "pull,push";
  const describe = (descriptor: Descriptor): string => `${name}@${descriptor.digest}`;
  return {
    async has(descriptor) {
      const kind = MANIFEST_TYPES.includes(descriptor.mediaType) ? "manifests" : "blobs";
      const request = {
        method: "HEAD",
        path: `/v2/${path}/${kind}/${descriptor.digest}`,
        headers: { accept: ACCEPT },
        actions,
        what: describe(descriptor),
        accept: [200, 404],
      } as const;
      return (await client.send(request)).status === 200;
    },
    put: (descriptor, open, signal) => upload(client, path, descriptor, open, describe(descriptor), signal),
    async putManifest(descriptor, bytes, tag) {
      const headers = { "content-type": descriptor.mediaType };
      const what = tag ? `${name}:${tag}` : describe(descriptor);
      const answer = await client.send({
        method: "PUT",
        path: `/v2/${path}/manifests/${tag ?? descriptor.digest}`,
        headers,
        body: bytes,
        actions,
        what,
        accept: [201, 202],
      });
      answer.body.resume();
    },
    async mount(digest, from) {
      const what = `${name}@${digest}`;
      const query = new URLSearchParams({ mount: digest, from });
      const answer = await client.send({
        method: "POST",
        path: `/v2/${path}/blobs/uploads/?${query}`,
        headers: { "content-length": "0" },
        actions,
        also: from,
        what,
        accept: [201, 202],
      });
      answer.body.resume();
      return answer.status === 201;
    },
  };
}

/** A blob in one piece: asks for a place, then sends it there (distribution-spec, "POST then PUT"). */
async function upload(
  client: RegistryClient,
  path: string,
  descriptor: Descriptor,
  open: () => Readable,
  what: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const actions = "pull,push";
  const begun = await client.send({
    method: "POST",
    path: `/v2/${path}/blobs/uploads/`,
    headers: { "content-length": "0" },
    actions,
    what,
    accept: [202],
    signal,
  });
  begun.body.resume();
  const location = begun.headers["location"];
  if (!location) throw badAnswer(what, "it names no place to upload to");
  const url = new URL(location, begun.url);
  url.searchParams.set("digest", descriptor.digest);
  const headers = { "content-type": "application/octet-stream", "content-length": String(descriptor.size) };
  const answer = await client.send({
    method: "PUT",
    path: url.href,
    headers,
    body: open,
    actions,
    what,
    accept: [201, 204],
    signal,
  });
  answer.body.resume();
}
