/** A context that comes as a stream: a tar in any compression, or just the Dockerfile. */
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SourceText } from "../core/index.ts";
import { detectArchive, offload } from "../tree/index.ts";

/** Spools the stream below `temporary` and unpacks it if it is an archive. */
export async function readContextStream(
  stream: Readable,
  temporary: string,
  signal: AbortSignal,
): Promise<{ root: string; source?: SourceText }> {
  mkdirSync(temporary, { recursive: true });
  const spool = join(temporary, "stdin");
  await pipeline(stream, createWriteStream(spool), { signal });
  const root = join(temporary, "context");
  mkdirSync(root);
  const compression = detectArchive(spool);
  if (!compression) return { root, source: { name: "Dockerfile", text: readFileSync(spool, "utf8") } };
  await offload("unpackArchive", { file: spool, compression, folder: root }, signal);
  return { root };
}
