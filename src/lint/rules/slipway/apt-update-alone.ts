import type { Dockerfile } from "../../../dockerfile/index.ts";
import type { Edit, Rule } from "../../rule.ts";
import type { PackageCall } from "../../shell/package-call.ts";
import { mountCovers, runsOf, type ScriptedRun } from "../../shell/runs.ts";
import { offsetOf } from "../../shell/script.ts";

export const aptUpdateAlone: Rule = {
  name: "AptUpdateAlone",
  code: "SW001",
  description: "Package lists should be updated in the RUN that installs from them",
  advice:
    "A package list that was updated in a RUN of its own comes from the cache when only the install changes, so packages are missing or old.",
  fixable: true,
  whole(file, _around, tell) {
    const runs = runsOf(file);
    for (const [index, one] of runs.entries()) {
      const update = one.calls.find(isUpdate);
      if (!update || one.calls.some(isInstall) || mountCovers(one.run, "/var/lib/apt/lists")) continue;
      const { start, end } = update.command;
      const message = "the package list can come from an old cached layer; update it in the RUN that installs";
      tell(one.run, message, { at: { start, end }, edits: joined(one, runs[index + 1], file) });
    }
  },
};

const UPDATES: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["update"],
  apt: ["update"],
  apk: ["update"],
  dnf: ["makecache"],
  yum: ["makecache"],
  zypper: ["refresh", "ref"],
};

function isUpdate(call: PackageCall): boolean {
  return UPDATES[call.manager]?.includes(call.action) ?? false;
}

function isInstall(call: PackageCall): boolean {
  return ["install", "add", "in", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"].includes(call.action);
}

/** Two plain RUNs right after each other become one. */
function joined(first: ScriptedRun, second: ScriptedRun | undefined, { source }: Dockerfile): Edit[] | undefined {
  if (!second?.calls.some(isInstall) || first.stage !== second.stage) return undefined;
  const { body } = first.stage;
  const adjacent = body.indexOf(second.run) === body.indexOf(first.run) + 1;
  const plain = [first.run, second.run].every(
    ({ command, flagsUsed }) => flagsUsed.length === 0 && command.form === "shell" && command.heredocs.length === 0,
  );
  const to = second.commands[0]?.start ?? -1;
  const from = offsetOf(source, first.run.range.end);
  if (!adjacent || !plain || to < from || !/^\s*\w+\s+$/.test(source.text.slice(from, to))) return undefined;
  return [{ start: from, end: to, text: " \\\n && " }];
}
