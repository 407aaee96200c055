import { release } from "node:os";
import { slipwayVersion } from "../../api/index.ts";
import type { Command } from "../command.ts";
import { renderDocument } from "../document-format.ts";

/** `slipway version`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [{ name: "format", short: "f", kind: "text", help: "Format output using a custom template: 'json' or a Go template" }],
  asCaller: true,
  arguments: { min: 0, max: 0 },
  async run({ flags, console }) {
    const format = flags.text("format") ?? "";
    console.print(format === "" ? versionText() : renderDocument(versions(), format));
    return 0;
  },
};

/** What `--version` prints. */
export function versionLine(): string {
  return `slipway version ${slipwayVersion()}\n`;
}

/** Client and server are one; scripts read either. */
function versions(): object {
  const own = {
    Version: slipwayVersion(),
    NodeVersion: process.version,
    Os: process.platform,
    Arch: goArchitecture(),
    KernelVersion: release(),
  };
  return { Client: own, Server: own };
}

function versionText(): string {
  const rows = [
    ["Version:", slipwayVersion()],
    ["Node.js version:", process.version],
    ["OS/Arch:", `${process.platform}/${goArchitecture()}`],
  ];
  return `slipway:\n${rows.map(([name = "", value = ""]) => ` ${name.padEnd(18)} ${value}\n`).join("")}`;
}

/** The processor as Go names it. */
export function goArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return names[process.arch] ?? process.arch;
}
