/**
 * How who is not root gets to be root of a user namespace.
 *
 * A process with threads, such as Node.js, cannot make one for itself. So the program is
 * replaced by a small one that can, which becomes the program again: the process stays the
 * same to whoever started it. Ranges of /etc/subuid and /etc/subgid are given to it by
 * newuidmap and newgidmap; without them the namespace has one user (subuid(5)).
 */
import { accessSync, constants, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { NAMESPACE_VARIABLE } from "../core/index.ts";
import { mayAdminister, ownIds, replaceProcess } from "../tree/index.ts";
import { helperPath } from "./native.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces this process by `command` as root of a user namespace. Returns where there is no
 * need: this is root and may mount, or the environment says that it was tried before.
 */
export function enterUserNamespace(command: readonly string[], env: Environment): void {
  const uid = process.getuid?.() ?? 0;
  if (env[NAMESPACE_VARIABLE] !== undefined || (uid === 0 && mayAdminister())) return;
  const own = { uid: mapOf("uid"), gid: mapOf("gid") };
  const helper = helperPath();
  const maps = [own.uid.text, own.gid.text, own.uid.mapper, own.gid.mapper];
  const [program = "", ...words] = helper
    ? [helper, "enter", ...maps, NAMESPACE_VARIABLE, ...command]
    : ["/bin/sh", "-c", WITHOUT_HELPER, "sh", `${uid}:${process.getgid?.() ?? 0}`, ...maps, ...command];
  const pairs = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`));
  replaceProcess(program, [program, ...words], pairs);
}

/**
 * The same through unshare(1), whose own way to give ranges leaves ids out. A process in the
 * background gives them from outside; the one within waits until it is somebody, since only
 * a program that root starts has root's rights.
 */
const WITHOUT_HELPER = `owner=$1 uids=$2 gids=$3 uid_mapper=$4 gid_mapper=$5
shift 5
unshare --user true 2>/dev/null || { export ${NAMESPACE_VARIABLE}="refused 0"; exec "$@"; }
export ${NAMESPACE_VARIABLE}="$owner"
[ -n "$uid_mapper" ] && [ -n "$gid_mapper" ] || exec unshare --user --map-root-user -- "$@"
before=$(readlink /proc/$$/ns/user)
(
  tries=0
  while [ "$(readlink /proc/$$/ns/user)" = "$before" ] && [ $tries -lt 500 ]; do sleep 0.01; tries=$((tries + 1)); done
  "$uid_mapper" $$ $uids && "$gid_mapper" $$ $gids
) </dev/null >/dev/null 2>&1 &
exec unshare --user -- sh -c '
  tries=0
  until read -r first < /proc/self/gid_map || [ $tries -ge 500 ]; do sleep 0.01; tries=$((tries + 1)); done
  [ $tries -lt 500 ] || export ${NAMESPACE_VARIABLE}="refused 0"
  exec "$@"' sh "$@"`;

interface Mapping {
  /** Numbers in threes: inside, outside, how many. */
  readonly text: string;
  /** The program that may set it; empty if this process may. */
  readonly mapper: string;
}

function mapOf(kind: "uid" | "gid"): Mapping {
  const own = kind === "uid" ? (process.getuid?.() ?? 0) : (process.getegid?.() ?? 0);
  if (process.getuid?.() === 0) {
    return {
      text: ownIds(kind)
        .map(({ inside, count }) => `${inside} ${inside} ${count}`)
        .join(" "),
      mapper: "",
    };
  }
  const mapper = findProgram(`new${kind}map`);
  const ranges = mapper ? subordinateIds(read(`/etc/sub${kind}`), names()) : [];
  if (ranges.length === 0) return { text: `0 ${own} 1`, mapper: "" };
  let next = 1;
  const further = ranges.map(({ first, count }) => {
    next += count;
    return `${next - count} ${first} ${count}`;
  });
  return { text: [`0 ${own} 1`, ...further].join(" "), mapper };
}

/** The ranges that /etc/subuid or /etc/subgid gives to a user, who is there by name or number. */
export function subordinateIds(text: string, who: readonly string[]): { first: number; count: number }[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", first = 0, count = 0] = line.split(":").map((field, index) => (index === 0 ? field : Number(field)));
    return who.includes(String(name)) && Number(count) > 0 ? [{ first: Number(first), count: Number(count) }] : [];
  });
}

function names(): string[] {
  const uid = String(process.getuid?.() ?? 0);
  try {
    return [userInfo().username, uid];
  } catch {
    // A user whom /etc/passwd does not know.
    return [uid];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function findProgram(name: string): string {
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin"]) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {
      // Perhaps in the next one.
    }
  }
  return "";
}
