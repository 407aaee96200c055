import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContextEntry, type ContextView, type LintSettings, loadLint } from "./index.ts";
import { namesOf } from "./linter.ts";

const { ALL_RULES, DEFAULT_SETTINGS, fix, lint } = await loadLint();

const HOST = { os: "linux", architecture: "amd64" };
const FILE: ContextEntry = { folder: false, executable: false };
const FOLDER: ContextEntry = { folder: true, executable: true };

interface Around {
  readonly files?: Readonly<Record<string, ContextEntry>>;
  readonly ignore?: readonly string[];
  readonly settings?: Partial<LintSettings>;
}

function optionsOf({ files, ignore, settings }: Around) {
  const text = (ignore ?? []).join("\n");
  const rules = (ignore ?? []).map((pattern, i) => ({ pattern, line: i + 1 }));
  const context: ContextView | undefined = files && {
    entries: new Map(Object.entries(files)),
    ignore: ignore && { source: { name: ".dockerignore", text }, rules },
  };
  const plan = {
    buildArgs: new Map(),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
  };
  const all = { ...DEFAULT_SETTINGS, ...settings };
  return { plan, ignored: undefined, isImageName: () => true, context, settings: all, today: "2026-01-01" };
}

async function found(text: string, around: Around = {}): Promise<string[]> {
  const { warnings } = await lint({ name: "Dockerfile", text }, optionsOf(around));
  return warnings.map(({ rule, range }) => `${rule} ${range.start.line}`);
}

async function fixed(text: string, around: Around = {}): Promise<string> {
  return (await fix({ name: "Dockerfile", text }, optionsOf(around))).source.text;
}

/** A line that a rule speaks of, in a file that is otherwise fine. */
const SPOKEN: readonly (readonly [rule: string, lines: string, around?: Around])[] = [
  ["AptUpdateAlone", "RUN apt-get update\n"],
  ["DependenciesAfterSource", "COPY . /app\nRUN pip install --no-cache-dir -r /app/requirements.txt\n"],
  ["DependenciesAfterSource", "COPY src /app\nRUN npm ci\n", { files: { src: FOLDER } }],
  ["PipNoCacheDir", "RUN python3 -m pip install x\n"],
  ["CopyIntoVolume", "VOLUME /data\nCOPY a /data/a\n"],
  ["NoDockerignore", "COPY . /app\n", { files: { a: FOLDER, "a/node_modules": FOLDER } }],
  ["IgnoreMatchesRootOnly", "COPY . /app\n", { files: { a: FOLDER, "a/x.pyc": FILE }, ignore: ["*.pyc"] }],
  ["JsonFormMistake", "CMD ['a', 'b']\n"],
  ["RunNotExecutable", "RUN requirements.txt\n"],
  ["RunNotExecutable", "COPY go.sh /\nRUN /go.sh\n", { files: { "go.sh": FILE } }],
  ["ShellScriptArg", 'CMD ["/bin/bash", "echo", "x"]\n'],
  ["ProgramStartedInRun", "RUN service nginx start\n"],
  ["ProgramStartedInRun", 'RUN node server.js\nCMD ["node", "server.js"]\n'],
  ["CopySourceAboveContext", "COPY ../x /x\n"],
  ["DestinationMismatch", 'COPY tool /opt/\nCMD ["tool"]\n'],
  ["MissingExecBit", 'COPY go.sh /bin/\nCMD ["go.sh"]\n', { files: { "go.sh": FILE } }],
  ["MetadataBeforeExpensiveSteps", "ARG GIT_SHA\nRUN make\nRUN echo $GIT_SHA\n"],
  ["MissingMetadata", "RUN make\n", { settings: { enabled: new Set(["SW018"]) } }],
  ["PackageGone", "RUN apt-get update && apt-get install -y python-pip\n"],
  ["WildcardMatchesNothing", "COPY *.jar /x/\n", { files: { "a.txt": FILE } }],
  ["ShellIgnoredElsewhere", 'SHELL ["/bin/bash", "-c"]\n'],
  ["VolumeDirMissing", "VOLUME /data/x\nRUN touch /data/x/y\n"],
  ["DL3002", "USER root\n"],
  ["DL3003", "RUN cd /x && make\n"],
  ["DL3004", "RUN sudo make\n"],
  ["DL3008", "RUN apt-get update && apt-get install -y curl\n", { settings: { enabled: new Set(["DL3008"]) } }],
  ["DL3009", "RUN apt-get update && apt-get install -y curl\n"],
  ["DL3010", "COPY x.tar.gz /x/\nRUN tar xf /x/x.tar.gz\n"],
  ["DL3014", "RUN apt-get update && apt-get install curl\n"],
  ["DL3015", "RUN apt-get update && apt-get install -y curl\n"],
  ["DL3019", "RUN apk add curl\n"],
  ["DL3020", "ADD a /a\n"],
  ["DL3022", "COPY --from=nobody /a /a\n"],
  ["DL3026", "RUN make\n", { settings: { trustedRegistries: ["example.com"] } }],
  ["DL3027", "RUN apt update && apt install -y x\n"],
  ["DL3030", "RUN yum install x && yum clean all\n"],
  ["DL3032", "RUN yum install -y x\n"],
  ["DL3034", "RUN zypper install x && zypper clean\n"],
  ["DL3036", "RUN zypper install -y x\n"],
  ["DL3038", "RUN dnf install x && dnf clean all\n"],
  ["DL3040", "RUN dnf install -y x\n"],
  ["DL3044", "ENV A=1 B=$A\n"],
  ["DL3045", "COPY a b/\n"],
  ["DL3046", "RUN useradd -u 1234567 joe\n"],
  ["DL3047", "RUN wget http://x/y\n"],
  ["DL3048", "LABEL mail=nobody\n", { settings: { labelSchema: new Map([["mail", "email"]]) } }],
  ["DL3057", "RUN make\n", { settings: { enabled: new Set(["DL3057"]) } }],
  ["DL3059", "RUN a\nRUN b\n", { settings: { enabled: new Set(["DL3059"]) } }],
  ["DL3060", "RUN yarn install\n"],
  ["DL3066", "USER joe\n", { settings: { enabled: new Set(["DL3066"]) } }],
  ["DL3067", "FROM scratch\nCOPY --from=img:1 / /\n"],
  ["DL4001", "RUN wget -q x\nRUN curl x\n"],
  ["DL4005", "RUN ln -sf /bin/bash /bin/sh\n"],
  ["DL4006", "RUN a | b\n"],
  ["SC1035", "RUN [-f x ] && y\n"],
  ["SC1035", "RUN [ -f x] && y\n"],
  ["SC1083", "RUN { echo a } && b\n"],
  ["SC2028", "RUN echo 'a\\\\nb'\n"],
  ["SC2046", "RUN rm $(cat list)\n"],
  ["SC2086", "ARG X\nRUN echo a$X\n"],
  ["SC2086", `ENV X='a b'\nRUN echo \${X}\n`],
  ["SC2154", 'RUN echo "$nothing"\n'],
  ["SC2155", "RUN export A=$(b)\n"],
  ["SC2164", "RUN cd /x; make\n"],
];

for (const [rule, lines, around] of SPOKEN) {
  test(`${rule} speaks of ${JSON.stringify(lines)}`, async () => {
    const rules = (await found(`FROM img:1\n${lines}`, around)).map((one) => one.split(" ")[0]);
    assert.ok(rules.includes(rule), `${rules.join(", ") || "nothing"} was told`);
  });
}

test("each rule of lint has a line that it speaks of", () => {
  const here = ALL_RULES.filter(({ name, code }) => code !== undefined || /^(DL|SC)/.test(name)).map(({ name }) => name);
  const elsewhere = ["TagIsLatest", "AlpinePython", "BaseTooOld", "UnusedBuildArg", "SplitRuntime", "RunAsOtherUser"];
  const spoken = SPOKEN.map(([rule]) => rule);
  assert.deepEqual(
    here.filter((name) => !spoken.includes(name) && !elsewhere.includes(name)),
    [],
  );
});

test("shell that is sound is let pass", async () => {
  const lines = [
    'ENV V=1.2.3 L="a b"',
    `RUN echo $V \${V%.*} "$L" "\${L}" $? $((1 + 2)) '$x' \\$x && export A=$V`,
    "RUN make -j$(nproc) && make {a,b} && find . -exec ls {} + && xargs -I{} echo {}",
    "RUN set -e; cd /x; [ -f y ] && [[ $V == 1 ]] && { a; }",
    `RUN for f in *; do echo "$f"; done; read -r line; echo "\${line}" "\${none:-x}"`,
    "RUN . /etc/os-release; echo \"$id\"; printf 'a\\n'",
  ];
  const told = await found(`FROM img:1\n${lines.join("\n")}\n`);
  assert.deepEqual(
    told.filter((one) => one.startsWith("SC")),
    [],
  );
});

test("the image of FROM is looked at with the defaults of its ARGs", async () => {
  assert.deepEqual(await found("FROM img\n"), ["TagIsLatest 1"]);
  assert.deepEqual(await found("ARG TAG=latest\nFROM img:$TAG\n"), ["TagIsLatest 2"]);
  assert.deepEqual(await found("FROM img@sha256:1\nFROM scratch\n"), []);
  assert.deepEqual(await found("FROM python:3.8-slim\n"), ["BaseTooOld 1"]);
  const alpine = "FROM python:3.13-alpine AS a\nFROM a\nRUN pip install --no-cache-dir x\n";
  assert.deepEqual(await found(alpine), ["AlpinePython 3"]);
});

test("a clean file gets no advice", async () => {
  const text = `FROM debian:trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
RUN npm ci
COPY . .
RUN make && if [ -f x ]; then echo "a | b; cd /x"; fi # sudo
FROM debian:trixie-slim
COPY --from=build /src/out /usr/local/bin/tool
USER 1000
CMD ["tool"]
`;
  assert.deepEqual(await found(text), []);
});

test("mounts take the place of cleaning up", async () => {
  const cache = "--mount=type=cache,target=";
  assert.deepEqual(await found(`FROM img:1\nRUN ${cache}/root/.cache pip install x\n`), []);
  const apt = `${cache}/var/lib/apt apt-get update && apt-get install -y --no-install-recommends x`;
  assert.deepEqual(await found(`FROM img:1\nRUN ${apt}\n`), []);
});

test("comments and settings switch rules off by any of their names", async () => {
  const file = "FROM img\nRUN cd /x\n";
  assert.deepEqual(await found(`# hadolint global ignore=DL3006, DL3003\n${file}`), []);
  assert.deepEqual(await found("# hadolint ignore=DL3007,DL3006\nFROM img\n# hadolint ignore=DL3003\nRUN cd /x\n"), []);
  assert.deepEqual(await found(`# check=skip=SW004,DL3003\n${file}`), []);
  assert.deepEqual(await found(file, { settings: { ignored: new Set(["TagIsLatest"]) } }), ["DL3003 2"]);
});

test("settings change how bad advice is", async () => {
  const settings = { severities: new Map([["DL3006", "error"] as const]) };
  const { warnings } = await lint({ name: "Dockerfile", text: "FROM img\n" }, optionsOf({ settings }));
  assert.equal(warnings[0]?.severity, "error");
});

test("advice on the shell stands where its command stands", async () => {
  const text = "FROM img:1\nRUN true \\\n  # comment\n  && sudo x\n";
  const { warnings } = await lint({ name: "Dockerfile", text }, optionsOf({}));
  assert.deepEqual(warnings[0]?.range, { start: { line: 4, column: 6 }, end: { line: 4, column: 12 } });
});

test("heredocs are looked at as the scripts they are", async () => {
  assert.deepEqual(await found("FROM img:1\nRUN <<EOF\nset -e\nsudo x\nEOF\n"), ["DL3004 4"]);
  assert.deepEqual(await found("FROM img:1\nRUN <<EOF python3\nsudo x\nEOF\n"), []);
});

test("names are unique, and each rule has its texts", () => {
  const names = ALL_RULES.flatMap(namesOf);
  assert.equal(new Set(names).size, names.length);
  for (const { name, advice, description } of ALL_RULES) {
    assert.match(advice, /^[a-zA-Z].*\.$/, name);
    assert.ok(description.length > 10, name);
  }
});

/** Before and after, each in a file that is otherwise fine. */
const FIXED: readonly (readonly [before: string, after: string, around?: Around])[] = [
  [
    "RUN apt-get update\nRUN apt-get install -y --no-install-recommends x\n",
    "RUN apt-get update \\\n && apt-get install -y --no-install-recommends x && rm -rf /var/lib/apt/lists/*\n",
  ],
  ["RUN pip install x\n", "RUN pip install --no-cache-dir x\n"],
  ["RUN apk add \\\n  # comment\n  x\n", "RUN apk add --no-cache \\\n  # comment\n  x\n"],
  ["CMD ['a', \"b\",]\n", "CMD ['a', \"b\",]\n"],
  ["CMD [“a”, “b”,]\n", 'CMD ["a", "b"]\n'],
  ['COPY go.sh /bin/\nCMD ["go.sh"]\n', 'COPY --chmod=755 go.sh /bin/\nCMD ["go.sh"]\n', { files: { "go.sh": FILE } }],
  ["VOLUME /data/x\nRUN touch /data/x/y\n", "RUN mkdir -p /data/x\nVOLUME /data/x\nRUN touch /data/x/y\n"],
  ["ADD a.sh /a\nADD b.tar /b\nADD c /c\n", "COPY a.sh /a\nADD b.tar /b\nADD c /c\n"],
  ["copy a /a\nEXPOSE 80/TCP\n", "COPY a /a\nEXPOSE 80/tcp\n"],
  ["ENV a b c\nLABEL k v\n", 'ENV a="b c"\nLABEL k=v\n'],
  ["MAINTAINER Ann $x\n", 'LABEL org.opencontainers.image.authors="Ann \\$x"\n'],
  ["RUN a \\\n\n  && b\n", "RUN a \\\n  && b\n"],
  ["FROM img:2 as Two\n", "FROM img:2 AS two\n"],
  ["RUN dnf install x\r\n", "RUN dnf install -y x && dnf clean all\r\n"],
];

for (const [before, after, around] of FIXED) {
  test(`--fix makes ${JSON.stringify(after)} of ${JSON.stringify(before)}`, async () => {
    assert.equal(await fixed(`FROM img:1\n${before}`, around), `FROM img:1\n${after}`);
  });
}

test("package lists stay where a later install needs them", async () => {
  const text =
    "FROM img:1\nRUN apt-get update && apt-get install -y --no-install-recommends a\nRUN apt-get install -y --no-install-recommends b\n";
  assert.equal(await fixed(text), text);
});

test("a blank that is missing before a bracket is put in", async () => {
  assert.equal(await fixed('FROM img:1\nADD a.sh /a\nCMD["a"]\n'), 'FROM img:1\nCOPY a.sh /a\nCMD ["a"]\n');
});

test("the shell's own brackets are no JSON", async () => {
  const runs = ['RUN [ "$A" = "b" ] && make\n', "RUN [ -f x ]\n", "RUN [ x ]\n", 'RUN [ "a", ] || true\n', "CMD [[ a ]]\n"];
  for (const run of runs) assert.ok(!(await found(`FROM img:1\n${run}`)).includes("JsonFormMistake 2"), run);
  assert.ok((await found('FROM img:1\nCMD ["a"] # comment\n')).includes("JsonFormMistake 2"));
});

test("an ignore file is made of what is not needed", async () => {
  const files = { ".git": FOLDER, a: FOLDER, "a/node_modules": FOLDER };
  const { created, warnings } = await fix({ name: "Dockerfile", text: "FROM img:1\nCOPY . /a\n" }, optionsOf({ files }));
  assert.deepEqual(created, [{ name: ".dockerignore", text: ".git\n**/node_modules\n" }]);
  assert.deepEqual(warnings, []);
});

test("a file that cannot be read is left alone", async () => {
  const text = "FROM img:1\nADD a.sh /a\nNONSENSE\n";
  assert.equal(await fixed(text), text);
});
