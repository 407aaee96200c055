import { posix } from "node:path";
import { contextCopies } from "../../copied-files.ts";
import { startedProgram, startLines } from "../../last-command.ts";
import type { Rule } from "../../rule.ts";

export const destinationMismatch: Rule = {
  name: "DestinationMismatch",
  code: "SW015",
  description: "A program that is called by its name should be copied to a folder of PATH",
  advice: "A name without a slash is looked for in the folders of PATH only.",
  severity: "info",
  whole({ stages }, _around, tell) {
    for (const stage of stages) {
      const path = stage.body.flatMap((line) => (line.kind === "ENV" ? line.pairs.filter(({ key }) => key.raw === "PATH") : []));
      const folders = [...DEFAULT, ...path.flatMap(({ value }) => value.raw.replace(/["']/g, "").split(":"))];
      for (const line of startLines(stage)) {
        const name = startedProgram(line);
        if (name === undefined || name.includes("/")) continue;
        for (const copy of contextCopies(stage)) {
          const dest = destinationOf(
            copy.sources.map(({ raw }) => raw),
            copy.dest.raw,
            name,
          );
          if (dest === undefined || dest.includes("$") || !dest.startsWith("/") || folders.includes(posix.dirname(dest)))
            continue;
          tell(copy, `${line.kind} calls ${name}, but ${posix.dirname(dest)} is not in PATH`);
        }
      }
    }
  },
};

const DEFAULT = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function destinationOf(sources: readonly string[], dest: string, name: string): string | undefined {
  if (!sources.some((source) => posix.basename(source) === name)) return undefined;
  return dest.endsWith("/") || sources.length > 1 ? posix.join(dest, name) : posix.basename(dest) === name ? dest : undefined;
}
