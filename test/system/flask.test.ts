/** The main job on real input: a web application on Debian, from its Dockerfile to its page. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { debianTar } from "../support/base.ts";
import { startDocker } from "../support/docker.ts";
import { freePort, lacking, Place, program, run } from "../support/slipway.ts";

const APP = `import os
from flask import Flask
app = Flask(__name__)

@app.route("/")
def hello():
    return "served by flask, version " + os.environ["APP_VERSION"]

app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
`;
const DOCKERFILE = `ARG BASE=debian:bookworm
FROM \${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-flask && rm -rf /var/lib/apt/lists/*
WORKDIR /usr/src/app
COPY requirements.txt ./
COPY app.py ./
ARG version=dev
ENV APP_VERSION=$version
LABEL org.opencontainers.image.version="$version" application="flask-test"
EXPOSE 5000
CMD ["python3", "app.py"]
`;

test("a flask application is built, run, saved, and read by others", {
  skip: lacking("mmdebstrap", "skopeo", "umoci"),
  timeout: 600_000,
}, async (t) => {
  using place = new Place();
  const imported = await place.slipway(["import", "-c", 'CMD ["bash"]', await debianTar(), "debian:bookworm"]);
  assert.equal(imported.code, 0, imported.stderr);
  const context = place.files("app", { Dockerfile: DOCKERFILE, "requirements.txt": "flask\n", "app.py": APP });
  const built = await place.slipway(["build", "--progress=plain", "--build-arg", "version=1.2", "-t", "flask:1.2", context]);
  assert.equal(built.code, 0, built.stderr);

  const again = await place.slipway(["build", "--progress=plain", "--build-arg", "version=1.2", "-t", "flask:1.2", context]);
  assert.doesNotMatch(again.stderr, /DONE [1-9]/);
  place.files("app", { "app.py": `${APP}# changed\n` });
  const changed = await place.slipway(["build", "--progress=plain", "--build-arg", "version=1.2", "-t", "flask:1.2", context]);
  assert.match(changed.stderr, /RUN apt-get[^\n]*\n#\d+ CACHED/);
  assert.match(changed.stderr, /COPY app.py .\/\n#\d+ why: app\.py \(content\) of the build context\n#\d+ DONE/);

  assert.equal(await pageOf(place), "served by flask, version 1.2");

  const labels = await place.slipway(["inspect", "--format", "{{json .Config.Labels}}", "flask:1.2"]);
  assert.deepEqual(JSON.parse(labels.stdout), { application: "flask-test", "org.opencontainers.image.version": "1.2" });
  const tar = join(place.folder, "flask.tar");
  assert.equal((await place.slipway(["save", "-o", tar, "flask:1.2"])).code, 0);
  for (const source of [`oci:${place.root}:flask:1.2`, `docker-archive:${tar}`, `oci-archive:${tar}`]) {
    const seen = await run(["skopeo", "inspect", "--config", source]);
    assert.equal(seen.code, 0, seen.stderr);
    assert.deepEqual(JSON.parse(seen.stdout).config.Cmd, ["python3", "app.py"]);
  }
  await t.test("and answers the same from Docker Engine", (inner) => inDocker(inner, tar));
  const layout = join(place.folder, "layout");
  assert.equal((await run(["skopeo", "copy", "-q", `oci-archive:${tar}`, `oci:${layout}:flask`])).code, 0);
  const unpacked = await run(["umoci", "unpack", "--image", `${layout}:flask`, join(place.folder, "bundle")]);
  assert.equal(unpacked.code, 0, unpacked.stderr);
});

/** Loads the saved image into Docker Engine and runs it there. */
async function inDocker(context: TestContext, tar: string): Promise<void> {
  const engine = await startDocker();
  if (typeof engine === "string") return context.skip(engine);
  const loaded = await engine.docker(["load"], tar);
  assert.equal(loaded.stdout, "Loaded image: flask:1.2\n", loaded.stderr);
  const port = await freePort();
  const name = `slipway-test-${process.pid}`;
  const started = await engine.docker(["run", "-d", "--name", name, "--network=host", "-e", `PORT=${port}`, "flask:1.2"]);
  try {
    assert.equal(started.code, 0, started.stderr);
    assert.equal(await fetched(port), "served by flask, version 1.2");
  } finally {
    await engine.docker(["rm", "-f", name]);
    await engine.docker(["rmi", "flask:1.2"]);
  }
}

/** Runs the image, fetches its page, and stops it. */
async function pageOf(place: Place): Promise<string> {
  const port = await freePort();
  const child = spawn(program, ["--root", place.root, "run", "--rm", "-e", `PORT=${port}`, "flask:1.2"], { stdio: "ignore" });
  try {
    return await fetched(port);
  } finally {
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill("SIGINT");
    await ended;
  }
}

/** The page of a server that may still be starting. */
async function fetched(port: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/`)).text();
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}
