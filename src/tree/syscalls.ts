/**
 * System calls that Node.js does not offer: extended attributes, times in nanoseconds,
 * device nodes, flock. Loaded with the first call, synchronously, in any thread.
 */
import { createRequire } from "node:module";
import { getSystemErrorMap } from "node:util";
import { hostName } from "./host-files.ts";

type Call = (...args: unknown[]) => number | bigint;
interface Koffi {
  load(path: string | null): { func(definition: string): Call };
  errno(): number;
}

interface Calls {
  readonly errno: () => number;
  readonly lsetxattr: Call;
  readonly lgetxattr: Call;
  readonly llistxattr: Call;
  readonly lremovexattr: Call;
  readonly utimensat: Call;
  readonly mknod: Call;
  readonly flock: Call;
  readonly umount2: Call;
  readonly execve: Call;
  readonly fcntl: Call;
}

let calls: Calls | undefined;

function load(): Calls {
  if (calls) return calls;
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const libc = koffi.load(null);
  calls = {
    errno: () => koffi.errno(),
    lsetxattr: libc.func("int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)"),
    lgetxattr: libc.func("int64_t lgetxattr(const char *path, const char *name, _Out_ uint8_t *value, size_t size)"),
    llistxattr: libc.func("int64_t llistxattr(const char *path, _Out_ uint8_t *list, size_t size)"),
    lremovexattr: libc.func("int lremovexattr(const char *path, const char *name)"),
    utimensat: libc.func("int utimensat(int dirfd, const char *path, const int64_t *times, int flags)"),
    mknod: libc.func("int mknod(const char *path, uint32_t mode, uint64_t dev)"),
    flock: libc.func("int flock(int fd, int operation)"),
    umount2: libc.func("int umount2(const char *target, int flags)"),
    execve: libc.func("int execve(const char *path, const char **argv, const char **envp)"),
    fcntl: libc.func("int fcntl(int fd, int command, ...)"),
  };
  return calls;
}

/** What Node's own file calls throw, for a system call that failed. */
function failure(call: string, path: string): NodeJS.ErrnoException {
  const errno = load().errno();
  const [code = `errno ${errno}`, text = ""] = getSystemErrorMap().get(-errno) ?? [];
  return Object.assign(new Error(`${code}: ${text}, ${call} '${path}'`), { code, errno: -errno, syscall: call, path });
}

function errnoIs(...codes: string[]): boolean {
  return codes.includes(getSystemErrorMap().get(-load().errno())?.[0] ?? "");
}

const scratch: Uint8Array = new Uint8Array(65536);

/** A name as C has it, where it is no text. */
function nativeName(path: string): string | Buffer {
  const name = hostName(path);
  return typeof name === "string" ? name : Buffer.concat([name, Buffer.alloc(1)]);
}

/** Names of the extended attributes of a file, a link not followed. None where the file system has none. */
export function listXattrs(path: string): string[] {
  const size = Number(load().llistxattr(nativeName(path), scratch, scratch.length));
  if (size === 0) return [];
  if (size < 0) {
    if (errnoIs("ENOTSUP", "EOPNOTSUPP")) return [];
    throw failure("llistxattr", path);
  }
  return Buffer.from(scratch.buffer, 0, size).toString("utf8").split("\0").slice(0, -1);
}

/** The value of an extended attribute, a link not followed; undefined if it is not there. */
export function getXattr(path: string, name: string): Buffer | undefined {
  const size = Number(load().lgetxattr(nativeName(path), name, scratch, scratch.length));
  if (size >= 0) return Buffer.from(scratch.slice(0, size));
  if (errnoIs("ENODATA", "ENOTSUP", "EOPNOTSUPP", "ENOENT")) return undefined;
  throw failure("lgetxattr", path);
}

/** Sets an extended attribute, a link not followed. */
export function setXattr(path: string, name: string, value: Uint8Array): void {
  if (Number(load().lsetxattr(nativeName(path), name, value, value.length, 0)) !== 0) throw failure("lsetxattr", path);
}

export function removeXattr(path: string, name: string): void {
  if (Number(load().lremovexattr(nativeName(path), name)) !== 0) throw failure("lremovexattr", path);
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const times: BigInt64Array = new BigInt64Array(4);

/** Sets access and modification time, in nanoseconds since the epoch, a link not followed. */
export function setTimes(path: string, mtimeNs: bigint): void {
  let seconds = mtimeNs / 1_000_000_000n;
  let rest = mtimeNs % 1_000_000_000n;
  if (rest < 0n) {
    rest += 1_000_000_000n;
    seconds -= 1n;
  }
  times[0] = times[2] = seconds;
  times[1] = times[3] = rest;
  if (Number(load().utimensat(AT_FDCWD, nativeName(path), times, AT_SYMLINK_NOFOLLOW)) !== 0) throw failure("utimensat", path);
}

const NODE_TYPES = { char: 0o020000, block: 0o060000, fifo: 0o010000, socket: 0o140000 } as const;

/** Makes a device node, a fifo or a socket. False where nobody but root of the machine may; like Docker, it is then left out. */
export function makeNode(path: string, type: keyof typeof NODE_TYPES, mode: number, major = 0, minor = 0): boolean {
  if (Number(load().mknod(nativeName(path), NODE_TYPES[type] | mode, deviceNumber(major, minor))) === 0) return true;
  if (errnoIs("EPERM")) return false;
  throw failure("mknod", path);
}

/** A device's number as Linux packs it. */
export function deviceNumber(major: number, minor: number): bigint {
  const [a, b] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffff000n) << 32n) | ((a & 0xfffn) << 8n) | ((b & 0xffffff00n) << 12n) | (b & 0xffn);
}

/** The two parts of a device's number. */
export function deviceParts(device: bigint): { major: number; minor: number } {
  const major = ((device >> 32n) & 0xfffff000n) | ((device >> 8n) & 0xfffn);
  const minor = ((device >> 12n) & 0xffffff00n) | (device & 0xffn);
  return { major: Number(major), minor: Number(minor) };
}

/** Takes an flock without waiting; false if somebody else holds it. */
export function tryFlock(file: number, kind: "exclusive" | "shared"): boolean {
  const LOCK_NB = 4;
  if (Number(load().flock(file, (kind === "exclusive" ? 2 : 1) | LOCK_NB)) === 0) return true;
  if (errnoIs("EAGAIN", "EWOULDBLOCK", "EINTR")) return false;
  throw failure("flock", String(file));
}

const MNT_DETACH = 2;

/** Takes a mount away, also one that is in use. False if nothing is mounted there. */
export function detachMount(path: string): boolean {
  if (Number(load().umount2(nativeName(path), MNT_DETACH)) === 0) return true;
  if (errnoIs("EINVAL", "ENOENT")) return false;
  throw failure("umount2", path);
}

const F_SETFD = 2;

/**
 * Becomes another program, which gets standard input, output and error, and what its
 * arguments name as /dev/fd/N. Returns only by throwing.
 */
export function replaceProcess(path: string, argv: readonly string[], env: readonly string[]): never {
  // Node.js has marked all it was given to be closed.
  const named = argv.flatMap((word) => [...word.matchAll(/\/fd\/(\d+)/g)].map((found) => Number(found[1])));
  for (const file of [0, 1, 2, ...named]) load().fcntl(file, F_SETFD, "int", 0);
  load().execve(path, [...argv, null], [...env, null]);
  throw failure("execve", path);
}
