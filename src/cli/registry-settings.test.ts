import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readRegistrySettings, settingsFiles } from "./registry-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-settings-"));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string, value: unknown): string => {
  writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  return join(folder, name);
};

test("Docker's file, slipway's own and the environment, the later over the earlier", () => {
  const daemon = file("daemon.json", {
    "registry-mirrors": ["https://a"],
    "insecure-registries": ["b:1"],
    proxies: { "https-proxy": "http://p", "no-proxy": "x" },
  });
  const own = file("config.json", { "registry-mirrors": { "ghcr.io": ["https://c"] }, "insecure-registries": ["d:1"] });
  const env = {
    SLIPWAY_REGISTRY_MIRRORS: "quay.io=http://e, https://f",
    SLIPWAY_INSECURE_REGISTRIES: "g:1,h:1",
    https_proxy: "http://q",
  };
  const settings = readRegistrySettings("/c", env, [daemon, join(folder, "none"), own]);
  assert.deepEqual(settings.mirrors, { "docker.io": ["https://f"], "ghcr.io": ["https://c"], "quay.io": ["http://e"] });
  assert.deepEqual(settings.insecure, ["b:1", "d:1", "g:1", "h:1"]);
  assert.deepEqual(settings.proxy, { https: "http://q", none: "x" });
  assert.equal(settings.configFolder, "/c");
});

test("a file that is no JSON, and a mirror that is no URL, are told of", () => {
  assert.throws(() => readRegistrySettings("/c", {}, [file("bad.json", "{")]), { code: "CLIENT_CONFIG_INVALID" });
  assert.throws(() => readRegistrySettings("/c", { SLIPWAY_REGISTRY_MIRRORS: "a=http://" }, []), {
    code: "OPTION_VALUE_INVALID",
  });
});

test("slipway's own file is where the user's configuration is", () => {
  assert.equal(settingsFiles({ XDG_CONFIG_HOME: "/x" }).at(-1), "/x/slipway/config.json");
});
