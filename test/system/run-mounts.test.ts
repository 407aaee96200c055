/** What a RUN may use of others: caches, secrets, SSH agents, the machine. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg", "ssh-agent");
let place: Place;
let agent: ChildProcess;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
  agent = spawn("ssh-agent", ["-D", "-a", join(place.folder, "agent")], { stdio: "ignore" });
  for (let attempt = 0; attempt < 100 && !existsSync(join(place.folder, "agent")); attempt++) await sleep(20);
});
after(() => {
  agent?.kill();
  place?.[Symbol.dispose]();
});

let number = 0;
async function build(lines: readonly string[], ...flags: string[]): Promise<Outcome> {
  const name = `build-${++number}`;
  // No step is one of an earlier build's.
  const context = place.files(name, { Dockerfile: ["FROM busybox", `ENV BUILD=${name}`, ...lines, ""].join("\n") });
  return place.slipway(["build", "--progress=plain", ...flags, context]);
}

async function ok(lines: readonly string[], ...flags: string[]): Promise<string> {
  const { code, stderr } = await build(lines, ...flags);
  assert.equal(code, 0, stderr);
  return stderr;
}

/** Waits until two steps have begun. */
const forTheOther = (file: string): string =>
  `for i in $(seq 200); do test $(grep -c begin ${file}) -ge 2 && break; sleep 0.1; done`;

/** A step that says when it begins and ends, in a cache that everybody sees. */
function noting(name: string, options: string, meanwhile: (file: string) => string): string {
  const file = `/notes/${options.replaceAll(/[=,]/g, "-")}`;
  const mounts = `--mount=type=cache,id=notes,target=/notes --mount=type=cache,target=/c,${options}`;
  const work = `ls /c | wc -l; touch /c/${name}; ${meanwhile(file)}`;
  return `RUN ${mounts} echo begin-${name} >> ${file}; ${work}; echo end-${name} >> ${file}`;
}

async function notes(options: string): Promise<string[]> {
  const file = options.replaceAll(/[=,]/g, "-");
  const told = await ok([`RUN --mount=type=cache,id=notes,target=/notes sed s/^/noted-/ /notes/${file}`]);
  return [...told.matchAll(/noted-(begin|end)/g)].map((match) => match[1] ?? "");
}

test("a locked cache is used by one build after the other", { skip }, async () => {
  const options = "id=locked,sharing=locked";
  const pause = (): string => "sleep 0.5";
  await Promise.all([ok([noting("a", options, pause)]), ok([noting("b", options, pause)])]);
  assert.deepEqual(await notes(options), ["begin", "end", "begin", "end"]);
});

test("a shared cache is used at the same time", { skip }, async () => {
  const options = "id=shared,sharing=shared";
  await Promise.all([ok([noting("a", options, forTheOther)]), ok([noting("b", options, forTheOther)])]);
  assert.deepEqual(await notes(options), ["begin", "begin", "end", "end"]);
});

test("a private cache is given to one at a time, and another one to who comes meanwhile", { skip }, async () => {
  const options = "id=private,sharing=private";
  const told = await Promise.all([ok([noting("a", options, forTheOther)]), ok([noting("b", options, forTheOther)])]);
  assert.deepEqual(await notes(options), ["begin", "begin", "end", "end"]);
  for (const one of told) assert.match(one, /^#\d+ [\d.]+ 0$/m);
});

test("--no-cache empties a cache once, whatever its sharing", { skip }, async () => {
  for (const sharing of ["shared", "locked", "private"]) {
    const step = (name: string): string =>
      `RUN --mount=type=cache,id=anew-${sharing},sharing=${sharing},target=/c echo seen-$(ls /c | tr '\\n' -)end; touch /c/${name}`;
    const seen = (text: string): string[] => [...text.matchAll(/^#\d+ [\d.]+ seen-(.*)end$/gm)].map((match) => match[1] ?? "");
    assert.deepEqual(seen(await ok([step("a"), step("b")])), ["", "a-"]);
    assert.deepEqual(seen(await ok([step("c")])), ["a-b-"]);
    assert.deepEqual(seen(await ok([step("d"), step("e")], "--no-cache")), ["", "d-"]);
    assert.deepEqual(seen(await ok([step("f")])), ["d-e-"]);
  }
});

test("builds that lock the same two caches in other order do not wait for each other, nor a step for itself", {
  skip,
}, async () => {
  const mount = (id: string, target: string): string => `--mount=type=cache,id=${id},target=${target},sharing=locked`;
  await Promise.all([
    ok([
      `RUN ${mount("x", "/x")} ${mount("y", "/y")} sleep 0.3`,
      `RUN ${mount("x", "/1")} ${mount("x", "/2")} touch /1/f && ls /2/f`,
    ]),
    ok([`RUN ${mount("y", "/y")} ${mount("x", "/x")} sleep 0.3`]),
  ]);
});

test("an agent's socket belongs to whom the mount says", { skip }, async () => {
  const told = await ok(
    [
      "RUN adduser -D -u 1234 joe 2>/dev/null || echo joe:x:1234:1234::/:/bin/sh >> /etc/passwd",
      "USER 1234",
      'RUN --mount=type=ssh,uid=1234,mode=0600 ls -ln $SSH_AUTH_SOCK && echo "socket $SSH_AUTH_SOCK"',
    ],
    "--ssh",
    `default=${join(place.folder, "agent")}`,
  );
  assert.match(told, /srw------- +1 +1234 +0 /);
  assert.match(told, /socket \/run\/buildkit\/ssh_agent\.0/);
});

test("keys are offered through an agent of the build's own, which ends with it", {
  skip: skip || lacking("ssh-add", "ssh-keygen"),
}, async () => {
  const key = join(place.folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const told = await build(["RUN --mount=type=ssh test -S $SSH_AUTH_SOCK"], "--ssh", `default=${key}`);
  assert.equal(told.code, 0, told.stderr);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", `${key}2`]);
  const refused = await build(["RUN --mount=type=ssh true"], "--ssh", `default=${key}2`);
  assert.match(refused.stderr, /SSH_KEY_REFUSED/);
  const agents = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes("slipway-ssh-"));
  assert.deepEqual(agents, []);
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}

test("without an agent, the socket of an optional one is named but not there", { skip }, async () => {
  assert.match(
    await ok(['RUN --mount=type=ssh test ! -e "$SSH_AUTH_SOCK" && echo "at $SSH_AUTH_SOCK"']),
    / at \/run\/buildkit\/ssh_agent\.0$/m,
  );
});

test("programs run from a tmpfs, which is as large as it was asked for", { skip }, async () => {
  const work = "cp /bin/busybox /t/echo && /t/echo started && ! head -c 4m /dev/zero > /t/zeros";
  assert.match(await ok([`RUN --mount=type=tmpfs,target=/t,size=3m ${work}`]), / started$/m);
});

test("a host's address must be one", { skip }, async () => {
  for (const host of ["a:nope", "a:1.2", "a:"]) {
    assert.match((await build(["RUN true"], "--add-host", host)).stderr, /OPTION_VALUE_INVALID/);
  }
  assert.match(await ok(["RUN cat /etc/hosts"], "--add-host", "a=[::2]", "--add-host", "b:1.2.3.4"), /::2\ta\n#.* 1\.2\.3\.4\tb/);
});

test("what reaches beyond the build must be allowed", { skip }, async () => {
  const host = await build(["RUN --network=host true"]);
  assert.equal(host.code, 1);
  assert.match(host.stderr, /network\.host is not allowed/);
  await ok(["RUN --network=host true"], "--allow", "network.host");
  await ok(["RUN --network=host true"], "--network=host");
  const powers = "RUN --security=insecure grep CapEff /proc/self/status";
  assert.match((await build([powers])).stderr, /security\.insecure is not allowed/);
  const own = /CapEff:\s*(\S+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  assert.match(await ok([powers], "--allow", "security.insecure"), new RegExp(`CapEff:\\s*${own}`));
});

test("limits of memory and processor time take effect, and leave no group behind", { skip }, async () => {
  const hungry = await build(["RUN head -c 100m /dev/zero | tail | wc -c"], "--memory", "20m");
  if (/LIMITS_REFUSED/.test(hungry.stderr)) return;
  assert.doesNotMatch(hungry.stderr, /104857600/);
  assert.match(await ok(["RUN head -c 100m /dev/zero | tail | wc -c"]), /104857600/);
  const told = await ok(["RUN cat /proc/self/cgroup; nproc"], "--cpus", "0.5", "--cpuset-cpus", "0");
  assert.match(told, /slipway-\d+-\d+/);
  assert.match(told, /^#\d+ [\d.]+ 1$/m);
  const left = execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "6", "-name", "slipway-*"], { encoding: "utf8" });
  const alive = left.split("\n").filter((line) => line !== "" && !existsSync(`/proc/${/slipway-(\d+)/.exec(line)?.[1]}`));
  assert.deepEqual(alive, []);
});

test("with one job steps that need nothing of each other are done one after the other", { skip }, async () => {
  const cache = "RUN --mount=type=cache,id=jobs,target=/c";
  const step = (file: string): string => `${cache} echo begin >> /c/log; sleep 0.3; echo end >> /c/log; touch /${file}`;
  const stages = [step("a"), "FROM busybox", step("b"), "FROM busybox", "COPY --from=0 /a /a", "COPY --from=1 /b /b"];
  const told = await ok([...stages, `${cache} echo $(cat /c/log)`], "--jobs=1");
  assert.match(told, / begin end begin end$/m);
  assert.match((await build(["RUN true"], "--jobs=0")).stderr, /OPTION_VALUE_INVALID/);
});

test("another cache alone runs no step again", { skip }, async () => {
  const context = (options: string): string =>
    place.files("other-cache", { Dockerfile: `FROM busybox\nRUN --mount=type=cache,target=/c,${options} echo once\n` });
  assert.equal((await place.slipway(["build", context("id=one")])).code, 0);
  const again = await place.slipway(["build", "--progress=plain", context("id=two,sharing=locked")]);
  assert.match(again.stderr, /CACHED\n[^]*CACHED/);
});

test("a limit that is none is refused before anything is done", { skip }, async () => {
  for (const limit of ["foo=1", "nofile=9:1", "nofile=a"]) {
    const { stderr } = await build(["RUN true"], "--ulimit", limit);
    assert.match(stderr, /ULIMIT_INVALID/);
    assert.doesNotMatch(stderr, /RUN true/);
  }
});
