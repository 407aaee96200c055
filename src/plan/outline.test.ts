import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOfBytes } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import { type BaseImages, type Outline, outlineOf, type PlanOptions, targetsOf } from "./index.ts";

const HOST = { os: "linux", architecture: "amd64" };

const anyImage: BaseImages = {
  async resolve(name, platform) {
    const config = { ...platform, rootfs: { type: "layers" as const, diff_ids: [] } };
    return { reference: name, manifest: digestOfBytes(name), config, platform };
  },
};

function outline(text: string, further: Partial<PlanOptions> = {}): Promise<Outline> {
  const options: PlanOptions = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
    ...further,
  };
  return outlineOf(parseDockerfile({ name: "Dockerfile", text }), options, anyImage);
}

async function argumentsOf(text: string, further: Partial<PlanOptions> = {}): Promise<string[]> {
  const found = await outline(text, further);
  return found.arguments.map(({ name, value = "-", range }) => `${name} ${value} ${range.start.line}`);
}

test("an outline names the arguments of the target and of what it needs, by place", async () => {
  const text = "FROM a AS one\nARG A=1\nFROM a AS other\nARG NOT=1\nFROM one\nARG B=2\nCOPY --from=one /x /y\n";
  assert.deepEqual(await argumentsOf(text), ["A 1 2", "B 2 6"]);
  assert.deepEqual(await argumentsOf(text, { target: "other" }), ["NOT 1 4"]);
});

test("an argument before the first FROM counts where it is used, also through another", async () => {
  const text = "ARG A=x\nARG B=$A\nARG C=7\nARG NOT=1\nFROM $B\nARG C\n";
  assert.deepEqual(await argumentsOf(text), ["A x 1", "B x 2", "C 7 3"]);
});

test("what is given takes the place of a default, and the declaration nearest to the target counts", async () => {
  const text = "FROM a AS one\nARG A=1\nFROM one\nARG A=2 A=3\n";
  assert.deepEqual(await argumentsOf(text), ["A 3 4"]);
  assert.deepEqual(await argumentsOf(text, { buildArgs: new Map([["A", "9"]]) }), ["A 9 4"]);
});

test("platform arguments are no parameters", async () => {
  assert.deepEqual(await argumentsOf("FROM a\nARG TARGETARCH\n"), []);
});

test("secrets and SSH sockets are told with their names and whether they must be there", async () => {
  const mounts = "--mount=type=secret,id=npm,required=true --mount=type=secret,target=/run/key --mount=type=ssh";
  const { secrets, ssh } = await outline(`FROM a\nRUN ${mounts} true\n`);
  assert.deepEqual(
    [...secrets, ...ssh].map(({ id, required }) => [id, required]),
    [
      ["npm", true],
      ["key", false],
      ["default", false],
    ],
  );
});

test("comments that begin with the name are descriptions", async () => {
  const text = "# PORT to listen at\n# of 1024 and above\nARG PORT=1\n# web the site\nFROM a$PORT AS Web\n";
  const { description, arguments: args } = await outline(text);
  assert.equal(description, "the site");
  assert.equal(args[0]?.description, "to listen at");
});

test("targets are all stages as they were written; the last is the default", () => {
  const file = parseDockerfile({
    name: "Dockerfile",
    text: "# One first\nFROM $X AS One\n# b second\nFROM --platform=$P a AS b\nFROM b\n",
  });
  assert.deepEqual(
    targetsOf(file).map(({ range: _, ...target }) => target),
    [
      { name: "one", isDefault: false, base: "$X" },
      { name: "b", isDefault: false, description: "second", base: "a", platform: "$P" },
      { name: "", isDefault: true, base: "b" },
    ],
  );
});
