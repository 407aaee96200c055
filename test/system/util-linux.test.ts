/** Builds and runs on a machine where the native helper was never compiled. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg", "setpriv", "unshare", "nsenter", "mount", "realpath", "prlimit");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

function withoutHelper(...words: string[]): Promise<Outcome> {
  return run(["env", "SLIPWAY_EXEC=/nonexistent", program, "--root", place.root, ...words], place.folder);
}

test("a build runs its steps and says what is lost", { skip }, async () => {
  const context = place.files("build", {
    Dockerfile: `FROM busybox
RUN ln -s /elsewhere /link && mkdir /elsewhere && echo "u:x:5:6::/:/bin/sh" >> /etc/passwd
RUN --mount=type=secret,id=s,target=/link/secret --mount=type=bind,target=/context cat /link/secret /context/Dockerfile > /seen
RUN grep -c . /etc/resolv.conf /etc/hosts && grep Seccomp: /proc/self/status && ls -A /elsewhere | wc -l
USER u
WORKDIR /a b
RUN id -u > /tmp/id; pwd >> /tmp/id
`,
    s: "it's \\ secret\n",
  });
  const built = await withoutHelper("build", "--progress=plain", "--secret", `id=s,src=${context}/s`, "-t", "made", context);
  assert.equal(built.code, 0, built.stderr);
  assert.match(built.stderr, /run steps without the native helper: no seccomp filter/);
  const told = await withoutHelper(
    "run",
    "--rm",
    "-u",
    "0",
    "made",
    "sh",
    "-c",
    "cat /seen /tmp/id; ls -A /elsewhere; wc -c < /etc/hosts",
  );
  assert.match(told.stdout, /^it's \\ secret\nFROM busybox\n/);
  assert.match(told.stdout, /\n5\n\/a b\n\d+\n$/, "nothing is left where the secret was mounted");
  assert.match(told.stderr, /^note: .*no seccomp filter/);
});

test("exit codes are those of Docker, and a terminal is refused", { skip }, async () => {
  assert.equal((await withoutHelper("run", "--rm", "busybox", "sh", "-c", "exit 7")).code, 7);
  assert.equal((await withoutHelper("run", "--rm", "busybox", "nosuchprogram")).code, 127);
  assert.equal((await withoutHelper("run", "--rm", "busybox", "/etc")).code, 126);
  const refused = await withoutHelper("run", "--rm", "-t", "busybox", "true");
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /a terminal needs the native helper/);
});

test("a link that leads out of the root is not followed", { skip }, async () => {
  const context = place.files("escape", {
    Dockerfile: `FROM busybox AS evil\nRUN ln -s ${place.folder} /out\nFROM busybox
RUN --mount=from=evil,target=/m,rw --mount=type=tmpfs,target=/m/out/made true\n`,
  });
  const built = await withoutHelper("build", context);
  assert.equal(built.code, 1, built.stderr);
  assert.match(built.stderr, /leads out of the root/);
  assert.ok(!readdirSync(place.folder).includes("made"));
});

test("killed, it leaves no process and no mount", { skip, timeout: 30_000 }, async () => {
  const context = place.files("slow", { Dockerfile: "FROM busybox\nRUN sleep 4321\n" });
  const words = [program, "--root", place.root, "build", "--progress=plain", context];
  const child = spawn(words[0] as string, words.slice(1), {
    env: { ...process.env, SLIPWAY_EXEC: "/nonexistent" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!sleeping()) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGKILL");
  await ended;
  while (sleeping()) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(place.folder));
});

function sleeping(): boolean {
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(join("/proc", entry, "cmdline"), "utf8") === "sleep\u00004321\u0000";
    } catch {
      return false;
    }
  });
}
