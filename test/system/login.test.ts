/** Registries that want to know who one is, and that have certificates of their own. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { has, lacking, type Outcome, Place, program, run } from "../support/slipway.ts";

const skip: string | false = lacking("docker-registry");
/** The password is `secret`. */
const HTPASSWD = "user:$2b$12$GEai1OfewXYCtfeuSd2iMOtprcuV97E9KtAvxsppLQBZMxmEMUbYG\n";
let place: Place;
let registry: TestRegistry;

before(async () => {
  if (skip) return;
  place = new Place();
  const file = join(place.files("auth", { htpasswd: HTPASSWD }), "htpasswd");
  registry = await startRegistry(place, `auth: { htpasswd: { realm: tests, path: ${file} } }\n`, "private");
  assert.equal((await place.slipway(["import", await busyboxTar(), `${registry.host}/team/base:1`])).code, 0);
});
after(() => {
  registry?.stop();
  place?.[Symbol.dispose]();
});

/** The command with a configuration folder of its own; `input` is its standard input. */
function slipway(config: string, words: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["--root", place.root, "--config", join(place.folder, config), ...words], {
      env: { ...process.env, ...env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.end(input);
  });
}

test("a push is refused, then logged in for, then forgotten", { skip }, async () => {
  const push = ["push", `${registry.host}/team/base:1`];
  const before = await slipway("one", push);
  assert.equal(before.code, 1);
  assert.match(before.stderr, /push access denied .* may require authorization[\s\S]*slipway login/);

  const login = await slipway("one", ["login", "-u", "user", "--password-stdin", registry.host], "secret\n");
  assert.equal(login.code, 0, login.stderr);
  assert.equal(login.stdout, "Login Succeeded\n");
  assert.match(login.stderr, /stored unencrypted in '.*one\/config\.json'/);
  assert.equal((await slipway("one", push)).code, 0);
  assert.equal((await slipway("one", ["pull", `${registry.host}/team/base:1`])).code, 0);

  const logout = await slipway("one", ["logout", registry.host]);
  assert.equal(logout.stdout, `Removing login credentials for ${registry.host}\n`);
  assert.equal((await slipway("one", push)).code, 1);
});

test("a wrong password is refused and not kept", { skip }, async () => {
  const outcome = await slipway("two", ["login", "-u", "user", "--password-stdin", registry.host], "wrong");
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /unauthorized: incorrect username or password/);
  assert.ok(!existsSync(join(place.folder, "two/config.json")));
});

test("other words of the configuration stay as they are", { skip }, async () => {
  place.files("three", { "config.json": '{"psFormat":"table {{.ID}}","auths":{"other:1":{"auth":"YTpi"}}}' });
  await slipway("three", ["login", "-u", "user", "-p", "secret", `http://${registry.host}/v2/`]);
  const config = JSON.parse(readFileSync(join(place.folder, "three/config.json"), "utf8"));
  assert.equal(config.psFormat, "table {{.ID}}");
  assert.deepEqual(Object.keys(config.auths), ["other:1", registry.host]);
});

test("a credential helper keeps what the configuration gives to it", { skip }, async () => {
  const kept = join(place.folder, "kept");
  const bin = place.files("bin", {
    "docker-credential-test": `#!/bin/sh
case $1 in
store) cat > ${kept} ;;
get) cat ${kept} 2>/dev/null || exit 1 ;;
erase) rm -f ${kept} ;;
esac
`,
  });
  chmodSync(join(bin, "docker-credential-test"), 0o755);
  place.files("four", { "config.json": '{"credsStore":"test"}' });
  const env = { PATH: `${bin}:${process.env["PATH"]}` };
  const login = await slipway("four", ["login", "-u", "user", "--password-stdin", registry.host], "secret", env);
  assert.equal(login.stderr, "");
  assert.deepEqual(JSON.parse(readFileSync(kept, "utf8")), { ServerURL: registry.host, Username: "user", Secret: "secret" });
  assert.equal((await slipway("four", ["push", `${registry.host}/team/base:1`], "", env)).code, 0);
  await slipway("four", ["logout", registry.host], "", env);
  assert.ok(!existsSync(kept));
});

test("without a terminal nobody is asked", { skip }, async () => {
  const outcome = await slipway("five", ["login", registry.host]);
  assert.match(outcome.stderr, /Cannot perform an interactive login from a non TTY device/);
});

test("a certificate counts when certs.d has its authority", {
  skip: skip || (has("openssl") ? false : "needs openssl"),
}, async () => {
  const [key, cert] = [join(place.folder, "key.pem"), join(place.folder, "cert.pem")];
  const made = await run(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=registry.test",
      "-addext",
      "subjectAltName=DNS:registry.test",
    ].concat(["-keyout", key, "-out", cert]),
  );
  assert.equal(made.code, 0, made.stderr);
  const port = registry.host.split(":")[1];
  const secure = await startRegistry(place, `  tls: { certificate: ${cert}, key: ${key} }\n`, "secure");
  try {
    assert.notEqual(secure.host, `127.0.0.1:${port}`);
    // Of this machine, so any certificate will do.
    const [local, named] = [`${secure.host}/team/base:1`, `registry.test:${secure.host.split(":")[1]}/team/base:1`];
    await slipway("six", ["tag", `${registry.host}/team/base:1`, local]);
    const pushed = await slipway("six", ["push", local]);
    assert.equal(pushed.code, 0, pushed.stderr);
    // A name that this machine does not know is reached through a proxy of the test's own.
    const proxy = await startProxy("127.0.0.1");
    try {
      const home = join(place.folder, "home");
      const env = { HTTPS_PROXY: proxy.url, XDG_CONFIG_HOME: home };
      const refused = await slipway("six", ["pull", named], "", env);
      assert.match(refused.stderr, /its certificate is not trusted[\s\S]*certs\.d/);
      const folder = join(home, "docker/certs.d", named.split("/")[0] ?? "");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "ca.crt"), readFileSync(cert));
      const pulled = await slipway("six", ["pull", named], "", env);
      assert.equal(pulled.code, 0, pulled.stderr);
      assert.ok(
        proxy.targets.every((target) => target.startsWith("registry.test:")),
        proxy.targets.join(),
      );
    } finally {
      proxy.stop();
    }
  } finally {
    secure.stop();
  }
});

/** A proxy that tunnels to `address`, whatever host it is asked for. */
async function startProxy(address: string): Promise<{ readonly url: string; readonly targets: string[]; stop(): void }> {
  const { createServer } = await import("node:http");
  const { connect } = await import("node:net");
  const targets: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket, head) => {
    targets.push(request.url ?? "");
    const far = connect(Number(request.url?.split(":")[1]), address, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    far.on("error", () => socket.destroy());
    socket.on("error", () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, targets, stop };
}
