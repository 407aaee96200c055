/**
 * One entry of a tar as bytes, both ways: ustar, and pax records for what it cannot hold.
 *
 * A layer's digest must not depend on where it was made, so a pax header is written
 * only where ustar cannot hold a value: its mere presence would be seen in the digest.
 */
import type { Entry, EntryType } from "./entry.ts";
import { encodeName } from "./host-files.ts";

export const BLOCK: number = 512;

/** An entry as a tar tells it. A hard link names an earlier entry. */
export interface TarEntry extends Omit<Entry, "type"> {
  readonly type: EntryType | "hardlink";
}

const FLAGS: Readonly<Record<TarEntry["type"], string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  directory: "5",
  fifo: "6",
  socket: "0",
};

const LARGEST_OCTAL_7 = 0o7777777;
const LARGEST_OCTAL_11 = 0o77777777777;

/** The blocks that come before an entry's content. Times are cut to whole seconds. */
export function encodeHeader(entry: TarEntry): Buffer {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const records: [string, Buffer | string][] = [];
  const name = splitName(path);
  if (!name) records.push(["path", path]);
  const link = entry.link ?? "";
  if (!fits(link, 100)) records.push(["linkpath", link]);
  if (entry.uid > LARGEST_OCTAL_7) records.push(["uid", String(entry.uid)]);
  if (entry.gid > LARGEST_OCTAL_7) records.push(["gid", String(entry.gid)]);
  const size = entry.type === "file" ? entry.size : 0;
  if (size > LARGEST_OCTAL_11) records.push(["size", String(size)]);
  const seconds = floorSeconds(entry.mtimeNs);
  if (seconds < 0 || seconds > LARGEST_OCTAL_11) records.push(["mtime", String(seconds)]);
  for (const [key, value] of [...(entry.xattrs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))
    records.push([`SCHILY.xattr.${key}`, value]);
  const main = ustar(entry, name ?? { prefix: "", name: ascii(path) }, FLAGS[entry.type], size, seconds);
  if (records.length === 0) return main;
  return Buffer.concat([paxHeader(entry.path, records), main]);
}

function ustar(entry: TarEntry, name: { prefix: string; name: string }, flag: string, size: number, seconds: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.name, 0, 100, "latin1");
  octal(block, 100, 8, entry.mode & 0o7777);
  octal(block, 108, 8, Math.min(entry.uid, LARGEST_OCTAL_7));
  octal(block, 116, 8, Math.min(entry.gid, LARGEST_OCTAL_7));
  octal(block, 124, 12, Math.min(size, LARGEST_OCTAL_11));
  octal(block, 136, 12, Math.min(Math.max(seconds, 0), LARGEST_OCTAL_11));
  block.write(flag, 156, 1, "latin1");
  block.write(ascii(entry.link ?? ""), 157, 100, "latin1");
  block.write("ustar\u000000", 257, 8, "latin1");
  if (entry.type === "char" || entry.type === "block") {
    octal(block, 329, 8, entry.major ?? 0);
    octal(block, 337, 8, entry.minor ?? 0);
  }
  block.write(name.prefix, 345, 155, "latin1");
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) sum += block[i] as number;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8, "latin1");
  return block;
}

function paxHeader(path: string, records: readonly (readonly [string, Buffer | string])[]): Buffer {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const base = ascii(path.slice(path.lastIndexOf("/") + 1)).slice(0, 80);
  const entry: TarEntry = { path: "", type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtimeNs: 0n };
  const header = ustar(entry, { prefix: "", name: `PaxHeaders.0/${base}` }, "x", body.length, 0);
  return Buffer.concat([header, body, Buffer.alloc(padding(body.length))]);
}

/** A record tells its own length, the digits of the length included. */
function paxRecord(key: string, value: Buffer | string): Buffer {
  const bytes = typeof value === "string" ? encodeName(value) : value;
  const rest = Buffer.byteLength(key) + bytes.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), bytes, Buffer.from("\n")]);
}

/** Bytes that fill the last block of a content. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function octal(block: Buffer, at: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, width, "latin1");
}

/** ustar's name and prefix, joined by a slash; undefined if the path does not go in. */
function splitName(path: string): { prefix: string; name: string } | undefined {
  if (!isAscii(path)) return undefined;
  if (path.length <= 100) return { prefix: "", name: path };
  if (path.length > 256) return undefined;
  const slash = path.indexOf("/", path.length - 101);
  if (slash <= 0 || slash > 155 || slash === path.length - 1) return undefined;
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
}

function fits(text: string, width: number): boolean {
  return text.length <= width && isAscii(text);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function ascii(text: string): string {
  return isAscii(text) ? text : text.replace(/[^\0-\x7f]/g, "_");
}

function floorSeconds(nanoseconds: bigint): number {
  const seconds = nanoseconds / 1_000_000_000n;
  return Number(nanoseconds < 0n && nanoseconds % 1_000_000_000n !== 0n ? seconds - 1n : seconds);
}
