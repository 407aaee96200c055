import { spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readClientConfig } from "../client-config.ts";
import type { Command } from "../command.ts";
import { fileFailed } from "../errors.ts";

const HUB = "https://index.docker.io/v1/";

/** `slipway logout`. */
export const command: Command = {
  usage: "[SERVER]",
  flags: [],
  asCaller: true,
  arguments: { min: 0, max: 1 },
  errorPrefix: "Error: ",
  async run({ args, settings, console }) {
    const server = args[0]?.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
    const shown = !server || ["docker.io", "index.docker.io"].includes(server) ? HUB : server;
    console.print(`Removing login credentials for ${shown}\n`);
    const config = readClientConfig(settings.configFolder);
    const keys = shown === HUB ? [HUB] : [shown, `https://${shown}`, `http://${shown}`];
    for (const key of keys) {
      const helper = config.credHelpers?.[key] ?? config.credsStore;
      if (helper) spawnSync(`docker-credential-${helper}`, ["erase"], { input: key, stdio: ["pipe", "ignore", "ignore"] });
    }
    if (keys.some((key) => config.auths?.[key])) {
      const auths = Object.fromEntries(Object.entries(config.auths ?? {}).filter(([key]) => !keys.includes(key)));
      writeConfig(join(settings.configFolder, "config.json"), { ...config, auths });
    }
    return 0;
  },
};

/** Written aside and renamed: the file holds the credentials of all registries. */
function writeConfig(path: string, config: object): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(config, null, "\t")}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    throw fileFailed(path, error as NodeJS.ErrnoException);
  }
}
