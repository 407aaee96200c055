/**
 * Node's file calls, for names that need not be UTF-8.
 *
 * To Linux a name is bytes. Node.js gives it as a string and loses what is no UTF-8, so
 * that the file cannot be found again. Here each byte that belongs to no character is
 * the half of a surrogate pair that Python's `surrogateescape` makes of it, U+DC80 to
 * U+DCFF, which no real name contains; names are strings everywhere and bytes on the disk.
 */
import * as fs from "node:fs";

/** What a file call takes for a name: the name, or its bytes if they are no UTF-8. */
export function hostName(name: string): string | Buffer {
  return name.isWellFormed() ? name : encodeName(name);
}

/** The bytes of a name. */
export function encodeName(name: string): Buffer {
  if (name.isWellFormed()) return Buffer.from(name);
  const parts: Buffer[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character));
  }
  return Buffer.concat(parts);
}

/** The name that has these bytes. */
export function decodeName(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (!text.includes("\ufffd")) return text;
  let name = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterAt(bytes, at);
    name += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : bytes.toString("utf8", at, at + length);
    at += Math.max(1, length);
  }
  return name;
}

/** Bytes of the character that begins here; 0 if none does. */
function characterAt(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString("utf8")).equals(part) ? length : 0;
}

/** The names in a folder, in no order that counts. */
export function readdirSync(folder: string): string[] {
  const names = fs.readdirSync(hostName(folder));
  if (!names.some((name) => name.includes("\ufffd"))) return names;
  return fs.readdirSync(hostName(folder), { encoding: "buffer" }).map(decodeName);
}

/** The target of a link, as it is written. */
export function readlinkSync(path: string): string {
  const target = fs.readlinkSync(hostName(path));
  return target.includes("\ufffd") ? decodeName(fs.readlinkSync(hostName(path), { encoding: "buffer" })) : target;
}

type Call = (...parts: unknown[]) => unknown;

/** The same call, with a name first. */
function named<T>(call: T): T {
  return ((path: string, one: unknown, two: unknown) => (call as Call)(hostName(path), one, two)) as T;
}

/** The same call, with two names first. */
function namedTwice<T>(call: T): T {
  return ((one: string, two: string, rest: unknown) => (call as Call)(hostName(one), hostName(two), rest)) as T;
}

export const chmodSync: (path: string, mode: number) => void = named(fs.chmodSync);
export const lchownSync: (path: string, uid: number, gid: number) => void = named(fs.lchownSync);
export const lstatSync: fs.StatSyncFn = named(fs.lstatSync);
export const lutimesSync: (path: string, accessed: number, modified: number) => void = named(fs.lutimesSync);
export const mkdirSync: (path: string, options?: fs.MakeDirectoryOptions) => void = named(fs.mkdirSync);
export const openSync: (path: string, flags: fs.OpenMode, mode?: number) => number = named(fs.openSync);
export const readFileSync: (path: string) => Buffer = named(fs.readFileSync);
export const rmSync: (path: string, options?: fs.RmOptions) => void = named(fs.rmSync);
export const copyFileSync: (from: string, to: string, mode?: number) => void = namedTwice(fs.copyFileSync);
export const linkSync: (existing: string, path: string) => void = namedTwice(fs.linkSync);
export const symlinkSync: (target: string, path: string) => void = namedTwice(fs.symlinkSync);
export const renameSync: (from: string, to: string) => void = namedTwice(fs.renameSync);
