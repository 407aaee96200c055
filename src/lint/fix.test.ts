import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOfBytes, type SourceText } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import { type BaseImages, makePlan, type PlanOptions } from "../plan/index.ts";
import { applyEdits } from "./apply-edits.ts";
import { type Edit, loadLint, type Warning } from "./index.ts";

const { DEFAULT_SETTINGS, fix } = await loadLint();

const HOST = { os: "linux", architecture: "amd64" };
const PLAN: PlanOptions = {
  buildArgs: new Map(),
  labels: new Map(),
  platform: HOST,
  buildPlatform: HOST,
  noCache: false,
  contexts: new Map(),
};

const anyImage: BaseImages = {
  async resolve(name, platform) {
    const config = { ...platform, config: { Env: ["PATH=/bin"] }, rootfs: { type: "layers" as const, diff_ids: [] } };
    return { reference: name, manifest: digestOfBytes(name), config, platform };
  },
};

/** What is built and the config, without the names and places that people see, and whether archives are unpacked, which is ADD's. */
async function meaning(source: SourceText): Promise<unknown> {
  const { result, config } = await makePlan(parseDockerfile(source), PLAN, anyImage);
  return JSON.parse(
    JSON.stringify({ result, config }, (key, value) => (key === "origin" || key === "unpack" ? undefined : value)),
  );
}

function mended(text: string) {
  const options = { plan: PLAN, ignored: undefined, isImageName: () => true, settings: DEFAULT_SETTINGS };
  return fix({ name: "Dockerfile", text }, options);
}

test("fixes of how a file is written leave what it means", async () => {
  const before = {
    name: "Dockerfile",
    text: [
      "# what it is",
      "ARG V=1",
      "FROM img:$V as Build",
      "env A some words",
      "ENV B $A/x",
      "LABEL k v",
      "copy a.txt /a",
      "ADD b.txt src/ /b/",
      "EXPOSE 80/TCP 53/Udp",
      "RUN one \\",
      "",
      "   # told apart",
      "",
      "  && two",
      "FROM build AS last",
      "EXPOSE 90/SCTP",
      'CMD ["a"]',
      "",
    ].join("\n"),
  };
  const { source, done, error } = await mended(before.text);
  assert.equal(error, undefined);
  assert.ok(new Set(done.map(({ rule }) => rule)).size >= 7, done.map(({ rule }) => rule).join());
  assert.match(source.text, /^# what it is\nARG V=1\nFROM img:\$V AS build\nENV A="some words"\n/);
  assert.match(source.text, /\n {3}# told apart\n/);
  assert.deepEqual(await meaning(source), await meaning(before));
});

test("fixes of what is done change just that", async () => {
  const { source } = await mended("FROM img:1\nRUN apt-get update && apt-get install curl\nRUN make\n");
  const wanted =
    "FROM img:1\nRUN apt-get update && apt-get install --no-install-recommends -y curl && rm -rf /var/lib/apt/lists/*\nRUN make\n";
  assert.deepEqual(await meaning(source), await meaning({ name: "Dockerfile", text: wanted }));
});

test("what has been mended is not mended again", async () => {
  const once = await mended("from img:1\nADD a.txt /a\nRUN pip install x && apk add y\nMAINTAINER me\nRUN x \\\n\n y\n");
  assert.ok(once.done.length >= 5);
  const twice = await mended(once.source.text);
  assert.equal(twice.source.text, once.source.text);
  assert.deepEqual(twice.done, []);
});

test("lines keep their carriage returns", async () => {
  const { source } = await mended("FROM img:1\r\nRUN apk add \\\r\n  x\r\nADD a.txt /a\r\n");
  assert.equal(source.text, "FROM img:1\r\nRUN apk add --no-cache \\\r\n  x\r\nCOPY a.txt /a\r\n");
});

test("edits that touch each other wait for the next round", () => {
  const advice = (...edits: Edit[]): Warning => {
    const range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
    return { rule: "x", description: "", message: "", severity: "info", range, edits };
  };
  const [first, second, third] = [
    advice({ start: 2, end: 4, text: "-" }),
    advice({ start: 0, end: 1, text: "+" }, { start: 4, end: 4, text: "+" }),
    advice({ start: 5, end: 6, text: "*" }),
  ];
  const { text, done } = applyEdits("abcdef", [first, second, third]);
  assert.equal(text, "ab-e*");
  assert.deepEqual(done, [first, third]);
});
