// A registry on the loopback, and images put into it by nobody that is timed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { must } from "./timed.mjs";

/** Starts Debian's docker-registry; undefined where it is not installed. */
export async function startRegistry(work) {
  if (spawnSync("docker-registry", ["--version"]).error) {
    console.error("without docker-registry (apt-get install docker-registry) the cases with a registry are left out");
    return undefined;
  }
  const port = await freePort();
  const config = join(work, "registry.yml");
  const storage = `{ filesystem: { rootdirectory: ${join(work, "registry")} } }`;
  writeFileSync(config, `version: 0.1\nlog: { level: error }\nstorage: ${storage}\nhttp: { addr: "127.0.0.1:${port}" }\n`);
  const server = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
  const address = `127.0.0.1:${port}`;
  for (let n = 0; n < 100; n++) {
    if ((await fetch(`http://${address}/v2/`).catch(() => undefined))?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { address, close: () => server.kill() };
}

/**
 * A layer from a folder that can be published many times, each time with other bytes at its end:
 * so it is new to everybody each time.
 */
export function sharedLayer(work, folder, name) {
  const tar = join(work, `${name}.tar`);
  const options = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--blocking-factor=1"];
  must(["tar", ...options, "-C", folder, "-cf", tar, "."]);
  // Without the two empty blocks at its end more entries can follow.
  must(["truncate", "--size=-1024", tar]);
  must(["gzip", "-6", "--keep", "--no-name", tar]);
  return { compressed: readFileSync(`${tar}.gz`), plain: hashOfFile(tar), size: statSync(tar).size };
}

/** Publishes an image of one layer under `address/repository:latest`. */
export async function publish(address, repository, layer, unique) {
  const tail = lastEntry(unique);
  const blob = Buffer.concat([layer.compressed, gzipSync(tail)]);
  const config = Buffer.from(
    JSON.stringify({
      architecture: { x64: "amd64" }[process.arch] ?? process.arch,
      os: "linux",
      config: { Cmd: ["sh"], Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${layer.plain.copy().update(tail).digest("hex")}`] },
      history: [{ created: "2026-01-01T00:00:00Z", created_by: "bench" }],
    }),
  );
  const describe = (mediaType, bytes) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: describe("application/vnd.oci.image.config.v1+json", config),
    layers: [describe("application/vnd.oci.image.layer.v1.tar+gzip", blob)],
  };
  const base = `http://${address}/v2/${repository}`;
  for (const bytes of [config, blob]) {
    const begun = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
    const place = new URL(begun.headers.get("location"), base);
    place.searchParams.set("digest", digestOf(bytes));
    await expect(fetch(place, { method: "PUT", body: bytes, headers: { "content-type": "application/octet-stream" } }));
  }
  const headers = { "content-type": manifest.mediaType };
  await expect(fetch(`${base}/manifests/latest`, { method: "PUT", body: JSON.stringify(manifest), headers }));
  return `${address}/${repository}:latest`;
}

async function expect(request) {
  const answer = await request;
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}: ${await answer.text()}`);
}

function digestOf(bytes) {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function hashOfFile(file) {
  const hash = createHash("sha256");
  const handle = openSync(file, "r");
  const buffer = Buffer.alloc(1 << 20);
  for (let count = readSync(handle, buffer); count > 0; count = readSync(handle, buffer)) hash.update(buffer.subarray(0, count));
  closeSync(handle);
  return hash;
}

/** One small file as the last entry of a tar. */
function lastEntry(content) {
  const folder = must(["mktemp", "-d"]).trim();
  try {
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in/unique"), String(content));
    const words = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "-C", join(folder, "in")];
    must(["tar", ...words, "-cf", join(folder, "tail.tar"), "unique"]);
    return readFileSync(join(folder, "tail.tar"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
