import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../dockerfile/index.ts";
import { BUILD_RULES, type BuiltImage, type BuiltStep, type BuiltUser, Linter } from "./index.ts";

const HOST = { os: "linux", architecture: "amd64" };

function told(text: string, image: Partial<BuiltImage>, target?: string): string[] {
  const plan = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
    ...(target === undefined ? {} : { target }),
  };
  const file = parseDockerfile({ name: "Dockerfile", text });
  const linter = new Linter(file, { plan, ignored: undefined, isImageName: () => true, rules: BUILD_RULES });
  const found = linter.built({ user: undefined, steps: [], sharedBy: () => 0, ...image });
  return found.map(({ rule, range, message }) => `${rule} ${range.start.line}: ${message}`);
}

function user(more: Partial<BuiltUser> = {}): BuiltUser {
  return { name: "1000", uid: 1000, home: "/home/a", volumes: [], canWrite: () => false, ...more };
}

test("a user without a home of its own is told where / is not its own", () => {
  const text = "FROM a AS one\nUSER 1000\nFROM b\nCMD x\n";
  const home = ": uid 1000 is not in /etc/passwd, so that its home is /, which it cannot write; set HOME to a folder that it can";
  assert.deepEqual(told(text, { user: user({ home: undefined }) }, "ONE"), [`RunAsOtherUser 2${home}`]);
  assert.deepEqual(told(text, { user: user({ home: undefined }) }), [`RunAsOtherUser 3${home}`]);
  assert.deepEqual(told(text, { user: user() }), []);
  assert.deepEqual(told(text, { user: user({ home: undefined, canWrite: () => true }) }), []);
  assert.deepEqual(told(text, { user: user({ home: undefined, canWrite: () => undefined }) }), []);
  assert.deepEqual(told(text, { user: undefined }), []);
});

test("a volume that the user cannot write is told; one of which nothing is known is not", () => {
  const canWrite = (path: string): boolean | undefined => ({ "/open": true, "/closed": false })[path];
  const of = user({ name: "app", volumes: ["/open", "/closed", "/unknown"], canWrite });
  assert.deepEqual(told("FROM a\nUSER app\n", { user: of }), [
    "RunAsOtherUser 2: user app cannot write the volume /closed; make the folder and give it to the user above VOLUME",
  ]);
  assert.deepEqual(told("# check=skip=RunAsOtherUser\nFROM a\nUSER app\n", { user: of }), []);
});

const FILE = "FROM a\nRUN apt-get install -y x\nRUN pip install y\nCOPY . /app\n";

function steps(...seconds: (number | undefined)[]): BuiltStep[] {
  return seconds.map((one, index) => ({ line: index + 2, seconds: one, history: `line ${index + 2}`, copies: index === 2 }));
}

test("a long install that other images have as well is told at its first line", () => {
  const asked: (readonly string[])[] = [];
  const sharedBy = (lines: readonly string[]): number => {
    asked.push(lines);
    return 2;
  };
  assert.deepEqual(told(FILE, { steps: steps(40, 35.2, 1), sharedBy }), [
    "SplitRuntime 2: installing took 75 s, and 2 other images install the same; make it a base image, or a stage named runtime, and build them from it",
  ]);
  assert.deepEqual(asked, [["line 2", "line 3"]]);
});

test("nothing is told of an install that is short, cached, alone, or all that there is", () => {
  const sharedBy = (): number => 2;
  assert.deepEqual(told(FILE, { steps: steps(20, 40, 300), sharedBy }), []);
  assert.deepEqual(told(FILE, { steps: steps(undefined, undefined, 300), sharedBy }), []);
  assert.deepEqual(told(FILE, { steps: steps(100, 100, 1), sharedBy: () => 1 }), []);
  assert.deepEqual(told(FILE, { steps: steps(100, 100), sharedBy }), []);
  assert.deepEqual(
    told(FILE.replace("apt-get install", "make").replace("pip install", "make"), { steps: steps(90, 90, 1), sharedBy }),
    [],
  );
});
