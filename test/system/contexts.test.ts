/** What a build can be given to read: streams, servers, repositories, layouts. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { busyboxTar } from "../support/base.ts";
import { freePort, lacking, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("git", "bzip2", "xz", "zstd", "skopeo");
let place: Place;
let web: Server;
let site: string;
let daemon: ChildProcess;
let repositories: string;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
  place.files("tar", { Dockerfile: "FROM scratch\nCOPY a /a\n", "other.df": "FROM scratch\nCOPY a /other\n", a: "hello\n" });
  sh("tar -C tar -cf plain.tar . && gzip -k plain.tar && bzip2 -k plain.tar && xz -k plain.tar && zstd -q plain.tar");
  web = createServer((request, response) => {
    const path = decodeURIComponent(request.url?.slice(1) ?? "");
    if (path === "moved") response.writeHead(302, { location: "/plain.tar.gz" }).end();
    else if (path === "missing") response.writeHead(404).end();
    else if (path === "zipped") response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("for the way only"));
    else if (path === "cut") response.writeHead(200, { "content-length": 100 }).write("half", () => response.destroy());
    else if (path === "folder/") response.end("a file all the same");
    else
      response.writeHead(200, { "last-modified": "Sun, 04 Mar 2012 05:06:07 GMT" }).end(readFileSync(join(place.folder, path)));
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  makeRepositories();
  const port = await freePort();
  const words = [
    "daemon",
    "--reuseaddr",
    "--export-all",
    "--listen=127.0.0.1",
    `--port=${port}`,
    `--base-path=${place.folder}/git`,
  ];
  daemon = spawn("git", words, { stdio: "ignore", cwd: place.folder, detached: true });
  repositories = `git://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await run(["git", "ls-remote", `${repositories}/main.git`])).code === 0) break;
    await sleep(50);
  }
});
after(() => {
  web?.close();
  if (daemon?.pid) process.kill(-daemon.pid);
  place?.[Symbol.dispose]();
});

function sh(line: string): void {
  execFileSync("sh", ["-ec", line], { cwd: place.folder, stdio: "pipe" });
}

/** A repository with two branches, a tag, a folder, a link out of itself, and a submodule. */
function makeRepositories(): void {
  mkdirSync(join(place.folder, "git"));
  place.files("work/sub", { inner: "submodule\n" });
  place.files("work/main", {
    Dockerfile: "FROM scratch\nCOPY . /\n",
    a: "first\n",
    "app/Dockerfile": "FROM scratch\nCOPY x /x\n",
    "app/x": "x\n",
    ".dockerignore": "ignored\n",
    ignored: "no\n",
  });
  chmodSync(join(place.folder, "work/main/a"), 0o755);
  symlinkSync("/etc", join(place.folder, "work/main/out"));
  const commit = "git -c user.name=n -c user.email=e commit -qm";
  sh(`cd work/sub && git init -qb main && git add -A && ${commit} one && git clone -q --bare . ../../git/sub.git`);
  sh(`cd work/main && git init -qb main && git add -A && ${commit} one && git tag v1`);
  sh("cd work/main && git -c protocol.file.allow=always submodule -q add ../../git/sub.git module");
  sh(
    `cd work/main && git config -f .gitmodules submodule.module.url ../sub.git && echo second > a && git add -A && ${commit} two`,
  );
  sh(`cd work/main && git checkout -qb branch && echo branch > a && git add -A && ${commit} three && git checkout -q main`);
  sh(
    "cd work/main && git clone -q --bare . ../../git/main.git && git -C ../../git/main.git config uploadpack.allowAnySHA1InWant true",
  );
}

let number = 0;
/** Builds and returns where the result's files are. */
async function built(words: readonly string[], stdin?: string): Promise<string> {
  const out = join(place.folder, `out-${++number}`);
  const command = [program, "--root", place.root, "build", "-o", out, ...words];
  const outcome = await run(command, place.folder, stdin === undefined ? undefined : openSync(join(place.folder, stdin), "r"));
  assert.equal(outcome.code, 0, outcome.stderr);
  return out;
}

const text = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

test("a tar comes on standard input in any compression", { skip }, async () => {
  for (const name of ["plain.tar", "plain.tar.gz", "plain.tar.bz2", "plain.tar.xz", "plain.tar.zst"])
    assert.equal(text(await built(["-"], name), "a"), "hello\n", name);
});

test("-f means a file of a context that came from elsewhere, and never one of this machine", { skip }, async () => {
  assert.equal(text(await built(["-f", "other.df", "-"], "plain.tar"), "other"), "hello\n");
  const outcome = await run(
    [program, "--root", place.root, "build", "-f", "tar/other.df", "-"],
    place.folder,
    openSync(join(place.folder, "plain.tar"), "r"),
  );
  assert.match(outcome.stderr, /DOCKERFILE_MISSING/);
});

test("a Dockerfile on standard input is built over a folder, or over nothing", { skip }, async () => {
  assert.equal(text(await built(["-f", "-", "tar"], "tar/other.df"), "other"), "hello\n");
  place.files("alone", { Dockerfile: "FROM busybox AS b\nRUN echo ran > /r\nFROM scratch\nCOPY --from=b /r /r\n" });
  assert.equal(text(await built(["-"], "alone/Dockerfile"), "r"), "ran\n");
});

test("an archive or a Dockerfile is fetched from a web server", { skip }, async () => {
  assert.equal(text(await built([`${site}/plain.tar.xz`]), "a"), "hello\n");
  assert.equal(text(await built([`${site}/moved`]), "a"), "hello\n");
  assert.equal(text(await built([`${site}/alone/Dockerfile`]), "r"), "ran\n");
  const outcome = await place.slipway(["build", `${site}/missing`]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /404/);
});

test("a git repository is a context: its branch, tag, folder, submodules", { skip }, async () => {
  const whole = await built([`${repositories}/main.git`]);
  assert.equal(text(whole, "a"), "second\n");
  assert.equal(text(whole, "module/inner"), "submodule\n");
  assert.equal(text(whole, "ignored"), "no\n", "as with Docker, a .dockerignore is for folders of this machine");
  assert.throws(() => text(whole, ".git/HEAD"));
  assert.equal(text(await built([`${repositories}/main.git#v1`]), "a"), "first\n");
  assert.equal(text(await built([`${repositories}/main.git?branch=branch`]), "a"), "branch\n");
  assert.equal(text(await built([`${repositories}/main.git#main:app`]), "x"), "x\n");
  assert.equal(text(await built([`${repositories}/main.git?ref=main&subdir=app`]), "x"), "x\n");
});

test("the umask of who builds does not reach the files of a repository", { skip }, async () => {
  place.files("umask", { Dockerfile: `FROM scratch\nADD ${repositories}/main.git#v1:app /r/\n` });
  const words = `umask 077; ${program} --root ${place.root} build -o type=tar,dest=umask.tar umask`;
  const outcome = await run(["sh", "-c", words], place.folder);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match((await run(["tar", "tvf", "umask.tar"], place.folder)).stdout, /^-rw-r--r-- .* r\/x$/m);
});

test("what a repository says stays inside it", { skip }, async () => {
  const outside = await place.slipway(["build", `${repositories}/main.git#main:out`]);
  assert.match(outside.stderr, /GIT_SUBDIR_MISSING/);
  const option = await place.slipway(["build", `${repositories}/main.git#--upload-pack=touch ${place.folder}/owned`]);
  assert.match(option.stderr, /GIT_REF_MISSING/);
  assert.throws(() => text(place.folder, "owned"));
});

test("ADD takes a repository, with its .git on request, and holds it to a checksum", { skip }, async () => {
  const commit = execFileSync("git", ["-C", join(place.folder, "work/main"), "rev-parse", "v1"], { encoding: "utf8" }).trim();
  const line = (flags: string): string => `ADD ${flags} ${repositories}/main.git#v1 /r/`;
  place.files("add", { Dockerfile: `FROM scratch\n${line(`--keep-git-dir=true --checksum=${commit}`)}\n` });
  const out = await built(["add"]);
  assert.equal(text(out, "r/a"), "first\n");
  assert.equal(text(out, "r/.git/HEAD").trim(), commit);
  place.files("add", { Dockerfile: `FROM scratch\n${line(`--checksum=${"0".repeat(40)}`)}\n` });
  assert.match((await place.slipway(["build", "add"])).stderr, /GIT_CHECKSUM_MISMATCH/);
});

test("named contexts are folders, images, layouts, repositories and files", { skip }, async () => {
  const layout = join(place.folder, "layout");
  place.files("base", { Dockerfile: "FROM busybox\nRUN echo layout > /from-layout\n" });
  const made = await place.slipway(["build", "-o", `type=oci,tar=false,dest=${layout},name=x:1`, "base"]);
  assert.equal(made.code, 0, made.stderr);
  place.files("named", {
    Dockerfile: [
      "FROM base AS b",
      "FROM scratch",
      "COPY --from=b /from-layout /",
      "COPY --from=folder a /folder",
      "COPY --from=repository a /repository",
      "COPY --from=file plain.tar.gz /file",
      "COPY --from=image /bin/busybox /image",
    ].join("\n"),
  });
  const contexts = {
    base: `oci-layout://${layout}:1`,
    folder: "tar",
    repository: `${repositories}/main.git#branch`,
    file: `${site}/plain.tar.gz`,
    image: "docker-image://busybox",
  };
  const words = Object.entries(contexts).flatMap(([name, value]) => ["--build-context", `${name}=${value}`]);
  const out = await built([...words, "named"]);
  assert.equal(text(out, "from-layout"), "layout\n");
  assert.equal(text(out, "folder"), "hello\n");
  assert.equal(text(out, "repository"), "branch\n");
  assert.equal(text(out, "file"), text(place.folder, "plain.tar.gz"));
  assert.ok(text(out, "image").length > 100_000);
  const other = await place.slipway(["build", "--build-context", `base=oci-layout://${layout}:2`, "named"]);
  assert.match(other.stderr, /LAYOUT_IMAGE_MISSING[\s\S]*it has 1/);
});

test("ADD unpacks what it fetches only when told, whatever the archive is called", { skip }, async () => {
  for (const kind of ["gz", "bz2", "xz", "zst"]) {
    writeFileSync(join(place.folder, "blob"), readFileSync(join(place.folder, `plain.tar.${kind}`)));
    place.files("unpack", { Dockerfile: `FROM scratch\nADD --unpack=true ${site}/blob /u/\nADD ${site}/blob /kept/\n` });
    const out = await built(["unpack"]);
    assert.equal(text(out, "u/a"), "hello\n", kind);
    assert.equal(text(out, "kept/blob").length > 0, true);
  }
});

test("an unchanged download leaves its step cached", { skip }, async () => {
  place.files("cached", { Dockerfile: `FROM scratch\nADD ${site}/tar/a /a\n` });
  await built(["cached"]);
  const { stderr } = await place.slipway(["build", "--progress=plain", "cached"]);
  assert.match(stderr, /ADD .*\n#\d+ CACHED/);
});

test("ADD of a URL: what was compressed for the way is unpacked, what ends early is an error", { skip }, async () => {
  place.files("urls", { Dockerfile: `FROM scratch\nADD ${site}/zipped ${site}/folder/ /\n` });
  const out = await built(["urls"]);
  assert.equal(text(out, "zipped"), "for the way only");
  assert.equal(text(out, "folder"), "a file all the same");
  place.files("urls", { Dockerfile: `FROM scratch\nADD ${site}/cut /\n` });
  assert.match((await place.slipway(["build", "urls"])).stderr, /ADD_DOWNLOAD_FAILED/);
  assert.match((await place.slipway(["build", `${site}/cut`])).stderr, /ended the answer early/);
});

test("a link to a folder is a context, and a named one", { skip }, async () => {
  symlinkSync("tar", join(place.folder, "link"));
  place.files("over", { Dockerfile: "FROM scratch\nCOPY . /\nCOPY --from=n a /named\n" });
  const out = await built(["-f", "over/Dockerfile", "--build-context", "n=link", "link"]);
  assert.equal(text(out, "a") + text(out, "named"), "hello\nhello\n");
});
