/** A repository of a registry, as a place that images come from and go to (OCI distribution-spec). */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { bug, type Digest, RegistryError, SlipwayError, suggest } from "../core/index.ts";
import { type ContentSource, type ContentTarget, type Descriptor, familiarName, MEDIA, type Reference } from "../oci/index.ts";
import { badAnswer, noHost, tagMissing } from "./errors.ts";
import { hostOf, mirrorsOf, type RegistryOptions } from "./hosts.ts";
import { type Answer, RegistryClient, type Request } from "./http.ts";
import { continued } from "./transfer.ts";

export interface Repository {
  readonly source: ContentSource;
  readonly target: ContentTarget;
}

const MANIFEST_TYPES = [MEDIA.index, MEDIA.manifest, MEDIA.dockerIndex, MEDIA.dockerManifest];
const ACCEPT: string = MANIFEST_TYPES.join(", ");

/** Throws REGISTRY_NO_HOST for a name whose first part no host can have. */
export function openRepository(reference: Reference, options: RegistryOptions): Repository {
  if (reference.domain === "") throw noHost(familiarName(reference));
  const { configFolder } = options;
  const client = new RegistryClient(hostOf(reference.domain, options), reference.path, configFolder);
  const { digest: _, tag: __, ...bare } = reference;
  const name = familiarName(bare);
  // A mirror that does not answer at once is passed over: the registry itself is behind it.
  const mirrors = mirrorsOf(reference.domain, options).map((host) => new RegistryClient(host, reference.path, configFolder, 1));
  return {
    source: sourceOf(new Readers([...mirrors, client]), reference.path, name),
    target: targetOf(client, reference.path, name),
  };
}

/** Servers that have the same images. The one that answered is asked first from then on. */
class Readers {
  #clients: readonly RegistryClient[];

  constructor(clients: readonly RegistryClient[]) {
    this.#clients = clients;
  }

  async send(request: Request): Promise<Answer> {
    for (const [i, client] of this.#clients.entries()) {
      try {
        const answer = await client.send(request);
        if (i > 0 && request.method === "GET") this.#clients = this.#clients.slice(i);
        return answer;
      } catch (error) {
        if (i === this.#clients.length - 1 || !(error instanceof SlipwayError)) throw error;
      }
    }
    throw bug("a repository without a server");
  }
}

function sourceOf(readers: Readers, path: string, name: string): ContentSource {
  return {
    async resolve(wanted) {
      const what = `${name}${wanted.includes(":") ? "@" : ":"}${wanted}`;
      const answer = await manifestOf(readers, path, wanted, what);
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
      const ask = (from: number): Promise<Answer> =>
        readers.send({
          method: "GET",
          path: `/v2/${path}/${manifest ? "manifests" : "blobs"}/${descriptor.digest}`,
          headers: { ...(manifest ? { accept: ACCEPT } : {}), ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
          actions: "pull",
          what,
          accept: [200, 206],
          signal,
        });
      const first = await ask(0);
      return manifest ? first.body : Readable.from(continued(first, ask, descriptor.size, what, signal));
    },
  };
}

async function manifestOf(readers: Readers, path: string, wanted: string, what: string): Promise<Answer> {
  const request = { method: "GET", actions: "pull", what, accept: [200] } as const;
  try {
    return await readers.send({ ...request, path: `/v2/${path}/manifests/${wanted}`, headers: { accept: ACCEPT } });
  } catch (error) {
    if (!(error instanceof RegistryError) || error.status !== 404 || wanted.includes(":")) throw error;
    const tags = await tagsOf(readers, path, what);
    throw tags.length > 0 ? tagMissing(error, nearest(wanted, tags)) : error;
  }
}

/** Some of a repository's tags; none where they cannot be listed. */
async function tagsOf(readers: Readers, path: string, what: string): Promise<string[]> {
  const request = { method: "GET", actions: "pull", what, accept: [200] } as const;
  try {
    const answer = await readers.send({ ...request, path: `/v2/${path}/tags/list?n=1000` });
    const { tags } = JSON.parse((await collect(answer.body, what)).toString("utf8")) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch {
    return [];
  }
}

const TAGS_SHOWN = 5;

function nearest(wanted: string, tags: readonly string[]): string[] {
  const best = suggest(wanted, tags);
  const others = tags.filter((tag) => tag !== best).slice(best ? 1 - TAGS_SHOWN : -TAGS_SHOWN);
  return best ? [best, ...others] : others;
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
