import { posix } from "node:path";
import { contextCopies } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";
import { runsByStage } from "../../shell/runs.ts";

export const addArchives: Rule = {
  name: "DL3010",
  description: "ADD should be used for archives that are to be unpacked",
  advice: "ADD unpacks a local archive by itself, so that the archive does not take its place in the image as well.",
  severity: "info",
  whole(file, _around, tell) {
    const runs = runsByStage(file);
    for (const stage of file.stages) {
      const commands = (runs.get(stage) ?? []).flatMap((one) => one.commands.filter(({ name }) => name === "tar"));
      const unpacked = new Set(commands.flatMap(({ words }) => words.map(({ text }) => posix.basename(text))));
      for (const line of contextCopies(stage)) {
        if (line.kind !== "COPY") continue;
        const archive = line.sources
          .map(({ raw }) => posix.basename(raw))
          .find((name) => ARCHIVE.test(name) && unpacked.has(name));
        if (archive) tell(line, `${archive} is copied and then unpacked; ADD does both`);
      }
    }
  },
};

const ARCHIVE = /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2?|txz)$/;
