/** The bytes of a file in another compression: the same bytes for the same level, wherever the same compressor is. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import type { Digest } from "../core/index.ts";
import { type CompressionKind, plainChunks } from "./compress.ts";
import { compressorMissing } from "./errors.ts";
import { gzipped } from "./gzip.ts";

export interface Recompression {
  readonly file: string;
  readonly from: CompressionKind;
  readonly to: "none" | "gzip" | "zstd";
  /** 0 to 9 for gzip, 4 if left out; 1 to 22 for zstd, the compressor's own if left out. */
  readonly level?: number;
  /** The file to write. */
  readonly out: string;
}

/** What was written. */
export interface Recompressed {
  readonly digest: Digest;
  readonly size: number;
}

/** Levels of zstd from here on take more memory than every reader must have, and are asked for in so many words. */
const ULTRA = 20;

/** Throws COMPRESSION_DAMAGED, DECOMPRESSOR_MISSING, COMPRESSOR_MISSING; then nothing is left of the new file. */
export async function recompress(work: Recompression): Promise<Recompressed> {
  const hash = createHash("sha256");
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const plain = Readable.from(plainChunks(work.file, work.from));
  try {
    await (work.to === "none"
      ? pipeline(plain, counter, createWriteStream(work.out, { flags: "wx" }))
      : pipeline(plain, compressor(work.to, work.level), counter, createWriteStream(work.out, { flags: "wx" })));
  } catch (error) {
    rmSync(work.out, { force: true });
    throw error;
  }
  return { digest: `sha256:${hash.digest("hex")}`, size };
}

type Through = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

function compressor(to: "gzip" | "zstd", level: number | undefined): NodeJS.ReadWriteStream | Through {
  if (to === "gzip") return (chunks) => gzipped(chunks, level);
  const { createZstdCompress, constants } = zlib as unknown as {
    createZstdCompress?: (options: { params?: Record<number, number> }) => NodeJS.ReadWriteStream;
    constants: Record<string, number>;
  };
  const parameter = constants["ZSTD_c_compressionLevel"];
  if (createZstdCompress && parameter !== undefined)
    return createZstdCompress(level === undefined ? {} : { params: { [parameter]: level } });
  return (chunks) => throughZstd(chunks, level);
}

async function* throughZstd(chunks: AsyncIterable<Buffer>, level: number | undefined): AsyncGenerator<Buffer> {
  const strength = level === undefined ? [] : [`-${level}`, ...(level >= ULTRA ? ["--ultra"] : [])];
  const child = spawn("zstd", ["-q", "-c", ...strength], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? compressorMissing("zstd") : error));
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`zstd ended with ${code}`))));
  });
  ended.catch(() => child.stdout.destroy());
  const fed = pipeline(Readable.from(chunks), child.stdin);
  fed.catch(() => child.kill("SIGKILL"));
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await Promise.all([fed, ended]);
  } catch (error) {
    await ended;
    throw error;
  } finally {
    child.kill("SIGKILL");
  }
}
