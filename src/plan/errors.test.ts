// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have variables too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOfBytes, SlipwayError } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { Platform } from "../oci/index.ts";
import { type BaseImages, makePlan, type PlanOptions } from "./index.ts";

const HOST: Platform = { os: "linux", architecture: "amd64" };

/** A registry that has busybox and nothing else. */
const images: BaseImages = {
  async resolve(name, platform) {
    if (name !== "busybox") throw new SlipwayError(`${name}: not found`, { code: "IMAGE_MISSING" });
    const config = { ...platform, config: {}, rootfs: { type: "layers" as const, diff_ids: [digestOfBytes(name)] } };
    return { reference: `docker.io/library/${name}:latest`, manifest: digestOfBytes(`m ${name}`), config, platform };
  },
};

async function wrong(text: string, options: Partial<PlanOptions> = {}): Promise<{ error: SlipwayError; covers: string }[]> {
  const whole: PlanOptions = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
    ...options,
  };
  try {
    await makePlan(parseDockerfile({ name: "Dockerfile", text }), whole, images);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return [error, ...error.others].map((one) => {
      const { start, end } = one.range ?? { start: { line: 0, column: 1 }, end: { line: 0, column: 1 } };
      return { error: one, covers: (text.split("\n")[start.line - 1] ?? "").slice(start.column - 1, end.column - 1) };
    });
  }
  return assert.fail("nothing is wrong");
}

const CASES: readonly (readonly [text: string, code: string, covers: string, words: RegExp])[] = [
  ["FROM ${BASE}\n", "PLAN_BASE_BLANK", "${BASE}", /BASE is not set: write ARG BASE=\.\.\. before the first FROM/],
  ["ARG BSE=x\nFROM ${BASE}\n", "PLAN_BASE_BLANK", "${BASE}", /did you mean BSE\?/],
  ["ARG BASE\nFROM ${BASE}\n", "PLAN_BASE_BLANK", "${BASE}", /ARG BASE has no value: .*--build-arg BASE=/],
  ["FROM ${BASE}\nARG BASE=x\n", "PLAN_BASE_BLANK", "${BASE}", /ARG BASE of line 2 stands in a stage/],
  ["FROM busybox:${TAG}\n", "PLAN_BASE_INVALID", "busybox:${TAG}", /TAG is not set/],
  ["FROM --platform=$TARGTPLATFORM busybox\n", "PLAN_PLATFORM", "$TARGTPLATFORM", /did you mean TARGETPLATFORM\?/],
  ["FROM busybox\nRUN --mount=type=cach,target=/x y\n", "PLAN_INVALID", "type=cach", /did you mean cache\?/],
  ["FROM busybox\nRUN --mount=type=cache,taget=/x y\n", "PLAN_INVALID", "taget=/x", /did you mean target\?/],
  ["FROM busybox\nRUN --mount=target=/x,rw=perhaps y\n", "PLAN_INVALID", "rw=perhaps", /true or false/],
  ["FROM busybox\nRUN --mount=type=bind y\n", "PLAN_INVALID", "type=bind", /target required/],
  ["FROM busybox\nRUN --mount=target=/x,from=nothing y\n", "IMAGE_MISSING", "nothing", /not found/],
  ["FROM busybox\nEXPOSE 80 81/tpc\n", "PLAN_INVALID", "81/tpc", /tcp, udp and sctp/],
  ["FROM busybox\nSTOPSIGNAL SIGTREM\n", "PLAN_INVALID", "SIGTREM", /did you mean SIGTERM\?/],
  ["FROM busybox\nADD --checksum=md5:1 http://a/b /\n", "PLAN_INVALID", "md5:1", /64 hexadecimal digits/],
  ["FROM busybox AS a\nCOPY --from=b x /\n", "IMAGE_MISSING", "b", /no stage is called b, so it was looked for as an image/],
  ["FROM busybox AS build\nCOPY --from=biuld x /\n", "IMAGE_MISSING", "biuld", /did you mean build\?[^]*the stages are build/],
  ["FROM busybox\nCOPY ${X /\n", "DOCKERFILE_BAD_SUBSTITUTION", "${X", /close what is open/],
  ["FROM busybox\nCOPY ${X^^} /\n", "DOCKERFILE_BAD_SUBSTITUTION", "${X^^}", /there are \$\{NAME:-default\}/],
];

for (const [text, code, covers, words] of CASES) {
  test(`${JSON.stringify(text)} is refused at ${JSON.stringify(covers)}`, async () => {
    const [first] = await wrong(text);
    assert.equal(first?.error.code, code);
    assert.equal(first?.covers, covers);
    assert.match(`${first?.error.message}\n${first?.error.hint}`, words);
  });
}

test("all that is wrong with lines of a stage is told at once, and what follows from a failed ENV is not", async () => {
  const text = "FROM busybox\nEXPOSE x\nSTOPSIGNAL y\nENV A=${B\nCOPY ${A:?} /\n";
  assert.deepEqual(
    (await wrong(text)).map(({ covers }) => covers),
    ["x", "y", "${B"],
  );
});

test("all FROM lines and uses of stages that are wrong are told at once", async () => {
  const text = "FROM $A\nCOPY --from=9 x y\nFROM $B\nCOPY --from=$C x y\n";
  assert.deepEqual(
    (await wrong(text)).map(({ covers }) => covers),
    ["$A", "9", "$B", "$C"],
  );
});

test("a target that is not there is answered with those that are", async () => {
  const [first] = await wrong("FROM busybox AS one\nFROM busybox AS two\n", { target: "three" });
  assert.equal(first?.error.hint, "the stages are one, two");
});
