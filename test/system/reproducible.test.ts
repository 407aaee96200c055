/** One image of one set of files, wherever and whenever it is built. */
import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, run } from "../support/slipway.ts";
import { openProgram } from "../support/user.ts";

const skip: string | false = lacking("dpkg", "setpriv");
let folder = "";

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "slipway-same-"));
  chmodSync(folder, 0o777);
  const made = place("base", {});
  assert.equal((await made.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
  assert.equal((await made.slipway(["save", "-o", join(folder, "base.tar"), "busybox"])).code, 0);
  chmodSync(join(folder, "base.tar"), 0o644);
});
after(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

interface Circumstances {
  readonly umask?: string;
  readonly env?: readonly string[];
  readonly uid?: number;
}

/** A machine of its own as far as slipway can tell: another store, user, umask and environment. */
function place(name: string, { umask = "022", env = [], uid = 0 }: Circumstances) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o777);
  const user = uid === 0 ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const words = ["env", `HOME=${home}`, ...env, ...user, "sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
  return {
    context: join(home, "context"),
    slipway: (args: readonly string[]) => run([...words, openProgram(), "--root", join(home, "store"), ...args], home),
  };
}

type Files = Readonly<Record<string, File>>;

interface File {
  readonly text?: string;
  readonly link?: string;
  readonly mode?: number;
  /** Files with one number are hard links of each other. */
  readonly inode?: number;
}

/** Writes files with fixed times, in the order that is asked for. */
function write(context: string, files: Files, order: (names: string[]) => string[]): void {
  const inodes = new Map<number, string>();
  for (const path of order(Object.keys(files))) {
    const file = join(context, path);
    const { text, link, mode = 0o644, inode } = files[path] ?? {};
    mkdirSync(dirname(file), { recursive: true });
    const first = inode === undefined ? undefined : inodes.get(inode);
    if (inode !== undefined && first === undefined) inodes.set(inode, file);
    if (first !== undefined) linkSync(first, file);
    else if (link !== undefined) symlinkSync(link, file);
    else {
      writeFileSync(file, text ?? "");
      chmodSync(file, mode);
    }
  }
  const settle = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        chmodSync(path, 0o755);
        settle(path);
      }
      lutimesSync(path, 1_700_000_000.25, 1_700_000_000.25);
    }
  };
  settle(context);
}

const FILES: Files = {
  Dockerfile: {
    text: `FROM busybox AS files
WORKDIR /made/by/workdir
COPY d /new/folder/
COPY <<END /inline
a line
END
ADD archive.tar.d /plain
FROM busybox
ENV A=1
WORKDIR /app
COPY . .
COPY --from=files / /all
COPY --link d/b /linked/deep/b
COPY --chown=7:8 --chmod=600 d/a /owned
CMD ["true"]
`,
  },
  "d/a": { text: "a" },
  "d/b": { text: "b", mode: 0o755 },
  "d/empty": {},
  "d/link": { link: "a" },
  "e/f/g": { text: "g" },
  "archive.tar.d/x": { text: "x" },
  "hard/one": { text: "linked", inode: 1 },
  "hard/other": { text: "linked", inode: 1 },
  "linked-too": { text: "linked", inode: 1 },
  z: { text: "z" },
};

/** The digest of what is built. */
async function built(name: string, circumstances: Circumstances, order: (names: string[]) => string[], ...words: string[]) {
  const made = place(name, circumstances);
  write(made.context, FILES, order);
  assert.equal((await made.slipway(["load", "-i", join(folder, "base.tar")])).code, 0);
  const metadata = join(folder, name, "metadata.json");
  const { code, stderr } = await made.slipway(["build", "--metadata-file", metadata, ...words, made.context]);
  assert.equal(code, 0, stderr);
  return (await import(metadata, { with: { type: "json" } })).default["containerimage.digest"] as string;
}

const asTheyAre = (names: string[]): string[] => names;
const backwards = (names: string[]): string[] => names.reverse();

test("a build of COPY, ADD and WORKDIR is one image for every umask, zone, order and moment", { skip }, async () => {
  const one = await built("one", {}, asTheyAre);
  const two = await built("two", { umask: "077", env: ["TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=C"] }, backwards);
  assert.equal(two, one);
});

test("the same for a user who is not root", { skip }, async (t) => {
  const one = await built("root", {}, asTheyAre);
  try {
    assert.equal(await built("user", { uid: 12345 }, backwards), one);
  } catch (error) {
    if (/EXECUTOR|user namespace/.test(String(error))) t.skip("no user namespaces here");
    else throw error;
  }
});

test("an image is as old as the newest file in it", { skip }, async () => {
  const made = place("times", {});
  write(made.context, FILES, asTheyAre);
  lutimesSync(join(made.context, "z"), 1_800_000_000, 1_800_000_000);
  await made.slipway(["load", "-i", join(folder, "base.tar")]);
  await made.slipway(["build", "-t", "newest", made.context]);
  const { stdout } = await made.slipway(["inspect", "--format", "{{.Created}}", "newest"]);
  assert.equal(stdout.trim(), "2027-01-15T08:00:00.000Z");
});

test("RUN steps that are deterministic are one image with --rewrite-timestamp, and archives of it the same bytes", {
  skip,
}, async () => {
  // The files that it writes have another time on each machine, as if the clock were another.
  const later = "touch -d @$(( $(date +%s) + $(od -An -N2 -tu2 /dev/urandom) )) /d/x /d";
  const dockerfile = `FROM busybox\nRUN mkdir /d && echo x > /d/x && ln /d/x /d/y && rm /etc/passwd && ${later}\nCOPY . /all\n`;
  const files = { ...FILES, Dockerfile: { text: dockerfile } };
  const machine = async (name: string, circumstances: Circumstances, order: (names: string[]) => string[]) => {
    const made = place(name, circumstances);
    write(made.context, files, order);
    assert.equal((await made.slipway(["load", "-i", join(folder, "base.tar")])).code, 0);
    const bytes: Record<string, Buffer> = {};
    for (const type of ["oci", "docker", "tar"]) {
      const dest = join(folder, name, type);
      const output = ["--rewrite-timestamp", "-o", `type=${type},dest=${dest}`];
      const { code, stderr } = await made.slipway(["build", ...output, made.context]);
      assert.equal(code, 0, stderr);
      bytes[type] = readFileSync(dest);
    }
    const { stdout } = await made.slipway(["build", "-q", "--rewrite-timestamp", made.context]);
    return { image: stdout, bytes };
  };
  const one = await machine("run-one", {}, asTheyAre);
  const two = await machine("run-two", { umask: "077", env: ["TZ=Asia/Kathmandu"] }, backwards);
  assert.match(one.image, /^sha256:/);
  assert.equal(two.image, one.image);
  for (const [type, bytes] of Object.entries(one.bytes)) assert.ok(bytes.equals(two.bytes[type] as Buffer), type);
});
