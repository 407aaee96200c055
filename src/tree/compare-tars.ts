/** Where two tars of a layer differ first. */
import { createHash, type Hash } from "node:crypto";
import { type CompressionKind, plainChunks } from "./compress.ts";
import type { TarEntry } from "./tar-header.ts";
import { type Sink, TarReader } from "./tar-read.ts";

export interface TarFileName {
  readonly file: string;
  readonly compression: CompressionKind;
}

/** A file that is otherwise. What one of the tars does not have is left out. */
export interface TarDifference {
  readonly path: string;
  readonly attribute: "presence" | "type" | "content" | "link" | "mode" | "owner" | "device" | "xattrs" | "time" | "order";
  readonly before?: string;
  readonly after?: string;
}

/**
 * The first file, in byte order of the paths, that is otherwise in `after`; one of which
 * more than the time differs comes before all others. Undefined if there is none.
 */
export async function compareTars(tars: {
  readonly before: TarFileName;
  readonly after: TarFileName;
}): Promise<TarDifference | undefined> {
  const [before, after] = [await entriesOf(tars.before), await entriesOf(tars.after)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  let time: TarDifference | undefined;
  for (const path of paths) {
    const found = compare(path, before.get(path), after.get(path));
    if (found?.attribute !== "time" && found) return found;
    time ??= found;
  }
  if (time) return time;
  const [first, second] = [[...before.keys()], [...after.keys()]];
  const at = first.findIndex((path, i) => second[i] !== path);
  return at < 0
    ? undefined
    : { path: first[at] as string, attribute: "order", before: `${at + 1}`, after: `${second.indexOf(first[at] as string) + 1}` };
}

type Facts = Readonly<Record<Exclude<TarDifference["attribute"], "presence" | "order">, string>>;

function compare(path: string, before: Facts | undefined, after: Facts | undefined): TarDifference | undefined {
  if (!before || !after) {
    return { path, attribute: "presence", ...(before ? { before: before.type } : {}), ...(after ? { after: after.type } : {}) };
  }
  for (const attribute of ["type", "content", "link", "mode", "owner", "device", "xattrs", "time"] as const) {
    if (before[attribute] !== after[attribute]) return { path, attribute, before: before[attribute], after: after[attribute] };
  }
  return undefined;
}

async function entriesOf({ file, compression }: TarFileName): Promise<Map<string, Facts>> {
  const found = new Map<string, Facts>();
  const reader = new TarReader((entry): Sink | undefined => {
    const hash = entry.type === "file" ? createHash("sha256") : undefined;
    if (!hash) found.set(entry.path, factsOf(entry, ""));
    return (
      hash && { write: (chunk) => void hash.update(chunk), end: () => void found.set(entry.path, factsOf(entry, told(hash))) }
    );
  });
  for await (const chunk of plainChunks(file, compression)) reader.write(chunk);
  reader.finish();
  return found;
}

function told(hash: Hash): string {
  return `sha256:${hash.digest("hex")}`;
}

function factsOf(entry: TarEntry, content: string): Facts {
  const xattrs = [...(entry.xattrs ?? [])].sort().map(([name, value]) => `${name}=${value.toString("base64")}`);
  return {
    type: entry.type,
    content,
    link: entry.link ?? "",
    mode: entry.mode.toString(8).padStart(4, "0"),
    owner: `${entry.uid}:${entry.gid}`,
    device: entry.major === undefined ? "" : `${entry.major}:${entry.minor}`,
    xattrs: xattrs.join(" "),
    time: new Date(Number(entry.mtimeNs / 1_000_000n)).toISOString(),
  };
}
