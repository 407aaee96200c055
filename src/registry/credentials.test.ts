import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { credentialsFor, forgetCredentials, storeCredentials } from "./credentials.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Docker's configuration folder with this config.json. */
const configured = (t: TestContext, config: unknown): string =>
  writeFiles(temporaryFolder(t), { "config.json": typeof config === "string" ? config : JSON.stringify(config) });

test("a login is found by the registry's name, in the forms that docker has written it", async (t) => {
  for (const key of ["reg.example:5000", "https://reg.example:5000", "http://reg.example:5000", "https://reg.example:5000/v2/"]) {
    const folder = configured(t, { auths: { other: { auth: base64("x:y") }, [key]: { auth: base64("ana:se:cret") } } });
    assert.deepEqual(await credentialsFor("reg.example:5000", folder), { username: "ana", password: "se:cret" }, key);
    assert.equal(await credentialsFor("reg.example", folder), undefined);
  }
});

test("Docker Hub's login has its old address", async (t) => {
  const folder = configured(t, { auths: { "https://index.docker.io/v1/": { auth: base64("ana:secret") } } });
  assert.equal((await credentialsFor("docker.io", folder))?.username, "ana");
});

test("an identity token is kept apart from the password", async (t) => {
  const folder = configured(t, { auths: { reg: { auth: base64("ana:\0\0"), identitytoken: "token" } } });
  assert.deepEqual(await credentialsFor("reg", folder), { username: "ana", password: "", identityToken: "token" });
});

test("no file, a damaged one, and an entry without a login are none", async (t) => {
  for (const folder of [
    join(temporaryFolder(t), "none"),
    configured(t, "{"),
    configured(t, { auths: { reg: {} } }),
    configured(t, "null"),
  ])
    assert.equal(await credentialsFor("reg", folder), undefined);
});

test("a helper is asked by the registry's name, and goes before the file", async (t) => {
  const folder = writeFiles(temporaryFolder(t), {
    "config.json": JSON.stringify({
      auths: { mine: { auth: base64("file:x") } },
      credHelpers: { mine: "test", token: "test", broken: "none" },
    }),
    "docker-credential-test": `#!/bin/sh
read -r key
case "$1 $key" in
"get mine") echo '{"ServerURL":"mine","Username":"ana","Secret":"secret"}' ;;
"get token") echo '{"Username":"<token>","Secret":"identity"}' ;;
*) echo "credentials not found"; exit 1 ;;
esac
`,
  });
  chmodSync(join(folder, "docker-credential-test"), 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${folder}:${path}`;
  try {
    assert.deepEqual(await credentialsFor("mine", folder), { username: "ana", password: "secret" });
    assert.deepEqual(await credentialsFor("token", folder), { username: "<token>", password: "", identityToken: "identity" });
    assert.equal(await credentialsFor("broken", folder), undefined);
    assert.equal(await credentialsFor("unknown", folder), undefined);
  } finally {
    process.env["PATH"] = path;
  }
});

test("a configuration that cannot be read is not written over", async (t) => {
  for (const text of ["{", '"text"', "[]"]) {
    const folder = configured(t, text);
    const refused = { code: "CREDENTIALS_NOT_KEPT" };
    await assert.rejects(storeCredentials("reg", { username: "ana", password: "secret" }, folder), refused, text);
    await assert.rejects(forgetCredentials("reg", folder), refused, text);
    assert.equal(readFileSync(join(folder, "config.json"), "utf8"), text);
  }
});
