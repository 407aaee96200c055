import { cleanRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";
import type { ScriptedRun } from "../../shell/runs.ts";

export const aptLists: Rule = cleanRule({
  name: "DL3009",
  severity: "info",
  installs: ({ manager, action }) => manager === "apt-get" && action === "install",
  cleans: /^rm .*\/var\/lib\/apt(\/lists)?\b/,
  folder: "/var/lib/apt/lists",
  command: "rm -rf /var/lib/apt/lists/*",
  removable: (runs) => {
    const last = runs.findLastIndex((one) => installsHere(one) && !updates(one));
    return new Set(runs.slice(last + 1).filter(updates));
  },
  description: "The lists of apt-get should be removed in the RUN that fetched them",
  advice:
    "Package lists are old by the time anybody could use them, and removed in a later RUN they still take their place in the image.",
});

function installsHere({ calls }: ScriptedRun): boolean {
  return calls.some(({ manager, action }) => /^apt(-get)?$/.test(manager) && action !== "update" && action !== "clean");
}

function updates({ calls }: ScriptedRun): boolean {
  return calls.some(({ manager, action }) => /^apt(-get)?$/.test(manager) && action === "update");
}
