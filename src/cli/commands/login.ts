import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";

/** `slipway login`. */
export const command: Command = {
  usage: "[OPTIONS] [SERVER]",
  flags: [
    { name: "password", short: "p", kind: "text", help: "Password or Personal Access Token (PAT)" },
    { name: "password-stdin", kind: "bool", help: "Take the Password or Personal Access Token (PAT) from stdin" },
    { name: "username", short: "u", kind: "text", help: "Username" },
  ],
  asCaller: true,
  arguments: { min: 0, max: 1 },
  errorPrefix: "Error: ",
  async run() {
    throw notSupported(
      "login",
      "log in with docker, podman or skopeo: slipway reads the same config.json and credential helpers",
    );
  },
};
