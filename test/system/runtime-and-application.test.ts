/** The split that teams use: a runtime image with what takes long, and on it an application image that changes every hour. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { debianTar } from "../support/base.ts";
import { lacking, Place } from "../support/slipway.ts";

const RUNTIME = `ARG from=python:3.8.6
FROM \${from}  
# the tools of the system in one layer
RUN apt-get update && \\
    apt-get install -y --no-install-recommends python3 python3-pip python3-setuptools python3-wheel && \\
    rm -rf /var/lib/apt/lists/*

# what is cached at run time may be written by any user
RUN (umask 000 && mkdir -p /.cache-of-the-application)

COPY requirements.txt /
COPY wheels /wheels
RUN pip install --no-cache-dir --break-system-packages --no-index --no-build-isolation --find-links /wheels -r /requirements.txt
`;
const APPLICATION = `FROM notes-runtime
COPY . /app
WORKDIR /app

ARG git_hash=""
ARG git_branch=""
ARG timestamp=""
ENV IMAGE_GIT_HASH="$git_hash" \\
\tIMAGE_GIT_BRANCH="$git_branch" \\
\tIMAGE_TIMESTAMP="$timestamp"

LABEL application="The notes" \\
    email="notes@example.org" \\
    license="Apache-2.0"

EXPOSE 5000
ENTRYPOINT ["python3"]
CMD ["./app.py"]
`;
const SETUP = `from setuptools import setup
setup(name="greeting", version="1.0", py_modules=["greeting"])
`;

test("an application on its runtime image: packages, metadata, and one small layer that changes", {
  skip: lacking("mmdebstrap"),
  timeout: 600_000,
}, async () => {
  using place = new Place();
  const succeed = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await place.slipway(words);
    assert.equal(code, 0, stderr);
    return stdout + stderr;
  };
  await succeed("import", await debianTar(), "python:3.9");
  const runtime = place.files("cloud/docker/runtime", {
    Dockerfile: RUNTIME,
    "requirements.txt": "# one package\ngreeting==1.0\n",
    "wheels/greeting/setup.py": SETUP,
    "wheels/greeting/greeting.py": 'WORDS = "good morning"\n',
  });
  // The package is made in a stage of its own, which takes the place of the folder of that name.
  const wheels = place.files("wheels", {
    Dockerfile: `FROM python:3.9\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip python3-setuptools python3-wheel
COPY greeting /src
RUN pip wheel --no-deps --no-build-isolation -w /out /src\nFROM scratch\nCOPY --from=0 /out /\n`,
    "greeting/setup.py": SETUP,
    "greeting/greeting.py": 'WORDS = "good morning"\n',
  });
  await succeed("build", "-o", join(runtime, "wheels"), wheels);
  await succeed("build", "--build-arg", "from=python:3.9", "--tag", "notes-runtime", runtime);

  const app = place.files("app", {
    Dockerfile: APPLICATION,
    ".dockerignore": ".git*\n*.pyc\n__pycache__\n",
    "app.py":
      'import greeting, os\nprint(greeting.WORDS, os.environ["IMAGE_GIT_HASH"], os.getcwd(), oct(os.stat("/.cache-of-the-application").st_mode))\n',
    ".git/HEAD": "ref: refs/heads/main\n",
    "old.pyc": "",
  });
  const build = (hash: string): Promise<string> =>
    succeed(
      "build",
      "--progress=plain",
      "--build-arg",
      `git_hash=${hash}`,
      "--build-arg",
      "timestamp=20260102.030405",
      "-t",
      "notes",
      app,
    );
  const first = await build("abc");
  assert.match(first, /COPY . \/app/);
  assert.equal(await succeed("run", "--rm", "--quiet", "notes"), "good morning abc /app 0o40777\n");
  assert.equal(
    await succeed("run", "--rm", "--quiet", "--entrypoint", "ls", "notes", "-A"),
    ".dockerignore\nDockerfile\napp.py\n",
  );

  const second = await build("def");
  assert.match(second, /COPY . \/app\n#\d+ CACHED/, "a build argument that is declared below does not touch the COPY");
  const image = JSON.parse(await succeed("inspect", "notes"))[0];
  assert.ok(image.Config.Env.includes("IMAGE_GIT_HASH=def"));
  assert.ok(image.Config.Env.includes("IMAGE_TIMESTAMP=20260102.030405"));
  assert.equal(image.Config.Labels.application, "The notes");
  assert.deepEqual(image.Config.ExposedPorts, { "5000/tcp": {} });

  const below = JSON.parse(await succeed("inspect", "notes-runtime"))[0].RootFS.Layers as string[];
  assert.deepEqual(image.RootFS.Layers.slice(0, below.length), below);
  place.files("app", { "app.py": "print('changed')\n" });
  await build("ghi");
  const changed = JSON.parse(await succeed("inspect", "notes"))[0].RootFS.Layers as string[];
  const differing = changed.filter((layer, index) => layer !== image.RootFS.Layers[index]);
  assert.equal(differing.length, 1, "one file of the application is one layer");
});
