import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { COMMANDS } from "./command-list.ts";
import type { Console } from "./console.ts";
import { execute } from "./main.ts";

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const root = mkdtempSync(join(tmpdir(), "slipway-cli-"));
  let out = "";
  let err = "";
  const console: Console = {
    env: { SLIPWAY_ROOT: join(root, "store"), DOCKER_CONFIG: root },
    stdin: Readable.from([]),
    stdout: new Writable({ write: (_, __, done) => done() }),
    print: (text) => {
      out += text;
    },
    error: (text) => {
      err += text;
    },
    terminal: () => undefined,
  };
  try {
    return { code: await execute(words, console, new AbortController().signal), out, err };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("an unknown flag ends with 125, the usage and a way on", async () => {
  assert.deepEqual(await run("images", "--badflag"), {
    code: 125,
    out: "",
    err: "unknown flag: --badflag\n\nUsage:  slipway images [OPTIONS] [REPOSITORY[:TAG]]\n\nRun 'slipway images --help' for more information\n",
  });
});

test("a wrong number of arguments ends with 1 and is told in Docker's words", async () => {
  assert.equal((await run("tag")).err.split("\n")[0], "slipway: 'slipway tag' requires 2 arguments");
  assert.equal((await run("build")).err.split("\n")[0], "slipway: 'slipway build' requires 1 argument");
  assert.equal((await run("version", "x")).err.split("\n")[0], "slipway: 'slipway version' accepts no arguments");
  assert.equal(
    (await run("import", "a", "b", "c")).err.split("\n")[0],
    "slipway: 'slipway import' requires at least 1 and at most 2 arguments",
  );
  assert.equal((await run("tag")).code, 1);
});

test("an unknown command is told, with the one that was meant", async () => {
  const { code, err } = await run("bulid");
  assert.equal(code, 1);
  assert.equal(
    err,
    "slipway: unknown command: slipway bulid\n  hint: did you mean slipway build?\n\nRun 'slipway --help' for more information\n",
  );
  assert.match((await run("image", "nope")).err, /unknown command: slipway image nope/);
  assert.match((await run("swarm")).err, /hint: slipway runs no services/);
});

test("all forms of a command have the same help but for the name", async () => {
  const forms = ["images", "image ls", "image list"];
  const texts = await Promise.all(
    forms.map(async (form) =>
      (await run(...form.split(" "), "--help")).out.replace(/^Usage: {2}slipway \w+( \w+)? \[/, "Usage: ["),
    ),
  );
  assert.equal(new Set(texts).size, 1);
});

test("the help of a command is made of its table", async () => {
  assert.equal(
    (await run("rmi", "--help")).out,
    `Usage:  slipway rmi [OPTIONS] IMAGE [IMAGE...]

Remove one or more images

Aliases:
  slipway rmi, slipway image rm, slipway image remove

Options:
  -f, --force      Force removal of the image
      --no-prune   Do not delete untagged parents; without effect
`,
  );
});

test("every command has a help, in 80 columns but for its names and usage", async () => {
  for (const entry of COMMANDS) {
    const { code, out } = await run(...(entry.names[0] ?? "").split(" "), "--help");
    assert.equal(code, 0, entry.names[0]);
    const options = out.split("Options:\n")[1] ?? "";
    for (const line of options.split("\n")) assert.ok(line.length <= 80, line);
  }
});

test("help of the program and of a group is there, also by the word help", async () => {
  assert.match((await run()).out, /^Usage: {2}slipway \[OPTIONS\] COMMAND/);
  assert.equal((await run("--help")).out, (await run()).out);
  assert.match((await run("image")).out, /^Usage: {2}slipway image COMMAND/);
  assert.match((await run("help", "images")).out, /^Usage: {2}slipway images /);
});

test("an empty store lists nothing but the header", async () => {
  assert.deepEqual(await run("images"), { code: 0, out: "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n", err: "" });
});

test("a missing image is told as Docker tells it, or in the own form on request", async () => {
  const missing = await run("image", "inspect", "nosuch");
  assert.equal(missing.code, 1);
  assert.equal(missing.out, "[]\n");
  assert.match(missing.err, /^Error response from daemon: No such image: nosuch:latest\n/);
  assert.match(
    (await run("--own-messages", "history", "nosuch")).err,
    /^error: No such image: nosuch:latest {2}\[IMAGE_NOT_FOUND\]\n/,
  );
  assert.equal((await run("rmi", "-f", "nosuch")).code, 0);
});

test("a build without its context ends with 1", async () => {
  const { code, err } = await run("build", "/nosuchdir");
  assert.equal(code, 1);
  assert.match(err, /unable to prepare context: path "\/nosuchdir" not found {2}\[CONTEXT_MISSING\]/);
});

test("quiet and a way to show progress exclude each other", async () => {
  assert.match((await run("build", "-q", "--progress=plain", ".")).err, /progress=plain and quiet cannot be used together/);
});

test("flags that are not there yet are refused, and switching them off is fine", async () => {
  assert.match((await run("build", "--cache-to=type=gha", ".")).err, /--cache-to type=gha is not supported {2}\[NOT_SUPPORTED\]/);
  assert.match((await run("build", "--provenance=false", "--sbom=false", "/nosuchdir")).err, /CONTEXT_MISSING/);
});

test("version answers for client and server", async () => {
  const { out } = await run("version", "--format", "{{.Client.Version}} {{.Server.Version}}");
  const [client, server] = out.trim().split(" ");
  assert.ok(client && client === server);
});

test("run refuses what it cannot do with 125", async () => {
  const { code, err } = await run("run", "-d", "busybox");
  assert.equal(code, 125);
  assert.match(err, /-d is not supported/);
});
