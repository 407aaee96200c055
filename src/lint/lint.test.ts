import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOfBytes } from "../core/index.ts";
import type { BaseImages, PlanOptions } from "../plan/index.ts";
import { type CheckResult, check, RULES } from "./index.ts";
import { urlOf } from "./rule.ts";

const HOST = { os: "linux", architecture: "amd64" };

const anyImage: BaseImages = {
  async resolve(name, platform) {
    const config = { ...platform, config: { Env: ["PATH=/bin"] }, rootfs: { type: "layers" as const, diff_ids: [] } };
    return { reference: name, manifest: digestOfBytes(name), config, platform };
  },
};

function look(text: string, further: Partial<PlanOptions> = {}, ignored?: (path: string) => boolean): Promise<CheckResult> {
  const plan: PlanOptions = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
    ...further,
  };
  const isImageName = (name: string): boolean => /^[a-z]/.test(name);
  return check({ name: "Dockerfile", text }, { plan, ignored, isImageName }, anyImage);
}

async function found(text: string, further: Partial<PlanOptions> = {}): Promise<string[]> {
  return (await look(text, further)).warnings.map(({ rule, range }) => `${rule} ${range.start.line}`);
}

test("advice goes on to the line that stops the plan", async () => {
  const result = await look("FROM a\nCMD x\nSTOPSIGNAL NOPE\nENTRYPOINT y\n");
  assert.deepEqual(
    result.warnings.map(({ rule }) => rule),
    ["JSONArgsRecommended"],
  );
  assert.equal(result.error?.code, "PLAN_INVALID");
});

test("lines above one that cannot be read are looked at", async () => {
  const result = await look("FROM a AS Abc\nCMD x\nCOPY one\n");
  assert.deepEqual(
    result.warnings.map(({ rule }) => rule),
    ["StageNameCasing"],
  );
  assert.equal(result.error?.range?.start.line, 3);
});

test("a rule is skipped for the file at its top, and for a line right above it", async () => {
  assert.deepEqual(await found("# check=skip=JSONArgsRecommended\nFROM a\nCMD x\n"), []);
  assert.deepEqual(await found("FROM a\n# check=skip=JSONArgsRecommended\nCMD x\nENTRYPOINT y\n"), ["JSONArgsRecommended 4"]);
});

test("BUILDKIT_DOCKERFILE_CHECK takes the place of the directive", async () => {
  const buildArgs = new Map([["BUILDKIT_DOCKERFILE_CHECK", "skip=all"]]);
  assert.deepEqual(await found("# check=error=true\nFROM a\nCMD x\n", { buildArgs }), []);
});

test("error=true makes an error of advice, and names the rules", async () => {
  const { error, warnings } = await look("# check=error=true\nFROM a\nCMD x\n");
  assert.equal(error?.message, "lint violation found for rules: JSONArgsRecommended");
  assert.equal(warnings.length, 1);
});

test("an experimental rule runs only where it is asked for", async () => {
  const file = "# wrong\nARG A=1\nFROM a\n";
  assert.deepEqual(await found(file), []);
  assert.deepEqual(await found(`# check=experimental=all\n${file}`), ["InvalidDefinitionDescription 3"]);
});

test("variables that a base or a parent stage sets are set", async () => {
  assert.deepEqual(await found("FROM a AS one\nARG X=1\nFROM one\nCOPY $X $PATH /d/\n"), []);
});

test("lines that ONBUILD brings are nobody's to mend here", async () => {
  assert.deepEqual(await found("FROM a AS one\nONBUILD COPY $nope /x\nFROM one\n"), []);
});

test("sources that the ignore file excludes are pointed out", async () => {
  const { warnings } = await look("FROM a\nCOPY ./x.log y /d/\n", {}, (path) => path === "x.log");
  assert.deepEqual(
    warnings.map(({ message }) => message),
    ['Attempting to Copy file "x.log" that is excluded by .dockerignore'],
  );
});

test("with a target only what it needs is looked at", async () => {
  assert.deepEqual(await found("FROM a AS one\nCMD x\nFROM a AS two\nCMD y\n", { target: "two" }), ["JSONArgsRecommended 4"]);
});

test("rules have names of their own, advice, and an address in kebab case", () => {
  assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  for (const { advice } of RULES) assert.match(advice, /^[A-Z].*\.$/);
  assert.equal(urlOf({ name: "JSONArgsRecommended" }), "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/");
  assert.equal(
    urlOf({ name: "SecretsUsedInArgOrEnv" }),
    "https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/",
  );
});

test("what is found is also kept in the order in which BuildKit finds it", async () => {
  const { found } = await look("FROM a\nENV a=$b\nmaintainer x\nFROM a as X\nEXPOSE 80/TCP\n");
  assert.deepEqual(
    found.map(({ rule }) => rule),
    [
      "MaintainerDeprecated",
      "StageNameCasing",
      "FromAsCasing",
      "ConsistentInstructionCasing",
      "UndefinedVar",
      "ExposeProtoCasing",
    ],
  );
});
