/**
 * What the native helper does, as a shell script over util-linux and coreutils: the way
 * without the helper, on machines where nobody compiled it.
 *
 * The script is made from the same operations. Its shell is process 1 of the new pid
 * namespace. After the root is made it is moved onto "/", so that changing the root is
 * final, and the last command becomes the program. Paths inside the root are resolved
 * beforehand, as the image's links mean them, and checked again before they are used.
 */
import { existsSync } from "node:fs";
import { capabilityNames } from "./capabilities.ts";
import { CLONE, MS, type Operation } from "./program.ts";
import type { Starter } from "./start.ts";
import { ulimitName } from "./ulimit.ts";

/** What this way lacks, for people. */
export const LACKING: string =
  "without the native helper: no seccomp filter, no terminal, mounts below a folder that is mounted do not show";

/** Where the tools are, whatever PATH says. */
const TOOL_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

const TOOLS = ["setpriv", "unshare", "nsenter", "mount", "realpath", "prlimit"];

/** The tools of this way that are not on the machine. */
export function missingTools(): string[] {
  return TOOLS.filter((tool) => !TOOL_PATH.split(":").some((folder) => existsSync(`${folder}/${tool}`)));
}

const PROLOGUE = `
umask 022
fail() { printf '%s - %s\\0' "$1" "$2" >&4; exit 125; }
try() {
  operation=$1 subject=$2; shift 2
  text=$("$@" 2>&1) || fail "$operation" "$subject: $text"
}
inside() {
  case $(realpath -m -- "$1$2") in "$1"|"$1"/*) ;; *) fail place "$2: leads out of the root" ;; esac
}
place() {
  inside "$root" "$2"
  [ -e "$root$2" ] && return
  [ -n "\${2%/*}" ] && place folder "\${2%/*}"
  if [ "$1" = folder ]; then try place "$2" mkdir -- "$root$2"; else try place "$2" touch -- "$root$2"; fi
  printf 'made 0 %s\\0' "$2" >&4
}
attach() {
  if [ -d "$1" ]; then place folder "$2"; else place file "$2"; fi
  mount --bind -- "$1" "$root$2" 2>/dev/null || try attach "$2" mount --rbind -- "$1" "$root$2"
}
`;

/** The start of a program of operations; `resolve` follows the links of the image inside its root. */
export function shellStart(operations: readonly Operation[], place: string, resolve: (path: string) => string): Starter {
  const flags = Number(operations.find(([name]) => name === "unshare")?.[1] ?? 0);
  const network = flags & CLONE.newnet ? ["--net"] : [];
  const namespaces = ["--mount", "--uts", "--ipc", "--pid", ...network, "--propagation", "private"];
  const text = new Script(place, resolve).text(operations);
  return {
    command: "setpriv",
    args: ["--pdeathsig", "KILL", "unshare", ...namespaces, "--fork", "--kill-child=KILL", "sh", "-c", 'eval "$(cat <&3)"'],
    env: { PATH: TOOL_PATH },
    program: Buffer.from(text),
    kill: true,
  };
}

class Script {
  readonly #place: string;
  readonly #resolve: (path: string) => string;
  readonly #lines: string[] = [PROLOGUE];
  /** Whether paths are those of the new root. */
  #inRoot = false;
  #cwd = "/";
  readonly #rights: string[] = ["--inh-caps=-all"];
  /** Where only one group exists they cannot be set. */
  #groups = "--keep-groups";
  #uid = 0;

  constructor(place: string, resolve: (path: string) => string) {
    this.#place = place;
    this.#resolve = resolve;
  }

  text(operations: readonly Operation[]): string {
    for (const operation of operations) this.#add(operation);
    return this.#lines.join("\n");
  }

  #add([name, ...words]: Operation): void {
    const [first = "", second = "", third = "", fourth = "", fifth = ""] = words.map(String);
    if (name === "mount" || name === "trymount") this.#mount(name, [first, second, third, fourth, fifth]);
    else if (name === "system") this.#system(first, second, third);
    else if (name === "mkdirs")
      this.#try(name, first, ["mkdir", "-p", "-m", Number(second).toString(8), "--", this.#path(first)]);
    else if (name === "file") this.#file(words.map(String));
    else if (name === "overlay") this.#overlay(words.map(String));
    else if (name === "tree") this.#tree(first, second, third);
    else if (name === "attach") this.#lines.push(`attach ${quoted(this.#slot(first))} ${quoted(this.#inner(second))}`);
    else if (name === "place") this.#lines.push(`place folder ${quoted(this.#inner(first))}`);
    else if (name === "pivot") this.#enter(first);
    else if (name === "readonly") this.#try(name, first, ["mount", "-o", "remount,bind,ro", "--", this.#path(first)]);
    else if (name === "symlink") this.#try(name, second, ["ln", "-s", "--", first, this.#path(second)]);
    else if (name === "mknod")
      this.#try(name, first, ["mknod", "-m", Number(second).toString(8), "--", this.#path(first), "c", third, fourth]);
    else if (name === "hostname")
      // Only root of the machine may write the file.
      this.#lines.push(
        `printf %s ${quoted(first)} 2>/dev/null > /proc/sys/kernel/hostname || try hostname "" hostname ${quoted(first)}`,
      );
    else if (name === "loopback") this.#lines.push("ip link set lo up 2>/dev/null || :");
    else if (name === "limit") this.#limit(Number(first), second, third);
    else this.#become(name, words.map(String));
  }

  /** What changes the process itself is done by the last command. */
  #become(name: string, words: readonly string[]): void {
    const [first = "0"] = words;
    if (name === "chdir") this.#cwd = first;
    else if (name === "bounding")
      this.#rights.push(`--bounding-set=${["-all", ...capabilityNames(BigInt(first)).map((each) => `+${each}`)]}`);
    else if (name === "nonewprivileges") this.#rights.push("--no-new-privs");
    else if (name === "groups" && words.length > 0) this.#groups = `--groups=${words.join(",")}`;
    else if (name === "gid") this.#rights.push(`--regid=${first}`);
    else if (name === "uid") this.#uid = Number(first);
    else if (name === "exec") this.#exec(words);
  }

  #mount(name: string, [source, target, type, flagText, data]: readonly [string, string, string, string, string]): void {
    const flags = Number(flagText);
    if (flags & MS.private) return;
    const options = [...optionsOf(flags), ...(data ? [data] : [])];
    const at = this.#path(target);
    const words =
      flags & MS.bind && !(flags & MS.remount)
        ? ["mount", flags & MS.recursive ? "--rbind" : "--bind", "--", this.#path(source), at]
        : flags & MS.remount
          ? ["mount", "-o", options.join(","), "--", at]
          : ["mount", "-t", type, ...(options.length > 0 ? ["-o", options.join(",")] : []), "--", source || "none", at];
    if (this.#inRoot) this.#lines.push(`inside "$root" ${quoted(this.#inner(target))}`);
    if (name === "mount") this.#try(name, target, words);
    else this.#lines.push(`${words.map(quoted).join(" ")} 2>/dev/null || :`);
  }

  /** Options are at most a page long, so the folders go by short names. */
  #overlay([target = "", upper = "", work = "", options = "", ...lowers]: readonly string[]): void {
    const names = `${target}.names`;
    this.#try("overlay", target, ["mkdir", "--", names]);
    for (const [index, folder] of [...lowers, upper, work].entries())
      this.#try("overlay", folder, ["ln", "-s", "--", folder, `${names}/${index}`]);
    const count = lowers.length;
    const all = `lowerdir=${lowers.map((_, index) => index).join(":")},upperdir=${count},workdir=${count + 1}`;
    this.#lines.push(`cd ${quoted(names)} || fail overlay ${quoted(names)}`);
    this.#try("overlay", target, ["mount", "-t", "overlay", "-o", options ? `${all},${options}` : all, "--", "overlay", target]);
    this.#lines.push("cd /");
  }

  #tree(slot: string, root: string, path: string): void {
    const inner = path === "" || path.startsWith("/") ? path : `/${path}`;
    const from = quoted(`${root}${inner}`);
    const at = quoted(this.#slot(slot));
    if (inner !== "") this.#lines.push(`inside ${quoted(root)} ${quoted(inner)}`);
    this.#lines.push(
      `[ -e ${from} ] || fail open ${quoted(inner || root)}`,
      `if [ -d ${from} ]; then mkdir ${at}; else : > ${at}; fi`,
    );
    // In a user namespace what is mounted below cannot be left behind.
    this.#lines.push(
      `mount --bind -- ${from} ${at} 2>/dev/null || try open_tree ${quoted(inner || root)} mount --rbind -- ${from} ${at}`,
    );
  }

  #system(slot: string, type: string, host: string): void {
    const at = quoted(this.#slot(slot));
    this.#lines.push(
      `mkdir ${at}`,
      `mount -t ${type} -o nosuid,nodev,noexec ${type} ${at} 2>/dev/null || try open_tree ${host} mount --rbind ${host} ${at}`,
    );
  }

  #file([path = "", mode = "0", uid = "0", gid = "0", hex = ""]: readonly string[]): void {
    const bytes = Buffer.from(hex, "hex");
    const octal = [...bytes].map((byte) => `\\0${byte.toString(8)}`).join("");
    this.#lines.push(`printf %b ${quoted(octal)} > ${quoted(path)} || fail file ${quoted(path)}`);
    if (uid !== "0" || gid !== "0") this.#try("file", path, ["chown", `${uid}:${gid}`, "--", path]);
    this.#try("file", path, ["chmod", Number(mode).toString(8), "--", path]);
  }

  #enter(root: string): void {
    this.#lines.push(`root=${quoted(root)}`);
    this.#inRoot = true;
  }

  #limit(resource: number, soft: string, hard: string): void {
    const value = [soft, hard].map((each) => (each === "-1" ? "unlimited" : each)).join(":");
    this.#lines.push(
      `prlimit --pid $$ --${ulimitName(resource)}=${value} 2>/dev/null || { printf 'limit - ${resource}\\0' >&4; exit 125; }`,
    );
  }

  #exec(words: readonly string[]): void {
    const variables = Number(words[0]);
    const [env, argv] = [words.slice(1, 1 + variables), words.slice(1 + variables)];
    const user = this.#uid === 0 ? [] : ["-S", String(this.#uid)];
    const cwd = this.#inner(this.#cwd);
    this.#lines.push(
      `inside "$root" ${quoted(cwd)}`,
      'setpriv=$(command -v setpriv) env=$(command -v env) nsenter=$(command -v nsenter) || fail exec "util-linux is not installed"',
      'cd "$root" && mount --no-mtab --move . / || fail pivot "$root"',
      `exec "$setpriv" ${[...this.#rights, this.#groups].join(" ")} -- "$env" -i ${env.map(quoted).join(" ")} \\`,
      `  "$nsenter" --root=. --wd=${quoted(`.${cwd}`)} ${user.join(" ")} -- ${argv.map(quoted).join(" ")} 3<&- 4>&-`,
    );
  }

  #try(operation: string, subject: string, words: readonly string[]): void {
    this.#lines.push(`try ${[operation, subject, ...words].map(quoted).join(" ")}`);
  }

  /** A path as the script sees it. */
  #path(path: string): string {
    return this.#inRoot ? `${ROOT}${this.#inner(path)}` : path;
  }

  /** A path of the root with its links followed. */
  #inner(path: string): string {
    return `/${this.#resolve(path)}`;
  }

  #slot(slot: string): string {
    return `${this.#place}/slot-${slot}`;
  }
}

/** Stands for the root in a word that is yet to be quoted. */
const ROOT = "\u0000root\u0000";

function quoted(word: string): string {
  if (word.startsWith(ROOT)) return `"$root"${quoted(word.slice(ROOT.length))}`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function optionsOf(flags: number): string[] {
  const names: [keyof typeof MS, string][] = [
    ["remount", "remount"],
    ["bind", "bind"],
    ["rdonly", "ro"],
    ["nosuid", "nosuid"],
    ["nodev", "nodev"],
    ["noexec", "noexec"],
    ["strictatime", "strictatime"],
  ];
  return names.flatMap(([flag, name]) => (flags & MS[flag] ? name : []));
}
