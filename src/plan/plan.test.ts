import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOfBytes, SlipwayError } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { RunStep, StepVertex, Vertex } from "../graph/index.ts";
import type { ContainerConfig, Platform } from "../oci/index.ts";
import { type BaseImages, makePlan, type Plan, type PlanOptions } from "./index.ts";

const HOST: Platform = { os: "linux", architecture: "amd64" };

/** Images by name, each with the config it is given; notes what was asked for. */
function images(
  configs: Record<string, ContainerConfig> = { busybox: { Env: ["PATH=/bin"] } },
): BaseImages & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async resolve(name, platform) {
      asked.push(name);
      const config = configs[name];
      if (!config) throw new SlipwayError(`${name}: not found`, { code: "IMAGE_MISSING" });
      const whole = { ...platform, config, rootfs: { type: "layers" as const, diff_ids: [digestOfBytes(name)] } };
      return { reference: `docker.io/library/${name}:latest`, manifest: digestOfBytes(`m ${name}`), config: whole, platform };
    },
  };
}

function plan(text: string, options: Partial<PlanOptions> = {}, base: BaseImages = images()): Promise<Plan> {
  const whole: PlanOptions = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
    ...options,
  };
  return makePlan(parseDockerfile({ name: "Dockerfile", text }), whole, base);
}

function step(vertex: Vertex | undefined): StepVertex {
  assert.ok(vertex && "step" in vertex);
  return vertex;
}

function run(vertex: Vertex | undefined): RunStep {
  const { step: its } = step(vertex);
  assert.equal(its.kind, "run");
  return its as RunStep;
}

function history(made: Plan): (string | undefined)[] {
  return made.history.map(({ entry }) => entry.created_by);
}

async function refusal(text: string, options: Partial<PlanOptions> = {}): Promise<SlipwayError> {
  try {
    await plan(text, options);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error;
  }
  return assert.fail("it was planned");
}

test("a stage that is not needed is not planned and its image is not looked up", async () => {
  const base = images();
  await plan("FROM nowhere AS extra\nRUN x\nFROM busybox\nRUN y\n", {}, base);
  assert.deepEqual(base.asked, ["busybox"]);
});

test("an image that two stages begin with is looked up once", async () => {
  const base = images();
  await plan("FROM busybox AS a\nRUN x\nFROM busybox\nCOPY --from=a /f /\n", {}, base);
  assert.deepEqual(base.asked, ["busybox"]);
});

test("FROM scratch with nothing on it has no vertex", async () => {
  assert.equal((await plan("FROM scratch\nENV A=1\n")).result, undefined);
});

test("of an ENV and an ARG the later one counts, and the image keeps the ENV", async () => {
  const made = await plan("FROM busybox\nENV A=env\nARG A=arg\nRUN x\n");
  assert.deepEqual(run(made.result).env, ["PATH=/bin", "A=arg"]);
  assert.deepEqual(made.config.config?.Env, ["PATH=/bin", "A=env"]);
});

test("in a stage made from another one the ENV counts again, and the ARG is still there", async () => {
  const made = await plan("FROM busybox AS a\nENV A=env\nARG A=arg B=b\nFROM a\nRUN x\n");
  assert.deepEqual([...run(made.result).env].sort(), ["A=env", "B=b", "PATH=/bin"]);
});

test("history tells the ARGs of a RUN but for proxies", async () => {
  const made = await plan("FROM busybox\nARG A=1\nARG HTTP_PROXY\nRUN x\n", { buildArgs: new Map([["HTTP_PROXY", "http://p"]]) });
  assert.equal(history(made).at(-1), "RUN |1 A=1 /bin/sh -c x # buildkit");
});

test("a proxy that was given and not declared reaches the process and is no part of its env", async () => {
  const made = await plan("FROM busybox\nRUN x\n", { buildArgs: new Map([["https_proxy", "http://p"]]) });
  assert.deepEqual(run(made.result).proxyEnv, ["HTTPS_PROXY=http://p", "https_proxy=http://p"]);
  assert.deepEqual(run(made.result).env, ["PATH=/bin"]);
});

test("progress names count the lines of a stage and show what variables stand for", async () => {
  const made = await plan("FROM busybox AS first\nENV D=/d\nCOPY a $D/\nRUN x\nFROM first\nRUN y\n");
  assert.equal(made.result?.origin.name, "[stage-1 1/1] RUN y");
  const below = step(made.result).base;
  assert.equal(below?.origin.name, "[first 3/3] RUN x");
  assert.equal(step(below).base?.origin.name, "[first 2/3] COPY a /d/");
});

test("COPY --link is stacked on its stage and does not look into it", async () => {
  const made = step((await plan("FROM busybox\nCOPY --link a /b\n")).result);
  assert.equal(made.step.kind, "merge");
  const [files] = made.inputs;
  assert.equal(files?.by, "definition");
  assert.equal(step(files?.vertex).base, undefined);
});

test("triggers of the base fire at FROM, once", async () => {
  const base = images({ onbuild: { OnBuild: ["RUN trigger"] } });
  const made = await plan("FROM onbuild AS a\nFROM a\nRUN y\n", {}, base);
  assert.deepEqual(history(made), ["RUN /bin/sh -c trigger # buildkit", "RUN /bin/sh -c y # buildkit"]);
  assert.equal(made.config.config?.OnBuild, undefined);
});

test("what is wrong with a trigger is told at the FROM line that brought it", async () => {
  const error = await refusal("FROM busybox AS a\nONBUILD FOO x\nFROM a\n");
  assert.equal(error.range?.start.line, 3);
  assert.match(error.hint ?? "", /ONBUILD FOO x/);
});

test("ENTRYPOINT clears a CMD that was inherited, not one of its own stage", async () => {
  const base = images({ busybox: { Cmd: ["sh"] } });
  assert.equal((await plan('FROM busybox\nENTRYPOINT ["e"]\n', {}, base)).config.config?.Cmd, undefined);
  assert.deepEqual((await plan('FROM busybox\nCMD ["c"]\nENTRYPOINT ["e"]\n', {}, base)).config.config?.Cmd, ["c"]);
});

test("a named context stands for an image by any of its names", async () => {
  const contexts = new Map([["golang", { kind: "context" as const }]]);
  for (const name of ["golang", "golang:latest", "docker.io/library/golang"]) {
    const made = await plan(`FROM ${name}\nRUN x\n`, { contexts });
    assert.equal(step(made.result).base?.origin.name, "[context golang] load from client");
  }
});

test("a named context stands for a stage, whose lines count no more", async () => {
  const base = images();
  const contexts = new Map([["build", { kind: "image" as const, reference: "busybox" }]]);
  const made = await plan("FROM nowhere AS build\nRUN x\nFROM scratch\nCOPY --from=build /a /b\n", { contexts }, base);
  assert.deepEqual(base.asked, ["busybox"]);
  assert.equal(step(made.result).inputs[0]?.vertex.origin.name.startsWith("FROM"), true);
});

test("a target is found by its name in any case, and not by its number", async () => {
  const text = "FROM busybox AS One\nENV A=1\nFROM busybox\nENV A=2\n";
  assert.ok((await plan(text, { target: "ONE" })).config.config?.Env?.includes("A=1"));
  assert.equal((await refusal(text, { target: "1" })).code, "PLAN_TARGET_MISSING");
});

test("a target that is nearly a stage is answered with the stage", async () => {
  const error = await refusal("FROM busybox AS build\n", { target: "biuld" });
  assert.equal(error.code, "PLAN_TARGET_MISSING");
  assert.match(error.message, /did you mean build\?/);
});

test("stages that need each other are refused at the line that begins the circle", async () => {
  const error = await refusal("FROM busybox AS a\nCOPY --from=b /x /y\nFROM busybox AS b\nCOPY --from=a /x /y\n");
  assert.equal(error.code, "PLAN_CIRCULAR");
  assert.equal(error.range?.start.line, 2);
});

test("a stage cannot take files from a later one, from one that is not there, or from itself", async () => {
  const later = "FROM busybox AS a\nCOPY --from=b /x /y\nFROM busybox AS b\n";
  assert.equal((await refusal(`${later}FROM a\n`)).code, "PLAN_STAGE_LATER");
  await plan(later);
  assert.equal((await refusal("FROM busybox\nCOPY --from=7 /x /y\n")).code, "PLAN_STAGE_INDEX");
  assert.equal((await refusal("FROM busybox AS a\nRUN --mount=from=a,target=/m x\n")).code, "PLAN_CIRCULAR");
});

test("FROM knows stages by their names in small letters only", async () => {
  assert.equal((await refusal("FROM busybox AS Base\nFROM Base\n")).code, "PLAN_BASE_INVALID");
});

test("an image that is not there and nearly a stage is answered with the stage", async () => {
  const error = await refusal("FROM busybox AS builder\nFROM bilder\n");
  assert.match(error.message, /did you mean builder\?/);
  assert.equal(error.range?.start.line, 2);
});

test("build arguments take the place of predefined ones in FROM", async () => {
  const options = { buildArgs: new Map([["TARGETARCH", "arm64"]]) };
  const made = await plan("FROM --platform=linux/$TARGETARCH busybox\nRUN x\n", options);
  assert.equal(made.platform.architecture, "arm64");
});

test("no step of a stage that --no-cache-filter names is looked up", async () => {
  const made = await plan("FROM busybox AS a\nRUN x\nFROM a\nRUN y\n", { noCache: ["a"] });
  assert.equal(step(made.result).ignoreCache, undefined);
  assert.equal(step(step(made.result).base).ignoreCache, true);
});

test("a chain of stages may be as long as it likes", async () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `FROM ${i === 0 ? "busybox" : `s${i - 1}`} AS s${i}\n`).join("");
  assert.equal((await plan(`${chain}RUN x\n`)).history.length, (await plan("FROM busybox\nRUN x\n")).history.length);
});

test("variables that grow from line to line are refused where they are too long", async () => {
  const doubled = await refusal(`FROM busybox\nENV x=ab\n${"ENV x=$x$x\n".repeat(40)}`);
  assert.equal(doubled.code, "PLAN_TOO_LONG");
  assert.ok((doubled.range?.start.line ?? 0) > 20);
  const grown = await refusal(`FROM busybox\nENV x=${"a".repeat(60_000)}\n${"ENV y=$x$x$x$x\n".repeat(2000)}`);
  assert.equal(grown.code, "PLAN_TOO_LONG");
});

test("ranges of ports are taken apart no further than there are ports", async () => {
  assert.equal((await refusal(`FROM busybox\nEXPOSE ${"1-65535 ".repeat(4000)}\n`)).code, "PLAN_INVALID");
  assert.equal((await refusal(`FROM busybox\n${"EXPOSE 1-65535\n".repeat(40)}`)).code, "PLAN_TOO_LONG");
  const alternating = (first: (i: number) => string): string =>
    `FROM busybox\n${Array.from({ length: 6000 }, (_, i) => `${first(i)}\nRUN x\n`).join("")}`;
  assert.equal((await refusal(alternating((i) => `ENV E${i}=x`))).code, "PLAN_TOO_LONG");
  assert.equal((await refusal(alternating((i) => `ARG A${i}=x`))).code, "PLAN_TOO_LONG");
});

test("a label of any name is kept, and each stage has its own", async () => {
  const text = "FROM busybox AS a\nLABEL __proto__=x k=a\nEXPOSE 80\nFROM a AS b\nLABEL k=b\nEXPOSE 81\nFROM a\nLABEL l=c\n";
  const { config } = await plan(text);
  assert.equal(JSON.stringify(config.config?.Labels), '{"__proto__":"x","k":"a","l":"c"}');
  assert.deepEqual(config.config?.ExposedPorts, { "80/tcp": {} });
});

test("steps that see the same variables share one list of them", async () => {
  const made = await plan("FROM busybox\nENV A=1\nRUN x\nRUN y\nENV B=2\nRUN z\n");
  const [z, y, x] = [made.result, step(made.result).base, step(step(made.result).base).base].map(run);
  assert.equal(y?.env, x?.env);
  assert.deepEqual(y?.env, ["PATH=/bin", "A=1"]);
  assert.deepEqual(z?.env, ["PATH=/bin", "A=1", "B=2"]);
});

test("progress shows COPY and WORKDIR with values and without quotes, RUN with its quotes and what is not set", async () => {
  const name = async (line: string): Promise<string | undefined> =>
    (await plan(`FROM scratch\nENV D=/d\n${line}\n`)).result?.origin.name.replace("[1/1] ", "");
  assert.equal(await name('copy --chown=$U:5 ["a b", "$D/"]'), "COPY --chown=:5 [a b, /d/]");
  assert.equal(await name("WORKDIR '/x y'"), "WORKDIR /x y");
  assert.equal(await name("RUN <<E\n\n  one $U\ntwo\nE"), "RUN <<E (one $U...)");
  assert.equal(await name("RUN echo '$D' $D \"$U\""), "RUN echo '$D' /d \"$U\"");
});
