/** Whether a file is an archive that ADD unpacks: a tar, plain or compressed, told by its content. */

import { spawnSync } from "node:child_process";
import { closeSync, readSync } from "node:fs";
import { gunzipSync, constants as zlibConstants } from "node:zlib";
import { type CompressionKind, detectCompression } from "./compress.ts";
import { openSync } from "./host-files.ts";

const HEAD = 1 << 16;

/** How the archive is compressed; undefined if the file is none. */
export function detectArchive(file: string): CompressionKind | undefined {
  const head = readHead(file);
  const kind = detectCompression(head);
  const start = plainStart(file, head, kind);
  return start && looksLikeTar(start) ? kind : undefined;
}

function readHead(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(handle, head, 0, HEAD, 0));
  } finally {
    closeSync(handle);
  }
}

/** The first bytes once decompressed; undefined where that fails. */
function plainStart(file: string, head: Buffer, kind: CompressionKind): Buffer | undefined {
  if (kind === "none") return head;
  try {
    if (kind === "gzip") return gunzipSync(head, { finishFlush: zlibConstants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
  const program = { bzip2: "bzip2", xz: "xz", zstd: "zstd" }[kind];
  const { stdout } = spawnSync("sh", ["-c", `${program} -dc < "$1" 2>/dev/null | head -c 1024`, "sh", file], {
    maxBuffer: 1 << 20,
  });
  return stdout?.length ? stdout : undefined;
}

function looksLikeTar(start: Buffer): boolean {
  if (start.length < 512) return false;
  let sum = 8 * 32;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += start[i] as number;
  const digits = start.toString("latin1", 148, 156).replace(/[\0 ]/g, "");
  return /^[0-7]+$/.test(digits) && Number.parseInt(digits, 8) === sum;
}
