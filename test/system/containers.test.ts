/** Containers that are kept: names, published ports, commit, volumes, removal. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { busyboxTar } from "../support/base.ts";
import { freePort, lacking, type Outcome, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  const changes = ["-c", 'CMD ["sh"]', "-c", "EXPOSE 5000"];
  assert.equal((await place.slipway(["import", ...changes, await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

function slipway(...words: string[]): Promise<Outcome> {
  return place.slipway(words);
}

test("a container keeps its name; commit makes an image of what it has become", { skip }, async () => {
  const ran = await slipway(
    "run",
    "--name",
    "worker",
    "-e",
    "A=1",
    "-w",
    "/srv",
    "busybox",
    "sh",
    "-c",
    "echo done > /srv/file; exit 3",
  );
  assert.equal(ran.code, 3, ran.stderr);
  const taken = await slipway("run", "--name", "worker", "busybox", "true");
  assert.equal(taken.code, 125);
  assert.match(taken.stderr, /The container name "\/worker" is already in use by container "[0-9a-f]{64}"/);
  assert.equal((await slipway("ps", "-a", "--format", "{{.Names}} {{.State}} {{.Image}}")).stdout, "worker exited busybox\n");
  assert.match(
    (await slipway("ps", "-a")).stdout,
    /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n[0-9a-f]{12} +busybox +"sh -c 'echo|Exited \(3\)/,
  );
  assert.equal(
    (await slipway("inspect", "-f", "{{.State.ExitCode}} {{.Config.WorkingDir}} {{.Name}}", "worker")).stdout,
    "3 /srv /worker\n",
  );

  const committed = await slipway(
    "commit",
    "-m",
    "by hand",
    "-c",
    "LABEL kind=test",
    "-c",
    'CMD ["cat", "file"]',
    "worker",
    "made:1",
  );
  assert.equal(committed.code, 0, committed.stderr);
  assert.match(committed.stdout, /^sha256:[0-9a-f]{64}\n$/);
  assert.equal((await slipway("run", "--rm", "made:1")).stdout, "done\n");
  const [image] = JSON.parse((await slipway("inspect", "made:1")).stdout);
  assert.equal(image.Config.Labels.kind, "test");
  assert.ok(image.Config.Env.includes("A=1"));
  assert.equal(image.Comment, "by hand");
  assert.equal(image.RootFS.Layers.length, 2);
  assert.match((await slipway("history", "--no-trunc", "made:1")).stdout, /sh -c echo done > \/srv\/file; exit 3 .*by hand/);

  const used = await slipway("rmi", "busybox");
  assert.equal(used.code, 1);
  assert.match(used.stderr, /must force\) - container [0-9a-f]{12} is using its referenced image/);
  assert.equal((await slipway("rm", "worker")).stdout, "worker\n");
  assert.match((await slipway("rm", "worker")).stderr, /No such container: worker/);
  assert.equal((await slipway("ps", "-aq")).stdout, "");
});

test("a published port answers on the host, and is told by port, ps and inspect", { skip, timeout: 60_000 }, async () => {
  const [outside, inside] = [await freePort(), await freePort()];
  const serve = `mkdir /www; echo page > /www/index.html; exec httpd -f -p 127.0.0.1:${inside} -h /www`;
  const child = started("run", "--name", "web", "-p", `${outside}:${inside}`, "busybox", "sh", "-c", serve);
  try {
    assert.equal(await fetched(outside), "page\n");
    assert.equal((await slipway("port", "web")).stdout, `${inside}/tcp -> 0.0.0.0:${outside}\n`);
    assert.match((await slipway("ps")).stdout, new RegExp(`Up .*0\\.0\\.0\\.0:${outside}->${inside}/tcp +web`));
    const [details] = JSON.parse((await slipway("inspect", "web")).stdout);
    assert.deepEqual(details.NetworkSettings.Ports, {
      "5000/tcp": null,
      [`${inside}/tcp`]: [{ HostIp: "0.0.0.0", HostPort: String(outside) }],
    });
    const again = await slipway("run", "--rm", "-p", `${outside}:1`, "busybox", "true");
    assert.equal(again.code, 125);
    assert.match(again.stderr, /port is already allocated/);
    assert.match((await slipway("rm", "web")).stderr, /container is running/);
    assert.equal((await slipway("rm", "-f", "web")).code, 0);
  } finally {
    await ended(child);
  }
  assert.equal((await slipway("ps", "-aq")).stdout, "");
});

test("all exposed ports are published on free ones with -P", { skip, timeout: 60_000 }, async () => {
  const child = started("run", "--rm", "--name", "all", "-P", "busybox", "sleep", "60");
  try {
    let told = "";
    for (let attempt = 0; told === "" && attempt < 100; attempt++) {
      await sleep(50);
      told = (await slipway("port", "all")).stdout;
    }
    assert.match(told, /^5000\/tcp -> 0\.0\.0\.0:\d+\n$/);
  } finally {
    await ended(child);
  }
});

test("run tells of ports that are not published and of files that a bind hides", { skip }, async () => {
  const context = place.files("hides", {
    Dockerfile: "FROM busybox\nCOPY app /app\nRUN mkdir /empty && touch /app/made\nCOPY app/a.py /app/sub/\n",
    "app/a.py": "",
    "app/b.py": "",
  });
  assert.equal((await slipway("build", "-t", "hides", context)).code, 0);
  const folder = place.files("mine", { "a.py": "" });
  const exposed =
    "note: port 5000 is exposed but not published; it can be reached only because containers share the network of this machine: with Docker add -p 5000:5000\n";
  const hidden = "note: the bind to /app hides 4 files of the image, e.g. a.py\n";

  const binds = ["-v", `${folder}:/app`, "-v", `${folder}:/empty`, "-v", `${folder}:/new`, "-v", `${folder}/a.py:/app/b.py`];
  assert.equal((await slipway("run", "--rm", ...binds, "hides", "true")).stderr, hidden + exposed);
  const mount = `type=bind,source=${folder},target=/app`;
  assert.equal((await slipway("run", "--rm", "--mount", mount, "--network", "none", "hides", "true")).stderr, hidden);
  assert.equal((await slipway("run", "--rm", "-P", "hides", "true")).stderr, "");
  assert.equal((await slipway("run", "--rm", "--quiet", ...binds, "hides", "true")).stderr, "");

  const back = await slipway("run", "-d", "--rm", "--name", "hider", ...binds, "hides", "sleep", "60");
  assert.match(back.stdout, /^[0-9a-f]{64}\n$/);
  assert.equal(back.stderr, hidden + exposed);
  assert.equal((await slipway("rm", "-f", "hider")).code, 0);
});

test("volumes keep what is written; those without a name go with --rm", { skip }, async () => {
  const context = place.files("volumes", { Dockerfile: "FROM busybox\nRUN mkdir /data && echo image > /data/f\nVOLUME /data\n" });
  assert.equal((await slipway("build", "-t", "data", context)).code, 0);
  const ran = await slipway(
    "run",
    "--rm",
    "-v",
    "kept:/kept",
    "data",
    "sh",
    "-c",
    "cat /data/f; echo x > /kept/y; echo lost > /data/f",
  );
  assert.equal(ran.stdout, "image\n", ran.stderr);
  assert.equal((await slipway("run", "--rm", "-v", "kept:/kept:ro", "data", "cat", "/kept/y", "/data/f")).stdout, "x\nimage\n");
  assert.equal((await slipway("volume", "ls", "-q")).stdout, "kept\n");
  assert.equal((await slipway("run", "--name", "holder", "-v", "kept:/data", "data", "cat", "/data/y")).stdout, "x\n");
  assert.match((await slipway("volume", "rm", "kept")).stderr, /volume is in use/);
  await slipway("rm", "holder");
  assert.equal((await slipway("volume", "rm", "kept")).stdout, "kept\n");
  assert.equal(existsSync(`${place.root}/volumes/kept`), false);
});

test("a runner that is killed leaves a container that has ended", { skip, timeout: 60_000 }, async () => {
  const child = started("run", "--name", "doomed", "busybox", "sleep", "60");
  for (let attempt = 0; (await slipway("ps", "-q")).stdout === "" && attempt < 100; attempt++) await sleep(50);
  const end = new Promise((resolve) => child.on("close", resolve));
  child.kill("SIGKILL");
  await end;
  assert.equal((await slipway("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "doomed")).stdout, "exited 137\n");
  assert.equal((await slipway("rm", "doomed")).code, 0);
});

test("in the background a container has its ID printed, its log kept, and is stopped, killed and waited for", {
  skip,
  timeout: 60_000,
}, async () => {
  const script = "trap 'echo asked; exit 9' TERM; echo begun; echo bad >&2; while :; do sleep 0.1; done";
  const made = await slipway("run", "-d", "--name", "back", "busybox", "sh", "-c", script);
  assert.match(made.stdout, /^[0-9a-f]{64}\n$/, made.stderr);
  for (let attempt = 0; !(await slipway("logs", "back")).stderr.includes("bad") && attempt < 100; attempt++) await sleep(50);
  assert.equal((await slipway("ps", "--format", "{{.Names}} {{.State}}")).stdout, "back running\n");
  const waiting = slipway("wait", "back");
  const following = slipway("logs", "-f", "back");
  assert.equal((await slipway("stop", "back")).stdout, "back\n");
  assert.equal((await waiting).stdout, "9\n");
  assert.deepEqual(await following, { code: 0, stdout: "begun\nasked\n", stderr: "bad\n" });
  assert.equal((await slipway("logs", "-n", "1", "back")).stdout, "asked\n");
  assert.match((await slipway("logs", "-t", "back")).stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z begun\n/);
  assert.match((await slipway("kill", "back")).stderr, /container back is not running/);
  assert.equal((await slipway("rm", "back")).code, 0);

  const second = await slipway("run", "-d", "--rm", "--name", "gone", "busybox", "sleep", "60");
  assert.equal(second.code, 0, second.stderr);
  assert.equal((await slipway("kill", second.stdout.slice(0, 12))).code, 0);
  assert.equal((await slipway("ps", "-aq")).stdout, "");

  const refused = await slipway("run", "-d", "busybox", "-p", "0:0:0");
  assert.equal(refused.code, 0, "what follows the image is the program's");
  assert.equal((await slipway("run", "-d", "-p", "0:0:0", "busybox", "true")).code, 125);
  assert.match((await slipway("run", "-d", "nosuch.invalid/image", "true")).stderr, /nosuch\.invalid/);
});

test("a signal to run goes to the process, a second one ends it", { skip, timeout: 60_000 }, async () => {
  const script = "trap 'echo asked; exit 5' INT; echo begun; while :; do sleep 0.1; done";
  assert.deepEqual(await interrupted(script), { code: 5, out: "begun\nasked\n" });
  assert.deepEqual(await interrupted("trap '' INT; echo begun; while :; do sleep 0.1; done"), { code: 137, out: "begun\n" });
});

/** Runs a script that prints, and sends SIGINT from then on, at most twice. */
async function interrupted(script: string): Promise<{ code: number | null; out: string }> {
  const words = ["--root", place.root, "run", "--rm", "busybox", "sh", "-c", script];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "ignore"] });
  const end = new Promise<number | null>((resolve) => child.on("close", resolve));
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (out === "") {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 1000).unref();
    }
    out += chunk;
  });
  return { code: await end, out };
}

function started(...words: string[]): ChildProcess {
  return spawn(program, ["--root", place.root, ...words], { stdio: "ignore" });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.on("close", resolve));
  // As process 1 of a container a program that does not listen for it never gets the first one.
  child.kill("SIGTERM");
  const again = setInterval(() => child.kill("SIGTERM"), 50);
  await end;
  clearInterval(again);
}

async function fetched(port: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/`)).text();
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

test("files come out of a container that was only created, or has ended", { skip }, async () => {
  const id = (await slipway("create", "--name", "files", "busybox")).stdout;
  assert.match(id, /^[0-9a-f]{64}\n$/);
  assert.match((await slipway("ps", "-a", "--format", "{{.Names}} {{.Status}}")).stdout, /^files Created$/m);
  const folder = place.files("out", { "there/keep": "kept", file: "before" });
  const cp = (from: string, to: string): Promise<Outcome> => slipway("cp", from, to);
  for (const [from, to] of [
    ["files:/etc", `${folder}/etc`],
    ["files:/etc/.", `${folder}/there`],
    ["files:etc/passwd", `${folder}/there/`],
    [`${id.slice(0, 12)}:/etc/passwd`, `${folder}/file`],
  ] as const)
    assert.deepEqual(await cp(from, to), { code: 0, stdout: "", stderr: "" }, `${from} ${to}`);
  const passwd = readFileSync(`${folder}/etc/passwd`, "utf8");
  assert.match(passwd, /^root:/);
  assert.equal(readFileSync(`${folder}/there/passwd`, "utf8"), passwd);
  assert.equal(readFileSync(`${folder}/file`, "utf8"), passwd);
  assert.equal(readFileSync(`${folder}/there/keep`, "utf8"), "kept");
  assert.match((await cp("files:/nosuch", folder)).stderr, /Could not find the file \/nosuch in container files/);
  assert.match((await cp("files:/etc", `${folder}/file`)).stderr, /cannot copy directory/);
  assert.match((await cp("files:/etc", `${folder}/no/such`)).stderr, /directory ".*\/no" does not exist/);
  assert.match((await cp(folder, "files:/")).stderr, /into a container is not supported/);

  const change = "rm /etc/group; mkdir /made; echo 1 > /made/f; echo x:x:1:1::/: >> /etc/passwd";
  assert.equal((await slipway("run", "--name", "changed", "busybox", "sh", "-c", change)).code, 0);
  const changes = ["C /etc", "D /etc/group", "C /etc/passwd", "A /made", "A /made/f", ""];
  assert.equal((await slipway("diff", "changed")).stdout, changes.join("\n"));
  assert.equal((await slipway("export", "-o", `${folder}/all.tar`, "changed")).code, 0);
  const names = (await run(["tar", "-tf", `${folder}/all.tar`])).stdout.split("\n");
  assert.ok(names.includes("made/f") && names.includes("bin/busybox") && !names.includes("etc/group"), names.join(" "));
  assert.equal((await slipway("rm", "files", "changed")).code, 0);
});

test("a folder that only looks like one of slipway's own stays when files are copied beside it", { skip }, async () => {
  const folder = place.files("beside", { "dest/f": "1", "dest.unpacked/f": "2" });
  assert.equal((await slipway("create", "--name", "beside", "busybox")).code, 0);
  assert.equal((await slipway("cp", "beside:/etc", `${folder}/dest`)).code, 0);
  assert.equal(readFileSync(`${folder}/dest.unpacked/f`, "utf8"), "2");
  assert.equal((await slipway("rm", "beside")).code, 0);
});

test("what has ended is pruned, with its volumes where that is asked for", { skip }, async () => {
  assert.equal((await slipway("container", "prune", "-f")).code, 0);
  assert.equal((await slipway("run", "-v", "/anonymous", "-v", "named:/n", "busybox", "true")).code, 0);
  assert.equal((await slipway("create", "busybox")).code, 0);
  const usage = await slipway("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Active}}");
  assert.match(usage.stdout, /^Images \d+ 1$/m);
  assert.match(usage.stdout, /^Containers 2 0$/m);
  assert.equal((await slipway("container", "prune", "-f", "--filter", "until=1h")).stdout, "Total reclaimed space: 0B\n");
  assert.match((await slipway("container", "prune", "-f")).stdout, /^Deleted Containers:\n([0-9a-f]{64}\n){2}\nTotal/);
  assert.match((await slipway("volume", "prune", "-f")).stdout, /^Deleted Volumes:\n[0-9a-f]{64}\n/);
  assert.match((await slipway("volume", "ls", "-q")).stdout, /^named$/m);
  assert.equal((await slipway("create", "busybox")).code, 0);
  assert.match((await slipway("system", "prune", "-f")).stdout, /^Deleted Containers:\n[0-9a-f]{64}\n/);
  assert.equal((await slipway("ps", "-aq")).stdout, "");
});

test("labels, the signal that stops it, and a file with its ID", { skip }, async () => {
  const folder = place.files("told", { labels: "# comment\nfrom=file\n" });
  const words = [
    "--label-file",
    `${folder}/labels`,
    "-l",
    "a=b",
    "-l",
    "bare",
    "--cidfile",
    `${folder}/id`,
    "--stop-signal",
    "INT",
  ];
  const command = ["busybox", "sh", "-c", "trap 'exit 5' INT; while :; do sleep 0.1; done"];
  const { code, stdout, stderr } = await slipway("run", "-d", "--name", "told", ...words, ...command);
  assert.equal(code, 0, stderr);
  assert.equal(`${readFileSync(`${folder}/id`, "utf8")}\n`, stdout);
  const details = await slipway("inspect", "-f", "{{json .Config.Labels}} {{.Config.StopSignal}}", "told");
  assert.equal(details.stdout, '{"a":"b","bare":"","from":"file"} INT\n');
  assert.match((await slipway("create", "--cidfile", `${folder}/id`, "busybox")).stderr, /container ID file found/);
  assert.match((await slipway("create", "--stop-signal", "NOPE", "busybox")).stderr, /--stop-signal/);
  await sleep(200);
  assert.equal((await slipway("stop", "told")).code, 0);
  assert.equal((await slipway("inspect", "-f", "{{.State.ExitCode}}", "told")).stdout, "5\n");
  assert.equal((await slipway("rm", "told")).code, 0);
});

test("mounts of --mount, and which lines and containers are shown", { skip }, async () => {
  const missing = await slipway("run", "--rm", "--mount", `type=bind,src=${place.folder}/none,dst=/x`, "busybox", "true");
  assert.equal(missing.code, 125);
  assert.match(missing.stderr, /bind source path does not exist: .*\/none\n/);
  assert.equal(existsSync(`${place.folder}/none`), false);
  const mounts = ["--mount", "type=volume,src=kept2,dst=/v", "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m"];
  const mounted = await slipway("run", "--rm", ...mounts, "busybox", "sh", "-c", "touch /v/f && grep ' /t ' /proc/mounts");
  assert.match(mounted.stdout, /^tmpfs \/t tmpfs .*size=1024k/, mounted.stderr);
  assert.equal((await slipway("run", "--rm", "-v", "kept2:/v", "busybox", "ls", "/v")).stdout, "f\n");

  assert.equal((await slipway("run", "-d", "--name", "lines", "busybox", "echo", "said")).code, 0);
  assert.equal((await slipway("wait", "lines")).stdout, "0\n");
  assert.equal((await slipway("logs", "--since", "1h", "lines")).stdout, "said\n");
  assert.equal((await slipway("logs", "--until", "1h", "lines")).stdout, "");
  assert.equal((await slipway("ps", "-n", "1", "--format", "{{.Names}}")).stdout, "lines\n");
  assert.equal((await slipway("rm", "lines")).code, 0);
});
