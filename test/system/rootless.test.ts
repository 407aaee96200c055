/** Builds and runs as users who are not root. */
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar, debianTar } from "../support/base.ts";
import { Place, run } from "../support/slipway.ts";
import { noUsers, User } from "../support/user.ts";

const skip: string | false = noUsers("tar", "unshare");
const skipRanges: string | false = skip || noUsers("newuidmap", "newgidmap");
let place: Place;
let many: User;
let alone: User;

const DOCKERFILE = `FROM busybox
RUN echo "u:x:1000:1000::/:/bin/sh" >> /etc/passwd && mkdir -p /a/b && touch /a/b/c && chown -R 33:44 /a && rm /bin/vi
COPY --chown=1000:1000 --chmod=600 Dockerfile /y
COPY --chown=70000:70001 Dockerfile /x/far
RUN rm -rf /a && mkdir /a && touch /a/new && ls -ln /dev/null /proc/self/status > /seen && cat /y /x/far > /read
USER u
RUN id -u > /tmp/id && cat /y > /tmp/y
`;

before(async () => {
  if (skip) return;
  place = new Place();
  [many, alone] = [new User("slipway-many", true), new User("slipway-alone", false)];
  const tar = await busyboxTar();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', tar, "busybox"])).code, 0);
  for (const user of [many, alone]) {
    const [own, context] = [join(user.home, "busybox.tar"), join(user.home, "context")];
    copyFileSync(tar, own);
    chmodSync(own, 0o644);
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), DOCKERFILE);
    const made = await user.slipway(["import", "-c", 'CMD ["sh"]', own, "busybox"]);
    assert.equal(made.code, 0, made.stderr);
  }
});
after(() => {
  for (const each of [many, alone, place]) each?.[Symbol.dispose]();
});

/** What `tar` lists of the layers of a saved image, from the second on: mode, owner, name. */
async function layersOf(archive: string): Promise<string[]> {
  const folder = `${archive}.files`;
  mkdirSync(folder);
  assert.equal((await run(["tar", "-xf", archive, "-C", folder])).code, 0);
  const [image] = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { Layers: string[] }[];
  const lists = await Promise.all(
    (image?.Layers ?? []).slice(1).map((layer) => run(["tar", "--numeric-owner", "-tvf", join(folder, layer)])),
  );
  return lists
    .flatMap(({ stdout }) => stdout.trim().split("\n"))
    .map((line) => line.replace(/ +\d+ \d{4}-\d\d-\d\d \d\d:\d\d/, ""));
}

test("with ranges of ids, the layers are those that root makes", { skip: skipRanges }, async () => {
  const built = await many.slipway(["build", "--progress=plain", "-t", "made", "context"]);
  assert.equal(built.code, 0, built.stderr);
  assert.doesNotMatch(built.stderr, /single user id/);
  assert.equal((await many.slipway(["save", "-o", "made.tar", "made"])).code, 0);
  assert.equal((await place.slipway(["build", "-q", "-t", "made", join(many.home, "context")])).code, 0);
  assert.equal((await place.slipway(["save", "-o", join(place.folder, "made.tar"), "made"])).code, 0);
  const mine = await layersOf(join(many.home, "made.tar"));
  assert.deepEqual(mine, await layersOf(join(place.folder, "made.tar")));
  for (const line of [
    "drwxr-xr-x 33/44 a/b/",
    "-rw------- 1000/1000 y",
    "-rw-r--r-- 70000/70001 x/far",
    "-rw-r--r-- 1000/1000 tmp/id",
  ])
    assert.ok(mine.includes(line), `${line} in\n${mine.join("\n")}`);
  const again = await many.slipway(["build", "--progress=plain", "-t", "made", "context"]);
  assert.equal(again.stderr.match(/CACHED/g)?.length, 6, again.stderr);
});

test("without ranges there is one user: COPY keeps owners, and RUN says what it cannot do", { skip }, async () => {
  const built = await alone.slipway(["build", "--progress=plain", "-t", "made", "context"]);
  assert.equal(built.code, 0, built.stderr);
  assert.equal(
    built.stderr.match(/DONE.*\n.*|run steps with a single user id/g)?.filter((line) => /single/.test(line)).length,
    1,
  );
  assert.equal((await alone.slipway(["save", "-o", "made.tar", "made"])).code, 0);
  const lines = await layersOf(join(alone.home, "made.tar"));
  for (const line of [
    "-rw------- 1000/1000 y",
    "-rw-r--r-- 70000/70001 x/far",
    "-rw-r--r-- 0/0 a/b/c",
    "---------- 0/0 bin/.wh.vi",
  ])
    assert.ok(lines.includes(line), `${line} in\n${lines.join("\n")}`);
  const ran = await alone.slipway(["run", "--rm", "made", "cat", "/tmp/id"]);
  assert.equal(ran.stdout, "1000\n", ran.stderr);
});

test("without the native helper it works through util-linux", { skip: skipRanges }, async () => {
  for (const user of [many, alone]) {
    const text = "FROM busybox\nRUN chown 5:6 /bin/wc || true; ls /proc/self /sys > /seen; echo > /dev/null\n";
    writeFileSync(join(user.home, "Dockerfile"), text);
    const built = await user.slipway(["build", "--progress=plain", "-f", "Dockerfile", "context"], ["SLIPWAY_EXEC=/nonexistent"]);
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stderr, /without the native helper/);
  }
});

test("what a container writes to a folder of the caller is the caller's", { skip: skipRanges }, async () => {
  for (const user of [many, alone]) {
    const mount = `${user.home}/out:/out`;
    const asRoot = await user.slipway(["run", "--rm", "-v", mount, "busybox", "touch", "/out/root"]);
    assert.equal(asRoot.code, 0, asRoot.stderr);
    const ids = `${user.uid}:${user.uid}`;
    const asCaller = await user.slipway(["run", "--rm", "-u", ids, "-v", mount, "busybox", "sh", "-c", "id -u; touch /out/own"]);
    assert.equal(asCaller.stdout, `${user.uid}\n`, asCaller.stderr);
    for (const name of ["root", "own"]) assert.equal(statSync(join(user.home, "out", name)).uid, user.uid, name);
  }
});

test("exit codes, signals of the process and a network of its own are as with root", { skip: skipRanges }, async () => {
  assert.equal((await many.slipway(["run", "--rm", "busybox", "sh", "-c", "exit 7"])).code, 7);
  assert.equal((await many.slipway(["run", "--rm", "busybox", "nosuchprogram"])).code, 127);
  const none = await many.slipway(["run", "--rm", "--network=none", "busybox", "ip", "link"]);
  assert.match(none.stdout, /^1: lo: .*UP/);
  assert.doesNotMatch(none.stdout, /^2:/m);
});

test("a store whose files would have other owners is refused", { skip: skipRanges }, async () => {
  const store = join(many.home, ".local/share/slipway");
  const refused = await place.slipway(["images"], { root: store });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /counts user ids otherwise/);
  const removed = await many.slipway(["unshare", "sh", "-c", `id -u && rm -rf ${store}/layers`]);
  assert.equal(removed.stdout, "0\n", removed.stderr);
});

test("where there can be no user namespace, builds without RUN work and RUN says why it does not", { skip }, async () => {
  const env = ["SLIPWAY_NAMESPACE=refused 1"];
  const root = join(alone.home, "plain");
  const imported = await alone.slipway(["--root", root, "import", "busybox.tar", "busybox"], env);
  assert.equal(imported.code, 0, imported.stderr);
  writeFileSync(join(alone.home, "Dockerfile"), "FROM busybox\nCOPY --chown=7:8 Dockerfile /x\n");
  const built = await alone.slipway(["--root", root, "build", "-q", "-t", "plain", "-f", "Dockerfile", "context"], env);
  assert.equal(built.code, 0, built.stderr);
  assert.equal((await alone.slipway(["--root", root, "save", "-o", "plain.tar", "plain"], env)).code, 0);
  assert.deepEqual(await layersOf(join(alone.home, "plain.tar")), ["-rw-r--r-- 7/8 x"]);
  writeFileSync(join(alone.home, "Dockerfile"), "FROM busybox\nRUN true\n");
  const refused = await alone.slipway(["--root", root, "build", "-f", "Dockerfile", "context"], env);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /does not let its users make user namespaces/);
});

test("apt-get installs packages, with ranges and without", {
  skip: skipRanges || noUsers("mmdebstrap"),
  timeout: 300_000,
}, async () => {
  const tar = await debianTar();
  const text = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends openssh-client\n";
  for (const user of [many, alone]) {
    const root = join(user.home, "apt");
    const own = join(user.home, "debian.tar");
    copyFileSync(tar, own);
    chmodSync(own, 0o644);
    assert.equal((await user.slipway(["--root", root, "import", own, "debian:bookworm"])).code, 0);
    writeFileSync(join(user.home, "Dockerfile"), text);
    const built = await user.slipway(["--root", root, "build", "--progress=plain", "-t", "apt", "-f", "Dockerfile", "context"]);
    assert.equal(built.code, 0, built.stderr);
    assert.equal((await user.slipway(["--root", root, "save", "-o", "apt.tar", "apt"])).code, 0);
    const lines = await layersOf(join(user.home, "apt.tar"));
    assert.ok(!lines.some((line) => /apt\.conf\.d\/./.test(line)), "what apt was told is not in the image");
    // The program with a set-group bit, of a group that the package makes.
    const agent = lines.find((line) => line.endsWith("usr/bin/ssh-agent"));
    assert.equal(agent, user === many ? "-rwxr-sr-x 0/101 usr/bin/ssh-agent" : "-rwxr-sr-x 0/0 usr/bin/ssh-agent");
  }
});
