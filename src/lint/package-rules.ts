/** Rules that hadolint has once for each package manager. */
import type { Rule } from "./rule.ts";
import { hasOption, type PackageCall } from "./shell/package-call.ts";
import { mountCovers, runsOf, type ScriptedRun } from "./shell/runs.ts";

/** Calls that `wanted` picks need an option; a fix puts it behind the action. */
export interface OptionRule {
  readonly name: string;
  readonly severity: "warning" | "info";
  readonly manager: string;
  readonly actions: readonly string[];
  /** The one that is put in, then others that do as well. */
  readonly options: readonly [string, ...string[]];
  /** A folder whose cache mount makes the option needless. */
  readonly unlessMounted?: string;
  readonly message: string;
  readonly description: string;
  readonly advice: string;
}

export function optionRule(wanted: OptionRule): Rule {
  const { name, description, advice, severity, manager, actions, options, unlessMounted, message } = wanted;
  return {
    name,
    description,
    advice,
    severity,
    fixable: true,
    whole(file, _around, tell) {
      for (const { run, calls } of runsOf(file)) {
        if (unlessMounted !== undefined && mountCovers(run, unlessMounted)) continue;
        for (const call of calls) {
          if (call.manager !== manager || !actions.includes(call.action) || hasOption(call, ...options)) continue;
          const { end } = call.actionWord;
          tell(run, message, { at: call.command, edits: end < 0 ? undefined : [{ start: end, end, text: ` ${options[0]}` }] });
        }
      }
    },
  };
}

/** What a package manager leaves behind ought to be removed in the RUN that installs. */
export interface CleanRule {
  readonly name: string;
  readonly severity: "warning" | "info";
  readonly installs: (call: PackageCall) => boolean;
  /** The command that removes it, as text of a RUN. */
  readonly cleans: RegExp;
  readonly folder: string;
  /** Put at the end of the RUN by a fix. */
  readonly command: string;
  /** The RUNs below which nothing needs what would be removed; if left out, all are. */
  readonly removable?: (runs: readonly ScriptedRun[]) => ReadonlySet<ScriptedRun>;
  readonly description: string;
  readonly advice: string;
}

export function cleanRule(wanted: CleanRule): Rule {
  const { name, description, advice, severity, installs, cleans, folder, command, removable } = wanted;
  return {
    name,
    description,
    advice,
    severity,
    fixable: true,
    whole(file, _around, tell) {
      const free = removable?.(runsOf(file));
      for (const one of runsOf(file)) {
        const { run, commands, calls } = one;
        const call = calls.find(installs);
        if (!call || mountCovers(run, folder)) continue;
        if (commands.some(({ words }) => cleans.test(words.map(({ text }) => text).join(" ")))) continue;
        const last = commands.at(-1);
        const chained = commands.every(({ before }) => before === "" || before === "&&");
        const plain = run.command.form === "shell" && run.command.heredocs.length === 0 && last?.after === "";
        const certain = free?.has(one) ?? true;
        const edits =
          last && chained && plain && certain ? [{ start: last.end, end: last.end, text: ` && ${command}` }] : undefined;
        tell(run, `${call.manager} leaves files behind that nobody needs; end this RUN with ${command}`, {
          at: call.command,
          edits,
        });
      }
    },
  };
}
