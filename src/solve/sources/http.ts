/**
 * ADD of a URL.
 *
 * The key of a download is the digest of what came, so an unchanged file leaves all
 * steps cached. What came is kept with its ETag and Last-Modified; the next build asks
 * the server whether that still holds and moves no bytes if it does.
 */
import { createHash } from "node:crypto";
import { chmodSync, closeSync, copyFileSync, openSync, rmSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type Digest, digestOf } from "../../core/index.ts";
import type { Source } from "../../graph/index.ts";
import type { Store } from "../../store/index.ts";
import type { Key, Snapshot } from "../cache.ts";
import { checksumMismatch, downloadFailed } from "../errors.ts";

type HttpSource = Extract<Source, { kind: "http" }>;

/** An answer to a GET, redirects followed. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

/** Makes a GET with these headers. Rejects with a SlipwayError when the server cannot be reached. */
export type HttpGet = (url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<HttpAnswer>;

/** What is known of a URL. */
interface Download {
  readonly digest: Digest;
  readonly fileName: string;
  /** Seconds since the epoch; undefined if the server does not say. */
  readonly modified?: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Fetches or revalidates the file and tells its key. Throws ADD_DOWNLOAD_FAILED, ADD_CHECKSUM_MISMATCH. */
export async function pinHttp(store: Store, source: HttpSource, get: HttpGet, signal: AbortSignal): Promise<Key> {
  const table = digestOf(["http", source.url]);
  const known = store.records.get<Download>("http", table);
  const usable = known && store.blobs.has(known.digest) ? known : undefined;
  const answer = await get(source.url, usable ? conditions(usable) : {}, signal);
  let download: Download;
  if (answer.status === 304 && usable) {
    answer.body.resume();
    download = usable;
  } else if (answer.status === 200) {
    download = { ...describe(source.url, answer), digest: await keepOf(source.url, store, answer.body, signal) };
    store.records.put("http", table, download);
  } else {
    answer.body.resume();
    throw downloadFailed(source.url, `the server answers with status ${answer.status}`);
  }
  if (source.checksum && source.checksum !== download.digest)
    throw checksumMismatch(source.url, source.checksum, download.digest);
  const fileName = source.fileName ?? download.fileName;
  const key = digestOf(["http", download.digest, fileName, download.modified ?? 0]);
  store.records.put("downloads", key, { ...download, fileName } satisfies Download);
  return key;
}

/** The file in a layer of its own, with mode 0600 and the time the server gives. */
export async function fetchHttp(store: Store, key: Key, signal: AbortSignal): Promise<Snapshot> {
  const download = store.records.get<Download>("downloads", key);
  if (!download) throw downloadFailed(key, "its record is gone");
  await store.layers.make(
    key,
    [],
    async ({ folder }) => {
      const file = join(folder, download.fileName);
      copyFileSync(store.blobs.path(download.digest), file);
      chmodSync(file, 0o600);
      utimesSync(file, download.modified ?? 0, download.modified ?? 0);
      return undefined;
    },
    signal,
  );
  return [key];
}

function conditions({ etag, lastModified }: Download): Record<string, string> {
  return { ...(etag ? { "if-none-match": etag } : {}), ...(lastModified ? { "if-modified-since": lastModified } : {}) };
}

function describe(url: string, { headers }: HttpAnswer): Omit<Download, "digest"> {
  const lastModified = headers["last-modified"];
  const time = lastModified ? Date.parse(lastModified) : Number.NaN;
  const etag = headers["etag"];
  return {
    fileName: fileNameOf(url, headers["content-disposition"]),
    ...(Number.isNaN(time) ? {} : { modified: time / 1000 }),
    ...(etag ? { etag } : {}),
    ...(lastModified ? { lastModified } : {}),
  };
}

/** BuildKit takes the last part of the URL's path, else the name of Content-Disposition, else "download". */
function fileNameOf(url: string, disposition: string | undefined): string {
  const given = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition ?? "");
  const candidates = [lastPart(url), given?.[1] ?? given?.[2]];
  for (const candidate of candidates) {
    const name = candidate?.split("/").at(-1);
    if (name && name !== "." && name !== "..") return name;
  }
  return "download";
}

function lastPart(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.replace(/\/+$/, "").split("/").at(-1) ?? "");
  } catch {
    return "";
  }
}

async function keepOf(url: string, store: Store, body: Readable, signal: AbortSignal): Promise<Digest> {
  try {
    return await keep(store, body);
  } catch (error) {
    signal.throwIfAborted();
    throw downloadFailed(url, (error as Error).message, error);
  }
}

async function keep(store: Store, body: Readable): Promise<Digest> {
  const temporary = store.blobs.temporary();
  const file = openSync(temporary, "wx", 0o600);
  try {
    const hash = createHash("sha256");
    for await (const chunk of body as AsyncIterable<Buffer>) {
      hash.update(chunk);
      for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
    }
    const digest: Digest = `sha256:${hash.digest("hex")}`;
    store.blobs.adopt(temporary, digest);
    return digest;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
