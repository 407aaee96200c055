/** Runs real processes; needs root, the native helper and a host whose programs lie below /usr. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type TestContext, test } from "node:test";
import type { MountSpec, ProcessSpec } from "./contract.ts";
import { openExecutor } from "./executor.ts";
import { helperPath } from "./native.ts";
import { CLONE, encodeProgram, MS } from "./program.ts";

const skip = whyNot();

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return "needs root";
  try {
    helperPath();
  } catch {
    return "the native helper is not built";
  }
  return lstatSync("/bin").isSymbolicLink() ? false : "the programs of this host do not lie below /usr";
}

interface World {
  readonly base: string;
  readonly upper: string;
  run(
    script: string | readonly string[],
    more?: Partial<ProcessSpec>,
    mounts?: readonly MountSpec[],
    signal?: AbortSignal,
  ): Promise<Ran>;
}
interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** A root whose /usr is the host's. */
function world(t: TestContext): World {
  const place = mkdtempSync(join(tmpdir(), "executor-"));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const [base, upper, work] = ["base", "upper", "work"].map((name) => join(place, name)) as [string, string, string];
  for (const folder of [base, upper, work, join(base, "usr"), join(base, "tmp")]) mkdirSync(folder);
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(base, name));
  const usr: MountSpec = { type: "bind", source: "/usr", target: "/usr", readonly: true };
  return {
    base,
    upper,
    async run(script, more = {}, mounts = [], signal = AbortSignal.timeout(20_000)) {
      const spec: ProcessSpec = {
        argv: typeof script === "string" ? ["/bin/sh", "-c", script] : script,
        env: ["PATH=/usr/bin:/bin"],
        cwd: "/",
        user: { uid: 0, gid: 0, groups: [] },
        network: "host",
        privileged: false,
        ...more,
      };
      const written = { stdout: "", stderr: "" };
      const io = {
        onOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
          written[stream] += Buffer.from(data).toString();
        },
      };
      const executor = await openExecutor();
      const { code } = await executor.run(spec, { folders: [base], upper, work }, [usr, ...mounts], io, signal);
      return { code, out: written.stdout, errors: written.stderr };
    },
  };
}

function within(upper: string): string[] {
  return readdirSync(upper, { recursive: true }).map(String).sort();
}

test("a process runs, speaks and ends with its code", { skip }, async (t) => {
  const { run } = world(t);
  assert.deepEqual(await run("echo out; echo err >&2; exit 3"), { code: 3, out: "out\n", errors: "err\n" });
  assert.equal((await run("sh -c 'kill -TERM $$'; exit $?")).code, 143);
});

test("a process writes to its output by name, whoever it is", { skip }, async (t) => {
  const { run } = world(t);
  const script = "echo out > /dev/stdout; echo err > /dev/stderr; seq 20000 | tail -n 1";
  const user = { uid: 1234, gid: 50, groups: [] };
  for (const process of [{}, { user }])
    assert.deepEqual(await run(script, process), { code: 0, out: "out\n20000\n", errors: "err\n" });
});

test("a program that is not there is 127, one that cannot be run 126", { skip }, async (t) => {
  const { run, base } = world(t);
  writeFileSync(join(base, "plain"), "no format", { mode: 0o755 });
  assert.deepEqual(await run(["nosuch"]), { code: 127, out: "", errors: "exec nosuch: no such file or directory\n" });
  assert.deepEqual(await run(["/plain"]), { code: 126, out: "", errors: "exec /plain: exec format error\n" });
});

test("what is written is in the upper folder, and nothing else", { skip }, async (t) => {
  const { run, upper } = world(t);
  assert.equal((await run("true", {}, [{ type: "tmpfs", target: "/some/where" }])).code, 0);
  assert.deepEqual(within(upper), []);
  await run("echo x > /tmp/made; cat /etc/hosts > /dev/null; echo y > /dev/shm/y");
  assert.deepEqual(within(upper), ["tmp", "tmp/made"]);
});

test("mount points behind a link of the image stay inside and are removed", { skip }, async (t) => {
  const { run, base, upper } = world(t);
  mkdirSync(join(base, "run"));
  symlinkSync("/run/deep", join(base, "link"));
  const lent: MountSpec = {
    type: "file",
    name: "secret",
    target: "/link/secret",
    content: Buffer.from("s3cret"),
    mode: 0o400,
    uid: 5,
    gid: 6,
    readonly: true,
  };
  assert.equal((await run("cat /run/deep/secret; stat -c ' %u:%g %a' /link/secret", {}, [lent])).out, "s3cret 5:6 400\n");
  assert.deepEqual(within(upper), ["run"]);
});

test("capabilities, seccomp and groups are those of Docker", { skip }, async (t) => {
  const { run } = world(t);
  const script = "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp|Groups):' /proc/self/status | tr -s '\\t ' ' '";
  const root = (await run(script)).out.trim().split("\n");
  assert.deepEqual(
    root.map((line) => line.trim()),
    ["Groups: 0", "CapEff: 00000000a80425fb", "CapBnd: 00000000a80425fb", "NoNewPrivs: 0", "Seccomp: 2"],
  );
  const user = await run(`id -u; id -g; id -G; ${script}`, { user: { uid: 1234, gid: 50, groups: [60] } });
  assert.match(user.out, /^1234\n50\n50 60\n[^]*CapEff: 0000000000000000/);
  assert.match((await run(script, { privileged: true })).out, /Seccomp: 0/);
});

test("the process is alone: first of its pids, with masked paths and a read-only /sys", { skip }, async (t) => {
  const { run } = world(t);
  assert.equal((await run("echo $$; cat /proc/keys /proc/timer_list; ls /sys/firmware; umask")).out, "1\n0022\n");
  assert.notEqual((await run("echo 1 > /proc/sys/vm/swappiness")).code, 0);
  assert.notEqual((await run("mkdir /sys/fs/cgroup/x")).code, 0);
  assert.notEqual((await run("mount -t tmpfs none /tmp")).code, 0);
  assert.notEqual((await run("unshare -m true")).code, 0);
  assert.equal((await run("mknod /tmp/null c 1 3 && echo x > /dev/null && test -c /dev/tty")).code, 0);
});

test("standard input is empty and there is no terminal", { skip }, async (t) => {
  const { run } = world(t);
  assert.equal((await run("cat; tty; cat /dev/tty || echo none")).out, "not a tty\nnone\n");
});

test("without a network there is only a loopback that is up", { skip }, async (t) => {
  const { run } = world(t);
  const { out } = await run("tail -n +3 /proc/net/dev | cut -d: -f1; cat /proc/net/if_inet6 | cut -c1-32", { network: "none" });
  assert.equal(out.trim().replace(/\s+/g, " "), "lo 00000000000000000000000000000001");
});

test("host name, hosts, shared memory, limits and working folder are as asked", { skip }, async (t) => {
  const { run } = world(t);
  const { out } = await run(
    "uname -n; tail -1 /etc/hosts; df -k /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2; ulimit -n; pwd",
    {
      hostname: "box",
      addHosts: ["a.b:1.2.3.4"],
      shmSizeBytes: 1 << 20,
      ulimits: [{ resource: 7, soft: 100, hard: 100 }],
      cwd: "/new/folder",
    },
  );
  assert.equal(out, "box\n1.2.3.4\ta.b\n1024\n100\n/new/folder\n");
});

test("a root that is read-only still has a writable /dev and /tmp mount", { skip }, async (t) => {
  const { run } = world(t);
  const { out } = await run("touch /x || echo no; touch /t/x && echo yes", { readonlyRoot: true }, [
    { type: "tmpfs", target: "/t" },
  ]);
  assert.equal(out, "no\nyes\n");
});

test("a part of a stack of layers is shown, and what is written to it goes to its own upper folder", { skip }, async (t) => {
  const { run, upper } = world(t);
  const other = mkdtempSync(join(tmpdir(), "executor-"));
  t.after(() => rmSync(other, { recursive: true, force: true }));
  for (const name of ["low", "low/sub", "upper", "work"]) mkdirSync(join(other, name));
  writeFileSync(join(other, "low/sub/file"), "low\n");
  symlinkSync("/sub", join(other, "low/link"));
  const mount: MountSpec = {
    type: "overlay",
    folders: [join(other, "low")],
    upper: join(other, "upper"),
    work: join(other, "work"),
    subpath: "/link",
    target: "/m",
    readonly: false,
  };
  assert.equal((await run("cat /m/file; echo new > /m/new", {}, [mount])).out, "low\n");
  assert.deepEqual([within(upper), within(join(other, "upper"))], [[], ["sub", "sub/new"]]);
});

test("an abort kills all of it, whoever runs it, and leaves nothing mounted", { skip }, async (t) => {
  const { run } = world(t);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 300);
  const script = "sleep 98765 & (setsid sleep 98765 &) ; sleep 98765";
  await assert.rejects(run(script, { user: { uid: 1234, gid: 0, groups: [] } }, [], stop.signal), /enough/);
  assert.deepEqual(sleepers("98765"), []);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), /executor-/);
});

test("what runs in the background ends with the process", { skip }, async (t) => {
  const { run } = world(t);
  assert.equal((await run("sleep 98766 & echo done")).out, "done\n");
  assert.deepEqual(sleepers("98766"), []);
});

test("a helper whose caller is gone ends what it started", { skip }, async () => {
  const child = spawn(helperPath() as string, [], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const program = child.stdio[3] as Writable;
  program.end(encodeProgram([["unshare", CLONE.newpid], ["fork"], ["exec", 0, "/usr/bin/sleep", "98767"]]));
  await new Promise((resolve) => setTimeout(resolve, 200));
  (child.stdio[4] as Readable).destroy();
  assert.equal(await ended, 137);
  assert.deepEqual(sleepers("98767"), []);
});

test("a terminal is the controlling one, of the size that was asked for", { skip }, async () => {
  const child = spawn(helperPath() as string, [], { stdio: ["pipe", "pipe", "inherit", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const shown: Buffer[] = [];
  (child.stdout as Readable).on("data", (data: Buffer) => shown.push(data));
  const script = "stty size; tty; read line < /dev/tty; echo got $line; exit 3";
  (child.stdio[3] as Writable).end(
    encodeProgram([
      ["unshare", CLONE.newns | CLONE.newpid],
      ["fork", "terminal"],
      ["session"],
      ["mount", "", "/", "", MS.recursive | MS.private, ""],
      ["mount", "tmpfs", "/dev", "tmpfs", 0, ""],
      ["mkdirs", "/dev/pts", 0o755],
      ["mount", "devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666"],
      ["mknod", "/dev/tty", 0o666, 5, 0],
      ["terminal", 33, 99],
      ["exec", 1, "PATH=/usr/bin:/bin", "/bin/sh", "-c", script],
    ]),
  );
  child.stdin?.write("typed\n");
  assert.equal(await ended, 3);
  const lines = Buffer.concat(shown).toString().split("\r\n");
  assert.deepEqual(
    lines.filter((line) => line !== "typed" && line !== ""),
    ["33 99", "/dev/pts/0", "got typed"],
  );
});

test("what cannot be set up is told with its operation", { skip }, async (t) => {
  const { run } = world(t);
  const mount: MountSpec = { type: "bind", source: "/no/such/source", target: "/m", readonly: true };
  await assert.rejects(run("true", {}, [mount]), { code: "EXECUTOR_SETUP_FAILED", message: /open \/no\/such\/source: ENOENT/ });
});

/** Processes that sleep for so long. */
function sleepers(seconds: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8") === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}
