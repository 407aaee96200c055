import { readFileSync } from "node:fs";
import { cpus, hostname, release, totalmem } from "node:os";
import { listImages, slipwayVersion } from "../../api/index.ts";
import { formatBinarySize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { renderDocument } from "../document-format.ts";
import { goArchitecture } from "./version.ts";

/** `slipway info`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [{ name: "format", short: "f", kind: "text", help: "Format output using a custom template: 'json' or a Go template" }],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const images = new Set(listImages(openBench(call)).map((image) => image.id)).size;
    const facts = {
      ServerVersion: slipwayVersion(),
      Driver: "slipway",
      Images: images,
      Containers: 0,
      ContainersRunning: 0,
      ContainersPaused: 0,
      ContainersStopped: 0,
      OSType: "linux",
      OperatingSystem: operatingSystem(),
      KernelVersion: release(),
      Architecture: goArchitecture() === "amd64" ? "x86_64" : goArchitecture() === "arm64" ? "aarch64" : goArchitecture(),
      NCPU: cpus().length,
      MemTotal: totalmem(),
      Name: hostname(),
      DockerRootDir: call.settings.root,
      SecurityOptions: ["name=seccomp,profile=builtin"],
    };
    const format = call.flags.text("format") ?? "";
    call.console.print(format === "" ? text(facts) : renderDocument(facts, format));
    return 0;
  },
};

function text(facts: Readonly<Record<string, unknown>> & { readonly MemTotal: number }): string {
  const rows: readonly (readonly [string, unknown])[] = [
    ["Images", facts["Images"]],
    ["Version", facts["ServerVersion"]],
    ["Store", facts["DockerRootDir"]],
    ["Kernel Version", facts["KernelVersion"]],
    ["Operating System", facts["OperatingSystem"]],
    ["OSType", facts["OSType"]],
    ["Architecture", facts["Architecture"]],
    ["CPUs", facts["NCPU"]],
    ["Total Memory", formatBinarySize(facts.MemTotal)],
    ["Name", facts["Name"]],
  ];
  return rows.map(([name, value]) => `${name}: ${value}\n`).join("");
}

function operatingSystem(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  } catch {
    return "Linux";
  }
}
