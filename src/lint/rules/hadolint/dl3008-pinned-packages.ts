import type { Rule } from "../../rule.ts";
import type { PackageCall } from "../../shell/package-call.ts";
import { runsOf } from "../../shell/runs.ts";

export const pinnedPackages: Rule = {
  name: "DL3008",
  aliases: ["DL3013", "DL3016", "DL3018", "DL3028", "DL3033", "DL3037", "DL3041", "DL3062"],
  description: "Packages should be installed in a version that is named",
  advice:
    "Without a version each build may install another one. Distributions remove old versions, so a pinned package may be gone tomorrow: use this rule where a mirror keeps them.",
  experimental: true,
  whole(file, _around, tell) {
    for (const { run, calls } of runsOf(file)) {
      for (const call of calls) {
        const free = unpinned(call);
        if (free.length > 0) tell(run, `${free.join(", ")}: name a version`, { at: call.command });
      }
    }
  },
};

/** How a version is written, by package manager. */
const PINNED: Readonly<Record<string, RegExp>> = {
  "apt-get": /=|\.deb$/,
  apk: /[=<>~]/,
  pip: /[=<>~]=|@|^[./]|\.(whl|tar\.gz)$/,
  npm: /.@[^@]|^[./]|:\/\//,
  gem: /:/,
  yum: /-\d|\.rpm$/,
  dnf: /-\d|\.rpm$/,
  zypper: /[=<>]|\.rpm$/,
  go: /@/,
};

function unpinned({ manager, action, operands }: PackageCall): string[] {
  const pinned = PINNED[manager];
  if (!pinned || !["install", "add", "in", "i"].includes(action)) return [];
  return operands.map(({ text }) => text).filter((text) => !pinned.test(text) && !text.includes("$"));
}
