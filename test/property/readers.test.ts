/**
 * Whatever is written, a reader answers it or throws a SlipwayError: never another error, never an endless search.
 *
 * Texts are random bytes, and Dockerfiles and small texts of the vectors with pieces cut out, doubled, swapped and
 * replaced by what readers look for. A failure names its seed; `PROPERTY_ROUNDS` asks for more rounds.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseByteSize, parseDuration, SlipwayError } from "../../src/core/index.ts";
import {
  csvFields,
  detectDirective,
  detectSyntax,
  expandWord,
  expandWords,
  parseDevice,
  parseDockerfile,
  parseIgnoreFile,
  parseInstruction,
} from "../../src/dockerfile/index.ts";
import { resolveOwner, resolveUser } from "../../src/executor/index.ts";
import { check, loadLint, parseCheckOptions } from "../../src/lint/index.ts";
import { parsePlatform, parseReference } from "../../src/oci/index.ts";
import {
  type BaseImages,
  isSignal,
  makePlan,
  outlineOf,
  type PlanOptions,
  parseGitReference,
  parseMount,
  parsePorts,
} from "../../src/plan/index.ts";
import { compilePatterns, parseMode } from "../../src/tree/index.ts";
import { Random } from "../support/random.ts";

const ROUNDS = Number(process.env["PROPERTY_ROUNDS"] ?? 1);
const { ALL_RULES, DEFAULT_SETTINGS, fix, lint, parseSettings } = await loadLint();

const HOST = { os: "linux", architecture: "amd64" };
const PLAN: PlanOptions = {
  buildArgs: new Map([["A", "given"]]),
  labels: new Map(),
  platform: HOST,
  buildPlatform: HOST,
  noCache: false,
  contexts: new Map(),
};
/** Every image is there, and has an ONBUILD. */
const IMAGES: BaseImages = {
  async resolve(reference, platform) {
    const config = {
      ...HOST,
      config: { Env: ["PATH=/bin"], OnBuild: ["RUN x"] },
      rootfs: { type: "layers" as const, diff_ids: [] },
    };
    return { reference, manifest: `sha256:${"0".repeat(64)}`, config, platform };
  },
};
const CONTEXT = {
  entries: new Map([
    ["a", { folder: true, executable: false }],
    ["a/x.pyc", { folder: false, executable: false }],
    ["run.sh", { folder: false, executable: false }],
    ["package.json", { folder: false, executable: false }],
  ]),
  ignore: { source: { name: ".dockerignore", text: "*.pyc\n" }, rules: [{ pattern: "*.pyc", line: 1 }] },
};
const SETTINGS = {
  ...DEFAULT_SETTINGS,
  enabled: new Set(ALL_RULES.map(({ name }) => name)),
  trustedRegistries: ["docker.io"],
  labelSchema: new Map([
    ["a", "url"],
    ["b", "semver"],
    ["c", "rfc3339"],
    ["d", "email"],
    ["e", "hash"],
    ["f", "spdx"],
  ]),
};
const LINT = {
  plan: PLAN,
  isImageName: (name: string) => name === "" || succeeds(() => parseReference(name)),
  ignored: (path: string) => path.endsWith(".pyc"),
  context: CONTEXT,
  settings: SETTINGS,
  today: "2026-01-01",
};
const SCOPE = new Map(Object.entries({ A: "a/b/c.tar.gz", B: "", C: "x y\n z" }));

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof SlipwayError) return false;
    throw error;
  }
}

/** Readers of a whole file. */
const FILE_READERS: Record<string, (text: string) => unknown> = {
  parseDockerfile: (text) => parseDockerfile({ name: "Dockerfile", text }),
  makePlan: (text) => makePlan(parseDockerfile({ name: "Dockerfile", text }), PLAN, IMAGES),
  outlineOf: (text) => outlineOf(parseDockerfile({ name: "Dockerfile", text }), PLAN, IMAGES),
  check: (text) => check({ name: "Dockerfile", text }, LINT, IMAGES),
  lint: (text) => lint({ name: "Dockerfile", text }, LINT),
  fix: (text) => fix({ name: "Dockerfile", text }, LINT),
  detectSyntax,
  ignoreFile: (text) => compilePatterns(parseIgnoreFile(text).map(({ pattern }) => pattern)).ignores("a/b/x.pyc"),
  parseSettings: (text) => parseSettings({ name: ".hadolint.yaml", text }),
};

/** Readers of a line or less. */
const WORD_READERS: Record<string, (text: string) => unknown> = {
  parseInstruction: (text) => parseInstruction(text, "\\", { name: "ONBUILD", text }),
  parseWindowsInstruction: (text) => parseInstruction(text, "`", { name: "ONBUILD", text }),
  expandWord: (text) => expandWord(text, SCOPE, {}),
  expandRaw: (text) => expandWord(text, SCOPE, { rawQuotes: true, rawEscapes: true, keepUnset: true, escape: "`" }),
  expandWords: (text) => expandWords(text, SCOPE, { skipQuotes: true }),
  detectDirective: (text) => detectDirective(`#${text}`, "check"),
  pattern: (text) => compilePatterns([text, `!${text}`]).ignores(text),
  csvFields,
  parseDevice,
  parseMount: (raw) => {
    const range = { start: { line: 1, column: 1 }, end: { line: 1, column: raw.length + 1 } };
    return parseMount({ raw, range }, { name: "Dockerfile", text: raw }, (word) => word.raw);
  },
  parseCheckOptions: (text) => parseCheckOptions(text),
  parseGitReference,
  parseReference,
  parsePlatform: (text) => parsePlatform(text),
  parseDuration,
  parseByteSize: (text) => [parseByteSize(text, "binary"), parseByteSize(text, "decimal")],
  parsePorts: (text) => parsePorts([text]),
  isSignal,
  parseMode: (text) => parseMode(text).change(0o644, false),
  resolveUser: (text) => resolveUser(text, "root:x:0:0::/root:/bin/sh\n", "root:x:0:\n"),
  resolveOwner: (text) => resolveOwner(text, text, text),
};

/** Pieces that readers look for. */
const TOKENS = [
  ..."\\`\"'$#=<>|&;()[]{}*?!:/@,.-+%~^ \t\r\n\v\f\0\u0085\u00a0\u2028\ufeff\ud83d\u00e9".split(""),
  ...'😀 \\\n # <<EOF EOF <<-"E" --from= --mount=type=cache,target= --mount=type=secret, --chmod= --chown= --link --parents'.split(
    " ",
  ),
  ...[
    "${A:-",
    "${A//",
    "${A#*",
    "$A",
    "$(",
    "$((",
    "FROM a AS ",
    "\nRUN ",
    "\nCOPY ",
    "\nONBUILD ",
    "\nENV a=",
    "# syntax=",
    "# check=",
  ],
  ...[
    "\n# hadolint ignore=",
    "\nHEALTHCHECK --interval=",
    "**/",
    "/../",
    "[a-",
    "sha256:",
    "git@h:",
    "https://",
    "127.0.0.1:",
    "1e309",
    "99999999999",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "apt-get update",
    " && ",
    "pip install ",
    "\nVOLUME /v\n",
    "\nUSER root\n",
    '["a", ',
    "'b']",
  ],
];

const FILES = readTexts();
const WORDS = FILES.flatMap((text) => text.split("\n")).filter((line) => line.length > 0 && line.length < 300);

/** Dockerfiles and other texts: those of the vectors, and real ones where they are there. */
function readTexts(): string[] {
  const texts: string[] = [];
  const here = join(import.meta.dirname, "../vectors");
  const further = join(import.meta.dirname, "../../../shared/vectors");
  const take = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "object" && value) for (const item of Object.values(value)) take(item);
  };
  for (const folder of [here, further].filter(existsSync))
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".json") && file !== "differences.json"))
      for (const { want: _, ...given } of (JSON.parse(readFileSync(join(folder, name), "utf8")) as { cases: { want: unknown }[] })
        .cases)
        take(given);
  return texts;
}

/** The text with a few accidents. */
function mutated(text: string, random: Random): string {
  let result = text;
  for (let count = 1 + random.below(6); count > 0; count--) {
    const from = random.below(result.length + 1);
    const to = Math.min(result.length, from + random.below(random.below(4) === 0 ? 80 : 5));
    const piece = result.slice(from, to);
    const kinds = [
      () => "",
      () => piece + piece,
      () => random.pick(TOKENS),
      () => piece + random.pick(TOKENS),
      () => random.pick(TOKENS).repeat(1 + random.below(40)),
      () => String.fromCharCode(random.below(0x10000)),
      () => random.pick(WORDS),
    ];
    result = result.slice(0, from) + random.pick(kinds)() + result.slice(to);
  }
  return result;
}

async function tryAll(readers: typeof FILE_READERS, text: string, seed: string): Promise<void> {
  for (const [name, read] of Object.entries(readers)) {
    try {
      await read(text);
    } catch (error) {
      if (error instanceof SlipwayError) continue;
      assert.fail(`${name}, ${seed}: ${(error as Error).stack}\n${JSON.stringify(text.slice(0, 2000))}`);
    }
  }
}

test("random bytes are answered by every reader", async () => {
  const random = new Random(1);
  for (let round = 0; round < 300 * ROUNDS; round++) {
    const text = random.bytes(random.below(400)).toString(random.pick(["utf8", "latin1"]));
    await tryAll(FILE_READERS, text, `bytes ${round}`);
    await tryAll(WORD_READERS, text, `bytes ${round}`);
  }
});

test("files made of what readers look for are answered by every reader", async () => {
  const random = new Random(2);
  for (let round = 0; round < 300 * ROUNDS; round++) {
    const text = `FROM a\n${Array.from({ length: random.below(60) }, () => random.pick(TOKENS)).join("")}`;
    await tryAll(FILE_READERS, text, `tokens ${round}`);
    await tryAll(WORD_READERS, text.slice(7), `tokens ${round}`);
  }
});

test("Dockerfiles with accidents are answered by every reader", async () => {
  const random = new Random(3);
  const short = FILES.filter((text) => text.length < 4000);
  for (let round = 0; round < 500 * ROUNDS; round++)
    await tryAll(FILE_READERS, mutated(random.pick(short), random), `file ${round}`);
});

test("words with accidents are answered by every reader", async () => {
  const random = new Random(4);
  for (let round = 0; round < 3000 * ROUNDS; round++)
    await tryAll(WORD_READERS, mutated(random.pick(WORDS), random), `word ${round}`);
});
