/** Compressed bytes to plain ones. */
import { spawn } from "node:child_process";
import { closeSync, createReadStream, readSync } from "node:fs";
import type { Readable } from "node:stream";
import * as zlib from "node:zlib";
import { SlipwayError } from "../core/index.ts";
import { compressionDamaged, decompressorMissing } from "./errors.ts";
import { hostName, openSync } from "./host-files.ts";

export type CompressionKind = "none" | "gzip" | "bzip2" | "xz" | "zstd";

const CHUNK = 1 << 18;
/** Programs that unpack what Node.js cannot. */
const PROGRAMS = { bzip2: "bzip2", xz: "xz", zstd: "zstd" } as const;

/** What the first bytes say; `none` if they say nothing. */
export function detectCompression(head: Buffer): CompressionKind {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.toString("latin1", 0, 3) === "BZh") return "bzip2";
  if (head.toString("latin1", 0, 6) === "\u00fd7zXZ\0") return "xz";
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  return "none";
}

/** The first bytes of a file. */
export function headOf(file: string, length: number): Buffer {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(handle, head, 0, length, 0));
  } finally {
    closeSync(handle);
  }
}

/** The plain bytes of a file. Throws COMPRESSION_DAMAGED, DECOMPRESSOR_MISSING as they are read. */
export async function* plainChunks(file: string, kind: CompressionKind, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const raw = createReadStream(hostName(file), { highWaterMark: CHUNK, ...(signal ? { signal } : {}) });
  try {
    yield* kind === "none" ? (raw as AsyncIterable<Buffer>) : (decompressed(raw, kind) as AsyncIterable<Buffer>);
  } catch (error) {
    if (error instanceof SlipwayError || kind === "none" || (error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    throw compressionDamaged(kind, error);
  } finally {
    raw.destroy();
  }
}

function decompressed(raw: Readable, kind: Exclude<CompressionKind, "none">): Readable | AsyncIterable<Buffer> {
  if (kind === "gzip") return piped(raw, zlib.createGunzip({ chunkSize: CHUNK }));
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream & Readable };
  if (kind === "zstd" && createZstdDecompress) return piped(raw, createZstdDecompress());
  return throughProgram(raw, kind, PROGRAMS[kind]);
}

function piped(raw: Readable, through: NodeJS.ReadWriteStream & Readable): Readable {
  raw.on("error", (error) => through.destroy(error));
  return raw.pipe(through as never);
}

async function* throughProgram(raw: Readable, kind: string, program: string): AsyncGenerator<Buffer> {
  const child = spawn(program, ["-dc"], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? decompressorMissing(kind, program) : error),
    );
    child.on("close", resolve);
  });
  ended.catch(() => child.stdout.destroy());
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(0, 1000);
  });
  child.stdin.on("error", () => {});
  let unread: Error | undefined;
  raw.on("error", (error) => {
    unread = error;
    child.kill("SIGKILL");
  });
  raw.pipe(child.stdin);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const code = await ended;
    if (unread) throw unread;
    if (code !== 0) throw new Error(complaint.trim() || `${program} ended with ${code}`);
  } catch (error) {
    await ended;
    throw error;
  } finally {
    child.kill("SIGKILL");
  }
}
