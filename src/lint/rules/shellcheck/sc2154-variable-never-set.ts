import type { Rule } from "../../rule.ts";
import { scriptOf } from "../../shell/script.ts";
import { shellRunsOf, writtenFor } from "../../shell/shell-runs.ts";
import { nameOf, partsOf } from "../../shell/word-parts.ts";

export const variableNeverSet: Rule = {
  name: "SC2154",
  description: "A variable that is used should be set",
  advice: "A name in small letters that neither the script nor an ENV or ARG sets is most often misspelled; it is empty.",
  whole(file, around, tell) {
    for (const scripted of shellRunsOf(file)) {
      const { run, commands } = scripted;
      // A file that is read in may set anything.
      if (commands.some(({ name }) => name === "." || name === "source" || name === "eval")) continue;
      const written = writtenFor(scripted, file, around);
      const known = new Set(setIn(scriptOf(run, file)?.text ?? ""));
      for (const word of commands.flatMap(({ words, assignments }) => [...assignments, ...words])) {
        for (const { kind, text } of partsOf(word)) {
          const name = kind === "variable" && !/^\$\{[^}]*?[-=+?]/.test(text) ? nameOf(text) : undefined;
          if (!name || !/^[a-z][a-z0-9_]*$/.test(name) || /_proxy$/.test(name) || known.has(name) || written.has(name)) continue;
          known.add(name);
          tell(run, `nothing sets ${name}`, { at: word });
        }
      }
    }
  },
};

/** Names that a script sets, or may set. */
function setIn(script: string): readonly string[] {
  const set = [...script.matchAll(/\b(\w+)\+?=|\bfor\s+(\w+)/g)].map(([, assigned, looped]) => assigned ?? looped ?? "");
  const read = [...script.matchAll(/\b(?:read|getopts|mapfile|readarray|export|local|declare)\b([^;|&\n]*)/g)];
  return [...set, ...read.flatMap(([, words = ""]) => words.split(/\s+/))];
}
