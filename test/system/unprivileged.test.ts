/** Builds as root of a container that may neither mount nor make namespaces. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar, debianTar } from "../support/base.ts";
import { lacking, type Outcome, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg", "setpriv", "tar");
let place: Place;

/** What Docker takes from root of a container: CAP_SYS_ADMIN, and, by seccomp, namespaces. */
function confined(...words: string[]): Promise<Outcome> {
  const rights = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"];
  return run([...rights, "env", "SLIPWAY_NAMESPACE=refused 1", program, "--root", place.root, ...words], place.folder);
}

before(async () => {
  if (skip) return;
  place = new Place();
  const made = await confined("import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox");
  assert.equal(made.code, 0, made.stderr);
});
after(() => place?.[Symbol.dispose]());

test("a step runs in a folder; its layer has what changed and nothing else", { skip }, async () => {
  const context = place.files("build", {
    Dockerfile: `FROM busybox
RUN mkdir -p /a/b && touch /a/b/c && chown -R 33:44 /a && rm /bin/vi && echo > /dev/null && (sleep 4322 &)
RUN --mount=type=secret,id=s,target=/run/secrets/s --mount=target=/deep/er/context cat /run/secrets/s /deep/er/context/s > /seen
RUN --mount=type=cache,target=/cache echo kept >> /cache/f && touch -d @5 /etc
RUN --mount=type=cache,target=/cache cat /cache/f && grep -c localhost /etc/hosts && rm -rf /a && mkdir /a
USER 5:6
RUN id -u > /tmp/id
`,
    s: "secret\n",
  });
  const built = await confined("build", "--progress=plain", "--secret", `id=s,src=${context}/s`, "-t", "made", context);
  assert.equal(built.code, 0, built.stderr);
  assert.match(built.stderr, /run steps in a plain folder, since nothing can be mounted here/);
  assert.match(built.stderr, / kept\n/);
  assert.ok(!processes().includes("sleep\u00004322\u0000"), "what a step leaves behind is ended");
  assert.equal((await confined("save", "-o", "made.tar", "made")).code, 0);
  assert.equal((await run(["tar", "-xf", "made.tar"], place.folder)).code, 0);
  const [image] = JSON.parse(readFileSync(join(place.folder, "manifest.json"), "utf8")) as { Layers: string[] }[];
  const lists = await Promise.all(
    (image?.Layers ?? []).slice(1).map(async (layer) => {
      const { stdout } = await run(["tar", "--numeric-owner", "-tvf", layer], place.folder);
      return stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/ +\d+ \d{4}-\d\d-\d\d \d\d:\d\d/, ""));
    }),
  );
  assert.deepEqual(lists, [
    [
      "drwxr-xr-x 33/44 a/",
      "drwxr-xr-x 33/44 a/b/",
      "-rw-r--r-- 33/44 a/b/c",
      "drwxr-xr-x 0/0 bin/",
      "---------- 0/0 bin/.wh.vi",
    ],
    ["-rw-r--r-- 0/0 seen"],
    ["drwxr-xr-x 0/0 etc/"],
    ["drwxr-xr-x 0/0 a/", "---------- 0/0 a/.wh..wh..opq"],
    ["drwxrwxrwt 0/0 tmp/", "-rw-r--r-- 5/6 tmp/id"],
  ]);
  const ran = await confined("run", "--rm", "made", "cat", "/seen", "/tmp/id");
  assert.equal(ran.stdout, "secret\nsecret\n5\n", ran.stderr);
});

test("what needs mounts is refused by name", { skip }, async () => {
  const ran = await confined("run", "--rm", "--network=none", "busybox", "true");
  assert.equal(ran.code, 125);
  assert.match(ran.stderr, /a network of its own cannot be had here/);
  const mounted = await confined("run", "--rm", "-v", `${place.folder}:/out`, "busybox", "true");
  assert.match(mounted.stderr, /a mount of .* that can be written to cannot be had here/);
});

test("apt-get installs packages", { skip: skip || lacking("mmdebstrap"), timeout: 300_000 }, async () => {
  const context = place.files("apt", {
    Dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends less && less --version\n",
  });
  assert.equal((await confined("import", await debianTar(), "debian:bookworm")).code, 0);
  const built = await confined("build", "--progress=plain", context);
  assert.equal(built.code, 0, built.stderr);
});

function processes(): string[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      return readFileSync(join("/proc", entry, "cmdline"), "utf8");
    } catch {
      return [];
    }
  });
}
